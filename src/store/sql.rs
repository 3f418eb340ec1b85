//! SQL functions and statement limits of both databases that Diesel does not know.

use diesel::sql_types::Text;

diesel::define_sql_function! {
    /// Lower case, as the database computes it.
    fn lower(text: Text) -> Text;
}

/// Rows per `INSERT`. SQLite takes 32,766 values per statement and gets many accounts at once, of 13 values each; PostgreSQL
/// takes 65,535, and no row is wider than 14.
pub(in crate::store) const ROWS_AT_ONCE: usize = 2_500;
/// Names per lookup statement.
pub(in crate::store) const NAMES_AT_ONCE: usize = 500;
