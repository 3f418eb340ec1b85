//! Passwords: argon2id with 19 MiB, two passes and one lane, as OWASP's cheat sheet asks for at least; and which ones
//! may be chosen, as NIST SP 800-63B asks: long enough, not one of the first that anybody would try, and nothing about
//! capitals and digits.

use argon2::password_hash::phc::PasswordHash;
use argon2::{Algorithm, Argon2, Params, PasswordHasher, PasswordVerifier, Version};
use zxcvbn::zxcvbn;

use crate::store::accounts::Person;

/// The fewest characters of a password (our choice, two more than OWASP ASVS 5 asks).
pub const MIN_CHARS: usize = 10;
/// The most characters: plenty for a sentence, and not enough to keep the server busy.
pub const MAX_CHARS: usize = 128;
/// Guesses that a password must withstand (our choice). Whoever tries the 30,000 most used ones, each with a capital,
/// digits or a year behind it, the names of a person, or a row of keys, gets there within ten million.
const MIN_GUESSES: u64 = 10_000_000;
/// Words that people think of here, besides their own name and address.
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

/// What is wrong with a new password.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Flaw {
    /// Fewer characters than [`MIN_CHARS`].
    TooShort,
    /// More characters than [`MAX_CHARS`].
    TooLong,
    /// One of the first that somebody would try: much used, or their own name with something behind it.
    Guessable,
}

/// What is wrong with a new password for that person, if anything is. Takes some milliseconds: keep it off the async
/// threads.
#[must_use]
pub fn flaw(password: &str, person: &Person) -> Option<Flaw> {
    match password.chars().count() {
        short if short < MIN_CHARS => return Some(Flaw::TooShort),
        long if long > MAX_CHARS => return Some(Flaw::TooLong),
        _ => {}
    }
    let of_address = person.email.split(|c: char| !c.is_alphanumeric());
    let of_name = person.name.split_whitespace();
    let whole_name: String = of_name.clone().collect();
    let of_person = [person.email.as_str(), &whole_name].into_iter().chain(of_address).chain(of_name);
    let known: Vec<&str> = of_person.filter(|word| word.chars().count() > 2).chain(WORDS_OF_HERE).collect();
    (zxcvbn(password, &known).guesses() < MIN_GUESSES).then_some(Flaw::Guessable)
}

fn argon2() -> Argon2<'static> {
    let params = Params::new(19 * 1024, 2, 1, None).expect("these are valid parameters");
    Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
}

/// What is compared when there is no account or no password, so that nobody can tell by the time it takes: as slow as
/// any hash of ours, and of no password anybody knows.
const NOBODY: &str =
    "$argon2id$v=19$m=19456,t=2,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

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
    let known = PasswordHash::new(hash.unwrap_or(NOBODY));
    let same = known.is_ok_and(|known| argon2().verify_password(password.as_bytes(), &known).is_ok());
    same && hash.is_some()
}

#[cfg(test)]
mod tests {
    use chrono::DateTime;

    use super::*;
    use crate::domain::{AccountId, Epoch};

    fn sanne() -> Person {
        Person {
            id: AccountId(1),
            email: "sanne.devries@bakkerij-jansen.example".into(),
            name: "Sanne de Vries".into(),
            password_hash: None,
            language: None,
            time_zone: None,
            theme: None,
            created_at: DateTime::UNIX_EPOCH,
            mail_comments: true,
            mail_reminders: true,
            epoch: Epoch::default(),
        }
    }

    #[test]
    fn only_the_same_password_matches_and_nobody_has_none() {
        let known = hash("correct horse battery");
        assert!(known.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{known}");
        assert_ne!(known, hash("correct horse battery"), "each has a salt of its own");
        assert!(matches("correct horse battery", Some(&known)));
        assert!(!matches("correct horse batterY", Some(&known)));
        assert!(!matches("", None));
        assert!(!matches("x", Some("not a hash")));
    }

    #[test]
    fn the_hash_of_nobody_is_as_slow_as_any_other() {
        let (of_nobody, known) = (PasswordHash::new(NOBODY).unwrap(), hash("x"));
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
            assert_eq!(flaw(password, &sanne()), Some(Flaw::Guessable), "{password}");
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
            assert_eq!(flaw(password, &sanne()), None, "{password}");
        }
        assert_eq!(flaw("kort maar", &sanne()), Some(Flaw::TooShort));
        assert_eq!(flaw(&"x9 ".repeat(43), &sanne()), Some(Flaw::TooLong));
        let as_long_as_can_be = "wilde paarden galopperen langs de branding ".repeat(3)[..MAX_CHARS].to_owned();
        assert_eq!(flaw(&as_long_as_can_be, &sanne()), None, "{MAX_CHARS} characters");
    }
}
