//! Reads one account or one order that a program puts, with the checks of a file. Its values are written in one way only:
//! moments with their offset, days as 2026-11-24, prices as 905.95.

use std::borrow::Cow;

use chrono::{DateTime, NaiveDate, Utc};
use serde_json::Value;

use crate::domain::ExternalId;
use crate::import::columns::{Columns, PUT_ACCOUNT, PUT_ORDER};
use crate::import::intake::{Intake, PersonColumns, Record};
use crate::import::json::{Entries, PERSON, record_of, why};
use crate::import::{Contents, Format, Problem, Reading};

/// The columns by which an order names a party: with its id only.
const CUSTOMER: PersonColumns = PersonColumns { id: "customer", ..NAMELESS };
const FREELANCER: PersonColumns = PersonColumns { id: "freelancer", ..NAMELESS };
const NAMELESS: PersonColumns = PersonColumns { id: "", email: "", name: "", language: "", time_zone: "" };

/// Why a body cannot be taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Unread {
    /// It is not JSON, or no object; with what is wrong.
    NotAnObject(String),
    /// It has these problems.
    Problems(Vec<Problem>),
}

/// Reads an order with that id.
///
/// # Errors
///
/// See [`Unread`].
pub fn order(body: &[u8], id: &ExternalId, now: DateTime<Utc>) -> Result<Contents, Unread> {
    let mut intake = intake(now);
    let entries = entries(body)?;
    let record = record(entries, id, &PUT_ORDER, &mut intake);
    let before = intake.problems();
    let placed_at = intake.placed_at(&record);
    let customer = intake.person(&record, &CUSTOMER, placed_at);
    let freelancer = intake.person(&record, &FREELANCER, placed_at);
    intake.order(&record, before, placed_at, customer, freelancer);
    contents(intake)
}

/// An account as a program puts it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PutAccount {
    /// The account, as a file with it alone would have it.
    pub contents: Contents,
    /// Whether an account that is known by its address only gets this id.
    pub adopts: bool,
}

/// Reads an account with that id. It fails as [`order`] does.
pub fn account(body: &[u8], id: &ExternalId, now: DateTime<Utc>) -> Result<PutAccount, Unread> {
    let mut intake = intake(now);
    let mut entries = entries(body)?;
    let adopts = entries.0.iter().position(|(name, value)| name == "adopt_email" && value.is_boolean());
    let adopts = adopts.is_some_and(|at| entries.0.remove(at).1 == Value::Bool(true));
    let record = record(entries, id, &PUT_ACCOUNT, &mut intake);
    if !record.is_flawed {
        intake.listed(&record, &PERSON);
    }
    Ok(PutAccount { contents: contents(intake)?, adopts })
}

fn intake(now: DateTime<Utc>) -> Intake<'static> {
    Intake::new(Reading { format: Format::Json, now, time_zone: chrono_tz::UTC, map: None })
}

fn contents(intake: Intake) -> Result<Contents, Unread> {
    let contents = intake.finish().map_err(Unread::Problems)?;
    if contents.refused.is_empty() { Ok(contents) } else { Err(Unread::Problems(contents.refused)) }
}

fn entries(body: &[u8]) -> Result<Entries<Value>, Unread> {
    serde_json::from_slice(body).map_err(|error| Unread::NotAnObject(why(&error)))
}

/// The record of an object. A value that is not written as programs have to write it is refused for that alone.
fn record(mut entries: Entries<Value>, id: &ExternalId, columns: &Columns, intake: &mut Intake) -> Record<'static> {
    let before = intake.problems();
    entries.0.retain(|(name, value)| {
        let Some(column) = columns.find(name) else { return true };
        let reason = match value {
            Value::Null => (!["status_since", "description", "url"].contains(&column)).then_some("may not be empty"),
            Value::String(text) => misspelled(column, text),
            Value::Bool(_) | Value::Number(_) | Value::Array(_) | Value::Object(_) => None,
        };
        if let Some(reason) = reason {
            intake.note(1, Some(column), reason.into());
        }
        reason.is_none()
    });
    let is_misspelled = intake.problems() > before;
    let mut record = record_of(entries, 1, columns, intake);
    record.is_flawed |= is_misspelled;
    record.fields.push(("external_id", Cow::Owned(id.as_str().to_owned())));
    record
}

