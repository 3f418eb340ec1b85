//! The second step of signing in: the code of an app, or a recovery code.

use actix_web::{HttpRequest, HttpResponse};
use askama::Template;

use crate::operations::accounts::second_factor::{self, Tried};
use crate::store::accounts::Person;
use crate::web::access::HalfIn;
use crate::web::error::{Error, encode};
use crate::web::form::{Form, Posted, local_path};
use crate::web::layout::{Page, html, refuse, see_other};
use crate::web::orders::lists::Asked;
use crate::web::sign_in::password::address;

#[derive(Template)]
#[template(path = "sign_in/second_factor.html")]
struct CodePage<'a> {
    page: &'a Page,
    form: Form,
    next: &'a str,
}

/// Where the code is asked, on the way to that page.
pub(in crate::web) fn way(next: &str) -> String {
    format!("/sign-in/code?next={}", encode(next))
}

/// Shows where to type the code.
pub(in crate::web) async fn form(half_in: HalfIn, asked: Asked) -> Result<HttpResponse, Error> {
    let next = asked.get("next").map_or("/", |next| local_path(next));
    html(&CodePage { page: &half_in.page, form: Form::default(), next })
}

/// Signs somebody in whose code is right.
pub(in crate::web) async fn check(
    half_in: HalfIn,
    posted: Posted,
    request: HttpRequest,
) -> Result<HttpResponse, Error> {
    let HalfIn { page, person } = half_in;
    let (account, next) = (person.id, posted.next());
    let (message, wait) = match attempt(&page, person, posted.get("code"), address(&page, &request)).await? {
        Some(Tried::Right) => {
            page.sign_in(account, &request)?;
            page.app.wake.notify_one();
            return Ok(see_other(next));
        }
        Some(Tried::Wrong) => (page.words.second_step_wrong(), None),
        Some(Tried::TooMany(seconds)) => (page.words.second_step_too_many(seconds.div_ceil(60)), Some(seconds)),
        None => (page.words.second_step_missing(), None),
    };
    let mut form = Form::default();
    form.refuse("code", message);
    refuse(&CodePage { page: &page, form, next }, wait)
}

/// Tries a code; nothing when none was typed.
async fn attempt(page: &Page, person: Person, code: &str, address: String) -> Result<Option<Tried>, Error> {
    let code = code.trim().to_owned();
    if code.is_empty() {
        return Ok(None);
    }
    let (secret, now) = (page.app.settings.secret.clone(), page.both_times());
    let check = move |store: &_| second_factor::check(store, &secret, &person, (&code, &address), now);
    page.ask_slowly(check).await.map(Some)
}
