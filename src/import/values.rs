//! Checks on single values. Each error is the rest of the sentence "this value …".

use std::str::FromStr;

use chrono::format::ParseErrorKind;
use chrono::{DateTime, Datelike, LocalResult, NaiveDate, NaiveDateTime, NaiveTime, ParseError, TimeZone, Utc};
use chrono_tz::Tz;
use url::Url;

use crate::domain::accounts::contact::{EmailAddress, NoEmailAddress, PersonName};
use crate::domain::line::{self, NotOneLine};
use crate::domain::orders::money::{Currency, PriceError};
use crate::domain::{ExternalId, Language, Money, NoExternalId, Reference, Status, Text};

/// Longest address of a page, in bytes (our choice).
const URL_BYTES: usize = 2_000;
/// Longest title, in characters (our choice: it is the heading of a page).
const TITLE_CHARS: usize = 150;
/// Accepted years (our choice: others are typing errors).
const YEARS: std::ops::RangeInclusive<i32> = 2000..=2099;

pub(super) fn external_id(written: &str) -> Result<ExternalId, String> {
    written.trim().parse().map_err(|error| match error {
        NoExternalId::Missing => "says nothing".into(),
        NoExternalId::TooLong(length) => format!("has {length} characters, more than {}", ExternalId::MAX_CHARS),
        NoExternalId::Unprintable => "has characters in it that cannot be seen".into(),
        NoExternalId::Nothing => "is no id, but a word for nothing".into(),
    })
}

pub(super) fn reference(written: &str) -> Result<Reference, String> {
    written.trim().parse().map_err(|_| "is not a reference like OC-7K3M9QXA".into())
}

pub(super) fn title(written: &str) -> Result<String, String> {
    one_line(written, TITLE_CHARS)
}

pub(super) fn name(written: &str) -> Result<String, String> {
    one_line(written, PersonName::MAX_CHARS)
}

fn one_line(written: &str, most: usize) -> Result<String, String> {
    line::one_line(written, most).map_err(|error| match error {
        NotOneLine::Empty => "says nothing that can be seen".into(),
        NotOneLine::Broken => "has a line break in it; is a quotation mark missing?".into(),
        NotOneLine::Unprintable => "has characters in it that cannot be seen".into(),
        NotOneLine::TooLong(length) => format!("has {length} characters, more than {most}"),
    })
}

pub(super) fn description(written: &str) -> Result<Text, String> {
    Text::parse(written).map_err(|_| "is longer than 2500 characters, or says nothing that can be seen".into())
}

/// Reads the address of an order's page at the marketplace.
pub(super) fn url(written: &str) -> Result<String, String> {
    let url = Url::parse(written.trim()).map_err(|_| "is not an address like https://example.com/orders/1001")?;
    if url.scheme() != "https" || url.host_str().is_none() || !url.username().is_empty() || url.password().is_some() {
        Err("is not an address that begins with https://".into())
    } else if url.as_str().len() > URL_BYTES {
        Err(format!("has more than {URL_BYTES} bytes"))
    } else {
        Ok(url.into())
    }
}

/// Reads a price as programs and people write it: `1040.50`, `€ 1.040,50`, `EUR 1,040.50`.
pub(super) fn price(written: &str) -> Result<Money, String> {
    let amount = written.trim();
    let amount = amount.strip_prefix("EUR").or_else(|| amount.strip_suffix("EUR")).unwrap_or(amount);
    Money::parse(amount).map_err(|error| match error {
        PriceError::Missing | PriceError::Unreadable => "is not a price like 12.50".into(),
        PriceError::TooLow => "is less than 0.01".into(),
        PriceError::TooPrecise => "has more than two decimals".into(),
        PriceError::TooHigh => format!("is more than {}", Money::MAX_CENTS / 100),
    })
}

pub(super) fn currency(written: &str) -> Result<Currency, String> {
    written.trim().parse().map_err(|_| "is not a currency of this marketplace, which trades in EUR".into())
}

/// Reads a past moment, in whole microseconds, the precision of both databases. A moment that names no zone is one in the
/// marketplace's.
pub(super) fn past_moment(written: &str, time_zone: Tz, now: DateTime<Utc>) -> Result<DateTime<Utc>, String> {
    let moment = moment(written.trim(), time_zone)?;
    let moment = DateTime::from_timestamp_micros(moment.timestamp_micros()).ok_or("is not a moment")?;
    in_our_years(moment.date_naive())?;
    if moment > now { Err("is in the future".into()) } else { Ok(moment) }
}

