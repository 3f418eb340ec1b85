//! The table of disputes and requests.

use std::ops::RangeInclusive;

use chrono::{DateTime, Utc};
use diesel::dsl;
use diesel::prelude::*;
use diesel::sql_types::{Array, Integer, Nullable, Text, Timestamp};

use crate::domain::orders::limits::{AskedBefore, QUESTIONS_A_DAY, RecentQuestions};
use crate::domain::{AccountId, Dispute, EventKind, Kind, Order, Part, Party, Reference, StateKind};
use crate::store::columns::{Coded, Moment};
use crate::store::connection::either;
use crate::store::orders::rows::{DisputeRow, column};
use crate::store::query::{Followed, IsOpen, Limited, Slice, Update, update_unless_held};
use crate::store::schema::{accounts, disputes, events, orders};
use crate::store::{Db, Error};

/// Whether it is the open dispute of an order. With this condition SQLite reads the disputes of that order, which are
/// few and stored together; with the index of open disputes ([`IsOpen`]) it would look up each twice.
pub(in crate::store) fn is_open_of_order()
-> dsl::And<dsl::Eq<disputes::order_reference, orders::reference>, dsl::IsNull<disputes::closed_at>> {
    disputes::order_reference.eq(orders::reference).and(disputes::closed_at.is_null())
}

/// Inserts a dispute. A second open one on the same order is impossible: a partial unique index forbids it (rules 2).
pub fn insert(db: &mut Db, order: &Order, dispute: &Dispute, form_token: Option<&str>) -> Result<(), Error> {
    diesel::insert_into(disputes::table).values(DisputeRow::new(order, dispute, form_token)).execute(db)?;
    Ok(())
}

/// The part of a change that was accepted, when it was not all of it.
fn accepted_part(dispute: &Dispute) -> Option<&'static str> {
    (dispute.part != Part::All).then(|| dispute.part.into())
}

/// Stores the end of an open dispute.
///
/// # Errors
///
/// When the dispute was not open.
pub fn close(db: &mut Db, reference: Reference, dispute: &Dispute) -> Result<(), Error> {
    let closed_at = dispute.state.closed_at().map(Moment::from);
    let open = disputes::order_reference
        .eq(Coded::from(reference))
        .and(disputes::number.eq(dispute.number))
        .and(disputes::closed_at.is_null());
    let ended = (
        disputes::state.eq(dispute.state.code()),
        disputes::closed_at.eq(closed_at),
        disputes::remind_at.eq(None::<Moment>),
        disputes::accepted_part.eq(accepted_part(dispute)),
    );
    let update = Update::new(disputes::table, ended, open);
    let changed = either!(db, db => update.execute(db))?;
    if changed == 1 { Ok(()) } else { Err(Error::corrupt("disputes.state")) }
}

/// Records when its reader first opened an open question (rules 16), unless another transaction holds it.
pub fn mark_seen(db: &mut Db, reference: Reference, number: i32, at: DateTime<Utc>) -> Result<(), Error> {
    let unseen = disputes::order_reference
        .eq(Coded::from(reference))
        .and(disputes::number.eq(number))
        .and(disputes::closed_at.is_null())
        .and(disputes::seen_at.is_null());
    let seen = disputes::seen_at.eq(Some(Moment::from(at)));
    update_unless_held!(db, disputes by "order_reference, number", seen, unseen);
    Ok(())
}

/// Records when the mail server took the first mail with a question, unless another transaction holds the question.
pub fn mark_mailed(db: &mut Db, reference: &str, number: i32, at: DateTime<Utc>) -> Result<(), Error> {
    let untold =
        disputes::order_reference.eq(reference).and(disputes::number.eq(number)).and(disputes::mailed_at.is_null());
    let told = disputes::mailed_at.eq(Some(Moment::from(at)));
    update_unless_held!(db, disputes by "order_reference, number", told, untold);
    Ok(())
}

/// How a question reached the party that must answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Reached {
    /// The number of the question.
    pub number: i32,
    /// When the mail server took the first mail with it, as far as that was recorded.
    pub mailed_at: Option<DateTime<Utc>>,
    /// When that party first opened it.
    pub seen_at: Option<DateTime<Utc>>,
}

/// How each question of an order reached its reader, by number.
pub fn reached(db: &mut Db, reference: Reference) -> Result<Vec<Reached>, Error> {
    let questions = disputes::table
        .filter(disputes::order_reference.eq(reference.to_string()))
        .order(disputes::number.asc())
        .select((disputes::number, disputes::mailed_at, disputes::seen_at));
    let rows: Vec<(i32, Option<Moment>, Option<Moment>)> = either!(db, db => questions.load(db))?;
    let read = |(number, mailed, seen): (i32, Option<Moment>, Option<Moment>)| Reached {
        number,
        mailed_at: mailed.map(DateTime::from),
        seen_at: seen.map(DateTime::from),
    };
    Ok(rows.into_iter().map(read).collect())
}

