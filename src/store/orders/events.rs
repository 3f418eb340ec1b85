//! The table of events: appended to, read, never changed.

use std::ops::RangeInclusive;

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel::sql_types::{Integer, Nullable, Text};

use crate::domain::orders::limits::{COMMENTS_A_DISPUTE, COMMENTS_AN_HOUR, RecentComments};
use crate::domain::{Event, EventKind, Order, Party, Reference};
use crate::store::columns::Moment;
use crate::store::connection::{either, insert_rows};
use crate::store::orders::rows::{EVENT, EventRow, NewEventRow, Words, words};
use crate::store::orders::texts;
use crate::store::query::{Followed, IsComment, Limited, Slice};
use crate::store::schema::{event_texts, events};
use crate::store::{Db, Error};

/// Appends one event that is not told to the parties: it came by an import or was done from outside.
pub fn append(db: &mut Db, order: &Order, event: &Event) -> Result<(), Error> {
    append_all(db, &[(order, event)])
}

/// Appends many events that are not told to the parties, each to its own order.
pub fn append_all(db: &mut Db, events: &[(&Order, &Event)]) -> Result<(), Error> {
    let rows: Vec<NewEventRow> = events.iter().map(|(order, event)| NewEventRow::untold(order, event)).collect();
    insert_rows!(db, events::table, rows);
    texts::insert_all(db, events)
}

/// Appends many events, each to its own order, of which each party is told who did not do it. `now` is when they are
/// written down, which may be long after they happened.
pub fn append_told(db: &mut Db, events: &[(&Order, &Event)], now: DateTime<Utc>) -> Result<(), Error> {
    let rows: Vec<NewEventRow> = events.iter().map(|(order, event)| NewEventRow::told(order, event, now)).collect();
    insert_rows!(db, events::table, rows);
    texts::insert_all(db, events)
}

/// The events with their words, of which [`words`] are columns. A macro, since the type of a join cannot be written by hand.
macro_rules! told {
    () => {
        events::table.left_join(event_texts::table.on(texts::is_of_event()))
    };
}

/// The whole timeline of one order, oldest first, for checks of the database. A page takes a part of it.
pub fn of_order(db: &mut Db, reference: Reference) -> Result<Vec<Event>, Error> {
    let timeline = told!()
        .filter(events::order_reference.eq(reference.to_string()))
        .order(events::number.asc())
        .select((EVENT, words!()));
    either!(db, db => timeline.load::<(EventRow, Words)>(db))?.into_iter().map(Event::try_from).collect()
}

/// The newest events of one order up to and including that number, newest first, at most `limit`.
pub fn newest(db: &mut Db, reference: Reference, last: i32, limit: usize) -> Result<Vec<Event>, Error> {
    let query = told!()
        .filter(events::order_reference.eq(reference.to_string()).and(events::number.le(last)))
        .order(events::number.desc())
        .select((EVENT, words!()));
    let rows: Vec<(EventRow, Words)> = either!(db, db => Limited { query, rows: limit }.load(db))?;
    rows.into_iter().map(Event::try_from).collect()
}

/// The events of one order with these numbers, oldest first, at most `limit`.
pub fn range(
    db: &mut Db,
    reference: Reference,
    numbers: RangeInclusive<i32>,
    limit: usize,
) -> Result<Vec<Event>, Error> {
    let query = told!()
        .filter(events::order_reference.eq(reference.to_string()))
        .filter(events::number.ge(*numbers.start()).and(events::number.le(*numbers.end())))
        .order(events::number.asc())
        .select((EVENT, words!()));
    let rows: Vec<(EventRow, Words)> = either!(db, db => Limited { query, rows: limit }.load(db))?;
    rows.into_iter().map(Event::try_from).collect()
}

/// The number of the newest event of that kind on an order, or of any kind when there is none.
pub fn newest_of_kind(db: &mut Db, order: &Order, kind: EventKind) -> Result<i32, Error> {
    let newest = events::table
        .filter(events::order_reference.eq(order.reference.to_string()))
        .filter(events::what.eq(kind.code()))
        .order(events::number.desc())
        .select(events::number);
    let newest: Option<i32> = either!(db, db => Limited { query: newest, rows: 1 }.get_result(db)).optional()?;
    Ok(newest.unwrap_or(order.event_count))
}

/// One event.
pub fn find(db: &mut Db, reference: Reference, number: i32) -> Result<Option<Event>, Error> {
    let event = told!()
        .filter(events::order_reference.eq(reference.to_string()).and(events::number.eq(number)))
        .select((EVENT, words!()));
    either!(db, db => event.get_result::<(EventRow, Words)>(db)).optional()?.map(Event::try_from).transpose()
}

/// A dispute as one of the parties reads it.
#[derive(Debug, Clone, Copy)]
pub struct OfDispute {
    /// The order.
    pub reference: Reference,
    /// The dispute's number.
    pub dispute: i32,
    /// The reader's side.
    pub viewer: Party,
}

