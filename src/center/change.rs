//! The one transaction every change of an order goes through.

use chrono::{DateTime, Utc};

use super::{Failure, Refused, Who};
use crate::domain::{Actor, Order, Party, Reference, Refusal, State, Step};
use crate::store::{Db, Error, Store, disputes, events, notifications, orders, outbox};

/// Holds an order, settles what silence has decided, asks `decide`, and writes everything down: row, event,
/// notification and outgoing mail together or not at all. Answers with the number of the dispute it was about.
///
/// What was settled is committed even when `decide` refuses: somebody who comes too late sees what happened instead.
/// A `form_token` that has opened a dispute before leads to that dispute and changes nothing.
///
/// # Errors
///
/// When the order is not there or not theirs, when a rule refuses, or when the database fails.
pub(super) fn change(
    store: &Store,
    who: Who,
    now: DateTime<Utc>,
    form_token: Option<&str>,
    decide: impl FnOnce(&mut Order, Party) -> Result<Step, Refusal>,
) -> Result<Option<i32>, Failure> {
    store.write(|db| {
        let mut order = orders::lock(db, who.reference)?.ok_or(Failure::NotFound)?;
        let viewer = order.party(who.account).ok_or(Failure::NotFound)?;
        settle(db, &mut order, now)?;
        if let Some(token) = form_token
            && let Some(number) = disputes::opened_with(db, who.reference, token)?
        {
            return Ok(Ok(Some(number)));
        }
        match decide(&mut order, viewer) {
            Ok(step) => {
                record(db, &order, &step, form_token)?;
                orders::update(db, &order)?;
                Ok(Ok(step.event.dispute))
            }
            Err(refusal) => explain(db, &order, viewer, refusal).map(Err),
        }
    })?
}

/// Writes down what silence has decided on an order that is due. Answers how many things that were.
///
/// # Errors
///
/// When the database fails.
pub(super) fn settle_one(db: &mut Db, reference: Reference, now: DateTime<Utc>) -> Result<usize, Error> {
    match orders::lock(db, reference)? {
        Some(mut order) => settle(db, &mut order, now),
        None => Ok(0),
    }
}

fn settle(db: &mut Db, order: &mut Order, now: DateTime<Utc>) -> Result<usize, Error> {
    let steps = order.settle(now);
    for step in &steps {
        record(db, order, step, None)?;
    }
    if !steps.is_empty() {
        orders::update(db, order)?;
    }
    Ok(steps.len())
}

/// Writes one step down: the dispute, the event, and word of it to whoever did not do it themselves.
fn record(db: &mut Db, order: &Order, step: &Step, form_token: Option<&str>) -> Result<(), Error> {
    match &step.dispute {
        Some(dispute) if dispute.is_open() => disputes::insert(db, order, dispute, form_token.unwrap_or_default())?,
        Some(dispute) => disputes::close(db, order.reference, dispute)?,
        None => {}
    }
    events::append(db, order, &step.event)?;
    for party in [Party::Customer, Party::Freelancer] {
        if step.event.actor != Actor::Party(party) {
            notifications::insert(db, order.account(party), order, &step.event)?;
            outbox::insert(db, order.account(party), order, &step.event)?;
        }
    }
    Ok(())
}

/// Turns a refusal into one that names what is in the way, or what has happened instead.
fn explain(db: &mut Db, order: &Order, viewer: Party, refusal: Refusal) -> Result<Failure, Failure> {
    let number = match refusal {
        Refusal::AnotherIsOpen(number, _) | Refusal::AlreadySettled(number) | Refusal::TooLate(number) => Some(number),
        Refusal::OrderClosed(_)
        | Refusal::NotYours
        | Refusal::NotAsked
        | Refusal::NotNow(_)
        | Refusal::CommentMissing
        | Refusal::ReasonNotYours => None,
    };
    let dispute = match number {
        Some(number) => Some(disputes::find(db, order.reference, number)?.ok_or(Failure::NotFound)?),
        None => None,
    };
    let refusal = match &dispute {
        Some(closed) if closed.state != State::Open => closed.refusal_once_closed(),
        _ => refusal,
    };
    Ok(Failure::Refused(Box::new(Refused { refusal, reference: order.reference, viewer, dispute })))
}
