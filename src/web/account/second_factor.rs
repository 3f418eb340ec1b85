//! My second factor: switching it on and off, and my recovery codes.

use actix_web::HttpResponse;
use askama::Template;
use chrono::{DateTime, TimeDelta};

use crate::clock::real_now;
use crate::domain::AccountId;
use crate::operations::accounts::second_factor::{self, Standing};
use crate::store::accounts::Person;
use crate::web::access::Member;
use crate::web::account::qr::Qr;
use crate::web::account::reauthenticate;
use crate::web::error::{Error, encode};
use crate::web::form::{Form, Posted};
use crate::web::layout::{Page, html, refuse, see_other};

/// Where all of it begins.
const PAGE: &str = "/account/second-factor";
/// The name under which a session keeps new recovery codes, hidden, until their owner says they have them.
const CODES: &str = "codes";
/// How long they can be looked at, in minutes (our choice: time to find a printer).
const CODES_MINUTES: i64 = 30;

#[derive(Template)]
#[template(path = "account/second_factor/show.html")]
struct ShowPage<'a> {
    page: &'a Page,
    form: Form,
    person: &'a Person,
    standing: Option<Standing>,
}

impl<'a> ShowPage<'a> {
    async fn load(member: &'a Member, form: Form) -> Result<Self, Error> {
        let me = member.person.id;
        let standing = member.page.ask(move |store| second_factor::standing(store, me)).await?;
        Ok(Self { page: &member.page, form, person: &member.person, standing })
    }
}

/// Shows whether it is on, and what can be done with it.
pub(in crate::web) async fn show(member: Member) -> Result<HttpResponse, Error> {
    html(&ShowPage::load(&member, Form::default()).await?)
}

#[derive(Template)]
#[template(path = "account/second_factor/set_up.html")]
struct SetUpPage<'a> {
    page: &'a Page,
    form: Form,
    person: &'a Person,
    /// The secret, hidden, as the form carries it.
    offer: String,
    /// The secret, in groups of four, for whoever types it over.
    groups: String,
    qr: Option<Qr>,
    /// What the code says, for an app on this very device.
    address: String,
}

impl<'a> SetUpPage<'a> {
    /// Shows the offered secret; one that is not ours, or of somebody else, is replaced by a new one.
    fn new(member: &'a Member, form: Form, offer: &str) -> Result<Self, Error> {
        let Member { page, person } = member;
        let secret = &page.app.settings.secret;
        let offer = match second_factor::offered(secret, person.id, offer) {
            Some(_) => offer.to_owned(),
            None => second_factor::offer(secret, person.id),
        };
        let shared = second_factor::offered(secret, person.id, &offer).ok_or(Error::Internal)?;
        let issuer = encode(&page.words.product());
        let address = format!("otpauth://totp/{issuer}:{}?secret={shared}&issuer={issuer}", encode(&person.email));
        let groups = shared.as_bytes().chunks(4).map(String::from_utf8_lossy).collect::<Vec<_>>().join(" ");
        Ok(Self { page, form, person, offer, groups, qr: Qr::of(&address), address })
    }
}

/// Shows a new secret, as a picture for the app and in letters. Nothing is written down before its code comes back.
pub(in crate::web) async fn set_up(member: Member) -> Result<HttpResponse, Error> {
    let me = member.person.id;
    if member.page.ask(move |store| second_factor::standing(store, me)).await?.is_some() {
        return Ok(see_other(PAGE));
    }
    html(&SetUpPage::new(&member, Form::default(), "")?)
}

/// Switches it on when the code is one of the secret that was shown, and ends every other session.
pub(in crate::web) async fn switch_on(member: Member, posted: Posted) -> Result<HttpResponse, Error> {
    let page = &member.page;
    let mut form = Form::default();
    if posted.get("code").trim().is_empty() {
        form.refuse("code", page.words.factor_code_missing());
    }
    let wait = reauthenticate::password(&member, &posted, "current_password", &mut form).await?;
    if form.is_fine() {
        if let Some(codes) = try_on(&member, &posted).await? {
            page.renew_session();
            return show_once(page, member.person.id, &codes, &page.words.done_factor_on());
        }
        form.refuse("code", page.words.factor_code_wrong());
    }
    refuse(&SetUpPage::new(&member, form, posted.get("offer"))?, wait)
}

