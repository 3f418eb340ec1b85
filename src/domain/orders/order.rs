//! An order and everything that can be done with it.

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use strum::VariantArray;

use crate::domain::orders::kind::{COMPLETION_REMINDERS, Entry, Silence, completion_window};
use crate::domain::orders::limits::{RecentComments, RecentQuestions};
use crate::domain::{
    AccountId, Action, Actor, Ask, Dispute, Event, EventKind, ExternalId, Kind, Money, Part, Party, Reference, Refusal,
    State, Status, Text,
};

/// An order with its open dispute.
///
/// Every change goes through one of its methods. Each method asks [`Order::allows`] first, as the menus do, and returns
/// the [`Step`] to write down. A method about one dispute also refuses when the dispute with that number is over.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Order {
    /// Its name in addresses and mails.
    pub reference: Reference,
    /// The marketplace's own id, if it gave one.
    pub external_id: Option<ExternalId>,
    /// What was ordered.
    pub title: String,
    /// Who bought.
    pub customer: AccountId,
    /// Who does the work; never the customer.
    pub freelancer: AccountId,
    /// When it was placed.
    pub placed_at: DateTime<Utc>,
    /// What it costs, accepted extras included.
    pub price: Money,
    /// The day the work is due. Its clock never pauses: only an accepted change moves it (our choice).
    pub delivery_date: NaiveDate,
    /// Where it stands.
    pub status: Status,
    /// When a delivered order completes by itself; `None` in every other status.
    pub completes_at: Option<DateTime<Utc>>,
    /// When a delivery was imported of which the customer was not told yet: it was made at an unknown moment, and its three
    /// days begin with [`Order::begin_review`]. `None` of every other order.
    pub unannounced_since: Option<DateTime<Utc>>,
    /// The open dispute or request. There is at most one, and exactly while the status says so (rules 2).
    pub open_dispute: Option<Dispute>,
    /// How many disputes and requests it has had.
    pub dispute_count: i32,
    /// How many events it has had.
    pub event_count: i32,
}

/// What one step changed besides the order itself. It is written down together with the order or not at all.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    /// The dispute after the step, when the step opened or ended one.
    pub dispute: Option<Dispute>,
    /// The event that tells it.
    pub event: Event,
}

impl Order {
    /// Writes the known history of an order that lived elsewhere until now: placed, and in this status since then. It
    /// is for an order without a history.
    ///
    /// Returns `None` and changes nothing when the status says that a dispute is open: only [`Order::open`] can open
    /// one.
    pub fn import(&mut self, status: Status, since: DateTime<Utc>) -> Option<Vec<Event>> {
        let since_then = match status {
            Status::Active => None,
            Status::Delivered => Some((Actor::Party(Party::Freelancer), EventKind::Delivered)),
            Status::InRevision => Some((Actor::Party(Party::Customer), EventKind::RevisionRequested)),
            // The file does not say who closed the order, so no party is named.
            Status::Completed | Status::MutuallyCancelled => Some((Actor::System, EventKind::Imported)),
            Status::Cancelled => Some((Actor::System, EventKind::Cancelled)),
            Status::InDispute | Status::ChangeRequested => return None,
        };
        let mut history = vec![self.step(self.placed_at, Actor::Party(Party::Customer), EventKind::Placed, None).event];
        history.extend(since_then.map(|(actor, what)| self.step(since, actor, what, None).event));
        self.enter(status, since);
        Some(history)
    }

    /// Writes the known history of an order that was delivered at an unknown moment before it was imported. Silence decides
    /// nothing about it until its customer was told ([`Order::begin_review`]).
    pub fn import_unannounced(&mut self, now: DateTime<Utc>) -> Vec<Event> {
        let placed = self.step(self.placed_at, Actor::Party(Party::Customer), EventKind::Placed, None);
        vec![placed.event, self.arrive_delivered(now.max(self.placed_at)).event]
    }

    /// Records that the order was imported as delivered, since an unknown moment.
    pub(in crate::domain) fn arrive_delivered(&mut self, at: DateTime<Utc>) -> Step {
        self.unannounced_since = Some(at);
        self.enter(Status::Delivered, at);
        self.step(at, Actor::System, EventKind::ImportedDelivery, None)
    }

