//! A second factor: the code of an app besides the password (RFC 6238), and recovery codes for when the app is gone.
//!
//! The app's secret is hidden with a key that comes from `--secret-key` and is not in the database. With another key no
//! app's code fits any more: recovery codes still do, and an operator can take the second factor away.

use chrono::{DateTime, Utc};

use crate::clock::Times;
use crate::domain::{AccountId, Epoch};
use crate::operations::accounts::limits::{self, Limit};
use crate::operations::accounts::{passwords, recovery, token, totp};
use crate::secret::Secret;
use crate::store::accounts::Person;
use crate::store::accounts::second_factors::SecondFactor;
use crate::store::accounts::{second_factors, sessions};
use crate::store::outbox::Notice;
use crate::store::{Error, Store, outbox};

/// What somebody sees of their own second factor.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Standing {
    /// Since when it is on.
    pub since: DateTime<Utc>,
    /// Recovery codes that were not used.
    pub codes_left: i64,
}

/// What switching it on came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SwitchedOn {
    /// The recovery codes, to be shown once.
    pub codes: Vec<String>,
    /// The epoch that begins.
    pub epoch: Epoch,
}

/// How trying a code ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tried {
    /// It was right, and is used up.
    Right,
    /// It was not, or it was used before; which of the two is not told.
    Wrong,
    /// Too many attempts: come back after this many seconds.
    TooMany(u64),
}

/// What the hidden secret of an account is for; one of somebody else does not fit in its place.
fn purpose(account: AccountId) -> String {
    format!("second-factor.{}", account.0)
}

/// How it stands with an account's second factor; nothing when it is off.
///
/// # Errors
///
/// When the database fails.
pub fn standing(store: &Store, account: AccountId) -> Result<Option<Standing>, Error> {
    store.read(|db| match second_factors::find(db, account)? {
        Some(factor) => {
            Ok(Some(Standing { since: factor.since, codes_left: second_factors::codes_left(db, account)? }))
        }
        None => Ok(None),
    })
}

/// An offer of a new secret: hidden, for the form that confirms it. Nothing is written down until it is confirmed.
#[must_use]
pub fn offer(secret: &Secret, account: AccountId) -> String {
    secret.hide(&purpose(account), &totp::new_secret())
}

/// The secret in an offer, to be shown to whoever it was made for.
#[must_use]
pub fn offered(secret: &Secret, account: AccountId, offer: &str) -> Option<String> {
    secret.reveal(&purpose(account), offer)
}

/// Switches the second factor of an account on, when `code` is one of the offered secret, and ends every session.
/// Answers with its recovery codes; nothing when the code is wrong, or it was on already.
///
/// # Errors
///
/// When the database fails.
pub fn switch_on(
    store: &Store,
    secret: &Secret,
    account: AccountId,
    (offer, code): (&str, &str),
    now: Times,
) -> Result<Option<SwitchedOn>, Error> {
    let Some(shared) = offered(secret, account, offer) else { return Ok(None) };
    let Some(last_step) = totp::step(&shared, &digits(code), now.wall) else { return Ok(None) };
    let (codes, hashes) = recovery::make();
    let factor = SecondFactor { hidden_secret: offer.to_owned(), since: now.wall, last_step };
    store.write(|db| {
        if second_factors::find(db, account)?.is_some() {
            return Ok(None);
        }
        second_factors::insert(db, account, &factor)?;
        second_factors::replace_codes(db, account, &hashes)?;
        outbox::give_notice(db, account, Notice::FactorOn, &token::unguessable(), now.app)?;
        Ok(Some(SwitchedOn { codes, epoch: sessions::end_all_of(db, account)? }))
    })
}

/// Switches it off, and ends every session. Answers with the epoch that begins; nothing when it was not on.
///
/// # Errors
///
/// When the database fails.
pub fn switch_off(store: &Store, account: AccountId, now: Times) -> Result<Option<Epoch>, Error> {
    store.write(|db| {
        if !second_factors::delete(db, account)? {
            return Ok(None);
        }
        outbox::give_notice(db, account, Notice::FactorOff, &token::unguessable(), now.app)?;
        sessions::end_all_of(db, account).map(Some)
    })
}

/// Makes new recovery codes; the older ones open nothing any more. Nothing when the second factor is off.
///
/// # Errors
///
/// When the database fails.
pub fn renew_codes(store: &Store, account: AccountId, now: Times) -> Result<Option<Vec<String>>, Error> {
    let (codes, hashes) = recovery::make();
    store.write(|db| {
        if second_factors::find(db, account)?.is_none() {
            return Ok(None);
        }
        second_factors::replace_codes(db, account, &hashes)?;
        outbox::give_notice(db, account, Notice::CodesRenewed, &token::unguessable(), now.app)?;
        Ok(Some(codes))
    })
}

/// Tries the code that somebody types after their password: one of the app, or a recovery code.
///
/// # Errors
///
/// When the database fails.
pub fn check(
    store: &Store,
    secret: &Secret,
    person: &Person,
    (code, address): (&str, &str),
    now: Times,
) -> Result<Tried, Error> {
    let limits = [Limit::codes_of(&person.email), Limit::from_address(address)];
    let attempts = match store.write(|db| limits::count(db, &limits, now.wall))? {
        Ok(attempts) => attempts,
        Err(seconds) => return Ok(Tried::TooMany(seconds)),
    };
    if !uses_up(store, secret, person.id, code, now)? {
        return Ok(Tried::Wrong);
    }
    store.write(|db| limits::forgive(db, &limits[0], &attempts))?;
    Ok(Tried::Right)
}

/// Uses a code up, and says whether it was right and not used before.
fn uses_up(store: &Store, secret: &Secret, account: AccountId, code: &str, now: Times) -> Result<bool, Error> {
    let Some(factor) = store.read(|db| second_factors::find(db, account))? else { return Ok(false) };
    let Some((number, typed)) = recovery::read(code) else {
        let shared = secret.reveal(&purpose(account), &factor.hidden_secret);
        let step = shared.and_then(|shared| totp::step(&shared, &digits(code), now.wall));
        return step.map_or(Ok(false), |step| store.write(|db| second_factors::use_step(db, account, step)));
    };
    let hash = store.read(|db| second_factors::code_hash(db, account, number))?;
    if !passwords::matches(&typed, hash.as_deref()) {
        return Ok(false);
    }
    store.write(|db| {
        let is_used = second_factors::use_code(db, account, number, &hash.unwrap_or_default())?;
        if is_used {
            outbox::give_notice(db, account, Notice::CodeUsed, &token::unguessable(), now.app)?;
        }
        Ok(is_used)
    })
}

/// A code of an app without the spaces people type in it.
fn digits(code: &str) -> String {
    code.chars().filter(|c| !c.is_whitespace()).collect()
}
