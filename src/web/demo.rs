//! What only a demo has: a clock that can be moved, one-click sign-in, and the mail that would have been sent.

use actix_web::HttpResponse;
use askama::Template;
use chrono::TimeDelta;

use super::error::Error;
use super::form::Posted;
use super::page::{Page, html, see_other};
use crate::center::{accounts, lists, sweep};
use crate::mail::Mail;

/// Mails on the mail page.
const MAILS: i64 = 50;

/// Moves the clock forward and settles what fell due before it answers.
pub(super) async fn advance(page: Page, posted: Posted) -> Result<HttpResponse, Error> {
    let by = match posted.get("advance") {
        "1h" => TimeDelta::hours(1),
        "1d" => TimeDelta::days(1),
        "2d" => TimeDelta::days(2),
        "4d" => TimeDelta::days(4),
        _ => return Err(Error::BadRequest),
    };
    page.app.clock.advance(by);
    let now = page.app.clock.now();
    page.ask(move |store| sweep::settle_all_due(store, now)).await?;
    page.app.wake.notify_one();
    Ok(see_other(posted.next()))
}

/// Signs in as a demo account.
pub(super) async fn sign_in(page: Page, posted: Posted) -> Result<HttpResponse, Error> {
    let known = crate::demo::ACCOUNTS.iter().find(|account| account.email == posted.get("email"));
    let email = known.ok_or(Error::NotFound)?.email;
    let person = page.ask(move |store| accounts::find_by_email(store, email)).await?.ok_or(Error::NotFound)?;
    page.sign_in(person.id)?;
    Ok(see_other(posted.next()))
}

#[derive(Template)]
#[template(path = "demo.html")]
struct MailPage<'a> {
    page: &'a Page,
    mails: Vec<Mail>,
}

/// Shows the e-mails that would have been sent, newest first.
pub(super) async fn mail(page: Page) -> Result<HttpResponse, Error> {
    let now = page.now;
    let queued = page.ask(move |store| lists::newest_mail(store, now, MAILS)).await?;
    let settings = &page.app.settings;
    let mails = queued.iter().filter_map(|queued| Mail::write(queued, settings)).collect();
    html(&MailPage { page: &page, mails })
}
