//! The clock: only this file reads it. Everywhere else time is an argument.
//!
//! A server that serves people keeps a guard beside its clock ([`Clock::guarded`]): a clock in doubt decides nothing. Then
//! the application's time stands still, so that no deadline passes, on no page either, while answers are taken.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use chrono::{DateTime, SubsecRound, TimeDelta, Utc};

/// How far two clocks may be apart, in microseconds (our choice: 5 s. Time servers keep machines within milliseconds).
const TOLERATED: i64 = 5_000_000;

/// The wall clock and the application's clock at one moment. Sessions, links and codes live by the wall clock; mails
/// live by the application's clock, which a demo may move.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Times {
    /// The wall clock (UTC).
    pub wall: DateTime<Utc>,
    /// The application's clock (UTC).
    pub app: DateTime<Utc>,
}

/// Why the clock is in doubt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Doubt {
    /// The wall clock is that far ahead of the time by the monotonic clock or the database, or behind it when negative.
    Apart(TimeDelta),
    /// The wall clock is before this moment, at which a server was running already.
    Behind(DateTime<Utc>),
}

/// The application's clock. It runs with the real one, or ahead of it in a demo, where visitors may move it forward.
#[derive(Debug, Clone, Default)]
pub struct Clock {
    state: Arc<Mutex<State>>,
}

#[derive(Debug, Default)]
struct State {
    ahead_micros: i64,
    /// Only where people are served. A demo may be moved, and a command is over before its clock can jump.
    guard: Option<Guard>,
}

/// Holds the wall clock against the monotonic clock, and against PostgreSQL's. All moments are microseconds.
#[derive(Debug)]
struct Guard {
    /// The time minus the monotonic clock.
    offset: i64,
    /// Whether the offset was measured against the database, whose clock is the clock of all servers.
    by_database: bool,
    doubt: Option<Doubt>,
    /// Where the application's time stands while there is doubt.
    still: i64,
}

impl Guard {
    fn new(wall: i64, running: i64) -> Self {
        Self { offset: wall - running, by_database: false, doubt: None, still: 0 }
    }

    /// Takes notice of both clocks; returns the time, and where the application's time stands if there is doubt.
    fn read(&mut self, wall: i64, running: i64) -> (i64, Option<i64>) {
        let time = running + self.offset;
        match self.doubt {
            Some(Doubt::Behind(recorded)) => {
                self.offset = wall - running;
                if wall >= recorded.timestamp_micros() {
                    self.doubt = None;
                }
            }
            _ if (wall - time).abs() <= TOLERATED => {
                // Follows the small steps of a time server.
                if !self.by_database {
                    self.offset = wall - running;
                }
                self.doubt = None;
            }
            _ => self.begin(Doubt::Apart(TimeDelta::microseconds(wall - time)), time),
        }
        (running + self.offset, self.doubt.map(|_| self.still))
    }

    /// Takes notice of the database's clock.
    fn measured(&mut self, database: i64, wall: i64, running: i64) {
        let time = running + self.offset;
        (self.by_database, self.offset) = (true, database - running);
        if (wall - database).abs() <= TOLERATED {
            self.doubt = None;
        } else {
            // What both clocks agree on is past.
            self.begin(Doubt::Apart(TimeDelta::microseconds(wall - database)), time.min(database));
        }
    }

    fn begin(&mut self, doubt: Doubt, still: i64) {
        if self.doubt.is_none() {
            self.still = still;
        }
        self.doubt = Some(doubt);
    }
}

impl Clock {
    /// A clock for serving people: it notices when the wall clock jumps.
    #[must_use]
    #[expect(clippy::disallowed_methods, reason = "this is the place the others are sent to")]
    pub fn guarded() -> Self {
        let guard = Guard::new(real_now().timestamp_micros(), running_micros());
        Self { state: Arc::new(Mutex::new(State { ahead_micros: 0, guard: Some(guard) })) }
    }

    /// The application's time, in whole microseconds, the precision of both databases.
    #[must_use]
    pub fn now(&self) -> DateTime<Utc> {
        self.times().app
    }

    /// Both times at the same moment.
    #[must_use]
    #[expect(clippy::disallowed_methods, reason = "this is the place the others are sent to")]
    pub fn times(&self) -> Times {
        let wall = real_now().timestamp_micros();
        let mut state = self.state();
        let (time, still) = state.guard.as_mut().map_or((wall, None), |guard| guard.read(wall, running_micros()));
        let at = |micros| DateTime::from_timestamp_micros(micros).unwrap_or_default();
        Times { wall: at(time), app: at(still.unwrap_or(time) + state.ahead_micros) }
    }

    /// Why the clock is in doubt, if it is.
    #[must_use]
    pub fn doubt(&self) -> Option<Doubt> {
        let _noticed = self.times();
        self.state().guard.as_ref().and_then(|guard| guard.doubt)
    }

    /// Compares it with the clock of the database, which counts.
    #[expect(clippy::disallowed_methods, reason = "this is the place the others are sent to")]
    pub fn compare<E>(&self, database: impl FnOnce() -> Result<DateTime<Utc>, E>) -> Result<(), E> {
        let asked = running_micros();
        let database = database()?.timestamp_micros();
        let (wall, running) = (real_now().timestamp_micros(), running_micros());
        // The answer was true about halfway.
        let database = database + (running - asked) / 2;
        if let Some(guard) = &mut self.state().guard {
            guard.measured(database, wall, running);
        }
        Ok(())
    }

