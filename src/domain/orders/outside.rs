//! What the marketplace changes on an order from outside, and how an order follows it.
//!
//! The last value that was *received* of each field is kept. A field is taken only when the marketplace's own value moved
//! since then, so that an old value in tonight's file never undoes what two people agreed (docs/import.md has the same
//! table):
//!
//! | field | when the marketplace's value moved |
//! |---|---|
//! | title | taken |
//! | description, `url` | taken |
//! | price, delivery date | taken; a change request that is open counts from them, and is overtaken |
//! | status `delivered`, `in_revision` | taken; under an open question it becomes the status that the order returns to |
//! | status `completed` | taken; whatever is open is overtaken |
//! | status `cancelled`, `mutually_cancelled` | taken as `cancelled`; whatever is open is overtaken |
//! | status `active` | refused when the order stands elsewhere: work that was delivered does not come back |
//! | moment of placing | refused: the timeline begins with it |
//! | anything, on a closed order | not taken: closed is closed |

use chrono::{DateTime, NaiveDate, Utc};

use crate::domain::orders::event::Moved;
use crate::domain::orders::order::require;
use crate::domain::{
    Actor, Dispute, Event, EventKind, Kind, Money, Order, Refusal, State, StateKind, Status, Step, Text,
};

/// One change from outside.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum OutsideChange {
    /// The freelancer delivered at the marketplace.
    Deliver,
    /// The customer asked for a revision at the marketplace.
    Revise,
    /// The marketplace completed the order.
    Complete,
    /// The marketplace cancelled the order.
    Cancel,
    /// The price is another one.
    Reprice(Money),
    /// The delivery date is another one.
    Reschedule(NaiveDate),
    /// The title is another one.
    Retitle(String),
}

/// The values of an order as the marketplace last told them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Received {
    /// The title.
    pub title: String,
    /// The price.
    pub price: Money,
    /// When it was placed.
    pub placed_at: DateTime<Utc>,
    /// The day the work is due.
    pub delivery_date: NaiveDate,
    /// The status.
    pub status: Status,
}

/// What the marketplace tells of an order now; it says nothing of a field that is `None`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Told {
    /// The title.
    pub title: Option<String>,
    /// The price.
    pub price: Option<Money>,
    /// When it was placed.
    pub placed_at: Option<DateTime<Utc>>,
    /// The day the work is due.
    pub delivery_date: Option<NaiveDate>,
    /// The status.
    pub status: Option<Status>,
}

/// The description of an order by the marketplace. It is no part of the agreement, so the last one counts.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Description {
    /// What was ordered, in the marketplace's words.
    pub text: Option<Text>,
    /// The order's page there, an `https:` address.
    pub url: Option<String>,
}

impl Description {
    /// This one with what is told now; what is not told stays.
    #[must_use]
    pub fn with(&self, told: &ToldDescription) -> Self {
        Self { text: told.text.of(self.text.as_ref()), url: told.url.of(self.url.as_ref()) }
    }
}

/// What is told now of a value that may be empty.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Telling<T> {
    /// Nothing: it stays.
    #[default]
    Nothing,
    /// That it is empty.
    Empty,
    /// The value.
    Value(T),
}

impl<T: Clone> Telling<T> {
    fn of(&self, known: Option<&T>) -> Option<T> {
        match self {
            Self::Nothing => known.cloned(),
            Self::Empty => None,
            Self::Value(value) => Some(value.clone()),
        }
    }
}

/// What is told now of a [`Description`].
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ToldDescription {
    /// What was ordered, in the marketplace's words.
    pub text: Telling<Text>,
    /// The order's page there, an `https:` address.
    pub url: Telling<String>,
}

/// How an order followed what was told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Followed {
    /// The values that are received now.
    pub received: Received,
    /// What changed.
    pub steps: Vec<Step>,
    /// Whether something moved that a closed order does not take.
    pub is_passed_over: bool,
}

