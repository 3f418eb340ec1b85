//! The lists: my orders, my disputes.

use std::collections::HashMap;

use actix_web::{HttpResponse, web};
use askama::Template;
use chrono::{DateTime, Datelike, NaiveDate, Utc};
use strum::VariantArray;

use crate::domain::{AccountId, Money, Party, Reference};
use crate::i18n::outcomes::Outcomes;
use crate::i18n::time_markup;
use crate::operations::orders::lists::{self, OpenAfter};
use crate::store;
use crate::store::orders::{self, disputes};
use crate::store::orders::{Filter, Query};
use crate::web::access::Member;
use crate::web::error::Error;
use crate::web::layout::{Page, html};
use crate::web::orders::sidebar::{StateView, StatusView};
use crate::web::rich_text::Rich;

/// The query of an address, by name.
pub(in crate::web) type Asked = web::Query<HashMap<String, String>>;

/// One option of a choice.
pub(in crate::web) struct Choice {
    pub value: String,
    pub label: String,
    pub chosen: bool,
}

/// The ways to the other pages of a list.
#[derive(Default)]
pub(in crate::web) struct Pages {
    pub first: Option<String>,
    pub next: Option<String>,
}

impl Pages {
    /// Keeps what the list was asked for, but for where the page begins.
    pub fn new(path: &str, asked: &HashMap<String, String>, next: Option<&str>) -> Self {
        let mut kept: Vec<(&str, &str)> = asked
            .iter()
            .filter(|(name, value)| *name != "after" && !value.is_empty())
            .map(|(name, value)| (name.as_str(), value.as_str()))
            .collect();
        kept.sort_unstable();
        let address = |pairs: &[(&str, &str)]| {
            let query = serde_html_form::to_string(pairs).unwrap_or_default();
            if query.is_empty() { path.to_owned() } else { format!("{path}?{query}") }
        };
        let first = asked.contains_key("after").then(|| address(&kept));
        let next = next.map(|after| {
            let mut further = kept.clone();
            further.push(("after", after));
            address(&further)
        });
        Self { first, next }
    }
}

/// A place in a list, as it stands in an address: a moment, an order and a number.
pub(in crate::web) fn cursor(at: DateTime<Utc>, reference: Reference, number: i32) -> String {
    format!("{}.{reference}.{number}", at.timestamp_micros())
}

/// Reads a place; one that makes no sense is the start.
pub(in crate::web) fn parse_cursor(written: &str) -> Option<(DateTime<Utc>, Reference, i32)> {
    let mut parts = written.split('.');
    let at = DateTime::from_timestamp_micros(parts.next()?.parse().ok()?)?;
    // PostgreSQL knows fewer years than Chrono.
    if !(1900..2200).contains(&at.year()) {
        return None;
    }
    Some((at, parts.next()?.parse().ok()?, parts.next()?.parse().ok()?))
}

#[derive(Template)]
#[template(path = "orders/list.html")]
struct OrdersPage<'a> {
    page: &'a Page,
    filters: Vec<Choice>,
    roles: Vec<Choice>,
    search: String,
    is_filtered: bool,
    /// What waits for the viewer and ends soonest; only above the whole list.
    waiting: Vec<DisputeRow>,
    rows: Vec<OrderRow>,
    pages: Pages,
}

struct OrderRow {
    path: String,
    reference: String,
    title: String,
    with: String,
    status: StatusView,
    deadline: Option<Rich>,
    waits_for_viewer: bool,
    delivery_date: NaiveDate,
    price: Money,
}

