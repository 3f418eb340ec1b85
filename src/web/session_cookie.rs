//! The cookie of a session. actix-session signs and sends it; [`super::session`] looks up and changes the session that
//! it names.

use std::collections::HashMap;

use actix_session::SessionMiddleware;
use actix_session::config::{CookieContentSecurity, PersistentSession};
use actix_session::storage::{LoadError, SaveError, SessionKey, SessionStore, UpdateError};
use actix_web::cookie::{Key, SameSite, time::Duration};
use chrono::{DateTime, TimeDelta, Utc};

use crate::http::old_key::session_cookie_name;
use crate::settings::Settings;

/// How long a visitor's session lasts, in hours: it only guards the forms on the pages.
const VISITOR_HOURS: i64 = 24;
/// The beginning of a visitor's cookie; a key of ours has no dot in it.
const VISITOR: &str = "visitor.";

/// The content of a session's cookie.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum SessionCookie {
    /// The key of a row: the session of an account.
    Key(String),
    /// The whole session of a visitor: the token of their forms, and its end.
    Visitor { csrf_token: String, until: DateTime<Utc> },
}

impl SessionCookie {
    /// A visitor's cookie that begins now. `wall` is the wall clock.
    pub fn visitor(csrf_token: String, wall: DateTime<Utc>) -> Self {
        Self::Visitor { csrf_token, until: wall + TimeDelta::hours(VISITOR_HOURS) }
    }

    /// Parses a cookie; `None` when it has ended. A visitor's cookie is never read as a key, so that even the secret
    /// that signs it cannot forge an account's session.
    fn read(written: &str, wall: DateTime<Utc>) -> Option<Self> {
        let Some(visitor) = written.strip_prefix(VISITOR) else { return Some(Self::Key(written.to_owned())) };
        let (until, csrf_token) = visitor.split_once('.')?;
        let until = DateTime::from_timestamp(until.parse().ok()?, 0)?;
        (until > wall).then(|| Self::Visitor { csrf_token: csrf_token.to_owned(), until })
    }

    fn written(&self) -> String {
        match self {
            Self::Key(key) => key.clone(),
            Self::Visitor { csrf_token, until } => format!("{VISITOR}{}.{csrf_token}", until.timestamp()),
        }
    }

    /// The cookie of the browser; `None` when its signature is not ours or it has ended.
    pub fn brought(session: &actix_session::Session, wall: DateTime<Utc>) -> Option<Self> {
        Self::read(&session.get::<String>(VALUE).ok()??, wall)
    }

    /// Sends it with the answer.
    pub fn set(&self, session: &actix_session::Session) {
        // Only writing it as JSON could fail, and a text can always be written as JSON.
        let _ = session.insert(VALUE, self.written());
    }
}

/// The one name in actix-session's map; its value is the whole cookie.
const VALUE: &str = "cookie";

/// Stores nothing: for actix-session the cookie itself is the session.
#[derive(Debug, Clone, Copy)]
pub(super) struct CookieOnly;

type State = HashMap<String, String>;

impl SessionStore for CookieOnly {
    async fn load(&self, key: &SessionKey) -> Result<Option<State>, LoadError> {
        let value = serde_json::to_string(key.as_ref()).map_err(|error| LoadError::Deserialization(error.into()))?;
        Ok(Some(State::from([(VALUE.to_owned(), value)])))
    }

    async fn save(&self, state: State, _: &Duration) -> Result<SessionKey, SaveError> {
        let value: String = state
            .get(VALUE)
            .and_then(|value| serde_json::from_str(value).ok())
            .ok_or_else(|| SaveError::Other(anyhow::anyhow!("a session without a cookie")))?;
        value.try_into().map_err(|_| SaveError::Other(anyhow::anyhow!("the session's cookie is too long")))
    }

    async fn update(&self, _: SessionKey, state: State, life: &Duration) -> Result<SessionKey, UpdateError> {
        self.save(state, life).await.map_err(|error| UpdateError::Other(error.into()))
    }

    async fn update_ttl(&self, _: &SessionKey, _: &Duration) -> Result<(), anyhow::Error> {
        Ok(())
    }

    async fn delete(&self, _: &SessionKey) -> Result<(), anyhow::Error> {
        Ok(())
    }
}

/// Reads and writes the cookie around every request.
pub(super) fn middleware(settings: &Settings, secret: &Key) -> SessionMiddleware<CookieOnly> {
    // The cookie may outlive the session, which the server ends: it is not written again at each visit.
    let life = Duration::days(settings.session_life.days.into());
    SessionMiddleware::builder(CookieOnly, secret.clone())
        .cookie_name(session_cookie_name(settings).to_owned())
        .cookie_secure(settings.is_https())
        .cookie_http_only(true)
        .cookie_same_site(SameSite::Lax)
        .cookie_path("/".to_owned())
        .cookie_content_security(CookieContentSecurity::Signed)
        .session_lifecycle(PersistentSession::default().session_ttl(life))
        .build()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cookie_is_read_as_it_was_written() {
        let now = DateTime::from_timestamp(1_800_000_000, 0).unwrap();
        for cookie in [SessionCookie::Key("abc".to_owned()), SessionCookie::visitor("abc".to_owned(), now)] {
            assert_eq!(SessionCookie::read(&cookie.written(), now), Some(cookie));
        }
    }

    #[test]
    fn a_visitors_cookie_counts_for_a_day() {
        let now = DateTime::from_timestamp(1_800_000_000, 0).unwrap();
        let cookie = SessionCookie::visitor("abc".to_owned(), now).written();
        assert!(SessionCookie::read(&cookie, now + TimeDelta::hours(24) - TimeDelta::seconds(1)).is_some());
        assert_eq!(SessionCookie::read(&cookie, now + TimeDelta::hours(24)), None, "its time is over");
    }

    #[test]
    fn what_begins_as_a_visitors_cookie_is_never_a_key() {
        let now = DateTime::from_timestamp(1_800_000_000, 0).unwrap();
        for nonsense in ["visitor.", "visitor.abc", "visitor.x.abc", "visitor.99999999999999999999.abc"] {
            assert_eq!(SessionCookie::read(nonsense, now), None, "{nonsense}");
        }
    }
}
