//! Browsers that an account knows: the cookie, and how sign-in attempts use it.

use actix_web::cookie::Cookie;
use actix_web::cookie::time::Duration;

use crate::domain::AccountId;
use crate::http::context::{RequestContext, known_devices_cookie};
use crate::operations::accounts::known_devices::{self, DAYS, KnownDevices};
use crate::web::cookie::host_cookie;
use crate::web::error::Error;

/// The accounts that know the browser of this request.
fn devices(context: &RequestContext) -> KnownDevices {
    let sealed = context.known_devices.as_deref().unwrap_or_default();
    KnownDevices::open(&context.app.settings.secret, sealed, context.times.wall)
}

/// The account with that e-mail address and the id under which it knows this browser, if it does.
pub(super) async fn find_by_email(context: &RequestContext, email: &str) -> Result<Option<(AccountId, String)>, Error> {
    let (devices, email) = (devices(context), email.to_owned());
    if devices.is_empty() {
        return Ok(None);
    }
    Ok(context.app.run_blocking(move |store| known_devices::find_by_email(store, &devices, &email)).await??)
}

/// The id under which that account knows this browser, if it does.
pub(super) async fn find(context: &RequestContext, account: AccountId) -> Result<Option<String>, Error> {
    let devices = devices(context);
    if devices.is_empty() {
        return Ok(None);
    }
    Ok(context.app.run_blocking(move |store| known_devices::find(store, &devices, account)).await??)
}

/// The cookie that makes this browser known to an account that signed in with it.
pub(super) async fn remember(context: &RequestContext, account: AccountId) -> Result<Cookie<'static>, Error> {
    let (devices, wall, settings) = (devices(context), context.times.wall, &context.app.settings);
    let remember = move |store: &_| known_devices::remember(store, devices, account, wall);
    let devices = context.app.run_blocking(remember).await??;
    let sealed = devices.seal(&settings.secret);
    Ok(host_cookie(settings, known_devices_cookie(settings), sealed, Duration::days(DAYS)))
}