/// Reads `2026-11-24T14:05:00+01:00`, `2026-11-24 14:05:00 +0100`, `2026-11-24 14:05` and `24-11-2026 14:05`.
fn moment(written: &str, time_zone: Tz) -> Result<DateTime<Utc>, String> {
    const LIKE: &str = "moment like 2026-11-24T14:05:00+01:00 or 2026-11-24 14:05";
    let error = match DateTime::parse_from_rfc3339(written) {
        Ok(moment) => return Ok(moment.to_utc()),
        Err(error) => why(error, LIKE),
    };
    for form in ["%Y-%m-%d %H:%M:%S %z", "%Y-%m-%dT%H:%M:%S%z"] {
        if let Ok(moment) = DateTime::parse_from_str(written, form) {
            return Ok(moment.to_utc());
        }
    }
    let (day, time) = written.split_once([' ', 'T']).ok_or_else(|| error.clone())?;
    let time = time.trim();
    let seconds = NaiveTime::parse_from_str(time, "%H:%M:%S%.f");
    let time = seconds.or_else(|_| NaiveTime::parse_from_str(time, "%H:%M")).map_err(|_| error)?;
    in_zone(NaiveDateTime::new(day_of(day)?, time), time_zone)
}

/// A local moment. Of an hour that there is twice, in autumn, it is the first; one that there is not, in spring, is a
/// mistake.
fn in_zone(local: NaiveDateTime, time_zone: Tz) -> Result<DateTime<Utc>, String> {
    match time_zone.from_local_datetime(&local) {
        LocalResult::Single(moment) | LocalResult::Ambiguous(moment, _) => Ok(moment.to_utc()),
        LocalResult::None => Err(format!("does not exist in {}", time_zone.name())),
    }
}

/// Reads a day, or the day of a moment in the marketplace's zone.
pub(super) fn date(written: &str, time_zone: Tz) -> Result<NaiveDate, String> {
    let written = written.trim();
    let day = if written.len() > 10 && written.contains(':') {
        moment(written, time_zone)?.with_timezone(&time_zone).date_naive()
    } else {
        day_of(written)?
    };
    in_our_years(day)
}

/// Reads `2026-11-24`, `24-11-2026` and `24.11.2026`. With slashes only a day that can be no month is taken:
/// `03/04/2026` is one day in the Netherlands and another one in the United States.
fn day_of(written: &str) -> Result<NaiveDate, String> {
    const LIKE: &str = "date like 2026-11-24";
    let parts: Vec<&str> = written.split(['-', '.', '/']).collect();
    let is_number = |part: &&str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    let ([first, second, third], true) = (&parts[..], parts.iter().all(is_number)) else {
        return Err(format!("is not a {LIKE}"));
    };
    let (year, month, day) = match (first.len(), second.len(), third.len()) {
        (4, 2, 2) => (first, second, third),
        (1..=2, 1..=2, 4) if written.contains('/') => {
            let is_month = |part: &str| part.parse::<u32>().is_ok_and(|number| number <= 12);
            match (is_month(first), is_month(second)) {
                (true, true) if first != second => {
                    return Err("can be two days: write the year first, 2026-11-24".into());
                }
                (true, false) => (third, first, second),
                _ => (third, second, first),
            }
        }
        (1..=2, 1..=2, 4) => (third, second, first),
        _ => return Err(format!("is not a {LIKE}")),
    };
    let written = format!("{year}-{month:0>2}-{day:0>2}");
    NaiveDate::from_str(&written).map_err(|error| why(error, LIKE))
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
    match Status::from_str(written.trim()) {
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
    written.parse().map(EmailAddress::into_string).map_err(|error| match error {
        NoEmailAddress::Unreadable => "is not an e-mail address".into(),
        NoEmailAddress::TooLong => format!("has more than {} bytes", EmailAddress::MAX_BYTES),
    })
}

pub(super) fn language(written: &str) -> Result<Language, String> {
    written.trim().to_lowercase().parse().map_err(|_| "is not a language of this product: nl or en".into())
}

pub(super) fn time_zone(written: &str) -> Result<Tz, String> {
    written.trim().parse().map_err(|_| "is not a time zone like Europe/Amsterdam".into())
}
