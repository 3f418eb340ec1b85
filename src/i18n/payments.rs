//! Where the money of an order is. The program moves none: the operator says which of three rules the marketplace has.

use strum::{EnumString, IntoStaticStr, VariantNames};

use crate::domain::{Money, Party};
use crate::i18n::Words;
use crate::i18n::format::Reader;

/// The marketplace's rule, as `--money` gives it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, EnumString, IntoStaticStr, VariantNames)]
#[strum(serialize_all = "snake_case")]
pub enum Payment {
    /// The marketplace holds the price: it pays it back when the order is cancelled, and out when it is completed.
    Held,
    /// The customer pays the freelancer directly.
    Direct,
    /// Nothing is paid for orders.
    None,
}

/// How an order ends, as far as money is concerned.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ending {
    /// It is cancelled.
    Cancelled,
    /// It is completed.
    Completed,
}

impl Payment {
    /// Where the money is while the order runs, in a few words.
    #[must_use]
    pub fn note(self, words: &Words) -> String {
        match self {
            Self::Held => words.money_held(),
            Self::Direct => words.money_direct(),
            Self::None => words.money_none(),
        }
    }

    /// What happens to the money when the order ends, in a sentence to the reader.
    #[must_use]
    pub fn at_the_end(
        self,
        ending: Ending,
        reader: Reader,
        price: Money,
        (viewer, other): (Party, &str),
    ) -> Option<String> {
        let (words, price) = (reader.words(), reader.money(price));
        match (self, ending, viewer) {
            (Self::Held, Ending::Cancelled, Party::Customer) => Some(words.money_held_back_to_you(price)),
            (Self::Held, Ending::Cancelled, Party::Freelancer) => Some(words.money_held_back_to(price, other)),
            (Self::Held, Ending::Completed, Party::Customer) => Some(words.money_held_out_to(price, other)),
            (Self::Held, Ending::Completed, Party::Freelancer) => Some(words.money_held_out_to_you(price)),
            (Self::Direct, Ending::Cancelled, _) => Some(words.money_direct_cancelled()),
            (Self::Direct, Ending::Completed, _) | (Self::None, ..) => None,
        }
    }

    /// What help says about it.
    #[must_use]
    pub fn help(self, words: &Words) -> String {
        match self {
            Self::Held => words.help_money_held(),
            Self::Direct => words.help_money_direct(),
            Self::None => words.help_money_none(),
        }
    }
}
