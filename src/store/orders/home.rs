//! The orders of an account's home page: in sections by what needs the account, each order in exactly one.

use chrono::{DateTime, NaiveDate, Utc};
use diesel::dsl::not;
use diesel::prelude::*;

use crate::domain::{AccountId, Party, Reference, Status};
use crate::store::columns::{Coded, Day, Moment};
use crate::store::connection::either;
use crate::store::orders::OrderListItem;
use crate::store::orders::disputes::is_open_of_order;
use crate::store::orders::rows::{DisputeRow, ORDER, OrderRow};
use crate::store::query::{Followed, IsFinal, IsOpen, IsUnderWay, Limited, Slice, UnionAll};
use crate::store::schema::{accounts, disputes, orders};
use crate::store::{Db, Error};

/// A part of the home page, in the order of the page.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, strum::EnumString, strum::IntoStaticStr, strum::VariantArray,
)]
#[strum(serialize_all = "snake_case")]
pub enum Section {
    /// An open question waits for the account's answer, soonest deadline first.
    Waiting,
    /// The work is late, longest first.
    Late,
    /// The account is the customer and the work is delivered, soonest completion first, and those without one last.
    Delivered,
    /// Everything else that is not closed, newest first.
    Running,
    /// Completed and cancelled orders, newest first.
    Closed,
}

/// Sorts deliveries that have no moment of completion behind those that have one: the end of the last year in which a place of a
/// list may be.
pub const UNANNOUNCED: DateTime<Utc> = DateTime::from_timestamp(7_258_118_399, 0).expect("the end of the year 2199");

/// A place on the home page: a section, and the sorting moment and reference of an order there. A delivery date counts as
/// its midnight in UTC.
pub type Place = (Section, DateTime<Utc>, Reference);

/// The open orders from a section on, or after a place in it, each in its section's order. At most `limit` of each section.
#[expect(clippy::too_many_lines, reason = "it is one statement, a query for each section")]
pub fn open(
    db: &mut Db,
    account: AccountId,
    (from, after): (Section, Option<(DateTime<Utc>, Reference)>),
    (now, today): (DateTime<Utc>, NaiveDate),
    limit: usize,
) -> Result<Vec<OrderListItem>, Error> {
    let rows: Vec<(OrderRow, Option<DisputeRow>, String)> = either!(db, db => {
        let moment = Moment::from(now);
        let after = |section: Section| after.filter(|_| section == from).map(|(at, reference)| (at, reference.to_string()));
        let base = || {
            let is_other_party = accounts::id.eq(orders::customer_id + orders::freelancer_id - account.0);
            orders::table
                .left_join(disputes::table.on(is_open_of_order()))
                .inner_join(accounts::table.on(is_other_party))
                .select((ORDER, disputes::all_columns.nullable(), accounts::name))
                .into_boxed()
        };
        let of_side = |side: Party| match side {
            Party::Customer => base().filter(orders::customer_id.eq(account.0)),
            Party::Freelancer => base().filter(orders::freelancer_id.eq(account.0)),
        };
        let respond_by = disputes::respond_by.assume_not_null();
        let completes_at = orders::completes_at.assume_not_null();
        let is_late = || IsUnderWay.and(orders::delivery_date.lt(Day(today)));
        let waiting = || {
            let rows = base()
                .filter(disputes::respondent_id.nullable().eq(account.0).and(IsOpen))
                .filter(respond_by.gt(moment));
            let rows = match after(Section::Waiting) {
                Some((at, reference)) => {
                    let at = Moment::from(at);
                    rows.filter(respond_by.gt(at).or(respond_by.eq(at).and(orders::reference.gt(reference))))
                }
                None => rows,
            };
            Slice { query: rows.order((respond_by.asc(), orders::reference.asc())), rows: limit, skip: 0, name: "to_answer" }
        };
        let late = || {
            let of_side = |side| {
                let rows = of_side(side).filter(is_late());
                match after(Section::Late) {
                    Some((at, reference)) => {
                        let at = Day(at.date_naive());
                        let same_day = orders::delivery_date.eq(at).and(orders::reference.gt(reference));
                        rows.filter(orders::delivery_date.gt(at).or(same_day))
                    }
                    None => rows,
                }
            };
            let (one, other) = (of_side(Party::Customer), of_side(Party::Freelancer));
            let query = UnionAll { one, other, order: "delivery_date, reference" };
            Slice { query, rows: limit, skip: 0, name: "late" }
        };
        let delivered = || {
            let rows = of_side(Party::Customer).filter(completes_at.gt(moment));
            let rows = match after(Section::Delivered) {
                Some((at, reference)) => {
                    let at = Moment::from(at);
                    rows.filter(completes_at.gt(at).or(completes_at.eq(at).and(orders::reference.gt(reference))))
                }
                None => rows,
            };
            Slice { query: rows.order((completes_at.asc(), orders::reference.asc())), rows: limit, skip: 0, name: "to_look_at" }
        };
        let is_unannounced =
            || orders::unannounced_since.is_not_null().and(orders::status.eq(Coded::from(Status::Delivered)));
        let unannounced = || {
            let rows = of_side(Party::Customer).filter(is_unannounced());
            let rows = match after(Section::Delivered) {
                Some((at, reference)) if at >= UNANNOUNCED => rows.filter(orders::reference.gt(reference)),
                _ => rows,
            };
            Slice { query: rows.order(orders::reference.asc()), rows: limit, skip: 0, name: "unannounced" }
        };
        let running = || {
            let of_side = |side| {
                let asks_me = disputes::respondent_id.nullable().is_null()
                    .or(disputes::respondent_id.nullable().assume_not_null().ne(account.0))
                    .or(respond_by.le(moment));
                let rows = of_side(side).filter(not(IsFinal)).filter(asks_me).filter(not(is_late()));
                let rows = match side {
                    Party::Customer => rows
                        .filter(orders::completes_at.is_null().or(completes_at.le(moment)))
                        .filter(not(is_unannounced())),
                    Party::Freelancer => rows,
                };
                match after(Section::Running) {
                    Some((at, reference)) => {
                        let at = Moment::from(at);
                        rows.filter(orders::placed_at.lt(at).or(orders::placed_at.eq(at).and(orders::reference.lt(reference))))
                    }
                    None => rows,
                }
            };
            let (one, other) = (of_side(Party::Customer), of_side(Party::Freelancer));
            UnionAll { one, other, order: "placed_at DESC, reference DESC" }
        };
        let last = || Slice { query: running(), rows: limit, skip: 0, name: "running" };
        match from {
            Section::Waiting => {
                Followed(Followed(waiting(), late()), Followed(Followed(delivered(), unannounced()), last())).load(db)
            }
            Section::Late => Followed(late(), Followed(Followed(delivered(), unannounced()), last())).load(db),
            Section::Delivered => Followed(Followed(delivered(), unannounced()), last()).load(db),
            Section::Running => Limited { query: running(), rows: limit }.load(db),
            Section::Closed => Ok(Vec::new()),
        }
    })?;
    rows.into_iter()
        .map(|(order, dispute, other_name)| Ok(OrderListItem { order: (order, dispute).try_into()?, other_name }))
        .collect()
}
