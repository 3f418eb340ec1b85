//! Checks everything that is written down about one order against the rules: what a database cannot promise by itself.
//!
//! It checks in three steps, and stops at the first step that finds something, so that one fault is reported once:
//! - numbers and order;
//! - each dispute with the events that opened and ended it;
//! - the whole history, replayed ([`crate::domain::audit::replay`]).

use std::collections::HashSet;

use chrono::{DateTime, Utc};

use crate::domain::{AccountId, Actor, Dispute, Event, EventKind, Money, Order, Party, Refusal, State, Status};

/// Everything that is written down about one order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Record {
    /// The order, without its open dispute.
    pub order: Order,
    /// The stored moment of the next outcome of silence.
    pub settles_at: Option<DateTime<Utc>>,
    /// Every dispute and request, by number.
    pub disputes: Vec<DisputeRecord>,
    /// The timeline, by number.
    pub events: Vec<Event>,
    /// Which account is told of which event, by its number, and on which side.
    pub told: HashSet<(i32, Party, AccountId)>,
    /// The number of the last event whose mails are written.
    pub relayed: i32,
    /// The number of the last event that each party has read.
    pub read: [(Party, i32); 2],
}

/// A dispute, with the stored accounts of its two sides.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DisputeRecord {
    /// The dispute.
    pub dispute: Dispute,
    /// Who opened it.
    pub opener: AccountId,
    /// Who must answer.
    pub respondent: AccountId,
    /// The stored moment of the next reminder.
    pub remind_at: Option<DateTime<Utc>>,
}

