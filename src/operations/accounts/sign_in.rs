//! Signing in with a password, and the settings of the account page.

use std::net::IpAddr;

use chrono::{DateTime, Utc};
use strum::VariantArray;

use crate::clock::Times;
use crate::domain::accounts::contact::EmailAddress;
use crate::domain::accounts::event::AccountEventKind;
use crate::domain::{Account, AccountId, Epoch, Language, OptionalMail, Preferences};
use crate::operations::accounts::events::{self, By};
use crate::operations::accounts::limits::{self, Limit, Limits, Verdict};
use crate::operations::accounts::{calendars, passwords};
use crate::secret::Secret;
use crate::store::accounts::{self, generations, password_links, second_factors, sessions, sign_in_links};
use crate::store::{Db, Error, Store};
use crate::turns::Turn;

/// How an attempt to sign in ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SignIn {
    /// The sign-in succeeded.
    Accepted(Box<Account>),
    /// The password was right, and the code of the second factor is still missing.
    CodeNeeded(Box<Account>),
    /// The password was right, and the operator has suspended the account. A wrong password does not tell that.
    Suspended,
    /// The address is unknown or the password is wrong; the answer does not tell which.
    Wrong,
    /// There were too many attempts; the next one is possible after this many seconds.
    TooMany(u64),
}

/// An attempt to sign in.
#[derive(Debug, Clone)]
pub struct Attempt {
    /// The e-mail address, as it was typed.
    pub email: String,
    /// The password.
    pub password: String,
    /// The network address of the visitor.
    pub address: IpAddr,
    /// The id under which the account knows this browser, if it does.
    pub device: Option<String>,
}

/// Tries to sign in. `now` is the wall clock, also in a demo.
pub fn sign_in(
    store: &Store,
    turn: &mut Turn,
    secret: &Secret,
    attempt: &Attempt,
    now: DateTime<Utc>,
) -> Result<SignIn, Error> {
    let email = EmailAddress::as_written(&attempt.email);
    let (person, generations) = store.snapshot(|db| {
        let person = accounts::find_by_email(db, &email)?;
        let generations = generations::find(db, person.as_ref().map(|person| person.id))?;
        Ok::<_, Error>((person, generations))
    })?;
    let limits = Limits::new(secret, generations);
    let limits = match (&person, &attempt.device) {
        (Some(person), Some(device)) => limits.passwords_of_device(person.id, device),
        _ => limits.passwords_of_strangers(&email, attempt.address),
    };
    let tried = check(store, turn, person, &attempt.password, limits, now)?;
    let SignIn::Accepted(person) = tried else { return Ok(tried) };
    if person.is_suspended() {
        return Ok(SignIn::Suspended);
    }
    let is_asked = store.snapshot(|db| second_factors::find(db, person.id))?.is_some();
    Ok(if is_asked { SignIn::CodeNeeded(person) } else { SignIn::Accepted(person) })
}

/// The password of a person, asked again.
#[derive(Debug, Clone)]
pub struct Confirmation {
    /// The account.
    pub account: Account,
    /// The session that it is signed in with, by the hash of its key; or the link of a mail that it reads.
    pub session: String,
    /// The password, as it was typed.
    pub password: String,
}

/// Asks a person for their password again. Each session and each link has its own limit, so a stranger cannot use it up.
pub fn confirm(
    store: &Store,
    turn: &mut Turn,
    secret: &Secret,
    Confirmation { account, session, password }: Confirmation,
    now: DateTime<Utc>,
) -> Result<SignIn, Error> {
    let generations = store.snapshot(|db| generations::find(db, Some(account.id)))?;
    let limits = Limits::new(secret, generations).passwords_of_session(&session);
    check(store, turn, Some(account), &password, limits, now)
}

