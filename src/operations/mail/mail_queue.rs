//! The queue of mails: which ones this server sends now, and what became of them.
//!
//! Each step is a transaction of its own, and none is open while the program talks to a mail server. A server that dies
//! between sending a mail and storing that it was sent causes a second copy; no mail is ever lost.

use chrono::{DateTime, TimeDelta, Utc};

use crate::clock::Times;
use crate::domain::{AccountId, Event, EventKind};
use crate::store::maintenance::holds::{self, Held};
use crate::store::orders::{disputes, hashes};
use crate::store::outbox::{self, delivery};
use crate::store::outbox::{OrderContext, Subject};
use crate::store::{Error, Store, accounts};

pub use crate::store::outbox::delivery::Undelivered;
pub use crate::store::outbox::{MailState, Name, QueuedMail};

/// How long after its due moment a mail is still tried, in days. Older mails are never sent, so that a mail server that
/// is set up later does not send a flood.
pub const PATIENCE_DAYS: i64 = 3;
/// How long after its due moment a mail is kept, sent or not, in days.
pub const KEPT_DAYS: i64 = 30;
/// The reason on a mail that was set aside without an attempt.
const NEVER_TRIED: &str = "it was not tried in time";

/// Claims mails to send, at most `limit`, one per account: none while mail is held. No other server gets them until
/// `until`, which is by the wall clock.
///
/// `jumped` is how far the application's clock moved ahead of the time that passed. It does not count towards the three
/// days after which a mail is given up, because no mail could be tried in it.
pub fn claim(
    store: &Store,
    Times { app: now, wall: real_now }: Times,
    jumped: TimeDelta,
    until: DateTime<Utc>,
    limit: i64,
) -> Result<Vec<Name>, Error> {
    let to_send = || {
        store.snapshot(|db| match holds::since(db, Held::Mail)? {
            Some(_) => Ok(Vec::new()),
            None => delivery::to_send(db, now, real_now, limit),
        })
    };
    let (mut found, too_old) = (to_send()?, now - TimeDelta::days(PATIENCE_DAYS) - jumped);
    if found.iter().any(|(_, due_at)| *due_at <= too_old) {
        let given_up = store.write(|db| delivery::give_up(db, too_old, (now, real_now), NEVER_TRIED))?;
        if given_up > 0 {
            tracing::warn!(given_up, "mails were set aside: they could not be sent for {PATIENCE_DAYS} days");
        }
        found = to_send()?;
    }
    let mut taken = Vec::new();
    for (name, _) in found {
        // One transaction for each mail: two servers that each hold some never wait for each other.
        match store.write(|db| delivery::claim(db, &name, real_now, until)) {
            Ok(true) => taken.push(name),
            Ok(false) => {}
            Err(error @ Error::Held(_)) => tracing::warn!(%error, "a mail is sent later"),
            // The mails claimed so far are still sent.
            Err(error) if taken.is_empty() => return Err(error),
            Err(_) => break,
        }
    }
    Ok(taken)
}

/// Looks at a mail again just before it is sent. `None` when it is no longer needed, and then it is deleted: a reminder
/// of what is over or that has a later reminder due, a mail that its reader has switched off, or one to an erased account.
pub fn recheck(store: &Store, name: &Name, now: DateTime<Utc>) -> Result<Option<QueuedMail>, Error> {
    let found = store.snapshot(|db| {
        let Some(queued) = outbox::find(db, name)? else { return Ok(None) };
        let is_needed = match &queued.about {
            // Told while the account was being erased.
            _ if queued.to.is_erased() => false,
            Subject::Event(_, Event { kind: EventKind::Commented, .. }) => queued.to.preferences.mail.comments,
            Subject::Reminder(_, dispute, _) => {
                let is_latest = |(_, moment)| moment <= queued.due_at;
                // One that its opener sends by hand may come before any that comes by itself.
                let waits = dispute.is_open() && !dispute.is_overdue(now);
                queued.to.preferences.mail.reminders && waits && dispute.reminder_due(now).is_none_or(is_latest)
            }
            Subject::Completion(OrderContext { order, .. }, _) => {
                let is_latest = |(_, moment)| moment == queued.due_at;
                queued.to.preferences.mail.reminders && order.completion_reminder_due(now).is_some_and(is_latest)
            }
            Subject::Event(..) | Subject::Password(_) | Subject::Notice(_) => true,
        };
        Ok::<_, Error>(Some((queued, is_needed)))
    })?;
    match found {
        Some((queued, true)) => Ok(Some(queued)),
        Some((_, false)) => store.write(|db| delivery::drop(db, name)).map(|()| None),
        None => Ok(None),
    }
}

