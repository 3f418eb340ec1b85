//! The table of keys that sign dossiers.

use chrono::{DateTime, Utc};
use diesel::prelude::*;

use crate::domain::audit::note::PublicKey;
use crate::store::columns::Moment;
use crate::store::connection::either;
use crate::store::schema::signing_keys;
use crate::store::{Db, Error};

fn read(name: &str, public_key: &str) -> Result<PublicKey, Error> {
    PublicKey::new(name, public_key).ok_or_else(|| Error::Corrupt("signing_keys.public_key".into()))
}

/// Inserts a key.
pub fn insert(db: &mut Db, key: &PublicKey, hidden_secret: &str, now: DateTime<Utc>) -> Result<(), Error> {
    diesel::insert_into(signing_keys::table)
        .values((
            signing_keys::public_key.eq(key.encoded()),
            signing_keys::name.eq(&key.name),
            signing_keys::hidden_secret.eq(hidden_secret),
            signing_keys::created_at.eq(Moment::from(now)),
        ))
        .execute(db)?;
    Ok(())
}

/// The keys that sign for a site, newest first, each with its hidden secret.
pub fn in_use(db: &mut Db, name: &str) -> Result<Vec<(PublicKey, String)>, Error> {
    let keys = signing_keys::table
        .filter(signing_keys::name.eq(name).and(signing_keys::ended_at.is_null()))
        .order((signing_keys::created_at.desc(), signing_keys::public_key.asc()))
        .select((signing_keys::public_key, signing_keys::hidden_secret));
    let rows: Vec<(String, String)> = either!(db, db => keys.load(db))?;
    rows.into_iter().map(|(key, hidden)| Ok((read(name, &key)?, hidden))).collect()
}

/// Every key that there ever was, newest first.
pub fn all(db: &mut Db) -> Result<Vec<PublicKey>, Error> {
    let keys = signing_keys::table
        .order((signing_keys::created_at.desc(), signing_keys::public_key.asc()))
        .select((signing_keys::name, signing_keys::public_key));
    let rows: Vec<(String, String)> = either!(db, db => keys.load(db))?;
    rows.iter().map(|(name, key)| read(name, key)).collect()
}

/// Ends every key: the next dossier gets a new one. Returns how many there were.
pub fn end_all(db: &mut Db, now: DateTime<Utc>) -> Result<usize, Error> {
    let keys = signing_keys::table.filter(signing_keys::ended_at.is_null());
    Ok(diesel::update(keys).set(signing_keys::ended_at.eq(Some(Moment::from(now)))).execute(db)?)
}
