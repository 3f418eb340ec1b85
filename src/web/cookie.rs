//! Makes cookies for this host alone, which no script reads and no other site's form sends.

use actix_web::cookie::time::Duration;
use actix_web::cookie::{Cookie, SameSite};

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
