//! One operation each: load, settle, decide, write, in ONE transaction.
//!
//! Whatever happens to an order happens here. What it decides comes from [`crate::domain`], what it remembers
//! goes to [`crate::store`]; whoever loses a race gets a [`Refusal`], never an error.

pub mod accounts;
pub mod mail;
pub mod maintenance;
pub mod orders;

use crate::domain::{AccountId, Dispute, Party, Reference, Refusal};
use crate::store;

/// Who asks, and about which order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Who {
    /// The account that is signed in.
    pub account: AccountId,
    /// The order.
    pub reference: Reference,
}

/// Why an operation did not happen.
#[derive(Debug)]
pub enum Failure {
    /// There is no such order or dispute, or it is not theirs: the two are never told apart.
    NotFound,
    /// A rule says no.
    Refused(Box<Refused>),
    /// The database failed.
    Store(store::Error),
}

/// An expected "no", with what a page needs to explain it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refused {
    /// Why.
    pub refusal: Refusal,
    /// The order it is about.
    pub reference: Reference,
    /// The side of who tried.
    pub viewer: Party,
    /// The dispute in the way, or the one that is over already.
    pub dispute: Option<Dispute>,
}

impl From<store::Error> for Failure {
    fn from(error: store::Error) -> Self {
        Self::Store(error)
    }
}
