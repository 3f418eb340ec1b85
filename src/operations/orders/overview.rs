//! The data of one order's page, and what its reader may do now.

use chrono::{DateTime, Utc};

use crate::domain::orders::kind::Entry;
use crate::domain::orders::limits::RecentQuestions;
use crate::domain::orders::outside::Description;
use crate::domain::{AccountId, Action, Dispute, ExternalId, Kind, Order, Party, Reference, Refusal, State};
use crate::operations::orders::timeline::Recorded;
use crate::operations::{Failure, Who};
use crate::store::Store;
use crate::store::orders::{self, NEWEST_DISPUTES, OrderDetail, disputes, notifications};

/// An order as one of its parties sees it at one moment. It is true for that moment, whether or not the worker has
/// written it down yet.
#[derive(Debug, Clone)]
pub struct Overview {
    /// The order.
    pub order: Order,
    /// The side of the reader.
    pub viewer: Party,
    /// The customer's name.
    customer_name: String,
    /// The freelancer's name.
    freelancer_name: String,
    /// The events, of which a page shows a part.
    pub timeline: Recorded,
    /// The newest disputes and requests, and all that were accepted, by number.
    pub disputes: Vec<Dispute>,
    /// When the party that must answer first opened each of them, by number.
    seen: Vec<(i32, DateTime<Utc>)>,
    /// Whether the reader has unread notifications about it.
    pub has_unread: bool,
    /// Whether the other party has ever signed in, as far as known.
    pub other_has_signed_in: bool,
    /// Whether a mail to the other party about the open dispute was set aside.
    pub is_unmailed: bool,
    /// What the marketplace says of the order.
    pub description: Description,
    /// The hash of its last event, unless one has none yet.
    pub head: Option<String>,
    /// Since when mails tell it.
    pub fingerprint_since: Option<DateTime<Utc>>,
}

/// Loads an order for one of its parties.
///
/// # Errors
///
/// [`Failure::NotFound`] when it does not exist or belongs to others; [`Failure::Store`] when the database fails.
pub fn load(store: &Store, who: Who, now: DateTime<Utc>) -> Result<Overview, Failure> {
    store.read(|db| {
        let OrderDetail {
            mut order,
            disputes,
            seen,
            customer_name,
            freelancer_name,
            has_unread,
            other_has_signed_in,
            is_unmailed,
            description,
            head,
            fingerprint_since,
        } = orders::find_whole(db, who.reference, who.account)?.ok_or(Failure::NotFound)?;
        let viewer = order.party(who.account).ok_or(Failure::NotFound)?;
        let disputes = disputes.into_iter().map(|dispute| dispute.settled_at(now)).collect();
        let written = order.event_count;
        let settled: Vec<_> = order.settle(now).into_iter().map(|step| step.event).collect();
        let head = head.filter(|_| settled.is_empty());
        let older_disputes = (order.dispute_count - NEWEST_DISPUTES).max(0);
        let timeline = Recorded { reference: who.reference, written, older_disputes, settled };
        Ok(Overview {
            order,
            viewer,
            customer_name,
            freelancer_name,
            timeline,
            disputes,
            seen,
            has_unread,
            other_has_signed_in,
            is_unmailed,
            description,
            head,
            fingerprint_since,
        })
    })
}

/// The reference of the account's own order with that id of the marketplace.
///
/// # Errors
///
/// [`Failure::NotFound`] when it does not exist or belongs to others; [`Failure::Store`] when the database fails.
pub fn find_by_external_id(store: &Store, account: AccountId, id: &ExternalId) -> Result<Reference, Failure> {
    let found = store.read(|db| orders::by_external_id(db, id))?;
    let own = found.filter(|(_, parties)| parties.contains(&account));
    own.map(|(reference, _)| reference).ok_or(Failure::NotFound)
}

/// Marks the events of an order up to that number as read by that party. It waits for no lock, and an error does not fail
/// the page: the next view of the order marks them.
pub fn mark_read(store: &Store, reference: Reference, reader: Party, up_to: i32) {
    match store.note(|db| notifications::mark_read_of(db, reference, reader, up_to)) {
        Ok(Some(())) => {}
        Ok(None) => tracing::debug!("notifications are marked as read the next time"),
        Err(error) => tracing::warn!(%error, "notifications could not be marked as read"),
    }
}

/// Records that the party that must answer a question has opened it (rules 16). It waits for no lock, and an error does not
/// fail the page: the next view records it.
pub fn mark_seen(store: &Store, reference: Reference, number: i32, now: DateTime<Utc>) {
    match store.note(|db| disputes::mark_seen(db, reference, number, now)) {
        Ok(Some(())) => {}
        Ok(None) => tracing::debug!("a question is marked as seen the next time"),
        Err(error) => tracing::warn!(%error, "a question could not be marked as seen"),
    }
}

impl Overview {
    /// When the party that must answer first opened that question.
    #[must_use]
    pub fn seen_at(&self, number: i32) -> Option<DateTime<Utc>> {
        self.seen.iter().find(|(seen, _)| *seen == number).map(|(_, at)| *at)
    }

    /// The question whose silence is the last thing that was asked on the order, while the work is still to come.
    #[must_use]
    pub fn last_silence(&self) -> Option<&Dispute> {
        let last = self.disputes.last()?;
        let is_silence = matches!(last.state, State::Lapsed(_)) && !self.order.status.is_final();
        (is_silence && self.order.awaits_delivery()).then_some(last)
    }

    /// The name of that party.
    #[must_use]
    pub fn name(&self, party: Party) -> &str {
        match party {
            Party::Customer => &self.customer_name,
            Party::Freelancer => &self.freelancer_name,
        }
    }

    /// The same with that name for a party whose account was erased.
    #[must_use]
    pub fn naming_erased(mut self, name: impl Fn() -> String) -> Self {
        for one in [&mut self.customer_name, &mut self.freelancer_name] {
            if one.is_empty() {
                *one = name();
            }
        }
        self
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

    /// The limit that refuses this question now, although the order would allow it.
    #[must_use]
    pub fn limit_on(&self, kind: Kind, now: DateTime<Utc>) -> Option<Refusal> {
        RecentQuestions::from_disputes(&self.disputes, self.viewer).allow(kind, now).err()
    }

    /// The kinds that the reader may open in the Oplossingscentrum now, apart from limits.
    #[must_use]
    pub fn center_kinds(&self) -> Vec<Kind> {
        self.order.openable(self.viewer, Entry::ResolutionCenter).collect()
    }

    /// The dispute with that number, of those that were read.
    #[must_use]
    pub fn dispute(&self, number: i32) -> Option<&Dispute> {
        self.disputes.iter().find(|dispute| dispute.number == number)
    }

    /// Whether a question waits for the reader's answer.
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
