//! The common part of every outage: writers at work, people who read, and service for all again soon after.

use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::{Scope, ScopedJoinHandle, sleep};
use std::time::{Duration, Instant};

use crate::cast::Cast;
use crate::database::Database;
use crate::examine::examine;
use crate::server::Server;
use crate::writers::Counted;
use crate::writers::Writer;

const WRITERS: usize = 8;
/// How soon after the end of the outage everything must work again.
const RECOVERS_WITHIN: Duration = Duration::from_secs(3);

/// The result of an outage.
pub struct Outcome {
    pub counted: Counted,
    /// The longest wait of a request after the database was back.
    pub slowest_recovery: Duration,
}

/// Tells writers to stop, also when the test fails.
#[derive(Default)]
pub struct Enough(AtomicBool);

/// Writers at work.
pub struct AtWork<'scope, 'a> {
    enough: &'a Enough,
    writers: Vec<ScopedJoinHandle<'scope, bool>>,
}

impl Enough {
    /// Starts them.
    pub fn after<'scope, 'env>(
        &'env self,
        scope: &'scope Scope<'scope, 'env>,
        writers: &'env mut [Writer],
    ) -> AtWork<'scope, 'env> {
        let writers = writers.iter_mut().map(|writer| scope.spawn(|| writer.write_until(&self.0))).collect();
        AtWork { enough: self, writers }
    }
}

impl AtWork<'_, '_> {
    /// Stops them; the server must have answered them all the time.
    pub fn end(self) {
        assert!(self.end_cut_off(), "the server did not talk to everybody");
    }

    /// Stops them, and returns whether the server answered them all the time. A server that was frozen may hang up on
    /// requests that it read too slowly; their writers send them again when they settle up.
    pub fn end_cut_off(mut self) -> bool {
        self.enough.0.store(true, Ordering::Relaxed);
        std::mem::take(&mut self.writers)
            .into_iter()
            .map(|writer| writer.join().unwrap())
            .fold(true, |all, one| all & one)
    }
}

impl Drop for AtWork<'_, '_> {
    fn drop(&mut self) {
        self.enough.0.store(true, Ordering::Relaxed);
    }
}

/// Takes the database away from writers at work, and gives it back, that many times. `strike` makes it fail, `look`
/// checks the program then, and `mend` repairs it.
pub fn outages(
    database: &Database,
    server: &mut Server,
    times: u32,
    strike: impl Fn(&Server),
    look: impl Fn(&mut Writer, &Server),
    mend: impl Fn(&Server),
) -> Outcome {
    let store = database.open();
    let cast = Cast::arrive(&store);
    let mut writers: Vec<Writer> = (0..WRITERS).map(|_| Writer::new(server.address)).collect();
    let mut witness = Writer::with_another_device(server.address);
    let mut slowest_recovery = Duration::ZERO;
    for _ in 0..times {
        writers.iter_mut().chain([&mut witness]).for_each(|writer| writer.take_orders(&cast, &store));
        let enough = Enough::default();
        let recovery = std::thread::scope(|scope| {
            let at_work = enough.after(scope, &mut writers);
            witness.gets_through();
            sleep(Duration::from_millis(300));
            strike(server);
            witness.is_put_off();
            look(&mut witness, server);
            mend(server);
            let mended = Instant::now();
            witness.gets_through();
            let recovery = mended.elapsed();
            sleep(Duration::from_millis(300));
            at_work.end();
            recovery
        });
        assert!(recovery < RECOVERS_WITHIN, "it took {recovery:?} to recover");
        slowest_recovery = slowest_recovery.max(recovery);
        for writer in writers.iter_mut().chain([&mut witness]) {
            writer.settle_up();
            writer.compare(&store);
        }
    }
    server.is_in_good_health();
    examine(database);
    let counted = writers.iter().chain([&witness]).map(|writer| writer.counted).sum();
    Outcome { counted, slowest_recovery }
}
