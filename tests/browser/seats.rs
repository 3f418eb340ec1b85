//! The pool of browsers: how many are open at once, however many tests run, and which journey gets a returned one.

use std::sync::{Condvar, Mutex};

use crate::engine::Engine;

/// A browser waits more than it works: with two per processor, both are busy.
const MOST: usize = 4;

static POOL: Mutex<Pool> = Mutex::new(Pool { free: MOST, wanted: 0, left: Vec::new() });
static CHANGED: Condvar = Condvar::new();

struct Pool {
    free: usize,
    /// Seats that journeys wait for. There are never more returned browsers than these, so each one gets a next person,
    /// and none still runs when the last test ends.
    wanted: usize,
    left: Vec<Engine>,
}

/// A number of browsers, returned when dropped. A journey takes all of its seats at once, so that no two journeys can
/// wait for each other.
pub struct Seats {
    taken: usize,
    left: Mutex<Vec<Engine>>,
}

impl Seats {
    /// Waits until this many browsers may be opened.
    pub fn take(seats: usize) -> Self {
        assert!(seats <= MOST, "a journey has at most {MOST} browsers");
        let mut pool = POOL.lock().unwrap();
        pool.wanted += seats;
        let mut pool = CHANGED.wait_while(pool, |pool| pool.free < seats).unwrap();
        pool.wanted -= seats;
        pool.free -= seats;
        let others = pool.left.len().saturating_sub(seats);
        Self { taken: seats, left: Mutex::new(pool.left.split_off(others)) }
    }

    /// A blank browser: a returned one made as new, or else a new one.
    pub fn browser(&self) -> Engine {
        let left = self.left.lock().unwrap().pop();
        left.and_then(Engine::made_as_new).unwrap_or_else(Engine::start)
    }
}

impl Drop for Seats {
    fn drop(&mut self) {
        POOL.lock().unwrap().free += self.taken;
        CHANGED.notify_all();
    }
}

/// Returns a browser to a journey that waits for one; without such a journey it is closed.
pub fn leave(browser: Engine) {
    let mut pool = POOL.lock().unwrap();
    if pool.left.len() < pool.wanted {
        pool.left.push(browser);
    } else {
        drop(pool);
        drop(browser);
    }
}