/// Why a text is not written as programs have to write it, if it is not.
fn misspelled(column: &str, text: &str) -> Option<&'static str> {
    let is_right = match column {
        "placed_at" | "status_since" => DateTime::parse_from_rfc3339(text).is_ok(),
        "delivery_date" => text.len() == 10 && text.parse::<NaiveDate>().is_ok(),
        "price" => is_decimal(text),
        "adopt_email" => false,
        _ => !text.trim().is_empty(),
    };
    (!is_right).then_some(match column {
        "placed_at" | "status_since" => "is not a moment like 2026-11-24T13:05:00Z",
        "delivery_date" => "is not a day like 2026-11-24",
        "price" => "is not a price like 905.95",
        "adopt_email" => "is not true or false",
        _ => "may not be empty",
    })
}

/// Whether it is digits, with a point and one or two more behind it or without.
fn is_decimal(text: &str) -> bool {
    let is_digits = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    match text.split_once('.') {
        Some((whole, cents)) => is_digits(whole) && is_digits(cents) && cents.len() <= 2,
        None => is_digits(text),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{Money, Status};
    use crate::import::Code;

    const ORDER: &str = r#"{"title": "Logo", "price": "905.95", "currency": "EUR", "placed_at": "2026-11-01T09:00:00+01:00",
        "delivery_date": "2026-12-01", "status": "active", "customer": "k1", "freelancer": "f1"}"#;

    fn id() -> ExternalId {
        "#1001".parse().unwrap()
    }

    fn now() -> DateTime<Utc> {
        "2026-11-27T12:00:00Z".parse().unwrap()
    }

    fn problems(body: &str) -> Vec<(Code, Option<&'static str>)> {
        let Err(Unread::Problems(found)) = order(body.as_bytes(), &id(), now()) else { panic!("it has no problems") };
        found.into_iter().map(|problem| (problem.code, problem.column)).collect()
    }

    #[test]
    fn an_order_is_read_as_from_a_file() {
        let contents = order(ORDER.as_bytes(), &id(), now()).unwrap();
        let line = &contents.orders[0];
        assert_eq!((line.external_id.clone(), line.price), (Some(id()), Some(Money::euro_cents(90_595))));
        assert_eq!((line.status, line.customer, line.freelancer), (Some(Status::Active), Some(0), Some(1)));
        assert_eq!(contents.people[1].external_id.as_ref().unwrap().as_str(), "f1");
    }

    #[test]
    fn all_mistakes_are_told_at_once_each_with_its_place() {
        let body = ORDER
            .replace("\"905.95\"", "905.95")
            .replace("2026-12-01", "1-12-2026")
            .replace("+01:00", "")
            .replace("active", "in_dispute")
            .replace("\"title\": \"Logo\"", "\"title\": null, \"colour\": \"red\"");
        let expected = [
            (Code::Invalid, Some("title")),
            (Code::Invalid, Some("placed_at")),
            (Code::Invalid, Some("delivery_date")),
            (Code::UnknownField, None),
            (Code::Invalid, Some("price")),
            (Code::Invalid, Some("status")),
        ];
        assert_eq!(problems(&body), expected);
        assert_eq!(problems(&ORDER.replace("f1", "k1")), [(Code::Invalid, None)], "one person on both sides");
        assert_eq!(problems(&ORDER.replacen('{', "{\"title\": \"Twice\", ", 1)), [(Code::Repeated, Some("title"))]);
    }

    #[test]
    fn what_is_no_object_is_not_read_at_all() {
        for body in ["", "[]", "7", "{\"title\": ", "null"] {
            assert!(matches!(order(body.as_bytes(), &id(), now()), Err(Unread::NotAnObject(_))), "{body}");
        }
    }

    #[test]
    fn an_account_may_adopt_the_one_with_its_address() {
        let read = |body: &str| account(body.as_bytes(), &id(), now());
        let plain = read(r#"{"email": "Sanne@Example.com", "name": "Sanne"}"#).unwrap();
        assert_eq!((plain.adopts, plain.contents.people[0].email.as_deref()), (false, Some("sanne@example.com")));
        assert!(plain.contents.people[0].is_listed);
        assert!(read(r#"{"adopt_email": true, "email": "s@example.com", "name": "Sanne"}"#).unwrap().adopts);
        let wrong = read(r#"{"adopt_email": "yes", "email": "s@example.com"}"#);
        assert!(matches!(wrong, Err(Unread::Problems(_))), "{wrong:?}");
    }
}
