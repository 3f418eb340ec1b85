//! Who has a calendar, and the delivery dates in it.

use chrono::{DateTime, NaiveDate, Utc};
use diesel::prelude::*;

use crate::domain::{AccountId, Order, Party};
use crate::store::columns::Moment;
use crate::store::connection::either;
use crate::store::orders::disputes::is_open_of_order;
use crate::store::orders::rows::{DisputeRow, OrderRow};
use crate::store::query::AtMost;
use crate::store::schema::{accounts, calendars, disputes, events, orders};
use crate::store::{Db, Error};

/// The name of an account's calendar, when it has one.
///
/// # Errors
///
/// When the statement fails.
pub fn of(db: &mut Db, account: AccountId) -> Result<Option<String>, Error> {
    Ok(calendars::table.find(account.0).select(calendars::id).get_result(db).optional()?)
}

/// Whose calendar that is.
///
/// # Errors
///
/// When the statement fails.
pub fn owner(db: &mut Db, id: &str) -> Result<Option<AccountId>, Error> {
    let owner = calendars::table.filter(calendars::id.eq(id)).select(calendars::account_id);
    Ok(owner.get_result(db).optional()?.map(AccountId))
}

/// Gives an account a calendar with that name; one it has already stays.
///
/// # Errors
///
/// When the statement fails.
pub fn insert(db: &mut Db, account: AccountId, id: &str) -> Result<(), Error> {
    let row = (calendars::account_id.eq(account.0), calendars::id.eq(id));
    either!(db, db => {
        diesel::insert_into(calendars::table).values(row).on_conflict(calendars::account_id).do_nothing().execute(db)
    })?;
    Ok(())
}

/// Gives an account's calendar another name; nothing happens without one.
///
/// # Errors
///
/// When the statement fails.
pub fn rename(db: &mut Db, account: AccountId, id: &str) -> Result<(), Error> {
    diesel::update(calendars::table.find(account.0)).set(calendars::id.eq(id)).execute(db)?;
    Ok(())
}

/// Ends an account's calendar.
///
/// # Errors
///
/// When the statement fails.
pub fn delete(db: &mut Db, account: AccountId) -> Result<(), Error> {
    diesel::delete(calendars::table.find(account.0)).execute(db)?;
    Ok(())
}

/// An order with its delivery date.
#[derive(Debug, Clone)]
pub struct Delivery {
    /// The order with what is open on it.
    pub order: Order,
    /// The side the reader is on.
    pub viewer: Party,
    /// Who is on the other side.
    pub other_name: String,
    /// When the last thing happened to it.
    pub changed_at: DateTime<Utc>,
}

/// Which delivery dates a calendar has.
#[derive(Debug, Clone, Copy)]
pub struct Span {
    /// From this day on.
    pub from: NaiveDate,
    /// Of an order that is closed only when that is not longer ago.
    pub closed_since: DateTime<Utc>,
    /// At most so many for each side, the soonest.
    pub limit: usize,
}

/// The delivery dates of an account's orders on one side, soonest first.
///
/// # Errors
///
/// When the statement fails.
pub fn deliveries(db: &mut Db, account: AccountId, side: Party, span: Span) -> Result<Vec<Delivery>, Error> {
    let last_event = events::order_reference.eq(orders::reference).and(events::number.eq(orders::events));
    let is_final =
        orders::status.eq("completed").or(orders::status.eq("mutually_cancelled")).or(orders::status.eq("cancelled"));
    let rows = orders::table
        .left_join(disputes::table.on(is_open_of_order()))
        .inner_join(accounts::table.on(accounts::id.eq(orders::customer_id + orders::freelancer_id - account.0)))
        .inner_join(events::table.on(last_event))
        .filter(orders::delivery_date.ge(span.from))
        .filter(diesel::dsl::not(is_final).or(events::at.ge(Moment::from(span.closed_since))))
        .order((orders::delivery_date.asc(), orders::reference.asc()))
        .select((orders::all_columns, disputes::all_columns.nullable(), accounts::name, events::at))
        .into_boxed();
    let rows = match side {
        Party::Customer => rows.filter(orders::customer_id.eq(account.0)),
        Party::Freelancer => rows.filter(orders::freelancer_id.eq(account.0)),
    };
    let rows = AtMost { query: rows, rows: span.limit };
    rows.load::<(OrderRow, Option<DisputeRow>, String, Moment)>(db)?
        .into_iter()
        .map(|(order, dispute, other_name, at)| {
            Ok(Delivery { order: (order, dispute).try_into()?, viewer: side, other_name, changed_at: at.into() })
        })
        .collect()
}
