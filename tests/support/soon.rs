//! Waiting for what happens by itself.

use std::time::{Duration, Instant};

/// Waits until that holds. The limit is for what never happens; a busy machine may take seconds for what does.
#[track_caller]
pub fn soon(what: impl Fn() -> bool) {
    let until = Instant::now() + Duration::from_secs(30);
    while !what() {
        assert!(Instant::now() < until, "it did not happen in time");
        std::thread::sleep(Duration::from_millis(20));
    }
}
