//! A locked row, a frozen server with locked rows, and a PostgreSQL without free connections: requests that need that
//! very row are told to try again, and all others go on.

use std::net::SocketAddr;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::sleep;
use std::time::{Duration, Instant};

use diesel::connection::SimpleConnection;
use diesel::{Connection, PgConnection};
use oplossingscentrum::clock::real_now;
use oplossingscentrum::domain::{Order, Party};

use crate::cast::{Cast, Question, signed_in};
use crate::counts::{report, times};
use crate::database::Database;
use crate::examine::examine;
use crate::outages::Enough;
use crate::server::Recipe;
use crate::turn;
use crate::wire::{Seat, Wire};
use crate::writers::{Writer, must_be_a_polite_no};

const PRESSES: usize = 20;
/// How many times as long a request may take that needs none of the locked rows: there is more to do for the same
/// cores.
const TIMES_AS_LONG: u32 = 5;
/// The time that always counts as fast: a third of what a page waits for a connection.
const QUICK: Duration = Duration::from_secs(1);

/// Reads pages, and returns their number and the time of the slowest.
fn looks_around(address: SocketAddr, seat: &Seat, paths: &[String], until: impl Fn() -> bool) -> (u32, Duration) {
    let (mut wire, mut slowest, mut looks) = (Wire::new(address), Duration::ZERO, 0);
    while !until() {
        for path in paths {
            let begun = Instant::now();
            wire.get(path, seat).unwrap().must(200);
            slowest = slowest.max(begun.elapsed());
            looks += 1;
        }
        sleep(Duration::from_millis(20));
    }
    (looks, slowest)
}

/// The slowest page without any lock, with which the others are compared.
fn slowest_in_peace(address: SocketAddr, seat: &Seat, paths: &[String]) -> Duration {
    let begun = Instant::now();
    looks_around(address, seat, paths, || begun.elapsed() > Duration::from_secs(2)).1
}

fn pages(orders: &[Order]) -> Vec<String> {
    let orders = orders.iter().map(|order| format!("/orders/{}", order.reference));
    ["/orders", "/disputes", "/notifications", "/readyz", "/healthz"]
        .map(str::to_owned)
        .into_iter()
        .chain(orders)
        .collect()
}

#[test]
fn an_order_that_is_held_for_a_minute_stops_nothing_but_itself() {
    let _turn = turn();
    let held_for = Duration::from_secs(times(8, 60).into());
    let database = Database::postgres();
    let mut server = Recipe::new(&database).start();
    let store = database.open();
    let cast = Cast::arrive(&store);
    let orders = cast.place(&store, 3);
    let asked = real_now() + chrono::TimeDelta::days(1);
    Cast::ask(&store, &orders[0], Question::CustomerCancels, asked);
    let (customer, freelancer) =
        (signed_in(server.address, Party::Customer), signed_in(server.address, Party::Freelancer));
    let mut writer = Writer::new(server.address);
    writer.take_orders(&cast, &store);
    let mut other = PgConnection::establish(&database.address()).unwrap();
    other
        .batch_execute(&format!("BEGIN; SELECT * FROM orders WHERE reference = '{}' FOR UPDATE", orders[0].reference))
        .unwrap();
    let quick = QUICK.max(slowest_in_peace(server.address, &customer, &pages(&orders)) * TIMES_AS_LONG);
    let begun = Instant::now();
    let (done, path) = (AtomicBool::new(false), format!("/orders/{}/disputes/1/accept", orders[0].reference));
    let (presses, looks, slowest, slowest_change) = std::thread::scope(|scope| {
        let press = || {
            let (mut wire, mut presses) = (Wire::new(server.address), 0_u32);
            while begun.elapsed() < held_for {
                must_be_a_polite_no(&wire.post(&path, &freelancer, &[]).unwrap());
                presses += 1;
            }
            presses
        };
        let presses: Vec<_> = (0..PRESSES).map(|_| scope.spawn(press)).collect();
        let around =
            scope.spawn(|| looks_around(server.address, &customer, &pages(&orders), || done.load(Ordering::Relaxed)));
        let mut slowest_change = Duration::ZERO;
        while begun.elapsed() < held_for {
            let change = Instant::now();
            writer.gets_through();
            slowest_change = slowest_change.max(change.elapsed());
        }
        let presses: u32 = presses.into_iter().map(|press| press.join().unwrap()).sum();
        done.store(true, Ordering::Relaxed);
        let (looks, slowest) = around.join().unwrap();
        (presses, looks, slowest, slowest_change)
    });
    assert_eq!(writer.counted.put_off, 0, "no other order was held up");
    assert!(slowest < quick && slowest_change < quick, "{slowest:?} and {slowest_change:?}, not {quick:?}");
    other.batch_execute("ROLLBACK").unwrap();
    Wire::new(server.address).post(&path, &freelancer, &[]).unwrap().must(303);
    writer.compare(&store);
    server.is_in_good_health();
    examine(&database);
    report(format_args!(
        "an order held for {held_for:?}: {presses} presses on it put off politely by {PRESSES} at once, {looks} other pages in \
         {slowest:?} at most, {} changes of other orders in {slowest_change:?} at most",
        writer.counted.acknowledged
    ));
}

