//! An expected "no", as a value.

use chrono::{DateTime, Utc};

use crate::domain::{Kind, Status};

/// Why a rule refuses an action.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refusal {
    /// The order is completed or cancelled.
    OrderClosed(Status),
    /// Another dispute or request is open and must end first: its number and kind.
    AnotherIsOpen(i32, Kind),
    /// The dispute with this number was already answered or withdrawn.
    AlreadySettled(i32),
    /// The dispute with this number lapsed: the window has passed.
    TooLate(i32),
    /// The other party may do this, not this one.
    NotYours,
    /// The question does not ask for this answer.
    NotAsked,
    /// The order's status does not allow this now.
    NotNow(Status),
    /// The marketplace's own buttons do this.
    AtMarketplace,
    /// A text is needed here and there is none.
    CommentMissing,
    /// The reason is not on this party's list.
    ReasonNotYours,
    /// This party has reached the limit of comments on the order within an hour. Holds the dispute it wrote to, and the
    /// moment from which it may write again.
    TooManyComments(i32, DateTime<Utc>),
    /// This party has reached the limit of comments on this dispute; it may write again after the dispute has ended.
    DisputeFull(i32),
    /// This party has reached the limit of questions on the order within a day, until this moment.
    TooManyQuestions(DateTime<Utc>),
    /// This party has reminded of its question with this number within a day; it may again from this moment.
    RemindedAlready(i32, DateTime<Utc>),
    /// The last questions of this kind were declined in a row; it can be asked again from this moment.
    DeclinedInARow(Kind, DateTime<Utc>),
}

impl Refusal {
    /// The number of the dispute that the refusal is about: the one in the way, or the one that is over.
    #[must_use]
    pub fn dispute(self) -> Option<i32> {
        match self {
            Self::AnotherIsOpen(number, _)
            | Self::AlreadySettled(number)
            | Self::TooLate(number)
            | Self::TooManyComments(number, _)
            | Self::DisputeFull(number)
            | Self::RemindedAlready(number, _) => Some(number),
            Self::OrderClosed(_)
            | Self::NotYours
            | Self::NotAsked
            | Self::NotNow(_)
            | Self::AtMarketplace
            | Self::CommentMissing
            | Self::ReasonNotYours
            | Self::TooManyQuestions(_)
            | Self::DeclinedInARow(..) => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refusal_names_the_dispute_it_is_about() {
        let at = DateTime::UNIX_EPOCH;
        for about in [
            Refusal::AnotherIsOpen(3, Kind::Update),
            Refusal::AlreadySettled(3),
            Refusal::TooLate(3),
            Refusal::TooManyComments(3, at),
            Refusal::DisputeFull(3),
            Refusal::RemindedAlready(3, at),
        ] {
            assert_eq!(about.dispute(), Some(3), "{about:?}");
        }
        for about in [
            Refusal::OrderClosed(Status::Completed),
            Refusal::NotYours,
            Refusal::NotAsked,
            Refusal::NotNow(Status::Active),
            Refusal::AtMarketplace,
            Refusal::CommentMissing,
            Refusal::ReasonNotYours,
            Refusal::TooManyQuestions(at),
            Refusal::DeclinedInARow(Kind::Change, at),
        ] {
            assert_eq!(about.dispute(), None, "{about:?}");
        }
    }
}
