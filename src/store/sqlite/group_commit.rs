//! Shares one transaction and one fsync between concurrent changes. SQLite allows one writer; each change has its own
//! savepoint, and no caller gets an answer before the commit.
//!
//! The wait for the disk is the cost of a change, hence the group commit. Even a refusal waits for the commit: it may
//! rest on another change of the same transaction. A change does not wait for others to come: with an empty queue it
//! commits at once.

use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use diesel::connection::{AnsiTransactionManager, SimpleConnection, TransactionManager};
use diesel::{QueryResult, SqliteConnection};
use prometheus_client::metrics::histogram::Histogram;

use crate::store::connection::Mode;
use crate::store::sqlite::checkpoint::Checkpointer;
use crate::store::{Db, Error, Target, WAIT_SECONDS, connect};

/// The most changes in one commit.
const MOST: usize = 64;
/// The longest time a transaction admits more changes: the first one waits for the last.
const LONGEST: Duration = Duration::from_millis(10);

/// Upper bounds of the buckets for the time the write lock was held, in seconds.
const CLASSES: [f64; 8] = [0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.5];

/// The write connection, and the queue of changes before it.
pub(in crate::store) struct Writer {
    target: Target,
    /// The longest time a transaction admits more changes.
    longest: Duration,
    /// How long each transaction held the write lock, in seconds.
    held: Histogram,
    checkpointer: Checkpointer,
    queue: Mutex<Queue>,
    next: Condvar,
}

#[derive(Default)]
struct Queue {
    /// Whether a lease holds the connection.
    is_busy: bool,
    /// The number of changes in the queue.
    waiting: usize,
    /// The connection between two leases; `None` when it must be opened (again).
    db: Option<Db>,
    /// The open transaction on it. A queued change will then end it.
    batch: Option<Batch>,
}

/// A transaction shared by several changes.
struct Batch {
    since: Instant,
    members: usize,
    outcome: Arc<Outcome>,
}

/// The result of a transaction; `None` while it is open.
#[derive(Default)]
struct Outcome {
    ended: Mutex<Option<Result<(), String>>>,
    ended_signal: Condvar,
}

impl Outcome {
    fn publish(&self, result: Result<(), String>) {
        *lock(&self.ended) = Some(result);
        self.ended_signal.notify_all();
    }

    fn wait(&self) -> Result<(), Error> {
        let open = |ended: &mut Option<_>| ended.is_none();
        let ended = self.ended_signal.wait_while(lock(&self.ended), open).unwrap_or_else(PoisonError::into_inner);
        ended.clone().unwrap_or(Ok(())).map_err(Error::Unavailable)
    }
}

/// Opens the write connection. Its cache is 8 MB: a transaction of many changes touches thousands of pages, each of
/// which would else be read and written several times. Savepoints keep their undo data in memory too, where SQLite
/// would use a file per change. [`Checkpointer`] copies the log.
fn connection(target: &Target) -> Result<Db, Error> {
    let mut db = connect(target, Mode::Write)?;
    db.batch_execute("PRAGMA cache_size = -8000; PRAGMA temp_store = MEMORY; PRAGMA wal_autocheckpoint = 0")?;
    Ok(db)
}

