//! Endurance: the real program as a process, over HTTP, while it is killed, raced, starved and besieged. No
//! acknowledged change is lost, and no stranger gets in.
//!
//! `bin/test` runs each of these tests for a moment, `bin/test --long` for as long as it takes to be convincing; both
//! print their counts. [`server`] is the program, [`database`] its database, [`wire`] a connection to it, [`cast`] the
//! people, [`writers`] clients that remember the answers, and [`examine`] checks the tables afterwards.

// Tests may read the clock anywhere; the program must not.
#![allow(clippy::disallowed_methods)]

mod cast;
#[path = "../support/counts.rs"]
mod counts;
mod database;
mod examine;
#[path = "../support/receiver.rs"]
mod receiver;
mod server;
#[path = "../support/settings.rs"]
mod settings;
#[path = "../support/smtp.rs"]
mod smtp;
#[path = "../support/soon.rs"]
mod soon;
mod wire;
mod writers;

mod disks;
mod held;
mod kills;
mod memory;
mod outages;
mod poolers;
mod races;
mod restarts;
mod rings;
mod sieges;

use std::sync::{Mutex, MutexGuard, PoisonError};

/// One storm at a time: each needs the whole machine.
fn turn() -> MutexGuard<'static, ()> {
    static TURN: Mutex<()> = Mutex::new(());
    TURN.lock().unwrap_or_else(PoisonError::into_inner)
}
