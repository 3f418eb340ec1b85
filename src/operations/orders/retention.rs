//! Erases the words of orders that were closed long ago: titles, extras' titles, and what was written. It is done in small
//! steps, so that no change waits for it, and again and again without harm, on any number of servers.

use std::thread;
use std::time::{Duration, Instant};

use chrono::{DateTime, TimeDelta, Utc};

use crate::operations::orders::batch::PAUSE;
use crate::store::orders::retention;
use crate::store::{Error, Store};

/// Orders that one transaction dates.
const DATED_AT_ONCE: i64 = 500;
/// Orders that are looked up at once; each is erased in a transaction of its own.
const AT_ONCE: usize = 100;
/// How long a round of the worker may take, so that no deadline waits for it.
const ROUND: Duration = Duration::from_millis(250);

/// Erases the words of orders that were closed for that long, for as long as a round may take; returns how many.
pub fn round(store: &Store, kept: TimeDelta, now: DateTime<Utc>) -> Result<usize, Error> {
    erase(store, kept, now, Some(ROUND))
}

/// Erases the words of all orders that were closed for that long; returns how many.
pub fn purge(store: &Store, kept: TimeDelta, now: DateTime<Utc>) -> Result<usize, Error> {
    erase(store, kept, now, None)
}

/// How many orders would lose their words now.
pub fn count(store: &Store, kept: TimeDelta, now: DateTime<Utc>) -> Result<i64, Error> {
    store.snapshot(|db| retention::count_to_erase(db, now - kept))
}

fn erase(store: &Store, kept: TimeDelta, now: DateTime<Utc>, most: Option<Duration>) -> Result<usize, Error> {
    let begun = Instant::now();
    let has_time = || most.is_none_or(|most| begun.elapsed() < most);
    while has_time() && store.write(|db| retention::date_closed(db, DATED_AT_ONCE))? > 0 {
        thread::sleep(PAUSE);
    }
    let mut erased = 0;
    while has_time() {
        let found = store.read(|db| retention::to_erase(db, now - kept, AT_ONCE))?;
        if found.is_empty() {
            break;
        }
        for reference in found.into_iter().take_while(|_| has_time()) {
            erased += usize::from(store.write(|db| retention::erase_words(db, reference, now))?);
            thread::sleep(PAUSE);
        }
    }
    Ok(erased)
}
