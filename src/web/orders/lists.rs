//! The lists: my orders, my disputes.

use actix_web::HttpResponse;
use askama::Template;
use chrono::{DateTime, NaiveDate, Utc};
use strum::VariantArray;

use crate::domain::{AccountId, Kind, Money, Order, Party};
use crate::i18n::outcomes::Outcomes;
use crate::i18n::{labels, time_markup};
use crate::operations::orders::lists::{self, DisputeListItem, Filter, OpenAfter, OrderListItem, Query, Section};
use crate::paths::{self, DisputePath, OrderPath};
use crate::settings::OrderActions;
use crate::web::access::SignedIn;
use crate::web::error::Error;
use crate::web::form::Choice;
use crate::web::layout::Page;
use crate::web::orders::sidebar::{NextStep, StateTag, StatusTag};
use crate::web::query::{Pages, QueryParams, cursor, parse_cursor};
use crate::web::respond::html;
use crate::web::rich_text::RichText;

#[derive(Template)]
#[template(path = "orders/list.html")]
struct OrdersPage<'a> {
    page: &'a Page,
    /// What tells this list from the others in a row of tabs.
    title: String,
    filters: Vec<Choice>,
    roles: Vec<Choice>,
    search: String,
    is_filtered: bool,
    /// The sections of the home page, or the one list that was asked for.
    groups: Vec<Group>,
    pages: Pages,
}

struct Group {
    heading: String,
    /// Whether its questions wait for the viewer.
    is_waiting: bool,
    /// Whether the heading is for people who do not see the page; a filtered list needs no other.
    is_quiet: bool,
    rows: Vec<OrderRow>,
}

struct OrderRow {
    path: OrderPath,
    reference: String,
    title: String,
    with: String,
    status: StatusTag,
    question: Option<String>,
    deadline: Option<RichText>,
    waits_for_viewer: bool,
    delivery_date: NaiveDate,
    price: Money,
    next_steps: Vec<NextStep>,
}

/// Shows my orders: by what needs me, or those that were asked for, newest first.
pub(in crate::web) async fn orders(signed_in: SignedIn, params: QueryParams) -> Result<HttpResponse, Error> {
    let get = |name: &str| params.get(name).map(|value| value.trim()).unwrap_or_default();
    let query = Query {
        filter: get("filter").parse().unwrap_or_default(),
        role: get("role").parse().ok(),
        // As long as a title or a name can be; SQLite does not take a much longer pattern.
        search: Some(get("q").chars().filter(|c| *c != '\0').take(150).collect()).filter(|q: &String| !q.is_empty()),
        today: signed_in.page.today(),
        after: parse_cursor(get("after")).map(|(at, reference, _)| (at, reference)),
    };
    if query.filter == Filter::All && query.role.is_none() && query.search.is_none() {
        home(&signed_in, &params).await
    } else {
        filtered(&signed_in, &params, query).await
    }
}

/// Shows the orders by what needs me: each once, those that wait for me first.
async fn home(signed_in: &SignedIn, params: &QueryParams) -> Result<HttpResponse, Error> {
    let (page, me, now, today) = (&signed_in.page, signed_in.person.id, signed_in.page.now, signed_in.page.today());
    let after = params.get("after").and_then(|after| {
        let (section, place) = after.split_once('.')?;
        let (at, reference, _) = parse_cursor(place)?;
        Some((section.parse().ok()?, at, reference))
    });
    let found = page.read_inline(move |store| lists::home(store, me, after, (now, today))).await?;
    let next = found.next.map(|(section, at, reference)| {
        let section: &str = section.into();
        format!("{section}.{}", cursor(at, reference, 0))
    });
    let group = |(section, rows): &(Section, Vec<OrderListItem>)| Group {
        heading: section_heading(page, *section),
        is_waiting: *section == Section::Waiting,
        is_quiet: false,
        rows: rows.iter().map(|row| order_row(page, me, row, Some(*section))).collect(),
    };
    html(&OrdersPage {
        title: page.words.orders(),
        filters: filters(page, Filter::All),
        roles: roles(page, None),
        is_filtered: false,
        search: String::new(),
        groups: found.sections.iter().map(group).collect(),
        pages: Pages::new(paths::ORDERS, params, next.as_deref()),
        page,
    })
}

/// Shows the orders that were asked for, newest first.
async fn filtered(signed_in: &SignedIn, params: &QueryParams, query: Query) -> Result<HttpResponse, Error> {
    let (page, me, now) = (&signed_in.page, signed_in.person.id, signed_in.page.now);
    let found = {
        let query = query.clone();
        move |store: &_| lists::orders(store, me, &query, now)
    };
    // A search reads all orders of the account.
    let found =
        if query.search.is_some() { page.run_search(me, found).await? } else { page.read_inline(found).await? };
    let next = found.next.map(|(at, reference)| cursor(at, reference, 0));
    let rows: Vec<OrderRow> = found.rows.iter().map(|row| order_row(page, me, row, None)).collect();
    let group = Group { heading: page.words.orders_found(), is_waiting: false, is_quiet: true, rows };
    html(&OrdersPage {
        title: match &query.search {
            Some(search) => page.words.orders_title_search(search.as_str()),
            None if query.filter == Filter::All => page.words.orders(),
            None => page.words.orders_title_filter(filter_label(page, query.filter)),
        },
        filters: filters(page, query.filter),
        roles: roles(page, query.role),
        is_filtered: true,
        search: query.search.unwrap_or_default(),
        groups: Some(group).filter(|group| !group.rows.is_empty()).into_iter().collect(),
        pages: Pages::new(paths::ORDERS, params, next.as_deref()),
        page,
    })
}

