//! The network address of the client, also behind proxies.
//!
//! Each proxy appends the address of the peer that connected to it to `X-Forwarded-For`. So the list is read from its
//! end, and only as far as our own proxies wrote it: the entries before that are the client's own claim.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::Once;

use actix_web::HttpRequest;
use actix_web::http::header::HeaderMap;
use ipnet::IpNet;

use crate::settings::BehindProxy;

/// The header that proxies append to.
const FORWARDED_FOR: &str = "x-forwarded-for";

/// A client's address, and whether the header made sense.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct ClientAddress {
    /// The address of the client, as far as it can be trusted.
    address: IpAddr,
    /// Whether there is a header that our own proxies did not write, or an entry of theirs that is no address: a sign
    /// that `--behind-proxy` does not describe the proxies in front of the program.
    is_doubtful: bool,
}

/// The address of the client that sent this request.
pub(super) fn client_address(request: &HttpRequest, behind: &BehindProxy) -> IpAddr {
    static TOLD: Once = Once::new();
    let peer = request.peer_addr().map_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED), |peer| peer.ip());
    let found = behind_proxies(peer, request.headers(), behind);
    if found.is_doubtful {
        TOLD.call_once(|| {
            tracing::warn!(
                "an X-Forwarded-For header was not believed, and attempts are counted for the address that connected; \
                 if that is a proxy of yours, --behind-proxy has to name it (this is said once)"
            );
        });
    }
    found.address
}

/// The network of the client, for the log: an attack can be followed by it, and it names no person.
pub(super) fn network(request: &HttpRequest, behind: &BehindProxy) -> String {
    let peer = request.peer_addr().map_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED), |peer| peer.ip());
    network_of(behind_proxies(peer, request.headers(), behind).address)
}

/// The first 24 bits of an IPv4 address, or 48 of an IPv6 address.
fn network_of(address: IpAddr) -> String {
    let bits = if address.is_ipv4() { 24 } else { 48 };
    IpNet::new(address, bits).map(|network| network.trunc().to_string()).unwrap_or_default()
}

/// Finds the client's address in the headers of a request from this peer.
fn behind_proxies(peer: IpAddr, headers: &HeaderMap, behind: &BehindProxy) -> ClientAddress {
    let mut address = peer.to_canonical();
    // A header that is not text is an entry that cannot be read.
    let lines: Vec<&str> = headers.get_all(FORWARDED_FOR).map(|line| line.to_str().unwrap_or("?")).collect();
    let entries = lines.iter().rev().flat_map(|line| line.rsplit(',')).map(str::trim).filter(|entry| !entry.is_empty());
    for (passed, entry) in entries.enumerate() {
        if !behind.is_proxy(address, passed) {
            // Once a proxy is trusted, the entries before its own are claims of the client, and normal.
            return ClientAddress { address, is_doubtful: passed == 0 };
        }
        let Some(named) = read(entry) else { return ClientAddress { address, is_doubtful: true } };
        address = named;
    }
    ClientAddress { address, is_doubtful: false }
}

/// Parses an address as proxies write it: alone, with a port, or in brackets.
fn read(entry: &str) -> Option<IpAddr> {
    let bare = entry.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')).unwrap_or(entry);
    let address = bare.parse::<IpAddr>().or_else(|_| entry.parse::<SocketAddr>().map(|with_port| with_port.ip()));
    address.ok().map(|address| address.to_canonical())
}

#[cfg(test)]
mod tests {
    use actix_web::http::header::{HeaderName, HeaderValue};

    use super::*;

    const PEER: &str = "10.0.0.1";

    #[test]
    fn the_log_knows_a_network_and_no_address() {
        assert_eq!(network_of("203.0.113.77".parse().unwrap()), "203.0.113.0/24");
        assert_eq!(network_of("2001:db8:1:2::77".parse().unwrap()), "2001:db8:1::/48");
    }

    fn found(behind: &str, peer: &str, lines: &[&[u8]]) -> (String, bool) {
        let mut headers = HeaderMap::new();
        for line in lines {
            headers.append(HeaderName::from_static(FORWARDED_FOR), HeaderValue::from_bytes(line).unwrap());
        }
        let found = behind_proxies(peer.parse().unwrap(), &headers, &behind.parse().unwrap());
        (found.address.to_string(), found.is_doubtful)
    }

    #[track_caller]
    fn finds(behind: &str, lines: &[&str], address: &str, is_doubtful: bool) {
        let bytes: Vec<&[u8]> = lines.iter().map(|line| line.as_bytes()).collect();
        assert_eq!(found(behind, PEER, &bytes), (address.to_owned(), is_doubtful), "{behind}: {lines:?}");
    }

