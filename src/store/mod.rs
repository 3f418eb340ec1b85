//! What is remembered: embedded SQLite or PostgreSQL, one Diesel source for both.
//!
//! Everything goes through [`Store::read`] and [`Store::write`]. A write is one transaction that holds the database's
//! write lock (SQLite) or the row it works on (PostgreSQL, see [`orders::lock`]); it is committed whole or not at all.

pub mod calendars;
mod connection;
pub mod delivery;
pub mod disputes;
mod error;
pub mod events;
pub mod notifications;
pub mod numbers;
pub mod orders;
pub mod outbox;
pub mod password_links;
pub mod people;
mod rows;
mod schema;
pub mod second_factors;
pub mod sessions;
pub mod sign_in;

use diesel::connection::{AnsiTransactionManager, TransactionManager};
use diesel::r2d2::{Pool, PooledConnection};
use diesel_migrations::{EmbeddedMigrations, MigrationHarness, embed_migrations};

pub use connection::{Db, Target};
use connection::{Manager, Use};
pub use error::Error;

const SQLITE: EmbeddedMigrations = embed_migrations!("migrations/sqlite");
const POSTGRES: EmbeddedMigrations = embed_migrations!("migrations/postgres");

/// How long a request waits for a connection before it is told to come back later, in seconds.
const WAIT_SECONDS: u64 = 3;
/// Connections for reading SQLite, or for everything on PostgreSQL.
const CONNECTIONS: u32 = 8;

/// The database, with its connections. Cheap to clone.
#[derive(Clone)]
pub struct Store {
    readers: Pool<Manager>,
    /// SQLite has ONE writer: several would starve each other while they wait for the lock.
    writers: Pool<Manager>,
    /// PostgreSQL has one pool for both.
    is_one_pool: bool,
}

/// How many connections to the database this process has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Connections {
    /// Waiting for somebody who needs one.
    pub idle: u32,
    /// Working.
    pub busy: u32,
}

impl Store {
    /// Opens the database and brings its tables up to date.
    ///
    /// # Errors
    ///
    /// When it cannot be reached or a migration fails.
    pub fn open(target: &Target) -> Result<Self, Error> {
        connection::connect(target, Use::Write).map_err(Error::unavailable).and_then(|mut db| migrate(&mut db))?;
        Self::open_as_it_is(target)
    }

    /// Opens the database without touching its tables.
    ///
    /// # Errors
    ///
    /// When it cannot be reached.
    pub fn open_as_it_is(target: &Target) -> Result<Self, Error> {
        let pool = |usage: Use, size: u32| {
            Pool::builder()
                .max_size(size)
                .min_idle(Some(1))
                .connection_timeout(std::time::Duration::from_secs(WAIT_SECONDS))
                .test_on_check_out(matches!(target, Target::Postgres(_)))
                .error_handler(Box::new(diesel::r2d2::NopErrorHandler))
                .build(Manager::new(target.clone(), usage))
        };
        let writers = pool(Use::Write, if matches!(target, Target::Sqlite(_)) { 1 } else { CONNECTIONS })?;
        let readers = if matches!(target, Target::Sqlite(_)) { pool(Use::Read, CONNECTIONS)? } else { writers.clone() };
        Ok(Self { readers, writers, is_one_pool: matches!(target, Target::Postgres(_)) })
    }

    /// How many connections there are.
    #[must_use]
    pub fn connections(&self) -> Connections {
        let mut states = vec![self.readers.state()];
        if !self.is_one_pool {
            states.push(self.writers.state());
        }
        let idle = states.iter().map(|state| state.idle_connections).sum();
        let all: u32 = states.iter().map(|state| state.connections).sum();
        Connections { idle, busy: all - idle }
    }

    /// Reads: everything inside sees one and the same moment of the database.
    ///
    /// # Errors
    ///
    /// When the database cannot be reached, or what `work` returns.
    pub fn read<T, E: From<Error>>(&self, work: impl FnOnce(&mut Db) -> Result<T, E>) -> Result<T, E> {
        let begin = Begin { sqlite: "BEGIN", postgres: "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY" };
        transaction(self.readers.get().map_err(Error::from)?, &begin, work)
    }

    /// Writes: everything inside happens together or not at all.
    ///
    /// # Errors
    ///
    /// When the database cannot be reached, or what `work` returns; nothing is written then.
    pub fn write<T, E: From<Error>>(&self, work: impl FnOnce(&mut Db) -> Result<T, E>) -> Result<T, E> {
        let begin = Begin { sqlite: "BEGIN IMMEDIATE", postgres: "BEGIN" };
        transaction(self.writers.get().map_err(Error::from)?, &begin, work)
    }
}

/// How a transaction begins on each database.
struct Begin {
    sqlite: &'static str,
    postgres: &'static str,
}

fn transaction<T, E: From<Error>>(
    mut db: PooledConnection<Manager>,
    begin: &Begin,
    work: impl FnOnce(&mut Db) -> Result<T, E>,
) -> Result<T, E> {
    match &mut *db {
        Db::Sqlite(db) => AnsiTransactionManager::begin_transaction_sql(db, begin.sqlite),
        Db::Postgres(db) => AnsiTransactionManager::begin_transaction_sql(db, begin.postgres),
    }
    .map_err(Error::from)?;
    let result = work(&mut db);
    let ended = match (&mut *db, result.is_ok()) {
        (Db::Sqlite(db), true) => AnsiTransactionManager::commit_transaction(db),
        (Db::Sqlite(db), false) => AnsiTransactionManager::rollback_transaction(db),
        (Db::Postgres(db), true) => AnsiTransactionManager::commit_transaction(db),
        (Db::Postgres(db), false) => AnsiTransactionManager::rollback_transaction(db),
    };
    match (result, ended) {
        (Ok(_), Err(error)) => Err(Error::from(error).into()),
        (result, _) => result,
    }
}

/// Brings the tables up to date. Several servers may start at once: on PostgreSQL they take turns.
///
/// # Errors
///
/// When a migration fails.
fn migrate(db: &mut Db) -> Result<(), Error> {
    use diesel::connection::SimpleConnection;
    match db {
        Db::Sqlite(db) => db.run_pending_migrations(SQLITE).map(|_| ()),
        Db::Postgres(db) => {
            db.batch_execute("SET client_min_messages = warning; SELECT pg_advisory_lock(6220461)")?;
            let migrated = db.run_pending_migrations(POSTGRES).map(|_| ());
            db.batch_execute("SELECT pg_advisory_unlock(6220461)")?;
            migrated
        }
    }
    .map_err(Error::migration)
}
