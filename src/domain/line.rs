//! Texts of one line, as people and programs write them: names and titles.

use icu_normalizer::ComposingNormalizerBorrowed;

use crate::domain::orders::text::{is_empty_space, is_unprintable};

/// Why a text is not one line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NotOneLine {
    /// Nothing of it can be seen.
    Empty,
    /// It has a line break in it.
    Broken,
    /// It has characters in it that cannot be seen.
    Unprintable,
    /// It has this many characters.
    TooLong(usize),
}

/// Reads one line of at most that many characters, composed (NFC) and without white space around it.
pub fn one_line(written: &str, most: usize) -> Result<String, NotOneLine> {
    let line = ComposingNormalizerBorrowed::new_nfc().normalize(written.trim());
    let length = line.chars().count();
    if line.chars().all(is_empty_space) {
        Err(NotOneLine::Empty)
    } else if line.contains(['\n', '\r']) {
        Err(NotOneLine::Broken)
    } else if line.chars().any(|c| c == '\t' || is_unprintable(c)) {
        Err(NotOneLine::Unprintable)
    } else if length > most {
        Err(NotOneLine::TooLong(length))
    } else {
        Ok(line.into_owned())
    }
}
