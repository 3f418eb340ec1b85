//! Password links by mail, for a forgotten password or the first one of an imported account. A link sets the password
//! once and signs its owner in.

use std::net::IpAddr;

use chrono::{DateTime, TimeDelta, Utc};

use crate::clock::Times;
use crate::domain::Account;
use crate::domain::accounts::account::PASSWORD_LINK_HOURS;
use crate::domain::accounts::contact::EmailAddress;
use crate::operations::accounts::events::By;
use crate::operations::accounts::limits::{self, Limits, Verdict};
use crate::operations::accounts::sign_in::replace_password;
use crate::operations::accounts::{passwords, token};
use crate::secret::Secret;
use crate::store::accounts::{self, generations, password_links, second_factors};
use crate::store::{Error, Store, outbox};
use crate::turns::Turn;

/// The outcome of asking for a link.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LinkRequest {
    /// The account with that address gets a mail. The answer does not tell whether there is one, nor whether it reached
    /// its limit.
    Heard,
    /// There were too many requests from this network address; the next one is possible after this many seconds.
    TooMany(u64),
}

/// The origin of a request for a link.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum From {
    /// A browser that the account knows.
    KnownDevice,
    /// Another browser, at that network address.
    Address(IpAddr),
}

/// Puts a mail with a link into the outbox for the account with that address. Its older links go on working, so that a
/// stranger who asks for a new one takes none away.
///
/// For an unknown address the same steps are done, without the mail.
pub fn ask(store: &Store, secret: &Secret, email: &str, from: From, now: Times) -> Result<LinkRequest, Error> {
    let email = EmailAddress::as_written(email);
    let name = token::random();
    store.write(|db| {
        let found = accounts::find_by_email(db, &email)?;
        let limits = Limits::new(secret, generations::find(db, found.as_ref().map(|person| person.id))?);
        // A suspended account cannot be signed in to, and a link to it would not work.
        let account = found.filter(|person| !person.is_suspended()).map(|person| person.id);
        if let From::Address(address) = from
            && let Verdict::Blocked(seconds) = limits::count(db, limits.links_from(address), now.wall)?
        {
            return Ok(LinkRequest::TooMany(seconds));
        }
        // Counted by the typed address, so that it makes no difference whether an account has it.
        if let Verdict::Blocked(_) = limits::count(db, limits.links(&email), now.wall)? {
            return Ok(LinkRequest::Heard);
        }
        password_links::insert(db, &name, account, now.wall, now.wall + TimeDelta::hours(PASSWORD_LINK_HOURS.into()))?;
        if let Some(account) = account {
            outbox::send_password_link(db, account, &name, now.app)?;
        }
        Ok(LinkRequest::Heard)
    })
}

/// The account whose password the link with that name sets, while the link works. `now` is the wall clock, also in a
/// demo.
pub fn owner(store: &Store, name: &str, now: DateTime<Utc>) -> Result<Option<Account>, Error> {
    store.snapshot(|db| match password_links::owner(db, name, now)? {
        Some(account) => Ok(accounts::find(db, account)?.filter(|person| !person.is_suspended())),
        None => Ok(None),
    })
}

/// An account that a link opened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Opened {
    /// The account, in the epoch that began.
    pub person: Account,
    /// Whether the code of a second factor is still missing.
    pub asks_code: bool,
}

/// Sets the password with the link of that name, uses the link up, and ends every session of the account. Returns the
/// account; `None` when the link no longer worked.
pub fn set(
    store: &Store,
    turn: &mut Turn,
    name: &str,
    password: &str,
    by: &By,
    now: Times,
) -> Result<Option<Opened>, Error> {
    let hash = passwords::hash(turn, password);
    store.write(|db| {
        let Some(account) = password_links::owner(db, name, now.wall)? else { return Ok(None) };
        let is_suspended = accounts::find(db, account)?.is_none_or(|person| person.is_suspended());
        if is_suspended || !password_links::end(db, name, now.wall)? {
            return Ok(None);
        }
        replace_password(db, account, &hash, by, now)?;
        let asks_code = second_factors::find(db, account)?.is_some();
        Ok(accounts::find(db, account)?.map(|person| Opened { person, asks_code }))
    })
}
