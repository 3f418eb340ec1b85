//! The lists: my orders, my disputes.

use actix_web::HttpResponse;
use askama::Template;
use chrono::{DateTime, NaiveDate, Utc};
use strum::VariantArray;

use crate::domain::{AccountId, Money, Party};
use crate::i18n::outcomes::Outcomes;
use crate::i18n::time_markup;
use crate::operations::orders::lists::{self, DisputeListItem, Filter, OpenAfter, OrderListItem, Query};
use crate::paths::{self, DisputePath, OrderPath};
use crate::store;
use crate::web::access::SignedIn;
use crate::web::error::Error;
use crate::web::form::Choice;
use crate::web::layout::Page;
use crate::web::orders::sidebar::{StateTag, StatusTag};
use crate::web::query::{Pages, QueryParams, cursor, parse_cursor};
use crate::web::respond::html;
use crate::web::rich_text::RichText;

#[derive(Template)]
#[template(path = "orders/list.html")]
struct OrdersPage<'a> {
    page: &'a Page,
    filters: Vec<Choice>,
    roles: Vec<Choice>,
    search: String,
    is_filtered: bool,
    /// The questions that wait for the viewer and end soonest; only above the unfiltered list.
    waiting: Vec<DisputeRow>,
    rows: Vec<OrderRow>,
    pages: Pages,
}

struct OrderRow {
    path: OrderPath,
    reference: String,
    title: String,
    with: String,
    status: StatusTag,
    deadline: Option<RichText>,
    waits_for_viewer: bool,
    delivery_date: NaiveDate,
    price: Money,
}

/// Shows my orders, newest first.
pub(in crate::web) async fn orders(signed_in: SignedIn, params: QueryParams) -> Result<HttpResponse, Error> {
    let (page, me, now) = (&signed_in.page, signed_in.person.id, signed_in.page.now);
    let get = |name: &str| params.get(name).map(|value| value.trim()).unwrap_or_default();
    let query = Query {
        filter: get("filter").parse().unwrap_or_default(),
        role: get("role").parse().ok(),
        // As long as a title or a name can be; SQLite does not take a much longer pattern.
        search: Some(get("q").chars().filter(|c| *c != '\0').take(150).collect()).filter(|q: &String| !q.is_empty()),
        after: parse_cursor(get("after")).map(|(at, reference, _)| (at, reference)),
    };
    let is_filtered = query.filter != Filter::All || query.role.is_some() || query.search.is_some();
    let is_waited_for = page.waiting() > 0 && !is_filtered && query.after.is_none();
    let found = {
        let query = query.clone();
        move |store: &_| {
            let waiting = if is_waited_for { lists::soonest(store, me, now)? } else { Vec::new() };
            Ok::<_, store::Error>((waiting, lists::orders(store, me, &query, now)?))
        }
    };
    // A search reads all orders of the account.
    let (waiting, found) =
        if query.search.is_some() { page.run_search(me, found).await? } else { page.read_inline(found).await? };
    let next = found.next.map(|(at, reference)| cursor(at, reference, 0));
    html(&OrdersPage {
        filters: filters(page, query.filter),
        roles: roles(page, query.role),
        is_filtered,
        waiting: waiting.iter().map(|row| dispute_row(page, row, row.dispute.respondent())).collect(),
        search: query.search.unwrap_or_default(),
        rows: found.rows.iter().map(|row| order_row(page, me, row)).collect(),
        pages: Pages::new(paths::ORDERS, &params, next.as_deref()),
        page,
    })
}

fn filters(page: &Page, chosen: Filter) -> Vec<Choice> {
    let label = |filter| match filter {
        Filter::All => page.words.orders_filter_all(),
        Filter::Open => page.words.orders_filter_open(),
        Filter::Waiting => page.words.orders_filter_waiting(),
        Filter::Closed => page.words.orders_filter_closed(),
    };
    let option = |filter: &Filter| {
        let value = <&str>::from(*filter).to_owned();
        Choice { value, label: label(*filter), chosen: *filter == chosen }
    };
    Filter::VARIANTS.iter().map(option).collect()
}

fn roles(page: &Page, chosen: Option<Party>) -> Vec<Choice> {
    [
        ("any", page.words.orders_role_any(), None),
        (Party::Customer.code(), page.words.orders_role_customer(), Some(Party::Customer)),
        (Party::Freelancer.code(), page.words.orders_role_freelancer(), Some(Party::Freelancer)),
    ]
    .map(|(value, label, role)| Choice { value: value.to_owned(), label, chosen: role == chosen })
    .into()
}

fn order_row(page: &Page, me: AccountId, row: &OrderListItem) -> OrderRow {
    let (order, other) = (&row.order, row.other_name.as_str());
    let viewer = order.party(me).unwrap_or(Party::Customer);
    let waits_for_viewer = order.waits_for(viewer);
    let deadline = order.open_dispute.as_ref().map(|dispute| {
        let moment = time_markup::moment(page.reader, dispute.respond_by);
        RichText(if waits_for_viewer {
            page.words.respond_before(moment)
        } else {
            page.words.other_responds_before(other, moment)
        })
    });
    OrderRow {
        path: paths::order(order.reference),
        reference: order.reference.to_string(),
        title: order.title.clone(),
        with: match viewer {
            Party::Customer => page.words.with_freelancer(other),
            Party::Freelancer => page.words.with_customer(other),
        },
        status: StatusTag::new(page, order),
        deadline,
        waits_for_viewer,
        delivery_date: order.delivery_date,
        price: order.price,
    }
}

