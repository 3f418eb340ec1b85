//! One dispute or request: the question, the outcome of each answer, and the answers.

use actix_web::HttpResponse;
use askama::Template;
use chrono::{DateTime, Utc};

use crate::domain::{Action, Actor, Ask, Dispute, Event, Extra, Kind, Part, Status};
use crate::i18n::outcomes::Outcomes;
use crate::i18n::payments::Ending;
use crate::i18n::{labels, limits, time_markup};
use crate::operations::orders::overview::Overview;
use crate::operations::orders::timeline::Conversation;
use crate::operations::orders::{actions, remind};
use crate::paths::{self, DisputePath};
use crate::web::access::DisputeAccess;
use crate::web::error::Error;
use crate::web::form::{Form, PostForm};
use crate::web::layout::Page;
use crate::web::orders::agreed;
use crate::web::orders::confirm::ConfirmPage;
use crate::web::orders::parts::part_of;
use crate::web::orders::progress::ProgressView;
use crate::web::orders::sidebar::{Sidebar, StateTag, outcomes};
use crate::web::orders::timeline::{Day, Entry, More, Timeline, before};
use crate::web::query::QueryParams;
use crate::web::respond::html;
use crate::web::rich_text::RichText;

/// The `id` of the text: there is one on the page, whose words go with every button.
pub(super) const TEXT: &str = "comment";

#[derive(Template)]
#[template(path = "orders/disputes/show.html")]
pub(super) struct DisputePage<'a> {
    page: &'a Page,
    form: Form,
    title: &'a str,
    path: DisputePath,
    aside: Sidebar,
    dispute: &'a Dispute,
    question: String,
    asked: String,
    state: StateTag,
    asks_viewer: bool,
    ended: Option<RichText>,
    silence: RichText,
    opening: Option<Entry<'a>>,
    change: Option<ChangeView>,
    /// What they agree on, while it is open.
    agreed: Vec<RichText>,
    choices: Choices,
    may_update: bool,
    may_accept: bool,
    may_decline: bool,
    may_withdraw: bool,
    /// Whether there is mail to remind with.
    may_remind: bool,
    may_comment: bool,
    /// Why no comment can be added now.
    limit: Option<RichText>,
    /// The address of the form with the text; nothing when there is nothing to write.
    writes_to: Option<String>,
    /// Whether the party that must answer has opened it, while it is open.
    seen: Option<RichText>,
    hint: String,
    /// The easy beginning of an update, for the party that must give it.
    progress: Option<ProgressView>,
    accept_label: String,
    decline_label: String,
    /// What the other party did while its reader wrote an answer.
    newer: Vec<Entry<'a>>,
    timeline: Vec<Day<'a>>,
    more: More,
}

/// The outcome of each button.
struct Choices {
    update: RichText,
    accept: RichText,
    /// Each part that can be accepted alone: its label, its address and its outcome.
    parts: Vec<(String, String, RichText)>,
    decline: RichText,
    withdraw: RichText,
    none: bool,
}

impl Choices {
    fn is_empty(&self) -> bool {
        self.none
    }
}

/// The parts of a requested change.
struct ChangeView {
    /// The old and the new one.
    date: Option<(RichText, RichText)>,
    days: String,
    /// The old and the new one.
    price: Option<(String, String)>,
    extras: Vec<Extra>,
    total: String,
}

impl<'a> DisputePage<'a> {
    /// `seen`: the newest event that the writer of a form had seen, where the form comes back for what is newer.
    pub(super) fn new(access: &'a DisputeAccess, said: &'a Conversation, form: Form, seen: Option<i32>) -> Self {
        let opened = access.order.overview.seen_at(access.number);
        Self::opened(access, said, form, (seen, opened))
    }

