//! The shared state of the running program: database, clock, settings, and the threads that wait for the database.

use std::sync::Arc;

use tokio::sync::Notify;
use tokio::task::{JoinError, spawn_blocking};

use crate::clock::Clock;
use crate::metrics::Metrics;
use crate::settings::Settings;
use crate::store::Store;
use crate::turns::Turns;

/// The shared state of the running program. Cheap to clone.
#[derive(Clone)]
pub struct App {
    /// The database.
    pub store: Store,
    /// The clock.
    pub clock: Clock,
    /// The settings.
    pub settings: Arc<Settings>,
    /// The counters of this process.
    pub metrics: Metrics,
    /// Turns for heavy work, and room for form bodies.
    pub turns: Turns,
    /// Wakes the worker when the next deadline may have moved forward.
    pub wake: Arc<Notify>,
}

impl App {
    /// Runs slow work, such as a change of the database, on another thread than those that answer requests.
    ///
    /// # Errors
    ///
    /// When the work panics.
    pub async fn run_blocking<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Store) -> T + Send + 'static,
    ) -> Result<T, JoinError> {
        let store = self.store.clone();
        spawn_blocking(move || work(&store)).await
    }

    /// Reads a few rows. An embedded database is read on this very thread, which takes less time than moving the
    /// question to another thread and back. This thread answers other requests too and must not wait: when no
    /// connection is free, the question is asked again on a thread that may wait.
    ///
    /// # Errors
    ///
    /// When the work panics on another thread.
    pub async fn read_inline<T: Send + 'static>(
        &self,
        question: impl Fn(&Store) -> T + Send + 'static,
    ) -> Result<T, JoinError> {
        if self.store.is_embedded() {
            let store = self.store.without_waiting();
            let answer = question(&store);
            if !store.was_refused() {
                return Ok(answer);
            }
        }
        self.run_blocking(question).await
    }
}
