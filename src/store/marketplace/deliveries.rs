//! Deliveries: an entry of the feed for an endpoint, claimed by one server, tried, tried again, given up. Every step is one
//! statement whose `WHERE` repeats what must still be true, so that two servers never both have the same one.

use chrono::{DateTime, Utc};
use diesel::dsl::{exists, not};
use diesel::prelude::*;

use crate::domain::orders::outside_view::ToldKind;
use crate::store::columns::Moment;
use crate::store::connection::{either, insert_rows};
use crate::store::marketplace::endpoints;
use crate::store::schema::{webhook_deliveries as deliveries, webhook_endpoints};
use crate::store::{Db, Error};

// Macros, since the types of such query parts cannot be written by hand.

/// Deliveries that wait.
macro_rules! waiting {
    () => {
        deliveries::delivered_at.is_null().and(deliveries::given_up_at.is_null())
    };
}

/// Not claimed at that moment (by the wall clock).
macro_rules! is_free {
    ($wall:expr) => {
        deliveries::claimed_until.is_null().or(deliveries::claimed_until.assume_not_null().le(Moment::from($wall)))
    };
}

/// Whether an earlier one for the same endpoint and order waits.
macro_rules! is_behind {
    () => {{
        let earlier = diesel::alias!(deliveries as earlier);
        exists(
            earlier
                .filter(earlier.field(deliveries::endpoint_id).eq(deliveries::endpoint_id))
                .filter(earlier.field(deliveries::order_reference).eq(deliveries::order_reference))
                .filter(earlier.field(deliveries::position).lt(deliveries::position))
                .filter(earlier.field(deliveries::delivered_at).is_null())
                .filter(earlier.field(deliveries::given_up_at).is_null()),
        )
    }};
}

/// An entry that got its position.
#[derive(Debug, Clone)]
pub struct Told {
    /// The position.
    pub position: i64,
    /// The order, as it is stored.
    pub reference: String,
    /// The type.
    pub kind: ToldKind,
}

#[derive(Insertable)]
#[diesel(table_name = deliveries, treat_none_as_default_value = false)]
struct NewRow {
    endpoint_id: String,
    position: i64,
    order_reference: String,
    created_at: Moment,
    due_at: Moment,
    next_try_at: Moment,
    tries: i32,
}

impl NewRow {
    fn new(endpoint: &str, told: &Told, now: DateTime<Utc>) -> Self {
        let now = Moment::from(now);
        Self {
            endpoint_id: endpoint.to_owned(),
            position: told.position,
            order_reference: told.reference.clone(),
            created_at: now,
            due_at: now,
            next_try_at: now,
            tries: 0,
        }
    }
}

/// Adds new entries to what waits for each endpoint that wants them.
pub fn append(db: &mut Db, told: &[Told], now: DateTime<Utc>) -> Result<(), Error> {
    if told.is_empty() {
        return Ok(());
    }
    let endpoints = endpoints::list(db)?;
    let wanted = |entry: &Told| {
        let wanting = endpoints.iter().filter(|endpoint| endpoint.wants(entry.kind));
        wanting.map(|endpoint| NewRow::new(&endpoint.id, entry, now)).collect::<Vec<_>>()
    };
    let rows: Vec<NewRow> = told.iter().flat_map(wanted).collect();
    insert_rows!(db, deliveries::table, rows);
    Ok(())
}

/// A delivery, by its endpoint and the entry's position.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Claimed {
    /// The endpoint.
    pub endpoint: String,
    /// The entry.
    pub position: i64,
    /// How many tries were begun, this one included.
    pub tries: usize,
    /// From when it was due.
    pub due_at: DateTime<Utc>,
}

/// The next deliveries for an endpoint that can be tried now, at most `limit`. One waits while an earlier one of its order does.
pub fn to_send(
    db: &mut Db,
    endpoint: &str,
    (now, wall): (DateTime<Utc>, DateTime<Utc>),
    limit: i64,
) -> Result<Vec<i64>, Error> {
    Ok(deliveries::table
        .filter(deliveries::endpoint_id.eq(endpoint))
        .filter(waiting!())
        .filter(deliveries::next_try_at.le(Moment::from(now)))
        .filter(is_free!(wall))
        .filter(not(is_behind!()))
        .order((deliveries::next_try_at.asc(), deliveries::position.asc()))
        .limit(limit)
        .select(deliveries::position)
        .load(db)?)
}

/// The oldest delivery that waits for an endpoint, to probe it with.
pub fn oldest(db: &mut Db, endpoint: &str, wall: DateTime<Utc>) -> Result<Option<i64>, Error> {
    Ok(deliveries::table
        .filter(deliveries::endpoint_id.eq(endpoint))
        .filter(waiting!())
        .filter(is_free!(wall))
        .order(deliveries::position.asc())
        .select(deliveries::position)
        .first(db)
        .optional()?)
}