/// Why an order cannot follow what was told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CannotFollow {
    /// It was placed at another moment.
    PlacedAt,
    /// It would go back to this status.
    Status(Status),
}

impl Received {
    /// These values with what is told now.
    #[must_use]
    pub fn with(&self, told: &Told) -> Self {
        Self {
            title: told.title.clone().unwrap_or_else(|| self.title.clone()),
            price: told.price.unwrap_or(self.price),
            placed_at: told.placed_at.unwrap_or(self.placed_at),
            delivery_date: told.delivery_date.unwrap_or(self.delivery_date),
            status: told.status.unwrap_or(self.status),
        }
    }
}

impl Order {
    /// The status as the marketplace sees it: while something is open, the one before.
    #[must_use]
    pub fn status_outside(&self) -> Status {
        self.open_dispute.as_ref().map_or(self.status, |dispute| dispute.previous_status)
    }

    /// Follows what the marketplace tells, by the table above.
    ///
    /// # Errors
    ///
    /// When one of the values cannot be followed; nothing has changed then.
    pub fn follow(&mut self, received: &Received, told: &Told, now: DateTime<Utc>) -> Result<Followed, CannotFollow> {
        let next = received.with(told);
        if next.placed_at != received.placed_at {
            return Err(CannotFollow::PlacedAt);
        }
        let mut changes = Vec::new();
        if next.title != received.title && next.title != self.title {
            changes.push(OutsideChange::Retitle(next.title.clone()));
        }
        if next.price != received.price && next.price != self.price {
            changes.push(OutsideChange::Reprice(next.price));
        }
        if next.delivery_date != received.delivery_date && next.delivery_date != self.delivery_date {
            changes.push(OutsideChange::Reschedule(next.delivery_date));
        }
        let status = if next.status == received.status { Ok(None) } else { self.status_change(next.status) };
        if self.status.is_final() {
            let is_passed_over = !changes.is_empty() || status != Ok(None);
            return Ok(Followed { received: next, steps: Vec::new(), is_passed_over });
        }
        changes.extend(status?);
        let steps = changes.into_iter().filter_map(|change| self.change_from_outside(change, now).ok()).collect();
        Ok(Followed { received: next, steps, is_passed_over: false })
    }

    /// The change that brings the order to a status of the marketplace, if it is not there already.
    fn status_change(&self, told: Status) -> Result<Option<OutsideChange>, CannotFollow> {
        let here = self.status_outside();
        let is_cancelled = |status| matches!(status, Status::Cancelled | Status::MutuallyCancelled);
        if told == here || (is_cancelled(told) && is_cancelled(here)) {
            return Ok(None);
        }
        Ok(Some(match told {
            Status::Delivered => OutsideChange::Deliver,
            Status::InRevision => OutsideChange::Revise,
            Status::Completed => OutsideChange::Complete,
            Status::Cancelled | Status::MutuallyCancelled => OutsideChange::Cancel,
            Status::Active | Status::InDispute | Status::ChangeRequested => return Err(CannotFollow::Status(told)),
        }))
    }

