//! Sends mails through the mail server: a few accounts at a time, and for each account one mail after another.

use std::cell::Cell;
use std::pin::pin;
use std::rc::Rc;
use std::time::{Duration, Instant};

use chrono::{DateTime, TimeDelta, Utc};
use tokio::task::JoinSet;

use crate::app::App;
use crate::mail::message::{message, message_id};
use crate::mail::server::{Remedy, SendFailure, Server};
use crate::mail::write::write;
use crate::operations::mail::mail_queue::{self, Name, Purpose};
use crate::store::outbox::QueuedMail;
use crate::store::{Error, Store};

/// How fast mail is sent, and how long failures wait.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pace {
    /// How many mails are sent at the same time, each to another account.
    pub at_once: usize,
    /// The longest conversation with the mail server about one mail.
    pub patience: Duration,
    /// How much longer a claim on a mail lasts: time to store the result.
    pub margin: Duration,
    /// The wait after the first failed try; it doubles after each further one.
    pub first_retry: Duration,
    /// The longest wait between two tries.
    pub longest_retry: Duration,
    /// How long to sleep when there is nothing to do.
    pub idle: Duration,
}

impl Default for Pace {
    fn default() -> Self {
        Self {
            at_once: 4,
            patience: Duration::from_secs(60),
            margin: Duration::from_secs(60),
            first_retry: Duration::from_secs(30),
            longest_retry: Duration::from_secs(15 * 60),
            idle: Duration::from_secs(2),
        }
    }
}

impl Pace {
    /// The wait after that many tries: doubled each time, and up to a quarter longer or shorter by chance (`chance` is
    /// 0 to 1), so that mails that failed together are not all tried together again.
    #[must_use]
    pub fn wait_after(&self, tries: u32, chance: f64) -> Duration {
        let doubled = self.first_retry.saturating_mul(2_u32.saturating_pow(tries.saturating_sub(1)));
        doubled.min(self.longest_retry).mul_f64(0.75 + chance / 2.0)
    }
}

/// How often a mail is tried that a policy of the mail server refuses.
const TRIES_AGAINST_A_POLICY: i32 = 6;

/// What is known of the mail server.
#[derive(Clone)]
struct Post {
    app: App,
    server: Server,
    pace: Pace,
    /// Whether the last conversation failed, whatever the mail was.
    is_away: Rc<Cell<bool>>,
}

/// Delivers until `stop` resolves, and then finishes the mails that are being sent.
pub async fn run(app: App, server: Server, pace: Pace, stop: impl Future<Output = ()>) {
    let mut stop = pin!(stop);
    let mut underway = JoinSet::new();
    let post = Post { app: app.clone(), server, pace, is_away: Rc::default() };
    let mut greeted = Instant::now();
    let watch = Stopwatch { began: Instant::now(), wall_then: app.clock.times().wall };
    loop {
        let free = pace.at_once.saturating_sub(underway.len());
        match take(&app, pace, watch, free).await {
            Ok(names) => names.into_iter().for_each(|name| {
                underway.spawn_local(one(post.clone(), name));
            }),
            Err(error) => tracing::warn!(%error, "the outbox could not be read; trying again"),
        }
        if post.is_away.get() && underway.is_empty() && greeted.elapsed() >= pace.first_retry {
            greeted = Instant::now();
            underway.spawn_local(greet(post.clone()));
        }
        let sleep = next_look(&app, pace).await;
        tokio::select! {
            () = &mut stop => break,
            _ = underway.join_next(), if !underway.is_empty() => {}
            () = tokio::time::sleep(sleep) => {}
            () = app.store.signals().delivery.notified() => {}
        }
    }
    while underway.join_next().await.is_some() {}
}

/// Runs work on the database, off this thread.
async fn ask<T: Send + 'static>(
    app: &App,
    work: impl FnOnce(&Store) -> Result<T, Error> + Send + 'static,
) -> Result<T, Error> {
    app.run_blocking(work).await.unwrap_or_else(|error| Err(Error::unavailable(error)))
}

async fn take(app: &App, pace: Pace, watch: Stopwatch, free: usize) -> Result<Vec<Name>, Error> {
    if free == 0 {
        return Ok(Vec::new());
    }
    let times = app.clock.times();
    let until = times.wall + delta(pace.patience + pace.margin);
    let jumped = watch.jumped(times.wall, watch.began.elapsed());
    ask(app, move |store| mail_queue::claim(store, times, jumped, until, i64::try_from(free).unwrap_or(1))).await
}

/// The start of the worker, by the system clock and by the monotonic clock.
#[derive(Debug, Clone, Copy)]
struct Stopwatch {
    began: Instant,
    wall_then: DateTime<Utc>,
}

impl Stopwatch {
    /// How far the system clock moved ahead of the time that passed; zero if it was set back.
    fn jumped(&self, wall: DateTime<Utc>, passed: Duration) -> TimeDelta {
        (wall - self.wall_then - delta(passed)).max(TimeDelta::zero())
    }
}

/// How long to sleep when no running mail ends before.
async fn next_look(app: &App, pace: Pace) -> Duration {
    let now = app.clock.now();
    match ask(app, move |store| mail_queue::next_try(store, now)).await {
        Ok(Some(next)) => (next - now).to_std().unwrap_or_default().min(pace.idle),
        Ok(None) | Err(_) => pace.idle,
    }
}

