//! Setting a forgotten password, or a first one: asking for a link, and setting the password with it.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::Path;
use askama::Template;

use crate::domain::Account;
use crate::domain::accounts::account::PASSWORD_LINK_HOURS;
use crate::mail::password::read;
use crate::operations::accounts::devices::Begun;
use crate::operations::accounts::password_links::{self, From, LinkRequest, Opened};
use crate::operations::accounts::passwords::{self, Flaw};
use crate::paths;
use crate::turns::Caller;
use crate::web::error::Error;
use crate::web::form::{Form, PostForm};
use crate::web::known_device;
use crate::web::layout::Page;
use crate::web::respond::{discreet, html, see_other, too_many_requests, unprocessable, with_status};
use crate::web::session::{CurrentSession, Proof};
use crate::web::sign_in::finish;

/// Checks a new password for that person, and puts the fault and the advice into the form. It takes a core for a while,
/// so the caller first makes sure who the person is.
pub(in crate::web) async fn check(form: &mut Form, page: &Page, new: &str, person: &Account) -> Result<(), Error> {
    let (judged, person, owner) = (new.to_owned(), person.clone(), person.id);
    let judge = move |_: &_, turn: &mut _| Ok::<_, Error>(passwords::flaw(turn, &judged, &person));
    refuse_flaw(form, page, page.run_cpu_heavy(Caller::Known(owner), judge).await?);
    Ok(())
}

/// Puts an error into the form when a new password is too short or too long.
pub(in crate::web) fn check_length(form: &mut Form, page: &Page, new: &str) {
    refuse_flaw(form, page, passwords::wrong_length(new));
}

fn refuse_flaw(form: &mut Form, page: &Page, flaw: Option<Flaw>) {
    let message = match flaw {
        Some(Flaw::TooShort) => page.words.new_password_too_short(passwords::MIN_CHARS),
        Some(Flaw::TooLong) => page.words.new_password_too_long(passwords::MAX_CHARS),
        Some(Flaw::Guessable) => page.words.new_password_guessable(),
        None => return,
    };
    form.refuse("new_password", message);
}

#[derive(Template)]
#[template(path = "sign_in/password_reset/forgotten.html")]
struct ForgottenPage<'a> {
    page: &'a Page,
    form: Form,
}

/// Answers 404 where no mail is sent: a link would never arrive.
fn must_send_mail(page: &Page) -> Result<(), Error> {
    if page.app.settings.sends_mail { Ok(()) } else { Err(Error::NotFound) }
}

/// Shows the form that asks for a link.
pub(in crate::web) async fn forgotten(page: Page) -> Result<HttpResponse, Error> {
    must_send_mail(&page)?;
    html(&ForgottenPage { form: Form::default(), page: &page })
}

/// Sends a link to the account with that address. The answer is the same when there is none.
pub(in crate::web) async fn ask_for_link(page: Page, posted: PostForm) -> Result<HttpResponse, Error> {
    must_send_mail(&page)?;
    let mut form = Form::sent(&posted, "");
    let email = posted.get("email").trim().to_owned();
    if email.is_empty() {
        form.refuse("email", page.words.sign_in_email_missing());
        return unprocessable(&ForgottenPage { form, page: &page });
    }
    match ask(&page, email).await? {
        LinkRequest::Heard => {
            page.app.wake.notify_one();
            Ok(see_other(paths::PASSWORD_SENT))
        }
        LinkRequest::TooMany(seconds) => {
            form.refuse("email", page.words.password_too_many(seconds.div_ceil(60)));
            too_many_requests(&ForgottenPage { form, page: &page }, seconds)
        }
    }
}

async fn ask(page: &Page, email: String) -> Result<LinkRequest, Error> {
    let device = known_device::find_by_email(&page.context, &email).await?;
    let from = device.map_or(From::Address(page.context.client_address), |_| From::KnownDevice);
    let (secret, now) = (page.app.settings.secret.clone(), page.times);
    page.run_blocking(move |store| password_links::ask(store, &secret, &email, from, now)).await
}

