//! CSV reader: a header row, then one order per line (RFC 4180), as spreadsheets and shop systems write it.

use std::borrow::Cow;

use ::csv::{ReaderBuilder, StringRecord};

use crate::import::columns::{CSV, plain};
use crate::import::intake::{Intake, PersonColumns, Record};
use crate::import::lines::Lines;
use crate::import::map::{Mapped, MappedHeader};
use crate::import::problem::shown;

const CUSTOMER: PersonColumns = PersonColumns {
    id: "customer_id",
    email: "customer_email",
    name: "customer_name",
    language: "customer_language",
    time_zone: "customer_time_zone",
};

const FREELANCER: PersonColumns = PersonColumns {
    id: "freelancer_id",
    email: "freelancer_email",
    name: "freelancer_name",
    language: "freelancer_language",
    time_zone: "freelancer_time_zone",
};

/// A header row: what stands in each column, or how a map finds it.
enum Header {
    Ours(Vec<Option<&'static str>>),
    Theirs(MappedHeader),
}

impl Header {
    fn columns(&self) -> usize {
        match self {
            Self::Ours(names) => names.len(),
            Self::Theirs(header) => header.columns(),
        }
    }
}

/// Reads every row.
pub(super) fn read(text: &str, intake: &mut Intake) {
    let (skipped, separator) = separator(text, intake);
    // We report rows of another length than the header ourselves, with the other problems.
    let mut reader = ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .delimiter(separator)
        .from_reader(&text.as_bytes()[skipped..]);
    let mut lines = Lines::new(text.as_bytes());
    let mut header: Option<Header> = None;
    let mut row = StringRecord::new();
    loop {
        let start = skipped + offset(&reader);
        match reader.read_record(&mut row) {
            Ok(true) => {}
            Ok(false) => break,
            Err(error) => return intake.note(lines.number(start), None, format!("this is not CSV: {error}")),
        }
        // A row's position is that of the line break before it, and of any empty line in between.
        let written = &text[start..skipped + offset(&reader)];
        let line = lines.number(start + written.len() - written.trim_start_matches(['\r', '\n']).len());
        let is_open = written.matches('"').count() % 2 == 1;
        // Spreadsheets write rows of nothing behind the last one.
        if row.iter().all(|value| value.trim().is_empty()) && !is_open {
            continue;
        }
        let Some(header) = &header else {
            match read_header(line, &row, intake) {
                Some(read) => header = Some(read),
                None => return,
            }
            continue;
        };
        read_row(line, &row, header, is_open, intake);
    }
    if header.is_none() {
        intake.note(1, None, "the file is empty".into());
    }
}

fn read_header(line: usize, row: &StringRecord, intake: &mut Intake) -> Option<Header> {
    if let Some(map) = intake.map() {
        return match map.header(row) {
            Ok(header) => Some(Header::Theirs(header)),
            Err(reasons) => {
                for reason in reasons {
                    intake.note(line, None, reason);
                }
                None
            }
        };
    }
    let names: Vec<String> = row.iter().map(plain).collect();
    let known: Vec<_> = names.iter().map(|name| CSV.find(name)).collect();
    if known.iter().all(Option::is_none) {
        let reason = "this is not a header row, which begins like reference,title,price,currency";
        intake.note(line, None, reason.into());
        return None;
    }
    // A column without a name is nothing, as long as nothing stands in it.
    let written: Vec<&str> = names.iter().map(String::as_str).filter(|name| !name.is_empty()).collect();
    let before = intake.problems();
    intake.check_names(&CSV, line, &written);
    if intake.problems() > before {
        intake.give_up();
    }
    Some(Header::Ours(known))
}

fn read_row(line: usize, row: &StringRecord, header: &Header, is_open: bool, intake: &mut Intake) {
    let columns = header.columns();
    let is_longer = row.len() > columns && row.iter().skip(columns).any(|value| !value.trim().is_empty());
    if is_open {
        intake.note(line, None, "a quotation mark is not closed; one inside a value is written twice".into());
    } else if row.len() < columns || is_longer {
        let reason = format!("this line has {} values and the header has {columns}", row.len());
        intake.note(line, None, reason);
    } else {
        match header {
            Header::Ours(names) => {
                let unnamed = names.iter().zip(row).find(|(name, value)| name.is_none() && !value.trim().is_empty());
                if let Some((_, value)) = unnamed {
                    return intake.note(line, None, format!("{} stands in a column without a name", shown(value)));
                }
                let fields = names.iter().zip(row).filter_map(|(name, value)| Some(((*name)?, Cow::Borrowed(value))));
                take(&Record { line, fields: fields.collect(), cleared: Vec::new(), is_flawed: false }, intake);
            }
            Header::Theirs(theirs) => match theirs.fields(row, intake.time_zone()) {
                Mapped::Fields(fields) => take(&Record { line, fields, cleared: Vec::new(), is_flawed: false }, intake),
                Mapped::LeftOut => intake.leave_out(),
            },
        }
    }
}

fn take(record: &Record, intake: &mut Intake) {
    if intake.is_repeated(record) {
        return;
    }
    let before = intake.problems();
    let placed_at = intake.placed_at(record);
    let customer = intake.person(record, &CUSTOMER, placed_at);
    let freelancer = intake.person(record, &FREELANCER, placed_at);
    intake.order(record, before, placed_at, customer, freelancer);
}

fn offset(reader: &::csv::Reader<&[u8]>) -> usize {
    usize::try_from(reader.position().byte()).expect("a text in memory has no more bytes than a usize can count")
}

/// Finds the column separator: the one that Excel's first line names (`sep=;`), or else the one that makes most of the
/// first line known names. The first number is how many bytes stand before the header.
fn separator(text: &str, intake: &Intake) -> (usize, u8) {
    let blank = text.len() - text.trim_start_matches(['\r', '\n']).len();
    let first = text[blank..].split(['\r', '\n']).next().unwrap_or_default();
    if let Some([separator]) = first.trim_matches('"').strip_prefix("sep=").map(str::as_bytes) {
        return (blank + first.len(), *separator);
    }
    let is_known = |name: &str| match intake.map() {
        Some(map) => map.names(name),
        None => CSV.find(&plain(name)).is_some(),
    };
    let known =
        |separator: u8| first.split(char::from(separator)).filter(|name| is_known(name.trim_matches('"'))).count();
    // On a tie `max_by_key` takes the last.
    (0, *b"|\t;,".iter().max_by_key(|separator| known(**separator)).unwrap_or(&b','))
}
