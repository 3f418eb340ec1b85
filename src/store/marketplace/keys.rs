//! Keys of the marketplace's programs. Of each only a hash is stored.

use chrono::{DateTime, Utc};
use diesel::prelude::*;

use crate::domain::marketplace::key::{Key, Scope};
use crate::store::columns::Moment;
use crate::store::connection::either;
use crate::store::schema::api_keys;
use crate::store::{Db, Error};

#[derive(Queryable, Insertable)]
#[diesel(table_name = api_keys, treat_none_as_default_value = false)]
struct KeyRow {
    id: String,
    name: String,
    secret_hash: String,
    scopes: String,
    created_at: Moment,
    expires_at: Option<Moment>,
    revoked_at: Option<Moment>,
    used_at: Option<Moment>,
}

impl TryFrom<KeyRow> for (Key, String) {
    type Error = Error;

    fn try_from(row: KeyRow) -> Result<Self, Error> {
        let scopes = row.scopes.split(' ').filter(|word| !word.is_empty()).map(str::parse::<Scope>);
        let key = Key {
            id: row.id,
            name: row.name,
            scopes: scopes.collect::<Result<_, _>>().map_err(|_| Error::corrupt("api_keys.scopes"))?,
            created_at: row.created_at.into(),
            expires_at: row.expires_at.map(Into::into),
            revoked_at: row.revoked_at.map(Into::into),
            used_at: row.used_at.map(Into::into),
        };
        Ok((key, row.secret_hash))
    }
}

/// Stores a new key with the hash of its secret.
pub fn insert(db: &mut Db, key: &Key, secret_hash: &str) -> Result<(), Error> {
    let scopes: Vec<&str> = key.scopes.iter().map(AsRef::as_ref).collect();
    let row = KeyRow {
        id: key.id.clone(),
        name: key.name.clone(),
        secret_hash: secret_hash.to_owned(),
        scopes: scopes.join(" "),
        created_at: key.created_at.into(),
        expires_at: key.expires_at.map(Into::into),
        revoked_at: key.revoked_at.map(Into::into),
        used_at: key.used_at.map(Into::into),
    };
    diesel::insert_into(api_keys::table).values(row).execute(db)?;
    Ok(())
}

/// The key with that id, and the hash of its secret.
pub fn find(db: &mut Db, id: &str) -> Result<Option<(Key, String)>, Error> {
    let found = api_keys::table.filter(api_keys::id.eq(id));
    let row = either!(db, db => found.get_result::<KeyRow>(db)).optional()?;
    row.map(TryInto::try_into).transpose()
}

/// All keys, oldest first.
pub fn list(db: &mut Db) -> Result<Vec<Key>, Error> {
    let rows: Vec<KeyRow> = api_keys::table.order((api_keys::created_at.asc(), api_keys::id.asc())).load(db)?;
    rows.into_iter().map(|row| row.try_into().map(|(key, _): (Key, String)| key)).collect()
}

/// Lets a key end at that moment.
pub fn end_at(db: &mut Db, id: &str, at: DateTime<Utc>) -> Result<(), Error> {
    let one = api_keys::table.filter(api_keys::id.eq(id));
    diesel::update(one).set(api_keys::expires_at.eq(Some(Moment::from(at)))).execute(db)?;
    Ok(())
}

/// Revokes the keys with that name that are not revoked yet; returns how many.
pub fn revoke(db: &mut Db, name: &str, at: DateTime<Utc>) -> Result<usize, Error> {
    let named = api_keys::table.filter(api_keys::name.eq(name)).filter(api_keys::revoked_at.is_null());
    Ok(diesel::update(named).set(api_keys::revoked_at.eq(Some(Moment::from(at)))).execute(db)?)
}

/// Stores that a key was used.
pub fn used(db: &mut Db, id: &str, at: DateTime<Utc>) -> Result<(), Error> {
    let one = api_keys::table.filter(api_keys::id.eq(id));
    diesel::update(one).set(api_keys::used_at.eq(Some(Moment::from(at)))).execute(db)?;
    Ok(())
}
