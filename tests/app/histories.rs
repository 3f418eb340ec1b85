//! Random histories: the chain of each order holds through erasing, other keys and another database, and whatever is changed
//! afterwards is named, in the database by the doctor and in a dossier by the program and its script.

use std::path::Path;

use chrono::{DateTime, TimeDelta, Utc};
use oplossingscentrum::clock::Times;
use oplossingscentrum::domain::audit::chain::{fingerprint, hash};
use oplossingscentrum::domain::audit::dossier::verify;
use oplossingscentrum::domain::orders::change::Title;
use oplossingscentrum::domain::{Ask, ChangeRequest, ExternalId, Extra, ExtraDays, Money, Party, Reason, Text};
use oplossingscentrum::operations::Who;
use oplossingscentrum::operations::maintenance::doctor;
use oplossingscentrum::operations::marketplace::orders::put;
use oplossingscentrum::operations::orders::{actions, signing, sweep};
use oplossingscentrum::store::Store;
use oplossingscentrum::store::orders::hashes;
use rand::rngs::StdRng;
use rand::seq::IndexedRandom;
use rand::{RngExt, SeedableRng};
use serde_json::{Value, json};

use crate::builders::Order;
use crate::counts::{is_long, report};
use crate::dossier::{Files, checked, downloads, json_of, keys, verified};
use crate::world::World;

/// How many steps are tried on each order; the rules refuse some.
const STEPS: u32 = 14;

fn words(rng: &mut StdRng) -> Text {
    let said = ["Ik hoor niets.", "Twee\nregels: “é” \u{1F600}", "<b>&amp;</b>\t\\ \"'", "\u{2028}ﬁ ǆ", "x"];
    Text::parse(&format!("{} {}", said.choose(rng).unwrap(), rng.random::<u16>())).unwrap()
}

/// Does something to an order, unless the rules refuse it.
fn step(world: &World, order: &Order, id: &ExternalId, rng: &mut StdRng, now: DateTime<Utc>) {
    let (store, row, said) = (&world.app.store, world.row(order), words(rng));
    let by = *[Party::Customer, Party::Freelancer].choose(rng).unwrap();
    let who = |party: Party| Who { account: row.account(party), reference: row.reference };
    if rng.random_bool(0.1) {
        let told = [
            json!({"price": format!("{}.50", rng.random_range(100..900))}),
            json!({"delivery_date": (now + TimeDelta::days(rng.random_range(1..60))).date_naive().to_string()}),
            json!({"title": format!("Titel {}", rng.random::<u16>())}),
        ];
        let body = told.choose(rng).unwrap().to_string();
        put(store, id, body.as_bytes(), Times { app: now, wall: now }, |_| true).unwrap();
        return;
    }
    // A refusal is a step that changes nothing.
    if let Some(open) = &row.open_dispute {
        let (number, asked) = (open.number, who(open.respondent()));
        let _ = match rng.random_range(0..6) {
            0 => actions::withdraw(store, who(open.opener), number, now),
            1 => actions::decline(store, asked, number, rng.random_bool(0.5).then_some(said), now),
            2 => actions::accept(store, asked, number, rng.random_bool(0.5).then_some(said), now),
            3 => actions::give_update(store, asked, number, said, now),
            _ => actions::comment(store, who(by), number, said, now),
        };
        return;
    }
    let extra = |rng: &mut StdRng| Extra {
        title: Title::parse(&format!("Extra {}", rng.random::<u16>())).unwrap(),
        price: Money::euro_cents(rng.random_range(100..9_000)),
    };
    let extras = (0..rng.random_range(0..3)).map(|_| extra(rng)).collect();
    let ask = match rng.random_range(0..3) {
        0 => Ask::Update,
        1 => Ask::Cancellation(Reason::TooLate),
        _ => Ask::Change(ChangeRequest::new(ExtraDays::new(rng.random_range(1..=30)), extras).unwrap()),
    };
    let _ = match rng.random_range(0..7) {
        0 => actions::deliver(store, who(Party::Freelancer), rng.random_bool(0.5).then_some(said), now),
        1 => actions::request_revision(store, who(Party::Customer), said, now),
        2 => actions::approve(store, who(Party::Customer), now),
        _ => actions::open(store, who(by), ask, Some(said), &rng.random::<u64>().to_string(), now).map(drop),
    };
}

