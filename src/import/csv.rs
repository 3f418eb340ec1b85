//! CSV reader: a header row, then one order per line (RFC 4180).

use std::borrow::Cow;

use ::csv::{ReaderBuilder, StringRecord};

use crate::import::columns::CSV;
use crate::import::intake::{Intake, PersonColumns, Record};
use crate::import::lines::Lines;

const CUSTOMER: PersonColumns = PersonColumns {
    email: "customer_email",
    name: "customer_name",
    language: "customer_language",
    time_zone: "customer_time_zone",
};

const FREELANCER: PersonColumns = PersonColumns {
    email: "freelancer_email",
    name: "freelancer_name",
    language: "freelancer_language",
    time_zone: "freelancer_time_zone",
};

/// Reads every row.
pub(super) fn read(text: &str, intake: &mut Intake) {
    let separator = separator(text);
    // We report rows of another length than the header ourselves, with the other problems.
    let mut reader =
        ReaderBuilder::new().has_headers(false).flexible(true).delimiter(separator).from_reader(text.as_bytes());
    let mut lines = Lines::new(text.as_bytes());
    let mut header: Option<Vec<Option<&'static str>>> = None;
    let mut row = StringRecord::new();
    loop {
        let start = offset(&reader);
        match reader.read_record(&mut row) {
            Ok(true) => {}
            Ok(false) => break,
            Err(error) => return intake.note(lines.number(start), None, format!("this is not CSV: {error}")),
        }
        // A row's position is that of the line break before it, and of any empty line in between.
        let written = &text[start..offset(&reader)];
        let line = lines.number(start + written.len() - written.trim_start_matches(['\r', '\n']).len());
        let Some(header) = &header else {
            note_separator(separator, line, intake);
            let names: Vec<&str> = row.iter().collect();
            let known: Vec<_> = names.iter().map(|name| CSV.find(name)).collect();
            if known.iter().all(Option::is_none) {
                let reason = format!("this is not a header row, which begins like {}", CSV.required[..4].join(","));
                return intake.note(line, None, reason);
            }
            CSV.check(line, &names, intake);
            header = Some(known);
            continue;
        };
        if written.matches('"').count() % 2 == 1 {
            intake.note(line, None, "a quotation mark is not closed; one inside a value is written twice".into());
        } else if row.len() != header.len() {
            let reason = format!("this line has {} values and the header has {}", row.len(), header.len());
            intake.note(line, None, reason);
        } else {
            let fields = header.iter().zip(&row);
            let fields = fields.filter_map(|(name, value)| name.map(|name| (name, Cow::Borrowed(value)))).collect();
            take(&Record { line, fields }, intake);
        }
    }
    if header.is_none() {
        intake.note(1, None, "the file is empty".into());
    }
}

fn take(record: &Record, intake: &mut Intake) {
    let customer = intake.person(record, &CUSTOMER);
    let freelancer = intake.person(record, &FREELANCER);
    intake.order(record, customer, freelancer);
}

fn offset(reader: &::csv::Reader<&[u8]>) -> usize {
    usize::try_from(reader.position().byte()).expect("a text in memory has no more bytes than a usize can count")
}

/// Finds the column separator: the one that makes most of the first line known names.
fn separator(text: &str) -> u8 {
    let first = text.split(['\r', '\n']).find(|line| !line.is_empty()).unwrap_or_default();
    let known = |separator: u8| {
        first.split(char::from(separator)).filter(|name| CSV.find(name.trim_matches('"')).is_some()).count()
    };
    // On a tie `max_by_key` takes the last.
    *b"\t;,".iter().max_by_key(|separator| known(**separator)).unwrap_or(&b',')
}

fn note_separator(separator: u8, line: usize, intake: &mut Intake) {
    let found = match separator {
        b';' => "semicolons (;)",
        b'\t' => "tabs",
        _ => return,
    };
    intake.note(line, None, format!("the columns are separated by {found}; save the file with commas (,) instead"));
}
