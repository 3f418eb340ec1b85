//! Moves what SQLite's writer has committed out of the log of writes and into the file, beside the writer.
//!
//! SQLite would do it in the midst of a commit, once there are a thousand pages to move: places all over the file, and a
//! wait for each of them to be on the disk, while everybody who wants to write stands in line. Here a second connection
//! does it in a thread of its own. As long as changes keep coming it never moves quite all of the log, which could then
//! not begin again at its front; so when the log is long, the writer moves the rest itself before it goes on.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;

use diesel::sql_types::Integer;
use diesel::{QueryResult, QueryableByName, RunQueryDsl, SqliteConnection, sql_query};

use super::connection::{Target, Use};
use super::writer::held;
use super::{Db, connect};

/// Pages in the log that are worth moving: SQLite's own measure. What was written several times is moved once.
const WORTH: i32 = 1_000;
/// Pages in the log (32 MiB) from which on it is long.
const LONG: i32 = 8_000;

/// The thread that moves.
pub(super) struct Checkpointer {
    /// None once it is to end.
    wake: Option<SyncSender<()>>,
    shared: Arc<Shared>,
    thread: Option<JoinHandle<()>>,
}

#[derive(Default)]
struct Shared {
    /// Held by whoever moves: SQLite lets one do it at a time.
    round: Mutex<()>,
    is_long: AtomicBool,
}

/// What SQLite says of its log, in pages.
#[derive(QueryableByName)]
struct Log {
    #[diesel(sql_type = Integer, column_name = log)]
    written: i32,
    #[diesel(sql_type = Integer, column_name = checkpointed)]
    moved: i32,
}

impl Checkpointer {
    /// Starts the thread.
    pub fn start(target: Target) -> Self {
        let shared = Arc::<Shared>::default();
        let (wake, woken) = sync_channel(1);
        let of_thread = shared.clone();
        let thread = std::thread::spawn(move || run(&target, &woken, &of_thread));
        Self { wake: Some(wake), shared, thread: Some(thread) }
    }

    /// Hears that something was committed on this connection, before anybody else writes.
    ///
    /// That nothing can be moved, on a full disk, is no harm to what is in the log; it is tried again after each commit.
    pub fn hear(&self, db: &mut SqliteConnection) {
        if self.shared.is_long.swap(false, Ordering::Relaxed) {
            let _round = held(&self.shared.round);
            let _ = moved(db);
        }
        // When it is busy it hears of this one afterwards.
        let _ = self.wake.as_ref().map(|wake| wake.try_send(()));
    }
}

impl Drop for Checkpointer {
    fn drop(&mut self) {
        self.wake = None;
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

fn run(target: &Target, woken: &Receiver<()>, shared: &Shared) {
    let mut db = None;
    while woken.recv().is_ok() {
        if db.is_none() {
            db = connect(target, Use::Write).ok();
        }
        let Some(Db::Sqlite(db)) = &mut db else { continue };
        let _round = held(&shared.round);
        if moved_if_worth(db).is_ok_and(|log| log.written >= LONG) {
            shared.is_long.store(true, Ordering::Relaxed);
        }
    }
}

fn moved_if_worth(db: &mut SqliteConnection) -> QueryResult<Log> {
    let log = log(db, "PRAGMA wal_checkpoint(NOOP)")?;
    if log.written - log.moved >= WORTH { moved(db) } else { Ok(log) }
}

/// Moves what is there now, as far as nobody reads it; nobody waits for it, and it waits for nobody.
fn moved(db: &mut SqliteConnection) -> QueryResult<Log> {
    log(db, "PRAGMA wal_checkpoint(PASSIVE)")
}

fn log(db: &mut SqliteConnection, pragma: &str) -> QueryResult<Log> {
    sql_query(pragma).get_result(db)
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::path::{Path, PathBuf};
    use std::time::{Duration, Instant};

    use diesel::connection::SimpleConnection;

    use super::super::Error;
    use super::super::writer::Writer;
    use super::*;

    const PAGE: u64 = 4_096;

    fn writes(writer: &Writer, sql: &str) {
        let done: Result<(), Error> = writer.write(|db| Ok(db.batch_execute(sql)?));
        done.unwrap();
    }

    /// A file in which a hundred pages are written anew by [`CHANGE`].
    fn place(folder: &Path) -> (PathBuf, Writer) {
        let file = folder.join("test.db");
        let writer = Writer::open(&Target::Sqlite(file.clone())).unwrap();
        writes(&writer, "CREATE TABLE texts (text BLOB); INSERT INTO texts VALUES (zeroblob(400000))");
        (file, writer)
    }

    const CHANGE: &str = "UPDATE texts SET text = randomblob(400000)";

    fn log_of(file: &Path) -> u64 {
        fs::metadata(file.with_extension("db-wal")).unwrap().len()
    }

    #[test]
    fn what_was_committed_is_moved_into_the_file_by_itself() {
        let folder = tempfile::tempdir().unwrap();
        let (file, writer) = place(folder.path());
        assert!(fs::metadata(&file).unwrap().len() < 50 * PAGE, "there is little yet, so it is in the log");
        for _ in 0..12 {
            writes(&writer, CHANGE);
        }
        let begun = Instant::now();
        while fs::metadata(&file).unwrap().len() < 90 * PAGE {
            assert!(begun.elapsed() < Duration::from_secs(20), "nobody has moved it");
            std::thread::sleep(Duration::from_millis(5));
        }
    }

    #[test]
    fn the_log_begins_again_also_while_changes_keep_coming() {
        let folder = tempfile::tempdir().unwrap();
        let (file, writer) = place(folder.path());
        std::thread::scope(|scope| {
            for _ in 0..2 {
                scope.spawn(|| (0..150).for_each(|_| writes(&writer, CHANGE)));
            }
        });
        let most = u64::try_from(LONG + 2 * WORTH).unwrap() * PAGE;
        assert!(
            log_of(&file) < most,
            "thirty thousand pages were written, and {} are in the log",
            log_of(&file) / PAGE
        );
    }
}
