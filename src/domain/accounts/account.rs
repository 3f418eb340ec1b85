//! The account: one person.

use chrono::{DateTime, Utc};

use crate::domain::{ExternalId, Preferences};

/// An account's number: random, never sequential, and never shown on a page.
///
/// At most 52 bits, so that the sum of two never overflows: lists find the *other* party of an order as
/// `customer + freelancer - me`, which an index can answer and an "or" cannot.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct AccountId(pub i64);

impl AccountId {
    /// Makes a number of the highest 52 of these random bits.
    #[must_use]
    pub fn from_bits(random: u64) -> Self {
        Self((random >> 12).cast_signed())
    }
}

/// How often all sessions of an account were ended: by a new password, by a change of its second factor, or by signing
/// out everywhere. A sign-in belongs to the epoch in which its owner proved who they are, and opens no session in a
/// later one.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Epoch(pub i64);

/// An account: one person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Account {
    /// Its number.
    pub id: AccountId,
    /// The marketplace's own id, if it gave one.
    pub external_id: Option<ExternalId>,
    /// The e-mail address, in lower case.
    pub email: String,
    /// The name, as the other party sees it.
    pub name: String,
    /// The hash of the password; an imported account has none yet.
    pub password_hash: Option<String>,
    /// The choices of its owner.
    pub preferences: Preferences,
    /// When the account was made.
    pub created_at: DateTime<Utc>,
    /// How often all of its sessions were ended.
    pub epoch: Epoch,
    /// Since when signing in is blocked; `None` when the account is not suspended.
    pub suspended_at: Option<DateTime<Utc>>,
    /// When its owner signed in for the first time, as far as known.
    pub first_signed_in_at: Option<DateTime<Utc>>,
    /// Since when it has no owner any more; its name and its address are empty words then.
    pub erased_at: Option<DateTime<Utc>>,
}

impl Account {
    /// A new account, without a password and without choices.
    #[must_use]
    pub fn new(id: AccountId, email: String, name: String, created_at: DateTime<Utc>) -> Self {
        Self {
            id,
            external_id: None,
            email,
            name,
            password_hash: None,
            preferences: Preferences::default(),
            created_at,
            epoch: Epoch::default(),
            suspended_at: None,
            first_signed_in_at: None,
            erased_at: None,
        }
    }

    /// Whether its owner was erased.
    #[must_use]
    pub fn is_erased(&self) -> bool {
        self.erased_at.is_some()
    }

    /// Whether signing in is blocked.
    #[must_use]
    pub fn is_suspended(&self) -> bool {
        self.suspended_at.is_some()
    }
}

/// How long a link to set a password works, in hours.
pub const PASSWORD_LINK_HOURS: u32 = 48;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_sum_of_two_numbers_never_overflows() {
        let most = AccountId::from_bits(u64::MAX);
        assert_eq!(most, AccountId((1 << 52) - 1));
        assert_eq!((AccountId::from_bits(0), AccountId::from_bits(5 << 12)), (AccountId(0), AccountId(5)));
    }

    #[test]
    fn an_account_is_suspended_from_a_moment_on() {
        let account = Account::new(AccountId(1), "daan@example.com".into(), "Daan".into(), DateTime::UNIX_EPOCH);
        assert!(!account.is_suspended());
        assert!(Account { suspended_at: Some(DateTime::UNIX_EPOCH), ..account }.is_suspended());
    }
}
