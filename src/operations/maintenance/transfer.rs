//! Copies a whole marketplace from one database into another, SQLite or PostgreSQL: every row of every table, or
//! nothing.

use crate::store::maintenance::tables::{self, Sum, TABLES, Table};
use crate::store::{Db, Error, Store};

/// Tables that [`Backup::restore`](crate::operations::maintenance::backup::Backup::restore) leaves out: sessions, and
/// links that set a password or sign in. One that ended after the backup was made must not become valid again (our choice).
pub const CREDENTIAL_TABLES: [&str; 3] = ["sessions", "password_links", "sign_in_links"];

/// What a database holds is its own affair too where it is restored: there everything is held.
pub const HOLDS: &str = "holds";

/// The servers that run on a database belong to it alone: they are never copied, and make no database full.
const OF_ITS_SERVERS: &str = "servers";

/// Why nothing was copied.
#[derive(Debug, thiserror::Error)]
pub enum CopyError {
    /// The target is not empty.
    #[error("it is not empty: there are {0} in it")]
    NotEmpty(&'static str),
    /// The written rows differ from the rows read.
    #[error("what was written to {0} is not what was read; nothing is kept of it")]
    Differs(&'static str),
    /// One of the databases failed.
    #[error(transparent)]
    Store(#[from] Error),
}

/// The copied tables, each with its number of rows.
pub type Copied = Vec<(&'static str, u64)>;

/// Copies one snapshot of a database into an empty one, in one transaction, and reads all of it back before the commit.
/// The source stays in use meanwhile.
///
/// # Errors
///
/// See [`CopyError`]; the target stays empty then.
pub fn copy(from: &Store, to: &Store) -> Result<Copied, CopyError> {
    copy_without(from, to, &[], |_| Ok(()))
}

/// Copies without the tables of these names, and ends the same transaction with `last`.
pub(in crate::operations) fn copy_without(
    from: &Store,
    to: &Store,
    left_out: &[&str],
    last: impl FnOnce(&mut Db) -> Result<(), Error>,
) -> Result<Copied, CopyError> {
    from.snapshot(|from| {
        to.write(|to| {
            let of_people = || TABLES.iter().filter(|table| table.name != OF_ITS_SERVERS);
            for table in of_people() {
                if !table.is_empty(to)? {
                    return Err(CopyError::NotEmpty(table.name));
                }
            }
            let wanted = || of_people().filter(|table| !left_out.contains(&table.name));
            let read = wanted().map(|table| Ok((table, table.copy(from, to)?))).collect::<Result<Vec<_>, Error>>()?;
            let copied = read.into_iter().map(|(table, sum)| verify(to, table, sum)).collect::<Result<_, _>>()?;
            last(to)?;
            tables::analyze(to)?;
            Ok(copied)
        })
    })
}

fn verify(db: &mut Db, table: &Table, read: Sum) -> Result<(&'static str, u64), CopyError> {
    if table.sum(db)? == read { Ok((table.name, read.rows)) } else { Err(CopyError::Differs(table.name)) }
}