/// What was said about a dispute.
#[derive(Debug, Clone)]
pub struct Conversation {
    /// The event that opened it.
    pub opening: Option<Event>,
    /// The later events, newest first.
    pub newest: Vec<Event>,
    /// The reader's comments, as far back as the limits look.
    pub comments: RecentComments,
}

/// Which part of a [`Conversation`] a row is.
const OPENING: i32 = 0;
const SINCE: i32 = 1;
const FILLS_HOUR: i32 = 2;
const FILLS_DISPUTE: i32 = 3;

/// The columns of an event without its text, and the part it is.
macro_rules! wordless {
    ($part:expr) => {
        (
            (
                (
                    events::order_reference,
                    events::number,
                    events::at,
                    events::actor,
                    events::what,
                    events::dispute_number,
                    None::<String>.into_sql::<Nullable<Text>>(),
                    None::<String>.into_sql::<Nullable<Text>>(),
                ),
                // The moment is of no use here; PostgreSQL asks each part for a column of the same type.
                (None::<String>.into_sql::<Nullable<Text>>(), events::recorded_at),
            ),
            $part.into_sql::<Integer>(),
        )
    };
}

/// The comment of a party on an order that is this many behind its newest one.
macro_rules! comment_behind {
    ($reference:expr, $by:expr, $part:expr, $skip:expr, $name:literal) => {
        Slice {
            query: events::table
                .filter(events::order_reference.eq($reference.to_string()))
                .filter(events::actor.eq($by.code()).and(IsComment))
                .order(events::number.desc())
                .select(wordless!($part)),
            rows: 1,
            skip: $skip,
            name: $name,
        }
    };
}

/// What was said about a dispute up to and including that event, at most `limit` of it, in one statement.
pub fn conversation(db: &mut Db, asked: OfDispute, last: i32, limit: usize) -> Result<Conversation, Error> {
    let OfDispute { reference, dispute, viewer } = asked;
    let of_dispute = || events::order_reference.eq(reference.to_string()).and(events::dispute_number.eq(dispute));
    let opened = EventKind::Opened.code();
    let opening = told!()
        .filter(of_dispute().and(events::what.eq(opened)))
        .order(events::number.asc())
        .select(((EVENT, words!()), OPENING.into_sql::<Integer>()));
    let since = told!()
        .filter(of_dispute().and(events::what.ne(opened)).and(events::number.le(last)))
        .order(events::number.desc())
        .select(((EVENT, words!()), SINCE.into_sql::<Integer>()));
    let query = Followed(
        Followed(
            Slice { query: opening, rows: 1, skip: 0, name: "opening" },
            Slice { query: since, rows: limit, skip: 0, name: "since" },
        ),
        Followed(
            comment_behind!(reference, viewer, FILLS_HOUR, COMMENTS_AN_HOUR - 1, "fills_hour"),
            comment_behind!(reference, viewer, FILLS_DISPUTE, COMMENTS_A_DISPUTE - 1, "fills_dispute"),
        ),
    );
    let rows: Vec<((EventRow, Words), i32)> = either!(db, db => query.load(db))?;
    let mut found = Conversation { opening: None, newest: Vec::new(), comments: RecentComments::default() };
    for (row, part) in rows {
        let event = Event::try_from(row)?;
        match part {
            OPENING => found.opening = Some(event),
            FILLS_HOUR => found.comments.fills_hour = Some(event.at),
            FILLS_DISPUTE => found.comments.fills_dispute = event.dispute,
            _ => found.newest.push(event),
        }
    }
    found.newest.sort_by_key(|event| std::cmp::Reverse(event.number));
    Ok(found)
}

/// The newest comments of one party on an order, as far back as the limits look.
pub fn recent_comments(db: &mut Db, reference: Reference, by: Party) -> Result<RecentComments, Error> {
    let query = Followed(
        comment_behind!(reference, by, FILLS_HOUR, COMMENTS_AN_HOUR - 1, "fills_hour"),
        comment_behind!(reference, by, FILLS_DISPUTE, COMMENTS_A_DISPUTE - 1, "fills_dispute"),
    );
    let rows: Vec<((EventRow, Words), i32)> = either!(db, db => query.load(db))?;
    let mut comments = RecentComments::default();
    for (row, part) in rows {
        if part == FILLS_HOUR {
            comments.fills_hour = Some(row.0.at.into());
        } else {
            comments.fills_dispute = row.0.dispute_number;
        }
    }
    Ok(comments)
}

/// The last event of one order.
pub fn last_of_order(db: &mut Db, order: &Order) -> Result<Option<Event>, Error> {
    find(db, order.reference, order.event_count)
}

/// The moment of the latest event of all orders.
pub fn latest(db: &mut Db) -> Result<Option<DateTime<Utc>>, Error> {
    let latest: Option<Moment> = events::table.select(events::at).order(events::at.desc()).first(db).optional()?;
    Ok(latest.map(DateTime::from))
}
