//! Signing in and out, and the language of the pages.

use actix_web::HttpResponse;
use actix_web::cookie::time::Duration;
use askama::Template;

use crate::domain::Language;
use crate::http::context::LANGUAGE_COOKIE;
use crate::operations::accounts::sign_in::{self, Attempt, SignIn};
use crate::paths::{self, local_path};
use crate::turns::Caller;
use crate::web::cookie::host_cookie;
use crate::web::error::Error;
use crate::web::form::{Form, PostForm};
use crate::web::known_device;
use crate::web::layout::Page;
use crate::web::query::QueryParams;
use crate::web::respond::{html, see_other, signed_out, too_many_requests, unprocessable};
use crate::web::session::{CurrentSession, Proof};
use crate::web::sign_in::{finish, suspended};

#[derive(Template)]
#[template(path = "sign_in/password.html")]
struct SignInPage<'a> {
    page: &'a Page,
    form: Form,
    next: &'a str,
}

/// Shows the form; a visitor who is signed in already is sent on.
pub(in crate::web) async fn form(page: Page, params: QueryParams) -> Result<HttpResponse, Error> {
    let next = params.get("next").map_or("/", |next| local_path(next));
    if page.user.is_some() {
        return Ok(see_other(next));
    }
    html(&SignInPage { form: Form::default(), next, page: &page })
}

/// Signs an account in.
pub(in crate::web) async fn sign_in(
    page: Page,
    session: CurrentSession,
    posted: PostForm,
) -> Result<HttpResponse, Error> {
    let mut form = Form::sent(&posted, "");
    let (email, password) = (posted.get("email").trim().to_owned(), posted.get("password").to_owned());
    if email.is_empty() {
        form.refuse("email", page.words.sign_in_email_missing());
    }
    if password.is_empty() {
        form.refuse("password", page.words.sign_in_password_missing());
    }
    if !form.is_fine() {
        return unprocessable(&SignInPage { form, next: posted.next(), page: &page });
    }
    match attempt(&page, email, password).await? {
        SignIn::Accepted(person) => {
            let begun = session.sign_in(&person, Proof::Password).await?;
            Ok(finish::go_on(&page, begun, posted.next()))
        }
        SignIn::CodeNeeded(person) => {
            let begun = session.await_second_factor(&person, Proof::Password).await?;
            Ok(finish::go_on(&page, begun, &paths::sign_in_code(posted.next())))
        }
        SignIn::Suspended => suspended::page(&page),
        SignIn::Wrong => {
            page.app.metrics.sign_in_failed("password");
            // It does not say which of the two is wrong. The password is what people mistype.
            form.refuse("password", page.words.sign_in_wrong());
            unprocessable(&SignInPage { form, next: posted.next(), page: &page })
        }
        SignIn::TooMany(seconds) => {
            page.app.metrics.sign_in_failed("limit");
            form.refuse("email", too_many(&page, seconds));
            too_many_requests(&SignInPage { form, next: posted.next(), page: &page }, seconds)
        }
    }
}

async fn attempt(page: &Page, email: String, password: String) -> Result<SignIn, Error> {
    let device = known_device::find_by_email(&page.context, &email).await?;
    // One turn is reserved for browsers that the account knows.
    let address = page.context.client_address;
    let caller = device.as_ref().map_or(Caller::anyone(address), |(account, _)| Caller::Known(*account));
    let attempt = Attempt { email, password, address, device: device.map(|(_, id)| id) };
    let (secret, wall) = (page.app.settings.secret.clone(), page.times.wall);
    let sign_in = move |store: &_, turn: &mut _| sign_in::sign_in(store, turn, &secret, &attempt, wall);
    page.run_cpu_heavy(caller, sign_in).await
}

/// Says how long to wait, and what else an owner can do.
fn too_many(page: &Page, seconds: u64) -> String {
    let minutes = seconds.div_ceil(60);
    if page.app.settings.sends_mail {
        return page.words.sign_in_too_many_or_link(minutes);
    }
    page.words.sign_in_too_many(minutes)
}

/// Ends the session, in the database too.
pub(in crate::web) async fn sign_out(session: CurrentSession, posted: PostForm) -> Result<HttpResponse, Error> {
    session.sign_out().await?;
    Ok(signed_out(posted.next()))
}

/// Switches the language: on the signed-in account, and in a cookie.
pub(in crate::web) async fn language(page: Page, posted: PostForm) -> Result<HttpResponse, Error> {
    let language: Language = posted.get("language").parse().map_err(|_| Error::BadRequest)?;
    let mut answer = see_other(posted.next());
    if let Some(viewer) = &page.user {
        let me = viewer.person.id;
        page.run_blocking(move |store| sign_in::set_language(store, me, language)).await?;
    }
    // The cookie is set for accounts too, so that signing out does not change the language of the page.
    let life = Duration::days(365);
    let cookie = host_cookie(&page.app.settings, LANGUAGE_COOKIE, language.code(), life);
    answer.add_cookie(&cookie).map_err(|error| Error::internal(&error))?;
    Ok(answer)
}