/// Locks a mutex, poisoned or not. A panic in a change stays that change's own: its remains are cleaned up in this file,
/// so the locked state is always sound.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Writer {
    /// Opens the connection.
    pub fn open(target: &Target) -> Result<Self, Error> {
        let queue = Mutex::new(Queue { db: Some(connection(target)?), ..Queue::default() });
        let (held, checkpointer) = (Histogram::new(CLASSES), Checkpointer::start(target)?);
        Ok(Self { target: target.clone(), longest: LONGEST, held, checkpointer, queue, next: Condvar::new() })
    }

    /// How long each transaction held the write lock, in seconds, since the start.
    pub fn held(&self) -> Histogram {
        self.held.clone()
    }

    /// Whether a change is being made.
    pub fn is_busy(&self) -> bool {
        lock(&self.queue).is_busy
    }

    /// Makes one change, and returns once it is on the disk.
    ///
    /// # Errors
    ///
    /// When the connection is not available in time, when the commit fails, or the error of `work`; nothing of this
    /// change is written then.
    pub fn write<T, E: From<Error>>(&self, work: impl FnOnce(&mut Db) -> Result<T, E>) -> Result<T, E> {
        let mut lease = self.lease()?;
        let (db, outcome) = lease.begin()?;
        let done = catch_unwind(AssertUnwindSafe(|| work(db)));
        lease.end(matches!(done, Ok(Ok(_))));
        let committed = outcome.wait();
        match done {
            Ok(result) => committed.map_err(E::from).and(result),
            Err(panic) => resume_unwind(panic),
        }
    }

    /// Waits in the queue for the connection.
    fn lease(&self) -> Result<Lease<'_>, Error> {
        let mut queue = lock(&self.queue);
        queue.waiting += 1;
        let patience = Duration::from_secs(WAIT_SECONDS);
        let waited = self.next.wait_timeout_while(queue, patience, |queue| queue.is_busy);
        let (mut queue, _) = waited.unwrap_or_else(PoisonError::into_inner);
        queue.waiting -= 1;
        if queue.is_busy {
            return Err(Error::unavailable("what others wrote took too long"));
        }
        queue.is_busy = true;
        Ok(Lease { writer: self, db: queue.db.take(), batch: queue.batch.take(), is_handed_on: false })
    }
}

/// One change's hold on the connection. Dropping it passes the connection on.
struct Lease<'a> {
    writer: &'a Writer,
    db: Option<Db>,
    batch: Option<Batch>,
    /// Whether the connection was passed to the next lease.
    is_handed_on: bool,
}

impl Lease<'_> {
    /// Begins a transaction, or joins the open one.
    fn begin(&mut self) -> Result<(&mut Db, Arc<Outcome>), Error> {
        if self.db.is_none() {
            self.db = Some(connection(&self.writer.target)?);
        }
        let begun = match &self.batch {
            // The first change has the transaction to itself until it is done, and needs no savepoint.
            None => self.run(|db| AnsiTransactionManager::begin_transaction_sql(db, "BEGIN IMMEDIATE")),
            Some(_) => self.run(AnsiTransactionManager::begin_transaction),
        };
        if let Err(error) = begun {
            self.discard(&error);
            return Err(error.into());
        }
        let new = || Batch { since: Instant::now(), members: 0, outcome: Arc::default() };
        let batch = self.batch.get_or_insert_with(new);
        batch.members += 1;
        Ok((self.db.as_mut().expect("it was opened above"), batch.outcome.clone()))
    }

    /// Keeps the change, or undoes it. Then the next queued change joins the transaction. With an empty queue, or when
    /// the transaction is full, it is committed.
    fn end(mut self, is_kept: bool) {
        let Some(batch) = &self.batch else { return };
        let is_first = batch.members == 1;
        let is_full = batch.members >= MOST || batch.since.elapsed() >= self.writer.longest;
        let ended = match (is_first, is_kept) {
            (true, true) => Ok(()),
            (false, true) => self.run(AnsiTransactionManager::commit_transaction),
            (_, false) => self.run(AnsiTransactionManager::rollback_transaction),
        };
        if let Err(error) = ended {
            return self.discard(&error);
        }
        if is_first && !is_kept {
            return self.publish(Ok(()));
        }
        if !is_full && self.hand_on_if_others_wait() {
            return;
        }
        match self.run(AnsiTransactionManager::commit_transaction) {
            Ok(()) => self.publish(Ok(())),
            Err(error) => return self.discard(&error),
        }
        let writer = self.writer;
        if let Err(error) = self.run(|db| writer.checkpointer.after_commit(db)) {
            tracing::debug!(%error, "SQLite's log cannot be carried over now");
        }
    }

    /// Leaves the open transaction to the next queued change, if there is one. That change finds the connection free,
    /// also when its time to wait runs out just then, and takes it.
    fn hand_on_if_others_wait(&mut self) -> bool {
        let mut queue = lock(&self.writer.queue);
        self.is_handed_on = queue.waiting > 0;
        if self.is_handed_on {
            self.leave(&mut queue);
        }
        self.is_handed_on
    }

    fn leave(&mut self, queue: &mut Queue) {
        (queue.db, queue.batch, queue.is_busy) = (self.db.take(), self.batch.take(), false);
        self.writer.next.notify_one();
    }

    /// Drops the connection in its unknown state, and with it everything since the transaction began.
    fn discard(&mut self, cause: &diesel::result::Error) {
        self.db = None;
        self.publish(Err(cause.to_string()));
    }

    /// Tells the result to every change of the transaction.
    fn publish(&mut self, result: Result<(), String>) {
        if let Some(batch) = self.batch.take() {
            self.writer.held.observe(batch.since.elapsed().as_secs_f64());
            batch.outcome.publish(result);
        }
    }

    fn run(&mut self, step: impl FnOnce(&mut SqliteConnection) -> QueryResult<()>) -> QueryResult<()> {
        match &mut self.db {
            Some(Db::Sqlite(db)) => step(db),
            _ => unreachable!("the connection is open, and to SQLite"),
        }
    }
}