/// Counts the attempt before it compares the password, and uncounts it when the password was right.
fn check(
    store: &Store,
    turn: &mut Turn,
    person: Option<Account>,
    password: &str,
    limits: Vec<Limit>,
    now: DateTime<Utc>,
) -> Result<SignIn, Error> {
    let counted = match store.write(|db| limits::count(db, limits, now))? {
        Verdict::Allowed(counted) => counted,
        Verdict::Blocked(seconds) => return Ok(SignIn::TooMany(seconds)),
    };
    let hash = person.as_ref().and_then(|person| person.password_hash.as_deref());
    if !passwords::matches(turn, password, hash) {
        return Ok(SignIn::Wrong);
    }
    store.write(|db| limits::forgive(db, &counted))?;
    Ok(person.map_or(SignIn::Wrong, |person| SignIn::Accepted(Box::new(person))))
}

/// The account with that address.
pub fn find_by_email(store: &Store, email: &str) -> Result<Option<Account>, Error> {
    store.snapshot(|db| accounts::find_by_email(db, email))
}

/// Stores the choices of the account page.
pub fn set_preferences(
    store: &Store,
    person: &Account,
    chosen: &Preferences,
    by: &By,
    now: Times,
) -> Result<(), Error> {
    store.write(|db| {
        accounts::set_preferences(db, person.id, chosen)?;
        for kind in OptionalMail::VARIANTS {
            // No mail tells of it: the person who is signed in sees the choice.
            if person.preferences.mail.wants(*kind) && !chosen.mail.wants(*kind) {
                events::record_silently(db, person.id, switched_off(*kind), by, now)?;
            }
        }
        Ok(())
    })
}

/// The account with that number, for the owner of a sealed address from its mail.
pub fn find_by_id(store: &Store, account: AccountId) -> Result<Option<Account>, Error> {
    store.snapshot(|db| accounts::find(db, account))
}

/// Switches one kind of mail off with the link in a mail. One mail confirms it.
pub fn switch_mail_off(
    store: &Store,
    account: AccountId,
    kind: OptionalMail,
    by: &By,
    now: Times,
) -> Result<(), Error> {
    store.write(|db| {
        if !accounts::switch_mail_off(db, account, kind)? {
            return Ok(());
        }
        events::record(db, account, switched_off(kind), by, now)
    })
}

/// The event of a mail that was switched off.
fn switched_off(kind: OptionalMail) -> AccountEventKind {
    match kind {
        OptionalMail::Comments => AccountEventKind::CommentsOff,
        OptionalMail::Reminders => AccountEventKind::RemindersOff,
    }
}

/// Stores the language that a person switched to.
pub fn set_language(store: &Store, account: AccountId, language: Language) -> Result<(), Error> {
    store.write(|db| accounts::set_language(db, account, language))
}

/// Sets a password and ends every session, so that a person who knew the old password is signed out. Returns the new
/// epoch.
pub fn set_password(
    store: &Store,
    turn: &mut Turn,
    account: AccountId,
    password: &str,
    by: &By,
    now: Times,
) -> Result<Epoch, Error> {
    let hash = passwords::hash(turn, password);
    store.write(|db| replace_password(db, account, &hash, by, now))
}

/// Sets a password inside a transaction. Open links that set a password end too, wrong guesses at the old password no
/// longer count, and the calendar gets another address.
///
/// A second factor stays, and so do the counts of wrong codes: otherwise a mailbox alone would allow more guesses.
pub(in crate::operations) fn replace_password(
    db: &mut Db,
    account: AccountId,
    hash: &str,
    by: &By,
    now: Times,
) -> Result<Epoch, Error> {
    accounts::set_password_hash(db, account, hash)?;
    password_links::end_all_of(db, account, now.wall)?;
    sign_in_links::end_all_of(db, account, now.wall)?;
    generations::forget_passwords(db, account)?;
    events::record(db, account, AccountEventKind::PasswordSet, by, now)?;
    calendars::renew(db, account, by, now)?;
    sessions::end_all_of(db, account)
}

/// Ends every session of an account and every unfinished sign-in; the account no longer knows any browser.
pub fn sign_out_everywhere(store: &Store, account: AccountId, by: &By, now: Times) -> Result<Epoch, Error> {
    store.write(|db| {
        generations::forget_devices(db, account)?;
        events::record(db, account, AccountEventKind::SignedOutEverywhere, by, now)?;
        sessions::end_all_of(db, account)
    })
}
