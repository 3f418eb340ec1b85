//! Benchmarks: how fast the program is, next to something else that does its best on the same machine at the same time.
//!
//! `bin/bench` runs all of it, `bin/bench --quick` a small and short version that only shows that it works, and
//! `bin/bench 1 5` these rows alone. The rows:
//!
//! 1. The page of an order with twenty events and an open dispute, in Dutch, against the bare framework with the same
//!    answer out of memory ([`answer`]); and compressed, as browsers ask for it.
//! 2. The same page on PostgreSQL.
//! 3. The list of orders and the list of disputes, 25 rows each.
//! 4. All three with a million orders, against a thousand.
//! 5. Accepting a cancellation, a different one each time, against the most syncs the disk can do.
//! 6. A hundred thousand deadlines at one moment, settled on SQLite, and by two servers on PostgreSQL, under a load of
//!    fifty pages a second.
//! 7. The program's memory: idle, under row 1, after row 6.
//! 8. The time from start to first answer, with a million orders.
//! 9. Pages and comments by one, two and four servers on one PostgreSQL, behind haproxy; and a restart of two servers,
//!    one after the other, without a lost request.
//!
//! Compared trials take turns, round after round, and medians count ([`rounds`]). Load comes from wrk, a separate
//! process: one session per busy account, their pages in random order, and every answer is checked. A wrong answer
//! stops everything. A value out of reach does not: it is printed.
//!
//! `bin/bench --against REVISION` builds that revision, and its program takes turns with this one in rows 1, 2, 3 and 5
//! ([`before`]). A rate depends on who asks, so pages and changes also say what each answer cost the program: time of the
//! processor, and for changes the bytes written to disk.

// Tests may read the clock anywhere; the program must not.
#![allow(clippy::disallowed_methods)]
// The numbers here are measurements, and small.
#![allow(clippy::cast_precision_loss)]

mod accepts;
mod answer;
mod before;
mod crowd;
mod data;
// The program and its surroundings are shared with the endurance test, which uses all of it.
#[allow(dead_code)]
#[path = "../endurance/database.rs"]
mod database;
mod life;
mod load;
mod pages;
mod program;
mod report;
mod rounds;
mod seats;
#[allow(dead_code)]
#[path = "../endurance/server.rs"]
mod server;
#[path = "../support/settings.rs"]
mod settings;
mod silence;
#[allow(dead_code)]
#[path = "../endurance/wire.rs"]
mod wire;

use std::path::Path;
use std::process::ExitCode;

use anyhow::{Result, bail};

use crate::accepts::Accepts;
use crate::data::Plan;
use crate::pages::Base;
use crate::pages::Sides;
use crate::report::Reach;
use crate::report::Report;
use crate::rounds::Rounds;
use crate::rounds::Size;

/// All rows.
const ROWS: [u8; 9] = [1, 2, 3, 4, 5, 6, 7, 8, 9];
/// How many accounts are busy.
const BUSY: usize = 500;

/// The request on the command line.
struct Arguments {
    is_quick: bool,
    rows: Vec<u8>,
}

impl Arguments {
    fn parse(words: impl Iterator<Item = String>) -> Result<Self> {
        let mut wish = Self { is_quick: false, rows: Vec::new() };
        for word in words {
            match (word.as_str(), word.parse()) {
                // Cargo adds this argument itself.
                ("--bench", _) => {}
                ("--quick", _) => wish.is_quick = true,
                (_, Ok(row)) if ROWS.contains(&row) => wish.rows.push(row),
                _ => bail!("usage: bin/bench [--quick] [ROW ..], with rows {ROWS:?}"),
            }
        }
        if wish.rows.is_empty() {
            wish.rows = ROWS.to_vec();
        }
        Ok(wish)
    }

    fn has(&self, row: u8) -> bool {
        self.rows.contains(&row)
    }
}

fn main() -> ExitCode {
    let words: Vec<String> = std::env::args().skip(1).collect();
    // In a thread, so that a panic ends like any other error: every started process is stopped.
    let done = std::thread::spawn(move || match words.as_slice() {
        [word, file] if word == answer::WORD => answer::serve(Path::new(file)),
        _ => Arguments::parse(words.into_iter()).and_then(|wish| run(&wish)),
    });
    match done.join() {
        Ok(Ok(())) => ExitCode::SUCCESS,
        Ok(Err(error)) => {
            eprintln!("bench: {error:#}");
            ExitCode::FAILURE
        }
        Err(_) => ExitCode::FAILURE,
    }
}

fn run(wish: &Arguments) -> Result<()> {
    let size = if wish.is_quick { Size::QUICK } else { Size::FULL };
    let mut report = Report::default();
    take_turns(wish, size, &mut report)?;
    if wish.has(6) || wish.has(7) {
        let plan = Plan { name: "due", orders: size.due, busy: usize::MAX, is_long: false };
        let most = silence::measure(&mut report, plan, size.rounds.div_ceil(2))?;
        report.value(7, "memory after row 6", (most, "MiB"), Reach::AtMost(100.0));
    }
    if wish.has(8) {
        let many = many(size).file()?;
        program::starts(&mut report, &many.display().to_string(), size.rounds)?;
    }
    if wish.has(9) {
        let plan = Plan { name: "base", orders: size.orders, busy: BUSY, is_long: true };
        crowd::measure(&mut report, plan, size)?;
    }
    report.finish(wish.is_quick)
}

/// The marketplace with many orders.
fn many(size: Size) -> Plan {
    Plan { name: "many", orders: size.many, busy: BUSY, is_long: true }
}

/// Measures rows 1 to 5, in rounds together.
fn take_turns(wish: &Arguments, size: Size, report: &mut Report) -> Result<()> {
    let plan = |name, orders| Plan { name, orders, busy: BUSY, is_long: true };
    let base = if [1, 2, 3, 7].iter().any(|row| wish.has(*row)) {
        Some(Base::start(&plan("base", size.orders).copy()?, wish.has(2))?)
    } else {
        None
    };
    let sides =
        if wish.has(4) { Some(Sides::start(&plan("few", size.few).file()?, &many(size).file()?)?) } else { None };
    let accepts = if wish.has(5) {
        let plan = Plan { name: "accepts", orders: size.accepted, busy: usize::MAX, is_long: false };
        Some(Accepts::prepare(plan.copy()?)?)
    } else {
        None
    };
    let mut trials = Vec::new();
    trials.extend(base.iter().flat_map(|base| base.trials(wish.has(3))));
    trials.extend(sides.iter().flat_map(Sides::trials));
    trials.extend(accepts.iter().flat_map(Accepts::trials));
    let rounds = Rounds::run(size, trials)?;
    if let Some(base) = &base {
        pages::tell(report, &rounds, (wish.has(1), wish.has(2), wish.has(3)));
        report.value(7, "memory, idle", (base.idle, "MiB"), Reach::AtMost(30.0));
        report.value(7, "memory under row 1", (base.under_load.get(), "MiB"), Reach::AtMost(60.0));
    }
    if sides.is_some() {
        pages::tell_sides(report, &rounds, size.many);
    }
    if accepts.is_some() {
        accepts::tell(report, &rounds);
    }
    Ok(())
}
