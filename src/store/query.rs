//! Query fragments that Diesel cannot express for both databases, or cannot keep prepared.
//!
//! SQLite plans a statement anew at each run when a bound value could decide which index serves it: the number of a
//! `LIMIT`, or the condition of a partial index. So such values are part of the statement's text here. Diesel's own way
//! to write them there (`sql`) prepares the statement each time, which is no better.

use chrono::{DateTime, Utc};
use diesel::backend::Backend;
use diesel::expression::{AppearsOnTable, Expression, SelectableExpression, ValidGrouping};
use diesel::pg::Pg;
use diesel::query_builder::{AstPass, Query, QueryFragment, QueryId};
use diesel::serialize::ToSql;
use diesel::sql_types::{BigInt, Bool, HasSqlType, Nullable, Text, Timestamp};
use diesel::{AsChangeset, QueryResult, RunQueryDsl};

use crate::domain::{Reference, Status};
use crate::store::columns::{Coded, Moment};

/// A condition in exactly the words of a partial index.
macro_rules! indexed {
    ($(#[$doc:meta])* $name:ident, $sql:literal) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, QueryId, ValidGrouping)]
        pub(super) struct $name;

        impl Expression for $name {
            type SqlType = Bool;
        }

        impl<QS> AppearsOnTable<QS> for $name {}

        impl<QS> SelectableExpression<QS> for $name {}

        impl<DB: Backend> QueryFragment<DB> for $name {
            fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, DB>) -> QueryResult<()> {
                out.push_sql($sql);
                Ok(())
            }
        }
    };
}

indexed!(
    /// The dispute is open.
    IsOpen,
    "disputes.state = 'open'"
);

indexed!(
    /// The work on the order is still to come: [`Order::is_late`](crate::domain::Order::is_late) when its date has passed.
    IsUnderWay,
    "orders.status IN ('active', 'in_revision')"
);

indexed!(
    /// The event is a comment.
    IsComment,
    "events.what = 'commented'"
);

indexed!(
    /// The order has events that are not relayed yet.
    IsToRelay,
    "orders.relayed < orders.events"
);

indexed!(
    /// The order has events that have no hash yet.
    IsToHash,
    "orders.hashed < orders.events"
);

indexed!(
    /// The mail `earlier` goes before the mail of the outbox. The condition compares the three columns together, so
    /// that the index with this order is read up to that mail only, and not through all mails that wait for one
    /// account.
    GoesEarlier,
    "(earlier.priority, earlier.due_at, earlier.key) < (outbox.priority, outbox.due_at, outbox.key)"
);

/// The order has a final status. Its text is made of [`Status::is_final`] and never varies.
#[derive(Debug, Clone, Copy, QueryId, ValidGrouping)]
pub(super) struct IsFinal;

impl Expression for IsFinal {
    type SqlType = Bool;
}

impl<QS> AppearsOnTable<QS> for IsFinal {}

impl<QS> SelectableExpression<QS> for IsFinal {}

impl<DB: Backend> QueryFragment<DB> for IsFinal {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, DB>) -> QueryResult<()> {
        out.push_sql("orders.status IN (");
        for (nth, status) in Status::all_final().enumerate() {
            out.push_sql(if nth == 0 { "'" } else { ", '" });
            out.push_sql(status.code());
            out.push_sql("'");
        }
        out.push_sql(")");
        Ok(())
    }
}

/// Whether an order is due after this place: a moment and a reference. It is one comparison of both, so that the index
/// is entered there.
#[derive(Debug, QueryId, ValidGrouping)]
pub(super) struct AfterKey {
    at: Moment,
    reference: Option<Coded<Reference>>,
}

impl AfterKey {
    /// Behind this order; without one, behind the beginning.
    pub(super) fn new(after: Option<(DateTime<Utc>, Reference)>) -> Self {
        Self {
            at: after.map_or(DateTime::UNIX_EPOCH, |(at, _)| at).into(),
            reference: after.map(|(_, reference)| reference.into()),
        }
    }
}

impl Expression for AfterKey {
    type SqlType = Bool;
}

impl<QS> AppearsOnTable<QS> for AfterKey {}

