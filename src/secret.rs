//! The secret of the servers. With it they make names that only they can issue, and texts that only they can read back.

use std::fmt;
use std::sync::Arc;

use aes_gcm::aead::{Aead, KeyInit as _, Payload};
use aes_gcm::{Aes256Gcm, Nonce};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, KeyInit as _, Mac};
use sha2::{Digest, Sha256};

/// Hexadecimal digits of a seal in a name.
const NAME_DIGITS: usize = 32;
/// Random bytes in front of a hidden text, so that it differs each time: the nonce of AES-GCM.
const NONCE_BYTES: usize = 12;

/// Bytes as lower-case hexadecimal digits.
#[must_use]
pub fn hex(bytes: &[u8]) -> String {
    let digits = bytes.iter().flat_map(|byte| [byte >> 4, byte & 15]);
    digits.map(|digit| char::from(b"0123456789abcdef"[usize::from(digit)])).collect()
}

/// The secret signs session cookies, seals the names in addresses, and encrypts stored secrets. It is never printed.
#[derive(Clone)]
pub struct Secret(Arc<[u8]>);

impl Secret {
    /// Makes the secret of these bytes.
    #[must_use]
    pub fn new(bytes: &[u8]) -> Self {
        Self(bytes.into())
    }

    /// The seal of a text for a purpose (HMAC-SHA-256); only the servers can make it.
    fn seal(&self, purpose: &str, text: &str) -> [u8; 32] {
        let mut mac = Hmac::<Sha256>::new_from_slice(&self.0).expect("a secret of any length will do");
        mac.update(format!("{purpose}:{text}").as_bytes());
        mac.finalize().into_bytes().into()
    }

    /// A fingerprint of a text: it hides the text and cannot be guessed without this secret.
    #[must_use]
    pub fn fingerprint(&self, purpose: &str, text: &str) -> String {
        hex(&self.seal(purpose, text))
    }

    /// That text with its seal behind a dot: a name that only the servers can issue. Half of the seal, 128 bits, is
    /// enough and fits on a line.
    #[must_use]
    pub fn name(&self, purpose: &str, text: &str) -> String {
        let seal = hex(&self.seal(purpose, text));
        format!("{text}.{}", &seal[..NAME_DIGITS])
    }

    /// The text in such a name; `None` when the name was not issued for that purpose. Both sides are compared by their
    /// hashes, so that the duration tells nothing.
    #[must_use]
    pub fn named<'a>(&self, purpose: &str, name: &'a str) -> Option<&'a str> {
        let (text, _) = name.rsplit_once('.')?;
        (Sha256::digest(self.name(purpose, text)) == Sha256::digest(name)).then_some(text)
    }

    /// Encrypts a text, so that it cannot be read or swapped for another without this secret (AES-256-GCM, with its
    /// own key for each purpose). The purpose names the kind and the owner: "second-factor.42".
    #[must_use]
    pub fn hide(&self, purpose: &str, text: &str) -> String {
        let nonce: [u8; NONCE_BYTES] = rand::random();
        let what = Payload { msg: text.as_bytes(), aad: purpose.as_bytes() };
        let hidden = self.cipher(purpose).encrypt(Nonce::from_slice(&nonce), what).expect("a short text can be hidden");
        URL_SAFE_NO_PAD.encode([&nonce[..], &hidden].concat())
    }

    /// Decrypts a text; `None` when it was hidden for another purpose or with another secret.
    #[must_use]
    pub fn reveal(&self, purpose: &str, hidden: &str) -> Option<String> {
        let bytes = URL_SAFE_NO_PAD.decode(hidden).ok()?;
        let (nonce, hidden) = bytes.split_at_checked(NONCE_BYTES)?;
        let what = Payload { msg: hidden, aad: purpose.as_bytes() };
        let text = self.cipher(purpose).decrypt(Nonce::from_slice(nonce), what).ok()?;
        String::from_utf8(text).ok()
    }

    fn cipher(&self, purpose: &str) -> Aes256Gcm {
        Aes256Gcm::new(&self.seal("hide", purpose).into())
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("(secret)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_name_that_was_handed_out_for_that_purpose_is_read() {
        let (ours, theirs) = (Secret::new(b"ours"), Secret::new(b"theirs"));
        let name = ours.name("calendar", "abc");
        assert_eq!((name.len(), ours.named("calendar", &name)), (36, Some("abc")));
        assert_eq!(ours.named("password", &name), None, "handed out for something else");
        assert_eq!(theirs.named("calendar", &name), None, "by another server");
        for wrong in
            ["", "abc", "abc.", &name[..35], &format!("{name}0"), &name.replace("abc", "abd"), &name.to_uppercase()]
        {
            assert_eq!(ours.named("calendar", wrong), None, "{wrong}");
        }
        let dotted = ours.name("unsubscribe", "comments.1f");
        assert_eq!(ours.named("unsubscribe", &dotted), Some("comments.1f"));
        assert_eq!(format!("{ours:?}"), "(secret)", "nothing prints it");
    }

    #[test]
    fn a_hidden_text_is_read_back_for_the_same_purpose_and_with_the_same_secret_only() {
        let (ours, theirs) = (Secret::new(b"ours"), Secret::new(b"theirs"));
        let hidden = ours.hide("second-factor.1", "JBSWY3DP");
        assert!(!hidden.contains("JBSWY3DP"), "{hidden}");
        assert_ne!(hidden, ours.hide("second-factor.1", "JBSWY3DP"), "another one each time");
        assert_eq!(ours.reveal("second-factor.1", &hidden).as_deref(), Some("JBSWY3DP"));
        assert_eq!(ours.reveal("second-factor.2", &hidden), None, "of somebody else");
        assert_eq!(theirs.reveal("second-factor.1", &hidden), None);
        let mut changed = hidden.clone().into_bytes();
        changed[20] = if changed[20] == b'A' { b'B' } else { b'A' };
        for wrong in ["", "?", "AAAA", &hidden[..hidden.len() - 2], &String::from_utf8(changed).unwrap()] {
            assert_eq!(ours.reveal("second-factor.1", wrong), None, "{wrong}");
        }
    }
}
