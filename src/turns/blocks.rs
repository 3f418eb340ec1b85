//! The memory for hashing: as many pieces as there are turns, used again and again.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use argon2::Block;

/// The memory of one hash, in KiB: 19 MiB (the least that OWASP advises for argon2id with two passes).
pub(super) const BLOCKS: usize = 19 * 1024;
/// The size of one piece in KiB, of which only [`BLOCKS`] is ever touched. The C library gives a piece above 32 MiB its
/// own mapping and returns it to the system when it is freed. It would keep a smaller piece, anew for each thread.
const RESERVED: usize = 33 * 1024;
/// How many free pieces are kept while no hash needs one (our choice: one sign-in after the other needs no new piece).
const KEPT: usize = 1;

type Memory = Vec<Block>;

/// The free pieces of memory.
#[derive(Debug, Default)]
pub(super) struct Pool(Mutex<Free>);

#[derive(Debug, Default)]
struct Free {
    pieces: Vec<Memory>,
    /// Leases without a piece yet, which may ask for one.
    expected: usize,
}

impl Free {
    /// Takes out the pieces beyond those that are expected to be needed.
    fn surplus(&mut self) -> Vec<Memory> {
        let kept = self.expected.max(KEPT).min(self.pieces.len());
        self.pieces.split_off(kept)
    }
}

impl Pool {
    /// Announces that a piece may be needed soon.
    pub fn lease(pool: &Arc<Self>) -> Lease {
        pool.free().expected += 1;
        Lease { pool: pool.clone(), memory: None }
    }

    fn free(&self) -> MutexGuard<'_, Free> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    #[cfg(test)]
    pub fn pieces(&self) -> usize {
        self.free().pieces.len()
    }
}

/// A claim on one piece of memory, which is taken at its first use.
#[derive(Debug)]
pub(super) struct Lease {
    pool: Arc<Pool>,
    memory: Option<Memory>,
}

impl Lease {
    pub fn memory(&mut self) -> &mut [Block] {
        self.memory.get_or_insert_with(|| {
            let piece = {
                let mut free = self.pool.free();
                free.expected -= 1;
                free.pieces.pop()
            };
            piece.unwrap_or_else(|| {
                let mut piece = Vec::with_capacity(RESERVED);
                piece.resize(BLOCKS, Block::new());
                piece
            })
        })
    }
}

impl Drop for Lease {
    fn drop(&mut self) {
        let surplus = {
            let mut free = self.pool.free();
            match self.memory.take() {
                Some(piece) => free.pieces.push(piece),
                None => free.expected -= 1,
            }
            free.surplus()
        };
        // Freed after the lock is released, because freeing takes a millisecond.
        drop(surplus);
    }
}
