//! The servers that share a database, and their clocks: a wrong clock decides nothing.

use chrono::{DateTime, TimeDelta, Utc};

use crate::clock::Clock;
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

/// Writes down that a server is running, and answers with the others that are.
pub fn beat(store: &Store, server: &Server, wall: DateTime<Utc>) -> Result<Vec<Server>, Error> {
    store.write(|db| servers::beat(db, server, wall, wall - TimeDelta::days(KEPT_DAYS)))?;
    others(store, server, wall)
}

/// The other servers that are running.
pub fn others(store: &Store, server: &Server, wall: DateTime<Utc>) -> Result<Vec<Server>, Error> {
    let mut running = store.read(|db| servers::seen_since(db, wall - TimeDelta::minutes(RUNS_MINUTES)))?;
    running.retain(|other| other.id != server.id);
    Ok(running)
}

/// Writes down that a server stops.
pub fn leave(store: &Store, server: &Server) -> Result<(), Error> {
    store.write(|db| servers::leave(db, &server.id))
}
