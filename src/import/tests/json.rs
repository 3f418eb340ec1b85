//! Tests of the JSON reader.

use crate::domain::{Money, Status};
use crate::import::tests::moment;
use crate::import::{Contents, Format};

const ACCOUNTS: &str = r#"    {"email": "sanne@example.com", "name": "Sanne de Vries", "language": "nl"},
    {"email": "joost@example.com", "name": "Joost Bakker", "time_zone": "Europe/Brussels"}"#;

const ORDER: &str = r#"    {
      "reference": "OC-7K3M9QXA", "title": "Logo", "price": "1240.50", "currency": "EUR",
      "placed_at": "2026-11-01T10:00:00Z", "delivery_date": "2026-12-01", "status": "active",
      "customer": "sanne@example.com", "freelancer": "joost@example.com"
    }"#;

/// Builds a good file with these accounts and orders behind the good ones; its first order is on line 7.
pub(super) fn file(accounts: &str, orders: &str) -> String {
    format!("{{\n  \"accounts\": [\n{ACCOUNTS}{accounts}\n  ],\n  \"orders\": [\n{ORDER}{orders}\n  ]\n}}\n")
}

fn contents(file: impl AsRef<[u8]>) -> Contents {
    crate::import::tests::contents(file, Format::Json)
}

fn problems(file: impl AsRef<[u8]>) -> Vec<String> {
    crate::import::tests::problems(file, Format::Json)
}

#[test]
fn a_file_tells_accounts_and_orders() {
    let contents = contents(file(",{\"email\": \"alone@example.com\", \"name\": \"Nobody's party\"}", ""));
    assert_eq!(contents.people.len(), 3);
    assert_eq!(contents.people[1].time_zone, Some(chrono_tz::Europe::Brussels));
    let order = &contents.orders[0];
    assert_eq!((order.line, order.status), (7, Status::Active));
    assert_eq!(order.price, Money::euro_cents(124_050));
    assert_eq!(order.placed_at, moment("2026-11-01T10:00:00Z"));
    assert_eq!((order.customer.as_str(), order.freelancer.as_str()), ("sanne@example.com", "joost@example.com"));
}

#[test]
fn every_bad_object_is_reported_with_the_line_it_begins_on() {
    let bad = ORDER.replace("\"active\"", "\"lost\"").replace("OC-7K3M9QXA", "OC-7K3M9QXB");
    let worse = ORDER.replace("12-01", "02-30").replace("joost@", "sanne@");
    let said = problems(file("", &format!(",\n{bad},\n{worse}")));
    let starts = [
        "line 12, status: \"lost\" is not a status",
        "line 17, delivery_date: \"2026-02-30\" does not exist",
        "line 17, reference: \"OC-7K3M9QXA\" is on line 7 already",
        "line 17: \"sanne@example.com\" is both customer and freelancer",
    ];
    assert_eq!(said.len(), starts.len(), "{said:?}");
    for (said, start) in said.iter().zip(starts) {
        assert!(said.starts_with(start), "{said}");
    }
}

#[test]
fn a_price_is_text_since_a_number_may_have_passed_through_floating_point() {
    let said = problems(file("", "").replace("\"1240.50\"", "1240.5"));
    assert_eq!(said, ["line 7, price: 1240.5 is a number; write it as text: \"1240.5\""]);
    let said = problems(file("", "").replace("\"1240.50\"", "[]"));
    assert_eq!(said, ["line 7, price: this is not text in quotation marks"]);
}

#[test]
fn a_key_that_is_unknown_missing_or_there_twice_is_a_problem() {
    let said = problems(file("", "").replace("\"currency\": \"EUR\"", "\"colour\": \"red\", \"title\": \"Logo 2\""));
    assert_eq!(
        said,
        [
            "line 7: \"colour\" is not a key of this format",
            "line 7, title: this key is there twice",
            "line 7, currency: this key is missing",
        ]
    );
    assert_eq!(
        problems("{\"accounts\": {}, \"comments\": []}"),
        [
            "line 1: \"comments\" is not a key of this format",
            "line 1, orders: this key is missing",
            "line 1, accounts: this is not a list",
        ]
    );
}

#[test]
fn nothing_is_the_same_as_left_out() {
    let without = |key: &str| file("", "").replace("\"status\":", &format!("\"{key}\": null, \"status\":"));
    assert_eq!(contents(without("status_since")).orders.len(), 1);
    let said = problems(file("", "").replace("\"Logo\"", "null"));
    assert_eq!(said, ["line 7, title: this is empty"]);
}

#[test]
fn an_order_names_people_of_the_same_file() {
    let said = problems(file("", "").replace("\"freelancer\": \"joost", "\"freelancer\": \"piet"));
    assert_eq!(said, ["line 7, freelancer: \"piet@example.com\" is not among the accounts of this file"]);
}

#[test]
fn somebody_with_a_bad_name_is_one_problem_and_not_one_for_each_of_their_orders() {
    let said = problems(file("", "").replace("Joost Bakker", ""));
    assert_eq!(said, ["line 4, name: this is empty"]);
}

#[test]
fn one_address_has_one_name_and_a_time_zone_that_exists() {
    let other = ",\n{\"email\": \"Sanne@example.com\", \"name\": \"S. de Vries\", \"time_zone\": \"Mars/Base\"}";
    assert_eq!(
        problems(file(other, "")),
        [
            "line 5, time_zone: \"Mars/Base\" is not a time zone like Europe/Amsterdam",
            "line 5, name: \"S. de Vries\" for \"sanne@example.com\", and \"Sanne de Vries\" on line 3",
        ]
    );
}

#[test]
fn what_is_not_json_is_a_problem_on_its_line() {
    let said = problems(file("", "").replace("\"title\":", "\"title\""));
    assert_eq!(said, ["line 8: this is not JSON: expected `:` (column 43)"]);
    let said = problems("[]");
    assert_eq!(said, ["line 1: this is not JSON: invalid type: sequence, expected an object (column 0)"]);
    let said = problems("");
    assert_eq!(said, ["line 1: this is not JSON: EOF while parsing a value (column 0)"]);
    let said = problems(file("", ",\n7"));
    assert_eq!(said, ["line 12: this cannot be read: invalid type: integer `7`, expected an object"]);
}

#[test]
fn a_byte_order_mark_and_a_broken_byte_are_problems_here_too() {
    let mut bytes = format!("\u{FEFF}{}", file("", "")).into_bytes();
    let place = bytes.windows(4).position(|four| four == b"Logo").unwrap();
    bytes[place + 1] = 0xFF;
    let said = problems(bytes);
    assert_eq!(said.len(), 2, "{said:?}");
    assert!(said[0].starts_with("line 1: the file begins with a byte order mark"), "{said:?}");
    assert!(said[1].starts_with("line 8: the byte FF behind"), "{said:?}");
}
