//! Unsubscribes without signing in: the address in a mail's `List-Unsubscribe`.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;

use crate::domain::{Account, OptionalMail};
use crate::http::context::RequestContext;
use crate::mail::unsubscribe::{self, Token};
use crate::operations::accounts::sign_in;
use crate::web::error::Error;
use crate::web::layout::Page;
use crate::web::respond::{html, with_status};

#[derive(Template)]
#[template(path = "account/unsubscribe.html")]
struct UnsubscribePage<'a> {
    page: &'a Page,
    text: String,
    is_done: bool,
}

#[derive(Template)]
#[template(path = "account/unsubscribe_gone.html")]
struct GonePage<'a> {
    page: &'a Page,
    days: i64,
}

/// Asks for confirmation. Mail programs open links of a mail by themselves, so GET changes nothing.
pub(in crate::web) async fn ask(request: HttpRequest, token: web::Path<String>) -> Result<HttpResponse, Error> {
    let Some((page, kind, _)) = proven(&request, &token).await? else { return gone(&request) };
    let text = match kind {
        OptionalMail::Comments => page.words.unsubscribe_comments(),
        OptionalMail::Reminders => page.words.unsubscribe_reminders(),
    };
    html(&UnsubscribePage { page: &page, text, is_done: false })
}

/// Switches that kind of mail off. It answers with a page, not a redirect: mail providers do not follow redirects (RFC
/// 8058).
pub(in crate::web) async fn switch_off(request: HttpRequest, token: web::Path<String>) -> Result<HttpResponse, Error> {
    let Some((page, kind, person)) = proven(&request, &token).await? else { return gone(&request) };
    let (by, now) = (page.by(), page.times);
    page.run_blocking(move |store| sign_in::switch_mail_off(store, person.id, kind, &by, now)).await?;
    page.app.wake.notify_one();
    let text = match kind {
        OptionalMail::Comments => page.words.unsubscribe_done_comments(),
        OptionalMail::Reminders => page.words.unsubscribe_done_reminders(),
    };
    html(&UnsubscribePage { page: &page, text, is_done: true })
}

/// The meaning of the address, and a page in its owner's language, without a session; `None` when the address has
/// expired.
async fn proven(request: &HttpRequest, token: &str) -> Result<Option<(Page, OptionalMail, Account)>, Error> {
    let mut page = Page::without_session(RequestContext::from_request(request));
    let read = unsubscribe::read(&page.app.settings.secret, token, page.now).ok_or(Error::NotFound)?;
    let Token::Works(kind, account) = read else { return Ok(None) };
    let person = page.run_blocking(move |store| sign_in::find_by_id(store, account)).await?.ok_or(Error::NotFound)?;
    page.speaks_to(page.app.settings.reader().choosing(&person.preferences));
    Ok(Some((page, kind, person)))
}

/// The page for an expired address; it tells how to switch mails off instead.
fn gone(request: &HttpRequest) -> Result<HttpResponse, Error> {
    let page = Page::without_session(RequestContext::from_request(request));
    with_status(StatusCode::NOT_FOUND, &GonePage { page: &page, days: unsubscribe::WORKS_DAYS })
}
