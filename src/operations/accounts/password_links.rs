//! A forgotten password, or the first one of an imported account: a link by mail that sets it once.

use chrono::{DateTime, TimeDelta, Utc};

use crate::clock::Times;
use crate::domain::accounts::account::PASSWORD_LINK_HOURS;
use crate::operations::accounts::events::By;
use crate::operations::accounts::limits::{self, Limit};
use crate::operations::accounts::sign_in::replace_password;
use crate::operations::accounts::{passwords, token};
use crate::store::accounts::Person;
use crate::store::accounts::{self, password_links};
use crate::store::{Error, Store, outbox};

/// How asking for a link ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Asked {
    /// Whoever has that address gets a mail. Whether anybody has, and whether this was once too often, is not told.
    Heard,
    /// Too many from this network address: come back after this many seconds.
    TooMany(u64),
}

/// Puts a mail with a link into the outbox for whoever has that address; every older link of theirs ends. For an
/// address of nobody the same is done, up to a link of nobody, and without the mail.
///
/// # Errors
///
/// When the database fails.
pub fn ask(store: &Store, email: &str, address: &str, now: Times) -> Result<Asked, Error> {
    let email = email.trim().to_lowercase();
    let name = token::unguessable();
    store.write(|db| {
        if let Err(seconds) = limits::count(db, &[Limit::links_from(address)], now.wall)? {
            return Ok(Asked::TooMany(seconds));
        }
        // Counted by the address that was typed, so that it makes no difference whether anybody has it.
        if limits::count(db, &[Limit::links_of(&email)], now.wall)?.is_err() {
            return Ok(Asked::Heard);
        }
        // Nobody signs in to a suspended account, and a link would not work.
        let found = accounts::find_by_email(db, &email)?.filter(|person| person.suspended_at.is_none());
        let account = found.map(|person| person.id);
        password_links::end_all_of(db, account, now.wall)?;
        password_links::insert(db, &name, account, now.wall, now.wall + TimeDelta::hours(PASSWORD_LINK_HOURS.into()))?;
        if let Some(account) = account {
            outbox::send_password_link(db, account, &name, now.app)?;
        }
        Ok(Asked::Heard)
    })
}

/// Whose password the link with that name sets, while it works. `now` is real time, also in a demo.
///
/// # Errors
///
/// When the database fails.
pub fn owner(store: &Store, name: &str, now: DateTime<Utc>) -> Result<Option<Person>, Error> {
    store.read(|db| match password_links::owner(db, name, now)? {
        Some(account) => Ok(accounts::find(db, account)?.filter(|person| person.suspended_at.is_none())),
        None => Ok(None),
    })
}

/// Sets the password with the link of that name, which is used up, and ends every session of the account. Answers
/// whether the link still worked. Slow on purpose: keep it off the async threads, and few at a time.
///
/// # Errors
///
/// When the database fails.
pub fn set(store: &Store, name: &str, password: &str, by: &By, now: Times) -> Result<bool, Error> {
    let hash = passwords::hash(password);
    store.write(|db| {
        let Some(account) = password_links::owner(db, name, now.wall)? else { return Ok(false) };
        let is_suspended = accounts::find(db, account)?.is_none_or(|person| person.suspended_at.is_some());
        if is_suspended || !password_links::end(db, name, now.wall)? {
            return Ok(false);
        }
        replace_password(db, account, &hash, by, now)?;
        Ok(true)
    })
}
