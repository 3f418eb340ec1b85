//! Schema versions: every migration that ran has a row in Diesel's own table.

use diesel::dsl::sql;
use diesel::migration::{Migration, MigrationSource};
use diesel::pg::Pg;
use diesel::prelude::*;
use diesel::sql_types::Bool;
use diesel::sqlite::Sqlite;

use crate::store::{Db, Error, POSTGRES, SQLITE};

table! {
    #[sql_name = "__diesel_schema_migrations"]
    migrations (version) {
        version -> Text,
    }
}

/// How a database's tables match this program.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::store) enum Tables {
    /// Made or updated by this program.
    Current,
    /// Made by an older program.
    Older,
    /// There are no tables.
    Missing,
}

/// Compares the migrations that ran with ours, and changes nothing.
///
/// # Errors
///
/// When a newer program made the tables: this one must not touch a schema it does not know.
pub(in crate::store) fn tables(db: &mut Db) -> Result<Tables, Error> {
    let ran = ran(db)?;
    let known = known(db)?;
    if let Some(newer) = ran.iter().find(|version| !known.contains(version)) {
        return Err(Error::Newer(newer.clone()));
    }
    Ok(match ran.len() {
        0 => Tables::Missing,
        some if some < known.len() => Tables::Older,
        _ => Tables::Current,
    })
}

fn ran(db: &mut Db) -> Result<Vec<String>, Error> {
    let is_there = match db {
        Db::Sqlite(db) => {
            sql::<Bool>("SELECT EXISTS (SELECT 1 FROM sqlite_master WHERE name = '__diesel_schema_migrations')")
                .get_result::<bool>(db)
        }
        Db::Postgres(db) => {
            sql::<Bool>("SELECT to_regclass('__diesel_schema_migrations') IS NOT NULL").get_result::<bool>(db)
        }
    };
    if is_there? { Ok(migrations::table.select(migrations::version).load(db)?) } else { Ok(Vec::new()) }
}

fn known(db: &Db) -> Result<Vec<String>, Error> {
    let versions = match db {
        Db::Sqlite(_) => MigrationSource::<Sqlite>::migrations(&SQLITE).map(|all| versions(&all)),
        Db::Postgres(_) => MigrationSource::<Pg>::migrations(&POSTGRES).map(|all| versions(&all)),
    };
    versions.map_err(Error::migration)
}

fn versions<DB: diesel::backend::Backend>(all: &[Box<dyn Migration<DB>>]) -> Vec<String> {
    all.iter().map(|migration| migration.name().version().to_string()).collect()
}
