//! Sessions in our own database, so that the server can end them, and any number of servers share them.

use std::collections::HashMap;

use actix_session::storage::{LoadError, SaveError, SessionKey, SessionStore, UpdateError};
use actix_web::cookie::time::Duration;
use actix_web::web;
use chrono::TimeDelta;
use rand::distr::{Alphanumeric, SampleString};
use sha2::{Digest, Sha256};

use crate::center::accounts::hex;
use crate::clock::real_now;
use crate::domain::AccountId;
use crate::store::{Db, Error, Store, sessions};

/// The name under which a session keeps who is signed in.
pub(super) const ACCOUNT: &str = "account";
/// How long a visitor who is not signed in keeps a session, in hours: it only guards the forms they see.
const ANONYMOUS_HOURS: i64 = 24;
/// Characters of a session's key: 64 out of 62 kinds, some 380 random bits.
const KEY_CHARS: usize = 64;

/// Keeps sessions in the database.
#[derive(Clone)]
pub(super) struct DbSessions(pub Store);

impl DbSessions {
    async fn run<T: Send + 'static>(
        &self,
        write: bool,
        work: impl FnOnce(&mut Db) -> Result<T, Error> + Send + 'static,
    ) -> Result<T, anyhow::Error> {
        let store = self.0.clone();
        let done = web::block(move || if write { store.write(work) } else { store.read(work) }).await;
        Ok(done.map_err(|error| anyhow::anyhow!("{error}"))??)
    }

    /// Where nothing can be written, people still read: a session that only lacks what is nice to have (its notice, a
    /// later end, or for a passer-by itself) is no reason to show no page.
    fn do_without(written: Result<(), anyhow::Error>) -> Result<(), anyhow::Error> {
        match written {
            Err(error) if matches!(error.downcast_ref(), Some(Error::Unavailable(_))) => {
                tracing::warn!(%error, "a session could not be written down");
                Ok(())
            }
            written => written,
        }
    }

    fn session(key: &str, state: &HashMap<String, String>, ttl: &Duration) -> Result<sessions::Session, anyhow::Error> {
        let account = state.get(ACCOUNT).and_then(|id| id.parse().ok()).map(AccountId);
        let life =
            if account.is_some() { TimeDelta::seconds(ttl.whole_seconds()) } else { TimeDelta::hours(ANONYMOUS_HOURS) };
        Ok(sessions::Session {
            key_hash: key_hash(key),
            account,
            state: serde_json::to_string(state)?,
            expires_at: real_now() + life,
        })
    }
}

/// What stands for a key in the database.
fn key_hash(key: &str) -> String {
    hex(&Sha256::digest(key))
}

impl SessionStore for DbSessions {
    async fn load(&self, key: &SessionKey) -> Result<Option<HashMap<String, String>>, LoadError> {
        let hash = key_hash(key.as_ref());
        let state =
            self.run(false, move |db| sessions::state(db, &hash, real_now())).await.map_err(LoadError::Other)?;
        state
            .map(|state| serde_json::from_str(&state).map_err(|error| LoadError::Deserialization(error.into())))
            .transpose()
    }

    async fn save(&self, state: HashMap<String, String>, ttl: &Duration) -> Result<SessionKey, SaveError> {
        let key = Alphanumeric.sample_string(&mut rand::rng(), KEY_CHARS);
        let session = Self::session(&key, &state, ttl).map_err(SaveError::Serialization)?;
        let is_signed_in = session.account.is_some();
        let saved = self.run(true, move |db| sessions::insert(db, &session)).await;
        // Who signs in must really be signed in; a passer-by's forms will be refused, politely.
        if is_signed_in { saved } else { Self::do_without(saved) }.map_err(SaveError::Other)?;
        key.try_into().map_err(|_| SaveError::Other(anyhow::anyhow!("the session key is too long")))
    }

    async fn update(
        &self,
        key: SessionKey,
        state: HashMap<String, String>,
        ttl: &Duration,
    ) -> Result<SessionKey, UpdateError> {
        let session = Self::session(key.as_ref(), &state, ttl).map_err(UpdateError::Serialization)?;
        let updated = self.run(true, move |db| sessions::update(db, &session)).await;
        Self::do_without(updated).map_err(UpdateError::Other)?;
        Ok(key)
    }

    async fn update_ttl(&self, key: &SessionKey, ttl: &Duration) -> Result<(), anyhow::Error> {
        let (hash, expires_at) = (key_hash(key.as_ref()), real_now() + TimeDelta::seconds(ttl.whole_seconds()));
        self.run(true, move |db| sessions::prolong(db, &hash, expires_at)).await
    }

    async fn delete(&self, key: &SessionKey) -> Result<(), anyhow::Error> {
        let hash = key_hash(key.as_ref());
        self.run(true, move |db| sessions::delete(db, &hash)).await
    }
}
