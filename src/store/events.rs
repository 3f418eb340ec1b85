//! The timeline: appended to, read back, never changed.

use diesel::prelude::*;

use super::rows::EventRow;
use super::schema::events;
use super::{Db, Error};
use crate::domain::{Event, Order, Reference};

/// Appends one event.
///
/// # Errors
///
/// When the statement fails.
pub fn append(db: &mut Db, order: &Order, event: &Event) -> Result<(), Error> {
    diesel::insert_into(events::table).values(EventRow::new(order, event)).execute(db)?;
    Ok(())
}

/// The whole timeline of one order, oldest first.
///
/// # Errors
///
/// When the statement fails.
pub fn of_order(db: &mut Db, reference: Reference) -> Result<Vec<Event>, Error> {
    events::table
        .filter(events::order_reference.eq(reference.to_string()))
        .order(events::number.asc())
        .load::<EventRow>(db)?
        .into_iter()
        .map(Event::try_from)
        .collect()
}
