//! The Oplossingscentrum of one order: choose an action, fill in its form, send it.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use askama::Template;

use crate::domain::orders::kind::Entry;
use crate::domain::{Ask, Kind, Party, Reason, Text};
use crate::i18n::{labels, time_markup};
use crate::operations::accounts::token;
use crate::operations::orders::actions;
use crate::operations::orders::overview::Overview;
use crate::paths::OrderPath;
use crate::web::access::OrderAccess;
use crate::web::error::Error;
use crate::web::form::Choice;
use crate::web::form::{Form, PostForm};
use crate::web::layout::Page;
use crate::web::orders::sidebar::{Sidebar, limit_on};
use crate::web::query::QueryParams;
use crate::web::respond::{html, see_other, unprocessable, with_status};
use crate::web::rich_text::RichText;

#[derive(Template)]
#[template(path = "orders/resolution/choose.html")]
struct ChoosePage<'a> {
    page: &'a Page,
    form: Form,
    title: &'a str,
    aside: Sidebar,
    choices: Vec<KindChoice>,
    first_id: String,
}

struct KindChoice {
    code: &'static str,
    label: String,
    hint: String,
    /// Why it cannot be asked yet.
    limit: Option<RichText>,
}

#[derive(Template)]
#[template(path = "orders/resolution/form.html")]
struct FormPage<'a> {
    page: &'a Page,
    form: Form,
    path: OrderPath,
    title: &'a str,
    other_name: String,
    kind: Kind,
    heading: String,
    happens: RichText,
    reasons: Vec<Choice>,
    comment_hint: String,
    comment_optional: bool,
    form_token: String,
}

/// Shows the actions, or the form of the chosen one.
pub(in crate::web) async fn show(access: OrderAccess, params: QueryParams) -> Result<HttpResponse, Error> {
    let overview = &access.overview;
    let kind = params.get("action").and_then(|action| action.parse::<Kind>().ok());
    match kind.filter(|kind| kind.terms().entry == Entry::ResolutionCenter) {
        Some(kind) => {
            access.must_allow_question(kind)?;
            let mut form = access.page.kept_form("comment").await?;
            if let Some(reason) = params.get("reason").filter(|_| form.value("reason").is_empty()) {
                form.fill("reason", reason);
            }
            html(&form_page(&access, kind, form, token::random()))
        }
        None if overview.center_kinds().is_empty() => html(&choose_page(&access, Form::default())),
        None if params.contains_key("step") || params.contains_key("action") => choose_again(&access),
        None => html(&choose_page(&access, Form::default())),
    }
}

/// Shows the menu again with the error that no action was chosen.
fn choose_again(access: &OrderAccess) -> Result<HttpResponse, Error> {
    let mut page = choose_page(access, Form::default());
    if !page.first_id.is_empty() {
        page.form.refuse(page.first_id.clone(), access.page.words.resolution_choose_missing());
    }
    with_status(StatusCode::UNPROCESSABLE_ENTITY, &page)
}

fn choose_page(access: &OrderAccess, form: Form) -> ChoosePage<'_> {
    let OrderAccess { page, overview, .. } = access;
    let kinds = overview.center_kinds();
    let choice = |kind: &Kind| {
        let (label, hint) = kind_in_words(page, overview, *kind);
        KindChoice { code: kind.code(), label, hint, limit: limit_on(page, overview, *kind) }
    };
    let choices: Vec<KindChoice> = kinds.iter().map(choice).collect();
    let first = choices.iter().find(|choice| choice.limit.is_none());
    ChoosePage {
        form,
        title: &overview.order.title,
        aside: Sidebar::new(page, overview),
        first_id: first.map(|choice| format!("action-{}", choice.code)).unwrap_or_default(),
        choices,
        page,
    }
}

fn kind_in_words(page: &Page, overview: &Overview, kind: Kind) -> (String, String) {
    let (words, other, terms) = (page.words, overview.other_name(), kind.terms());
    match (kind, overview.viewer) {
        (Kind::Update, _) => (words.action_update(), words.action_update_hint(other, terms.window_days())),
        (Kind::Cancellation, Party::Customer) => {
            (words.action_cancellation_customer(), words.action_cancellation_hint(other, terms.window_hours))
        }
        (Kind::Cancellation, Party::Freelancer) => {
            (words.action_cancellation_freelancer(), words.action_cancellation_hint(other, terms.window_hours))
        }
        (Kind::Change, _) => (words.request_change(), words.request_change_hint(other)),
    }
}

