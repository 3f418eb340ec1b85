//! Complete records of orders, in batches, for checks of the whole database.

use std::collections::HashSet;

use diesel::dsl::exists;
use diesel::prelude::*;

use crate::domain::audit::record::{DisputeRecord, Record};
use crate::domain::{AccountId, Dispute, Event, Order, Party};
use crate::store::columns::Moment;
use crate::store::orders::rows::{DisputeRow, EventRow, OrderRow};
use crate::store::schema::{disputes, events, notifications, orders, outbox};
use crate::store::{Db, Error};

/// An order's reference and its record, or why that cannot be read.
#[derive(Debug)]
pub struct Loaded {
    /// The reference as stored.
    pub reference: String,
    /// The record.
    pub record: Result<Record, Error>,
}

/// A row with the reference of its order as stored, which a corrupt one has too.
type Stored<R> = (String, R);

/// Loads the next orders behind `after` by reference, or the first ones; at most `limit`, each with all its rows: four
/// statements.
pub fn batch(db: &mut Db, after: Option<&str>, limit: i64) -> Result<Vec<Loaded>, Error> {
    let rows: Vec<Stored<OrderRow>> = orders::table
        .filter(orders::reference.gt(after.unwrap_or_default()))
        .order(orders::reference.asc())
        .limit(limit)
        .select((orders::reference, orders::all_columns))
        .load(db)?;
    let (Some((first, _)), Some((last, _))) = (rows.first(), rows.last()) else { return Ok(Vec::new()) };
    let disputes: Vec<Stored<DisputeRow>> = disputes::table
        .filter(disputes::order_reference.between(first, last))
        .order((disputes::order_reference.asc(), disputes::number.asc()))
        .select((disputes::order_reference, disputes::all_columns))
        .load(db)?;
    let events: Vec<Stored<EventRow>> = events::table
        .filter(events::order_reference.between(first, last))
        .order((events::order_reference.asc(), events::number.asc()))
        .select((events::order_reference, events::all_columns))
        .load(db)?;
    let told = told(db, first, last)?;
    let mut disputes = disputes.into_iter().peekable();
    let mut events = events.into_iter().peekable();
    let mut told = told.into_iter().peekable();
    Ok(rows
        .into_iter()
        .map(|(reference, row)| {
            let disputes = std::iter::from_fn(|| disputes.next_if(|next| next.0 == reference));
            let disputes = disputes.map(|(_, dispute)| dispute).collect();
            let events = std::iter::from_fn(|| events.next_if(|next| next.0 == reference));
            let events = events.map(|(_, event)| event).collect();
            let told = std::iter::from_fn(|| told.next_if(|next| next.0 == reference)).flat_map(|(_, number, to)| {
                let parties = [(Party::Customer, to.0), (Party::Freelancer, to.1)];
                parties.into_iter().filter(|(_, told)| *told).map(move |(party, _)| (number, party))
            });
            let told = told.collect();
            Loaded { record: record(row, disputes, events, told), reference }
        })
        .collect())
}

/// An event by its order and number, and whether the customer and the freelancer have a notification of it.
type Told = (String, i32, (bool, bool));

/// Finds whether the customer and the freelancer were notified of each event. A notification's whole key is known, so
/// each is looked up by it.
fn told(db: &mut Db, first: &str, last: &str) -> Result<Vec<Told>, Error> {
    let is_of_event =
        notifications::order_reference.eq(events::order_reference).and(notifications::event_number.eq(events::number));
    let of_event = || notifications::table.filter(is_of_event);
    Ok(events::table
        .inner_join(orders::table)
        .filter(events::order_reference.between(first, last))
        .order((events::order_reference.asc(), events::number.asc()))
        .select((
            events::order_reference,
            events::number,
            (
                exists(of_event().filter(notifications::account_id.eq(orders::customer_id))),
                exists(of_event().filter(notifications::account_id.eq(orders::freelancer_id))),
            ),
        ))
        .load(db)?)
}

fn record(
    row: OrderRow,
    disputes: Vec<DisputeRow>,
    events: Vec<EventRow>,
    told: HashSet<(i32, Party)>,
) -> Result<Record, Error> {
    let settles_at = row.settles_at.map(Into::into);
    let order = Order::try_from((row, None))?;
    let asked = |row: DisputeRow| {
        let (opener, respondent) = (AccountId(row.opener_id), AccountId(row.respondent_id));
        let remind_at = row.remind_at.map(Into::into);
        Ok(DisputeRecord { dispute: Dispute::try_from(row)?, opener, respondent, remind_at })
    };
    Ok(Record {
        order,
        settles_at,
        disputes: disputes.into_iter().map(asked).collect::<Result<_, Error>>()?,
        events: events.into_iter().map(Event::try_from).collect::<Result<_, Error>>()?,
        told,
    })
}

/// A stray row, by the order it names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stray {
    /// The order.
    pub reference: String,
    /// The problem.
    pub what: String,
}

/// Finds notifications to an account that is no party of the order, or with another date than their event; at most
/// `limit`.
pub fn stray_notifications(db: &mut Db, limit: i64) -> Result<Vec<Stray>, Error> {
    let is_of_event =
        events::order_reference.eq(notifications::order_reference).and(events::number.eq(notifications::event_number));
    let is_of_party =
        notifications::account_id.eq(orders::customer_id).or(notifications::account_id.eq(orders::freelancer_id));
    let rows: Vec<(String, i32, Moment, Moment)> = notifications::table
        .inner_join(events::table.on(is_of_event))
        .inner_join(orders::table.on(orders::reference.eq(notifications::order_reference)))
        .filter(notifications::at.ne(events::at).or(diesel::dsl::not(is_of_party)))
        .limit(limit)
        .select((notifications::order_reference, notifications::event_number, notifications::at, events::at))
        .load(db)?;
    Ok(rows
        .into_iter()
        .map(|(reference, number, told, at)| {
            let why =
                if told == at { "to an account that is no party of it" } else { "at another moment than its own" };
            Stray { reference, what: format!("event {number} was told {why}") }
        })
        .collect())
}

/// Finds mails to an account that is no party of the order, and reminders to the party that asked; at most `limit`.
pub fn stray_mails(db: &mut Db, limit: i64) -> Result<Vec<Stray>, Error> {
    let is_of_party = outbox::account_id.eq(orders::customer_id).or(outbox::account_id.eq(orders::freelancer_id));
    let is_of_dispute = disputes::order_reference
        .eq(outbox::order_reference)
        .and(disputes::number.nullable().eq(outbox::dispute_number));
    let reminds_asker = outbox::what.eq("reminder").and(outbox::account_id.ne(disputes::respondent_id)).nullable();
    let rows: Vec<(String, String)> = outbox::table
        .inner_join(orders::table.on(orders::reference.eq(outbox::order_reference)))
        .left_join(disputes::table.on(is_of_dispute))
        .filter(diesel::dsl::not(is_of_party).nullable().or(reminds_asker))
        .limit(limit)
        .select((orders::reference, outbox::key))
        .load(db)?;
    let what = |key| format!("the mail {key} goes to somebody it is not for");
    Ok(rows.into_iter().map(|(reference, key)| Stray { reference, what: what(key) }).collect())
}
