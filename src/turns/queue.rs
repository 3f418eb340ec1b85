//! A queue for each caller: a few requests are inside, more wait behind them, and further ones are sent away at once. So a caller
//! who sends a hundred requests together takes one turn from the others.

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::Busy;

/// How many requests of one caller may be inside or waiting (our choice: more than an office signs in within a second).
pub(super) const IN_LINE: usize = 128;

/// The queues of all callers with a request inside.
#[derive(Debug)]
pub(super) struct Queues<K: Hash + Eq>(Arc<Mutex<HashMap<K, Queue>>>);

#[derive(Debug)]
struct Queue {
    inside: Arc<Semaphore>,
    /// Requests inside or waiting.
    requests: usize,
}

impl<K: Hash + Eq> Clone for Queues<K> {
    fn clone(&self) -> Self {
        Self(self.0.clone())
    }
}

impl<K: Hash + Eq> Default for Queues<K> {
    fn default() -> Self {
        Self(Arc::default())
    }
}

impl<K: Hash + Eq + Clone> Queues<K> {
    /// Waits until fewer than `inside` requests of that caller are inside. It fails at once when [`IN_LINE`] are there already.
    pub async fn enter(&self, caller: K, inside: usize) -> Result<Place<K>, Busy> {
        let (inside, mut place) = {
            let mut queues = locked(&self.0);
            let queue = queues
                .entry(caller.clone())
                .or_insert_with(|| Queue { inside: Arc::new(Semaphore::new(inside)), requests: 0 });
            if queue.requests >= IN_LINE {
                return Err(Busy);
            }
            queue.requests += 1;
            (queue.inside.clone(), Place { queues: self.clone(), caller, permit: None })
        };
        place.permit = Some(inside.acquire_owned().await.map_err(|_| Busy)?);
        Ok(place)
    }

    #[cfg(test)]
    pub fn len(&self) -> usize {
        locked(&self.0).len()
    }
}

fn locked<T>(queues: &Mutex<T>) -> MutexGuard<'_, T> {
    queues.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A place in a caller's queue, inside or waiting. Dropping it admits the next request.
#[derive(Debug)]
pub(super) struct Place<K: Hash + Eq> {
    queues: Queues<K>,
    caller: K,
    permit: Option<OwnedSemaphorePermit>,
}

impl<K: Hash + Eq> Drop for Place<K> {
    fn drop(&mut self) {
        let mut queues = locked(&self.queues.0);
        self.permit = None;
        let Some(queue) = queues.get_mut(&self.caller) else { return };
        queue.requests -= 1;
        if queue.requests == 0 {
            queues.remove(&self.caller);
        }
    }
}
