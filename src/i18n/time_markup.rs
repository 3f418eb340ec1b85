//! Marks around moments in sentences: a page turns them into `<time datetime="…">`, a mail leaves them out.
//!
//! A sentence comes whole out of `locales`. The marks are three characters of Unicode's private use area around the
//! machine form and the reader's form of the same moment.

use chrono::{DateTime, NaiveDate, Utc};

use crate::i18n::format::{Reader, machine};

const OPEN: char = '\u{E000}';
const SHOWN: char = '\u{E001}';
const CLOSE: char = '\u{E002}';

/// A marked moment.
#[must_use]
pub fn moment(reader: Reader, at: DateTime<Utc>) -> String {
    format!("{OPEN}{}{SHOWN}{}{CLOSE}", machine(at), reader.moment(at))
}

/// A marked date.
#[must_use]
pub fn date(reader: Reader, date: NaiveDate) -> String {
    format!("{OPEN}{date}{SHOWN}{}{CLOSE}", reader.date(date))
}

/// A piece of a sentence with marks.
#[derive(Debug, PartialEq, Eq)]
pub enum Piece<'a> {
    /// Words.
    Words(&'a str),
    /// A moment or a date.
    Time {
        /// The machine form.
        datetime: &'a str,
        /// The reader's form.
        shown: &'a str,
    },
}

/// The pieces of a sentence, in order.
#[must_use]
pub fn pieces(sentence: &str) -> Vec<Piece<'_>> {
    let mut pieces = Vec::new();
    let mut rest = sentence;
    while let Some((before, marked)) = rest.split_once(OPEN) {
        let whole = marked.split_once(CLOSE).and_then(|(time, after)| Some((time.split_once(SHOWN)?, after)));
        let Some(((datetime, shown), after)) = whole else { break };
        pieces.extend([Piece::Words(before), Piece::Time { datetime, shown }]);
        rest = after;
    }
    pieces.push(Piece::Words(rest));
    pieces
}

/// Removes the marks, for plain text.
#[must_use]
pub fn plain(sentence: &str) -> String {
    pieces(sentence)
        .into_iter()
        .map(|piece| match piece {
            Piece::Words(words) => words,
            Piece::Time { shown, .. } => shown,
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::Language;

    #[test]
    fn a_sentence_falls_apart_into_words_and_moments_and_back() {
        let reader = Reader { language: Language::Nl, zone: chrono_tz::Europe::Amsterdam };
        let at = "2026-11-24T13:05:00Z".parse().unwrap();
        let sentence = format!("Voor {} antwoorden.", moment(reader, at));
        let time = Piece::Time { datetime: "2026-11-24T13:05:00Z", shown: "di 24 november 2026 om 14:05 (CET)" };
        assert_eq!(pieces(&sentence), [Piece::Words("Voor "), time, Piece::Words(" antwoorden.")]);
        assert_eq!(plain(&sentence), "Voor di 24 november 2026 om 14:05 (CET) antwoorden.");
    }

    #[test]
    fn a_stray_mark_is_only_a_character() {
        assert_eq!(plain("a\u{E000}b"), "a\u{E000}b");
        assert_eq!(plain("a\u{E000}b\u{E002}c"), "a\u{E000}b\u{E002}c");
    }
}
