//! The right-hand column of an order's pages: the Oplossingscentrum and the facts of the order; and the strip above the
//! page.

use chrono::{DateTime, NaiveDate, Utc};

use crate::domain::audit::chain::fingerprint;
use crate::domain::{Action, Dispute, Extra, Kind, Money, Order, Party, State, Status};
use crate::i18n::outcomes::Outcomes;
use crate::i18n::{labels, limits};
use crate::operations::orders::overview::Overview;
use crate::paths::{self, DisputePath, OrderPath};
use crate::web::layout::Page;
use crate::web::rich_text::RichText;

/// The content of the column.
pub(in crate::web) struct Sidebar {
    pub path: OrderPath,
    pub reference: String,
    pub other_name: String,
    pub customer: String,
    pub freelancer: String,
    pub price: Money,
    /// Where the money is, where the operator says so.
    pub money: Option<String>,
    pub placed_at: DateTime<Utc>,
    pub delivery_date: NaiveDate,
    /// Whether the work is still awaited.
    pub delivery_runs: bool,
    pub extras: Vec<Extra>,
    /// The fingerprint, once the chain of the order is whole, and since when mails tell it.
    pub fingerprint: Option<String>,
    pub fingerprint_since: Option<String>,
    pub is_closed: bool,
    /// Whether it is completed: only customer service can still cancel it.
    pub is_completed: bool,
    pub open: Option<Open>,
    pub may_request_change: bool,
    /// Why a change cannot be requested yet.
    pub change_limit: Option<RichText>,
    /// The number of events, so that the page's script can ask for newer ones.
    pub events: i32,
    /// Whether the column has the Oplossingscentrum; not on the page of the very question that it would lead to.
    pub shows_center: bool,
}

/// A button that leads straight to what its reader most likely wants.
pub(in crate::web) struct NextStep {
    pub path: String,
    pub label: String,
}

/// The open question.
pub(in crate::web) struct Open {
    pub question: String,
    pub silence: RichText,
    pub opened_at: DateTime<Utc>,
    pub respond_by: DateTime<Utc>,
    pub path: DisputePath,
    pub waits_for_viewer: bool,
    /// What the asker must know of how the other party is reached.
    pub reach: Vec<String>,
}

impl Sidebar {
    pub fn new(page: &Page, overview: &Overview) -> Self {
        let order = &overview.order;
        let path = paths::order(order.reference);
        let named = |party: Party| {
            let name = overview.name(party);
            if party == overview.viewer { page.words.order_you(name) } else { name.to_owned() }
        };
        let may_request_change = overview.may(Action::Open(Kind::Change));
        let change_limit = may_request_change.then(|| limit_on(page, overview, Kind::Change)).flatten();
        Self {
            reference: order.known_as().to_owned(),
            other_name: overview.other_name().to_owned(),
            customer: named(Party::Customer),
            freelancer: named(Party::Freelancer),
            price: order.price,
            money: page.app.settings.operator.money.map(|money| money.note(page.reader)),
            placed_at: order.placed_at,
            delivery_date: order.delivery_date,
            delivery_runs: order.awaits_delivery(),
            extras: agreed_extras(overview),
            fingerprint: overview.head.as_deref().map(fingerprint),
            fingerprint_since: overview.fingerprint_since.map(|at| {
                let date = page.reader.date(page.reader.day(at));
                page.words.fingerprint_since(date)
            }),
            is_closed: order.status.is_final(),
            is_completed: order.status == Status::Completed,
            open: order.open_dispute.as_ref().map(|dispute| {
                let outcomes = outcomes(page, overview, dispute);
                Open {
                    question: outcomes.question(),
                    silence: RichText(outcomes.of_silence()),
                    opened_at: dispute.opened_at,
                    respond_by: dispute.respond_by,
                    path: path.dispute(dispute.number),
                    waits_for_viewer: overview.waits_for_viewer(),
                    reach: reach(page, overview, dispute),
                }
            }),
            may_request_change: may_request_change && change_limit.is_none(),
            change_limit,
            events: order.event_count,
            shows_center: true,
            path,
        }
    }
}

impl Sidebar {
    /// The facts of the order for a third person, on paper: nobody is "you", nothing is counted from today, and nothing can
    /// be pressed.
    pub fn told(page: &Page, overview: &Overview) -> Self {
        Self {
            customer: overview.name(Party::Customer).to_owned(),
            freelancer: overview.name(Party::Freelancer).to_owned(),
            delivery_runs: false,
            shows_center: false,
            ..Self::new(page, overview)
        }
    }
}

/// What the asker must know of how the other party is reached: silence decides over a question that may not have arrived.
fn reach(page: &Page, overview: &Overview, dispute: &Dispute) -> Vec<String> {
    let (words, other) = (page.words, overview.other_name());
    if dispute.opener != overview.viewer {
        return Vec::new();
    }
    let unmailed = overview.is_unmailed.then(|| words.reach_unmailed(other));
    let never = (!overview.other_has_signed_in).then(|| words.reach_never_signed_in(other));
    unmailed.into_iter().chain(never).collect()
}

/// The sentence about a reached limit that refuses this kind of question, if there is one.
pub(in crate::web) fn limit_on(page: &Page, overview: &Overview, kind: Kind) -> Option<RichText> {
    let reached = limits::reached(page.reader, overview.limit_on(kind, page.now)?, None);
    reached.map(|(_, text)| RichText(text))
}

/// The extras of all accepted changes.
fn agreed_extras(overview: &Overview) -> Vec<Extra> {
    let accepted = overview.disputes.iter().filter_map(Dispute::accepted_change);
    accepted.flat_map(|change| change.extras().to_vec()).collect()
}

/// The outcomes of each choice in a dispute, in words for the reader of this page.
pub(in crate::web) fn outcomes<'a>(page: &Page, overview: &'a Overview, dispute: &'a Dispute) -> Outcomes<'a> {
    Outcomes { reader: page.reader, dispute, viewer: overview.viewer, other: overview.other_name() }
}

/// The status of an order as a tag.
pub(in crate::web) struct StatusTag {
    pub code: &'static str,
    pub label: String,
    pub is_late: bool,
    status: Status,
}

impl StatusTag {
    pub fn new(page: &Page, order: &Order) -> Self {
        Self {
            code: order.status.code(),
            label: labels::status(page.words, order.status),
            is_late: order.is_late(page.today()),
            status: order.status,
        }
    }

    /// The name of its icon.
    pub fn icon(&self) -> &'static str {
        match self.status {
            Status::Active => "work",
            Status::Delivered => "parcel",
            Status::InRevision => "revision",
            Status::InDispute => "talk",
            Status::ChangeRequested => "change",
            Status::Completed => "check",
            Status::MutuallyCancelled | Status::Cancelled => "stop",
        }
    }
}

/// The state of a dispute as a tag.
pub(in crate::web) struct StateTag {
    pub code: &'static str,
    pub label: String,
    state: State,
}

impl StateTag {
    pub fn new(page: &Page, state: State) -> Self {
        Self { code: state.code(), label: labels::state(page.words, state), state }
    }

    /// The name of its icon.
    pub fn icon(&self) -> &'static str {
        match self.state {
            State::Open => "clock",
            State::Answered(_) => "talk",
            State::Accepted(_) => "check",
            State::Declined(_) => "cross",
            State::Withdrawn(_) | State::Overtaken(_) => "undo",
            State::Lapsed(_) => "hourglass",
        }
    }
}
