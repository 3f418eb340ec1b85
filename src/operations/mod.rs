//! The operations: each loads, settles, decides and writes in ONE transaction.
//!
//! Every change of an order happens here. [`crate::domain`] decides, and [`crate::store`] remembers. The loser of a
//! race gets a [`Refusal`], never an error.

pub mod accounts;
pub mod mail;
pub mod maintenance;
pub mod marketplace;
pub mod orders;

use crate::domain::{AccountId, Dispute, Party, Reference, Refusal};
use crate::store;

/// An account and the order that it asks about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Who {
    /// The signed-in account.
    pub account: AccountId,
    /// The order.
    pub reference: Reference,
}

/// The reason why an operation did not happen.
#[derive(Debug)]
pub enum Failure {
    /// The order or dispute does not exist or belongs to others; the answer does not tell which.
    NotFound,
    /// A rule refuses.
    Refused(Box<Refused>),
    /// The database failed.
    Store(store::Error),
}

/// A refusal, with what a page needs to explain it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refused {
    /// The refusal.
    pub refusal: Refusal,
    /// The order it is about.
    pub reference: Reference,
    /// The side of the party that tried.
    pub viewer: Party,
    /// The dispute in the way, or the one that is already over.
    pub dispute: Option<Dispute>,
}

impl From<store::Error> for Failure {
    fn from(error: store::Error) -> Self {
        Self::Store(error)
    }
}
