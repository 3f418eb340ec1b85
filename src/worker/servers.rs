//! Watches the clock, and the other servers on the same database.

use std::pin::pin;
use std::time::Duration;

use chrono::TimeDelta;

use crate::app::App;
use crate::clock::Doubt;
use crate::operations::accounts::second_factor;
use crate::operations::maintenance::servers::{self, Difference, Server};
use crate::operations::marketplace::webhooks;
use crate::store::Error;

/// How often it looks.
const PAUSE: Duration = Duration::from_secs(60);

/// Looks every minute until `stop` resolves, and then says that this server stops.
pub async fn run(app: App, server: Server, stop: impl Future<Output = ()>) {
    let mut stop = pin!(stop);
    let mut was_in_doubt = app.clock.doubt().is_some();
    loop {
        let (clock, own, secret) = (app.clock.clone(), server.clone(), app.settings.secret.clone());
        let looked = app.run_blocking(move |store| {
            servers::compare(store, &clock)?;
            // What a wrong clock says is not written down.
            if clock.doubt().is_none() {
                servers::beat(store, &own, clock.times().wall)?;
            }
            let found = servers::difference(store, &own, clock.times().wall)?;
            // Servers with two keys would hide it by turns, and one that does not take the new key could not read it.
            if !found.key {
                second_factor::hide_anew(store, &secret)?;
                webhooks::hide_anew(store, &secret)?;
            }
            Ok(found)
        });
        match looked.await.unwrap_or_else(|error| Err(Error::unavailable(error))) {
            Ok(found) => say_difference(found, app.settings.secret.keys().1.is_some()),
            Err(error) => tracing::warn!(%error, "the clock could not be compared; trying again"),
        }
        was_in_doubt = say(app.clock.doubt(), was_in_doubt);
        tokio::select! {
            () = &mut stop => break,
            () = tokio::time::sleep(PAUSE) => {}
        }
    }
    // A server that is not told to have stopped counts as running for some minutes.
    let _ = app.run_blocking(move |store| servers::leave(store, &server)).await;
}

/// Logs the doubt about the clock, and its end; answers whether there is doubt.
pub fn say(doubt: Option<Doubt>, was_in_doubt: bool) -> bool {
    match doubt {
        Some(Doubt::Apart(by)) => tracing::error!(
            seconds_ahead = seconds(by),
            "this machine's clock is wrong, or the database's: nothing is settled until they agree"
        ),
        Some(Doubt::Behind(recorded)) => tracing::error!(
            %recorded,
            "this machine's clock is before a moment at which the program was running: nothing is settled until it has \
             come there, or until a start with --accept-clock"
        ),
        None if was_in_doubt => {
            tracing::info!("the clock is right again; what fell due is settled");
        }
        None => {}
    }
    doubt.is_some()
}

/// Logs how other servers differ; `is_changing` while this one takes two keys.
fn say_difference(found: Difference, is_changing: bool) {
    if found.key && is_changing {
        tracing::info!("another server has another secret key; what both made is taken");
    } else if found.key {
        tracing::error!("another server has another secret key: people are signed out by turns");
    }
    if found.version {
        tracing::warn!("another server is of another version");
    }
}

fn seconds(by: TimeDelta) -> i64 {
    by.num_seconds()
}
