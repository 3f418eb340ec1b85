//! Limits how often a key is used: a bucket of requests that fills up again.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use chrono::{DateTime, Utc};

/// How many seconds' requests a bucket holds, for a program that was quiet before (our choice).
const SECONDS: f64 = 4.0;
/// Full buckets are forgotten above so many.
const MOST_BUCKETS: usize = 10_000;

/// The buckets of this process, by key, or by network address for requests without one.
#[derive(Default)]
pub(super) struct Buckets(Mutex<HashMap<String, Bucket>>);

#[derive(Clone, Copy)]
struct Bucket {
    left: f64,
    at: DateTime<Utc>,
}

impl Bucket {
    fn at(self, now: DateTime<Utc>, rate: f64) -> Self {
        // A clock that was put back fills nothing.
        let seconds = (now - self.at).as_seconds_f64().max(0.0);
        Self { left: (self.left + seconds * rate).min(rate * SECONDS), at: now }
    }
}

impl Buckets {
    /// Takes one request of a bucket that gets `rate` more each second.
    ///
    /// # Errors
    ///
    /// When it is empty, with the seconds until there is one again.
    pub fn take(&self, who: &str, rate: u32, now: DateTime<Utc>) -> Result<(), u64> {
        let rate = f64::from(rate);
        let mut buckets = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if buckets.len() > MOST_BUCKETS {
            buckets.retain(|_, bucket| bucket.at(now, rate).left < rate * SECONDS);
        }
        let full = Bucket { left: rate * SECONDS, at: now };
        let bucket = buckets.entry(who.to_owned()).or_insert(full);
        *bucket = bucket.at(now, rate);
        if bucket.left < 1.0 {
            return Err(1);
        }
        bucket.left -= 1.0;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use chrono::TimeDelta;

    use super::*;

    #[test]
    fn a_bucket_gives_so_many_at_once_and_fills_up_again() {
        let buckets = Buckets::default();
        let now = DateTime::from_timestamp(1_790_000_000, 0).unwrap();
        let taken = |at| (0..1_000).take_while(|_| buckets.take("a", 50, at).is_ok()).count();
        assert_eq!(taken(now), 200);
        assert_eq!(buckets.take("b", 50, now), Ok(()), "each key has its own");
        assert_eq!(taken(now + TimeDelta::seconds(1)), 50);
        assert_eq!(taken(now - TimeDelta::hours(1)), 0);
        assert_eq!(taken(now + TimeDelta::hours(1)), 200);
    }
}
