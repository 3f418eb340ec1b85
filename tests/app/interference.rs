//! What the marketplace sees of an order is the same with its disputes and without them (rules, "What the marketplace sees").
//!
//! Two worlds get the same random history; one of them gets questions, comments, answers and silence besides. After every
//! step all answers are equal. Only a delivery that a question holds up would differ, when it completes by itself after
//! three days; that can be inferred, and the documents say so. So no delivery waits that long here.

use std::collections::BTreeMap;

use chrono::{DateTime, TimeDelta, Utc};
use oplossingscentrum::clock::Times;
use oplossingscentrum::domain::marketplace::key::Scope;
use oplossingscentrum::domain::orders::change::Title;
use oplossingscentrum::domain::{Ask, ChangeRequest, ExternalId, Extra, ExtraDays, Money, Party, Reason, Status, Text};
use oplossingscentrum::operations::Who;
use oplossingscentrum::operations::marketplace::{self, Put, orders};
use oplossingscentrum::operations::orders::{actions, relay, sweep};
use oplossingscentrum::store::marketplace::feed;
use oplossingscentrum::webhook::message::Message;
use rand::rngs::StdRng;
use rand::seq::IndexedRandom;
use rand::{RngExt, SeedableRng};
use serde_json::{Value, json};
use strum::VariantArray;

use crate::api::Program;
use crate::builders::Order;
use crate::counts::{is_long, report};
use crate::feed::facts;
use crate::world::World;

/// How many orders have a history, and of how many steps.
const STEPS: u32 = 9;
/// The time between two steps: a question may lapse in two of them, and no delivery completes. A party that was
/// declined twice waits a day (rules, 13): what is declined eight hours into a step may be asked again at its end.
const STEP: TimeDelta = TimeDelta::hours(33);

/// One of the two worlds.
struct Side {
    world: World,
    program: Program,
    orders: Vec<Order>,
}

/// What happens for everybody to see.
#[derive(Debug, Clone)]
enum Visible {
    Deliver,
    Revise,
    Approve,
    /// The two agree on more days and an extra.
    Change(u8, i64),
    /// The two agree to stop.
    Cancel,
    /// The marketplace tells of something.
    Told(Value),
}

/// A history under way.
struct Story {
    id: ExternalId,
    /// The status that the marketplace sees.
    status: Status,
    /// Whether a question is open in the world with questions, and whose it is.
    open: Option<(i32, Party)>,
}

fn text(words: &str) -> Text {
    Text::parse(words).unwrap()
}

impl Side {
    fn new(count: usize) -> Self {
        let world = World::https();
        let program = world.program(Scope::VARIANTS);
        // Ids and cursors are made with a seed that each database has for itself.
        world.app.store.write(feed::begin).unwrap();
        world.sql("UPDATE feed_sequence SET seed = 'the same'").unwrap();
        Self { world, program, orders: Vec::with_capacity(count) }
    }

    fn who(&self, at: usize, party: Party) -> Who {
        let order = self.world.row(&self.orders[at]);
        Who { account: order.account(party), reference: order.reference }
    }

    fn open(&self, at: usize, party: Party, ask: Ask, now: DateTime<Utc>) -> Option<i32> {
        let token = rand::random::<u64>().to_string();
        actions::open(&self.world.app.store, self.who(at, party), ask, Some(text("Daarom.")), &token, now)
            .ok()
            .map(|opened| opened.number)
    }

    /// Does a visible step, the same in both worlds.
    fn does(&self, at: usize, id: &ExternalId, step: &Visible, now: DateTime<Utc>) -> Option<Put> {
        let store = &self.world.app.store;
        let who = |party| self.who(at, party);
        match step {
            Visible::Deliver => actions::deliver(store, who(Party::Freelancer), None, now).unwrap(),
            Visible::Revise => actions::request_revision(store, who(Party::Customer), text("Groter."), now).unwrap(),
            Visible::Approve => actions::approve(store, who(Party::Customer), now).unwrap(),
            Visible::Change(days, cents) => {
                let extra = Extra { title: Title::parse("Extra").unwrap(), price: Money::euro_cents(*cents) };
                let change = ChangeRequest::new(ExtraDays::new(*days), vec![extra]).unwrap();
                let number = self.open(at, Party::Freelancer, Ask::Change(change), now).expect("no limit is met");
                actions::accept(store, who(Party::Customer), number, None, now).unwrap();
            }
            Visible::Cancel => {
                let ask = Ask::Cancellation(Reason::NoLongerNeeded);
                let number = self.open(at, Party::Customer, ask, now).expect("no limit is met");
                actions::accept(store, who(Party::Freelancer), number, None, now).unwrap();
            }
            Visible::Told(body) => {
                let (body, times) = (body.to_string(), Times { app: now, wall: now });
                return Some(orders::put(store, id, body.as_bytes(), times, |_| true).unwrap());
            }
        }
        None
    }
}

