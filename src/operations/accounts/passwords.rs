//! Passwords. They are hashed by argon2id with 19 MiB, two passes and one lane, the least that OWASP's cheat sheet
//! advises. A new one must be long enough and hard to guess, without rules about capitals and digits (NIST SP 800-63B).

use argon2::password_hash::generate_salt;
use argon2::password_hash::phc::{Output, ParamsString, PasswordHash, Salt};
use argon2::{Algorithm, Argon2, Params, Version};
use zxcvbn::zxcvbn;

use crate::domain::Account;
use crate::turns::Turn;

/// The fewest characters of a password (our choice, two more than OWASP ASVS 5 asks).
pub const MIN_CHARS: usize = 10;
/// The most characters: plenty for a sentence, and too few to keep the server busy.
pub const MAX_CHARS: usize = 128;
/// How many guesses a password must withstand (our choice). Ten million guesses cover the 30,000 most used passwords,
/// each with a capital, digits or a year behind it, the names of a person, and rows of keys.
const MIN_GUESSES: u64 = 10_000_000;
/// How many characters are judged: a password withstands at least as many guesses as its first 64 characters. The time
/// that judging takes grows faster than the square of their number.
const JUDGED_CHARS: usize = 64;
/// Words that people here think of first, besides their own name and address.
const WORDS_OF_HERE: [&str; 14] = [
    "oplossingscentrum",
    "oplossing",
    "wachtwoord",
    "welkom",
    "geheim",
    "bestelling",
    "opdracht",
    "klant",
    "freelancer",
    "marktplaats",
    "marketplace",
    "resolution",
    "order",
    "customer",
];

/// A fault of a new password.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Flaw {
    /// Fewer characters than [`MIN_CHARS`].
    TooShort,
    /// More characters than [`MAX_CHARS`].
    TooLong,
    /// An attacker would guess it early: it is much used, or the person's own name with something behind it.
    Guessable,
}

/// Whether a new password is too short or too long. This check takes no time.
#[must_use]
pub fn wrong_length(password: &str) -> Option<Flaw> {
    match password.chars().count() {
        short if short < MIN_CHARS => Some(Flaw::TooShort),
        long if long > MAX_CHARS => Some(Flaw::TooLong),
        _ => None,
    }
}

/// The fault of a new password for that person, if there is one. This check takes a core for a while.
#[must_use]
pub fn flaw(turn: &mut Turn, password: &str, person: &Account) -> Option<Flaw> {
    wrong_length(password).or_else(|| turn.run(|| is_guessable(password, person).then_some(Flaw::Guessable)))
}

fn is_guessable(password: &str, person: &Account) -> bool {
    let of_address = person.email.split(|c: char| !c.is_alphanumeric());
    let of_name = person.name.split_whitespace();
    let whole_name: String = of_name.clone().collect();
    let of_person = [person.email.as_str(), &whole_name].into_iter().chain(of_address).chain(of_name);
    let known: Vec<&str> = of_person.filter(|word| word.chars().count() > 2).chain(WORDS_OF_HERE).collect();
    let judged: String = password.chars().take(JUDGED_CHARS).collect();
    zxcvbn(&judged, &known).guesses() < MIN_GUESSES
}

/// The parameters of a new hash.
fn params() -> Params {
    Params::new(19 * 1024, 2, 1, None).expect("these are valid parameters")
}

/// The hash that is compared when there is no account or no password. It is as slow as any hash of ours and matches no
/// known password, so that the duration tells nothing.
const NOBODY: &str =
    "$argon2id$v=19$m=19456,t=2,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

/// Hashes a password with a salt of its own. Slow on purpose.
#[must_use]
pub fn hash(turn: &mut Turn, password: &str) -> String {
    let (algorithm, version, params) = (Algorithm::Argon2id, Version::V0x13, params());
    let salt = Salt::new(&generate_salt()).expect("a salt of 16 bytes is one");
    let output = computed(turn, &Argon2::new(algorithm, version, params.clone()), password, &salt);
    PasswordHash {
        algorithm: algorithm.ident(),
        version: Some(version.into()),
        params: ParamsString::try_from(&params).expect("these are valid parameters"),
        salt: Some(salt),
        hash: Some(output.expect("a password can be hashed")),
    }
    .to_string()
}

/// Whether this is the password of that hash; takes as long when there is no hash.
#[must_use]
pub fn matches(turn: &mut Turn, password: &str, hash: Option<&str>) -> bool {
    let known = PasswordHash::new(hash.unwrap_or(NOBODY));
    let same = known.is_ok_and(|known| is_behind(turn, password, &known).is_some_and(|same| same));
    same && hash.is_some()
}

/// Hashes a password with the parameters of a known hash, and compares. `None` when that fails.
fn is_behind(turn: &mut Turn, password: &str, known: &PasswordHash) -> Option<bool> {
    let algorithm = Algorithm::try_from(known.algorithm.as_str()).ok()?;
    let version = known.version.map_or(Some(Version::V0x13), |version| Version::try_from(version).ok())?;
    let params = Params::try_from(known).ok()?;
    let output = computed(turn, &Argon2::new(algorithm, version, params), password, known.salt.as_ref()?)?;
    // The comparison takes the same time wherever they differ.
    Some(known.hash.as_ref()? == &output)
}

