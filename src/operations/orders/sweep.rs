//! The sweep: settles what fell due, and sends the reminders that are due.

use std::thread;
use std::time::{Duration, Instant};

use chrono::{DateTime, Utc};

use crate::domain::{Actor, Dispute, EventKind, Order, Reference};
use crate::operations::orders::batch::{FIRST_BATCH, PAUSE, next_size};
use crate::operations::orders::change::{not_before, record, settle_all, settle_one};
use crate::store::orders::disputes::ToRemind;
use crate::store::orders::{self, Hold, ToComplete, disputes, due, events};
use crate::store::{Db, Error, Store, outbox};

/// How many reminders are looked up at once.
const REMINDERS: usize = 500;
/// How long a round of reminders may take, so that no deadline waits for it.
const REMINDING: Duration = Duration::from_millis(250);

/// Settles everything that is due, batch by batch, and returns the number of outcomes. Doing it late, twice, or on
/// several servers at once makes no difference: each order is locked, read, and settled at its own deadline. An order
/// that another server holds is left to that server; if that fails, the next round finds it.
///
/// An order that cannot be settled is logged and skipped, so that it never delays the others.
pub fn settle_all_due(store: &Store, now: DateTime<Utc>) -> Result<usize, Error> {
    let (mut happened, mut last, mut size) = (0, None, FIRST_BATCH);
    loop {
        let batch = settle_batch(store, now, last, size)?;
        happened += batch.happened;
        let Some(further) = batch.last else { return Ok(happened) };
        last = Some(further);
        size = next_size(size, batch.took);
        thread::sleep(PAUSE);
    }
}

/// The result of a batch.
struct Batch {
    /// The number of outcomes.
    happened: usize,
    /// The last order that was locked; `None` when nothing is due any more.
    last: Option<due::DueCursor>,
    /// How long it took, other changes in the same commit included.
    took: Duration,
}

/// Settles the next orders in one transaction; when that fails, each order gets a transaction of its own.
fn settle_batch(store: &Store, now: DateTime<Utc>, after: Option<due::DueCursor>, size: u32) -> Result<Batch, Error> {
    let (mut held, mut begun) = (Vec::new(), Instant::now());
    let settled = store.write(|db| {
        begun = Instant::now();
        held = due::hold(db, now, after, i64::from(size))?;
        let references: Vec<Reference> = held.iter().map(|(_, reference)| *reference).collect();
        let (mut orders, mut corrupt) = (Vec::new(), Vec::new());
        for (reference, order) in due::load(db, &references)? {
            match order {
                Ok(order) => orders.push(order),
                Err(error) => corrupt.push((reference, error)),
            }
        }
        Ok((settle_all(db, &mut orders, now)?, corrupt))
    });
    let took = begun.elapsed();
    if !held.is_empty() {
        store.signals().relay.notify_one();
    }
    let happened = match settled {
        Ok((happened, corrupt)) => {
            for (reference, error) in &corrupt {
                pass_over(*reference, error);
            }
            happened
        }
        Err(Error::Unavailable(cause)) => return Err(Error::Unavailable(cause)),
        Err(error) if held.is_empty() => return Err(error),
        Err(_) => settle_each(store, &held, now)?,
    };
    Ok(Batch { happened, last: held.last().copied(), took })
}

fn settle_each(store: &Store, held: &[due::DueCursor], now: DateTime<Utc>) -> Result<usize, Error> {
    let mut happened = 0;
    for (_, reference) in held {
        match store.write(|db| settle_one(db, *reference, now)) {
            Ok(one) => happened += one,
            Err(error @ Error::Held(_)) => tracing::warn!(%error, "an order is settled in the next round"),
            Err(Error::Unavailable(cause)) => return Err(Error::Unavailable(cause)),
            Err(error) => pass_over(*reference, &error),
        }
    }
    Ok(happened)
}

fn pass_over(reference: Reference, error: &Error) {
    tracing::error!(%reference, %error, "an order could not be settled");
}

