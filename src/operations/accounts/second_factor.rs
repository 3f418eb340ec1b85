//! The second factor: the code of an app besides the password (RFC 6238), and recovery codes for when the app is lost.
//!
//! The app's secret is encrypted with a key that comes from `--secret-key` and is not in the database. With another key
//! the codes of apps no longer fit: recovery codes still do, and an operator can remove the second factor.

use chrono::{DateTime, TimeDelta, Utc};

use crate::clock::Times;
use crate::domain::accounts::event::AccountEventKind;
use crate::domain::{Account, AccountId, Epoch};
use crate::operations::accounts::events::{self, By};
use crate::operations::accounts::limits::{self, Limits, Verdict, Way};
use crate::operations::accounts::{passwords, recovery, totp};
use crate::secret::Secret;
use crate::store::accounts::second_factors::SecondFactor;
use crate::store::accounts::{generations, second_factors, sessions};
use crate::store::{Error, Store};
use crate::turns::Turn;

/// The second factor of an account, as its owner sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SecondFactorStatus {
    /// Since when it is on.
    pub since: DateTime<Utc>,
    /// How many recovery codes are unused.
    pub codes_left: i64,
}

/// The outcome of switching it on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SwitchedOn {
    /// It is on.
    Yes {
        /// The recovery codes, to be shown once.
        codes: Vec<String>,
        /// The new epoch.
        epoch: Epoch,
    },
    /// The code was wrong, or it was on already.
    No,
    /// Recovery codes were made too often; the next set is possible after this many seconds.
    TooMany(u64),
}

/// The outcome of asking for new recovery codes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Renewed {
    /// The new codes, to be shown once.
    Codes(Vec<String>),
    /// The second factor is off.
    Off,
    /// Recovery codes were made too often; the next set is possible after this many seconds.
    TooMany(u64),
}

/// The outcome of trying a code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CodeCheck {
    /// The code was right, and is used up.
    Right,
    /// The code was wrong, or was used before; the answer does not tell which.
    Wrong,
    /// There were too many attempts; the next one is possible after this many seconds.
    TooMany(u64),
}

/// How long an offered secret can be confirmed, in minutes (our choice: time to install an app).
pub const OFFER_MINUTES: i64 = 30;

/// The purpose of an account's encrypted secret: the secret of another account does not fit in its place.
fn purpose(account: AccountId) -> String {
    format!("second-factor.{}", account.0)
}

/// The second factor of an account; `None` when it is off.
pub fn standing(store: &Store, account: AccountId) -> Result<Option<SecondFactorStatus>, Error> {
    store.snapshot(|db| match second_factors::find(db, account)? {
        Some(factor) => {
            Ok(Some(SecondFactorStatus { since: factor.since, codes_left: second_factors::codes_left(db, account)? }))
        }
        None => Ok(None),
    })
}

/// The offer of a new secret for an app. Nothing is stored until it is confirmed.
#[derive(Clone, PartialEq, Eq)]
pub struct Offer {
    /// The secret, to be shown to the account's owner.
    pub shared: String,
    /// The encrypted secret, for the form that confirms it.
    pub hidden: String,
}

impl Offer {
    /// Makes a new secret for that account.
    #[must_use]
    pub fn new(secret: &Secret, account: AccountId, now: DateTime<Utc>) -> Self {
        let (shared, until) = (totp::new_secret(), (now + TimeDelta::minutes(OFFER_MINUTES)).timestamp());
        let hidden = format!("{until}.{}", secret.hide(&offer_purpose(account, until), &shared));
        Self { shared, hidden }
    }

    /// The offer that a form brings back; `None` when it is not ours, is for another account, or is too old.
    #[must_use]
    pub fn read(secret: &Secret, account: AccountId, hidden: &str, now: DateTime<Utc>) -> Option<Self> {
        let (until, text) = hidden.split_once('.')?;
        let until: i64 = until.parse().ok().filter(|until| now.timestamp() < *until)?;
        let shared = secret.reveal(&offer_purpose(account, until), text)?;
        Some(Self { shared, hidden: hidden.to_owned() })
    }
}

