//! The keys that sign dossiers. Each site has its own, hidden with the secret key; the public parts of all stay readable.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use chrono::{DateTime, Utc};

use crate::domain::audit::note::{PublicKey, SigningKey};
use crate::secret::Secret;
use crate::store::orders::signing_keys;
use crate::store::{Db, Error, Store};

/// For whom a secret is hidden.
fn purpose(key: &PublicKey) -> String {
    format!("signing-key.{}", key.encoded())
}

/// The key that signs for a site now. A new one is made when this server has none: the first time, at another address, once
/// the secret key was changed, and after [`end_all`].
pub fn key(store: &Store, secret: &Secret, name: &str, now: DateTime<Utc>) -> Result<SigningKey, Error> {
    let find = |db: &mut Db| -> Result<Option<SigningKey>, Error> {
        let reveal = |(key, hidden): &(PublicKey, String)| {
            let is_ours = hidden.starts_with(&secret.mark());
            let bytes = secret.reveal_marked(&purpose(key), hidden).filter(|_| is_ours)?;
            STANDARD.decode(bytes).ok()?.try_into().ok()
        };
        let found = signing_keys::in_use(db, name)?.iter().find_map(reveal);
        Ok(found.map(|bytes: [u8; 32]| SigningKey::new(name, &bytes)))
    };
    if let Some(key) = store.read(find)? {
        return Ok(key);
    }
    store.write(|db| {
        if let Some(key) = find(db)? {
            return Ok(key);
        }
        let bytes: [u8; 32] = rand::random();
        let key = SigningKey::new(name, &bytes);
        let public = key.public();
        signing_keys::insert(db, &public, &secret.hide_marked(&purpose(&public), &STANDARD.encode(bytes)), now)?;
        Ok(key)
    })
}

/// Every public key, newest first.
pub fn public_keys(store: &Store) -> Result<Vec<PublicKey>, Error> {
    store.read(signing_keys::all)
}

/// Ends every key, and returns how many there were. Dossiers that they signed stay valid.
pub fn end_all(store: &Store, now: DateTime<Utc>) -> Result<usize, Error> {
    store.write(|db| signing_keys::end_all(db, now))
}
