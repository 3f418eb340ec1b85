//! The intake checks records one by one: each field by itself, then against the other fields and earlier lines.

use std::borrow::Cow;
use std::collections::HashMap;
use std::collections::hash_map::Entry;

use chrono::{DateTime, Utc};
use chrono_tz::Tz;

use crate::domain::accounts::contact::EmailAddress;
use crate::domain::orders::outside::{Telling, ToldDescription};
use crate::domain::{ExternalId, Money, Reference};
use crate::import::columns::Columns;
use crate::import::map::Map;
use crate::import::problem::{Code, shown};
use crate::import::{Contents, OrderLine, PersonLine, Problem, Reading, values};

/// An account or an order as the file wrote it.
pub(super) struct Record<'a> {
    pub line: usize,
    /// Values by name.
    pub fields: Vec<(&'static str, Cow<'a, str>)>,
    /// Names whose values are said to be empty.
    pub cleared: Vec<&'static str>,
    /// Whether a problem with it was noted before.
    pub is_flawed: bool,
}

/// The columns of a record that describe a person.
pub(super) struct PersonColumns {
    pub id: &'static str,
    pub email: &'static str,
    pub name: &'static str,
    pub language: &'static str,
    pub time_zone: &'static str,
}

/// The records accepted so far, and the problems found.
pub(super) struct Intake<'a> {
    reading: Reading<'a>,
    contents: Contents,
    people_by_id: HashMap<ExternalId, usize>,
    people_by_email: HashMap<String, usize>,
    /// When the order was placed that a person's values come from, and whether it was said that others differ.
    told_at: Vec<(Option<DateTime<Utc>>, bool)>,
    lines_by_reference: HashMap<Reference, usize>,
    lines_by_id: HashMap<ExternalId, usize>,
    left_out: usize,
    /// Whether the file cannot be read as a whole.
    is_given_up: bool,
}

impl<'a> Intake<'a> {
    pub(super) fn new(reading: Reading<'a>) -> Self {
        Self {
            reading,
            contents: Contents::default(),
            people_by_id: HashMap::new(),
            people_by_email: HashMap::new(),
            told_at: Vec::new(),
            lines_by_reference: HashMap::new(),
            lines_by_id: HashMap::new(),
            left_out: 0,
            is_given_up: false,
        }
    }

