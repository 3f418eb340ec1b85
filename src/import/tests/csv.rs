//! Tests of the CSV reader.

use chrono::NaiveDate;

use crate::domain::{Language, Money, Status};
use crate::import::tests::{moment, now};
use crate::import::{Contents, Format, PersonLine, read};

const GOOD: [(&str, &str); 14] = [
    ("reference", ""),
    ("title", "Logo voor \"De Korenaar\", 2 versies"),
    ("price", "1240.50"),
    ("currency", "EUR"),
    ("placed_at", "2026-11-01T14:05:00+01:00"),
    ("delivery_date", "2026-12-01"),
    ("status", "delivered"),
    ("status_since", "2026-11-23T10:00:00Z"),
    ("customer_email", "Sanne@Example.com"),
    ("customer_name", "Sanne de Vries"),
    ("customer_language", "nl"),
    ("freelancer_email", "joost@example.com"),
    ("freelancer_name", "Joost Bakker"),
    ("freelancer_language", ""),
];

/// The values in which a line differs from a good one. Every line has its own reference.
type Differing<'a> = &'a [(&'a str, &'a str)];

fn quoted(value: &str) -> String {
    format!("\"{}\"", value.replace('"', "\"\""))
}

fn header() -> String {
    GOOD.map(|(name, _)| name).join(",")
}

fn line(number: usize, differing: Differing) -> String {
    let reference = format!("OC-{number:08}");
    let value = |(name, good)| {
        let differs = differing.iter().find(|(differing, _)| *differing == name);
        quoted(differs.map_or(if name == "reference" { &reference } else { good }, |(_, value)| value))
    };
    GOOD.map(value).join(",")
}

/// Builds a file whose lines, from line 2, differ from good ones in these values.
pub(super) fn file(lines: &[Differing]) -> String {
    let lines = lines.iter().enumerate().map(|(number, differing)| line(number, differing) + "\n");
    header() + "\n" + &lines.collect::<String>()
}

fn contents(file: impl AsRef<[u8]>) -> Contents {
    crate::import::tests::contents(file, Format::Csv)
}

fn problems(file: impl AsRef<[u8]>) -> Vec<String> {
    crate::import::tests::problems(file, Format::Csv)
}

/// Returns the problems of a file whose only order differs from a good one in one value.
fn problems_with(column: &str, value: &str) -> Vec<String> {
    problems(file(&[&[(column, value)]]))
}

#[test]
fn a_line_tells_of_one_order_and_its_two_people() {
    let contents = contents(file(&[&[]]));
    let [order] = &contents.orders[..] else { panic!("{contents:?}") };
    assert_eq!(order.line, 2);
    assert_eq!(order.reference.unwrap().to_string(), "OC-00000000");
    assert_eq!(order.title.as_deref(), Some("Logo voor \"De Korenaar\", 2 versies"));
    assert_eq!(order.price, Some(Money::euro_cents(124_050)));
    assert_eq!(order.placed_at, Some(moment("2026-11-01T13:05:00Z")));
    assert_eq!(order.delivery_date, NaiveDate::from_ymd_opt(2026, 12, 1));
    assert_eq!((order.status, order.status_since), (Some(Status::Delivered), Some(moment("2026-11-23T10:00:00Z"))));
    let email = |person: Option<usize>| contents.people[person.unwrap()].email.clone().unwrap();
    assert_eq!(
        (email(order.customer), email(order.freelancer)),
        ("sanne@example.com".into(), "joost@example.com".into())
    );
    let sanne = PersonLine {
        line: 2,
        email: Some("sanne@example.com".into()),
        name: Some("Sanne de Vries".into()),
        language: Some(Language::Nl),
        ..PersonLine::default()
    };
    assert_eq!(contents.people[0], sanne);
    assert_eq!(contents.people[1].language, None);
}

#[test]
fn columns_stand_in_any_order_and_some_may_be_left_out() {
    let names = "title,status,reference,freelancer_name,freelancer_email,customer_email,customer_name,price,currency,\
                 delivery_date,placed_at";
    let values = "Logo,active,oc-7k3m9qxa,Joost,joost@example.com,sanne@example.com,Sanne,40,EUR,2026-12-01,\
                  2026-11-01T10:00:00.1234567Z";
    let contents = contents(format!("{names}\r\n{values}"));
    let order = &contents.orders[0];
    assert_eq!(order.reference.unwrap().to_string(), "OC-7K3M9QXA");
    assert_eq!(order.placed_at, Some(moment("2026-11-01T10:00:00.123456Z")), "no finer than the databases keep");
    assert_eq!(order.status_since, None);
}