/// Claims a delivery until that moment of the wall clock; `None` when it is not free.
pub fn claim(
    db: &mut Db,
    (endpoint, position): (&str, i64),
    wall: DateTime<Utc>,
    until: DateTime<Utc>,
) -> Result<Option<Claimed>, Error> {
    let one = || deliveries::table.find((endpoint, position));
    let claimed = diesel::update(one().filter(waiting!()).filter(is_free!(wall)).filter(not(is_behind!())))
        .set((deliveries::claimed_until.eq(Some(Moment::from(until))), deliveries::tries.eq(deliveries::tries + 1)))
        .execute(db)?;
    if claimed == 0 {
        return Ok(None);
    }
    let (tries, due_at): (i32, Moment) = one().select((deliveries::tries, deliveries::due_at)).get_result(db)?;
    let tries = usize::try_from(tries).unwrap_or_default();
    Ok(Some(Claimed { endpoint: endpoint.to_owned(), position, tries, due_at: due_at.into() }))
}

/// What came of a try.
#[derive(Debug, Clone)]
pub struct Tried<'a> {
    /// When it was over.
    pub at: DateTime<Utc>,
    /// A status, or a word of ours.
    pub outcome: &'a str,
    /// How long it took, in milliseconds.
    pub took_ms: i32,
}

/// What becomes of a delivery after a try.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Next {
    /// Its receiver took it.
    Delivered,
    /// It is tried again at that moment.
    Again(DateTime<Utc>),
    /// It is not tried again.
    GivenUp,
}

/// Stores what came of a try.
pub fn note(db: &mut Db, claimed: &Claimed, tried: &Tried<'_>, next: Next) -> Result<(), Error> {
    let at = Some(Moment::from(tried.at));
    let (delivered, given_up) = (at.filter(|_| next == Next::Delivered), at.filter(|_| next == Next::GivenUp));
    let next_try_at = if let Next::Again(moment) = next { moment } else { tried.at };
    let one = deliveries::table.find((&claimed.endpoint, claimed.position)).filter(waiting!());
    diesel::update(one)
        .set((
            deliveries::claimed_until.eq(None::<Moment>),
            deliveries::tried_at.eq(at),
            deliveries::outcome.eq(Some(tried.outcome)),
            deliveries::took_ms.eq(Some(tried.took_ms)),
            deliveries::delivered_at.eq(delivered),
            deliveries::given_up_at.eq(given_up),
            deliveries::next_try_at.eq(Moment::from(next_try_at)),
        ))
        .execute(db)?;
    Ok(())
}

/// Lets what waits for another try go now: the endpoint answers again, or goes on. With `anew`, what waits counts as due now.
pub fn flush(db: &mut Db, endpoint: &str, now: DateTime<Utc>, anew: bool) -> Result<(), Error> {
    let now = Moment::from(now);
    let waits = deliveries::table.filter(deliveries::endpoint_id.eq(endpoint)).filter(waiting!());
    if anew {
        let fresh = (deliveries::due_at.eq(now), deliveries::next_try_at.eq(now), deliveries::tries.eq(0));
        diesel::update(waits).set(fresh).execute(db)?;
    } else {
        let later = waits.filter(deliveries::next_try_at.gt(now));
        diesel::update(later).set(deliveries::next_try_at.eq(now)).execute(db)?;
    }
    Ok(())
}

/// Gives up what an endpoint that is not paused could not be told since that moment, and is not being told just now.
pub fn give_up(
    db: &mut Db,
    endpoint: &str,
    due_by: DateTime<Utc>,
    (now, wall): (DateTime<Utc>, DateTime<Utc>),
) -> Result<usize, Error> {
    let old = deliveries::table
        .filter(deliveries::endpoint_id.eq(endpoint))
        .filter(waiting!())
        .filter(deliveries::due_at.le(Moment::from(due_by)))
        .filter(is_free!(wall));
    Ok(diesel::update(old).set(deliveries::given_up_at.eq(Some(Moment::from(now)))).execute(db)?)
}

/// Deletes what was written before that moment.
pub fn forget(db: &mut Db, before: DateTime<Utc>) -> Result<usize, Error> {
    Ok(diesel::delete(deliveries::table.filter(deliveries::created_at.lt(Moment::from(before)))).execute(db)?)
}

/// Deletes everything for an endpoint.
pub fn forget_of(db: &mut Db, endpoint: &str) -> Result<(), Error> {
    diesel::delete(deliveries::table.filter(deliveries::endpoint_id.eq(endpoint))).execute(db)?;
    Ok(())
}

/// Which deliveries are told once more.
#[derive(Debug, Clone, Copy)]
pub enum Again<'a> {
    /// Those that were given up.
    GivenUp,
    /// Those of these entries, also when they were never for this endpoint.
    Entries(&'a [Told]),
}

