//! What commands print. A command goes on when its reader went away (`| head`); the rest is not printed.

use std::fmt::Arguments;
use std::io::{self, ErrorKind, Write};

use chrono::{DateTime, Utc};

/// Prints a line on standard output.
macro_rules! say {
    ($($said:tt)*) => { $crate::cli::output::line(&mut std::io::stdout(), format_args!($($said)*)) };
}

/// Prints a line on standard error.
macro_rules! complain {
    ($($said:tt)*) => { $crate::cli::output::line(&mut std::io::stderr(), format_args!($($said)*)) };
}

pub(super) use {complain, say};

/// A moment as commands print it: "2026-11-27 18:05:12 UTC".
pub(super) fn moment(at: DateTime<Utc>) -> String {
    at.format("%Y-%m-%d %H:%M:%S UTC").to_string()
}

/// Writes a line, while its reader is there.
pub(super) fn line(out: &mut impl Write, said: Arguments<'_>) {
    // Nothing else can be done about a line that cannot be printed.
    let _ = writeln!(out, "{said}");
}

/// Whether a command ended because its reader went away.
pub(super) fn reader_is_gone(error: &anyhow::Error) -> bool {
    error
        .chain()
        .filter_map(|cause| cause.downcast_ref::<io::Error>())
        .any(|error| error.kind() == ErrorKind::BrokenPipe)
}
