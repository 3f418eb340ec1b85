//! The store: embedded SQLite or PostgreSQL, one Diesel source for both.
//!
//! All access goes through [`Store::read`] and [`Store::write`]. A write is one transaction that holds the database's
//! write lock (SQLite) or the row that it changes (PostgreSQL, see [`Store::write_order`]); it is committed whole or
//! not at all.

pub mod accounts;
mod address;
mod columns;
mod connection;
mod error;
mod fitness;
pub mod maintenance;
pub mod marketplace;
pub mod orders;
pub mod outbox;
mod passing;
mod pooler;
mod query;
mod schema;
mod sql;
mod sqlite;
mod turns;

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use diesel::RunQueryDsl;
use diesel::connection::{AnsiTransactionManager, SimpleConnection, TransactionManager};
use diesel::r2d2::{Pool, PooledConnection};
use diesel_migrations::{EmbeddedMigrations, MigrationHarness, embed_migrations};
use prometheus_client::metrics::histogram::Histogram;
use tokio::sync::Notify;

use crate::domain::{AccountId, Order, Reference};

use accounts::spelling;
pub use address::{AddressError, Target};
pub use connection::Db;
use connection::{Manager, Mode, either};
pub use error::Error;
use maintenance::versions::{self, Tables};
use orders::Hold;
use sqlite::group_commit::Writer;
use turns::Turns;

const SQLITE: EmbeddedMigrations = embed_migrations!("migrations/sqlite");
const POSTGRES: EmbeddedMigrations = embed_migrations!("migrations/postgres");

/// How long a request waits for a connection or a locked order before it gets a 503, in seconds.
const WAIT_SECONDS: u64 = 3;
/// The pause between two tries to lock an order that another server holds: the first pause, and the longest after
/// doubling.
const LOOK_AGAIN: (Duration, Duration) = (Duration::from_millis(2), Duration::from_millis(50));
/// How many connections read SQLite, or do everything on PostgreSQL.
const CONNECTIONS: u32 = 8;

/// The database, with its connections. Cheap to clone.
#[derive(Clone)]
pub struct Store {
    pool: Pool<Manager>,
    /// The writer for SQLite while the program serves pages; otherwise the pool writes too.
    writer: Option<Arc<Writer>>,
    /// For a caller that may not wait for a connection: whether it was refused one.
    refused: Option<Arc<AtomicBool>>,
    /// Limits concurrent writes to PostgreSQL.
    turns: Arc<Turns>,
    signals: Arc<Signals>,
}

/// Wakes the workers of this process after a commit; those of another one look every two seconds.
#[derive(Debug, Default)]
pub struct Signals {
    /// Events may have been written that are not relayed yet.
    pub relay: Notify,
    /// Mails may have been written.
    pub delivery: Notify,
    /// The feed may have new entries, or nobody shall wait for them any longer.
    pub feed: Notify,
    /// Webhooks may be due.
    pub webhooks: Notify,
    stopping: AtomicBool,
}

impl Signals {
    /// Ends the waiting for entries of the feed: the program stops.
    pub fn stop_waiting(&self) {
        self.stopping.store(true, Ordering::Relaxed);
        self.feed.notify_waiters();
    }

    /// Whether the program stops.
    #[must_use]
    pub fn is_stopping(&self) -> bool {
        self.stopping.load(Ordering::Relaxed)
    }
}

/// The connections of this process to the database.
#[derive(Debug, Clone, Default)]
pub struct Connections {
    /// How many are free.
    pub idle: u32,
    /// How many are in use.
    pub busy: u32,
    /// How long each transaction held SQLite's write lock, in seconds; `None` on PostgreSQL, which has no such lock.
    pub write_lock: Option<Histogram>,
}

impl Store {
    /// Opens the database and brings its tables up to date.
    ///
    /// # Errors
    ///
    /// When it cannot be reached, when a newer program made its tables, or when a migration fails.
    pub fn open(target: &Target) -> Result<Self, Error> {
        Self::migrated(target)?;
        Self::serving(target)
    }

