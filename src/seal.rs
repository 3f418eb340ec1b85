//! Names that only our servers can have handed out: an id, a dot, and a signature of it. The database holds the id, so
//! that a copy of it opens nothing; the signature is worked out again whenever it is needed.

use std::fmt::Write;

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

/// Bytes of a signature that are kept: 128 bits.
const KEPT: usize = 16;

/// What a sealed name is for; one made for something else does not open it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, strum::IntoStaticStr)]
#[strum(serialize_all = "snake_case")]
pub enum Purpose {
    /// The address of somebody's calendar.
    Calendar,
    /// A link that sets a password.
    Password,
}

fn signature(secret: &[u8], purpose: Purpose, id: &str) -> Hmac<Sha256> {
    let mut mac = Hmac::<Sha256>::new_from_slice(secret).expect("a key of any length will do");
    mac.update(<&str>::from(purpose).as_bytes());
    mac.update(b":");
    mac.update(id.as_bytes());
    mac
}

/// The name to hand out for an id.
#[must_use]
pub fn seal(secret: &[u8], purpose: Purpose, id: &str) -> String {
    let bytes = signature(secret, purpose, id).finalize().into_bytes();
    bytes.iter().take(KEPT).fold(format!("{id}."), |mut name, byte| {
        write!(name, "{byte:02x}").expect("writing to a string never fails");
        name
    })
}

/// The id in a name that we have handed out; nothing for any other name, in a time that does not tell how wrong it is.
#[must_use]
pub fn open<'a>(secret: &[u8], purpose: Purpose, name: &'a str) -> Option<&'a str> {
    let (id, digits) = name.split_once('.')?;
    let byte = |at: usize| u8::from_str_radix(digits.get(at..at + 2)?, 16).ok();
    let written: Vec<u8> = (0..digits.len()).step_by(2).map(byte).collect::<Option<_>>()?;
    let is_whole = digits.len() == KEPT * 2 && !digits.bytes().any(|digit| digit.is_ascii_uppercase() || digit == b'+');
    let is_ours = is_whole && signature(secret, purpose, id).verify_truncated_left(&written).is_ok();
    is_ours.then_some(id)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_name_we_handed_out_for_this_opens() {
        let name = seal(b"geheim", Purpose::Calendar, "abc");
        assert_eq!(name.len(), "abc.".len() + 32);
        assert_eq!(open(b"geheim", Purpose::Calendar, &name), Some("abc"));
        assert_eq!(open(b"geheim", Purpose::Password, &name), None, "made for something else");
        assert_eq!(open(b"ander", Purpose::Calendar, &name), None, "of another server");
        for wrong in [
            "",
            "abc",
            "abc.",
            "abc.00",
            &name.replace("abc", "abd"),
            &name[..name.len() - 2],
            &format!("{name}00"),
            &name.to_uppercase().replace("ABC", "abc"),
            &format!("{}é", &name[..name.len() - 2]),
        ] {
            assert_eq!(open(b"geheim", Purpose::Calendar, wrong), None, "{wrong}");
        }
    }
}