    #[test]
    fn without_a_proxy_no_header_is_believed() {
        finds("false", &[], PEER, false);
        for lines in [&["203.0.113.9"][..], &["203.0.113.9, 10.0.0.2"], &["unknown"], &["203.0.113.9", "198.51.100.7"]]
        {
            finds("false", lines, PEER, true);
        }
        finds("false", &["", " , "], PEER, false);
    }

    #[test]
    fn behind_one_proxy_the_last_address_counts_however_it_is_written() {
        for behind in ["true", "1", "10.0.0.0/8"] {
            finds(behind, &[], PEER, false);
            for (lines, address) in [
                (&["203.0.113.9"][..], "203.0.113.9"),
                (&["  203.0.113.9  "], "203.0.113.9"),
                (&["203.0.113.9:50123"], "203.0.113.9"),
                (&["198.51.100.7, 203.0.113.9"], "203.0.113.9"),
                (&["198.51.100.7,203.0.113.9"], "203.0.113.9"),
                (&["198.51.100.7", "203.0.113.9"], "203.0.113.9"),
                (&["198.51.100.7, 203.0.113.9, "], "203.0.113.9"),
                (&["203.0.113.9", ""], "203.0.113.9"),
                (&["unknown, 203.0.113.9"], "203.0.113.9"),
                (&["_hidden, for=\"x\", 203.0.113.9"], "203.0.113.9"),
                (&["2001:db8::9"], "2001:db8::9"),
                (&["[2001:db8::9]"], "2001:db8::9"),
                (&["[2001:db8::9]:443"], "2001:db8::9"),
                (&["2001:DB8:0:0::9"], "2001:db8::9"),
                (&["::ffff:203.0.113.9"], "203.0.113.9"),
                (&["[::ffff:203.0.113.9]:443"], "203.0.113.9"),
            ] {
                finds(behind, lines, address, false);
            }
        }
    }

    #[test]
    fn what_is_not_an_address_is_not_believed() {
        for behind in ["true", "1", "10.0.0.0/8"] {
            for junk in [
                "unknown",
                "_hidden",
                "203.0.113",
                "203.0.113.999",
                "0x7f.1",
                "203.0.113.9:99999",
                "203.0.113.9 198.51.100.7",
                "for=203.0.113.9",
                "\"203.0.113.9\"",
                "fe80::1%eth0",
                "[2001:db8::9",
                "[203.0.113.9:80",
                "localhost",
                "203.0.113.9; proto=https",
            ] {
                finds(behind, &[junk], PEER, true);
                finds(behind, &["198.51.100.7", junk], PEER, true);
            }
        }
        assert_eq!(found("true", PEER, &[b"203.0.113.9, \xff"]), (PEER.to_owned(), true), "not even text");
        assert_eq!(
            found("2", PEER, &[b"unknown, 10.0.0.2"]),
            ("10.0.0.2".to_owned(), true),
            "as far as it can be read"
        );
    }

    #[test]
    fn behind_two_proxies_or_more_the_address_before_ours_counts() {
        let said = "198.51.100.7";
        for behind in ["2", "10.0.0.0/8", "10.0.0.1, 10.0.0.2/32", "192.168.0.0/16,10.0.0.0/30"] {
            finds(behind, &["203.0.113.9, 10.0.0.2"], "203.0.113.9", false);
            finds(behind, &[said, "203.0.113.9", "10.0.0.2:8080"], "203.0.113.9", false);
            finds(behind, &[&format!("{said}, 203.0.113.9"), "10.0.0.2"], "203.0.113.9", false);
        }
        finds("3", &[said, "203.0.113.9, 10.0.0.3, 10.0.0.2"], "203.0.113.9", false);
        finds("10.0.0.0/8", &[said, "203.0.113.9, 10.0.0.3, 10.0.0.2"], "203.0.113.9", false);
        finds("2", &["203.0.113.9"], "203.0.113.9", false);
        finds("10.0.0.0/8", &["10.0.0.3, 10.0.0.2"], "10.0.0.3", false);
        finds("2001:db8::/32,10.0.0.0/8", &["203.0.113.9, 2001:db8::2"], "203.0.113.9", false);
    }

    #[test]
    fn a_peer_outside_the_networks_is_the_client_itself() {
        assert_eq!(found("10.0.0.0/8", "198.51.100.7", &[b"203.0.113.9"]), ("198.51.100.7".to_owned(), true));
        assert_eq!(found("10.0.0.0/8", "198.51.100.7", &[]), ("198.51.100.7".to_owned(), false));
        assert_eq!(found("10.0.0.0/8", "::ffff:10.0.0.1", &[b"203.0.113.9"]), ("203.0.113.9".to_owned(), false));
    }
}
