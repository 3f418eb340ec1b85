//! The feed: what became of orders, told to the marketplace's programs entry by entry.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use chrono::TimeDelta;
use oplossingscentrum::domain::marketplace::key::Scope;
use oplossingscentrum::domain::{Party, Text};
use oplossingscentrum::operations::Who;
use oplossingscentrum::operations::marketplace::feed;
use oplossingscentrum::operations::orders::{actions, relay};
use oplossingscentrum::store::Store;
use serde_json::{Value, json};
use strum::VariantArray;

use crate::api::Program;
use crate::builders::Order;
use crate::world::World;

impl Program {
    /// One page of the feed, and the cursor behind it.
    #[track_caller]
    pub fn feed_page(&self, parameters: &str) -> (Vec<Value>, String) {
        let page: Value = serde_json::from_str(&self.get(&format!("/events?{parameters}")).must(200).html).unwrap();
        (page["data"].as_array().unwrap().clone(), page["next"].as_str().unwrap().to_owned())
    }

    /// Every entry that there is.
    pub fn feed(&self) -> Vec<Value> {
        let (mut all, mut after) = (Vec::new(), String::new());
        loop {
            let (data, next) = self.feed_page(&format!("limit=7{after}"));
            if data.is_empty() {
                return all;
            }
            all.extend(data);
            after = format!("&after={next}");
        }
    }
}

fn types(entries: &[Value]) -> Vec<&str> {
    entries.iter().map(|entry| entry["type"].as_str().unwrap()).collect()
}

/// An order that the marketplace gave, with the id `1001`.
fn given(world: &World, shop: &Program) -> Order {
    let people = [("k1", "klant@example.com", "Sanne de Vries"), ("f1", "freelancer@example.com", "Daan Bakker")];
    for (id, email, name) in people {
        shop.put(&format!("/accounts/{id}"), &json!({"email": email, "name": name, "adopt_email": true})).must(200);
    }
    let order = json!({"title": "Logo", "price": "250.00", "currency": "EUR", "placed_at": "2026-11-01T10:00:00Z",
        "delivery_date": "2099-01-01", "status": "active", "customer": "k1", "freelancer": "f1"});
    shop.put("/orders/1001", &order).must(201);
    world.numbered("1001")
}

/// An order as the feed tells it: without what the marketplace says of it, which has no history here.
pub fn facts(order: &Value) -> Value {
    let mut facts = order.clone();
    for name in ["description", "url"] {
        assert!(facts.as_object_mut().unwrap().remove(name).is_some(), "{order}");
    }
    facts
}

#[test]
fn each_change_that_shows_is_one_entry_with_the_order_as_it_was_right_after() {
    let world = World::new();
    let (customer, freelancer) = world.parties();
    let shop = world.program(Scope::VARIANTS);
    let order = given(&world, &shop);
    let read = || -> Value { serde_json::from_str(&shop.get("/orders/1001").must(200).html).unwrap() };
    let mut then = vec![read()];
    let mut look = || then.push(read());
    freelancer.requests_change(&order, 3, &[("Extra logo", "40,00")], "Meer werk.");
    customer.accepts(&order);
    look();
    customer.asks_for_update(&order, "Hoe gaat het?");
    shop.put("/orders/1001", &json!({"price": "300.00"})).must(200);
    look();
    shop.put("/orders/1001", &json!({"title": "Huisstijl"})).must(200);
    look();
    freelancer.gives_update(&order, "Bijna klaar.");
    freelancer.delivers(&order);
    look();
    customer.requests_revision(&order, "Iets groter.");
    look();
    shop.put("/orders/1001", &json!({"delivery_date": "2099-02-01"})).must(200);
    look();
    customer.asks_to_cancel(&order, "too_late", "Het duurt te lang.");
    freelancer.accepts(&order);
    look();
    world.relays();
    let told = shop.feed();
    assert_eq!(
        types(&told),
        [
            "order.changed",
            "order.changed",
            "order.changed",
            "order.delivered",
            "order.revision_requested",
            "order.changed",
            "order.mutually_cancelled"
        ]
    );
    for (entry, order) in told.iter().zip(&then[1..]) {
        assert_eq!(entry["order"], facts(order), "as it was then");
        assert_eq!(entry["occurred_at"], order["changed_at"]);
        assert!(entry["automatic"].is_null());
    }
    let positions: Vec<i64> = told.iter().map(|entry| entry["position"].as_i64().unwrap()).collect();
    assert_eq!(positions, (1..=7).collect::<Vec<_>>(), "what does not show has no place");
    let ids: BTreeSet<&str> = told.iter().map(|entry| entry["id"].as_str().unwrap()).collect();
    assert_eq!(ids.len(), 7);
    assert_eq!(shop.feed(), told, "the same each time");
    world.relays();
    assert_eq!(shop.feed().len(), 7, "each once");
}