    /// Changes the order because it changed outside this program. No party is named.
    ///
    /// # Errors
    ///
    /// When the order is closed, or when silence has ended what is open by then.
    pub fn change_from_outside(&mut self, change: OutsideChange, at: DateTime<Utc>) -> Result<Step, Refusal> {
        require(!self.status.is_final(), Refusal::OrderClosed(self.status))?;
        let overdue = self.open_dispute.as_ref().filter(|open| open.is_overdue(at));
        require(overdue.is_none(), overdue.map_or(Refusal::NotYours, |open| Refusal::TooLate(open.number)))?;
        Ok(match change {
            OutsideChange::Deliver => self.work_stands(Status::Delivered, EventKind::DeliveredOutside, at),
            OutsideChange::Revise => self.work_stands(Status::InRevision, EventKind::RevisionOutside, at),
            OutsideChange::Complete => self.close_from_outside(Status::Completed, EventKind::CompletedOutside, at),
            OutsideChange::Cancel => self.close_from_outside(Status::Cancelled, EventKind::Cancelled, at),
            OutsideChange::Reprice(price) => {
                let moved = Moved::Price(std::mem::replace(&mut self.price, price), price);
                self.terms_moved(moved, EventKind::Repriced, at)
            }
            OutsideChange::Reschedule(date) => {
                let moved = Moved::Date(std::mem::replace(&mut self.delivery_date, date), date);
                self.terms_moved(moved, EventKind::Rescheduled, at)
            }
            OutsideChange::Retitle(title) => {
                let moved = Moved::Title(std::mem::replace(&mut self.title, title.clone()), title);
                let mut step = self.step(at, Actor::System, EventKind::Retitled, None);
                step.event.moved = Some(moved);
                step
            }
        })
    }

    /// The work stands elsewhere. Under an open question it is where the order returns to.
    fn work_stands(&mut self, status: Status, what: EventKind, at: DateTime<Utc>) -> Step {
        // Both are told of this event.
        self.unannounced_since = None;
        let dispute = self.open_dispute.as_mut().map(|open| {
            open.previous_status = status;
            open.clone()
        });
        if dispute.is_none() {
            self.enter(status, at);
        }
        Step { dispute, ..self.step(at, Actor::System, what, None) }
    }

    fn close_from_outside(&mut self, status: Status, what: EventKind, at: DateTime<Utc>) -> Step {
        let overtaken = self.open_dispute.take();
        self.enter(status, at);
        self.overtaking(overtaken, what, at)
    }

    /// The price or the date is another one; an open change request counted from the old one.
    fn terms_moved(&mut self, moved: Moved, what: EventKind, at: DateTime<Utc>) -> Step {
        let overtaken = self.open_dispute.take_if(|open| open.ask.kind() == Kind::Change);
        if let Some(open) = &overtaken {
            self.enter(open.previous_status, at);
        }
        let mut step = self.overtaking(overtaken, what, at);
        step.event.moved = Some(moved);
        step
    }

    /// The step of a change from outside that ends this dispute, if there was one.
    fn overtaking(&mut self, open: Option<Dispute>, what: EventKind, at: DateTime<Utc>) -> Step {
        match open {
            None => self.step(at, Actor::System, what, None),
            Some(open) => {
                let overtaken = Dispute { state: State::Overtaken(at), ..open };
                self.dispute_step(at, Actor::System, what, None, overtaken)
            }
        }
    }
}

impl Event {
    /// The change from outside that it tells, if it tells one.
    #[must_use]
    pub fn outside_change(&self) -> Option<OutsideChange> {
        if self.actor != Actor::System {
            return None;
        }
        match (self.kind, &self.moved) {
            (EventKind::DeliveredOutside, None) => Some(OutsideChange::Deliver),
            (EventKind::RevisionOutside, None) => Some(OutsideChange::Revise),
            (EventKind::CompletedOutside, None) => Some(OutsideChange::Complete),
            (EventKind::Cancelled, None) => Some(OutsideChange::Cancel),
            (EventKind::Repriced, Some(Moved::Price(_, price))) => Some(OutsideChange::Reprice(*price)),
            (EventKind::Rescheduled, Some(Moved::Date(_, date))) => Some(OutsideChange::Reschedule(*date)),
            (EventKind::Retitled, Some(Moved::Title(_, title))) => Some(OutsideChange::Retitle(title.clone())),
            _ => None,
        }
    }

    /// Whether it ended its dispute because the order changed from outside.
    #[must_use]
    pub fn overtakes(&self) -> bool {
        self.dispute.is_some() && self.kind.ends_dispute() == Some(StateKind::Overtaken)
    }
}

#[cfg(test)]
#[path = "outside_tests.rs"]
mod tests;
