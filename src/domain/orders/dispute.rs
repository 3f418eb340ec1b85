//! One question of one party to the other, with a window to answer it.

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use strum::{AsRefStr, EnumDiscriminants, EnumString, IntoStaticStr};

use crate::domain::orders::kind::{REMINDER_DISTANCE_HOURS, Terms};
use crate::domain::{ChangeRequest, Extra, Kind, Money, Part, Party, Reason, Refusal, Status};

/// What is asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Ask {
    /// An update on the progress.
    Update,
    /// To cancel the order, and why.
    Cancellation(Reason),
    /// A later delivery date and/or extras.
    Change(ChangeRequest),
}

impl Ask {
    /// The kind of this question.
    #[must_use]
    pub fn kind(&self) -> Kind {
        match self {
            Self::Update => Kind::Update,
            Self::Cancellation(_) => Kind::Cancellation,
            Self::Change(_) => Kind::Change,
        }
    }

    /// Why the order is to be cancelled.
    #[must_use]
    pub fn reason(&self) -> Option<Reason> {
        match self {
            Self::Cancellation(reason) => Some(*reason),
            Self::Update | Self::Change(_) => None,
        }
    }

    /// The change that is asked for.
    #[must_use]
    pub fn change(&self) -> Option<&ChangeRequest> {
        match self {
            Self::Change(change) => Some(change),
            Self::Update | Self::Cancellation(_) => None,
        }
    }

    /// The extras that are asked for.
    #[must_use]
    pub fn extras(&self) -> &[Extra] {
        self.change().map(ChangeRequest::extras).unwrap_or_default()
    }

    /// Whether this party must explain it in words. Only a freelancer's cancellation needs no words, unless its reason
    /// is "Anders" (rules 3).
    #[must_use]
    pub fn needs_comment(&self, by: Party) -> bool {
        match self {
            Self::Update | Self::Change(_) => true,
            Self::Cancellation(reason) => by == Party::Customer || *reason == Reason::Other,
        }
    }
}

/// The state of a dispute. Each end carries its moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, EnumDiscriminants)]
#[strum_discriminants(
    name(StateKind),
    derive(AsRefStr, EnumString, IntoStaticStr),
    strum(serialize_all = "snake_case")
)]
#[strum_discriminants(doc = "The state of a dispute, without its moment.")]
#[strum_discriminants(allow(missing_docs, reason = "its variants are those of `State`"))]
pub enum State {
    /// Waits for the other party.
    Open,
    /// The update was given (Beantwoord).
    Answered(DateTime<Utc>),
    /// The other party agreed (Geaccepteerd).
    Accepted(DateTime<Utc>),
    /// The other party did not agree (Afgewezen).
    Declined(DateTime<Utc>),
    /// The opener took it back (Ingetrokken).
    Withdrawn(DateTime<Utc>),
    /// No answer came in time (Verlopen); the moment is that of the deadline.
    Lapsed(DateTime<Utc>),
    /// The order changed from outside, so that nothing is left to answer (Achterhaald).
    Overtaken(DateTime<Utc>),
}

impl State {
    /// The code in the database.
    #[must_use]
    pub fn code(self) -> &'static str {
        StateKind::from(self).into()
    }

    /// When it ended.
    #[must_use]
    pub fn closed_at(self) -> Option<DateTime<Utc>> {
        match self {
            Self::Open => None,
            Self::Answered(at)
            | Self::Accepted(at)
            | Self::Declined(at)
            | Self::Withdrawn(at)
            | Self::Lapsed(at)
            | Self::Overtaken(at) => Some(at),
        }
    }
}

/// A dispute (geschil) or request (verzoek).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Dispute {
    /// Counts from 1 within the order.
    pub number: i32,
    /// What is asked.
    pub ask: Ask,
    /// Who asks.
    pub opener: Party,
    /// When it was opened.
    pub opened_at: DateTime<Utc>,
    /// The deadline: from this moment on an answer is too late (UTC). It is stored at opening, so a changed setting
    /// never moves it (rules 8).
    pub respond_by: DateTime<Utc>,
    /// The status the order returns to.
    pub previous_status: Status,
    /// The delivery date when it was opened.
    pub old_delivery_date: NaiveDate,
    /// The price when it was opened.
    pub old_price: Money,
    /// The state.
    pub state: State,
    /// How much of a change was accepted; all, as long as it was not.
    pub part: Part,
}

impl Dispute {
    /// The change that was accepted: all of it, or a part.
    #[must_use]
    pub fn accepted_change(&self) -> Option<ChangeRequest> {
        match (&self.ask, self.state) {
            (Ask::Change(change), State::Accepted(_)) => change.part(self.part),
            _ => None,
        }
    }

