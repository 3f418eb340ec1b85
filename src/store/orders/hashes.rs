//! The table of the hashes of events: the chain of each order.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel::sql_types::Integer;

use crate::domain::audit::chain::{Chain, Link, Words as StoredWords};
use crate::domain::{Dispute, Event, Order, Reference};
use crate::store::columns::{Coded, Moment};
use crate::store::connection::either;
use crate::store::orders::disputes;
use crate::store::orders::rows::{EVENT, EventRow, ORDER, OrderRow};
use crate::store::orders::texts::is_of_event;
use crate::store::query::{IsToHash, Limited, Update, update_unless_held};
use crate::store::schema::{event_hashes, event_texts, events, orders};
use crate::store::sql::ROWS_AT_ONCE;
use crate::store::{Db, Error};

/// The stored words of an event: both hashes, salt, text, and when they were erased.
type WordsRow = (Option<String>, Option<String>, Option<String>, Option<String>, Option<Moment>);
/// An event with when it was written down and its words.
pub(in crate::store) type LinkRow = (EventRow, Option<Moment>, WordsRow);

/// The columns of a [`LinkRow`]. A macro, since their type cannot be written by hand.
macro_rules! link_columns {
    () => {
        (
            EVENT,
            events::recorded_at,
            (
                event_texts::hash.nullable(),
                event_texts::titles_hash.nullable(),
                event_texts::salt.nullable(),
                event_texts::text.nullable(),
                event_texts::erased_at.nullable(),
            ),
        )
    };
}
pub(in crate::store) use link_columns;

/// Builds a link of a chain.
pub(in crate::store) fn to_link((event, recorded_at, words): LinkRow) -> Result<Link, Error> {
    let (hash, titles_hash, salt, text, erased_at) = words;
    let event = Event::try_from((event, (text.clone(), erased_at)))?;
    let words = hash.map(|hash| StoredWords { hash, titles_hash, said: salt.zip(text) });
    Ok(Link { event, recorded_at: recorded_at.map(DateTime::from), words })
}

/// An order with its events that have no hash yet.
#[derive(Debug)]
pub struct ToHash {
    /// The order, without its open dispute.
    pub order: Order,
    /// The hash of the event before; empty before the first.
    pub previous: String,
    /// The disputes that the events are about; all of them when the first event is to be hashed.
    pub disputes: Vec<Dispute>,
    /// The events, by number.
    pub links: Vec<Link>,
}

/// What is to be hashed of an order, if something is.
pub fn to_hash(db: &mut Db, reference: &str) -> Result<Option<ToHash>, Error> {
    let order = orders::table.filter(orders::reference.eq(reference)).select((ORDER, orders::hashed));
    let order: Option<(OrderRow, i32)> = either!(db, db => order.get_result(db)).optional()?;
    let Some((row, hashed)) = order.filter(|(row, hashed)| *hashed < row.events) else { return Ok(None) };
    let order = Order::try_from((row, None))?;
    let links = events::table
        .left_join(event_texts::table.on(is_of_event()))
        .filter(events::order_reference.eq(reference).and(events::number.gt(hashed)))
        .order(events::number.asc())
        .select(link_columns!());
    let links: Vec<LinkRow> = either!(db, db => links.load(db))?;
    let links = links.into_iter().map(to_link).collect::<Result<Vec<_>, Error>>()?;
    let about = || links.iter().filter_map(|link| link.event.dispute);
    let disputes = match (hashed, about().min(), about().max()) {
        (0, ..) => disputes::of_order(db, order.reference)?,
        (_, Some(first), Some(last)) => disputes::range(db, order.reference, first..=last)?,
        _ => Vec::new(),
    };
    let previous = if hashed == 0 { None } else { find(db, order.reference, hashed)? };
    Ok(Some(ToHash { order, previous: previous.unwrap_or_default(), disputes, links }))
}

/// A new hash.
#[derive(Insertable)]
#[diesel(table_name = event_hashes)]
struct NewRow<'a> {
    order_reference: &'a str,
    number: i32,
    hash: String,
}

