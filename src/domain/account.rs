//! Who somebody is, as far as the rules care.

/// An account's number: random, never sequential, and never shown to anybody.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct AccountId(pub i64);