    /// Doubts the wall clock until it has come to this moment, at which a server was running already.
    pub fn must_be_after(&self, recorded: DateTime<Utc>) {
        let wall = self.times().wall;
        if let Some(guard) = &mut self.state().guard
            && recorded.timestamp_micros() - wall.timestamp_micros() > TOLERATED
        {
            guard.begin(Doubt::Behind(recorded), wall.timestamp_micros());
        }
    }

    /// Moves the clock: forward in a demo. Tests also move it back, by a negative span, since a machine's clock is
    /// sometimes set back.
    pub fn advance(&self, by: TimeDelta) {
        self.state().ahead_micros += by.num_microseconds().unwrap_or(0);
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The real time, for sessions and sign-in attempts: these must not move with a demo's clock.
#[must_use]
#[expect(clippy::disallowed_methods, reason = "this is the place the others are sent to")]
pub fn real_now() -> DateTime<Utc> {
    Utc::now().trunc_subsecs(6)
}

/// The microseconds that the machine has been running, suspended or not. Nothing sets this clock.
#[cfg(target_os = "linux")]
fn running_micros() -> i64 {
    let since_boot = rustix::time::clock_gettime(rustix::time::ClockId::Boottime);
    since_boot.tv_sec * 1_000_000 + since_boot.tv_nsec / 1_000
}

/// The microseconds since the first call.
#[cfg(not(target_os = "linux"))]
fn running_micros() -> i64 {
    static BEGAN: std::sync::LazyLock<std::time::Instant> = std::sync::LazyLock::new(std::time::Instant::now);
    i64::try_from(BEGAN.elapsed().as_micros()).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: i64 = 1_000_000;
    const HOUR: i64 = 3_600 * SECOND;
    /// The wall clock of a machine that has been running for 5 seconds.
    const NOON: i64 = 1_795_867_200 * SECOND;
    const UP: i64 = 5 * SECOND;

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

    #[test]
    fn a_guarded_clock_tells_the_time_and_follows_small_steps_of_it() {
        let mut guard = Guard::new(NOON, UP);
        assert_eq!(guard.read(NOON + HOUR, UP + HOUR), (NOON + HOUR, None));
        for step in 1..100 {
            let wall = NOON + HOUR + step * 3 * SECOND;
            assert_eq!(guard.read(wall, UP + HOUR + step), (wall, None), "step {step}");
        }
    }

    #[test]
    fn a_wall_clock_that_jumps_is_in_doubt_until_it_is_right_and_meanwhile_time_stands_still() {
        for jump in [49 * HOUR, -49 * HOUR, 6 * SECOND, -6 * SECOND] {
            let mut guard = Guard::new(NOON, UP);
            assert_eq!(guard.read(NOON + jump, UP), (NOON, Some(NOON)), "{jump}");
            assert_eq!(guard.doubt, Some(Doubt::Apart(TimeDelta::microseconds(jump))));
            let later = guard.read(NOON + jump + HOUR, UP + HOUR);
            assert_eq!(later, (NOON + HOUR, Some(NOON)), "sessions go on, orders stand still");
            assert_eq!(guard.read(NOON + HOUR + SECOND, UP + HOUR), (NOON + HOUR + SECOND, None), "right again");
        }
    }

    #[test]
    fn the_clock_of_the_database_counts_and_a_difference_of_more_than_five_seconds_is_in_doubt() {
        for apart in [49 * HOUR, -49 * HOUR, 5 * SECOND + 1] {
            let mut guard = Guard::new(NOON + apart, UP);
            guard.measured(NOON, NOON + apart, UP);
            let (time, still) = guard.read(NOON + apart + HOUR, UP + HOUR);
            assert_eq!((time, still), (NOON + HOUR, Some(NOON.min(NOON + apart))), "{apart}");
            guard.measured(NOON + HOUR, NOON + HOUR, UP + HOUR);
            assert_eq!(guard.read(NOON + HOUR, UP + HOUR), (NOON + HOUR, None), "right again");
        }
        let mut guard = Guard::new(NOON + 4 * SECOND, UP);
        guard.measured(NOON, NOON + 4 * SECOND, UP);
        assert_eq!(guard.read(NOON + 4 * SECOND, UP), (NOON, None), "the time is the database's");
    }

    #[test]
    fn a_database_whose_clock_is_set_is_in_doubt_too() {
        let mut guard = Guard::new(NOON, UP);
        guard.measured(NOON, NOON, UP);
        guard.measured(NOON + 49 * HOUR, NOON + SECOND, UP + SECOND);
        assert_eq!(guard.read(NOON + SECOND, UP + SECOND).1, Some(NOON + SECOND), "where both clocks agreed");
    }

    #[test]
    fn a_wall_clock_before_a_moment_that_was_recorded_is_in_doubt_until_it_has_come_there() {
        let clock = Clock::guarded();
        let recorded = clock.times().wall + TimeDelta::hours(1);
        clock.must_be_after(clock.times().wall + TimeDelta::seconds(4));
        assert_eq!(clock.doubt(), None);
        let still = clock.times();
        clock.must_be_after(recorded);
        assert_eq!(clock.doubt(), Some(Doubt::Behind(recorded)));
        assert!(clock.now() - still.app < TimeDelta::seconds(4) && clock.now() == clock.now());
        let mut guard = Guard::new(NOON, UP);
        guard.begin(Doubt::Behind(DateTime::from_timestamp_micros(NOON + HOUR).unwrap()), NOON);
        assert_eq!(guard.read(NOON + 1, UP + 1).1, Some(NOON));
        assert_eq!(guard.read(NOON + 2 * HOUR, UP + 1), (NOON + 2 * HOUR, None), "it was set, and is right");
    }
}