/// The purpose of the encrypted secret in an offer. It differs from the purpose of a stored secret, so that a secret
/// from a copy of the database is no offer and is never shown.
fn offer_purpose(account: AccountId, until: i64) -> String {
    format!("offer.{}.{until}", account.0)
}

/// An offer with the code that its reader got from their app.
pub struct Confirmed {
    /// The offer.
    pub offer: Offer,
    /// The code.
    pub code: String,
    /// Who confirms it.
    pub by: By,
}

/// Switches the second factor of an account on, when `code` belongs to the offered secret, and ends every session.
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
    let hidden_secret = secret.hide_marked(&purpose(account), &offer.shared);
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

/// Counts a set of recovery codes that is about to be made. Returns the seconds to wait when there were too many.
fn count_recovery_codes(store: &Store, secret: &Secret, account: AccountId, now: Times) -> Result<Option<u64>, Error> {
    store.write(|db| {
        let limits = Limits::new(secret, generations::find(db, Some(account))?);
        Ok(match limits::count(db, limits.recovery_codes(account), now.wall)? {
            Verdict::Allowed(_) => None,
            Verdict::Blocked(seconds) => Some(seconds),
        })
    })
}

/// Switches the second factor off, and ends every session. Returns the new epoch; `None` when it was not on.
pub fn switch_off(store: &Store, account: AccountId, by: &By, now: Times) -> Result<Option<Epoch>, Error> {
    store.write(|db| {
        if !second_factors::delete(db, account)? {
            return Ok(None);
        }
        events::record(db, account, AccountEventKind::FactorOff, by, now)?;
        sessions::end_all_of(db, account).map(Some)
    })
}

/// Makes new recovery codes; the older ones stop working.
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
    /// The entry: a code of the app, or a recovery code.
    pub code: String,
    /// How the first step was taken.
    pub way: Way,
    /// The actor, for the account's events.
    pub by: By,
}

/// Tries the code after the password: a code of the app, or a recovery code. Each first step of signing in has its own
/// limit.
pub fn check(
    store: &Store,
    turn: &mut Turn,
    secret: &Secret,
    person: &Account,
    attempt: &CodeAttempt,
    now: Times,
) -> Result<CodeCheck, Error> {
    let counted = store.write(|db| {
        let limits = Limits::new(secret, generations::find(db, Some(person.id))?);
        limits::count(db, limits.codes(person.id, &person.email, &attempt.way), now.wall)
    })?;
    let counted = match counted {
        Verdict::Allowed(counted) => counted,
        Verdict::Blocked(seconds) => return Ok(CodeCheck::TooMany(seconds)),
    };
    if !uses_up(store, turn, secret, person.id, attempt, now)? {
        store.write(|db| events::code_was_wrong(db, person.id, &attempt.by, now))?;
        return Ok(CodeCheck::Wrong);
    }
    store.write(|db| limits::forgive(db, &counted))?;
    Ok(CodeCheck::Right)
}

/// Uses a code up, and returns whether it was right and unused.
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
        let shared = secret.reveal_marked(&purpose(account), &factor.hidden_secret);
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

/// How many secrets are hidden anew in one transaction.
const HIDDEN_AT_ONCE: i64 = 100;

/// Hides the secrets of second factors that another key hid with the key of this server, in small steps. Returns how many.
/// One that neither key reveals stays as it is.
pub fn hide_anew(store: &Store, secret: &Secret) -> Result<usize, Error> {
    let (mark, mut after, mut hidden) = (secret.mark(), AccountId(i64::MIN), 0);
    loop {
        let found = store.snapshot(|db| second_factors::hidden_otherwise(db, &mark, after, HIDDEN_AT_ONCE))?;
        let Some((last, _)) = found.last() else { return Ok(hidden) };
        after = *last;
        hidden += store.write(|db| {
            let mut count = 0;
            for (account, before) in &found {
                let Some(shared) = secret.reveal_marked(&purpose(*account), before) else { continue };
                second_factors::hide_anew(db, *account, (before, &secret.hide_marked(&purpose(*account), &shared)))?;
                count += 1;
            }
            Ok::<_, Error>(count)
        })?;
    }
}

/// A code of an app without the spaces that people type in it.
fn digits(code: &str) -> String {
    code.chars().filter(|c| !c.is_whitespace()).collect()
}
