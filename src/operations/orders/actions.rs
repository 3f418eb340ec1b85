//! The actions of a party on an order, one function each.

use chrono::{DateTime, Utc};

use crate::domain::{Actor, Ask, Part, Text};
use crate::operations::orders::change::{Idempotency, change};
use crate::operations::{Failure, Who};
use crate::store::Store;

/// A dispute that was opened now, or by the same form before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Opened {
    /// Its number.
    pub number: i32,
    /// Whether it was opened now.
    pub is_new: bool,
}

/// Opens a dispute or request, within the limits of rules 13. The same `form_token` sent twice opens one dispute.
pub fn open(
    store: &Store,
    who: Who,
    ask: Ask,
    comment: Option<Text>,
    form_token: &str,
    now: DateTime<Utc>,
) -> Result<Opened, Failure> {
    let done = change(store, who, now, Idempotency::Key(form_token), |order, by, before, now| {
        order.open_within(by, ask, comment, &before.questions, now)
    })?;
    Ok(Opened { number: done.dispute.ok_or(Failure::NotFound)?, is_new: done.is_new })
}

/// Gives the update that was asked for.
pub fn give_update(store: &Store, who: Who, number: i32, update: Text, now: DateTime<Utc>) -> Result<(), Failure> {
    change(store, who, now, Idempotency::None, |order, by, _, now| order.give_update(by, number, update, now)).map(drop)
}

/// Accepts a cancellation or a change.
pub fn accept(store: &Store, who: Who, number: i32, comment: Option<Text>, now: DateTime<Utc>) -> Result<(), Failure> {
    accept_part(store, who, (number, Part::All), comment, now)
}

/// Accepts a part of a change that asks for a later date and for extras.
pub fn accept_part(
    store: &Store,
    who: Who,
    (number, part): (i32, Part),
    comment: Option<Text>,
    now: DateTime<Utc>,
) -> Result<(), Failure> {
    change(store, who, now, Idempotency::None, |order, by, _, now| order.accept_part(by, number, part, comment, now))
        .map(drop)
}

/// Declines a cancellation or a change.
pub fn decline(store: &Store, who: Who, number: i32, comment: Option<Text>, now: DateTime<Utc>) -> Result<(), Failure> {
    change(store, who, now, Idempotency::None, |order, by, _, now| order.decline(by, number, comment, now)).map(drop)
}

/// Withdraws one's own question.
pub fn withdraw(store: &Store, who: Who, number: i32, now: DateTime<Utc>) -> Result<(), Failure> {
    change(store, who, now, Idempotency::None, |order, by, _, now| order.withdraw(by, number, now)).map(drop)
}

/// Adds a comment to the open question, within the limits of rules 13. A double click adds one comment.
pub fn comment(store: &Store, who: Who, number: i32, comment: Text, now: DateTime<Utc>) -> Result<(), Failure> {
    let words = comment.clone();
    change(store, who, now, Idempotency::SameText(&words), |order, by, before, now| {
        order.comment_within(by, number, comment, &before.comments, now)
    })
    .map(drop)
}

/// Delivers the work.
pub fn deliver(store: &Store, who: Who, comment: Option<Text>, now: DateTime<Utc>) -> Result<(), Failure> {
    change(store, who, now, Idempotency::None, |order, by, _, now| order.deliver(by, comment, now)).map(drop)
}

/// Begins the three days of a delivery that came here without a moment: its customer has it in front of them.
pub fn begin_review(store: &Store, who: Who, now: DateTime<Utc>) -> Result<(), Failure> {
    change(store, who, now, Idempotency::None, |order, by, _, now| order.begin_review(Actor::Party(by), now)).map(drop)
}

/// Approves the delivered work.
pub fn approve(store: &Store, who: Who, now: DateTime<Utc>) -> Result<(), Failure> {
    change(store, who, now, Idempotency::None, |order, by, _, now| order.approve(by, now)).map(drop)
}

/// Asks for a revision of the delivered work.
pub fn request_revision(store: &Store, who: Who, comment: Text, now: DateTime<Utc>) -> Result<(), Failure> {
    change(store, who, now, Idempotency::None, |order, by, _, now| order.request_revision(by, comment, now)).map(drop)
}
