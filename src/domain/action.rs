//! What somebody can do with an order.

use super::Kind;

/// One thing a party can do. Whether they may, now, is answered by [`Order::allows`](super::Order::allows), which
/// both the menu and the action itself ask.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Action {
    /// Open a dispute or request of this kind.
    Open(Kind),
    /// Answer an update with a text.
    GiveUpdate,
    /// Agree to a cancellation or a change.
    Accept,
    /// Refuse a cancellation or a change.
    Decline,
    /// Take one's own open question back.
    Withdraw,
    /// Add a comment to what is open.
    Comment,
    /// Hand the work over.
    Deliver,
    /// Approve the delivered work.
    Approve,
    /// Ask for a revision of the delivered work.
    RequestRevision,
}

impl Action {
    /// Every action there is, in the order in which a menu shows them.
    pub const ALL: [Self; 11] = [
        Self::Open(Kind::Update),
        Self::Open(Kind::Cancellation),
        Self::Open(Kind::Change),
        Self::GiveUpdate,
        Self::Accept,
        Self::Decline,
        Self::Withdraw,
        Self::Comment,
        Self::Deliver,
        Self::Approve,
        Self::RequestRevision,
    ];
}
