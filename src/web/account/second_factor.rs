//! My second factor: switching it on and off, and my recovery codes.

use actix_web::HttpResponse;
use askama::Template;
use chrono::{DateTime, TimeDelta};

use crate::domain::AccountId;
use crate::operations::accounts::second_factor::{self, Renewed, Standing, SwitchedOn};
use crate::paths::{self, encode};
use crate::store::accounts::Person;
use crate::web::access::SignedIn;
use crate::web::account::qr::Qr;
use crate::web::account::reauthenticate;
use crate::web::error::Error;
use crate::web::form::{Form, PostForm};
use crate::web::layout::Page;
use crate::web::respond::{html, rejected, see_other};
use crate::web::session::CurrentSession;

/// Where all of it begins.
const PAGE: &str = paths::SECOND_FACTOR;
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
    async fn load(signed_in: &'a SignedIn, form: Form) -> Result<Self, Error> {
        let me = signed_in.person.id;
        let standing = signed_in.page.run_blocking(move |store| second_factor::standing(store, me)).await?;
        Ok(Self { page: &signed_in.page, form, person: &signed_in.person, standing })
    }
}

/// Shows whether it is on, and what can be done with it.
pub(in crate::web) async fn show(signed_in: SignedIn) -> Result<HttpResponse, Error> {
    html(&ShowPage::load(&signed_in, Form::default()).await?)
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
    fn new(signed_in: &'a SignedIn, form: Form, offer: &str) -> Result<Self, Error> {
        let SignedIn { page, person } = signed_in;
        let secret = &page.app.settings.secret;
        let offer = match second_factor::offered(secret, person.id, offer) {
            Some(_) => offer.to_owned(),
            None => second_factor::offer(secret, person.id),
        };
        let shared = second_factor::offered(secret, person.id, &offer)
            .ok_or_else(|| Error::internal(&"an offered secret cannot be read"))?;
        let issuer = encode(&page.words.product());
        let address = format!("otpauth://totp/{issuer}:{}?secret={shared}&issuer={issuer}", encode(&person.email));
        let groups = shared.as_bytes().chunks(4).map(String::from_utf8_lossy).collect::<Vec<_>>().join(" ");
        Ok(Self { page, form, person, offer, groups, qr: Qr::of(&address), address })
    }
}

/// Shows a new secret, as a picture for the app and in letters. Nothing is written down before its code comes back.
pub(in crate::web) async fn set_up(signed_in: SignedIn) -> Result<HttpResponse, Error> {
    let me = signed_in.person.id;
    if signed_in.page.run_blocking(move |store| second_factor::standing(store, me)).await?.is_some() {
        return Ok(see_other(PAGE));
    }
    html(&SetUpPage::new(&signed_in, Form::default(), "")?)
}

/// Switches it on when the code is one of the secret that was shown, and ends every other session.
pub(in crate::web) async fn switch_on(
    signed_in: SignedIn,
    session: CurrentSession,
    posted: PostForm,
) -> Result<HttpResponse, Error> {
    let page = &signed_in.page;
    let mut form = Form::default();
    if posted.get("code").trim().is_empty() {
        form.refuse("code", page.words.factor_code_missing());
    }
    let mut wait = reauthenticate::password(&signed_in, &posted, "current_password", &mut form).await?;
    if form.is_fine() {
        match try_on(&signed_in, &posted).await? {
            SwitchedOn::Yes { codes, epoch } => {
                session.renew(epoch).await?;
                return show_once(&signed_in, &session, &codes, &page.words.done_factor_on()).await;
            }
            SwitchedOn::No => form.refuse("code", page.words.factor_code_wrong()),
            SwitchedOn::TooMany(seconds) => {
                form.refuse("code", page.words.factor_codes_too_many(seconds.div_ceil(60)));
                wait = Some(seconds);
            }
        }
    }
    rejected(&SetUpPage::new(&signed_in, form, posted.get("offer"))?, wait)
}

/// Tries the code of the offered secret; answers with the recovery codes when it was right.
async fn try_on(signed_in: &SignedIn, posted: &PostForm) -> Result<SwitchedOn, Error> {
    let (page, me) = (&signed_in.page, signed_in.person.id);
    let (offer, code) = (posted.get("offer").to_owned(), posted.get("code").to_owned());
    let (secret, now) = (page.app.settings.secret.clone(), page.times);
    page.run_cpu_heavy(move |store| second_factor::switch_on(store, &secret, me, (&offer, &code), now)).await
}

