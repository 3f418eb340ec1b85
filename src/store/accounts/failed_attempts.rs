//! Failed attempts, counted in the database, so that a limit holds across servers and restarts.

use chrono::{DateTime, TimeDelta, Utc};
use diesel::prelude::*;

use crate::store::columns::Moment;
use crate::store::schema::sign_in_failures;
use crate::store::{Db, Error};

/// How far the clocks of two servers may differ, in seconds, before a moment counts as one in the future.
const CLOCKS_DIFFER: i64 = 60;

/// Locks the counters of one limited thing until the transaction ends, so that parallel attempts are all counted.
/// SQLite has one writer anyway; PostgreSQL takes a lock.
pub fn hold(db: &mut Db, who_hash: &str) -> Result<(), Error> {
    if let Db::Postgres(db) = db {
        diesel::sql_query("SELECT pg_advisory_xact_lock(hashtext($1))")
            .bind::<diesel::sql_types::Text, _>(who_hash)
            .execute(db)?;
    }
    Ok(())
}

/// Inserts an attempt and returns its number; it counts as a failure until it is deleted. `who_hash` is the limited
/// thing, `about_hash` the other half of the attempt: for an account the place, for a network address the account.
pub fn remember(db: &mut Db, who_hash: &str, about_hash: Option<&str>, at: DateTime<Utc>) -> Result<i64, Error> {
    let id = rand::random::<i64>();
    diesel::insert_into(sign_in_failures::table)
        .values((
            sign_in_failures::id.eq(id),
            sign_in_failures::who_hash.eq(who_hash),
            sign_in_failures::about_hash.eq(about_hash),
            sign_in_failures::at.eq(Moment::from(at)),
        ))
        .execute(db)?;
    Ok(id)
}

/// The moment of the `nth` newest attempt since then; `None` when there are fewer. With `about_hash` only attempts with
/// that other half count.
pub fn nth_newest(
    db: &mut Db,
    who_hash: &str,
    about_hash: Option<&str>,
    since: DateTime<Utc>,
    nth: i64,
) -> Result<Option<DateTime<Utc>>, Error> {
    let mut found = sign_in_failures::table
        .filter(sign_in_failures::who_hash.eq(who_hash))
        .filter(sign_in_failures::at.gt(Moment::from(since)))
        .order(sign_in_failures::at.desc())
        .select(sign_in_failures::at)
        .into_boxed();
    if let Some(about) = about_hash {
        found = found.filter(sign_in_failures::about_hash.eq(about));
    }
    let at: Option<Moment> = found.offset(nth - 1).limit(1).get_result(db).optional()?;
    Ok(at.map(DateTime::from))
}

/// Deletes one attempt, because it was right.
pub fn forget_one(db: &mut Db, id: i64) -> Result<(), Error> {
    diesel::delete(sign_in_failures::table.find(id)).execute(db)?;
    Ok(())
}

/// Deletes the attempts of one limited thing, or only those with that other half.
pub fn forget(db: &mut Db, who_hash: &str, about_hash: Option<&str>) -> Result<(), Error> {
    let of_one = sign_in_failures::table.filter(sign_in_failures::who_hash.eq(who_hash));
    match about_hash {
        Some(about) => diesel::delete(of_one.filter(sign_in_failures::about_hash.eq(about))).execute(db)?,
        None => diesel::delete(of_one).execute(db)?,
    };
    Ok(())
}

/// Moves attempts in the future to now: after a clock was set back they must not lengthen a wait.
pub fn bring_back(db: &mut Db, now: DateTime<Utc>) -> Result<(), Error> {
    let ahead = now + TimeDelta::seconds(CLOCKS_DIFFER);
    diesel::update(sign_in_failures::table.filter(sign_in_failures::at.gt(Moment::from(ahead))))
        .set(sign_in_failures::at.eq(Moment::from(now)))
        .execute(db)?;
    Ok(())
}

/// Deletes attempts from before that moment.
pub fn forget_before(db: &mut Db, before: DateTime<Utc>) -> Result<usize, Error> {
    Ok(diesel::delete(sign_in_failures::table.filter(sign_in_failures::at.le(Moment::from(before)))).execute(db)?)
}
