//! The events of an order: the lines of its timeline.

use std::str::FromStr;

use chrono::{DateTime, NaiveDate, Utc};
use strum::{AsRefStr, EnumString, IntoStaticStr, VariantArray};

use crate::domain::{Money, Party, StateKind, Text};

/// Who did something.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Actor {
    /// One of the two parties.
    Party(Party),
    /// The program, because of silence or an import.
    System,
}

impl Actor {
    /// The code in the database.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Party(party) => party.code(),
            Self::System => "system",
        }
    }

    /// The party who did it, if a party did.
    #[must_use]
    pub fn party(self) -> Option<Party> {
        match self {
            Self::Party(party) => Some(party),
            Self::System => None,
        }
    }
}

impl AsRef<str> for Actor {
    fn as_ref(&self) -> &str {
        self.code()
    }
}

impl FromStr for Actor {
    type Err = strum::ParseError;

    fn from_str(code: &str) -> Result<Self, Self::Err> {
        if code == Self::System.code() { Ok(Self::System) } else { code.parse().map(Self::Party) }
    }
}

/// What happened.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, AsRefStr, EnumString, IntoStaticStr, VariantArray)]
#[strum(serialize_all = "snake_case")]
pub enum EventKind {
    /// The customer placed the order.
    Placed,
    /// The freelancer delivered.
    Delivered,
    /// The customer asked for a revision.
    RevisionRequested,
    /// The customer approved.
    Approved,
    /// The customer did nothing for three days after the delivery, so it counts as approved.
    Completed,
    /// The order was cancelled from outside.
    Cancelled,
    /// The order was already closed when it was imported.
    Imported,
    /// The order was delivered when it was imported, since an unknown moment.
    ImportedDelivery,
    /// The customer was told of that delivery, and the three days began.
    ReviewBegan,
    /// A dispute or request was opened.
    Opened,
    /// A comment was added to it.
    Commented,
    /// The update was given.
    UpdateGiven,
    /// The cancellation or the change was accepted.
    Accepted,
    /// The cancellation or the change was declined.
    Declined,
    /// The opener took it back.
    Withdrawn,
    /// No answer came in time.
    Lapsed,
    /// The freelancer delivered at the marketplace, outside this program.
    DeliveredOutside,
    /// The customer asked for a revision at the marketplace.
    RevisionOutside,
    /// The marketplace completed the order.
    CompletedOutside,
    /// The marketplace changed the price.
    Repriced,
    /// The marketplace changed the delivery date.
    Rescheduled,
    /// The marketplace changed the title.
    Retitled,
}

impl EventKind {
    /// The code in the database.
    #[must_use]
    pub fn code(self) -> &'static str {
        self.into()
    }

    /// How an event of this kind ends the dispute that it belongs to, if it does.
    #[must_use]
    pub fn ends_dispute(self) -> Option<StateKind> {
        match self {
            Self::UpdateGiven => Some(StateKind::Answered),
            Self::Accepted => Some(StateKind::Accepted),
            Self::Declined => Some(StateKind::Declined),
            Self::Withdrawn => Some(StateKind::Withdrawn),
            Self::Lapsed => Some(StateKind::Lapsed),
            Self::Cancelled | Self::CompletedOutside | Self::Repriced | Self::Rescheduled => Some(StateKind::Overtaken),
            Self::Placed
            | Self::Delivered
            | Self::RevisionRequested
            | Self::Approved
            | Self::Completed
            | Self::Imported
            | Self::ImportedDelivery
            | Self::ReviewBegan
            | Self::Opened
            | Self::Commented
            | Self::DeliveredOutside
            | Self::RevisionOutside
            | Self::Retitled => None,
        }
    }
}

/// One line of an order's timeline. Events are append-only and never change (rules 12).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Event {
    /// Counts from 1 within the order.
    pub number: i32,
    /// When it happened (UTC). An outcome of silence carries the moment of its deadline, whenever it was written down
    /// (rules 9).
    pub at: DateTime<Utc>,
    /// Who did it.
    pub actor: Actor,
    /// What happened.
    pub kind: EventKind,
    /// The dispute or request it belongs to.
    pub dispute: Option<i32>,
    /// What the actor wrote with it.
    pub text: Option<Text>,
    /// When that was erased, if the actor wrote something and it was.
    pub erased_at: Option<DateTime<Utc>>,
    /// The value that it changed, when it is one of the marketplace's.
    pub moved: Option<Moved>,
}

/// A value that changed from outside: before and after.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Moved {
    /// The price.
    Price(Money, Money),
    /// The delivery date.
    Date(NaiveDate, NaiveDate),
    /// The title.
    Title(String, String),
}

impl Event {
    /// Whether that party is told of it: a party is not told of its own actions, and a new title is only seen. That the
    /// customer's three days began, the customer is told alone.
    #[must_use]
    pub fn tells(&self, party: Party) -> bool {
        match self.kind {
            EventKind::Retitled | EventKind::ImportedDelivery => false,
            EventKind::ReviewBegan => self.actor == Actor::System && party == Party::Customer,
            _ => self.actor != Actor::Party(party),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_codes_are_those_of_the_database() {
        let actors = [Actor::Party(Party::Customer), Actor::Party(Party::Freelancer), Actor::System];
        assert_eq!(actors.map(Actor::code), ["customer", "freelancer", "system"]);
        assert_eq!(actors.map(|actor| actor.code().parse()), actors.map(Ok));
        assert_eq!("nobody".parse::<Actor>(), Err(strum::ParseError::VariantNotFound));
        assert_eq!(actors.map(Actor::party), [Some(Party::Customer), Some(Party::Freelancer), None]);
        assert_eq!(
            [EventKind::Placed, EventKind::RevisionRequested, EventKind::UpdateGiven].map(EventKind::code),
            ["placed", "revision_requested", "update_given"]
        );
        for what in EventKind::VARIANTS {
            assert_eq!(what.code().parse(), Ok(*what), "each is read back as itself");
        }
    }
}
