//! The link of a question's mail: it opens that question for the account that the mail goes to, without signing in, as often
//! as needed until the deadline (rules 17).
//!
//! It is kept nowhere. The token is encrypted, so that nothing can be read in it, and tells which account, question and
//! generations it was written for. Signing out everywhere, a new password or another e-mail address ends it; suspending the
//! account does not, since nobody must lose by silence because of us.

use crate::domain::{Account, AccountId, Reference};
use crate::paths;
use crate::secret::Secret;
use crate::settings::Settings;
use crate::store::accounts::generations::Generations;

/// The purpose of these tokens; a seal for another purpose is not accepted.
const PURPOSE: &str = "answer";
/// How many hexadecimal digits tell apart what ends a link. They need not be hard to guess, since the token is encrypted.
const MARK_DIGITS: usize = 10;

/// The meaning of a token.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AnswerLink {
    /// The account that must answer.
    pub account: AccountId,
    /// The order.
    pub reference: Reference,
    /// The number of the question.
    pub number: i32,
    /// What stood at the account when the mail was written.
    mark: String,
}

/// The address that opens that question for that account.
#[must_use]
pub fn address(
    settings: &Settings,
    to: &Account,
    generations: Generations,
    (reference, number): (Reference, i32),
) -> String {
    let link = AnswerLink { account: to.id, reference, number, mark: mark(&settings.secret, to, generations) };
    format!("{}{}", settings.public_url, paths::answer(&link.token(&settings.secret)))
}

/// Reads a token; `None` when it is not one of ours.
#[must_use]
pub fn read(secret: &Secret, token: &str) -> Option<AnswerLink> {
    let written = secret.reveal(PURPOSE, token)?;
    let mut parts = written.split('.');
    let account = AccountId(i64::from_str_radix(parts.next()?, 16).ok()?);
    let (reference, number) = (parts.next()?.parse().ok()?, parts.next()?.parse().ok()?);
    let mark = parts.next()?.to_owned();
    parts.next().is_none().then_some(AnswerLink { account, reference, number, mark })
}

impl AnswerLink {
    fn token(&self, secret: &Secret) -> String {
        secret.hide(PURPOSE, &format!("{:x}.{}.{}.{}", self.account.0, self.reference, self.number, self.mark))
    }

    /// Whether nothing has ended it: the account is still as it was when the mail was written.
    #[must_use]
    pub fn lasts(&self, secret: &Secret, person: &Account, generations: Generations) -> bool {
        let is_same = |secret: Secret| self.mark == mark(&secret, person, generations);
        person.id == self.account && secret.each().any(is_same)
    }
}

/// What ends a link when it changes: the account's known browsers, which signing out everywhere forgets; its password; and
/// its address.
fn mark(secret: &Secret, person: &Account, generations: Generations) -> String {
    let state = format!("{}.{}.{}", generations.devices, generations.passwords, person.email);
    let mut mark = secret.fingerprint(PURPOSE, &state);
    mark.truncate(MARK_DIGITS);
    mark
}

#[cfg(test)]
mod tests {
    use chrono::DateTime;

    use super::*;

    fn sanne() -> Account {
        let id = AccountId(4_503_599_627_370_495);
        Account::new(id, "sanne@example.com".into(), "Sanne de Vries".into(), DateTime::UNIX_EPOCH)
    }

    fn link(secret: &Secret) -> AnswerLink {
        let (reference, person) = ("OC-7K3M9QXA".parse().unwrap(), sanne());
        AnswerLink { account: person.id, reference, number: 3, mark: mark(secret, &person, Generations::default()) }
    }

    #[test]
    fn a_token_tells_its_question_to_us_alone_and_fits_a_line_of_a_mail() {
        let (ours, theirs) = (Secret::new(&[7; 64]), Secret::new(&[8; 64]));
        let token = link(&ours).token(&ours);
        assert_eq!(read(&ours, &token), Some(link(&ours)));
        assert!(token.len() < 100, "{}", token.len());
        assert!(token.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_'), "{token}");
        assert!(!token.contains("7K3M9QXA"), "{token}");
        assert_eq!(read(&theirs, &token), None, "another server's secret");
        assert_eq!(read(&theirs.accepting(&[7; 64]), &token), Some(link(&ours)), "while the key is changed");
        assert_eq!(read(&ours, &ours.hide("other", "1.OC-7K3M9QXA.1.x")), None, "another purpose");
        for wrong in ["", ".", "x", &token[..token.len() - 1], &format!("{token}A"), &ours.hide(PURPOSE, "1.x.1.y")] {
            assert_eq!(read(&ours, wrong), None, "{wrong}");
        }
    }

    #[test]
    fn it_ends_with_the_browsers_the_password_or_the_address_of_its_account() {
        let (secret, now) = (Secret::new(&[7; 64]), Generations::default());
        let lasts = |person: &Account, generations| link(&secret).lasts(&secret, person, generations);
        assert!(lasts(&sanne(), now));
        assert!(lasts(&sanne(), Generations { limits: 1, ..now }), "forgiven attempts end nothing");
        let changed = Secret::new(&[8; 64]).accepting(&[7; 64]);
        assert!(link(&secret).lasts(&changed, &sanne(), now), "while the key is changed");
        assert!(!lasts(&sanne(), Generations { devices: 1, ..now }));
        assert!(!lasts(&sanne(), Generations { passwords: 1, ..now }));
        assert!(!lasts(&Account { email: "s@example.com".into(), ..sanne() }, now));
        assert!(!lasts(&Account { id: AccountId(7), ..sanne() }, now));
    }
}
