//! Files that are almost an export, given to the import: nothing panics, and every accepted file can be stored.

use std::cell::Cell;

use oplossingscentrum::import::{Format, read};
use oplossingscentrum::operations::maintenance::import::{ImportError, import};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;
use proptest::test_runner::TestCaseError;

use crate::counts::report;
use crate::counts::times;
use crate::fuzz::runner;
use crate::fuzz::value;
use crate::world::World;

/// One change to a file.
#[derive(Debug, Clone)]
enum Change {
    Byte(prop::sample::Index, u8),
    Insert(prop::sample::Index, String),
    Remove(prop::sample::Index, usize),
    Repeat(prop::sample::Index, usize),
    End(prop::sample::Index),
}

fn change() -> impl Strategy<Value = Change> {
    use Change::{Byte, End, Insert, Remove, Repeat};
    let at = any::<prop::sample::Index>;
    let pieces = [
        ",",
        "\"",
        "\n",
        "\r",
        "\r\n",
        "{",
        "}",
        "[",
        "]",
        ":",
        "null",
        "-",
        "+02:00",
        "2026-02-30",
        "EUR",
        "\u{feff}",
        "\t",
        ";",
        "\\u0000",
        "\\ud800",
    ];
    let piece = prop_oneof![3 => select(pieces.to_vec()).prop_map(ToOwned::to_owned), 1 => value()];
    prop_oneof![
        3 => (at(), any::<u8>()).prop_map(|(at, byte)| Byte(at, byte)),
        4 => (at(), piece).prop_map(|(at, piece)| Insert(at, piece)),
        2 => (at(), 1..40_usize).prop_map(|(at, length)| Remove(at, length)),
        2 => (at(), 1..200_usize).prop_map(|(at, length)| Repeat(at, length)),
        1 => at().prop_map(End),
    ]
}

fn changed(file: &[u8], changes: &[Change]) -> Vec<u8> {
    let mut file = file.to_vec();
    for change in changes {
        if file.is_empty() {
            break;
        }
        let at = |index: &prop::sample::Index| index.index(file.len());
        match change {
            Change::Byte(index, byte) => {
                let at = at(index);
                file[at] = *byte;
            }
            Change::Insert(index, piece) => {
                let at = at(index);
                file.splice(at..at, piece.bytes());
            }
            Change::Remove(index, length) => {
                let at = at(index);
                file.drain(at..(at + length).min(file.len()));
            }
            Change::Repeat(index, length) => {
                let at = at(index);
                let piece = file[at..(at + length).min(file.len())].to_vec();
                file.splice(at..at, piece);
            }
            Change::End(index) => file.truncate(at(index)),
        }
    }
    file
}

/// The file with people and orders of its own, so that it contradicts no file before it.
fn of_its_own(file: &str, number: u32) -> String {
    let mut parts = file.split("OC-");
    let first = parts.next().unwrap_or_default().to_owned();
    let own = parts.fold(first, |own, part| own + &format!("OC-{}{number:06}{}", &part[..2], &part[8..]));
    own.replace("@example.com", &format!("@{number}.example.com"))
}

#[test]
fn no_file_breaks_the_import_and_what_it_takes_can_be_kept() {
    let world = World::new();
    let csv: String = include_str!("../data/orders.csv").split_inclusive('\n').take(4).collect();
    let json = include_str!("../data/orders.json");
    let cases = times(10_000, 400_000);
    let [tried, taken, kept] = [const { Cell::new(0_u32) }; 3];
    let now = world.now();
    for (base, format) in [(csv.as_str(), Format::Csv), (json, Format::Json)] {
        let sent = runner(cases).run(&vec(change(), 0..5), |changes| {
            tried.set(tried.get() + 1);
            let file = changed(of_its_own(base, tried.get()).as_bytes(), &changes);
            if let Ok(contents) = read(&file, format, now) {
                let has = |person: Option<usize>| person.is_none_or(|person| person < contents.people.len());
                prop_assert!(contents.orders.iter().all(|order| has(order.customer) && has(order.freelancer)));
                taken.set(taken.get() + 1);
                // Each takes a transaction, so only some are stored.
                if taken.get() % 10 == 0 {
                    match import(&world.app.store, &contents, now) {
                        Ok(_) => kept.set(kept.get() + 1),
                        Err(ImportError::Problems(_)) => {}
                        Err(other) => return Err(TestCaseError::fail(format!("{other:?}"))),
                    }
                }
            }
            Ok(())
        });
        sent.unwrap_or_else(|failure| panic!("{failure}"));
    }
    assert!(taken.get() > cases / 50, "only {} were taken: these hardly reach the end", taken.get());
    report(format_args!("import: {} files, {} taken, {} kept, no panic", cases * 2, taken.get(), kept.get()));
}
