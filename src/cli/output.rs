//! What commands print. A reader that went away (`| head`) ends no command: the rest is said to nobody.

use std::fmt::Arguments;
use std::io::{self, ErrorKind, Write};

/// Prints a line on standard output.
macro_rules! say {
    ($($said:tt)*) => { $crate::cli::output::line(&mut std::io::stdout(), format_args!($($said)*)) };
}

/// Prints a line on standard error.
macro_rules! complain {
    ($($said:tt)*) => { $crate::cli::output::line(&mut std::io::stderr(), format_args!($($said)*)) };
}

pub(super) use {complain, say};

/// Writes a line, if somebody still reads.
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
