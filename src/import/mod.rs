//! Reader for a marketplace's export: bytes in, accounts and orders out.
//!
//! Pure: nothing is stored here. Both formats become records (a line number and named fields), which the intake checks
//! one by one. A line with a mistake is refused, and the others go on. A file that cannot be read as a whole is refused
//! with every problem in it.

mod columns;
mod csv;
mod encoding;
mod intake;
mod json;
mod lines;
pub mod map;
pub mod problem;
pub mod single;
#[cfg(test)]
mod tests;
mod values;

use std::path::Path;

use chrono::{DateTime, NaiveDate, Utc};
use chrono_tz::Tz;

pub use problem::{Code, Problem};

use crate::domain::orders::outside::{Told, ToldDescription};
use crate::domain::{ExternalId, Language, Money, Reference, Status};
use intake::Intake;
use map::Map;

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

/// Everything a file holds that can be taken, and what cannot.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Contents {
    /// Every account once.
    pub people: Vec<PersonLine>,
    /// Every order once.
    pub orders: Vec<OrderLine>,
    /// Why lines are refused.
    pub refused: Vec<Problem>,
    /// What was understood in one of several ways, or left out.
    pub notes: Vec<Problem>,
}

/// An account as a file describes it; a file may leave out what is stored already.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PersonLine {
    /// The line of its first mention.
    pub line: usize,
    /// The marketplace's own id.
    pub external_id: Option<ExternalId>,
    /// The address, in lower case.
    pub email: Option<String>,
    /// The name, as the other party sees it.
    pub name: Option<String>,
    /// The language, when the file names one.
    pub language: Option<Language>,
    /// The time zone, when the file names one.
    pub time_zone: Option<Tz>,
    /// Whether the file lists the person apart from orders.
    pub is_listed: bool,
}

/// An order as a file describes it; a file may leave out what is stored already.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OrderLine {
    /// Its line in the file.
    pub line: usize,
    /// The marketplace's own id. This or the reference is there.
    pub external_id: Option<ExternalId>,
    /// Its reference in addresses and mails.
    pub reference: Option<Reference>,
    /// The title.
    pub title: Option<String>,
    /// The price.
    pub price: Option<Money>,
    /// The moment it was placed.
    pub placed_at: Option<DateTime<Utc>>,
    /// The day the work is due.
    pub delivery_date: Option<NaiveDate>,
    /// Its status; never one that says a question is open.
    pub status: Option<Status>,
    /// The moment it got that status.
    pub status_since: Option<DateTime<Utc>>,
    /// What the marketplace says of it.
    pub description: ToldDescription,
    /// The customer, by the place among the people.
    pub customer: Option<usize>,
    /// The freelancer; never the customer.
    pub freelancer: Option<usize>,
}

impl OrderLine {
    /// What the line tells of the order's values.
    #[must_use]
    pub fn told(&self) -> Told {
        Told {
            title: self.title.clone(),
            price: self.price,
            placed_at: self.placed_at,
            delivery_date: self.delivery_date,
            status: self.status,
        }
    }

    /// What a new order needs and the line leaves out.
    #[must_use]
    pub fn missing(&self) -> Vec<Problem> {
        let there = [
            ("title", self.title.is_some()),
            ("price", self.price.is_some()),
            ("placed_at", self.placed_at.is_some()),
            ("delivery_date", self.delivery_date.is_some()),
            ("status", self.status.is_some()),
            ("customer", self.customer.is_some()),
            ("freelancer", self.freelancer.is_some()),
        ];
        let missing = there.into_iter().filter(|(_, is_there)| !is_there);
        let problem =
            |column| Problem::new(self.line, Some(column), "a new order needs this".into()).coded(Code::Missing);
        missing.map(|(column, _)| problem(column)).collect()
    }
}

/// How to read a file.
#[derive(Debug, Clone, Copy)]
pub struct Reading<'a> {
    /// The format.
    pub format: Format,
    /// The moment, which nothing in the file may be after.
    pub now: DateTime<Utc>,
    /// The marketplace's time zone, in which moments without one are read.
    pub time_zone: Tz,
    /// What the file's own columns and values mean.
    pub map: Option<&'a Map>,
}

/// Reads a file as `Reading` says.
///
/// # Errors
///
/// When the file cannot be read as a whole, with every problem in it.
pub fn read_as(bytes: &[u8], reading: Reading) -> Result<Contents, Vec<Problem>> {
    let mut intake = Intake::new(reading);
    let text = encoding::text(bytes, &mut intake);
    match reading.format {
        Format::Csv => csv::read(&text, &mut intake),
        Format::Json => json::read(&text, &mut intake),
    }
    intake.finish()
}

/// Reads a file of ours: with our columns, and moments in Amsterdam where none is named. It fails as [`read_as`] does.
pub fn read(bytes: &[u8], format: Format, now: DateTime<Utc>) -> Result<Contents, Vec<Problem>> {
    read_as(bytes, Reading { format, now, time_zone: chrono_tz::Europe::Amsterdam, map: None })
}
