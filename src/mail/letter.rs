//! The parts of every mail, and its two templates.

use askama::Template;

use crate::domain::Language;
use crate::i18n::Words;
use crate::i18n::format::Reader;
use crate::mail::Mail;
use crate::settings::{Operator, Settings};
use crate::store::outbox::QueuedMail;

/// Longest subject, in characters (our choice: more than any mailbox shows).
const MAX_SUBJECT: usize = 150;

/// A mail's parts in reading order. Absent parts are left out.
#[derive(Debug, Clone)]
pub struct Letter {
    /// The mail's language.
    pub language: Language,
    /// The reader's name.
    pub name: String,
    /// The subject, on one line.
    pub subject: String,
    /// The question or the news, one sentence each.
    pub opening: Vec<String>,
    /// The order ("Bestelling: Logo voor een bakkerij (OC-7K3M9QXA)") and the request, one line each.
    pub facts: Vec<String>,
    /// Texts of a party, with the line above them; none when nothing was written.
    pub said: Option<(String, Vec<String>)>,
    /// The outcome of silence and its moment; or the end.
    pub outcome: Option<String>,
    /// The text of the one link.
    pub button: String,
    /// The address of the link.
    pub link: String,
    /// For whom and until when the link works, when not for everybody and always.
    pub link_note: Option<String>,
    /// The fingerprint of the order, in a sentence.
    pub fingerprint: Option<String>,
    /// Why the reader gets this mail.
    pub footer: String,
    /// The marketplace that runs the program.
    pub operator: Operator,
}

#[derive(Template)]
#[template(path = "mail/letter.txt")]
struct Text<'a> {
    letter: &'a Letter,
    words: &'a Words,
}

#[derive(Template)]
#[template(path = "mail/letter.html")]
struct Html<'a> {
    letter: &'a Letter,
    words: &'a Words,
}

impl Letter {
    /// The letter as plain text.
    #[must_use]
    pub fn text(&self) -> String {
        let text = Text { letter: self, words: self.language.words() };
        text.render().expect("a text takes texts")
    }

    /// The letter as an HTML document.
    #[must_use]
    pub fn html(&self) -> String {
        let html = Html { letter: self, words: self.language.words() };
        html.render().expect("a text takes texts")
    }

    /// The letter as a mail that belongs to no order and cannot be switched off.
    #[must_use]
    pub(super) fn alone(self, queued: &QueuedMail) -> Mail {
        Mail {
            id: queued.key.clone(),
            thread: None,
            to: queued.to.email.clone(),
            name: one_line(&queued.to.name),
            language: self.language,
            text: self.text(),
            html: self.html(),
            subject: self.subject,
            link: self.link,
            unsubscribe: None,
            calendar: None,
            at: queued.due_at,
        }
    }
}

/// The language and time zone of a mail's reader.
pub(super) fn reader(queued: &QueuedMail, settings: &Settings) -> Reader {
    settings.reader().choosing(&queued.to.preferences)
}

/// Makes a header text: one line, of a length that mail servers take. `=?` begins an encoded word, which a mail program
/// would decode into hidden text; set apart, the two characters are harmless.
pub(super) fn one_line(text: &str) -> String {
    let spaced = text.split(|c: char| c.is_whitespace() || c.is_control()).filter(|word| !word.is_empty());
    let line = spaced.collect::<Vec<_>>().join(" ").replace("=?", "= ?");
    if line.chars().count() <= MAX_SUBJECT {
        return line;
    }
    let cut: String = line.chars().take(MAX_SUBJECT - 1).collect();
    format!("{}…", cut.trim_end())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_header_is_one_line_of_a_sane_length() {
        assert_eq!(one_line("Logo\r\nBcc: iemand@example.com\u{0} x"), "Logo Bcc: iemand@example.com x");
        assert_eq!(one_line("=?utf-8?Q?=0D=0ABcc:_x@y.nl?="), "= ?utf-8?Q?=0D=0ABcc:_x@y.nl?=");
        let long = one_line(&"é".repeat(400));
        assert_eq!((long.chars().count(), long.chars().last()), (MAX_SUBJECT, Some('…')));
    }
}
