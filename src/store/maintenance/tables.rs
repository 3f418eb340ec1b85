//! Every table as plain rows, for copying to another database. [`TABLES`] is the list; a test compares it with the real
//! tables of both databases.

use chrono::NaiveDate;
use diesel::connection::DefaultLoadingMode;
use diesel::pg::PgRowByRowLoadingMode;
use diesel::prelude::*;
use diesel::sql_types::Integer;
use sha2::{Digest, Sha256};

use crate::store::columns::Moment;
use crate::store::connection::either;
use crate::store::{Db, Error};

/// Rows per `INSERT`: SQLite takes 32,766 values per statement, and the widest table has 24 columns.
const ROWS_AT_ONCE: usize = 500;

/// A table's checksum in two numbers: equal tables have equal sums, in any order of rows, and unequal ones do not.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Sum {
    /// The number of rows.
    pub rows: u64,
    /// The sum of the rows' hashes.
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
    /// Reads every row one by one and sums them up.
    pub fn sum(&self, db: &mut Db) -> Result<Sum, Error> {
        (self.sum)(db)
    }

    /// Copies every row to the other database, in batches, and sums up the rows read.
    pub fn copy(&self, from: &mut Db, to: &mut Db) -> Result<Sum, Error> {
        (self.copy)(from, to)
    }

    /// The number of rows.
    pub fn count(&self, db: &mut Db) -> Result<u64, Error> {
        (self.count)(db).map(i64::unsigned_abs)
    }

    /// Whether the table has no rows.
    pub fn is_empty(&self, db: &mut Db) -> Result<bool, Error> {
        (self.is_empty)(db)
    }
}

/// Runs PostgreSQL's `ANALYZE` after a copy, so that the first pages are quick too; autovacuum would get to it later.
pub fn analyze(db: &mut Db) -> Result<(), Error> {
    if let Db::Postgres(db) = db {
        diesel::sql_query("ANALYZE").execute(db)?;
    }
    Ok(())
}

/// The list of tables, with a row type for each. Rows are read and written by column name, so the order of columns here
/// means nothing.
macro_rules! tables {
    ($($table:ident { $($column:ident: $kind:ty,)+ })+) => {
        /// Every table, in the order of their references: referenced tables first.
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
        external_id: Option<String>,
        email: String,
        name: String,
        password_hash: Option<String>,
        language: Option<String>,
        time_zone: Option<String>,
        theme: Option<String>,
        created_at: Moment,
        mail_comments: bool,
        mail_reminders: bool,
        epoch: i64,
        suspended_at: Option<Moment>,
        first_signed_in_at: Option<Moment>,
        all_read_at: Option<Moment>,
        received_email: Option<String>,
        received_name: Option<String>,
        welcomed_at: Option<Moment>,
        erased_at: Option<Moment>,
    }
    orders {
        reference: String,
        external_id: Option<String>,
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
        relayed: i32,
        read_by_customer: i32,
        read_by_freelancer: i32,
        remind_at: Option<Moment>,
        unannounced_since: Option<Moment>,
        hashed: i32,
        fingerprint_since: Option<Moment>,
        closed_at: Option<Moment>,
        words_erased_at: Option<Moment>,
    }
    received_orders {
        order_reference: String,
        title: String,
        price_cents: i64,
        placed_at: Moment,
        delivery_date: NaiveDate,
        status: String,
    }
    order_descriptions {
        order_reference: String,
        description: Option<String>,
        url: Option<String>,
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
        seen_at: Option<Moment>,
        accepted_part: Option<String>,
        reminded_at: Option<Moment>,
        mailed_at: Option<Moment>,
    }
    events {
        order_reference: String,
        number: i32,
        at: Moment,
        actor: String,
        what: String,
        dispute_number: Option<i32>,
        recorded_at: Option<Moment>,
        told_customer_id: Option<i64>,
        told_freelancer_id: Option<i64>,
        value_before: Option<String>,
        value_after: Option<String>,
    }
    event_texts {
        order_reference: String,
        number: i32,
        hash: String,
        titles_hash: Option<String>,
        salt: Option<String>,
        text: Option<String>,
        erased_at: Option<Moment>,
    }
    event_hashes {
        order_reference: String,
        number: i32,
        hash: String,
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
        priority: i32,
        last_event_number: Option<i32>,
        address: Option<String>,
        dismissed_at: Option<Moment>,
    }
    sessions {
        key_hash: String,
        account_id: i64,
        asks_code: bool,
        csrf_token: String,
        recovery_codes: Option<String>,
        calendar_shown_until: Option<Moment>,
        browser: Option<String>,
        system: Option<String>,
        signed_in_at: Moment,
        seen_at: Moment,
        expires_at: Moment,
        by_link: bool,
        by_marketplace: bool,
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
    account_generations {
        account_id: i64,
        devices: i64,
        passwords: i64,
        limits: i64,
    }
    sign_in_failures {
        id: i64,
        who_hash: String,
        at: Moment,
        about_hash: Option<String>,
    }
    calendars {
        account_id: i64,
        id: String,
        read_at: Option<Moment>,
    }
    account_events {
        account_id: i64,
        id: i64,
        at: Moment,
        kind: String,
        actor: String,
        browser: Option<String>,
        system: Option<String>,
    }
    kept_words {
        account_id: i64,
        page: String,
        hidden: String,
        kept_at: Moment,
    }
    api_keys {
        id: String,
        name: String,
        secret_hash: String,
        scopes: String,
        created_at: Moment,
        expires_at: Option<Moment>,
        revoked_at: Option<Moment>,
        used_at: Option<Moment>,
    }
    feed {
        position: i64,
        order_reference: String,
        event_number: i32,
        kind: String,
        occurred_at: Moment,
        recorded_at: Moment,
    }
    feed_sequence {
        id: i32,
        position: i64,
        forgotten: i64,
        seed: String,
    }
    webhook_endpoints {
        id: String,
        name: String,
        url: String,
        kinds: String,
        hidden_secret: String,
        hidden_old_secret: Option<String>,
        old_until: Option<Moment>,
        created_at: Moment,
        paused_at: Option<Moment>,
        pause_cause: Option<String>,
        failing_since: Option<Moment>,
        rests_until: Option<Moment>,
    }
    webhook_deliveries {
        endpoint_id: String,
        position: i64,
        order_reference: String,
        created_at: Moment,
        due_at: Moment,
        next_try_at: Moment,
        tries: i32,
        claimed_until: Option<Moment>,
        tried_at: Option<Moment>,
        outcome: Option<String>,
        took_ms: Option<i32>,
        delivered_at: Option<Moment>,
        given_up_at: Option<Moment>,
    }
    servers {
        id: String,
        version: String,
        key_fingerprint: String,
        seen_at: Moment,
    }
    erased_ids {
        hash: String,
        salt: String,
        account_id: i64,
        erased_at: Moment,
    }
    holds {
        name: String,
        since: Moment,
    }
    password_links {
        id: String,
        account_id: Option<i64>,
        created_at: Moment,
        expires_at: Moment,
        ended_at: Option<Moment>,
    }
    sign_in_links {
        id: String,
        account_id: Option<i64>,
        next: String,
        expires_at: Moment,
        ended_at: Option<Moment>,
    }
    signing_keys {
        public_key: String,
        name: String,
        hidden_secret: String,
        created_at: Moment,
        ended_at: Option<Moment>,
    }
}
