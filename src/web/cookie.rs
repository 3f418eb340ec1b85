//! Makes cookies for this host alone, which no script reads and no other site's form sends.

use actix_web::cookie::time::Duration;
use actix_web::cookie::{Cookie, SameSite};
use chrono::{DateTime, TimeDelta, Utc};

use crate::settings::Settings;

/// A cookie that lives for that long. An empty value with no life deletes it.
pub(super) fn host_cookie(
    settings: &Settings,
    name: &'static str,
    value: impl Into<String>,
    life: Duration,
) -> Cookie<'static> {
    Cookie::build(name, value.into())
        .path("/")
        .http_only(true)
        .same_site(SameSite::Lax)
        .secure(settings.is_https())
        .max_age(life)
        .finish()
}

/// A text with its moment, sealed for a purpose. `wall` is the wall clock.
pub(super) fn seal(settings: &Settings, purpose: &str, text: &str, wall: DateTime<Utc>) -> String {
    settings.secret.hide(purpose, &format!("{} {text}", wall.timestamp()))
}

/// The text of a seal that is no older than that; `None` when it was made for another purpose.
pub(super) fn open(
    settings: &Settings,
    purpose: &str,
    sealed: &str,
    (life, wall): (TimeDelta, DateTime<Utc>),
) -> Option<String> {
    let shown = settings.secret.reveal(purpose, sealed)?;
    let (at, text) = shown.split_once(' ')?;
    let age = wall - DateTime::from_timestamp(at.parse().ok()?, 0)?;
    (age <= life).then(|| text.to_owned())
}
