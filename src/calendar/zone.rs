//! Local time as a calendar writes it, and the `VTIMEZONE` that says what that means.

use chrono::{DateTime, Datelike, NaiveDateTime, Offset, SubsecRound, TimeDelta, TimeZone, Utc};
use chrono_tz::{OffsetComponents, OffsetName, Tz};

use crate::calendar::part::Part;

/// What the clocks of a zone show from some moment on.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Observance {
    /// Since when.
    since: DateTime<Utc>,
    /// Seconds ahead of UTC until then.
    from: i32,
    /// Seconds ahead of UTC since then.
    to: i32,
    /// Seconds of it that are summer time; below zero where winter is the exception.
    summer: i64,
    /// What people call it: "CET".
    name: String,
}

impl Observance {
    fn at(zone: Tz, since: DateTime<Utc>, from: Option<i32>) -> Self {
        let offset = zone.offset_from_utc_datetime(&since.naive_utc());
        let to = offset.fix().local_minus_utc();
        Self {
            since,
            from: from.unwrap_or(to),
            to,
            summer: offset.dst_offset().num_seconds(),
            name: offset.abbreviation().unwrap_or("LMT").to_owned(),
        }
    }

    fn is_same(&self, other: &Self) -> bool {
        (self.to, self.summer, &self.name) == (other.to, other.summer, &other.name)
    }

    /// One of the zone's components. "Daylight" is what is ahead of the zone's lowest clock, as most programs expect
    /// it: also in Ireland and Morocco, whose law calls the other half of the year the exception.
    fn part(&self, lowest: i32, has_summer: bool) -> Part {
        let onset = self.since.naive_utc() + TimeDelta::seconds(self.from.into());
        Part::new(if has_summer && self.to > lowest { "DAYLIGHT" } else { "STANDARD" })
            .line("DTSTART", &written(onset))
            .line("TZOFFSETFROM", &offset(self.from))
            .line("TZOFFSETTO", &offset(self.to))
            .line("TZNAME", &self.name)
    }
}

/// What the clocks show between two moments: at the first one, and at every change of them.
fn observances(zone: Tz, since: DateTime<Utc>, until: DateTime<Utc>) -> Vec<Observance> {
    let mut found = vec![Observance::at(zone, since, None)];
    let (mut before, day) = (since, TimeDelta::days(1));
    while before < until {
        let last = found.last().expect("it begins with one").clone();
        let after = before + day;
        if !Observance::at(zone, after, None).is_same(&last) {
            // Somewhere within this day; halve until it is one second.
            let (mut low, mut high) = (before, after);
            while high - low > TimeDelta::seconds(1) {
                let middle = (low + (high - low) / 2).trunc_subsecs(0);
                if Observance::at(zone, middle, None).is_same(&last) { low = middle } else { high = middle }
            }
            found.push(Observance::at(zone, high, Some(last.to)));
        }
        before = after;
    }
    found
}

/// The zone's `VTIMEZONE` for events between these moments: every change of its clocks, each with its own onset, from
/// the year before to the year after. A rule ("the last Sunday of March") would be shorter, but Morocco's clocks follow
/// the moon, and laws change: this is what the time zone database says.
pub(super) fn part(zone: Tz, first: DateTime<Utc>, last: DateTime<Utc>) -> Part {
    let new_year = |year| Utc.with_ymd_and_hms(year, 1, 1, 0, 0, 0).single().unwrap_or(first);
    let observances = observances(zone, new_year(first.year() - 1), new_year(last.year() + 2));
    let lowest = observances.iter().map(|observance| observance.to).min().unwrap_or_default();
    let has_summer = observances.iter().any(|observance| observance.summer != 0);
    Part::new("VTIMEZONE")
        .line("TZID", zone.name())
        .holding(observances.iter().map(|observance| observance.part(lowest, has_summer)))
}

/// Seconds ahead of UTC, as the format writes them.
fn offset(seconds: i32) -> String {
    let (sign, of) = (if seconds < 0 { '-' } else { '+' }, seconds.unsigned_abs());
    let seconds = if of.is_multiple_of(60) { String::new() } else { format!("{:02}", of % 60) };
    format!("{sign}{:02}{:02}{seconds}", of / 3600, of / 60 % 60)
}

fn written(local: NaiveDateTime) -> String {
    local.format("%Y%m%dT%H%M%S").to_string()
}

