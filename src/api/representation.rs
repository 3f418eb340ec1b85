//! What the interface answers: accounts, orders and keys as JSON, always with the same fields in the same order, so that equal
//! things have equal bytes.

use actix_web::http::header::{CACHE_CONTROL, ETAG};
use actix_web::{HttpResponse, HttpResponseBuilder};
use chrono::{DateTime, SecondsFormat, Utc};
use chrono_tz::Tz;
use serde::Serialize;

use crate::api::conditions::Conditions;
use crate::api::problem::{Kind, Problem};
use crate::domain::marketplace::key::Key;
use crate::domain::orders::outside::Description;
use crate::domain::orders::outside_view::ToldKind;
use crate::domain::{Account, ExternalId, Extra, Language, Reference, Text};
use crate::operations::accounts::sign_in_links::Created;
use crate::operations::marketplace::Put;
use crate::operations::marketplace::feed::{self, Cursor};
use crate::operations::marketplace::orders::{Page, SeenOrder};
use crate::paths;
use crate::secret::sha256;
use crate::settings::Settings;

/// How many hexadecimal digits of its hash name a state: 128 bits.
const TAG_DIGITS: usize = 32;

/// A body with the tag that changes with it.
pub(super) struct Tagged {
    pub body: String,
    /// The strong `ETag`, with its quotation marks.
    pub tag: String,
}

impl Tagged {
    pub fn new(body: &impl Serialize) -> Self {
        let body = text(body);
        let tag = sha256(&body);
        Self { tag: format!("\"{}\"", &tag[..TAG_DIGITS]), body }
    }

    /// The answer to a program that reads it, without the body when it has this state already.
    pub fn show(self, conditions: &Conditions) -> HttpResponse {
        if conditions.is_known(Some(&self.tag)) {
            return Self { body: String::new(), ..self }.answer(HttpResponse::NotModified());
        }
        self.answer(HttpResponse::Ok())
    }

    /// An answer with that body, which a program asks for again each time.
    pub fn answer(self, mut answer: HttpResponseBuilder) -> HttpResponse {
        answer.insert_header((ETAG, self.tag)).insert_header((CACHE_CONTROL, "private, no-cache, no-transform"));
        answer.content_type("application/json").body(self.body)
    }
}

/// The beginning of the answer to what was put.
pub(super) fn answer_to(put: Put) -> Result<HttpResponseBuilder, Problem> {
    match put {
        Put::Added => Ok(HttpResponse::Created()),
        Put::Kept => Ok(HttpResponse::Ok()),
        Put::Unexpected => {
            Err(Problem::new(Kind::PreconditionFailed, "Nothing was changed. Read it again, and decide anew."))
        }
        Put::Refused(problems) => Err(Problem::of_body(&problems)),
        Put::Unreadable(why) => Err(Problem::new(Kind::Unreadable, format!("The body is no object of JSON: {why}."))),
    }
}

/// An answer that is not kept anywhere.
pub(super) fn json(body: &impl Serialize) -> HttpResponse {
    json_as(HttpResponse::Ok(), body)
}

/// The same with another status.
pub(super) fn json_as(mut answer: HttpResponseBuilder, body: &impl Serialize) -> HttpResponse {
    answer.insert_header((CACHE_CONTROL, "no-store")).content_type("application/json").body(text(body))
}

fn text(body: &impl Serialize) -> String {
    serde_json::to_string(body).expect("its keys are texts")
}

/// A moment as programs read it.
pub fn moment(at: DateTime<Utc>) -> String {
    at.to_rfc3339_opts(SecondsFormat::AutoSi, true)
}

/// A key without its secret.
#[derive(Serialize)]
pub(super) struct KeyBody<'a> {
    name: &'a str,
    scopes: Vec<&'a str>,
    expires_at: Option<String>,
}

impl<'a> KeyBody<'a> {
    pub fn new(key: &'a Key) -> Self {
        let scopes = key.scopes.iter().map(AsRef::as_ref).collect();
        Self { name: &key.name, scopes, expires_at: key.expires_at.map(moment) }
    }
}

/// An account, as the marketplace told of it.
#[derive(Serialize)]
pub(super) struct AccountBody<'a> {
    external_id: Option<&'a str>,
    email: Option<&'a str>,
    name: Option<&'a str>,
    language: Option<&'a str>,
    time_zone: Option<&'a str>,
    erased: bool,
}

impl<'a> AccountBody<'a> {
    /// `id` is the one that it was asked by: an erased account has none.
    pub fn new(account: &'a Account, id: &'a ExternalId) -> Self {
        let erased = account.is_erased();
        Self {
            external_id: Some(id.as_str()),
            email: (!erased).then_some(account.email.as_str()),
            name: (!erased).then_some(account.name.as_str()),
            language: account.preferences.language.map(Language::code),
            time_zone: account.preferences.time_zone.map(Tz::name),
            erased,
        }
    }
}

