//! Passwords: argon2id with 19 MiB, two passes and one lane, as OWASP's cheat sheet asks for at least.

use std::sync::LazyLock;

use argon2::password_hash::phc::PasswordHash;
use argon2::{Algorithm, Argon2, Params, PasswordHasher, PasswordVerifier, Version};

/// The fewest characters of a password (our choice, two more than NIST SP 800-63B asks).
pub const MIN_CHARS: usize = 10;
/// The most characters: plenty for a sentence, and not enough to keep the server busy.
pub const MAX_CHARS: usize = 128;

fn argon2() -> Argon2<'static> {
    let params = Params::new(19 * 1024, 2, 1, None).expect("these are valid parameters");
    Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
}

/// What is compared when there is no account or no password, so that nobody can tell by the time it takes.
static NOBODY: LazyLock<String> = LazyLock::new(|| hash("nobody has this password"));

/// The hash to remember of a password, with a salt of its own. Slow on purpose.
///
/// # Panics
///
/// Never for a text of a sane length: argon2 only refuses passwords of 4 GiB.
#[must_use]
pub fn hash(password: &str) -> String {
    argon2().hash_password(password.as_bytes()).expect("a password can be hashed").to_string()
}

/// Whether this is the password behind that hash; takes as long when there is no hash.
#[must_use]
pub fn matches(password: &str, hash: Option<&str>) -> bool {
    let known = PasswordHash::new(hash.unwrap_or(&NOBODY));
    let same = known.is_ok_and(|known| argon2().verify_password(password.as_bytes(), &known).is_ok());
    same && hash.is_some()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_same_password_matches_and_nobody_has_none() {
        let known = hash("correct horse battery");
        assert!(known.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{known}");
        assert_ne!(known, hash("correct horse battery"), "each has a salt of its own");
        assert!(matches("correct horse battery", Some(&known)));
        assert!(!matches("correct horse batterY", Some(&known)));
        assert!(!matches("nobody has this password", None));
        assert!(!matches("x", Some("not a hash")));
    }
}
