//! A freelancer's request for more days, extras, or both.

use chrono::{Days, NaiveDate};

use crate::domain::Money;
use crate::domain::orders::text::{is_empty_space, printable};

/// Days added to the delivery date: 1 to 30 (rules 3).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ExtraDays(u8);

impl ExtraDays {
    /// The most days of one request.
    pub const MAX: u8 = 30;

    /// Makes a number of days from 1 to 30, or `None`.
    #[must_use]
    pub fn new(days: u8) -> Option<Self> {
        (1..=Self::MAX).contains(&days).then_some(Self(days))
    }

    /// The number of days.
    #[must_use]
    pub fn get(self) -> u8 {
        self.0
    }
}

/// One line of extra work with its price.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Extra {
    /// The work, on one line.
    pub title: Title,
    /// The price, from EUR 0.01 up.
    pub price: Money,
}

/// The name of an extra: 1 to 100 characters on one line (the length is our choice). An erased one is empty.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Title(String);

/// Why an entry is not a [`Title`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TitleError {
    /// It holds only white space.
    Missing,
    /// More than [`Title::MAX_CHARS`] characters.
    TooLong,
}

impl Title {
    /// Longest title, in characters.
    pub const MAX_CHARS: usize = 100;

    /// Parses an entry.
    pub fn parse(typed: &str) -> Result<Self, TitleError> {
        let title = printable(typed).replace(['\n', '\t'], " ");
        let title = title.trim();
        if title.chars().all(is_empty_space) {
            Err(TitleError::Missing)
        } else if title.chars().count() > Self::MAX_CHARS {
            Err(TitleError::TooLong)
        } else {
            Ok(Self(title.to_owned()))
        }
    }

    /// What is left of a title that was erased.
    #[must_use]
    pub fn erased() -> Self {
        Self(String::new())
    }

    /// Whether it was erased.
    #[must_use]
    pub fn is_erased(&self) -> bool {
        self.0.is_empty()
    }

    /// The title itself; empty when it was erased.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// How much of a change is accepted.
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    Default,
    strum::EnumString,
    strum::IntoStaticStr,
    strum::AsRefStr,
    strum::VariantArray,
)]
#[strum(serialize_all = "snake_case")]
pub enum Part {
    /// Everything that was asked.
    #[default]
    All,
    /// Only the later delivery date.
    Date,
    /// Only the extras.
    Extras,
}

/// A later delivery date and/or extras: at least one of the two.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChangeRequest {
    extra_days: Option<ExtraDays>,
    extras: Vec<Extra>,
}

impl ChangeRequest {
    /// The most extras in one request.
    pub const MAX_EXTRAS: usize = 10;

    /// Makes a request, unless it asks for nothing or for more extras than [`ChangeRequest::MAX_EXTRAS`].
    #[must_use]
    pub fn new(extra_days: Option<ExtraDays>, extras: Vec<Extra>) -> Option<Self> {
        let asks_something = extra_days.is_some() || !extras.is_empty();
        (asks_something && extras.len() <= Self::MAX_EXTRAS).then_some(Self { extra_days, extras })
    }

    /// The days asked for.
    #[must_use]
    pub fn extra_days(&self) -> Option<ExtraDays> {
        self.extra_days
    }

    /// The extras asked for.
    #[must_use]
    pub fn extras(&self) -> &[Extra] {
        &self.extras
    }

    /// A part of it; `None` when it does not ask for both, so that there are no parts (rules 4).
    #[must_use]
    pub fn part(&self, part: Part) -> Option<Self> {
        let has_both = self.extra_days.is_some() && !self.extras.is_empty();
        match part {
            Part::All => Some(self.clone()),
            Part::Date if has_both => Some(Self { extras: Vec::new(), ..self.clone() }),
            Part::Extras if has_both => Some(Self { extra_days: None, ..self.clone() }),
            Part::Date | Part::Extras => None,
        }
    }

    /// The delivery date after acceptance, counted from the old one, never from "now".
    #[must_use]
    pub fn delivery_date(&self, old: NaiveDate) -> NaiveDate {
        let days = self.extra_days.map_or(0, |days| u64::from(days.get()));
        old.checked_add_days(Days::new(days)).unwrap_or(old)
    }

    /// The price after acceptance.
    #[must_use]
    pub fn price(&self, old: Money) -> Money {
        old + self.extras.iter().map(|extra| extra.price).sum()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn extra() -> Extra {
        Extra { title: Title::parse("Extra pagina").unwrap(), price: Money::euro_cents(7_500) }
    }

    #[test]
    fn extra_days_are_1_to_30() {
        assert_eq!(ExtraDays::new(0), None);
        assert_eq!(ExtraDays::new(1).map(ExtraDays::get), Some(1));
        assert_eq!(ExtraDays::new(30).map(ExtraDays::get), Some(30));
        assert_eq!(ExtraDays::new(31), None);
    }

    #[test]
    fn a_change_asks_for_days_or_extras_and_at_most_ten_lines() {
        assert_eq!(ChangeRequest::new(None, vec![]), None);
        assert!(ChangeRequest::new(ExtraDays::new(3), vec![]).is_some());
        assert!(ChangeRequest::new(None, vec![extra(); 10]).is_some());
        assert_eq!(ChangeRequest::new(None, vec![extra(); 11]), None);
    }

    #[test]
    fn only_a_change_that_asks_for_both_has_parts() {
        let both = ChangeRequest::new(ExtraDays::new(5), vec![extra()]).unwrap();
        assert_eq!(both.part(Part::Date), ChangeRequest::new(ExtraDays::new(5), vec![]));
        assert_eq!(both.part(Part::Extras), ChangeRequest::new(None, vec![extra()]));
        for one in [ChangeRequest::new(ExtraDays::new(5), vec![]), ChangeRequest::new(None, vec![extra()])] {
            let one = one.unwrap();
            assert_eq!(
                (one.part(Part::All), one.part(Part::Date), one.part(Part::Extras)),
                (Some(one.clone()), None, None)
            );
        }
    }

    #[test]
    fn days_are_added_to_the_old_delivery_date_and_extras_to_the_price() {
        let change = ChangeRequest::new(ExtraDays::new(5), vec![extra(), extra()]).unwrap();
        let old = NaiveDate::from_ymd_opt(2026, 2, 26).unwrap();
        assert_eq!(change.delivery_date(old), NaiveDate::from_ymd_opt(2026, 3, 3).unwrap());
        assert_eq!(change.price(Money::euro_cents(10_000)), Money::euro_cents(25_000));
    }

    #[test]
    fn the_title_of_an_extra_is_one_line_of_at_most_100_characters() {
        assert_eq!(Title::parse("  "), Err(TitleError::Missing));
        for (two_lines, one) in [("a\nb", "a b"), ("a\tb", "a b"), ("a\u{7}b", "ab"), ("e\u{301}\r\nb", "\u{e9} b")] {
            assert_eq!(Title::parse(two_lines).unwrap().as_str(), one, "{two_lines:?}");
        }
        assert_eq!(Title::parse(&"é".repeat(100)).unwrap().as_str(), "é".repeat(100), "characters, not bytes");
        assert_eq!(Title::parse(&"é".repeat(101)), Err(TitleError::TooLong));
        assert_eq!(Title::parse(" Logo ").unwrap().as_str(), "Logo");
    }
}
