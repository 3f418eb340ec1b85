//! The program's own hands: deadlines are settled without anybody asking, exactly once, and what fell due while the
//! program was down is settled when it starts.

use std::time::{Duration, Instant};

use chrono::TimeDelta;
use oplossingscentrum::domain::{Status, What};
use oplossingscentrum::store::{Store, notifications};

use crate::builders::Order;
use crate::world::{Kind, World};

/// Waits until that holds, for five seconds at most.
#[track_caller]
pub fn soon(what: impl Fn() -> bool) {
    let until = Instant::now() + Duration::from_secs(5);
    while !what() {
        assert!(Instant::now() < until, "it did not happen in time");
        std::thread::sleep(Duration::from_millis(20));
    }
}

fn lapses(world: &World, order: &Order) -> usize {
    world.events(order).iter().filter(|event| event.what == What::Lapsed).count()
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
        assert_eq!(world.row(order).events, 3);
    }
    let told = world.app.store.read(|db| notifications::list(db, freelancer.id, None, 999)).unwrap();
    assert_eq!(told.iter().filter(|row| row.event.what == What::Lapsed).count(), 40, "each told once");
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
        let sweep = |store| scope.spawn(move || oplossingscentrum::center::sweep::settle_all_due(store, now).unwrap());
        let sweeps: Vec<_> = stores.iter().map(sweep).collect();
        sweeps.into_iter().map(|sweep| sweep.join().unwrap()).sum()
    });
    assert_eq!(settled, 30);
    for order in &orders {
        assert_eq!(lapses(&world, order), 1, "{order}");
    }
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
    let klant = world.klant();
    for (order, at, word) in
        [(&update, deadlines[0], "Actief"), (&change, deadlines[1], "Actief"), (&delivered, completes, "Voltooid")]
    {
        assert_eq!(world.events(order).pop().unwrap().at, at, "dated at its own deadline, not ten days later");
        assert!(klant.sees(&order.path).says(word));
    }
}

#[test]
fn a_worker_that_thought_it_could_sleep_is_woken() {
    let world = World::with_worker();
    let (klant, freelancer) = world.parties();
    let order = world.order().active();
    klant.asks_for_update(&order, "Hoe staat het?");
    world.it_is(world.dispute(&order, 1).respond_by);
    world.app.wake.notify_one();
    soon(|| world.row(&order).status == Status::Active);
    assert_eq!((lapses(&world, &order), freelancer.badge()), (1, 0));
}
