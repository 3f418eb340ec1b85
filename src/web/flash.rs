//! A flash: the outcome of a step, shown once by the page that follows it. The browser carries it in an encrypted
//! cookie; in the session it would cost two writes.

use actix_web::cookie::Cookie;
use actix_web::cookie::time::Duration;
use chrono::{DateTime, TimeDelta, Utc};

use crate::domain::AccountId;
use crate::settings::Settings;
use crate::web::cookie::{host_cookie, open, seal};

/// How long the next page can show it, in seconds: that page follows at once.
const SECONDS: i64 = 60;

/// The cookie that carries a text to the next page of that account, or of a visitor, within a minute. `wall` is the
/// wall clock.
pub(super) fn cookie(
    settings: &Settings,
    account: Option<AccountId>,
    text: &str,
    wall: DateTime<Utc>,
) -> Cookie<'static> {
    with(settings, seal(settings, &purpose(account), text, wall), Duration::seconds(SECONDS))
}

/// The text in a cookie; `None` when it belongs to another account or is too old.
pub(super) fn read(
    settings: &Settings,
    account: Option<AccountId>,
    brought: &str,
    wall: DateTime<Utc>,
) -> Option<String> {
    open(settings, &purpose(account), brought, (TimeDelta::seconds(SECONDS), wall))
}

/// The cookie that deletes it.
pub(super) fn removal(settings: &Settings) -> Cookie<'static> {
    with(settings, String::new(), Duration::ZERO)
}

/// The name of the cookie: `__Host-` pins it to this host and to https.
pub(super) fn name(settings: &Settings) -> &'static str {
    if settings.is_https() { "__Host-flash" } else { "flash" }
}

/// Ties the flash to its account: another account in the same browser cannot read it.
fn purpose(account: Option<AccountId>) -> String {
    account.map_or_else(|| "flash.visitor".to_owned(), |AccountId(number)| format!("flash.{number}"))
}

fn with(settings: &Settings, value: String, life: Duration) -> Cookie<'static> {
    host_cookie(settings, name(settings), value, life)
}