/// Computes the hash in the memory of the turn; `None` when it needs more than that.
fn computed(turn: &mut Turn, argon2: &Argon2<'_>, password: &str, salt: &Salt) -> Option<Output> {
    let mut output = [0; Output::MAX_LENGTH];
    let output = output.get_mut(..argon2.params().output_len().unwrap_or(Params::DEFAULT_OUTPUT_LEN))?;
    let hashed = turn.run_with_memory(|memory| {
        argon2.hash_password_into_with_memory(password.as_bytes(), salt.as_ref(), output, memory)
    });
    hashed.ok().and_then(|()| Output::new(output).ok())
}

#[cfg(test)]
mod tests {
    use argon2::PasswordHasher;
    use chrono::DateTime;

    use super::*;
    use crate::domain::AccountId;

    fn sanne() -> Account {
        let email = "sanne.devries@bakkerij-jansen.example".into();
        Account::new(AccountId(1), email, "Sanne de Vries".into(), DateTime::UNIX_EPOCH)
    }

    #[test]
    fn only_the_same_password_matches_and_nobody_has_none() {
        let turn = &mut Turn::alone();
        let known = hash(turn, "correct horse battery");
        assert!(known.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{known}");
        assert_ne!(known, hash(turn, "correct horse battery"), "each has a salt of its own");
        assert!(matches(turn, "correct horse battery", Some(&known)));
        assert!(!matches(turn, "correct horse batterY", Some(&known)));
        assert!(!matches(turn, "", None));
        assert!(!matches(turn, "x", Some("not a hash")));
    }

    #[test]
    fn the_hash_of_nobody_is_as_slow_as_any_other() {
        let (of_nobody, known) = (PasswordHash::new(NOBODY).unwrap(), hash(&mut Turn::alone(), "x"));
        let known = PasswordHash::new(&known).unwrap();
        assert_eq!((of_nobody.algorithm, of_nobody.version), (known.algorithm, known.version));
        assert_eq!(of_nobody.params.to_string(), known.params.to_string());
        let length = |hash: &PasswordHash| hash.hash.as_ref().map(|hash| hash.as_bytes().len());
        assert_eq!(length(&of_nobody), length(&known));
    }

    #[test]
    fn what_anybody_would_try_first_is_refused() {
        for password in [
            "qwertyuiop",
            "1234567890",
            "q1w2e3r4t5",
            "Password123",
            "p@ssword123",
            "iloveyou123",
            "aaaaaaaaaaaa",
            "1029384756",
            "playstation",
            "wachtwoord1",
            "Wachtwoord!",
            "Welkom01!!",
            "voetbal123",
            "oplossingscentrum",
            "Oplossingscentrum1",
            "sannedevries",
            "SanneDeVries1",
            "Sanne12345",
            "bakkerij2026",
            "sanne.devries@bakkerij-jansen.example",
        ] {
            assert_eq!(flaw(&mut Turn::alone(), password, &sanne()), Some(Flaw::Guessable), "{password}");
        }
    }

    #[test]
    fn any_other_password_of_ten_to_128_characters_will_do_whatever_it_is_made_of() {
        let long = "zon maan ster ".repeat(9);
        for password in [
            "een heel ander wachtwoord",
            "een heel ander",
            "fiets regen pannenkoek",
            "correct horse battery staple",
            "kjhzxcvqwp",
            "ماه و خورشید و ستاره",
            "🌞🌛⭐🌧🍕🚲🎈🐸🧦🪁",
            &long,
        ] {
            assert_eq!(flaw(&mut Turn::alone(), password, &sanne()), None, "{password}");
        }
        assert_eq!(flaw(&mut Turn::alone(), "kort maar", &sanne()), Some(Flaw::TooShort));
        assert_eq!(flaw(&mut Turn::alone(), &"x9 ".repeat(43), &sanne()), Some(Flaw::TooLong));
        let as_long_as_can_be = "wilde paarden galopperen langs de branding ".repeat(3)[..MAX_CHARS].to_owned();
        assert_eq!(flaw(&mut Turn::alone(), &as_long_as_can_be, &sanne()), None, "{MAX_CHARS} characters");
    }

    #[test]
    fn a_hash_that_was_made_in_fresh_memory_matches_in_memory_that_was_used_before() {
        let turn = &mut Turn::alone();
        for params in [params(), Params::new(8, 1, 1, None).unwrap()] {
            let argon2 = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
            let known = argon2.hash_password(b"oplossing-test").unwrap().to_string();
            for _ in 0..2 {
                assert!(matches(turn, "oplossing-test", Some(&known)), "{known}");
                assert!(!matches(turn, "dit is het niet", Some(&known)), "{known}");
            }
        }
        let known = hash(turn, "oplossing-test");
        let fresh = argon2::PasswordVerifier::verify_password(&Argon2::default(), b"oplossing-test", known.as_str());
        assert_eq!(fresh, Ok(()), "{known}");
        assert!(
            !matches(turn, "x", Some(&NOBODY.replace("m=19456", "m=65536"))),
            "a turn has 19 MiB, and this takes 64"
        );
    }

    #[test]
    fn the_first_64_characters_are_judged() {
        let turn = &mut Turn::alone();
        let (dull, sharp) = ("a".repeat(64), "kjhzxcvqwp een heel ander fiets regen");
        assert_eq!(flaw(turn, &format!("{dull}{sharp}"), &sanne()), Some(Flaw::Guessable));
        assert_eq!(flaw(turn, &format!("{sharp}{dull}"), &sanne()), None);
    }
}
