//! Sessions: of whoever signed in, in our own database, so that the server can end them and any number of servers share
//! them; of anybody else, in their cookie, so that visitors cost no row and no write.
//!
//! A page that is only looked at writes nothing it could not do without: that somebody was here is written down once an
//! hour at most, beside the request, and when it fails the page is still shown.

use std::collections::HashMap;

use actix_session::storage::{LoadError, SaveError, SessionKey, SessionStore, UpdateError};
use actix_web::cookie::time::Duration;
use actix_web::web;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::{DateTime, TimeDelta, Utc};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::clock::real_now;
use crate::config::SessionLife;
use crate::domain::AccountId;
use crate::operations::accounts::{devices, token};
use crate::secret::hex;
use crate::store::accounts::sessions::{self, Found, Session};
use crate::store::{Error, Store};
use crate::web::access::Viewer;
use crate::web::middleware::Visit;

/// The name under which a session keeps who is signed in.
pub(super) const ACCOUNT: &str = "account";
/// Who gave the right password, and is still asked for the code of their second factor.
pub(super) const ASKED: &str = "asked";
/// Since when, in microseconds: it outlives a new key.
pub(super) const SINCE: &str = "since";
/// On which device.
pub(super) const DEVICE: &str = "device";
/// The hash of this session's own key, known while a request lasts.
pub(super) const HERE: &str = "here";

/// How long a visitor who is not signed in keeps a session, in hours: it only guards the forms they see.
const VISITOR_HOURS: i64 = 24;
/// How long a code can be typed after the password, in minutes (our choice: time to find the phone).
const CODE_MINUTES: i64 = 10;
/// How often it is written down that somebody was here, in minutes at most (our choice: a page is read far more often
/// than anybody looks at this).
const SEEN_MINUTES: i64 = 60;
/// What the key of a visitor's session begins with; a key of ours has no dot in it.
const VISITOR: &str = "visitor.";

type State = HashMap<String, String>;

/// Keeps sessions.
#[derive(Clone)]
pub(super) struct DbSessions {
    pub store: Store,
    pub life: SessionLife,
}

/// What a visitor's cookie holds; it is signed, so nobody writes their own.
#[derive(Serialize, Deserialize)]
struct Visitor {
    until: i64,
    state: State,
}

impl DbSessions {
    async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Store) -> Result<T, Error> + Send + 'static,
    ) -> Result<T, anyhow::Error> {
        let store = self.store.clone();
        let done = web::block(move || work(&store)).await;
        Ok(done.map_err(|error| anyhow::anyhow!("{error}"))??)
    }

    /// When a session ends by itself if nobody uses it again.
    fn end(&self, session: &Session) -> DateTime<Utc> {
        if session.asks_code {
            return session.signed_in_at + TimeDelta::minutes(CODE_MINUTES);
        }
        let idle = session.seen_at + TimeDelta::days(self.life.idle_days.into());
        idle.min(session.signed_in_at + TimeDelta::days(self.life.days.into()))
    }

    /// The session of whoever signed in; nothing for a visitor.
    fn session(&self, key: &str, state: &State) -> Result<Option<Session>, anyhow::Error> {
        let (signed_in, asked) = (read::<i64>(state, ACCOUNT), read::<i64>(state, ASKED));
        let Some(account) = signed_in.or(asked).map(AccountId) else { return Ok(None) };
        let now = real_now();
        let session = Session {
            key_hash: key_hash(key),
            account,
            asks_code: signed_in.is_none(),
            state: written(state)?,
            device: read(state, DEVICE).unwrap_or_default(),
            signed_in_at: read(state, SINCE).and_then(DateTime::from_timestamp_micros).unwrap_or(now),
            seen_at: now,
            expires_at: now,
        };
        Ok(Some(Session { expires_at: self.end(&session), ..session }))
    }

    /// Writes down that somebody is here, beside the request, when it is time to. Without it their session only ends a
    /// little sooner.
    fn remember_seeing(&self, session: Session) {
        let now = real_now();
        if session.asks_code || now - session.seen_at < TimeDelta::minutes(SEEN_MINUTES) {
            return;
        }
        let (sessions, session) = (self.clone(), Session { seen_at: now, ..session });
        let end = self.end(&session);
        actix_web::rt::spawn(async move {
            let seen = move |store: &Store| store.note(|db| sessions::seen(db, &session.key_hash, now, end));
            if let Err(error) = sessions.run(seen).await {
                tracing::warn!(%error, "a visit could not be written down");
            }
        });
    }
}

/// What stands for a key in the database.
fn key_hash(key: &str) -> String {
    hex(&Sha256::digest(key))
}

fn read<T: DeserializeOwned>(state: &State, name: &str) -> Option<T> {
    serde_json::from_str(state.get(name)?).ok()
}

/// A state as it is kept, without what only belongs to this request.
fn written(state: &State) -> Result<String, serde_json::Error> {
    let kept: HashMap<_, _> = state.iter().filter(|(name, _)| *name != HERE).collect();
    serde_json::to_string(&kept)
}

