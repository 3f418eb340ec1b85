//! PostgreSQL crashes and comes back, or ends all connections: people are told to try again, and are then served.

use std::thread::sleep;
use std::time::Duration;

use crate::cast::Cast;
use crate::counts::report;
use crate::counts::times;
use crate::database::Cluster;
use crate::database::Database;
use crate::examine::examine;
use crate::outages::Enough;
use crate::outages::Outcome;
use crate::outages::outages;
use crate::server::Recipe;
use crate::server::Server;
use crate::turn;
use crate::wire::Seat;
use crate::wire::Wire;
use crate::writers::Counted;
use crate::writers::Writer;
use crate::writers::must_be_a_polite_no;

/// Ends every connection except its own.
const HANG_UP: &str = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity \
                       WHERE pid <> pg_backend_pid() AND backend_type = 'client backend'";

#[test]
fn when_postgresql_crashes_everybody_is_put_off_and_served_again_when_it_is_back() {
    let _turn = turn();
    // Every write waits for the disk, as in production: an acknowledged change must survive the crash.
    let database = Database::Postgres(Cluster::start(""));
    let Database::Postgres(cluster) = &database else { unreachable!() };
    let mut server = Recipe::new(&database).start();
    let crashes = times(1, 20);
    let look = |witness: &mut Writer, server: &Server| {
        must_be_a_polite_no(&witness.looks());
        let (mut wire, nobody) = (Wire::new(server.address), Seat::default());
        wire.get("/healthz", &nobody).unwrap().must(200);
        wire.get("/readyz", &nobody).unwrap().must(503);
        wire.get("/help", &nobody).unwrap().must(200);
    };
    let Outcome { counted, slowest_recovery } =
        outages(&database, &mut server, crashes, |_| cluster.crash(), look, |_| cluster.resume());
    report(format_args!(
        "PostgreSQL stopped at once and started again, {crashes} time(s) under load: {} changes acknowledged and kept, {} \
         times a polite 503, nothing half done; working again after {slowest_recovery:?} at most",
        counted.acknowledged, counted.put_off
    ));
}

#[test]
fn when_postgresql_hangs_up_nothing_is_half_done_and_the_next_try_works() {
    let _turn = turn();
    let database = Database::postgres();
    let Database::Postgres(cluster) = &database else { unreachable!() };
    let mut server = Recipe::new(&database).start();
    let cast = Cast::arrive(&database.open());
    let mut writers: Vec<Writer> = (0..8).map(|_| Writer::new(server.address)).collect();
    let hang_ups = times(10, 500);
    for _ in 0..hang_ups / 10 {
        for writer in &mut writers {
            writer.take_orders(&cast, &database.open());
        }
        let enough = Enough::default();
        std::thread::scope(|scope| {
            let at_work = enough.after(scope, &mut writers);
            for _ in 0..10 {
                sleep(Duration::from_millis(100));
                cluster.sql(HANG_UP);
            }
            at_work.end();
        });
        let store = database.open();
        for writer in &mut writers {
            writer.settle_up();
            writer.compare(&store);
        }
    }
    server.is_in_good_health();
    examine(&database);
    let Counted { acknowledged, put_off, were_done, .. } = writers.iter().map(|writer| writer.counted).sum();
    report(format_args!(
        "PostgreSQL hung up on everybody {hang_ups} times under load: {acknowledged} changes acknowledged and kept, {put_off} \
         times a polite 503 ({were_done} of them had been done after all), nothing half done"
    ));
}
