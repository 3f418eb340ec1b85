//! The delivery of a stored mail: claimed by one server, sent, tried again, set aside, deleted.
//!
//! Every step is one statement whose `WHERE` repeats what must still be true, so that two servers on one database never
//! both have the same mail.

use chrono::{DateTime, TimeDelta, Utc};
use diesel::dsl::{exists, not};
use diesel::prelude::*;
use diesel::sql_types::Timestamp;

use crate::domain::AccountId;
use crate::store::columns::Moment;
use crate::store::outbox::{Name, waiting};
use crate::store::query::GoesEarlier;
use crate::store::schema::{accounts, outbox};
use crate::store::{Db, Error};

/// The tolerated difference between the clocks of two servers.
const CLOCKS_DIFFER: TimeDelta = TimeDelta::minutes(1);
/// Longer than the wait between two tries.
const LONGEST_WAIT: TimeDelta = TimeDelta::days(1);

// Macros, since the types of such query parts cannot be written by hand.

/// The mail of that name.
macro_rules! named {
    ($name:expr) => {
        outbox::table
            .filter(outbox::order_reference.eq(&$name.order))
            .filter(outbox::key.eq(&$name.key))
            .filter(outbox::account_id.eq($name.account.0))
    };
}

/// Not claimed at that moment (by the wall clock).
macro_rules! is_free {
    ($real_now:expr) => {
        outbox::claimed_until.is_null().or(outbox::claimed_until.assume_not_null().le(Moment::from($real_now)))
    };
}

/// The statement of [`flush`], with that moment before a deadline and that place of now.
macro_rules! flushes {
    ($early:literal, $now:literal) => {
        concat!(
            "UPDATE outbox SET next_try_at = coalesce((SELECT ",
            $early,
            " FROM disputes WHERE disputes.order_reference = outbox.order_reference AND disputes.number = outbox.dispute_number \
             AND disputes.closed_at IS NULL), ",
            $now,
            ") WHERE sent_at IS NULL AND failed_at IS NULL AND tries > 0 AND next_try_at > ",
            $now
        )
    };
}

/// The first waiting mail of each account whose first one can be tried now, longest waiting first; with each, its due
/// moment. Comments come last: questions and mails about the account go before them, however many comments wait.
///
/// An account gets one mail at a time, and in order otherwise. It is left out when its first mail waits for another
/// try, and while a mail to it is being sent.
pub fn to_send(
    db: &mut Db,
    now: DateTime<Utc>,
    real_now: DateTime<Utc>,
    limit: i64,
) -> Result<Vec<(Name, DateTime<Utc>)>, Error> {
    let earlier = diesel::alias!(outbox as earlier);
    let earlier_of_the_same = earlier
        .filter(earlier.field(outbox::account_id).eq(outbox::account_id))
        .filter(earlier.field(outbox::sent_at).is_null())
        .filter(earlier.field(outbox::failed_at).is_null())
        .filter(GoesEarlier);
    let claimed = diesel::alias!(outbox as claimed);
    let claimed_of_the_same = claimed
        .filter(claimed.field(outbox::account_id).eq(outbox::account_id))
        .filter(claimed.field(outbox::claimed_until).gt(Moment::from(real_now)));
    Ok(outbox::table
        .filter(waiting!())
        .filter(outbox::next_try_at.le(Moment::from(now)))
        .filter(is_free!(real_now))
        .filter(not(exists(earlier_of_the_same)))
        .filter(not(exists(claimed_of_the_same)))
        .order((outbox::next_try_at.asc(), outbox::account_id.asc(), outbox::key.asc()))
        .limit(limit)
        .select((outbox::order_reference, outbox::key, outbox::account_id, outbox::due_at))
        .load::<(String, String, i64, Moment)>(db)?
        .into_iter()
        .map(|(order, key, account, due_at)| (Name { order, key, account: AccountId(account) }, due_at.into()))
        .collect())
}

/// Claims a mail until that moment of the wall clock; returns whether it was free. After that moment the mail of a
/// server that died is free for the others. While another mail to the same account is being sent, it is not free.
pub fn claim(db: &mut Db, name: &Name, real_now: DateTime<Utc>, until: DateTime<Utc>) -> Result<bool, Error> {
    let others = diesel::alias!(outbox as others);
    let other_of_the_same = others
        .filter(others.field(outbox::account_id).eq(name.account.0))
        .filter(others.field(outbox::claimed_until).gt(Moment::from(real_now)));
    let free = named!(name).filter(waiting!()).filter(is_free!(real_now)).filter(not(exists(other_of_the_same)));
    let claimed = diesel::update(free)
        .set((outbox::claimed_until.eq(Some(Moment::from(until))), outbox::tries.eq(outbox::tries + 1)))
        .execute(db)?;
    Ok(claimed == 1)
}

