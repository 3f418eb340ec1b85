//! Mails: what one says in its reader's language ([`mod@write`]), what it looks like on its way ([`mod@message`]), and the
//! server that takes it ([`server`]). Who waits for which mail, and since when, is in [`crate::store::outbox`].

mod letter;
pub mod message;
mod notice;
pub mod password;
pub mod server;
pub mod unsubscribe;
pub mod write;

use chrono::{DateTime, Utc};

use crate::i18n::Language;

pub use letter::Letter;

/// A mail, written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mail {
    /// Its own name in the world, the same however often it is sent, before the `@` of its `Message-ID`.
    pub id: String,
    /// What the mails of one conversation have in common, in the same form: one per order and reader.
    pub thread: Option<String>,
    /// The address it goes to.
    pub to: String,
    /// The name of whoever has that address.
    pub name: String,
    /// The language it is in.
    pub language: Language,
    /// Its subject, on one line.
    pub subject: String,
    /// Its text.
    pub text: String,
    /// The same as HTML: a whole document.
    pub html: String,
    /// The one page it leads to.
    pub link: String,
    /// Where this kind of mail can be switched off, when it can.
    pub unsubscribe: Option<String>,
    /// The calendar with the deadline of the question it brings.
    pub calendar: Option<String>,
    /// Since when it was to be sent.
    pub at: DateTime<Utc>,
}
