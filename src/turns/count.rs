//! Counts how many pieces of work run now, and how many ran at once at most.

use std::sync::atomic::{AtomicUsize, Ordering};

/// Counts pieces of work while they run.
#[derive(Debug, Default)]
pub(super) struct Count {
    now: AtomicUsize,
    most: AtomicUsize,
    begun: AtomicUsize,
}

impl Count {
    /// Counts one more piece of work until the returned guard is dropped.
    pub fn begin(&self) -> Counted<'_> {
        let now = self.now.fetch_add(1, Ordering::SeqCst) + 1;
        self.most.fetch_max(now, Ordering::SeqCst);
        self.begun.fetch_add(1, Ordering::SeqCst);
        Counted(self)
    }

    pub fn figures(&self) -> Figures {
        let of = |number: &AtomicUsize| number.load(Ordering::SeqCst);
        Figures { now: of(&self.now), most: of(&self.most), begun: of(&self.begun) }
    }
}

/// A running piece of work. Dropping it ends the count.
pub(super) struct Counted<'a>(&'a Count);

impl Drop for Counted<'_> {
    fn drop(&mut self) {
        self.0.now.fetch_sub(1, Ordering::SeqCst);
    }
}

/// How many pieces of work of one kind run.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Figures {
    /// How many run now.
    pub now: usize,
    /// How many ran at once at most, since the process started.
    pub most: usize,
    /// How many have begun, since the process started.
    pub begun: usize,
}

/// The heavy work of this process.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Running {
    /// Work that takes a core: hashing passwords and judging new ones.
    pub heavy: Figures,
    /// Searches in orders.
    pub searches: Figures,
    /// Bytes of forms that are being read or answered.
    pub body_bytes: usize,
}