/// A fault in a record, in words for the operator.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Violation {
    /// The parties are two accounts (rules, "Who").
    #[error("one account is both customer and freelancer")]
    SameParty,
    /// A price is a positive amount (rules, "Money and time").
    #[error("{0} is no price")]
    NoPrice(Cents),
    /// The timeline has no gaps (rules 12).
    #[error("its events are not numbered 1 to {0}")]
    EventNumbers(i32),
    /// Disputes are numbered within their order.
    #[error("its disputes are not numbered 1 to {0}")]
    DisputeNumbers(i32),
    /// The timeline is in order (rules 12).
    #[error("event {0} is dated before the one in front of it")]
    Backwards(i32),
    /// The first event is the placing of the order.
    #[error("its first event is not that it was placed, then and by the customer")]
    NotPlaced,
    /// At most one dispute is open (rules 2).
    #[error("{0} disputes are open at the same time")]
    ManyOpen(usize),
    /// An open dispute shows in the status, and nothing else does (rules 1).
    #[error("its status is {} while {}", .0.code(), open(*.1))]
    StatusAgainstOpen(Status, Option<i32>),
    /// The sides of a dispute are the sides of the order.
    #[error("dispute {0} is between other accounts than the order")]
    OtherAccounts(i32),
    /// The deadline lies one window after the opening (rules 8).
    #[error("the deadline of dispute {0} is not its opening and its kind's window")]
    Deadline(i32),
    /// A reminder is at a moment of the table. There is none after the last one, or once the dispute is over.
    #[error("dispute {0} reminds at {1}, which is none of its moments")]
    Reminder(i32, DateTime<Utc>),
    /// A dispute is opened once.
    #[error("dispute {0} has {2} events that open it, {1} of them by its opener at its opening")]
    Openings(i32, usize, usize),
    /// A dispute ends once, as its row says.
    #[error("dispute {0} is {1} but has {2} events that say so, and {3} that end it")]
    Endings(i32, &'static str, usize, usize),
    /// A lapse has the moment of the deadline (rules 9).
    #[error("dispute {0} lapsed at another moment than its deadline")]
    LapsedElsewhen(i32),
    /// An answer lies in the window `[opened_at, respond_by)` (rules 8).
    #[error("dispute {0} ended outside its window")]
    OutsideWindow(i32),
    /// The rules forbid what this event tells.
    #[error("event {0} ({what}) is against the rules: {2:?}", what = .1.code())]
    Forbidden(i32, EventKind, Refusal),
    /// Silence had decided something by then, and the timeline has another event (rules 9).
    #[error("event {0} stands where silence had decided ({what}) at {2}", what = .1.code())]
    SilencePassedOver(i32, EventKind, DateTime<Utc>),
    /// The system did something that neither silence nor an import explains (rules 9).
    #[error("event {0} ({what}) is not what silence had decided then", what = .1.code())]
    NotDecided(i32, EventKind),
    /// The event differs from what the rules would have written.
    #[error("event {0} ({what}) is not as the program writes it", what = .1.code())]
    OtherEvent(i32, EventKind),
    /// The dispute differs from what the rules would have written.
    #[error("dispute {0} is not what its events make it: previous status, date, price or end")]
    OtherDispute(i32),
    /// The order differs from where its history leads.
    #[error("its {0} is {1} but its history makes it {2}")]
    OtherEnd(&'static str, String, String),
    /// A party was not notified of an event that it did not cause.
    #[error("event {0} was not told to the {party}", party = .1.code())]
    Untold(i32, Party),
    /// A party was notified of an event that it need not know.
    #[error("event {0} was told to the {party}, who did it, or was never to be told", party = .1.code())]
    NeedlesslyTold(i32, Party),
    /// The sides of an event are the sides of the order.
    #[error("event {0} was told to an account that is not the {party}", party = .1.code())]
    ToldElsewhere(i32, Party),
    /// Nothing is relayed before it happens.
    #[error("it is relayed up to event {0} of {1}")]
    Relayed(i32, i32),
    /// Nothing is read before it happens.
    #[error("the {party} has read up to event {1} of {2}", party = .0.code())]
    Read(Party, i32, i32),
}

/// An amount in cents that is not a valid price.
pub type Cents = i64;

fn open(dispute: Option<i32>) -> String {
    dispute.map_or_else(|| "nothing is open".to_owned(), |number| format!("dispute {number} is open"))
}

impl Record {
    /// All faults of the record.
    #[must_use]
    pub fn violations(&self) -> Vec<Violation> {
        let mut wrong = self.numbers();
        if wrong.is_empty() {
            wrong = self.disputes();
        }
        if wrong.is_empty() {
            wrong = self.history();
            wrong.extend(self.notifications());
        }
        wrong
    }

    /// The open dispute, as far as the record shows one.
    #[must_use]
    pub fn open(&self) -> Option<&Dispute> {
        self.disputes.iter().map(|asked| &asked.dispute).find(|dispute| dispute.is_open())
    }

    fn numbers(&self) -> Vec<Violation> {
        let order = &self.order;
        let disputes = || self.disputes.iter().map(|asked| &asked.dispute);
        let mut wrong = Vec::new();
        if order.customer == order.freelancer {
            wrong.push(Violation::SameParty);
        }
        let prices = disputes().flat_map(|dispute| {
            let extras = dispute.ask.extras().iter().map(|extra| extra.price);
            std::iter::once(dispute.old_price).chain(extras)
        });
        let prices = prices.chain([order.price]).filter(|price: &Money| price.cents <= 0);
        wrong.extend(prices.map(|price| Violation::NoPrice(price.cents)));
        if !self.events.iter().map(|event| event.number).eq(1..=order.event_count) {
            wrong.push(Violation::EventNumbers(order.event_count));
        }
        if !disputes().map(|dispute| dispute.number).eq(1..=order.dispute_count) {
            wrong.push(Violation::DisputeNumbers(order.dispute_count));
        }
        let backwards = self.events.windows(2).filter(|pair| pair[1].at < pair[0].at);
        wrong.extend(backwards.map(|pair| Violation::Backwards(pair[1].number)));
        let placed = |event: &Event| {
            (event.kind, event.actor, event.at) == (EventKind::Placed, Actor::Party(Party::Customer), order.placed_at)
        };
        if !self.events.first().is_some_and(placed) {
            wrong.push(Violation::NotPlaced);
        }
        wrong
    }

    fn disputes(&self) -> Vec<Violation> {
        let mut wrong: Vec<Violation> = self.disputes.iter().flat_map(|asked| self.dispute(asked)).collect();
        let count = self.disputes.iter().filter(|asked| asked.dispute.is_open()).count();
        let shown = self.open().map(|dispute| dispute.terms().status);
        let asks = matches!(self.order.status, Status::InDispute | Status::ChangeRequested);
        if count > 1 {
            wrong.push(Violation::ManyOpen(count));
        } else if shown != asks.then_some(self.order.status) {
            wrong.push(Violation::StatusAgainstOpen(self.order.status, self.open().map(|dispute| dispute.number)));
        }
        wrong
    }

    fn dispute(&self, DisputeRecord { dispute, opener, respondent, remind_at }: &DisputeRecord) -> Vec<Violation> {
        let number = dispute.number;
        let own = || self.events.iter().filter(|event| event.dispute == Some(number));
        let mut wrong = Vec::new();
        if (*opener, *respondent) != (self.order.account(dispute.opener), self.order.account(dispute.respondent())) {
            wrong.push(Violation::OtherAccounts(number));
        }
        if dispute.respond_by != dispute.opened_at + dispute.terms().window() {
            wrong.push(Violation::Deadline(number));
        } else if let Some(at) = *remind_at
            && !(dispute.is_open() && dispute.reminders().any(|(_, moment)| moment == at))
        {
            wrong.push(Violation::Reminder(number, at));
        }
        let opening = (EventKind::Opened, Actor::Party(dispute.opener), dispute.opened_at);
        let openings: Vec<&Event> = own().filter(|event| event.kind == EventKind::Opened).collect();
        let said = openings.iter().filter(|event| (event.kind, event.actor, event.at) == opening).count();
        if (openings.len(), said) != (1, 1) {
            wrong.push(Violation::Openings(number, said, openings.len()));
        }
        let endings: Vec<State> = own().filter_map(ending).collect();
        let said = endings.iter().filter(|state| **state == dispute.state).count();
        let due = usize::from(!dispute.is_open());
        if (endings.len(), said) != (due, due) {
            wrong.push(Violation::Endings(number, dispute.state.code(), said, endings.len()));
        }
        match dispute.state {
            State::Lapsed(at) if at != dispute.respond_by => wrong.push(Violation::LapsedElsewhen(number)),
            State::Open | State::Lapsed(_) => {}
            State::Answered(at)
            | State::Accepted(at)
            | State::Declined(at)
            | State::Withdrawn(at)
            | State::Overtaken(at) => {
                if !(dispute.opened_at..dispute.respond_by).contains(&at) {
                    wrong.push(Violation::OutsideWindow(number));
                }
            }
        }
        wrong
    }

    fn notifications(&self) -> Vec<Violation> {
        let mut wrong = Vec::new();
        for event in &self.events {
            for party in [Party::Customer, Party::Freelancer] {
                let told = self.told.contains(&(event.number, party, self.order.account(party)));
                match (must_be_told(event, party), told) {
                    (Some(true), false) => wrong.push(Violation::Untold(event.number, party)),
                    (Some(false), true) => wrong.push(Violation::NeedlesslyTold(event.number, party)),
                    (Some(true) | None, true) | (Some(false) | None, false) => {}
                }
            }
        }
        let elsewhere = self.told.iter().filter(|(_, party, account)| *account != self.order.account(*party));
        let mut elsewhere: Vec<(i32, Party)> = elsewhere.map(|(number, party, _)| (*number, *party)).collect();
        elsewhere.sort_unstable_by_key(|(number, party)| (*number, party.code()));
        wrong.extend(elsewhere.into_iter().map(|(number, party)| Violation::ToldElsewhere(number, party)));
        let of_its_events = 0..=self.order.event_count;
        if !of_its_events.contains(&self.relayed) {
            wrong.push(Violation::Relayed(self.relayed, self.order.event_count));
        }
        let read = self.read.iter().filter(|(_, up_to)| !of_its_events.contains(up_to));
        wrong.extend(read.map(|(party, up_to)| Violation::Read(*party, *up_to, self.order.event_count)));
        wrong
    }
}

/// The end of a dispute that this event tells.
fn ending(event: &Event) -> Option<State> {
    if event.overtakes() {
        return Some(State::Overtaken(event.at));
    }
    match event.kind {
        EventKind::UpdateGiven => Some(State::Answered(event.at)),
        EventKind::Accepted => Some(State::Accepted(event.at)),
        EventKind::Declined => Some(State::Declined(event.at)),
        EventKind::Withdrawn => Some(State::Withdrawn(event.at)),
        EventKind::Lapsed => Some(State::Lapsed(event.at)),
        EventKind::Placed
        | EventKind::Delivered
        | EventKind::RevisionRequested
        | EventKind::Approved
        | EventKind::Completed
        | EventKind::Cancelled
        | EventKind::Imported
        | EventKind::ImportedDelivery
        | EventKind::ReviewBegan
        | EventKind::Opened
        | EventKind::Commented
        | EventKind::DeliveredOutside
        | EventKind::RevisionOutside
        | EventKind::CompletedOutside
        | EventKind::Repriced
        | EventKind::Rescheduled
        | EventKind::Retitled => None,
    }
}

/// Whether a party must be notified of an event; `None` where both are right. Imported events notify no party, and a
/// delivery that is the second event may be imported. An older program told no party of a cancellation from outside.
fn must_be_told(event: &Event, party: Party) -> Option<bool> {
    match event.kind {
        EventKind::Placed | EventKind::Imported | EventKind::ImportedDelivery | EventKind::Retitled => Some(false),
        EventKind::ReviewBegan => Some(event.tells(party)),
        EventKind::Cancelled => None,
        _ if event.actor == Actor::Party(party) => Some(false),
        EventKind::Delivered | EventKind::RevisionRequested if event.number == 2 => None,
        EventKind::Delivered
        | EventKind::RevisionRequested
        | EventKind::Approved
        | EventKind::Completed
        | EventKind::Opened
        | EventKind::Commented
        | EventKind::UpdateGiven
        | EventKind::Accepted
        | EventKind::Declined
        | EventKind::Withdrawn
        | EventKind::Lapsed
        | EventKind::DeliveredOutside
        | EventKind::RevisionOutside
        | EventKind::CompletedOutside
        | EventKind::Repriced
        | EventKind::Rescheduled => Some(true),
    }
}

#[cfg(test)]
#[path = "record_tests.rs"]
mod tests;
