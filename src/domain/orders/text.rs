//! Texts that the parties write to each other.

use std::fmt;

use icu_normalizer::ComposingNormalizerBorrowed;

/// A text by a person: 1 to 2,500 characters after trimming, plain, with its line breaks kept (as `\n`).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Text(String);

/// Why an entry is not a [`Text`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TextError {
    /// It holds only white space.
    Missing,
    /// It has this many characters, more than [`Text::MAX_CHARS`].
    TooLong(usize),
}

impl Text {
    /// Longest text, in characters.
    pub const MAX_CHARS: usize = 2_500;

    /// Parses an entry as people paste it (rules 14): brings it to NFC, makes every line break a `\n`, drops what
    /// cannot be printed, and trims it.
    pub fn parse(typed: &str) -> Result<Self, TextError> {
        let text = printable(typed);
        let text = text.trim();
        if text.chars().all(is_empty_space) {
            return Err(TextError::Missing);
        }
        match text.chars().count() {
            count if count > Self::MAX_CHARS => Err(TextError::TooLong(count)),
            _ => Ok(Self(text.to_owned())),
        }
    }

    /// Parses an optional field; an empty entry is `None`.
    pub fn parse_optional(typed: &str) -> Result<Option<Self>, TextError> {
        match Self::parse(typed) {
            Ok(text) => Ok(Some(text)),
            Err(TextError::Missing) => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// The text itself.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Text {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The text in NFC, its line breaks of every kind as `\n`, and without what cannot be printed. Joiners and variation
/// selectors stay: emoji and Persian need them.
pub(super) fn printable(typed: &str) -> String {
    let composed = ComposingNormalizerBorrowed::new_nfc().normalize(typed);
    let broken =
        composed.replace("\r\n", "\n").replace(['\r', '\u{B}', '\u{C}', '\u{85}', '\u{2028}', '\u{2029}'], "\n");
    broken.chars().filter(|c| !is_unprintable(*c)).collect()
}

/// Whether the character is white space or has no width. A text of only such characters is empty.
#[must_use]
pub fn is_empty_space(c: char) -> bool {
    c.is_whitespace()
        || matches!(c, '\u{AD}' | '\u{115F}' | '\u{1160}' | '\u{180E}' | '\u{200B}'..='\u{200F}' | '\u{2060}'..='\u{2064}'
            | '\u{2800}' | '\u{3164}' | '\u{FEFF}' | '\u{FFA0}' | '\u{E0000}'..='\u{E0FFF}')
}

/// Whether the character must not appear in a text: a control character other than line break and tab, a mark that
/// reverses the reading direction, or one of the three private characters that stand around moments in our own
/// sentences (see `i18n::time_markup`).
#[must_use]
pub fn is_unprintable(c: char) -> bool {
    (c.is_control() && c != '\n' && c != '\t')
        || matches!(c, '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}' | '\u{E000}'..='\u{E002}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_has_1_to_2500_characters_after_trimming() {
        assert_eq!(Text::parse(" \r\n\t "), Err(TextError::Missing));
        assert_eq!(Text::parse("\u{200B}\u{FEFF}"), Err(TextError::Missing));
        assert_eq!(Text::parse(" x ").unwrap().as_str(), "x");
        let longest = "é".repeat(Text::MAX_CHARS);
        assert_eq!(Text::parse(&format!("\n{longest}\n")).unwrap().as_str(), longest);
        assert_eq!(Text::parse(&"é".repeat(2_501)), Err(TextError::TooLong(2_501)));
    }

    #[test]
    fn a_text_is_written_as_it_is() {
        assert_eq!(Text::parse(" Dag, Sanne ").unwrap().to_string(), "Dag, Sanne");
    }

    #[test]
    fn line_breaks_are_kept() {
        assert_eq!(Text::parse("een\r\ntwee\rdrie\n\nvier").unwrap().as_str(), "een\ntwee\ndrie\n\nvier");
        assert_eq!(Text::parse("een\u{2028}twee\u{85}drie\u{C}vier").unwrap().as_str(), "een\ntwee\ndrie\nvier");
    }

    #[test]
    fn what_cannot_be_seen_is_dropped_and_is_no_reason_to_refuse() {
        for (sly, taken) in
            [("a\0b", "ab"), ("a\u{1b}[31mb", "a[31mb"), ("a\u{202E}b\u{2066}c", "abc"), ("\u{E000}x", "x")]
        {
            assert_eq!(Text::parse(sly).unwrap().as_str(), taken, "{sly:?}");
        }
        assert_eq!(Text::parse("\0\u{202E}"), Err(TextError::Missing));
    }

    #[test]
    fn a_text_is_composed_and_its_joiners_stay() {
        assert_eq!(Text::parse("cafe\u{301}").unwrap().as_str(), "caf\u{e9}");
        let family = "\u{1F468}\u{200D}\u{1F469}\u{200D}\u{1F467} \u{2764}\u{FE0F}";
        assert_eq!(Text::parse(family).unwrap().as_str(), family);
    }

    #[test]
    fn an_optional_text_may_be_empty_but_not_too_long() {
        assert_eq!(Text::parse_optional("  "), Ok(None));
        assert!(Text::parse_optional(&"x".repeat(2_501)).is_err());
    }
}