/// Delivers one claimed mail, and stores the result.
async fn one(post: Post, name: Name) {
    let app = &post.app;
    let now = app.clock.now();
    let looked = ask(app, {
        let name = name.clone();
        move |store| mail_queue::recheck(store, &name, now)
    });
    let written_down = match looked.await {
        Ok(None) => Ok(()),
        Ok(Some(queued)) => {
            let outcome = send(&post, &queued).await;
            let purpose = Purpose { is_welcome: queued.is_welcome(), question: queued.question() };
            note(&post, name, (queued.tries, purpose), outcome).await
        }
        Err(error) => Err(error),
    };
    if let Err(error) = written_down {
        // The claim ends by itself, and the mail is tried again.
        tracing::warn!(%error, "what became of a mail could not be written down");
    }
}

/// A mail that the server took.
struct Taken {
    answer: String,
    message_id: String,
}

/// Sends a mail. What is sent leaves a line in the log, by which the mail server's own log can be searched.
async fn send(Post { app, server, pace, .. }: &Post, queued: &QueuedMail) -> Result<Taken, SendFailure> {
    let mail = write(queued, &app.settings, app.clock.now());
    let mail = mail.ok_or_else(|| SendFailure::unwritable("there is nothing to write"))?;
    let message =
        message(&mail, &server.from, &app.settings).map_err(|error| SendFailure::unwritable(&error.to_string()))?;
    let answer = server.send(&message, pace.patience).await?;
    Ok(Taken { answer, message_id: message_id(&mail, &app.settings) })
}

/// Names a mail in the log, the same at every try, without telling what it is about: without the key, not even a known order
/// leads to it.
fn opaque(app: &App, name: &Name) -> String {
    let whole = format!("{}\n{}\n{}", name.order, name.key, name.account.0);
    app.settings.secret.fingerprint("mail", &whole)[..12].to_owned()
}

/// Asks whether a mail server that was away is back. Then the mails that wait for it go at once.
async fn greet(post: Post) {
    if post.server.greet(post.pace.patience).await.is_ok() {
        is_back(&post).await;
    }
}

/// Sends what waits for the mail server at once, when it was away: what has the nearest deadline first.
async fn is_back(post: &Post) {
    if !post.is_away.replace(false) {
        return;
    }
    let now = post.app.clock.now();
    match ask(&post.app, move |store| mail_queue::flush(store, now)).await {
        Ok(mails) => tracing::info!(mails, "the mail server is back; what waited is sent now"),
        Err(error) => tracing::warn!(%error, "mails wait longer than they need"),
    }
}

/// Stores the result of a try. The log gets a code, never an address or a text of the mail.
async fn note(
    post: &Post,
    name: Name,
    (tries, purpose): (i32, Purpose),
    outcome: Result<Taken, SendFailure>,
) -> Result<(), Error> {
    let (app, now) = (&post.app, post.app.clock.now());
    let mail = opaque(app, &name);
    match outcome {
        Ok(Taken { answer, message_id }) => {
            tracing::info!(mail, message_id, answer, tries, "a mail was sent");
            app.metrics.mail_sent();
            let stored = ask(app, move |store| mail_queue::sent(store, &name, purpose, now)).await;
            if purpose.is_welcome {
                app.wake.notify_one();
            }
            is_back(post).await;
            stored
        }
        Err(failure) => {
            let (why, cause) = (&failure.summary, <&str>::from(failure.cause));
            app.metrics.mail_failed(cause);
            if failure.cause.is_of_the_server() {
                post.is_away.set(true);
            }
            let is_last = match failure.remedy {
                Remedy::SetAside => true,
                Remedy::TryAFewTimes => tries >= TRIES_AGAINST_A_POLICY,
                Remedy::TryAgain => false,
            };
            if is_last {
                tracing::warn!(mail, why, cause, "a mail was refused and is set aside");
                return ask(app, move |store| mail_queue::dead_letter(store, &name, now, &failure.reason)).await;
            }
            let wait = post.pace.wait_after(tries.try_into().unwrap_or(1), rand::random());
            tracing::warn!(mail, why, cause, tries, "a mail could not be sent; trying again");
            let at: DateTime<Utc> = now + delta(wait);
            ask(app, move |store| mail_queue::try_again(store, &name, at, &failure.reason)).await
        }
    }
}

fn delta(duration: Duration) -> TimeDelta {
    TimeDelta::from_std(duration).unwrap_or(TimeDelta::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn time_in_which_nothing_could_be_tried_is_no_time() {
        let watch = Stopwatch { began: Instant::now(), wall_then: DateTime::UNIX_EPOCH };
        let jumped = |by: TimeDelta| watch.jumped(watch.wall_then + by, Duration::from_secs(60));
        assert_eq!(jumped(TimeDelta::seconds(60)), TimeDelta::zero());
        assert_eq!(jumped(TimeDelta::days(3) + TimeDelta::seconds(60)), TimeDelta::days(3));
        assert_eq!(jumped(TimeDelta::days(-3)), TimeDelta::zero(), "a clock that was set back");
    }

    #[test]
    fn each_try_waits_twice_as_long_as_the_one_before_up_to_a_limit_and_never_all_at_once() {
        let pace = Pace::default();
        let waits: Vec<u64> = (1..=7).map(|tries| pace.wait_after(tries, 0.5).as_secs()).collect();
        assert_eq!(waits, [30, 60, 120, 240, 480, 900, 900]);
        assert_eq!(pace.wait_after(1, 0.0).as_millis(), 22_500);
        assert_eq!(pace.wait_after(1, 1.0).as_millis(), 37_500);
        assert_eq!(pace.wait_after(u32::MAX, 0.5).as_secs(), 900);
    }
}