    /// What the file's columns and values mean.
    pub(super) fn map(&self) -> Option<&'a Map> {
        self.reading.map
    }

    pub(super) fn time_zone(&self) -> Tz {
        self.reading.time_zone
    }

    pub(super) fn note(&mut self, line: usize, column: Option<&'static str>, reason: String) {
        self.refuse(Problem::new(line, column, reason));
    }

    pub(super) fn refuse(&mut self, problem: Problem) {
        self.contents.refused.push(problem);
    }

    /// Notes every name that is unknown or repeated, and that one is missing without which nothing can be known.
    pub(super) fn check_names(&mut self, columns: &Columns, line: usize, names: &[&str]) {
        let word = columns.word;
        for (at, name) in names.iter().enumerate() {
            match columns.find(name) {
                None => {
                    let reason = format!("{} is not a {word} of this format", shown(name));
                    self.refuse(Problem::new(line, None, reason).coded(Code::UnknownField));
                }
                Some(twice) if names[..at].contains(name) => {
                    let reason = format!("this {word} is there twice");
                    self.refuse(Problem::new(line, Some(twice), reason).coded(Code::Repeated));
                }
                Some(_) => {}
            }
        }
        if let [one, other] = columns.one_of
            && !names.contains(one)
            && !names.contains(other)
        {
            self.note(line, None, format!("there is no {word} {one} and none {other}"));
        }
    }

    /// Says something that refuses nothing.
    pub(super) fn say(&mut self, line: usize, reason: String) {
        self.contents.notes.push(Problem::new(line, None, reason));
    }

    /// The number of problems so far.
    pub(super) fn problems(&self) -> usize {
        self.contents.refused.len()
    }

    /// Refuses the whole file, once every problem is found.
    pub(super) fn give_up(&mut self) {
        self.is_given_up = true;
    }

    /// Counts a line that the map leaves out.
    pub(super) fn leave_out(&mut self) {
        self.left_out += 1;
    }

    /// Returns the contents, unless the file cannot be read as a whole.
    pub(super) fn finish(mut self) -> Result<Contents, Vec<Problem>> {
        self.contents.refused.sort_by_key(|problem| problem.line);
        if self.left_out > 0 {
            self.say(1, format!("{} lines were left out, as the map says", self.left_out));
        }
        let is_nothing = self.contents.orders.is_empty() && self.contents.people.iter().all(|person| !person.is_listed);
        if self.is_given_up || (is_nothing && !self.contents.refused.is_empty()) {
            return Err(self.contents.refused);
        }
        Ok(self.contents)
    }

    /// When the order of a record was placed.
    pub(super) fn placed_at(&mut self, record: &Record) -> Option<DateTime<Utc>> {
        let Reading { now, time_zone, .. } = self.reading;
        self.value(record, "placed_at", |written| values::past_moment(written, time_zone, now))
    }

    /// Accepts the person in a record; `placed_at` is the moment of the order that tells of them.
    pub(super) fn person(
        &mut self,
        record: &Record,
        columns: &PersonColumns,
        placed_at: Option<DateTime<Utc>>,
    ) -> Option<usize> {
        let before = self.problems();
        let person = PersonLine {
            line: record.line,
            external_id: self.value(record, columns.id, values::external_id),
            email: self.value(record, columns.email, values::email),
            name: self.value(record, columns.name, values::name),
            language: self.value(record, columns.language, values::language),
            time_zone: self.value(record, columns.time_zone, values::time_zone),
            is_listed: false,
        };
        if self.problems() > before || (person.external_id.is_none() && person.email.is_none()) {
            return None;
        }
        let by_id = person.external_id.as_ref().and_then(|id| self.people_by_id.get(id)).copied();
        let by_email = person.email.as_ref().and_then(|email| self.people_by_email.get(email)).copied();
        let at = match (by_id, by_email) {
            (Some(at), other) if other.is_none_or(|other| other == at) => self.again(at, &person, placed_at),
            (None, Some(at)) if self.may_be(at, &person) => self.again(at, &person, placed_at),
            (None, None) => self.first(&person, placed_at),
            (_, Some(other)) => {
                let (email, line) =
                    (shown(person.email.as_deref().unwrap_or_default()), self.contents.people[other].line);
                self.note(record.line, Some(columns.email), format!("{email} is somebody else's on line {line}"));
                return None;
            }
            (Some(_), None) => unreachable!("an id alone is enough"),
        };
        self.people_by_email.extend(person.email.map(|email| (email, at)));
        self.people_by_id.extend(person.external_id.map(|id| (id, at)));
        Some(at)
    }

    /// Whether that person, known by the address, may have this one's id.
    fn may_be(&self, at: usize, person: &PersonLine) -> bool {
        let known = &self.contents.people[at].external_id;
        known.is_none() || person.external_id.is_none() || *known == person.external_id
    }

    fn first(&mut self, person: &PersonLine, placed_at: Option<DateTime<Utc>>) -> usize {
        self.contents.people.push(person.clone());
        self.told_at.push((placed_at, false));
        self.contents.people.len() - 1
    }

    /// Takes a repeated person's values where its order is newer, and otherwise those that are not known yet.
    fn again(&mut self, at: usize, person: &PersonLine, placed_at: Option<DateTime<Utc>>) -> usize {
        let (known, told) = (&mut self.contents.people[at], &mut self.told_at[at]);
        let differs = |one: &Option<String>, other: &Option<String>| {
            one.as_ref().zip(other.as_ref()).is_some_and(|(one, other)| squeezed(one) != squeezed(other))
        };
        let said = (differs(&known.name, &person.name) || differs(&known.email, &person.email)) && !told.1;
        let is_newer = placed_at >= told.0;
        let (newer, older) = if is_newer { (person, &*known) } else { (&*known, person) };
        let merged = PersonLine {
            line: known.line,
            external_id: newer.external_id.clone().or_else(|| older.external_id.clone()),
            email: newer.email.clone().or_else(|| older.email.clone()),
            name: newer.name.clone().or_else(|| older.name.clone()),
            language: newer.language.or(older.language),
            time_zone: newer.time_zone.or(older.time_zone),
            is_listed: known.is_listed,
        };
        let first = known.line;
        *known = merged;
        told.0 = told.0.max(placed_at);
        if said {
            told.1 = true;
            let who = person.email.as_deref().or_else(|| person.external_id.as_ref().map(ExternalId::as_str));
            let who = shown(who.unwrap_or_default());
            let reason = format!("{who} is written in another way on line {first}; what the newest order says counts");
            self.say(person.line, reason);
        }
        at
    }

    /// Accepts an account that a file lists by itself.
    pub(super) fn listed(&mut self, record: &Record, columns: &PersonColumns) {
        if let Some(at) = self.person(record, columns, None) {
            self.contents.people[at].is_listed = true;
        }
    }

    /// Reads the id or the address of a person accepted before.
    pub(super) fn known_person(&mut self, record: &Record, column: &'static str) -> Option<usize> {
        let written = record.get(column).map(str::trim).filter(|written| !written.is_empty())?;
        let by_id = written.parse::<ExternalId>().ok().and_then(|id| self.people_by_id.get(&id).copied());
        let known = by_id.or_else(|| self.people_by_email.get(&EmailAddress::as_written(written)).copied());
        if known.is_none() {
            self.note(record.line, Some(column), format!("{} is not among the accounts of this file", shown(written)));
        }
        known
    }

    /// Whether the map says that further lines of one order only tell more of it, and this is one.
    pub(super) fn is_repeated(&self, record: &Record) -> bool {
        let id = record.get("external_id").and_then(|written| written.trim().parse::<ExternalId>().ok());
        self.map().is_some_and(Map::takes_the_first) && id.is_some_and(|id| self.lines_by_id.contains_key(&id))
    }

    /// Accepts an order, after its parties, unless the record has problems: it had so many `before` it.
    pub(super) fn order(
        &mut self,
        record: &Record,
        before: usize,
        placed_at: Option<DateTime<Utc>>,
        customer: Option<usize>,
        freelancer: Option<usize>,
    ) {
        let (line, Reading { now, time_zone, .. }) = (record.line, self.reading);
        let external_id = self.value(record, "external_id", values::external_id);
        let reference = self.value(record, "reference", values::reference);
        let title = self.value(record, "title", values::title);
        let price = self.value(record, "price", values::price);
        let currency = self.value(record, "currency", values::currency);
        let delivery_date = self.value(record, "delivery_date", |written| values::date(written, time_zone));
        let status = self.value(record, "status", values::status);
        let status_since = self.value(record, "status_since", |written| values::past_moment(written, time_zone, now));
        let description = ToldDescription {
            text: self.telling(record, "description", values::description),
            url: self.telling(record, "url", values::url),
        };
        if external_id.is_none() && reference.is_none() && !record.is_flawed && self.problems() == before {
            self.note(line, None, "the order has no external_id and no reference".into());
        }
        if let Some(reference) = reference {
            let first = first_line(&mut self.lines_by_reference, reference, line);
            self.note_twice(line, "reference", reference.as_str(), first);
        }
        if let Some(id) = &external_id {
            let first = first_line(&mut self.lines_by_id, id.clone(), line);
            self.note_twice(line, "external_id", id.as_str(), first);
        }
        if status_since.zip(placed_at).is_some_and(|(since, placed_at)| since < placed_at) {
            self.note(line, Some("status_since"), "this is before the order was placed".into());
        }
        if let Some(both) = customer.filter(|both| Some(*both) == freelancer) {
            let person = &self.contents.people[both];
            let who = person.email.as_deref().or_else(|| person.external_id.as_ref().map(ExternalId::as_str));
            let who = shown(who.unwrap_or_default());
            self.note(line, None, format!("{who} is both customer and freelancer"));
        }
        if record.is_flawed || self.problems() > before {
            return;
        }
        let price = price.map(|price| Money { currency: currency.unwrap_or_default(), ..price });
        self.contents.orders.push(OrderLine {
            line,
            external_id,
            reference,
            title,
            price,
            placed_at,
            delivery_date,
            status,
            status_since,
            description,
            customer,
            freelancer,
        });
    }

    fn note_twice(&mut self, line: usize, column: &'static str, written: &str, first: Option<usize>) {
        if let Some(first) = first {
            let value = Some(shown(written));
            let reason = format!("is on line {first} already");
            let problem = Problem::new(line, Some(column), reason).coded(Code::Repeated);
            self.contents.refused.push(Problem { value, ..problem });
        }
    }

    /// Reads what is told of a value that may be empty.
    fn telling<T>(
        &mut self,
        record: &Record,
        column: &'static str,
        read: impl FnOnce(&str) -> Result<T, String>,
    ) -> Telling<T> {
        match self.value(record, column, read) {
            Some(value) => Telling::Value(value),
            None if record.cleared.contains(&column) => Telling::Empty,
            None => Telling::Nothing,
        }
    }

    /// Reads a value: `None` when it is absent or empty, and once a problem is noted.
    fn value<T>(
        &mut self,
        record: &Record,
        column: &'static str,
        read: impl FnOnce(&str) -> Result<T, String>,
    ) -> Option<T> {
        let written = record.get(column).filter(|written| !written.trim().is_empty())?;
        match read(written) {
            Ok(value) => Some(value),
            Err(reason) => {
                let (line, value) = (record.line, Some(shown(written)));
                self.contents.refused.push(Problem { value, ..Problem::new(line, Some(column), reason) });
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

/// Remembers the line of a name; returns the line where it was first, if there was one.
fn first_line<N: std::hash::Hash + Eq>(lines: &mut HashMap<N, usize>, name: N, line: usize) -> Option<usize> {
    match lines.entry(name) {
        Entry::Vacant(entry) => {
            entry.insert(line);
            None
        }
        Entry::Occupied(entry) => Some(*entry.get()),
    }
}

/// A name without differences that a reader would not see: spaces and capitals.
fn squeezed(name: &str) -> String {
    name.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase()
}