/// What is asked and said in secret until the next step. It may leave its question open.
fn in_secret(side: &Side, at: usize, story: &mut Story, rng: &mut StdRng, begin: DateTime<Utc>) {
    if story.status.is_final() {
        return;
    }
    let database = &side.world.app.store;
    if let Some((number, by)) = story.open {
        // It may have lapsed, or ended by what the marketplace told.
        if side.world.row(&side.orders[at]).open_dispute.is_none_or(|open| open.is_overdue(begin)) {
            story.open = None;
        } else if rng.random_bool(0.5) {
            actions::withdraw(database, side.who(at, by), number, begin + TimeDelta::hours(10)).unwrap();
            story.open = None;
        }
        return;
    }
    if rng.random_bool(0.3) {
        return;
    }
    let days = ChangeRequest::new(ExtraDays::new(rng.random_range(1..=30)), Vec::new()).unwrap();
    let asks = [
        (Party::Customer, Ask::Update),
        (Party::Customer, Ask::Cancellation(Reason::TooLate)),
        (Party::Freelancer, Ask::Cancellation(Reason::Personal)),
        (Party::Freelancer, Ask::Change(days)),
    ];
    let (by, ask) = asks.choose(rng).unwrap().clone();
    let hours = |hours| begin + TimeDelta::hours(hours);
    let is_update = ask == Ask::Update;
    let Some(number) = side.open(at, by, ask.clone(), hours(1)) else { return };
    let (opener, other) = (side.who(at, by), side.who(at, by.other()));
    for hour in 2..rng.random_range(2..6) {
        actions::comment(database, other, number, text(&format!("Opmerking {hour}.")), hours(hour)).unwrap();
    }
    match rng.random_range(0..4) {
        0 => actions::withdraw(database, opener, number, hours(8)).unwrap(),
        1 if is_update => actions::give_update(database, other, number, text("Bijna."), hours(8)).unwrap(),
        1 => actions::decline(database, other, number, None, hours(8)).unwrap(),
        // Silence would cancel the order, for everybody to see.
        _ if matches!(ask, Ask::Cancellation(_)) => actions::withdraw(database, opener, number, hours(9)).unwrap(),
        _ => story.open = Some((number, by)),
    }
}

/// The next visible step.
fn next(story: &Story, rng: &mut StdRng, at: DateTime<Utc>) -> Visible {
    let status = |status: Status| Visible::Told(json!({"status": status.code()}));
    let price = format!("{}.50", rng.random_range(100..900));
    let date = (at + TimeDelta::days(rng.random_range(1..90))).date_naive().to_string();
    let mut steps = vec![status(Status::Cancelled), status(Status::Completed)];
    match story.status {
        Status::Delivered => {
            // A delivery moves on at the next step.
            steps.extend(story.open.is_none().then_some([Visible::Revise, Visible::Approve]).into_iter().flatten());
        }
        Status::Active | Status::InRevision => {
            for _ in 0..3 {
                steps.push(status(Status::Delivered));
                steps.push(Visible::Told(json!({"price": price})));
                steps.push(Visible::Told(json!({"delivery_date": date})));
                steps.push(Visible::Told(json!({"title": format!("Titel {price}")})));
            }
            if story.open.is_none() {
                for _ in 0..4 {
                    steps.push(Visible::Deliver);
                    steps.push(Visible::Change(rng.random_range(1..9), rng.random_range(100..9_000)));
                }
                steps.push(Visible::Cancel);
            }
        }
        _ => return Visible::Told(json!({"price": price})),
    }
    steps.choose(rng).unwrap().clone()
}

/// Every webhook of the two worlds has the same bytes, signature included.
fn rings_the_same(plain: &Side, asked: &Side, now: DateTime<Utc>, seed: u64) {
    let secrets = [oplossingscentrum::webhook::sign::new_secret()];
    for position in 1.. {
        let messages = [plain, asked].map(|side| {
            let entry = marketplace::feed::at(&side.world.app.store, position).unwrap()?;
            let message = Message::new(&entry, &side.world.app.settings);
            Some((message.headers(&secrets, now), message))
        });
        assert_eq!(messages[0], messages[1], "the message of entry {position} (seed {seed})");
        if messages[0].is_none() {
            assert!(position > i64::try_from(plain.orders.len()).unwrap());
            break;
        }
    }
}

