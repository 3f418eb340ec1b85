//! The page of an order, and the actions of its normal life.

use actix_web::http::header::{self, ETag, EntityTag, Header, IfNoneMatch, TryIntoHeaderValue};
use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;

use crate::domain::orders::kind::{COMPLETION_DAYS, completion_window};
use crate::domain::orders::outside::Description;
use crate::domain::{Action, Ask, Dispute, ExternalId, Kind, Order, Party, Reason, State, Status};
use crate::i18n::payments::Ending;
use crate::i18n::{labels, time_markup};
use crate::operations::orders::actions;
use crate::operations::orders::overview::{self, Overview};
use crate::operations::orders::timeline::TimelinePage;
use crate::paths;
use crate::web::access::{OrderAccess, SignedIn};
use crate::web::error::Error;
use crate::web::form::{Form, PostForm};
use crate::web::layout::Page;
use crate::web::orders::confirm::ConfirmPage;
use crate::web::orders::sidebar::{NextStep, Sidebar, StatusTag};
use crate::web::orders::timeline::{Day, More, Timeline, before};
use crate::web::query::QueryParams;
use crate::web::respond::{html, see_other, unprocessable};
use crate::web::rich_text::RichText;

/// The `id` of the text that goes with a delivery.
const TEXT: &str = "comment";

/// Redirects the start page to the orders.
pub(in crate::web) async fn home() -> HttpResponse {
    see_other(paths::ORDERS)
}

/// Redirects from the marketplace's own id of an order to its page, for its parties.
pub(in crate::web) async fn by_external_id(signed_in: SignedIn, id: web::Path<String>) -> Result<HttpResponse, Error> {
    let (page, account) = (&signed_in.page, signed_in.person.id);
    let id = id.parse::<ExternalId>().map_err(|_| Error::NotFound)?;
    let reference = page.read_inline(move |store| overview::find_by_external_id(store, account, &id)).await?;
    Ok(see_other(&paths::order(reference).to_string()))
}

#[derive(Template)]
#[template(path = "orders/show.html")]
struct OrderPage<'a> {
    page: &'a Page,
    form: Form,
    order: &'a Order,
    /// What the marketplace says of the order.
    description: &'a Description,
    aside: Sidebar,
    status_view: StatusTag,
    next: RichText,
    why: Option<String>,
    /// The silence that came before, as long as nothing else was asked.
    silence: Option<RichText>,
    /// Where its reader most likely wants to go after that, or with an order that is late.
    next_steps: Vec<NextStep>,
    /// What happens to the money when the work is approved.
    money: Option<String>,
    /// The outcome of delivering, when the reader may.
    deliver_outcome: Option<RichText>,
    may_approve: bool,
    /// What the reader does at the marketplace instead of here.
    at_marketplace: Option<String>,
    timeline: Vec<Day<'a>>,
    more: More,
}

impl<'a> OrderPage<'a> {
    fn new(access: &'a OrderAccess, part: &'a TimelinePage, form: Form) -> Self {
        let OrderAccess { page, overview, .. } = access;
        let deliver_outcome = access.may(Action::Deliver).then(|| RichText(deliver_outcome(page, overview)));
        let aside = Sidebar::new(page, overview);
        Self {
            status_view: StatusTag::new(page, &overview.order),
            next: RichText(what_now(page, overview, &aside)),
            why: why_cancelled(page, overview),
            silence: overview.last_silence().map(|silent| RichText(silence(page, overview, silent))),
            next_steps: next_steps(page, overview),
            money: page.money_at(Ending::Completed, overview),
            deliver_outcome,
            may_approve: access.may(Action::Approve),
            at_marketplace: at_marketplace(access),
            timeline: Timeline::new(page, overview, &part.disputes).days(part.events.iter()),
            more: More::new(access, part, &access.path().to_string(), "timeline-title"),
            order: &overview.order,
            description: &overview.description,
            aside,
            page,
            form,
        }
    }
}

/// Shows one order.
pub(in crate::web) async fn show(access: OrderAccess, params: QueryParams) -> Result<HttpResponse, Error> {
    let access = access.begin_review().await;
    let part = access.timeline(before(&params)).await?;
    if part.is_newest {
        access.mark_read().await;
    }
    let form = access.page.kept_form("revision-comment").await?;
    html(&OrderPage::new(&access, &part, form))
}

#[derive(Template)]
#[template(path = "orders/news.html")]
struct News<'a> {
    page: &'a Page,
    event: String,
}

/// What happened since a page was shown, for its script: no change (304), or a line about the latest event. The `ETag`
/// is the number of events, so that an answer has no body until something happens.
pub(in crate::web) async fn news(access: OrderAccess, request: HttpRequest) -> Result<HttpResponse, Error> {
    let OrderAccess { page, overview, .. } = &access;
    let tag = EntityTag::new_strong(overview.order.event_count.to_string());
    let seen =
        IfNoneMatch::parse(&request).is_ok_and(|seen| matches!(seen, IfNoneMatch::Items(tags) if tags.contains(&tag)));
    if seen {
        return Ok(HttpResponse::NotModified().insert_header(ETag(tag)).finish());
    }
    let recorded = overview.timeline.clone();
    let newest = page.read_inline(move |store| recorded.newest(store)).await?;
    let sentence = |event| Timeline::new(page, overview, &[]).entry(event).sentence;
    let event = newest.as_ref().map(sentence).unwrap_or_default();
    let mut answer = html(&News { page, event })?;
    answer.headers_mut().insert(header::ETAG, ETag(tag).try_into_value().map_err(|error| Error::internal(&error))?);
    Ok(answer)
}

