//! The events of this account: the newest on the page Account, all of them on a page of their own.

use actix_web::HttpResponse;
use askama::Template;
use chrono::{DateTime, Datelike};

use crate::domain::accounts::event::{AccountActor, AccountEvent};
use crate::i18n::labels;
use crate::operations::accounts::events::{self, EventCursor};
use crate::paths;
use crate::web::access::SignedIn;
use crate::web::error::Error;
use crate::web::layout::Page;
use crate::web::query::{Pages, QueryParams};
use crate::web::respond::html;
use crate::web::rich_text::RichText;

/// How many events the page Account shows.
const NEWEST: usize = 5;
/// How many events a page of the full list shows.
const ON_A_PAGE: usize = 25;

/// An event in words.
pub(in crate::web) struct EventView {
    pub sentence: String,
    pub at: RichText,
    pub device: Option<String>,
    pub is_by_operator: bool,
}

impl EventView {
    fn new(page: &Page, event: &AccountEvent) -> Self {
        Self {
            sentence: labels::account_event(page.words, event.kind),
            at: page.moment(&event.at),
            device: event.device.is_known().then(|| labels::device(page.words, &event.device)),
            is_by_operator: event.actor == AccountActor::Operator,
        }
    }
}

/// The newest events of an account, and whether there are more.
pub(in crate::web) struct Newest {
    pub events: Vec<EventView>,
    pub has_more: bool,
}

impl Newest {
    pub async fn load(signed_in: &SignedIn) -> Result<Self, Error> {
        let (page, me) = (&signed_in.page, signed_in.person.id);
        let found = page.run_blocking(move |store| events::page(store, me, None, NEWEST)).await?;
        Ok(Self {
            events: found.events.iter().map(|event| EventView::new(page, event)).collect(),
            has_more: found.next.is_some(),
        })
    }
}

#[derive(Template)]
#[template(path = "account/events.html")]
struct EventsPage<'a> {
    page: &'a Page,
    events: Vec<EventView>,
    kept: String,
    pages: Pages,
}

/// Shows a page of the account's events, newest first.
pub(in crate::web) async fn list(signed_in: SignedIn, params: QueryParams) -> Result<HttpResponse, Error> {
    let (page, me) = (&signed_in.page, signed_in.person.id);
    let after = params.get("after").and_then(|after| parse_cursor(after));
    let found = page.run_blocking(move |store| events::page(store, me, after, ON_A_PAGE)).await?;
    let next = found.next.map(cursor);
    let events = found.events.iter().map(|event| EventView::new(page, event)).collect();
    html(&EventsPage {
        page,
        events,
        kept: labels::duration(page.words, page.app.settings.retention.account_events),
        pages: Pages::new(paths::ACCOUNT_EVENTS, &params, next.as_deref()),
    })
}

/// The beginning of the next page, as it stands in an address.
fn cursor((at, id): EventCursor) -> String {
    format!("{}.{id}", at.timestamp_micros())
}

fn parse_cursor(written: &str) -> Option<EventCursor> {
    let (micros, id) = written.split_once('.')?;
    let at = DateTime::from_timestamp_micros(micros.parse().ok()?)?;
    // PostgreSQL knows fewer years than Chrono.
    (1900..2200).contains(&at.year()).then_some((at, id.parse().ok()?))
}
