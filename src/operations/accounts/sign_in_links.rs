//! Links with which the marketplace signs its people in: one of its programs asks for a link, and sends the browser to it.
//!
//! A link works once, within a minute, and only the newest of an account does. Following it changes nothing: a page names the
//! person first, so that previews spend no link and visitors see as whom they sign in.

use chrono::{DateTime, TimeDelta, Utc};

use crate::domain::{Account, ExternalId};
use crate::operations::accounts::token;
use crate::secret::Secret;
use crate::store::accounts::{self, received, second_factors, sign_in_links};
use crate::store::{Db, Error, Store};

/// How long a link works, in seconds (decision of the interface: a redirect takes less).
pub const SECONDS: i64 = 60;
/// The purpose of these seals; a seal for another purpose is not accepted.
const PURPOSE: &str = "sign-in";

/// A link that was made.
#[derive(Debug, Clone)]
pub struct Created {
    /// Its token: the name with its seal.
    pub token: String,
    /// When it ends, by the wall clock (UTC).
    pub expires_at: DateTime<Utc>,
}

/// Makes a link for the account with that id of the marketplace, to a page of ours; older links of the account end. `None`
/// when there is no such account. `now` is the wall clock.
pub fn create(
    store: &Store,
    secret: &Secret,
    id: &ExternalId,
    next: &str,
    now: DateTime<Utc>,
) -> Result<Option<Created>, Error> {
    let (name, expires_at) = (token::random(), now + TimeDelta::seconds(SECONDS));
    let is_there = store.write(|db| {
        let Some(person) = received::by_external_id(db, id)? else { return Ok::<_, Error>(false) };
        sign_in_links::end_all_of(db, person.id, now)?;
        sign_in_links::insert(db, &name, person.id, next, expires_at)?;
        Ok(true)
    })?;
    Ok(is_there.then(|| Created { token: secret.name(PURPOSE, &name), expires_at }))
}

/// The name of a link in its token; `None` when the token is not one of ours.
#[must_use]
pub fn read<'a>(secret: &Secret, token: &'a str) -> Option<&'a str> {
    secret.named(PURPOSE, token)
}

/// A person who came in through the marketplace.
#[derive(Debug, Clone)]
pub struct Arrived {
    /// The account. It may be suspended.
    pub person: Account,
    /// Whether the code of a second factor is still missing.
    pub asks_code: bool,
    /// The page to go to.
    pub next: String,
}

impl Arrived {
    pub(super) fn new(db: &mut Db, person: Account, next: String) -> Result<Self, Error> {
        let asks_code = second_factors::find(db, person.id)?.is_some();
        Ok(Self { person, asks_code, next })
    }
}

/// The person whom the link with that name signs in, while it works. `now` is the wall clock.
pub fn reader(store: &Store, name: &str, now: DateTime<Utc>) -> Result<Option<Arrived>, Error> {
    store.snapshot(|db| find(db, name, now))
}

fn find(db: &mut Db, name: &str, now: DateTime<Utc>) -> Result<Option<Arrived>, Error> {
    let Some((account, next)) = sign_in_links::find(db, name, now)? else { return Ok(None) };
    let Some(person) = accounts::find(db, account)? else { return Ok(None) };
    Arrived::new(db, person, next).map(Some)
}

/// Uses the link with that name up; `None` when it no longer worked.
pub fn open(store: &Store, name: &str, now: DateTime<Utc>) -> Result<Option<Arrived>, Error> {
    store.write(|db| match find(db, name, now)? {
        Some(arrived) if sign_in_links::end(db, name, now)? => Ok(Some(arrived)),
        _ => Ok(None),
    })
}
