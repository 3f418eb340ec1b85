//! JSON reader: one object with a list of accounts and a list of orders that name them.

use std::borrow::Cow;
use std::fmt;
use std::marker::PhantomData;

use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde_json::Value;
use serde_json::value::RawValue;

use crate::import::columns::{ACCOUNT, Columns, FILE, ORDER};
use crate::import::intake::{Intake, PersonColumns, Record};
use crate::import::lines::Lines;

pub(super) const PERSON: PersonColumns =
    PersonColumns { id: "external_id", email: "email", name: "name", language: "language", time_zone: "time_zone" };

/// Reads every account, then every order.
pub(super) fn read(text: &str, intake: &mut Intake) {
    let entries: Entries<&RawValue> = match serde_json::from_str(text) {
        Ok(entries) => entries,
        Err(error) => {
            let (reason, column) = (why(&error), error.column());
            intake.give_up();
            return intake.note(error.line().max(1), None, format!("this is not JSON: {reason} (column {column})"));
        }
    };
    if intake.map().is_some() {
        intake.give_up();
        return intake.note(1, None, "a map is for CSV; JSON has our own keys".into());
    }
    let before = intake.problems();
    intake.check_names(&FILE, 1, &entries.names());
    if intake.problems() > before {
        intake.give_up();
    }
    for record in records(text, entries.get("accounts"), "accounts", &ACCOUNT, intake) {
        intake.listed(&record, &PERSON);
    }
    for record in records(text, entries.get("orders"), "orders", &ORDER, intake) {
        let before = intake.problems();
        let placed_at = intake.placed_at(&record);
        let customer = intake.known_person(&record, "customer");
        let freelancer = intake.known_person(&record, "freelancer");
        intake.order(&record, before, placed_at, customer, freelancer);
    }
}

/// Returns the objects of one of the two lists, each with its first line.
fn records(
    text: &str,
    list: Option<&&RawValue>,
    name: &'static str,
    columns: &Columns,
    intake: &mut Intake,
) -> Vec<Record<'static>> {
    let Some(list) = list else { return Vec::new() };
    let mut lines = Lines::new(text.as_bytes());
    // A raw value is a slice of the text it was read from, so its address gives its position.
    let mut line_of = |value: &RawValue| lines.number(value.get().as_ptr().addr() - text.as_ptr().addr());
    let Ok(objects) = serde_json::from_str::<Vec<&RawValue>>(list.get()) else {
        intake.note(line_of(list), Some(name), "this is not a list".into());
        intake.give_up();
        return Vec::new();
    };
    objects.iter().filter_map(|object| record(object, line_of(object), columns, intake)).collect()
}

fn record(object: &RawValue, line: usize, columns: &Columns, intake: &mut Intake) -> Option<Record<'static>> {
    match serde_json::from_str(object.get()) {
        Ok(entries) => Some(record_of(entries, line, columns, intake)),
        Err(error) => {
            intake.note(line, None, format!("this cannot be read: {}", why(&error)));
            None
        }
    }
}

/// The record that an object with these keys and values is.
pub(super) fn record_of(
    entries: Entries<Value>,
    line: usize,
    columns: &Columns,
    intake: &mut Intake,
) -> Record<'static> {
    let before = intake.problems();
    intake.check_names(columns, line, &entries.names());
    let (mut fields, mut cleared) = (Vec::new(), Vec::new());
    for (name, value) in entries.0 {
        let Some(name) = columns.find(&name) else { continue };
        match value {
            Value::String(text) => fields.push((name, Cow::Owned(text))),
            Value::Null => cleared.push(name),
            // This matters most for a price: a number may have passed through floating point.
            Value::Number(number) => {
                intake.note(line, Some(name), format!("{number} is a number; write it as text: \"{number}\""));
            }
            Value::Bool(_) | Value::Array(_) | Value::Object(_) => {
                intake.note(line, Some(name), "this is not text in quotation marks".into());
            }
        }
    }
    Record { line, fields, cleared, is_flawed: intake.problems() > before }
}

/// Describes a JSON error without its position, which counts from the start of the piece that was read.
pub(super) fn why(error: &serde_json::Error) -> String {
    let said = error.to_string();
    said.rsplit_once(" at line ").map_or(said.clone(), |(reason, _)| reason.to_owned())
}

/// The keys and values of an object in their order, so that a repeated key is noticed.
pub(super) struct Entries<V>(pub(super) Vec<(String, V)>);

impl<V> Entries<V> {
    fn names(&self) -> Vec<&str> {
        self.0.iter().map(|(name, _)| name.as_str()).collect()
    }

    fn get(&self, name: &str) -> Option<&V> {
        self.0.iter().find(|entry| entry.0 == name).map(|(_, value)| value)
    }
}

impl<'de, V: Deserialize<'de>> Deserialize<'de> for Entries<V> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Pairs<V>(PhantomData<V>);

        impl<'de, V: Deserialize<'de>> Visitor<'de> for Pairs<V> {
            type Value = Entries<V>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<M: MapAccess<'de>>(self, mut map: M) -> Result<Entries<V>, M::Error> {
                let mut entries = Vec::new();
                while let Some(entry) = map.next_entry()? {
                    entries.push(entry);
                }
                Ok(Entries(entries))
            }
        }

        deserializer.deserialize_map(Pairs(PhantomData))
    }
}
