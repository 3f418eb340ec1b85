//! The signature of a dossier: a signed note (C2SP) that other tools can check too.
//!
//! It says that this server told this last hash at that moment. It does not say that nothing was changed before: that is what
//! mails in two mailboxes show.

use std::fmt;
use std::str::FromStr;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use ring::signature::{ED25519, Ed25519KeyPair, KeyPair, UnparsedPublicKey};
use sha2::{Digest, Sha256};

/// The number of Ed25519 among the algorithms of signed notes.
const ALGORITHM: u8 = 1;
/// Bytes that name a key within a signature.
const ID_BYTES: usize = 4;

/// The public part of a key, which checks signatures.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PublicKey {
    /// Whose key it is: the site.
    pub name: String,
    bytes: [u8; 32],
}

impl PublicKey {
    /// Reads the bytes in base 64.
    #[must_use]
    pub fn new(name: &str, bytes: &str) -> Option<Self> {
        Some(Self { name: name.to_owned(), bytes: STANDARD.decode(bytes).ok()?.try_into().ok()? })
    }

    /// Its bytes in base 64.
    #[must_use]
    pub fn encoded(&self) -> String {
        STANDARD.encode(self.bytes)
    }

    /// What names it within a signature.
    fn id(&self) -> [u8; ID_BYTES] {
        let hash = Sha256::new().chain_update(&self.name).chain_update([b'\n', ALGORITHM]).chain_update(self.bytes);
        let hash = hash.finalize();
        [hash[0], hash[1], hash[2], hash[3]]
    }
}

/// As other tools read it: name, id and key.
impl fmt::Display for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let key = [&[ALGORITHM], &self.bytes[..]].concat();
        write!(f, "{}+{:08x}+{}", self.name, u32::from_be_bytes(self.id()), STANDARD.encode(key))
    }
}

impl FromStr for PublicKey {
    type Err = ();

    fn from_str(written: &str) -> Result<Self, ()> {
        let [name, _, key] = written.splitn(3, '+').collect::<Vec<_>>()[..] else { return Err(()) };
        let key = STANDARD.decode(key).map_err(|_| ())?;
        let (&ALGORITHM, bytes) = key.split_first().ok_or(())? else { return Err(()) };
        let key = Self { name: name.to_owned(), bytes: bytes.try_into().map_err(|_| ())? };
        if key.to_string() == written { Ok(key) } else { Err(()) }
    }
}

/// A key that signs.
pub struct SigningKey {
    name: String,
    pair: Ed25519KeyPair,
}

impl SigningKey {
    /// The key of a site, made of 32 secret bytes.
    #[must_use]
    pub fn new(name: &str, secret: &[u8; 32]) -> Self {
        let pair = Ed25519KeyPair::from_seed_unchecked(secret).expect("any 32 bytes are a key");
        Self { name: name.to_owned(), pair }
    }

    /// Its public part.
    #[must_use]
    pub fn public(&self) -> PublicKey {
        let bytes = self.pair.public_key().as_ref().try_into().expect("a key of Ed25519 has 32 bytes");
        PublicKey { name: self.name.clone(), bytes }
    }

    /// The text with its signature; every line of the text ends.
    #[must_use]
    pub fn sign(&self, text: &str) -> String {
        let signature = [&self.public().id(), self.pair.sign(text.as_bytes()).as_ref()].concat();
        format!("{text}\n— {} {}\n", self.name, STANDARD.encode(signature))
    }
}

/// What a signature is worth.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Worth {
    /// One of the keys made it.
    Right,
    /// It names one of the keys, and that key did not make it.
    Wrong,
    /// It names none of the keys.
    Unknown,
}

/// The text of a note, and what its signature is worth with these keys. `None` when it is no note.
#[must_use]
pub fn open<'a>(note: &'a str, keys: &[PublicKey]) -> Option<(&'a str, Worth)> {
    let (text, signature) = note.rsplit_once("\n\n— ")?;
    let text = &note[..=text.len()];
    let (name, signature) = signature.strip_suffix('\n')?.split_once(' ')?;
    let signature = STANDARD.decode(signature).ok()?;
    let (id, signature) = signature.split_at_checked(ID_BYTES)?;
    let key = keys.iter().find(|key| key.name == name && key.id() == id);
    let is_right = |key: &PublicKey| UnparsedPublicKey::new(&ED25519, key.bytes).verify(text.as_bytes(), signature);
    let worth = match key.map(is_right) {
        Some(Ok(())) => Worth::Right,
        Some(Err(_)) => Worth::Wrong,
        None => Worth::Unknown,
    };
    Some((text, worth))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A note that another program signed: the example of the specification and of Go's package `note`.
    const THEIRS: &str = "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n\n\
        — PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n";
    const THEIR_KEY: &str = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW";

    #[test]
    fn a_note_of_another_program_is_read() {
        let key: PublicKey = THEIR_KEY.parse().unwrap();
        assert_eq!((key.to_string().as_str(), key.name.as_str()), (THEIR_KEY, "PeterNeumann"));
        let (text, worth) = open(THEIRS, std::slice::from_ref(&key)).unwrap();
        assert!(text.ends_with("your problem is.\n") && worth == Worth::Right, "{text}");
        assert_eq!(open(THEIRS, &[]).unwrap().1, Worth::Unknown);
        let changed = THEIRS.replace("don't", "do");
        assert_eq!(open(&changed, &[key]).unwrap().1, Worth::Wrong);
        for wrong in ["", "a\n", "a\n\n— b\n", "a\n\n— b c\n", "a\n\n— b AAAA", THEIRS.trim_end()] {
            assert_eq!(open(wrong, &[]), None, "{wrong:?}");
        }
        for wrong in ["", "a+b", "a+b+c", &THEIR_KEY[..THEIR_KEY.len() - 4], &THEIR_KEY.replace("c74f", "c74e")] {
            assert_eq!(wrong.parse::<PublicKey>(), Err(()), "{wrong}");
        }
    }

    #[test]
    fn what_a_key_signs_only_that_key_has_signed() {
        let [ours, other] = [1, 2].map(|seed| SigningKey::new("oplossing.example.com", &[seed; 32]));
        let text = "oplossing.example.com\nOC-00000001\n6\nab12\n2026-09-21T14:13:20Z\ncd34\n";
        let note = ours.sign(text);
        assert_eq!(open(&note, &[other.public(), ours.public()]), Some((text, Worth::Right)));
        assert_eq!(open(&note, &[other.public()]), Some((text, Worth::Unknown)));
        let elsewhere = SigningKey::new("shop.example.com", &[1; 32]).public();
        assert_eq!(open(&note, &[elsewhere]).unwrap().1, Worth::Unknown, "a key has the name of its site");
        for line in ["6", "ab12", "2026", "cd34"] {
            assert_eq!(open(&note.replacen(line, "7", 1), &[ours.public()]).unwrap().1, Worth::Wrong, "{line}");
        }
        let encoded = ours.public().encoded();
        assert_eq!(PublicKey::new("oplossing.example.com", &encoded), Some(ours.public()));
        assert_eq!(PublicKey::new("x", "AAAA"), None);
    }
}