    /// `opened`: when the party that must answer first opened it.
    fn opened(
        access: &'a DisputeAccess,
        said: &'a Conversation,
        form: Form,
        (seen, opened): (Option<i32>, Option<DateTime<Utc>>),
    ) -> Self {
        let (page, overview, dispute) = (&access.order.page, &access.order.overview, access.dispute());
        let (outcomes, timeline) = (outcomes(page, overview, dispute), Timeline::new(page, overview, &[]));
        let may = |action| dispute.is_open() && overview.may(action);
        let limit = said.comments.allow(dispute.number, page.now).err();
        let limit = limit.and_then(|limit| limits::reached(page.reader, limit, Some(dispute.respond_by)));
        let path = access.path();
        let writes_to = [
            (Action::GiveUpdate, path.update()),
            (Action::Decline, path.decline()),
            (Action::Comment, path.comments()),
        ];
        let can_write = |action: Action| may(action) && (action != Action::Comment || limit.is_none());
        let newer = said.page.events.iter().filter(|event| seen.is_some_and(|seen| is_newer(event, seen, overview)));
        let is_cancellation = dispute.ask.kind() == Kind::Cancellation;
        let words = page.words;
        Self {
            writes_to: writes_to.into_iter().find(|(action, _)| can_write(*action)).map(|(_, address)| address),
            seen: dispute.is_open().then(|| RichText(who_saw_it(page, overview, dispute, opened))),
            hint: match dispute.respondent() == overview.viewer {
                true if dispute.ask.kind() == Kind::Update => words.update_hint(overview.other_name()),
                true => words.box_hint(overview.other_name()),
                false => words.comment_form_hint(),
            },
            accept_label: if is_cancellation { words.accept_cancellation() } else { words.accept() },
            decline_label: if is_cancellation { words.decline_cancellation() } else { words.decline() },
            progress: may(Action::GiveUpdate).then(|| ProgressView::new(page, &form, overview.order.delivery_date)),
            newer: newer.map(|event| timeline.entry(event)).collect(),
            title: &overview.order.title,
            path,
            aside: Sidebar { shows_center: !dispute.is_open(), ..Sidebar::new(page, overview) },
            question: outcomes.question(),
            asked: outcomes.question_to_answer(),
            state: StateTag::new(page, dispute.state),
            asks_viewer: dispute.waits_for(overview.viewer),
            ended: outcomes.ended().map(RichText),
            silence: RichText(with_money(page, overview, dispute, outcomes.of_silence())),
            opening: said.opening.as_ref().map(|event| timeline.entry(event)),
            change: change_view(page, dispute),
            agreed: if dispute.is_open() { agreed::lines(page, overview, dispute) } else { Vec::new() },
            choices: Choices {
                update: RichText(outcomes.of_update()),
                parts: parts_of(&outcomes, dispute, path),
                accept: RichText(with_money(page, overview, dispute, outcomes.of_accepting())),
                decline: RichText(outcomes.of_declining()),
                withdraw: RichText(outcomes.of_withdrawing()),
                none: !dispute.is_open(),
            },
            may_update: may(Action::GiveUpdate),
            may_accept: may(Action::Accept),
            may_decline: may(Action::Decline),
            may_withdraw: may(Action::Withdraw),
            may_remind: page.app.settings.sends_mail,
            may_comment: may(Action::Comment),
            limit: limit.map(|(_, text)| RichText(text)),
            timeline: timeline.days(said.page.events.iter()),
            more: More::new(&access.order, &said.page, &access.path().to_string(), "comments-title"),
            dispute,
            form,
            page,
        }
    }
}

/// The parts of a change that can be accepted alone.
fn parts_of(outcomes: &Outcomes<'_>, dispute: &Dispute, path: DisputePath) -> Vec<(String, String, RichText)> {
    let words = outcomes.reader.words();
    let parts = [(Part::Date, words.accept_date()), (Part::Extras, words.accept_extras())];
    let parts = parts.into_iter().filter(|_| dispute.has_parts());
    parts.map(|(part, label)| (label, path.accept_part(part), RichText(outcomes.of_accepting_part(part)))).collect()
}

/// Adds what its order shows afterwards, and what happens to the money, to an outcome that cancels the order.
fn with_money(page: &Page, overview: &Overview, dispute: &Dispute, outcome: String) -> String {
    if dispute.ask.kind() != Kind::Cancellation {
        return outcome;
    }
    let shown = page.words.outcome_shown_as(labels::status(page.words, Status::MutuallyCancelled));
    let money = page.money_at(Ending::Cancelled, overview);
    [outcome, shown].into_iter().chain(money).collect::<Vec<_>>().join(" ")
}

/// Whether the party that must answer has opened the question, to both (rules 16).
fn who_saw_it(page: &Page, overview: &Overview, dispute: &Dispute, opened: Option<DateTime<Utc>>) -> String {
    let (words, other) = (page.words, overview.other_name());
    let moment = opened.map(|at| time_markup::moment(page.reader, at));
    match (moment, dispute.opener == overview.viewer) {
        (Some(at), true) => words.seen_by_other(other, at),
        (Some(at), false) => words.seen_by_you(at, other),
        (None, true) => words.seen_not_yet(other),
        (None, false) => words.seen_not_yet_by_you(other),
    }
}

/// Whether the other party did that after the event with that number.
pub(super) fn is_newer(event: &Event, seen: i32, overview: &Overview) -> bool {
    event.number > seen && event.actor == Actor::Party(overview.viewer.other())
}

fn change_view(page: &Page, dispute: &Dispute) -> Option<ChangeView> {
    let Ask::Change(change) = &dispute.ask else { return None };
    let (words, old_date, old_price) = (page.words, dispute.old_delivery_date, dispute.old_price);
    let date = |date| time_markup::date(page.reader, date);
    Some(ChangeView {
        date: change.extra_days().map(|_| (RichText(date(old_date)), RichText(date(change.delivery_date(old_date))))),
        days: change.extra_days().map(|days| words.change_days(days.get())).unwrap_or_default(),
        price: (!change.extras().is_empty()).then(|| (page.money(&old_price), page.money(&change.price(old_price)))),
        extras: change.extras().to_vec(),
        total: page.money(&change.extras().iter().map(|extra| extra.price).sum()),
    })
}

