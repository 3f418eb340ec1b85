//! Poolers before PostgreSQL. One that lends a connection for a transaction at a time loses what a session sets (time
//! limits, the schema) and its locks; we would not notice before somebody loses a race.

use diesel::sql_types::{Integer, Text};
use diesel::{PgConnection, QueryableByName, RunQueryDsl};

use super::connection::Use;
use super::{Db, Error, Target, connect};

/// How often two connections are compared: a pooler whose other clients take turns may lend us two at a time by chance.
const ROUNDS: usize = 4;

#[derive(QueryableByName)]
struct Session {
    #[diesel(sql_type = Integer)]
    pid: i32,
    #[diesel(sql_type = Text)]
    language: String,
}

/// Refuses a pooler that shares its connections: what we have open twice must be two sessions, and stay these two.
///
/// # Errors
///
/// [`Error::Pooler`], or when the database cannot be reached.
pub(super) fn refuse(target: &Target) -> Result<(), Error> {
    if let Target::Sqlite(_) = target {
        return Ok(());
    }
    let (Db::Postgres(mut one), Db::Postgres(mut other)) =
        (connect(target, Use::Maintain)?, connect(target, Use::Maintain)?)
    else {
        return Ok(());
    };
    let first = (session(&mut one)?, session(&mut other)?);
    for _ in 0..ROUNDS {
        let (one, other) = (session(&mut one)?.pid, session(&mut other)?.pid);
        if one == other || (one, other) != (first.0.pid, first.1.pid) {
            return Err(Error::Pooler);
        }
    }
    let language = first.0.language.to_lowercase();
    if !["c", "posix", "en"].iter().any(|english| language.split(['_', '.', '@']).next() == Some(english)) {
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
