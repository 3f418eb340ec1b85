//! Changes an order for one of its parties, and writes down what silence decided: each in one transaction.

use chrono::{DateTime, TimeDelta, Utc};

use crate::domain::orders::limits::{RecentComments, RecentQuestions};
use crate::domain::{Actor, Event, EventKind, Order, Party, Reference, Refusal, State, Step, Text};
use crate::operations::{Failure, Refused, Who};
use crate::store::orders::{self, Hold, disputes, events};
use crate::store::{Db, Error, Store};

/// The outcome of a change.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::operations) struct Done {
    /// The number of the dispute that it was about.
    pub dispute: Option<i32>,
    /// Whether it happened now, and not when the same form was sent before.
    pub is_new: bool,
}

/// How a double submit is recognised.
#[derive(Debug, Clone, Copy)]
pub(in crate::operations) enum Idempotency<'a> {
    /// Not at all: the second one is refused by the rules, because the first one has changed the order.
    None,
    /// By the token of the form: it leads to the dispute that it opened before.
    Key(&'a str),
    /// By the text: the same person said the same last word on the order within a minute.
    SameText(&'a Text),
}

/// How a change ended.
enum Outcome {
    /// It is done, now or before.
    Done(Done),
    /// It was refused. What silence has settled before it is written down all the same.
    Refused(Failure),
}

/// Earlier actions of a party on an order, as far back as the limits of its next action look.
#[derive(Debug, Default)]
pub(in crate::operations) struct Before {
    /// The party's questions, when it asks one.
    pub questions: RecentQuestions,
    /// The party's comments, when it adds one.
    pub comments: RecentComments,
}

/// How long the same words of the same person count as a double submit, in seconds.
const SAME_WORDS_SECONDS: i64 = 60;

/// Holds an order, settles what silence has decided, asks `decide`, and writes everything down: the order, its dispute and
/// its event, together or not at all. What tells people of it follows from the event ([`super::relay`]).
///
/// What was settled is committed even when `decide` refuses: somebody who comes too late sees what happened instead.
/// The moment `decide` gets is never before the order's last event: who had to wait for the order comes after.
///
/// # Errors
///
/// When the order is not there or not theirs, when a rule refuses, or when the database fails.
pub(in crate::operations) fn change(
    store: &Store,
    who: Who,
    now: DateTime<Utc>,
    idempotency: Idempotency<'_>,
    decide: impl FnOnce(&mut Order, Party, &Before, DateTime<Utc>) -> Result<Step, Refusal>,
) -> Result<Done, Failure> {
    let outcome = store.write_order((who.reference, who.account), |db, order| {
        let mut order = order.ok_or(Failure::NotFound)?;
        let viewer = order.party(who.account).ok_or(Failure::NotFound)?;
        let last = events::last_of_order(db, &order)?;
        // Mails are due at the true moment. With the event's date, one could wait for days after a wrong clock was
        // corrected.
        let recorded_at = now;
        let now = not_before(last.as_ref(), now);
        let steps = order.settle(now);
        record(db, &[(&order, &steps)], None, recorded_at)?;
        let (mut form_token, mut before) = (None, Before::default());
        match idempotency {
            Idempotency::None => {}
            Idempotency::Key(token) => {
                form_token = Some(token);
                if let Some(number) = disputes::opened_with(db, who.reference, who.account, token)? {
                    return Ok(Outcome::Done(Done { dispute: Some(number), is_new: false }));
                }
                before.questions = disputes::recent_questions(db, who.reference, viewer)?;
            }
            Idempotency::SameText(words) => {
                let said = |last: &Event| last.actor == Actor::Party(viewer) && last.text.as_ref() == Some(words);
                let soon = |last: &Event| now - last.at < TimeDelta::seconds(SAME_WORDS_SECONDS);
                if let Some(last) = last.filter(|last| said(last) && soon(last) && order.event_count == last.number) {
                    return Ok(Outcome::Done(Done { dispute: last.dispute, is_new: false }));
                }
                before.comments = events::recent_comments(db, who.reference, viewer)?;
            }
        }
        match decide(&mut order, viewer, &before, now) {
            Ok(step) => {
                record(db, &[(&order, std::slice::from_ref(&step))], form_token, recorded_at)?;
                Ok(Outcome::Done(Done { dispute: step.event.dispute, is_new: true }))
            }
            Err(refusal) => explain(db, &order, viewer, refusal).map(Outcome::Refused),
        }
    });
    store.signals().relay.notify_one();
    match outcome? {
        Outcome::Done(done) => Ok(done),
        Outcome::Refused(failure) => Err(failure),
    }
}

/// The moment at which an order changes: now, or that of its last event when that is later. Nothing is dated before it.
pub(in crate::operations) fn not_before(last: Option<&Event>, now: DateTime<Utc>) -> DateTime<Utc> {
    last.map_or(now, |last| now.max(last.at))
}

/// Writes down what silence has decided on a due order, and returns the number of outcomes. An order that another
/// server holds is left to that server.
pub(in crate::operations) fn settle_one(db: &mut Db, reference: Reference, now: DateTime<Utc>) -> Result<usize, Error> {
    match orders::hold(db, reference)? {
        Hold::Ours(order) => settle_all(db, &mut [*order], now),
        Hold::Elsewhere | Hold::Missing => Ok(0),
    }
}

/// Writes down what silence has decided on these due and locked orders, and returns the number of outcomes.
pub(in crate::operations) fn settle_all(db: &mut Db, orders: &mut [Order], now: DateTime<Utc>) -> Result<usize, Error> {
    let steps: Vec<Vec<Step>> = orders.iter_mut().map(|order| order.settle(now)).collect();
    let happened = orders.iter().zip(&steps).filter(|(_, steps)| !steps.is_empty());
    let happened: Vec<(&Order, &[Step])> = happened.map(|(order, steps)| (order, steps.as_slice())).collect();
    record(db, &happened, None, now)?;
    Ok(steps.iter().map(Vec::len).sum())
}

/// Writes the steps of these orders down: the disputes, the events, and the orders as they are now. All of one table
/// together, since PostgreSQL takes many rows in one statement.
///
/// `now` is the true moment, which may lie before the moments of the events or after them.
pub(in crate::operations) fn record(
    db: &mut Db,
    happened: &[(&Order, &[Step])],
    form_token: Option<&str>,
    now: DateTime<Utc>,
) -> Result<(), Error> {
    if happened.iter().all(|(_, steps)| steps.is_empty()) {
        return Ok(());
    }
    let (mut ended, mut events) = (Vec::new(), Vec::new());
    for (order, step) in happened.iter().flat_map(|(order, steps)| steps.iter().map(|step| (*order, step))) {
        match &step.dispute {
            Some(dispute) if step.event.kind == EventKind::Opened => disputes::insert(db, order, dispute, form_token)?,
            Some(dispute) if dispute.is_open() => disputes::set_previous_status(db, order.reference, dispute)?,
            Some(dispute) => ended.push((order.reference, dispute)),
            None => {}
        }
        events.push((order, &step.event));
    }
    disputes::close_all(db, &ended)?;
    events::append_told(db, &events, now)?;
    let changed: Vec<&Order> = happened.iter().map(|(order, _)| *order).collect();
    orders::update_all(db, &changed)
}

/// Adds to a refusal the dispute that is in the way, or the outcome that came first.
fn explain(db: &mut Db, order: &Order, viewer: Party, refusal: Refusal) -> Result<Failure, Failure> {
    let dispute = match refusal.dispute() {
        Some(number) => Some(disputes::find(db, order.reference, number)?.ok_or(Failure::NotFound)?),
        None => None,
    };
    let refusal = match &dispute {
        Some(closed) if closed.state != State::Open => closed.refusal_once_closed(),
        _ => refusal,
    };
    Ok(Failure::Refused(Box::new(Refused { refusal, reference: order.reference, viewer, dispute })))
}
