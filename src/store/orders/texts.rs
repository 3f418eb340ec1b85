//! The table of the words of events. They can be erased, while events stay as they are.

use chrono::{DateTime, Utc};
use diesel::dsl;
use diesel::prelude::*;

use crate::domain::audit::chain::Words;
use crate::domain::orders::change::Title;
use crate::domain::{AccountId, Event, Extra, Order, Party, Reference};
use crate::store::columns::Moment;
use crate::store::connection::insert_rows;
use crate::store::orders::rows::{NewTextRow, extras_from_json, extras_to_json};
use crate::store::schema::{disputes, event_texts, events, orders};
use crate::store::{Db, Error};

/// Whether they are the words of the event.
pub(in crate::store) fn is_of_event() -> dsl::And<
    dsl::Eq<event_texts::order_reference, events::order_reference>,
    dsl::Eq<event_texts::number, events::number>,
> {
    event_texts::order_reference.eq(events::order_reference).and(event_texts::number.eq(events::number))
}

/// Stores the words of new events, each of its own order.
pub(super) fn insert_all(db: &mut Db, events: &[(&Order, &Event)]) -> Result<(), Error> {
    let rows: Vec<NewTextRow<'_>> = events.iter().filter_map(|(order, event)| NewTextRow::new(order, event)).collect();
    insert_rows!(db, event_texts::table, rows);
    Ok(())
}

/// The words of the events of an order, each with the number of its event.
pub fn of_order(db: &mut Db, reference: Reference) -> Result<Vec<(i32, Words)>, Error> {
    type Row = (i32, String, Option<String>, Option<String>, Option<String>);
    let columns =
        (event_texts::number, event_texts::hash, event_texts::titles_hash, event_texts::salt, event_texts::text);
    let words_of = event_texts::table
        .filter(event_texts::order_reference.eq(reference.to_string()))
        .order(event_texts::number.asc())
        .select(columns);
    let words =
        |(number, hash, titles_hash, salt, text): Row| (number, Words { hash, titles_hash, said: salt.zip(text) });
    Ok(words_of.load::<Row>(db)?.into_iter().map(words).collect())
}

/// Erases the words that an account wrote on an order: its texts with their salts, and the titles of the extras that it
/// asked for. Their hashes stay. Returns the number of events whose words were erased now.
pub fn erase(db: &mut Db, reference: Reference, account: AccountId, now: DateTime<Utc>) -> Result<usize, Error> {
    let of_order = orders::table.filter(orders::reference.eq(reference.to_string()));
    let parties: Option<(i64, i64)> =
        of_order.select((orders::customer_id, orders::freelancer_id)).get_result(db).optional()?;
    let writer = match parties {
        Some((customer, _)) if customer == account.0 => Party::Customer,
        Some((_, freelancer)) if freelancer == account.0 => Party::Freelancer,
        _ => return Ok(0),
    };
    let written = events::table
        .filter(events::order_reference.eq(reference.to_string()).and(events::actor.eq(writer.code())))
        .select(events::number);
    let words = event_texts::table
        .filter(event_texts::order_reference.eq(reference.to_string()).and(event_texts::erased_at.is_null()))
        .filter(event_texts::number.eq_any(written));
    let nothing = (
        event_texts::text.eq(None::<String>),
        event_texts::salt.eq(None::<String>),
        event_texts::erased_at.eq(Some(Moment::from(now))),
    );
    let erased = diesel::update(words).set(nothing).execute(db)?;
    let asked = disputes::table
        .filter(disputes::order_reference.eq(reference.to_string()).and(disputes::opener.eq(writer.code())))
        .filter(disputes::extras.is_not_null())
        .select((disputes::number, disputes::extras.assume_not_null()));
    for (number, extras) in asked.load::<(i32, String)>(db)? {
        let untitled = |extra: Extra| Extra { title: Title::erased(), ..extra };
        let extras: Vec<Extra> = extras_from_json(&extras)?.into_iter().map(untitled).collect();
        diesel::update(disputes::table.find((reference.to_string(), number)))
            .set(disputes::extras.eq(Some(extras_to_json(&extras))))
            .execute(db)?;
    }
    Ok(erased)
}
