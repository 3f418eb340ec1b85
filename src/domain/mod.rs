//! The business, pure: no input or output, no clock, no database, no web.
//!
//! Every rule of the product is decided here and nowhere else. Time is an argument; a refusal is a value.
//! Newcomers read [`orders::kind`] (the table: who opens what, how long, what silence means), then [`orders::dispute`], then
//! [`orders::order`], whose [`Order::allows`] is the one table that menus and actions share.
//!
//! # Glossary
//!
//! One word per thing. Pages show the Dutch word to Dutch readers; code uses the English one.
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
//! | silence | geen reactie | no answer came before that moment |
//! | settle | afhandelen | to write down what silence has already decided |
//! | accept, decline | accepteren, afwijzen | the two answers to a cancellation or a change |
//! | withdraw | intrekken | the opener takes the question back |
//! | lapsed | verlopen | ended by silence |
//! | external id | bestelnummer | the marketplace's own id of an order or a person |
//! | overtaken | achterhaald | ended because the order changed from outside |
//! | event | gebeurtenis | one line of an order's timeline |
//! | delivery date | leverdatum | the day on which the work is due, in the marketplace's time zone |
//! | late | te laat | the delivery date has passed and the work is not there |

pub mod accounts;
pub mod audit;
mod external_id;
pub mod line;
pub mod marketplace;
pub mod orders;

pub use accounts::account::{Account, AccountId, Epoch};
pub use accounts::preferences::{Language, MailChoices, OptionalMail, Preferences, Theme};
pub use external_id::{ExternalId, NoExternalId};
pub use orders::change::{ChangeRequest, Extra, ExtraDays, Part};
pub use orders::dispute::{Ask, Dispute, State, StateKind};
pub use orders::event::{Actor, Event, EventKind, Moved};
pub use orders::kind::{Action, Kind};
pub use orders::money::Money;
pub use orders::order::{Order, Step};
pub use orders::party::Party;
pub use orders::reason::Reason;
pub use orders::reference::Reference;
pub use orders::refusal::Refusal;
pub use orders::status::Status;
pub use orders::text::Text;
