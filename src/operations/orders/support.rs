//! What customer service does with an order, without a word of a question.

use chrono::{DateTime, Utc};

use crate::domain::orders::outside::OutsideChange;
use crate::domain::{ExternalId, Reference};
use crate::operations::orders::change::{not_before, record};
use crate::store::orders::{self, events};
use crate::store::{Error, Store};

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