fn section_heading(page: &Page, section: Section) -> String {
    match section {
        Section::Waiting => page.words.disputes_to_answer(),
        Section::Late => page.words.late(),
        Section::Delivered => page.words.orders_to_look_at(),
        Section::Running => page.words.orders_running(),
        Section::Closed => page.words.orders_filter_closed(),
    }
}

fn filter_label(page: &Page, filter: Filter) -> String {
    match filter {
        Filter::All => page.words.orders_filter_all(),
        Filter::Open => page.words.orders_filter_open(),
        Filter::Waiting => page.words.orders_filter_waiting(),
        Filter::Late => page.words.late(),
        Filter::Closed => page.words.orders_filter_closed(),
    }
}

fn filters(page: &Page, chosen: Filter) -> Vec<Choice> {
    let option = |filter: &Filter| {
        let value = <&str>::from(*filter).to_owned();
        Choice { value, label: filter_label(page, *filter), chosen: *filter == chosen }
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

fn order_row(page: &Page, me: AccountId, row: &OrderListItem, section: Option<Section>) -> OrderRow {
    let name = labels::name(page.words, &row.other_name);
    let (order, other) = (&row.order, &*name);
    let viewer = order.party(me).unwrap_or(Party::Customer);
    let waits_for_viewer = order.waits_for(viewer);
    let asked = order.open_dispute.as_ref().map(|dispute| Outcomes { reader: page.reader, dispute, viewer, other });
    let deadline = match (&asked, section) {
        (Some(asked), Some(Section::Waiting)) => Some(asked.of_silence()),
        (Some(asked), _) => Some({
            let moment = time_markup::moment(page.reader, asked.dispute.respond_by);
            if waits_for_viewer {
                page.words.respond_before(moment)
            } else {
                page.words.other_responds_before(other, moment)
            }
        }),
        (None, _) => order.completes_at.map(|at| page.words.orders_completes(time_markup::moment(page.reader, at))),
    };
    OrderRow {
        path: paths::order(order.reference),
        reference: order.known_as().to_owned(),
        title: order.title.clone(),
        with: match viewer {
            Party::Customer => page.words.with_freelancer(other),
            Party::Freelancer => page.words.with_customer(other),
        },
        status: StatusTag::new(page, order),
        question: asked.filter(|_| section == Some(Section::Waiting)).map(|asked| asked.question()),
        deadline: deadline.map(|line| page.listed(&line)),
        waits_for_viewer,
        delivery_date: order.delivery_date,
        price: order.price,
        next_steps: section.map(|section| next_steps(page, order, viewer, section)).unwrap_or_default(),
    }
}

/// The buttons of a row on the home page. Each opens a form or a page that asks first.
fn next_steps(page: &Page, order: &Order, viewer: Party, section: Section) -> Vec<NextStep> {
    let (path, words) = (paths::order(order.reference), page.words);
    let are_here = page.app.settings.order_actions == OrderActions::Here;
    let steps = match (section, viewer) {
        (Section::Waiting, _) => {
            let question = order.open_dispute.as_ref().map(|dispute| path.dispute(dispute.number).to_string());
            question.map(|question| (question, words.answer_now())).into_iter().collect()
        }
        (Section::Late, Party::Customer) => vec![
            (path.resolution_of(Kind::Update), words.orders_ask_update()),
            (path.resolution_of(Kind::Cancellation), words.orders_ask_cancellation()),
        ],
        (Section::Late, Party::Freelancer) => {
            let deliver = are_here.then(|| (path.deliver(), words.deliver()));
            deliver.into_iter().chain([(path.change(), words.request_change())]).collect()
        }
        (Section::Delivered, _) if are_here => {
            vec![(path.approve(), words.approve()), (path.to_string(), words.request_revision())]
        }
        (Section::Delivered | Section::Running | Section::Closed, _) => Vec::new(),
    };
    steps.into_iter().map(|(path, label)| NextStep { path, label }).collect()
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
    let (dispute, other) = (&row.dispute, labels::name(page.words, &row.other_name));
    let outcomes = Outcomes { reader: page.reader, dispute, viewer, other: &other };
    let line = outcomes.ended().unwrap_or_else(|| outcomes.of_silence());
    DisputeRow {
        path: paths::dispute(row.reference, dispute.number),
        reference: row.known_as.clone(),
        title: row.title.clone(),
        question: outcomes.question(),
        line: page.listed(&line),
        window: dispute.is_open().then_some((dispute.opened_at, dispute.respond_by)),
        state: StateTag::new(page, dispute.state),
        waits_for_viewer: dispute.waits_for(viewer),
        may_withdraw: dispute.is_open() && dispute.opener == viewer,
    }
}
