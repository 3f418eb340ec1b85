//! Settling what fell due: the program's own part in an order's life.

use chrono::{DateTime, Utc};

use super::change::settle_one;
use crate::domain::Reference;
use crate::store::{Error, Store, orders};

/// Orders settled in one transaction, at most: few enough that nobody waits for the write lock.
const BATCH: usize = 100;

/// Settles everything that is due, batch by batch, and answers how many things happened. Doing it late, twice, or on
/// several servers at once makes no difference: each order is held, looked at again, and settled at its own deadline.
/// An order that cannot be settled is logged and passed over, so that it never holds up the others.
///
/// # Errors
///
/// When the database is not available.
pub fn settle_all_due(store: &Store, now: DateTime<Utc>) -> Result<usize, Error> {
    let mut happened = 0;
    let mut last = None;
    loop {
        let due = store.read(|db| orders::due(db, now, last, BATCH))?;
        let Some(further) = due.last().copied() else { return Ok(happened) };
        last = Some(further);
        let mut references: Vec<Reference> = due.into_iter().map(|(_, reference)| reference).collect();
        // By name, so that two servers never wait for each other in a circle.
        references.sort();
        happened += settle_batch(store, &references, now)?;
    }
}

/// Settles these orders in one transaction; when that fails, each gets a transaction of its own.
fn settle_batch(store: &Store, due: &[Reference], now: DateTime<Utc>) -> Result<usize, Error> {
    let settle = |some: &[Reference]| {
        store.write(|db| some.iter().map(|reference| settle_one(db, *reference, now)).sum::<Result<usize, Error>>())
    };
    match settle(due) {
        Err(Error::Unavailable(cause)) => Err(Error::Unavailable(cause)),
        Ok(happened) => Ok(happened),
        Err(_) => {
            let mut happened = 0;
            for reference in due {
                match settle(&[*reference]) {
                    Ok(one) => happened += one,
                    Err(Error::Unavailable(cause)) => return Err(Error::Unavailable(cause)),
                    Err(error) => tracing::error!(%reference, %error, "an order could not be settled"),
                }
            }
            Ok(happened)
        }
    }
}

/// When silence does something next.
///
/// # Errors
///
/// When the database fails.
pub fn next_due(store: &Store) -> Result<Option<DateTime<Utc>>, Error> {
    store.read(orders::next_due)
}
