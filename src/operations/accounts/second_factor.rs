//! A second factor: the code of an app besides the password (RFC 6238), and recovery codes for when the app is gone.
//!
//! The app's secret is hidden with a key that comes from `--secret-key` and is not in the database. With another key no
//! app's code fits any more: recovery codes still do, and an operator can take the second factor away.

use chrono::{DateTime, TimeDelta, Utc};

use crate::clock::Times;
use crate::domain::accounts::event::AccountEventKind;
use crate::domain::{AccountId, Epoch};
use crate::operations::accounts::events::{self, By};
use crate::operations::accounts::limits::{self, Limits, Way};
use crate::operations::accounts::{passwords, recovery, totp};
use crate::secret::Secret;
use crate::store::accounts::Person;
use crate::store::accounts::second_factors::SecondFactor;
use crate::store::accounts::{generations, second_factors, sessions};
use crate::store::{Error, Store};
use crate::turns::Turn;

/// What somebody sees of their own second factor.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SecondFactorStatus {
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
pub enum CodeCheck {
    /// It was right, and is used up.
    Right,
    /// It was not, or it was used before; which of the two is not told.
    Wrong,
    /// Too many attempts: come back after this many seconds.
    TooMany(u64),
}

/// How long an offered secret can be confirmed, in minutes (our choice: time to install an app).
pub const OFFER_MINUTES: i64 = 30;

/// What the hidden secret of an account is for; one of somebody else does not fit in its place.
fn purpose(account: AccountId) -> String {
    format!("second-factor.{}", account.0)
}

/// How it stands with an account's second factor; nothing when it is off.
///
/// # Errors
///
/// When the database fails.
pub fn standing(store: &Store, account: AccountId) -> Result<Option<SecondFactorStatus>, Error> {
    store.snapshot(|db| match second_factors::find(db, account)? {
        Some(factor) => {
            Ok(Some(SecondFactorStatus { since: factor.since, codes_left: second_factors::codes_left(db, account)? }))
        }
        None => Ok(None),
    })
}

/// An offer of a new secret, for an app. Nothing is written down until it is confirmed.
#[derive(Clone, PartialEq, Eq)]
pub struct Offer {
    /// The secret, to be shown to who it is made for.
    pub shared: String,
    /// The same hidden, as the form that confirms it carries it.
    pub hidden: String,
}

impl Offer {
    /// A new secret for that account.
    #[must_use]
    pub fn new(secret: &Secret, account: AccountId, now: DateTime<Utc>) -> Self {
        let (shared, until) = (totp::new_secret(), (now + TimeDelta::minutes(OFFER_MINUTES)).timestamp());
        let hidden = format!("{until}.{}", secret.hide(&offer_purpose(account, until), &shared));
        Self { shared, hidden }
    }

    /// The offer that a form brings back; nothing when we did not make it for that account, or too long ago.
    #[must_use]
    pub fn read(secret: &Secret, account: AccountId, hidden: &str, now: DateTime<Utc>) -> Option<Self> {
        let (until, text) = hidden.split_once('.')?;
        let until: i64 = until.parse().ok().filter(|until| now.timestamp() < *until)?;
        let shared = secret.reveal(&offer_purpose(account, until), text)?;
        Some(Self { shared, hidden: hidden.to_owned() })
    }
}

/// What the hidden secret in an offer is for. Another purpose than that of the secret that is kept: what a copy of the
/// database has is no offer, and is never shown.
fn offer_purpose(account: AccountId, until: i64) -> String {
    format!("offer.{}.{until}", account.0)
}

/// An offer, and the code that whoever put it in their app reads there.
pub struct Confirmed {
    /// The offer.
    pub offer: Offer,
    /// The code.
    pub code: String,
    /// Who confirms it.
    pub by: By,
}

