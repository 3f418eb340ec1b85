//! The servers that run on a database, and the clock of the database.

use chrono::{DateTime, NaiveDateTime, Utc};
use diesel::dsl::{max, sql};
use diesel::prelude::*;
use diesel::sql_types::Timestamp;

use crate::store::columns::Moment;
use crate::store::connection::either;
use crate::store::schema::servers;
use crate::store::{Db, Error};

/// Stands for the fingerprint of a server that stopped.
const STOPPED: &str = "";

/// A running server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Server {
    /// Its name, made at its start.
    pub id: String,
    /// The version of its program.
    pub version: String,
    /// The fingerprint of its secret key.
    pub key_fingerprint: String,
}

/// Writes down that a server is running at that moment of the wall clock, and forgets those that were not seen since
/// `gone_since`.
pub fn beat(db: &mut Db, server: &Server, wall: DateTime<Utc>, gone_since: DateTime<Utc>) -> Result<(), Error> {
    let seen_at = Moment::from(wall);
    let known = diesel::update(servers::table.find(&server.id)).set(servers::seen_at.eq(seen_at)).execute(db)?;
    if known == 0 {
        let row = (
            servers::id.eq(&server.id),
            servers::version.eq(&server.version),
            servers::key_fingerprint.eq(&server.key_fingerprint),
            servers::seen_at.eq(seen_at),
        );
        // Another server may have written it meanwhile.
        let insert = diesel::insert_into(servers::table).values(row);
        either!(db, db => insert.on_conflict(servers::id).do_nothing().execute(db))?;
    }
    diesel::delete(servers::table.filter(servers::seen_at.lt(Moment::from(gone_since)))).execute(db)?;
    Ok(())
}

/// Writes a row, to see whether the database can be written: a full disk can still be read.
pub fn touch(db: &mut Db, wall: DateTime<Utc>) -> Result<(), Error> {
    let probe = Server { id: "readiness".to_owned(), version: String::new(), key_fingerprint: STOPPED.to_owned() };
    beat(db, &probe, wall, DateTime::UNIX_EPOCH)
}

/// The servers that were seen since that moment and did not stop.
pub fn seen_since(db: &mut Db, since: DateTime<Utc>) -> Result<Vec<Server>, Error> {
    let rows: Vec<(String, String, String)> = servers::table
        .filter(servers::seen_at.ge(Moment::from(since)).and(servers::key_fingerprint.ne(STOPPED)))
        .order(servers::id)
        .select((servers::id, servers::version, servers::key_fingerprint))
        .load(db)?;
    Ok(rows.into_iter().map(|(id, version, key_fingerprint)| Server { id, version, key_fingerprint }).collect())
}

/// The fingerprint of the key of the server that was seen last and did not stop.
pub fn newest_key(db: &mut Db) -> Result<Option<String>, Error> {
    let running = servers::table.filter(servers::key_fingerprint.ne(STOPPED)).order(servers::seen_at.desc());
    Ok(running.select(servers::key_fingerprint).first(db).optional()?)
}

/// The newest moment at which a server was running.
pub fn newest(db: &mut Db) -> Result<Option<DateTime<Utc>>, Error> {
    let newest: Option<Moment> = servers::table.select(max(servers::seen_at)).get_result(db)?;
    Ok(newest.map(DateTime::from))
}

/// Forgets what was recorded after that moment: the clock was ahead then.
pub fn forget_after(db: &mut Db, wall: DateTime<Utc>) -> Result<(), Error> {
    diesel::delete(servers::table.filter(servers::seen_at.gt(Moment::from(wall)))).execute(db)?;
    Ok(())
}

/// Writes down that a server stops. When it was last seen stays.
pub fn leave(db: &mut Db, id: &str) -> Result<(), Error> {
    diesel::update(servers::table.find(id)).set(servers::key_fingerprint.eq(STOPPED)).execute(db)?;
    Ok(())
}

/// The time by PostgreSQL's clock; `None` on SQLite, which has none of its own.
pub fn database_time(db: &mut Db) -> Result<Option<DateTime<Utc>>, Error> {
    let Db::Postgres(db) = db else { return Ok(None) };
    let time: NaiveDateTime =
        diesel::select(sql::<Timestamp>("clock_timestamp() AT TIME ZONE 'UTC'")).get_result(db)?;
    Ok(Some(time.and_utc()))
}
