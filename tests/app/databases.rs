//! SQLite and PostgreSQL databases, one per test.

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::sync::Mutex;

use diesel::connection::SimpleConnection;
use diesel::{Connection, PgConnection};
use oplossingscentrum::store::Target;

/// A database that no other test uses while its world exists.
pub struct Database {
    pub target: Target,
    _folder: Option<tempfile::TempDir>,
    pub name: Option<String>,
}

impl Database {
    /// Creates a database of the kind under test, for the world in that place.
    pub fn create(place: usize) -> Self {
        let of_postgres = std::env::var("OPLOSSINGSCENTRUM_TEST_DATABASE").as_deref() == Ok("postgres");
        if of_postgres { Self::postgres(&place.to_string()) } else { Self::sqlite() }
    }

    pub fn postgres(place: &str) -> Self {
        let name = format!("oplossingscentrum_test_{place}");
        empty(&name);
        Self { target: Target::Postgres(format!("postgres:///{name}")), _folder: None, name: Some(name) }
    }

    pub fn sqlite() -> Self {
        // In memory where possible: on a disk, each write waits for it.
        let shared = PathBuf::from("/dev/shm");
        let folder = if shared.is_dir() { tempfile::tempdir_in(shared) } else { tempfile::tempdir() }.unwrap();
        Self { target: Target::Sqlite(folder.path().join("test.db")), _folder: Some(folder), name: None }
    }

    /// Its address on the command line.
    pub fn address(&self) -> String {
        address(&self.target)
    }
}

/// A database's address on the command line.
pub fn address(target: &Target) -> String {
    match target {
        Target::Sqlite(path) => path.display().to_string(),
        Target::Postgres(url) => url.clone(),
    }
}

/// Empties a PostgreSQL database: the one of the world that had this place before, or a new one. Creating and dropping
/// one for each world would take longer than all the tests.
fn empty(name: &str) {
    static MADE: Mutex<BTreeSet<String>> = Mutex::new(BTreeSet::new());
    if let Ok(mut db) = PgConnection::establish(&format!("postgres:///{name}"))
        && MADE.lock().unwrap().contains(name)
    {
        let others = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity \
                      WHERE datname = current_database() AND pid <> pg_backend_pid()";
        db.batch_execute(others).unwrap();
        return db.batch_execute("DROP SCHEMA public CASCADE; CREATE SCHEMA public").unwrap();
    }
    drop_database(name);
    administer(&format!("CREATE DATABASE {name}"));
    administer(&format!("ALTER DATABASE {name} SET synchronous_commit = off"));
    MADE.lock().unwrap().insert(name.to_owned());
}

pub fn drop_database(name: &str) {
    administer(&format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)"));
}

/// Runs SQL on the server itself, at `PGHOST` and the other `PG…` variables.
fn administer(sql: &str) {
    let mut server = PgConnection::establish("postgres:///postgres").expect("run me inside pg_virtualenv");
    server.batch_execute("SET client_min_messages = warning").unwrap();
    server.batch_execute(sql).unwrap();
}
