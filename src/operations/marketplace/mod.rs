//! What the marketplace's programs do: they come with a key, tell of accounts and orders, and read orders as they are seen
//! from outside.

pub mod accounts;
pub mod deliveries;
pub mod feed;
mod history;
pub mod keys;
pub mod orders;
pub mod webhooks;

use crate::import::Problem;
use crate::import::single::Unread;

/// The longest name of a key or an endpoint, in characters (our choice: it stands in log lines).
pub const NAME_CHARS: usize = 40;

/// Whether a key or an endpoint can have that name: short, out of a to z, 0 to 9, - and _.
fn is_name(name: &str) -> bool {
    let is_plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-' || c == '_';
    (1..=NAME_CHARS).contains(&name.len()) && name.chars().all(is_plain)
}

/// What came of an account or an order that was put.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Put {
    /// It is new.
    Added,
    /// It was here already, and follows what was put.
    Kept,
    /// It is not what the sender expected, so nothing changed.
    Unexpected,
    /// It has these problems, so nothing changed.
    Refused(Vec<Problem>),
    /// It is no object of JSON; with what is wrong.
    Unreadable(String),
}

impl From<Unread> for Put {
    fn from(unread: Unread) -> Self {
        match unread {
            Unread::NotAnObject(why) => Self::Unreadable(why),
            Unread::Problems(problems) => Self::Refused(problems),
        }
    }
}

impl Put {
    /// What came of a body that was taken or refused by the import, which added so many of its kind.
    fn of(refused: Vec<Problem>, added: usize) -> Self {
        match (refused.is_empty(), added) {
            (false, _) => Self::Refused(refused),
            (true, 0) => Self::Kept,
            (true, _) => Self::Added,
        }
    }
}
