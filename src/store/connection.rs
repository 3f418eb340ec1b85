//! One connection type for two databases, picked by the address at run time.

use diesel::connection::SimpleConnection;
use diesel::r2d2::R2D2Connection;
use diesel::{Connection as _, ConnectionError, PgConnection, SqliteConnection};

use super::address::Target;
use crate::domain::audit::chain::salted_hash;

/// A connection to either database.
#[derive(diesel::MultiConnection)]
pub enum Db {
    /// Embedded SQLite.
    Sqlite(SqliteConnection),
    /// PostgreSQL.
    Postgres(PgConnection),
}

/// Runs an expression on the inner connection, for the few things that Diesel cannot express for both databases at
/// once.
macro_rules! either {
    ($db:expr, $inner:ident => $run:expr) => {
        match $db {
            $crate::store::Db::Sqlite($inner) => $run,
            $crate::store::Db::Postgres($inner) => $run,
        }
    };
}
pub(super) use either;

/// Inserts rows. PostgreSQL gets many with one statement. SQLite gets them one by one with a statement that is prepared
/// once, which is faster there than to parse a long statement and to keep what undoes half of it.
macro_rules! insert_rows {
    ($db:expr, $table:expr, $rows:expr) => {
        match $db {
            $crate::store::Db::Sqlite(db) => {
                for row in &$rows {
                    diesel::insert_into($table).values(row).execute(db)?;
                }
            }
            $crate::store::Db::Postgres(db) => {
                for rows in $rows.chunks($crate::store::sql::ROWS_AT_ONCE) {
                    match rows {
                        [row] => diesel::insert_into($table).values(row).execute(db)?,
                        rows => diesel::insert_into($table).values(rows).execute(db)?,
                    };
                }
            }
        }
    };
}
pub(super) use insert_rows;

