//! One connection type for two databases, picked by the address at run time.

use std::convert::Infallible;
use std::path::PathBuf;
use std::str::FromStr;

use diesel::connection::SimpleConnection;
use diesel::r2d2::R2D2Connection;
use diesel::{Connection as _, PgConnection, SqliteConnection};

/// A connection to either database.
#[derive(diesel::MultiConnection)]
pub enum Db {
    /// Embedded SQLite.
    Sqlite(SqliteConnection),
    /// PostgreSQL.
    Postgres(PgConnection),
}

/// Runs an expression on the connection inside, for the few things Diesel cannot say for both databases at once.
macro_rules! either {
    ($db:expr, $inner:ident => $run:expr) => {
        match $db {
            $crate::store::Db::Sqlite($inner) => $run,
            $crate::store::Db::Postgres($inner) => $run,
        }
    };
}
pub(super) use either;

/// Inserts rows: on PostgreSQL many with one statement; on SQLite one by one with a statement that is prepared once and
/// kept, which is quicker there than reading a long one and remembering how to undo half of it.
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

/// Which database to open.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Target {
    /// A file; made when it is not there.
    Sqlite(PathBuf),
    /// A `postgres://` address.
    Postgres(String),
}

impl FromStr for Target {
    type Err = Infallible;

    /// Reads a path, `sqlite://PATH` or `postgres://…`.
    fn from_str(written: &str) -> Result<Self, Infallible> {
        if written.starts_with("postgres://") || written.starts_with("postgresql://") {
            return Ok(Self::Postgres(written.to_owned()));
        }
        Ok(Self::Sqlite(written.strip_prefix("sqlite://").unwrap_or(written).into()))
    }
}

/// What a connection is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Use {
    Read,
    Write,
    /// To read a file that stays exactly as it is.
    Look,
    /// To fill a new file, which is thrown away when that breaks off.
    Fill,
}

/// Opens one connection.
pub(super) fn connect(target: &Target, usage: Use) -> Result<Db, diesel::r2d2::Error> {
    match target {
        Target::Sqlite(path) => {
            let mut db = SqliteConnection::establish(&path.to_string_lossy())?;
            // The order matters: without busy_timeout the switch to WAL can itself fail on a busy file.
            db.batch_execute("PRAGMA busy_timeout = 5000")?;
            db.batch_execute(match usage {
                Use::Read | Use::Write => "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL",
                Use::Look => "PRAGMA query_only = ON",
                Use::Fill => "PRAGMA journal_mode = MEMORY; PRAGMA synchronous = OFF",
            })?;
            db.batch_execute("PRAGMA foreign_keys = ON; PRAGMA trusted_schema = OFF")?;
            // SQLite's own only knows the letters of English.
            crate::store::sql::lower_utils::register_impl(&mut db, |text: String| text.to_lowercase())?;
            if usage == Use::Read {
                db.batch_execute("PRAGMA query_only = ON")?;
            }
            Ok(Db::Sqlite(db))
        }
        Target::Postgres(url) => {
            let mut db = PgConnection::establish(url)?;
            db.batch_execute("SET TIME ZONE 'UTC'")?;
            Ok(Db::Postgres(db))
        }
    }
}

/// Makes connections for the pool, and keeps the real reason when one cannot be made.
#[derive(Debug)]
pub(super) struct Manager {
    target: Target,
    usage: Use,
}

impl Manager {
    pub(super) fn new(target: Target, usage: Use) -> Self {
        Self { target, usage }
    }
}

impl diesel::r2d2::ManageConnection for Manager {
    type Connection = Db;
    type Error = diesel::r2d2::Error;

    fn connect(&self) -> Result<Db, Self::Error> {
        connect(&self.target, self.usage)
    }

    /// Whether the other side has ended it, as far as can be seen from here: a question would be a journey to PostgreSQL
    /// for every page. What PostgreSQL says when it ends a connection is what is read first, and then that nothing follows.
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
    fn an_address_names_its_database() {
        let target = |written: &str| written.parse::<Target>().unwrap();
        assert_eq!(target("data/demo.db"), Target::Sqlite("data/demo.db".into()));
        assert_eq!(target("sqlite:///srv/oc.db"), Target::Sqlite("/srv/oc.db".into()));
        assert_eq!(target("postgres://localhost/oc"), Target::Postgres("postgres://localhost/oc".into()));
    }
}
