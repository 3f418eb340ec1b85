//! A queue for each account: one request is inside, the others wait behind it.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::{AcquireError, OwnedSemaphorePermit, Semaphore};

use crate::domain::AccountId;

type ByAccount = HashMap<AccountId, Arc<Semaphore>>;

/// The queues of all accounts with a request inside.
#[derive(Debug, Clone, Default)]
pub(super) struct Queues(Arc<Mutex<ByAccount>>);

impl Queues {
    fn locked(&self) -> MutexGuard<'_, ByAccount> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits until no other request of that account is inside.
    pub async fn enter(&self, account: AccountId) -> Result<Place, AcquireError> {
        let queue = self.locked().entry(account).or_insert_with(|| Arc::new(Semaphore::new(1))).clone();
        let mut place = Place { queues: self.clone(), account, permit: None };
        place.permit = Some(queue.acquire_owned().await?);
        Ok(place)
    }

    #[cfg(test)]
    pub fn len(&self) -> usize {
        self.locked().len()
    }
}

/// A place in an account's queue, inside or waiting. Dropping it admits the next request.
#[derive(Debug)]
pub(super) struct Place {
    queues: Queues,
    account: AccountId,
    permit: Option<OwnedSemaphorePermit>,
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut queues = self.queues.locked();
        self.permit = None;
        // Every waiting request holds the queue too.
        if queues.get(&self.account).is_some_and(|queue| Arc::strong_count(queue) == 1) {
            queues.remove(&self.account);
        }
    }
}
