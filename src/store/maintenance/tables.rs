//! Every table as rows that can be carried to another database, whatever they mean. [`TABLES`] is the list; a test
//! holds it against the real tables of both databases.

use chrono::NaiveDate;
use diesel::connection::DefaultLoadingMode;
use diesel::pg::PgRowByRowLoadingMode;
use diesel::prelude::*;
use diesel::sql_types::Integer;
use sha2::{Digest, Sha256};

use crate::store::columns::Moment;
use crate::store::connection::either;
use crate::store::{Db, Error};

/// Rows that one statement writes: SQLite takes 32,766 values at once, and the widest table has 17 columns.
const ROWS_AT_ONCE: usize = 500;

/// What a table holds, in two numbers: equal tables have equal sums, in whatever order a database keeps its rows, and
/// unequal ones do not.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Sum {
    /// How many rows.
    pub rows: u64,
    /// The hashes of the rows, added up.
    pub hash: u128,
}

impl Sum {
    fn add(&mut self, row: &impl std::fmt::Debug) {
        let hash = Sha256::digest(format!("{row:?}"));
        let first_half = hash.iter().take(16).fold(0, |sum: u128, byte| (sum << 8) | u128::from(*byte));
        self.rows += 1;
        self.hash = self.hash.wrapping_add(first_half);
    }
}

/// One table.
#[derive(Debug)]
pub struct Table {
    /// Its name.
    pub name: &'static str,
    /// Its columns.
    pub columns: &'static [&'static str],
    sum: fn(&mut Db) -> Result<Sum, Error>,
    copy: fn(&mut Db, &mut Db) -> Result<Sum, Error>,
    count: fn(&mut Db) -> Result<i64, Error>,
    is_empty: fn(&mut Db) -> Result<bool, Error>,
}

impl Table {
    /// Reads every row, one by one, and adds them up.
    ///
    /// # Errors
    ///
    /// When the statement fails.
    pub fn sum(&self, db: &mut Db) -> Result<Sum, Error> {
        (self.sum)(db)
    }

    /// Writes every row of the one database into the other, a few at a time, and adds up what was read.
    ///
    /// # Errors
    ///
    /// When a statement fails.
    pub fn copy(&self, from: &mut Db, to: &mut Db) -> Result<Sum, Error> {
        (self.copy)(from, to)
    }

    /// How many rows it has.
    ///
    /// # Errors
    ///
    /// When the statement fails.
    pub fn count(&self, db: &mut Db) -> Result<u64, Error> {
        (self.count)(db).map(i64::unsigned_abs)
    }

    /// Whether it has no rows.
    ///
    /// # Errors
    ///
    /// When the statement fails.
    pub fn is_empty(&self, db: &mut Db) -> Result<bool, Error> {
        (self.is_empty)(db)
    }
}

/// Lets PostgreSQL count what came in, so that it is quick from the first page on; it would get to that by itself.
///
/// # Errors
///
/// When the statement fails.
pub fn get_to_know(db: &mut Db) -> Result<(), Error> {
    if let Db::Postgres(db) = db {
        diesel::sql_query("ANALYZE").execute(db)?;
    }
    Ok(())
}

