//! Order statuses.

use strum::{AsRefStr, EnumString, IntoStaticStr, VariantArray};

/// The status of an order. "Late" is not among them: it is a fact beside the status, see
/// [`Order::is_late`](crate::domain::Order::is_late).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, AsRefStr, EnumString, IntoStaticStr, VariantArray)]
#[strum(serialize_all = "snake_case")]
pub enum Status {
    /// The freelancer is at work (Actief).
    Active,
    /// The freelancer delivered; the customer looks at it (Geleverd).
    Delivered,
    /// The customer asked for a revision (In revisie).
    InRevision,
    /// An update or a cancellation waits for an answer (In geschil).
    InDispute,
    /// A later date or extras wait for an answer (Wijziging aangevraagd).
    ChangeRequested,
    /// Done and approved, or left alone for three days after delivery (Voltooid).
    Completed,
    /// Cancelled by both, or by one while the other kept silent (Wederzijds geannuleerd).
    MutuallyCancelled,
    /// Cancelled from outside, by customer service (Geannuleerd).
    Cancelled,
}

impl Status {
    /// The code in the database and the import.
    #[must_use]
    pub fn code(self) -> &'static str {
        self.into()
    }

    /// Whether the status is final: no change is possible any more, and the Oplossingscentrum is closed for the order.
    #[must_use]
    pub fn is_final(self) -> bool {
        match self {
            Self::Completed | Self::MutuallyCancelled | Self::Cancelled => true,
            Self::Active | Self::Delivered | Self::InRevision | Self::InDispute | Self::ChangeRequested => false,
        }
    }

    /// The final statuses.
    pub fn all_final() -> impl Iterator<Item = Self> {
        Self::VARIANTS.iter().copied().filter(|status| status.is_final())
    }

    /// Whether a dispute or request may be opened from here. An order returns to one of these.
    #[must_use]
    pub fn is_workable(self) -> bool {
        match self {
            Self::Active | Self::Delivered | Self::InRevision => true,
            Self::InDispute | Self::ChangeRequested | Self::Completed | Self::MutuallyCancelled | Self::Cancelled => {
                false
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn completed_mutually_cancelled_and_cancelled_are_final() {
        let last: Vec<&str> = Status::all_final().map(Status::code).collect();
        assert_eq!(last, ["completed", "mutually_cancelled", "cancelled"]);
    }

    #[test]
    fn the_codes_are_those_of_the_rules() {
        let codes: Vec<&str> = Status::VARIANTS.iter().map(|s| s.code()).collect();
        assert_eq!(
            codes,
            [
                "active",
                "delivered",
                "in_revision",
                "in_dispute",
                "change_requested",
                "completed",
                "mutually_cancelled",
                "cancelled"
            ]
        );
    }
}
