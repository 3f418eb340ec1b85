//! The address behind `List-Unsubscribe`: it switches off one kind of mail for one account, without signing in.

use crate::domain::AccountId;
use crate::paths;
use crate::secret::Secret;
use crate::settings::Settings;
use crate::store::accounts::Optional;

/// The purpose of these seals; a seal for another purpose is not accepted.
const PURPOSE: &str = "unsubscribe";

/// The address that switches this kind of mail off for that account.
#[must_use]
pub fn address(settings: &Settings, kind: Optional, account: AccountId) -> String {
    format!("{}{}", settings.public_url, paths::unsubscribe(&token(&settings.secret, kind, account)))
}

/// The last part of that address: the kind of mail, the account, and a seal that only we can make.
fn token(secret: &Secret, kind: Optional, account: AccountId) -> String {
    secret.name(PURPOSE, &format!("{}.{:x}", <&str>::from(kind), account.0))
}

/// Reads a token; `None` when it is not one of ours.
#[must_use]
pub fn read(secret: &Secret, token: &str) -> Option<(Optional, AccountId)> {
    let (kind, account) = secret.named(PURPOSE, token)?.split_once('.')?;
    Some((kind.parse().ok()?, AccountId(i64::from_str_radix(account, 16).ok()?)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_says_what_and_for_whom_and_cannot_be_made_up() {
        let secret = Secret::new(&[7; 64]);
        let (kind, account) = (Optional::Reminders, AccountId(4_503_599_627_370_495));
        let token = token(&secret, kind, account);
        assert_eq!(read(&secret, &token), Some((kind, account)));
        assert!(token.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'.'), "{token}");
        let sly = token.replace("reminders", "comments");
        for wrong in ["", ".", "reminders.1.", &token[..token.len() - 1], &sly, &format!("x{token}")] {
            assert_eq!(read(&secret, wrong), None, "{wrong}");
        }
        assert_eq!(read(&Secret::new(&[8; 64]), &token), None, "another server's secret");
    }
}
