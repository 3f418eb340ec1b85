//! Detects a connection pooler that shares server connections between clients (pgbouncer's transaction and statement mode).
//! Session settings and session locks, which this program relies on, do not work there.

use diesel::connection::SimpleConnection;
use diesel::sql_types::{Integer, Text};
use diesel::{PgConnection, QueryableByName, RunQueryDsl};

use super::address::Target;
use super::connection::{SETTINGS, bare};
use super::error::Error;

/// Number of comparisons. A busy pooler may hand out two different server connections by chance.
const ROUNDS: usize = 4;

#[derive(QueryableByName)]
struct Session {
    #[diesel(sql_type = Integer)]
    pid: i32,
    #[diesel(sql_type = Text)]
    language: String,
}

/// Fails unless two connections are two backends of PostgreSQL and stay the same ones. It makes no session setting
/// first, because that would stay on the pooler's connection for other clients.
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
    one.batch_execute(SETTINGS)?;
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

/// Whether a locale such as `C` or `en_US.UTF-8` has English messages.
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
