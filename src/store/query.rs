//! Pieces of a query that Diesel cannot say for both databases, or not so that SQLite keeps its plan.
//!
//! SQLite plans a statement anew at each run when a bound value could decide which index serves it: the number of a
//! `LIMIT`, or what a partial index is about. Such values stand in the statement here. Diesel's own way of writing them
//! there (`sql`) makes it prepare the statement each time, which comes to the same.

use diesel::backend::Backend;
use diesel::expression::{AppearsOnTable, Expression, SelectableExpression, ValidGrouping, is_aggregate};
use diesel::query_builder::{AstPass, Query, QueryFragment, QueryId};
use diesel::sql_types::Bool;
use diesel::{QueryResult, RunQueryDsl};

/// What a partial index is about, in its very words.
#[derive(Debug, Clone, Copy)]
pub(super) struct Indexed(&'static str);

/// The dispute is open.
pub(super) const IS_OPEN: Indexed = Indexed("disputes.state = 'open'");
/// The mail is a reminder.
pub(super) const IS_REMINDER: Indexed = Indexed("outbox.what = 'reminder'");

impl Expression for Indexed {
    type SqlType = Bool;
}

impl<QS> AppearsOnTable<QS> for Indexed {}

impl<QS> SelectableExpression<QS> for Indexed {}

impl<GB> ValidGrouping<GB> for Indexed {
    type IsAggregate = is_aggregate::No;
}

impl QueryId for Indexed {
    type QueryId = ();
    const HAS_STATIC_QUERY_ID: bool = false;
}

impl<DB: Backend> QueryFragment<DB> for Indexed {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, DB>) -> QueryResult<()> {
        out.push_sql(self.0);
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

/// The rows of two queries, each of which has an order and an end of its own.
pub(super) struct Both<Q>(pub Q, pub Q);

impl<Q: Query> Query for Both<Q> {
    type SqlType = Q::SqlType;
}

impl<Q, C> RunQueryDsl<C> for Both<Q> {}

impl<Q> QueryId for Both<Q> {
    type QueryId = ();
    const HAS_STATIC_QUERY_ID: bool = false;
}

impl<Q: QueryFragment<DB>, DB: Backend> QueryFragment<DB> for Both<Q> {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, DB>) -> QueryResult<()> {
        out.push_sql("SELECT * FROM (");
        self.0.walk_ast(out.reborrow())?;
        out.push_sql(") AS one UNION ALL SELECT * FROM (");
        self.1.walk_ast(out.reborrow())?;
        out.push_sql(") AS other");
        Ok(())
    }
}