    /// Whether it asks for a later date and for extras, so that each can be accepted alone.
    #[must_use]
    pub fn has_parts(&self) -> bool {
        matches!(&self.ask, Ask::Change(change) if change.part(Part::Date).is_some())
    }

    /// The row of the table that governs it (see [`Kind`]).
    #[must_use]
    pub fn terms(&self) -> &'static Terms {
        self.ask.kind().terms()
    }

    /// The length of the window in hours, as it was at opening, whatever the table says today.
    #[must_use]
    pub fn window_hours(&self) -> i64 {
        (self.respond_by - self.opened_at).num_hours()
    }

    /// Who is asked to answer.
    #[must_use]
    pub fn respondent(&self) -> Party {
        self.opener.other()
    }

    /// The reminders of the respondent: hours before the deadline, and the moment. A reminder within an hour of the
    /// question itself is left out. Hours are elapsed time, so a change of summer time moves nothing.
    pub fn reminders(&self) -> impl Iterator<Item = (u32, DateTime<Utc>)> {
        let earliest = self.opened_at + TimeDelta::hours(i64::from(REMINDER_DISTANCE_HOURS));
        let moment = |hours: &u32| (*hours, self.respond_by - TimeDelta::hours(i64::from(*hours)));
        self.terms().reminders.iter().map(moment).filter(move |(_, at)| *at >= earliest)
    }

    /// The first reminder after this moment; `None` after the last one, or once the dispute is over.
    #[must_use]
    pub fn next_reminder(&self, after: DateTime<Utc>) -> Option<DateTime<Utc>> {
        self.reminders().map(|(_, at)| at).find(|at| self.is_open() && *at > after)
    }

    /// The reminder that is due at this moment: the latest that has come, because earlier ones are out of date. `None`
    /// once the dispute is over, also when its end was not written down yet.
    #[must_use]
    pub fn reminder_due(&self, now: DateTime<Utc>) -> Option<(u32, DateTime<Utc>)> {
        if !self.is_open() || self.is_overdue(now) {
            return None;
        }
        self.reminders().take_while(|(_, at)| *at <= now).last()
    }

    /// Whether it still waits for an answer.
    #[must_use]
    pub fn is_open(&self) -> bool {
        self.state == State::Open
    }

    /// Whether it is open and that party has to answer.
    #[must_use]
    pub fn waits_for(&self, party: Party) -> bool {
        self.is_open() && self.respondent() == party
    }

    /// Whether an answer at this moment is too late: the window is `[opened_at, respond_by)`.
    #[must_use]
    pub fn is_overdue(&self, now: DateTime<Utc>) -> bool {
        now >= self.respond_by
    }

    /// The dispute as it truly stands at this moment, whether or not that was written down: an open one past its
    /// deadline has lapsed at the deadline.
    #[must_use]
    pub fn settled_at(mut self, now: DateTime<Utc>) -> Self {
        if self.is_open() && self.is_overdue(now) {
            self.state = State::Lapsed(self.respond_by);
        }
        self
    }

    /// The refusal for an action that comes after the end.
    #[must_use]
    pub fn refusal_once_closed(&self) -> Refusal {
        match self.state {
            State::Lapsed(_) => Refusal::TooLate(self.number),
            State::Open
            | State::Answered(_)
            | State::Accepted(_)
            | State::Declined(_)
            | State::Withdrawn(_)
            | State::Overtaken(_) => Refusal::AlreadySettled(self.number),
        }
    }

    /// Ends an open dispute. An action at the deadline or later is refused as too late.
    pub(in crate::domain) fn end(
        self,
        end: impl FnOnce(DateTime<Utc>) -> State,
        now: DateTime<Utc>,
    ) -> Result<Self, Refusal> {
        let current = self.settled_at(now);
        if current.is_open() { Ok(Self { state: end(now), ..current }) } else { Err(current.refusal_once_closed()) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(hours: i64) -> DateTime<Utc> {
        DateTime::from_timestamp(1_790_000_000, 0).unwrap() + TimeDelta::hours(hours)
    }

    fn dispute() -> Dispute {
        Dispute {
            number: 1,
            ask: Ask::Update,
            opener: Party::Customer,
            opened_at: at(0),
            respond_by: at(48),
            previous_status: Status::Active,
            old_delivery_date: at(100).date_naive(),
            old_price: Money::euro_cents(1),
            state: State::Open,
            part: Part::All,
        }
    }

    #[test]
    fn a_window_is_open_at_its_start_and_closed_at_its_end() {
        let last = at(48) - TimeDelta::microseconds(1);
        assert!(!dispute().is_overdue(at(0)));
        assert!(!dispute().is_overdue(last));
        assert!(dispute().is_overdue(at(48)));
        assert_eq!(dispute().end(State::Answered, last).unwrap().state, State::Answered(last));
        assert_eq!(dispute().end(State::Answered, at(48)), Err(Refusal::TooLate(1)));
    }

    #[test]
    fn silence_settles_it_at_the_deadline_however_late_we_look() {
        assert_eq!(dispute().settled_at(at(47)).state, State::Open);
        for late in [48, 49, 10_000] {
            assert_eq!(dispute().settled_at(at(late)).state, State::Lapsed(at(48)));
        }
    }

    #[test]
    fn how_long_the_other_one_has_is_as_it_was_when_it_opened() {
        assert_eq!(dispute().window_hours(), 48);
        assert_eq!(Dispute { respond_by: at(30), ..dispute() }.window_hours(), 30);
        assert_eq!((dispute().respondent(), dispute().ask.kind()), (Party::Freelancer, Kind::Update));
    }

    #[test]
    fn a_state_has_the_code_of_the_database_and_every_end_its_moment() {
        let ends =
            [State::Answered, State::Accepted, State::Declined, State::Withdrawn, State::Lapsed].map(|end| end(at(5)));
        assert_eq!(ends.map(State::code), ["answered", "accepted", "declined", "withdrawn", "lapsed"]);
        assert!(ends.iter().all(|end| end.closed_at() == Some(at(5))));
        assert_eq!((State::Open.code(), State::Open.closed_at()), ("open", None));
    }

    #[test]
    fn who_comes_after_the_end_hears_whether_it_lapsed_or_was_settled() {
        let ended = |state| Dispute { state, ..dispute() }.refusal_once_closed();
        assert_eq!(ended(State::Lapsed(at(48))), Refusal::TooLate(1));
        assert_eq!(ended(State::Declined(at(5))), Refusal::AlreadySettled(1));
    }

    #[test]
    fn what_ended_stays_as_it_ended() {
        let answered = dispute().end(State::Answered, at(1)).unwrap();
        assert_eq!(answered.clone().settled_at(at(99)), answered);
        assert_eq!(answered.end(State::Declined, at(2)), Err(Refusal::AlreadySettled(1)));
    }

    #[test]
    fn a_reminder_comes_at_its_hours_before_the_deadline_also_when_summer_time_begins_or_ends() {
        // Both changes of summer time in 2026: 29 March and 25 October.
        for opened in ["2026-03-28T12:00:00Z", "2026-10-24T12:00:00Z", "2026-11-24T12:00:00Z"] {
            let opened_at: DateTime<Utc> = opened.parse().unwrap();
            let asked = Dispute { opened_at, respond_by: opened_at + TimeDelta::hours(48), ..dispute() };
            let after: Vec<(u32, i64)> =
                asked.reminders().map(|(hours, at)| (hours, (at - opened_at).num_seconds())).collect();
            assert_eq!(after, [(24, 24 * 3600), (6, 42 * 3600), (1, 47 * 3600)], "{opened}");
        }
    }

    #[test]
    fn a_reminder_within_an_hour_of_the_question_is_left_out() {
        let hours = |window: i64| {
            let asked = Dispute { respond_by: at(0) + TimeDelta::minutes(window), ..dispute() };
            asked.reminders().map(|(hours, _)| hours).collect::<Vec<_>>()
        };
        assert_eq!(hours(25 * 60), [24, 6, 1], "an hour after it, to the minute");
        assert_eq!(hours(25 * 60 - 1), [6, 1]);
        assert_eq!(hours(2 * 60), [1]);
        assert_eq!(hours(119), [0; 0]);
    }

    #[test]
    fn of_the_reminders_that_have_come_the_latest_is_due_until_the_deadline_or_an_answer() {
        let (asked, just) = (dispute(), TimeDelta::microseconds(1));
        assert_eq!((asked.reminder_due(at(24) - just), asked.next_reminder(at(24) - just)), (None, Some(at(24))));
        assert_eq!((asked.reminder_due(at(24)), asked.next_reminder(at(24))), (Some((24, at(24))), Some(at(42))));
        assert_eq!((asked.reminder_due(at(46)), asked.next_reminder(at(46))), (Some((6, at(42))), Some(at(47))));
        assert_eq!((asked.reminder_due(at(48) - just), asked.next_reminder(at(47))), (Some((1, at(47))), None));
        assert_eq!(asked.reminder_due(at(48)), None);
        let answered = asked.end(State::Answered, at(1)).unwrap();
        assert_eq!((answered.reminder_due(at(25)), answered.next_reminder(at(1))), (None, None));
    }

    #[test]
    fn only_a_freelancer_who_cancels_may_leave_the_explanation_out_but_not_with_other() {
        assert!(Ask::Update.needs_comment(Party::Customer));
        assert!(Ask::Cancellation(Reason::TooLate).needs_comment(Party::Customer));
        assert!(!Ask::Cancellation(Reason::Personal).needs_comment(Party::Freelancer));
        assert!(Ask::Cancellation(Reason::Other).needs_comment(Party::Freelancer));
    }
}
