//! Builders of orders: each is placed and brought to a status by the functions behind the pages.

use std::fmt;

use chrono::{DateTime, TimeDelta, Utc};
use oplossingscentrum::domain::{
    self, AccountId, Actor, Ask, Event, EventKind, Money, Party, Reason, Reference, Status, Text,
};
use oplossingscentrum::operations::Who;
use oplossingscentrum::operations::orders::actions;
use oplossingscentrum::store::Db;
use oplossingscentrum::store::orders::{self, Hold, events};

use crate::people::Person;
use crate::world::World;

/// An order's reference and addresses.
#[derive(Clone)]
pub struct Order {
    pub reference: Reference,
    pub path: String,
}

impl Order {
    /// An address of this order.
    pub fn at(&self, rest: &str) -> String {
        format!("{}{rest}", self.path)
    }

    /// The address of one of its disputes.
    pub fn dispute(&self, number: i32) -> String {
        self.at(&format!("/disputes/{number}"))
    }
}

impl fmt::Display for Order {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.reference.fmt(f)
    }
}

/// The statuses in which a dispute can be opened, and to which it returns.
pub const WORKABLE: [Status; 3] = [Status::Active, Status::Delivered, Status::InRevision];

/// The words for a status, in Dutch and in English.
pub fn status_words(status: Status) -> (&'static str, &'static str) {
    match status {
        Status::Active => ("Actief", "Active"),
        Status::Delivered => ("Geleverd", "Delivered"),
        Status::InRevision => ("In revisie", "In revision"),
        Status::InDispute => ("In geschil", "In dispute"),
        Status::ChangeRequested => ("Wijziging aangevraagd", "Change requested"),
        Status::Completed => ("Voltooid", "Completed"),
        Status::MutuallyCancelled => ("Wederzijds geannuleerd", "Mutually cancelled"),
        Status::Cancelled => ("Geannuleerd", "Cancelled"),
    }
}

/// An order about to be placed.
pub struct OrderBuilder<'a> {
    world: &'a World,
    order: domain::Order,
}

impl<'a> OrderBuilder<'a> {
    pub fn new(world: &'a World, customer: AccountId, freelancer: AccountId) -> Self {
        let order = domain::Order {
            reference: Reference::from_bits(rand::random()),
            external_id: None,
            title: "Logo voor een bakkerij".into(),
            customer,
            freelancer,
            placed_at: world.now() - TimeDelta::days(10),
            price: Money::euro_cents(25_000),
            delivery_date: world.today() + TimeDelta::days(20),
            status: Status::Active,
            completes_at: None,
            unannounced_since: None,
            open_dispute: None,
            dispute_count: 0,
            event_count: 1,
        };
        Self { world, order }
    }

    pub fn between(mut self, customer: &Person, freelancer: &Person) -> Self {
        (self.order.customer, self.order.freelancer) = (customer.id, freelancer.id);
        self
    }

    pub fn titled(mut self, title: &str) -> Self {
        self.order.title = title.into();
        self
    }

    pub fn placed(mut self, at: DateTime<Utc>) -> Self {
        self.order.placed_at = at;
        self
    }

    /// Due this many days from today; in the past when negative.
    pub fn due_in(mut self, days: i64) -> Self {
        self.order.delivery_date = self.world.today() + TimeDelta::days(days);
        self
    }

    pub fn costs(mut self, cents: i64) -> Self {
        self.order.price = Money::euro_cents(cents);
        self
    }

    pub fn active(self) -> Order {
        self.up_to(Status::Active)
    }

    pub fn delivered(self) -> Order {
        self.up_to(Status::Delivered)
    }

    pub fn in_revision(self) -> Order {
        self.up_to(Status::InRevision)
    }

    pub fn completed(self) -> Order {
        self.up_to(Status::Completed)
    }

    /// Places the order and brings it to that status, now.
    pub fn up_to(self, status: Status) -> Order {
        let (world, order) = (self.world, self.order);
        let placed = Event {
            number: 1,
            at: order.placed_at,
            actor: Actor::Party(Party::Customer),
            kind: EventKind::Placed,
            dispute: None,
            text: None,
            erased_at: None,
            moved: None,
        };
        let store = &world.app.store;
        store.write(|db| orders::insert(db, &order).and_then(|()| events::append(db, &order, &placed))).unwrap();
        let now = world.now();
        let who = |party| Who { account: order.account(party), reference: order.reference };
        let text = |text: &str| Text::parse(text).unwrap();
        let deliver = || actions::deliver(store, who(Party::Freelancer), None, now).unwrap();
        let open = |party, ask| {
            actions::open(store, who(party), ask, Some(text("Daarom")), "builder", now).unwrap();
        };
        match status {
            Status::Active => {}
            Status::Delivered => deliver(),
            Status::InRevision => {
                deliver();
                actions::request_revision(store, who(Party::Customer), text("Graag wat groter"), now).unwrap();
            }
            Status::Completed => {
                deliver();
                actions::approve(store, who(Party::Customer), now).unwrap();
            }
            Status::InDispute => open(Party::Customer, Ask::Update),
            Status::ChangeRequested => {
                let days = domain::ExtraDays::new(3);
                let change = domain::ChangeRequest::new(days, Vec::new()).unwrap();
                open(Party::Freelancer, Ask::Change(change));
            }
            Status::MutuallyCancelled => {
                open(Party::Customer, Ask::Cancellation(Reason::NoLongerNeeded));
                actions::accept(store, who(Party::Freelancer), 1, None, now).unwrap();
            }
            Status::Cancelled => {
                let mut cancelled = order.clone();
                (cancelled.status, cancelled.event_count) = (Status::Cancelled, 2);
                let event = Event { number: 2, at: now, actor: Actor::System, kind: EventKind::Cancelled, ..placed };
                store
                    .write(|db| events::append(db, &cancelled, &event).and_then(|()| orders::update(db, &cancelled)))
                    .unwrap();
            }
        }
        Order { reference: order.reference, path: format!("/orders/{}", order.reference) }
    }
}

impl World {
    /// Lets a party write these comments on the open question, now, as the program does but without the limits.
    pub fn writes(&self, order: &Order, by: Party, words: impl Iterator<Item = String>) {
        let now = self.now();
        let write = |db: &mut Db| {
            let Hold::Ours(mut order) = orders::hold(db, order.reference)? else { panic!("it is there, and free") };
            let open = order.dispute_count;
            for words in words {
                let event = order.comment(by, open, Text::parse(&words).unwrap(), now).unwrap().event;
                events::append_told(db, &[(&order, &event)], now)?;
            }
            orders::update(db, &order)
        };
        self.app.store.write(write).unwrap();
    }
}