/// Asks the freelancer once more, and for a few words about the work.
pub(in crate::web) async fn confirm_deliver(access: OrderAccess) -> Result<HttpResponse, Error> {
    access.must_allow(Action::Deliver)?;
    let form = access.page.kept_form(TEXT).await?;
    html(&deliver_page(&access, form))
}

fn deliver_page(access: &OrderAccess, form: Form) -> ConfirmPage<'_> {
    let OrderAccess { page, overview, .. } = access;
    ConfirmPage {
        title: &overview.order.title,
        question: page.words.confirm_deliver(),
        outcome: RichText(deliver_outcome(page, overview)),
        action: access.path().deliver(),
        back: access.path().to_string(),
        next: access.path().to_string(),
        button: page.words.deliver(),
        icon: "parcel",
        seen: None,
        text_hint: Some(page.words.deliver_hint(overview.other_name())),
        form,
        page,
    }
}

fn deliver_outcome(page: &Page, overview: &Overview) -> String {
    let completes_at = time_markup::moment(page.reader, page.now + completion_window());
    page.words.deliver_outcome(overview.other_name(), COMPLETION_DAYS, completes_at)
}

/// The freelancer delivers.
pub(in crate::web) async fn deliver(access: OrderAccess, posted: PostForm) -> Result<HttpResponse, Error> {
    let (page, who, now) = (&access.page, access.who, access.page.now);
    page.must_know_the_time()?;
    access.must_be_here()?;
    let mut form = Form::sent(&posted, TEXT);
    let comment = form.optional_text(page.words, TEXT, posted.get("comment"));
    if !form.is_fine() {
        access.must_allow(Action::Deliver)?;
        return unprocessable(&deliver_page(&access, form));
    }
    page.run_blocking(move |store| actions::deliver(store, who, comment, now)).await?;
    let until = time_markup::moment(page.reader, now + completion_window());
    let done = page.words.done_delivered(access.overview.other_name(), until);
    Ok(page.redirect_with_flash(&access.path().to_string(), &done))
}

/// Asks the customer once more before approving, which cannot be taken back.
pub(in crate::web) async fn confirm_approve(access: OrderAccess) -> Result<HttpResponse, Error> {
    access.must_allow(Action::Approve)?;
    let OrderAccess { page, overview, .. } = &access;
    html(&ConfirmPage {
        title: &overview.order.title,
        question: page.words.confirm_approve(overview.other_name()),
        outcome: RichText(
            std::iter::once(page.words.approve_outcome())
                .chain(page.money_at(Ending::Completed, overview))
                .collect::<Vec<_>>()
                .join(" "),
        ),
        action: access.path().approve(),
        back: access.path().to_string(),
        next: access.path().to_string(),
        button: page.words.approve(),
        icon: "check",
        form: Form::default(),
        seen: None,
        text_hint: None,
        page,
    })
}

/// Approves the work.
pub(in crate::web) async fn approve(access: OrderAccess, _form: PostForm) -> Result<HttpResponse, Error> {
    let (page, who, now) = (&access.page, access.who, access.page.now);
    access.must_be_here()?;
    page.run_blocking(move |store| actions::approve(store, who, now)).await?;
    Ok(page.redirect_with_flash(&access.path().to_string(), &page.words.done_approved()))
}

/// Asks for a revision.
pub(in crate::web) async fn request_revision(access: OrderAccess, posted: PostForm) -> Result<HttpResponse, Error> {
    let (page, who, now) = (&access.page, access.who, access.page.now);
    access.must_be_here()?;
    let mut form = Form::sent(&posted, "revision-comment");
    let missing = page.words.comment_missing();
    let Some(comment) = form.text(page.words, "revision-comment", posted.get("comment"), missing) else {
        access.must_allow(Action::RequestRevision)?;
        return unprocessable(&OrderPage::new(&access, &access.timeline(None).await?, form));
    };
    page.run_blocking(move |store| actions::request_revision(store, who, comment, now)).await?;
    Ok(page.redirect_with_flash(&access.path().to_string(), &page.words.done_revision(access.overview.other_name())))
}

/// What the reader could do now with the buttons of the marketplace, where those do it.
fn at_marketplace(access: &OrderAccess) -> Option<String> {
    let OrderAccess { page, overview, .. } = access;
    access.must_be_here().err()?;
    if overview.may(Action::Deliver) {
        Some(page.words.deliver_at_marketplace(page.marketplace()))
    } else if overview.may(Action::Approve) {
        Some(page.words.review_at_marketplace(page.marketplace()))
    } else {
        None
    }
}

