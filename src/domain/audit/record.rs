//! All that is written down about one order, held against the rules: what a database cannot promise by itself.
//!
//! It looks in three steps, each only when the one before found nothing, so that one thing gone wrong is told once:
//! numbers and order; each dispute with the events that opened and ended it; and the whole history lived through again
//! ([`crate::domain::audit::replay`]).

use std::collections::HashSet;

use chrono::{DateTime, Utc};

use crate::domain::{AccountId, Actor, Ask, Dispute, Event, EventKind, Money, Order, Party, Refusal, State, Status};

/// All that is written down about one order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Record {
    /// The order, without what is open on it.
    pub order: Order,
    /// When silence is written down to do something next.
    pub settles_at: Option<DateTime<Utc>>,
    /// Every dispute and request, by number.
    pub disputes: Vec<DisputeRecord>,
    /// The timeline, by number.
    pub events: Vec<Event>,
    /// Who was told of which event, by its number.
    pub told: HashSet<(i32, Party)>,
}

/// A dispute, and the accounts written down for its two sides.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DisputeRecord {
    /// The dispute.
    pub dispute: Dispute,
    /// Who opened it.
    pub opener: AccountId,
    /// Who is to answer.
    pub respondent: AccountId,
    /// When they are written down to be reminded next.
    pub remind_at: Option<DateTime<Utc>>,
}

/// What is wrong with a record, in the words that whoever keeps the database reads.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Violation {
    /// Rules, "Who".
    #[error("one account is both customer and freelancer")]
    SameParty,
    /// Rules, "Money and time".
    #[error("{0} is no price")]
    NoPrice(Cents),
    /// Rules 12: the timeline is whole.
    #[error("its events are not numbered 1 to {0}")]
    EventNumbers(i32),
    /// Disputes are numbered within their order.
    #[error("its disputes are not numbered 1 to {0}")]
    DisputeNumbers(i32),
    /// Rules 12: and in order.
    #[error("event {0} is dated before the one in front of it")]
    Backwards(i32),
    /// The first event is the order itself.
    #[error("its first event is not that it was placed, then and by the customer")]
    NotPlaced,
    /// Rules 2.
    #[error("{0} disputes are open at the same time")]
    ManyOpen(usize),
    /// Rules 1: what is open shows in the status, and nothing else does.
    #[error("its status is {} while {}", .0.code(), open(*.1))]
    StatusAgainstOpen(Status, Option<i32>),
    /// The sides of a dispute are the sides of the order.
    #[error("dispute {0} is between other accounts than the order")]
    OtherAccounts(i32),
    /// Rules 8.
    #[error("the deadline of dispute {0} is not its opening and its kind's window")]
    Deadline(i32),
    /// A reminder comes at a moment of the table, or not at all: the last one has come, or it is over.
    #[error("dispute {0} reminds at {1}, which is none of its moments")]
    Reminder(i32, DateTime<Utc>),
    /// Each dispute is opened once.
    #[error("dispute {0} has {2} events that open it, {1} of them by its opener at its opening")]
    Openings(i32, usize, usize),
    /// And ends once, as it is written down.
    #[error("dispute {0} is {1} but has {2} events that say so, and {3} that end it")]
    Endings(i32, &'static str, usize, usize),
    /// Rules 9.
    #[error("dispute {0} lapsed at another moment than its deadline")]
    LapsedElsewhen(i32),
    /// Rules 8: `[opened_at, respond_by)`.
    #[error("dispute {0} ended outside its window")]
    OutsideWindow(i32),
    /// An event tells of something a rule forbids.
    #[error("event {0} ({what}) is against the rules: {2:?}", what = .1.code())]
    Forbidden(i32, EventKind, Refusal),
    /// Rules 9: silence had the word, and something else stands there.
    #[error("event {0} stands where silence had decided ({what}) at {2}", what = .1.code())]
    SilencePassedOver(i32, EventKind, DateTime<Utc>),
    /// Rules 9: the system did what nothing asked for.
    #[error("event {0} ({what}) is not what silence had decided then", what = .1.code())]
    NotDecided(i32, EventKind),
    /// The event is not as the rules would have written it.
    #[error("event {0} ({what}) is not as the program writes it", what = .1.code())]
    OtherEvent(i32, EventKind),
    /// The dispute is not as the rules would have written it.
    #[error("dispute {0} is not what its events make it: previous status, date, price or end")]
    OtherDispute(i32),
    /// The order is not where its history leads.
    #[error("its {0} is {1} but its history makes it {2}")]
    OtherEnd(&'static str, String, String),
    /// Whoever did not do it themselves is told.
    #[error("event {0} was not told to the {party}", party = .1.code())]
    Untold(i32, Party),
    /// And nobody else is.
    #[error("event {0} was told to the {party}, who did it, or was never to be told", party = .1.code())]
    NeedlesslyTold(i32, Party),
}

/// An amount that should have been a price, in cents.
pub type Cents = i64;

fn open(dispute: Option<i32>) -> String {
    dispute.map_or_else(|| "nothing is open".to_owned(), |number| format!("dispute {number} is open"))
}

impl Record {
    /// Everything that is wrong.
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

    /// What is open, as far as it can be said.
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
        let extras = |dispute: &Dispute| match &dispute.ask {
            Ask::Change(change) => change.extras().iter().map(|extra| extra.price).collect(),
            Ask::Update | Ask::Cancellation(_) => Vec::new(),
        };
        let prices = disputes().flat_map(|dispute| [vec![dispute.old_price], extras(dispute)].concat());
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
            State::Answered(at) | State::Accepted(at) | State::Declined(at) | State::Withdrawn(at) => {
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
                match (must_be_told(event, party), self.told.contains(&(event.number, party))) {
                    (Some(true), false) => wrong.push(Violation::Untold(event.number, party)),
                    (Some(false), true) => wrong.push(Violation::NeedlesslyTold(event.number, party)),
                    (Some(true) | None, true) | (Some(false) | None, false) => {}
                }
            }
        }
        wrong
    }
}

/// The end of a dispute that an event tells of.
fn ending(event: &Event) -> Option<State> {
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
        | EventKind::Opened
        | EventKind::Commented => None,
    }
}

/// Whether a party must be told of an event; nothing where both are right. Nobody is told of what came by an import or
/// was done from outside, and a delivery that is the second event may have come so.
fn must_be_told(event: &Event, party: Party) -> Option<bool> {
    match event.kind {
        EventKind::Placed | EventKind::Imported | EventKind::Cancelled => Some(false),
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
        | EventKind::Lapsed => Some(true),
    }
}

#[cfg(test)]
#[path = "record_tests.rs"]
mod tests;
