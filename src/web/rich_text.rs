//! Texts for templates: with escapes, and with moments in `<time>`.

use std::fmt;

use askama::filters::HtmlSafe;

use crate::i18n::time_markup::{Piece, pieces};

/// A sentence whose marked moments become `<time datetime="…">`. All of it is escaped here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct RichText(pub String);

impl HtmlSafe for RichText {}

impl fmt::Display for RichText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        pieces(&self.0).into_iter().try_for_each(|piece| match piece {
            Piece::Words(words) => write!(f, "{}", Escaped(words)),
            Piece::Time { datetime, shown, whole: None } => {
                write!(f, "<time datetime=\"{}\">{}</time>", Escaped(datetime), Escaped(shown))
            }
            Piece::Time { datetime, shown, whole: Some(whole) } => {
                let (datetime, shown, whole) = (Escaped(datetime), Escaped(shown), Escaped(whole));
                write!(f, "<time datetime=\"{datetime}\" title=\"{whole}\">{shown}</time>")
            }
        })
    }
}

/// Text with its HTML characters escaped.
/// The markup of an icon from the sprite at `sprite`.
pub(super) struct Icon {
    pub sprite: &'static str,
    pub name: &'static str,
}

impl HtmlSafe for Icon {}

impl fmt::Display for Icon {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { sprite, name } = self;
        f.write_str(r#"<svg class="icon" width="20" height="20" aria-hidden="true" focusable="false">"#)?;
        write!(f, "<use href=\"{sprite}#{name}\"></use></svg>")
    }
}

/// The hidden fields that every form carries: the session's token, the page to come back to, and who writes in it.
pub(super) struct CsrfField<'a> {
    /// A page without a session shows no forms, and has none.
    pub token: Option<&'a str>,
    pub return_to: &'a str,
    /// The account, sealed: its words are given back to it alone, also after its session ended.
    pub writer: Option<&'a str>,
}

impl HtmlSafe for CsrfField<'_> {}

impl fmt::Display for CsrfField<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Some(token) = self.token else { return Ok(()) };
        writeln!(f, r#"<input type="hidden" name="csrf_token" value="{}">"#, Escaped(token))?;
        write!(f, r#"<input type="hidden" name="return_to" value="{}">"#, Escaped(self.return_to))?;
        let Some(writer) = self.writer else { return Ok(()) };
        write!(f, r#"<input type="hidden" name="writer" value="{}">"#, Escaped(writer))
    }
}

/// The attributes of a button: where it sends its form, and the field that tells the server which button it was.
#[derive(Debug, Clone)]
pub(super) struct Submit {
    pub address: String,
    pub field: Option<(&'static str, &'static str)>,
}

impl HtmlSafe for Submit {}

impl fmt::Display for Submit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "formaction=\"{}\"", Escaped(&self.address))?;
        let Some((name, value)) = self.field else { return Ok(()) };
        write!(f, " name=\"{}\" value=\"{}\"", Escaped(name), Escaped(value))
    }
}

struct Escaped<'a>(&'a str);

impl fmt::Display for Escaped<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        askama::filters::escape(self.0, askama::filters::Html).map_err(|_| fmt::Error)?.fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::Language;
    use crate::i18n::format::Reader;
    use crate::i18n::time_markup;

    #[test]
    fn moments_get_their_element_and_everything_else_is_escaped() {
        let reader = Reader { language: Language::Nl, zone: chrono_tz::Europe::Amsterdam };
        let moment = time_markup::moment(reader, "2026-11-24T13:05:00Z".parse().unwrap());
        let shown = RichText(format!("<b>\"Ja\"</b> & {moment}")).to_string();
        assert!(!shown.contains("<b>"), "{shown}");
        let time = "<time datetime=\"2026-11-24T13:05:00Z\">di 24 november 2026 om 14:05 (CET)</time>";
        assert!(shown.ends_with(time), "{shown}");
    }
}
