//! THE table: what can be opened, by whom, the other party's time to answer, and the meaning of silence.
//!
//! Every number of days and hours of a window comes from here; those of the limits are in [`super::limits`].

use chrono::TimeDelta;
use strum::{AsRefStr, EnumString, IntoStaticStr, VariantArray};

use crate::domain::{Party, Status};

/// A kind of dispute or request.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, AsRefStr, EnumString, IntoStaticStr, VariantArray)]
#[strum(serialize_all = "snake_case")]
pub enum Kind {
    /// "Give me an update on the progress."
    Update,
    /// "Do you agree to cancel?"
    Cancellation,
    /// "Do you agree to a later delivery date and/or extras?"
    Change,
}

/// One thing a party can do. [`Order::allows`](crate::domain::Order::allows) says whether they may do it now; the menu
/// and the action itself both ask it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Action {
    /// Open a dispute or request of this kind.
    Open(Kind),
    /// Answer an update with a text.
    GiveUpdate,
    /// Agree to a cancellation or a change.
    Accept,
    /// Refuse a cancellation or a change.
    Decline,
    /// Withdraw one's own open question.
    Withdraw,
    /// Add a comment to the open question.
    Comment,
    /// Hand the work over.
    Deliver,
    /// Approve the delivered work.
    Approve,
    /// Ask for a revision of the delivered work.
    RequestRevision,
}

impl Action {
    /// Every action, in the order of the menu.
    pub const ALL: [Self; 11] = [
        Self::Open(Kind::Update),
        Self::Open(Kind::Cancellation),
        Self::Open(Kind::Change),
        Self::GiveUpdate,
        Self::Accept,
        Self::Decline,
        Self::Withdraw,
        Self::Comment,
        Self::Deliver,
        Self::Approve,
        Self::RequestRevision,
    ];
}

/// The effect on the order of no answer in time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Silence {
    /// The question is closed and the order goes on as it was.
    Resumes,
    /// The order is cancelled, shown as "Wederzijds geannuleerd".
    Cancels,
}

/// The place where a kind is opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Entry {
    /// The Oplossingscentrum's list of actions.
    ResolutionCenter,
    /// The order page itself.
    OrderPage,
}

/// The terms of one kind: a row of the table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Terms {
    /// The parties that may open it.
    pub openers: &'static [Party],
    /// The place where it is opened.
    pub entry: Entry,
    /// The order's status while it is open.
    pub status: Status,
    /// The other party's possible answers.
    pub answers: &'static [Action],
    /// The other party's time to answer, in hours of elapsed time.
    pub window_hours: u32,
    /// The meaning of silence.
    pub silence: Silence,
    /// Reminders to the party that must answer, in hours before the deadline.
    pub reminders: &'static [u32],
}

const UPDATE: Terms = Terms {
    openers: &[Party::Customer],
    entry: Entry::ResolutionCenter,
    status: Status::InDispute,
    answers: &[Action::GiveUpdate],
    window_hours: 48,
    silence: Silence::Resumes,
    reminders: &[24, 6, 1],
};

const CANCELLATION: Terms = Terms {
    openers: &[Party::Customer, Party::Freelancer],
    entry: Entry::ResolutionCenter,
    status: Status::InDispute,
    answers: &[Action::Accept, Action::Decline],
    window_hours: 48,
    silence: Silence::Cancels,
    reminders: &[24, 6, 1],
};

const CHANGE: Terms = Terms {
    openers: &[Party::Freelancer],
    entry: Entry::OrderPage,
    status: Status::ChangeRequested,
    answers: &[Action::Accept, Action::Decline],
    window_hours: 96,
    silence: Silence::Resumes,
    reminders: &[48, 24, 6, 1],
};

/// Days after which an untouched delivered order completes by itself (our choice, after Fiverr's rule).
pub const COMPLETION_DAYS: u32 = 3;
/// Reminders to the customer that a delivery will complete, in hours before it does (rules, the table of windows).
pub const COMPLETION_REMINDERS: [u32; 2] = [24, 6];