/// The list, and for each table a row with the same columns. A row is read and written by the names of its columns,
/// so that their order here means nothing.
macro_rules! tables {
    ($($table:ident { $($column:ident: $kind:ty,)+ })+) => {
        /// Every table, those first that others refer to.
        pub const TABLES: &[Table] = &[$(Table {
            name: stringify!($table),
            columns: &[$(stringify!($column)),+],
            sum: $table::sum,
            copy: $table::copy,
            count: $table::count,
            is_empty: $table::is_empty,
        }),+];

        $(mod $table {
            use super::*;
            use crate::store::schema::$table;

            #[derive(Debug, Queryable, Selectable, Insertable)]
            #[diesel(table_name = $table, treat_none_as_default_value = false)]
            struct Row { $($column: $kind,)+ }

            fn each(db: &mut Db, mut take: impl FnMut(Row) -> Result<(), Error>) -> Result<(), Error> {
                match db {
                    Db::Sqlite(db) => $table::table
                        .select(Row::as_select())
                        .load_iter::<Row, DefaultLoadingMode>(db)?
                        .try_for_each(|row| take(row?)),
                    Db::Postgres(db) => $table::table
                        .select(Row::as_select())
                        .load_iter::<Row, PgRowByRowLoadingMode>(db)?
                        .try_for_each(|row| take(row?)),
                }
            }

            fn insert(db: &mut Db, rows: &mut Vec<Row>) -> Result<(), Error> {
                if !rows.is_empty() {
                    either!(db, db => diesel::insert_into($table::table).values(&*rows).execute(db))?;
                    rows.clear();
                }
                Ok(())
            }

            pub(in crate::store) fn sum(db: &mut Db) -> Result<Sum, Error> {
                let mut sum = Sum::default();
                each(db, |row| {
                    sum.add(&row);
                    Ok(())
                })?;
                Ok(sum)
            }

            pub(in crate::store) fn copy(from: &mut Db, to: &mut Db) -> Result<Sum, Error> {
                let mut sum = Sum::default();
                let mut rows = Vec::new();
                each(from, |row| {
                    sum.add(&row);
                    rows.push(row);
                    if rows.len() < ROWS_AT_ONCE { Ok(()) } else { insert(to, &mut rows) }
                })?;
                insert(to, &mut rows)?;
                Ok(sum)
            }

            pub(in crate::store) fn count(db: &mut Db) -> Result<i64, Error> {
                Ok($table::table.count().get_result(db)?)
            }

            pub(in crate::store) fn is_empty(db: &mut Db) -> Result<bool, Error> {
                let is_there = diesel::select(diesel::dsl::exists($table::table.select(1.into_sql::<Integer>()))).get_result::<bool>(db)?;
                Ok(!is_there)
            }
        })+
    };
}

tables! {
    accounts {
        id: i64,
        email: String,
        name: String,
        password_hash: Option<String>,
        language: Option<String>,
        time_zone: Option<String>,
        theme: Option<String>,
        created_at: Moment,
        mail_comments: bool,
        mail_reminders: bool,
    }
    orders {
        reference: String,
        title: String,
        customer_id: i64,
        freelancer_id: i64,
        placed_at: Moment,
        price_cents: i64,
        currency: String,
        delivery_date: NaiveDate,
        status: String,
        completes_at: Option<Moment>,
        settles_at: Option<Moment>,
        disputes: i32,
        events: i32,
    }
    disputes {
        order_reference: String,
        number: i32,
        kind: String,
        opener: String,
        opener_id: i64,
        respondent_id: i64,
        opened_at: Moment,
        respond_by: Moment,
        previous_status: String,
        reason: Option<String>,
        extra_days: Option<i32>,
        extras: Option<String>,
        old_delivery_date: NaiveDate,
        old_price_cents: i64,
        state: String,
        closed_at: Option<Moment>,
        form_token: String,
        remind_at: Option<Moment>,
    }
    events {
        order_reference: String,
        number: i32,
        at: Moment,
        actor: String,
        what: String,
        dispute_number: Option<i32>,
        text: Option<String>,
    }
    notifications {
        order_reference: String,
        event_number: i32,
        account_id: i64,
        at: Moment,
        read_at: Option<Moment>,
    }
    outbox {
        order_reference: String,
        key: String,
        account_id: i64,
        what: String,
        event_number: Option<i32>,
        dispute_number: Option<i32>,
        due_at: Moment,
        created_at: Moment,
        next_try_at: Moment,
        tries: i32,
        claimed_until: Option<Moment>,
        sent_at: Option<Moment>,
        failed_at: Option<Moment>,
        failure: Option<String>,
    }
    sessions {
        key_hash: String,
        account_id: i64,
        asks_code: bool,
        state: String,
        browser: Option<String>,
        system: Option<String>,
        signed_in_at: Moment,
        seen_at: Moment,
        expires_at: Moment,
    }
    second_factors {
        account_id: i64,
        hidden_secret: String,
        since: Moment,
        last_step: i64,
    }
    recovery_codes {
        account_id: i64,
        number: i32,
        code_hash: String,
    }
    sign_in_failures {
        id: i64,
        who_hash: String,
        at: Moment,
    }
    calendars {
        account_id: i64,
        id: String,
    }
    password_links {
        id: String,
        account_id: Option<i64>,
        created_at: Moment,
        expires_at: Moment,
        ended_at: Option<Moment>,
    }
}