#[test]
fn a_server_that_is_frozen_under_load_stops_none_of_the_others() {
    let _turn = turn();
    let database = Database::postgres();
    let servers = [Recipe::new(&database), Recipe::new(&database)].map(|recipe| (recipe.start(), recipe));
    let [(frozen, _), (other, _)] = &servers;
    let store = database.open();
    let cast = Cast::arrive(&store);
    let orders = cast.place(&store, 3);
    let customer = signed_in(other.address, Party::Customer);
    let mut writers: Vec<Writer> = (0..12).map(|_| Writer::new(frozen.address)).collect();
    let mut beside = Writer::new(other.address);
    let freezes = times(2, 20);
    let quick = QUICK.max(slowest_in_peace(other.address, &customer, &pages(&orders)) * TIMES_AS_LONG);
    // As long as PostgreSQL keeps the transaction of a lost program, and somewhat longer.
    let long = Duration::from_secs(7);
    let look = |begun: Instant| looks_around(other.address, &customer, &pages(&orders), || begun.elapsed() > long);
    let (mut looks, mut slowest, mut slowest_change) = (0, Duration::ZERO, Duration::ZERO);
    for _ in 0..freezes {
        writers.iter_mut().chain([&mut beside]).for_each(|writer| writer.take_orders(&cast, &store));
        let (enough, look_at) = (Enough::default(), &look);
        std::thread::scope(|scope| {
            let at_work = enough.after(scope, &mut writers);
            sleep(Duration::from_millis(300));
            frozen.freezes();
            let begun = Instant::now();
            let around = scope.spawn(move || look_at(begun));
            while begun.elapsed() < long {
                let change = Instant::now();
                beside.gets_through();
                slowest_change = slowest_change.max(change.elapsed());
                sleep(Duration::from_millis(50));
            }
            let (seen, took) = around.join().unwrap();
            (looks, slowest) = (looks + seen, slowest.max(took));
            frozen.thaws();
            at_work.end_cut_off();
        });
        for writer in writers.iter_mut().chain([&mut beside]) {
            writer.settle_up();
            writer.compare(&store);
        }
    }
    // What the frozen one was relaying stays held until PostgreSQL ends its transaction: at most one order of those that the
    // other one changes.
    assert!(beside.counted.put_off <= freezes, "the other server put {} changes off", beside.counted.put_off);
    assert!(slowest < quick && slowest_change < quick, "{slowest:?} and {slowest_change:?}, not {quick:?}");
    for (mut server, _) in servers {
        server.is_in_good_health();
    }
    examine(&database);
    report(format_args!(
        "one of two servers frozen {freezes} times under load: the other one showed {looks} pages in {slowest:?} at most and \
         made {} changes in {slowest_change:?} at most",
        beside.counted.acknowledged
    ));
}

#[test]
fn a_postgresql_that_takes_nobody_more_puts_people_off_and_serves_them_when_it_does() {
    let _turn = turn();
    let database = Database::postgres();
    let Database::Postgres(cluster) = &database else { unreachable!() };
    cluster.sql("CREATE ROLE oc LOGIN; GRANT ALL ON SCHEMA public TO oc; GRANT ALL ON DATABASE postgres TO oc");
    let mut server = Recipe::with(cluster.address_of("oc"), &[]).start();
    let customer = {
        let store = oplossingscentrum::store::Store::open(&cluster.address_of("oc").parse().unwrap()).unwrap();
        Cast::arrive(&store);
        signed_in(server.address, Party::Customer)
    };
    let mut wire = Wire::new(server.address);
    wire.get("/orders", &customer).unwrap().must(200);
    cluster.sql("ALTER ROLE oc CONNECTION LIMIT 0");
    cluster.sql("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'oc'");
    must_be_a_polite_no(&wire.get("/orders", &customer).unwrap());
    cluster.sql("ALTER ROLE oc CONNECTION LIMIT -1");
    let begun = Instant::now();
    while wire.get("/orders", &customer).unwrap().status != 200 {
        assert!(begun.elapsed() < Duration::from_secs(5), "it is there again");
    }
    server.is_in_good_health();
}