#[derive(Template)]
#[template(path = "orders/disputes/list.html")]
struct DisputesPage<'a> {
    page: &'a Page,
    is_closed: bool,
    parts: Vec<Component>,
    pages: Pages,
}

struct Component {
    heading: String,
    none: String,
    rows: Vec<DisputeRow>,
}

struct DisputeRow {
    path: DisputePath,
    reference: String,
    title: String,
    question: String,
    line: RichText,
    /// The opening and the deadline of the question, while it is open.
    window: Option<(DateTime<Utc>, DateTime<Utc>)>,
    state: StateTag,
    waits_for_viewer: bool,
    may_withdraw: bool,
}

/// Shows my disputes: the open ones with those that wait for me first, or the closed ones.
pub(in crate::web) async fn disputes(signed_in: SignedIn, params: QueryParams) -> Result<HttpResponse, Error> {
    if params.get("view").is_some_and(|view| view == "closed") {
        closed_disputes(&signed_in, &params).await
    } else {
        open_disputes(&signed_in, &params).await
    }
}

async fn open_disputes(signed_in: &SignedIn, params: &QueryParams) -> Result<HttpResponse, Error> {
    let (page, me, now) = (&signed_in.page, signed_in.person.id, signed_in.page.now);
    // "m" and "o" name the part in which the page begins: what waits for me, or for the other party.
    let after = params.get("after").and_then(|after| {
        let (part, place) = after.split_once('.')?;
        Some(OpenAfter { in_asked: part == "o", after: parse_cursor(place)? })
    });
    let found = page.read_inline(move |store| lists::open_disputes(store, me, after, now)).await?;
    let last = found.asked.last().map(|row| ("o", row)).or(found.to_answer.last().map(|row| ("m", row)));
    let next = last
        .filter(|_| found.has_more)
        .map(|(part, row)| format!("{part}.{}", cursor(row.dispute.respond_by, row.reference, row.dispute.number)));
    let part = |heading: String, none: String, rows: &[DisputeListItem], mine: bool| {
        let viewer = |row: &DisputeListItem| if mine { row.dispute.opener } else { row.dispute.respondent() };
        Component { heading, none, rows: rows.iter().map(|row| dispute_row(page, row, viewer(row))).collect() }
    };
    let mut parts = vec![
        part(page.words.disputes_to_answer(), page.words.disputes_none_to_answer(), &found.to_answer, false),
        part(page.words.disputes_asked(), page.words.disputes_none_asked(), &found.asked, true),
    ];
    // An empty part is only shown when all of the list is on one page.
    parts.retain(|part| !part.rows.is_empty() || (after.is_none() && !found.has_more));
    html(&DisputesPage { is_closed: false, parts, pages: Pages::new(paths::DISPUTES, params, next.as_deref()), page })
}

async fn closed_disputes(signed_in: &SignedIn, params: &QueryParams) -> Result<HttpResponse, Error> {
    let (page, me, now) = (&signed_in.page, signed_in.person.id, signed_in.page.now);
    let after = params.get("after").and_then(|after| parse_cursor(after));
    let found = page.read_inline(move |store| lists::closed_disputes(store, me, after, now)).await?;
    let next = found
        .rows
        .last()
        .filter(|_| found.has_more)
        .and_then(|row| Some(cursor(row.dispute.state.closed_at()?, row.reference, row.dispute.number)));
    let viewer = |row: &DisputeListItem| {
        if row.opened_by == me { row.dispute.opener } else { row.dispute.respondent() }
    };
    let part = Component {
        heading: page.words.disputes_closed_heading(),
        none: page.words.disputes_none_closed(),
        rows: found.rows.iter().map(|row| dispute_row(page, row, viewer(row))).collect(),
    };
    html(&DisputesPage {
        is_closed: true,
        parts: vec![part],
        pages: Pages::new(paths::DISPUTES, params, next.as_deref()),
        page,
    })
}

fn dispute_row(page: &Page, row: &DisputeListItem, viewer: Party) -> DisputeRow {
    let dispute = &row.dispute;
    let outcomes = Outcomes { reader: page.reader, dispute, viewer, other: &row.other_name };
    let line = outcomes.ended().unwrap_or_else(|| outcomes.of_silence());
    DisputeRow {
        path: paths::dispute(row.reference, dispute.number),
        reference: row.reference.to_string(),
        title: row.title.clone(),
        question: outcomes.question(),
        line: RichText(line),
        window: dispute.is_open().then_some((dispute.opened_at, dispute.respond_by)),
        state: StateTag::new(page, dispute.state),
        waits_for_viewer: dispute.waits_for(viewer),
        may_withdraw: dispute.is_open() && dispute.opener == viewer,
    }
}