/// Switches the second factor of an account on, when `code` is one of the offered secret, and ends every session.
pub fn switch_on(
    store: &Store,
    turn: &mut Turn,
    secret: &Secret,
    account: AccountId,
    confirmed: &Confirmed,
    now: Times,
) -> Result<SwitchedOn, Error> {
    let Confirmed { offer, code, by } = confirmed;
    let Some(last_step) = totp::step(&offer.shared, &digits(code), now.wall) else { return Ok(SwitchedOn::No) };
    if let Some(seconds) = count_recovery_codes(store, secret, account, now)? {
        return Ok(SwitchedOn::TooMany(seconds));
    }
    let (codes, hashes) = recovery::make(turn);
    let hidden_secret = secret.hide(&purpose(account), &offer.shared);
    let factor = SecondFactor { hidden_secret, since: now.wall, last_step };
    store.write(|db| {
        if second_factors::find(db, account)?.is_some() {
            return Ok(SwitchedOn::No);
        }
        second_factors::insert(db, account, &factor)?;
        second_factors::replace_codes(db, account, &hashes)?;
        events::record(db, account, AccountEventKind::FactorOn, by, now)?;
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
pub fn switch_off(store: &Store, account: AccountId, by: &By, now: Times) -> Result<Option<Epoch>, Error> {
    store.write(|db| {
        if !second_factors::delete(db, account)? {
            return Ok(None);
        }
        events::record(db, account, AccountEventKind::FactorOff, by, now)?;
        sessions::end_all_of(db, account).map(Some)
    })
}

/// Makes new recovery codes; the older ones open nothing any more.
pub fn renew_codes(
    store: &Store,
    turn: &mut Turn,
    secret: &Secret,
    account: AccountId,
    by: &By,
    now: Times,
) -> Result<Renewed, Error> {
    if let Some(seconds) = count_recovery_codes(store, secret, account, now)? {
        return Ok(Renewed::TooMany(seconds));
    }
    let (codes, hashes) = recovery::make(turn);
    store.write(|db| {
        if second_factors::find(db, account)?.is_none() {
            return Ok(Renewed::Off);
        }
        second_factors::replace_codes(db, account, &hashes)?;
        events::record(db, account, AccountEventKind::CodesRenewed, by, now)?;
        Ok(Renewed::Codes(codes))
    })
}

/// An attempt at the second step of signing in.
pub struct CodeAttempt {
    /// What was typed: a code of the app, or a recovery code.
    pub code: String,
    /// How the first step was taken.
    pub way: Way,
    /// Who tries.
    pub by: By,
}

/// Tries the code that somebody types after their password: one of the app, or a recovery code. Each way to get there has
/// its own limit.
pub fn check(
    store: &Store,
    turn: &mut Turn,
    secret: &Secret,
    person: &Person,
    attempt: &CodeAttempt,
    now: Times,
) -> Result<CodeCheck, Error> {
    let counted = store.write(|db| {
        let limits = Limits::new(secret, generations::find(db, Some(person.id))?);
        limits::count(db, limits.codes(person.id, &person.email, &attempt.way), now.wall)
    })?;
    let counted = match counted {
        Ok(counted) => counted,
        Err(seconds) => return Ok(CodeCheck::TooMany(seconds)),
    };
    if !uses_up(store, turn, secret, person.id, attempt, now)? {
        store.write(|db| events::code_was_wrong(db, person.id, &attempt.by, now))?;
        return Ok(CodeCheck::Wrong);
    }
    store.write(|db| limits::forgive(db, &counted))?;
    Ok(CodeCheck::Right)
}

/// Uses a code up, and says whether it was right and not used before.
fn uses_up(
    store: &Store,
    turn: &mut Turn,
    secret: &Secret,
    account: AccountId,
    CodeAttempt { code, by, .. }: &CodeAttempt,
    now: Times,
) -> Result<bool, Error> {
    let Some(factor) = store.snapshot(|db| second_factors::find(db, account))? else { return Ok(false) };
    let Some((number, typed)) = recovery::read(code) else {
        let shared = secret.reveal(&purpose(account), &factor.hidden_secret);
        let step = shared.and_then(|shared| totp::step(&shared, &digits(code), now.wall));
        return step.map_or(Ok(false), |step| store.write(|db| second_factors::use_step(db, account, step)));
    };
    let hash = store.snapshot(|db| second_factors::code_hash(db, account, number))?;
    if !passwords::matches(turn, &typed, hash.as_deref()) {
        return Ok(false);
    }
    store.write(|db| {
        let is_used = second_factors::use_code(db, account, number, &hash.unwrap_or_default())?;
        if is_used {
            events::record(db, account, AccountEventKind::CodeUsed, by, now)?;
        }
        Ok(is_used)
    })
}

/// A code of an app without the spaces people type in it.
fn digits(code: &str) -> String {
    code.chars().filter(|c| !c.is_whitespace()).collect()
}
