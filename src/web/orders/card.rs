//! The card of a question: what was asked and said, and every answer with its outcome. It is the same on the question's
//! page and behind the link of a mail.

use chrono::{DateTime, Utc};

use crate::domain::{Action, Actor, Ask, Dispute, Event, Extra, Kind, Part, Status};
use crate::i18n::outcomes::Outcomes;
use crate::i18n::payments::Ending;
use crate::i18n::{labels, limits, time_markup};
use crate::operations::orders::overview::Overview;
use crate::operations::orders::timeline::Conversation;
use crate::paths::{self, DisputePath};
use crate::web::access::DisputeAccess;
use crate::web::form::Form;
use crate::web::layout::Page;
use crate::web::orders::agreed;
use crate::web::orders::progress::ProgressView;
use crate::web::orders::sidebar::{StateTag, outcomes};
use crate::web::orders::timeline::{Day, Entry, More, Timeline};
use crate::web::rich_text::{RichText, Submit};

/// The `id` of the text: there is one on the page, whose words go with every button.
pub(super) const TEXT: &str = "comment";

/// Where the buttons of a card lead.
pub(super) enum Destination<'a> {
    /// To the pages of the question, for a party that is signed in.
    Pages,
    /// To the address of a mail's link.
    Link(&'a str),
}

/// The content of the card.
pub(super) struct Card<'a> {
    pub path: DisputePath,
    pub dispute: &'a Dispute,
    pub question: String,
    pub asked: String,
    pub state: StateTag,
    pub asks_viewer: bool,
    pub ended: Option<RichText>,
    pub silence: RichText,
    pub opening: Option<Entry<'a>>,
    pub change: Option<ChangeView>,
    /// What they agree on, while it is open.
    pub agreed: Vec<RichText>,
    pub choices: Choices,
    pub buttons: Buttons,
    pub may_update: bool,
    pub may_accept: bool,
    pub may_decline: bool,
    pub may_withdraw: bool,
    /// Whether there is mail to remind with.
    pub may_remind: bool,
    pub may_comment: bool,
    /// Why no comment can be added now.
    pub limit: Option<RichText>,
    /// The address of the form with the text; nothing when there is nothing to write.
    pub writes_to: Option<String>,
    /// Whether the party that must answer has opened it, while it is open.
    pub seen: Option<RichText>,
    pub hint: String,
    /// The easy beginning of an update, for the party that must give it.
    pub progress: Option<ProgressView>,
    pub accept_label: String,
    pub decline_label: String,
    /// What the other party did while its reader wrote an answer.
    pub newer: Vec<Entry<'a>>,
    pub timeline: Vec<Day<'a>>,
    pub more: More,
    /// The sealed proof of the second factor, behind a mail's link.
    pub proof: Option<String>,
}

/// The outcome of each button.
pub(super) struct Choices {
    pub update: RichText,
    pub accept: RichText,
    /// Each part that can be accepted alone: its label, its button and its outcome.
    pub parts: Vec<(String, Submit, RichText)>,
    pub decline: RichText,
    pub withdraw: RichText,
    none: bool,
}

impl Choices {
    pub fn is_empty(&self) -> bool {
        self.none
    }
}

/// What each button of the form sends, and where to.
pub(super) struct Buttons {
    pub update: Submit,
    pub accept: Submit,
    pub decline: Submit,
    pub comment: Submit,
}

/// The parts of a requested change.
pub(super) struct ChangeView {
    /// The old and the new one.
    pub date: Option<(RichText, RichText)>,
    pub days: String,
    /// The old and the new one.
    pub price: Option<(String, String)>,
    pub extras: Vec<Extra>,
    pub total: String,
}

impl Destination<'_> {
    /// The button of an answer.
    fn submit(&self, action: &'static str, page: String) -> Submit {
        match self {
            Self::Pages => Submit { address: page, field: None },
            Self::Link(address) => Submit { address: (*address).to_owned(), field: Some(("action", action)) },
        }
    }

    /// The button that goes on to accept that part.
    fn accept(&self, path: DisputePath, part: Part) -> Submit {
        match self {
            Self::Pages => Submit { address: path.accept_part(part), field: Some(("step", "confirm")) },
            Self::Link(address) => {
                Submit { address: paths::answer_part(address, part), field: Some(("action", "accept")) }
            }
        }
    }
}

