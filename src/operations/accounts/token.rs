//! Random names that cannot be guessed: of sessions, forms, links and calendars.

use rand::distr::{Alphanumeric, SampleString};

/// How many characters a name has: 22 out of 62 kinds, some 130 random bits. OWASP ASVS 5 (7.2.3, 11.5.1) asks for 128.
const CHARS: usize = 22;

/// Makes a new name with a cryptographic generator that the system seeds.
#[must_use]
pub fn random() -> String {
    Alphanumeric.sample_string(&mut rand::rng(), CHARS)
}
