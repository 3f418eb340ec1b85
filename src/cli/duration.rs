//! Times as operators write them: 12h, 90d, 5y.

use anyhow::{Context, Result, bail, ensure};
use chrono::TimeDelta;
use clap::Args;

use crate::settings::Retention;

/// The shortest time for which the words of a closed order can be kept. Our choice: mails about it are kept as long.
const LEAST_CLOSED: TimeDelta = TimeDelta::days(30);
/// The shortest time for which the events of an account can be kept. Our choice: the limits on wrong codes look back so far.
const LEAST_ACCOUNT_EVENTS: TimeDelta = TimeDelta::days(1);

/// How long what is over is kept.
#[derive(Args, Clone, Copy)]
pub(super) struct Keep {
    /// How long the words of an order are kept after it was closed: its title, its extras, what was written. Then they are
    /// erased; price, dates and outcomes stay. 30d or more.
    #[arg(long, env = "OPLOSSINGSCENTRUM_KEEP_CLOSED", value_name = "TIME", value_parser = keep_closed, default_value = Retention::CLOSED)]
    keep_closed: TimeDelta,
    /// How long the events of an account are kept: sign-ins, changes of how its owner signs in. 1d or more.
    #[arg(long, env = "OPLOSSINGSCENTRUM_KEEP_ACCOUNT_EVENTS", value_name = "TIME", value_parser = keep_account_events, default_value = Retention::ACCOUNT_EVENTS)]
    keep_account_events: TimeDelta,
}

impl Keep {
    /// The same as a setting.
    pub fn retention(self) -> Retention {
        Retention { closed: self.keep_closed, account_events: self.keep_account_events }
    }
}

fn keep_closed(written: &str) -> Result<TimeDelta> {
    at_least(LEAST_CLOSED, written)
}

fn keep_account_events(written: &str) -> Result<TimeDelta> {
    at_least(LEAST_ACCOUNT_EVENTS, written)
}

fn at_least(least: TimeDelta, written: &str) -> Result<TimeDelta> {
    let time = duration(written)?;
    ensure!(time >= least, "{} is the least", written_short(least));
    Ok(time)
}

/// Reads a time like 12h, 90d and 1y; a year has 365 days.
pub(super) fn duration(written: &str) -> Result<TimeDelta> {
    const LIKE: &str = "write a time like 12h, 90d or 1y";
    let unit = written.chars().last().context(LIKE)?;
    let count: i32 = written[..written.len() - unit.len_utf8()].parse().context(LIKE)?;
    ensure!(count >= 0, LIKE);
    let hours = match unit {
        'h' => 1,
        'd' => 24,
        'y' => 24 * 365,
        _ => bail!(LIKE),
    };
    let is_sensible = |time: &TimeDelta| *time <= TimeDelta::days(365 * 100);
    TimeDelta::try_hours(i64::from(count) * hours).filter(is_sensible).context("a hundred years is the most")
}

/// Writes a time as [`duration`] reads it.
pub(super) fn written_short(time: TimeDelta) -> String {
    match (time.num_days(), time.num_hours()) {
        (days, _) if days >= 365 && days % 365 == 0 => format!("{}y", days / 365),
        (days, hours) if hours == days * 24 => format!("{days}d"),
        (_, hours) => format!("{hours}h"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_is_a_number_with_its_unit() {
        assert_eq!(duration("12h").unwrap(), TimeDelta::hours(12));
        assert_eq!(duration("90d").unwrap(), TimeDelta::days(90));
        assert_eq!(duration("1y").unwrap(), TimeDelta::days(365));
        for wrong in ["", "d", "7", "7w", "-1d", "101y", "9999999999d", "7é"] {
            assert!(duration(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_time_is_written_as_it_is_read() {
        for time in ["12h", "25h", "1d", "90d", "5y", "366d"] {
            assert_eq!(written_short(duration(time).unwrap()), time);
        }
        assert_eq!(written_short(duration("24h").unwrap()), "1d");
    }

    #[test]
    fn the_defaults_are_those_of_the_program() {
        let written = Retention {
            closed: keep_closed(Retention::CLOSED).unwrap(),
            account_events: keep_account_events(Retention::ACCOUNT_EVENTS).unwrap(),
        };
        assert_eq!(written, Retention::default());
        assert!(keep_closed("29d").is_err() && keep_account_events("23h").is_err());
    }
}
