//! Carrying SQLite's log over into its file (a "checkpoint").
//!
//! What was committed stands in a log beside the file (`-wal`), is safe there, and must be carried over now and then. That
//! takes as long as many changes do, so it happens beside the writer, in a thread with a connection of its own. The log can
//! begin anew only once all of it is carried over, which never comes about while somebody goes on writing: so where it has
//! grown long, the writer carries over the last of it itself; and where the disk is so slow that much is left, it waits. That
//! keeps the log from filling the disk, unless somebody reads for very long: what a reader sees stays as it is, and it grows.

use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::{self, JoinHandle};

use diesel::connection::SimpleConnection;
use diesel::sql_types::Integer;
use diesel::{QueryResult, QueryableByName, RunQueryDsl, SqliteConnection};

use crate::store::connection::Use;
use crate::store::{Db, Error, Target, connect};

/// Pages in the log that are worth carrying over: SQLite's own number, 4 MB.
const WORTH_IT: i32 = 1_000;
/// Pages in the log from which on the writer carries over the last of it when those are fewer, and else waits.
const LONG: i32 = 4 * WORTH_IT;

/// Pages in the log.
#[derive(QueryableByName)]
struct Log {
    #[diesel(sql_type = Integer)]
    log: i32,
    /// Those that stand in the file too.
    #[diesel(sql_type = Integer)]
    checkpointed: i32,
}

/// Who carries over beside the writer. Dropping it waits until that is done.
pub(in crate::store) struct Checkpointer {
    ask: Option<SyncSender<()>>,
    /// Held while it does.
    at_it: Arc<Mutex<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Checkpointer {
    /// Opens a connection of its own, and waits to be asked.
    ///
    /// # Errors
    ///
    /// When the file cannot be opened.
    pub fn start(target: &Target) -> Result<Self, Error> {
        let (ask, asked) = sync_channel(1);
        let (db, at_it) = (connect(target, Use::Write)?, Arc::default());
        let thread = thread::Builder::new().name("checkpoint".into()).spawn({
            let at_it = Arc::clone(&at_it);
            move || carry_over_when(&asked, db, &at_it)
        });
        Ok(Self { ask: Some(ask), at_it, thread: Some(thread.map_err(Error::unavailable)?) })
    }

    /// To be called after each commit, with the connection that has made it and is not in a transaction.
    ///
    /// # Errors
    ///
    /// When it cannot be done now, on a full disk for instance. The log stays as it is until the next time.
    pub fn after_commit(&self, db: &mut SqliteConnection) -> QueryResult<()> {
        let Log { log, checkpointed } = diesel::sql_query("PRAGMA wal_checkpoint(NOOP)").get_result(db)?;
        let left = log - checkpointed;
        if log >= LONG && left < LONG {
            return carry_over(db);
        }
        if left >= WORTH_IT
            && let Some(ask) = &self.ask
        {
            // Whoever is at it already is asked once more at most.
            let _ = ask.try_send(());
        }
        if left >= LONG {
            drop(self.at_it.lock().unwrap_or_else(PoisonError::into_inner));
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

/// Carries over as far as it is known by now and nobody reads what would be replaced. Waits for nobody.
fn carry_over(db: &mut SqliteConnection) -> QueryResult<()> {
    db.batch_execute("PRAGMA wal_checkpoint(PASSIVE)")
}

fn carry_over_when(asked: &Receiver<()>, db: Db, at_it: &Mutex<()>) {
    let Db::Sqlite(mut db) = db else { return };
    while asked.recv().is_ok() {
        let _at_it = at_it.lock().unwrap_or_else(PoisonError::into_inner);
        if let Err(error) = carry_over(&mut db) {
            tracing::debug!(%error, "SQLite's log cannot be carried over now");
        }
    }
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;
    use std::time::{Duration, Instant};

    use super::*;

    /// A file that somebody writes to, a commit after the other.
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
            let Ok(Db::Sqlite(mut db)) = connect(&target, Use::Write) else { unreachable!() };
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
        place.writes(WORTH_IT / 2);
        assert_eq!(place.log().checkpointed, 0, "not yet worth it");
        place.writes(WORTH_IT);
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
        let (each, mut longest) = (WORTH_IT / 10, 0);
        for _ in 0..20 * LONG / each {
            place.writes(each);
            longest = longest.max(place.log().log);
        }
        assert!(longest < 4 * LONG, "{longest} pages in it");
        let written = place.file.with_extension("db-wal").metadata().unwrap().len();
        assert!(written < 4 * 4_120 * u64::from(LONG.unsigned_abs()), "{written} bytes in it");
    }
}
