//! Decides which addresses may be reached. Endpoints are made by the operator alone, so this is against mistakes, and against a
//! name that leads to the inside of a network later.
//!
//! There are two tiers. *Forbidden* are this machine, the link, the addresses where clouds keep their secrets, multicast, and
//! what is reserved: only for a host that is named exactly. *Private* are the networks of houses and companies: for a host that
//! is named, or a network. IPv4 addresses inside IPv6 ones are unwrapped first.

use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, ToSocketAddrs};
use std::str::FromStr;
use std::sync::Arc;

use ipnet::{IpNet, Ipv4Net, Ipv6Net};
use url::{Host, Url};

/// What an operator allows besides the internet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Allow {
    /// This very host, whatever its address. Without TLS too.
    Host(Host),
    /// Private addresses of this network.
    Net(IpNet),
}

impl FromStr for Allow {
    type Err = &'static str;

    fn from_str(written: &str) -> Result<Self, Self::Err> {
        const LIKE: &str = "write a host like hooks.internal, or a network like 10.1.0.0/16";
        if written.contains('/') {
            return written.parse().map(|net: IpNet| Self::Net(net.trunc())).map_err(|_| LIKE);
        }
        if let Ok(address) = written.parse::<IpAddr>() {
            return Ok(Self::Host(match address {
                IpAddr::V4(address) => Host::Ipv4(address),
                IpAddr::V6(address) => Host::Ipv6(address),
            }));
        }
        Host::parse(written).map(Self::Host).map_err(|_| LIKE)
    }
}

/// How far inside an address is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Tier {
    /// On the internet.
    Public,
    /// In a private network.
    Private,
    /// Never meant for us.
    Forbidden,
}

/// Networks of IPv4 that are not on the internet (IANA's registry of special addresses).
const V4: [(Ipv4Addr, u8, Tier); 16] = [
    (Ipv4Addr::UNSPECIFIED, 8, Tier::Forbidden),
    (Ipv4Addr::new(10, 0, 0, 0), 8, Tier::Private),
    (Ipv4Addr::new(100, 64, 0, 0), 10, Tier::Private),
    // The metadata of a cloud, inside the network above.
    (Ipv4Addr::new(100, 100, 100, 200), 32, Tier::Forbidden),
    (Ipv4Addr::new(127, 0, 0, 0), 8, Tier::Forbidden),
    (Ipv4Addr::new(169, 254, 0, 0), 16, Tier::Forbidden),
    (Ipv4Addr::new(172, 16, 0, 0), 12, Tier::Private),
    (Ipv4Addr::new(192, 0, 0, 0), 24, Tier::Forbidden),
    (Ipv4Addr::new(192, 0, 2, 0), 24, Tier::Forbidden),
    (Ipv4Addr::new(192, 88, 99, 0), 24, Tier::Forbidden),
    (Ipv4Addr::new(192, 168, 0, 0), 16, Tier::Private),
    (Ipv4Addr::new(198, 18, 0, 0), 15, Tier::Forbidden),
    (Ipv4Addr::new(198, 51, 100, 0), 24, Tier::Forbidden),
    (Ipv4Addr::new(203, 0, 113, 0), 24, Tier::Forbidden),
    (Ipv4Addr::new(224, 0, 0, 0), 4, Tier::Forbidden),
    (Ipv4Addr::new(240, 0, 0, 0), 4, Tier::Forbidden),
];

/// Networks inside the part of IPv6 that is the internet (`2000::/3`) that are not on it.
const V6: [(Ipv6Addr, u8); 3] = [
    (Ipv6Addr::new(0x2001, 0, 0, 0, 0, 0, 0, 0), 23),
    (Ipv6Addr::new(0x2001, 0xdb8, 0, 0, 0, 0, 0, 0), 32),
    (Ipv6Addr::new(0x3fff, 0, 0, 0, 0, 0, 0, 0), 20),
];

/// Where a cloud keeps its secrets, inside the private part of IPv6.
const METADATA_V6: Ipv6Addr = Ipv6Addr::new(0xfd00, 0xec2, 0, 0, 0, 0, 0, 0x254);

