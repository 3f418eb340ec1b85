//! What the running program shares: the database, the clock, the settings, and the threads that wait for the database.

use std::sync::Arc;

use tokio::sync::Notify;
use tokio::task::{JoinError, spawn_blocking};

use crate::clock::Clock;
use crate::metrics::Metrics;
use crate::settings::Settings;
use crate::store::Store;
use crate::turns::Turns;

/// What the running program shares with everything in it. Cheap to clone.
#[derive(Clone)]
pub struct App {
    /// The database.
    pub store: Store,
    /// The clock.
    pub clock: Clock,
    /// The settings.
    pub settings: Arc<Settings>,
    /// What this process counts.
    pub metrics: Metrics,
    /// Turns for heavy work, and room for what people send.
    pub turns: Turns,
    /// Wakes the worker when the next deadline may have come closer.
    pub wake: Arc<Notify>,
}

impl App {
    /// Runs work that takes its time, such as a change of the database, off the threads that answer people.
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

    /// Reads a few rows: on this very thread where the database is in this process, which takes less time than handing the
    /// question to another thread and back. That thread answers others too and waits for nothing: when no connection is free
    /// the question is asked once more, on a thread that may wait.
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
