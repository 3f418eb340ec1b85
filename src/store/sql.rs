//! SQL functions and statement limits of both databases that Diesel does not know.

use diesel::sql_types::{Nullable, Text};

diesel::define_sql_function! {
    /// Lower case, as the database computes it.
    fn lower(text: Text) -> Text;
}

diesel::define_sql_function! {
    /// The text, or the other one where there is none. SQLite's `lower` is ours, and takes no nothing.
    fn coalesce(text: Nullable<Text>, otherwise: Text) -> Text;
}

diesel::define_sql_function! {
    /// The hash of words behind their salt, for migrations of SQLite, which has no SHA-256.
    fn salted_hash(salt: Text, words: Text) -> Text;
}

/// Rows per `INSERT`. SQLite takes 32,766 values per statement and gets many accounts at once, of 17 values each; PostgreSQL
/// takes 65,535, and no row is wider than 14.
pub(in crate::store) const ROWS_AT_ONCE: usize = 1_900;
/// Names per lookup statement.
pub(in crate::store) const NAMES_AT_ONCE: usize = 500;
