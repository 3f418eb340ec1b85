//! Who is signed in where. Only a hash of a session's key is kept, so that a stolen copy of the table opens nothing.

use chrono::{DateTime, Utc};
use diesel::prelude::*;

use super::rows::Moment;
use super::schema::sessions;
use super::{Db, Error};
use crate::domain::AccountId;

/// One browser's session.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Session {
    /// The hash of its key.
    pub key_hash: String,
    /// Who is signed in, if anybody is.
    pub account: Option<AccountId>,
    /// What it holds, as JSON.
    pub state: String,
    /// When it ends if nobody uses it, in real time.
    pub expires_at: DateTime<Utc>,
}

/// What a living session holds.
///
/// # Errors
///
/// When the statement fails.
pub fn state(db: &mut Db, key_hash: &str, real_now: DateTime<Utc>) -> Result<Option<String>, Error> {
    Ok(sessions::table
        .filter(sessions::key_hash.eq(key_hash))
        .filter(sessions::expires_at.gt(Moment::from(real_now)))
        .select(sessions::state)
        .get_result(db)
        .optional()?)
}

/// Remembers a new session.
///
/// # Errors
///
/// When the statement fails.
pub fn insert(db: &mut Db, session: &Session) -> Result<(), Error> {
    diesel::insert_into(sessions::table)
        .values((
            sessions::key_hash.eq(&session.key_hash),
            sessions::account_id.eq(session.account.map(|account| account.0)),
            sessions::state.eq(&session.state),
            sessions::expires_at.eq(Moment::from(session.expires_at)),
        ))
        .execute(db)?;
    Ok(())
}

/// Remembers what changed in a session. One that was ended in the meantime stays ended.
///
/// # Errors
///
/// When the statement fails.
pub fn update(db: &mut Db, session: &Session) -> Result<(), Error> {
    diesel::update(sessions::table.find(&session.key_hash))
        .set((
            sessions::account_id.eq(session.account.map(|account| account.0)),
            sessions::state.eq(&session.state),
            sessions::expires_at.eq(Moment::from(session.expires_at)),
        ))
        .execute(db)?;
    Ok(())
}

/// Moves the end of a session.
///
/// # Errors
///
/// When the statement fails.
pub fn prolong(db: &mut Db, key_hash: &str, expires_at: DateTime<Utc>) -> Result<(), Error> {
    diesel::update(sessions::table.find(key_hash))
        .set(sessions::expires_at.eq(Moment::from(expires_at)))
        .execute(db)?;
    Ok(())
}

/// Ends one session.
///
/// # Errors
///
/// When the statement fails.
pub fn delete(db: &mut Db, key_hash: &str) -> Result<(), Error> {
    diesel::delete(sessions::table.find(key_hash)).execute(db)?;
    Ok(())
}

/// Ends every session of an account.
///
/// # Errors
///
/// When the statement fails.
pub fn delete_all_of(db: &mut Db, account: AccountId) -> Result<(), Error> {
    diesel::delete(sessions::table.filter(sessions::account_id.eq(account.0))).execute(db)?;
    Ok(())
}

/// Forgets sessions that have ended by themselves.
///
/// # Errors
///
/// When the statement fails.
pub fn delete_expired(db: &mut Db, real_now: DateTime<Utc>) -> Result<usize, Error> {
    Ok(diesel::delete(sessions::table.filter(sessions::expires_at.le(Moment::from(real_now)))).execute(db)?)
}
