//! Replays the history of an order, event by event, with the same methods that pages and the worker call. An event that
//! they refuse was never possible, and the replayed order must equal the stored one.

use chrono::{DateTime, Utc};

use crate::domain::audit::record::{Record, Violation};
use crate::domain::{Actor, Dispute, Event, EventKind, Moved, Order, Part, Party, Refusal, State, Status, Step, Text};

impl Record {
    /// The faults of the history and of its result. Numbers, and the events of each dispute, were checked before.
    pub(in crate::domain) fn history(&self) -> Vec<Violation> {
        let disputes = self.disputes.iter().map(|asked| &asked.dispute);
        let mut order = placed(&self.order, &disputes, self.events.iter());
        for event in self.events[1..].iter().map(as_written) {
            if let Err(wrong) = self.relive(&mut order, &event) {
                return vec![wrong];
            }
        }
        self.end(&order)
    }

    fn relive(&self, order: &mut Order, event: &Event) -> Result<(), Violation> {
        let (number, what) = (event.number, event.kind);
        // Silence first: everything that was due by then happened before this event.
        if let Some(step) = order.settle_next(event.at) {
            if (step.event.kind, step.event.at) != (what, event.at) {
                return Err(Violation::SilencePassedOver(number, step.event.kind, step.event.at));
            }
            return self.compare(&step, event);
        }
        match self.repeat(order, event) {
            Some(Ok(step)) => self.compare(&step, event),
            Some(Err(refusal)) => Err(Violation::Forbidden(number, what, refusal)),
            None => Err(Violation::NotDecided(number, what)),
        }
    }

    /// Repeats what an event tells; `None` when only silence can do that.
    fn repeat(&self, order: &mut Order, event: &Event) -> Option<Result<Step, Refusal>> {
        let (at, text) = (event.at, event.text.clone());
        let Some(by) = event.actor.party() else { return self.done_outside(order, event).map(Ok) };
        let number = event.dispute.unwrap_or_default();
        let words = text.clone().ok_or(Refusal::CommentMissing);
        let with = |act: &mut dyn FnMut(Text) -> Result<Step, Refusal>| words.clone().and_then(act);
        Some(match event.kind {
            EventKind::Opened => {
                let asked = self.disputes.iter().find(|asked| asked.dispute.number == number)?;
                order.open(by, asked.dispute.ask.clone(), text, at)
            }
            EventKind::Commented => with(&mut |words| order.comment(by, number, words, at)),
            EventKind::UpdateGiven => with(&mut |words| order.give_update(by, number, words, at)),
            EventKind::Accepted => {
                let asked = self.disputes.iter().find(|asked| asked.dispute.number == number)?;
                order.accept_part(by, number, asked.dispute.part, text, at)
            }
            EventKind::Declined => order.decline(by, number, text, at),
            EventKind::Withdrawn => order.withdraw(by, number, at),
            EventKind::Delivered => order.deliver(by, text, at),
            EventKind::Approved => order.approve(by, at),
            // An import writes no delivery before this event.
            EventKind::RevisionRequested if came_so(event, Party::Customer) => {
                Ok(arrive(order, event, Status::InRevision))
            }
            EventKind::ReviewBegan => order.begin_review(event.actor, at),
            EventKind::RevisionRequested => with(&mut |words| order.request_revision(by, words, at)),
            EventKind::Placed
            | EventKind::Completed
            | EventKind::Cancelled
            | EventKind::Imported
            | EventKind::ImportedDelivery
            | EventKind::Lapsed
            | EventKind::DeliveredOutside
            | EventKind::RevisionOutside
            | EventKind::CompletedOutside
            | EventKind::Repriced
            | EventKind::Rescheduled
            | EventKind::Retitled => return None,
        })
    }

    /// What the system did without silence: an import of a closed order, or a change by the marketplace.
    fn done_outside(&self, order: &mut Order, event: &Event) -> Option<Step> {
        let closed = matches!(self.order.status, Status::Completed | Status::MutuallyCancelled);
        match event.kind {
            EventKind::Imported if event.number == 2 && closed => Some(arrive(order, event, self.order.status)),
            EventKind::ImportedDelivery if event.number == 2 => Some(order.arrive_delivered(event.at)),
            EventKind::ReviewBegan => order.begin_review(event.actor, event.at).ok(),
            _ => order.change_from_outside(event.outside_change()?, event.at).ok(),
        }
    }

