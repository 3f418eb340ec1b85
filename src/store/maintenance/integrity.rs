//! The database's own integrity check.

use diesel::prelude::*;
use diesel::sql_types::Text;

use crate::store::{Db, Error};

#[derive(QueryableByName)]
struct CheckResult {
    #[diesel(sql_type = Text)]
    line: String,
}

/// Everything SQLite finds broken in its file, and every dangling reference. PostgreSQL guards both by itself, so
/// nothing is reported for it.
pub fn broken(db: &mut Db) -> Result<Vec<String>, Error> {
    let Db::Sqlite(db) = db else { return Ok(Vec::new()) };
    let file = "SELECT integrity_check AS line FROM pragma_integrity_check WHERE integrity_check <> 'ok'";
    let references = "SELECT count(*) || ' rows of ' || \"table\" || ' refer to ' || parent || ' that are not there' \
                      AS line FROM pragma_foreign_key_check GROUP BY \"table\", parent";
    let mut broken: Vec<CheckResult> = diesel::sql_query(file).load(db)?;
    broken.extend(diesel::sql_query(references).load::<CheckResult>(db)?);
    Ok(broken.into_iter().map(|found| found.line).collect())
}