/// Stores that a mail was sent.
pub fn sent(db: &mut Db, name: &Name, now: DateTime<Utc>) -> Result<(), Error> {
    diesel::update(named!(name).filter(waiting!()))
        .set((
            outbox::sent_at.eq(Some(Moment::from(now))),
            outbox::claimed_until.eq(None::<Moment>),
            outbox::failure.eq(None::<String>),
        ))
        .execute(db)?;
    Ok(())
}

/// Returns a mail after a failed try, to be tried again at that moment, with the reason.
pub fn try_again(db: &mut Db, name: &Name, at: DateTime<Utc>, failure: &str) -> Result<(), Error> {
    diesel::update(named!(name).filter(waiting!()))
        .set((
            outbox::next_try_at.eq(Moment::from(at)),
            outbox::claimed_until.eq(None::<Moment>),
            outbox::failure.eq(Some(failure)),
        ))
        .execute(db)?;
    Ok(())
}

/// Sets a mail aside for good, with the reason.
pub fn set_aside(db: &mut Db, name: &Name, now: DateTime<Utc>, failure: &str) -> Result<(), Error> {
    diesel::update(named!(name).filter(waiting!()))
        .set((
            outbox::failed_at.eq(Some(Moment::from(now))),
            outbox::claimed_until.eq(None::<Moment>),
            outbox::failure.eq(Some(failure)),
        ))
        .execute(db)?;
    Ok(())
}

/// Deletes a mail that is no longer needed.
pub fn drop(db: &mut Db, name: &Name) -> Result<(), Error> {
    diesel::delete(named!(name).filter(waiting!())).execute(db)?;
    Ok(())
}

/// Sets all mails aside that were due by that moment, could be tried now and are not claimed; `failure` is the reason
/// on those that were never tried. Returns how many.
pub fn give_up(
    db: &mut Db,
    due_by: DateTime<Utc>,
    (now, real_now): (DateTime<Utc>, DateTime<Utc>),
    failure: &str,
) -> Result<usize, Error> {
    let old = || {
        // The condition on the next try is there for an index, which finds waiting mails by it.
        let to_try = outbox::table.filter(waiting!()).filter(outbox::next_try_at.le(Moment::from(now)));
        to_try.filter(outbox::due_at.le(Moment::from(due_by))).filter(is_free!(real_now))
    };
    diesel::update(old().filter(outbox::failure.is_null())).set(outbox::failure.eq(Some(failure))).execute(db)?;
    Ok(diesel::update(old()).set(outbox::failed_at.eq(Some(Moment::from(now)))).execute(db)?)
}

/// Corrects mails that were dated by a clock that was ahead: written in the future, set aside untried in the future, or
/// to be tried again more than a day from now. All of them are due now. Returns how many.
pub fn put_right(db: &mut Db, now: DateTime<Utc>, never_tried: &str) -> Result<usize, Error> {
    let ahead = Moment::from(now + CLOCKS_DIFFER);
    let now_due = (outbox::due_at.eq(Moment::from(now)), outbox::next_try_at.eq(Moment::from(now)));
    let set_aside = outbox::table.filter(outbox::failed_at.gt(Some(ahead))).filter(outbox::failure.eq(never_tried));
    let no_longer = (outbox::failed_at.eq(None::<Moment>), outbox::failure.eq(None::<String>));
    let back =
        diesel::update(set_aside).set((no_longer, outbox::created_at.eq(Moment::from(now)), now_due)).execute(db)?;
    let late = outbox::table.filter(waiting!()).filter(outbox::next_try_at.gt(ahead));
    let written_ahead = diesel::update(late.filter(outbox::created_at.gt(ahead)))
        .set((outbox::created_at.eq(Moment::from(now)), now_due))
        .execute(db)?;
    let tried_ahead = late.filter(outbox::next_try_at.gt(Moment::from(now + LONGEST_WAIT)));
    Ok(back + written_ahead + diesel::update(tried_ahead).set(now_due).execute(db)?)
}

/// A mail that was not delivered yet, for operators: to whom, since when, and why, but not what it is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Undelivered {
    /// The mail.
    pub name: Name,
    /// The recipient's address.
    pub to: String,
    /// From when it was due.
    pub due_at: DateTime<Utc>,
    /// How many tries were begun.
    pub tries: i32,
    /// Whether it was set aside.
    pub is_set_aside: bool,
    /// Why the last try failed.
    pub failure: Option<String>,
}

type UndeliveredRow = ((String, String, i64), String, Moment, i32, Option<Moment>, Option<String>);

