//! The errors between the program and its database.

use diesel::result::Error as Diesel;

use super::passing::{Passing, passing};

/// An unexpected error. An expected "no" is a [`Refusal`](crate::domain::Refusal) instead.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The database cannot be reached, is full, locked or read-only: try again later.
    #[error("the database is not available: {0}")]
    Unavailable(String),
    /// No connection is free, and this caller may not wait for one.
    #[error("no connection to the database is free")]
    Busy,
    /// Another transaction holds a row for too long: try again later. Other rows are not affected.
    #[error("a row is held by another transaction: {0}")]
    Held(String),
    /// A pooler shares server connections between ours.
    #[error(
        "a pooler stands before PostgreSQL and lends one connection to several by turns; set its pool_mode to session, or \
         write PostgreSQL's own address"
    )]
    Pooler,
    /// Our role on PostgreSQL may not make tables.
    #[error("our role may not make tables in this database: make it the owner, or GRANT CREATE ON SCHEMA public TO it")]
    MayNotMakeTables,
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
    /// The database has none of the tables of this program.
    #[error("it has no tables of this program")]
    Foreign,
    /// A row holds an impossible value.
    #[error("a row cannot be understood: {0}")]
    Corrupt(String),
}

impl Error {
    /// The database could not be reached.
    pub fn unavailable(cause: impl std::fmt::Display) -> Self {
        Self::Unavailable(cause.to_string())
    }

    /// A row is held by another transaction.
    pub fn held(cause: impl std::fmt::Display) -> Self {
        Self::Held(cause.to_string())
    }

    /// A migration failed.
    pub fn migration(cause: impl std::fmt::Display) -> Self {
        Self::Migration(cause.to_string())
    }

    /// A column holds an impossible value. The value stays out of the log: it may be a person's text.
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
            Diesel::BrokenTransactionManager => Self::unavailable(error),
            Diesel::DatabaseError(kind, info) => match passing(*kind, info.message()) {
                Some(Passing::Held) => Self::held(info.message()),
                Some(Passing::Away) => Self::unavailable(info.message()),
                None => Self::Statement(error),
            },
            _ => Self::Statement(error),
        }
    }
}
