//! Reasons for a cancellation.

use strum::{AsRefStr, EnumString, IntoStaticStr, VariantArray};

use crate::domain::Party;

/// A reason for a cancellation, from the list of the party that asks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, AsRefStr, EnumString, IntoStaticStr, VariantArray)]
#[strum(serialize_all = "snake_case")]
pub enum Reason {
    /// Customer: ordered by mistake or twice.
    OrderedByMistake,
    /// Customer: no longer needed.
    NoLongerNeeded,
    /// Customer: the freelancer does not respond.
    FreelancerUnresponsive,
    /// Customer: the delivery is or will be late.
    TooLate,
    /// Customer: the work is not as agreed.
    NotAsAgreed,
    /// Customer: the freelancer asked for it.
    AskedByFreelancer,
    /// Freelancer: the customer does not respond or send information.
    CustomerUnresponsive,
    /// Freelancer: the customer asks for more than agreed.
    OutOfScope,
    /// Freelancer: the customer asked for it.
    AskedByCustomer,
    /// Freelancer: cannot do this, or not in time.
    CannotDeliver,
    /// Freelancer: personal circumstances.
    Personal,
    /// Both: another reason, which must be explained.
    Other,
}

impl Reason {
    /// The code in the database and the forms.
    #[must_use]
    pub fn code(self) -> &'static str {
        self.into()
    }

    /// Whether this reason is on that party's list.
    #[must_use]
    pub fn is_for(self, party: Party) -> bool {
        match self {
            Self::OrderedByMistake
            | Self::NoLongerNeeded
            | Self::FreelancerUnresponsive
            | Self::TooLate
            | Self::NotAsAgreed
            | Self::AskedByFreelancer => party == Party::Customer,
            Self::CustomerUnresponsive
            | Self::OutOfScope
            | Self::AskedByCustomer
            | Self::CannotDeliver
            | Self::Personal => party == Party::Freelancer,
            Self::Other => true,
        }
    }

    /// That party's list of reasons.
    pub fn list(party: Party) -> impl Iterator<Item = Self> {
        Self::VARIANTS.iter().copied().filter(move |reason| reason.is_for(party))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_party_has_the_reasons_of_the_rules_and_both_have_other() {
        let codes = |party| Reason::list(party).map(Reason::code).collect::<Vec<_>>();
        assert_eq!(
            codes(Party::Customer),
            [
                "ordered_by_mistake",
                "no_longer_needed",
                "freelancer_unresponsive",
                "too_late",
                "not_as_agreed",
                "asked_by_freelancer",
                "other"
            ]
        );
        assert_eq!(
            codes(Party::Freelancer),
            ["customer_unresponsive", "out_of_scope", "asked_by_customer", "cannot_deliver", "personal", "other"]
        );
    }
}