/// Stores the ends of many open disputes, each of another order.
///
/// # Errors
///
/// When a dispute was not open.
pub fn close_all(db: &mut Db, ended: &[(Reference, &Dispute)]) -> Result<(), Error> {
    let (Db::Postgres(db), [_, _, ..]) = (&mut *db, ended) else {
        return ended.iter().try_for_each(|(reference, dispute)| close(db, *reference, dispute));
    };
    let changed = diesel::sql_query(
        "UPDATE disputes SET state = new.state, closed_at = new.closed_at, remind_at = NULL, accepted_part = new.part \
         FROM unnest($1, $2, $3, $4, $5) AS new (order_reference, number, state, closed_at, part) \
         WHERE disputes.order_reference = new.order_reference AND disputes.number = new.number \
             AND disputes.state = 'open'",
    )
    .bind::<Array<Text>, _>(column(ended, |(reference, _)| reference.to_string()))
    .bind::<Array<Integer>, _>(column(ended, |(_, dispute)| dispute.number))
    .bind::<Array<Text>, _>(column(ended, |(_, dispute)| dispute.state.code()))
    .bind::<Array<Nullable<Timestamp>>, _>(column(ended, |(_, dispute)| dispute.state.closed_at().map(Moment::from)))
    .bind::<Array<Nullable<Text>>, _>(column(ended, |(_, dispute)| accepted_part(dispute)))
    .execute(db)?;
    if changed == ended.len() { Ok(()) } else { Err(Error::corrupt("disputes.state")) }
}

/// Stores the status to which the order returns from an open dispute: the work came to stand elsewhere meanwhile.
pub fn set_previous_status(db: &mut Db, reference: Reference, dispute: &Dispute) -> Result<(), Error> {
    let open = disputes::table
        .filter(disputes::order_reference.eq(reference.to_string()))
        .filter(disputes::number.eq(dispute.number).and(disputes::closed_at.is_null()));
    diesel::update(open).set(disputes::previous_status.eq(dispute.previous_status.code())).execute(db)?;
    Ok(())
}

/// A question with a due reminder.
#[derive(Debug)]
pub struct ToRemind {
    /// The order's reference, as stored.
    pub reference: String,
    /// The question's number.
    pub number: i32,
    /// Who must answer.
    pub respondent: AccountId,
    remind_at: Moment,
}

impl AsRef<str> for ToRemind {
    fn as_ref(&self) -> &str {
        &self.reference
    }
}

/// A question and the number of its opening event, unless the rows cannot be read.
pub type Asked = Result<(Dispute, i32), Error>;

/// The questions with a due reminder, longest overdue first; at most `limit`.
pub fn to_remind(db: &mut Db, now: DateTime<Utc>, limit: usize) -> Result<Vec<(ToRemind, Asked)>, Error> {
    let is_opening = disputes::order_reference
        .eq(events::order_reference)
        .and(events::dispute_number.eq(disputes::number.nullable()))
        .and(events::what.eq(EventKind::Opened.code()));
    let due = disputes::table
        .left_join(events::table.on(is_opening))
        .filter(disputes::remind_at.assume_not_null().le(Moment::from(now)))
        .order((disputes::remind_at.asc(), disputes::order_reference.asc()))
        .select((
            disputes::order_reference,
            disputes::all_columns,
            disputes::remind_at.assume_not_null(),
            events::number.nullable(),
        ));
    let rows: Vec<(String, DisputeRow, Moment, Option<i32>)> =
        either!(db, db => Limited { query: due, rows: limit }.load(db))?;
    let question = |(reference, row, remind_at, opened): (String, DisputeRow, Moment, Option<i32>)| {
        let (number, respondent) = (row.number, AccountId(row.respondent_id));
        let opened = opened.ok_or_else(|| Error::corrupt("events.dispute_number"));
        let asked = Dispute::try_from(row).and_then(|dispute| Ok((dispute, opened?)));
        (ToRemind { reference, number, respondent, remind_at }, asked)
    };
    Ok(rows.into_iter().map(question).collect())
}

/// Stores the next reminder after this one, and returns whether this one was still to be sent. Of several servers that
/// found it, and of an answer at the same time, one is first.
pub fn remind_next(db: &mut Db, due: &ToRemind, next: Option<DateTime<Utc>>) -> Result<bool, Error> {
    let this_one = disputes::table
        .filter(disputes::order_reference.eq(&due.reference))
        .filter(disputes::number.eq(due.number))
        .filter(disputes::remind_at.eq(due.remind_at));
    let changed = diesel::update(this_one).set(disputes::remind_at.eq(next.map(Moment::from))).execute(db)?;
    Ok(changed == 1)
}

