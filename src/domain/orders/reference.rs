//! Order references: the name of an order in addresses and mails.

use std::fmt;
use std::str::FromStr;

/// Crockford's base 32: without I, L, O and U, which are easily misread or misheard.
pub(in crate::domain) const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/// Which bytes are in the alphabet: a page reads a hundred references.
const IN_ALPHABET: [bool; 256] = {
    let (mut known, mut at) = ([false; 256], 0);
    while at < ALPHABET.len() {
        known[ALPHABET[at] as usize] = true;
        at += 1;
    }
    known
};

/// An order's reference: `OC-` and eight characters of Crockford base 32. It holds forty random bits, so that the
/// reference of another order cannot be guessed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Reference([u8; Self::LENGTH]);

/// The error for input that does not look like `OC-7K3M9QXA`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NotAReference;

impl Reference {
    const PREFIX: &[u8; 3] = b"OC-";
    const LENGTH: usize = Self::PREFIX.len() + 8;

    /// Makes a reference from the lowest forty of these random bits.
    #[must_use]
    pub fn from_bits(random: u64) -> Self {
        let drawn = |at: usize| ALPHABET[usize::from((random >> (at * 5)).to_le_bytes()[0] & 31)];
        let prefix = |at: usize| Self::PREFIX.get(at).copied();
        Self(std::array::from_fn(|at| prefix(at).unwrap_or_else(|| drawn(at - Self::PREFIX.len()))))
    }

    /// The reference in its written form.
    #[must_use]
    pub fn as_str(&self) -> &str {
        std::str::from_utf8(&self.0).expect("digits, capitals and a hyphen")
    }
}

impl AsRef<str> for Reference {
    fn as_ref(&self) -> &str {
        self.as_str()
    }
}

impl fmt::Display for Reference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for Reference {
    type Err = NotAReference;

    /// Reads a reference in upper or lower case.
    fn from_str(written: &str) -> Result<Self, NotAReference> {
        let mut written: [u8; Self::LENGTH] = written.as_bytes().try_into().map_err(|_| NotAReference)?;
        written.make_ascii_uppercase();
        let drawn = written.strip_prefix(Self::PREFIX).ok_or(NotAReference)?;
        drawn.iter().all(|b| IN_ALPHABET[usize::from(*b)]).then_some(Self(written)).ok_or(NotAReference)
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
        assert_eq!("OC-7K3M9QXA".parse::<Reference>().unwrap().as_str(), "OC-7K3M9QXA");
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