/// Orders that lived.
fn lived(world: &World, count: usize, rng: &mut StdRng) -> Vec<Order> {
    let mut now = world.now() + TimeDelta::minutes(1);
    let people = [("k1", "klant@example.com", "Sanne de Vries"), ("f1", "freelancer@example.com", "Daan Bakker")];
    let accounts = people.map(|(id, email, name)| json!({"external_id": id, "email": email, "name": name}));
    let orders: Vec<Value> = (0..count)
        .map(|nth| {
            json!({"external_id": format!("H{nth}"), "title": "Logo", "price": "250.00", "status": "active",
                "placed_at": "2026-11-01T10:00:00Z", "delivery_date": "2027-06-01", "customer": "k1", "freelancer": "f1"})
        })
        .collect();
    world.imports_json(&json!({"accounts": accounts, "orders": orders}).to_string(), now);
    let orders: Vec<Order> = (0..count).map(|nth| world.numbered(&format!("H{nth}"))).collect();
    for _ in 0..STEPS {
        for (nth, order) in orders.iter().enumerate() {
            step(world, order, &format!("H{nth}").parse().unwrap(), rng, now);
        }
        now += TimeDelta::hours(rng.random_range(1..30));
        sweep::settle_all_due(&world.app.store, now).unwrap();
    }
    world.it_is(now);
    world.relays();
    orders
}

/// Changes one fact of one event, or something that belongs to it.
fn change_something(json: &mut Value, rng: &mut StdRng) {
    let events = json["events"].as_array_mut().unwrap();
    let event = rng.random_range(0..events.len());
    let facts = events[event]["facts"].as_object_mut().unwrap();
    let keys: Vec<String> = facts.keys().cloned().collect();
    let fact = &mut facts[keys.choose(rng).unwrap()];
    *fact = match &*fact {
        Value::String(text) => format!("{text}x").into(),
        Value::Number(number) => (number.as_i64().unwrap() + 1).into(),
        Value::Null => 1.into(),
        _ => Value::Null,
    };
}

