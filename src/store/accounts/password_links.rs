//! Links that set a password. Each works once and for a while; using one ends all links of its account.

use chrono::{DateTime, Utc};
use diesel::prelude::*;

use crate::domain::AccountId;
use crate::store::columns::Moment;
use crate::store::schema::password_links;
use crate::store::{Db, Error};

/// Inserts a link; a link without an account opens nothing.
pub fn insert(
    db: &mut Db,
    id: &str,
    account: Option<AccountId>,
    now: DateTime<Utc>,
    expires_at: DateTime<Utc>,
) -> Result<(), Error> {
    diesel::insert_into(password_links::table)
        .values((
            password_links::id.eq(id),
            password_links::account_id.eq(account.map(|account| account.0)),
            password_links::created_at.eq(Moment::from(now)),
            password_links::expires_at.eq(Moment::from(expires_at)),
        ))
        .execute(db)?;
    Ok(())
}

/// The account whose password a link sets, while the link works.
pub fn owner(db: &mut Db, id: &str, now: DateTime<Utc>) -> Result<Option<AccountId>, Error> {
    let owner: Option<Option<i64>> = password_links::table
        .filter(password_links::id.eq(id))
        .filter(password_links::ended_at.is_null())
        .filter(password_links::expires_at.gt(Moment::from(now)))
        .select(password_links::account_id)
        .get_result(db)
        .optional()?;
    Ok(owner.flatten().map(AccountId))
}

/// Uses a link up, and returns whether it still worked. Of two attempts at once, one succeeds.
pub fn end(db: &mut Db, id: &str, now: DateTime<Utc>) -> Result<bool, Error> {
    let link = password_links::table
        .filter(password_links::id.eq(id))
        .filter(password_links::ended_at.is_null())
        .filter(password_links::expires_at.gt(Moment::from(now)));
    Ok(diesel::update(link).set(password_links::ended_at.eq(Some(Moment::from(now)))).execute(db)? == 1)
}

/// Ends every link of an account.
pub fn end_all_of(db: &mut Db, account: AccountId, now: DateTime<Utc>) -> Result<(), Error> {
    let links = password_links::table
        .filter(password_links::account_id.eq(account.0))
        .filter(password_links::ended_at.is_null());
    diesel::update(links).set(password_links::ended_at.eq(Some(Moment::from(now)))).execute(db)?;
    Ok(())
}

/// Deletes links that no longer work.
pub fn delete_expired(db: &mut Db, now: DateTime<Utc>) -> Result<usize, Error> {
    Ok(diesel::delete(password_links::table.filter(password_links::expires_at.le(Moment::from(now)))).execute(db)?)
}