/// The key of a visitor's session, which is all there is of it.
fn visitor_key(state: State) -> Result<String, serde_json::Error> {
    let until = (real_now() + TimeDelta::hours(VISITOR_HOURS)).timestamp();
    Ok(format!("{VISITOR}{}", URL_SAFE_NO_PAD.encode(serde_json::to_vec(&Visitor { until, state })?)))
}

/// What a visitor's session holds, until it ends. That somebody is signed in is believed of a row only, whatever a cookie
/// says: even with the key that signs it nobody makes themselves somebody else.
fn visitor_state(packed: &str) -> Option<State> {
    let visitor: Visitor = serde_json::from_slice(&URL_SAFE_NO_PAD.decode(packed).ok()?).ok()?;
    let mut state = visitor.state;
    state.retain(|name, _| ![ACCOUNT, ASKED].contains(&name.as_str()));
    (visitor.until > real_now().timestamp()).then_some(state)
}

impl SessionStore for DbSessions {
    async fn load(&self, key: &SessionKey) -> Result<Option<State>, LoadError> {
        if let Some(packed) = key.as_ref().strip_prefix(VISITOR) {
            return Ok(visitor_state(packed));
        }
        let (hash, visit) = (key_hash(key.as_ref()), Visit::current());
        let now = visit.now;
        let find = move |store: &Store| store.look(|db| sessions::find(db, &hash, now));
        // Where the database is in this very process that takes less time than handing it to another thread and back.
        let found = if self.store.is_embedded() { find(&self.store).map_err(Into::into) } else { self.run(find).await };
        let found = found.map_err(LoadError::Other)?;
        let Some(Found { session, person, waiting }) = found.filter(|found| self.end(&found.session) > real_now())
        else {
            return Ok(None);
        };
        if !session.asks_code {
            visit.is_of(Viewer { person, waiting });
        }
        let mut state: State =
            serde_json::from_str(&session.state).map_err(|error| LoadError::Deserialization(error.into()))?;
        state.insert(HERE.to_owned(), format!("\"{}\"", session.key_hash));
        self.remember_seeing(session);
        Ok(Some(state))
    }

    async fn save(&self, state: State, _: &Duration) -> Result<SessionKey, SaveError> {
        let key = token::unguessable();
        let key = match self.session(&key, &state).map_err(SaveError::Serialization)? {
            Some(session) => {
                self.run(move |store| devices::add(store, session)).await.map_err(SaveError::Other)?;
                key
            }
            None => visitor_key(state).map_err(|error| SaveError::Serialization(error.into()))?,
        };
        key.try_into().map_err(|_| SaveError::Other(anyhow::anyhow!("the session key is too long")))
    }

    async fn update(&self, key: SessionKey, state: State, ttl: &Duration) -> Result<SessionKey, UpdateError> {
        if key.as_ref().starts_with(VISITOR) {
            return self.save(state, ttl).await.map_err(|error| UpdateError::Other(error.into()));
        }
        let (hash, state) =
            (key_hash(key.as_ref()), written(&state).map_err(|error| UpdateError::Serialization(error.into()))?);
        // What matters begins a new session; what changes within one is a word to show, or that it was shown.
        if let Err(error) = self.run(move |store| store.write(|db| sessions::update(db, &hash, &state))).await {
            tracing::warn!(%error, "a session could not be written down");
        }
        Ok(key)
    }

    /// Never asked for: [`Self::load`] moves the end.
    async fn update_ttl(&self, _: &SessionKey, _: &Duration) -> Result<(), anyhow::Error> {
        Ok(())
    }

    async fn delete(&self, key: &SessionKey) -> Result<(), anyhow::Error> {
        if key.as_ref().starts_with(VISITOR) {
            return Ok(());
        }
        let hash = key_hash(key.as_ref());
        self.run(move |store| store.write(|db| sessions::delete(db, &hash))).await
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_visitors_key_holds_is_read_back_until_a_day_later() {
        let state = State::from([("csrf".to_owned(), "\"abc\"".to_owned())]);
        let key = visitor_key(state.clone()).unwrap();
        let packed = key.strip_prefix(VISITOR).unwrap();
        assert_eq!(visitor_state(packed), Some(state.clone()));
        let until = (real_now() - TimeDelta::seconds(1)).timestamp();
        let old = URL_SAFE_NO_PAD.encode(serde_json::to_vec(&Visitor { until, state }).unwrap());
        assert_eq!(visitor_state(&old), None, "its time is over");
        assert_eq!(visitor_state("?"), None);
    }

    #[test]
    fn a_visitors_cookie_signs_nobody_in_even_when_it_is_signed() {
        let state = State::from([ACCOUNT, ASKED, "csrf"].map(|name| (name.to_owned(), "7".to_owned())));
        let key = visitor_key(state).unwrap();
        let believed = visitor_state(key.strip_prefix(VISITOR).unwrap()).unwrap();
        assert_eq!(believed, State::from([("csrf".to_owned(), "7".to_owned())]));
    }
}
