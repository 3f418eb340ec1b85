//! What both databases know beside Diesel: functions, and how much one statement takes.

use diesel::sql_types::Text;

diesel::define_sql_function! {
    /// Lower case, as the database knows it.
    fn lower(text: Text) -> Text;
}

/// Rows that one statement writes. SQLite takes 32,766 values at once, PostgreSQL 65,535; the widest row has 13.
pub(in crate::store) const ROWS_AT_ONCE: usize = 2_500;
/// Names that one statement looks up.
pub(in crate::store) const NAMES_AT_ONCE: usize = 500;
