//! The two sides of an order.

use strum::{AsRefStr, EnumString, IntoStaticStr, VariantArray};

/// One of the two people on an order. Roles belong to the order, not the account: the customer of one order can be the
/// freelancer of the next.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, AsRefStr, EnumString, IntoStaticStr, VariantArray)]
#[strum(serialize_all = "snake_case")]
pub enum Party {
    /// The buyer (klant).
    Customer,
    /// The worker (freelancer).
    Freelancer,
}

impl Party {
    /// The party on the other side.
    #[must_use]
    pub fn other(self) -> Self {
        match self {
            Self::Customer => Self::Freelancer,
            Self::Freelancer => Self::Customer,
        }
    }

    /// The code in the database and the addresses.
    #[must_use]
    pub fn code(self) -> &'static str {
        self.into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn on_one_order_the_other_party_of_the_other_party_is_oneself() {
        for party in Party::VARIANTS {
            assert_ne!(party.other(), *party);
            assert_eq!(party.other().other(), *party);
        }
    }

    #[test]
    fn the_codes_are_those_of_the_database() {
        assert_eq!(Party::VARIANTS.iter().map(|party| party.code()).collect::<Vec<_>>(), ["customer", "freelancer"]);
    }
}
