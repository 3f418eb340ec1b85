//! The sweep: settles due orders, tidies up, and sends reminders.

use std::pin::pin;
use std::time::Duration;

use chrono::TimeDelta;

use crate::app::App;
use crate::operations::accounts::{events, kept_words, limits};
use crate::operations::mail::mail_queue;
use crate::operations::marketplace::feed;
use crate::operations::orders::{retention, sweep};
use crate::store::Error;
use crate::store::accounts::{password_links, sessions, sign_in_links};

/// Longest sleep. Deadlines start days ahead and reminders an hour ahead, so 30 s also sees those of another server in
/// time; tidying up needs no more.
const LONGEST_SLEEP: Duration = Duration::from_secs(30);
/// The sleep while the clock is in doubt; then nothing is settled, reminded of or deleted.
const SLEEP_IN_DOUBT: Duration = Duration::from_secs(1);
/// Retry interval while the database is unavailable.
const RETRY: Duration = Duration::from_secs(1);
/// Shortest sleep, so that a row that cannot be settled never keeps a core busy.
const SHORTEST_SLEEP: Duration = Duration::from_millis(50);

/// Settles and reminds until `stop` resolves: sleeps until the next due moment or a wake-up. A running round is always
/// finished.
pub async fn run(app: App, stop: impl Future<Output = ()>) {
    let mut stop = pin!(stop);
    loop {
        let sleep = match actix_web::web::block({
            let app = app.clone();
            move || round(&app)
        })
        .await
        {
            Ok(Ok(sleep)) => sleep,
            Ok(Err(error)) => {
                tracing::warn!(%error, "the worker could not reach the database; trying again");
                RETRY
            }
            Err(_) => {
                tracing::error!("a round of the worker broke off; trying again");
                RETRY
            }
        };
        tokio::select! {
            () = &mut stop => return,
            () = tokio::time::sleep(sleep) => {}
            () = app.wake.notified() => {}
        }
    }
}

/// Does one round (settle, tidy up, remind) and returns the time to sleep.
fn round(app: &App) -> Result<Duration, Error> {
    if app.clock.doubt().is_some() {
        return Ok(SLEEP_IN_DOUBT);
    }
    let settled = sweep::settle_all_due(&app.store, app.clock.now())?;
    app.metrics.round(settled);
    if settled > 0 {
        tracing::info!(settled, "settled what fell due");
    }
    let wall = app.clock.times().wall;
    // An error in one of these does not stop the others.
    chore(mail_queue::put_right(&app.store, app.clock.now()));
    chore(mail_queue::forget_old(&app.store, app.clock.now()));
    chore(sweep::begin_reviews(&app.store, app.clock.now()));
    chore(sweep::remind(&app.store, app.clock.now()));
    chore(app.store.write(|db| sessions::delete_expired(db, wall)));
    chore(app.store.write(|db| limits::forget_old(db, wall)));
    chore(app.store.write(|db| events::forget_old(db, app.settings.retention.account_events, wall)));
    chore(app.store.write(|db| password_links::delete_expired(db, wall)));
    chore(app.store.write(|db| sign_in_links::delete_expired(db, wall)));
    chore(kept_words::forget_old(&app.store, wall));
    chore(feed::forget_old(&app.store, app.clock.now()));
    chore(retention::round(&app.store, app.settings.retention.closed, app.clock.now()));
    let next = sweep::next_moment(&app.store)?;
    let until_next = next.map_or(TimeDelta::MAX, |next| next - app.clock.now());
    Ok(until_next.to_std().unwrap_or_default().clamp(SHORTEST_SLEEP, LONGEST_SLEEP))
}

/// Logs an error; the next round tries again.
fn chore<T>(done: Result<T, Error>) {
    if let Err(error) = done {
        tracing::warn!(%error, "something is left for the next round of the worker");
    }
}
