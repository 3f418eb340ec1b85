//! The devices somebody is signed in on.

use chrono::{DateTime, Utc};

use crate::domain::AccountId;
use crate::store::accounts::sessions;
use crate::store::accounts::sessions::Session;
use crate::store::{Error, Store};

/// Devices somebody can be signed in on at once (our choice: more than anybody has, and few enough to look through).
/// Whoever signs in on one more ends the one that was not in use for the longest.
pub const MOST: usize = 50;

/// Remembers a new session.
///
/// # Errors
///
/// When the database fails.
pub fn add(store: &Store, session: Session) -> Result<(), Error> {
    store.write(|db| {
        let account = session.account;
        sessions::insert(db, session)?;
        let one_too_many = sessions::of_account(db, account)?.into_iter().skip(MOST);
        one_too_many.map(|old| old.key_hash).try_for_each(|old| sessions::delete(db, &old))
    })
}

/// The devices an account is signed in on, newest activity first. `now` is real time, also in a demo.
///
/// # Errors
///
/// When the database fails.
pub fn list(store: &Store, account: AccountId, now: DateTime<Utc>) -> Result<Vec<Session>, Error> {
    let mut found = store.read(|db| sessions::of_account(db, account))?;
    found.retain(|session| session.expires_at > now);
    Ok(found)
}

/// Signs an account out on one of its devices; nothing happens when it is somebody else's.
///
/// # Errors
///
/// When the database fails.
pub fn end(store: &Store, account: AccountId, key_hash: &str) -> Result<(), Error> {
    store.write(|db| sessions::delete_one_of(db, account, key_hash))
}
