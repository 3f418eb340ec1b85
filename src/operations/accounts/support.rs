//! What an operator does for people who ask for help. It shows and changes accounts, and reads no dispute, reason or text.
//! Each change leaves an account event "by the operator", which the owner reads.

use chrono::{DateTime, Utc};

use crate::clock::Times;
use crate::domain::accounts::contact::{EmailAddress, PersonName};
use crate::domain::accounts::event::AccountEventKind;
use crate::domain::{Account, AccountId};
use crate::operations::accounts::events::{self, By};
use crate::operations::accounts::identity;
use crate::store::accounts::{self, calendars, generations, second_factors, sessions};
use crate::store::{Error, Store};

/// How many events of an account are searched for an invitation.
const SEARCHED: usize = 100;

/// Why a change is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    /// It is no address.
    #[error("this is not an e-mail address")]
    NoAddress,
    /// Another account has the address.
    #[error("another account has this address")]
    Taken,
    /// It is no name.
    #[error("a name is one line of 1 to 100 characters")]
    NoName,
    /// The account has been used.
    #[error("its owner has been here already")]
    BeenHere,
}

/// An account as support sees it.
#[derive(Debug, Clone)]
pub struct Profile {
    /// The account.
    pub person: Account,
    /// Whether signing in asks for a code.
    pub has_second_factor: bool,
    /// When each of its devices was last used.
    pub devices: Vec<DateTime<Utc>>,
    /// Whether there is a calendar, and when it was last read.
    pub calendar: Option<Option<DateTime<Utc>>>,
    /// How many orders it is the customer and the freelancer of.
    pub orders: (i64, i64),
}

/// What support sees of an account.
pub fn profile(store: &Store, person: Account) -> Result<Profile, Error> {
    store.snapshot(|db| {
        Ok(Profile {
            has_second_factor: second_factors::find(db, person.id)?.is_some(),
            devices: sessions::of_account(db, person.id)?.iter().map(|session| session.seen_at).collect(),
            calendar: calendars::find(db, person.id)?.map(|calendar| calendar.read_at),
            orders: accounts::count_orders(db, person.id)?,
            person,
        })
    })
}

/// One page of all accounts, by address.
pub fn list(store: &Store, after: &str, limit: usize) -> Result<Vec<Account>, Error> {
    store.snapshot(|db| accounts::list(db, after, limit))
}

/// Gives an account another address. Both addresses are told, and links that set a password end.
pub fn change_email(store: &Store, person: &Account, email: &str, now: Times) -> Result<Result<(), Refused>, Error> {
    let Ok(email) = email.parse().map(EmailAddress::into_string) else { return Ok(Err(Refused::NoAddress)) };
    store.write(|db| {
        if accounts::exists(db, &email)? {
            return Ok(Err(Refused::Taken));
        }
        identity::change_email(db, person, &email, &By::Operator, now)?;
        Ok(Ok(()))
    })
}

/// Gives an account another name.
pub fn rename(store: &Store, account: AccountId, name: &str, now: Times) -> Result<Result<(), Refused>, Error> {
    let Ok(name) = name.parse().map(PersonName::into_string) else { return Ok(Err(Refused::NoName)) };
    store.write(|db| {
        identity::rename(db, account, &name, &By::Operator, now)?;
        Ok(Ok(()))
    })
}

/// Invites the owner of an account who has never been here, by mail. Answers whether they were not invited before.
pub fn invite(store: &Store, person: &Account, now: Times) -> Result<Result<bool, Refused>, Error> {
    if person.first_signed_in_at.is_some() || person.password_hash.is_some() || person.is_suspended() {
        return Ok(Err(Refused::BeenHere));
    }
    store.write(|db| {
        let before = crate::store::accounts::events::list(db, person.id, None, SEARCHED)?;
        if before.iter().any(|event| event.kind == AccountEventKind::Invited) {
            return Ok(Ok(false));
        }
        events::record(db, person.id, AccountEventKind::Invited, &By::Operator, now)?;
        Ok(Ok(true))
    })
}

/// Forgets what was counted of wrong passwords and codes for an account.
pub fn unlock(store: &Store, account: AccountId, now: Times) -> Result<(), Error> {
    store.write(|db| {
        generations::forget_limits(db, account)?;
        events::record(db, account, AccountEventKind::Unlocked, &By::Operator, now)
    })
}

/// Ends an account's calendar; answers whether there was one.
pub fn stop_calendar(store: &Store, account: AccountId, now: Times) -> Result<bool, Error> {
    store.write(|db| {
        let had_one = calendars::delete(db, account)?;
        if had_one {
            events::record(db, account, AccountEventKind::CalendarStopped, &By::Operator, now)?;
        }
        Ok(had_one)
    })
}
