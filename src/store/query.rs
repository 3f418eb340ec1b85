//! Pieces of a query that Diesel cannot say for both databases, or not so that it is kept prepared.
//!
//! SQLite plans a statement anew at each run when a bound value could decide which index serves it: the number of a
//! `LIMIT`, or what a partial index is about. Such values stand in the statement here. Diesel's own way of writing them
//! there (`sql`) makes it prepare the statement each time, which comes to the same.

use diesel::backend::Backend;
use diesel::expression::{AppearsOnTable, Expression, SelectableExpression, ValidGrouping};
use diesel::pg::Pg;
use diesel::query_builder::{AstPass, Query, QueryFragment, QueryId};
use diesel::serialize::ToSql;
use diesel::sql_types::{Bool, HasSqlType, Text, Timestamp};
use diesel::{QueryResult, RunQueryDsl};

use crate::store::columns::Moment;

/// A condition in the very words in which a partial index has it.
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

/// Whether an order is due behind that moment and reference. Said of both together, so that the index is entered there.
#[derive(Debug, QueryId, ValidGrouping)]
pub(super) struct Behind {
    pub at: Moment,
    pub reference: String,
}

impl Expression for Behind {
    type SqlType = Bool;
}

impl<QS> AppearsOnTable<QS> for Behind {}

impl<DB: Backend> QueryFragment<DB> for Behind
where
    Moment: ToSql<Timestamp, DB>,
    String: ToSql<Text, DB>,
    DB: HasSqlType<Timestamp> + HasSqlType<Text>,
{
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, DB>) -> QueryResult<()> {
        out.push_sql("(orders.settles_at, orders.reference) > (");
        out.push_bind_param::<Timestamp, _>(&self.at)?;
        out.push_sql(", ");
        out.push_bind_param::<Text, _>(&self.reference)?;
        out.push_sql(")");
        Ok(())
    }
}

/// A change of some columns that is always written the same way, and so is prepared once for each connection. Diesel
/// prepares every update of its own anew, since what it changes may vary with what is given.
pub(super) struct Update<V, F> {
    pub table: &'static str,
    /// Their names, with commas between them.
    pub columns: &'static str,
    /// A value for each.
    pub values: V,
    /// Of which rows.
    pub filter: F,
}

impl<V, F, C> RunQueryDsl<C> for Update<V, F> {}

impl<V, F> QueryId for Update<V, F> {
    type QueryId = ();
    const HAS_STATIC_QUERY_ID: bool = false;
}

impl<V: QueryFragment<DB>, F: QueryFragment<DB>, DB: Backend> QueryFragment<DB> for Update<V, F> {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, DB>) -> QueryResult<()> {
        // PostgreSQL takes a single column without brackets only.
        let (open, close) = if self.columns.contains(',') { ("(", ")") } else { ("", "") };
        out.push_sql(&format!("UPDATE {} SET {open}{}{close} = {open}", self.table, self.columns));
        self.values.walk_ast(out.reborrow())?;
        out.push_sql(close);
        out.push_sql(" WHERE ");
        self.filter.walk_ast(out)
    }
}

/// Of the rows of a table that a condition is about, those that PostgreSQL locks before it changes them: the ones that
/// nobody else has, or all of them in the order of their key, so that two who change the same rows never have half of them
/// each.
pub(super) struct Locked<F> {
    pub table: &'static str,
    /// The columns of its key, with commas between them.
    pub key: &'static str,
    pub filter: F,
    pub waits: bool,
}

impl<F: QueryFragment<Pg>> QueryFragment<Pg> for Locked<F> {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        let Self { table, key, .. } = self;
        out.push_sql(&format!("({key}) IN (SELECT {key} FROM {table} WHERE "));
        self.filter.walk_ast(out.reborrow())?;
        match self.waits {
            true => out.push_sql(&format!(" ORDER BY {key} FOR UPDATE)")),
            false => out.push_sql(" FOR UPDATE SKIP LOCKED)"),
        }
        Ok(())
    }
}

/// The first rows of a query.
pub(super) struct AtMost<Q> {
    pub query: Q,
    pub rows: usize,
}

impl<Q: Query> Query for AtMost<Q> {
    type SqlType = Q::SqlType;
}

impl<Q, C> RunQueryDsl<C> for AtMost<Q> {}

impl<Q> QueryId for AtMost<Q> {
    type QueryId = ();
    const HAS_STATIC_QUERY_ID: bool = false;
}

impl<Q: QueryFragment<DB>, DB: Backend> QueryFragment<DB> for AtMost<Q> {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, DB>) -> QueryResult<()> {
        self.query.walk_ast(out.reborrow())?;
        out.push_sql(&format!(" LIMIT {}", self.rows));
        Ok(())
    }
}

/// Two queries together, in an order in which an index has each of them: where [`AtMost`] so many are asked for, both
/// databases read the two side by side and stop when there are enough.
pub(super) struct Merged<Q> {
    pub one: Q,
    pub other: Q,
    /// By which of the columns, as they are called in the result.
    pub order: &'static str,
}

impl<Q: Query> Query for Merged<Q> {
    type SqlType = Q::SqlType;
}

impl<Q: QueryFragment<DB>, DB: Backend> QueryFragment<DB> for Merged<Q> {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, DB>) -> QueryResult<()> {
        self.one.walk_ast(out.reborrow())?;
        out.push_sql(" UNION ALL ");
        self.other.walk_ast(out.reborrow())?;
        out.push_sql(" ORDER BY ");
        out.push_sql(self.order);
        Ok(())
    }
}