/// A dispute, and when its opener last sent a reminder.
pub type Reminded = (Dispute, Option<DateTime<Utc>>);

/// One dispute, and when its opener last sent a reminder.
pub fn find_reminded(db: &mut Db, reference: Reference, number: i32) -> Result<Option<Reminded>, Error> {
    let row = disputes::table.filter(disputes::order_reference.eq(reference.to_string()));
    let row: Option<DisputeRow> =
        either!(db, db => row.filter(disputes::number.eq(number)).get_result(db)).optional()?;
    row.map(|row| {
        let reminded_at = row.reminded_at.map(DateTime::from);
        Ok((Dispute::try_from(row)?, reminded_at))
    })
    .transpose()
}

/// Records that the opener of a question sent a reminder.
pub fn mark_reminded(db: &mut Db, reference: Reference, number: i32, at: DateTime<Utc>) -> Result<(), Error> {
    let this_one = disputes::order_reference.eq(reference.to_string()).and(disputes::number.eq(number));
    let reminded = disputes::reminded_at.eq(Some(Moment::from(at)));
    let update = Update::new(disputes::table, reminded, this_one);
    either!(db, db => update.execute(db))?;
    Ok(())
}

/// The number of the event that opened a question.
pub fn opening(db: &mut Db, reference: Reference, number: i32) -> Result<Option<i32>, Error> {
    let opening = events::table
        .filter(events::order_reference.eq(reference.to_string()))
        .filter(events::dispute_number.eq(Some(number)).and(events::what.eq(EventKind::Opened.code())))
        .select(events::number);
    Ok(either!(db, db => Limited { query: opening, rows: 1 }.get_result(db)).optional()?)
}

/// The moment of the next reminder.
pub fn next_reminder(db: &mut Db) -> Result<Option<DateTime<Utc>>, Error> {
    let first = disputes::table
        .filter(disputes::remind_at.is_not_null())
        .order(disputes::remind_at.asc())
        .select(disputes::remind_at.assume_not_null());
    let first: Option<Moment> = either!(db, db => Limited { query: first, rows: 1 }.get_result(db)).optional()?;
    Ok(first.map(DateTime::from))
}

/// The disputes of an order with these numbers, by number.
pub fn range(db: &mut Db, reference: Reference, numbers: RangeInclusive<i32>) -> Result<Vec<Dispute>, Error> {
    disputes::table
        .filter(disputes::order_reference.eq(reference.to_string()))
        .filter(disputes::number.ge(*numbers.start()).and(disputes::number.le(*numbers.end())))
        .order(disputes::number.asc())
        .load::<DisputeRow>(db)?
        .into_iter()
        .map(Dispute::try_from)
        .collect()
}

/// Every dispute and request of an order, by number, for checks of the database.
pub fn of_order(db: &mut Db, reference: Reference) -> Result<Vec<Dispute>, Error> {
    disputes::table
        .filter(disputes::order_reference.eq(reference.to_string()))
        .order(disputes::number.asc())
        .load::<DisputeRow>(db)?
        .into_iter()
        .map(Dispute::try_from)
        .collect()
}

/// One dispute.
pub fn find(db: &mut Db, reference: Reference, number: i32) -> Result<Option<Dispute>, Error> {
    disputes::table
        .filter(disputes::order_reference.eq(reference.to_string()))
        .filter(disputes::number.eq(number))
        .get_result::<DisputeRow>(db)
        .optional()?
        .map(Dispute::try_from)
        .transpose()
}

/// The number of the dispute that this form of that account has opened before, if it has.
pub fn opened_with(
    db: &mut Db,
    reference: Reference,
    opener: AccountId,
    form_token: &str,
) -> Result<Option<i32>, Error> {
    Ok(disputes::table
        .filter(disputes::order_reference.eq(reference.to_string()))
        .filter(disputes::opener_id.eq(opener.0))
        .filter(disputes::form_token.eq(form_token))
        .select(disputes::number)
        .get_result(db)
        .optional()?)
}

/// A question in few columns: number, kind, opening, state and end.
type QuestionRow = (i32, Coded<Kind>, Moment, Coded<StateKind>, Option<Moment>);

/// The newest questions of one party on an order, of each kind as far back as the limits look.
pub fn recent_questions(db: &mut Db, reference: Reference, by: Party) -> Result<RecentQuestions, Error> {
    let newest = |kind: Kind, name| Slice {
        query: disputes::table
            .filter(disputes::order_reference.eq(reference.to_string()))
            .filter(disputes::opener.eq(by.code()).and(disputes::kind.eq(kind.code())))
            .order(disputes::number.desc())
            .select((disputes::number, disputes::kind, disputes::opened_at, disputes::state, disputes::closed_at)),
        rows: QUESTIONS_A_DAY,
        skip: 0,
        name,
    };
    let updates = newest(Kind::Update, "updates");
    let query =
        Followed(Followed(updates, newest(Kind::Cancellation, "cancellations")), newest(Kind::Change, "changes"));
    let rows: Vec<QuestionRow> = either!(db, db => query.load(db))?;
    let questions = rows.into_iter().map(|(number, kind, opened_at, state, closed_at)| {
        let declined_at = closed_at.filter(|_| state.known() == Some(StateKind::Declined)).map(DateTime::from);
        let kind = kind.or_corrupt("disputes.kind")?;
        Ok(AskedBefore { number, kind, opened_at: opened_at.into(), declined_at })
    });
    Ok(RecentQuestions::new(questions.collect::<Result<_, Error>>()?))
}