#[test]
fn an_order_that_completes_by_silence_says_so_at_the_moment_at_which_it_did() {
    let world = World::new();
    let (customer, freelancer) = world.parties();
    let shop = world.program(&[Scope::EventsRead]);
    let (silent, approved) = (world.order().active(), world.order().active());
    freelancer.delivers(&silent);
    freelancer.delivers(&approved);
    customer.approves(&approved);
    let due = world.row(&silent).completes_at.unwrap();
    world.days_pass(5);
    world.sweep();
    let told = shop.feed();
    let completed: Vec<&Value> = told.iter().filter(|entry| entry["type"] == json!("order.completed")).collect();
    let by_itself = completed.iter().find(|entry| entry["order"]["reference"] == json!(silent.reference.as_str()));
    let by_hand = completed.iter().find(|entry| entry["order"]["reference"] == json!(approved.reference.as_str()));
    let (by_itself, by_hand) = (by_itself.unwrap(), by_hand.unwrap());
    assert_eq!((&by_itself["automatic"], &by_hand["automatic"]), (&json!(true), &json!(false)));
    let occurred: chrono::DateTime<chrono::Utc> = by_itself["occurred_at"].as_str().unwrap().parse().unwrap();
    let recorded: chrono::DateTime<chrono::Utc> = by_itself["recorded_at"].as_str().unwrap().parse().unwrap();
    assert_eq!(occurred, due);
    assert!(recorded - occurred > TimeDelta::days(1), "it was written down late");
}

#[test]
fn nothing_tells_whether_a_cancellation_was_agreed_or_lapsed() {
    let world = World::new();
    let (customer, freelancer) = world.parties();
    let shop = world.program(&[Scope::EventsRead]);
    let (agreed, lapsed) = (world.order().active(), world.order().active());
    for order in [&agreed, &lapsed] {
        customer.asks_to_cancel(order, "other", "Daarom.");
    }
    freelancer.accepts(&agreed);
    // The servers were away: it is written down two days late.
    world.days_pass(4);
    world.sweep();
    let told = shop.feed();
    assert_eq!(types(&told), ["order.mutually_cancelled"; 2]);
    for entry in &told {
        assert_eq!(entry["recorded_at"], entry["occurred_at"], "{entry}");
        assert_eq!(entry["automatic"], Value::Null, "only completing has it");
    }
}

#[test]
fn what_was_said_is_not_read_for_the_marketplace() {
    let world = World::new();
    let (customer, freelancer) = world.parties();
    let shop = world.program(&[Scope::OrdersRead, Scope::OrdersWrite, Scope::EventsRead]);
    let order = given(&world, &world.program(Scope::VARIANTS));
    customer.asks_for_update(&order, "Hoe staat het?");
    freelancer.comments(&order, "Bijna.");
    world.relays();
    let asked = world.statements(|| {
        for path in ["/orders/1001", "/orders", "/orders?changed_since=2026-01-01T00:00:00Z", "/events"] {
            shop.get(path).must(200);
        }
        shop.put("/orders/1001", &json!({"title": "Logo"})).must(200);
    });
    let reads = |sql: &&String| sql.contains("event_texts");
    assert_eq!(asked.iter().find(reads), None, "the work for an order is the same however much was said on it");
}

#[test]
fn a_program_may_wait_for_an_entry_of_this_server_and_of_another() {
    let world = World::new();
    let (customer, freelancer) = world.parties();
    let shop = world.program(&[Scope::EventsRead]);
    let order = world.order().active();
    let (none, start) = shop.feed_page("wait=0");
    assert_eq!(none.len(), 0);
    let another = world.another_store();
    let waits = |after: &str, happens: &dyn Fn()| {
        std::thread::scope(|scope| {
            let begun = Instant::now();
            let waiting = scope.spawn(|| shop.feed_page(&format!("after={after}&wait=25")));
            std::thread::sleep(Duration::from_millis(400));
            assert!(!waiting.is_finished(), "it waits");
            happens();
            let (told, next) = waiting.join().unwrap();
            assert!(begun.elapsed() < Duration::from_secs(15), "it was told soon: {:?}", begun.elapsed());
            (told, next)
        })
    };
    let (told, next) = waits(&start, &|| {
        freelancer.delivers(&order);
        world.relays();
    });
    assert_eq!(types(&told), ["order.delivered"]);
    let (told, next) = waits(&next, &|| {
        customer.requests_revision(&order, "Groter.");
        relay::relay_all(&another, world.now()).unwrap();
    });
    assert_eq!(types(&told), ["order.revision_requested"]);
    let begun = Instant::now();
    assert_eq!(shop.feed_page(&format!("after={next}&wait=1")), (Vec::new(), next.clone()), "nothing came");
    assert!(begun.elapsed() >= Duration::from_millis(900));
    // A program that stops lets nobody wait.
    let (told, _) = waits(&next, &|| world.app.store.signals().stop_waiting());
    assert_eq!(told.len(), 0);
}

