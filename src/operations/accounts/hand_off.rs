//! Signing in at the marketplace: a visitor is sent there with a nonce, and comes back with an answer that names the account.
//! Both messages are signed with a secret that the marketplace and this program share.
//!
//! The nonce is bound to the visitor's browser by a cookie: a link of another person signs no visitor in. It counts once. The
//! answer holds no name and no address: those come by the interface for programs, and an account that is unknown here is not made.

use base64::Engine;
use base64::engine::general_purpose::{URL_SAFE, URL_SAFE_NO_PAD};
use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

use crate::domain::ExternalId;
use crate::operations::accounts::sign_in_links::Arrived;
use crate::operations::accounts::token;
use crate::secret::Secret;
use crate::store::accounts::{received, sign_in_links};
use crate::store::{Error, Store};

/// How long a visitor may take to sign in at the marketplace, in minutes (our choice: time to look up a password).
pub const MINUTES: i64 = 10;
/// How far the marketplace's clock may be ahead of ours, in minutes (our choice).
const AHEAD_MINUTES: i64 = 5;
/// The purpose of the names that the table of used nonces has.
const PURPOSE: &str = "hand-off";

/// The question to the marketplace: who is this visitor?
#[derive(Serialize)]
struct Question<'a> {
    nonce: &'a str,
    r#return: &'a str,
    exp: i64,
}

/// Its answer.
#[derive(Deserialize)]
struct Answer {
    nonce: String,
    external_id: String,
    exp: i64,
}

/// A message with its signature, as both stand in an address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Signed {
    /// The message: JSON in base64url.
    pub message: String,
    /// HMAC-SHA-256 over those very characters, as hexadecimal digits.
    pub signature: String,
}

/// A nonce for a visitor.
#[must_use]
pub fn nonce() -> String {
    token::random()
}

/// The question with that nonce; the answer goes to that address of ours. `now` is the wall clock.
#[must_use]
pub fn question(secret: &Secret, nonce: &str, return_to: &str, now: DateTime<Utc>) -> Signed {
    let exp = (now + TimeDelta::minutes(MINUTES)).timestamp();
    let question = serde_json::to_vec(&Question { nonce, r#return: return_to, exp }).expect("its keys are texts");
    let message = URL_SAFE_NO_PAD.encode(question);
    Signed { signature: secret.mac(&message), message }
}

/// The outcome of an answer.
#[derive(Debug, Clone)]
pub enum Outcome {
    /// It names this account.
    Arrived(Box<Arrived>),
    /// It names an account that is unknown here.
    Unknown,
    /// It is not signed by the marketplace, is too old, was used already, or is for another browser. Which one is for the log,
    /// not for the visitor.
    Refused(&'static str),
}

/// Reads an answer for the visitor with that nonce, who wants to go to that page, and uses the nonce up. `now` is the wall
/// clock.
pub fn answer(
    store: &Store,
    (shared, own): (&Secret, &Secret),
    signed: &Signed,
    (nonce, next): (&str, &str),
    now: DateTime<Utc>,
) -> Result<Outcome, Error> {
    let id = match read(shared, signed, nonce, now) {
        Ok(id) => id,
        Err(why) => return Ok(Outcome::Refused(why)),
    };
    let (used, until) = (own.fingerprint(PURPOSE, nonce), now + TimeDelta::minutes(2 * MINUTES));
    store.write(|db| {
        if sign_in_links::is_used(db, &used, now, until)? {
            return Ok(Outcome::Refused("used"));
        }
        match received::by_external_id(db, &id)? {
            Some(person) => Ok(Outcome::Arrived(Box::new(Arrived::new(db, person, next.to_owned())?))),
            None => Ok(Outcome::Unknown),
        }
    })
}

/// The id that an answer names, or why it cannot be taken.
fn read(shared: &Secret, signed: &Signed, nonce: &str, now: DateTime<Utc>) -> Result<ExternalId, &'static str> {
    if !shared.is_mac(&signed.message, &signed.signature) {
        return Err("signature");
    }
    let message = signed.message.as_str();
    let json = URL_SAFE_NO_PAD.decode(message).or_else(|_| URL_SAFE.decode(message)).map_err(|_| "base64url")?;
    let answer: Answer = serde_json::from_slice(&json).map_err(|_| "fields")?;
    let last = now + TimeDelta::minutes(MINUTES + AHEAD_MINUTES);
    if answer.nonce != nonce {
        return Err("nonce");
    }
    if !(now.timestamp() + 1..=last.timestamp()).contains(&answer.exp) {
        return Err("exp");
    }
    answer.external_id.parse().map_err(|_| "external_id")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn now() -> DateTime<Utc> {
        DateTime::from_timestamp(1_800_000_000, 0).unwrap()
    }

    fn signed(secret: &Secret, json: &str) -> Signed {
        let message = URL_SAFE_NO_PAD.encode(json);
        Signed { signature: secret.mac(&message), message }
    }

    #[test]
    fn an_answer_counts_for_its_nonce_while_it_is_fresh_and_signed() {
        let (ours, other) = (Secret::new(&[1; 32]), Secret::new(&[2; 32]));
        let json = |nonce: &str, id: &str, seconds: i64| {
            format!("{{\"nonce\":\"{nonce}\",\"external_id\":\"{id}\",\"exp\":{}}}", now().timestamp() + seconds)
        };
        let id = |signed: &Signed| read(&ours, signed, "n1", now()).ok().map(|id| id.to_string());
        assert_eq!(id(&signed(&ours, &json("n1", "4711", 60))).as_deref(), Some("4711"));
        let upper = signed(&ours, &json("n1", "4711", 60));
        assert!(id(&Signed { signature: upper.signature.to_uppercase(), ..upper }).is_some(), "digits of either case");
        for (what, wrong) in [
            ("another secret", signed(&other, &json("n1", "4711", 60))),
            ("another nonce", signed(&ours, &json("n2", "4711", 60))),
            ("too old", signed(&ours, &json("n1", "4711", 0))),
            ("too long", signed(&ours, &json("n1", "4711", 3_600))),
            ("no id that there can be", signed(&ours, &json("n1", "none", 60))),
            ("no JSON", signed(&ours, "n1")),
            ("no id", signed(&ours, "{\"nonce\":\"n1\",\"exp\":1800000060}")),
            ("no signature", Signed { signature: String::new(), ..signed(&ours, &json("n1", "4711", 60)) }),
        ] {
            assert_eq!(id(&wrong), None, "{what}");
        }
        let rotating = Secret::new(&[2; 32]).accepting(&[1; 32]);
        let old = signed(&ours, &json("n1", "4711", 60));
        assert!(read(&rotating, &old, "n1", now()).is_ok(), "while the secret is changed");
    }

    #[test]
    fn a_question_is_signed_json_that_the_marketplace_can_read() {
        let secret = Secret::new(&[1; 32]);
        let question = question(&secret, "n1", "https://oplossing.example.com/sign-in/return", now());
        assert!(secret.is_mac(&question.message, &question.signature));
        let json = String::from_utf8(URL_SAFE_NO_PAD.decode(&question.message).unwrap()).unwrap();
        let exp = now().timestamp() + 600;
        assert_eq!(
            json,
            format!("{{\"nonce\":\"n1\",\"return\":\"https://oplossing.example.com/sign-in/return\",\"exp\":{exp}}}")
        );
    }
}
