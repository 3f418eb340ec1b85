//! The address behind a password link: the link's name with a seal, so that the database alone opens no account.

use crate::config::{Secret, Settings};

/// What these seals are for; one made for anything else does not fit.
const PURPOSE: &str = "password";

/// The address that sets a password with the link of that name.
#[must_use]
pub fn address(settings: &Settings, name: &str) -> String {
    format!("{}/password/{}", settings.public_url, settings.secret.name(PURPOSE, name))
}

/// The name of the link in a token; nothing when it is not one of ours.
#[must_use]
pub fn read<'a>(secret: &Secret, token: &'a str) -> Option<&'a str> {
    secret.named(PURPOSE, token)
}