/// An order as it is seen from outside.
#[derive(Serialize)]
pub(super) struct OrderBody<'a> {
    external_id: Option<&'a str>,
    reference: &'a str,
    title: &'a str,
    price: String,
    currency: &'a str,
    placed_at: String,
    delivery_date: String,
    customer: Option<&'a str>,
    freelancer: Option<&'a str>,
    status: &'static str,
    status_since: String,
    changed_at: String,
    version: usize,
    extras: Vec<ExtraBody<'a>>,
    /// Left out where the order is told as it was.
    #[serde(flatten)]
    said: Option<SaidBody<'a>>,
    page: String,
}

/// What the marketplace says of an order.
#[derive(Serialize)]
struct SaidBody<'a> {
    description: Option<&'a str>,
    url: Option<&'a str>,
}

impl<'a> SaidBody<'a> {
    fn new(said: &'a Description) -> Self {
        Self { description: said.text.as_ref().map(Text::as_str), url: said.url.as_deref() }
    }
}

#[derive(Serialize)]
struct ExtraBody<'a> {
    title: &'a str,
    price: String,
}

impl<'a> OrderBody<'a> {
    pub fn new(seen: &'a SeenOrder, settings: &Settings) -> Self {
        let SeenOrder { order, view, description, customer, freelancer } = seen;
        let extra = |extra: &'a Extra| ExtraBody { title: extra.title.as_str(), price: extra.price.decimal() };
        Self {
            external_id: order.external_id.as_ref().map(ExternalId::as_str),
            reference: order.reference.as_str(),
            title: &order.title,
            price: order.price.decimal(),
            currency: order.price.currency.as_ref(),
            placed_at: moment(order.placed_at),
            delivery_date: order.delivery_date.to_string(),
            customer: customer.0.as_ref().map(ExternalId::as_str),
            freelancer: freelancer.0.as_ref().map(ExternalId::as_str),
            status: view.status.code(),
            status_since: moment(view.status_since),
            changed_at: moment(view.changed_at),
            version: view.version,
            extras: view.extras.iter().map(extra).collect(),
            said: description.as_ref().map(SaidBody::new),
            page: format!("{}{}", settings.public_url, paths::order(order.reference)),
        }
    }
}

/// A link that signs a person in.
#[derive(Serialize)]
pub(super) struct LinkBody {
    url: String,
    expires_at: String,
}

impl LinkBody {
    pub fn new(link: &Created, settings: &Settings) -> Self {
        let path = paths::sign_in_link(&link.token);
        Self { url: format!("{}{path}", settings.public_url), expires_at: moment(link.expires_at) }
    }
}

/// A page of orders.
#[derive(Serialize)]
pub(super) struct PageBody<'a> {
    data: Vec<OrderBody<'a>>,
    next: Option<&'a str>,
}

impl<'a> PageBody<'a> {
    pub fn new(page: &'a Page, settings: &Settings) -> Self {
        Self {
            data: page.orders.iter().map(|seen| OrderBody::new(seen, settings)).collect(),
            next: page.next.as_ref().map(Reference::as_str),
        }
    }
}

/// Some entries of the feed, and where to go on.
#[derive(Serialize)]
pub(super) struct FeedBody<'a> {
    data: Vec<EntryBody<'a>>,
    next: String,
}

impl<'a> FeedBody<'a> {
    pub fn new(page: &'a feed::Page, settings: &Settings) -> Self {
        Self {
            data: page.entries.iter().map(|entry| EntryBody::new(entry, settings)).collect(),
            next: Cursor::to_string(&page.next),
        }
    }
}

/// An entry of the feed.
#[derive(Serialize)]
pub(crate) struct EntryBody<'a> {
    id: &'a str,
    position: i64,
    r#type: &'static str,
    occurred_at: String,
    recorded_at: String,
    /// Told of a completed order only.
    #[serde(skip_serializing_if = "Option::is_none")]
    automatic: Option<bool>,
    order: OrderBody<'a>,
}

impl<'a> EntryBody<'a> {
    pub fn new(entry: &'a feed::Entry, settings: &Settings) -> Self {
        Self {
            id: &entry.id,
            position: entry.position,
            r#type: entry.kind.into(),
            occurred_at: moment(entry.occurred_at),
            recorded_at: moment(entry.recorded_at),
            automatic: (entry.kind == ToldKind::Completed).then_some(entry.is_automatic),
            order: OrderBody::new(&entry.order, settings),
        }
    }
}
