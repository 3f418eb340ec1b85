//! What can be set when the program starts; see the table in `README.md`.

use std::fmt::{self, Write as _};
use std::sync::Arc;

use chrono_tz::Tz;
use hmac::{Hmac, KeyInit, Mac};
use sha2::{Digest, Sha256};
use tokio::sync::Notify;

use crate::calendar::Desk;
use crate::clock::Clock;
use crate::i18n::format::Reader;
use crate::metrics::Metrics;
use crate::store::Store;

/// Hexadecimal digits of a seal in a name.
const NAME_DIGITS: usize = 32;

/// What nobody but the servers may know: it signs session cookies, and the links in mails. Never printed.
#[derive(Clone)]
pub struct Secret(Arc<[u8]>);

impl Secret {
    /// A secret of these bytes.
    #[must_use]
    pub fn new(bytes: &[u8]) -> Self {
        Self(bytes.into())
    }

    /// What only the servers can write behind that text, for that purpose: 64 hexadecimal digits (HMAC-SHA-256).
    ///
    /// # Panics
    ///
    /// Never: this way of signing takes a secret of any length.
    #[must_use]
    pub fn seal(&self, purpose: &str, text: &str) -> String {
        let mut mac = Hmac::<Sha256>::new_from_slice(&self.0).expect("a secret of any length will do");
        mac.update(format!("{purpose}:{text}").as_bytes());
        mac.finalize().into_bytes().iter().fold(String::new(), |mut digits, byte| {
            write!(digits, "{byte:02x}").expect("writing to a string never fails");
            digits
        })
    }

    /// That text with its seal behind a dot: a name that only the servers can hand out. Half of the seal, 128 bits, so
    /// that it fits on a line.
    #[must_use]
    pub fn name(&self, purpose: &str, text: &str) -> String {
        format!("{text}.{}", &self.seal(purpose, text)[..NAME_DIGITS])
    }

    /// The text in such a name; nothing when it was not handed out for that purpose. Compared by hashes as well.
    #[must_use]
    pub fn named<'a>(&self, purpose: &str, name: &'a str) -> Option<&'a str> {
        let (text, _) = name.split_once('.')?;
        (Sha256::digest(self.name(purpose, text)) == Sha256::digest(name)).then_some(text)
    }

    /// Whether that is the seal of that text; compared by their hashes, so that the time it takes tells nothing.
    #[must_use]
    pub fn is_seal(&self, purpose: &str, text: &str, seal: &str) -> bool {
        Sha256::digest(self.seal(purpose, text)) == Sha256::digest(seal)
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("(secret)")
    }
}

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
    /// What signs the links in mails.
    pub secret: Secret,
}

impl Settings {
    /// The host of the public address, without its port: "oplossing.example.com". Names that last end in it.
    #[must_use]
    pub fn host(&self) -> &str {
        host(&self.public_url)
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

/// What every room of the running program shares.
#[derive(Clone)]
pub struct App {
    /// The database.
    pub store: Store,
    /// The clock.
    pub clock: Clock,
    /// The settings.
    pub settings: Settings,
    /// What this process counts.
    pub metrics: Metrics,
    /// Wakes the worker when the next deadline may have come closer.
    pub wake: Arc<Notify>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seal_fits_one_text_one_purpose_and_one_secret_and_nothing_prints_the_secret() {
        let (ours, theirs) = (Secret::new(b"ours"), Secret::new(b"theirs"));
        let seal = ours.seal("unsubscribe", "comments.1");
        assert_eq!(seal.len(), 64);
        assert!(ours.is_seal("unsubscribe", "comments.1", &seal));
        assert!(!ours.is_seal("unsubscribe", "comments.2", &seal));
        assert!(!ours.is_seal("password", "comments.1", &seal));
        assert!(!theirs.is_seal("unsubscribe", "comments.1", &seal));
        assert_eq!(format!("{ours:?}"), "(secret)");
    }

    #[test]
    fn a_host_has_no_port() {
        assert_eq!(host("https://oplossing.example.com"), "oplossing.example.com");
        assert_eq!(host("http://127.0.0.1:8080"), "127.0.0.1");
        assert_eq!(host("http://[::1]:8080"), "[::1]");
        assert_eq!(host("http://[::1]"), "[::1]");
    }

    #[test]
    fn only_a_name_that_was_handed_out_for_that_purpose_is_read() {
        let (ours, theirs) = (Secret::new(b"ours"), Secret::new(b"theirs"));
        let name = ours.name("calendar", "abc");
        assert_eq!((name.len(), ours.named("calendar", &name)), (36, Some("abc")));
        assert_eq!(ours.named("password", &name), None, "handed out for something else");
        assert_eq!(theirs.named("calendar", &name), None, "by another server");
        for wrong in
            ["", "abc", "abc.", &name[..35], &format!("{name}0"), &name.replace("abc", "abd"), &name.to_uppercase()]
        {
            assert_eq!(ours.named("calendar", wrong), None, "{wrong}");
        }
    }
}
