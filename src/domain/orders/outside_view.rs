//! An order as the marketplace sees it: the same with its questions and without them.

use chrono::{DateTime, Utc};

use crate::domain::{Dispute, Event, EventKind, Extra, Kind, Moved, Order, Status};

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

/// A change that the marketplace is told of.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, strum::AsRefStr, strum::EnumString, strum::IntoStaticStr, strum::VariantArray,
)]
pub enum ToldKind {
    /// The freelancer delivered.
    #[strum(serialize = "order.delivered")]
    Delivered,
    /// The customer asked for a revision.
    #[strum(serialize = "order.revision_requested")]
    RevisionRequested,
    /// The customer approved, or let three days pass.
    #[strum(serialize = "order.completed")]
    Completed,
    /// The title, the price, the delivery date or the extras are others.
    #[strum(serialize = "order.changed")]
    Changed,
    /// The marketplace cancelled it.
    #[strum(serialize = "order.cancelled")]
    Cancelled,
    /// The two parties stopped it.
    #[strum(serialize = "order.mutually_cancelled")]
    MutuallyCancelled,
}

impl ToldKind {
    /// What an event tells the marketplace; `asked` is the kind of its dispute. How an order came here is not told: the
    /// marketplace gave it.
    #[must_use]
    pub fn of(what: EventKind, asked: Option<Kind>) -> Option<Self> {
        match sees(what, asked) {
            Sees::Nothing | Sees::Arrival(_) => None,
            Sees::AValue => Some(Self::Changed),
            Sees::AStatus(status) => match status {
                Status::Delivered => Some(Self::Delivered),
                Status::InRevision => Some(Self::RevisionRequested),
                Status::Completed => Some(Self::Completed),
                Status::Cancelled => Some(Self::Cancelled),
                Status::MutuallyCancelled => Some(Self::MutuallyCancelled),
                Status::Active | Status::InDispute | Status::ChangeRequested => None,
            },
        }
    }
}

/// What an event changes for the marketplace.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Sees {
    Nothing,
    AValue,
    AStatus(Status),
    /// The order came here in that status; without one, in the status that it has for good.
    Arrival(Option<Status>),
}

impl Sees {
    fn is_status(self) -> bool {
        matches!(self, Self::AStatus(_) | Self::Arrival(_))
    }
}

impl OutsideView {
    /// The view of an order with these disputes and these events, which are settled.
    #[must_use]
    pub fn new(order: &Order, disputes: &[Dispute], events: &[Event]) -> Self {
        let last = |is: fn(Sees) -> bool| {
            events.iter().rev().find(|event| is(seen_of(event, disputes))).map_or(order.placed_at, |event| event.at)
        };
        Self {
            status: order.status_outside(),
            status_since: last(Sees::is_status),
            changed_at: last(|seen| seen != Sees::Nothing),
            version: events.iter().filter(|event| seen_of(event, disputes) != Sees::Nothing).count(),
            extras: disputes
                .iter()
                .filter_map(Dispute::accepted_change)
                .flat_map(|change| change.extras().to_vec())
                .collect(),
        }
    }

    /// An order as it was right after the event with that number, with the view of it. Events that the marketplace does not
    /// see may be left out.
    #[must_use]
    pub fn right_after(order: &Order, disputes: &[Dispute], events: &[Event], number: i32) -> (Order, Self) {
        let (until, later) = events.split_at(events.partition_point(|event| event.number <= number));
        let mut then = Order { open_dispute: None, ..order.clone() };
        for event in later.iter().rev() {
            undo(&mut then, event, disputes);
        }
        then.status = until.iter().rev().find_map(|event| entered(event, disputes, order)).unwrap_or(order.status);
        let is_ended = |dispute: &&Dispute| {
            until.iter().any(|event| event.kind == EventKind::Accepted && event.dispute == Some(dispute.number))
        };
        let disputes_then: Vec<Dispute> = disputes.iter().filter(is_ended).cloned().collect();
        let view = Self { extras: Self::new(&then, &disputes_then, &[]).extras, ..Self::new(&then, disputes, until) };
        (then, view)
    }
}

/// Takes back the values that an event changed.
fn undo(order: &mut Order, event: &Event, disputes: &[Dispute]) {
    match &event.moved {
        Some(Moved::Price(before, _)) => order.price = *before,
        Some(Moved::Date(before, _)) => order.delivery_date = *before,
        Some(Moved::Title(before, _)) => order.title.clone_from(before),
        None => {
            let of_event = disputes.iter().find(|dispute| Some(dispute.number) == event.dispute);
            // Whatever moved the price or the date meanwhile ended the request.
            if let Some(dispute) = of_event.filter(|_| event.kind == EventKind::Accepted)
                && dispute.ask.kind() == Kind::Change
            {
                (order.price, order.delivery_date) = (dispute.old_price, dispute.old_delivery_date);
            }
        }
    }
}

/// The status that an event brought the order to, for the marketplace.
fn entered(event: &Event, disputes: &[Dispute], order: &Order) -> Option<Status> {
    match seen_of(event, disputes) {
        Sees::Nothing | Sees::AValue => None,
        Sees::AStatus(status) => Some(status),
        Sees::Arrival(status) => Some(status.unwrap_or(order.status)),
    }
}

fn seen_of(event: &Event, disputes: &[Dispute]) -> Sees {
    let dispute = disputes.iter().find(|dispute| Some(dispute.number) == event.dispute);
    sees(event.kind, dispute.map(|dispute| dispute.ask.kind()))
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
        EventKind::Placed => Sees::Arrival(Some(Status::Active)),
        EventKind::ImportedDelivery => Sees::Arrival(Some(Status::Delivered)),
        EventKind::Imported => Sees::Arrival(None),
        EventKind::Delivered | EventKind::DeliveredOutside => Sees::AStatus(Status::Delivered),
        EventKind::RevisionRequested | EventKind::RevisionOutside => Sees::AStatus(Status::InRevision),
        EventKind::Approved | EventKind::Completed | EventKind::CompletedOutside => Sees::AStatus(Status::Completed),
        EventKind::Cancelled => Sees::AStatus(Status::Cancelled),
        EventKind::Accepted | EventKind::Lapsed => Sees::AStatus(Status::MutuallyCancelled),
    }
}
