//! Mail that is to be sent: written with the event it tells, in one transaction.

use chrono::{DateTime, Utc};
use diesel::prelude::*;

use super::rows::{DisputeRow, EventRow, Moment, OrderRow};
use super::schema::{accounts, disputes, events, orders, outbox};
use super::{Db, Error};
use crate::domain::{AccountId, Dispute, Event, Order};

/// Puts a mail about an event into the outbox.
///
/// # Errors
///
/// When the statement fails.
pub fn insert(db: &mut Db, account: AccountId, order: &Order, event: &Event) -> Result<(), Error> {
    diesel::insert_into(outbox::table)
        .values((
            outbox::account_id.eq(account.0),
            outbox::order_reference.eq(order.reference.to_string()),
            outbox::event_number.eq(event.number),
            outbox::created_at.eq(Moment::from(event.at)),
        ))
        .execute(db)?;
    Ok(())
}

/// Who a mail goes to: number, address, language and time zone.
type To = (i64, String, Option<String>, Option<String>);

/// A mail with what it takes to write it.
#[derive(Debug, Clone)]
pub struct Queued {
    /// Who gets it.
    pub account: AccountId,
    /// Their address.
    pub email: String,
    /// The language they chose.
    pub language: Option<String>,
    /// The time zone they chose.
    pub time_zone: Option<String>,
    /// Who is on the other side.
    pub other_name: String,
    /// What the order looks like now, without what is open on it.
    pub order: Order,
    /// What happened.
    pub event: Event,
    /// The dispute it belongs to, as it stands now.
    pub dispute: Option<Dispute>,
    /// When it was put here.
    pub created_at: DateTime<Utc>,
}

/// The newest mails, newest first.
///
/// # Errors
///
/// When the statement fails.
pub fn newest(db: &mut Db, limit: i64) -> Result<Vec<Queued>, Error> {
    let is_same_event =
        events::order_reference.eq(outbox::order_reference).and(events::number.eq(outbox::event_number));
    let is_same_dispute = disputes::order_reference
        .eq(events::order_reference)
        .and(events::dispute_number.eq(disputes::number.nullable()));
    let others = diesel::alias!(accounts as others);
    let is_other = orders::customer_id + orders::freelancer_id - outbox::account_id;
    outbox::table
        .inner_join(events::table.on(is_same_event))
        .inner_join(orders::table.on(orders::reference.eq(outbox::order_reference)))
        .inner_join(accounts::table.on(accounts::id.eq(outbox::account_id)))
        .inner_join(others.on(others.field(accounts::id).eq(is_other)))
        .left_join(disputes::table.on(is_same_dispute))
        .order((outbox::created_at.desc(), outbox::order_reference.desc(), outbox::event_number.desc()))
        .limit(limit)
        .select((
            (accounts::id, accounts::email, accounts::language, accounts::time_zone),
            (others.field(accounts::name), outbox::created_at),
            orders::all_columns,
            events::all_columns,
            disputes::all_columns.nullable(),
        ))
        .load::<(To, (String, Moment), OrderRow, EventRow, Option<DisputeRow>)>(db)?
        .into_iter()
        .map(|((account, email, language, time_zone), (other_name, created_at), order, event, dispute)| {
            Ok(Queued {
                account: AccountId(account),
                email,
                language,
                time_zone,
                other_name,
                order: (order, None).try_into()?,
                event: event.try_into()?,
                dispute: dispute.map(Dispute::try_from).transpose()?,
                created_at: created_at.into(),
            })
        })
        .collect()
}
