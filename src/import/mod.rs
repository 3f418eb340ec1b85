//! Reader for a marketplace's export: bytes in, accounts and orders out, or every problem in the file.
//!
//! Pure: nothing is stored here. Both formats become records (a line number and named fields), which the intake checks
//! one by one. A fault that would hide others (a byte order mark, another separator, a broken byte) is noted and
//! skipped, so that one run shows every problem.

mod columns;
mod csv;
mod encoding;
mod intake;
mod json;
mod lines;
mod problem;
#[cfg(test)]
mod tests;
mod values;

use std::path::Path;

use chrono::{DateTime, NaiveDate, Utc};
use chrono_tz::Tz;

pub use problem::Problem;

use crate::domain::{Language, Money, Reference, Status};
use intake::Intake;

/// The format of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// Comma-separated values: a header row, then one order per line.
    Csv,
    /// One object with a list of accounts and a list of orders.
    Json,
}

impl Format {
    /// Takes the format from the file's name, or else guesses it from the first character.
    #[must_use]
    pub fn from_path(path: &Path, bytes: &[u8]) -> Self {
        match path.extension().and_then(|extension| extension.to_str()).map(str::to_lowercase).as_deref() {
            Some("csv") => Self::Csv,
            Some("json") => Self::Json,
            _ => match encoding::without_mark(bytes).trim_ascii_start().first() {
                Some(b'{' | b'[') => Self::Json,
                _ => Self::Csv,
            },
        }
    }
}

/// Everything a file holds. People come first, since the orders name them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Contents {
    /// Every account once.
    pub people: Vec<PersonLine>,
    /// Every order once; both parties are among the people.
    pub orders: Vec<OrderLine>,
}

/// An account as a file describes it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PersonLine {
    /// The line of its first mention.
    pub line: usize,
    /// The address, in lower case.
    pub email: String,
    /// The name, as the other party sees it.
    pub name: String,
    /// The language, when the file names one.
    pub language: Option<Language>,
    /// The time zone, when the file names one.
    pub time_zone: Option<Tz>,
}

/// An order as a file describes it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OrderLine {
    /// Its line in the file.
    pub line: usize,
    /// Its reference in addresses and mails.
    pub reference: Reference,
    /// The order's title.
    pub title: String,
    /// The price.
    pub price: Money,
    /// The moment it was placed.
    pub placed_at: DateTime<Utc>,
    /// The day the work is due.
    pub delivery_date: NaiveDate,
    /// Its status; never one that says a question is open.
    pub status: Status,
    /// The moment it got that status.
    pub status_since: DateTime<Utc>,
    /// The customer's address.
    pub customer: String,
    /// The freelancer's address; never the customer's.
    pub freelancer: String,
}

/// Reads a file; the error is every problem in it, by line.
pub fn read(bytes: &[u8], format: Format, now: DateTime<Utc>) -> Result<Contents, Vec<Problem>> {
    let mut intake = Intake::new(now);
    if let Some(text) = encoding::text(bytes, &mut intake) {
        match format {
            Format::Csv => csv::read(&text, &mut intake),
            Format::Json => json::read(&text, &mut intake),
        }
    }
    intake.finish()
}