/// Stores the hashes of the events of an order that had none.
pub fn append(db: &mut Db, of: &ToHash, hashes: Vec<String>) -> Result<(), Error> {
    let reference = of.order.reference;
    let row =
        |(link, hash): (&Link, String)| NewRow { order_reference: reference.as_str(), number: link.event.number, hash };
    let rows: Vec<NewRow<'_>> = of.links.iter().zip(hashes).map(row).collect();
    // A hash that is there already stays, for `doctor` to tell: the mails that come after must not wait for that.
    match db {
        Db::Sqlite(db) => {
            for row in &rows {
                diesel::insert_into(event_hashes::table).values(row).on_conflict_do_nothing().execute(db)?;
            }
        }
        Db::Postgres(db) => {
            for rows in rows.chunks(ROWS_AT_ONCE) {
                diesel::insert_into(event_hashes::table).values(rows).on_conflict_do_nothing().execute(db)?;
            }
        }
    }
    let last = orders::hashed.eq(of.links.last().map_or(0, |link| link.event.number));
    let update = Update::new(orders::table, last, orders::reference.eq(Coded::from(reference)));
    either!(db, db => update.execute(db))?;
    Ok(())
}

/// The hash of one event.
pub fn find(db: &mut Db, reference: Reference, number: i32) -> Result<Option<String>, Error> {
    let hash = event_hashes::table
        .filter(event_hashes::order_reference.eq(Coded::from(reference)).and(event_hashes::number.eq(number)))
        .select(event_hashes::hash);
    Ok(either!(db, db => hash.get_result(db)).optional()?)
}

/// The chain of one order.
pub fn of_order(db: &mut Db, reference: Reference) -> Result<Chain, Error> {
    let links = events::table
        .left_join(event_texts::table.on(is_of_event()))
        .filter(events::order_reference.eq(reference.to_string()))
        .order(events::number.asc())
        .select(link_columns!());
    let links: Vec<LinkRow> = either!(db, db => links.load(db))?;
    let hashes = event_hashes::table
        .filter(event_hashes::order_reference.eq(reference.to_string()))
        .order(event_hashes::number.asc())
        .select((event_hashes::number, event_hashes::hash));
    let hashes: Vec<(i32, String)> = either!(db, db => hashes.load(db))?;
    let last = hashes.last().map_or(0, |(number, _)| *number);
    Ok(Chain { links: links.into_iter().map(to_link).collect::<Result<_, _>>()?, hashes, hashed: last })
}

/// Whether an event of some order has no hash yet.
pub fn is_behind(db: &mut Db) -> Result<bool, Error> {
    let first = orders::table.filter(IsToHash).select(1.into_sql::<Integer>());
    Ok(either!(db, db => Limited { query: first, rows: 1 }.get_result::<i32>(db)).optional()?.is_some())
}

/// Locks the next orders behind `after` with events that have no hash, at most `limit`, until the transaction ends; on
/// PostgreSQL those that no other transaction holds.
pub fn hold(db: &mut Db, after: &str, limit: usize) -> Result<Vec<String>, Error> {
    let to_hash = orders::table
        .filter(IsToHash)
        .filter(orders::reference.gt(after))
        .order(orders::reference.asc())
        .select(orders::reference);
    let rows = i64::try_from(limit).unwrap_or(i64::MAX);
    Ok(match db {
        Db::Sqlite(db) => Limited { query: to_hash, rows: limit }.load(db)?,
        Db::Postgres(db) => to_hash.limit(rows).for_update().skip_locked().load(db)?,
    })
}

/// Locks one order, if it has events without a hash.
pub fn hold_one(db: &mut Db, reference: Reference) -> Result<Vec<String>, Error> {
    let one =
        orders::table.filter(IsToHash).filter(orders::reference.eq(Coded::from(reference))).select(orders::reference);
    Ok(match db {
        Db::Sqlite(db) => one.load(db)?,
        Db::Postgres(db) => one.for_update().skip_locked().load(db)?,
    })
}

/// Records when a mail first told the fingerprint of an order, unless another transaction holds it.
pub fn mark_mailed(db: &mut Db, reference: &str, now: DateTime<Utc>) -> Result<(), Error> {
    let untold = orders::reference.eq(reference).and(orders::fingerprint_since.is_null()).and(orders::hashed.gt(0));
    let since = orders::fingerprint_since.eq(Some(Moment::from(now)));
    update_unless_held!(db, orders by "reference", since, untold);
    Ok(())
}
