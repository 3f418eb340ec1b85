//! Formats for moments, dates and money, in the reader's language.

use std::collections::HashMap;
use std::sync::LazyLock;

use chrono::{DateTime, Datelike, NaiveDate, SecondsFormat, TimeDelta, Timelike, Utc};
use chrono_tz::Tz;
use strum::VariantArray;

use crate::domain::{Language, Money, Preferences};
use crate::i18n::Words;

/// The reader's language and time zone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Reader {
    /// The language.
    pub language: Language,
    /// The time zone of moments.
    pub zone: Tz,
}

impl Reader {
    /// Applies the choices of an account. An absent choice changes nothing.
    #[must_use]
    pub fn choosing(self, chosen: &Preferences) -> Self {
        Self { language: chosen.language.unwrap_or(self.language), zone: chosen.time_zone.unwrap_or(self.zone) }
    }

    /// The sentences of the reader's language.
    #[must_use]
    pub fn words(self) -> &'static Words {
        self.language.words()
    }

    /// A moment, whole and unmistakable: "di 24 november 2026 om 14:05 (CET)".
    #[must_use]
    pub fn moment(self, at: DateTime<Utc>) -> String {
        let local = at.with_timezone(&self.zone);
        let (date, zone) = (self.date(local.date_naive()), local.offset().to_string());
        self.frames().moment.filled(&[&date, &hours_and_minutes(&local), &zone])
    }

    /// A moment without its year and zone, for a narrow place: "di 24 nov 14:05".
    #[must_use]
    pub fn short_moment(self, at: DateTime<Utc>) -> String {
        let local = at.with_timezone(&self.zone);
        self.frames().clock.filled(&[&self.short_date(local.date_naive()), &hours_and_minutes(&local)])
    }

    /// A date without its year: "di 24 nov".
    #[must_use]
    pub fn short_date(self, date: NaiveDate) -> String {
        let Frames { weekdays, short_months, .. } = self.frames();
        let (weekday, month) = (date.weekday().num_days_from_monday(), date.month0());
        let (weekday, month) = (&weekdays[weekday as usize], &short_months[month as usize]);
        self.frames().short_date.filled(&[weekday, &date.day().to_string(), month])
    }

    /// A moment for a list that is read at `now`: short, except for those that are so far away that the year counts.
    #[must_use]
    pub fn listed_moment(self, at: DateTime<Utc>, now: DateTime<Utc>) -> String {
        if (at - now).abs() < YEAR_COUNTS { self.short_moment(at) } else { self.moment(at) }
    }

    /// A date for a list that is read at `now`.
    #[must_use]
    pub fn listed_date(self, date: NaiveDate, now: DateTime<Utc>) -> String {
        if (date - self.day(now)).abs() < YEAR_COUNTS { self.short_date(date) } else { self.date(date) }
    }

    /// The time of day: "14:05".
    #[must_use]
    pub fn time(self, at: DateTime<Utc>) -> String {
        hours_and_minutes(&at.with_timezone(&self.zone))
    }

    /// The day of a moment in the reader's time zone.
    #[must_use]
    pub fn day(self, at: DateTime<Utc>) -> NaiveDate {
        at.with_timezone(&self.zone).date_naive()
    }

    /// A date: "di 24 november 2026".
    #[must_use]
    pub fn date(self, date: NaiveDate) -> String {
        let (weekday, month) = self.names(date);
        self.frames().date.filled(&[weekday, &date.day().to_string(), month, &date.year().to_string()])
    }

    fn names(self, date: NaiveDate) -> (&'static str, &'static str) {
        let Frames { weekdays, months, .. } = self.frames();
        let (weekday, month) = (date.weekday().num_days_from_monday(), date.month0());
        (&weekdays[weekday as usize], &months[month as usize])
    }

    fn frames(self) -> &'static Frames {
        static FRAMES: LazyLock<HashMap<Language, Frames>> = LazyLock::new(|| {
            Language::VARIANTS.iter().map(|language| (*language, Frames::from_words(language.words()))).collect()
        });
        &FRAMES[&self.language]
    }

    /// An amount: "€ 1.040,25" in Dutch, "€1,040.25" in English. The space does not break.
    #[must_use]
    pub fn money(self, amount: Money) -> String {
        let (thousands, decimal, sign) = match self.language {
            Language::Nl => ('.', ',', "€\u{a0}"),
            Language::En => (',', '.', "€"),
        };
        let digits = (amount.cents / 100).to_string();
        let mut whole = String::new();
        for (at, digit) in digits.chars().enumerate() {
            if at > 0 && (digits.len() - at).is_multiple_of(3) {
                whole.push(thousands);
            }
            whole.push(digit);
        }
        format!("{sign}{whole}{decimal}{:02}", amount.cents % 100)
    }

    /// The time left, in two units at most: "nog 1 dag en 3 uur". It helps the reader; the moment itself counts.
    #[must_use]
    pub fn remaining(self, left: TimeDelta) -> String {
        // Begun minutes count: a second after it was sent, a question has its whole time left.
        let (words, minutes) = (self.words(), (left.num_seconds() + 59) / 60);
        match (minutes / 1440, minutes / 60 % 24, minutes % 60) {
            _ if left <= TimeDelta::zero() => words.remaining_over(),
            _ if left < TimeDelta::minutes(1) => words.remaining_none(),
            (0, 0, minutes) => words.remaining_minutes(minutes),
            (0, hours, 0) => words.remaining_hours(hours),
            (0, hours, minutes) => words.remaining_hours_minutes(hours, minutes),
            (days, 0, _) => words.remaining_days(days),
            (days, hours, _) => words.remaining_days_hours(days, hours),
        }
    }

    /// The distance of a day from today: "nog 3 dagen", "2 dagen geleden".
    #[must_use]
    pub fn days_until(self, date: NaiveDate, today: NaiveDate) -> String {
        match (date - today).num_days() {
            past if past < 0 => self.words().days_past(-past),
            left => self.words().days_left(left),
        }
    }
}