/// What happens now and when, in one sentence to the reader.
fn what_now(page: &Page, overview: &Overview, aside: &Sidebar) -> String {
    let (words, order, other) = (page.words, &overview.order, overview.other_name());
    let date = || time_markup::date(page.reader, order.delivery_date);
    let completes = || order.completes_at.map(|at| time_markup::moment(page.reader, at)).unwrap_or_default();
    match (order.status, overview.viewer) {
        (Status::Active | Status::InRevision, Party::Customer) if order.is_late(page.today()) => {
            words.order_next_late_customer(date(), other)
        }
        (Status::Active | Status::InRevision, Party::Freelancer) if order.is_late(page.today()) => {
            words.order_next_late_freelancer(date(), other)
        }
        (Status::Active | Status::InRevision, Party::Customer) => words.order_next_active_customer(other, date()),
        (Status::Active | Status::InRevision, Party::Freelancer) => words.order_next_active_freelancer(date()),
        (Status::Delivered, Party::Customer) if order.is_unannounced() => {
            words.order_next_unannounced_customer(other, COMPLETION_DAYS)
        }
        (Status::Delivered, Party::Freelancer) if order.is_unannounced() => {
            words.order_next_unannounced_freelancer(other, COMPLETION_DAYS)
        }
        (Status::Delivered, Party::Customer) => words.order_next_delivered_customer(other, completes()),
        (Status::Delivered, Party::Freelancer) => words.order_next_delivered_freelancer(other, completes()),
        (Status::InDispute | Status::ChangeRequested, _) => who_waits(page, overview, aside),
        (Status::Completed, _) => words.order_next_completed(),
        (Status::Cancelled, _) => words.order_next_cancelled(),
        (Status::MutuallyCancelled, _) => how_cancelled(page, overview),
    }
}

/// Who did not answer what, and until when they could have.
fn silence(page: &Page, overview: &Overview, silent: &Dispute) -> String {
    let (words, other) = (page.words, overview.other_name());
    let until = time_markup::moment(page.reader, silent.respond_by);
    match (silent.ask.kind(), silent.opener == overview.viewer) {
        (Kind::Update, true) => words.silence_update(other, until),
        (Kind::Update, false) => words.silence_update_own(until),
        (Kind::Change | Kind::Cancellation, true) => words.silence_change(other, until),
        (Kind::Change | Kind::Cancellation, false) => words.silence_change_own(until),
    }
}

/// The forms that help on after a silence, or with late work. They are links to pages that ask, as everywhere.
fn next_steps(page: &Page, overview: &Overview) -> Vec<NextStep> {
    let (words, order) = (page.words, &overview.order);
    let path = paths::order(order.reference);
    let silent = overview.last_silence().filter(|silent| silent.opener == overview.viewer);
    if overview.viewer == Party::Freelancer || !(silent.is_some() || order.is_late(page.today())) {
        return Vec::new();
    }
    let cancels = path.resolution_of(Kind::Cancellation);
    let why = if silent.is_some() { Reason::FreelancerUnresponsive } else { Reason::TooLate };
    let steps = [
        (Kind::Update, path.resolution_of(Kind::Update), words.orders_ask_update()),
        (Kind::Cancellation, format!("{cancels}&reason={}", why.code()), words.orders_ask_cancellation()),
    ];
    let can_ask = |kind: Kind| overview.may(Action::Open(kind)) && overview.limit_on(kind, page.now).is_none();
    let steps = steps.into_iter().filter(|(kind, ..)| can_ask(*kind));
    steps.map(|(_, path, label)| NextStep { path, label }).collect()
}

/// Who waits for whom, and the outcome of silence.
fn who_waits(page: &Page, overview: &Overview, aside: &Sidebar) -> String {
    let (words, other) = (page.words, overview.other_name());
    let waits =
        if overview.waits_for_viewer() { words.center_open_theirs(other) } else { words.center_open_own(other) };
    format!("{waits} {}", aside.open.as_ref().map_or("", |open| &open.silence.0))
}

/// Whether both agreed or the time passed without an answer, who asked, and when (rules 11).
fn how_cancelled(page: &Page, overview: &Overview) -> String {
    let (words, other) = (page.words, overview.other_name());
    let Some(dispute) = overview.cancelled_by() else { return words.order_next_cancelled_imported() };
    let who = if dispute.opener == overview.viewer { "you" } else { "other" };
    let moment = |at| time_markup::moment(page.reader, at);
    let asked = moment(dispute.opened_at);
    match dispute.state {
        State::Lapsed(at) => words.order_next_cancelled_silence(who, asked, dispute.window_hours(), moment(at), other),
        State::Accepted(at) => words.order_next_cancelled_both(who, asked, other, moment(at)),
        State::Open | State::Answered(_) | State::Declined(_) | State::Withdrawn(_) | State::Overtaken(_) => {
            words.order_next_cancelled_imported()
        }
    }
}

/// The reason of a cancellation that took place.
fn why_cancelled(page: &Page, overview: &Overview) -> Option<String> {
    match overview.cancelled_by()?.ask {
        Ask::Cancellation(reason) => Some(page.words.event_reason(labels::reason(page.words, reason))),
        Ask::Update | Ask::Change(_) => None,
    }
}
