//! Signing in at the marketplace: sends a visitor there, and takes its answer. What stands in the two addresses is told in
//! [`crate::operations::accounts::hand_off`].

use actix_web::cookie::Cookie;
use actix_web::cookie::time::Duration;
use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;
use chrono::{DateTime, TimeDelta, Utc};

use crate::operations::accounts::hand_off::{self, MINUTES, Outcome, Signed};
use crate::paths::{self, local_path};
use crate::settings::{HandOff, Settings};
use crate::web::cookie::{host_cookie, open, seal};
use crate::web::error::Error;
use crate::web::layout::Page;
use crate::web::query::QueryParams;
use crate::web::respond::{discreet, see_other, with_status};
use crate::web::session::CurrentSession;
use crate::web::sign_in::link;

/// The purpose of the cookie's seal.
const PURPOSE: &str = "hand-off";

#[derive(Template)]
#[template(path = "sign_in/hand_off.html")]
struct FailedPage<'a> {
    page: &'a Page,
    next: &'a str,
    /// Whether the marketplace named an account that is unknown here.
    is_unknown: bool,
}

/// Sends a visitor who must sign in first to the marketplace, if it signs them in. A visitor who was sent there and did not
/// come back gets our own sign-in page: so a marketplace that is down keeps nobody out, and no two pages send each other
/// visitors for ever.
pub(in crate::web) fn first(page: &Page, request: &HttpRequest, next: &str) -> Option<HttpResponse> {
    let hand_off = page.app.settings.entrance.hand_off.as_ref()?;
    let is_pending = Pending::of(page, request).is_some();
    (page.context.is_looked_at && !is_pending).then(|| send(page, hand_off, next))
}

/// Sends a visitor to the marketplace who chose so on our sign-in page.
pub(in crate::web) async fn go(page: Page, params: QueryParams) -> Result<HttpResponse, Error> {
    let hand_off = page.app.settings.entrance.hand_off.as_ref().ok_or(Error::NotFound)?;
    let next = params.get("next").map_or(paths::HOME, |next| local_path(next));
    if page.user.is_some() {
        return Ok(see_other(next));
    }
    Ok(send(&page, hand_off, next))
}

fn send(page: &Page, hand_off: &HandOff, next: &str) -> HttpResponse {
    let (settings, wall, nonce) = (&page.app.settings, page.times.wall, hand_off::nonce());
    let back = format!("{}{}", settings.public_url, paths::SIGN_IN_RETURN);
    let Signed { message, signature } = hand_off::question(&hand_off.secret, &nonce, &back, wall);
    let mut there = hand_off.url.clone();
    there.query_pairs_mut().append_pair("request", &message).append_pair("signature", &signature);
    let pending = Pending { nonce, next: next.to_owned() };
    let mut answer = discreet(see_other(there.as_str()));
    // Without the cookie the answer is refused, and our own form is offered.
    let _ = answer.add_cookie(&pending.cookie(settings, wall));
    answer
}

/// Takes the answer of the marketplace, and signs its person in.
pub(in crate::web) async fn back(
    page: Page,
    session: CurrentSession,
    request: HttpRequest,
    params: QueryParams,
) -> Result<HttpResponse, Error> {
    let hand_off = page.app.settings.entrance.hand_off.clone().ok_or(Error::NotFound)?;
    let pending = Pending::of(&page, &request).unwrap_or_default();
    let text = |name: &str| params.get(name).cloned().unwrap_or_default();
    let signed = Signed { message: text("response"), signature: text("signature") };
    let (own, wall, asked) = (page.app.settings.secret.clone(), page.times.wall, pending.clone());
    let outcome = page.run_blocking(move |store| {
        hand_off::answer(store, (&hand_off.secret, &own), &signed, (&asked.nonce, &asked.next), wall)
    });
    let mut answer = match outcome.await? {
        Outcome::Arrived(arrived) => link::begin(&page, &session, &arrived).await?,
        Outcome::Unknown => failed(&page, &pending.next, true)?,
        Outcome::Refused(why) => {
            tracing::info!(why, "an answer of the marketplace was refused");
            failed(&page, &pending.next, false)?
        }
    };
    // The next visitor of this browser may be sent there at once again.
    let _ = answer.add_cookie(&cookie(&page.app.settings, String::new(), Duration::ZERO));
    Ok(answer)
}

fn failed(page: &Page, next: &str, is_unknown: bool) -> Result<HttpResponse, Error> {
    page.app.metrics.sign_in_failed("hand-off");
    let next = if next.is_empty() { paths::HOME } else { next };
    with_status(StatusCode::FORBIDDEN, &FailedPage { page, next, is_unknown }).map(discreet)
}

/// What is remembered of a visitor who was sent to the marketplace, sealed in a cookie.
#[derive(Debug, Clone, Default)]
struct Pending {
    nonce: String,
    /// The page that the visitor wanted to see.
    next: String,
}

impl Pending {
    fn cookie(&self, settings: &Settings, wall: DateTime<Utc>) -> Cookie<'static> {
        let written = format!("{} {}", self.nonce, self.next);
        cookie(settings, seal(settings, PURPOSE, &written, wall), Duration::minutes(MINUTES))
    }

    fn of(page: &Page, request: &HttpRequest) -> Option<Self> {
        let brought = request.cookie(name(&page.app.settings))?;
        let life = (TimeDelta::minutes(MINUTES), page.times.wall);
        let written = open(&page.app.settings, PURPOSE, brought.value(), life)?;
        let (nonce, next) = written.split_once(' ')?;
        Some(Self { nonce: nonce.to_owned(), next: local_path(next).to_owned() })
    }
}

/// The name of the cookie: `__Host-` pins it to this host and to https.
fn name(settings: &Settings) -> &'static str {
    if settings.is_https() { "__Host-hand-off" } else { "hand-off" }
}

fn cookie(settings: &Settings, value: String, life: Duration) -> Cookie<'static> {
    host_cookie(settings, name(settings), value, life)
}
