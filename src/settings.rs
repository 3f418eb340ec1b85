//! What can be set when the program starts; see the table in `README.md`.

use chrono_tz::Tz;

use crate::calendar::Desk;
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
    /// Whether the address of a visitor is what the proxy in front of us says.
    pub behind_proxy: bool,
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
    pub fn desk(&self, reader: Reader) -> Desk<'_> {
        Desk { reader, marketplace: self.time_zone, public_url: &self.public_url, host: self.host() }
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
    fn a_host_has_no_port() {
        assert_eq!(host("https://oplossing.example.com"), "oplossing.example.com");
        assert_eq!(host("http://127.0.0.1:8080"), "127.0.0.1");
        assert_eq!(host("http://[::1]:8080"), "[::1]");
        assert_eq!(host("http://[::1]"), "[::1]");
    }
}
