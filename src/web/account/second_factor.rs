//! The second factor of this account: switching it on and off, and its recovery codes.

use actix_web::HttpResponse;
use askama::Template;
use chrono::{DateTime, TimeDelta};

use crate::domain::{Account, AccountId};
use crate::operations::accounts::second_factor::{self, Confirmed, Offer, Renewed, SecondFactorStatus, SwitchedOn};
use crate::paths::{self, encode};
use crate::turns::{Caller, Turn};
use crate::web::access::SignedIn;
use crate::web::account::qr::Qr;
use crate::web::account::reauthenticate;
use crate::web::error::Error;
use crate::web::form::{Form, PostForm};
use crate::web::layout::Page;
use crate::web::respond::{html, rejected, see_other};
use crate::web::session::CurrentSession;

/// The page of the second factor.
const PAGE: &str = paths::SECOND_FACTOR;
/// How long new recovery codes can be looked at, in minutes (our choice: time to find a printer).
const CODES_MINUTES: i64 = 30;

#[derive(Template)]
#[template(path = "account/second_factor/show.html")]
struct ShowPage<'a> {
    page: &'a Page,
    form: Form,
    person: &'a Account,
    standing: Option<SecondFactorStatus>,
    asks_password: bool,
}

impl<'a> ShowPage<'a> {
    async fn load(signed_in: &'a SignedIn, form: Form) -> Result<Self, Error> {
        let me = signed_in.person.id;
        let standing = signed_in.page.run_blocking(move |store| second_factor::standing(store, me)).await?;
        let asks_password = !reauthenticate::is_proven(signed_in);
        Ok(Self { page: &signed_in.page, form, person: &signed_in.person, standing, asks_password })
    }
}

/// Shows whether the second factor is on, and the actions on it.
pub(in crate::web) async fn show(signed_in: SignedIn) -> Result<HttpResponse, Error> {
    html(&ShowPage::load(&signed_in, Form::default()).await?)
}

#[derive(Template)]
#[template(path = "account/second_factor/set_up.html")]
struct SetUpPage<'a> {
    page: &'a Page,
    form: Form,
    person: &'a Account,
    asks_password: bool,
    /// The hidden secret, as the form carries it.
    offer: String,
    /// The secret itself; `None` when it was shown before and the password was wrong.
    secret: Option<SecretView>,
}

/// A secret in the forms that an app accepts.
struct SecretView {
    /// In groups of four characters, to type over.
    groups: String,
    qr: Option<Qr>,
    /// The content of the QR code, as a link for an app on this device.
    address: String,
}

impl SecretView {
    /// Draws the code in a turn of its own, off the thread that answers others.
    async fn draw(page: &Page, person: &Account, Offer { shared, .. }: &Offer) -> Result<Self, Error> {
        let issuer = encode(&page.words.product());
        let address = format!("otpauth://totp/{issuer}:{}?secret={shared}&issuer={issuer}", encode(&person.email));
        let drawn = address.clone();
        let draw = move |_: &_, turn: &mut Turn| Ok::<_, Error>(turn.run(|| Qr::new(&drawn)));
        let qr = page.run_cpu_heavy(Caller::Known(person.id), draw).await?;
        let groups = shared.as_bytes().chunks(4).map(String::from_utf8_lossy).collect::<Vec<_>>().join(" ");
        Ok(Self { groups, qr, address })
    }
}

impl<'a> SetUpPage<'a> {
    async fn new(signed_in: &'a SignedIn, form: Form, offer: &Offer, is_shown: bool) -> Result<Self, Error> {
        let SignedIn { page, person } = signed_in;
        let secret = if is_shown { Some(SecretView::draw(page, person, offer).await?) } else { None };
        let asks_password = !reauthenticate::is_proven(signed_in);
        Ok(Self { page, form, person, asks_password, offer: offer.hidden.clone(), secret })
    }

    /// Shows a new secret.
    async fn with_new_secret(signed_in: &'a SignedIn, form: Form) -> Result<Self, Error> {
        let offer = Offer::new(&signed_in.page.app.settings.secret, signed_in.person.id, signed_in.page.times.wall);
        Self::new(signed_in, form, &offer, true).await
    }
}

/// Whether the second factor is on. Then there is no secret to show or to confirm.
async fn is_on(signed_in: &SignedIn) -> Result<bool, Error> {
    let me = signed_in.person.id;
    Ok(signed_in.page.run_blocking(move |store| second_factor::standing(store, me)).await?.is_some())
}

/// Shows a new secret, as a picture for the app and in letters. Nothing is stored before its code comes back.
pub(in crate::web) async fn set_up(signed_in: SignedIn) -> Result<HttpResponse, Error> {
    if is_on(&signed_in).await? {
        return Ok(see_other(PAGE));
    }
    html(&SetUpPage::with_new_secret(&signed_in, Form::default()).await?)
}

