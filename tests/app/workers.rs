//! The worker: it settles deadlines unasked and exactly once, and at the start settles what fell due while the program
//! was down.

use chrono::{DateTime, TimeDelta, Utc};
use oplossingscentrum::domain::{Actor, Event, EventKind, Status};
use oplossingscentrum::operations::orders::sweep;
use oplossingscentrum::store::orders::{events, notifications};
use oplossingscentrum::store::{Store, outbox};

use crate::builders::Order;
use crate::soon::soon;
use crate::troubles::{held, releases};
use crate::world::Kind;
use crate::world::World;

fn lapses(world: &World, order: &Order) -> usize {
    world.events(order).iter().filter(|event| event.kind == EventKind::Lapsed).count()
}

#[test]
fn the_worker_settles_at_the_deadline_without_any_request() {
    let mut world = World::closed(Kind { worker: true, ..Kind::default() });
    let order = world.order().up_to(Status::InDispute);
    let deadline = world.dispute(&order, 1).respond_by;
    world.it_is(deadline - TimeDelta::milliseconds(1_000));
    world.opens();
    assert_eq!(world.row(&order).status, Status::InDispute, "not before the deadline");
    soon(|| world.row(&order).status == Status::Active);
    assert!(world.now() - deadline < TimeDelta::seconds(4), "{}", world.now() - deadline);
    assert_eq!(world.events(&order).pop().unwrap().at, deadline);
}

#[test]
fn two_workers_on_one_database_settle_everything_exactly_once() {
    let mut world = World::closed(Kind { worker: true, ..Kind::default() });
    let orders: Vec<_> = (0..40).map(|_| world.order().up_to(Status::InDispute)).collect();
    world.it_is(world.dispute(&orders[39], 1).respond_by - TimeDelta::milliseconds(500));
    world.opens();
    let other = world.another_server();
    soon(|| orders.iter().all(|order| world.row(order).status == Status::Active));
    let freelancer = world.freelancer();
    for order in &orders {
        assert_eq!(lapses(&world, order), 1, "{order}");
        assert_eq!(world.row(order).event_count, 3);
    }
    let told = world.app.store.snapshot(|db| notifications::list(db, freelancer.id, None, 999)).unwrap();
    assert_eq!(told.iter().filter(|row| row.event.kind == EventKind::Lapsed).count(), 40, "each told once");
    assert!(freelancer.at(&other.address).sees(&orders[0].path).says("Actief"), "both servers know the session");
}

#[test]
fn many_sweeps_at_once_on_as_many_connections_settle_everything_exactly_once() {
    let world = World::new();
    let orders: Vec<_> = (0..30).map(|_| world.order().up_to(Status::ChangeRequested)).collect();
    world.days_pass(5);
    let now = world.now();
    let stores: Vec<Store> = (0..3).map(|_| world.another_store()).collect();
    let settled: usize = std::thread::scope(|scope| {
        let sweep = |store| {
            scope.spawn(move || oplossingscentrum::operations::orders::sweep::settle_all_due(store, now).unwrap())
        };
        let sweeps: Vec<_> = stores.iter().map(sweep).collect();
        sweeps.into_iter().map(|sweep| sweep.join().unwrap()).sum()
    });
    assert_eq!(settled, 30);
    for order in &orders {
        assert_eq!(lapses(&world, order), 1, "{order}");
    }
}

/// More orders than the first batch has, each with a deadline of its own, of every kind by turns.
fn many_with_deadlines(world: &World) -> Vec<Order> {
    let order = |nth: usize| {
        world.seconds_pass(1);
        match nth % 3 {
            0 => world.order().up_to(Status::InDispute),
            1 => world.order().up_to(Status::ChangeRequested),
            _ => world.order().delivered(),
        }
    };
    (0..120).map(order).collect()
}

/// The moment at which silence decides on each of these orders.
fn deadlines(world: &World, orders: &[Order]) -> Vec<DateTime<Utc>> {
    orders.iter().map(|order| world.row(order).settles_at().unwrap()).collect()
}

/// Checks that silence has decided one thing on that order, at that moment, and told both parties once.
#[track_caller]
fn is_settled_once(world: &World, order: &Order, deadline: DateTime<Utc>) {
    let (row, events) = (world.row(order), world.events(order));
    let last = events.last().unwrap();
    assert_eq!((last.at, last.actor, row.settles_at()), (deadline, Actor::System, None), "{order}");
    assert_eq!(events.iter().filter(|event| event.actor == Actor::System).count(), 1, "{order}");
    assert_eq!(usize::try_from(row.event_count).unwrap(), events.len(), "{order}");
    world.relays();
    for party in [row.customer, row.freelancer] {
        let (reference, number) = (order.reference, last.number);
        let told = world.app.store.snapshot(|db| notifications::list(db, party, None, 999)).unwrap();
        let is_it =
            |row: &&notifications::NotificationListItem| row.reference == reference && row.event.number == number;
        assert_eq!(told.iter().filter(is_it).count(), 1, "{order}");
        let key = format!("event.{reference}.{number:04}");
        let mail = outbox::Name { order: reference.to_string(), key, account: party };
        assert!(world.app.store.snapshot(|db| outbox::find(db, &mail)).unwrap().is_some(), "{order}");
    }
}

