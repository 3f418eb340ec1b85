//! The history of an order lived through again, event by event, by the very methods that pages and the worker call:
//! what they would refuse now was never possible, and where they lead is where the order must stand.

use chrono::{DateTime, Utc};

use crate::domain::audit::record::{Record, Violation};
use crate::domain::{Actor, Dispute, Event, EventKind, Order, Party, Refusal, State, Status, Step, Text};

impl Record {
    /// What is wrong with the history, or with where it leads. Numbers and the events of each dispute are right already.
    pub(in crate::domain) fn history(&self) -> Vec<Violation> {
        let mut order = self.placed();
        for event in &self.events[1..] {
            if let Err(wrong) = self.relive(&mut order, event) {
                return vec![wrong];
            }
        }
        self.end(&order)
    }

    /// The order as it was when it was placed: what the first dispute remembers of it, or what it still is.
    fn placed(&self) -> Order {
        let first = self.disputes.first().map(|asked| &asked.dispute);
        Order {
            status: Status::Active,
            price: first.map_or(self.order.price, |dispute| dispute.old_price),
            delivery_date: first.map_or(self.order.delivery_date, |dispute| dispute.old_delivery_date),
            completes_at: None,
            open_dispute: None,
            dispute_count: 0,
            event_count: 1,
            ..self.order.clone()
        }
    }

    fn relive(&self, order: &mut Order, event: &Event) -> Result<(), Violation> {
        let (number, what) = (event.number, event.kind);
        // Silence has the first word on everything that was due by then.
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

    /// Does what an event tells of once more; nothing when only silence can do that.
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
            EventKind::Accepted => order.accept(by, number, at),
            EventKind::Declined => order.decline(by, number, text, at),
            EventKind::Withdrawn => order.withdraw(by, number, at),
            EventKind::Delivered => order.deliver(by, at),
            EventKind::Approved => order.approve(by, at),
            // An import knows of no delivery in front of it.
            EventKind::RevisionRequested if came_so(event, Party::Customer) => {
                Ok(arrive(order, event, Status::InRevision))
            }
            EventKind::RevisionRequested => with(&mut |words| order.request_revision(by, words, at)),
            EventKind::Placed
            | EventKind::Completed
            | EventKind::Cancelled
            | EventKind::Imported
            | EventKind::Lapsed => return None,
        })
    }

    /// What the system did without silence: an import of a closed order, or the marketplace's own cancellation.
    fn done_outside(&self, order: &mut Order, event: &Event) -> Option<Step> {
        let closed = matches!(self.order.status, Status::Completed | Status::MutuallyCancelled);
        match event.kind {
            EventKind::Imported if event.number == 2 && closed => Some(arrive(order, event, self.order.status)),
            EventKind::Cancelled if order.status.is_workable() => Some(arrive(order, event, Status::Cancelled)),
            _ => None,
        }
    }

    fn compare(&self, step: &Step, event: &Event) -> Result<(), Violation> {
        if step.event != *event {
            return Err(Violation::OtherEvent(event.number, event.kind));
        }
        let Some(made) = &step.dispute else { return Ok(()) };
        let written = self.disputes.iter().map(|asked| &asked.dispute).find(|asked| asked.number == made.number);
        // When it was opened it was still open, whatever became of it.
        let as_then = |written: &Dispute| Dispute {
            state: if made.is_open() { State::Open } else { written.state },
            ..written.clone()
        };
        if written.map(as_then).as_ref() == Some(made) { Ok(()) } else { Err(Violation::OtherDispute(made.number)) }
    }

    /// Where the history leads, and where the order is written down to be.
    fn end(&self, made: &Order) -> Vec<Violation> {
        let written = &self.order;
        let mut wrong = Vec::new();
        let mut differs = |what, written: String, made: String| {
            if written != made {
                wrong.push(Violation::OtherEnd(what, written, made));
            }
        };
        let moment = |at: Option<DateTime<Utc>>| at.map_or_else(|| "never".to_owned(), |at| at.to_string());
        differs("status", written.status.code().to_owned(), made.status.code().to_owned());
        differs("price in cents", written.price.cents.to_string(), made.price.cents.to_string());
        differs("delivery date", written.delivery_date.to_string(), made.delivery_date.to_string());
        differs("completion", moment(written.completes_at), moment(made.completes_at));
        differs("next deadline", moment(self.settles_at), moment(made.settles_at()));
        wrong
    }
}

/// Whether an event is how an import tells in which status an order came.
fn came_so(event: &Event, by: Party) -> bool {
    event.number == 2 && event.actor == Actor::Party(by) && event.text.is_none()
}

/// Enters a status that is taken on trust.
fn arrive(order: &mut Order, event: &Event, status: Status) -> Step {
    order.enter(status, event.at);
    order.step(event.at, event.actor, event.kind, None)
}