/// Switches the second factor on when the code belongs to the secret that was shown, and ends every other session.
pub(in crate::web) async fn switch_on(
    signed_in: SignedIn,
    session: CurrentSession,
    posted: PostForm,
) -> Result<HttpResponse, Error> {
    let page = &signed_in.page;
    if is_on(&signed_in).await? {
        return Ok(see_other(PAGE));
    }
    let (mut form, offer) = (Form::default(), brought_back(&signed_in, &posted));
    if offer.is_none() {
        form.refuse("code", page.words.factor_offer_over());
    } else if posted.get("code").trim().is_empty() {
        form.refuse("code", page.words.factor_code_missing());
    }
    let mut wait = reauthenticate::prove(&signed_in, &posted, "current_password", &mut form).await?;
    let is_proven = form.error("current_password").is_none();
    let Some(offer) = offer else { return rejected(&SetUpPage::with_new_secret(&signed_in, form).await?, wait) };
    if form.is_fine() {
        match try_on(&signed_in, offer.clone(), posted.get("code")).await? {
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
    // A visitor without the password may not be the person who saw the secret.
    rejected(&SetUpPage::new(&signed_in, form, &offer, is_proven).await?, wait)
}

/// The offer that the form brings back, while it can be confirmed.
fn brought_back(signed_in: &SignedIn, posted: &PostForm) -> Option<Offer> {
    Offer::read(
        &signed_in.page.app.settings.secret,
        signed_in.person.id,
        posted.get("offer"),
        signed_in.page.times.wall,
    )
}

/// Tries the code of the offered secret. A right code gives the recovery codes.
async fn try_on(signed_in: &SignedIn, offer: Offer, code: &str) -> Result<SwitchedOn, Error> {
    let (page, me) = (&signed_in.page, signed_in.person.id);
    let confirmed = Confirmed { offer, code: code.to_owned(), by: signed_in.by() };
    let (secret, now) = (page.app.settings.secret.clone(), page.times);
    let try_on = move |store: &_, turn: &mut _| second_factor::switch_on(store, turn, &secret, me, &confirmed, now);
    page.run_cpu_heavy(Caller::Known(me), try_on).await
}

/// The purpose of an account's hidden recovery codes: the codes of another account do not fit.
fn purpose(account: AccountId) -> String {
    format!("recovery-codes.{}", account.0)
}

/// Redirects to the page that shows new codes, until their owner confirms to have saved them.
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

/// Shows the new codes. After the confirmation, or when the time is up, they are never shown again.
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

/// Deletes the shown codes: their owner has saved them.
pub(in crate::web) async fn codes_are_kept(
    signed_in: SignedIn,
    session: CurrentSession,
    _form: PostForm,
) -> Result<HttpResponse, Error> {
    session.keep_recovery_codes(None).await?;
    Ok(signed_in.page.redirect_with_flash(PAGE, &signed_in.page.words.done_codes_kept()))
}

/// Asks again who is here, at the field `id`. Returns the page to answer with when that is not proven.
async fn unproven(signed_in: &SignedIn, posted: &PostForm, id: &'static str) -> Result<Option<HttpResponse>, Error> {
    let mut form = Form::default();
    let wait = reauthenticate::prove(signed_in, posted, id, &mut form).await?;
    if form.is_fine() { Ok(None) } else { refused(signed_in, form, wait).await.map(Some) }
}

/// Shows the form again, unless the second factor was switched off in the meantime.
async fn refused(signed_in: &SignedIn, form: Form, wait: Option<u64>) -> Result<HttpResponse, Error> {
    let shown = ShowPage::load(signed_in, form).await?;
    if shown.standing.is_none() { Ok(see_other(PAGE)) } else { rejected(&shown, wait) }
}

/// Makes new recovery codes; the older ones stop working.
pub(in crate::web) async fn renew_codes(
    signed_in: SignedIn,
    session: CurrentSession,
    posted: PostForm,
) -> Result<HttpResponse, Error> {
    let (page, me, now) = (&signed_in.page, signed_in.person.id, signed_in.page.times);
    if let Some(answer) = unproven(&signed_in, &posted, "codes_password").await? {
        return Ok(answer);
    }
    let (secret, by) = (page.app.settings.secret.clone(), signed_in.by());
    let renew = move |store: &_, turn: &mut _| second_factor::renew_codes(store, turn, &secret, me, &by, now);
    match page.run_cpu_heavy(Caller::Known(me), renew).await? {
        Renewed::Codes(codes) => show_once(&signed_in, &session, &codes, &page.words.done_codes_renewed()).await,
        Renewed::Off => Ok(see_other(PAGE)),
        Renewed::TooMany(seconds) => {
            let mut form = Form::default();
            form.refuse("codes_password", page.words.factor_codes_too_many(seconds.div_ceil(60)));
            refused(&signed_in, form, Some(seconds)).await
        }
    }
}

/// Switches the second factor off, and ends every other session.
pub(in crate::web) async fn switch_off(
    signed_in: SignedIn,
    session: CurrentSession,
    posted: PostForm,
) -> Result<HttpResponse, Error> {
    let (page, me, now) = (&signed_in.page, signed_in.person.id, signed_in.page.times);
    if let Some(answer) = unproven(&signed_in, &posted, "off_password").await? {
        return Ok(answer);
    }
    let by = signed_in.by();
    if let Some(epoch) = page.run_blocking(move |store| second_factor::switch_off(store, me, &by, now)).await? {
        session.renew(epoch).await?;
        page.app.wake.notify_one();
    }
    Ok(page.redirect_with_flash(PAGE, &page.words.done_factor_off()))
}
