//! The feed: what the marketplace is told of orders, in one line. The relay appends to it.

use chrono::{DateTime, Utc};
use diesel::prelude::*;

use crate::domain::orders::outside_view::ToldKind;
use crate::domain::{AccountId, Dispute, Event, EventKind, ExternalId, Order, Reference};
use crate::store::columns::{Coded, Moment};
use crate::store::connection::{either, insert_rows};
use crate::store::marketplace::deliveries::Told as NewlyTold;
use crate::store::orders::relay::ToRelay;
use crate::store::orders::rows::{DisputeRow, EVENT, EventRow};
use crate::store::query::{Limited, Update};
use crate::store::schema::{accounts, disputes, events, feed, feed_sequence};
use crate::store::{Db, Error, orders};

/// The number of the one row of the sequence.
const ONLY: i32 = 1;

#[derive(Insertable)]
#[diesel(table_name = feed, treat_none_as_default_value = false)]
struct NewEntryRow {
    position: i64,
    order_reference: String,
    event_number: i32,
    kind: &'static str,
    occurred_at: Moment,
    recorded_at: Moment,
}

#[derive(Insertable)]
#[diesel(table_name = feed_sequence, treat_none_as_default_value = false)]
struct SequenceRow {
    id: i32,
    position: i64,
    forgotten: i64,
    seed: String,
}

/// Appends those of these events that the marketplace sees, and gives them their positions, which are locked until the
/// transaction ends.
pub fn append(db: &mut Db, relayed: &[ToRelay], now: DateTime<Utc>) -> Result<Vec<NewlyTold>, Error> {
    let seen = relayed.iter().filter_map(|event| {
        let what = event.kind.parse::<EventKind>().ok()?;
        Some((event, ToldKind::of(what, event.asked)?))
    });
    let seen: Vec<(&ToRelay, ToldKind)> = seen.collect();
    if seen.is_empty() {
        return Ok(Vec::new());
    }
    let first = take_positions(db, i64::try_from(seen.len()).unwrap_or(i64::MAX))?;
    let rows = seen.iter().zip(first..).map(|((event, kind), position)| NewEntryRow {
        position,
        order_reference: event.reference.clone(),
        event_number: event.number,
        kind: kind.into(),
        occurred_at: event.at,
        // How late it was written would tell whether the two agreed or one was silent.
        recorded_at: if *kind == ToldKind::MutuallyCancelled { event.at } else { now.into() },
    });
    let rows: Vec<NewEntryRow> = rows.collect();
    insert_rows!(db, feed::table, rows);
    let told = rows.into_iter().zip(seen).map(|(row, (_, kind))| NewlyTold {
        position: row.position,
        reference: row.order_reference,
        kind,
    });
    Ok(told.collect())
}

/// Takes the next positions, and returns the first of them.
fn take_positions(db: &mut Db, count: i64) -> Result<i64, Error> {
    let take = |db: &mut Db| -> Result<usize, Error> {
        let next = feed_sequence::position.eq(feed_sequence::position + count);
        let update = Update::new(feed_sequence::table, next, feed_sequence::id.eq(ONLY));
        Ok(either!(db, db => update.execute(db))?)
    };
    if take(db)? == 0 {
        begin(db)?;
        take(db)?;
    }
    let sequence = sequence(db)?.ok_or_else(|| Error::corrupt("feed_sequence"))?;
    Ok(sequence.position - count + 1)
}

/// Makes the row of the sequence, unless it is there.
pub fn begin(db: &mut Db) -> Result<(), Error> {
    let row = SequenceRow { id: ONLY, position: 0, forgotten: 0, seed: new_seed() };
    either!(db, db => diesel::insert_into(feed_sequence::table).values(row).on_conflict_do_nothing().execute(db))?;
    Ok(())
}

/// Makes every id and cursor another one: the positions of a restored database were given to other entries before.
pub fn renew_seed(db: &mut Db) -> Result<(), Error> {
    diesel::update(feed_sequence::table).set(feed_sequence::seed.eq(new_seed())).execute(db)?;
    Ok(())
}

fn new_seed() -> String {
    format!("{:032x}", rand::random::<u128>())
}

/// How far the feed is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sequence {
    /// The last position that was given.
    pub position: i64,
    /// The last position whose entry was deleted.
    pub forgotten: i64,
    /// What ids and cursors are made with.
    pub seed: String,
}

/// How far the feed is; `None` before its first entry.
pub fn sequence(db: &mut Db) -> Result<Option<Sequence>, Error> {
    let row = feed_sequence::table.filter(feed_sequence::id.eq(ONLY)).select((
        feed_sequence::position,
        feed_sequence::forgotten,
        feed_sequence::seed,
    ));
    let row: Option<(i64, i64, String)> = either!(db, db => row.get_result(db)).optional()?;
    Ok(row.map(|(position, forgotten, seed)| Sequence { position, forgotten, seed }))
}

