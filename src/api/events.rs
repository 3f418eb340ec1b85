//! The feed of events, with a wait for new ones.

use std::time::Duration;

use actix_web::HttpResponse;
use actix_web::web::{Data, Query as Parameters};
use serde::Deserialize;
use tokio::sync::{Semaphore, SemaphorePermit};
use tokio::time::{Instant, sleep};

use crate::api::conditions::page_size;
use crate::api::key::{Access, EventsRead};
use crate::api::problem::{Kind, Problem};
use crate::api::representation::{self, FeedBody};
use crate::operations::marketplace::feed::{self, Page, Query, Read};

/// The longest wait for an entry, in seconds.
const LONGEST_WAIT: u64 = 30;
/// How often a waiting request looks by itself: for entries that another server wrote.
const LOOKS: Duration = Duration::from_secs(1);
/// The most requests of this process that wait. Above, they are answered at once.
const MOST_WAITING: usize = 100;

/// Room for the requests that wait.
pub(super) struct Waiting(Semaphore);

impl Default for Waiting {
    fn default() -> Self {
        Self(Semaphore::new(MOST_WAITING))
    }
}

impl Waiting {
    fn place(&self, wait: Duration) -> Option<SemaphorePermit<'_>> {
        if wait.is_zero() { None } else { self.0.try_acquire().ok() }
    }
}

/// The parameters of the feed.
#[derive(Debug, Deserialize)]
pub(super) struct Listing {
    after: Option<String>,
    limit: Option<String>,
    wait: Option<String>,
}

impl Listing {
    fn query(&self) -> Result<Query, Problem> {
        let after = self.after.as_deref().map(|written| {
            written.parse().map_err(|()| Problem::parameter("after", "Take what a page before gave as next."))
        });
        Ok(Query { after: after.transpose()?, limit: page_size(self.limit.as_deref())? })
    }

    fn wait(&self) -> Result<Duration, Problem> {
        let Some(written) = &self.wait else { return Ok(Duration::ZERO) };
        let seconds = written.parse().ok().filter(|seconds| *seconds <= LONGEST_WAIT);
        let detail = || format!("It is a number of seconds, at most {LONGEST_WAIT}.");
        seconds.map(Duration::from_secs).ok_or_else(|| Problem::parameter("wait", detail()))
    }
}

/// Tells what became of orders. While there is nothing new the answer may wait; it holds no thread and no connection then.
pub(super) async fn list(
    access: Access<EventsRead>,
    waiting: Data<Waiting>,
    parameters: Parameters<Listing>,
) -> Result<HttpResponse, Problem> {
    let (app, query, wait) = (&access.context.app, parameters.query()?, parameters.wait()?);
    let (until, place) = (Instant::now() + wait, waiting.place(wait));
    loop {
        // Begun before the look, so that no entry in between is missed.
        let signals = app.store.signals();
        let news = signals.feed.notified();
        let page = page(&access, query.clone()).await?;
        let left = until.saturating_duration_since(Instant::now());
        if !page.entries.is_empty() || place.is_none() || left.is_zero() || signals.is_stopping() {
            return Ok(representation::json(&FeedBody::new(&page, &app.settings)));
        }
        tokio::select! {
            () = news => {}
            () = sleep(left.min(LOOKS)) => {}
        }
    }
}

async fn page(access: &Access<EventsRead>, query: Query) -> Result<Page, Problem> {
    match access.context.app.run_blocking(move |store| feed::read(store, &query)).await?? {
        Read::Page(page) => Ok(page),
        Read::TooOld => Err(Problem::new(
            Kind::CursorTooOld,
            "Read GET /orders?changed_since= from the moment of your last entry on, then go on here without after.",
        )),
    }
}
