//! Orders for support and for the marketplace: as they are seen from outside, without anything of a question.

use std::collections::HashMap;

use chrono::{DateTime, Utc};

use crate::domain::orders::outside::OutsideChange;
use crate::domain::orders::outside_view::OutsideView;
use crate::domain::{AccountId, Dispute, Event, ExternalId, Order, Reference};
use crate::operations::orders::change::{not_before, record};
use crate::store::maintenance::records;
use crate::store::orders::{self, disputes, events};
use crate::store::{Db, Error, Store, accounts};

/// Orders that are read at once.
const BATCH: i64 = 500;

/// An order as it is seen from outside.
#[derive(Debug, Clone)]
pub struct SeenOrder {
    /// The order as it stands, of which only its values are shown.
    pub order: Order,
    /// Its status and when it changed.
    pub view: OutsideView,
    /// The id and the address of the customer.
    pub customer: (Option<ExternalId>, String),
    /// The id and the address of the freelancer.
    pub freelancer: (Option<ExternalId>, String),
}

/// How support closes an order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, strum::EnumString, strum::VariantNames)]
#[strum(serialize_all = "snake_case")]
pub enum Closing {
    /// As done.
    Completed,
    /// As cancelled.
    Cancelled,
}

/// The reference of the order with that number: the marketplace's, or ours.
pub fn find(store: &Store, number: &str) -> Result<Option<Reference>, Error> {
    store.read(|db| {
        if let Ok(id) = number.parse::<ExternalId>()
            && let Some((reference, _)) = orders::by_external_id(db, &id)?
        {
            return Ok(Some(reference));
        }
        match number.parse::<Reference>() {
            Ok(reference) if orders::exists(db, reference)? => Ok(Some(reference)),
            _ => Ok(None),
        }
    })
}

/// One order as it is seen from outside, if there is one with that reference.
pub fn find_seen(store: &Store, reference: Reference, now: DateTime<Utc>) -> Result<Option<SeenOrder>, Error> {
    store.snapshot(|db| {
        let Some(order) = orders::find(db, reference)? else { return Ok(None) };
        let (disputes, events) = (disputes::of_order(db, reference)?, events::of_order(db, reference)?);
        seen(db, &mut HashMap::new(), order, &disputes, events, now).map(Some)
    })
}

/// Passes every order that changed for the marketplace since that moment, by reference. What silence has decided by `now`
/// counts, whether or not it is written down yet.
pub fn each(
    store: &Store,
    since: Option<DateTime<Utc>>,
    now: DateTime<Utc>,
    mut tell: impl FnMut(&SeenOrder),
) -> Result<(), Error> {
    store.snapshot(|db| {
        let (mut people, mut after) = (HashMap::new(), None::<String>);
        loop {
            let batch = records::batch(db, after.as_deref(), BATCH)?;
            let Some(last) = batch.last() else { return Ok(()) };
            after = Some(last.reference.clone());
            for loaded in batch {
                let record = loaded.record?;
                let open = record.open().cloned();
                let disputes: Vec<_> = record.disputes.into_iter().map(|asked| asked.dispute).collect();
                let order = Order { open_dispute: open, ..record.order };
                let seen = seen(db, &mut people, order, &disputes, record.events, now)?;
                if since.is_none_or(|since| seen.view.changed_at >= since) {
                    tell(&seen);
                }
            }
        }
    })
}

/// The accounts that were looked up, by number.
type Known = HashMap<AccountId, (Option<ExternalId>, String)>;

/// `order` with its open dispute, all its disputes and its events, as they are written down.
fn seen(
    db: &mut Db,
    people: &mut Known,
    mut order: Order,
    disputes: &[Dispute],
    mut events: Vec<Event>,
    now: DateTime<Utc>,
) -> Result<SeenOrder, Error> {
    events.extend(order.settle(now).into_iter().map(|step| step.event));
    let view = OutsideView::new(&order, disputes, &events);
    let (customer, freelancer) = (person(db, people, order.customer)?, person(db, people, order.freelancer)?);
    Ok(SeenOrder { order, view, customer, freelancer })
}

fn person(db: &mut Db, people: &mut Known, id: AccountId) -> Result<(Option<ExternalId>, String), Error> {
    if let Some(known) = people.get(&id) {
        return Ok(known.clone());
    }
    let found = accounts::find(db, id)?.ok_or_else(|| Error::corrupt("orders.customer_id"))?;
    let known = (found.external_id, found.email);
    people.insert(id, known.clone());
    Ok(known)
}

/// Closes an order for customer service, and answers whether it was open. Both parties are told; what is open is overtaken.
pub fn close(store: &Store, reference: Reference, how: Closing, now: DateTime<Utc>) -> Result<bool, Error> {
    let Some(order) = store.read(|db| orders::find(db, reference))? else { return Ok(false) };
    let closed = store.write_order((reference, order.customer), |db, order| {
        let Some(mut order) = order else { return Ok(false) };
        let at = not_before(events::last_of_order(db, &order)?.as_ref(), now);
        let mut steps = order.settle(at);
        let change = match how {
            Closing::Completed => OutsideChange::Complete,
            Closing::Cancelled => OutsideChange::Cancel,
        };
        let closing = order.change_from_outside(change, at).ok();
        let is_closed = closing.is_some();
        steps.extend(closing);
        record(db, &[(&order, &steps)], None, now)?;
        Ok::<bool, Error>(is_closed)
    });
    store.signals().relay.notify_one();
    closed
}