impl<DB: Backend> QueryFragment<DB> for AfterKey
where
    Moment: ToSql<Timestamp, DB>,
    str: ToSql<Text, DB>,
    Coded<Reference>: ToSql<Text, DB>,
    DB: HasSqlType<Timestamp> + HasSqlType<Text>,
{
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, DB>) -> QueryResult<()> {
        out.push_sql("(orders.settles_at, orders.reference) > (");
        out.push_bind_param::<Timestamp, _>(&self.at)?;
        out.push_sql(", ");
        match &self.reference {
            Some(reference) => out.push_bind_param::<Text, _>(reference)?,
            None => out.push_bind_param::<Text, _>("")?,
        }
        out.push_sql(")");
        Ok(())
    }
}

/// Whether the dispute of the row is open and a mail about it to the other party was set aside. Mails about a dispute that is
/// over are not looked for: nothing depends on them any more.
#[derive(Debug, QueryId, ValidGrouping)]
pub(super) struct MailSetAside {
    pub reader: i64,
}

impl Expression for MailSetAside {
    type SqlType = Bool;
}

impl<QS> AppearsOnTable<QS> for MailSetAside {}

impl<QS> SelectableExpression<QS> for MailSetAside {}

impl<DB: Backend> QueryFragment<DB> for MailSetAside
where
    i64: ToSql<BigInt, DB>,
    DB: HasSqlType<BigInt>,
{
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, DB>) -> QueryResult<()> {
        out.push_sql(
            "(disputes.state = 'open' AND EXISTS (SELECT 1 FROM outbox WHERE outbox.order_reference = orders.reference \
             AND outbox.dispute_number = disputes.number AND outbox.failed_at IS NOT NULL AND outbox.account_id <> ",
        );
        out.push_bind_param::<BigInt, _>(&self.reader)?;
        out.push_sql("))");
        Ok(())
    }
}

/// When the newest event of the order was recorded that its reader is told of and has not looked at. Events are recorded in
/// their order, so that this one is read by "all read at" when every other one is.
#[derive(Debug, QueryId, ValidGrouping)]
pub(super) struct NewestUnread {
    pub reader: i64,
}

impl Expression for NewestUnread {
    type SqlType = Nullable<Timestamp>;
}

impl<QS> AppearsOnTable<QS> for NewestUnread {}

impl<QS> SelectableExpression<QS> for NewestUnread {}

impl<DB: Backend> QueryFragment<DB> for NewestUnread
where
    i64: ToSql<BigInt, DB>,
    DB: HasSqlType<BigInt>,
{
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, DB>) -> QueryResult<()> {
        out.push_sql(
            "(SELECT coalesce(events.recorded_at, events.at) FROM events \
             WHERE events.order_reference = orders.reference AND events.number > CASE WHEN orders.customer_id = ",
        );
        out.push_bind_param::<BigInt, _>(&self.reader)?;
        out.push_sql(" THEN orders.read_by_customer ELSE orders.read_by_freelancer END AND ");
        out.push_bind_param::<BigInt, _>(&self.reader)?;
        out.push_sql(" IN (events.told_customer_id, events.told_freelancer_id) ORDER BY events.number DESC LIMIT 1)");
        Ok(())
    }
}

/// An update of fixed columns: its text never varies, so it is prepared once per connection. Diesel prepares each of
/// its own updates anew, since their columns may vary with the values.
pub(super) struct Update<T, S, F> {
    table: T,
    set: S,
    filter: F,
}

impl<T, S, F> Update<T, S, F> {
    /// Updates the rows of a table; `set` is one `column.eq(value)`, or a tuple of them. None of the values is left out.
    pub(super) fn new<C: AsChangeset<Target = T, Changeset = S>>(table: T, set: C, filter: F) -> Self {
        Self { table, set: set.as_changeset(), filter }
    }
}

impl<T, S, F, C> RunQueryDsl<C> for Update<T, S, F> {}

impl<T, S, F> QueryId for Update<T, S, F> {
    type QueryId = ();
    const HAS_STATIC_QUERY_ID: bool = false;
}

impl<T, S, F, DB: Backend> QueryFragment<DB> for Update<T, S, F>
where
    T: QueryFragment<DB>,
    S: QueryFragment<DB>,
    F: QueryFragment<DB>,
{
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, DB>) -> QueryResult<()> {
        out.push_sql("UPDATE ");
        self.table.walk_ast(out.reborrow())?;
        out.push_sql(" SET ");
        self.set.walk_ast(out.reborrow())?;
        out.push_sql(" WHERE ");
        self.filter.walk_ast(out)
    }
}

