//! The calendars of accounts, and the delivery dates in them.

use chrono::{DateTime, NaiveDate, Utc};
use diesel::prelude::*;

use crate::domain::{AccountId, Order, Party};
use crate::store::columns::Moment;
use crate::store::connection::either;
use crate::store::orders::disputes::is_open_of_order;
use crate::store::orders::rows::{DisputeRow, ORDER, OrderRow};
use crate::store::query::{IsFinal, Limited};
use crate::store::schema::{accounts, calendars, disputes, events, orders};
use crate::store::{Db, Error};

/// The calendar of an account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Calendar {
    /// Its name; the calendar's address is this name with a seal.
    pub id: String,
    /// Its last reading by a calendar program, to within an hour, by the wall clock (UTC).
    pub read_at: Option<DateTime<Utc>>,
}

/// The calendar of an account, when it has one.
pub fn find(db: &mut Db, account: AccountId) -> Result<Option<Calendar>, Error> {
    let columns = (calendars::id, calendars::read_at);
    let row = calendars::table.find(account.0).select(columns).get_result::<(String, Option<Moment>)>(db).optional()?;
    Ok(row.map(|(id, read_at)| Calendar { id, read_at: read_at.map(Into::into) }))
}

/// The calendar of that name, with its account.
pub fn owner(db: &mut Db, id: &str) -> Result<Option<(AccountId, Calendar)>, Error> {
    let columns = (calendars::account_id, calendars::read_at);
    let owner = calendars::table.filter(calendars::id.eq(id)).select(columns);
    let row = owner.get_result::<(i64, Option<Moment>)>(db).optional()?;
    let calendar = |read_at: Option<Moment>| Calendar { id: id.to_owned(), read_at: read_at.map(Into::into) };
    Ok(row.map(|(account, read_at)| (AccountId(account), calendar(read_at))))
}

/// Gives an account a calendar with that name, and returns whether it had none; an existing calendar stays.
pub fn insert(db: &mut Db, account: AccountId, id: &str) -> Result<bool, Error> {
    let row = (calendars::account_id.eq(account.0), calendars::id.eq(id));
    let made = either!(db, db => {
        diesel::insert_into(calendars::table).values(row).on_conflict(calendars::account_id).do_nothing().execute(db)
    })?;
    Ok(made == 1)
}

/// Gives an account's calendar another name, without a reading yet; returns whether there is a calendar.
pub fn rename(db: &mut Db, account: AccountId, id: &str) -> Result<bool, Error> {
    let renamed = (calendars::id.eq(id), calendars::read_at.eq(None::<Moment>));
    Ok(diesel::update(calendars::table.find(account.0)).set(renamed).execute(db)? == 1)
}

/// Ends an account's calendar, and returns whether there was one.
pub fn delete(db: &mut Db, account: AccountId) -> Result<bool, Error> {
    Ok(diesel::delete(calendars::table.find(account.0)).execute(db)? == 1)
}

/// Stores a reading of the calendar with that name.
pub fn mark_read(db: &mut Db, id: &str, now: DateTime<Utc>) -> Result<(), Error> {
    let named = calendars::table.filter(calendars::id.eq(id));
    diesel::update(named).set(calendars::read_at.eq(Some(Moment::from(now)))).execute(db)?;
    Ok(())
}

/// An order with its delivery date.
#[derive(Debug, Clone)]
pub struct Delivery {
    /// The order with its open dispute.
    pub order: Order,
    /// The side the reader is on.
    pub viewer: Party,
    /// The name of the party on the other side.
    pub other_name: String,
    /// The moment of its last event.
    pub changed_at: DateTime<Utc>,
}

/// The delivery dates that a calendar shows.
#[derive(Debug, Clone, Copy)]
pub struct Span {
    /// The first day.
    pub from: NaiveDate,
    /// Closed orders are included when they were closed since this moment.
    pub closed_since: DateTime<Utc>,
    /// The most orders for each side, soonest date first.
    pub limit: usize,
}

/// The delivery dates of an account's orders on one side, soonest first.
pub fn deliveries(db: &mut Db, account: AccountId, side: Party, span: Span) -> Result<Vec<Delivery>, Error> {
    let last_event = events::order_reference.eq(orders::reference).and(events::number.eq(orders::events));
    let rows = orders::table
        .left_join(disputes::table.on(is_open_of_order()))
        .inner_join(accounts::table.on(accounts::id.eq(orders::customer_id + orders::freelancer_id - account.0)))
        .inner_join(events::table.on(last_event))
        .filter(orders::delivery_date.ge(span.from))
        .filter(diesel::dsl::not(IsFinal).or(events::at.ge(Moment::from(span.closed_since))))
        .order((orders::delivery_date.asc(), orders::reference.asc()))
        .select((ORDER, disputes::all_columns.nullable(), accounts::name, events::at))
        .into_boxed();
    let rows = match side {
        Party::Customer => rows.filter(orders::customer_id.eq(account.0)),
        Party::Freelancer => rows.filter(orders::freelancer_id.eq(account.0)),
    };
    let rows = Limited { query: rows, rows: span.limit };
    rows.load::<(OrderRow, Option<DisputeRow>, String, Moment)>(db)?
        .into_iter()
        .map(|(order, dispute, other_name, at)| {
            Ok(Delivery { order: (order, dispute).try_into()?, viewer: side, other_name, changed_at: at.into() })
        })
        .collect()
}