    /// Whether its customer has not been told of the delivery, and it waits for that.
    #[must_use]
    pub fn is_unannounced(&self) -> bool {
        self.unannounced_since.is_some() && self.status == Status::Delivered
    }

    /// Begins the three days of a delivery that came here without a moment: its customer saw the order (`by` them), or the
    /// mail server took their welcome (`by` the system).
    pub fn begin_review(&mut self, by: Actor, now: DateTime<Utc>) -> Result<Step, Refusal> {
        require(self.is_unannounced() && by != Actor::Party(Party::Freelancer), Refusal::NotNow(self.status))?;
        self.unannounced_since = None;
        self.enter(Status::Delivered, now);
        Ok(self.step(now, by, EventKind::ReviewBegan, None))
    }

    /// The number by which its parties know it: the marketplace's own, or else the reference.
    #[must_use]
    pub fn known_as(&self) -> &str {
        self.external_id.as_ref().map_or(self.reference.as_str(), ExternalId::as_str)
    }

    /// The account on that side.
    #[must_use]
    pub fn account(&self, party: Party) -> AccountId {
        match party {
            Party::Customer => self.customer,
            Party::Freelancer => self.freelancer,
        }
    }

    /// The side of the order that this account is on; `None` for every other account, which so learns nothing.
    #[must_use]
    pub fn party(&self, account: AccountId) -> Option<Party> {
        if account == self.customer {
            Some(Party::Customer)
        } else if account == self.freelancer {
            Some(Party::Freelancer)
        } else {
            None
        }
    }

    /// Late: active or in revision with the delivery date in the past, seen from `today` in the marketplace's zone.
    #[must_use]
    pub fn is_late(&self, today: NaiveDate) -> bool {
        matches!(self.status, Status::Active | Status::InRevision) && self.delivery_date < today
    }

    /// Whether the work is still to come: the order is not delivered, or sent back, and not closed. An open dispute
    /// changes nothing of that: the delivery clock is never paused (rules 10).
    #[must_use]
    pub fn awaits_delivery(&self) -> bool {
        let status = self.open_dispute.as_ref().map_or(self.status, |dispute| dispute.previous_status);
        matches!(status, Status::Active | Status::InRevision)
    }

    /// Whether an open question waits for that party's answer.
    #[must_use]
    pub fn waits_for(&self, party: Party) -> bool {
        self.open_dispute.as_ref().is_some_and(|dispute| dispute.waits_for(party))
    }

    /// Decides whether that party may do that now. The menu shows what passes here, and the action asks it again.
    pub fn allows(&self, by: Party, action: Action) -> Result<(), Refusal> {
        match action {
            Action::Open(kind) => {
                require(kind.terms().openers.contains(&by), Refusal::NotYours)?;
                self.require_no_open_dispute()
            }
            Action::GiveUpdate | Action::Accept | Action::Decline => {
                let dispute = self.require_open_dispute()?;
                require(by == dispute.respondent(), Refusal::NotYours)?;
                require(dispute.terms().answers.contains(&action), Refusal::NotAsked)
            }
            Action::Withdraw => require(by == self.require_open_dispute()?.opener, Refusal::NotYours),
            Action::Comment => self.require_open_dispute().map(|_| ()),
            Action::Deliver => {
                require(by == Party::Freelancer, Refusal::NotYours)?;
                self.require_no_open_dispute()?;
                require(self.status != Status::Delivered, Refusal::NotNow(self.status))
            }
            Action::Approve | Action::RequestRevision => {
                require(by == Party::Customer, Refusal::NotYours)?;
                self.require_no_open_dispute()?;
                require(self.status == Status::Delivered, Refusal::NotNow(self.status))
            }
        }
    }

    /// Everything that party may do now, in menu order.
    pub fn allowed(&self, by: Party) -> impl Iterator<Item = Action> {
        Action::ALL.into_iter().filter(move |action| self.allows(by, *action).is_ok())
    }

    /// The kinds that party may open from that place now.
    pub fn openable(&self, by: Party, entry: Entry) -> impl Iterator<Item = Kind> {
        let kinds = Kind::VARIANTS.iter().copied().filter(move |kind| kind.terms().entry == entry);
        kinds.filter(move |kind| self.allows(by, Action::Open(*kind)).is_ok())
    }

