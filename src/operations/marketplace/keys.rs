//! Makes, finds, rotates and revokes keys. Only the command line makes one: no key makes keys, and there is no page for it.

use chrono::{DateTime, TimeDelta, Utc};

use crate::domain::marketplace::key::{Key, Scope, Secret};
use crate::operations::marketplace::{NAME_CHARS, is_name};
use crate::secret::sha256;
use crate::store::marketplace::keys;
use crate::store::{Db, Error, Store};

/// To within what a use is written down.
const USED_WITHIN: TimeDelta = TimeDelta::hours(24);

/// Why a key was not made or changed.
#[derive(Debug, thiserror::Error)]
pub enum NoKey {
    /// A key with that name works already.
    #[error("a key with this name works already; `key rotate` replaces it")]
    Taken,
    /// No key with that name works.
    #[error("no key with this name works")]
    Missing,
    /// The name cannot be used.
    #[error("the name of a key has 1 to {NAME_CHARS} characters out of a to z, 0 to 9, - and _")]
    Name,
    /// The database failed.
    #[error(transparent)]
    Store(#[from] Error),
}

/// Makes a key; its secret is shown to the operator and never again. `now` is the wall clock.
///
/// # Errors
///
/// See [`NoKey`].
pub fn create(
    store: &Store,
    name: &str,
    scopes: &[Scope],
    expires_at: Option<DateTime<Utc>>,
    now: DateTime<Utc>,
) -> Result<Secret, NoKey> {
    if !is_name(name) {
        return Err(NoKey::Name);
    }
    store.write(|db| {
        if keys::list(db)?.iter().any(|key| key.name == name && key.works(now)) {
            return Err(NoKey::Taken);
        }
        Ok(make(db, name, scopes, expires_at, now)?)
    })
}

fn make(
    db: &mut Db,
    name: &str,
    scopes: &[Scope],
    expires_at: Option<DateTime<Utc>>,
    now: DateTime<Utc>,
) -> Result<Secret, Error> {
    let secret = Secret::random();
    let mut scopes = scopes.to_vec();
    scopes.sort_unstable();
    scopes.dedup();
    let key = Key {
        id: secret.id.clone(),
        name: name.to_owned(),
        scopes,
        created_at: now,
        expires_at,
        revoked_at: None,
        used_at: None,
    };
    keys::insert(db, &key, &hash(&secret))?;
    Ok(secret)
}

/// Replaces a key by a new one with the same scopes. The old one works on for `overlap`, so that programs can change over.
///
/// # Errors
///
/// See [`NoKey`].
pub fn rotate(store: &Store, name: &str, overlap: TimeDelta, now: DateTime<Utc>) -> Result<Secret, NoKey> {
    store.write(|db| {
        let working: Vec<Key> = keys::list(db)?.into_iter().filter(|key| key.name == name && key.works(now)).collect();
        let newest = working.last().ok_or(NoKey::Missing)?;
        let end = now + overlap;
        for old in working.iter().filter(|key| key.expires_at.is_none_or(|at| at > end)) {
            keys::end_at(db, &old.id, end)?;
        }
        // A key that ends ends as late as the one that it replaces would have, counted from now.
        let expires_at = newest.expires_at.map(|at| now + (at - newest.created_at));
        Ok(make(db, name, &newest.scopes, expires_at, now)?)
    })
}

/// Ends every key with that name at once.
///
/// # Errors
///
/// See [`NoKey`].
pub fn revoke(store: &Store, name: &str, now: DateTime<Utc>) -> Result<usize, NoKey> {
    match store.write(|db| keys::revoke(db, name, now))? {
        0 => Err(NoKey::Missing),
        revoked => Ok(revoked),
    }
}

/// All keys, oldest first.
pub fn list(store: &Store) -> Result<Vec<Key>, Error> {
    store.read(keys::list)
}

/// The key that works with this secret. Hashes are compared, so that the duration tells nothing of the secret.
pub fn find(store: &Store, secret: &Secret, now: DateTime<Utc>) -> Result<Option<Key>, Error> {
    let found = store.read(|db| keys::find(db, &secret.id))?;
    let Some((key, secret_hash)) = found else { return Ok(None) };
    Ok((secret_hash == hash(secret) && key.works(now)).then_some(key))
}

/// Whether a use of the key at that moment is still to be written down; once a day is enough.
#[must_use]
pub fn is_use_unwritten(key: &Key, now: DateTime<Utc>) -> bool {
    key.used_at.is_none_or(|at| now - at >= USED_WITHIN)
}

/// Writes down that a key is used. It waits for no lock, and an error fails nothing.
pub fn mark_used(store: &Store, key: &Key, now: DateTime<Utc>) {
    if let Err(error) = store.note(|db| keys::used(db, &key.id, now)) {
        tracing::warn!(%error, "the use of a key could not be written down");
    }
}

fn hash(secret: &Secret) -> String {
    sha256(secret.text())
}
