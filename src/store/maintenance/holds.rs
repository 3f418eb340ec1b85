//! What is held: it waits in the database and does not leave. A restored backup holds everything until its operator says
//! that it may write to people.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use strum::{AsRefStr, EnumString, IntoStaticStr, VariantArray};

use crate::store::columns::{Coded, Moment};
use crate::store::connection::either;
use crate::store::schema::holds;
use crate::store::{Db, Error};

/// What can be held, by its name in the database.
#[derive(Debug, Clone, Copy, PartialEq, Eq, AsRefStr, EnumString, IntoStaticStr, VariantArray)]
#[strum(serialize_all = "snake_case")]
pub enum Held {
    /// All mail.
    Mail,
}

/// Holds everything that can be held, from that moment of the wall clock on. What is held already stays so.
pub fn hold_all(db: &mut Db, wall: DateTime<Utc>) -> Result<(), Error> {
    for what in Held::VARIANTS {
        let row = (holds::name.eq(Coded::from(*what)), holds::since.eq(Moment::from(wall)));
        let insert = diesel::insert_into(holds::table).values(row);
        either!(db, db => insert.on_conflict(holds::name).do_nothing().execute(db))?;
    }
    Ok(())
}

/// Since when that is held, if it is.
pub fn since(db: &mut Db, what: Held) -> Result<Option<DateTime<Utc>>, Error> {
    let since: Option<Moment> = holds::table.find(Coded::from(what)).select(holds::since).get_result(db).optional()?;
    Ok(since.map(DateTime::from))
}

/// Lets it leave again; answers whether it was held.
pub fn resume(db: &mut Db, what: Held) -> Result<bool, Error> {
    Ok(diesel::delete(holds::table.find(Coded::from(what))).execute(db)? == 1)
}
