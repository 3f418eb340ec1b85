//! Who somebody is: signing in, and what they choose on the account page.

use chrono::{DateTime, Utc};

use crate::clock::Times;
use crate::domain::accounts::event::AccountEventKind;
use crate::domain::{AccountId, Epoch};
use crate::operations::accounts::events::{self, By};
use crate::operations::accounts::limits::{self, Limit};
use crate::operations::accounts::{calendars, passwords};
use crate::store::accounts::{self, password_links, second_factors, sessions};
use crate::store::accounts::{Optional, Person, Preferences};
use crate::store::{Db, Error, Store};

/// How an attempt to sign in ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SignIn {
    /// Welcome.
    Welcome(Box<Person>),
    /// The password was right, and now the code of the second factor is asked.
    CodeNeeded(Box<Person>),
    /// The password was right, and the operator suspended the account. Only who knows the password learns it.
    Suspended,
    /// Unknown address or wrong password; which of the two is not told.
    Wrong,
    /// Too many attempts: come back after this many seconds.
    TooMany(u64),
}

/// Tries to sign somebody in from that network address. `now` is real time, also in a demo. Slow on purpose: keep it
/// off the async threads, and few at a time.
///
/// # Errors
///
/// When the database fails.
pub fn sign_in(store: &Store, email: &str, password: &str, address: &str, now: DateTime<Utc>) -> Result<SignIn, Error> {
    let email = email.trim().to_lowercase();
    let person = store.read(|db| accounts::find_by_email(db, &email))?;
    let limits = [Limit::passwords_of(&email), Limit::from_address(address)];
    let tried = check(store, person, password, &limits, now)?;
    let SignIn::Welcome(person) = tried else { return Ok(tried) };
    if person.suspended_at.is_some() {
        return Ok(SignIn::Suspended);
    }
    let is_asked = store.read(|db| second_factors::find(db, person.id))?.is_some();
    Ok(if is_asked { SignIn::CodeNeeded(person) } else { SignIn::Welcome(person) })
}

/// Asks somebody who is signed in for their password once more, with the same limit as at signing in.
///
/// # Errors
///
/// When the database fails.
pub fn confirm(store: &Store, person: &Person, password: &str, now: DateTime<Utc>) -> Result<SignIn, Error> {
    check(store, Some(person.clone()), password, &[Limit::passwords_of(&person.email)], now)
}

/// Counts the attempt before it looks at the password, and forgets it when it was right.
fn check(
    store: &Store,
    person: Option<Person>,
    password: &str,
    limits: &[Limit],
    now: DateTime<Utc>,
) -> Result<SignIn, Error> {
    let attempts = match store.write(|db| limits::count(db, limits, now))? {
        Ok(attempts) => attempts,
        Err(seconds) => return Ok(SignIn::TooMany(seconds)),
    };
    let hash = person.as_ref().and_then(|person| person.password_hash.as_deref());
    if !passwords::matches(password, hash) {
        return Ok(SignIn::Wrong);
    }
    store.write(|db| limits::forgive(db, &limits[0], &attempts))?;
    Ok(person.map_or(SignIn::Wrong, |person| SignIn::Welcome(Box::new(person))))
}

/// The account with that address.
///
/// # Errors
///
/// When the database fails.
pub fn find_by_email(store: &Store, email: &str) -> Result<Option<Person>, Error> {
    store.read(|db| accounts::find_by_email(db, email))
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
    store.read(|db| accounts::find(db, account))
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
pub fn set_password(store: &Store, account: AccountId, password: &str, by: &By, now: Times) -> Result<Epoch, Error> {
    let hash = passwords::hash(password);
    store.write(|db| replace_password(db, account, &hash, by, now))
}

/// The same inside a transaction. Links to set a password that are still under way end too, the calendar gets another
/// address, and who had to wait after too many wrong guesses does not have to wait with the right one. A second factor
/// stays: a mailbox alone opens nothing.
pub(in crate::operations) fn replace_password(
    db: &mut Db,
    account: AccountId,
    hash: &str,
    by: &By,
    now: Times,
) -> Result<Epoch, Error> {
    accounts::set_password_hash(db, account, hash)?;
    password_links::end_all_of(db, Some(account), now.wall)?;
    if let Some(person) = accounts::find(db, account)? {
        limits::forget(db, &Limit::passwords_of(&person.email))?;
        limits::forget(db, &Limit::codes_of(&person.email))?;
    }
    events::record(db, account, AccountEventKind::PasswordSet, by, now)?;
    calendars::renew(db, account, by, now)?;
    sessions::end_all_of(db, account)
}

/// Ends every session of an account, and every sign-in that is under way.
pub fn sign_out_everywhere(store: &Store, account: AccountId, by: &By, now: Times) -> Result<Epoch, Error> {
    store.write(|db| {
        events::record(db, account, AccountEventKind::SignedOutEverywhere, by, now)?;
        sessions::end_all_of(db, account)
    })
}
