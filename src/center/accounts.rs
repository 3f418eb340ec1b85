//! Who somebody is: signing in, and what they choose on the account page.

use std::fmt::Write;

use chrono::{DateTime, TimeDelta, Utc};
use sha2::{Digest, Sha256};

use super::passwords;
use crate::domain::AccountId;
use crate::store::people::{Optional, Person, Preferences};
use crate::store::{Db, Error, Store, password_links, people, sessions, sign_in};

/// Failed attempts for one account within [`FAILURE_WINDOW_MINUTES`] after which it must wait (our choice: plenty for
/// somebody who mistypes, useless for somebody who guesses).
const MAX_FAILURES_PER_ACCOUNT: usize = 10;
/// The same for one network address, behind which a whole office may sit.
const MAX_FAILURES_PER_ADDRESS: usize = 50;
/// How long failures count, in minutes.
const FAILURE_WINDOW_MINUTES: i64 = 15;
/// How long what is counted is remembered, in minutes: as long as the longest count asks, here or for password links.
pub(super) const REMEMBERED_MINUTES: i64 = 60;

/// How an attempt to sign in ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SignIn {
    /// Welcome.
    Welcome(Box<Person>),
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
    let person = store.read(|db| people::find_by_email(db, &email))?;
    let limits =
        [(key("account", &email), MAX_FAILURES_PER_ACCOUNT), (key("address", address), MAX_FAILURES_PER_ADDRESS)];
    check(store, person, password, &limits, now)
}

/// Asks somebody who is signed in for their password once more, with the same limit as at signing in.
///
/// # Errors
///
/// When the database fails.
pub fn confirm(store: &Store, person: &Person, password: &str, now: DateTime<Utc>) -> Result<SignIn, Error> {
    let limits = [(key("account", &person.email), MAX_FAILURES_PER_ACCOUNT)];
    check(store, Some(person.clone()), password, &limits, now)
}

/// Counts the attempt before it looks at the password, so that many at once are many, and forgets it when it was right.
fn check(
    store: &Store,
    person: Option<Person>,
    password: &str,
    limits: &[(String, usize)],
    now: DateTime<Utc>,
) -> Result<SignIn, Error> {
    let since = now - TimeDelta::minutes(FAILURE_WINDOW_MINUTES);
    let counted = store.write(|db| {
        sign_in::forget_before(db, now - TimeDelta::minutes(REMEMBERED_MINUTES), now)?;
        for (who, most) in limits {
            let failures = sign_in::failures_since(db, who, since)?;
            if failures.len() >= *most {
                // The oldest that still counts has to leave the window first.
                let opens = failures[failures.len() - most] + TimeDelta::minutes(FAILURE_WINDOW_MINUTES);
                return Ok(Err((opens - now).num_seconds().max(1).unsigned_abs()));
            }
        }
        let count = |(who, _): &(String, usize)| sign_in::remember_failure(db, who, now);
        limits.iter().map(count).collect::<Result<Vec<i64>, Error>>().map(Ok)
    })?;
    let attempts = match counted {
        Ok(attempts) => attempts,
        Err(seconds) => return Ok(SignIn::TooMany(seconds)),
    };
    let hash = person.as_ref().and_then(|person| person.password_hash.as_deref());
    if !passwords::matches(password, hash) {
        return Ok(SignIn::Wrong);
    }
    store.write(|db| {
        sign_in::forget(db, &limits[0].0)?;
        attempts.iter().try_for_each(|attempt| sign_in::forget_one(db, *attempt))
    })?;
    Ok(person.map_or(SignIn::Wrong, |person| SignIn::Welcome(Box::new(person))))
}

/// What stands for an address in the table of failures: never the address itself.
pub(super) fn key(what: &str, value: &str) -> String {
    hex(&Sha256::digest(format!("{what}:{value}")))
}

/// Bytes as lower-case hexadecimal digits.
#[must_use]
pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut digits, byte| {
        write!(digits, "{byte:02x}").expect("writing to a string never fails");
        digits
    })
}

/// The account with that number, and how many questions wait for its answer.
///
/// # Errors
///
/// When the database fails.
pub fn find(store: &Store, account: AccountId, now: DateTime<Utc>) -> Result<Option<(Person, i64)>, Error> {
    store.read(|db| match people::find(db, account)? {
        Some(person) => Ok(Some((person, crate::store::disputes::waiting_for(db, account, now)?))),
        None => Ok(None),
    })
}

/// The account with that address.
///
/// # Errors
///
/// When the database fails.
pub fn find_by_email(store: &Store, email: &str) -> Result<Option<Person>, Error> {
    store.read(|db| people::find_by_email(db, email))
}

/// Remembers what somebody chose on the account page.
///
/// # Errors
///
/// When the database fails.
pub fn set_preferences(store: &Store, account: AccountId, chosen: &Preferences) -> Result<(), Error> {
    store.write(|db| people::set_preferences(db, account, chosen))
}

/// The account with that number, for whoever proved by a sealed address that they read its mail.
///
/// # Errors
///
/// When the database fails.
pub fn find_by_id(store: &Store, account: AccountId) -> Result<Option<Person>, Error> {
    store.read(|db| people::find(db, account))
}

/// Switches one kind of mail off.
///
/// # Errors
///
/// When the database fails.
pub fn switch_mail_off(store: &Store, account: AccountId, kind: Optional) -> Result<(), Error> {
    store.write(|db| people::switch_mail_off(db, account, kind))
}

/// Remembers the language somebody switched to.
///
/// # Errors
///
/// When the database fails.
pub fn set_language(store: &Store, account: AccountId, language: &str) -> Result<(), Error> {
    store.write(|db| people::set_language(db, account, language))
}

/// Sets a password and ends every session: whoever knew the old password is out. `now` is real time, also in a demo.
///
/// # Errors
///
/// When the database fails.
pub fn set_password(store: &Store, account: AccountId, password: &str, now: DateTime<Utc>) -> Result<(), Error> {
    let hash = passwords::hash(password);
    store.write(|db| replace_password(db, account, &hash, now))
}

/// The same inside a transaction. Links to set a password that are still under way end too, and who had to wait after
/// too many wrong guesses does not have to wait with the right one.
pub(super) fn replace_password(db: &mut Db, account: AccountId, hash: &str, now: DateTime<Utc>) -> Result<(), Error> {
    people::set_password_hash(db, account, hash)?;
    password_links::end_all_of(db, Some(account), now)?;
    if let Some(person) = people::find(db, account)? {
        sign_in::forget(db, &key("account", &person.email))?;
    }
    sessions::delete_all_of(db, account)
}

/// Ends every session of an account.
///
/// # Errors
///
/// When the database fails.
pub fn sign_out_everywhere(store: &Store, account: AccountId) -> Result<(), Error> {
    store.write(|db| sessions::delete_all_of(db, account))
}
