//! Looks at the whole database and tells what cannot be: an order whose history breaks the rules, a row that belongs to
//! nothing, a file that is damaged. It changes nothing, and a program that serves people meanwhile does not notice it.

use chrono::{DateTime, Utc};

use crate::store::maintenance::records::{Loaded, Stray};
use crate::store::maintenance::{integrity, records, tables};
use crate::store::{Db, Error, Store};

/// Orders looked at together: few enough to hold, many enough to ask seldom.
const BATCH: i64 = 500;
/// Rows that belong to nothing, told of each kind at most.
const MOST_STRAYS: i64 = 1_000;

/// What was looked at.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Findings {
    /// Each table with the number of its rows.
    pub tables: Vec<(&'static str, u64)>,
    /// Orders on which silence has decided something that nobody has written down yet. That is no fault: a program that
    /// runs does it within the second.
    pub overdue: u64,
    /// Things that cannot be.
    pub violations: u64,
}

/// Looks at everything, at one moment of the database, and hands each thing that cannot be to `tell`: one line, with
/// the order it is about in front.
///
/// # Errors
///
/// When the database fails.
pub fn examine(store: &Store, now: DateTime<Utc>, mut tell: impl FnMut(&str)) -> Result<Findings, Error> {
    store.read(|db| {
        let mut findings = Findings::default();
        let mut tell = |findings: &mut Findings, line: &str| {
            findings.violations += 1;
            tell(line);
        };
        for line in integrity::broken(db)? {
            tell(&mut findings, &format!("database: {line}"));
        }
        for table in tables::TABLES {
            findings.tables.push((table.name, table.count(db)?));
        }
        each_order(db, |Loaded { reference, record }| match record {
            Err(error) => tell(&mut findings, &format!("{reference}: {error}")),
            Ok(record) => {
                findings.overdue += u64::from(record.settles_at.is_some_and(|due| due <= now));
                for violation in record.violations() {
                    tell(&mut findings, &format!("{reference}: {violation}"));
                }
            }
        })?;
        let strays = [records::stray_notifications(db, MOST_STRAYS)?, records::stray_mails(db, MOST_STRAYS)?];
        for Stray { reference, what } in strays.into_iter().flatten() {
            tell(&mut findings, &format!("{reference}: {what}"));
        }
        Ok(findings)
    })
}

fn each_order(db: &mut Db, mut look: impl FnMut(Loaded)) -> Result<(), Error> {
    let mut after = String::new();
    loop {
        let batch = records::batch(db, &after, BATCH)?;
        let Some(last) = batch.last() else { return Ok(()) };
        after.clone_from(&last.reference);
        batch.into_iter().for_each(&mut look);
    }
}
