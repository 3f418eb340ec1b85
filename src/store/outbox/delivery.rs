//! What happens to a mail after it was written down: claimed by one server, sent, tried again, set aside, forgotten.
//!
//! Every step is one statement that says in its `WHERE` what must still be true, so that two servers on one database
//! never both have the same mail.

use chrono::{DateTime, TimeDelta, Utc};
use diesel::dsl::{exists, not};
use diesel::prelude::*;

use crate::domain::AccountId;
use crate::store::columns::Moment;
use crate::store::outbox::{Name, waiting};
use crate::store::query::GoesEarlier;
use crate::store::schema::outbox;
use crate::store::{Db, Error};

/// Tolerated difference between the clocks of two servers.
const CLOCKS_DIFFER: TimeDelta = TimeDelta::minutes(1);
/// Longer than the wait between two tries.
const LONGEST_WAIT: TimeDelta = TimeDelta::days(1);

// Macros, since the types of such pieces have no name a person can write.

/// The mail of that name.
macro_rules! named {
    ($name:expr) => {
        outbox::table
            .filter(outbox::order_reference.eq(&$name.order))
            .filter(outbox::key.eq(&$name.key))
            .filter(outbox::account_id.eq($name.account.0))
    };
}

/// In nobody's hands at that moment of real time.
macro_rules! is_free {
    ($real_now:expr) => {
        outbox::claimed_until.is_null().or(outbox::claimed_until.assume_not_null().le(Moment::from($real_now)))
    };
}

/// The first waiting mail of each account whose first one can be tried now, longest waiting first; with each, since when
/// it is to be sent. Comments come last: what wants an answer or is about the account goes before them, however many wait.
/// An account gets one mail at a time and otherwise in order: one whose first mail waits for its next try is left out, and
/// so is one of whose mails any is being sent.
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

/// Takes a mail for oneself until that moment of real time; answers whether it was there to take. A server that dies
/// with it leaves it to the others from then on. While another mail of that account is being sent, it is not.
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

/// Writes down that a mail was sent.
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

/// Gives a mail back after a try that failed, to be tried again at that moment, with the reason.
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

/// Takes a mail out of the outbox that nobody needs any more.
pub fn drop(db: &mut Db, name: &Name) -> Result<(), Error> {
    diesel::delete(named!(name).filter(waiting!())).execute(db)?;
    Ok(())
}

/// Sets everything aside that was due by that moment, could be tried now and is in nobody's hands; `failure` is the reason
/// of those that were never tried. Answers how many.
pub fn give_up(
    db: &mut Db,
    due_by: DateTime<Utc>,
    (now, real_now): (DateTime<Utc>, DateTime<Utc>),
    failure: &str,
) -> Result<usize, Error> {
    let old = || {
        // When it can be tried is what finds it among those that wait.
        let to_try = outbox::table.filter(waiting!()).filter(outbox::next_try_at.le(Moment::from(now)));
        to_try.filter(outbox::due_at.le(Moment::from(due_by))).filter(is_free!(real_now))
    };
    diesel::update(old().filter(outbox::failure.is_null())).set(outbox::failure.eq(Some(failure))).execute(db)?;
    Ok(diesel::update(old()).set(outbox::failed_at.eq(Some(Moment::from(now)))).execute(db)?)
}

/// Corrects mails that were dated by a clock that was ahead: written in the future, set aside untried in the future, or to be
/// tried again more than a day from now. All of them are due now. Returns how many.
///
/// # Errors
///
/// When a statement fails.
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

/// Forgets mails that were due by that moment, whatever came of them.
pub fn forget(db: &mut Db, due_by: DateTime<Utc>) -> Result<usize, Error> {
    Ok(diesel::delete(outbox::table.filter(outbox::due_at.le(Moment::from(due_by)))).execute(db)?)
}

/// Counts everything that is due as sent: for the made-up past of a demo.
pub fn count_as_sent(db: &mut Db, now: DateTime<Utc>) -> Result<(), Error> {
    diesel::update(outbox::table.filter(waiting!()).filter(outbox::due_at.le(Moment::from(now))))
        .set(outbox::sent_at.eq(outbox::due_at.nullable()))
        .execute(db)?;
    Ok(())
}

/// When the next mail that cannot be tried yet can be.
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