#[test]
fn the_marketplace_sees_the_same_with_questions_and_without() {
    let count = if is_long() { 2_000 } else { 60 };
    let seed: u64 = rand::random();
    let mut rng = StdRng::seed_from_u64(seed);
    let (mut plain, mut asked) = (Side::new(count), Side::new(count));
    let mut now = plain.world.now().max(asked.world.now()) + TimeDelta::hours(1);
    let people = [("k1", "klant@example.com", "Sanne"), ("f1", "freelancer@example.com", "Daan")];
    let accounts = people.map(|(id, email, name)| json!({"external_id": id, "email": email, "name": name}));
    let orders: Vec<Value> = (0..count)
        .map(|nth| {
            let reference = oplossingscentrum::domain::Reference::from_bits(rng.random());
            json!({"external_id": format!("H{nth}"), "reference": reference.to_string(), "title": "Logo", "price": "250.00",
                "placed_at": "2026-11-01T10:00:00Z", "delivery_date": "2027-01-01", "status": "active", "customer": "k1",
                "freelancer": "f1"})
        })
        .collect();
    let file = json!({"accounts": accounts, "orders": orders}).to_string();
    for side in [&mut plain, &mut asked] {
        let done = side.world.imports_json(&file, now);
        assert_eq!(done.new, count, "{done:?}");
        side.orders = (0..count).map(|nth| side.world.numbered(&format!("H{nth}"))).collect();
    }
    let mut stories: Vec<Story> = (0..count)
        .map(|nth| Story { id: format!("H{nth}").parse().unwrap(), status: Status::Active, open: None })
        .collect();
    let (mut after, mut last) = (String::new(), BTreeMap::new());
    for _ in 0..STEPS {
        for (at, story) in stories.iter_mut().enumerate() {
            in_secret(&asked, at, story, &mut rng, now);
        }
        now += STEP;
        for (at, story) in stories.iter_mut().enumerate() {
            if let Some((number, by)) = story.open.filter(|_| rng.random_bool(0.3)) {
                // Taken back just before, so that the parties can act too; or it was overtaken.
                let _ =
                    actions::withdraw(&asked.world.app.store, asked.who(at, by), number, now - TimeDelta::minutes(1));
                story.open = None;
            }
            let step = next(story, &mut rng, now);
            let done = [&plain, &asked].map(|side| side.does(at, &story.id, &step, now));
            assert_eq!(done[0], done[1], "{step:?} of {} (seed {seed})", story.id);
            // What the marketplace told before is not told again: the order goes on as the two of them brought it.
            story.status = plain.world.row(&plain.orders[at]).status;
            let open = asked.world.row(&asked.orders[at]).open_dispute;
            story.open = story.open.filter(|_| open.is_some());
        }
        for side in [&plain, &asked] {
            side.world.it_is(now + TimeDelta::minutes(5));
            if rng.random_bool(0.5) {
                sweep::settle_all_due(&side.world.app.store, side.world.now()).unwrap();
            }
        }
        for side in [&plain, &asked] {
            relay::relay_all(&side.world.app.store, now).unwrap();
        }
        loop {
            let path = format!("/events?limit=100{after}");
            let [one, other] = [&plain, &asked].map(|side| side.program.get(&path).must(200));
            assert_eq!(one.bare(), other.bare(), "{path} (seed {seed})");
            let page: Value = serde_json::from_str(&one.html).unwrap();
            after = format!("&after={}", page["next"].as_str().unwrap());
            let entries = page["data"].as_array().unwrap();
            for entry in entries {
                last.insert(entry["order"]["external_id"].to_string(), entry["order"].clone());
            }
            if entries.is_empty() {
                break;
            }
        }
        for (id, order) in &last {
            let path = format!("/orders/{}", id.trim_matches('"'));
            let now: Value = serde_json::from_str(&plain.program.get(&path).must(200).html).unwrap();
            assert_eq!(*order, facts(&now), "the last entry has the order as it is");
        }
        for story in &stories {
            let path = format!("/orders/{}", story.id);
            let [one, other] = [&plain, &asked].map(|side| side.program.get(&path).must(200).bare());
            assert_eq!(one, other, "{} (seed {seed})", story.id);
        }
        let since = (now - TimeDelta::hours(1)).format("%Y-%m-%dT%H:%M:%SZ");
        for path in ["/orders?limit=100".to_owned(), format!("/orders?limit=100&changed_since={since}")] {
            let [one, other] = [&plain, &asked].map(|side| side.program.get(&path).must(200).bare());
            assert_eq!(one, other, "{path} (seed {seed})");
        }
    }
    rings_the_same(&plain, &asked, now, seed);
    let questions = asked.orders.iter().map(|order| asked.world.row(order).dispute_count).sum::<i32>();
    let agreed = plain.orders.iter().map(|order| plain.world.row(order).dispute_count).sum::<i32>();
    assert!(
        questions > agreed + i32::try_from(count).unwrap(),
        "{questions} questions, {agreed} without the secret ones"
    );
    report(format_args!(
        "non-interference: {count} histories of {STEPS} steps, {} secret questions",
        questions - agreed
    ));
}
