//! Where the money of an order is. The program moves none: the operator says which of three rules the marketplace has, or says
//! it in sentences of its own.

use crate::domain::{Language, Money, Party};
use crate::i18n::format::Reader;

/// The marketplace's rule, as `--money` or `--money-sentences` gives it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Payment {
    /// The marketplace holds the price: it pays it back when the order is cancelled, and out when it is completed.
    Held,
    /// The customer pays the freelancer directly.
    Direct,
    /// Nothing is paid for orders.
    None,
    /// The operator's own sentences. They live as long as the program.
    Own(&'static OwnSentences),
}

/// The operator's own sentences about money, in every language.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OwnSentences {
    /// In Dutch.
    pub nl: Sentences,
    /// In English.
    pub en: Sentences,
}

/// What an operator says of money in one language. `{price}` stands for the price of the order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sentences {
    /// Where the money is while the order runs, in a few words.
    pub running: String,
    /// What happens to it when the order is cancelled.
    pub cancelled: Option<String>,
    /// What happens to it when the order is completed.
    pub completed: Option<String>,
    /// What help says about it.
    pub help: String,
}

impl OwnSentences {
    fn of(&self, language: Language) -> &Sentences {
        match language {
            Language::Nl => &self.nl,
            Language::En => &self.en,
        }
    }
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
    /// The names of the rules that `--money` takes.
    pub const NAMES: [&str; 3] = ["held", "direct", "none"];

    /// The rule with this name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        match name {
            "held" => Some(Self::Held),
            "direct" => Some(Self::Direct),
            "none" => Some(Self::None),
            _ => None,
        }
    }

    /// Where the money is while the order runs, in a few words.
    #[must_use]
    pub fn note(self, reader: Reader) -> String {
        let words = reader.words();
        match self {
            Self::Own(own) => own.of(reader.language).running.clone(),
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
            (Self::Own(own), ending, _) => {
                let own = own.of(reader.language);
                let said = match ending {
                    Ending::Cancelled => &own.cancelled,
                    Ending::Completed => &own.completed,
                };
                said.as_ref().map(|said| said.replace("{price}", &price))
            }
            (Self::Direct, Ending::Completed, _) | (Self::None, ..) => None,
        }
    }

    /// What help says about it.
    #[must_use]
    pub fn help(self, reader: Reader) -> String {
        let words = reader.words();
        match self {
            Self::Own(own) => own.of(reader.language).help.clone(),
            Self::Held => words.help_money_held(),
            Self::Direct => words.help_money_direct(),
            Self::None => words.help_money_none(),
        }
    }
}
