//! Orders as the marketplace sees them: the same with their questions and without. What silence has decided counts, whether
//! or not it is written down yet.

use std::collections::HashMap;

use chrono::{DateTime, Utc};

use crate::clock::Times;
use crate::domain::orders::outside::Description;
use crate::domain::orders::outside_view::OutsideView;
use crate::domain::{AccountId, Dispute, Event, ExternalId, Order, Reference};
use crate::import::{Code, Problem, single};
use crate::operations::accounts::erasure;
use crate::operations::maintenance::import::{self, ImportError};
use crate::operations::marketplace::Put;
use crate::store::accounts::received;
use crate::store::maintenance::records;
use crate::store::orders::{self, descriptions, disputes, events};
use crate::store::{Db, Error, Store, accounts};

/// Orders that are read at once.
const BATCH: i64 = 500;
/// The most orders that are looked at for one page. A page of few changes in many orders may be empty, and goes on.
const LOOKED_AT: i64 = 500;

/// An order as the marketplace sees it.
#[derive(Debug, Clone)]
pub struct SeenOrder {
    /// The order; its own status says more than the marketplace sees.
    pub order: Order,
    /// What the marketplace sees.
    pub view: OutsideView,
    /// What the marketplace says of it now; `None` where the order is told as it was.
    pub description: Option<Description>,
    /// The marketplace's id of the customer, and the address.
    pub customer: (Option<ExternalId>, String),
    /// The same of the freelancer.
    pub freelancer: (Option<ExternalId>, String),
}

impl SeenOrder {
    /// Whether it changed for the marketplace since that moment; without one every order did.
    fn changed_since(&self, since: Option<DateTime<Utc>>) -> bool {
        since.is_none_or(|since| self.view.changed_at >= since)
    }
}

/// One order, if there is one with that reference.
pub fn find(store: &Store, reference: Reference, now: DateTime<Utc>) -> Result<Option<SeenOrder>, Error> {
    store.snapshot(|db| find_in(db, reference, now))
}

/// One order, if there is one with that id of the marketplace.
pub fn find_by_id(store: &Store, id: &ExternalId, now: DateTime<Utc>) -> Result<Option<SeenOrder>, Error> {
    store.snapshot(|db| match orders::by_external_id(db, id)? {
        Some((reference, _)) => find_in(db, reference, now),
        None => Ok(None),
    })
}

fn find_in(db: &mut Db, reference: Reference, now: DateTime<Utc>) -> Result<Option<SeenOrder>, Error> {
    let Some(order) = orders::find(db, reference)? else { return Ok(None) };
    let (disputes, events) = (disputes::of_order(db, reference)?, events::of_order(db, reference)?);
    let mut described = descriptions::of_orders(db, &[reference])?;
    let seen = seen(db, &mut HashMap::new(), order, &disputes, events, now)?;
    Ok(Some(SeenOrder { description: Some(described.remove(&reference).unwrap_or_default()), ..seen }))
}

/// Passes every order that changed for the marketplace since that moment, by reference.
pub fn each(
    store: &Store,
    since: Option<DateTime<Utc>>,
    now: DateTime<Utc>,
    mut tell: impl FnMut(&SeenOrder),
) -> Result<(), Error> {
    store.snapshot(|db| {
        let mut after = None::<String>;
        loop {
            let batch = batch(db, after.as_deref(), BATCH, now)?;
            let Some((last, _)) = batch.last() else { return Ok(()) };
            after = Some(last.clone());
            batch.iter().map(|(_, seen)| seen).filter(|seen| seen.changed_since(since)).for_each(&mut tell);
        }
    })
}

/// Which orders a page shows.
#[derive(Debug, Clone, Default)]
pub struct Query {
    /// Only those behind this one, by reference.
    pub after: Option<Reference>,
    /// Only those that changed for the marketplace since that moment.
    pub changed_since: Option<DateTime<Utc>>,
    /// The most orders of the page.
    pub limit: usize,
}

/// A page of orders by reference.
#[derive(Debug, Clone)]
pub struct Page {
    /// The orders.
    pub orders: Vec<SeenOrder>,
    /// The order behind which the next page begins, when there may be one.
    pub next: Option<Reference>,
}

/// One page of orders. It looks at a limited number of them, so it may have few or none and still go on.
pub fn page(store: &Store, query: &Query, now: DateTime<Utc>) -> Result<Page, Error> {
    let after = query.after.map(|reference| reference.to_string());
    let most = if query.changed_since.is_some() { LOOKED_AT } else { i64::try_from(query.limit).unwrap_or(LOOKED_AT) };
    let batch = store.snapshot(|db| batch(db, after.as_deref(), most, now))?;
    let is_last = i64::try_from(batch.len()).is_ok_and(|looked_at| looked_at < most);
    let mut page = Page { orders: Vec::new(), next: None };
    let mut last = None;
    for (_, seen) in batch {
        if page.orders.len() == query.limit {
            page.next = last;
            return Ok(page);
        }
        last = Some(seen.order.reference);
        if seen.changed_since(query.changed_since) {
            page.orders.push(seen);
        }
    }
    page.next = last.filter(|_| !is_last);
    Ok(page)
}

