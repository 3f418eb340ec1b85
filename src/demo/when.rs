//! Past moments in the demo's stories.

use chrono::{DateTime, Days, NaiveDate, TimeDelta, TimeZone, Utc};
use chrono_tz::Europe::Amsterdam;

/// A moment before the demo was started.
#[derive(Debug, Clone, Copy)]
pub(super) enum When {
    /// A time of day, this many calendar days ago: for finished events, so that people live by day.
    Day { days_ago: u64, hour: u32, minute: u32 },
    /// A span ago: for running clocks, so that they show the same whenever the demo starts.
    Ago { hours: i64, minutes: i64 },
}

/// A time of day in Amsterdam, this many days ago.
pub(super) const fn day(days_ago: u64, hour: u32, minute: u32) -> When {
    When::Day { days_ago, hour, minute }
}

/// This many hours and minutes ago.
pub(super) const fn ago(hours: i64, minutes: i64) -> When {
    When::Ago { hours, minutes }
}

impl When {
    /// The moment itself.
    pub(super) fn moment(self, now: DateTime<Utc>) -> DateTime<Utc> {
        match self {
            Self::Ago { hours, minutes } => now - TimeDelta::hours(hours) - TimeDelta::minutes(minutes),
            Self::Day { days_ago, hour, minute } => (today(now) - Days::new(days_ago))
                .and_hms_opt(hour, minute, 0)
                .and_then(|local| Amsterdam.from_local_datetime(&local).earliest())
                .expect("summer time comes and goes at night, when nobody in the demo is awake")
                .to_utc(),
        }
    }
}

/// Today's date in Amsterdam.
pub(super) fn today(now: DateTime<Utc>) -> NaiveDate {
    now.with_timezone(&Amsterdam).date_naive()
}