#[test]
fn entries_go_after_400_days_and_a_cursor_before_them_is_told_so() {
    let world = World::new();
    let (customer, freelancer) = world.parties();
    let shop = world.program(&[Scope::EventsRead]);
    let order = world.order().active();
    let (_, start) = shop.feed_page("");
    freelancer.delivers(&order);
    world.relays();
    let (first, behind) = shop.feed_page(&format!("after={start}"));
    assert_eq!(first.len(), 1);
    world.days_pass(399);
    customer.requests_revision(&world.order().delivered(), "Groter.");
    world.relays();
    feed::forget_old(&world.app.store, world.now()).unwrap();
    assert_eq!(shop.feed_page(&format!("after={start}")).0[0], first[0], "it is kept");
    world.days_pass(2);
    feed::forget_old(&world.app.store, world.now()).unwrap();
    let gone = shop.get(&format!("/events?after={start}")).must(410);
    assert!(gone.html.contains("cursor-too-old") && gone.html.contains("changed_since"), "{}", gone.html);
    let (rest, _) = shop.feed_page(&format!("after={behind}"));
    assert_eq!(rest[0]["position"], json!(2));
    assert_eq!(shop.feed(), rest, "without a cursor from the oldest one on");
    // A restored database gives its positions to other entries.
    world.sql("UPDATE feed_sequence SET seed = 'another'").unwrap();
    shop.get(&format!("/events?after={behind}")).must(410);
}

#[test]
fn a_wrong_parameter_of_the_feed_is_named() {
    let world = World::new();
    let shop = world.program(&[Scope::EventsRead]);
    for wrong in
        ["limit=0", "limit=101", "wait=31", "wait=-1", "wait=x", "after=x", "after=1", "after=+1-0123456789abcdef"]
    {
        let (name, _) = wrong.split_once('=').unwrap();
        let refused: Value = serde_json::from_str(&shop.get(&format!("/events?{wrong}")).must(422).html).unwrap();
        assert_eq!(refused["errors"][0]["parameter"], json!(name), "{wrong}");
    }
    shop.get("/events?after=7-0123456789abcdef").must(410);
}

/// Lets two parties deliver and ask for revisions, over and over.
fn works(store: &Store, world: &World, order: &Order, rounds: usize) {
    let row = world.row(order);
    let who = |party| Who { account: row.account(party), reference: row.reference };
    for _ in 0..rounds {
        actions::deliver(store, who(Party::Freelancer), None, world.now()).unwrap();
        let words = Text::parse("Nog iets groter.").unwrap();
        actions::request_revision(store, who(Party::Customer), words, world.now()).unwrap();
    }
}

#[test]
fn a_reader_that_polls_while_sixteen_write_gets_every_entry_once_and_in_order() {
    const WRITERS: usize = 16;
    const ROUNDS: usize = 6;
    let world = World::new();
    let (one, another) = (&world.app.store, &world.another_store());
    let orders: Vec<Order> = (0..WRITERS).map(|_| world.order().active()).collect();
    let shop = world.program(&[Scope::EventsRead]);
    let done = AtomicBool::new(false);
    let told: Vec<Value> = std::thread::scope(|scope| {
        let relays: Vec<_> = [one, another]
            .map(|store| {
                let (world, done) = (&world, &done);
                scope.spawn(move || {
                    while !done.load(Ordering::Relaxed) {
                        relay::relay_all(store, world.now()).unwrap();
                    }
                })
            })
            .into();
        for (nth, order) in orders.iter().enumerate() {
            let store = if nth % 2 == 0 { one } else { another };
            let world = &world;
            scope.spawn(move || works(store, world, order, ROUNDS));
        }
        let (mut told, mut after, begun) = (Vec::new(), String::new(), Instant::now());
        while told.len() < WRITERS * ROUNDS * 2 && begun.elapsed() < Duration::from_secs(60) {
            let (data, next) = shop.feed_page(&format!("limit=5{after}"));
            told.extend(data);
            after = format!("&after={next}");
        }
        done.store(true, Ordering::Relaxed);
        drop(relays);
        told
    });
    let positions: Vec<i64> = told.iter().map(|entry| entry["position"].as_i64().unwrap()).collect();
    let expected: Vec<i64> = (1..=i64::try_from(WRITERS * ROUNDS * 2).unwrap()).collect();
    assert_eq!(positions, expected, "none is missed, and none comes twice");
    let mut versions: BTreeMap<String, Vec<i64>> = BTreeMap::new();
    for entry in &told {
        let order = entry["order"]["reference"].as_str().unwrap().to_owned();
        versions.entry(order).or_default().push(entry["order"]["version"].as_i64().unwrap());
    }
    assert_eq!(versions.len(), WRITERS);
    for (order, versions) in versions {
        let expected: Vec<i64> = (2..).take(ROUNDS * 2).collect();
        assert_eq!(versions, expected, "{order}");
    }
}