/// A moment in UTC, as the format writes it.
pub(super) fn utc(at: DateTime<Utc>) -> String {
    format!("{}Z", written(at.naive_utc()))
}

/// Whether the zone's local time says exactly which moment this is. In the hour that comes twice, the format means the
/// first; the second has no local name.
pub(super) fn has_name(zone: Tz, at: DateTime<Utc>) -> bool {
    let at = at.trunc_subsecs(0);
    let local = at.with_timezone(&zone).naive_local();
    zone.from_local_datetime(&local).earliest().is_some_and(|first| first == at)
}

/// The same part with a moment in the zone's local time. Only for one that [`has_name`].
pub(super) fn local(part: Part, key: &str, zone: Tz, at: DateTime<Utc>) -> Part {
    part.line_with(key, ("TZID", zone.name()), &written(at.with_timezone(&zone).naive_local()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono_tz::{Africa, America, Asia, Australia, Europe, UTC};

    fn at(written: &str) -> DateTime<Utc> {
        written.parse().unwrap()
    }

    fn changes(zone: Tz) -> Vec<(String, String, &'static str)> {
        let found = observances(zone, at("2026-01-01T00:00:00Z"), at("2027-01-01T00:00:00Z"));
        let lowest = found.iter().map(|observance| observance.to).min().unwrap();
        let named = |observance: &Observance| if observance.to > lowest { "summer" } else { "winter" };
        found.iter().map(|o| (utc(o.since), offset(o.to), named(o))).collect()
    }

    fn expect(zone: Tz, expected: &[(&str, &str, &str)]) {
        let found = changes(zone);
        let found: Vec<_> = found.iter().map(|(at, to, name)| (at.as_str(), to.as_str(), *name)).collect();
        assert_eq!(found, expected, "{zone}");
    }

    #[test]
    fn the_clocks_of_each_zone_change_when_they_do() {
        expect(
            Europe::Amsterdam,
            &[
                ("20260101T000000Z", "+0100", "winter"),
                ("20260329T010000Z", "+0200", "summer"),
                ("20261025T010000Z", "+0100", "winter"),
            ],
        );
        expect(
            Australia::Lord_Howe,
            &[
                ("20260101T000000Z", "+1100", "summer"),
                ("20260404T150000Z", "+1030", "winter"),
                ("20261003T153000Z", "+1100", "summer"),
            ],
        );
        expect(
            Europe::Dublin,
            &[
                ("20260101T000000Z", "+0000", "winter"),
                ("20260329T010000Z", "+0100", "summer"),
                ("20261025T010000Z", "+0000", "winter"),
            ],
        );
        expect(Asia::Kolkata, &[("20260101T000000Z", "+0530", "winter")]);
        expect(UTC, &[("20260101T000000Z", "+0000", "winter")]);
        assert_eq!(changes(Africa::Casablanca).len(), 3, "back for Ramadan and forward again");
        assert_eq!(changes(America::St_Johns)[0].1, "-0330");
    }

    #[test]
    fn a_zone_begins_before_its_events_and_ends_after_them() {
        let text = part(Europe::Amsterdam, at("2026-10-25T00:30:00Z"), at("2026-10-25T01:30:00Z")).text();
        assert!(
            text.starts_with("BEGIN:VTIMEZONE\r\nTZID:Europe/Amsterdam\r\nBEGIN:STANDARD\r\nDTSTART:20250101T010000")
        );
        let autumn =
            "BEGIN:STANDARD\r\nDTSTART:20261025T030000\r\nTZOFFSETFROM:+0200\r\nTZOFFSETTO:+0100\r\nTZNAME:CET";
        assert!(text.contains(autumn), "{text}");
        assert!(text.contains("BEGIN:DAYLIGHT\r\nDTSTART:20270328T020000\r\nTZOFFSETFROM:+0100"), "{text}");
    }

    #[test]
    fn only_the_first_of_the_hour_that_comes_twice_has_a_local_name() {
        assert!(has_name(Europe::Amsterdam, at("2026-10-25T00:30:00.25Z")));
        assert!(!has_name(Europe::Amsterdam, at("2026-10-25T01:30:00.25Z")));
        assert!(has_name(Europe::Amsterdam, at("2026-10-25T02:00:00Z")));
        assert!(has_name(UTC, at("2026-10-25T01:30:00Z")));
    }
}
