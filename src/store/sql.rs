//! SQL functions and statement limits of both databases that Diesel does not know.

use diesel::sql_types::Text;

diesel::define_sql_function! {
    /// Lower case, as the database computes it.
    fn lower(text: Text) -> Text;
}

/// Rows per `INSERT`. SQLite takes 32,766 values per statement, PostgreSQL 65,535; the widest row has 13.
pub(in crate::store) const ROWS_AT_ONCE: usize = 2_500;
/// Names per lookup statement.
pub(in crate::store) const NAMES_AT_ONCE: usize = 500;
