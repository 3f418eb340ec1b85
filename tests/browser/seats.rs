//! How many browsers may be open at the same time, however many tests run.

use std::sync::{Condvar, Mutex};

/// More than this, and each waits for the other's processor.
const MOST: usize = 2;

static FREE: Mutex<usize> = Mutex::new(MOST);
static LEFT: Condvar = Condvar::new();

/// So many browsers, given back when dropped. A journey takes all of its seats at once, so that no two journeys can wait
/// for each other.
pub struct Seats(usize);

impl Seats {
    /// Waits until so many browsers may be opened.
    pub fn take(seats: usize) -> Self {
        assert!(seats <= MOST, "a journey has at most {MOST} browsers");
        let mut free = LEFT.wait_while(FREE.lock().unwrap(), |free| *free < seats).unwrap();
        *free -= seats;
        Self(seats)
    }
}

impl Drop for Seats {
    fn drop(&mut self) {
        *FREE.lock().unwrap() += self.0;
        LEFT.notify_all();
    }
}
