//! Settling what fell due: the program's own part in an order's life.

use chrono::{DateTime, Utc};

use super::change::settle_one;
use crate::domain::Reference;
use crate::store::{Error, Store, orders};

/// Orders settled in one transaction, at most: few enough that nobody waits for the write lock.
const BATCH: i64 = 100;

/// Settles everything that is due, batch by batch, and answers how many things happened. Doing it late, twice, or on
/// several servers at once makes no difference: each order is held, looked at again, and settled at its own deadline.
///
/// # Errors
///
/// When the database fails.
pub fn settle_all_due(store: &Store, now: DateTime<Utc>) -> Result<usize, Error> {
    let mut happened = 0;
    loop {
        let due = store.read(|db| orders::due(db, now, BATCH))?;
        if due.is_empty() {
            return Ok(happened);
        }
        match settle_batch(store, &due, now)? {
            // Another server was there first.
            0 => return Ok(happened),
            some => happened += some,
        }
    }
}

/// Settles these orders in one transaction, in the order of their names, so that two servers never wait for each other
/// in a circle. One order that cannot be settled must not hold up the others: then each gets a transaction of its own.
fn settle_batch(store: &Store, due: &[Reference], now: DateTime<Utc>) -> Result<usize, Error> {
    let mut in_order = due.to_vec();
    in_order.sort();
    let settle = |some: &[Reference]| {
        store.write(|db| some.iter().map(|reference| settle_one(db, *reference, now)).sum::<Result<usize, Error>>())
    };
    match settle(&in_order) {
        Ok(happened) => Ok(happened),
        Err(Error::Unavailable(cause)) => Err(Error::Unavailable(cause)),
        Err(error) => {
            tracing::warn!(%error, "a batch could not be settled at once; settling one by one");
            let mut happened = 0;
            for reference in in_order {
                match settle(&[reference]) {
                    Ok(one) => happened += one,
                    Err(error) => tracing::error!(%reference, %error, "an order could not be settled"),
                }
            }
            if happened == 0 { Err(error) } else { Ok(happened) }
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
