//! A mail that only shows that mail arrives.

use std::time::SystemTime;

use chrono::{DateTime, Utc};
use lettre::Message;
use lettre::message::Mailbox;

use crate::domain::Language;

/// Writes it, in both languages, since its reader is not known. `None` when the address is none.
#[must_use]
pub fn message(from: &Mailbox, to: &str, now: DateTime<Utc>) -> Option<Message> {
    let text = [Language::Nl, Language::En].map(|language| language.words().mail_test_text()).join("\n\n");
    Message::builder()
        .from(from.clone())
        .to(Mailbox::new(None, to.parse().ok()?))
        .subject(Language::Nl.words().mail_test_subject())
        .date(SystemTime::from(now))
        .message_id(None)
        .body(text)
        .ok()
}