/// Names some columns of a table, in the order of a row that is read from them.
macro_rules! columns {
    ($(#[$doc:meta])* $visibility:vis $name:ident: $kind:ident = $table:ident::($($column:ident),+ $(,)?)) => {
        type $kind = ($($table::$column,)+);

        $(#[$doc])*
        $visibility const $name: $kind = ($($table::$column,)+);
    };
}
pub(super) use columns;

/// The purpose of a connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Mode {
    Read,
    Write,
    /// For an operator's command, without limits of time.
    Maintain,
    /// To read a file that stays exactly as it is.
    Inspect,
    /// To fill a new file, which is deleted when the work breaks off.
    BulkLoad,
}

/// Opens one connection.
pub(super) fn connect(target: &Target, mode: Mode) -> Result<Db, diesel::r2d2::Error> {
    match target {
        Target::Sqlite(path) => {
            let mut db = SqliteConnection::establish(&path.to_string_lossy())?;
            // The order matters: without busy_timeout the switch to WAL can itself fail on a busy file.
            db.batch_execute("PRAGMA busy_timeout = 5000")?;
            db.batch_execute(match mode {
                Mode::Read | Mode::Write | Mode::Maintain => "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL",
                Mode::Inspect => "PRAGMA query_only = ON",
                Mode::BulkLoad => "PRAGMA journal_mode = MEMORY; PRAGMA synchronous = OFF",
            })?;
            // Without recursive_triggers REPLACE deletes rows without running their delete triggers.
            db.batch_execute("PRAGMA foreign_keys = ON; PRAGMA trusted_schema = OFF; PRAGMA recursive_triggers = ON")?;
            // SQLite's own `lower` only knows the English letters.
            crate::store::sql::lower_utils::register_impl(&mut db, |text: String| text.to_lowercase())?;
            crate::store::sql::salted_hash_utils::register_impl(&mut db, |salt: String, words: String| {
                salted_hash(&salt, &words)
            })?;
            if mode == Mode::Read {
                db.batch_execute("PRAGMA query_only = ON")?;
            }
            Ok(Db::Sqlite(db))
        }
        Target::Postgres(url) => {
            let mut db = bare(url)?;
            let limits = match mode {
                Mode::Read | Mode::Write => SERVING,
                Mode::Maintain | Mode::Inspect | Mode::BulkLoad => MAINTAINING,
            };
            db.batch_execute(&format!("{SETTINGS} {limits}"))?;
            Ok(Db::Postgres(db))
        }
    }
}

/// Opens a connection to PostgreSQL without our settings.
pub(super) fn bare(address: &str) -> Result<PgConnection, ConnectionError> {
    PgConnection::establish(&watched(address)).map_err(without_settings)
}

/// Settings of every connection to PostgreSQL:
/// - UTC;
/// - a fixed schema, the one with our tables, so that a table of the same name elsewhere on the path is never used;
/// - keepalives, because a server that lost its network keeps its locks until PostgreSQL drops the connection;
/// - messages in English, which [`super::passing`] compares. Only a superuser may set that; for any
///   other role [`super::pooler`] logs when the language is another one.
pub(super) const SETTINGS: &str = "
    SET TIME ZONE 'UTC';
    SET tcp_keepalives_idle = 10; SET tcp_keepalives_interval = 5; SET tcp_keepalives_count = 3;
    SET tcp_user_timeout = 25000;
    SELECT set_config('search_path', quote_ident(coalesce(
        (SELECT schema FROM unnest(current_schemas(false)) WITH ORDINALITY AS path (schema, nth)
         JOIN pg_class ON relname = '__diesel_schema_migrations' AND relnamespace = to_regnamespace(quote_ident(schema))
         ORDER BY nth LIMIT 1),
        current_schema(), 'public')) || ', pg_temp', false);
    SELECT set_config('lc_messages', 'C', false) WHERE current_setting('is_superuser') = 'on';";

/// Limits for serving pages. Our changes hold a row for milliseconds, so a wait of one second for a row is long, and it
/// occupies a connection. (A change never waits like that for an order, see
/// [`Store::write_order`](super::Store::write_order).) Our statements take milliseconds too. A transaction that is idle for
/// five seconds belongs to a server that is frozen or lost its network; ending it releases its locks.
const SERVING: &str = "SET lock_timeout = '1s'; SET statement_timeout = '10s'; \
                       SET idle_in_transaction_session_timeout = '5s'";

/// No limits, for an operator's command. A transaction of a copy is idle while the other database works.
const MAINTAINING: &str =
    "SET lock_timeout = 0; SET statement_timeout = 0; SET idle_in_transaction_session_timeout = 0";

/// Hides libpq's messages about the address, which repeat parts of it. Messages about a connection attempt stay.
fn without_settings(error: ConnectionError) -> ConnectionError {
    match error {
        ConnectionError::BadConnection(said)
            if !said.starts_with("connection to server") && !said.starts_with("could not translate host name") =>
        {
            ConnectionError::BadConnection(
                "libpq cannot use the address: a setting behind the ? has a wrong value".into(),
            )
        }
        // One line, also when each of several hosts has a message of its own.
        ConnectionError::BadConnection(said) => ConnectionError::BadConnection(said.trim_end().replace('\n', "; ")),
        error => error,
    }
}

/// Adds timeouts to an address that does not have them: 3 s to connect, and 25 s until a vanished server is noticed (10 s of
/// silence and three probes, or as long for data that is not acknowledged).
fn watched(address: &str) -> String {
    const SETTINGS: [(&str, &str); 6] = [
        ("fallback_application_name", "oplossingscentrum"),
        ("connect_timeout", "3"),
        ("keepalives_idle", "10"),
        ("keepalives_interval", "5"),
        ("keepalives_count", "3"),
        ("tcp_user_timeout", "25000"),
    ];
    let mut watched = address.to_owned();
    for (name, value) in SETTINGS {
        let is_set = [format!("?{name}="), format!("&{name}=")].iter().any(|setting| address.contains(setting));
        if !is_set {
            watched.push(if watched.contains('?') { '&' } else { '?' });
            watched.extend([name, "=", value]);
        }
    }
    watched
}

/// Makes connections for the pool, and keeps the real reason when one cannot be made.
#[derive(Debug)]
pub(super) struct Manager {
    target: Target,
    mode: Mode,
}

impl Manager {
    pub(super) fn new(target: Target, mode: Mode) -> Self {
        Self { target, mode }
    }
}

impl diesel::r2d2::ManageConnection for Manager {
    type Connection = Db;
    type Error = diesel::r2d2::Error;

    fn connect(&self) -> Result<Db, Self::Error> {
        connect(&self.target, self.mode)
    }

    /// Whether the server has ended the connection, as far as this side can tell: a query would be a journey to
    /// PostgreSQL for every page. When PostgreSQL ends a connection, its last message can be read, and after it the end
    /// of the stream.
    fn is_valid(&self, db: &mut Db) -> Result<(), Self::Error> {
        let Db::Postgres(db) = db else { return Ok(()) };
        let mut said = db.notifications_iter();
        let ended = (0..2).find_map(|_| said.next()?.err());
        ended.map_or(Ok(()), |error| Err(diesel::r2d2::Error::QueryError(error)))
    }

    fn has_broken(&self, db: &mut Db) -> bool {
        std::thread::panicking() || either!(db, db => db.is_broken())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_keeps_its_own_settings() {
        let added = "fallback_application_name=oplossingscentrum&connect_timeout=3&keepalives_idle=10&\
                     keepalives_interval=5&keepalives_count=3&tcp_user_timeout=25000";
        assert_eq!(watched("postgres:///oc"), format!("postgres:///oc?{added}"));
        let own = "postgres:///oc?connect_timeout=9&keepalives_idle=1";
        let watched = watched(own);
        assert!(watched.starts_with(own) && watched.matches("connect_timeout").count() == 1, "{watched}");
        assert_eq!(watched.matches("keepalives_idle").count(), 1, "{watched}");
    }
}
