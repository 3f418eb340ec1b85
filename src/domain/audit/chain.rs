//! Hashes over what happened on an order.

use sha2::{Digest, Sha256};

/// Bytes as lower-case hexadecimal digits.
fn hex(bytes: &[u8]) -> String {
    let digits = bytes.iter().flat_map(|byte| [byte >> 4, byte & 15]);
    digits.map(|digit| char::from(b"0123456789abcdef"[usize::from(digit)])).collect()
}

/// The hash of words behind their salt. It stays when the words are erased; without the salt, which goes with them, nobody
/// finds short words by trying.
#[must_use]
pub fn salted_hash(salt: &str, words: &str) -> String {
    hex(&Sha256::new().chain_update(salt).chain_update(words).finalize())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_hashed_behind_their_salt() {
        let known = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
        assert_eq!(salted_hash("a", "bc"), known, "SHA-256 of \"abc\", FIPS 180-2, B.1");
    }
}