#[test]
fn many_that_are_due_are_each_settled_once_at_their_own_deadline_by_two_servers_together() {
    let world = World::new();
    let orders = many_with_deadlines(&world);
    let deadlines = deadlines(&world, &orders);
    world.days_pass(10);
    let now = world.now();
    let stores = [world.another_store(), world.another_store()];
    let settled: usize = std::thread::scope(|scope| {
        let sweeps = stores.each_ref().map(|store| scope.spawn(move || sweep::settle_all_due(store, now).unwrap()));
        sweeps.into_iter().map(|sweep| sweep.join().unwrap()).sum()
    });
    assert_eq!(settled, orders.len());
    for (order, deadline) in orders.iter().zip(deadlines) {
        is_settled_once(&world, order, deadline);
    }
    assert_eq!(world.sweep(), 0, "there is nothing left");
}

#[test]
fn one_that_cannot_be_understood_is_passed_over_and_the_others_are_settled() {
    let world = World::new();
    let orders = many_with_deadlines(&world);
    let deadlines = deadlines(&world, &orders);
    world.days_pass(10);
    let corrupt = &orders[30];
    let becomes =
        |code: &str| world.sql(&format!("UPDATE orders SET currency = '{code}' WHERE reference = '{corrupt}'"));
    becomes("XXX").unwrap();
    assert_eq!(world.sweep(), orders.len() - 1);
    becomes("EUR").unwrap();
    assert_eq!(world.row(corrupt).settles_at(), Some(deadlines[30]), "nothing was done to it");
    assert_eq!(world.sweep(), 1);
    for (order, deadline) in orders.iter().zip(deadlines) {
        is_settled_once(&world, order, deadline);
    }
}

#[test]
fn one_that_cannot_be_written_down_is_left_whole_and_the_others_are_settled() {
    let world = World::new();
    let orders = many_with_deadlines(&world);
    let deadlines = deadlines(&world, &orders);
    world.days_pass(10);
    // The number of its next event is taken already.
    let stuck = world.row(&orders[30]);
    let taken = Event { number: stuck.event_count + 1, ..world.events(&orders[30]).pop().unwrap() };
    world.app.store.write(|db| events::append(db, &stuck, &taken)).unwrap();
    assert_eq!(world.sweep(), orders.len() - 1);
    assert_eq!(world.row(&orders[30]), stuck, "nothing was done to it");
    for (nth, order) in orders.iter().enumerate().filter(|(nth, _)| *nth != 30) {
        is_settled_once(&world, order, deadlines[nth]);
    }
}

#[test]
fn one_that_somebody_holds_is_left_to_them_and_nobody_waits() {
    let world = World::new();
    // SQLite's write lock is for the whole database: there is no order to leave to another server.
    if !world.is_postgres() {
        return;
    }
    let orders = many_with_deadlines(&world);
    world.days_pass(10);
    let hold = held(&world, &orders[30]);
    assert_eq!(world.sweep(), orders.len() - 1);
    releases(hold);
    assert_eq!(world.sweep(), 1, "the next round settles it");
}

#[test]
fn what_fell_due_while_the_program_was_down_is_settled_before_the_first_page() {
    let mut world = World::closed(Kind::default());
    let (update, change) = (world.order().up_to(Status::InDispute), world.order().up_to(Status::ChangeRequested));
    let delivered = world.order().delivered();
    let deadlines = [&update, &change].map(|order| world.dispute(order, 1).respond_by);
    let completes = world.row(&delivered).completes_at.unwrap();
    world.days_pass(10);
    assert_eq!(world.sweep(), 3);
    world.opens();
    let customer = world.customer();
    for (order, at, word) in
        [(&update, deadlines[0], "Actief"), (&change, deadlines[1], "Actief"), (&delivered, completes, "Voltooid")]
    {
        assert_eq!(world.events(order).pop().unwrap().at, at, "dated at its own deadline, not ten days later");
        assert!(customer.sees(&order.path).says(word));
    }
}

#[test]
fn a_worker_that_thought_it_could_sleep_is_woken() {
    let world = World::with_worker();
    let (customer, freelancer) = world.parties();
    let order = world.order().active();
    customer.asks_for_update(&order, "Hoe staat het?");
    world.it_is(world.dispute(&order, 1).respond_by);
    world.app.wake.notify_one();
    soon(|| world.row(&order).status == Status::Active);
    assert_eq!((lapses(&world, &order), freelancer.badge()), (1, 0));
}
