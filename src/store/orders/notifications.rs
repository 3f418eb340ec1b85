//! What people are told on the page "Meldingen".

use chrono::{DateTime, Utc};
use diesel::pg::Pg;
use diesel::prelude::*;
use diesel::query_builder::QueryFragment;
use diesel::sqlite::Sqlite;

use crate::domain::{AccountId, Dispute, Event, Order, Party, Reference};
use crate::store::columns::Moment;
use crate::store::connection::insert_rows;
use crate::store::orders::rows::{DisputeRow, EventRow};
use crate::store::query::{Limited, Locked, Update};
use crate::store::schema::{accounts, disputes, events, notifications, orders};
use crate::store::{Db, Error};

#[derive(Insertable)]
#[diesel(table_name = notifications, treat_none_as_default_value = false)]
struct NewRow {
    account_id: i64,
    at: Moment,
    order_reference: String,
    event_number: i32,
}

/// Tells accounts about events, in the transaction of the events themselves.
///
/// # Errors
///
/// When a statement fails.
pub fn insert_all(db: &mut Db, told: &[(AccountId, &Order, &Event)]) -> Result<(), Error> {
    let row = |(account, order, event): &(AccountId, &Order, &Event)| NewRow {
        account_id: account.0,
        at: event.at.into(),
        order_reference: order.reference.to_string(),
        event_number: event.number,
    };
    let rows: Vec<NewRow> = told.iter().map(row).collect();
    insert_rows!(db, notifications::table, rows);
    Ok(())
}

/// A notification in the list, with what it takes to say it in words.
#[derive(Debug, Clone)]
pub struct NotificationListItem {
    /// The order.
    pub reference: Reference,
    /// The order's title.
    pub title: String,
    /// The side the reader is on.
    pub viewer: Party,
    /// The name of the party on the other side.
    pub other_name: String,
    /// The event.
    pub event: Event,
    /// Its dispute, as it stands now.
    pub dispute: Option<Dispute>,
    /// Whether it was read before.
    pub is_read: bool,
}

/// The place in a list of notifications after which a page begins: a moment, an order and an event.
pub type NotificationCursor = (DateTime<Utc>, Reference, i32);

/// One page of somebody's notifications, newest first.
///
/// # Errors
///
/// When the statement fails.
pub fn list(
    db: &mut Db,
    account: AccountId,
    after: Option<NotificationCursor>,
    limit: usize,
) -> Result<Vec<NotificationListItem>, Error> {
    let is_same_event =
        events::order_reference.eq(notifications::order_reference).and(events::number.eq(notifications::event_number));
    let is_same_dispute = disputes::order_reference
        .eq(events::order_reference)
        .and(events::dispute_number.eq(disputes::number.nullable()));
    let is_other_party = accounts::id.eq(orders::customer_id + orders::freelancer_id - account.0);
    let mut rows = notifications::table
        .inner_join(events::table.on(is_same_event))
        .inner_join(orders::table.on(orders::reference.eq(notifications::order_reference)))
        .inner_join(accounts::table.on(is_other_party))
        .left_join(disputes::table.on(is_same_dispute))
        .filter(notifications::account_id.eq(account.0))
        .order((notifications::at.desc(), notifications::order_reference.desc(), notifications::event_number.desc()))
        .select((
            events::all_columns,
            disputes::all_columns.nullable(),
            (orders::title, orders::customer_id, accounts::name, notifications::read_at),
        ))
        .into_boxed();
    if let Some((at, reference, number)) = after {
        let (at, reference) = (Moment::from(at), reference.to_string());
        let same_order =
            notifications::order_reference.eq(reference.clone()).and(notifications::event_number.lt(number));
        let same_moment = notifications::order_reference.lt(reference).or(same_order);
        rows = rows.filter(notifications::at.lt(at).or(notifications::at.eq(at).and(same_moment)));
    }
    Limited { query: rows, rows: limit }
        .load::<(EventRow, Option<DisputeRow>, (String, i64, String, Option<Moment>))>(db)?
        .into_iter()
        .map(|(event, dispute, (title, customer, other_name, read_at))| {
            Ok(NotificationListItem {
                reference: event.order_reference.or_corrupt("events.order_reference")?,
                title,
                viewer: if customer == account.0 { Party::Customer } else { Party::Freelancer },
                other_name,
                event: event.try_into()?,
                dispute: dispute.map(Dispute::try_from).transpose()?,
                is_read: read_at.is_some(),
            })
        })
        .collect()
}

/// Columns of the primary key.
const KEY: &str = "order_reference, event_number, account_id";

/// Builds the statement that marks notifications as read.
fn reading<F>(
    filter: F,
    now: DateTime<Utc>,
) -> Update<notifications::table, impl QueryFragment<Sqlite> + QueryFragment<Pg>, F> {
    Update::new(notifications::table, notifications::read_at.eq(Some(Moment::from(now))), filter)
}

/// Marks everything up to and including this moment as read. On PostgreSQL rows are locked in the order of their key, so
/// that two of these statements cannot deadlock.
///
/// # Errors
///
/// When the statement fails.
pub fn mark_read(db: &mut Db, account: AccountId, now: DateTime<Utc>) -> Result<(), Error> {
    // Said this way round, because for "at the latest" SQLite would go through everything that account was ever told.
    let unread = notifications::account_id
        .eq(account.0)
        .and(notifications::read_at.is_null())
        .and(diesel::dsl::not(notifications::at.gt(Moment::from(now))));
    match db {
        Db::Sqlite(db) => reading(unread, now).execute(db)?,
        Db::Postgres(db) => {
            let in_order = Locked { table: "notifications", key: KEY, filter: unread, waits: true };
            reading(in_order, now).execute(db)?
        }
    };
    Ok(())
}

/// Marks everything about an order as read, except rows that another transaction has locked.
///
/// # Errors
///
/// When the statement fails.
pub fn mark_read_of(db: &mut Db, account: AccountId, order: Reference, now: DateTime<Utc>) -> Result<(), Error> {
    let unread = notifications::account_id
        .eq(account.0)
        .and(notifications::order_reference.eq(order.to_string()))
        .and(notifications::read_at.is_null());
    match db {
        Db::Sqlite(db) => reading(unread, now).execute(db)?,
        Db::Postgres(db) => {
            let free = Locked { table: "notifications", key: KEY, filter: unread, waits: false };
            reading(free, now).execute(db)?
        }
    };
    Ok(())
}
