//! Links of the marketplace that sign a person in, and its answers that did. Each works once and for a while.

use chrono::{DateTime, Utc};
use diesel::prelude::*;

use crate::domain::AccountId;
use crate::store::columns::Moment;
use crate::store::connection::either;
use crate::store::schema::sign_in_links;
use crate::store::{Db, Error};

/// Inserts a link to a page.
pub fn insert(db: &mut Db, id: &str, account: AccountId, next: &str, expires_at: DateTime<Utc>) -> Result<(), Error> {
    diesel::insert_into(sign_in_links::table)
        .values((
            sign_in_links::id.eq(id),
            sign_in_links::account_id.eq(Some(account.0)),
            sign_in_links::next.eq(next),
            sign_in_links::expires_at.eq(Moment::from(expires_at)),
        ))
        .execute(db)?;
    Ok(())
}

/// The account that a link signs in, and the page that it leads to, while the link works.
pub fn find(db: &mut Db, id: &str, now: DateTime<Utc>) -> Result<Option<(AccountId, String)>, Error> {
    let found: Option<(Option<i64>, String)> = sign_in_links::table
        .filter(sign_in_links::id.eq(id))
        .filter(sign_in_links::ended_at.is_null())
        .filter(sign_in_links::expires_at.gt(Moment::from(now)))
        .select((sign_in_links::account_id, sign_in_links::next))
        .get_result(db)
        .optional()?;
    Ok(found.and_then(|(account, next)| Some((AccountId(account?), next))))
}

/// Uses a link up, and returns whether it still worked. Of two attempts at once, one succeeds.
pub fn end(db: &mut Db, id: &str, now: DateTime<Utc>) -> Result<bool, Error> {
    let link = sign_in_links::table
        .filter(sign_in_links::id.eq(id))
        .filter(sign_in_links::ended_at.is_null())
        .filter(sign_in_links::expires_at.gt(Moment::from(now)));
    Ok(diesel::update(link).set(sign_in_links::ended_at.eq(Some(Moment::from(now)))).execute(db)? == 1)
}

/// Ends every link of an account.
pub fn end_all_of(db: &mut Db, account: AccountId, now: DateTime<Utc>) -> Result<(), Error> {
    let links =
        sign_in_links::table.filter(sign_in_links::account_id.eq(account.0)).filter(sign_in_links::ended_at.is_null());
    diesel::update(links).set(sign_in_links::ended_at.eq(Some(Moment::from(now)))).execute(db)?;
    Ok(())
}

/// Whether a name was used already; it is from now on, until that moment. Of two attempts at once, one succeeds.
pub fn is_used(db: &mut Db, id: &str, now: DateTime<Utc>, expires_at: DateTime<Utc>) -> Result<bool, Error> {
    let row = (
        sign_in_links::id.eq(id),
        sign_in_links::next.eq(""),
        sign_in_links::expires_at.eq(Moment::from(expires_at)),
        sign_in_links::ended_at.eq(Some(Moment::from(now))),
    );
    let insert = diesel::insert_into(sign_in_links::table).values(row).on_conflict_do_nothing();
    Ok(either!(db, db => insert.execute(db))? == 0)
}

/// Deletes links that no longer work.
pub fn delete_expired(db: &mut Db, now: DateTime<Utc>) -> Result<usize, Error> {
    Ok(diesel::delete(sign_in_links::table.filter(sign_in_links::expires_at.le(Moment::from(now)))).execute(db)?)
}