    fn compare(&self, step: &Step, event: &Event) -> Result<(), Violation> {
        if step.event != *event {
            return Err(Violation::OtherEvent(event.number, event.kind));
        }
        let Some(made) = &step.dispute else { return Ok(()) };
        let written = self.disputes.iter().map(|asked| &asked.dispute).find(|asked| asked.number == made.number);
        // At its opening it was open, however it ended later.
        let as_then = |written: &Dispute| Dispute {
            state: if made.is_open() { State::Open } else { written.state },
            part: if made.is_open() { Part::All } else { written.part },
            // A delivery at the marketplace moves it while the dispute is open; at its end it is compared.
            previous_status: if made.is_open() && self.is_moved_under(made) {
                made.previous_status
            } else {
                written.previous_status
            },
            ..written.clone()
        };
        if written.map(as_then).as_ref() == Some(made) { Ok(()) } else { Err(Violation::OtherDispute(made.number)) }
    }

    /// Whether the work came to stand elsewhere while that dispute was open.
    fn is_moved_under(&self, dispute: &Dispute) -> bool {
        let since = self
            .events
            .iter()
            .skip_while(|event| (event.kind, event.dispute) != (EventKind::Opened, Some(dispute.number)));
        let is_moved = |event: &Event| matches!(event.kind, EventKind::DeliveredOutside | EventKind::RevisionOutside);
        since.into_iter().any(is_moved)
    }

    /// Compares the replayed order with the stored one.
    fn end(&self, made: &Order) -> Vec<Violation> {
        let written = &self.order;
        let mut wrong = Vec::new();
        let mut differs = |what, written: String, made: String| {
            if written != made {
                wrong.push(Violation::OtherEnd(what, written, made));
            }
        };
        let moment = |at: Option<DateTime<Utc>>| at.map_or_else(|| "never".to_owned(), |at| at.to_string());
        // The reference stands for a title that was erased.
        if written.title != written.reference.as_str() {
            differs("title", written.title.clone(), made.title.clone());
        }
        differs("status", written.status.code().to_owned(), made.status.code().to_owned());
        differs("price in cents", written.price.cents.to_string(), made.price.cents.to_string());
        differs("delivery date", written.delivery_date.to_string(), made.delivery_date.to_string());
        differs("completion", moment(written.completes_at), moment(made.completes_at));
        differs("untold delivery", moment(written.unannounced_since), moment(made.unannounced_since));
        differs("next deadline", moment(self.settles_at), moment(made.settles_at()));
        wrong
    }
}

/// The order as it was when it was placed: from the first event that remembers its price and its date, or else from
/// its present row.
pub(in crate::domain) fn placed<'a>(
    order: &Order,
    disputes: &(impl Iterator<Item = &'a Dispute> + Clone),
    mut events: impl Iterator<Item = &'a Event> + Clone,
) -> Order {
    let opened = |event: &Event| disputes.clone().find(|dispute| Some(dispute.number) == event.dispute);
    let price = events.clone().find_map(|event| match (&event.moved, event.kind) {
        (Some(Moved::Price(before, _)), _) => Some(*before),
        (_, EventKind::Opened) => opened(event).map(|dispute| dispute.old_price),
        _ => None,
    });
    let date = events.clone().find_map(|event| match (&event.moved, event.kind) {
        (Some(Moved::Date(before, _)), _) => Some(*before),
        (_, EventKind::Opened) => opened(event).map(|dispute| dispute.old_delivery_date),
        _ => None,
    });
    let title = events.find_map(|event| match &event.moved {
        Some(Moved::Title(before, _)) => Some(before.clone()),
        _ => None,
    });
    Order {
        status: Status::Active,
        price: price.unwrap_or(order.price),
        delivery_date: date.unwrap_or(order.delivery_date),
        title: title.unwrap_or_else(|| order.title.clone()),
        completes_at: None,
        unannounced_since: None,
        open_dispute: None,
        dispute_count: 0,
        event_count: 1,
        ..order.clone()
    }
}

/// The event with words in the place of those that were erased: the rules ask whether there were some, not which.
fn as_written(event: &Event) -> Event {
    let erased = event.erased_at.and_then(|_| Text::parse("…").ok());
    Event { text: event.text.clone().or(erased), erased_at: None, ..event.clone() }
}

/// Whether an import wrote this event to tell the status in which the order came.
fn came_so(event: &Event, by: Party) -> bool {
    event.number == 2 && event.actor == Actor::Party(by) && event.text.is_none()
}

/// Enters the status that an import gave, without a check.
fn arrive(order: &mut Order, event: &Event, status: Status) -> Step {
    order.enter(status, event.at);
    order.step(event.at, event.actor, event.kind, None)
}
