//! Reading a marketplace's export: bytes in, accounts and orders out, or everything that is wrong with them.
//!
//! Pure: nothing is stored here. Both formats become records, a line number and named fields, which the intake checks
//! one by one. A fault that would hide others (a byte order mark, another separator, a broken byte) is noted and read
//! past, so that one run shows everything there is to mend.

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

pub use problem::Problem;

use crate::domain::{Money, Reference, Status};
use intake::Intake;

/// What a file is written in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// Comma-separated, one order a line under a header row.
    Csv,
    /// One object with a list of accounts and a list of orders.
    Json,
}

impl Format {
    /// The format a file's name promises, or else the one its first character looks like.
    #[must_use]
    pub fn of(path: &Path, bytes: &[u8]) -> Self {
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

/// Everything a file holds: people first, since the orders name them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Contents {
    /// Every account once.
    pub people: Vec<PersonLine>,
    /// Every order once; both its parties are among the people.
    pub orders: Vec<OrderLine>,
}

/// An account as a file tells it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PersonLine {
    /// Where the file tells it first.
    pub line: usize,
    /// The address, in lower case.
    pub email: String,
    /// The name, as the other party sees it.
    pub name: String,
    /// `nl` or `en`.
    pub language: Option<String>,
    /// An IANA name.
    pub time_zone: Option<String>,
}

/// An order as a file tells it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OrderLine {
    /// Where the file tells it.
    pub line: usize,
    /// Its name in addresses and mails.
    pub reference: Reference,
    /// What was ordered.
    pub title: String,
    /// What it costs.
    pub price: Money,
    /// When it was placed.
    pub placed_at: DateTime<Utc>,
    /// The day the work is due.
    pub delivery_date: NaiveDate,
    /// Where it stands; never one of those that say something is open.
    pub status: Status,
    /// Since when it stands there.
    pub status_since: DateTime<Utc>,
    /// The customer's address.
    pub customer: String,
    /// The freelancer's address: another one.
    pub freelancer: String,
}

/// Reads a file.
///
/// # Errors
///
/// Everything that is wrong with it, by line.
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