/// Tries the code of the offered secret; answers with the recovery codes when it was right.
async fn try_on(member: &Member, posted: &Posted) -> Result<Option<Vec<String>>, Error> {
    let (page, me) = (&member.page, member.person.id);
    let (offer, code) = (posted.get("offer").to_owned(), posted.get("code").to_owned());
    let (secret, now) = (page.app.settings.secret.clone(), page.both_times());
    page.ask_slowly(move |store| second_factor::switch_on(store, &secret, me, (&offer, &code), now)).await
}

/// What the hidden codes of an account are for; those of somebody else do not fit in their place.
fn purpose(account: AccountId) -> String {
    format!("recovery-codes.{}", account.0)
}

/// Goes on to the page that shows new codes, until their owner says they have them.
fn show_once(page: &Page, me: AccountId, codes: &[String], notice: &str) -> Result<HttpResponse, Error> {
    let until = (real_now() + TimeDelta::minutes(CODES_MINUTES)).timestamp();
    let hidden = page.app.settings.secret.hide(&purpose(me), &format!("{until} {}", codes.join(" ")));
    page.keep(CODES, hidden)?;
    page.app.wake.notify_one();
    Ok(page.go_on("/account/second-factor/codes", notice))
}

#[derive(Template)]
#[template(path = "account/second_factor/codes.html")]
struct CodesPage<'a> {
    page: &'a Page,
    codes: Vec<String>,
    until: String,
}

/// Shows the new codes. Once they are kept, or the time is up, nobody ever sees them again.
pub(in crate::web) async fn codes(member: Member) -> Result<HttpResponse, Error> {
    let page = &member.page;
    let hidden: String = page.kept(CODES).unwrap_or_default();
    let shown = page.app.settings.secret.reveal(&purpose(member.person.id), &hidden).unwrap_or_default();
    let mut words = shown.split(' ').map(ToOwned::to_owned);
    let until = words.next().and_then(|until| DateTime::from_timestamp(until.parse().ok()?, 0));
    match until.filter(|until| *until > real_now()) {
        Some(until) => html(&CodesPage { page, codes: words.collect(), until: page.reader.time(until) }),
        None => Ok(see_other(PAGE)),
    }
}

/// Forgets the shown codes: their owner has them.
pub(in crate::web) async fn codes_are_kept(member: Member, _form: Posted) -> HttpResponse {
    member.page.forget(CODES);
    member.page.go_on(PAGE, &member.page.words.done_codes_kept())
}

/// Gives the form back, unless it was switched off meanwhile: then there is nothing left to confirm.
async fn refused(member: &Member, form: Form, wait: Option<u64>) -> Result<HttpResponse, Error> {
    let shown = ShowPage::load(member, form).await?;
    if shown.standing.is_none() { Ok(see_other(PAGE)) } else { refuse(&shown, wait) }
}

/// Makes new recovery codes; the older ones stop.
pub(in crate::web) async fn renew_codes(member: Member, posted: Posted) -> Result<HttpResponse, Error> {
    let (page, me, now) = (&member.page, member.person.id, member.page.both_times());
    let mut form = Form::default();
    let wait = reauthenticate::password(&member, &posted, "codes_password", &mut form).await?;
    if !form.is_fine() {
        return refused(&member, form, wait).await;
    }
    match page.ask_slowly(move |store| second_factor::renew_codes(store, me, now)).await? {
        Some(codes) => show_once(page, me, &codes, &page.words.done_codes_renewed()),
        None => Ok(see_other(PAGE)),
    }
}

/// Switches it off, and ends every other session.
pub(in crate::web) async fn switch_off(member: Member, posted: Posted) -> Result<HttpResponse, Error> {
    let (page, me, now) = (&member.page, member.person.id, member.page.both_times());
    let mut form = Form::default();
    let wait = reauthenticate::password(&member, &posted, "off_password", &mut form).await?;
    if !form.is_fine() {
        return refused(&member, form, wait).await;
    }
    if page.ask(move |store| second_factor::switch_off(store, me, now)).await? {
        page.renew_session();
        page.app.wake.notify_one();
    }
    Ok(page.go_on(PAGE, &page.words.done_factor_off()))
}
