//! Chooses how many orders the worker takes into one transaction, by the time that the last ones took.

use std::time::Duration;

/// Orders in the first batch. Its time decides how many the next one has.
pub(super) const FIRST_BATCH: u32 = 50;
/// Orders in a batch, at most.
const LARGEST_BATCH: u32 = 1_000;
/// How long a batch holds the write lock, about: no change of a person has to wait 20 milliseconds for it.
const HELD: Duration = Duration::from_millis(8);
/// The pause between two batches, in which other changes take their turn.
pub(super) const PAUSE: Duration = Duration::from_micros(200);

/// The number of orders that fit in [`HELD`], when `size` of them took that long; never more than twice as many.
pub(super) fn next_size(size: u32, took: Duration) -> u32 {
    let fits = HELD.as_nanos() * u128::from(size) / took.as_nanos().max(1);
    u32::try_from(fits).unwrap_or(LARGEST_BATCH).min(size * 2).clamp(1, LARGEST_BATCH)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_batch_has_as_many_orders_as_fit_in_its_time_and_grows_with_care() {
        assert_eq!(next_size(100, HELD), 100);
        assert_eq!(next_size(100, HELD * 2), 50, "half as many when it took twice as long");
        assert_eq!(next_size(100, Duration::ZERO), 200, "never more than twice as many");
        assert_eq!(next_size(LARGEST_BATCH, Duration::ZERO), LARGEST_BATCH);
        assert_eq!(next_size(1, HELD * 1_000), 1, "one at least, however slow");
    }
}
