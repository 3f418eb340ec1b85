//! The timeline: appended to, read back, never changed.

use chrono::{DateTime, Utc};
use diesel::prelude::*;

use crate::domain::{Event, Order, Reference};
use crate::store::columns::Moment;
use crate::store::connection::{either, insert_rows};
use crate::store::orders::rows::EventRow;
use crate::store::schema::events;
use crate::store::{Db, Error};

/// Appends one event.
///
/// # Errors
///
/// When the statement fails.
pub fn append(db: &mut Db, order: &Order, event: &Event) -> Result<(), Error> {
    diesel::insert_into(events::table).values(EventRow::new(order, event)).execute(db)?;
    Ok(())
}

/// Appends many events, each to its own order.
///
/// # Errors
///
/// When a statement fails.
pub fn append_all(db: &mut Db, events: &[(&Order, &Event)]) -> Result<(), Error> {
    let rows: Vec<EventRow> = events.iter().map(|(order, event)| EventRow::new(order, event)).collect();
    insert_rows!(db, events::table, rows);
    Ok(())
}

/// The whole timeline of one order, oldest first.
///
/// # Errors
///
/// When the statement fails.
pub fn of_order(db: &mut Db, reference: Reference) -> Result<Vec<Event>, Error> {
    until(db, reference, i32::MAX)
}

/// The timeline of one order up to and including that event, oldest first: what belongs to an order of that many events,
/// whatever has happened since.
///
/// # Errors
///
/// When the statement fails.
pub fn until(db: &mut Db, reference: Reference, last: i32) -> Result<Vec<Event>, Error> {
    let timeline = events::table
        .filter(events::order_reference.eq(reference.to_string()).and(events::number.le(last)))
        .order(events::number.asc());
    either!(db, db => timeline.load::<EventRow>(db))?.into_iter().map(Event::try_from).collect()
}

/// The last event of one order.
///
/// # Errors
///
/// When the statement fails.
pub fn last_of_order(db: &mut Db, order: &Order) -> Result<Option<Event>, Error> {
    let last = events::table.find((order.reference.to_string(), order.events));
    either!(db, db => last.get_result::<EventRow>(db)).optional()?.map(Event::try_from).transpose()
}

/// When the latest thing happened, on any order.
///
/// # Errors
///
/// When the statement fails.
pub fn latest(db: &mut Db) -> Result<Option<DateTime<Utc>>, Error> {
    let latest: Option<Moment> = events::table.select(events::at).order(events::at.desc()).first(db).optional()?;
    Ok(latest.map(DateTime::from))
}