#[derive(Template)]
#[template(path = "sign_in/password_reset/sent.html")]
struct SentPage<'a> {
    page: &'a Page,
    hours: u32,
}

/// Says that the link was sent.
pub(in crate::web) async fn sent(page: Page) -> Result<HttpResponse, Error> {
    must_send_mail(&page)?;
    html(&SentPage { page: &page, hours: PASSWORD_LINK_HOURS })
}

#[derive(Template)]
#[template(path = "sign_in/password_reset/set.html")]
struct SetPage<'a> {
    page: &'a Page,
    form: Form,
    token: &'a str,
    person: &'a Account,
}

#[derive(Template)]
#[template(path = "sign_in/password_reset/gone.html")]
struct GonePage<'a> {
    page: &'a Page,
    hours: u32,
}

/// The name of the link in the address, when its seal is ours.
fn name(page: &Page, token: &str) -> Option<String> {
    read(&page.app.settings.secret, token).map(ToOwned::to_owned)
}

/// The page for a link that does not work. It does not tell whether the link was used, replaced, too old or never ours.
fn gone(page: &Page) -> Result<HttpResponse, Error> {
    with_status(StatusCode::NOT_FOUND, &GonePage { page, hours: PASSWORD_LINK_HOURS }).map(discreet)
}

/// The account whose password the link sets, while the link works.
async fn owner(page: &Page, token: &str) -> Result<Option<(String, Account)>, Error> {
    let Some(name) = name(page, token) else { return Ok(None) };
    let (asked, wall) = (name.clone(), page.times.wall);
    let owner = page.run_blocking(move |store| password_links::owner(store, &asked, wall)).await?;
    Ok(owner.map(|person| (name, person)))
}

/// Shows the form that sets the password. GET does not use the link up: mail programs open links before people do.
pub(in crate::web) async fn form(page: Page, token: Path<String>) -> Result<HttpResponse, Error> {
    let Some((_, person)) = owner(&page, &token).await? else { return gone(&page) };
    html(&SetPage { form: Form::default(), token: &token, person: &person, page: &page }).map(discreet)
}

/// Sets the password, ends every session of the account, and signs its owner in. So the reader of the account's mail
/// gets in whatever strangers tried, and an intruder who does so leaves a changed password behind.
pub(in crate::web) async fn set(
    page: Page,
    session: CurrentSession,
    token: Path<String>,
    posted: PostForm,
) -> Result<HttpResponse, Error> {
    let Some((name, person)) = owner(&page, &token).await? else { return gone(&page) };
    let (new, now) = (posted.get("new_password").to_owned(), page.times);
    let mut form = Form::sent(&posted, "");
    check(&mut form, &page, &new, &person).await?;
    if !form.is_fine() {
        return unprocessable(&SetPage { form, token: &token, person: &person, page: &page }).map(discreet);
    }
    let by = page.by();
    let set = move |store: &_, turn: &mut _| password_links::set(store, turn, &name, &new, &by, now);
    match page.run_cpu_heavy(Caller::Known(person.id), set).await? {
        Some(opened) => open(&page, &session, &opened).await,
        None => gone(&page),
    }
}

/// Signs in the owner of the used link, or asks for the code of their second factor.
async fn open(page: &Page, session: &CurrentSession, opened: &Opened) -> Result<HttpResponse, Error> {
    page.app.wake.notify_one();
    let (begun, next, done) = if opened.asks_code {
        let begun = session.await_second_factor(&opened.person, Proof::Link).await?;
        (begun, paths::sign_in_code(paths::HOME), page.words.done_password_set_code())
    } else {
        let begun = session.sign_in(&opened.person, Proof::Link).await?;
        (begun, paths::ORDERS.to_owned(), page.words.done_password_set())
    };
    match begun {
        Begun::Yes => Ok(page.redirect_with_flash(&next, &done)),
        Begun::AccountChanged | Begun::TooManyUnfinished(_) => Ok(finish::go_on(page, begun, &next)),
    }
}
