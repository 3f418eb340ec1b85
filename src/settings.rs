//! The settings of the program. The table in `docs/operating.md` lists them.

use std::net::IpAddr;
use std::str::FromStr;

use chrono::TimeDelta;
use chrono_tz::Tz;
use ipnet::IpNet;
use url::Url;

use crate::calendar::CalendarContext;
use crate::domain::Language;
use crate::domain::accounts::event::KEPT_DAYS;
use crate::i18n::format::Reader;
pub use crate::i18n::payments::{OwnSentences, Payment, Sentences};
use crate::secret::Secret;

/// How many requests a second a program may make with one key unless the operator says otherwise (our choice: a full
/// synchronisation of 100,000 orders takes half an hour).
pub const API_RATE: u32 = 50;

/// The settings the pages need.
#[derive(Debug, Clone)]
pub struct Settings {
    /// The address people see in their browser, without a slash at the end.
    pub public_url: String,
    /// Where people reach customer service.
    pub customer_service_url: String,
    /// The marketplace's time zone. Delivery dates are days in it, and moments are shown in it unless the reader chose
    /// another one.
    pub time_zone: Tz,
    /// The proxies between the program and its visitors.
    pub behind_proxy: BehindProxy,
    /// Whether this is a demo: a movable clock, one-click sign-in and the mail page.
    pub demo: bool,
    /// Whether mail is sent, or shown in a demo. Without it the program offers no password links.
    pub sends_mail: bool,
    /// The secret that signs the links in mails and encrypts the secrets of second factors.
    pub secret: Secret,
    /// How long a session lasts.
    pub session_life: SessionLife,
    /// How long what is over is kept.
    pub retention: Retention,
    /// Where to report a weakness, a `mailto:` or `https:` address.
    pub security_contact: Option<String>,
    /// How many requests a second a program may make with one key, over time.
    pub api_rate: u32,
    /// The marketplace that runs the program.
    pub operator: Operator,
    /// How its people come in through it.
    pub entrance: Entrance,
    /// Whose buttons deliver, approve, and ask for revisions.
    pub order_actions: OrderActions,
}

/// How people come in through the marketplace.
#[derive(Debug, Clone, Default)]
pub struct Entrance {
    /// The origin of its pages, as a browser writes it. Who follows a sign-in link from there is signed in without a page that
    /// names them first.
    pub origin: Option<String>,
    /// Where it signs visitors in who come here first.
    pub hand_off: Option<HandOff>,
}

/// The page of the marketplace that signs visitors in, and the secret that both sides sign with.
#[derive(Debug, Clone)]
pub struct HandOff {
    /// The address of the page.
    pub url: Url,
    /// The secret; while it is changed, answers that are signed with the other one are taken too.
    pub secret: Secret,
}

/// Whose buttons deliver, approve, and ask for revisions. A status that moves at the marketplace is taken either way.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, strum::AsRefStr, strum::EnumString, strum::VariantNames)]
#[strum(serialize_all = "lowercase")]
pub enum OrderActions {
    /// Ours.
    #[default]
    Here,
    /// The marketplace's; ours are not shown.
    Marketplace,
}

/// The marketplace that runs the program, as people see it. What is not set is not shown, and nothing is claimed of it.
#[derive(Debug, Clone, Default)]
pub struct Operator {
    /// Its name.
    pub name: Option<String>,
    /// Its terms, an `https:` address.
    pub terms_url: Option<String>,
    /// Its privacy statement, an `https:` address.
    pub privacy_url: Option<String>,
    /// Its rule about money.
    pub money: Option<Payment>,
}

impl Operator {
    /// Whether there is anything to show in a footer.
    #[must_use]
    pub fn is_named(&self) -> bool {
        self.name.is_some() || self.terms_url.is_some() || self.privacy_url.is_some()
    }
}

/// The proxies between the program and its visitors, as `--behind-proxy` describes them.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum BehindProxy {
    /// No proxy: visitors connect directly, and no header is trusted.
    #[default]
    No,
    /// This many proxies, one behind the other.
    Hops(usize),
    /// Proxies with addresses in these networks.
    Networks(Vec<IpNet>),
}

impl BehindProxy {
    /// Whether this address, after that many proxies, belongs to a proxy of ours.
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

    /// Parses `true`, `false`, a number of proxies, or networks and addresses with commas between them.
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
            let network = network.ok().filter(|network| network.prefix_len() > 0);
            network.ok_or_else(|| "write true, a number of proxies, or their networks: 10.0.0.0/8,fd00::/8".to_owned())
        };
        written.split(',').map(one).collect::<Result<_, _>>().map(Self::Networks)
    }
}

/// How long a session lasts, by the wall clock.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SessionLife {
    /// The longest time without a visit, in days.
    pub idle_days: u16,
    /// The longest time in all, in days.
    pub days: u16,
}

impl SessionLife {
    /// The default of `idle_days` (our choice: a weekly visit keeps the session).
    pub const IDLE_DAYS: u16 = 14;
    /// The default of `days` (our choice: an order may take three months; NIST SP 800-63B-4 advises 30 days, which a
    /// marketplace that follows it can set).
    pub const DAYS: u16 = 90;
}

impl Default for SessionLife {
    fn default() -> Self {
        Self { idle_days: Self::IDLE_DAYS, days: Self::DAYS }
    }
}

/// How long what is over is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Retention {
    /// The words of an order after it was closed.
    pub closed: TimeDelta,
    /// The events of an account, by the wall clock.
    pub account_events: TimeDelta,
}

impl Retention {
    /// The default of `closed`, as it is written on the command line. Our choice: as long as most claims can be brought
    /// before a court in the Netherlands (Civil Code, 3:307 and following).
    pub const CLOSED: &str = "5y";
    /// The default of `account_events`, as it is written on the command line.
    pub const ACCOUNT_EVENTS: &str = "90d";
}

impl Default for Retention {
    fn default() -> Self {
        Self { closed: TimeDelta::days(5 * 365), account_events: TimeDelta::days(KEPT_DAYS.into()) }
    }
}

impl Settings {
    /// The host of the public address without its port: "oplossing.example.com". Permanent identifiers end in it.
    #[must_use]
    pub fn host(&self) -> &str {
        host(&self.public_url)
    }

    /// The format for a visitor without choices of their own.
    #[must_use]
    pub fn reader(&self) -> Reader {
        Reader { language: Language::default(), zone: self.time_zone }
    }

    /// The context of calendars for this reader.
    #[must_use]
    pub fn desk(&self, reader: Reader) -> CalendarContext<'_> {
        CalendarContext { reader, marketplace: self.time_zone, public_url: &self.public_url, host: self.host() }
    }

    /// Whether the public address is https; only then is the session cookie `Secure`.
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
        for wrong in
            ["", "yes", "-1", "300", "10.0.0.0/33", "10.0.0.0/8,", "0.0.0.0/0", "::/0", "proxy.example.com", "1,2"]
        {
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