/// How far inside that address is.
#[must_use]
pub fn tier(address: IpAddr) -> Tier {
    match address {
        IpAddr::V4(address) => tier_v4(address),
        IpAddr::V6(address) => tier_v6(address),
    }
}

fn tier_v4(address: Ipv4Addr) -> Tier {
    let is_in = |net: Ipv4Addr, bits| Ipv4Net::new(net, bits).is_ok_and(|net| net.contains(&address));
    let tiers = V4.iter().filter(|(net, bits, _)| is_in(*net, *bits)).map(|(.., tier)| *tier);
    tiers.max().unwrap_or(Tier::Public)
}

fn tier_v6(address: Ipv6Addr) -> Tier {
    let inside = inside(address);
    if !inside.is_empty() {
        return inside.into_iter().map(tier_v4).max().unwrap_or(Tier::Forbidden);
    }
    let is_in = |net: Ipv6Addr, bits| Ipv6Net::new(net, bits).is_ok_and(|net| net.contains(&address));
    let is_internet = is_in(Ipv6Addr::new(0x2000, 0, 0, 0, 0, 0, 0, 0), 3);
    if address != METADATA_V6 && is_in(Ipv6Addr::new(0xfc00, 0, 0, 0, 0, 0, 0, 0), 7) {
        Tier::Private
    } else if !is_internet || V6.iter().any(|(net, bits)| is_in(*net, *bits)) {
        Tier::Forbidden
    } else {
        Tier::Public
    }
}

/// The IPv4 addresses to which an IPv6 address leads: mapped and compatible ones, NAT64, 6to4, Teredo, ISATAP.
fn inside(address: Ipv6Addr) -> Vec<Ipv4Addr> {
    let parts = address.segments();
    let v4 = |high: u16, low: u16| {
        let ([a, b], [c, d]) = (high.to_be_bytes(), low.to_be_bytes());
        Ipv4Addr::new(a, b, c, d)
    };
    let last = v4(parts[6], parts[7]);
    match parts {
        [0, 0, 0, 0, 0, 0 | 0xffff, ..] | [0, 0, 0, 0, 0xffff, 0, ..] | [0x64, 0xff9b, 0, 0, 0, 0, ..] => vec![last],
        [0x2002, high, low, ..] => vec![v4(high, low)],
        [0x2001, 0, high, low, ..] => vec![v4(high, low), v4(!parts[6], !parts[7])],
        [_, _, _, _, 0 | 0x200, 0x5efe, ..] if parts[0] & 0xe000 == 0x2000 => vec![last],
        _ => Vec::new(),
    }
}

/// Why an endpoint cannot be reached, or may not.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    /// It is no address of the web.
    #[error("it is no address like https://shop.example.com/webhooks, without a user name")]
    Url,
    /// Only a demo on this machine and a host that is named may go without TLS.
    #[error("it must begin with https://; http:// is for a host that --webhook-allow names")]
    Plain,
    /// It leads to the inside of a network.
    #[error("it leads to the inside of a network; --webhook-allow names a host or a network that may be reached")]
    Address,
    /// Its name has no address.
    #[error("its name has no address")]
    Name,
}

/// Finds the addresses of a host. It may wait for a while.
pub type Lookup = fn(&str, u16) -> io::Result<Vec<SocketAddr>>;

/// Decides which addresses may be reached.
#[derive(Debug, Clone)]
pub struct Guard {
    allow: Arc<[Allow]>,
    is_demo: bool,
    lookup: Lookup,
}

impl Guard {
    /// Lets the internet be reached, and what is allowed. A demo may reach itself.
    #[must_use]
    pub fn new(allow: &[Allow], is_demo: bool) -> Self {
        let lookup = |host: &str, port| (host, port).to_socket_addrs().map(Iterator::collect);
        Self { allow: allow.into(), is_demo, lookup }
    }

    /// The same with another way to find addresses.
    #[must_use]
    pub fn with_lookup(self, lookup: Lookup) -> Self {
        Self { lookup, ..self }
    }

