//! The business, pure: no input or output, no clock, no database, no web.
//!
//! Every rule of the product is decided here and nowhere else. Time is an argument; a refusal is a value.
//! Newcomers read [`kind`] (the table: who opens what, how long, what silence means), then [`dispute`], then
//! [`order`], whose [`Order::allows`] is the one table that menus and actions share.
//!
//! # Glossary
//!
//! One word per thing. The Dutch word is what the reader of a page sees; the English one is used in code.
//!
//! | code | Nederlands | what it is |
//! |---|---|---|
//! | order | bestelling | what a customer bought from a freelancer |
//! | party | partij | one of the two people on an order |
//! | customer | klant | the party who bought |
//! | freelancer | freelancer | the party who does the work |
//! | opener | aanvrager | the party who opened a dispute |
//! | respondent | de ander | the party who is asked to answer |
//! | dispute | geschil, verzoek | one question of one party to the other, with a window to answer it |
//! | update | update | "how is it going?" |
//! | cancellation | annulering | "shall we cancel this order?" |
//! | change | wijziging | "may I have more days, or be paid for extras?" |
//! | respond by | reageren voor | the moment from which an answer is too late |
//! | silence | geen reactie | nobody answered before that moment |
//! | settle | afhandelen | to write down what silence has already decided |
//! | accept, decline | accepteren, afwijzen | the two answers to a cancellation or a change |
//! | withdraw | intrekken | the opener takes the question back |
//! | lapsed | verlopen | ended by silence |
//! | event | gebeurtenis | one line of an order's timeline |
//! | delivery date | leverdatum | the day on which the work is due, in the marketplace's time zone |
//! | late | te laat | the delivery date has passed and the work is not there |

pub mod account;
pub mod action;
pub mod change;
pub mod dispute;
pub mod event;
#[cfg(test)]
mod histories;
pub mod kind;
pub mod money;
pub mod order;
pub mod party;
pub mod reason;
pub mod record;
pub mod reference;
pub mod refusal;
mod replay;
pub mod status;
pub mod text;

pub use account::AccountId;
pub use action::Action;
pub use change::{ChangeRequest, Extra, ExtraDays};
pub use dispute::{Ask, Dispute, State};
pub use event::{Actor, Event, What};
pub use kind::Kind;
pub use money::Money;
pub use order::{Order, Step};
pub use party::Party;
pub use reason::Reason;
pub use reference::Reference;
pub use refusal::Refusal;
pub use status::Status;
pub use text::Text;
