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
    assert_eq!((order.line, order.status), (7, Some(Status::Active)));
    assert_eq!(order.price, Some(Money::euro_cents(124_050)));
    assert_eq!(order.placed_at, Some(moment("2026-11-01T10:00:00Z")));
    assert_eq!((order.customer, order.freelancer), (Some(0), Some(1)));
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
fn a_key_that_is_unknown_or_there_twice_is_a_problem() {
    let said = problems(file("", "").replace("\"currency\": \"EUR\"", "\"colour\": \"red\", \"title\": \"Logo 2\""));
    assert_eq!(said, ["line 7: \"colour\" is not a key of this format", "line 7, title: this key is there twice",]);
    assert_eq!(
        problems("{\"accounts\": {}, \"comments\": []}"),
        ["line 1: \"comments\" is not a key of this format", "line 1, accounts: this is not a list",]
    );
}

#[test]
fn nothing_is_the_same_as_left_out() {
    let without = |key: &str| file("", "").replace("\"status\":", &format!("\"{key}\": null, \"status\":"));
    assert_eq!(contents(without("status_since")).orders.len(), 1);
    let untitled = contents(file("", "").replace("\"Logo\"", "null"));
    assert_eq!(untitled.orders[0].missing()[0].to_string(), "line 7, title: a new order needs this");
}

#[test]
fn an_order_names_people_of_the_same_file() {
    let said = problems(file("", "").replace("\"freelancer\": \"joost", "\"freelancer\": \"piet"));
    assert_eq!(said, ["line 7, freelancer: \"piet@example.com\" is not among the accounts of this file"]);
}

#[test]
fn an_order_may_name_a_person_by_the_id_of_the_marketplace() {
    let by_id = file("", "").replace("\"name\": \"Sanne", "\"external_id\": \"C1\", \"name\": \"Sanne");
    let by_id = contents(by_id.replace("\"customer\": \"sanne@example.com\"", "\"customer\": \"C1\""));
    assert_eq!((by_id.orders[0].customer, by_id.people[0].external_id.as_ref().unwrap().as_str()), (Some(0), "C1"));
}

#[test]
fn one_address_is_one_person_and_a_time_zone_exists() {
    let other = ",\n{\"email\": \"Sanne@example.com\", \"name\": \"S. de Vries\", \"time_zone\": \"Mars/Base\"}";
    assert_eq!(
        problems(file(other, "")),
        ["line 5, time_zone: \"Mars/Base\" is not a time zone like Europe/Amsterdam",]
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
fn a_byte_order_mark_is_nothing_and_a_broken_byte_is_a_problem_here_too() {
    let mut bytes = format!("\u{FEFF}{}", file("", "").replace("Joost", "José")).into_bytes();
    let place = bytes.windows(4).position(|four| four == b"Logo").unwrap();
    bytes[place + 1] = 0xFF;
    let said = problems(bytes);
    assert!(said.len() == 1 && said[0].starts_with("line 8: the byte FF behind"), "{said:?}");
}
