//! The table of what was last received of each order.

use std::collections::HashMap;

use diesel::prelude::*;

use crate::domain::orders::outside::Received;
use crate::domain::{Money, Reference, Status};
use crate::store::columns::{Coded, Day, Moment};
use crate::store::connection::{either, insert_rows};
use crate::store::schema::received_orders;
use crate::store::sql::NAMES_AT_ONCE;
use crate::store::{Db, Error};

#[derive(Debug, Queryable, Insertable)]
#[diesel(table_name = received_orders)]
struct ReceivedRow {
    order_reference: Coded<Reference>,
    title: String,
    price_cents: i64,
    placed_at: Moment,
    delivery_date: Day,
    status: Coded<Status>,
}

impl ReceivedRow {
    fn new(reference: Reference, received: &Received) -> Self {
        Self {
            order_reference: reference.into(),
            title: received.title.clone(),
            price_cents: received.price.cents,
            placed_at: received.placed_at.into(),
            delivery_date: Day(received.delivery_date),
            status: received.status.into(),
        }
    }

    fn read(self) -> Result<(Reference, Received), Error> {
        let received = Received {
            title: self.title,
            price: Money::euro_cents(self.price_cents),
            placed_at: self.placed_at.into(),
            delivery_date: self.delivery_date.0,
            status: self.status.or_corrupt("received_orders.status")?,
        };
        Ok((self.order_reference.or_corrupt("received_orders.order_reference")?, received))
    }
}

/// What was last received of these orders.
pub fn of_orders(db: &mut Db, references: &[Reference]) -> Result<HashMap<Reference, Received>, Error> {
    let wanted: Vec<String> = references.iter().map(ToString::to_string).collect();
    let mut found = HashMap::new();
    for chunk in wanted.chunks(NAMES_AT_ONCE) {
        let query = received_orders::table.filter(received_orders::order_reference.eq_any(chunk));
        let rows: Vec<ReceivedRow> = either!(db, db => query.load(db))?;
        for row in rows {
            let (reference, received) = row.read()?;
            found.insert(reference, received);
        }
    }
    Ok(found)
}

/// Stores what was received of orders for the first time.
pub fn insert_all(db: &mut Db, received: &[(Reference, Received)]) -> Result<(), Error> {
    let rows: Vec<ReceivedRow> =
        received.iter().map(|(reference, received)| ReceivedRow::new(*reference, received)).collect();
    insert_rows!(db, received_orders::table, rows);
    Ok(())
}

/// Stores what was received of an order now.
pub fn store(db: &mut Db, reference: Reference, received: &Received) -> Result<(), Error> {
    let row = ReceivedRow::new(reference, received);
    let one = received_orders::table.filter(received_orders::order_reference.eq(reference.to_string()));
    let values = (
        received_orders::title.eq(row.title.clone()),
        received_orders::price_cents.eq(row.price_cents),
        received_orders::delivery_date.eq(row.delivery_date),
        received_orders::status.eq(row.status),
    );
    if diesel::update(one).set(values).execute(db)? == 0 {
        diesel::insert_into(received_orders::table).values(row).execute(db)?;
    }
    Ok(())
}
