//! Row 5: accepted cancellations per second, against disk syncs per second.

use std::fs::File;
use std::io::{Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use anyhow::{Result, ensure};
use diesel::sql_types::BigInt;
use diesel::{QueryableByName, RunQueryDsl, sql_query};
use oplossingscentrum::store::{Error, Store, Target};

use crate::before::Before;
use crate::data::copy_database;
use crate::data::folder;
use crate::load::Load;
use crate::load::keep;
use crate::load::send;
use crate::program::Program;
use crate::report::Reach;
use crate::report::Report;
use crate::rounds::Rounds;
use crate::rounds::Trial;
use crate::rounds::before_of;
use crate::rounds::millis;
use crate::seats::Crowd;
use crate::seats::sqlite;

const DISK: &str = "write and fdatasync";
const ACCEPT: &str = "accept a cancellation";
/// Answers that may be in flight at the end of a run: they are written, and no client counted them.
const UNDERWAY: u64 = 32;
/// One write: a page of SQLite.
const PAGE: [u8; 4096] = [7; 4096];
/// Pages before it starts over at the front, as SQLite's write-ahead log does.
const PAGES: usize = 1_000;

/// Disputes to accept, once each.
pub struct Accepts {
    prepared: PathBuf,
    forms: PathBuf,
}

impl Accepts {
    /// Signs every busy account in to that file; each round uses up a copy.
    pub fn prepare(prepared: PathBuf) -> Result<Self> {
        let forms = keep("accepts", &Crowd::sign_in(&prepared)?.accepts())?;
        Ok(Self { prepared, forms })
    }

    pub fn trials(&self) -> Vec<Trial<'_>> {
        let mut trials = vec![Trial::new(DISK, writes), Trial::new(ACCEPT, |seconds| self.accept(None, seconds))];
        if let Some(before) = Before::asked_for() {
            trials.push(Trial::new(before_of(ACCEPT), move |seconds| self.accept(Some(&before), seconds)));
        }
        trials
    }

    fn accept(&self, before: Option<&Before>, seconds: u64) -> Result<Load> {
        let file = folder().join("accepts-round.db");
        copy_database(&self.prepared, &file)?;
        let program = match before {
            None => Program::start(file.display().to_string()),
            Some(before) => {
                before.takes_back(&Target::Sqlite(file.clone()))?;
                Program::start_before(before, file.display().to_string())
            }
        };
        let load = program.measured(|| send(program.address(), &self.forms, seconds))?;
        drop(program);
        let written = accepted(&file)?;
        ensure!(
            (load.answers..=load.answers + UNDERWAY).contains(&written),
            "{} were told that they had accepted, and {written} are written down",
            load.answers
        );
        Ok(load)
    }
}

/// A counted number.
#[derive(QueryableByName)]
pub struct Count {
    #[diesel(sql_type = BigInt)]
    pub count: i64,
}

/// The number of accepted disputes.
fn accepted(file: &Path) -> Result<u64> {
    // Its tables may be those of another revision.
    let count: Result<Count, Error> = Store::open_as_it_is(&Target::Sqlite(file.to_owned()))?.read(|db| {
        Ok(sql_query("SELECT count(*) AS count FROM disputes WHERE state = 'accepted'").get_result(sqlite(db))?)
    });
    Ok(count?.count.try_into()?)
}

/// Writes a page and waits until the disk has it, again and again: the cost of every durable change.
fn writes(seconds: u64) -> Result<Load> {
    let path = folder().join("writes");
    let mut file = File::create(&path)?;
    file.write_all(&PAGE.repeat(PAGES))?;
    file.sync_all()?;
    let (started, mut took) = (Instant::now(), Vec::new());
    while started.elapsed() < Duration::from_secs(seconds) {
        let begun = Instant::now();
        if took.len() % PAGES == 0 {
            file.seek(SeekFrom::Start(0))?;
        }
        file.write_all(&PAGE)?;
        file.sync_data()?;
        took.push(begun.elapsed());
    }
    let per_second = took.len() as f64 / started.elapsed().as_secs_f64();
    took.sort_unstable();
    std::fs::remove_file(path)?;
    let answers = took.len().try_into()?;
    Ok(Load { answers, written: answers, per_second, p99: millis(took[took.len() * 99 / 100]), cost: None })
}

/// Reports the results.
pub fn tell(report: &mut Report, rounds: &Rounds) {
    let disk = format!("accept a cancellation, SQLite, to {:.0} waits for the disk", rounds.per_second(DISK));
    report.ratio(5, disk, (rounds.per_second(ACCEPT), "/s"), rounds.ratio(ACCEPT, DISK), Reach::AtLeast(1.0));
    report.costs(5, rounds, ACCEPT, true);
}
