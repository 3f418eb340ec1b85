//! Sends entries of the feed to the endpoints of the marketplace, on a thread of its own.

use std::collections::HashMap;
use std::pin::pin;
use std::thread;
use std::time::{Duration, Instant};

use chrono::TimeDelta;
use tokio::runtime::Builder;
use tokio::task::{JoinSet, LocalSet};
use tokio::time::timeout;

use crate::app::App;
use crate::operations::marketplace::deliveries::{self, Answer, ToTry};
use crate::operations::marketplace::{feed, webhooks};
use crate::store::marketplace::deliveries::Tried;
use crate::store::{Error, Store};
use crate::webhook::client::{Attempt, Client};
use crate::webhook::message::Message;

/// How often it looks by itself: for entries of another server, and for endpoints that were added.
const IDLE: Duration = Duration::from_secs(2);
/// How often it gives up what is old, and deletes what is older.
const TIDIES_UP: Duration = Duration::from_secs(60);
/// How much longer a claim lasts than a try: time to store the result.
const MARGIN: Duration = Duration::from_secs(30);
/// How long tries that are underway get when the program stops. One that is cut off is tried again after the next start.
const LAST_TRIES: Duration = Duration::from_secs(5);

/// Runs [`run`] on a thread of its own, so that a receiver never holds up a deadline.
pub fn start(
    app: App,
    client: Client,
    stop: impl Future<Output = ()> + Send + 'static,
) -> std::io::Result<thread::JoinHandle<()>> {
    thread::Builder::new().name("webhooks".into()).spawn(move || {
        let Ok(runtime) = Builder::new_current_thread().enable_all().build() else {
            tracing::error!("the thread for webhooks could not be set up");
            return;
        };
        runtime.block_on(LocalSet::new().run_until(run(app, client, stop)));
        // A lookup that hangs is left alone.
        runtime.shutdown_background();
    })
}

/// Sends until `stop` resolves.
pub async fn run(app: App, client: Client, stop: impl Future<Output = ()>) {
    let mut stop = pin!(stop);
    let mut underway: JoinSet<String> = JoinSet::new();
    let mut counts: HashMap<String, usize> = HashMap::new();
    let mut tidied: Option<Instant> = None;
    loop {
        if tidied.is_none_or(|at| at.elapsed() >= TIDIES_UP) {
            tidied = Some(Instant::now());
            let now = app.clock.times();
            chore(ask(&app, move |store| deliveries::tidy_up(store, now)).await);
        }
        let (now, busy) = (app.clock.times(), counts.clone());
        let underway_at = move |endpoint: &str| busy.get(endpoint).copied().unwrap_or_default();
        let until = now.wall + delta(client.patience() + MARGIN);
        for to_try in
            chore(ask(&app, move |store| deliveries::claim(store, now, until, underway_at)).await).unwrap_or_default()
        {
            *counts.entry(to_try.endpoint.id.clone()).or_default() += 1;
            underway.spawn_local(one(app.clone(), client.clone(), to_try));
        }
        let sleep = next_look(&app).await;
        let ended = tokio::select! {
            () = &mut stop => break,
            ended = underway.join_next(), if !underway.is_empty() => ended.and_then(Result::ok),
            () = tokio::time::sleep(sleep) => None,
            () = app.store.signals().webhooks.notified() => None,
        };
        if let Some(endpoint) = ended {
            counts.entry(endpoint).and_modify(|count| *count -= 1);
        }
        if underway.is_empty() {
            counts.clear();
        }
    }
    let _ = timeout(LAST_TRIES, async { while underway.join_next().await.is_some() {} }).await;
}

/// Runs work on the database, off this thread.
async fn ask<T: Send + 'static>(
    app: &App,
    work: impl FnOnce(&Store) -> Result<T, Error> + Send + 'static,
) -> Result<T, Error> {
    app.run_blocking(work).await.unwrap_or_else(|error| Err(Error::unavailable(error)))
}

/// Logs an error; the next round tries again.
fn chore<T>(done: Result<T, Error>) -> Option<T> {
    done.inspect_err(|error| tracing::warn!(%error, "webhooks are left for the next round")).ok()
}

/// How long to sleep when nothing else happens.
async fn next_look(app: &App) -> Duration {
    let now = app.clock.now();
    match ask(app, move |store| deliveries::next_try(store, now)).await {
        Ok(Some(next)) => (next - now).to_std().unwrap_or_default().min(IDLE),
        Ok(None) | Err(_) => IDLE,
    }
}

/// Tries one delivery and stores what came of it; answers with its endpoint.
async fn one(app: App, client: Client, to_try: ToTry) -> String {
    let endpoint = to_try.endpoint.id.clone();
    if let Err(error) = deliver(&app, &client, to_try).await {
        // The claim ends by itself, and it is tried again.
        tracing::warn!(%error, "what became of a webhook could not be written down");
    }
    endpoint
}

async fn deliver(app: &App, client: &Client, to_try: ToTry) -> Result<(), Error> {
    let ToTry { endpoint, claimed } = to_try;
    let position = claimed.position;
    let entry = ask(app, move |store| feed::at(store, position)).await?;
    let wall = app.clock.times().wall;
    let secrets = webhooks::signing_secrets(&app.settings.secret, &endpoint, wall);
    let (outcome, answer, took) = match (entry, secrets) {
        (None, _) => ("no-entry".to_owned(), Answer::Took, Duration::ZERO),
        (_, Err(error)) => {
            tracing::error!(endpoint = endpoint.name, %error, "a webhook cannot be signed");
            ("no-secret".to_owned(), Answer::Failed(None), Duration::ZERO)
        }
        (Some(entry), Ok(secrets)) => {
            let message = Message::new(&entry, &app.settings);
            let attempt = client.post(&endpoint.url, &message.headers(&secrets, wall), &message.body).await;
            say(&endpoint.name, &message, &attempt, claimed.tries);
            (attempt.outcome(), answer_of(&attempt, wall), attempt.took)
        }
    };
    app.metrics.webhook(answer == Answer::Took);
    let (at, chance) = (app.clock.now(), rand::random());
    ask(app, move |store| {
        let took_ms = i32::try_from(took.as_millis()).unwrap_or(i32::MAX);
        let tried = Tried { at, outcome: &outcome, took_ms };
        deliveries::settle(store, &claimed, answer, &tried, chance)
    })
    .await
}

fn answer_of(attempt: &Attempt, wall: chrono::DateTime<chrono::Utc>) -> Answer {
    match attempt.status {
        Ok(410) => Answer::Gone,
        _ if attempt.is_taken() => Answer::Took,
        _ => Answer::Failed(attempt.wait_asked(wall)),
    }
}

/// Logs a try: the id tells nothing, and nothing of the answer but its status is shown.
fn say(endpoint: &str, message: &Message, attempt: &Attempt, tries: usize) {
    let (id, outcome, took) = (&message.id, attempt.outcome(), attempt.took.as_millis());
    if attempt.is_taken() {
        tracing::info!(endpoint, id, outcome, took, tries, "a webhook was taken");
    } else {
        tracing::warn!(endpoint, id, outcome, took, tries, "a webhook was not taken; trying again");
    }
}

fn delta(duration: Duration) -> TimeDelta {
    TimeDelta::from_std(duration).unwrap_or(TimeDelta::MAX)
}
