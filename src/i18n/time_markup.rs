//! Marks around moments in sentences: a page turns them into `<time datetime="…">`, a mail leaves them out.
//!
//! A sentence comes whole out of `locales`. The marks are characters of Unicode's private use area around the machine form
//! and the reader's form of the same moment; in a list, the reader's form is short, and the whole one stands behind it.

use chrono::{DateTime, NaiveDate, Utc};

use crate::i18n::format::{Reader, machine};

const OPEN: char = '\u{E000}';
const SHOWN: char = '\u{E001}';
const CLOSE: char = '\u{E002}';
const WHOLE: char = '\u{E003}';

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

/// Shortens the moments and dates of a sentence for a list that is read at `now`.
#[must_use]
pub fn shortened(sentence: &str, reader: Reader, now: DateTime<Utc>) -> String {
    let shorten = |piece| match piece {
        Piece::Words(words) => words.to_owned(),
        Piece::Time { datetime, shown, .. } => {
            let short = match (datetime.parse::<DateTime<Utc>>(), datetime.parse::<NaiveDate>()) {
                (Ok(at), _) => reader.listed_moment(at, now),
                (_, Ok(date)) => reader.listed_date(date, now),
                _ => shown.to_owned(),
            };
            format!("{OPEN}{datetime}{SHOWN}{short}{WHOLE}{shown}{CLOSE}")
        }
    };
    pieces(sentence).into_iter().map(shorten).collect()
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
        /// The whole form, where the shown one is short.
        whole: Option<&'a str>,
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
        let (shown, whole) = shown.split_once(WHOLE).map_or((shown, None), |(shown, whole)| (shown, Some(whole)));
        pieces.extend([Piece::Words(before), Piece::Time { datetime, shown, whole }]);
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
        let shown = "di 24 november 2026 om 14:05 (CET)";
        let time = Piece::Time { datetime: "2026-11-24T13:05:00Z", shown, whole: None };
        assert_eq!(pieces(&sentence), [Piece::Words("Voor "), time, Piece::Words(" antwoorden.")]);
        assert_eq!(plain(&sentence), "Voor di 24 november 2026 om 14:05 (CET) antwoorden.");
    }

    #[test]
    fn in_a_list_a_moment_is_short_and_its_whole_form_stands_behind_it() {
        let reader = Reader { language: Language::Nl, zone: chrono_tz::Europe::Amsterdam };
        let at = "2026-11-24T13:05:00Z".parse().unwrap();
        let sentence = shortened(&format!("Voor {}.", moment(reader, at)), reader, at);
        let whole = Some("di 24 november 2026 om 14:05 (CET)");
        let time = Piece::Time { datetime: "2026-11-24T13:05:00Z", shown: "di 24 nov 14:05", whole };
        assert_eq!(pieces(&sentence), [Piece::Words("Voor "), time, Piece::Words(".")]);
        assert_eq!(plain(&sentence), "Voor di 24 nov 14:05.");
    }

    #[test]
    fn a_stray_mark_is_only_a_character() {
        assert_eq!(plain("a\u{E000}b"), "a\u{E000}b");
        assert_eq!(plain("a\u{E000}b\u{E002}c"), "a\u{E000}b\u{E002}c");
    }
}