fn form_page(access: &OrderAccess, kind: Kind, form: Form, form_token: String) -> FormPage<'_> {
    let OrderAccess { page, overview, .. } = access;
    let (words, other, viewer) = (page.words, overview.other_name(), overview.viewer);
    let until = time_markup::moment(page.reader, page.now + kind.terms().window());
    let (heading, happens, comment_hint) = match (kind, viewer) {
        (Kind::Update | Kind::Change, _) => {
            (words.form_update(), words.form_update_happens(other, until), words.comment_hint_update(other))
        }
        (Kind::Cancellation, Party::Customer) => (
            words.form_cancellation_customer(),
            words.form_cancellation_happens(other, until),
            words.comment_hint_cancellation(other),
        ),
        (Kind::Cancellation, Party::Freelancer) => (
            words.form_cancellation_freelancer(),
            words.form_cancellation_happens(other, until),
            words.comment_hint_cancellation_freelancer(other),
        ),
    };
    let chosen: Option<Reason> = form.value("reason").parse().ok();
    let reasons = Reason::list(viewer).filter(|_| kind == Kind::Cancellation).map(|reason| Choice {
        value: reason.code().to_owned(),
        label: labels::reason(words, reason),
        chosen: Some(reason) == chosen,
    });
    FormPage {
        path: access.path(),
        title: &overview.order.title,
        other_name: other.to_owned(),
        reasons: reasons.collect(),
        comment_optional: kind == Kind::Cancellation && viewer == Party::Freelancer,
        happens: RichText(happens),
        heading,
        comment_hint,
        form_token,
        kind,
        form,
        page,
    }
}

/// Opens an update or a cancellation.
pub(in crate::web) async fn open(access: OrderAccess, posted: PostForm) -> Result<HttpResponse, Error> {
    let kind = posted.get("kind").parse::<Kind>().ok();
    let Some(kind) = kind.filter(|kind| kind.terms().entry == Entry::ResolutionCenter) else {
        return choose_again(&access);
    };
    let mut form = Form::sent(&posted, "comment");
    let read = read(&access, kind, &posted, &mut form);
    let token = posted.form_token();
    let Some((ask, comment)) = read else {
        access.must_allow_question(kind)?;
        return unprocessable(&form_page(&access, kind, form, token));
    };
    access.open(ask, comment, token).await
}

/// Reads the form, and adds its errors to it.
fn read(access: &OrderAccess, kind: Kind, posted: &PostForm, form: &mut Form) -> Option<(Ask, Option<Text>)> {
    let (words, viewer) = (access.page.words, access.overview.viewer);
    let ask = match kind {
        Kind::Update | Kind::Change => Some(Ask::Update),
        Kind::Cancellation => {
            let reason = posted.get("reason").parse::<Reason>().ok().filter(|reason| reason.is_for(viewer));
            if reason.is_none() {
                form.refuse("reason", words.reason_missing());
            }
            reason.map(Ask::Cancellation)
        }
    };
    let typed = posted.get("comment");
    // Without a reason yet, a customer must still explain; a freelancer may not have to.
    let needs_comment = ask.as_ref().map_or(viewer == Party::Customer, |ask| ask.needs_comment(viewer));
    let comment = if needs_comment {
        let missing = match (kind, viewer) {
            (Kind::Cancellation, Party::Customer) => words.comment_missing_why(),
            (Kind::Cancellation, Party::Freelancer) => words.comment_missing_other(),
            (Kind::Update | Kind::Change, _) => words.comment_missing(),
        };
        form.text(words, "comment", typed, missing)
    } else {
        form.optional_text(words, "comment", typed)
    };
    form.is_fine().then_some((ask?, comment))
}

impl OrderAccess {
    /// Opens the dispute and redirects to its page.
    pub(in crate::web) async fn open(
        self,
        ask: Ask,
        comment: Option<Text>,
        token: String,
    ) -> Result<HttpResponse, Error> {
        let (page, who, now) = (&self.page, self.who, self.page.now);
        page.must_know_the_time()?;
        let until = time_markup::moment(page.reader, now + ask.kind().terms().window());
        let opened = page.run_blocking(move |store| actions::open(store, who, ask, comment, &token, now)).await?;
        let path = self.path().dispute(opened.number).to_string();
        if !opened.is_new {
            return Ok(see_other(&path));
        }
        Ok(page.redirect_with_flash(&path, &page.words.done_opened(self.overview.other_name(), until)))
    }
}
