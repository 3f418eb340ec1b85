//! What people are told on the page "Meldingen": the events of their orders that they did not make themselves, read from
//! the timeline. How far each party has read stands on the order, and since when all is read on the account.

use chrono::{DateTime, Utc};
use diesel::prelude::*;

use crate::domain::{AccountId, Dispute, Event, Party, Reference};
use crate::store::columns::Moment;
use crate::store::connection::either;
use crate::store::orders::rows::{DisputeRow, EVENT, EventRow};
use crate::store::query::{Followed, Slice, Update, update_unless_held};
use crate::store::schema::{accounts, disputes, events, orders};
use crate::store::{Db, Error};

/// A notification in the list, with everything that its sentence needs.
#[derive(Debug, Clone)]
pub struct NotificationListItem {
    /// The order.
    pub reference: Reference,
    /// The order's title.
    pub title: String,
    /// The side the reader is on.
    pub viewer: Party,
    /// The name of the party on the other side.
    pub other_name: String,
    /// The event.
    pub event: Event,
    /// Its dispute, as it stands now.
    pub dispute: Option<Dispute>,
    /// Whether it was read before.
    pub is_read: bool,
}

/// The place in a list of notifications after which a page begins: a moment, an order and an event.
pub type NotificationCursor = (DateTime<Utc>, Reference, i32);

/// Whether something is read that was recorded then, by the last event that was read of its order and by the moment up to
/// which everything is.
pub(super) fn is_read((number, recorded_at): (i32, Moment), read_up_to: i32, all_read_at: Option<Moment>) -> bool {
    number <= read_up_to || all_read_at.is_some_and(|at| recorded_at <= at)
}

/// An event with its moment of recording and all that is shown with it.
type Row = (EventRow, Option<Moment>, Option<DisputeRow>, (String, i64, String, i32, Option<Moment>));

/// One page of an account's notifications, newest first: for each side the first rows of a range of its own index.
pub fn list(
    db: &mut Db,
    account: AccountId,
    after: Option<NotificationCursor>,
    limit: usize,
) -> Result<Vec<NotificationListItem>, Error> {
    let rows: Vec<Row> = either!(db, db => {
        let readers = diesel::alias!(accounts as readers);
        let is_same_dispute = || {
            disputes::order_reference.eq(events::order_reference).and(events::dispute_number.eq(disputes::number.nullable()))
        };
        // The two sides differ in their columns only, which are types.
        macro_rules! of_side {
            ($told:ident, $read:ident) => {{
                let all_read_at = readers
                    .filter(readers.field(accounts::id).eq(account.0))
                    .select(readers.field(accounts::all_read_at))
                    .single_value();
                let told = events::table
                    .inner_join(orders::table)
                    .inner_join(accounts::table.on(accounts::id.eq(orders::customer_id + orders::freelancer_id - account.0)))
                    .left_join(disputes::table.on(is_same_dispute()))
                    .filter(events::$told.eq(account.0))
                    .select((
                        EVENT,
                        events::recorded_at,
                        disputes::all_columns.nullable(),
                        (orders::title, orders::customer_id, accounts::name, orders::$read, all_read_at),
                    ))
                    .order((events::at.desc(), events::order_reference.desc(), events::number.desc()))
                    .into_boxed();
                match after {
                    None => told,
                    Some((at, reference, number)) => {
                        let (at, reference) = (Moment::from(at), reference.to_string());
                        let same_order = events::order_reference.eq(reference.clone()).and(events::number.lt(number));
                        let same_moment = events::order_reference.lt(reference).or(same_order);
                        told.filter(events::at.lt(at).or(events::at.eq(at).and(same_moment)))
                    }
                }
            }};
        }
        let one = of_side!(told_customer_id, read_by_customer);
        let other = of_side!(told_freelancer_id, read_by_freelancer);
        let part = |query, name| Slice { query, rows: limit, skip: 0, name };
        Followed(part(one, "to_customer"), part(other, "to_freelancer")).load(db)
    })?;
    let mut told = rows
        .into_iter()
        .map(|(event, recorded_at, dispute, (title, customer, other_name, read_up_to, all_read_at))| {
            Ok(NotificationListItem {
                reference: event.order_reference.or_corrupt("events.order_reference")?,
                title,
                viewer: if customer == account.0 { Party::Customer } else { Party::Freelancer },
                other_name,
                is_read: is_read((event.number, recorded_at.unwrap_or(event.at)), read_up_to, all_read_at),
                event: event.try_into()?,
                dispute: dispute.map(Dispute::try_from).transpose()?,
            })
        })
        .collect::<Result<Vec<NotificationListItem>, Error>>()?;
    told.sort_by_key(|told| std::cmp::Reverse((told.event.at, told.reference.to_string(), told.event.number)));
    told.truncate(limit);
    Ok(told)
}

/// Marks everything that was recorded up to and including this moment as read.
pub fn mark_read(db: &mut Db, account: AccountId, now: DateTime<Utc>) -> Result<(), Error> {
    let now = Moment::from(now);
    let is_earlier = accounts::all_read_at.is_null().or(accounts::all_read_at.assume_not_null().lt(now));
    let whose = accounts::id.eq(account.0).and(is_earlier);
    let update = Update::new(accounts::table, accounts::all_read_at.eq(Some(now)), whose);
    either!(db, db => update.execute(db))?;
    Ok(())
}

/// Marks the events of an order up to that number as read by that party, unless another transaction holds the order.
pub fn mark_read_of(db: &mut Db, reference: Reference, reader: Party, up_to: i32) -> Result<(), Error> {
    macro_rules! mark {
        ($column:ident) => {{
            let behind = orders::reference.eq(reference.to_string()).and(orders::$column.lt(up_to));
            let read = orders::$column.eq(up_to);
            update_unless_held!(db, orders by "reference", read, behind)
        }};
    }
    match reader {
        Party::Customer => mark!(read_by_customer),
        Party::Freelancer => mark!(read_by_freelancer),
    };
    Ok(())
}