#[test]
fn somebody_may_be_customer_here_and_freelancer_there_and_is_one_account() {
    let swapped: Differing = &[
        ("customer_email", "joost@example.com"),
        ("customer_name", "Joost Bakker"),
        ("customer_language", "en"),
        ("freelancer_email", " SANNE@example.com "),
        ("freelancer_name", "Sanne de Vries"),
    ];
    let contents = contents(file(&[&[], swapped]));
    assert_eq!(contents.people.len(), 2);
    assert_eq!(contents.people[1].language, Some(Language::En), "filled in by the line that knows it");
}

#[test]
fn a_column_that_is_left_out_and_an_empty_cell_say_nothing_and_only_a_new_order_needs_them() {
    let without = file(&[&[("status", "lost")], &[("title", " ")]]).replace("\"1240.50\",", "").replace("price,", "");
    let contents = read(without.as_bytes(), Format::Csv, now()).unwrap();
    assert!(contents.refused.len() == 1 && contents.refused[0].to_string().starts_with("line 2, status: \"lost\""));
    let [order] = &contents.orders[..] else { panic!("{contents:?}") };
    assert_eq!((order.title.clone(), order.price), (None, None));
    let missing: Vec<String> = order.missing().iter().map(ToString::to_string).collect();
    assert_eq!(missing, ["line 3, title: a new order needs this", "line 3, price: a new order needs this"]);
}

#[test]
fn without_any_number_of_an_order_nothing_can_be_known() {
    let nameless = "title,price\nLogo,40\n";
    assert_eq!(
        problems(nameless),
        [
            "line 1: there is no column external_id and none reference",
            "line 2: the order has no external_id and no reference"
        ]
    );
}

#[test]
fn a_column_that_is_unknown_or_there_twice_is_a_problem() {
    assert_eq!(
        problems(header() + ",colour,price\n"),
        ["line 1: \"colour\" is not a column of this format", "line 1, price: this column is there twice"]
    );
}

#[test]
fn a_file_without_a_header_row_or_without_anything_is_a_problem() {
    let said = problems(line(1, &[]));
    assert!(said.len() == 1 && said[0].starts_with("line 1: this is not a header row"), "{said:?}");
    assert_eq!(problems(""), ["line 1: the file is empty"]);
    assert_eq!(problems("\r\n\n"), ["line 1: the file is empty"]);
}

#[test]
fn an_unknown_status_is_a_problem_and_so_is_one_that_says_something_is_open() {
    let known = "active, delivered, in_revision, completed, mutually_cancelled, cancelled";
    assert_eq!(
        problems_with("status", "Actief"),
        [format!("line 2, status: \"Actief\" is not a status; it is one of {known}")]
    );
    for open in ["in_dispute", "change_requested"] {
        let reason = "cannot be imported: settle the open dispute or request first";
        assert_eq!(problems_with("status", open), [format!("line 2, status: \"{open}\" {reason}")]);
    }
}

#[test]
fn the_same_person_on_both_sides_is_a_problem_whatever_the_case_of_the_address() {
    let both: Differing = &[("freelancer_email", "sanne@EXAMPLE.com"), ("freelancer_name", "Sanne de Vries")];
    assert_eq!(problems(file(&[both])), ["line 2: \"sanne@example.com\" is both customer and freelancer"]);
}

#[test]
fn a_price_is_positive_with_two_decimals_at_most() {
    for (price, reason) in [
        ("-5.00", "is less than 0.01"),
        ("0.00", "is less than 0.01"),
        ("12.345", "has more than two decimals"),
        ("1,2,3", "is not a price like 12.50"),
        ("veertig", "is not a price like 12.50"),
        ("1000000.01", "is more than 1000000"),
    ] {
        assert_eq!(problems_with("price", price), [format!("line 2, price: \"{price}\" {reason}")]);
    }
    let reason = "is not a currency of this marketplace, which trades in EUR";
    assert_eq!(problems_with("currency", "USD"), [format!("line 2, currency: \"USD\" {reason}")]);
}

