//! What can be set when the program starts; see the table in `README.md`.

use std::net::IpAddr;
use std::str::FromStr;

use chrono_tz::Tz;
use ipnet::IpNet;

use crate::calendar::CalendarContext;
use crate::i18n::Language;
use crate::i18n::format::Reader;
use crate::secret::Secret;

/// The settings the pages need.
#[derive(Debug, Clone)]
pub struct Settings {
    /// The address people see in their browser, without a slash at the end.
    pub public_url: String,
    /// Where people reach customer service.
    pub customer_service_url: String,
    /// The marketplace's time zone: delivery dates are days in it, and moments are shown in it unless somebody chose
    /// another one.
    pub time_zone: Tz,
    /// What stands between the program and its visitors.
    pub behind_proxy: BehindProxy,
    /// Whether this is a demo: a movable clock, one-click sign-in and the mail page.
    pub demo: bool,
    /// Whether mail goes out, or is shown in a demo; without it nobody can be sent a link.
    pub sends_mail: bool,
    /// What signs the links in mails, and hides the secrets of second factors.
    pub secret: Secret,
    /// How long somebody stays signed in.
    pub session_life: SessionLife,
    /// Where to report a weakness, a `mailto:` or `https:` address.
    pub security_contact: Option<String>,
}

/// What stands between the program and its visitors, as `--behind-proxy` says.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum BehindProxy {
    /// Nothing: visitors connect themselves, and no header is believed.
    #[default]
    No,
    /// So many proxies, one behind the other.
    Hops(usize),
    /// Proxies with addresses in these networks.
    Networks(Vec<IpNet>),
}

impl BehindProxy {
    /// Whether the address that is so many proxies away from the program is a proxy of ours.
    #[must_use]
    pub fn is_proxy(&self, address: IpAddr, passed: usize) -> bool {
        match self {
            Self::No => false,
            Self::Hops(hops) => passed < *hops,
            Self::Networks(networks) => networks.iter().any(|network| network.contains(&address)),
        }
    }
}

impl FromStr for BehindProxy {
    type Err = String;

    /// Reads `true`, `false`, a number of proxies, or networks and addresses with commas between them.
    fn from_str(written: &str) -> Result<Self, String> {
        let written = written.trim();
        match written {
            "true" => return Ok(Self::Hops(1)),
            "false" => return Ok(Self::No),
            _ => {}
        }
        if let Ok(hops) = written.parse::<u8>() {
            return Ok(if hops == 0 { Self::No } else { Self::Hops(hops.into()) });
        }
        let one = |part: &str| {
            let part = part.trim();
            let network = part.parse::<IpNet>().or_else(|_| part.parse::<IpAddr>().map(IpNet::from));
            network.map_err(|_| "write true, a number of proxies, or their networks: 10.0.0.0/8,fd00::/8".to_owned())
        };
        written.split(',').map(one).collect::<Result<_, _>>().map(Self::Networks)
    }
}

/// How long somebody stays signed in, in real time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SessionLife {
    /// Without coming by, in days.
    pub idle_days: u16,
    /// At most, however often they come by, in days.
    pub days: u16,
}

impl SessionLife {
    /// Without coming by, in days, unless it is set otherwise (our choice: who looks once a week stays in).
    pub const IDLE_DAYS: u16 = 14;
    /// At most, in days, unless it is set otherwise (our choice: an order may take three months; NIST SP 800-63B-4 advises
    /// 30 days, which a marketplace that follows it can set).
    pub const DAYS: u16 = 90;
}

impl Default for SessionLife {
    fn default() -> Self {
        Self { idle_days: Self::IDLE_DAYS, days: Self::DAYS }
    }
}

impl Settings {
    /// The host of the public address, without its port: "oplossing.example.com". Names that last end in it.
    #[must_use]
    pub fn host(&self) -> &str {
        host(&self.public_url)
    }

    /// Somebody of whom nothing is known.
    #[must_use]
    pub fn reader(&self) -> Reader {
        Reader { language: Language::default(), zone: self.time_zone }
    }

    /// Where calendars for this reader are written.
    #[must_use]
    pub fn desk(&self, reader: Reader) -> CalendarContext<'_> {
        CalendarContext { reader, marketplace: self.time_zone, public_url: &self.public_url, host: self.host() }
    }

    /// Whether people come over https; only then is the session cookie `Secure`.
    #[must_use]
    pub fn is_https(&self) -> bool {
        self.public_url.starts_with("https://")
    }
}

/// The host of an address, without its port.
fn host(public_url: &str) -> &str {
    let authority = public_url.split_once("://").map_or(public_url, |(_, rest)| rest);
    match authority.rsplit_once(':') {
        Some((host, port)) if port.bytes().all(|b| b.is_ascii_digit()) => host,
        _ => authority,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_stands_in_front_is_told_in_three_ways() {
        let read = |written: &str| written.parse::<BehindProxy>();
        for (written, expected) in [
            ("false", BehindProxy::No),
            ("0", BehindProxy::No),
            ("true", BehindProxy::Hops(1)),
            (" 3 ", BehindProxy::Hops(3)),
            ("10.0.0.0/8", BehindProxy::Networks(vec!["10.0.0.0/8".parse().unwrap()])),
            (
                "10.1.2.3, fd00::/8",
                BehindProxy::Networks(vec!["10.1.2.3/32".parse().unwrap(), "fd00::/8".parse().unwrap()]),
            ),
        ] {
            assert_eq!(read(written), Ok(expected), "{written}");
        }
        for wrong in ["", "yes", "-1", "300", "10.0.0.0/33", "10.0.0.0/8,", "proxy.example.com", "1,2"] {
            assert!(read(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_host_has_no_port() {
        assert_eq!(host("https://oplossing.example.com"), "oplossing.example.com");
        assert_eq!(host("http://127.0.0.1:8080"), "127.0.0.1");
        assert_eq!(host("http://[::1]:8080"), "[::1]");
        assert_eq!(host("http://[::1]"), "[::1]");
    }
}
