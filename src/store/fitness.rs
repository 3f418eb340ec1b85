//! Whether a PostgreSQL database is fit for this program. SQLite always is.

use diesel::dsl::sql;
use diesel::prelude::*;
use diesel::sql_types::Bool;

use crate::store::{Db, Error};

/// What a database in the locale `C` does.
pub(super) const ENGLISH_ONLY: &str = "the database has the locale C, which takes é and É for two letters, so that searching finds too little: make it \
     anew with another locale (C.UTF-8 will do)";

/// Everything that makes it unfit.
pub(super) fn faults(db: &mut Db) -> Result<Vec<String>, Error> {
    let mut faults = Vec::new();
    if !may_make_tables(db)? {
        faults.push(Error::MayNotMakeTables.to_string());
    }
    if !knows_letters(db)? {
        faults.push(ENGLISH_ONLY.to_owned());
    }
    Ok(faults)
}

/// Whether our role may make tables in the schema where they belong. A schema that it may not even use is left out of the path,
/// and what it makes would be gone with the connection.
pub(super) fn may_make_tables(db: &mut Db) -> Result<bool, Error> {
    let Db::Postgres(db) = db else { return Ok(true) };
    let may =
        "coalesce(current_schema() NOT LIKE 'pg\\_temp%' AND has_schema_privilege(current_schema(), 'CREATE'), false)";
    Ok(diesel::select(sql::<Bool>(may)).get_result(db)?)
}

/// Whether capitals of other letters than the English ones are known.
pub(super) fn knows_letters(db: &mut Db) -> Result<bool, Error> {
    let Db::Postgres(db) = db else { return Ok(true) };
    Ok(diesel::select(sql::<Bool>("lower('É') = 'é'")).get_result(db)?)
}