    /// The moment at which silence does something next, if neither party acts.
    #[must_use]
    pub fn settles_at(&self) -> Option<DateTime<Utc>> {
        match &self.open_dispute {
            Some(dispute) => Some(dispute.respond_by),
            None => self.completes_at,
        }
    }

    /// The reminders to the customer of a delivered order that will complete: hours before it does, and the moment.
    pub fn completion_reminders(&self) -> impl Iterator<Item = (u32, DateTime<Utc>)> {
        let completes_at = self.completes_at.filter(|_| self.status == Status::Delivered);
        let moment = move |hours: &u32| Some((*hours, completes_at? - TimeDelta::hours(i64::from(*hours))));
        COMPLETION_REMINDERS.iter().filter_map(moment)
    }

    /// The first of those reminders after this moment.
    #[must_use]
    pub fn next_completion_reminder(&self, after: DateTime<Utc>) -> Option<DateTime<Utc>> {
        self.completion_reminders().map(|(_, at)| at).find(|at| *at > after)
    }

    /// The one of those reminders that is due at this moment: the latest that has come, because an earlier one is out of
    /// date. `None` once the order is complete, also when that was not written down yet.
    #[must_use]
    pub fn completion_reminder_due(&self, now: DateTime<Utc>) -> Option<(u32, DateTime<Utc>)> {
        let is_over = self.completes_at.is_none_or(|at| at <= now);
        self.completion_reminders().take_while(|(_, at)| !is_over && *at <= now).last()
    }

    /// Applies everything that silence has decided up to this moment, each outcome dated at its own deadline (rules 9).
    /// A second or late call makes no difference.
    pub fn settle(&mut self, now: DateTime<Utc>) -> Vec<Step> {
        std::iter::from_fn(|| self.settle_next(now)).collect()
    }

    /// Applies the next thing that silence has decided by this moment, if there is one.
    pub(in crate::domain) fn settle_next(&mut self, now: DateTime<Utc>) -> Option<Step> {
        let due = self.settles_at().filter(|due| *due <= now)?;
        let Some(dispute) = self.open_dispute.take() else {
            self.enter(Status::Completed, due);
            return Some(self.step(due, Actor::System, EventKind::Completed, None));
        };
        let dispute = dispute.settled_at(due);
        match dispute.terms().silence {
            Silence::Resumes => self.enter(dispute.previous_status, due),
            Silence::Cancels => self.enter(Status::MutuallyCancelled, due),
        }
        Some(self.dispute_step(due, Actor::System, EventKind::Lapsed, None, dispute))
    }

    /// Opens a dispute or request. The comment goes to the other party at once and is never edited (rules 1).
    ///
    /// # Errors
    ///
    /// When [`Order::allows`] says no, when the reason is not on this party's list, or when an explanation is needed.
    pub fn open(&mut self, by: Party, ask: Ask, comment: Option<Text>, now: DateTime<Utc>) -> Result<Step, Refusal> {
        let kind = ask.kind();
        self.allows(by, Action::Open(kind))?;
        if let Ask::Cancellation(reason) = ask {
            require(reason.is_for(by), Refusal::ReasonNotYours)?;
        }
        require(comment.is_some() || !ask.needs_comment(by), Refusal::CommentMissing)?;
        self.becomes_known_to(by);
        self.dispute_count += 1;
        let dispute = Dispute {
            number: self.dispute_count,
            ask,
            opener: by,
            opened_at: now,
            respond_by: now + kind.terms().window(),
            previous_status: self.status,
            old_delivery_date: self.delivery_date,
            old_price: self.price,
            state: State::Open,
            part: Part::All,
        };
        self.enter(kind.terms().status, now);
        self.open_dispute = Some(dispute.clone());
        Ok(self.dispute_step(now, Actor::Party(by), EventKind::Opened, comment, dispute))
    }

    /// Opens a dispute or request as [`Order::open`] does, within the limits of rules 13.
    pub fn open_within(
        &mut self,
        by: Party,
        ask: Ask,
        comment: Option<Text>,
        before: &RecentQuestions,
        now: DateTime<Utc>,
    ) -> Result<Step, Refusal> {
        self.allows(by, Action::Open(ask.kind()))?;
        before.allow(ask.kind(), now)?;
        self.open(by, ask, comment, now)
    }