    /// Opens the database for an operator's command, without limits of time. It fails like [`Self::open`].
    pub fn open_to_maintain(target: &Target) -> Result<Self, Error> {
        Self::migrated(target)?;
        match target {
            Target::Sqlite(_) => Self::serving(target),
            Target::Postgres(_) => Self::connect_pool(target, Mode::Maintain, CONNECTIONS, None),
        }
    }

    /// What makes a PostgreSQL database unfit, in sentences.
    pub fn faults(target: &Target) -> Result<Vec<String>, Error> {
        fitness::faults(&mut connect(target, Mode::Inspect)?)
    }

    fn migrated(target: &Target) -> Result<(), Error> {
        pooler::refuse(target)?;
        migrate(&mut connect(target, Mode::Maintain)?)
    }

    /// Opens the database without touching its tables, whatever their version.
    ///
    /// # Errors
    ///
    /// When it cannot be reached, or when a newer program made its tables.
    pub fn open_as_it_is(target: &Target) -> Result<Self, Error> {
        pooler::refuse(target)?;
        versions::tables(&mut connect(target, Mode::Inspect)?)?;
        Self::serving(target)
    }

    /// Opens a database to read all of it: its tables must be up to date, and nothing in it changes.
    ///
    /// # Errors
    ///
    /// When it cannot be reached, or when its tables are missing, or older or newer than this program.
    pub fn open_to_look(target: &Target) -> Result<Self, Error> {
        pooler::refuse(target)?;
        match versions::tables(&mut connect(target, Mode::Inspect)?)? {
            Tables::Current => Self::connect_pool(target, Mode::Inspect, 1, None),
            Tables::Older => Err(Error::Older),
            Tables::Missing => Err(Error::Foreign),
        }
    }

    /// Makes the tables in a new SQLite file, to be filled and closed. It is fast because it is not careful: nothing in
    /// the file is safe before the caller has written it to the disk.
    pub fn open_to_fill(file: &Path) -> Result<Self, Error> {
        let target = Target::Sqlite(file.to_owned());
        migrate(&mut connect(&target, Mode::BulkLoad)?)?;
        Self::connect_pool(&target, Mode::BulkLoad, 1, None)
    }

    /// Copies a SQLite file into an empty one, as it is, tables of an older program included. The file may be in use.
    pub fn duplicate(file: &Path, into: &Path) -> Result<(), Error> {
        let mut db = connect(&Target::Sqlite(file.to_owned()), Mode::Inspect)?;
        db.batch_execute("PRAGMA query_only = OFF")?;
        let into = into.to_string_lossy();
        let copy = diesel::sql_query("VACUUM INTO ?").bind::<diesel::sql_types::Text, _>(into);
        either!(&mut db, db => diesel::RunQueryDsl::execute(copy, db))?;
        Ok(())
    }

    /// Opens the database with the connections for serving pages.
    fn serving(target: &Target) -> Result<Self, Error> {
        match target {
            // SQLite has ONE writer: several would starve each other while they wait for the lock.
            Target::Sqlite(_) => Self::connect_pool(target, Mode::Read, CONNECTIONS, Some(Writer::open(target)?)),
            Target::Postgres(_) => Self::connect_pool(target, Mode::Write, CONNECTIONS, None),
        }
    }

    /// Opens the database with that many connections, for everything or for reading only when there is a `writer`.
    fn connect_pool(target: &Target, mode: Mode, size: u32, writer: Option<Writer>) -> Result<Self, Error> {
        let pool = Pool::builder()
            .max_size(size)
            .min_idle(Some(1))
            .connection_timeout(Duration::from_secs(WAIT_SECONDS))
            .test_on_check_out(matches!(target, Target::Postgres(_)))
            .error_handler(Box::new(diesel::r2d2::NopErrorHandler))
            .build(Manager::new(target.clone(), mode))?;
        Ok(Self { pool, writer: writer.map(Arc::new), turns: Arc::default(), refused: None, signals: Arc::default() })
    }

