//! Due orders, in batches: silence has something to decide on each.

use chrono::{DateTime, Utc};
use diesel::prelude::*;

use crate::domain::{Order, Reference};
use crate::store::columns::{Coded, Moment};
use crate::store::connection::either;
use crate::store::orders::disputes::is_open_of_order;
use crate::store::orders::rows::{DisputeRow, ORDER, OrderRow};
use crate::store::query::AfterKey;
use crate::store::schema::{disputes, orders};
use crate::store::sql::NAMES_AT_ONCE;
use crate::store::{Db, Error};

/// An order, or the reason why it cannot be read.
pub type Loaded = (Reference, Result<Order, Error>);

/// The place in the due orders after which the next batch begins: a moment and an order.
pub type DueCursor = (DateTime<Utc>, Reference);

/// Locks the next due orders, longest overdue first, at most `limit`, until the transaction ends. SQLite's write lock
/// covers them. PostgreSQL locks the rows and skips those that another transaction holds, so that several servers share
/// the work without waiting.
pub fn hold(db: &mut Db, now: DateTime<Utc>, after: Option<DueCursor>, limit: i64) -> Result<Vec<DueCursor>, Error> {
    let settles_at = orders::settles_at.assume_not_null();
    let due = orders::table
        .filter(settles_at.le(Moment::from(now)).and(AfterKey::new(after)))
        .order((settles_at.asc(), orders::reference.asc()))
        .limit(limit)
        .select((settles_at, orders::reference));
    let due: Vec<(Moment, Coded<Reference>)> = match db {
        Db::Sqlite(db) => due.load(db)?,
        Db::Postgres(db) => due.for_update().skip_locked().load(db)?,
    };
    due.into_iter().map(|(at, reference)| Ok((at.into(), reference.or_corrupt("orders.reference")?))).collect()
}

/// Loads these orders, each with its open dispute, or the reason why it cannot be read.
pub fn load(db: &mut Db, held: &[Reference]) -> Result<Vec<Loaded>, Error> {
    let wanted: Vec<String> = held.iter().map(ToString::to_string).collect();
    let mut found = Vec::with_capacity(held.len());
    for chunk in wanted.chunks(NAMES_AT_ONCE) {
        let rows = orders::table
            .left_join(disputes::table.on(is_open_of_order()))
            .select((ORDER, disputes::all_columns.nullable()));
        let rows: Vec<(OrderRow, Option<DisputeRow>)> =
            either!(&mut *db, db => rows.filter(orders::reference.eq_any(chunk)).load(db))?;
        for row in rows {
            found.push((row.0.reference.or_corrupt("orders.reference")?, row.try_into()));
        }
    }
    Ok(found)
}
