//! Texts and formats in the reader's language.

pub mod format;
pub mod labels;
pub mod limits;
pub mod outcomes;
pub mod payments;
pub mod time_markup;

use std::sync::LazyLock;

use crate::domain::Language;

#[allow(missing_docs, dead_code, unused, clippy::all, clippy::pedantic, reason = "generated from locales/*.ftl")]
mod words {
    include!(concat!(env!("OUT_DIR"), "/words.rs"));
}

/// The sentences of one language, one function each.
pub use words::L10nLanguage as Words;

static DUTCH: LazyLock<Words> = LazyLock::new(|| words::L10n::Nl.load());
static ENGLISH: LazyLock<Words> = LazyLock::new(|| words::L10n::En.load());

impl Language {
    /// The sentences of this language.
    #[must_use]
    pub fn words(self) -> &'static Words {
        match self {
            Self::Nl => &DUTCH,
            Self::En => &ENGLISH,
        }
    }

    /// The best of our languages for an `Accept-Language` header; Dutch when it names none of them.
    #[must_use]
    pub fn negotiate(accept_language: &str) -> Self {
        let weigh = |range: &str| {
            let (tag, quality) = range.split_once(';').unwrap_or((range, "q=1"));
            let quality = quality.trim().strip_prefix("q=")?;
            let language = tag.trim().split('-').next()?.to_lowercase().parse().ok()?;
            let quality = quality.trim().parse::<f32>().ok().filter(|quality| *quality > 0.0)?;
            Some((language, quality))
        };
        let best =
            accept_language.split(',').filter_map(weigh).reduce(|best, next| if next.1 > best.1 { next } else { best });
        best.map_or(Self::default(), |(language, _)| language)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_reader_gets_the_language_they_prefer_and_else_dutch() {
        for (header, expected) in [
            ("", Language::Nl),
            ("de-DE,de;q=0.9", Language::Nl),
            ("en-GB,en;q=0.9,nl;q=0.8", Language::En),
            ("de,nl-BE;q=0.7,en;q=0.3", Language::Nl),
            ("nl;q=0,en;q=0.1", Language::En),
            ("en;q=x", Language::Nl),
            ("nl; q=0.5, en; q=0.9", Language::En),
        ] {
            assert_eq!(Language::negotiate(header), expected, "{header}");
        }
    }
}
