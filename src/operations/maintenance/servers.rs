//! The servers that share a database, and their clocks: a wrong clock decides nothing.

use std::sync::LazyLock;

use chrono::{DateTime, TimeDelta, Utc};

use crate::clock::Clock;
use crate::secret::Secret;
use crate::store::maintenance::servers;
use crate::store::{Error, Store};

pub use crate::store::maintenance::servers::Server;

/// How long a server counts as running after it last said so, in minutes: it says so every minute.
const RUNS_MINUTES: i64 = 3;
/// How long a server is remembered, in days.
const KEPT_DAYS: i64 = 7;

/// Compares the clock with the database's, or with what was recorded in it, before anything is settled.
///
/// On PostgreSQL its own clock counts. On SQLite no server can have been running in the future; `accepts` says that an
/// operator looked at the clock, and forgets those moments.
pub fn compare_at_start(store: &Store, clock: &Clock, accepts: bool) -> Result<(), Error> {
    if compare(store, clock)? {
        return Ok(());
    }
    let wall = clock.times().wall;
    if accepts {
        return store.write(|db| servers::forget_after(db, wall));
    }
    if let Some(newest) = store.read(servers::newest)? {
        clock.must_be_after(newest);
    }
    Ok(())
}

/// Compares the clock with PostgreSQL's; answers whether there is one.
pub fn compare(store: &Store, clock: &Clock) -> Result<bool, Error> {
    if store.is_embedded() {
        return Ok(false);
    }
    clock.compare(|| {
        let time = store.read(servers::database_time)?;
        time.ok_or_else(|| Error::unavailable("it has no clock"))
    })?;
    Ok(true)
}

/// Writes down that a server is running.
pub fn beat(store: &Store, server: &Server, wall: DateTime<Utc>) -> Result<(), Error> {
    store.write(|db| servers::beat(db, server, wall, wall - TimeDelta::days(KEPT_DAYS)))
}

/// How the other servers differ from this one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Difference {
    /// Another one has another secret key: people are signed out by turns.
    pub key: bool,
    /// Another one is of another version.
    pub version: bool,
}

/// How the other running servers differ from this one.
pub fn difference(store: &Store, server: &Server, wall: DateTime<Utc>) -> Result<Difference, Error> {
    let others = store.read(|db| servers::seen_since(db, wall - TimeDelta::minutes(RUNS_MINUTES)))?;
    Ok(Difference {
        key: others.iter().any(|other| other.key_fingerprint != server.key_fingerprint),
        version: others.iter().any(|other| other.version != server.version),
    })
}

/// Whether the running servers can read what is hidden with this secret; true when none runs.
pub fn may_hide(store: &Store, secret: &Secret, wall: DateTime<Utc>) -> Result<bool, Error> {
    let running = store.read(|db| servers::seen_since(db, wall - TimeDelta::minutes(RUNS_MINUTES)))?;
    let own = this_server(secret).key_fingerprint;
    Ok(running.is_empty() || running.iter().any(|server| server.key_fingerprint == own))
}

/// Checks that the database can be written.
pub fn check_writing(store: &Store, wall: DateTime<Utc>) -> Result<(), Error> {
    store.write(|db| servers::touch(db, wall))
}

/// This server, as the others know it.
#[must_use]
pub fn this_server(secret: &Secret) -> Server {
    static ID: LazyLock<String> = LazyLock::new(|| format!("{:016x}", rand::random::<u64>()));
    Server {
        id: ID.clone(),
        version: env!("CARGO_PKG_VERSION").to_owned(),
        key_fingerprint: secret.fingerprint("server", "key"),
    }
}

/// Writes down that a server stops.
pub fn leave(store: &Store, server: &Server) -> Result<(), Error> {
    store.write(|db| servers::leave(db, &server.id))
}