    /// Reads the address of an endpoint, and refuses one that can never be reached.
    ///
    /// # Errors
    ///
    /// See [`Refused`].
    pub fn read(&self, written: &str) -> Result<Url, Refused> {
        let url = Url::parse(written).map_err(|_| Refused::Url)?;
        let host = host(&url)?;
        if !url.username().is_empty() || url.password().is_some() || !matches!(url.scheme(), "https" | "http") {
            return Err(Refused::Url);
        }
        let is_loopback = match &host {
            Host::Ipv4(address) => address.is_loopback(),
            Host::Ipv6(address) => address.is_loopback(),
            Host::Domain(name) => name == "localhost",
        };
        if url.scheme() == "http" && !self.names(&host) && !(self.is_demo && is_loopback) {
            return Err(Refused::Plain);
        }
        if let Some(address) = literal(&host) {
            self.judge(&host, &[address])?;
        }
        Ok(url)
    }

    /// The addresses of an endpoint, all of which may be reached. It may wait for a while. The caller connects to one of these
    /// and to nothing else: a name that changes its mind meanwhile changes nothing.
    ///
    /// # Errors
    ///
    /// See [`Refused`].
    pub fn addresses(&self, url: &Url) -> Result<Vec<SocketAddr>, Refused> {
        let (host, port) = (host(url)?, url.port_or_known_default().ok_or(Refused::Url)?);
        let found = match literal(&host) {
            // A resolver is not asked about these.
            Some(address) => vec![SocketAddr::new(address, port)],
            None => (self.lookup)(&host.to_string(), port).map_err(|_| Refused::Name)?,
        };
        if found.is_empty() {
            return Err(Refused::Name);
        }
        let addresses: Vec<IpAddr> = found.iter().map(SocketAddr::ip).collect();
        self.judge(&host, &addresses)?;
        Ok(found)
    }

    /// Refuses a host one of whose addresses may not be reached: which one is taken is chance.
    fn judge(&self, host: &Host, addresses: &[IpAddr]) -> Result<(), Refused> {
        let may = |address: &IpAddr| match tier(*address) {
            Tier::Public => true,
            Tier::Private => self.names(host) || self.has_net(*address),
            Tier::Forbidden => self.names(host) || (self.is_demo && address.is_loopback()),
        };
        if addresses.iter().all(may) { Ok(()) } else { Err(Refused::Address) }
    }

    fn names(&self, host: &Host) -> bool {
        self.allow.iter().any(|allow| matches!(allow, Allow::Host(named) if named == host))
    }

    fn has_net(&self, address: IpAddr) -> bool {
        let inner = if let IpAddr::V6(address) = address { inside(address) } else { Vec::new() };
        let has =
            |address: IpAddr| self.allow.iter().any(|allow| matches!(allow, Allow::Net(net) if net.contains(&address)));
        has(address)
            || (!inner.is_empty()
                && inner.into_iter().all(|address| tier_v4(address) == Tier::Public || has(address.into())))
    }
}

fn host(url: &Url) -> Result<Host, Refused> {
    url.host().map(|host| host.to_owned()).ok_or(Refused::Url)
}