/// What a mail was for.
#[derive(Debug, Clone, Copy)]
pub struct Purpose {
    /// Whether it welcomes its recipient.
    pub is_welcome: bool,
    /// The question that it asks.
    pub question: Option<i32>,
}

/// Stores that the mail server has it, and what that tells.
pub fn sent(store: &Store, name: &Name, purpose: Purpose, now: DateTime<Utc>) -> Result<(), Error> {
    store.write(|db| {
        delivery::sent(db, name, now)?;
        if !name.order.is_empty() {
            hashes::mark_mailed(db, &name.order, now)?;
        }
        if let Some(number) = purpose.question {
            disputes::mark_mailed(db, &name.order, number, now)?;
        }
        if purpose.is_welcome { accounts::mark_welcomed(db, name.account, now) } else { Ok(()) }
    })
}

/// Puts it back, to be tried again at that moment.
pub fn try_again(store: &Store, name: &Name, at: DateTime<Utc>, why: &str) -> Result<(), Error> {
    store.write(|db| delivery::try_again(db, name, at, why))
}

/// Sets it aside for good.
pub fn dead_letter(store: &Store, name: &Name, now: DateTime<Utc>, why: &str) -> Result<(), Error> {
    store.write(|db| delivery::set_aside(db, name, now, why))
}

/// The mails that were not delivered: those that were set aside, and those that wait too unless `only_failed`. At most `limit`,
/// the oldest.
pub fn undelivered(store: &Store, only_failed: bool, limit: i64) -> Result<Vec<Undelivered>, Error> {
    store.snapshot(|db| delivery::undelivered(db, only_failed, limit))
}

/// Sends the mails to that account that were set aside once more. Returns how many.
pub fn resend(store: &Store, account: AccountId, now: DateTime<Utc>) -> Result<usize, Error> {
    store.write(|db| delivery::resend(db, account, now))
}

/// Stores that an operator has seen to the mails to that account that were set aside. Returns how many.
pub fn dismiss(store: &Store, account: AccountId, now: DateTime<Utc>) -> Result<usize, Error> {
    store.write(|db| delivery::dismiss(db, account, now))
}

/// Lets the mails that wait for another try go now, those with the nearest deadline first. Returns how many.
pub fn flush(store: &Store, now: DateTime<Utc>) -> Result<usize, Error> {
    let mails = store.write(|db| delivery::flush(db, now))?;
    store.signals().delivery.notify_one();
    Ok(mails)
}

/// Since when all mail is held, if it is.
pub fn held_since(store: &Store) -> Result<Option<DateTime<Utc>>, Error> {
    store.read(|db| holds::since(db, Held::Mail))
}

/// Sends mail again after it was held; answers whether it was. Mails that were due more than three days ago are set aside.
pub fn resume(store: &Store) -> Result<bool, Error> {
    let was_held = store.write(|db| holds::resume(db, Held::Mail))?;
    store.signals().delivery.notify_one();
    Ok(was_held)
}

/// The next moment at which a mail that waits can be tried.
pub fn next_try(store: &Store, now: DateTime<Utc>) -> Result<Option<DateTime<Utc>>, Error> {
    store.snapshot(|db| delivery::next_try(db, now))
}

/// Corrects mails that were dated by a clock that was ahead, so that they are sent now. Returns how many.
pub fn put_right(store: &Store, now: DateTime<Utc>) -> Result<usize, Error> {
    store.write(|db| delivery::put_right(db, now, NEVER_TRIED))
}

/// Deletes mails that were due a month ago.
pub fn forget_old(store: &Store, now: DateTime<Utc>) -> Result<usize, Error> {
    store.write(|db| delivery::forget(db, now - TimeDelta::days(KEPT_DAYS)))
}

/// Marks all mails that are due so far as sent: the past of a demo is made up, and must cause no mail.
pub fn count_as_sent(store: &Store, now: DateTime<Utc>) -> Result<(), Error> {
    store.write(|db| delivery::count_as_sent(db, now))
}
