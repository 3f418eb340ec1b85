//! The relay: writes the mails of new events, at once after each commit, and hashes what has no hash yet in small steps.

use std::pin::pin;
use std::time::Duration;

use crate::app::App;
use crate::operations::orders::{chain, relay};
use crate::store::Error;

/// How often it looks by itself: for events of another server that stopped before it relayed them.
const IDLE: Duration = Duration::from_secs(2);
/// Retry interval while the database is unavailable.
const RETRY: Duration = Duration::from_secs(1);
/// The shortest time between two rounds: under load one round takes the events of many changes together.
const GATHER: Duration = Duration::from_millis(20);

/// Relays until `stop` resolves; a round is always finished.
pub async fn run(app: App, stop: impl Future<Output = ()>) {
    let mut stop = pin!(stop);
    // The last order whose events of old were hashed, while there are more.
    let mut hashed = String::new();
    loop {
        let now = app.clock.now();
        let metrics = app.metrics.clone();
        let count =
            move |asked: relay::Asked| metrics.question(asked.kind.code(), asked.outcome.map(<&'static str>::from));
        let from = std::mem::take(&mut hashed);
        let round = move |store: &_| {
            relay::relay_and_count(store, now, count)?;
            chain::hash_older(store, &from)
        };
        let sleep = match app.run_blocking(round).await {
            Ok(Ok(None)) => IDLE,
            Ok(Ok(Some(last))) => {
                hashed = last;
                GATHER
            }
            Ok(Err(error)) => broke_off(&error),
            Err(error) => broke_off(&Error::unavailable(error)),
        };
        tokio::select! {
            () = &mut stop => return,
            () = tokio::time::sleep(sleep) => {}
            () = app.store.signals().relay.notified() => tokio::time::sleep(GATHER).await,
        }
    }
}

fn broke_off(error: &Error) -> Duration {
    tracing::warn!(%error, "events could not be relayed; trying again");
    RETRY
}
