//! Names that nobody can guess: of a session, a form, a link, a calendar.

use rand::distr::{Alphanumeric, SampleString};

/// Characters of a name: 22 out of 62 kinds, some 130 random bits. OWASP ASVS 5 (7.2.3, 11.5.1) asks for 128.
const CHARS: usize = 22;

/// A new name, out of a cryptographic generator that the system seeds.
#[must_use]
pub fn random() -> String {
    Alphanumeric.sample_string(&mut rand::rng(), CHARS)
}
