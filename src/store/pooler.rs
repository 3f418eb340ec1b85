//! Poolers before PostgreSQL. One that lends a connection for a transaction at a time loses what a session sets (time
//! limits, the schema) and its locks; we would not notice before somebody loses a race.

use diesel::sql_types::{Integer, Text};
use diesel::{PgConnection, QueryableByName, RunQueryDsl};

use super::address::Target;
use super::connection::{bare, prepare};
use super::error::Error;

/// How often two connections are compared: a pooler whose other clients take turns may lend us two at a time by chance.
const ROUNDS: usize = 4;

#[derive(QueryableByName)]
struct Session {
    #[diesel(sql_type = Integer)]
    pid: i32,
    #[diesel(sql_type = Text)]
    language: String,
}

/// Refuses a pooler that shares its connections: what we have open twice must be two sessions, and stay these two. Nothing
/// is set on them before that is known, since others would get what we set.
///
/// # Errors
///
/// [`Error::Pooler`], or when the database cannot be reached.
pub(super) fn refuse(target: &Target) -> Result<(), Error> {
    let Target::Postgres(address) = target else { return Ok(()) };
    let connect = || bare(address).map_err(Error::unavailable);
    let (mut one, mut other) = (connect()?, connect()?);
    let expected = (session(&mut one)?.pid, session(&mut other)?.pid);
    for _ in 0..ROUNDS {
        let found = (session(&mut one)?.pid, session(&mut other)?.pid);
        if found.0 == found.1 || found != expected {
            return Err(Error::Pooler);
        }
    }
    prepare(&mut one)?;
    let language = session(&mut one)?.language;
    if !is_english(&language) {
        tracing::warn!(
            lc_messages = language,
            "PostgreSQL's messages are in another language, and this account may not change that: what passes by itself is \
             told as a failure. As a superuser: ALTER ROLE … SET lc_messages = 'C'"
        );
    }
    Ok(())
}

fn session(db: &mut PgConnection) -> Result<Session, Error> {
    let session = "SELECT pg_backend_pid() AS pid, current_setting('lc_messages') AS language";
    Ok(diesel::sql_query(session).get_result(db)?)
}

/// Whether messages in that locale are in English: "C", "en_US.UTF-8".
fn is_english(locale: &str) -> bool {
    let language = locale.split(['_', '.', '@']).next().unwrap_or_default();
    ["C", "POSIX", "en"].iter().any(|english| language.eq_ignore_ascii_case(english))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_locale_tells_its_language() {
        assert!(["C", "C.UTF-8", "POSIX", "en_US.UTF-8", "en_GB@euro", "EN"].into_iter().all(is_english));
        assert!(!["", "nl_NL.UTF-8", "de", "eng"].into_iter().any(is_english));
    }
}
