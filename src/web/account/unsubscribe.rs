//! Fewer mails, without signing in: the address in a mail's `List-Unsubscribe`.

use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;

use crate::http::context::RequestContext;
use crate::mail::unsubscribe;
use crate::operations::accounts::sign_in;
use crate::store::accounts::{Optional, Person};
use crate::web::error::Error;
use crate::web::layout::Page;
use crate::web::respond::html;

#[derive(Template)]
#[template(path = "account/unsubscribe.html")]
struct UnsubscribePage<'a> {
    page: &'a Page,
    text: String,
    is_done: bool,
}

/// Asks first: a mail program may look at every link of a mail, and nothing may happen by looking.
pub(in crate::web) async fn ask(request: HttpRequest, token: web::Path<String>) -> Result<HttpResponse, Error> {
    let (page, kind, _) = proven(&request, &token).await?;
    let text = match kind {
        Optional::Comments => page.words.unsubscribe_comments(),
        Optional::Reminders => page.words.unsubscribe_reminders(),
    };
    html(&UnsubscribePage { page: &page, text, is_done: false })
}

/// Switches that kind of mail off. Answers with a page and not with a redirect: mail providers do not follow one
/// (RFC 8058).
pub(in crate::web) async fn switch_off(request: HttpRequest, token: web::Path<String>) -> Result<HttpResponse, Error> {
    let (page, kind, person) = proven(&request, &token).await?;
    page.run_blocking(move |store| sign_in::switch_mail_off(store, person.id, kind)).await?;
    let text = match kind {
        Optional::Comments => page.words.unsubscribe_done_comments(),
        Optional::Reminders => page.words.unsubscribe_done_reminders(),
    };
    html(&UnsubscribePage { page: &page, text, is_done: true })
}

/// What the address is for, and a page in the language of whoever got it, without a session.
async fn proven(request: &HttpRequest, token: &str) -> Result<(Page, Optional, Person), Error> {
    let mut page = Page::without_session(RequestContext::of(request));
    let (kind, account) = unsubscribe::read(&page.app.settings.secret, token).ok_or(Error::NotFound)?;
    let person = page.run_blocking(move |store| sign_in::find_by_id(store, account)).await?.ok_or(Error::NotFound)?;
    page.speaks_to(page.app.settings.reader().choosing(person.language.as_deref(), person.time_zone.as_deref()));
    Ok((page, kind, person))
}
