//! Stories of the demo: their parts, and their replay through the functions of the website.

use chrono::{DateTime, TimeDelta, Utc};

use crate::demo::Someone;
use crate::demo::when::{When, today};
use crate::domain::orders::change::Title;
use crate::domain::orders::outside::OutsideChange;
use crate::domain::{
    AccountId, Ask, ChangeRequest, ExternalId, Extra, ExtraDays, Money, Order, Party, Reason, Reference, Status, Text,
};
use crate::operations::orders::actions;
use crate::operations::{Failure, Who};
use crate::store::orders::{self, events};
use crate::store::{Db, Error, Store};

/// One order and its history.
#[derive(Debug, Clone, Copy)]
pub(super) struct Story {
    pub(super) title: &'static str,
    cents: i64,
    customer: Someone,
    freelancer: Someone,
    pub(super) placed: When,
    due_in_days: i64,
    pub(super) steps: &'static [Happened],
    cancelled: Option<When>,
}

/// One deed: its moment, its party, and the deed itself.
pub(super) type Happened = (When, Party, Deed);

/// A deed with its text; `""` for no text.
#[derive(Debug, Clone, Copy)]
pub(super) enum Deed {
    AsksForUpdate(&'static str),
    AsksToCancel(Reason, &'static str),
    /// Extra days (0 for none), extras with their price in cents, and the reason.
    AsksForChange(u8, &'static [(&'static str, i64)], &'static str),
    Comments(&'static str),
    GivesUpdate(&'static str),
    Accepts,
    Declines(&'static str),
    Withdraws,
    Delivers,
    AsksForRevision(&'static str),
    Approves,
}

/// An order between Klant and Freelancer, due in this many days (in the past when negative).
pub(super) const fn order(title: &'static str, cents: i64, placed: When, due_in_days: i64) -> Story {
    let (customer, freelancer) = (Someone::Klant, Someone::Freelancer);
    Story { title, cents, customer, freelancer, placed, due_in_days, steps: &[], cancelled: None }
}

impl Story {
    /// Gives the order to two other people.
    pub(super) const fn between(self, customer: Someone, freelancer: Someone) -> Self {
        Self { customer, freelancer, ..self }
    }

    /// Adds the history after the order was placed. Deadlines that pass in between are settled as usual.
    pub(super) const fn then(self, steps: &'static [Happened]) -> Self {
        Self { steps, ..self }
    }

    /// Ends the story with a cancellation by customer service.
    pub(super) const fn cancelled(self, when: When) -> Self {
        Self { cancelled: Some(when), ..self }
    }

    /// Places the order.
    pub(super) fn place(
        &self,
        db: &mut Db,
        account: impl Fn(Someone) -> AccountId,
        external_id: Option<ExternalId>,
        now: DateTime<Utc>,
    ) -> Result<Order, Error> {
        let placed_at = self.placed.moment(now);
        let mut order = Order {
            reference: Reference::from_bits(rand::random()),
            external_id,
            title: self.title.to_owned(),
            customer: account(self.customer),
            freelancer: account(self.freelancer),
            placed_at,
            price: Money::euro_cents(self.cents),
            delivery_date: today(now) + TimeDelta::days(self.due_in_days),
            status: Status::Active,
            completes_at: None,
            unannounced_since: None,
            open_dispute: None,
            dispute_count: 0,
            event_count: 0,
        };
        let history = order.import(Status::Active, placed_at).expect("nothing is open on it");
        orders::insert(db, &order)?;
        for event in &history {
            events::append(db, &order, event)?;
        }
        Ok(order)
    }

    /// Replays the order's history since it was placed.
    pub(super) fn play(&self, store: &Store, order: &Order, now: DateTime<Utc>) -> Result<(), Failure> {
        let mut dispute = 0;
        for (when, party, deed) in self.steps {
            let who = Who { account: order.account(*party), reference: order.reference };
            dispute = deed.happens(store, who, dispute, when.moment(now))?;
        }
        match self.cancelled {
            Some(when) => store.write_order((order.reference, order.account(Party::Customer)), |db, order| {
                cancel_from_outside(db, order, when.moment(now))
            }),
            None => Ok(()),
        }
    }
}

impl Deed {
    /// Performs the deed. Returns the number of the last dispute: the new one, or else the one before.
    fn happens(self, store: &Store, who: Who, dispute: i32, at: DateTime<Utc>) -> Result<i32, Failure> {
        let open = |ask, why| actions::open(store, who, ask, text(why), &format!("demo-{dispute}"), at);
        match self {
            Self::AsksForUpdate(why) => return open(Ask::Update, why).map(|opened| opened.number),
            Self::AsksToCancel(reason, why) => {
                return open(Ask::Cancellation(reason), why).map(|opened| opened.number);
            }
            Self::AsksForChange(days, extras, why) => {
                return open(Ask::Change(change(days, extras)), why).map(|opened| opened.number);
            }
            Self::Comments(comment) => actions::comment(store, who, dispute, said(comment), at)?,
            Self::GivesUpdate(update) => actions::give_update(store, who, dispute, said(update), at)?,
            Self::Accepts => actions::accept(store, who, dispute, None, at)?,
            Self::Declines(why) => actions::decline(store, who, dispute, text(why), at)?,
            Self::Withdraws => actions::withdraw(store, who, dispute, at)?,
            Self::Delivers => actions::deliver(store, who, None, at)?,
            Self::AsksForRevision(why) => actions::request_revision(store, who, said(why), at)?,
            Self::Approves => actions::approve(store, who, at)?,
        }
        Ok(dispute)
    }
}

/// Records a cancellation by customer service. It happens outside the program, so no action of ours does it.
fn cancel_from_outside(db: &mut Db, order: Option<Order>, at: DateTime<Utc>) -> Result<(), Failure> {
    let mut order = order.ok_or(Failure::NotFound)?;
    let step = order.change_from_outside(OutsideChange::Cancel, at).expect("it is not closed before");
    events::append_told(db, &[(&order, &step.event)], at)?;
    Ok(orders::update(db, &order)?)
}

fn text(written: &str) -> Option<Text> {
    Text::parse_optional(written).expect("people in the demo write proper texts")
}

fn said(written: &str) -> Text {
    text(written).expect("people in the demo say something when they must")
}

fn change(days: u8, extras: &[(&str, i64)]) -> ChangeRequest {
    let extra = |(title, cents): &(&str, i64)| {
        let title = Title::parse(title).expect("extras in the demo have proper titles");
        Extra { title, price: Money::euro_cents(*cents) }
    };
    let extras = extras.iter().map(extra).collect();
    ChangeRequest::new(ExtraDays::new(days), extras).expect("freelancers in the demo ask for something")
}
