//! Recovery codes: what opens an account when the phone with the app is gone.

use crate::operations::accounts::passwords;

/// Codes that are made at once.
pub const CODES: usize = 10;
/// Characters of a code's secret part: 50 random bits, too many to guess with the limit on codes. They are hashed as a
/// password is, with a salt of their own (OWASP ASVS 5, 6.5.2 and 6.5.3).
const CHARS: usize = 10;
/// Crockford's base 32: what looks alike on paper is one and the same.
const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/// New codes as they are written down, "4-7K3M9-QXA2B", and their hashes, numbered from 1. Slow on purpose.
#[must_use]
pub fn make() -> (Vec<String>, Vec<String>) {
    let one = |number: usize| {
        let secret: String =
            rand::random::<[u8; CHARS]>().iter().map(|byte| char::from(ALPHABET[usize::from(byte % 32)])).collect();
        let (first, last) = secret.split_at(CHARS / 2);
        (format!("{number}-{first}-{last}"), passwords::hash(&secret))
    };
    (1..=CODES).map(one).unzip()
}

/// Reads a typed code: its number, which says where to look, and its secret part, which is compared. Nothing when it
/// cannot be one.
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
        let (codes, hashes) = make();
        assert_eq!((codes.len(), hashes.len()), (10, 10));
        for (at, (code, hash)) in codes.iter().zip(&hashes).enumerate() {
            let (number, secret) = read(code).unwrap();
            assert_eq!(usize::try_from(number).unwrap(), at + 1);
            assert!(hash.starts_with("$argon2id$") && !hash.contains(&secret), "{hash}");
            assert!(passwords::matches(&secret, Some(hash)));
        }
        assert!(!passwords::matches(&read(&codes[0]).unwrap().1, Some(&hashes[1])));
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
