//! What a party can do with an order, one function each.

use chrono::{DateTime, Utc};

use super::change::change;
use super::{Failure, Who};
use crate::domain::{Ask, Text};
use crate::store::Store;

/// Opens a dispute or request; answers with its number. The same `form_token` sent twice opens one.
///
/// # Errors
///
/// See [`Failure`].
pub fn open(
    store: &Store,
    who: Who,
    ask: Ask,
    comment: Option<Text>,
    form_token: &str,
    now: DateTime<Utc>,
) -> Result<i32, Failure> {
    let number = change(store, who, now, Some(form_token), |order, by| order.open(by, ask, comment, now))?;
    number.ok_or(Failure::NotFound)
}

/// Gives the update that was asked for.
///
/// # Errors
///
/// See [`Failure`].
pub fn give_update(store: &Store, who: Who, number: i32, update: Text, now: DateTime<Utc>) -> Result<(), Failure> {
    change(store, who, now, None, |order, by| order.give_update(by, number, update, now)).map(drop)
}

/// Agrees to a cancellation or a change.
///
/// # Errors
///
/// See [`Failure`].
pub fn accept(store: &Store, who: Who, number: i32, now: DateTime<Utc>) -> Result<(), Failure> {
    change(store, who, now, None, |order, by| order.accept(by, number, now)).map(drop)
}

/// Refuses a cancellation or a change.
///
/// # Errors
///
/// See [`Failure`].
pub fn decline(store: &Store, who: Who, number: i32, comment: Option<Text>, now: DateTime<Utc>) -> Result<(), Failure> {
    change(store, who, now, None, |order, by| order.decline(by, number, comment, now)).map(drop)
}

/// Takes one's own question back.
///
/// # Errors
///
/// See [`Failure`].
pub fn withdraw(store: &Store, who: Who, number: i32, now: DateTime<Utc>) -> Result<(), Failure> {
    change(store, who, now, None, |order, by| order.withdraw(by, number, now)).map(drop)
}

/// Adds a comment to what is open.
///
/// # Errors
///
/// See [`Failure`].
pub fn comment(store: &Store, who: Who, number: i32, comment: Text, now: DateTime<Utc>) -> Result<(), Failure> {
    change(store, who, now, None, |order, by| order.comment(by, number, comment, now)).map(drop)
}

/// Hands the work over.
///
/// # Errors
///
/// See [`Failure`].
pub fn deliver(store: &Store, who: Who, now: DateTime<Utc>) -> Result<(), Failure> {
    change(store, who, now, None, |order, by| order.deliver(by, now)).map(drop)
}

/// Approves the delivered work.
///
/// # Errors
///
/// See [`Failure`].
pub fn approve(store: &Store, who: Who, now: DateTime<Utc>) -> Result<(), Failure> {
    change(store, who, now, None, |order, by| order.approve(by, now)).map(drop)
}

/// Asks for a revision of the delivered work.
///
/// # Errors
///
/// See [`Failure`].
pub fn request_revision(store: &Store, who: Who, comment: Text, now: DateTime<Utc>) -> Result<(), Failure> {
    change(store, who, now, None, |order, by| order.request_revision(by, comment, now)).map(drop)
}
