//! Mail on its way out: what is to be sent now, by this server and no other, and what came of it.
//!
//! Each step is a transaction of its own, and none is held while a mail server is spoken to. A server that dies between
//! sending and writing that down leaves a mail that is sent once more; none is ever lost.

use chrono::{DateTime, TimeDelta, Utc};

use crate::clock::Times;
use crate::domain::{Event, EventKind};
use crate::store::outbox::{self, delivery};
use crate::store::outbox::{QueuedMail, Subject};
use crate::store::{Error, Store};

pub use crate::store::outbox::Name;

/// How long after it was due a mail is still tried, in days. Nothing older is ever sent, so that whoever sets up a mail
/// server later floods nobody.
pub const PATIENCE_DAYS: i64 = 3;
/// How long after it was due a mail is kept, whatever came of it, in days.
const KEPT_DAYS: i64 = 30;
/// Why a mail was set aside that nobody ever tried to send.
const NEVER_TRIED: &str = "it was not tried in time";

/// Takes mails to send, at most `limit`, one per account: nobody else has them until `until`, which is real time.
///
/// `jumped` is how far the clock moved ahead of the time that passed. It does not count towards the three days after which
/// a mail is given up, because no mail could be tried in it.
pub fn claim(
    store: &Store,
    Times { app: now, wall: real_now }: Times,
    jumped: TimeDelta,
    until: DateTime<Utc>,
    limit: i64,
) -> Result<Vec<Name>, Error> {
    let to_send = || store.snapshot(|db| delivery::to_send(db, now, real_now, limit));
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
        // One transaction each: two servers that each hold some never wait for each other.
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

/// Looks at a mail once more just before it is sent. Nothing when nobody needs it any more; it is then gone: a reminder
/// of what is over or of which a later one is due too, or a mail its reader has switched off.
///
/// # Errors
///
/// When the database fails.
pub fn recheck(store: &Store, name: &Name, now: DateTime<Utc>) -> Result<Option<QueuedMail>, Error> {
    let found = store.snapshot(|db| {
        let Some(queued) = outbox::find(db, name)? else { return Ok(None) };
        let is_needed = match &queued.about {
            Subject::Event(_, Event { kind: EventKind::Commented, .. }) => queued.to.mail_comments,
            Subject::Reminder(_, dispute, _) => {
                let is_latest = |(_, moment)| moment <= queued.due_at;
                queued.to.mail_reminders && dispute.reminder_due(now).is_some_and(is_latest)
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

/// Writes down that the mail server has it.
///
/// # Errors
///
/// When the database fails.
pub fn sent(store: &Store, name: &Name, now: DateTime<Utc>) -> Result<(), Error> {
    store.write(|db| delivery::sent(db, name, now))
}

/// Gives it back, to be tried again then.
///
/// # Errors
///
/// When the database fails.
pub fn try_again(store: &Store, name: &Name, at: DateTime<Utc>, why: &str) -> Result<(), Error> {
    store.write(|db| delivery::try_again(db, name, at, why))
}

/// Sets it aside for good.
///
/// # Errors
///
/// When the database fails.
pub fn dead_letter(store: &Store, name: &Name, now: DateTime<Utc>, why: &str) -> Result<(), Error> {
    store.write(|db| delivery::set_aside(db, name, now, why))
}

/// When a mail that cannot be tried yet can be.
///
/// # Errors
///
/// When the database fails.
pub fn next_try(store: &Store, now: DateTime<Utc>) -> Result<Option<DateTime<Utc>>, Error> {
    store.snapshot(|db| delivery::next_try(db, now))
}

/// Corrects mails that were dated by a clock that was ahead, so that they are sent now. Returns how many.
pub fn put_right(store: &Store, now: DateTime<Utc>) -> Result<usize, Error> {
    store.write(|db| delivery::put_right(db, now, NEVER_TRIED))
}

/// Forgets mails that were due a month ago.
///
/// # Errors
///
/// When the database fails.
pub fn forget_old(store: &Store, now: DateTime<Utc>) -> Result<usize, Error> {
    store.write(|db| delivery::forget(db, now - TimeDelta::days(KEPT_DAYS)))
}

/// Counts everything due so far as sent: the past of a demo is made up, and nobody is to get mail about it.
///
/// # Errors
///
/// When the database fails.
pub fn count_as_sent(store: &Store, now: DateTime<Utc>) -> Result<(), Error> {
    store.write(|db| delivery::count_as_sent(db, now))
}