impl Drop for Lease<'_> {
    fn drop(&mut self) {
        if !self.is_handed_on {
            let writer = self.writer;
            self.leave(&mut lock(&writer.queue));
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};
    use std::sync::mpsc;
    use std::thread;

    use diesel::sql_types::BigInt;
    use diesel::{QueryableByName, RunQueryDsl};

    use super::*;

    #[derive(QueryableByName)]
    struct Sum {
        #[diesel(sql_type = BigInt)]
        sum: i64,
    }

    /// One change in a transaction.
    #[derive(Debug, Clone, Copy)]
    enum Work {
        Writes(i64),
        /// Writes, and then refuses.
        IsRefused,
        Panics,
        /// Succeeds, and makes the commit fail.
        Spoils,
    }

    impl Work {
        fn run(self, db: &mut Db) -> Result<(), Error> {
            let Db::Sqlite(db) = db else { unreachable!() };
            let number = if let Self::Writes(number) = self { number } else { 1_000 };
            db.batch_execute(&format!("INSERT INTO numbers VALUES ({number}, NULL)"))?;
            match self {
                Self::Writes(_) => Ok(()),
                Self::IsRefused => Err(Error::corrupt("no")),
                Self::Panics => panic!("on purpose"),
                Self::Spoils => {
                    let orphan = "PRAGMA defer_foreign_keys = ON; INSERT INTO numbers VALUES (0, 7)";
                    db.batch_execute(orphan).map_err(Error::from)
                }
            }
        }
    }

    /// A file with a table of numbers, its writer, and a read connection.
    struct Place {
        writer: Writer,
        looks: Mutex<Db>,
        _folder: tempfile::TempDir,
    }

    impl Place {
        fn new() -> Self {
            let folder = tempfile::tempdir().unwrap();
            let target = Target::Sqlite(folder.path().join("test.db"));
            let mut writer = Writer::open(&target).unwrap();
            writer.longest = Duration::MAX;
            let tables = "CREATE TABLE parents (n INTEGER PRIMARY KEY);
                          CREATE TABLE numbers (n INTEGER NOT NULL, parent INTEGER REFERENCES parents (n))";
            let made: Result<(), Error> = writer.write(|db| match db {
                Db::Sqlite(db) => db.batch_execute(tables).map_err(Error::from),
                Db::Postgres(_) => unreachable!(),
            });
            made.unwrap();
            Self { writer, looks: Mutex::new(connect(&target, Mode::Read).unwrap()), _folder: folder }
        }

        /// The sum of all committed numbers.
        fn sum(&self) -> i64 {
            let Db::Sqlite(db) = &mut *lock(&self.looks) else { unreachable!() };
            diesel::sql_query("SELECT coalesce(sum(n), 0) AS sum FROM numbers").get_result::<Sum>(db).unwrap().sum
        }

        /// Runs these changes in one transaction, each in its own thread. Returns the result of each.
        fn together(&self, works: &[Work]) -> Vec<thread::Result<Result<(), Error>>> {
            let (go, wait) = mpsc::channel::<()>();
            let (wait, to_come) = (Mutex::new(wait), AtomicUsize::new(works.len()));
            let before = self.sum();
            thread::scope(|scope| {
                // Begins the transaction, and holds the connection until all others are in queue.
                let gate = scope.spawn(|| {
                    self.writer.write(|_| {
                        lock(&wait).recv().unwrap();
                        Ok::<_, Error>(())
                    })
                });
                wait_until(|| self.writer.is_busy());
                let threads: Vec<_> = works
                    .iter()
                    .map(|work| {
                        scope.spawn(|| {
                            self.writer.write(|db| {
                                if to_come.fetch_sub(1, Ordering::SeqCst) == 1 {
                                    lock(&wait).recv().unwrap();
                                }
                                work.run(db)
                            })
                        })
                    })
                    .collect();
                wait_until(|| lock(&self.writer.queue).waiting == works.len());
                go.send(()).unwrap();
                wait_until(|| to_come.load(Ordering::SeqCst) == 0);
                let told_early = threads.iter().any(thread::ScopedJoinHandle::is_finished);
                let seen = self.sum();
                go.send(()).unwrap();
                assert!(!told_early, "ended_signal before the commit");
                assert_eq!(seen, before, "there before the commit");
                drop(gate.join());
                threads.into_iter().map(thread::ScopedJoinHandle::join).collect()
            })
        }
    }

    fn wait_until(is_so: impl Fn() -> bool) {
        while !is_so() {
            thread::yield_now();
        }
    }

    #[test]
    fn those_who_come_together_share_one_commit_and_hear_of_it_afterwards() {
        let place = Place::new();
        let ended_signal = place.together(&[Work::Writes(1), Work::Writes(10), Work::Writes(100)]);
        assert!(ended_signal.iter().all(|ended_signal| matches!(ended_signal, Ok(Ok(())))), "{ended_signal:?}");
        assert_eq!(place.sum(), 111);
    }

    #[test]
    fn what_is_refused_or_breaks_off_takes_only_its_own_along() {
        let place = Place::new();
        // The system decides the order of the queue.
        for _ in 0..10 {
            let (works, before) = ([Work::Writes(1), Work::IsRefused, Work::Panics, Work::Writes(10)], place.sum());
            for (work, ended_signal) in works.iter().zip(place.together(&works)) {
                match work {
                    Work::Writes(_) => assert!(matches!(ended_signal, Ok(Ok(()))), "{ended_signal:?}"),
                    Work::IsRefused => assert!(matches!(ended_signal, Ok(Err(Error::Corrupt(_)))), "{ended_signal:?}"),
                    Work::Panics | Work::Spoils => assert!(ended_signal.is_err(), "{ended_signal:?}"),
                }
            }
            assert_eq!(place.sum(), before + 11);
        }
    }

    #[test]
    fn a_commit_that_fails_is_told_to_everybody_in_it_and_the_next_one_goes_well() {
        let place = Place::new();
        let ended_signal = place.together(&[Work::Writes(1), Work::Spoils, Work::Writes(10)]);
        assert!(
            ended_signal.iter().all(|ended_signal| matches!(ended_signal, Ok(Err(Error::Unavailable(_))))),
            "{ended_signal:?}"
        );
        assert_eq!(place.sum(), 0);
        place.writer.write(|db| Work::Writes(10).run(db)).unwrap();
        assert_eq!(place.sum(), 10);
    }

    #[test]
    fn who_is_refused_alone_leaves_nothing_behind_for_whoever_comes_next() {
        let place = Place::new();
        place.writer.write(|db| Work::IsRefused.run(db)).unwrap_err();
        place.writer.write(|db| Work::Writes(10).run(db)).unwrap();
        assert_eq!(place.sum(), 10);
    }

    #[test]
    fn a_crowd_gets_through_and_loses_nothing() {
        let place = Place::new();
        thread::scope(|scope| {
            for _ in 0..16 {
                scope.spawn(|| (0..50).for_each(|_| place.writer.write(|db| Work::Writes(1).run(db)).unwrap()));
            }
        });
        assert_eq!(place.sum(), 16 * 50);
    }
}
