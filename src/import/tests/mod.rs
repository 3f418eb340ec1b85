//! Tests of the import formats and of the problems they report.

mod csv;
mod json;

use std::path::Path;

use chrono::{DateTime, Utc};
use proptest::prelude::*;

use crate::import::{Contents, Format, read};

fn moment(written: &str) -> DateTime<Utc> {
    written.parse().unwrap()
}

fn now() -> DateTime<Utc> {
    moment("2026-11-24T09:00:00Z")
}

/// What a file without problems holds.
fn contents(file: impl AsRef<[u8]>, format: Format) -> Contents {
    let contents = read(file.as_ref(), format, now()).unwrap();
    assert_eq!(contents.refused, []);
    contents
}

/// Every problem of a file, whether it refuses a line or all of it.
fn problems(file: impl AsRef<[u8]>, format: Format) -> Vec<String> {
    let problems = read(file.as_ref(), format, now()).map_or_else(|problems| problems, |contents| contents.refused);
    problems.iter().map(ToString::to_string).collect()
}

#[test]
fn the_format_is_what_the_name_says_or_else_what_the_content_looks_like() {
    let format = |path: &str, bytes: &[u8]| Format::from_path(Path::new(path), bytes);
    assert_eq!(format("export.csv", b"{}"), Format::Csv);
    assert_eq!(format("export.JSON", b"reference"), Format::Json);
    assert_eq!(format("export.txt", b"reference,title"), Format::Csv);
    assert_eq!(format("export", b"\xEF\xBB\xBF \n{}"), Format::Json);
    assert_eq!(format("export", b""), Format::Csv);
}

proptest! {
    #[test]
    fn no_bytes_make_the_reader_panic(bytes: Vec<u8>) {
        let _ = read(&bytes, Format::Csv, now());
        let _ = read(&bytes, Format::Json, now());
    }

    #[test]
    fn no_damaged_byte_makes_the_reader_panic(place: prop::sample::Index, byte: u8) {
        for (format, file) in [(Format::Csv, csv::file(&[&[], &[]])), (Format::Json, json::file("", ""))] {
            let mut bytes = file.into_bytes();
            let place = place.index(bytes.len());
            bytes[place] = byte;
            let _ = read(&bytes, format, now());
        }
    }
}
