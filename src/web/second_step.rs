//! The second step of signing in: the code of an app, or a recovery code.

use actix_web::{HttpRequest, HttpResponse};
use askama::Template;

use super::error::{Error, encode};
use super::form::{Form, Posted, local_path};
use super::lists::Asked;
use super::page::{Page, come_back, give_back, html, see_other};
use super::sessions::address;
use super::viewer::HalfIn;
use crate::center::second_factor::{self, Tried};

#[derive(Template)]
#[template(path = "second_step.html")]
struct CodePage<'a> {
    page: &'a Page,
    form: Form,
    next: &'a str,
}

/// Where the code is asked, on the way to that page.
pub(super) fn way(next: &str) -> String {
    format!("/sign-in/code?next={}", encode(next))
}

/// Shows where to type the code.
pub(super) async fn form(half_in: HalfIn, asked: Asked) -> Result<HttpResponse, Error> {
    let next = asked.get("next").map_or("/", |next| local_path(next));
    html(&CodePage { page: &half_in.page, form: Form::default(), next })
}

/// Signs somebody in whose code is right.
pub(super) async fn check(half_in: HalfIn, posted: Posted, request: HttpRequest) -> Result<HttpResponse, Error> {
    let HalfIn { page, person } = half_in;
    let (mut form, next) = (Form::default(), posted.next());
    let code = posted.get("code").trim().to_owned();
    if code.is_empty() {
        form.refuse("code", page.words.second_step_missing());
        return give_back(&CodePage { page: &page, form, next });
    }
    let (account, secret) = (person.id, page.app.settings.secret.clone());
    let (address, now) = (address(&page, &request), page.both_times());
    let check = move |store: &_| second_factor::check(store, &secret, &person, (&code, &address), now);
    match page.ask_slowly(check).await? {
        Tried::Right => {
            page.sign_in(account, &request)?;
            page.app.wake.notify_one();
            Ok(see_other(next))
        }
        Tried::Wrong => {
            form.refuse("code", page.words.second_step_wrong());
            give_back(&CodePage { page: &page, form, next })
        }
        Tried::TooMany(seconds) => {
            form.refuse("code", page.words.second_step_too_many(seconds.div_ceil(60)));
            come_back(&CodePage { page: &page, form, next }, seconds)
        }
    }
}