/// Shows one dispute.
pub(in crate::web) async fn show(access: DisputeAccess, params: QueryParams) -> Result<HttpResponse, Error> {
    let said = access.conversation(before(&params)).await?;
    if said.page.is_newest {
        access.order.mark_read().await;
    }
    let form = access.order.page.kept_form(TEXT).await?;
    let opened = access.mark_seen().await;
    html(&DisputePage::opened(&access, &said, form, (None, opened)))
}

/// Asks for confirmation before accepting, which cannot be undone.
pub(in crate::web) async fn confirm_accept(access: DisputeAccess, params: QueryParams) -> Result<HttpResponse, Error> {
    access.must_allow(Action::Accept)?;
    let part = part_of(&access, None, &params)?;
    let (page, dispute) = (&access.order.page, access.dispute());
    let form = page.kept_form_of(&access.path().to_string(), TEXT).await?;
    html(&ConfirmPage {
        title: &access.order.overview.order.title,
        question: match dispute.ask.kind() {
            Kind::Change => match part {
                Part::All => page.words.confirm_accept_change(),
                Part::Date => page.words.confirm_accept_date(),
                Part::Extras => page.words.confirm_accept_extras(),
            },
            Kind::Update | Kind::Cancellation => page.words.confirm_accept_cancellation(),
        },
        outcome: RichText(with_money(
            page,
            &access.order.overview,
            dispute,
            outcomes(page, &access.order.overview, dispute).of_accepting_part(part),
        )),
        action: access.path().accept_part(part),
        back: access.path().to_string(),
        next: access.path().to_string(),
        button: page.words.accept(),
        icon: "check",
        text_hint: (!form.value("comment").is_empty())
            .then(|| page.words.box_goes_along(access.order.overview.other_name())),
        form,
        seen: Some(access.order.overview.order.event_count),
        page,
    })
}

/// Asks for confirmation before withdrawing.
pub(in crate::web) async fn confirm_withdraw(
    access: DisputeAccess,
    params: QueryParams,
) -> Result<HttpResponse, Error> {
    access.must_allow(Action::Withdraw)?;
    let (page, dispute) = (&access.order.page, access.dispute());
    let comes_from_list = params.get("from").is_some_and(|from| from == "disputes");
    let back = if comes_from_list { paths::DISPUTES.to_owned() } else { access.path().to_string() };
    html(&ConfirmPage {
        title: &access.order.overview.order.title,
        question: match dispute.ask.kind() {
            Kind::Update => page.words.confirm_withdraw_update(),
            Kind::Cancellation => page.words.confirm_withdraw_cancellation(),
            Kind::Change => page.words.confirm_withdraw_change(),
        },
        outcome: RichText(outcomes(page, &access.order.overview, dispute).of_withdrawing()),
        action: access.path().withdraw(),
        next: back.clone(),
        back,
        button: page.words.withdraw(),
        icon: "undo",
        form: Form::default(),
        seen: None,
        text_hint: None,
        page,
    })
}

/// Withdraws the question.
pub(in crate::web) async fn withdraw(access: DisputeAccess, posted: PostForm) -> Result<HttpResponse, Error> {
    let (page, who, number, now) = access.parts();
    page.run_blocking(move |store| actions::withdraw(store, who, number, now)).await?;
    let next =
        if posted.get("next") == paths::DISPUTES { paths::DISPUTES.to_owned() } else { access.path().to_string() };
    Ok(page.redirect_with_flash(&next, &page.words.done_withdrawn(access.order.overview.other_name())))
}

/// Reminds the other party of one's own question.
pub(in crate::web) async fn remind(access: DisputeAccess, _form: PostForm) -> Result<HttpResponse, Error> {
    let (page, who, number, now) = access.parts();
    page.run_blocking(move |store| remind::remind(store, who, number, now)).await?;
    let done = page.words.done_reminded(access.order.overview.other_name());
    Ok(page.redirect_with_flash(&access.path().to_string(), &done))
}

impl DisputeAccess {
    pub(super) fn parts(&self) -> (&Page, crate::operations::Who, i32, chrono::DateTime<chrono::Utc>) {
        (&self.order.page, self.order.who, self.number, self.order.page.now)
    }

    /// Refuses with a page when the action is not possible now; a party who comes too late sees what happened instead.
    pub(super) fn must_allow(&self, action: Action) -> Result<(), Error> {
        let dispute = self.dispute();
        if dispute.is_open() {
            self.order.must_allow(action)
        } else {
            Err(self.order.refused(dispute.refusal_once_closed()))
        }
    }
}