/// The mails that were not delivered, oldest first: those that were set aside and not dismissed, and those that wait too unless
/// `only_failed`. At most `limit`.
pub fn undelivered(db: &mut Db, only_failed: bool, limit: i64) -> Result<Vec<Undelivered>, Error> {
    let failed = outbox::failed_at.is_not_null();
    let query = outbox::table
        .inner_join(accounts::table.on(accounts::id.eq(outbox::account_id)))
        .filter(outbox::sent_at.is_null().and(outbox::dismissed_at.is_null()))
        .order((outbox::due_at.asc(), outbox::key.asc()))
        .limit(limit)
        .select((
            (outbox::order_reference, outbox::key, outbox::account_id),
            accounts::email,
            outbox::due_at,
            outbox::tries,
            outbox::failed_at,
            outbox::failure,
        ));
    let rows: Vec<UndeliveredRow> = if only_failed { query.filter(failed).load(db)? } else { query.load(db)? };
    Ok(rows
        .into_iter()
        .map(|((order, key, account), to, due_at, tries, failed_at, failure)| Undelivered {
            name: Name { order, key, account: AccountId(account) },
            to,
            due_at: due_at.into(),
            tries,
            is_set_aside: failed_at.is_some(),
            failure,
        })
        .collect())
}

/// Sends the mails to that account that were set aside once more, as if they were new. Returns how many.
pub fn resend(db: &mut Db, account: AccountId, now: DateTime<Utc>) -> Result<usize, Error> {
    let now = Moment::from(now);
    let set_aside = outbox::table
        .filter(outbox::account_id.eq(account.0))
        .filter(outbox::failed_at.is_not_null())
        .filter(outbox::sent_at.is_null());
    Ok(diesel::update(set_aside)
        .set((
            (outbox::failed_at.eq(None::<Moment>), outbox::dismissed_at.eq(None::<Moment>)),
            outbox::failure.eq(None::<String>),
            outbox::tries.eq(0),
            (outbox::due_at.eq(now), outbox::created_at.eq(now), outbox::next_try_at.eq(now)),
        ))
        .execute(db)?)
}

/// Stores that an operator has seen to the mails to that account that were set aside. Returns how many. The one who
/// asked still reads that the other party could not be mailed.
pub fn dismiss(db: &mut Db, account: AccountId, now: DateTime<Utc>) -> Result<usize, Error> {
    let set_aside = outbox::table
        .filter(outbox::account_id.eq(account.0))
        .filter(outbox::failed_at.is_not_null().and(outbox::dismissed_at.is_null()));
    Ok(diesel::update(set_aside).set(outbox::dismissed_at.eq(Some(Moment::from(now)))).execute(db)?)
}

/// Lets the mails that wait for another try go now, those with the nearest deadline first, in one statement. Returns how many.
///
/// Mails go in the order of their next try. That of a mail about an open question becomes its deadline less thirty days, which is
/// longer than any window, so it is past; that of any other mail becomes now.
pub fn flush(db: &mut Db, now: DateTime<Utc>) -> Result<usize, Error> {
    let now = Moment::from(now);
    Ok(match db {
        Db::Sqlite(db) => {
            diesel::sql_query(flushes!("strftime('%Y-%m-%d %H:%M:%f', disputes.respond_by, '-30 days')", "?1"))
                .bind::<Timestamp, _>(now)
                .execute(db)?
        }
        Db::Postgres(db) => diesel::sql_query(flushes!("disputes.respond_by - interval '30 days'", "$1"))
            .bind::<Timestamp, _>(now)
            .execute(db)?,
    })
}

/// Deletes mails that were due by that moment, sent or not.
pub fn forget(db: &mut Db, due_by: DateTime<Utc>) -> Result<usize, Error> {
    Ok(diesel::delete(outbox::table.filter(outbox::due_at.le(Moment::from(due_by)))).execute(db)?)
}

/// Marks all due mails as sent, for the made-up past of a demo.
pub fn count_as_sent(db: &mut Db, now: DateTime<Utc>) -> Result<(), Error> {
    diesel::update(outbox::table.filter(waiting!()).filter(outbox::due_at.le(Moment::from(now))))
        .set(outbox::sent_at.eq(outbox::due_at.nullable()))
        .execute(db)?;
    Ok(())
}

/// The next moment at which a mail that waits can be tried.
pub fn next_try(db: &mut Db, now: DateTime<Utc>) -> Result<Option<DateTime<Utc>>, Error> {
    let next: Option<Moment> = outbox::table
        .filter(waiting!())
        .filter(outbox::next_try_at.gt(Moment::from(now)))
        .order(outbox::next_try_at.asc())
        .select(outbox::next_try_at)
        .first(db)
        .optional()?;
    Ok(next.map(DateTime::from))
}