/// Lets an endpoint be told once more, as if each entry were new. Returns how many.
pub fn replay(db: &mut Db, endpoint: &str, which: Again<'_>, now: DateTime<Utc>) -> Result<usize, Error> {
    let of_endpoint = deliveries::table.filter(deliveries::endpoint_id.eq(endpoint));
    let moment = Moment::from(now);
    let fresh = (
        (deliveries::delivered_at.eq(None::<Moment>), deliveries::given_up_at.eq(None::<Moment>)),
        (deliveries::due_at.eq(moment), deliveries::next_try_at.eq(moment), deliveries::tries.eq(0)),
        deliveries::created_at.eq(moment),
    );
    let told = match which {
        Again::GivenUp => {
            return Ok(diesel::update(of_endpoint.filter(deliveries::given_up_at.is_not_null()))
                .set(fresh)
                .execute(db)?);
        }
        Again::Entries(told) => told,
    };
    for entry in told {
        let one = deliveries::table.find((endpoint, entry.position));
        if diesel::update(one).set(fresh).execute(db)? == 0 {
            let row = NewRow::new(endpoint, entry, now);
            diesel::insert_into(deliveries::table).values(row).execute(db)?;
        }
    }
    Ok(told.len())
}

/// A line of the log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// The endpoint's name.
    pub endpoint: String,
    /// The entry.
    pub position: i64,
    /// When it was written.
    pub created_at: DateTime<Utc>,
    /// When it was tried last.
    pub tried_at: Option<DateTime<Utc>>,
    /// How many tries were begun.
    pub tries: i32,
    /// What came of the last try.
    pub outcome: Option<String>,
    /// How long that took.
    pub took_ms: Option<i32>,
    /// Whether its receiver took it.
    pub is_delivered: bool,
    /// Whether it is not tried any more.
    pub is_given_up: bool,
}

type LineRow =
    ((String, i64, Moment, Option<Moment>), (i32, Option<String>, Option<i32>, Option<Moment>, Option<Moment>));

/// Which lines of the log are wanted.
#[derive(Debug, Clone, Default)]
pub struct LogQuery {
    /// Only those that were given up or whose last try failed.
    pub failed: bool,
    /// Only those of the endpoint with that name.
    pub endpoint: Option<String>,
    /// Only those of that order, by our reference.
    pub reference: Option<String>,
}

/// The newest lines of the log, newest first.
pub fn log(db: &mut Db, query: &LogQuery, limit: i64) -> Result<Vec<Line>, Error> {
    let mut lines = deliveries::table
        .inner_join(webhook_endpoints::table.on(webhook_endpoints::id.eq(deliveries::endpoint_id)))
        .order((deliveries::position.desc(), webhook_endpoints::name.asc()))
        .limit(limit)
        .select((
            (webhook_endpoints::name, deliveries::position, deliveries::created_at, deliveries::tried_at),
            (
                deliveries::tries,
                deliveries::outcome,
                deliveries::took_ms,
                deliveries::delivered_at,
                deliveries::given_up_at,
            ),
        ))
        .into_boxed();
    if query.failed {
        lines = lines.filter(deliveries::delivered_at.is_null().and(deliveries::outcome.is_not_null()));
    }
    if let Some(name) = &query.endpoint {
        lines = lines.filter(webhook_endpoints::name.eq(name.clone()));
    }
    if let Some(reference) = &query.reference {
        lines = lines.filter(deliveries::order_reference.eq(reference.clone()));
    }
    let rows: Vec<LineRow> = lines.load(db)?;
    let line =
        |((endpoint, position, created_at, tried_at), (tries, outcome, took_ms, delivered, given_up)): LineRow| Line {
            endpoint,
            position,
            created_at: created_at.into(),
            tried_at: tried_at.map(Into::into),
            tries,
            outcome,
            took_ms,
            is_delivered: delivered.is_some(),
            is_given_up: given_up.is_some(),
        };
    Ok(rows.into_iter().map(line).collect())
}

/// How many deliveries wait for endpoints that are not paused, and since when the oldest of them is due.
pub fn count_waiting(db: &mut Db) -> Result<(i64, Option<DateTime<Utc>>), Error> {
    let (waiting, since): (i64, Option<Moment>) = deliveries::table
        .inner_join(webhook_endpoints::table.on(webhook_endpoints::id.eq(deliveries::endpoint_id)))
        .filter(waiting!())
        .filter(webhook_endpoints::paused_at.is_null())
        .select((diesel::dsl::count_star(), diesel::dsl::min(deliveries::due_at)))
        .get_result(db)?;
    Ok((waiting, since.map(Into::into)))
}

/// The next moment at which a delivery that waits can be tried.
pub fn next_try(db: &mut Db, now: DateTime<Utc>) -> Result<Option<DateTime<Utc>>, Error> {
    let next = deliveries::table.filter(waiting!()).filter(deliveries::next_try_at.gt(Moment::from(now)));
    let next = next.select(diesel::dsl::min(deliveries::next_try_at));
    let next: Option<Moment> = either!(db, db => next.get_result(db))?;
    Ok(next.map(Into::into))
}
