//! Signing in and out, and the language of the pages.

use actix_web::cookie::{Cookie, SameSite, time::Duration};
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;

use crate::clock::real_now;
use crate::i18n::Language;
use crate::operations::accounts::sign_in::{self, SignIn};
use crate::web::error::Error;
use crate::web::form::{Form, Posted, local_path};
use crate::web::layout::{Page, come_back, give_back, html, see_other};
use crate::web::middleware::LANGUAGE_COOKIE;
use crate::web::orders::lists::Asked;
use crate::web::sign_in::second_factor;

#[derive(Template)]
#[template(path = "sign_in/password.html")]
struct SignInPage<'a> {
    page: &'a Page,
    form: Form,
    next: &'a str,
}

/// Shows the form; whoever is signed in already goes on.
pub(in crate::web) async fn form(page: Page, asked: Asked) -> Result<HttpResponse, Error> {
    let next = asked.get("next").map_or("/", |next| local_path(next));
    if page.viewer.is_some() {
        return Ok(see_other(next));
    }
    html(&SignInPage { form: Form::default(), next, page: &page })
}

/// Signs somebody in.
pub(in crate::web) async fn sign_in(page: Page, posted: Posted, request: HttpRequest) -> Result<HttpResponse, Error> {
    let mut form = Form::sent(&posted, "");
    let (email, password) = (posted.get("email").trim().to_owned(), posted.get("password").to_owned());
    if email.is_empty() {
        form.refuse("email", page.words.sign_in_email_missing());
    }
    if password.is_empty() {
        form.refuse("password", page.words.sign_in_password_missing());
    }
    if !form.is_fine() {
        return give_back(&SignInPage { form, next: posted.next(), page: &page });
    }
    let address = address(&page, &request);
    let tried = page.ask_slowly(move |store| sign_in::sign_in(store, &email, &password, &address, real_now())).await?;
    match tried {
        SignIn::Welcome(person) => {
            page.sign_in(person.id, &request)?;
            Ok(see_other(posted.next()))
        }
        SignIn::CodeNeeded(person) => {
            page.ask_for_code(person.id, &request)?;
            Ok(see_other(&second_factor::way(posted.next())))
        }
        SignIn::Wrong => {
            form.refuse("email", page.words.sign_in_wrong());
            give_back(&SignInPage { form, next: posted.next(), page: &page })
        }
        SignIn::TooMany(seconds) => {
            form.refuse("email", page.words.sign_in_too_many(seconds.div_ceil(60)));
            come_back(&SignInPage { form, next: posted.next(), page: &page }, seconds)
        }
    }
}

/// The network address attempts are counted for.
pub(in crate::web) fn address(page: &Page, request: &HttpRequest) -> String {
    // The last address is the one our own proxy wrote; those before it are what the visitor says.
    let forwarded = request.headers().get_all("x-forwarded-for").last().and_then(|value| value.to_str().ok());
    let named = forwarded.filter(|_| page.app.settings.behind_proxy).and_then(|list| list.rsplit(',').next());
    let peer = || request.peer_addr().map(|peer| peer.ip().to_string()).unwrap_or_default();
    named.map_or_else(peer, |address| address.trim().to_owned())
}

/// Ends the session, on the server too.
pub(in crate::web) async fn sign_out(page: Page, _form: Posted) -> HttpResponse {
    page.sign_out();
    see_other("/sign-in")
}

/// Switches the language: on the account of whoever is signed in, in a cookie otherwise.
pub(in crate::web) async fn language(page: Page, posted: Posted) -> Result<HttpResponse, Error> {
    let language: Language = posted.get("language").parse().map_err(|_| Error::BadRequest)?;
    let mut answer = see_other(posted.next());
    if let Some(viewer) = &page.viewer {
        let me = viewer.person.id;
        page.ask(move |store| sign_in::set_language(store, me, language.code())).await?;
    }
    // Also for whoever is signed in: signing out should not change the language of the page.
    let cookie = Cookie::build(LANGUAGE_COOKIE, language.code())
        .path("/")
        .http_only(true)
        .secure(page.app.settings.is_https())
        .same_site(SameSite::Lax)
        .max_age(Duration::days(365))
        .finish();
    answer.add_cookie(&cookie).map_err(|error| Error::internal(&error))?;
    Ok(answer)
}
