//! Keys of the marketplace's programs: what each may do, and how long it works.

use chrono::{DateTime, Utc};
use rand::distr::{Alphanumeric, SampleString};

/// What a key may do. Nothing here reads a dispute: whatever the marketplace's programs may read, its customer service reads.
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    strum::AsRefStr,
    strum::EnumString,
    strum::IntoStaticStr,
    strum::VariantArray,
    strum::VariantNames,
)]
pub enum Scope {
    /// To read accounts by the marketplace's ids.
    #[strum(serialize = "accounts:read")]
    AccountsRead,
    /// To add accounts and to change their names and addresses.
    #[strum(serialize = "accounts:write")]
    AccountsWrite,
    /// To have accounts erased.
    #[strum(serialize = "accounts:erase")]
    AccountsErase,
    /// To read orders as the marketplace sees them.
    #[strum(serialize = "orders:read")]
    OrdersRead,
    /// To add orders and to let them follow the marketplace.
    #[strum(serialize = "orders:write")]
    OrdersWrite,
    /// To read what became of orders, entry by entry.
    #[strum(serialize = "events:read")]
    EventsRead,
    /// To make links that sign a person in.
    #[strum(serialize = "sign_in:create")]
    SignInCreate,
}

/// What every key begins with, so that people and scanners for secrets recognise one.
const PREFIX: &str = "ocs_";
/// How many characters the part has by which a key is found.
const ID_CHARS: usize = 8;
/// How many characters the secret part has: 43 out of 62 kinds, some 256 random bits.
const SECRET_CHARS: usize = 43;

/// A key as its owner has it. It is shown once, when it is made.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret {
    /// The part by which it is found, which is no secret.
    pub id: String,
    /// The secret part.
    pub secret: String,
}

impl Secret {
    /// Makes a new key with a cryptographic generator that the system seeds.
    #[must_use]
    pub fn random() -> Self {
        let part = |chars| Alphanumeric.sample_string(&mut rand::rng(), chars);
        Self { id: part(ID_CHARS), secret: part(SECRET_CHARS) }
    }

    /// Reads a key; `None` when it has not the form of one.
    #[must_use]
    pub fn parse(written: &str) -> Option<Self> {
        let (id, secret) = written.strip_prefix(PREFIX)?.split_once('_')?;
        let is_part = |part: &str, chars| part.len() == chars && part.bytes().all(|byte| byte.is_ascii_alphanumeric());
        (is_part(id, ID_CHARS) && is_part(secret, SECRET_CHARS))
            .then(|| Self { id: id.to_owned(), secret: secret.to_owned() })
    }

    /// The whole key: `ocs_`, the id, `_` and the secret.
    #[must_use]
    pub fn text(&self) -> String {
        format!("{PREFIX}{}_{}", self.id, self.secret)
    }
}

/// Prints the id only.
impl std::fmt::Debug for Secret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{PREFIX}{}", self.id)
    }
}

/// A key as the database has it. All moments are those of the wall clock (UTC).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Key {
    /// The part by which it is found.
    pub id: String,
    /// The name that the operator gave it; after a rotation two keys have it.
    pub name: String,
    /// What it may do.
    pub scopes: Vec<Scope>,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// From when on it does not work any more.
    pub expires_at: Option<DateTime<Utc>>,
    /// When it was revoked.
    pub revoked_at: Option<DateTime<Utc>>,
    /// When it was last used, to within a day.
    pub used_at: Option<DateTime<Utc>>,
}

impl Key {
    /// Whether it works at that moment.
    #[must_use]
    pub fn works(&self, now: DateTime<Utc>) -> bool {
        self.revoked_at.is_none() && self.expires_at.is_none_or(|end| now < end)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::TimeDelta;

    #[test]
    fn a_key_is_read_back_and_nothing_else_is_one() {
        let key = Secret::random();
        let text = key.text();
        assert_eq!((text.len(), Secret::parse(&text)), (4 + 8 + 1 + 43, Some(key.clone())));
        assert_ne!(Secret::random(), key);
        for wrong in
            [&text[1..], &text[..text.len() - 1], &format!("{text}x"), &text.replace("ocs_", "ocs-"), "", "ocs_"]
        {
            assert_eq!(Secret::parse(wrong), None, "{wrong}");
        }
        assert_eq!(Secret::parse(&text.replace(&key.secret[..1], "-")), None);
        assert_eq!(format!("{key:?}"), format!("ocs_{}", key.id), "the secret is never printed");
    }

    #[test]
    fn a_key_works_until_the_moment_it_ends() {
        let now = DateTime::from_timestamp(1_790_000_000, 0).unwrap();
        let key = Key {
            id: "a".into(),
            name: "shop".into(),
            scopes: vec![Scope::OrdersRead],
            created_at: now,
            expires_at: Some(now + TimeDelta::days(1)),
            revoked_at: None,
            used_at: None,
        };
        assert!(key.works(now + TimeDelta::days(1) - TimeDelta::microseconds(1)));
        assert!(!key.works(now + TimeDelta::days(1)));
        assert!(Key { expires_at: None, ..key.clone() }.works(now + TimeDelta::days(9_999)));
        assert!(!Key { revoked_at: Some(now), ..key }.works(now));
    }
}
