//! Checkpoints copy SQLite's write-ahead log (`-wal`) into the database file.
//!
//! A commit is safe in the log, but the log must be copied now and then. That takes as long as many changes do, so a
//! thread with its own connection does it beside the writer. The log can start over only once all of it is copied,
//! which never happens while commits go on. So where the log has grown long, the writer copies the last pages itself;
//! where a slow disk leaves many pages, it waits for the thread. That keeps the log from filling the disk, except
//! during a very long read: the reader's snapshot must stay, and the log grows.

use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::{self, JoinHandle};

use diesel::connection::SimpleConnection;
use diesel::sql_types::Integer;
use diesel::{QueryResult, QueryableByName, RunQueryDsl, SqliteConnection};

use crate::store::connection::Mode;
use crate::store::{Db, Error, Target, connect};

/// Pages in the log that start a checkpoint: SQLite's own number, 4 MB.
const CHECKPOINT_AT_PAGES: i32 = 1_000;
/// Log length, in pages, from which the writer copies the rest itself; with more than this left to copy it waits for
/// the thread.
const BLOCK_WRITER_AT_PAGES: i32 = 4 * CHECKPOINT_AT_PAGES;

/// Pages in the log.
#[derive(QueryableByName)]
struct Log {
    #[diesel(sql_type = Integer)]
    log: i32,
    /// Pages that are in the database file too.
    #[diesel(sql_type = Integer)]
    checkpointed: i32,
}

/// The checkpoint thread. Dropping it waits until a running checkpoint is done.
pub(in crate::store) struct Checkpointer {
    ask: Option<SyncSender<()>>,
    /// Locked during a checkpoint.
    running: Arc<Mutex<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Checkpointer {
    /// Opens the thread's own connection and waits for requests.
    pub fn start(target: &Target) -> Result<Self, Error> {
        let (ask, asked) = sync_channel(1);
        let (db, running) = (connect(target, Mode::Write)?, Arc::default());
        let thread = thread::Builder::new().name("checkpoint".into()).spawn({
            let running = Arc::clone(&running);
            move || checkpoint_when_asked(&asked, db, &running)
        });
        Ok(Self { ask: Some(ask), running, thread: Some(thread.map_err(Error::unavailable)?) })
    }

    /// Continues the work after a commit: requests a checkpoint when the log is long. Call it on the connection that
    /// committed, outside a transaction.
    ///
    /// # Errors
    ///
    /// When a checkpoint fails now, for instance on a full disk. The log stays as it is until the next call.
    pub fn after_commit(&self, db: &mut SqliteConnection) -> QueryResult<()> {
        let Log { log, checkpointed } = diesel::sql_query("PRAGMA wal_checkpoint(NOOP)").get_result(db)?;
        let left = log - checkpointed;
        if log >= BLOCK_WRITER_AT_PAGES && left < BLOCK_WRITER_AT_PAGES {
            return checkpoint(db);
        }
        if left >= CHECKPOINT_AT_PAGES
            && let Some(ask) = &self.ask
        {
            // A busy thread is asked once more at most.
            let _ = ask.try_send(());
        }
        if left >= BLOCK_WRITER_AT_PAGES {
            drop(self.running.lock().unwrap_or_else(PoisonError::into_inner));
        }
        Ok(())
    }
}

impl Drop for Checkpointer {
    fn drop(&mut self) {
        self.ask = None;
        let _ = self.thread.take().map(JoinHandle::join);
    }
}

/// Runs a passive checkpoint: it copies as far as readers allow now, and waits for no other connection.
fn checkpoint(db: &mut SqliteConnection) -> QueryResult<()> {
    db.batch_execute("PRAGMA wal_checkpoint(PASSIVE)")
}

fn checkpoint_when_asked(asked: &Receiver<()>, db: Db, running: &Mutex<()>) {
    let Db::Sqlite(mut db) = db else { return };
    while asked.recv().is_ok() {
        let _running = running.lock().unwrap_or_else(PoisonError::into_inner);
        if let Err(error) = checkpoint(&mut db) {
            tracing::debug!(%error, "SQLite's log cannot be carried over now");
        }
    }
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;
    use std::time::{Duration, Instant};

    use super::*;

    /// A database file, and a connection that makes one commit after another.
    struct Place {
        db: SqliteConnection,
        checkpointer: Checkpointer,
        file: PathBuf,
        _folder: tempfile::TempDir,
    }

    impl Place {
        fn new() -> Self {
            let folder = tempfile::tempdir().unwrap();
            let file = folder.path().join("test.db");
            let target = Target::Sqlite(file.clone());
            let Ok(Db::Sqlite(mut db)) = connect(&target, Mode::Write) else { unreachable!() };
            db.batch_execute("PRAGMA wal_autocheckpoint = 0; CREATE TABLE pages (content BLOB NOT NULL)").unwrap();
            Self { db, checkpointer: Checkpointer::start(&target).unwrap(), file, _folder: folder }
        }

        fn writes(&mut self, pages: i32) {
            let fill = format!(
                "WITH RECURSIVE page (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM page WHERE n < {pages})
                 INSERT INTO pages SELECT randomblob(4000) FROM page"
            );
            self.db.batch_execute(&fill).unwrap();
            self.checkpointer.after_commit(&mut self.db).unwrap();
        }

        fn log(&mut self) -> Log {
            diesel::sql_query("PRAGMA wal_checkpoint(NOOP)").get_result(&mut self.db).unwrap()
        }
    }

    #[test]
    fn what_is_worth_it_is_carried_over_beside_the_writer() {
        let mut place = Place::new();
        place.writes(CHECKPOINT_AT_PAGES / 2);
        assert_eq!(place.log().checkpointed, 0, "not yet worth it");
        place.writes(CHECKPOINT_AT_PAGES);
        let until = Instant::now() + Duration::from_secs(20);
        loop {
            let Log { log, checkpointed } = place.log();
            if log == checkpointed {
                break;
            }
            assert!(Instant::now() < until, "{checkpointed} of {log} pages are carried over");
            thread::sleep(Duration::from_millis(5));
        }
    }

    #[test]
    fn the_log_begins_anew_although_somebody_goes_on_writing() {
        let mut place = Place::new();
        let (each, mut longest) = (CHECKPOINT_AT_PAGES / 10, 0);
        for _ in 0..20 * BLOCK_WRITER_AT_PAGES / each {
            place.writes(each);
            longest = longest.max(place.log().log);
        }
        assert!(longest < 4 * BLOCK_WRITER_AT_PAGES, "{longest} pages in it");
        let written = place.file.with_extension("db-wal").metadata().unwrap().len();
        assert!(written < 4 * 4_120 * u64::from(BLOCK_WRITER_AT_PAGES.unsigned_abs()), "{written} bytes in it");
    }
}