fn literal(host: &Host) -> Option<IpAddr> {
    match host {
        Host::Ipv4(address) => Some((*address).into()),
        Host::Ipv6(address) => Some((*address).into()),
        Host::Domain(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_address_has_its_tier_however_it_is_wrapped() {
        for (written, expected) in [
            ("93.184.216.34", Tier::Public),
            ("100.63.255.255", Tier::Public),
            ("172.32.0.1", Tier::Public),
            ("2606:2800:220:1:248:1893:25c8:1946", Tier::Public),
            ("::ffff:93.184.216.34", Tier::Public),
            ("64:ff9b::5db8:d822", Tier::Public),
            ("10.9.8.7", Tier::Private),
            ("100.64.0.1", Tier::Private),
            ("172.31.255.255", Tier::Private),
            ("192.168.1.1", Tier::Private),
            ("fd12:3456::1", Tier::Private),
            ("::ffff:10.0.0.1", Tier::Private),
            ("64:ff9b::a00:1", Tier::Private),
            ("2002:c0a8:101::1", Tier::Private),
            ("0.0.0.0", Tier::Forbidden),
            ("127.1.2.3", Tier::Forbidden),
            ("169.254.169.254", Tier::Forbidden),
            ("100.100.100.200", Tier::Forbidden),
            ("255.255.255.255", Tier::Forbidden),
            ("239.1.1.1", Tier::Forbidden),
            ("::", Tier::Forbidden),
            ("::1", Tier::Forbidden),
            ("::7f00:1", Tier::Forbidden),
            ("::ffff:a9fe:a9fe", Tier::Forbidden),
            ("::ffff:0:7f00:1", Tier::Forbidden),
            ("64:ff9b::a9fe:a9fe", Tier::Forbidden),
            ("64:ff9b:1::1", Tier::Forbidden),
            ("2002:7f00:1::1", Tier::Forbidden),
            // Teredo: the server, and the client with its bits turned.
            ("2001:0:7f00:1:0:0:a247:27dd", Tier::Forbidden),
            ("2001:0:5db8:d822:0:0:5601:5601", Tier::Forbidden),
            ("2001:db8::1", Tier::Forbidden),
            ("2606::5efe:127.0.0.1", Tier::Forbidden),
            ("fe80::1", Tier::Forbidden),
            ("fec0::1", Tier::Forbidden),
            ("ff02::1", Tier::Forbidden),
            ("fd00:ec2::254", Tier::Forbidden),
            ("100::1", Tier::Forbidden),
        ] {
            assert_eq!(tier(written.parse().unwrap()), expected, "{written}");
        }
    }

    #[test]
    fn a_host_that_is_named_may_be_reached_and_a_network_only_where_it_is_private() {
        let guard = |allow: &[&str]| {
            let allow: Vec<Allow> = allow.iter().map(|written| written.parse().unwrap()).collect();
            Guard::new(&allow, false)
        };
        let none = guard(&[]);
        assert_eq!(none.read("https://10.0.0.1/"), Err(Refused::Address));
        assert_eq!(none.read("http://shop.example/"), Err(Refused::Plain));
        assert!(none.read("https://shop.example/hook?a=b").is_ok());
        for wrong in ["shop.example", "ftp://shop.example/", "https://u:p@shop.example/", "https:///", "mailto:a@b.c"] {
            assert_eq!(none.read(wrong), Err(Refused::Url), "{wrong}");
        }
        let net = guard(&["10.0.0.0/8", "127.0.0.0/8"]);
        assert!(net.read("https://10.0.0.1/").is_ok() && net.read("https://[::ffff:a00:1]/").is_ok());
        assert_eq!(net.read("https://192.168.0.1/"), Err(Refused::Address));
        assert_eq!(net.read("https://127.0.0.1/"), Err(Refused::Address), "forbidden is not private");
        let host = guard(&["127.0.0.1", "hooks.internal", "::1"]);
        for named in ["http://127.0.0.1:8080/", "https://[::1]/", "http://HOOKS.internal/"] {
            assert!(host.read(named).is_ok(), "{named}");
        }
        assert_eq!(host.read("https://127.0.0.2/"), Err(Refused::Address));
        let demo = Guard::new(&[], true);
        assert!(demo.read("http://127.0.0.1:8080/").is_ok());
        assert_eq!(demo.read("https://169.254.169.254/"), Err(Refused::Address));
        assert!(["10.0.0.0/99", "a b", ""].iter().all(|wrong| wrong.parse::<Allow>().is_err()));
    }

    #[test]
    fn a_name_is_refused_for_one_address_inside_among_others() {
        fn lookup(host: &str, port: u16) -> io::Result<Vec<SocketAddr>> {
            let addresses: &[&str] = match host {
                "mixed.example" => &["93.184.216.34", "10.0.0.1"],
                "public.example" => &["93.184.216.34", "2606:2800:220:1:248:1893:25c8:1946"],
                "empty.example" => &[],
                _ => return Err(io::Error::other("there is no such name")),
            };
            Ok(addresses.iter().map(|written| SocketAddr::new(written.parse().unwrap(), port)).collect())
        }
        let guard = Guard::new(&[], false).with_lookup(lookup);
        let found = |url: &str| guard.addresses(&url.parse().unwrap()).map(|found| found.len());
        assert_eq!(found("https://public.example/"), Ok(2));
        assert_eq!(found("https://mixed.example/"), Err(Refused::Address));
        assert_eq!(found("https://none.example/"), Err(Refused::Name));
        assert_eq!(found("https://empty.example/"), Err(Refused::Name));
    }
}
