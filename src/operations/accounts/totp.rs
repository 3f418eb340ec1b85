//! Codes of six digits that an app computes from a shared secret and the time (RFC 6238, with what every app supports:
//! SHA-1, thirty seconds).

use chrono::{DateTime, Utc};
use totp_rs::{Builder, Secret, Totp};

/// Digits of a code.
pub const DIGITS: usize = 6;
/// How many steps the clock of a phone may be ahead or behind (RFC 6238, 5.2 recommends at most one).
const DRIFT: u16 = 1;

/// Makes a new secret in base 32: 160 random bits, as RFC 4226 recommends.
#[must_use]
pub fn new_secret() -> String {
    Secret::new_stack(rand::random()).to_base32()
}

/// The time step of this code, if it belongs to the current step or to a neighbour; `None` when the code or the secret
/// is invalid.
#[must_use]
pub fn step(secret: &str, code: &str, now: DateTime<Utc>) -> Option<i64> {
    let step = totp(secret)?.check(code, now.timestamp().try_into().ok()?)?;
    step.try_into().ok()
}

fn totp(secret: &str) -> Option<Totp> {
    Builder::new().with_skew(DRIFT).with_secret(Secret::try_from_base32(secret).ok()?).build().ok()
}

/// The code of that moment, as an app computes it; for demonstrations and tests.
#[must_use]
pub fn code(secret: &str, now: DateTime<Utc>) -> Option<String> {
    Some(totp(secret)?.generate(now.timestamp().try_into().ok()?).to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The secret of the examples in RFC 6238, appendix B: "12345678901234567890".
    const EXAMPLE: &str = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ";

    fn at(seconds: i64) -> DateTime<Utc> {
        DateTime::from_timestamp(seconds, 0).unwrap()
    }

    #[test]
    fn the_codes_are_those_of_the_standard() {
        // The last six digits of the eight in RFC 6238, appendix B.
        for (seconds, expected) in [
            (59, "287082"),
            (1_111_111_109, "081804"),
            (1_234_567_890, "005924"),
            (2_000_000_000, "279037"),
            (20_000_000_000, "353130"),
        ] {
            assert_eq!(code(EXAMPLE, at(seconds)).as_deref(), Some(expected));
            assert_eq!(step(EXAMPLE, expected, at(seconds)), Some(seconds / 30));
        }
    }

    #[test]
    fn a_code_works_one_step_early_and_one_step_late_and_no_more() {
        let known = code(EXAMPLE, at(3_000)).unwrap();
        for (seconds, works) in [(2_969, false), (2_970, true), (3_029, true), (3_059, true), (3_060, false)] {
            assert_eq!(step(EXAMPLE, &known, at(seconds)), works.then_some(100), "{seconds}");
        }
    }

    #[test]
    fn a_new_secret_is_another_one_each_time_and_long_enough() {
        let (one, other) = (new_secret(), new_secret());
        assert_ne!(one, other);
        assert_eq!(one.len(), 32, "160 bits in base 32");
        assert!(code(&one, at(0)).is_some());
        assert_eq!(code("not a secret", at(0)), None);
    }
}
