//! Complete records of orders, in batches, for checks of the whole database.

use diesel::prelude::*;

use crate::domain::audit::chain::Chain;
use crate::domain::audit::record::{DisputeRecord, Record};
use crate::domain::{AccountId, Dispute, Order, Party};
use crate::store::orders::hashes::{LinkRow, link_columns, to_link};
use crate::store::orders::rows::{DisputeRow, EVENT, ORDER, OrderRow};
use crate::store::orders::texts::is_of_event;
use crate::store::schema::{disputes, event_hashes, event_texts, events, orders, outbox};
use crate::store::{Db, Error};

/// An order's reference and its record, or why that cannot be read.
#[derive(Debug)]
pub struct Loaded {
    /// The reference as stored.
    pub reference: String,
    /// The record.
    pub record: Result<Record, Error>,
    /// The chain.
    pub chain: Result<Chain, Error>,
}

/// A row with the reference of its order as stored, which a corrupt one has too.
type Stored<R> = (String, R);
/// An order with the number of the last event that is relayed of those that each party has read, and of the last with a hash.
type OrderMarks = (OrderRow, (i32, i32, i32, i32));
/// An event with its number and the accounts that are told of it.
type EventTold = (LinkRow, (i32, Option<i64>, Option<i64>));

/// Loads the next orders behind `after` by reference, or the first ones; at most `limit`, each with all its rows: four
/// statements.
pub fn batch(db: &mut Db, after: Option<&str>, limit: i64) -> Result<Vec<Loaded>, Error> {
    let rows: Vec<Stored<OrderMarks>> = orders::table
        .filter(orders::reference.gt(after.unwrap_or_default()))
        .order(orders::reference.asc())
        .limit(limit)
        .select((
            orders::reference,
            (ORDER, (orders::relayed, orders::read_by_customer, orders::read_by_freelancer, orders::hashed)),
        ))
        .load(db)?;
    let (Some((first, _)), Some((last, _))) = (rows.first(), rows.last()) else { return Ok(Vec::new()) };
    let disputes: Vec<Stored<DisputeRow>> = disputes::table
        .filter(disputes::order_reference.between(first, last))
        .order((disputes::order_reference.asc(), disputes::number.asc()))
        .select((disputes::order_reference, disputes::all_columns))
        .load(db)?;
    let told = (events::number, events::told_customer_id, events::told_freelancer_id);
    let events: Vec<Stored<EventTold>> = events::table
        .left_join(event_texts::table.on(is_of_event()))
        .filter(events::order_reference.between(first, last))
        .order((events::order_reference.asc(), events::number.asc()))
        .select((events::order_reference, (link_columns!(), told)))
        .load(db)?;
    let hashes: Vec<Stored<(i32, String)>> = event_hashes::table
        .filter(event_hashes::order_reference.between(first, last))
        .order((event_hashes::order_reference.asc(), event_hashes::number.asc()))
        .select((event_hashes::order_reference, (event_hashes::number, event_hashes::hash)))
        .load(db)?;
    let mut hashes = hashes.into_iter().peekable();
    let mut disputes = disputes.into_iter().peekable();
    let mut events = events.into_iter().peekable();
    Ok(rows
        .into_iter()
        .map(|(reference, row)| {
            let disputes = std::iter::from_fn(|| disputes.next_if(|next| next.0 == reference));
            let disputes = disputes.map(|(_, dispute)| dispute).collect();
            let events = std::iter::from_fn(|| events.next_if(|next| next.0 == reference));
            let events: Vec<EventTold> = events.map(|(_, event)| event).collect();
            let hashes = std::iter::from_fn(|| hashes.next_if(|next| next.0 == reference));
            let hashes = hashes.map(|(_, hash)| hash).collect();
            let links = events.iter().map(|(link, _)| to_link(link.clone())).collect::<Result<_, Error>>();
            let chain = links.map(|links| Chain { links, hashes, hashed: row.1.3 });
            Loaded { record: record(row, disputes, events), chain, reference }
        })
        .collect())
}

fn record((row, marks): OrderMarks, disputes: Vec<DisputeRow>, events: Vec<EventTold>) -> Result<Record, Error> {
    let settles_at = row.settles_at.map(Into::into);
    let order = Order::try_from((row, None))?;
    let asked = |row: DisputeRow| {
        let (opener, respondent) = (AccountId(row.opener_id), AccountId(row.respondent_id));
        let remind_at = row.remind_at.map(Into::into);
        Ok(DisputeRecord { dispute: Dispute::try_from(row)?, opener, respondent, remind_at })
    };
    let told = events.iter().flat_map(|(_, (number, customer, freelancer))| {
        let sides = [(Party::Customer, *customer), (Party::Freelancer, *freelancer)];
        sides.into_iter().filter_map(|(party, told)| Some((*number, party, AccountId(told?))))
    });
    let told = told.collect();
    Ok(Record {
        settles_at,
        told,
        relayed: marks.0,
        read: [(Party::Customer, marks.1), (Party::Freelancer, marks.2)],
        disputes: disputes.into_iter().map(asked).collect::<Result<_, Error>>()?,
        events: events.into_iter().map(|(link, _)| Ok(to_link(link)?.event)).collect::<Result<_, Error>>()?,
        order,
    })
}

/// A stray row, by the order it names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stray {
    /// The order.
    pub reference: String,
    /// The problem.
    pub what: String,
}

/// Finds mails to an account that is no party of the order, and reminders to the party that asked; at most `limit`.
pub fn stray_mails(db: &mut Db, limit: i64) -> Result<Vec<Stray>, Error> {
    let is_of_party = outbox::account_id.eq(orders::customer_id).or(outbox::account_id.eq(orders::freelancer_id));
    let is_of_dispute = disputes::order_reference
        .eq(outbox::order_reference)
        .and(disputes::number.nullable().eq(outbox::dispute_number));
    let reminds_asker = outbox::what.eq("reminder").and(outbox::account_id.ne(disputes::respondent_id)).nullable();
    let rows: Vec<(String, String)> = outbox::table
        .inner_join(orders::table.on(orders::reference.eq(outbox::order_reference)))
        .left_join(disputes::table.on(is_of_dispute))
        .filter(diesel::dsl::not(is_of_party).nullable().or(reminds_asker))
        .limit(limit)
        .select((orders::reference, outbox::key))
        .load(db)?;
    let what = |key| format!("the mail {key} goes to somebody it is not for");
    Ok(rows.into_iter().map(|(reference, key)| Stray { reference, what: what(key) }).collect())
}
