//! What a page shows of one order, and what its reader may do now.

use chrono::{DateTime, Utc};

use crate::domain::orders::kind::Entry;
use crate::domain::orders::limits::RecentQuestions;
use crate::domain::{Action, Dispute, Kind, Order, Party, Refusal, State};
use crate::operations::orders::timeline::Recorded;
use crate::operations::{Failure, Who};
use crate::store::Store;
use crate::store::orders::OrderDetail;
use crate::store::orders::{self, notifications};

/// An order as one of its parties sees it at one moment: the truth of that moment, whether or not the worker has
/// written it down yet.
#[derive(Debug, Clone)]
pub struct Overview {
    /// The order.
    pub order: Order,
    /// The side of who looks.
    pub viewer: Party,
    /// The customer's name.
    customer_name: String,
    /// The freelancer's name.
    freelancer_name: String,
    /// Which events it has, of which a page takes a part.
    pub timeline: Recorded,
    /// Every dispute and request, by number.
    pub disputes: Vec<Dispute>,
    /// Whether the reader was told something about it that they have not read.
    pub has_unread: bool,
}

/// Loads an order for one of its parties.
///
/// # Errors
///
/// [`Failure::NotFound`] when it is not there or not theirs; [`Failure::Store`] when the database fails.
pub fn load(store: &Store, who: Who, now: DateTime<Utc>) -> Result<Overview, Failure> {
    store.read(|db| {
        let OrderDetail { mut order, disputes, customer_name, freelancer_name, has_unread } =
            orders::find_whole(db, who.reference, who.account)?.ok_or(Failure::NotFound)?;
        let viewer = order.party(who.account).ok_or(Failure::NotFound)?;
        let disputes = disputes.into_iter().map(|dispute| dispute.settled_at(now)).collect();
        let written = order.event_count;
        let settled = order.settle(now).into_iter().map(|step| step.event).collect();
        let timeline = Recorded { reference: who.reference, written, settled };
        Ok(Overview { order, viewer, customer_name, freelancer_name, timeline, disputes, has_unread })
    })
}

/// Marks the reader's notifications about an order as read. It waits for no lock, and an error does not fail the page: the
/// next view of the order marks them.
pub fn mark_read(store: &Store, who: Who, now: DateTime<Utc>) {
    match store.note(|db| notifications::mark_read_of(db, who.account, who.reference, now)) {
        Ok(Some(())) => {}
        Ok(None) => tracing::debug!("notifications are marked as read the next time"),
        Err(error) => tracing::warn!(%error, "notifications could not be marked as read"),
    }
}

impl Overview {
    /// The name of that party.
    #[must_use]
    pub fn name(&self, party: Party) -> &str {
        match party {
            Party::Customer => &self.customer_name,
            Party::Freelancer => &self.freelancer_name,
        }
    }

    /// The name of the party on the other side.
    #[must_use]
    pub fn other_name(&self) -> &str {
        self.name(self.viewer.other())
    }

    /// Whether the reader may do that now.
    #[must_use]
    pub fn may(&self, action: Action) -> bool {
        self.order.allows(self.viewer, action).is_ok()
    }

    /// Why the reader cannot ask that now although the order would allow it: a limit is reached.
    #[must_use]
    pub fn limit_on(&self, kind: Kind, now: DateTime<Utc>) -> Option<Refusal> {
        RecentQuestions::from_disputes(&self.disputes, self.viewer).allow(kind, now).err()
    }

    /// The kinds the reader may open in the Oplossingscentrum now, but for limits.
    #[must_use]
    pub fn center_kinds(&self) -> Vec<Kind> {
        self.order.openable(self.viewer, Entry::ResolutionCenter).collect()
    }

    /// The dispute with that number.
    #[must_use]
    pub fn dispute(&self, number: i32) -> Option<&Dispute> {
        self.disputes.iter().find(|dispute| dispute.number == number)
    }

    /// Whether something waits for the reader's answer.
    #[must_use]
    pub fn waits_for_viewer(&self) -> bool {
        self.order.waits_for(self.viewer)
    }

    /// The cancellation that ended the order, when one did.
    #[must_use]
    pub fn cancelled_by(&self) -> Option<&Dispute> {
        let ended = |dispute: &&Dispute| {
            dispute.ask.kind() == Kind::Cancellation && matches!(dispute.state, State::Accepted(_) | State::Lapsed(_))
        };
        self.disputes.iter().find(ended)
    }
}
