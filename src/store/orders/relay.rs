//! Orders with events that are not relayed yet: what is told by them is still to be written.

use diesel::prelude::*;
use diesel::sql_types::Integer;

use crate::domain::{AccountId, Kind};
use crate::store::columns::{Coded, Moment};
use crate::store::connection::either;
use crate::store::query::{IsToRelay, Limited, Update};
use crate::store::schema::{disputes, events, orders};
use crate::store::{Db, Error};

/// An event as the relay reads it: what happened, when it was recorded, and who is told.
#[derive(Debug, Clone)]
pub struct ToRelay {
    /// The order, as it is written.
    pub reference: String,
    /// The number within the order.
    pub number: i32,
    /// The word for what happened.
    pub kind: String,
    /// The dispute it belongs to.
    pub dispute: Option<i32>,
    /// The kind of that dispute.
    pub asked: Option<Kind>,
    pub(in crate::store) at: Moment,
    pub(in crate::store) recorded_at: Moment,
    /// Who is told of it.
    pub told: Vec<AccountId>,
}

/// Locks the next orders behind `after` that have something to relay, by reference, at most `limit`, until the transaction
/// ends. SQLite's write lock covers them by itself; PostgreSQL locks the rows and skips those that another transaction
/// holds, so that several servers share the work without waiting and no order is relayed by two of them.
pub fn hold(db: &mut Db, after: &str, limit: usize) -> Result<Vec<String>, Error> {
    let to_relay = orders::table
        .filter(IsToRelay)
        .filter(orders::reference.gt(after))
        .order(orders::reference.asc())
        .select(orders::reference);
    let rows = i64::try_from(limit).unwrap_or(i64::MAX);
    Ok(match db {
        Db::Sqlite(db) => Limited { query: to_relay, rows: limit }.load(db)?,
        Db::Postgres(db) => to_relay.limit(rows).for_update().skip_locked().load(db)?,
    })
}

/// The same for one order, if it still has something to relay.
pub fn hold_one(db: &mut Db, reference: &str) -> Result<Vec<String>, Error> {
    let one = orders::table.filter(IsToRelay).filter(orders::reference.eq(reference)).select(orders::reference);
    Ok(match db {
        Db::Sqlite(db) => one.load(db)?,
        Db::Postgres(db) => one.for_update().skip_locked().load(db)?,
    })
}

/// The events of these orders that are not relayed yet, by order and number.
pub fn events_of(db: &mut Db, held: &[String]) -> Result<Vec<ToRelay>, Error> {
    type Row =
        (String, i32, String, (Option<i32>, Option<Coded<Kind>>), (Moment, Option<Moment>), (Option<i64>, Option<i64>));
    let columns = (
        events::order_reference,
        events::number,
        events::what,
        (events::dispute_number, disputes::kind.nullable()),
        (events::at, events::recorded_at),
        (events::told_customer_id, events::told_freelancer_id),
    );
    let new = || {
        let is_same = disputes::order_reference
            .eq(events::order_reference)
            .and(disputes::number.nullable().eq(events::dispute_number));
        let of_order = events::table
            .inner_join(orders::table)
            .left_join(disputes::table.on(is_same))
            .filter(events::number.gt(orders::relayed));
        of_order.order((events::order_reference.asc(), events::number.asc())).select(columns)
    };
    let mut rows: Vec<Row> = Vec::with_capacity(held.len());
    match db {
        // A statement per order, prepared once: inside the program it costs next to nothing.
        Db::Sqlite(db) => {
            for reference in held {
                rows.extend(new().filter(orders::reference.eq(reference)).load::<Row>(db)?);
            }
        }
        Db::Postgres(db) => rows = new().filter(orders::reference.eq_any(held)).load(db)?,
    }
    let event = |(reference, number, kind, (dispute, asked), (at, recorded_at), (customer, freelancer)): Row| ToRelay {
        reference,
        number,
        kind,
        dispute,
        asked: asked.and_then(Coded::known),
        at,
        recorded_at: recorded_at.unwrap_or(at),
        told: [customer, freelancer].into_iter().flatten().map(AccountId).collect(),
    };
    Ok(rows.into_iter().map(event).collect())
}

/// Writes down that every event of these orders is relayed.
pub fn mark(db: &mut Db, held: &[String]) -> Result<(), Error> {
    let all = orders::relayed.eq(orders::events);
    match db {
        Db::Sqlite(db) => {
            for reference in held {
                Update::new(orders::table, all, orders::reference.eq(reference)).execute(db)?;
            }
        }
        Db::Postgres(db) => {
            Update::new(orders::table, all, orders::reference.eq_any(held)).execute(db)?;
        }
    }
    Ok(())
}

/// Whether anything is to be relayed.
pub fn is_behind(db: &mut Db) -> Result<bool, Error> {
    let first = orders::table.filter(IsToRelay).select(1.into_sql::<Integer>());
    Ok(either!(db, db => Limited { query: first, rows: 1 }.get_result::<i32>(db)).optional()?.is_some())
}
