//! An order as the marketplace sees it: the same with its questions and without them.

use chrono::{DateTime, Utc};

use crate::domain::{Dispute, Event, EventKind, Extra, Kind, Order, Status};

/// What the marketplace may know of an order, beside its title, price and date.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OutsideView {
    /// The status; while something is open, the one before.
    pub status: Status,
    /// Since when.
    pub status_since: DateTime<Utc>,
    /// When anything that it sees changed last.
    pub changed_at: DateTime<Utc>,
    /// How many changes it has seen, the placing included. The number of an event would betray those that it does not see.
    pub version: usize,
    /// The extra work that was agreed here, in order; the price has it already.
    pub extras: Vec<Extra>,
}

/// What an event changes for the marketplace.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Sees {
    Nothing,
    AValue,
    AStatus,
}

impl OutsideView {
    /// The view of an order with these disputes and these events, which are settled.
    #[must_use]
    pub fn new(order: &Order, disputes: &[Dispute], events: &[Event]) -> Self {
        let of = |event: &Event| {
            let dispute = disputes.iter().find(|dispute| Some(dispute.number) == event.dispute);
            sees(event.kind, dispute.map(|dispute| dispute.ask.kind()))
        };
        let last = |is: fn(Sees) -> bool| {
            events.iter().rev().find(|event| is(of(event))).map_or(order.placed_at, |event| event.at)
        };
        Self {
            status: order.status_outside(),
            status_since: last(|seen| seen == Sees::AStatus),
            changed_at: last(|seen| seen != Sees::Nothing),
            version: events.iter().filter(|event| of(event) != Sees::Nothing).count(),
            extras: disputes
                .iter()
                .filter_map(Dispute::accepted_change)
                .flat_map(|change| change.extras().to_vec())
                .collect(),
        }
    }
}

fn sees(what: EventKind, kind: Option<Kind>) -> Sees {
    match what {
        EventKind::Opened
        | EventKind::ReviewBegan
        | EventKind::Commented
        | EventKind::UpdateGiven
        | EventKind::Declined
        | EventKind::Withdrawn => Sees::Nothing,
        EventKind::Accepted if kind == Some(Kind::Change) => Sees::AValue,
        EventKind::Lapsed if kind != Some(Kind::Cancellation) => Sees::Nothing,
        EventKind::Repriced | EventKind::Rescheduled | EventKind::Retitled => Sees::AValue,
        EventKind::Placed
        | EventKind::Delivered
        | EventKind::RevisionRequested
        | EventKind::Approved
        | EventKind::Completed
        | EventKind::Cancelled
        | EventKind::Imported
        | EventKind::ImportedDelivery
        | EventKind::Accepted
        | EventKind::Lapsed
        | EventKind::DeliveredOutside
        | EventKind::RevisionOutside
        | EventKind::CompletedOutside => Sees::AStatus,
    }
}
