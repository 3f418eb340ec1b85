//! The repeat counts of the endurance tests, and how they report their results.

// Each test program uses only some of this.
#![allow(dead_code)]

use std::io::Write as _;

/// The count for `bin/test`, or for `bin/test --long`.
pub fn times(short: u32, long: u32) -> u32 {
    if is_long() { long } else { short }
}

/// Whether this is `bin/test --long`.
pub fn is_long() -> bool {
    std::env::var("OPLOSSINGSCENTRUM_TEST_LENGTH").as_deref() == Ok("long")
}

/// Reports the result of a test, also when it passes and the test harness hides its output.
pub fn report(line: impl std::fmt::Display) {
    let _ = writeln!(std::io::stderr(), "   counted: {line}");
}
