//! The one place that reads the clock. Everywhere else time is an argument.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use chrono::{DateTime, SubsecRound, TimeDelta, Utc};

/// The application's clock. It runs with the real one, or ahead of it in a demo, where people may move it forward.
#[derive(Debug, Clone, Default)]
pub struct Clock {
    ahead_micros: Arc<AtomicI64>,
}

impl Clock {
    /// The application's time, in whole microseconds, which is what both databases keep.
    #[must_use]
    pub fn now(&self) -> DateTime<Utc> {
        real_now() + TimeDelta::microseconds(self.ahead_micros.load(Ordering::SeqCst))
    }

    /// Moves the clock forward; it never goes back.
    pub fn advance(&self, by: TimeDelta) {
        let micros = by.num_microseconds().unwrap_or(0).max(0);
        self.ahead_micros.fetch_add(micros, Ordering::SeqCst);
    }
}

/// The real time, for what must not move with a demo's clock: sessions and attempts to sign in.
#[must_use]
#[expect(clippy::disallowed_methods, reason = "this is the place the others are sent to")]
pub fn real_now() -> DateTime<Utc> {
    Utc::now().trunc_subsecs(6)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_clock_moves_forward_only_and_for_everybody_who_shares_it() {
        let clock = Clock::default();
        let shared = clock.clone();
        clock.advance(TimeDelta::days(2));
        clock.advance(TimeDelta::days(-9));
        let ahead = shared.now() - real_now();
        assert!((ahead - TimeDelta::days(2)).abs() < TimeDelta::seconds(5), "{ahead}");
    }
}
