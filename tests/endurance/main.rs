//! Nothing lost, nobody in: the real program as a process, over HTTP, while it is killed, raced, starved and besieged.
//!
//! `bin/test` runs each of these for a moment, `bin/test --long` for as long as it takes to believe them; both print what
//! they counted. [`server`] is the program, [`database`] what it stands on, [`wire`] a connection to it, [`cast`] the people,
//! [`writers`] clients who remember what they were told, and [`examine`] looks at what is in the tables afterwards.

// Tests look at the clock whenever they like; the program must not.
#![allow(clippy::disallowed_methods)]

mod cast;
#[path = "../counts.rs"]
mod counts;
mod database;
mod examine;
mod server;
mod wire;
mod writers;

mod disks;
mod held;
mod kills;
mod outages;
mod poolers;
mod races;
mod restarts;
mod sieges;

use std::sync::{Mutex, MutexGuard, PoisonError};

/// One storm at a time: each wants the whole machine.
fn turn() -> MutexGuard<'static, ()> {
    static TURN: Mutex<()> = Mutex::new(());
    TURN.lock().unwrap_or_else(PoisonError::into_inner)
}
