//! What is known of a person, for that person: read in parts, so that no part takes long, however many orders there are.

use chrono::{DateTime, Utc};

use crate::clock::Times;
use crate::domain::accounts::event::AccountEventKind;
use crate::domain::orders::outside::Description;
use crate::domain::{Account, AccountId, Dispute, Event, Order, Party, Reference};
use crate::operations::accounts::events::{self, By};
use crate::operations::accounts::kept_words::{self, KeptWords};
use crate::secret::Secret;
use crate::store::accounts::{calendars, received, second_factors, sessions};
use crate::store::orders::{self, Query, descriptions, disputes};
use crate::store::{Error, Store, accounts};

pub use crate::store::accounts::calendars::Calendar;
pub use crate::store::accounts::sessions::Session;

/// How many events of an order are read together.
const EVENTS_AT_ONCE: usize = 200;

/// What is known of a person apart from orders and events.
#[derive(Debug, Clone)]
pub struct Known {
    /// The account.
    pub account: Account,
    /// The last address and name that the marketplace told.
    pub received: (Option<String>, Option<String>),
    /// Since when signing in asks for a code.
    pub second_factor_since: Option<DateTime<Utc>>,
    /// The calendar.
    pub calendar: Option<Calendar>,
    /// The devices that are signed in.
    pub sessions: Vec<Session>,
    /// What was written and could not be sent.
    pub unsent: Vec<KeptWords>,
}

/// Reads what is known of a person; `None` when there is no such account any more.
pub fn known(store: &Store, secret: &Secret, me: AccountId, wall: DateTime<Utc>) -> Result<Option<Known>, Error> {
    let unsent = kept_words::all(store, secret, me, wall)?;
    store.snapshot(|db| {
        let Some(account) = accounts::find(db, me)? else { return Ok(None) };
        Ok(Some(Known {
            account,
            received: received::last_told(db, me)?,
            second_factor_since: second_factors::find(db, me)?.map(|factor| factor.since),
            calendar: calendars::find(db, me)?,
            sessions: sessions::of_account(db, me)?,
            unsent,
        }))
    })
}

/// An order of a person, as its page shows it, without its events.
#[derive(Debug, Clone)]
pub struct KnownOrder {
    /// The order as it truly stands.
    pub order: Order,
    /// The side of the person.
    pub viewer: Party,
    /// The name of the party on the other side.
    pub other_name: String,
    /// What the marketplace says of it.
    pub description: Description,
    /// Its disputes and requests.
    pub disputes: Vec<Dispute>,
    /// How many events were written down.
    pub written: i32,
    /// The events of silence that were not written down yet.
    pub settled: Vec<Event>,
}

/// The place in a person's orders after which the next part begins.
pub type OrderCursor = (DateTime<Utc>, Reference);

/// The next orders of a person, newest first, at most `limit`; with the place where the part after them begins.
pub fn orders(
    store: &Store,
    me: AccountId,
    after: Option<OrderCursor>,
    now: DateTime<Utc>,
    limit: usize,
) -> Result<(Vec<KnownOrder>, Option<OrderCursor>), Error> {
    store.snapshot(|db| {
        let found = orders::list(db, me, &Query { after, ..Query::default() }, now, limit)?;
        let references: Vec<Reference> = found.iter().map(|item| item.order.reference).collect();
        let mut described = descriptions::of_orders(db, &references)?;
        let mut known = Vec::with_capacity(found.len());
        for item in found {
            let mut order = item.order;
            let reference = order.reference;
            let (Some(viewer), written) = (order.party(me), order.event_count) else { continue };
            let settled = order.settle(now).into_iter().map(|step| step.event).collect();
            let disputes = disputes::of_order(db, reference)?.into_iter().map(|asked| asked.settled_at(now)).collect();
            let description = described.remove(&reference).unwrap_or_default();
            known.push(KnownOrder {
                viewer,
                other_name: item.other_name,
                description,
                disputes,
                written,
                settled,
                order,
            });
        }
        let last = known.last().map(|last| (last.order.placed_at, last.order.reference));
        Ok((known, last))
    })
}

/// Passes every event of an order in turn. It reads some hundreds at a time, so that a long history takes no memory.
pub fn each_event<E: From<Error>>(
    store: &Store,
    known: &KnownOrder,
    mut tell: impl FnMut(&Event) -> Result<(), E>,
) -> Result<(), E> {
    let mut next = 1;
    while next <= known.written {
        let numbers = next..=known.written;
        let events = store.read(|db| orders::events::range(db, known.order.reference, numbers, EVENTS_AT_ONCE))?;
        let Some(last) = events.last() else { break };
        next = last.number + 1;
        events.iter().try_for_each(&mut tell)?;
    }
    known.settled.iter().try_for_each(tell)
}

/// Writes down that a person downloads what is known of them.
pub fn note_download(store: &Store, me: AccountId, by: &By, now: Times) -> Result<(), Error> {
    store.write(|db| events::record_silently(db, me, AccountEventKind::DataDownloaded, by, now).map(drop))
}

/// Sends a person a mail that leads to what is known of them; nothing of it is in the mail.
pub fn offer(store: &Store, person: AccountId, now: Times) -> Result<(), Error> {
    store.write(|db| events::record(db, person, AccountEventKind::DataOffered, &By::Operator, now))
}
