//! Recovery codes: they replace the app's code when the phone with the app is lost.

use crate::operations::accounts::passwords;
use crate::turns::Turn;

/// How many codes are made at once.
pub const CODES: usize = 10;
/// How many characters the secret part of a code has: 50 random bits, too many to guess within the limit on codes. They
/// are hashed like a password, with a salt of their own (OWASP ASVS 5, 6.5.2 and 6.5.3).
const CHARS: usize = 10;
/// Crockford's base 32: characters that look alike on paper count as the same.
const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/// Makes new codes for people, "4-7K3M9-QXA2B", and their hashes, numbered from 1. Slow on purpose.
#[must_use]
pub fn make(turn: &mut Turn) -> (Vec<String>, Vec<String>) {
    let mut one = |number: usize| {
        let secret: String =
            rand::random::<[u8; CHARS]>().iter().map(|byte| char::from(ALPHABET[usize::from(byte % 32)])).collect();
        let (first, last) = secret.split_at(CHARS / 2);
        (format!("{number}-{first}-{last}"), passwords::hash(turn, &secret))
    };
    (1..=CODES).map(&mut one).unzip()
}

/// Parses a typed code into its number, which selects the hash, and its secret part, which is compared. `None` when it
/// cannot be a code.
#[must_use]
pub fn read(typed: &str) -> Option<(i32, String)> {
    let read = |c: char| match c.to_ascii_uppercase() {
        'O' => '0',
        'I' | 'L' => '1',
        other => other,
    };
    let plain: String = typed.chars().filter(|c| !c.is_whitespace() && *c != '-').map(read).collect();
    let (number, secret) = plain.split_at_checked(plain.len().checked_sub(CHARS)?)?;
    let is_ours = secret.bytes().all(|byte| ALPHABET.contains(&byte));
    Some((number.parse().ok()?, secret.to_owned())).filter(|_| is_ours)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ten_codes_each_with_its_number_and_nothing_of_them_in_their_hashes() {
        let turn = &mut Turn::alone();
        let (codes, hashes) = make(turn);
        assert_eq!((codes.len(), hashes.len()), (10, 10));
        for (at, (code, hash)) in codes.iter().zip(&hashes).enumerate() {
            let (number, secret) = read(code).unwrap();
            assert_eq!(usize::try_from(number).unwrap(), at + 1);
            assert!(hash.starts_with("$argon2id$") && !hash.contains(&secret), "{hash}");
            assert!(passwords::matches(turn, &secret, Some(hash)));
        }
        assert!(!passwords::matches(turn, &read(&codes[0]).unwrap().1, Some(&hashes[1])));
    }

    #[test]
    fn a_code_is_read_however_it_is_copied_from_paper() {
        let expected = Some((10, "01K3M9QXA1".to_owned()));
        for typed in ["10-01K3M-9QXA1", "10 oIk3m 9qxaL", " 1001k3m9qxa1 ", "10–01K3M-9QXA1".replace('–', "-").as_str()]
        {
            assert_eq!(read(typed), expected, "{typed}");
        }
        for wrong in ["", "123456", "1234567890", "1-U1K3M-9QXA1", "x-01K3M-9QXA1", "1-é1K3M-9QXA", "ééééééééééé"]
        {
            assert_eq!(read(wrong), None, "{wrong}");
        }
    }
}
