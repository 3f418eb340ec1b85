//! The history of one made-up order, by the rules.

use chrono::{DateTime, TimeDelta, Utc};
use oplossingscentrum::domain::{Ask, Dispute, Event, Order, Party, Reason, Refusal, Status, Step, Text};

/// Minutes between two events.
const PACE: i64 = 5;
/// Comments on the open question, so that there are 20 events.
const COMMENTS: usize = 9;

/// An order with its history.
pub struct Life {
    pub order: Order,
    pub events: Vec<Event>,
    /// By number, in their final state.
    pub disputes: Vec<Dispute>,
    at: DateTime<Utc>,
}

impl Life {
    /// A new order, placed a day before `at`, the moment of its next event.
    pub fn begin(mut order: Order, at: DateTime<Utc>) -> Self {
        order.placed_at = at - TimeDelta::days(1);
        let events = order.import(Status::Active, order.placed_at).expect("an order can be active");
        Self { order, events, disputes: Vec::new(), at }
    }

    /// Adds ten events: an update asked and given, delivered and approved.
    pub fn peaceful(mut self) -> Self {
        self.ask_for_update();
        self.happen(|order, at| order.deliver(Party::Freelancer, None, at));
        self.happen(|order, at| order.approve(Party::Customer, at));
        self
    }

    /// Adds an open cancellation: twenty events in all, or only the placing and the question.
    pub fn disputed(mut self, opener: Party, is_long: bool) -> Self {
        if is_long {
            self.ask_for_update();
            self.happen(|order, at| order.deliver(Party::Freelancer, None, at));
            let wish = text("De letters mogen wat groter.");
            self.happen(|order, at| order.request_revision(Party::Customer, wish, at));
        }
        let reason = if opener == Party::Customer { Reason::NoLongerNeeded } else { Reason::Personal };
        let why = Some(text("Het lukt ons niet meer om dit samen af te maken, en dat spijt me."));
        self.happen(|order, at| order.open(opener, Ask::Cancellation(reason), why, at));
        if is_long {
            self.talk(2, COMMENTS);
        }
        self
    }

    fn ask_for_update(&mut self) {
        let question = Some(text("Hoe staat het ervoor?"));
        self.happen(|order, at| order.open(Party::Customer, Ask::Update, question, at));
        self.talk(1, 5);
        let update = text("De eerste schetsen zijn klaar, morgen volgt de rest.");
        self.happen(|order, at| order.give_update(Party::Freelancer, 1, update, at));
    }

    fn talk(&mut self, dispute: i32, comments: usize) {
        for number in 0..comments {
            let by = if number % 2 == 0 { Party::Freelancer } else { Party::Customer };
            let words =
                text(&format!("Bericht {number}: ik heb er nog eens naar gekeken, en ik denk dat het zo beter is."));
            self.happen(|order, at| order.comment(by, dispute, words, at));
        }
    }

    fn happen(&mut self, step: impl FnOnce(&mut Order, DateTime<Utc>) -> Result<Step, Refusal>) {
        let step = step(&mut self.order, self.at).expect("the rules allow it");
        self.at += TimeDelta::minutes(PACE);
        if let Some(dispute) = step.dispute {
            self.disputes.retain(|other| other.number != dispute.number);
            self.disputes.push(dispute);
        }
        self.events.push(step.event);
    }
}

fn text(words: &str) -> Text {
    Text::parse(words).expect("it is a text")
}
