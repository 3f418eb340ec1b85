//! Who somebody is: signing in, and what they choose on the account page.

use std::net::IpAddr;

use chrono::{DateTime, Utc};

use crate::clock::Times;
use crate::domain::accounts::event::AccountEventKind;
use crate::domain::{AccountId, Epoch};
use crate::operations::accounts::events::{self, By};
use crate::operations::accounts::limits::{self, Limit, Limits};
use crate::operations::accounts::{calendars, passwords};
use crate::secret::Secret;
use crate::store::accounts::{self, generations, password_links, second_factors, sessions};
use crate::store::accounts::{Optional, Person, Preferences};
use crate::store::{Db, Error, Store};
use crate::turns::Turn;

/// How an attempt to sign in ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SignIn {
    /// Welcome.
    Accepted(Box<Person>),
    /// The password was right, and now the code of the second factor is asked.
    CodeNeeded(Box<Person>),
    /// The password was right, and the operator suspended the account. Only who knows the password learns it.
    Suspended,
    /// Unknown address or wrong password; which of the two is not told.
    Wrong,
    /// Too many attempts: come back after this many seconds.
    TooMany(u64),
}

/// An attempt to sign in.
#[derive(Debug, Clone)]
pub struct Attempt {
    /// The e-mail address, as it was typed.
    pub email: String,
    /// The password.
    pub password: String,
    /// The network address it comes from.
    pub address: IpAddr,
    /// By what id the account knows the browser it comes from, if it does.
    pub device: Option<String>,
}

/// Tries to sign somebody in. `now` is real time, also in a demo.
pub fn sign_in(
    store: &Store,
    turn: &mut Turn,
    secret: &Secret,
    attempt: &Attempt,
    now: DateTime<Utc>,
) -> Result<SignIn, Error> {
    let email = attempt.email.trim().to_lowercase();
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
    if person.suspended_at.is_some() {
        return Ok(SignIn::Suspended);
    }
    let is_asked = store.snapshot(|db| second_factors::find(db, person.id))?.is_some();
    Ok(if is_asked { SignIn::CodeNeeded(person) } else { SignIn::Accepted(person) })
}

/// Asks somebody who is signed in for their password once more. Each session has its own limit, which no stranger can use
/// up.
pub fn confirm(
    store: &Store,
    turn: &mut Turn,
    secret: &Secret,
    (person, session): (&Person, &str),
    password: &str,
    now: DateTime<Utc>,
) -> Result<SignIn, Error> {
    let generations = store.snapshot(|db| generations::find(db, Some(person.id)))?;
    let limits = Limits::new(secret, generations).passwords_of_session(session);
    check(store, turn, Some(person.clone()), password, limits, now)
}

/// Counts the attempt before it looks at the password, and forgets it when it was right.
fn check(
    store: &Store,
    turn: &mut Turn,
    person: Option<Person>,
    password: &str,
    limits: Vec<Limit>,
    now: DateTime<Utc>,
) -> Result<SignIn, Error> {
    let counted = match store.write(|db| limits::count(db, limits, now))? {
        Ok(counted) => counted,
        Err(seconds) => return Ok(SignIn::TooMany(seconds)),
    };
    let hash = person.as_ref().and_then(|person| person.password_hash.as_deref());
    if !passwords::matches(turn, password, hash) {
        return Ok(SignIn::Wrong);
    }
    store.write(|db| limits::forgive(db, &counted))?;
    Ok(person.map_or(SignIn::Wrong, |person| SignIn::Accepted(Box::new(person))))
}

/// The account with that address.
///
/// # Errors
///
/// When the database fails.
pub fn find_by_email(store: &Store, email: &str) -> Result<Option<Person>, Error> {
    store.snapshot(|db| accounts::find_by_email(db, email))
}

/// Remembers what somebody chose on the account page.
pub fn set_preferences(store: &Store, person: &Person, chosen: &Preferences, by: &By, now: Times) -> Result<(), Error> {
    store.write(|db| {
        accounts::set_preferences(db, person.id, chosen)?;
        for (was_on, is_on, kind) in [
            (person.mail_comments, chosen.mail_comments, AccountEventKind::CommentsOff),
            (person.mail_reminders, chosen.mail_reminders, AccountEventKind::RemindersOff),
        ] {
            // No mail tells of it: whoever is signed in sees what they choose.
            if was_on && !is_on {
                events::record_silently(db, person.id, kind, by, now)?;
            }
        }
        Ok(())
    })
}

/// The account with that number, for whoever proved by a sealed address that they read its mail.
///
/// # Errors
///
/// When the database fails.
pub fn find_by_id(store: &Store, account: AccountId) -> Result<Option<Person>, Error> {
    store.snapshot(|db| accounts::find(db, account))
}

/// Switches one kind of mail off with the link in a mail, of which a mail tells once.
pub fn switch_mail_off(store: &Store, account: AccountId, kind: Optional, by: &By, now: Times) -> Result<(), Error> {
    let event = match kind {
        Optional::Comments => AccountEventKind::CommentsOff,
        Optional::Reminders => AccountEventKind::RemindersOff,
    };
    store.write(|db| {
        if !accounts::switch_mail_off(db, account, kind)? {
            return Ok(());
        }
        events::record(db, account, event, by, now)
    })
}

/// Remembers the language somebody switched to.
///
/// # Errors
///
/// When the database fails.
pub fn set_language(store: &Store, account: AccountId, language: &str) -> Result<(), Error> {
    store.write(|db| accounts::set_language(db, account, language))
}

/// Sets a password and ends every session: whoever knew the old password is out. Answers with the epoch that begins.
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

/// The same inside a transaction. Links to set a password that are still under way end too, wrong guesses at the old
/// password count no more, and the calendar gets another address. A second factor stays, and so do wrong codes: else a
/// mailbox alone could guess on.
pub(in crate::operations) fn replace_password(
    db: &mut Db,
    account: AccountId,
    hash: &str,
    by: &By,
    now: Times,
) -> Result<Epoch, Error> {
    accounts::set_password_hash(db, account, hash)?;
    password_links::end_all_of(db, account, now.wall)?;
    generations::forget_passwords(db, account)?;
    events::record(db, account, AccountEventKind::PasswordSet, by, now)?;
    calendars::renew(db, account, by, now)?;
    sessions::end_all_of(db, account)
}

/// Ends every session of an account, and every sign-in that is under way; it knows no browser any more.
pub fn sign_out_everywhere(store: &Store, account: AccountId, by: &By, now: Times) -> Result<Epoch, Error> {
    store.write(|db| {
        generations::forget_devices(db, account)?;
        events::record(db, account, AccountEventKind::SignedOutEverywhere, by, now)?;
        sessions::end_all_of(db, account)
    })
}
