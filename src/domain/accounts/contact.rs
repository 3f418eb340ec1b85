//! How a person is called and mailed: one way to read an address and a name, from wherever they come.

use std::str::FromStr;

use icu_normalizer::ComposingNormalizerBorrowed;

use crate::domain::line::{NotOneLine, one_line};
use crate::domain::orders::text::is_unprintable;

/// An e-mail address in lower case. Its domain is written as people read it (`café-zon.be`), although browsers and mail servers
/// also write it in letters of ASCII (`xn--caf-zon-dya.be`): both are one address. Only a mail can prove that it works.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct EmailAddress(String);

/// Why a text is no [`EmailAddress`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NoEmailAddress {
    /// It has not a name, one `@` and a domain, or something else in it.
    Unreadable,
    /// It has more than [`EmailAddress::MAX_BYTES`].
    TooLong,
}

impl EmailAddress {
    /// The longest address, in bytes (RFC 5321, 4.5.3.1.3 as RFC 3696 erratum 1690 reads it).
    pub const MAX_BYTES: usize = 254;

    /// The address itself.
    #[must_use]
    pub fn into_string(self) -> String {
        self.0
    }

    /// What was typed, as an address is written: to look for it, whether it is one or not.
    #[must_use]
    pub fn as_written(typed: &str) -> String {
        let lower = typed.trim().to_lowercase();
        let written = ComposingNormalizerBorrowed::new_nfc().normalize(&lower);
        match written.rsplit_once('@') {
            Some((name, domain)) if domain.contains("xn--") => match idna::domain_to_unicode(domain) {
                (readable, Ok(())) => format!("{name}@{readable}"),
                _ => written.into_owned(),
            },
            _ => written.into_owned(),
        }
    }
}

impl FromStr for EmailAddress {
    type Err = NoEmailAddress;

    fn from_str(typed: &str) -> Result<Self, NoEmailAddress> {
        let email = Self::as_written(typed);
        let sides = email.split_once('@').filter(|(name, domain)| !name.is_empty() && !domain.is_empty());
        let is_one = sides.is_some_and(|(_, domain)| !domain.contains('@'));
        let is_foreign = |c: char| c.is_whitespace() || c.is_control() || is_unprintable(c) || "<>,\"".contains(c);
        if !is_one || email.contains(is_foreign) {
            Err(NoEmailAddress::Unreadable)
        } else if email.len() > Self::MAX_BYTES {
            Err(NoEmailAddress::TooLong)
        } else {
            Ok(Self(email))
        }
    }
}

/// A person's name, as the other party sees it: one line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PersonName(String);

impl PersonName {
    /// The longest name, in characters (our choice).
    pub const MAX_CHARS: usize = 100;

    /// The name itself.
    #[must_use]
    pub fn into_string(self) -> String {
        self.0
    }
}

impl FromStr for PersonName {
    type Err = NotOneLine;

    fn from_str(written: &str) -> Result<Self, NotOneLine> {
        one_line(written, Self::MAX_CHARS).map(Self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_address_is_written_in_one_way() {
        for written in ["Sanne@Café-Zon.be", " sanne@xn--caf-zon-dya.be ", "sanne@cafe\u{301}-zon.be"] {
            assert_eq!(written.parse::<EmailAddress>().map(EmailAddress::into_string), Ok("sanne@café-zon.be".into()));
        }
        assert_eq!(EmailAddress::as_written("geen adres"), "geen adres");
        assert_eq!(EmailAddress::as_written("x@xn--\u{ff}"), "x@xn--\u{ff}", "what cannot be read stays");
        for wrong in
            ["", "x", "@x.nl", "x@", "x@y@z.nl", "x y@z.nl", "x@z.nl\u{0}", "\"x\"@z.nl", "x@z.nl,y@z.nl", "<x@z.nl>"]
        {
            assert_eq!(wrong.parse::<EmailAddress>(), Err(NoEmailAddress::Unreadable), "{wrong}");
        }
        let long = format!("{}@example.com", "x".repeat(EmailAddress::MAX_BYTES - 11));
        assert_eq!(long.parse::<EmailAddress>(), Err(NoEmailAddress::TooLong));
        assert!(long[1..].parse::<EmailAddress>().is_ok());
    }

    #[test]
    fn a_name_is_one_line_that_can_be_seen() {
        assert_eq!(" Zoe\u{308}  Smit ".parse::<PersonName>().map(PersonName::into_string), Ok("Zoë  Smit".into()));
        for (wrong, why) in [
            (" ", NotOneLine::Empty),
            ("Sanne\nde Vries", NotOneLine::Broken),
            ("Sanne\tde Vries", NotOneLine::Unprintable),
            (&"x".repeat(101), NotOneLine::TooLong(101)),
        ] {
            assert_eq!(wrong.parse::<PersonName>(), Err(why), "{wrong:?}");
        }
    }
}