impl<'a> Card<'a> {
    /// `seen`: the newest event that the writer of a form had seen, where the form comes back for what is newer.
    /// `opened`: when the party that must answer first opened the question.
    pub fn new(
        access: &'a DisputeAccess,
        said: &'a Conversation,
        form: &Form,
        (seen, opened): (Option<i32>, Option<DateTime<Utc>>),
        destination: &Destination<'_>,
    ) -> Self {
        let (page, overview, dispute) = (&access.order.page, &access.order.overview, access.dispute());
        let (outcomes, timeline) = (outcomes(page, overview, dispute), Timeline::new(page, overview, &[]));
        let may = |action| dispute.is_open() && overview.may(action);
        let limit = said.comments.allow(dispute.number, page.now).err();
        let limit = limit.and_then(|limit| limits::reached(page.reader, limit, Some(dispute.respond_by)));
        let path = access.path();
        let buttons = Buttons {
            update: destination.submit("update", path.update()),
            accept: destination.accept(path, Part::All),
            decline: destination.submit("decline", path.decline()),
            comment: destination.submit("comment", path.comments()),
        };
        let can_write = |action: Action| may(action) && (action != Action::Comment || limit.is_none());
        let writes_to = [
            (Action::GiveUpdate, &buttons.update),
            (Action::Decline, &buttons.decline),
            (Action::Comment, &buttons.comment),
        ];
        let writes_to = writes_to.into_iter().find(|(action, _)| can_write(*action));
        let writes_to = writes_to.map(|(_, button)| button.address.clone());
        let newer = said.page.events.iter().filter(|event| seen.is_some_and(|seen| is_newer(event, seen, overview)));
        let is_cancellation = dispute.ask.kind() == Kind::Cancellation;
        let words = page.words;
        Self {
            writes_to,
            seen: dispute.is_open().then(|| RichText(who_saw_it(page, overview, dispute, opened))),
            hint: match dispute.respondent() == overview.viewer {
                true if dispute.ask.kind() == Kind::Update => words.update_hint(overview.other_name()),
                true => words.box_hint(overview.other_name()),
                false => words.comment_form_hint(),
            },
            accept_label: if is_cancellation { words.accept_cancellation() } else { words.accept() },
            decline_label: if is_cancellation { words.decline_cancellation() } else { words.decline() },
            progress: may(Action::GiveUpdate).then(|| ProgressView::new(page, form, overview.order.delivery_date)),
            newer: newer.map(|event| timeline.entry(event)).collect(),
            path,
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
                parts: parts_of(&outcomes, dispute, |part| destination.accept(path, part)),
                accept: RichText(with_money(page, overview, dispute, outcomes.of_accepting())),
                decline: RichText(outcomes.of_declining()),
                withdraw: RichText(outcomes.of_withdrawing()),
                none: !dispute.is_open(),
            },
            buttons,
            may_update: may(Action::GiveUpdate),
            may_accept: may(Action::Accept),
            may_decline: may(Action::Decline),
            may_withdraw: may(Action::Withdraw),
            may_remind: page.app.settings.sends_mail,
            may_comment: may(Action::Comment),
            limit: limit.map(|(_, text)| RichText(text)),
            timeline: timeline.days(said.page.events.iter()),
            more: More::new(&access.order, &said.page, &path.to_string(), "comments-title"),
            proof: None,
            dispute,
        }
    }
}

/// The parts of a change that can be accepted alone.
fn parts_of(
    outcomes: &Outcomes<'_>,
    dispute: &Dispute,
    button: impl Fn(Part) -> Submit,
) -> Vec<(String, Submit, RichText)> {
    let words = outcomes.reader.words();
    let parts = [(Part::Date, words.accept_date()), (Part::Extras, words.accept_extras())];
    let parts = parts.into_iter().filter(|_| dispute.has_parts());
    parts.map(|(part, label)| (label, button(part), RichText(outcomes.of_accepting_part(part)))).collect()
}

/// The question before accepting, which cannot be undone, and its outcome.
pub(super) fn confirmation(access: &DisputeAccess, part: Part) -> (String, RichText) {
    let (page, overview, dispute) = (&access.order.page, &access.order.overview, access.dispute());
    let question = match dispute.ask.kind() {
        Kind::Change => match part {
            Part::All => page.words.confirm_accept_change(),
            Part::Date => page.words.confirm_accept_date(),
            Part::Extras => page.words.confirm_accept_extras(),
        },
        Kind::Update | Kind::Cancellation => page.words.confirm_accept_cancellation(),
    };
    let outcome = outcomes(page, overview, dispute).of_accepting_part(part);
    (question, RichText(with_money(page, overview, dispute, outcome)))
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
