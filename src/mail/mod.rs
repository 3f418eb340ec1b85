//! Mails: their text in the reader's language ([`mod@write`]), their form ([`mod@message`]), and the server that takes
//! them ([`server`]). The queue of mails is [`crate::store::outbox`].

pub mod answer_link;
mod letter;
pub mod message;
mod notice;
pub mod password;
pub mod server;
pub mod test;
pub mod unsubscribe;
pub mod write;

use chrono::{DateTime, Utc};

use crate::domain::Language;

pub use letter::Letter;

/// A written mail.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mail {
    /// Its own name, the same at every attempt to send it. Outside it is never shown: [`message::message_id`] hides it.
    pub id: String,
    /// The name of its conversation: one per order and reader.
    pub thread: Option<String>,
    /// The recipient's address.
    pub to: String,
    /// The recipient's name.
    pub name: String,
    /// The language it is in.
    pub language: Language,
    /// Its subject, on one line.
    pub subject: String,
    /// Its text.
    pub text: String,
    /// Its text as a whole HTML document.
    pub html: String,
    /// The one page it leads to.
    pub link: String,
    /// Where this kind of mail can be switched off, when it can.
    pub unsubscribe: Option<String>,
    /// The calendar with the deadline of its question.
    pub calendar: Option<String>,
    /// The moment from which it is due.
    pub at: DateTime<Utc>,
}