#[test]
fn a_date_exists_and_is_one_day() {
    for (date, reason) in [
        ("2026-02-29", "does not exist"),
        ("2026-13-01", "does not exist"),
        ("2026-1-5", "is not a date like 2026-11-24"),
        ("november", "is not a date like 2026-11-24"),
        ("03/04/2026", "can be two days: write the year first, 2026-11-24"),
        ("0026-11-24", "is not in the years 2000 to 2099"),
    ] {
        assert_eq!(problems_with("delivery_date", date), [format!("line 2, delivery_date: \"{date}\" {reason}")]);
    }
}

#[test]
fn a_moment_exists_and_has_passed() {
    for (at, reason) in [
        ("2026-02-30T10:00:00Z", "does not exist"),
        ("2026-03-29 02:30", "does not exist in Europe/Amsterdam"),
        ("2026-11-01", "is not a moment like 2026-11-24T14:05:00+01:00 or 2026-11-24 14:05"),
        ("2026-11-24T09:00:00.000001Z", "is in the future"),
    ] {
        assert_eq!(problems_with("placed_at", at), [format!("line 2, placed_at: \"{at}\" {reason}")]);
        assert_eq!(problems_with("status_since", at), [format!("line 2, status_since: \"{at}\" {reason}")]);
    }
    assert_eq!(
        problems_with("status_since", "2026-11-01T13:04:59Z"),
        ["line 2, status_since: this is before the order was placed"]
    );
}

#[test]
fn a_reference_has_its_shape_and_is_there_once() {
    assert_eq!(problems_with("reference", "1234"), ["line 2, reference: \"1234\" is not a reference like OC-7K3M9QXA"]);
    assert_eq!(
        problems(file(&[&[], &[], &[("reference", "oc-00000000")]])),
        ["line 4, reference: \"OC-00000000\" is on line 2 already"]
    );
}

#[test]
fn a_title_and_a_name_are_one_line_of_what_can_be_seen_and_not_too_long() {
    for (column, most) in [("title", 150), ("customer_name", 100)] {
        assert_eq!(contents(file(&[&[(column, &"é".repeat(most))]])).orders.len(), 1);
        let said = problems_with(column, &"é".repeat(most + 1));
        assert!(said[0].ends_with(&format!("… has {} characters, more than {most}", most + 1)), "{said:?}");
        assert_eq!(
            problems_with(column, "a\u{202E}b"),
            [format!("line 2, {column}: \"a\\u{{202e}}b\" has characters in it that cannot be seen")]
        );
    }
}

#[test]
fn an_address_has_two_sides_and_no_spaces() {
    for wrong in ["sanne", "@example.com", "sanne@", "a@b@c", "a b@example.com", "a\u{0}@b"] {
        let said = problems_with("customer_email", wrong);
        assert!(said.len() == 1 && said[0].ends_with("is not an e-mail address"), "{said:?}");
    }
    let said = problems_with("customer_email", &format!("{}@example.com", "a".repeat(243)));
    assert!(said[0].ends_with("has more than 254 bytes"), "{said:?}");
}

#[test]
fn of_two_names_of_one_person_the_one_of_the_newest_order_counts_and_that_is_said_once() {
    let newer: Differing = &[("customer_name", "S. de Vries"), ("placed_at", "2026-11-02T10:00:00Z")];
    let older: Differing = &[("customer_name", "Sanne  DE Vries"), ("placed_at", "2026-10-02T10:00:00Z")];
    let contents = contents(file(&[&[], newer, older, &[]]));
    assert_eq!(contents.people[0].name.as_deref(), Some("S. de Vries"));
    let said: Vec<String> = contents.notes.iter().map(ToString::to_string).collect();
    let reason = "is written in another way on line 2; what the newest order says counts";
    assert_eq!(said, [format!("line 3: \"sanne@example.com\" {reason}")]);
    assert_eq!(
        problems_with("customer_language", "fr"),
        ["line 2, customer_language: \"fr\" is not a language of this product: nl or en"]
    );
}