/// The next orders behind that reference, each with its reference as it is stored.
fn batch(db: &mut Db, after: Option<&str>, limit: i64, now: DateTime<Utc>) -> Result<Vec<(String, SeenOrder)>, Error> {
    let mut people = HashMap::new();
    let loaded = records::batch(db, after, limit)?;
    let references: Vec<_> = loaded.iter().filter_map(|loaded| loaded.reference.parse().ok()).collect();
    let mut described = descriptions::of_orders(db, &references)?;
    let read = loaded.into_iter().map(|loaded| {
        let record = loaded.record?;
        let open = record.open().cloned();
        let disputes: Vec<_> = record.disputes.into_iter().map(|asked| asked.dispute).collect();
        let order = Order { open_dispute: open, ..record.order };
        let description = Some(described.remove(&order.reference).unwrap_or_default());
        let seen = seen(db, &mut people, order, &disputes, record.events, now)?;
        Ok((loaded.reference, SeenOrder { description, ..seen }))
    });
    read.collect()
}

/// The accounts that were looked up, by number.
type Known = HashMap<AccountId, (Option<ExternalId>, String)>;

/// `order` with its open dispute, all its disputes and its events, as they are written down.
fn seen(
    db: &mut Db,
    people: &mut Known,
    mut order: Order,
    disputes: &[Dispute],
    mut events: Vec<Event>,
    now: DateTime<Utc>,
) -> Result<SeenOrder, Error> {
    events.extend(order.settle(now).into_iter().map(|step| step.event));
    let view = OutsideView::new(&order, disputes, &events);
    let (customer, freelancer) = (person(db, people, order.customer)?, person(db, people, order.freelancer)?);
    Ok(SeenOrder { order, view, description: None, customer, freelancer })
}

fn person(db: &mut Db, people: &mut Known, id: AccountId) -> Result<(Option<ExternalId>, String), Error> {
    if let Some(known) = people.get(&id) {
        return Ok(known.clone());
    }
    let found = accounts::find(db, id)?.ok_or_else(|| Error::corrupt("orders.customer_id"))?;
    let email = if found.is_erased() { String::new() } else { found.email };
    let known = (found.external_id, email);
    people.insert(id, known.clone());
    Ok(known)
}

/// Adds the order with that id, or lets it follow what the marketplace tells now. `may` decides with the order as it is,
/// in the same transaction, whether that is what the sender expected.
///
/// # Errors
///
/// When the database fails.
pub fn put(
    store: &Store,
    id: &ExternalId,
    body: &[u8],
    now: Times,
    may: impl Fn(Option<&SeenOrder>) -> bool,
) -> Result<Put, Error> {
    let contents = match single::order(body, id, now.app) {
        Ok(contents) => contents,
        Err(unread) => return Ok(unread.into()),
    };
    let put = store.write(|db| {
        orders::lock_imports(db)?;
        let known = orders::by_external_id(db, id)?;
        let before = match known {
            Some((reference, _)) => {
                orders::hold_all(db, &[reference])?;
                find_in(db, reference, now.app)?
            }
            None => None,
        };
        if !may(before.as_ref()) {
            return Ok(Put::Unexpected);
        }
        let unknown = unknown_people(db, &contents)?;
        if !unknown.is_empty() {
            return Ok(Put::Refused(unknown));
        }
        let summary = import::import_into(db, &contents, now)?;
        Ok::<_, ImportError>(Put::of(summary.refused, summary.new))
    });
    store.signals().relay.notify_one();
    put.map_err(ImportError::into_store)
}

/// The parties of an order that have no account.
fn unknown_people(db: &mut Db, contents: &import::Contents) -> Result<Vec<Problem>, Error> {
    let Some(line) = contents.orders.first() else { return Ok(Vec::new()) };
    let parties = [(line.customer, "customer"), (line.freelancer, "freelancer")];
    let named = parties.iter().filter_map(|(at, column)| {
        let id = contents.people[(*at)?].external_id.as_ref()?;
        Some((id.as_str(), *column))
    });
    let named: Vec<_> = named.collect();
    let ids: Vec<&str> = named.iter().map(|(id, _)| *id).collect();
    let known = received::known(db, &ids, &[])?;
    // A party that was erased since is told by the import, where it matters.
    let parsed: Vec<ExternalId> = ids.iter().filter_map(|id| id.parse().ok()).collect();
    let people: Vec<_> = parsed.iter().map(|id| (Some(id), None)).collect();
    let erased = erasure::find_all(db, &people)?;
    let was_erased = |id: &str| parsed.iter().zip(&erased).any(|(one, erased)| one.as_str() == id && erased.is_some());
    let is_known = |id: &str| {
        was_erased(id)
            || known.iter().any(|known| known.account.external_id.as_ref().is_some_and(|known| known.as_str() == id))
    };
    let unknown = named.iter().filter(|(id, _)| !is_known(id));
    let problem = |column| {
        let reason = "there is no account with this id; put the account first";
        Problem::new(1, Some(column), reason.into()).coded(Code::UnknownAccount)
    };
    Ok(unknown.map(|(_, column)| problem(*column)).collect())
}
