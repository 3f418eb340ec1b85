//! What is kept of closed orders for a while only: their words. The rows, the amounts and the outcomes stay.

use std::collections::HashSet;

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel::sql_types::BigInt;

use crate::domain::{AccountId, Party, Reference};
use crate::store::columns::{Coded, Moment};
use crate::store::connection::either;
use crate::store::orders::texts;
use crate::store::query::{IsFinal, Limited};
use crate::store::schema::{events, order_descriptions, orders, outbox, received_orders};
use crate::store::sql::NAMES_AT_ONCE;
use crate::store::{Db, Error};

/// An order that goes on.
#[derive(Debug, Clone)]
pub struct ToFinish {
    /// The order.
    pub reference: Reference,
    /// The marketplace's number of it, or else the reference.
    pub known_as: String,
    /// The next moment at which silence decides something.
    pub settles_at: Option<DateTime<Utc>>,
}

/// The orders of an account that go on, by reference on each side; at most so many on each, or all.
pub fn to_finish(db: &mut Db, account: AccountId, limit: Option<usize>) -> Result<Vec<ToFinish>, Error> {
    let mut found = Vec::new();
    for side in [Party::Customer, Party::Freelancer] {
        let open = orders::table
            .filter(diesel::dsl::not(IsFinal))
            .order(orders::reference.asc())
            .select((orders::reference, orders::external_id, orders::settles_at))
            .into_boxed();
        let query = match side {
            Party::Customer => open.filter(orders::customer_id.eq(account.0)),
            Party::Freelancer => open.filter(orders::freelancer_id.eq(account.0)),
        };
        let query = Limited { query, rows: limit.unwrap_or(usize::MAX >> 1) };
        let rows: Vec<(String, Option<String>, Option<Moment>)> = query.load(db)?;
        for (reference, external_id, settles_at) in rows {
            let known_as = external_id.unwrap_or_else(|| reference.clone());
            let reference = reference.parse().map_err(|_| Error::corrupt("orders.reference"))?;
            found.push(ToFinish { reference, known_as, settles_at: settles_at.map(Into::into) });
        }
    }
    Ok(found)
}

/// Which of these orders have lost their words.
pub fn wordless(db: &mut Db, references: &[Reference]) -> Result<HashSet<Reference>, Error> {
    let wanted: Vec<String> = references.iter().map(ToString::to_string).collect();
    let mut found = HashSet::new();
    for chunk in wanted.chunks(NAMES_AT_ONCE) {
        let query = orders::table
            .filter(orders::reference.eq_any(chunk).and(orders::words_erased_at.is_not_null()))
            .select(orders::reference);
        let rows: Vec<String> = either!(db, db => query.load(db))?;
        found.extend(rows.iter().filter_map(|reference| reference.parse::<Reference>().ok()));
    }
    Ok(found)
}

/// The statement of [`date_closed`], with that place of the limit and that lock.
macro_rules! dates {
    ($limit:literal, $lock:literal) => {
        concat!(
            "UPDATE orders SET closed_at = coalesce((SELECT at FROM events WHERE events.order_reference = orders.reference \
             AND events.number = orders.events), placed_at) WHERE reference IN (SELECT reference FROM orders WHERE status IN \
             ('completed', 'mutually_cancelled', 'cancelled') AND closed_at IS NULL AND reference > '' ORDER BY reference LIMIT ",
            $limit,
            $lock,
            ")"
        )
    };
}

/// Writes down when orders were closed: the moment of their last event. At most `limit` of those where that is not
/// written yet; returns how many.
pub fn date_closed(db: &mut Db, limit: i64) -> Result<usize, Error> {
    Ok(match db {
        Db::Sqlite(db) => diesel::sql_query(dates!("?1", "")).bind::<BigInt, _>(limit).execute(db)?,
        Db::Postgres(db) => {
            diesel::sql_query(dates!("$1", " FOR UPDATE SKIP LOCKED")).bind::<BigInt, _>(limit).execute(db)?
        }
    })
}

/// Orders that were closed by that moment and still have their words, longest closed first; at most `limit`.
pub fn to_erase(db: &mut Db, closed_by: DateTime<Utc>, limit: usize) -> Result<Vec<Reference>, Error> {
    let query = orders::table
        .filter(orders::closed_at.is_not_null().and(orders::words_erased_at.is_null()))
        .filter(orders::closed_at.assume_not_null().le(Moment::from(closed_by)))
        .order((orders::closed_at.asc(), orders::reference.asc()))
        .select(orders::reference);
    let found: Vec<Coded<Reference>> = either!(db, db => Limited { query, rows: limit }.load(db))?;
    found.into_iter().map(|reference| reference.or_corrupt("orders.reference")).collect()
}

/// How many orders were closed by that moment and still have their words, those included whose moment is not written down
/// yet.
pub fn count_to_erase(db: &mut Db, closed_by: DateTime<Utc>) -> Result<i64, Error> {
    let by = Moment::from(closed_by);
    let dated = orders::table
        .filter(orders::closed_at.is_not_null().and(orders::words_erased_at.is_null()))
        .filter(orders::closed_at.assume_not_null().le(by));
    let undated = orders::table
        .inner_join(
            events::table.on(events::order_reference.eq(orders::reference).and(events::number.eq(orders::events))),
        )
        .filter(IsFinal)
        .filter(orders::closed_at.is_null())
        .filter(events::at.le(by));
    let dated: i64 = dated.count().get_result(db)?;
    let undated: i64 = undated.count().get_result(db)?;
    Ok(dated + undated)
}

/// Erases the words of an order; answers whether it still had them. Its reference stands for its title then.
pub fn erase_words(db: &mut Db, reference: Reference, now: DateTime<Utc>) -> Result<bool, Error> {
    let name = reference.to_string();
    let has_words = orders::table.find(&name).filter(orders::words_erased_at.is_null());
    let erased = (orders::title.eq(&name), orders::words_erased_at.eq(Some(Moment::from(now))));
    if diesel::update(has_words).set(erased).execute(db)? == 0 {
        return Ok(false);
    }
    let parties = orders::table.find(&name).select((orders::customer_id, orders::freelancer_id));
    let (customer, freelancer): (i64, i64) = parties.get_result(db)?;
    for account in [customer, freelancer] {
        texts::erase(db, reference, AccountId(account), now)?;
    }
    diesel::delete(order_descriptions::table.find(&name)).execute(db)?;
    diesel::update(received_orders::table.find(&name)).set(received_orders::title.eq(&name)).execute(db)?;
    diesel::delete(outbox::table.filter(outbox::order_reference.eq(&name))).execute(db)?;
    Ok(true)
}
