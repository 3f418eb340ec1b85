//! What the marketplace says of orders besides their terms.

use std::collections::HashMap;

use diesel::prelude::*;

use crate::domain::orders::outside::Description;
use crate::domain::{Reference, Text};
use crate::store::connection::either;
use crate::store::schema::order_descriptions;
use crate::store::sql::NAMES_AT_ONCE;
use crate::store::{Db, Error};

/// The columns of a row: the text and the address.
pub(super) type Columns = (Option<String>, Option<String>);

/// Reads a row, if there is one.
pub(super) fn read(row: Option<Columns>) -> Result<Description, Error> {
    let (text, url) = row.unwrap_or_default();
    let text = text.map(|text| Text::parse(&text).map_err(|_| Error::corrupt("order_descriptions.description")));
    Ok(Description { text: text.transpose()?, url })
}

/// What is said of these orders, of those of which something is.
pub fn of_orders(db: &mut Db, references: &[Reference]) -> Result<HashMap<Reference, Description>, Error> {
    let wanted: Vec<String> = references.iter().map(ToString::to_string).collect();
    let mut found = HashMap::new();
    for chunk in wanted.chunks(NAMES_AT_ONCE) {
        let query = order_descriptions::table.filter(order_descriptions::order_reference.eq_any(chunk));
        let rows: Vec<(String, Option<String>, Option<String>)> = either!(db, db => query.load(db))?;
        for (reference, text, url) in rows {
            let reference = reference.parse().map_err(|_| Error::corrupt("order_descriptions.order_reference"))?;
            found.insert(reference, read(Some((text, url)))?);
        }
    }
    Ok(found)
}

/// Stores what is said of an order now.
pub fn store(db: &mut Db, reference: Reference, said: &Description) -> Result<(), Error> {
    let values = (
        order_descriptions::description.eq(said.text.as_ref().map(ToString::to_string)),
        order_descriptions::url.eq(said.url.clone()),
    );
    let one = order_descriptions::table.find(reference.to_string());
    if diesel::update(one).set(values.clone()).execute(db)? == 0 {
        let row = (order_descriptions::order_reference.eq(reference.to_string()), values);
        diesel::insert_into(order_descriptions::table).values(row).execute(db)?;
    }
    Ok(())
}
