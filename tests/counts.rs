//! How often the tests of endurance do what they do, and where they say what they counted.

// Each of the test programs uses some of it.
#![allow(dead_code)]

use std::io::Write as _;

/// So often in `bin/test`, and so often in `bin/test --long`.
pub fn times(short: u32, long: u32) -> u32 {
    if is_long() { long } else { short }
}

/// Whether this is `bin/test --long`.
pub fn is_long() -> bool {
    std::env::var("OPLOSSINGSCENTRUM_TEST_LENGTH").as_deref() == Ok("long")
}

/// Says what a test counted, to whoever runs it: also when it passes, which the test harness keeps quiet about.
pub fn report(line: impl std::fmt::Display) {
    let _ = writeln!(std::io::stderr(), "   counted: {line}");
}
