//! Checks on single values. Each error is the rest of the sentence "this value …".

use std::str::FromStr;

use chrono::format::ParseErrorKind;
use chrono::{DateTime, Datelike, NaiveDate, ParseError, Utc};
use chrono_tz::Tz;

use crate::domain::orders::money::{Currency, PriceError};
use crate::domain::orders::text::{is_empty_space, is_unprintable};
use crate::domain::{Language, Money, Reference, Status};

/// Longest title, in characters (our choice: it is the heading of a page).
const TITLE_CHARS: usize = 150;
/// Longest name, in characters (our choice).
const NAME_CHARS: usize = 100;
/// Longest address, in bytes: the limit of mail servers.
const EMAIL_BYTES: usize = 254;
/// Accepted years (our choice: others are typing errors).
const YEARS: std::ops::RangeInclusive<i32> = 2000..=2099;

pub(super) fn reference(written: &str) -> Result<Reference, String> {
    written.parse().map_err(|_| "is not a reference like OC-7K3M9QXA".into())
}

pub(super) fn title(written: &str) -> Result<String, String> {
    one_line(written, TITLE_CHARS)
}

pub(super) fn name(written: &str) -> Result<String, String> {
    one_line(written, NAME_CHARS)
}

fn one_line(written: &str, most: usize) -> Result<String, String> {
    let line = written.trim();
    let length = line.chars().count();
    if line.chars().all(is_empty_space) {
        Err("says nothing that can be seen".into())
    } else if line.contains(['\n', '\r']) {
        Err("has a line break in it; is a quotation mark missing?".into())
    } else if line.chars().any(|c| c == '\t' || is_unprintable(c)) {
        Err("has characters in it that cannot be seen".into())
    } else if length > most {
        Err(format!("has {length} characters, more than {most}"))
    } else {
        Ok(line.to_owned())
    }
}

pub(super) fn price(written: &str) -> Result<Money, String> {
    Money::parse_strict(written).map_err(|error| match error {
        PriceError::Missing | PriceError::Unreadable => "is not a price like 12.50".into(),
        PriceError::TooLow => "is less than 0.01".into(),
        PriceError::TooPrecise => "has more than two decimals".into(),
        PriceError::TooHigh => format!("is more than {}", Money::MAX_CENTS / 100),
    })
}

pub(super) fn currency(written: &str) -> Result<Currency, String> {
    written.parse().map_err(|_| "is not a currency of this marketplace, which trades in EUR".into())
}

/// Reads a past moment, in whole microseconds, the precision of both databases.
pub(super) fn past_moment(written: &str, now: DateTime<Utc>) -> Result<DateTime<Utc>, String> {
    let moment =
        DateTime::parse_from_rfc3339(written).map_err(|error| why(error, "moment like 2026-11-24T14:05:00+01:00"))?;
    let moment = DateTime::from_timestamp_micros(moment.timestamp_micros()).ok_or("is not a moment")?;
    in_our_years(moment.date_naive())?;
    if moment > now { Err("is in the future".into()) } else { Ok(moment) }
}

pub(super) fn date(written: &str) -> Result<NaiveDate, String> {
    const LIKE: &str = "date like 2026-11-24";
    // Chrono alone would also read `2026-1-5` and ` 2026-01-05`.
    let digit_or_dash =
        |(at, byte): (usize, u8)| if matches!(at, 4 | 7) { byte == b'-' } else { byte.is_ascii_digit() };
    if written.len() != 10 || !written.bytes().enumerate().all(digit_or_dash) {
        return Err(format!("is not a {LIKE}"));
    }
    in_our_years(NaiveDate::from_str(written).map_err(|error| why(error, LIKE))?)
}

fn why(error: ParseError, like: &str) -> String {
    match error.kind() {
        ParseErrorKind::OutOfRange | ParseErrorKind::Impossible => "does not exist".into(),
        _ => format!("is not a {like}"),
    }
}

fn in_our_years(date: NaiveDate) -> Result<NaiveDate, String> {
    if YEARS.contains(&date.year()) {
        Ok(date)
    } else {
        Err(format!("is not in the years {} to {}", YEARS.start(), YEARS.end()))
    }
}

pub(super) fn status(written: &str) -> Result<Status, String> {
    match Status::from_str(written) {
        Ok(status) if status.is_workable() || status.is_final() => Ok(status),
        Ok(_) => Err("cannot be imported: settle the open dispute or request first".into()),
        Err(_) => {
            let known = "active, delivered, in_revision, completed, mutually_cancelled, cancelled";
            Err(format!("is not a status; it is one of {known}"))
        }
    }
}

/// Reads an address in lower case. It refuses what cannot be an address; only a mail can prove that one works.
pub(super) fn email(written: &str) -> Result<String, String> {
    let email = written.trim().to_lowercase();
    let has_two_sides =
        email.split_once('@').is_some_and(|(who, place)| !who.is_empty() && !place.is_empty() && !place.contains('@'));
    if !has_two_sides || email.chars().any(|c| c.is_whitespace() || c.is_control() || is_unprintable(c)) {
        Err("is not an e-mail address".into())
    } else if email.len() > EMAIL_BYTES {
        Err(format!("has more than {EMAIL_BYTES} bytes"))
    } else {
        Ok(email)
    }
}

pub(super) fn language(written: &str) -> Result<Language, String> {
    written.parse().map_err(|_| "is not a language of this product: nl or en".into())
}

pub(super) fn time_zone(written: &str) -> Result<Tz, String> {
    written.parse().map_err(|_| "is not a time zone like Europe/Amsterdam".into())
}
