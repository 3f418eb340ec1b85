//! The mail with a password link, and its address: the link's name with a seal, so that a copy of the database opens no
//! account.

use crate::domain::accounts::account::PASSWORD_LINK_HOURS;
use crate::mail::letter::reader;
use crate::mail::{Letter, Mail};
use crate::paths;
use crate::secret::Secret;
use crate::settings::Settings;
use crate::store::outbox::QueuedMail;

/// The purpose of these seals; a seal for another purpose is not accepted.
const PURPOSE: &str = "password";

/// The address that sets a password with the link of that name.
#[must_use]
pub fn address(settings: &Settings, name: &str) -> String {
    format!("{}{}", settings.public_url, paths::password(&settings.secret.name(PURPOSE, name)))
}

/// The name of the link in a token; `None` when the token is not one of ours.
#[must_use]
pub fn read<'a>(secret: &Secret, token: &'a str) -> Option<&'a str> {
    secret.named(PURPOSE, token)
}

/// Writes the mail with the link of that name. It cannot be switched off: its reader has just asked for it.
pub(super) fn letter(queued: &QueuedMail, settings: &Settings, name: &str) -> Mail {
    let language = reader(queued, settings).language;
    let words = language.words();
    let first = queued.to.password_hash.is_none();
    let letter = Letter {
        language,
        name: queued.to.name.clone(),
        subject: if first { words.mail_password_first() } else { words.mail_password_new() },
        opening: vec![if first { words.mail_password_first_opening() } else { words.mail_password_new_opening() }],
        facts: Vec::new(),
        said: None,
        outcome: Some(words.mail_password_outcome(PASSWORD_LINK_HOURS)),
        button: words.mail_password_button(),
        link: address(settings, name),
        link_note: None,
        fingerprint: None,
        footer: words.mail_password_footer(),
        operator: settings.operator.clone(),
    };
    letter.alone(queued)
}
