//! The clock: only this file reads it. Everywhere else time is an argument.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use chrono::{DateTime, SubsecRound, TimeDelta, Utc};

/// The wall clock and the application's clock at one moment. Sessions, links and codes live by the wall clock; mails
/// live by the application's clock, which a demo may move.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Times {
    /// The wall clock (UTC).
    pub wall: DateTime<Utc>,
    /// The application's clock (UTC).
    pub app: DateTime<Utc>,
}

/// The application's clock. It runs with the real one, or ahead of it in a demo, where visitors may move it forward.
#[derive(Debug, Clone, Default)]
pub struct Clock {
    ahead_micros: Arc<AtomicI64>,
}

impl Clock {
    /// The application's time, in whole microseconds, the precision of both databases.
    #[must_use]
    pub fn now(&self) -> DateTime<Utc> {
        self.times().app
    }

    /// Both times at the same moment.
    #[must_use]
    #[expect(clippy::disallowed_methods, reason = "this is the place the others are sent to")]
    pub fn times(&self) -> Times {
        let wall = real_now();
        Times { wall, app: wall + TimeDelta::microseconds(self.ahead_micros.load(Ordering::SeqCst)) }
    }

    /// Moves the clock: forward in a demo. Tests also move it back, by a negative span, since a machine's clock is
    /// sometimes set back.
    pub fn advance(&self, by: TimeDelta) {
        self.ahead_micros.fetch_add(by.num_microseconds().unwrap_or(0), Ordering::SeqCst);
    }
}

/// The real time, for sessions and sign-in attempts: these must not move with a demo's clock.
#[must_use]
#[expect(clippy::disallowed_methods, reason = "this is the place the others are sent to")]
pub fn real_now() -> DateTime<Utc> {
    Utc::now().trunc_subsecs(6)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    #[expect(clippy::disallowed_methods, reason = "the clock is held against the wall")]
    fn the_clock_moves_for_everybody_who_shares_it() {
        let clock = Clock::default();
        let shared = clock.clone();
        for (by, sum) in [(2, 2), (-3, -1)] {
            clock.advance(TimeDelta::days(by));
            let ahead = shared.now() - real_now();
            assert!((ahead - TimeDelta::days(sum)).abs() < TimeDelta::seconds(5), "{ahead}");
        }
    }
}
