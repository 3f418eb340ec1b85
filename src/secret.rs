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

/// The SHA-256 of bytes as hexadecimal digits.
#[must_use]
pub fn sha256(bytes: impl AsRef<[u8]>) -> String {
    hex(&Sha256::digest(bytes))
}

/// The code that shows that a message is of somebody who knows the key (HMAC-SHA-256, RFC 2104).
#[must_use]
pub fn hmac_sha256(key: &[u8], message: &[u8]) -> [u8; 32] {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).expect("a key of any length will do");
    mac.update(message);
    mac.finalize().into_bytes().into()
}

/// Characters of the mark in front of a hidden text that says with which key it was hidden.
const MARK_DIGITS: usize = 8;

/// The secret signs session cookies, seals the names in addresses, and encrypts stored secrets. It is never printed.
///
/// While its key is changed there are two: everything is made with the new one, and what was made with the other one is
/// still taken.
#[derive(Clone)]
pub struct Secret {
    key: Arc<[u8]>,
    other: Option<Arc<[u8]>>,
}

impl Secret {
    /// Makes the secret of these bytes.
    #[must_use]
    pub fn new(bytes: &[u8]) -> Self {
        Self { key: bytes.into(), other: None }
    }

    /// The same secret that also takes what was made with this other key.
    #[must_use]
    pub fn accepting(self, other: &[u8]) -> Self {
        Self { other: Some(other.into()), ..self }
    }

    /// The key that signs, and the other one whose signatures are still taken.
    #[must_use]
    pub fn keys(&self) -> (&[u8], Option<&[u8]>) {
        (&self.key, self.other.as_deref())
    }

    /// The secret of each key, each alone: what one of them made is taken.
    pub fn each(&self) -> impl Iterator<Item = Self> + '_ {
        [Some(&self.key), self.other.as_ref()].into_iter().flatten().map(|key| Self { key: key.clone(), other: None })
    }

    /// The mark of what is hidden with the key: the begin of its fingerprint, by which servers know each other's.
    #[must_use]
    pub fn mark(&self) -> String {
        mark_of(&self.fingerprint("server", "key")).to_owned()
    }

    /// The seal of a text for a purpose (HMAC-SHA-256); only the servers can make it.
    fn seal(&self, purpose: &str, text: &str) -> [u8; 32] {
        hmac_sha256(&self.key, format!("{purpose}:{text}").as_bytes())
    }

    /// The HMAC-SHA-256 of a text as hexadecimal digits, which another program with the same key makes too.
    #[must_use]
    pub fn mac(&self, text: &str) -> String {
        hex(&hmac_sha256(&self.key, text.as_bytes()))
    }

    /// Whether that is the HMAC-SHA-256 of the text, by one of the keys. Both sides are compared by their hashes, so that the
    /// duration tells nothing.
    #[must_use]
    pub fn is_mac(&self, text: &str, mac: &str) -> bool {
        let given = Sha256::digest(mac.to_ascii_lowercase());
        self.each().any(|ours| Sha256::digest(ours.mac(text)) == given)
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
        let is_ours = |ours: Self| Sha256::digest(ours.name(purpose, text)) == Sha256::digest(name);
        self.each().any(is_ours).then_some(text)
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
        self.each().find_map(|secret| secret.reveal_own(purpose, hidden))
    }

    /// Encrypts a text that is stored for long, with the mark of the key in front: it shows with which key it was hidden.
    #[must_use]
    pub fn hide_marked(&self, purpose: &str, text: &str) -> String {
        format!("{}.{}", self.mark(), self.hide(purpose, text))
    }

    /// Decrypts a text that is stored for long. An older program wrote no mark.
    #[must_use]
    pub fn reveal_marked(&self, purpose: &str, hidden: &str) -> Option<String> {
        self.reveal(purpose, hidden.split_once('.').map_or(hidden, |(_, hidden)| hidden))
    }

    fn reveal_own(&self, purpose: &str, hidden: &str) -> Option<String> {
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

/// The mark of the key with that fingerprint.
#[must_use]
pub fn mark_of(fingerprint: &str) -> &str {
    &fingerprint[..MARK_DIGITS.min(fingerprint.len())]
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

    #[test]
    fn while_the_key_is_changed_both_are_taken_and_the_new_one_makes() {
        let (old, new) = (Secret::new(b"old"), Secret::new(b"new"));
        let both = new.clone().accepting(b"old");
        let (name, hidden) = (old.name("calendar", "abc"), old.hide_marked("second-factor.1", "JBSWY3DP"));
        assert_eq!(both.named("calendar", &name), Some("abc"));
        assert_eq!(both.named("password", &name), None, "for its purpose alone");
        assert_eq!(both.reveal_marked("second-factor.1", &hidden).as_deref(), Some("JBSWY3DP"));
        let unmarked = hidden.split_once('.').unwrap().1;
        assert_eq!(both.reveal_marked("second-factor.1", unmarked).as_deref(), Some("JBSWY3DP"), "an older program's");
        assert_eq!(both.reveal("second-factor.1", unmarked).as_deref(), Some("JBSWY3DP"));
        assert_eq!(both.reveal("second-factor.1", &hidden), None, "only what is stored has a mark");
        assert_eq!((both.name("calendar", "abc"), both.mark()), (new.name("calendar", "abc"), new.mark()));
        let anew = both.hide_marked("second-factor.1", "JBSWY3DP");
        assert!(anew.starts_with(&new.mark()) && !hidden.starts_with(&new.mark()));
        assert_eq!(
            (old.reveal_marked("second-factor.1", &anew), new.reveal_marked("second-factor.1", &hidden)),
            (None, None)
        );
        assert_eq!(new.reveal_marked("second-factor.1", &anew).as_deref(), Some("JBSWY3DP"));
    }
}
