//! The webhooks of a demo: the demo is its own marketplace, and shows what it received.

use std::collections::VecDeque;
use std::sync::{Mutex, PoisonError};

use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;
use chrono::{DateTime, Utc};

use crate::app::App;
use crate::operations::marketplace::webhooks::{self, NoEndpoint, Replay};
use crate::paths;
use crate::web::error::Error;
use crate::web::form::PostForm;
use crate::web::layout::Page;
use crate::web::respond::{html, see_other};
use crate::webhook::sign::signatures;

/// The most messages that are kept.
const KEPT: usize = 50;
/// The most bytes of a message.
const MOST_BYTES: usize = 64 * 1024;

/// The messages that a demo received, newest first. They are gone when it stops.
#[derive(Default)]
pub(in crate::web) struct Inbox(Mutex<VecDeque<Received>>);

#[derive(Clone)]
struct Received {
    at: DateTime<Utc>,
    id: String,
    kind: String,
    headers: String,
    body: String,
}

impl Received {
    fn arrival(&self, page: &Page) -> String {
        page.words.demo_webhooks_at(page.reader.moment(self.at))
    }
}

/// Takes a message, as a marketplace would: its signature first.
pub(in crate::web) async fn receive(
    request: HttpRequest,
    body: String,
    app: Data<App>,
    inbox: Data<Inbox>,
) -> Result<HttpResponse, actix_web::Error> {
    let header = |name: &str| request.headers().get(name).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let (id, times) = (header("webhook-id").to_owned(), app.clock.times());
    let secret = app.settings.secret.clone();
    let secrets = app.read_inline(move |store| {
        let endpoint = webhooks::find(store, crate::demo::ENDPOINT)?;
        webhooks::signing_secrets(&secret, &endpoint, times.wall)
    });
    let secrets = secrets.await.ok().and_then(Result::ok).unwrap_or_default();
    let signed = header("webhook-timestamp").parse().map(|at| signatures(&secrets, &id, at, &body)).unwrap_or_default();
    if body.len() > MOST_BYTES || signed.is_empty() || signed != header("webhook-signature") {
        return Ok(HttpResponse::Unauthorized().finish());
    }
    let read: serde_json::Value = serde_json::from_str(&body)?;
    let lines = request.headers().iter().map(|(name, value)| format!("{name}: {}", value.to_str().unwrap_or("?")));
    let received = Received {
        at: times.app,
        id,
        kind: read["type"].as_str().unwrap_or_default().to_owned(),
        headers: lines.collect::<Vec<_>>().join("\n"),
        body: serde_json::to_string_pretty(&read)?,
    };
    let mut kept = inbox.0.lock().unwrap_or_else(PoisonError::into_inner);
    kept.push_front(received);
    kept.truncate(KEPT);
    Ok(HttpResponse::NoContent().finish())
}

#[derive(Template)]
#[template(path = "site/demo_webhooks.html")]
struct WebhooksPage<'a> {
    page: &'a Page,
    received: Vec<Received>,
}

/// Shows what the demo received.
pub(in crate::web) async fn show(page: Page, inbox: Data<Inbox>) -> Result<HttpResponse, Error> {
    let received = inbox.0.lock().unwrap_or_else(PoisonError::into_inner).iter().cloned().collect();
    html(&WebhooksPage { page: &page, received })
}

/// Delivers a message once more, with the same id and body.
pub(in crate::web) async fn again(page: Page, posted: PostForm) -> Result<HttpResponse, Error> {
    let (which, now) = (Replay::Id(posted.get("id").to_owned()), page.now);
    let done = page.app.run_blocking(move |store| webhooks::replay(store, crate::demo::ENDPOINT, &which, now)).await;
    match done.map_err(|_| Error::NotFound)? {
        Ok(_) => page.app.store.signals().webhooks.notify_one(),
        Err(NoEndpoint::Store(error)) => return Err(error.into()),
        Err(_) => return Err(Error::NotFound),
    }
    Ok(see_other(paths::DEMO_WEBHOOKS))
}
