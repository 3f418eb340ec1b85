//! What can go wrong between the program and its database.

use diesel::result::{DatabaseErrorKind, Error as Diesel};

/// The unexpected. An expected "no" is a [`Refusal`](crate::domain::Refusal) instead.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The database cannot be reached, is full, locked or read-only: try again later.
    #[error("the database is not available: {0}")]
    Unavailable(String),
    /// No connection is free, and this caller may not wait for one.
    #[error("no connection to the database is free")]
    Busy,
    /// A statement failed.
    #[error("a statement failed: {0}")]
    Statement(Diesel),
    /// The tables could not be brought up to date.
    #[error("the database could not be migrated: {0}")]
    Migration(String),
    /// A newer program made the tables; this migration of it is not known here.
    #[error("a newer version of this program made it, and knows {0}, which this one does not")]
    Newer(String),
    /// An older program made the tables.
    #[error("its tables are older than this program; `oplossingscentrum migrate` brings them up to date")]
    Older,
    /// It has none of the tables.
    #[error("it has no tables of this program")]
    Foreign,
    /// A row says what no row can say.
    #[error("a row cannot be understood: {0}")]
    Corrupt(String),
}

impl Error {
    /// The database could not be reached.
    pub fn unavailable(cause: impl std::fmt::Display) -> Self {
        Self::Unavailable(cause.to_string())
    }

    /// A migration failed.
    pub fn migration(cause: impl std::fmt::Display) -> Self {
        Self::Migration(cause.to_string())
    }

    /// A column holds what it cannot hold. What that is stays out of the log: it may be somebody's words.
    #[must_use]
    pub fn corrupt(column: &str) -> Self {
        Self::Corrupt(column.to_owned())
    }
}

impl From<diesel::r2d2::PoolError> for Error {
    fn from(error: diesel::r2d2::PoolError) -> Self {
        Self::unavailable(error)
    }
}

impl From<Diesel> for Error {
    fn from(error: Diesel) -> Self {
        match &error {
            Diesel::RollbackErrorOnCommit { .. } => match error {
                Diesel::RollbackErrorOnCommit { commit_error, .. } => Self::from(*commit_error),
                error => Self::Statement(error),
            },
            Diesel::DatabaseError(
                DatabaseErrorKind::ClosedConnection
                | DatabaseErrorKind::UnableToSendCommand
                | DatabaseErrorKind::ReadOnlyTransaction,
                _,
            )
            | Diesel::BrokenTransactionManager => Self::unavailable(error),
            Diesel::DatabaseError(_, info) if is_passing(info.message()) => Self::unavailable(info.message()),
            _ => Self::Statement(error),
        }
    }
}

/// Both databases report these as text only: SQLite's locked, full and read-only, PostgreSQL's shutdown and restart.
fn is_passing(message: &str) -> bool {
    const PASSING: [&str; 8] = [
        "database is locked",
        "database or disk is full",
        "attempt to write a readonly database",
        "disk I/O error",
        "unable to open database file",
        "terminating connection",
        "server closed the connection",
        "the database system is",
    ];
    PASSING.iter().any(|passing| message.contains(passing))
}