    /// Gives the update that was asked for; the order returns to its previous status.
    pub fn give_update(&mut self, by: Party, number: i32, update: Text, now: DateTime<Utc>) -> Result<Step, Refusal> {
        let dispute = self.end(by, number, Action::GiveUpdate, State::Answered, now)?;
        self.enter(dispute.previous_status, now);
        Ok(self.dispute_step(now, Actor::Party(by), EventKind::UpdateGiven, Some(update), dispute))
    }

    /// Accepts the open question. A cancellation cancels the order; a change moves the delivery date, the price or
    /// both, and the order returns to its previous status.
    pub fn accept(
        &mut self,
        by: Party,
        number: i32,
        comment: Option<Text>,
        now: DateTime<Utc>,
    ) -> Result<Step, Refusal> {
        self.accept_part(by, number, Part::All, comment, now)
    }

    /// Accepts the open question, or only a part of a change that asks for a later date and for extras (rules 4).
    pub fn accept_part(
        &mut self,
        by: Party,
        number: i32,
        part: Part,
        comment: Option<Text>,
        now: DateTime<Utc>,
    ) -> Result<Step, Refusal> {
        let asked = self.may_act_on(by, number, Action::Accept, now)?;
        require(part == Part::All || asked.has_parts(), Refusal::NotAsked)?;
        let dispute = Dispute { part, ..self.end(by, number, Action::Accept, State::Accepted, now)? };
        match &dispute.ask {
            Ask::Cancellation(_) => self.enter(Status::MutuallyCancelled, now),
            Ask::Change(change) => {
                if let Some(agreed) = change.part(part) {
                    self.delivery_date = agreed.delivery_date(dispute.old_delivery_date);
                    self.price = agreed.price(dispute.old_price);
                }
                self.enter(dispute.previous_status, now);
            }
            Ask::Update => self.enter(dispute.previous_status, now),
        }
        Ok(self.dispute_step(now, Actor::Party(by), EventKind::Accepted, comment, dispute))
    }

    /// Declines the open question: the order returns to its previous status and nothing else changes.
    pub fn decline(
        &mut self,
        by: Party,
        number: i32,
        comment: Option<Text>,
        now: DateTime<Utc>,
    ) -> Result<Step, Refusal> {
        let dispute = self.end(by, number, Action::Decline, State::Declined, now)?;
        self.enter(dispute.previous_status, now);
        Ok(self.dispute_step(now, Actor::Party(by), EventKind::Declined, comment, dispute))
    }

    /// Withdraws one's own question: the order returns to its previous status.
    pub fn withdraw(&mut self, by: Party, number: i32, now: DateTime<Utc>) -> Result<Step, Refusal> {
        let dispute = self.end(by, number, Action::Withdraw, State::Withdrawn, now)?;
        self.enter(dispute.previous_status, now);
        Ok(self.dispute_step(now, Actor::Party(by), EventKind::Withdrawn, None, dispute))
    }

    /// Adds a comment to the open question.
    pub fn comment(&mut self, by: Party, number: i32, comment: Text, now: DateTime<Utc>) -> Result<Step, Refusal> {
        self.may_act_on(by, number, Action::Comment, now)?;
        self.becomes_known_to(by);
        let mut step = self.step(now, Actor::Party(by), EventKind::Commented, Some(comment));
        step.event.dispute = Some(number);
        Ok(step)
    }

    /// Adds a comment as [`Order::comment`] does, within the limits of rules 13.
    pub fn comment_within(
        &mut self,
        by: Party,
        number: i32,
        comment: Text,
        before: &RecentComments,
        now: DateTime<Utc>,
    ) -> Result<Step, Refusal> {
        self.may_act_on(by, number, Action::Comment, now)?;
        before.allow(number, now)?;
        self.comment(by, number, comment, now)
    }

    /// Delivers the work; the customer has three days before the order completes by itself.
    pub fn deliver(&mut self, by: Party, comment: Option<Text>, now: DateTime<Utc>) -> Result<Step, Refusal> {
        self.allows(by, Action::Deliver)?;
        self.enter(Status::Delivered, now);
        Ok(self.step(now, Actor::Party(by), EventKind::Delivered, comment))
    }