/// How far away a moment is when its year counts.
const YEAR_COUNTS: TimeDelta = TimeDelta::days(180);

/// The parts of dates and moments, asked of Fluent once per language: a page has a hundred of them.
struct Frames {
    /// Monday first.
    weekdays: [String; 7],
    /// January first.
    months: [String; 12],
    /// The same, shortened.
    short_months: [String; 12],
    /// A date: weekday, day, month and year.
    date: Sentence,
    /// A moment: date, time and zone.
    moment: Sentence,
    /// A date without its year: weekday, day and month.
    short_date: Sentence,
    /// A moment without its year and zone: date and time.
    clock: Sentence,
}

impl Frames {
    fn from_words(words: &Words) -> Self {
        let [first, second, third, fourth] = Sentence::PLACES;
        Self {
            weekdays: std::array::from_fn(|day| words.weekday(day + 1)),
            months: std::array::from_fn(|month| words.month(month + 1)),
            short_months: std::array::from_fn(|month| words.month_short(month + 1)),
            date: Sentence::new(&words.format_date(first, second, third, fourth)),
            moment: Sentence::new(&words.format_moment(first, second, third)),
            short_date: Sentence::new(&words.format_short_date(first, second, third)),
            clock: Sentence::new(&words.format_clock(first, second)),
        }
    }
}

/// A sentence of `locales`, formatted once, with places for its variable parts: Fluent is too slow for each of the hundred
/// dates of a page.
struct Sentence {
    /// The text before each place, and the number of that place.
    before: Vec<(String, usize)>,
    /// The text behind the last place.
    rest: String,
}

impl Sentence {
    /// Placeholders for the variable parts while the sentence is formatted.
    const PLACES: [&str; 4] = ["{0}", "{1}", "{2}", "{3}"];

    /// Splits a formatted sentence at its [`Self::PLACES`].
    fn new(written: &str) -> Self {
        let mut before = Vec::new();
        let mut rest = written;
        while let Some((at, place)) =
            Self::PLACES.iter().enumerate().filter_map(|(n, place)| Some((rest.find(place)?, n))).min()
        {
            before.push((rest[..at].to_owned(), place));
            rest = &rest[at + Self::PLACES[place].len()..];
        }
        Self { before, rest: rest.to_owned() }
    }