#[test]
fn every_bad_line_is_reported_and_not_only_the_first() {
    let said = problems(file(&[
        &[("price", "-1"), ("currency", "USD")],
        &[],
        &[("delivery_date", "2026-02-30")],
        &[("reference", "OC-00000001")],
        &[("status", "open")],
    ]));
    let starts = ["line 2, price", "line 2, currency", "line 4, delivery_date", "line 5, reference", "line 6, status"];
    assert_eq!(said.len(), starts.len(), "{said:?}");
    for (said, start) in said.iter().zip(starts) {
        assert!(said.starts_with(start), "{said}");
    }
}

#[test]
fn a_line_break_in_quotation_marks_does_not_move_the_line_numbers() {
    let said = problems(file(&[&[("title", "twee\r\nof drie\nregels")], &[("price", "-1")]]));
    let reason = "has a line break in it; is a quotation mark missing?";
    assert_eq!(said[0], format!("line 2, title: \"twee\\r\\nof drie\\nregels\" {reason}"));
    assert_eq!(said[1..], ["line 5, price: \"-1\" is less than 0.01"]);
}

#[test]
fn empty_lines_and_any_line_break_keep_the_line_numbers_right() {
    let bad = file(&[&[], &[("price", "-1")]]).replace('\n', "\n\n");
    for line_break in ["\n", "\r\n", "\r"] {
        let said = problems(format!("\n{bad}").replace('\n', line_break));
        assert_eq!(said, ["line 6, price: \"-1\" is less than 0.01"], "{line_break:?}");
    }
}

#[test]
fn a_quotation_mark_that_is_not_closed_is_a_problem_even_at_the_very_end() {
    let reason = "a quotation mark is not closed; one inside a value is written twice";
    let mut open = file(&[&[], &[]]);
    open.truncate(open.len() - 2);
    assert_eq!(problems(&open), [format!("line 3: {reason}")]);
    let inch = file(&[&[]]).replace("\"1240.50\"", "15\"");
    assert_eq!(problems(inch), [format!("line 2: {reason}")]);
}

#[test]
fn a_line_has_as_many_values_as_the_header() {
    let short = file(&[&[], &[]]) + "OC-00000009,Logo\n";
    assert_eq!(problems(short), ["line 4: this line has 2 values and the header has 14"]);
}

#[test]
fn a_broken_byte_is_reported_with_its_line_and_hides_nothing_else() {
    let mut bytes = file(&[
        &[("title", "Café")],
        &[("customer_name", "Ren#"), ("customer_email", "r@example.com")],
        &[("price", "-1")],
    ]);
    bytes = bytes.replace("\"Ren#\"", "Ren#");
    let bytes: Vec<u8> = bytes.bytes().map(|byte| if byte == b'#' { 0xE9 } else { byte }).collect();
    assert_eq!(
        problems(bytes),
        [
            "line 3: the byte E9 behind \"Ren\" is not UTF-8; save the file as UTF-8",
            "line 4, price: \"-1\" is less than 0.01"
        ]
    );
}