/// Shows my orders, newest first.
pub(in crate::web) async fn orders(member: Member, asked: Asked) -> Result<HttpResponse, Error> {
    let (page, me, now) = (&member.page, member.person.id, member.page.now);
    let get = |name: &str| asked.get(name).map(|value| value.trim()).unwrap_or_default();
    let query = Query {
        filter: get("filter").parse().unwrap_or_default(),
        role: get("role").parse().ok(),
        // As much as a title or a name can hold; a longer pattern is more than SQLite takes.
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
    // A search goes through all of somebody's orders.
    let (waiting, found) = if query.search.is_some() { page.ask(found).await? } else { page.look(found).await? };
    let next = found.next.map(|(at, reference)| cursor(at, reference, 0));
    html(&OrdersPage {
        filters: filters(page, query.filter),
        roles: roles(page, query.role),
        is_filtered,
        waiting: waiting.iter().map(|row| dispute_row(page, row, row.dispute.respondent())).collect(),
        search: query.search.unwrap_or_default(),
        rows: found.rows.iter().map(|row| order_row(page, me, row)).collect(),
        pages: Pages::new("/orders", &asked, next.as_deref()),
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

fn order_row(page: &Page, me: AccountId, row: &orders::Listed) -> OrderRow {
    let (order, other) = (&row.order, row.other_name.as_str());
    let viewer = order.party(me).unwrap_or(Party::Customer);
    let waits_for_viewer = order.dispute.as_ref().is_some_and(|dispute| dispute.respondent() == viewer);
    let deadline = order.dispute.as_ref().map(|dispute| {
        let moment = time_markup::moment(page.reader, dispute.respond_by);
        Rich(if waits_for_viewer {
            page.words.respond_before(moment)
        } else {
            page.words.other_responds_before(other, moment)
        })
    });
    OrderRow {
        path: format!("/orders/{}", order.reference),
        reference: order.reference.to_string(),
        title: order.title.clone(),
        with: match viewer {
            Party::Customer => page.words.with_freelancer(other),
            Party::Freelancer => page.words.with_customer(other),
        },
        status: StatusView::new(page, order),
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
    parts: Vec<Part>,
    pages: Pages,
}

struct Part {
    heading: String,
    none: String,
    rows: Vec<DisputeRow>,
}

struct DisputeRow {
    path: String,
    reference: String,
    title: String,
    question: String,
    line: Rich,
    /// From when until when there is time to answer, while it is open.
    window: Option<(DateTime<Utc>, DateTime<Utc>)>,
    state: StateView,
    waits_for_viewer: bool,
    may_withdraw: bool,
}

/// Shows my disputes: the open ones with those that wait for me first, or the closed ones.
pub(in crate::web) async fn disputes(member: Member, asked: Asked) -> Result<HttpResponse, Error> {
    if asked.get("view").is_some_and(|view| view == "closed") {
        closed_disputes(&member, &asked).await
    } else {
        open_disputes(&member, &asked).await
    }
}

async fn open_disputes(member: &Member, asked: &Asked) -> Result<HttpResponse, Error> {
    let (page, me, now) = (&member.page, member.person.id, member.page.now);
    // "m" and "o" say in which part the page begins: what waits for me, or for the other.
    let after = asked.get("after").and_then(|after| {
        let (part, place) = after.split_once('.')?;
        Some(OpenAfter { in_asked: part == "o", after: parse_cursor(place)? })
    });
    let found = page.look(move |store| lists::open_disputes(store, me, after, now)).await?;
    let last = found.asked.last().map(|row| ("o", row)).or(found.to_answer.last().map(|row| ("m", row)));
    let next = last
        .filter(|_| found.has_more)
        .map(|(part, row)| format!("{part}.{}", cursor(row.dispute.respond_by, row.reference, row.dispute.number)));
    let part = |heading: String, none: String, rows: &[disputes::Listed], mine: bool| {
        let viewer = |row: &disputes::Listed| if mine { row.dispute.opener } else { row.dispute.respondent() };
        Part { heading, none, rows: rows.iter().map(|row| dispute_row(page, row, viewer(row))).collect() }
    };
    let mut parts = vec![
        part(page.words.disputes_to_answer(), page.words.disputes_none_to_answer(), &found.to_answer, false),
        part(page.words.disputes_asked(), page.words.disputes_none_asked(), &found.asked, true),
    ];
    // On a further page, and before it, an empty part is only in the way.
    parts.retain(|part| !part.rows.is_empty() || (after.is_none() && !found.has_more));
    html(&DisputesPage { is_closed: false, parts, pages: Pages::new("/disputes", asked, next.as_deref()), page })
}

async fn closed_disputes(member: &Member, asked: &Asked) -> Result<HttpResponse, Error> {
    let (page, me, now) = (&member.page, member.person.id, member.page.now);
    let after = asked.get("after").and_then(|after| parse_cursor(after));
    let found = page.look(move |store| lists::closed_disputes(store, me, after, now)).await?;
    let next = found
        .rows
        .last()
        .filter(|_| found.has_more)
        .and_then(|row| Some(cursor(row.dispute.state.closed_at()?, row.reference, row.dispute.number)));
    let viewer =
        |row: &disputes::Listed| if row.opened_by == me { row.dispute.opener } else { row.dispute.respondent() };
    let part = Part {
        heading: page.words.disputes_closed_heading(),
        none: page.words.disputes_none_closed(),
        rows: found.rows.iter().map(|row| dispute_row(page, row, viewer(row))).collect(),
    };
    html(&DisputesPage {
        is_closed: true,
        parts: vec![part],
        pages: Pages::new("/disputes", asked, next.as_deref()),
        page,
    })
}

fn dispute_row(page: &Page, row: &disputes::Listed, viewer: Party) -> DisputeRow {
    let dispute = &row.dispute;
    let outcomes = Outcomes { reader: page.reader, dispute, viewer, other: &row.other_name };
    let line = outcomes.ended().unwrap_or_else(|| outcomes.of_silence());
    DisputeRow {
        path: format!("/orders/{}/disputes/{}", row.reference, dispute.number),
        reference: row.reference.to_string(),
        title: row.title.clone(),
        question: outcomes.question(),
        line: Rich(line),
        window: dispute.is_open().then_some((dispute.opened_at, dispute.respond_by)),
        state: StateView::new(page, dispute.state),
        waits_for_viewer: dispute.is_open() && dispute.respondent() == viewer,
        may_withdraw: dispute.is_open() && dispute.opener == viewer,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_in_a_list_survives_its_address() {
        let at = "2026-11-24T13:05:00.123456Z".parse().unwrap();
        let reference = "OC-7K3M9QXA".parse().unwrap();
        assert_eq!(parse_cursor(&cursor(at, reference, 3)), Some((at, reference, 3)));
        for nonsense in ["", "x", "1.OC-7K3M9QXA", "1.nope.2", "999999999999999999999.OC-7K3M9QXA.1"] {
            assert_eq!(parse_cursor(nonsense), None, "{nonsense}");
        }
    }

    #[test]
    fn the_way_to_the_next_page_keeps_what_was_asked() {
        let asked = HashMap::from([("q".to_owned(), "logo & co".to_owned()), ("after".to_owned(), "x".to_owned())]);
        let pages = Pages::new("/orders", &asked, Some("y"));
        assert_eq!(pages.first.as_deref(), Some("/orders?q=logo+%26+co"));
        assert_eq!(pages.next.as_deref(), Some("/orders?q=logo+%26+co&after=y"));
    }
}
