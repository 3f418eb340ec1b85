//! An expected "no".

use crate::domain::{Kind, Status};

/// Why a rule refuses what somebody tried. Its name is the name of the message that explains it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refusal {
    /// The order is completed or cancelled.
    OrderClosed(Status),
    /// Another dispute or request is open and must end first: its number and kind.
    AnotherIsOpen(i32, Kind),
    /// The dispute with this number was answered or withdrawn before.
    AlreadySettled(i32),
    /// The dispute with this number lapsed: the window has passed.
    TooLate(i32),
    /// The other party may do this, not this one.
    NotYours,
    /// The question does not ask for this answer.
    NotAsked,
    /// The order's status does not allow this now.
    NotNow(Status),
    /// A text is needed here and there is none.
    CommentMissing,
    /// The reason is not on this party's list.
    ReasonNotYours,
}

impl Refusal {
    /// The number of the dispute it is about: the one in the way, or the one that is over.
    #[must_use]
    pub fn dispute(self) -> Option<i32> {
        match self {
            Self::AnotherIsOpen(number, _) | Self::AlreadySettled(number) | Self::TooLate(number) => Some(number),
            Self::OrderClosed(_)
            | Self::NotYours
            | Self::NotAsked
            | Self::NotNow(_)
            | Self::CommentMissing
            | Self::ReasonNotYours => None,
        }
    }
}