    /// Writes the sentence with these parts.
    fn filled(&self, parts: &[&str]) -> String {
        let mut filled = String::with_capacity(48);
        for (text, place) in &self.before {
            filled.push_str(text);
            filled.push_str(parts[*place]);
        }
        filled.push_str(&self.rest);
        filled
    }
}

fn hours_and_minutes(time: &impl Timelike) -> String {
    format!("{:02}:{:02}", time.hour(), time.minute())
}

/// A moment in machine form, for `<time datetime="…">`.
#[must_use]
pub fn machine(at: DateTime<Utc>) -> String {
    at.to_rfc3339_opts(SecondsFormat::Secs, true)
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono_tz::Europe::Amsterdam;

    const DUTCH: Reader = Reader { language: Language::Nl, zone: Amsterdam };
    const ENGLISH: Reader = Reader { language: Language::En, zone: Amsterdam };

    fn at(written: &str) -> DateTime<Utc> {
        written.parse().unwrap()
    }

    #[test]
    fn a_moment_is_shown_with_its_zone_in_winter_and_in_summer() {
        assert_eq!(DUTCH.moment(at("2026-11-24T13:05:59Z")), "di 24 november 2026 om 14:05 (CET)");
        assert_eq!(ENGLISH.moment(at("2026-07-05T22:30:00Z")), "Mon 6 July 2026 at 00:30 (CEST)");
    }

    #[test]
    fn a_list_shows_a_moment_without_its_zone_and_a_far_one_with_its_year() {
        let now = at("2026-11-24T13:05:59Z");
        assert_eq!(DUTCH.listed_moment(now, now), "di 24 nov 14:05");
        assert_eq!(ENGLISH.listed_date(DUTCH.day(now), now), "Tue 24 Nov");
        let earlier = at("2025-11-24T13:05:59Z");
        assert_eq!(DUTCH.listed_moment(earlier, now), "ma 24 november 2025 om 14:05 (CET)");
        assert_eq!(DUTCH.listed_date(DUTCH.day(earlier), now), "ma 24 november 2025");
    }

    #[test]
    fn the_hour_that_comes_twice_can_be_told_apart() {
        assert_eq!(DUTCH.moment(at("2026-10-25T00:30:00Z")), "zo 25 oktober 2026 om 02:30 (CEST)");
        assert_eq!(DUTCH.moment(at("2026-10-25T01:30:00Z")), "zo 25 oktober 2026 om 02:30 (CET)");
    }

    #[test]
    fn money_is_written_as_the_reader_writes_it() {
        for (cents, dutch, english) in [
            (1, "€\u{a0}0,01", "€0.01"),
            (104_025, "€\u{a0}1.040,25", "€1,040.25"),
            (100_000_000, "€\u{a0}1.000.000,00", "€1,000,000.00"),
        ] {
            assert_eq!(DUTCH.money(Money::euro_cents(cents)), dutch);
            assert_eq!(ENGLISH.money(Money::euro_cents(cents)), english);
        }
    }

    #[test]
    fn plurals_are_right_for_none_one_and_two() {
        let left = |minutes| DUTCH.remaining(TimeDelta::minutes(minutes));
        assert_eq!(left(0), "de tijd is om");
        assert_eq!(DUTCH.remaining(TimeDelta::seconds(59)), "minder dan een minuut");
        assert_eq!(left(1), "nog 1 minuut");
        assert_eq!(left(62), "nog 1 uur en 2 minuten");
        assert_eq!(left(1440 + 60), "nog 1 dag en 1 uur");
        assert_eq!(left(2879), "nog 1 dag en 23 uur");
        assert_eq!(left(2880), "nog 2 dagen");
        assert_eq!(DUTCH.remaining(TimeDelta::seconds(2880 * 60 - 1)), "nog 2 dagen", "a second after it was sent");
        assert_eq!(ENGLISH.remaining(TimeDelta::minutes(61)), "1 hour and 1 minute left");
        let today = at("2026-11-24T12:00:00Z").date_naive();
        let until = |days| DUTCH.days_until(today + TimeDelta::days(days), today);
        assert_eq!((until(0), until(1), until(-1)), ("vandaag".into(), "nog 1 dag".into(), "1 dag geleden".into()));
    }
}
