//! What is written of an order, as far as the marketplace is told of it: no words and no comments. So the work for an order is
//! the same however much was said on it, and its duration tells nothing.

use std::collections::HashMap;

use crate::domain::{AccountId, Dispute, Event, ExternalId, Order, Reference};
use crate::store::marketplace::feed::{Told, orders_told};
use crate::store::{Db, Error};

/// The marketplace's id of a person, and the address; both gone when the person was erased.
pub(super) type Named = (Option<ExternalId>, String);

/// An order with everything that the marketplace sees of it.
pub(super) struct History {
    /// The order with its open dispute, as it is written down.
    pub order: Order,
    /// All its disputes, by number.
    pub disputes: Vec<Dispute>,
    /// Its events without comments, by number.
    pub events: Vec<Event>,
    /// Its customer and its freelancer.
    pub people: [Named; 2],
}

/// Loads these orders, in four statements.
pub(super) fn load(db: &mut Db, references: &[Reference]) -> Result<HashMap<Reference, History>, Error> {
    let Told { orders, disputes, events, people } = orders_told(db, references)?;
    let people: HashMap<AccountId, Named> = people.into_iter().map(|(id, own, email)| (id, (own, email))).collect();
    let mut histories = HashMap::new();
    for order in orders {
        let named = |id| people.get(&id).cloned().ok_or_else(|| Error::corrupt("orders.customer_id"));
        let people = [named(order.customer)?, named(order.freelancer)?];
        histories.insert(order.reference, History { order, disputes: Vec::new(), events: Vec::new(), people });
    }
    for (reference, dispute) in disputes {
        histories.entry(reference).and_modify(|history| history.disputes.push(dispute));
    }
    for (reference, event) in events {
        histories.entry(reference).and_modify(|history| history.events.push(event));
    }
    Ok(histories)
}
