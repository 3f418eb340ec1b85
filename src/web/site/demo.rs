//! The parts that only a demo has: a movable clock, one-click sign-in, and the page with its mails.

use actix_web::http::header;
use actix_web::{HttpResponse, web};
use askama::Template;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use chrono::TimeDelta;
use sha2::{Digest, Sha256};

use crate::mail::Mail;
use crate::mail::write::write;
use crate::operations::accounts::{second_factor, sign_in as accounts};
use crate::operations::mail::mail_queue::{MailState, QueuedMail};
use crate::operations::orders::{lists, sweep};
use crate::paths;
use crate::web::error::Error;
use crate::web::form::PostForm;
use crate::web::layout::Page;
use crate::web::respond::{html, see_other};
use crate::web::session::{CurrentSession, Proof};
use crate::web::sign_in::{finish, suspended};

/// How many mails the mail page shows.
const MAILS: i64 = 50;

/// Moves the clock forward. Before it answers, it settles what fell due and sends the reminders that are due.
pub(in crate::web) async fn advance(page: Page, posted: PostForm) -> Result<HttpResponse, Error> {
    let by = match posted.get("advance") {
        "1h" => TimeDelta::hours(1),
        "1d" => TimeDelta::days(1),
        "2d" => TimeDelta::days(2),
        "4d" => TimeDelta::days(4),
        _ => return Err(Error::BadRequest),
    };
    page.app.clock.advance(by);
    let now = page.app.clock.now();
    page.run_blocking(move |store| sweep::settle_all_due(store, now).and_then(|_| sweep::remind(store, now))).await?;
    page.app.wake.notify_one();
    Ok(see_other(posted.next()))
}

/// Signs in as a demo account. An account with a second factor is asked for its code here too.
pub(in crate::web) async fn sign_in(
    page: Page,
    session: CurrentSession,
    posted: PostForm,
) -> Result<HttpResponse, Error> {
    let known = crate::demo::ACCOUNTS.iter().find(|account| account.email == posted.get("email"));
    let email = known.ok_or(Error::NotFound)?.email;
    let person = page.run_blocking(move |store| accounts::find_by_email(store, email)).await?.ok_or(Error::NotFound)?;
    if person.is_suspended() {
        return suspended::page(&page);
    }
    let me = person.id;
    if page.run_blocking(move |store| second_factor::standing(store, me)).await?.is_some() {
        let begun = session.await_second_factor(&person, Proof::Password).await?;
        return Ok(finish::go_on(&page, begun, &paths::sign_in_code(posted.next())));
    }
    let begun = session.sign_in_untold(&person).await?;
    Ok(finish::go_on(&page, begun, posted.next()))
}

#[derive(Template)]
#[template(path = "site/demo.html")]
struct MailPage<'a> {
    page: &'a Page,
    mails: Vec<Shown>,
}

/// A mail on the mail page.
struct Shown {
    mail: Mail,
    state: MailState,
    failure: Option<String>,
}

impl Shown {
    fn state(&self, page: &Page) -> String {
        match self.state {
            MailState::Waiting => page.words.demo_mail_waiting(),
            MailState::Sent(at) => page.words.demo_mail_sent(page.reader.moment(at)),
            MailState::Failed(at) => page.words.demo_mail_failed(page.reader.moment(at)),
        }
    }
}

/// The newest mails that are due, sent or not, newest first.
async fn newest(page: &Page) -> Result<Vec<Shown>, Error> {
    let now = page.now;
    let queued = page.run_blocking(move |store| lists::newest_mail(store, now, MAILS)).await?;
    let shown = |queued: QueuedMail| {
        let mail = write(&queued, &page.app.settings, now)?;
        Some(Shown { mail, state: queued.state, failure: queued.failure })
    };
    Ok(queued.into_iter().filter_map(shown).collect())
}

/// Shows the e-mails of the demo, newest first.
pub(in crate::web) async fn mail(page: Page) -> Result<HttpResponse, Error> {
    html(&MailPage { mails: newest(&page).await?, page: &page })
}

/// Shows the HTML part of a mail exactly as it is sent, as a page of its own. Its content policy is the usual one plus
/// this one style block.
pub(in crate::web) async fn show_mail(page: Page, id: web::Path<String>) -> Result<HttpResponse, Error> {
    let found = newest(&page).await?.into_iter().find(|shown| shown.mail.id == *id);
    let html = found.ok_or(Error::NotFound)?.mail.html;
    let style = html.split_once("<style>").and_then(|(_, rest)| rest.split_once("</style>")).map_or("", |(s, _)| s);
    let hash = STANDARD.encode(Sha256::digest(style));
    let policy = format!(
        "default-src 'none'; style-src 'sha256-{hash}'; form-action 'none'; base-uri 'none'; frame-ancestors 'none'"
    );
    Ok(HttpResponse::Ok()
        .content_type("text/html; charset=utf-8")
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .insert_header((header::CONTENT_SECURITY_POLICY, policy))
        .body(html))
}
