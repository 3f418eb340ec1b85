//! Amounts of money, in whole cents.

use std::iter::Sum;
use std::ops::Add;

use strum::{AsRefStr, EnumString};

/// A currency, by its ISO 4217 code. The marketplace trades in euro; add another one here.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, AsRefStr, EnumString)]
#[strum(serialize_all = "UPPERCASE")]
pub enum Currency {
    /// Euro.
    #[default]
    Eur,
}

/// An amount in cents with its currency. It never passes through floating point.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Money {
    /// Cents; never negative.
    pub cents: i64,
    /// The currency.
    pub currency: Currency,
}

/// Why an entry is not a price.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PriceError {
    /// The entry is empty.
    Missing,
    /// Not a number.
    Unreadable,
    /// Less than one cent.
    TooLow,
    /// More than two decimals.
    TooPrecise,
    /// More than [`Money::MAX_CENTS`].
    TooHigh,
}

impl Money {
    /// The highest price of an order or an extra, in cents (our choice: a million euro; nothing on a freelance
    /// marketplace costs more, and sums stay far from overflowing).
    pub const MAX_CENTS: i64 = 100_000_000;

    /// Makes an amount in euro cents.
    #[must_use]
    pub const fn euro_cents(cents: i64) -> Self {
        Self { cents, currency: Currency::Eur }
    }

    /// The amount with a point and two decimals, as programs write it: "905.95".
    #[must_use]
    pub fn decimal(self) -> String {
        format!("{}.{:02}", self.cents / 100, self.cents % 100)
    }

    /// Reads a price as people type it: `40`, `40,5`, `40.50`, `€ 1.040,25`, `1,040.25`.
    ///
    /// `1.040` is refused for too many decimals: some readers see a thousand in it, others one.
    pub fn parse(typed: &str) -> Result<Self, PriceError> {
        let typed: String = typed.chars().filter(|c| !c.is_whitespace() && *c != '€').collect();
        // "40,-" is a common way to write a round price.
        let typed = typed.trim_end_matches(",--").trim_end_matches(",-").to_owned();
        if typed.is_empty() {
            return Err(PriceError::Missing);
        }
        if typed.starts_with(['-', '−']) {
            return Err(PriceError::TooLow);
        }
        let (whole, decimals) = match typed.rfind([',', '.']) {
            None => (typed.clone(), ""),
            Some(at) => {
                let (whole, decimals) = (&typed[..at], &typed[at + 1..]);
                let thousands = if typed.as_bytes()[at] == b',' { '.' } else { ',' };
                (ungrouped(whole, thousands).ok_or(PriceError::Unreadable)?, decimals)
            }
        };
        Self::from_parts(&whole, decimals)
    }

    /// Reads a price in machine form: digits, and at most two decimals behind a point.
    pub fn parse_strict(written: &str) -> Result<Self, PriceError> {
        let (whole, decimals) = written.split_once('.').unwrap_or((written, ""));
        match whole.strip_prefix('-') {
            Some(_) => Err(PriceError::TooLow),
            None if written.is_empty() => Err(PriceError::Missing),
            None => Self::from_parts(whole, decimals),
        }
    }

    fn from_parts(whole: &str, decimals: &str) -> Result<Self, PriceError> {
        let digits = |s: &str| s.bytes().all(|b| b.is_ascii_digit());
        if whole.is_empty() || !digits(whole) || !digits(decimals) {
            return Err(PriceError::Unreadable);
        }
        if decimals.len() > 2 {
            return Err(PriceError::TooPrecise);
        }
        let euros: i64 = whole.parse().map_err(|_| PriceError::TooHigh)?;
        let cents: i64 = format!("{decimals:0<2}").parse().map_err(|_| PriceError::Unreadable)?;
        match euros.checked_mul(100).and_then(|e| e.checked_add(cents)) {
            Some(0) => Err(PriceError::TooLow),
            Some(cents) if cents <= Self::MAX_CENTS => Ok(Self::euro_cents(cents)),
            _ => Err(PriceError::TooHigh),
        }
    }
}

/// Removes the thousands `separator` from a number's digits; `None` when a group is not of three.
fn ungrouped(whole: &str, separator: char) -> Option<String> {
    let mut groups = whole.split(separator);
    let first = groups.next()?;
    let rest: Vec<&str> = groups.collect();
    let well_grouped = rest.is_empty() || (first.len() <= 3 && rest.iter().all(|g| g.len() == 3));
    well_grouped.then(|| format!("{first}{}", rest.concat()))
}

impl Add for Money {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self { cents: self.cents + other.cents, currency: self.currency }
    }
}

impl Sum for Money {
    fn sum<I: Iterator<Item = Self>>(amounts: I) -> Self {
        amounts.fold(Self::euro_cents(0), Add::add)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn cents(typed: &str) -> Result<i64, PriceError> {
        Money::parse(typed).map(|money| money.cents)
    }

    #[test]
    fn a_price_is_read_as_people_type_it() {
        for (typed, expected) in [
            ("40", 4_000),
            ("40,-", 4_000),
            ("40,5", 4_050),
            ("40.50", 4_050),
            ("€ 1.040,25", 104_025),
            ("1,040.25", 104_025),
            ("0,01", 1),
            ("1.000.000,00", 100_000_000),
        ] {
            assert_eq!(cents(typed), Ok(expected), "{typed}");
        }
    }

    #[test]
    fn a_price_is_at_least_one_cent() {
        for typed in ["0", "0,00", "-1", "−3,50"] {
            assert_eq!(cents(typed), Err(PriceError::TooLow), "{typed}");
        }
    }

    #[test]
    fn what_could_be_read_in_two_ways_or_not_at_all_is_refused() {
        assert_eq!(cents(""), Err(PriceError::Missing));
        assert_eq!(cents("1.040"), Err(PriceError::TooPrecise));
        assert_eq!(cents("10.40,25"), Err(PriceError::Unreadable));
        assert_eq!(cents("veertig"), Err(PriceError::Unreadable));
        assert_eq!(cents("1e3"), Err(PriceError::Unreadable));
        assert_eq!(cents("1000000,01"), Err(PriceError::TooHigh));
        assert_eq!(cents("99999999999999999999"), Err(PriceError::TooHigh));
    }

    #[test]
    fn a_machine_writes_a_point_and_two_decimals_at_most() {
        assert_eq!(Money::parse_strict("12.5"), Ok(Money::euro_cents(1_250)));
        assert_eq!(Money::parse_strict("12.345"), Err(PriceError::TooPrecise));
        assert_eq!(Money::parse_strict("12,50"), Err(PriceError::Unreadable));
        assert_eq!(Money::parse_strict("-12.50"), Err(PriceError::TooLow));
        assert_eq!(Money::parse_strict(""), Err(PriceError::Missing));
    }

    proptest! {
        #[test]
        fn a_sum_never_passes_through_floating_point(a in 1..Money::MAX_CENTS) {
            let written = format!("{}.{:02}", a / 100, a % 100);
            prop_assert_eq!(Money::parse_strict(&written).map(|m| m.cents), Ok(a));
            prop_assert_eq!(Money::parse(&written).map(|m| m.cents), Ok(a));
        }

        #[test]
        fn nothing_typed_makes_it_panic(typed in ".*") {
            let _ = Money::parse(&typed);
            let _ = Money::parse_strict(&typed);
        }
    }
}
