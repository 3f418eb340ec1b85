//! Orders, as they are seen from outside.

use actix_web::http::header::LOCATION;
use actix_web::web::{Path, Payload, Query as Parameters};
use actix_web::{HttpRequest, HttpResponse};
use chrono::DateTime;
use serde::Deserialize;

use crate::api::conditions::{Conditions, body, external_id, page_size};
use crate::api::key::{Access, OrdersRead, OrdersWrite};
use crate::api::problem::{Kind, Problem};
use crate::api::representation::{self, OrderBody, PageBody, Tagged, answer_to};
use crate::operations::marketplace::orders::{self, Query, SeenOrder};
use crate::settings::Settings;

fn tagged(seen: &SeenOrder, settings: &Settings) -> Tagged {
    Tagged::new(&OrderBody::new(seen, settings))
}

/// Shows an order.
pub(super) async fn show(
    access: Access<OrdersRead>,
    request: HttpRequest,
    id: Path<String>,
) -> Result<HttpResponse, Problem> {
    let (id, app, now) = (external_id(&id)?, &access.context.app, access.context.times.app);
    let seen = app.read_inline(move |store| orders::find_by_id(store, &id, now)).await??;
    let seen = seen.ok_or_else(|| Problem::new(Kind::NotFound, "There is no order with this id."))?;
    Ok(tagged(&seen, &app.settings).show(&Conditions::new(&request)))
}

/// Adds an order, or lets it follow the marketplace.
pub(super) async fn put(
    access: Access<OrdersWrite>,
    request: HttpRequest,
    id: Path<String>,
    payload: Payload,
) -> Result<HttpResponse, Problem> {
    let (id, body) = (external_id(&id)?, body(&request, payload).await?);
    let (app, times, conditions) = (&access.context.app, access.context.times, Conditions::new(&request));
    let settings = app.settings.clone();
    let done = app.run_blocking(move |store| {
        let is_expected =
            |seen: Option<&SeenOrder>| conditions.hold(seen.map(|seen| tagged(seen, &settings).tag).as_deref());
        let put = orders::put(store, &id, &body, times, is_expected)?;
        Ok::<_, crate::store::Error>((put, orders::find_by_id(store, &id, times.app)?))
    });
    let (put, seen) = done.await??;
    let mut answer = answer_to(put)?;
    app.wake.notify_one();
    let seen = seen.ok_or_else(|| Problem::new(Kind::NotFound, "The order is gone."))?;
    answer.insert_header((LOCATION, request.path().to_owned()));
    Ok(tagged(&seen, &app.settings).answer(answer))
}

/// The parameters of a list.
#[derive(Debug, Deserialize)]
pub(super) struct Listing {
    after: Option<String>,
    limit: Option<String>,
    changed_since: Option<String>,
}

impl Listing {
    fn query(&self) -> Result<Query, Problem> {
        let after = self.after.as_deref().map(|written| {
            written.parse().map_err(|_| Problem::parameter("after", "Take what a page before gave as next."))
        });
        let changed_since = self.changed_since.as_deref().map(|written| {
            let moment = DateTime::parse_from_rfc3339(written).map(|moment| moment.to_utc());
            moment.map_err(|_| Problem::parameter("changed_since", "It is a moment like 2026-11-24T13:05:00Z."))
        });
        Ok(Query {
            after: after.transpose()?,
            changed_since: changed_since.transpose()?,
            limit: page_size(self.limit.as_deref())?,
        })
    }
}

/// Lists orders, a page at a time.
pub(super) async fn list(access: Access<OrdersRead>, parameters: Parameters<Listing>) -> Result<HttpResponse, Problem> {
    let (app, now, query) = (&access.context.app, access.context.times.app, parameters.query()?);
    let page = app.run_blocking(move |store| orders::page(store, &query, now)).await??;
    Ok(representation::json(&PageBody::new(&page, &app.settings)))
}
