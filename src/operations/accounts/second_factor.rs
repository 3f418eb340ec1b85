//! A second factor: the code of an app besides the password (RFC 6238), and recovery codes for when the app is gone.
//!
//! The app's secret is hidden with a key that comes from `--secret-key` and is not in the database. With another key no
//! app's code fits any more: recovery codes still do, and an operator can take the second factor away.

use chrono::{DateTime, Utc};

use crate::clock::Times;
use crate::domain::{AccountId, Epoch};
use crate::operations::accounts::limits::{self, Limits, Way};
use crate::operations::accounts::{passwords, recovery, token, totp};
use crate::secret::Secret;
use crate::store::accounts::Person;
use crate::store::accounts::second_factors::SecondFactor;
use crate::store::accounts::{generations, second_factors, sessions};
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
pub enum SwitchedOn {
    /// It is on.
    Yes {
        /// The recovery codes, to be shown once.
        codes: Vec<String>,
        /// The epoch that begins.
        epoch: Epoch,
    },
    /// The code was wrong, or it was on already.
    No,
    /// Recovery codes were made too often: come back after this many seconds.
    TooMany(u64),
}

/// What asking for new recovery codes came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Renewed {
    /// The new codes, to be shown once.
    Codes(Vec<String>),
    /// The second factor is off.
    Off,
    /// Recovery codes were made too often: come back after this many seconds.
    TooMany(u64),
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
pub fn switch_on(
    store: &Store,
    secret: &Secret,
    account: AccountId,
    (offer, code): (&str, &str),
    now: Times,
) -> Result<SwitchedOn, Error> {
    let Some(shared) = offered(secret, account, offer) else { return Ok(SwitchedOn::No) };
    let Some(last_step) = totp::step(&shared, &digits(code), now.wall) else { return Ok(SwitchedOn::No) };
    if let Some(seconds) = count_recovery_codes(store, secret, account, now)? {
        return Ok(SwitchedOn::TooMany(seconds));
    }
    let (codes, hashes) = recovery::make();
    let factor = SecondFactor { hidden_secret: offer.to_owned(), since: now.wall, last_step };
    store.write(|db| {
        if second_factors::find(db, account)?.is_some() {
            return Ok(SwitchedOn::No);
        }
        second_factors::insert(db, account, &factor)?;
        second_factors::replace_codes(db, account, &hashes)?;
        outbox::give_notice(db, account, Notice::FactorOn, &token::unguessable(), now.app)?;
        Ok(SwitchedOn::Yes { codes, epoch: sessions::end_all_of(db, account)? })
    })
}

/// Counts a set of recovery codes that is about to be made. Answers with the seconds to wait when there were too many.
fn count_recovery_codes(store: &Store, secret: &Secret, account: AccountId, now: Times) -> Result<Option<u64>, Error> {
    store.write(|db| {
        let limits = Limits::new(secret, generations::find(db, Some(account))?);
        Ok(limits::count(db, limits.recovery_codes(account), now.wall)?.err())
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

/// Makes new recovery codes; the older ones open nothing any more.
pub fn renew_codes(store: &Store, secret: &Secret, account: AccountId, now: Times) -> Result<Renewed, Error> {
    if let Some(seconds) = count_recovery_codes(store, secret, account, now)? {
        return Ok(Renewed::TooMany(seconds));
    }
    let (codes, hashes) = recovery::make();
    store.write(|db| {
        if second_factors::find(db, account)?.is_none() {
            return Ok(Renewed::Off);
        }
        second_factors::replace_codes(db, account, &hashes)?;
        outbox::give_notice(db, account, Notice::CodesRenewed, &token::unguessable(), now.app)?;
        Ok(Renewed::Codes(codes))
    })
}

/// Tries the code that somebody types after their password: one of the app, or a recovery code. Each way to get there has
/// its own limit.
pub fn check(
    store: &Store,
    secret: &Secret,
    person: &Person,
    (code, way): (&str, &Way),
    now: Times,
) -> Result<Tried, Error> {
    let counted = store.write(|db| {
        let limits = Limits::new(secret, generations::find(db, Some(person.id))?);
        limits::count(db, limits.codes(person.id, &person.email, way), now.wall)
    })?;
    let counted = match counted {
        Ok(counted) => counted,
        Err(seconds) => return Ok(Tried::TooMany(seconds)),
    };
    if !uses_up(store, secret, person.id, code, now)? {
        return Ok(Tried::Wrong);
    }
    store.write(|db| limits::forgive(db, &counted))?;
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
