//! The address behind `List-Unsubscribe`: it switches off one kind of mail for one account, without signing in, until
//! [`WORKS_DAYS`] after the mail was written.

use chrono::{DateTime, TimeDelta, Utc};

use crate::domain::{AccountId, OptionalMail};
use crate::paths;
use crate::secret::Secret;
use crate::settings::Settings;

/// How long such an address works, in days (our choice: a mail is answered or forgotten by then; CAN-SPAM asks for 30).
/// Without an end, a mail that was once forwarded could silence reminders years later.
pub const WORKS_DAYS: i64 = 90;

/// The purpose of these seals; a seal for another purpose is not accepted.
const PURPOSE: &str = "unsubscribe";

/// The meaning of an unsubscribe address.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Token {
    /// It switches that kind of mail off for that account.
    Works(OptionalMail, AccountId),
    /// It is ours, and its time is over.
    Ended,
}

/// The address that switches this kind of mail off for that account, in a mail written at `now`.
#[must_use]
pub fn address(settings: &Settings, kind: OptionalMail, account: AccountId, now: DateTime<Utc>) -> String {
    format!("{}{}", settings.public_url, paths::unsubscribe(&token(&settings.secret, kind, account, now)))
}

/// The last part of that address: the kind of mail, the account, its end, and a seal that only the servers can make.
fn token(secret: &Secret, kind: OptionalMail, account: AccountId, now: DateTime<Utc>) -> String {
    let until = (now + TimeDelta::days(WORKS_DAYS)).timestamp();
    secret.name(PURPOSE, &format!("{}.{:x}.{until:x}", <&str>::from(kind), account.0))
}

/// Reads a token; `None` when it is not one of ours. Early tokens have no end, and count as ended.
#[must_use]
pub fn read(secret: &Secret, token: &str, now: DateTime<Utc>) -> Option<Token> {
    let mut parts = secret.named(PURPOSE, token)?.split('.');
    let kind = parts.next()?.parse().ok()?;
    let account = AccountId(i64::from_str_radix(parts.next()?, 16).ok()?);
    let until = parts.next().map_or(Some(i64::MIN), |until| i64::from_str_radix(until, 16).ok())?;
    Some(if now.timestamp() < until { Token::Works(kind, account) } else { Token::Ended })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn moment(seconds: i64) -> DateTime<Utc> {
        DateTime::from_timestamp(1_790_000_000 + seconds, 0).unwrap()
    }

    #[test]
    fn a_token_says_what_and_for_whom_and_cannot_be_made_up() {
        let (secret, now) = (Secret::new(&[7; 64]), moment(0));
        let (kind, account) = (OptionalMail::Reminders, AccountId(4_503_599_627_370_495));
        let token = token(&secret, kind, account, now);
        assert_eq!(read(&secret, &token, now), Some(Token::Works(kind, account)));
        assert!(token.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'.'), "{token}");
        let sly = token.replace("reminders", "comments");
        for wrong in ["", ".", "reminders.1.", &token[..token.len() - 1], &sly, &format!("x{token}")] {
            assert_eq!(read(&secret, wrong, now), None, "{wrong}");
        }
        assert_eq!(read(&Secret::new(&[8; 64]), &token, now), None, "another server's secret");
    }

    #[test]
    fn a_token_ends_after_ninety_days_and_one_of_old_without_an_end_has_ended() {
        let (secret, account) = (Secret::new(&[7; 64]), AccountId(7));
        let token = token(&secret, OptionalMail::Comments, account, moment(0));
        let days = WORKS_DAYS * 86_400;
        assert_eq!(read(&secret, &token, moment(days - 1)), Some(Token::Works(OptionalMail::Comments, account)));
        assert_eq!(read(&secret, &token, moment(days)), Some(Token::Ended));
        let old = secret.name(PURPOSE, "comments.7");
        assert_eq!(read(&secret, &old, moment(0)), Some(Token::Ended));
    }
}
