//! The link with which the marketplace signs a person in. Its page names the person before it does.

use actix_web::http::StatusCode;
use actix_web::http::header::REFERER;
use actix_web::web::Path;
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;
use url::Url;

use crate::domain::Account;
use crate::operations::accounts::sign_in_links::{self, Arrived};
use crate::paths;
use crate::web::error::Error;
use crate::web::form::PostForm;
use crate::web::layout::Page;
use crate::web::respond::{discreet, html, see_other, with_status};
use crate::web::session::{CurrentSession, Proof};
use crate::web::sign_in::{finish, suspended};

#[derive(Template)]
#[template(path = "sign_in/link.html")]
struct LinkPage<'a> {
    page: &'a Page,
    person: &'a Account,
    action: String,
}

#[derive(Template)]
#[template(path = "sign_in/link_gone.html")]
struct GonePage<'a> {
    page: &'a Page,
}

/// The page for a link that does not work. It does not tell whether the link was used, replaced, too old or never ours.
fn gone(page: &Page) -> Result<HttpResponse, Error> {
    with_status(StatusCode::NOT_FOUND, &GonePage { page }).map(discreet)
}

/// Names the person whom the link signs in. Where the browser says that the marketplace's own page led here, and nobody is
/// signed in, the person is signed in at once (decision 5).
pub(in crate::web) async fn show(
    page: Page,
    session: CurrentSession,
    request: HttpRequest,
    token: Path<String>,
) -> Result<HttpResponse, Error> {
    let Some(name) = name(&page, &token) else { return gone(&page) };
    let (asked, wall) = (name.clone(), page.times.wall);
    let reader = page.run_blocking(move |store| sign_in_links::reader(store, &asked, wall)).await?;
    let Some(Arrived { person, next, .. }) = reader else { return gone(&page) };
    if person.is_suspended() {
        return suspended::page(&page);
    }
    match &page.user {
        Some(user) if user.person.id == person.id => Ok(see_other(&next)),
        None if comes_from_marketplace(&page, &request) => open(&page, &session, name).await,
        _ => html(&LinkPage { person: &person, action: paths::sign_in_link(&token), page: &page }).map(discreet),
    }
}

/// Signs the person in, and uses the link up.
pub(in crate::web) async fn follow(
    page: Page,
    session: CurrentSession,
    token: Path<String>,
    _form: PostForm,
) -> Result<HttpResponse, Error> {
    match name(&page, &token) {
        Some(name) => open(&page, &session, name).await,
        None => gone(&page),
    }
}

/// The name of the link in the address, when its seal is ours.
fn name(page: &Page, token: &str) -> Option<String> {
    sign_in_links::read(&page.app.settings.secret, token).map(ToOwned::to_owned)
}

async fn open(page: &Page, session: &CurrentSession, name: String) -> Result<HttpResponse, Error> {
    let wall = page.times.wall;
    match page.run_blocking(move |store| sign_in_links::open(store, &name, wall)).await? {
        Some(arrived) => begin(page, session, &arrived).await,
        None => gone(page),
    }
}

/// Signs in a person who came through the marketplace, or asks for the code of their second factor.
pub(super) async fn begin(page: &Page, session: &CurrentSession, arrived: &Arrived) -> Result<HttpResponse, Error> {
    let Arrived { person, asks_code, next } = arrived;
    if person.is_suspended() {
        return suspended::page(page);
    }
    page.app.wake.notify_one();
    if *asks_code {
        let begun = session.await_second_factor(person, Proof::Marketplace).await?;
        return Ok(finish::go_on(page, begun, &paths::sign_in_code(next)));
    }
    let begun = session.sign_in(person, Proof::Marketplace).await?;
    Ok(finish::go_on(page, begun, next))
}

/// Whether the browser says that a page of the marketplace led here, and that its reader wants to see this one.
fn comes_from_marketplace(page: &Page, request: &HttpRequest) -> bool {
    let referer = request.headers().get(REFERER).and_then(|referer| referer.to_str().ok());
    let origin = referer.and_then(|referer| Url::parse(referer).ok()).map(|url| url.origin().ascii_serialization());
    let ours = page.app.settings.entrance.origin.as_ref();
    page.context.is_looked_at && ours.is_some() && origin.as_ref() == ours
}