/// A dispute in a list, with its order and the name of the other party.
#[derive(Debug, Clone)]
pub struct DisputeListItem {
    /// The order.
    pub reference: Reference,
    /// The number by which its parties know the order.
    pub known_as: String,
    /// The order's title.
    pub title: String,
    /// The name of the party on the other side.
    pub other_name: String,
    /// Who opened it.
    pub opened_by: AccountId,
    /// The dispute.
    pub dispute: Dispute,
}

/// Which disputes of an account to list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum List {
    /// Those that wait for an answer: soonest deadline first.
    Open,
    /// Those past their deadline, with an end that was not written down yet: latest deadline first.
    Overdue,
    /// Those that are over: latest end first.
    Closed,
}

/// The side of the account.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mine {
    /// The account asked.
    Asked,
    /// The account must answer.
    ToAnswer,
}

/// The place in a list of disputes after which a page begins: a moment (deadline or end), an order and a number.
pub type DisputeCursor = (DateTime<Utc>, Reference, i32);

/// A page of an account's disputes.
#[derive(Debug, Clone, Copy)]
pub struct Page {
    /// The list.
    pub list: List,
    /// The account's side.
    pub mine: Mine,
    /// The row before it; `None` for the first page.
    pub after: Option<DisputeCursor>,
    /// How many rows it has at most.
    pub rows: usize,
}

/// One page of an account's disputes.
pub fn list(db: &mut Db, account: AccountId, page: Page, now: DateTime<Utc>) -> Result<Vec<DisputeListItem>, Error> {
    let now = Moment::from(now);
    let rows: Vec<(DisputeRow, Option<String>, String, String)> = either!(db, db => {
        let base = disputes::table
            .inner_join(orders::table.on(orders::reference.eq(disputes::order_reference)))
            .inner_join(accounts::table.on(accounts::id.eq(disputes::opener_id + disputes::respondent_id - account.0)))
            .select((disputes::all_columns, orders::external_id, orders::title, accounts::name))
            .into_boxed();
        let rows = match page.mine {
            Mine::Asked => base.filter(disputes::opener_id.eq(account.0)),
            Mine::ToAnswer => base.filter(disputes::respondent_id.eq(account.0)),
        };
        let by_name = (disputes::order_reference.desc(), disputes::number.desc());
        let rows = match page.list {
            List::Open => rows
                .filter(IsOpen.and(disputes::respond_by.gt(now)))
                .order((disputes::respond_by.asc(), disputes::order_reference.asc())),
            List::Overdue => {
                rows.filter(IsOpen.and(disputes::respond_by.le(now))).order((disputes::respond_by.desc(), by_name))
            }
            List::Closed => rows.filter(disputes::closed_at.is_not_null()).order((disputes::closed_at.desc(), by_name)),
        };
        let rows = match page.after {
            None => rows,
            Some((at, reference, number)) => {
                let (at, reference) = (Moment::from(at), reference.to_string());
                let same_order = disputes::order_reference.eq(reference.clone()).and(disputes::number.lt(number));
                let further_back = disputes::order_reference.lt(reference.clone()).or(same_order);
                let ended = disputes::closed_at.assume_not_null();
                match page.list {
                    List::Open => rows.filter(
                        disputes::respond_by
                            .gt(at)
                            .or(disputes::respond_by.eq(at).and(disputes::order_reference.gt(reference))),
                    ),
                    List::Overdue => {
                        rows.filter(disputes::respond_by.lt(at).or(disputes::respond_by.eq(at).and(further_back)))
                    }
                    List::Closed => rows.filter(ended.lt(at).or(ended.eq(at).and(further_back))),
                }
            }
        };
        Limited { query: rows, rows: page.rows }.load(db)
    })?;
    rows.into_iter()
        .map(|(dispute, external_id, title, other_name)| {
            let reference = dispute.order_reference.or_corrupt("disputes.order_reference")?;
            Ok(DisputeListItem {
                reference,
                known_as: external_id.unwrap_or_else(|| reference.to_string()),
                title,
                other_name,
                opened_by: AccountId(dispute.opener_id),
                dispute: dispute.try_into()?,
            })
        })
        .collect()
}