/// An entry as it is stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct EntryRow {
    /// Its place.
    pub position: i64,
    /// The order.
    pub reference: Reference,
    /// The event that it tells.
    pub event: i32,
    /// Its type.
    pub kind: ToldKind,
    /// When it happened.
    pub occurred_at: DateTime<Utc>,
    /// When it was written.
    pub recorded_at: DateTime<Utc>,
}

type Row = (i64, Coded<Reference>, i32, Coded<ToldKind>, Moment, Moment);

/// The next entries behind a position, at most `limit`.
pub fn after(db: &mut Db, position: i64, limit: usize) -> Result<Vec<EntryRow>, Error> {
    let query = feed::table.filter(feed::position.gt(position)).order(feed::position.asc()).select((
        feed::position,
        feed::order_reference,
        feed::event_number,
        feed::kind,
        feed::occurred_at,
        feed::recorded_at,
    ));
    let rows: Vec<Row> = either!(db, db => Limited { query, rows: limit }.load(db))?;
    let entry = |(position, reference, event, kind, occurred_at, recorded_at): Row| {
        Ok(EntryRow {
            position,
            reference: reference.or_corrupt("feed.order_reference")?,
            event,
            kind: kind.or_corrupt("feed.kind")?,
            occurred_at: occurred_at.into(),
            recorded_at: recorded_at.into(),
        })
    };
    rows.into_iter().map(entry).collect()
}

/// Orders with all that the marketplace sees of them.
#[derive(Debug, Default)]
pub struct Told {
    /// The orders as they are now.
    pub orders: Vec<Order>,
    /// Their disputes, by order and number.
    pub disputes: Vec<(Reference, Dispute)>,
    /// Their events without comments, by order and number.
    pub events: Vec<(Reference, Event)>,
    /// The marketplace's ids and the addresses of their parties.
    pub people: Vec<(AccountId, Option<ExternalId>, String)>,
}

/// Loads these orders: four statements, however many they are (on SQLite as many for each few hundred of them).
pub fn orders_told(db: &mut Db, references: &[Reference]) -> Result<Told, Error> {
    let names: Vec<String> = references.iter().map(ToString::to_string).collect();
    let borrowed: Vec<&str> = names.iter().map(String::as_str).collect();
    let orders = orders::known(db, &borrowed, &[])?;
    let disputes = disputes::table
        .filter(disputes::order_reference.eq_any(&names))
        .order((disputes::order_reference.asc(), disputes::number.asc()));
    let disputes: Vec<DisputeRow> = either!(db, db => disputes.load(db))?;
    let events = events::table
        .filter(events::order_reference.eq_any(&names))
        .filter(events::what.ne(EventKind::Commented.code()))
        .order((events::order_reference.asc(), events::number.asc()))
        .select(EVENT);
    let events: Vec<EventRow> = either!(db, db => events.load(db))?;
    let parties: Vec<i64> = orders.iter().flat_map(|order| [order.customer.0, order.freelancer.0]).collect();
    let people = accounts::table.filter(accounts::id.eq_any(parties)).select((
        accounts::id,
        accounts::external_id,
        accounts::email,
        accounts::erased_at.is_null(),
    ));
    let people: Vec<(i64, Option<Coded<ExternalId>>, String, bool)> = either!(db, db => people.load(db))?;
    let of_order = |reference: Coded<Reference>| reference.or_corrupt("order_reference");
    Ok(Told {
        orders,
        disputes: disputes
            .into_iter()
            .map(|row| Ok((of_order(row.order_reference)?, row.try_into()?)))
            .collect::<Result<_, Error>>()?,
        events: events
            .into_iter()
            .map(|row| Ok((of_order(row.order_reference)?, row.try_into()?)))
            .collect::<Result<_, Error>>()?,
        people: people
            .into_iter()
            .map(|(id, external_id, email, is_person)| {
                let email = if is_person { email } else { String::new() };
                (AccountId(id), external_id.and_then(Coded::known), email)
            })
            .collect(),
    })
}

/// Deletes the oldest entries that were written before that moment, at most `limit`. Returns how many.
pub fn forget(db: &mut Db, before: DateTime<Utc>, limit: usize) -> Result<usize, Error> {
    let Some(Sequence { forgotten, .. }) = sequence(db)? else { return Ok(0) };
    let oldest = feed::table
        .filter(feed::position.gt(forgotten))
        .order(feed::position.asc())
        .select((feed::position, feed::recorded_at));
    let oldest: Vec<(i64, Moment)> = either!(db, db => Limited { query: oldest, rows: limit }.load(db))?;
    let old = oldest.iter().take_while(|(_, recorded_at)| DateTime::<Utc>::from(*recorded_at) < before);
    let Some((last, _)) = old.last() else { return Ok(0) };
    diesel::update(feed_sequence::table).set(feed_sequence::forgotten.eq(*last)).execute(db)?;
    Ok(diesel::delete(feed::table.filter(feed::position.le(*last))).execute(db)?)
}