impl Kind {
    /// The code in the database and the forms.
    #[must_use]
    pub fn code(self) -> &'static str {
        self.into()
    }

    /// This kind's row of the table.
    #[must_use]
    pub fn terms(self) -> &'static Terms {
        match self {
            Self::Update => &UPDATE,
            Self::Cancellation => &CANCELLATION,
            Self::Change => &CHANGE,
        }
    }
}

impl Terms {
    /// The other party's time to answer. Elapsed time, never calendar or business days, so that summer time does not
    /// move it.
    #[must_use]
    pub fn window(&self) -> TimeDelta {
        TimeDelta::hours(i64::from(self.window_hours))
    }

    /// The same window in whole days, for the help page.
    #[must_use]
    pub fn window_days(&self) -> u32 {
        self.window_hours / 24
    }
}

/// Least time between a question and its reminder, in hours; an earlier reminder is left out.
pub const REMINDER_DISTANCE_HOURS: u32 = 1;

/// The time after which a delivered order completes by itself.
#[must_use]
pub fn completion_window() -> TimeDelta {
    TimeDelta::days(i64::from(COMPLETION_DAYS))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_update_is_asked_by_the_customer_in_the_center_for_two_days_and_silence_resumes_the_order() {
        let terms = Kind::Update.terms();
        assert_eq!(terms.openers, [Party::Customer]);
        assert_eq!(terms.entry, Entry::ResolutionCenter);
        assert_eq!(terms.answers, [Action::GiveUpdate]);
        assert_eq!(terms.window(), TimeDelta::days(2));
        assert_eq!(terms.silence, Silence::Resumes);
        assert_eq!(terms.status, Status::InDispute);
    }

    #[test]
    fn a_cancellation_is_asked_by_either_party_in_the_center_for_48_hours_and_silence_cancels() {
        let terms = Kind::Cancellation.terms();
        assert_eq!(terms.openers, [Party::Customer, Party::Freelancer]);
        assert_eq!(terms.entry, Entry::ResolutionCenter);
        assert_eq!(terms.answers, [Action::Accept, Action::Decline]);
        assert_eq!(terms.window(), TimeDelta::seconds(172_800));
        assert_eq!(terms.silence, Silence::Cancels);
        assert_eq!(terms.status, Status::InDispute);
    }

    #[test]
    fn a_window_is_told_in_hours_and_in_whole_days_and_the_codes_are_those_of_the_database() {
        let told =
            Kind::VARIANTS.iter().map(|kind| (kind.code(), kind.terms().window_hours, kind.terms().window_days()));
        assert_eq!(told.collect::<Vec<_>>(), [("update", 48, 2), ("cancellation", 48, 2), ("change", 96, 4)]);
        assert_eq!(completion_window(), TimeDelta::days(3));
    }

    #[test]
    fn reminders_come_24_6_and_1_hours_before_the_deadline_and_in_the_long_window_also_48() {
        assert_eq!(Kind::Update.terms().reminders, [24, 6, 1]);
        assert_eq!(Kind::Cancellation.terms().reminders, [24, 6, 1]);
        assert_eq!(Kind::Change.terms().reminders, [48, 24, 6, 1]);
    }

    #[test]
    fn a_change_is_asked_by_the_freelancer_on_the_order_page_for_four_days_and_silence_resumes_the_order() {
        let terms = Kind::Change.terms();
        assert_eq!(terms.openers, [Party::Freelancer]);
        assert_eq!(terms.entry, Entry::OrderPage);
        assert_eq!(terms.answers, [Action::Accept, Action::Decline]);
        assert_eq!(terms.window(), TimeDelta::hours(96));
        assert_eq!(terms.silence, Silence::Resumes);
        assert_eq!(terms.status, Status::ChangeRequested);
    }
}
