//! Failed attempts to sign in, counted in the database so that the limit holds across servers.

use chrono::{DateTime, Utc};
use diesel::prelude::*;

use crate::store::columns::Moment;
use crate::store::schema::sign_in_failures;
use crate::store::{Db, Error};

/// Remembers that somebody tries, which counts as a failure until it is forgotten, and answers with its number.
/// `who_hash` stands for an account's address or for a network address.
///
/// # Errors
///
/// When the statement fails.
pub fn remember_failure(db: &mut Db, who_hash: &str, at: DateTime<Utc>) -> Result<i64, Error> {
    let id = rand::random::<i64>();
    diesel::insert_into(sign_in_failures::table)
        .values((
            sign_in_failures::id.eq(id),
            sign_in_failures::who_hash.eq(who_hash),
            sign_in_failures::at.eq(Moment::from(at)),
        ))
        .execute(db)?;
    Ok(id)
}

/// Forgets one attempt: it was right.
///
/// # Errors
///
/// When the statement fails.
pub fn forget_one(db: &mut Db, id: i64) -> Result<(), Error> {
    diesel::delete(sign_in_failures::table.find(id)).execute(db)?;
    Ok(())
}

/// The moments at which that one failed since then, oldest first. Attempts of the same one take turns until the
/// transaction ends: SQLite has one writer anyway, PostgreSQL takes a lock.
///
/// # Errors
///
/// When the statement fails.
pub fn failures_since(db: &mut Db, who_hash: &str, since: DateTime<Utc>) -> Result<Vec<DateTime<Utc>>, Error> {
    if let Db::Postgres(db) = db {
        diesel::sql_query("SELECT pg_advisory_xact_lock(hashtext($1))")
            .bind::<diesel::sql_types::Text, _>(who_hash)
            .execute(db)?;
    }
    let rows: Vec<Moment> = sign_in_failures::table
        .filter(sign_in_failures::who_hash.eq(who_hash))
        .filter(sign_in_failures::at.gt(Moment::from(since)))
        .order(sign_in_failures::at.asc())
        .select(sign_in_failures::at)
        .load(db)?;
    Ok(rows.into_iter().map(DateTime::from).collect())
}

/// Forgets the failures of that one, once they got in.
///
/// # Errors
///
/// When the statement fails.
pub fn forget(db: &mut Db, who_hash: &str) -> Result<(), Error> {
    diesel::delete(sign_in_failures::table.filter(sign_in_failures::who_hash.eq(who_hash))).execute(db)?;
    Ok(())
}

/// Forgets failures from before that moment, and dates those that lie ahead of now at now: a clock that was set back
/// makes nobody wait the longer.
///
/// # Errors
///
/// When a statement fails.
pub fn forget_before(db: &mut Db, before: DateTime<Utc>, now: DateTime<Utc>) -> Result<(), Error> {
    diesel::delete(sign_in_failures::table.filter(sign_in_failures::at.le(Moment::from(before)))).execute(db)?;
    let ahead = sign_in_failures::table.filter(sign_in_failures::at.gt(Moment::from(now)));
    diesel::update(ahead).set(sign_in_failures::at.eq(Moment::from(now))).execute(db)?;
    Ok(())
}
