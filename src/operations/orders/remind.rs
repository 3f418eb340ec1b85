//! A reminder that the party that asked sends itself, once a day, beside those that come by themselves.

use chrono::{DateTime, TimeDelta, Utc};

use crate::domain::orders::limits::REMINDER_PAUSE_HOURS;
use crate::domain::{Dispute, Order, Party, Refusal};
use crate::operations::{Failure, Refused, Who};
use crate::store::orders::disputes;
use crate::store::{Store, outbox};

/// Reminds the other party of an open question by mail. It is no event: it changes nothing.
///
/// # Errors
///
/// When the question is not one's own or over, or was reminded of within a day.
pub fn remind(store: &Store, who: Who, number: i32, now: DateTime<Utc>) -> Result<(), Failure> {
    store.write_order((who.reference, who.account), |db, order| {
        let mut order: Order = order.ok_or(Failure::NotFound)?;
        let viewer = order.party(who.account).ok_or(Failure::NotFound)?;
        order.settle(now);
        let (dispute, reminded_at) = disputes::find_reminded(db, who.reference, number)?.ok_or(Failure::NotFound)?;
        let dispute = dispute.settled_at(now);
        if let Err(refusal) = may_remind(&dispute, reminded_at, viewer, now) {
            let dispute = Some(dispute);
            return Err(Failure::Refused(Box::new(Refused { refusal, reference: who.reference, viewer, dispute })));
        }
        disputes::mark_reminded(db, who.reference, number, now)?;
        let reader = order.account(dispute.respondent());
        let opened = disputes::opening(db, who.reference, number)?.ok_or(Failure::NotFound)?;
        outbox::remind_by_hand(db, (who.reference, number, reader), opened, now)?;
        Ok::<_, Failure>(())
    })?;
    store.signals().delivery.notify_one();
    Ok(())
}

fn may_remind(
    dispute: &Dispute,
    reminded_at: Option<DateTime<Utc>>,
    by: Party,
    now: DateTime<Utc>,
) -> Result<(), Refusal> {
    if !dispute.is_open() {
        return Err(dispute.refusal_once_closed());
    }
    if dispute.opener != by {
        return Err(Refusal::NotYours);
    }
    let until = reminded_at.map(|at| at + TimeDelta::hours(REMINDER_PAUSE_HOURS.into()));
    match until.filter(|until| now < *until) {
        Some(until) => Err(Refusal::RemindedAlready(dispute.number, until)),
        None => Ok(()),
    }
}