/// What the hidden codes of an account are for; those of somebody else do not fit in their place.
fn purpose(account: AccountId) -> String {
    format!("recovery-codes.{}", account.0)
}

/// Goes on to the page that shows new codes, until their owner says they have them.
async fn show_once(
    signed_in: &SignedIn,
    session: &CurrentSession,
    codes: &[String],
    flash: &str,
) -> Result<HttpResponse, Error> {
    let page = &signed_in.page;
    let until = (page.times.wall + TimeDelta::minutes(CODES_MINUTES)).timestamp();
    let text = format!("{until} {}", codes.join(" "));
    session.keep_recovery_codes(Some(page.app.settings.secret.hide(&purpose(signed_in.person.id), &text))).await?;
    page.app.wake.notify_one();
    Ok(page.redirect_with_flash(paths::RECOVERY_CODES, flash))
}

#[derive(Template)]
#[template(path = "account/second_factor/codes.html")]
struct CodesPage<'a> {
    page: &'a Page,
    codes: Vec<String>,
    until: String,
}

/// Shows the new codes. Once they are kept, or the time is up, nobody ever sees them again.
pub(in crate::web) async fn codes(signed_in: SignedIn, session: CurrentSession) -> Result<HttpResponse, Error> {
    let page = &signed_in.page;
    let hidden = session.recovery_codes().unwrap_or_default();
    let shown = page.app.settings.secret.reveal(&purpose(signed_in.person.id), &hidden).unwrap_or_default();
    let mut words = shown.split(' ').map(ToOwned::to_owned);
    let until = words.next().and_then(|until| DateTime::from_timestamp(until.parse().ok()?, 0));
    match until.filter(|until| *until > page.times.wall) {
        Some(until) => html(&CodesPage { page, codes: words.collect(), until: page.reader.time(until) }),
        None => Ok(see_other(PAGE)),
    }
}

/// Forgets the shown codes: their owner has them.
pub(in crate::web) async fn codes_are_kept(
    signed_in: SignedIn,
    session: CurrentSession,
    _form: PostForm,
) -> Result<HttpResponse, Error> {
    session.keep_recovery_codes(None).await?;
    Ok(signed_in.page.redirect_with_flash(PAGE, &signed_in.page.words.done_codes_kept()))
}

/// Gives the form back, unless it was switched off meanwhile: then there is nothing left to confirm.
async fn refused(signed_in: &SignedIn, form: Form, wait: Option<u64>) -> Result<HttpResponse, Error> {
    let shown = ShowPage::load(signed_in, form).await?;
    if shown.standing.is_none() { Ok(see_other(PAGE)) } else { rejected(&shown, wait) }
}

/// Makes new recovery codes; the older ones stop.
pub(in crate::web) async fn renew_codes(
    signed_in: SignedIn,
    session: CurrentSession,
    posted: PostForm,
) -> Result<HttpResponse, Error> {
    let (page, me, now) = (&signed_in.page, signed_in.person.id, signed_in.page.times);
    let mut form = Form::default();
    let wait = reauthenticate::password(&signed_in, &posted, "codes_password", &mut form).await?;
    if !form.is_fine() {
        return refused(&signed_in, form, wait).await;
    }
    let secret = page.app.settings.secret.clone();
    match page.run_cpu_heavy(move |store| second_factor::renew_codes(store, &secret, me, now)).await? {
        Renewed::Codes(codes) => show_once(&signed_in, &session, &codes, &page.words.done_codes_renewed()).await,
        Renewed::Off => Ok(see_other(PAGE)),
        Renewed::TooMany(seconds) => {
            form.refuse("codes_password", page.words.factor_codes_too_many(seconds.div_ceil(60)));
            refused(&signed_in, form, Some(seconds)).await
        }
    }
}

/// Switches it off, and ends every other session.
pub(in crate::web) async fn switch_off(
    signed_in: SignedIn,
    session: CurrentSession,
    posted: PostForm,
) -> Result<HttpResponse, Error> {
    let (page, me, now) = (&signed_in.page, signed_in.person.id, signed_in.page.times);
    let mut form = Form::default();
    let wait = reauthenticate::password(&signed_in, &posted, "off_password", &mut form).await?;
    if !form.is_fine() {
        return refused(&signed_in, form, wait).await;
    }
    if let Some(epoch) = page.run_blocking(move |store| second_factor::switch_off(store, me, now)).await? {
        session.renew(epoch).await?;
        page.app.wake.notify_one();
    }
    Ok(page.redirect_with_flash(PAGE, &page.words.done_factor_off()))
}