/// Condition that locks the rows it selects, on PostgreSQL: those that no other transaction has locked.
pub(super) struct Locked<F> {
    pub table: &'static str,
    /// Columns of the primary key, separated by commas.
    pub key: &'static str,
    pub filter: F,
}

impl<F: QueryFragment<Pg>> QueryFragment<Pg> for Locked<F> {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        let Self { table, key, .. } = self;
        out.push_sql(&format!("({key}) IN (SELECT {key} FROM {table} WHERE "));
        self.filter.walk_ast(out.reborrow())?;
        out.push_sql(" FOR UPDATE SKIP LOCKED)");
        Ok(())
    }
}

/// Changes a row of a table with that key, unless another transaction holds it: what is only noted down waits for nobody. On
/// SQLite the write lock covers it.
macro_rules! update_unless_held {
    ($db:expr, $table:ident by $key:literal, $set:expr, $filter:expr) => {
        match $db {
            $crate::store::Db::Sqlite(db) => {
                $crate::store::query::Update::new($table::table, $set, $filter).execute(db)?
            }
            $crate::store::Db::Postgres(db) => {
                let table = stringify!($table);
                let free = $crate::store::query::Locked { table, key: $key, filter: $filter };
                $crate::store::query::Update::new($table::table, $set, free).execute(db)?
            }
        }
    };
}
pub(super) use update_unless_held;

/// The first rows of a query.
pub(super) struct Limited<Q> {
    pub query: Q,
    pub rows: usize,
}

impl<Q: Query> Query for Limited<Q> {
    type SqlType = Q::SqlType;
}

impl<Q, C> RunQueryDsl<C> for Limited<Q> {}

impl<Q> QueryId for Limited<Q> {
    type QueryId = ();
    const HAS_STATIC_QUERY_ID: bool = false;
}

impl<Q: QueryFragment<DB>, DB: Backend> QueryFragment<DB> for Limited<Q> {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, DB>) -> QueryResult<()> {
        self.query.walk_ast(out.reborrow())?;
        out.push_sql(&format!(" LIMIT {}", self.rows));
        Ok(())
    }
}

/// A few rows of a query, after an offset, as a table of its own, so that several of them can be combined.
pub(super) struct Slice<Q> {
    pub query: Q,
    pub rows: usize,
    pub skip: usize,
    /// The table's name, which both databases ask for.
    pub name: &'static str,
}

impl<Q: Query> Query for Slice<Q> {
    type SqlType = Q::SqlType;
}

impl<Q: QueryFragment<DB>, DB: Backend> QueryFragment<DB> for Slice<Q> {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, DB>) -> QueryResult<()> {
        out.push_sql("SELECT * FROM (");
        self.query.walk_ast(out.reborrow())?;
        out.push_sql(&format!(" LIMIT {} OFFSET {}) AS {}", self.rows, self.skip, self.name));
        Ok(())
    }
}

/// The rows of one query, followed by those of another.
pub(super) struct Followed<A, B>(pub A, pub B);

impl<A: Query, B: Query<SqlType = A::SqlType>> Query for Followed<A, B> {
    type SqlType = A::SqlType;
}

impl<A, B, C> RunQueryDsl<C> for Followed<A, B> {}

impl<A, B> QueryId for Followed<A, B> {
    type QueryId = ();
    const HAS_STATIC_QUERY_ID: bool = false;
}

impl<A: QueryFragment<DB>, B: QueryFragment<DB>, DB: Backend> QueryFragment<DB> for Followed<A, B> {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, DB>) -> QueryResult<()> {
        self.0.walk_ast(out.reborrow())?;
        out.push_sql(" UNION ALL ");
        self.1.walk_ast(out)
    }
}

/// Merges two queries in an order that an index gives for each. With [`Limited`], both databases read the two side by
/// side and stop at the limit.
pub(super) struct UnionAll<Q> {
    pub one: Q,
    pub other: Q,
    /// The columns to order by, as named in the result.
    pub order: &'static str,
}

impl<Q: Query> Query for UnionAll<Q> {
    type SqlType = Q::SqlType;
}

impl<Q: QueryFragment<DB>, DB: Backend> QueryFragment<DB> for UnionAll<Q> {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, DB>) -> QueryResult<()> {
        self.one.walk_ast(out.reborrow())?;
        out.push_sql(" UNION ALL ");
        self.other.walk_ast(out.reborrow())?;
        out.push_sql(" ORDER BY ");
        out.push_sql(self.order);
        Ok(())
    }
}
