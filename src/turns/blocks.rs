//! The memory of hashing: as many blocks as there are turns, used again and again.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use argon2::Block;

/// The memory of one hash: 19 MiB (OWASP's least for argon2id with two passes).
pub(super) const BLOCKS: usize = 19 * 1024;
/// Address space that is asked for, of which only [`BLOCKS`] is ever touched. The C library gives a piece above 32 MiB a
/// mapping of its own and returns it to the system when it is freed; a smaller one it keeps, for each thread anew.
const RESERVED: usize = 33 * 1024;
/// Pieces that wait for the next hash when nobody asks for one (our choice: one sign-in after the other needs no new one).
const KEPT: usize = 1;

type Memory = Vec<Block>;

/// Pieces of memory that nobody uses now.
#[derive(Debug, Default)]
pub(super) struct Pool(Mutex<Free>);

#[derive(Debug, Default)]
struct Free {
    pieces: Vec<Memory>,
    /// Leases that have no memory yet, and may ask for it.
    expected: usize,
}

impl Free {
    /// The pieces that are more than is expected to be needed.
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

/// A claim on one piece of memory, taken when it is used first.
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
        // Freed when the lock is free again: it takes a millisecond.
        drop(surplus);
    }
}