    /// Whether the tables are those of this program.
    ///
    /// # Errors
    ///
    /// When the database cannot be reached, or when a newer program made them.
    pub fn has_current_tables(&self) -> Result<bool, Error> {
        self.snapshot(|db| Ok(versions::tables(db)? == Tables::Current))
    }

    /// The current numbers of connections.
    #[must_use]
    pub fn connections(&self) -> Connections {
        let state = self.pool.state();
        let busy = state.connections - state.idle_connections;
        let writing = self.writer.as_ref().map(|writer| u32::from(writer.is_busy()));
        Connections {
            idle: state.idle_connections + writing.map_or(0, |busy| 1 - busy),
            busy: busy + writing.unwrap_or(0),
            write_lock: self.writer.as_ref().map(|writer| writer.held()),
        }
    }

    /// Reads in one transaction: all statements see the same moment of the database.
    pub fn snapshot<T, E: From<Error>>(&self, work: impl FnOnce(&mut Db) -> Result<T, E>) -> Result<T, E> {
        let begin = Begin { sqlite: "BEGIN", postgres: "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY" };
        self.transaction(begin, work)
    }

    /// Reads without a transaction: each statement sees the database at its own moment. It is for one statement, or for
    /// several where the later ones ask for no more than the first has seen.
    pub fn read<T, E: From<Error>>(&self, work: impl FnOnce(&mut Db) -> Result<T, E>) -> Result<T, E> {
        work(&mut *self.connection()?)
    }

    /// A handle for a thread that must not wait: reading fails with [`Error::Busy`] when no connection is free.
    #[must_use]
    pub fn without_waiting(&self) -> Self {
        Self { refused: Some(Arc::default()), ..self.clone() }
    }

    /// Whether this handle was refused a connection because none was free.
    #[must_use]
    pub fn was_refused(&self) -> bool {
        self.refused.as_ref().is_some_and(|refused| refused.load(Ordering::Relaxed))
    }

    fn connection(&self) -> Result<PooledConnection<Manager>, Error> {
        let Some(refused) = &self.refused else { return Ok(self.pool.get()?) };
        self.pool.try_get().ok_or_else(|| {
            refused.store(true, Ordering::Relaxed);
            Error::Busy
        })
    }

    /// Wakes the workers of this process.
    #[must_use]
    pub fn signals(&self) -> &Signals {
        &self.signals
    }

    /// Whether the database is in this process, so that reading a few rows takes microseconds.
    #[must_use]
    pub fn is_embedded(&self) -> bool {
        self.writer.is_some()
    }

    /// Writes in one transaction: everything inside is written together or not at all.
    ///
    /// # Errors
    ///
    /// When the database cannot be reached, or the error of `work`; nothing is written then.
    pub fn write<T, E: From<Error>>(&self, work: impl FnOnce(&mut Db) -> Result<T, E>) -> Result<T, E> {
        if let Some(writer) = &self.writer {
            return writer.write(work);
        }
        let _turn = self.turns.write(Duration::from_secs(WAIT_SECONDS))?;
        self.transaction(WRITE, work)
    }

    /// Writes something that may as well be written later. Returns `None` without waiting when too many writes are
    /// running.
    ///
    /// # Errors
    ///
    /// When the database cannot be reached, or the error of `work`; nothing is written then.
    pub fn note<T, E: From<Error>>(&self, work: impl FnOnce(&mut Db) -> Result<T, E>) -> Result<Option<T>, E> {
        if let Some(writer) = &self.writer {
            return writer.write(work).map(Some);
        }
        match self.turns.try_write() {
            Some(_turn) => self.transaction(WRITE, work).map(Some),
            None => Ok(None),
        }
    }

