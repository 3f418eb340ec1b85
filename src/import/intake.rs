//! The intake checks records one by one: each field by itself, then against the other fields and earlier lines.

use std::borrow::Cow;
use std::collections::HashMap;
use std::collections::hash_map::Entry;

use chrono::{DateTime, Utc};

use crate::domain::{Money, Reference};
use crate::import::problem::shown;
use crate::import::{Contents, OrderLine, PersonLine, Problem, values};

/// An account or an order as the file wrote it.
pub(super) struct Record<'a> {
    pub line: usize,
    /// Values by name; an absent name was reported when the names were checked.
    pub fields: Vec<(&'static str, Cow<'a, str>)>,
}

/// The columns of a record that describe a person.
pub(super) struct PersonColumns {
    pub email: &'static str,
    pub name: &'static str,
    pub language: &'static str,
    pub time_zone: &'static str,
}

/// The records accepted so far, and the problems found.
pub(super) struct Intake {
    now: DateTime<Utc>,
    contents: Contents,
    people_by_email: HashMap<String, usize>,
    lines_by_reference: HashMap<Reference, usize>,
    problems: Vec<Problem>,
}

impl Intake {
    pub(super) fn new(now: DateTime<Utc>) -> Self {
        Self {
            now,
            contents: Contents::default(),
            people_by_email: HashMap::new(),
            lines_by_reference: HashMap::new(),
            problems: Vec::new(),
        }
    }

    pub(super) fn note(&mut self, line: usize, column: Option<&'static str>, reason: String) {
        self.problems.push(Problem { line, column, reason });
    }

    /// Returns the contents, unless there are problems.
    pub(super) fn finish(mut self) -> Result<Contents, Vec<Problem>> {
        if self.problems.is_empty() {
            return Ok(self.contents);
        }
        self.problems.sort_by_key(|problem| problem.line);
        Err(self.problems)
    }

    /// Accepts the person in a record and returns their address.
    pub(super) fn person(&mut self, record: &Record, columns: &PersonColumns) -> Option<String> {
        let email = self.required(record, columns.email, values::email);
        let name = self.required(record, columns.name, values::name);
        let language = self.optional(record, columns.language, values::language);
        let time_zone = self.optional(record, columns.time_zone, values::time_zone);
        let email = email?;
        // The bad name was noted as a problem. The address still counts, or every order of this person would be noted
        // too.
        let name = name.unwrap_or_default();
        let person = PersonLine { line: record.line, email: email.clone(), name, language, time_zone };
        match self.people_by_email.entry(email.clone()) {
            Entry::Vacant(entry) => {
                entry.insert(self.contents.people.len());
                self.contents.people.push(person);
            }
            Entry::Occupied(entry) => {
                let first = *entry.get();
                self.person_again(first, person, columns);
            }
        }
        Some(email)
    }

    /// Compares a repeated person with the first mention, and fills in what that one left out.
    fn person_again(&mut self, first: usize, person: PersonLine, columns: &PersonColumns) {
        let known = &mut self.contents.people[first];
        let has_other_name = !known.name.is_empty() && !person.name.is_empty() && known.name != person.name;
        let differing = [
            (columns.name, has_other_name.then(|| (person.name, known.name.clone()))),
            (columns.language, merge(&mut known.language, person.language, |language| language.code())),
            (columns.time_zone, merge(&mut known.time_zone, person.time_zone, |zone| zone.name())),
        ];
        let known_line = known.line;
        for (column, values) in differing {
            if let Some((told, known)) = values {
                let (told, who, known) = (shown(&told), shown(&person.email), shown(&known));
                let reason = format!("{told} for {who}, and {known} on line {known_line}");
                self.note(person.line, Some(column), reason);
            }
        }
    }

    /// Reads the address of a person accepted before.
    pub(super) fn known_person(&mut self, record: &Record, column: &'static str) -> Option<String> {
        let email = self.required(record, column, values::email)?;
        if !self.people_by_email.contains_key(&email) {
            self.note(record.line, Some(column), format!("{} is not among the accounts of this file", shown(&email)));
        }
        Some(email)
    }

    /// Accepts an order, after its parties.
    pub(super) fn order(&mut self, record: &Record, customer: Option<String>, freelancer: Option<String>) {
        let (line, now) = (record.line, self.now);
        let reference = self.required(record, "reference", values::reference);
        let title = self.required(record, "title", values::title);
        let price = self.required(record, "price", values::price);
        let currency = self.required(record, "currency", values::currency);
        let placed_at = self.required(record, "placed_at", |written| values::past_moment(written, now));
        let delivery_date = self.required(record, "delivery_date", values::date);
        let status = self.required(record, "status", values::status);
        let status_since = self.optional(record, "status_since", |written| values::past_moment(written, now));
        if let Some(reference) = reference {
            match self.lines_by_reference.entry(reference) {
                Entry::Vacant(entry) => {
                    entry.insert(line);
                }
                Entry::Occupied(entry) => {
                    let first = *entry.get();
                    self.note(line, Some("reference"), format!("\"{reference}\" is on line {first} already"));
                }
            }
        }
        if status_since.zip(placed_at).is_some_and(|(since, placed_at)| since < placed_at) {
            self.note(line, Some("status_since"), "this is before the order was placed".into());
        }
        if let Some(both) = customer.as_ref().filter(|customer| Some(*customer) == freelancer.as_ref()) {
            self.note(line, None, format!("{} is both customer and freelancer", shown(both)));
        }
        let order = (|| {
            Some(OrderLine {
                line,
                reference: reference?,
                title: title?,
                price: Money { currency: currency?, ..price? },
                placed_at: placed_at?,
                delivery_date: delivery_date?,
                status: status?,
                status_since: status_since.unwrap_or(now),
                customer: customer?,
                freelancer: freelancer?,
            })
        })();
        self.contents.orders.extend(order);
    }

    /// Reads a value that must be there; `None` once a problem is noted.
    fn required<T>(
        &mut self,
        record: &Record,
        column: &'static str,
        read: impl FnOnce(&str) -> Result<T, String>,
    ) -> Option<T> {
        if record.get(column)?.trim().is_empty() {
            self.note(record.line, Some(column), "this is empty".into());
        }
        self.optional(record, column, read)
    }

    /// Reads a value that may be empty or absent: `None` then, and once a problem is noted.
    fn optional<T>(
        &mut self,
        record: &Record,
        column: &'static str,
        read: impl FnOnce(&str) -> Result<T, String>,
    ) -> Option<T> {
        let written = record.get(column).filter(|written| !written.trim().is_empty())?;
        match read(written) {
            Ok(value) => Some(value),
            Err(reason) => {
                self.note(record.line, Some(column), format!("{} {reason}", shown(written)));
                None
            }
        }
    }
}

impl Record<'_> {
    fn get(&self, column: &str) -> Option<&str> {
        self.fields.iter().find(|(name, _)| *name == column).map(|(_, value)| value.as_ref())
    }
}

/// Fills in an unknown value; returns both values when they differ.
fn merge<T: Copy + PartialEq>(
    known: &mut Option<T>,
    told: Option<T>,
    name: fn(&T) -> &'static str,
) -> Option<(String, String)> {
    match (*known, told) {
        (Some(old), Some(new)) if old != new => Some((name(&new).to_owned(), name(&old).to_owned())),
        (None, told) => {
            *known = told;
            None
        }
        (Some(_), _) => None,
    }
}
