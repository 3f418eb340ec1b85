//! The name of an order in addresses and mails.

use std::fmt;
use std::str::FromStr;

/// Crockford's base 32: no I, L, O or U, so that nobody misreads one on the phone.
const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/// An order's reference: `OC-` and eight characters of Crockford base 32. Forty random bits, never sequential, so that
/// nobody can guess a neighbour's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Reference([u8; Self::CHARS]);

/// What was given does not look like `OC-7K3M9QXA`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NotAReference;

impl Reference {
    const CHARS: usize = 8;

    /// The reference made of the lowest forty of these random bits.
    #[must_use]
    pub fn from_bits(random: u64) -> Self {
        Self(std::array::from_fn(|at| ALPHABET[usize::from((random >> (at * 5)).to_le_bytes()[0] & 31)]))
    }
}

impl fmt::Display for Reference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("OC-")?;
        self.0.iter().try_for_each(|b| write!(f, "{}", char::from(*b)))
    }
}

impl FromStr for Reference {
    type Err = NotAReference;

    /// Reads a reference in upper or lower case.
    fn from_str(written: &str) -> Result<Self, NotAReference> {
        let written = written.to_ascii_uppercase();
        let chars = written.strip_prefix("OC-").ok_or(NotAReference)?.as_bytes();
        let chars: [u8; Self::CHARS] = chars.try_into().map_err(|_| NotAReference)?;
        chars.iter().all(|b| ALPHABET.contains(b)).then_some(Self(chars)).ok_or(NotAReference)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_reference_looks_like_the_one_in_the_rules() {
        assert_eq!("OC-7K3M9QXA".parse::<Reference>().unwrap().to_string(), "OC-7K3M9QXA");
        assert_eq!("oc-7k3m9qxa".parse::<Reference>().unwrap().to_string(), "OC-7K3M9QXA");
        for wrong in ["", "OC-", "OC-7K3M9QX", "OC-7K3M9QXAA", "OC-7K3M9QXU", "7K3M9QXA", "OC-7K3M9QX\u{e9}"] {
            assert_eq!(wrong.parse::<Reference>(), Err(NotAReference), "{wrong}");
        }
    }

    proptest! {
        #[test]
        fn every_forty_bits_have_a_reference_of_their_own(a in 0..1_u64 << 40, b in 0..1_u64 << 40) {
            let (one, two) = (Reference::from_bits(a), Reference::from_bits(b));
            prop_assert_eq!(one.to_string().parse(), Ok(one));
            prop_assert_eq!(a == b, one == two);
        }
    }
}
