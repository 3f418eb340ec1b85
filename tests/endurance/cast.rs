//! The people: one customer and one freelancer in many browsers, and the orders between them.

use std::net::SocketAddr;
use std::sync::LazyLock;

use argon2::{Algorithm, Argon2, Params, PasswordHasher, Version};
use chrono::{DateTime, TimeDelta, Utc};
use oplossingscentrum::clock::real_now;
use oplossingscentrum::domain::{
    Account, AccountId, Actor, Ask, ChangeRequest, Event, EventKind, ExtraDays, Money, Order, Party, Reason, Reference,
    Status, Text,
};
use oplossingscentrum::operations::Who;
use oplossingscentrum::operations::accounts::passwords;
use oplossingscentrum::operations::orders::actions;
use oplossingscentrum::store::accounts;
use oplossingscentrum::store::orders::{self, events};
use oplossingscentrum::store::{Error, Store};
use oplossingscentrum::turns::Turn;

use crate::wire::{Seat, Wire};

pub const PASSWORD: &str = "oplossing-test";

/// As cheap as argon2 can be: these tests do not measure hashing.
static HASH: LazyLock<String> = LazyLock::new(|| {
    let cheap = Argon2::new(Algorithm::Argon2id, Version::V0x13, Params::new(8, 1, 1, None).unwrap());
    cheap.hash_password(PASSWORD.as_bytes()).unwrap().to_string()
});

/// The two parties of every order.
#[derive(Debug, Clone, Copy)]
pub struct Cast {
    customer: AccountId,
    freelancer: AccountId,
}

pub fn email(party: Party) -> &'static str {
    match party {
        Party::Customer => "klant@example.com",
        Party::Freelancer => "freelancer@example.com",
    }
}

impl Cast {
    /// Makes an account for both.
    pub fn arrive(store: &Store) -> Self {
        let account = |party| {
            let name = if party == Party::Customer { "Sanne de Vries" } else { "Daan Bakker" };
            let (id, since) = (AccountId::from_bits(rand::random()), real_now() - TimeDelta::days(100));
            let person = Account {
                password_hash: Some(HASH.clone()),
                ..Account::new(id, email(party).into(), name.into(), since)
            };
            store.write(|db| accounts::insert(db, &person)).unwrap();
            person.id
        };
        Self { customer: account(Party::Customer), freelancer: account(Party::Freelancer) }
    }

    /// Places orders without any history.
    pub fn place(&self, store: &Store, count: usize) -> Vec<Order> {
        let placed_at = real_now() - TimeDelta::days(10);
        let order = |_| Order {
            reference: Reference::from_bits(rand::random()),
            external_id: None,
            title: "Logo voor een bakkerij".into(),
            customer: self.customer,
            freelancer: self.freelancer,
            placed_at,
            price: Money::euro_cents(25_000),
            delivery_date: (real_now() + TimeDelta::days(20)).date_naive(),
            status: Status::Active,
            completes_at: None,
            unannounced_since: None,
            open_dispute: None,
            dispute_count: 0,
            event_count: 1,
        };
        let placed: Vec<Order> = (0..count).map(order).collect();
        let actor = Actor::Party(Party::Customer);
        let event = Event {
            number: 1,
            at: placed_at,
            actor,
            kind: EventKind::Placed,
            dispute: None,
            text: None,
            erased_at: None,
            moved: None,
        };
        let lines: Vec<_> = placed.iter().map(|order| (order, &event)).collect();
        store
            .write(|db| orders::insert_all(db, &placed).and_then(|()| events::append_all(db, &lines)))
            .unwrap_or_else(|error: Error| panic!("{error}"));
        placed
    }

    /// Asks a question whose window ends at that moment: it was asked one window earlier.
    pub fn ask(store: &Store, order: &Order, question: Question, respond_by: DateTime<Utc>) {
        let (by, ask) = question.written();
        let who = Who { account: order.account(by), reference: order.reference };
        let asked_at = respond_by - ask.kind().terms().window();
        actions::open(store, who, ask, Some(Text::parse("Daarom.").unwrap()), "eerder", asked_at).unwrap();
    }
}

/// The questions: to accept, to decline, to withdraw, and to leave to silence.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Question {
    CustomerCancels,
    FreelancerCancels,
    Change,
}

impl Question {
    pub const ALL: [Self; 3] = [Self::CustomerCancels, Self::FreelancerCancels, Self::Change];

    pub fn written(self) -> (Party, Ask) {
        match self {
            Self::CustomerCancels => (Party::Customer, Ask::Cancellation(Reason::NoLongerNeeded)),
            Self::FreelancerCancels => (Party::Freelancer, Ask::Cancellation(Reason::Personal)),
            Self::Change => (Party::Freelancer, change()),
        }
    }
}

/// A change of three more days.
pub fn change() -> Ask {
    Ask::Change(ChangeRequest::new(ExtraDays::new(3), Vec::new()).unwrap())
}

/// Gives a party a password with a hash that takes as long to compare as in production.
pub fn has_a_real_password(store: &Store, party: Party) {
    let hash = passwords::hash(&mut Turn::alone(), PASSWORD);
    let account =
        store.snapshot(|db| accounts::find_by_email(db, email(party))).unwrap().expect("they have an account");
    store
        .write(|db| accounts::set_password_hash(db, account.id, &hash))
        .unwrap_or_else(|error: Error| panic!("{error}"));
}

/// Signs a party in with a new browser, through the form.
pub fn signed_in(address: SocketAddr, party: Party) -> Seat {
    let (mut wire, mut seat) = (Wire::new(address), Seat::default());
    seat.keep(&wire.get("/sign-in", &seat).unwrap().must(200));
    let form = [("email", email(party)), ("password", PASSWORD), ("next", "/")];
    seat.keep(&wire.post("/sign-in", &seat, &form).unwrap().must(303));
    seat.keep(&wire.get("/help", &seat).unwrap().must(200));
    seat
}