    /// Writes to one order for an account, and keeps the order locked meanwhile. `work` gets the order, or `None` if there is none.
    ///
    /// On PostgreSQL a change waits for a locked order without a connection. So a lock that is held for minutes, with
    /// many changes waiting for it, affects no other order and no page.
    ///
    /// # Errors
    ///
    /// [`Error::Held`] when the order is locked for too long; else see [`Self::write`].
    pub fn write_order<T, E: From<Error>>(
        &self,
        (reference, by): (Reference, AccountId),
        work: impl FnOnce(&mut Db, Option<Order>) -> Result<T, E>,
    ) -> Result<T, E> {
        let until = Instant::now() + Duration::from_secs(WAIT_SECONDS);
        let _turn = if self.is_embedded() { None } else { Some(self.turns.order((reference, by), until)?) };
        let (mut work, (mut pause, longest)) = (Some(work), LOOK_AGAIN);
        loop {
            let done = self.write(|db| {
                let order = match orders::hold(db, reference)? {
                    Hold::Elsewhere => return Ok(None),
                    Hold::Ours(order) => Some(*order),
                    Hold::Missing => None,
                };
                let work = work.take().expect("it is done once, and ends the loop");
                work(db, order).map(Some)
            })?;
            if let Some(done) = done {
                return Ok(done);
            }
            if Instant::now() >= until {
                return Err(Error::held("an order was held for too long").into());
            }
            thread::sleep(pause);
            pause = longest.min(pause * 2);
        }
    }

    fn transaction<T, E: From<Error>>(&self, begin: Begin, work: impl FnOnce(&mut Db) -> Result<T, E>) -> Result<T, E> {
        let mut db = self.connection()?;
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
}

/// The beginning of a writing transaction.
const WRITE: Begin = Begin { sqlite: "BEGIN IMMEDIATE", postgres: "BEGIN" };

/// The statement that begins a transaction on each database.
#[derive(Clone, Copy)]
struct Begin {
    sqlite: &'static str,
    postgres: &'static str,
}

fn connect(target: &Target, mode: Mode) -> Result<Db, Error> {
    connection::connect(target, mode).map_err(Error::unavailable)
}

/// Brings the tables up to date. Several servers may start at once: on PostgreSQL they take turns.
///
/// # Errors
///
/// When a newer program made the tables, or a migration fails.
fn migrate(db: &mut Db) -> Result<(), Error> {
    if let Db::Postgres(db) = db {
        // A migration that waits for a table blocks all later readers of that table, so it gives up after a while.
        let wait = "SET client_min_messages = warning; SELECT pg_advisory_lock(6220461); SET lock_timeout = '10s'";
        db.batch_execute(wait)?;
    }
    let migrated = versions::tables(db).and_then(|tables| {
        if tables != Tables::Current && !fitness::may_make_tables(db)? {
            return Err(Error::MayNotMakeTables);
        }
        if !fitness::knows_letters(db)? {
            tracing::warn!("{}", fitness::ENGLISH_ONLY);
        }
        if let Db::Sqlite(db) = &mut *db
            && diesel::dsl::sql::<diesel::sql_types::Integer>("PRAGMA user_version").get_result::<i32>(db)? != 0
        {
            // A backup that is used as a database is changed from now on, and its checksum with it.
            db.batch_execute("PRAGMA user_version = 0; PRAGMA application_id = 0")?;
        }
        match db {
            Db::Sqlite(db) => db.run_pending_migrations(SQLITE).map(|_| ()),
            Db::Postgres(db) => db.run_pending_migrations(POSTGRES).map(|_| ()),
        }
        .map_err(Error::migration)?;
        spelling::write_anew(db)
    });
    if let Db::Postgres(db) = db {
        db.batch_execute("SELECT pg_advisory_unlock(6220461)")?;
    }
    migrated
}