#[test]
fn what_spreadsheets_write_is_read_and_another_encoding_is_said() {
    let good = file(&[&[("title", "Café"), ("price", "€ 1.040,50"), ("delivery_date", "10-12-2026")]]);
    let utf_16 = |order: fn(u16) -> [u8; 2]| good.encode_utf16().flat_map(order).collect::<Vec<u8>>();
    let marked = |mark: &[u8], bytes: Vec<u8>| [mark, &bytes[..]].concat();
    let latin: Vec<u8> =
        good.chars().map(|c| if c == '€' { 0x80 } else { u8::try_from(u32::from(c)).unwrap() }).collect();
    let (names, rest) = good.split_once('\n').unwrap();
    let separated = |by: &str| format!("{}\n{}", names.replace(',', by), rest.replace("\",\"", &format!("\"{by}\"")));
    for (what, bytes, said) in [
        ("a mark", marked(b"\xEF\xBB\xBF", good.clone().into_bytes()), None),
        ("semicolons", separated(";").into_bytes(), None),
        ("sep=", format!("sep=;\r\n{}", separated(";")).into_bytes(), None),
        ("tabs", separated("\t").into_bytes(), None),
        ("capitals", format!("{}\n{rest}", names.to_uppercase().replace('_', " ")).into_bytes(), None),
        ("Windows-1252", latin, Some("windows-1252")),
        ("UTF-16 with a mark", marked(b"\xFF\xFE", utf_16(u16::to_le_bytes)), Some("UTF-16LE")),
        ("UTF-16 the other way", marked(b"\xFE\xFF", utf_16(u16::to_be_bytes)), Some("UTF-16BE")),
    ] {
        let contents = contents(bytes);
        let [order] = &contents.orders[..] else { panic!("{what}: {contents:?}") };
        assert!(order.title.as_deref().is_some_and(|title| title.starts_with("Café")), "{what}: {order:?}");
        assert_eq!(order.price, Some(Money::euro_cents(104_050)), "{what}");
        assert_eq!(order.delivery_date, NaiveDate::from_ymd_opt(2026, 12, 10), "{what}");
        let notes: Vec<String> = contents.notes.iter().map(ToString::to_string).collect();
        assert_eq!(notes.len(), usize::from(said.is_some()), "{what}: {notes:?}");
        assert!(said.is_none_or(|said| notes[0].contains(said)), "{what}: {notes:?}");
    }
}

#[test]
fn rows_and_columns_of_nothing_are_nothing() {
    let empty = ",".repeat(GOOD.len());
    let wide = file(&[&[]]).lines().map(|line| format!("{line},,\n")).collect::<String>();
    let contents = contents(format!("{wide}{empty}\n{empty},\n"));
    assert_eq!((contents.orders.len(), contents.notes.len()), (1, 0));
    let stray = file(&[&[]]).replacen('\n', ",\n", 1).trim_end().to_owned() + ",\"wat?\"\n";
    assert_eq!(problems(stray), ["line 2: \"wat?\" stands in a column without a name"]);
}

#[test]
fn a_moment_without_a_zone_is_one_of_the_marketplace() {
    for written in ["2026-11-01 14:05", "2026-11-01T14:05:00", "01-11-2026 14:05", "2026-11-01 14:05:00 +0100"] {
        let contents = contents(file(&[&[("placed_at", written)]]));
        assert_eq!(contents.orders[0].placed_at, Some(moment("2026-11-01T13:05:00Z")), "{written}");
    }
    let twice = contents(file(&[&[("placed_at", "2026-10-25 02:30")]]));
    assert_eq!(twice.orders[0].placed_at, Some(moment("2026-10-25T00:30:00Z")), "the first of the two");
}

#[test]
fn an_id_of_a_person_holds_them_together_when_the_address_moves() {
    let header = "external_id,title,price,placed_at,delivery_date,status,customer_id,customer_email,customer_name,\
                  freelancer_id,freelancer_email,freelancer_name";
    let line = |id: &str, placed: &str, email: &str| {
        format!("{id},Logo,40,{placed},2026-12-01,active,C1,{email},Sanne,F1,joost@example.com,Joost\n")
    };
    let lines = [
        line("#1", "2026-11-02T10:00:00Z", "sanne@nieuw.example"),
        line("#2", "2026-11-01T10:00:00Z", "sanne@oud.example"),
    ];
    let contents = contents(format!("{header}\n{}", lines.concat()));
    assert_eq!(contents.people.len(), 2);
    assert_eq!(contents.people[0].email.as_deref(), Some("sanne@nieuw.example"), "the newest order's counts");
    assert_eq!((contents.notes.len(), contents.orders[0].customer), (1, contents.orders[1].customer));
    let stolen = line("#3", "2026-11-01T10:00:00Z", "joost@example.com");
    let said = problems(format!("{header}\n{}{stolen}", lines[0]));
    assert_eq!(said, ["line 3, customer_email: \"joost@example.com\" is somebody else's on line 2"]);
    let twice = problems(format!("{header}\n{}{}", lines[0], lines[0]));
    assert_eq!(twice, ["line 3, external_id: \"#1\" is on line 2 already"]);
    let nothing = problems(format!("{header}\n{}", line("NULL", "2026-11-01T10:00:00Z", "sanne@oud.example")));
    assert_eq!(nothing, ["line 2, external_id: \"NULL\" is no id, but a word for nothing"]);
}