    /// Approves the delivered work; the order is completed.
    pub fn approve(&mut self, by: Party, now: DateTime<Utc>) -> Result<Step, Refusal> {
        self.allows(by, Action::Approve)?;
        self.enter(Status::Completed, now);
        Ok(self.step(now, Actor::Party(by), EventKind::Approved, None))
    }

    /// Asks for a revision of the delivered work, and says what must be different.
    pub fn request_revision(&mut self, by: Party, comment: Text, now: DateTime<Utc>) -> Result<Step, Refusal> {
        self.allows(by, Action::RequestRevision)?;
        self.enter(Status::InRevision, now);
        Ok(self.step(now, Actor::Party(by), EventKind::RevisionRequested, Some(comment)))
    }

    /// Refuses when a dispute is open or the order is closed.
    fn require_no_open_dispute(&self) -> Result<(), Refusal> {
        if let Some(open) = &self.open_dispute {
            return Err(Refusal::AnotherIsOpen(open.number, open.ask.kind()));
        }
        require(self.status.is_workable(), Refusal::OrderClosed(self.status))
    }

    /// Gives the open dispute, and refuses when there is none.
    fn require_open_dispute(&self) -> Result<&Dispute, Refusal> {
        self.open_dispute.as_ref().ok_or(Refusal::NotNow(self.status))
    }

    fn may_act_on(&self, by: Party, number: i32, action: Action, now: DateTime<Utc>) -> Result<&Dispute, Refusal> {
        let dispute = self.open_dispute.as_ref().filter(|open| open.number == number);
        let dispute = dispute.ok_or(Refusal::AlreadySettled(number))?;
        require(!dispute.is_overdue(now), Refusal::TooLate(number))?;
        self.allows(by, action)?;
        Ok(dispute)
    }

    fn end(
        &mut self,
        by: Party,
        number: i32,
        action: Action,
        end: impl FnOnce(DateTime<Utc>) -> State,
        now: DateTime<Utc>,
    ) -> Result<Dispute, Refusal> {
        let ended = self.may_act_on(by, number, action, now)?.clone().end(end, now)?;
        self.open_dispute = None;
        self.becomes_known_to(by);
        Ok(ended)
    }

    /// A customer who acts on an order has been told of its delivery.
    fn becomes_known_to(&mut self, by: Party) {
        self.unannounced_since = self.unannounced_since.filter(|_| by == Party::Freelancer);
    }

    /// Enters a status. Each time an order becomes delivered, or returns to it after a dispute, its three days start
    /// anew (our choice: a customer with an open question was not inactive). They do not run while its customer was not told.
    pub(in crate::domain) fn enter(&mut self, status: Status, at: DateTime<Utc>) {
        self.status = status;
        let stays_delivered = matches!(status, Status::Delivered | Status::InDispute | Status::ChangeRequested);
        self.unannounced_since = self.unannounced_since.filter(|_| stays_delivered);
        let runs = status == Status::Delivered && self.unannounced_since.is_none();
        self.completes_at = runs.then(|| at + completion_window());
    }

    pub(in crate::domain) fn step(
        &mut self,
        at: DateTime<Utc>,
        actor: Actor,
        kind: EventKind,
        text: Option<Text>,
    ) -> Step {
        self.event_count += 1;
        let event =
            Event { number: self.event_count, at, actor, kind, dispute: None, text, erased_at: None, moved: None };
        Step { dispute: None, event }
    }

    pub(in crate::domain) fn dispute_step(
        &mut self,
        at: DateTime<Utc>,
        actor: Actor,
        kind: EventKind,
        text: Option<Text>,
        dispute: Dispute,
    ) -> Step {
        let mut step = self.step(at, actor, kind, text);
        step.event.dispute = Some(dispute.number);
        step.dispute = Some(dispute);
        step
    }
}

pub(in crate::domain) fn require(holds: bool, otherwise: Refusal) -> Result<(), Refusal> {
    if holds { Ok(()) } else { Err(otherwise) }
}

#[cfg(test)]
#[path = "order_tests.rs"]
pub(in crate::domain) mod tests;