type Change = (&'static str, fn(&mut Value, &mut StdRng));

/// What may be done to a dossier afterwards.
const CHANGES: [Change; 7] = [
    ("a fact", change_something),
    ("a hash", |json, rng| {
        let events = json["events"].as_array_mut().unwrap();
        let at = rng.random_range(0..events.len());
        events[at]["hash"] = hash("", &rng.random::<u64>()).into();
    }),
    ("an order of events", |json, rng| {
        let events = json["events"].as_array_mut().unwrap();
        let at = rng.random_range(1..events.len());
        events.swap(at - 1, at);
    }),
    ("an event more", |json, rng| {
        let events = json["events"].as_array_mut().unwrap();
        let at = rng.random_range(0..events.len());
        let twin = events[at].clone();
        events.insert(at, twin);
    }),
    ("an event less", |json, rng| {
        let events = json["events"].as_array_mut().unwrap();
        events.remove(rng.random_range(0..events.len()));
    }),
    ("all from an event on", |json, rng| {
        change_something(json, rng);
        make_consistent(json);
    }),
    ("a tail less", |json, rng| {
        let events = json["events"].as_array_mut().unwrap();
        events.truncate(rng.random_range(1..events.len()));
        make_consistent(json);
    }),
];

/// Works all hashes out anew, as the owner of the database could.
fn make_consistent(json: &mut Value) {
    let mut previous = String::new();
    let events = json["events"].as_array_mut().unwrap();
    for (number, event) in (1..).zip(events.iter_mut()) {
        event["facts"]["number"] = number.into();
        previous = hash(&previous, &event["facts"]);
        event["hash"] = previous.clone().into();
    }
    json["count"] = json["events"].as_array().unwrap().len().into();
    (json["head"], json["fingerprint"]) = (previous.clone().into(), fingerprint(&previous).into());
}

/// Every change of a dossier is found with the fingerprint of the last mail; one of them is shown to the script too.
fn is_guarded(folder: &Path, files: &Files, told: &str, rng: &mut StdRng, seed: u64) -> usize {
    let sound = json_of(files);
    let mailed = sound["events"].as_array().unwrap().choose(rng).unwrap()["hash"].as_str().unwrap();
    for right in [None, Some(told), Some(&fingerprint(mailed))] {
        assert!(verify(&sound, right).is_ok(), "{right:?}: {:?} (seed {seed})", verify(&sound, right));
    }
    assert_eq!(checked(folder, files, &sound, Some(told)), None, "(seed {seed})");
    let shown = rng.random_range(0..CHANGES.len());
    let mut found = 0;
    for (nth, (name, change)) in CHANGES.iter().enumerate() {
        let mut changed = sound.clone();
        change(&mut changed, rng);
        if changed["events"] == sound["events"] {
            continue;
        }
        assert!(verify(&changed, Some(told)).is_err(), "{name} of {} (seed {seed})", sound["order"]["reference"]);
        found += 1;
        if nth == shown {
            assert!(checked(folder, files, &changed, Some(told)).is_some(), "{name} (seed {seed})");
        }
    }
    found
}

/// What the doctor finds wrong, by order.
fn named(store: &Store, now: DateTime<Utc>) -> Vec<String> {
    let mut wrong = Vec::new();
    doctor::examine(store, now, |line| wrong.extend(line.split_once(':').map(|(order, _)| order.to_owned()))).unwrap();
    wrong.sort_unstable();
    wrong.dedup();
    wrong
}

/// Lets events be changed, as the owner of the database can.
fn unlock(world: &World) {
    let sql = if world.is_postgres() {
        "ALTER TABLE events DISABLE TRIGGER USER"
    } else {
        "DROP TRIGGER events_are_never_changed; DROP TRIGGER events_are_never_removed; DROP TRIGGER events_are_never_replaced"
    };
    world.sql(sql).unwrap();
}

/// What may be done to the rows of an order afterwards; `{n}` is one of its events.
const ROW_CHANGES: [&str; 6] = [
    "UPDATE event_hashes SET hash = 'x' || substr(hash, 2) WHERE number = {n} AND ORDER",
    "DELETE FROM event_hashes WHERE number = {n} AND ORDER",
    "UPDATE events SET actor = CASE actor WHEN 'customer' THEN 'freelancer' ELSE 'customer' END WHERE number = {n} AND ORDER",
    "DELETE FROM outbox WHERE event_number = {n} AND ORDER; DELETE FROM event_texts WHERE number = {n} AND ORDER; DELETE FROM event_hashes WHERE number = {n} AND ORDER; \
     DELETE FROM events WHERE number = {n} AND ORDER",
    "UPDATE events SET at = (SELECT older.at FROM events AS older WHERE older.number = 1 AND older.ORDER) \
     WHERE number = {n} AND ORDER",
    "UPDATE event_hashes SET hash = (SELECT hash FROM event_hashes WHERE number = 1 AND ORDER) WHERE number = {n} AND ORDER",
];

#[test]
fn whatever_is_changed_in_a_random_history_is_named() {
    let count = if is_long() { 1_000 } else { 24 };
    let seed: u64 = rand::random();
    let rng = &mut StdRng::seed_from_u64(seed);
    let (world, folder) = (World::https(), tempfile::tempdir().unwrap());
    let orders = lived(&world, count, rng);
    let (customer, freelancer) = world.parties();
    assert_eq!(named(&world.app.store, world.now()), [""; 0], "(seed {seed})");

    let heads = |store: &Store| -> Vec<String> {
        let head = |order: &Order| {
            store.snapshot(|db| hashes::of_order(db, order.reference)).unwrap().head().unwrap().to_owned()
        };
        orders.iter().map(head).collect()
    };
    let before = heads(&world.app.store);
    // Words are erased, the key that signs is another one, and all of it moves to another database.
    let kept = downloads(&world, &customer, &orders[0]);
    for order in &orders {
        if rng.random_bool(0.3) {
            world.erases(order, *[Party::Customer, Party::Freelancer].choose(rng).unwrap());
        }
    }
    signing::end_all(&world.app.store, world.now()).unwrap();
    for is_postgres in [world.is_postgres(), false] {
        let other = world.another_database(is_postgres);
        let own = crate::databases::address(world.target());
        crate::program::runs(&["copy", "--from", &own, "--to", &other.address()]).well();
        let store = Store::open_to_look(&other.target).unwrap();
        assert_eq!((heads(&store), named(&store, world.now())), (before.clone(), vec![]), "(seed {seed})");
    }
    let mut found = 0;
    for (order, head) in orders.iter().zip(&before) {
        let reader = if rng.random_bool(0.5) { &customer } else { &freelancer };
        let files = downloads(&world, reader, order);
        found += is_guarded(folder.path(), &files, &fingerprint(head), rng, seed);
    }
    let known = keys(&world, folder.path());
    for files in [kept, downloads(&world, &customer, &orders[0])] {
        verified(folder.path(), &files, &known).well();
    }

    unlock(&world);
    let mut changed: Vec<String> = Vec::new();
    for order in &orders {
        let events = world.row(order).event_count;
        if events < 3 || rng.random_bool(0.5) {
            continue;
        }
        let change = ROW_CHANGES.choose(rng).unwrap().replace("ORDER", &format!("order_reference = '{order}'"));
        // Not the first one, whose hash the last change takes.
        let change = change.replace("{n}", &rng.random_range(2..events).to_string());
        world.sql(&change).unwrap_or_else(|error| panic!("{change}: {error}"));
        changed.push(order.to_string());
    }
    changed.sort_unstable();
    assert_eq!(named(&world.app.store, world.now()), changed, "(seed {seed})");
    report(format_args!(
        "random histories: {count}, {found} changes of their dossiers and {} of their rows named",
        changed.len()
    ));
}
