//! Fills the chains of orders: the hashes of their events.

use crate::domain::Reference;
use crate::domain::audit::chain;
use crate::operations::orders::batch::FIRST_BATCH;
use crate::store::orders::hashes;
use crate::store::{Db, Error, Store};

/// Hashes the events of these locked orders that have no hash yet. An order that cannot be read is logged and passed over:
/// its mails go all the same.
pub(in crate::operations) fn hash_held(db: &mut Db, held: &[String]) -> Result<(), Error> {
    for reference in held {
        match hashes::to_hash(db, reference) {
            Ok(Some(found)) => {
                let facts = chain::facts(&found.order, &found.disputes, &found.links);
                let hashes = chain::hashes(&found.previous, &facts);
                hashes::append(db, &found, hashes)?;
            }
            Ok(None) => {}
            Err(error @ Error::Corrupt(_)) => {
                tracing::warn!(order = reference, %error, "the events of an order could not be hashed");
            }
            Err(error) => return Err(error),
        }
    }
    Ok(())
}

/// Hashes the events of one order at once, for a reader who waits.
pub fn hash_now(store: &Store, reference: Reference) -> Result<(), Error> {
    store.write(|db| {
        let held = hashes::hold_one(db, reference)?;
        hash_held(db, &held)
    })
}

/// Hashes events of a few orders behind `after` that were there before hashes were, or that nobody is told of. Returns the
/// last order that it looked at while there may be more.
pub fn hash_older(store: &Store, after: &str) -> Result<Option<String>, Error> {
    if !store.read(hashes::is_behind)? {
        return Ok(None);
    }
    let limit = usize::try_from(FIRST_BATCH).unwrap_or(1);
    let mut held = store.write(|db| {
        let held = hashes::hold(db, after, limit)?;
        hash_held(db, &held)?;
        Ok::<_, Error>(held)
    })?;
    Ok(if held.len() < limit { None } else { held.pop() })
}
