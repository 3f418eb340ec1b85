//! The relay: makes what is told of events, after they are committed. The event is the outbox; nothing else is written for
//! it in a change.

use std::thread;
use std::time::Instant;

use chrono::{DateTime, Utc};

use crate::domain::{EventKind, Kind, StateKind};
use crate::operations::orders::batch::{FIRST_BATCH, PAUSE, next_size};
use crate::operations::orders::chain;
use crate::store::marketplace::{deliveries, feed};
use crate::store::orders::relay::{self, ToRelay};
use crate::store::{Db, Error, Store, outbox};

/// Relays every event that is not relayed yet, order by order, and answers how many orders had some. Each event is relayed
/// exactly once and in the order of its order's timeline, on however many servers this runs and wherever it breaks off:
/// what is written and the mark on the order are one transaction, and an order is in one hand at a time. An order that
/// cannot be relayed is logged and passed over, so that it never holds up the others.
///
/// # Errors
///
/// When the database is not available.
pub fn relay_all(store: &Store, now: DateTime<Utc>) -> Result<usize, Error> {
    relay_and_count(store, now, |_| ())
}

/// Relays as [`relay_all`] does, and passes on each beginning and end of a question, once it is committed: exactly one server
/// does so for each.
///
/// # Errors
///
/// When the database is not available.
pub fn relay_and_count(store: &Store, now: DateTime<Utc>, mut count: impl FnMut(Asked)) -> Result<usize, Error> {
    let (mut relayed, mut after, mut size) = (0, String::new(), FIRST_BATCH);
    // Most rounds have nothing to do, and reading takes no turn to write.
    if !store.read(relay::is_behind)? {
        return Ok(0);
    }
    loop {
        let (mut held, mut asked, mut begun) = (Vec::new(), Vec::new(), Instant::now());
        let done = store.write(|db| {
            begun = Instant::now();
            held = relay::hold(db, &after, usize::try_from(size).unwrap_or(1))?;
            asked = relay_held(db, &held, now)?;
            Ok(())
        });
        let took = begun.elapsed();
        match done {
            Ok(()) => {
                asked.into_iter().for_each(&mut count);
                relayed += held.len();
            }
            Err(error) if held.is_empty() => return Err(error),
            Err(Error::Unavailable(cause)) => return Err(Error::Unavailable(cause)),
            Err(_) => relayed += relay_each(store, &held, now, &mut count)?,
        }
        store.signals().delivery.notify_one();
        store.signals().feed.notify_waiters();
        store.signals().webhooks.notify_one();
        let is_last = held.len() < usize::try_from(size).unwrap_or(1);
        let Some(last) = held.pop().filter(|_| !is_last) else { return Ok(relayed) };
        (after, size) = (last, next_size(size, took));
        thread::sleep(PAUSE);
    }
}

/// Each order in a transaction of its own, after one of them failed.
fn relay_each(
    store: &Store,
    held: &[String],
    now: DateTime<Utc>,
    count: &mut impl FnMut(Asked),
) -> Result<usize, Error> {
    let mut relayed = 0;
    for reference in held {
        let one = |db: &mut Db| {
            let held = relay::hold_one(db, reference)?;
            relay_held(db, &held, now).map(|asked| (held.len(), asked))
        };
        match store.write(one) {
            Ok((one, asked)) => {
                asked.into_iter().for_each(&mut *count);
                relayed += one;
            }
            Err(Error::Unavailable(cause)) => return Err(Error::Unavailable(cause)),
            Err(error) => tracing::error!(order = reference, %error, "an order's events could not be relayed"),
        }
    }
    Ok(relayed)
}

/// Hands the new events of these orders to everything that reads them, and marks the orders. Another reader of the stream
/// is one more call here: what it writes is then written exactly once too.
fn relay_held(db: &mut Db, held: &[String], now: DateTime<Utc>) -> Result<Vec<Asked>, Error> {
    let events = relay::events_of(db, held)?;
    // Before the mails, which tell the hashes.
    chain::hash_held(db, held)?;
    outbox::tell_all(db, &events, now)?;
    relay::mark(db, held)?;
    // Last, since it holds the lock of the positions until the commit.
    let told = feed::append(db, &events, now)?;
    deliveries::append(db, &told, now)?;
    Ok(events.iter().filter_map(Asked::of).collect())
}

/// A question that began or ended, for counts over all orders.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Asked {
    /// Its kind.
    pub kind: Kind,
    /// How it ended; `None` when it began.
    pub outcome: Option<StateKind>,
}

impl Asked {
    /// What this event tells of a question.
    fn of(event: &ToRelay) -> Option<Self> {
        let what = event.kind.parse::<EventKind>().ok()?;
        let outcome = what.ends_dispute();
        if outcome.is_none() && what != EventKind::Opened {
            return None;
        }
        Some(Self { kind: event.asked?, outcome })
    }
}