/// Puts the reminders that are due into the outbox, for as long as a round may take; the next round does the rest. Each
/// is sent once, however often and on however many servers this runs; of several due reminders of one question or
/// delivery only the latest is sent. What cannot be reminded of is logged and skipped.
pub fn remind(store: &Store, now: DateTime<Utc>) -> Result<(), Error> {
    let begun = Instant::now();
    let questions = store.snapshot(|db| disputes::to_remind(db, now, REMINDERS))?;
    each_due(store, questions, begun, |db, question, asked| match asked {
        Some((dispute, opened)) => remind_of_question(db, question, dispute, *opened, now),
        None => disputes::remind_next(db, question, None).map(drop),
    })?;
    let deliveries = store.snapshot(|db| orders::to_remind(db, now, REMINDERS))?;
    each_due(store, deliveries, begun, |db, delivery, order| match order {
        Some(order) => remind_of_completion(db, delivery, order, now),
        None => orders::remind_next(db, delivery, None).map(drop),
    })
}

/// Reminds of each of these, found with what it is about. `remind` gets nothing of what could not be read or written, and
/// then puts the reminder away.
fn each_due<Due: AsRef<str>, Found>(
    store: &Store,
    due: Vec<(Due, Result<Found, Error>)>,
    begun: Instant,
    remind: impl Fn(&mut Db, &Due, Option<&Found>) -> Result<(), Error>,
) -> Result<(), Error> {
    for (due, found) in due.into_iter().take_while(|_| begun.elapsed() < REMINDING) {
        // One transaction for each reminder: two servers that each hold some never wait for each other.
        match found.and_then(|found| store.write(|db| remind(db, &due, Some(&found)))) {
            Ok(()) => {}
            Err(error @ Error::Held(_)) => tracing::warn!(%error, "somebody is reminded in the next round"),
            Err(Error::Unavailable(cause)) => return Err(Error::Unavailable(cause)),
            Err(error) => {
                tracing::error!(order = due.as_ref(), %error, "nobody could be reminded");
                store.write(|db| remind(db, &due, None))?;
            }
        }
    }
    Ok(())
}

fn remind_of_question(
    db: &mut Db,
    question: &ToRemind,
    dispute: &Dispute,
    opened: i32,
    now: DateTime<Utc>,
) -> Result<(), Error> {
    if disputes::remind_next(db, question, dispute.next_reminder(now))?
        && let Some(due) = dispute.reminder_due(now)
    {
        outbox::remind(db, question, opened, due, now)?;
    }
    Ok(())
}

fn remind_of_completion(db: &mut Db, delivery: &ToComplete, order: &Order, now: DateTime<Utc>) -> Result<(), Error> {
    if orders::remind_next(db, delivery, order.next_completion_reminder(now))?
        && let Some(due) = order.completion_reminder_due(now)
    {
        let delivered = events::newest_of_kind(db, order, EventKind::Delivered)?;
        outbox::remind_of_completion(db, order, delivered, due, now)?;
    }
    Ok(())
}

/// Begins the three days of deliveries that came here without a moment, once a mail server took the welcome of their
/// customer. They are dated now and not at the welcome: until now every page said that they had not begun. Doing it twice,
/// or on several servers at once, makes no difference.
pub fn begin_reviews(store: &Store, now: DateTime<Utc>) -> Result<(), Error> {
    let begun = Instant::now();
    let welcomed = store.snapshot(|db| orders::welcomed(db, REMINDERS))?;
    for reference in welcomed.into_iter().take_while(|_| begun.elapsed() < REMINDING) {
        match store.write(|db| begin_review(db, reference, now)) {
            Ok(()) => {}
            Err(Error::Unavailable(cause)) => return Err(Error::Unavailable(cause)),
            Err(error) => tracing::warn!(%reference, %error, "the three days of a delivery begin in the next round"),
        }
    }
    store.signals().relay.notify_one();
    Ok(())
}

fn begin_review(db: &mut Db, reference: Reference, now: DateTime<Utc>) -> Result<(), Error> {
    let Hold::Ours(mut order) = orders::hold(db, reference)? else { return Ok(()) };
    let at = not_before(events::last_of_order(db, &order)?.as_ref(), now);
    match order.begin_review(Actor::System, at) {
        Ok(step) => record(db, &[(&order, std::slice::from_ref(&step))], None, now),
        Err(_) => Ok(()),
    }
}

/// The next moment with work: to settle, or to remind.
pub fn next_moment(store: &Store) -> Result<Option<DateTime<Utc>>, Error> {
    store.snapshot(|db| {
        Ok([orders::next_due(db)?, disputes::next_reminder(db)?, orders::next_reminder(db)?]
            .into_iter()
            .flatten()
            .min())
    })
}

/// The next moment at which silence does something.
pub fn next_due(store: &Store) -> Result<Option<DateTime<Utc>>, Error> {
    store.snapshot(orders::next_due)
}
