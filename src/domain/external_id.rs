//! Ids that the marketplace gives to people and orders.

use std::fmt;
use std::str::FromStr;

use icu_normalizer::ComposingNormalizerBorrowed;

use crate::domain::orders::text::{is_empty_space, is_unprintable};

/// The marketplace's own id of a person or an order: case-sensitive, in NFC, 1 to 255 characters that can be printed,
/// without white space around it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ExternalId(String);

/// Why a text is no [`ExternalId`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NoExternalId {
    /// It is empty.
    Missing,
    /// It has this many characters, more than [`ExternalId::MAX_CHARS`].
    TooLong(usize),
    /// It has characters in it that cannot be seen, or white space around it.
    Unprintable,
    /// It is a word with which programs write that there is nothing, or a step in a path.
    Nothing,
}

impl ExternalId {
    /// Longest id, in characters.
    pub const MAX_CHARS: usize = 255;
    /// What programs write for nothing, and what an address takes for a step.
    const NOTHING: [&str; 6] = [".", "..", "none", "nil", "blank", "null"];

    /// The id itself.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for ExternalId {
    type Err = NoExternalId;

    fn from_str(written: &str) -> Result<Self, NoExternalId> {
        let id = ComposingNormalizerBorrowed::new_nfc().normalize(written);
        let length = id.chars().count();
        let hidden = |c: char| is_unprintable(c) || (is_empty_space(c) && c != ' ');
        if id.is_empty() {
            Err(NoExternalId::Missing)
        } else if id.trim() != id || id.chars().any(hidden) {
            Err(NoExternalId::Unprintable)
        } else if length > Self::MAX_CHARS {
            Err(NoExternalId::TooLong(length))
        } else if Self::NOTHING.contains(&id.to_lowercase().as_str()) {
            Err(NoExternalId::Nothing)
        } else {
            Ok(Self(id.into_owned()))
        }
    }
}

impl AsRef<str> for ExternalId {
    fn as_ref(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for ExternalId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_is_what_the_marketplace_writes_in_one_spelling() {
        for fine in ["#1001", "88121", "A/B 7", "é", "gid://shopify/Order/1"] {
            assert_eq!(fine.parse::<ExternalId>().unwrap().as_str(), fine);
        }
        assert_eq!("e\u{301}".parse::<ExternalId>().unwrap().as_str(), "\u{e9}", "in NFC");
        assert_ne!("a1".parse::<ExternalId>(), "A1".parse::<ExternalId>(), "case counts");
        assert!("é".repeat(255).parse::<ExternalId>().is_ok(), "characters, not bytes");
    }

    #[test]
    fn what_says_nothing_or_cannot_be_seen_is_no_id() {
        for (wrong, why) in [
            ("", NoExternalId::Missing),
            (" 7", NoExternalId::Unprintable),
            ("7\n", NoExternalId::Unprintable),
            ("7\u{200b}7", NoExternalId::Unprintable),
            ("7\t7", NoExternalId::Unprintable),
            (".", NoExternalId::Nothing),
            ("..", NoExternalId::Nothing),
            ("NULL", NoExternalId::Nothing),
            ("none", NoExternalId::Nothing),
        ] {
            assert_eq!(wrong.parse::<ExternalId>(), Err(why), "{wrong:?}");
        }
        assert_eq!("é".repeat(256).parse::<ExternalId>(), Err(NoExternalId::TooLong(256)));
    }
}
