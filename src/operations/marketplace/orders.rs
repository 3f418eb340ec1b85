//! Orders as the marketplace sees them: the same with their questions and without. What silence has decided counts, whether
//! or not it is written down yet.

use chrono::{DateTime, Utc};

use crate::clock::Times;
use crate::domain::orders::outside::Description;
use crate::domain::orders::outside_view::OutsideView;
use crate::domain::{ExternalId, Order, Reference};
use crate::import::{Code, Problem, single};
use crate::operations::accounts::erasure;
use crate::operations::maintenance::import::{self, ImportError};
use crate::operations::marketplace::Put;
use crate::operations::marketplace::history::{self, History};
use crate::store::accounts::received;
use crate::store::orders::{self, descriptions};
use crate::store::{Db, Error, Store};

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
    Ok(read(db, &[reference], now)?.pop())
}

/// These orders, in their order.
fn read(db: &mut Db, references: &[Reference], now: DateTime<Utc>) -> Result<Vec<SeenOrder>, Error> {
    let mut histories = history::load(db, references)?;
    let mut described = descriptions::of_orders(db, references)?;
    let found = references.iter().filter_map(|reference| histories.remove(reference));
    Ok(found
        .map(|History { mut order, disputes, mut events, people: [customer, freelancer] }| {
            events.extend(order.settle(now).into_iter().map(|step| step.event));
            let view = OutsideView::new(&order, &disputes, &events);
            let description = Some(described.remove(&order.reference).unwrap_or_default());
            SeenOrder { order, view, description, customer, freelancer }
        })
        .collect())
}

/// Passes every order that changed for the marketplace since that moment, by reference.
pub fn each(
    store: &Store,
    since: Option<DateTime<Utc>>,
    now: DateTime<Utc>,
    mut tell: impl FnMut(&SeenOrder),
) -> Result<(), Error> {
    store.snapshot(|db| {
        let mut after = None;
        loop {
            let batch = batch(db, after, BATCH, now)?;
            let Some(last) = batch.last() else { return Ok(()) };
            after = Some(last.order.reference);
            batch.iter().filter(|seen| seen.changed_since(since)).for_each(&mut tell);
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
    let most = if query.changed_since.is_some() { LOOKED_AT } else { i64::try_from(query.limit).unwrap_or(LOOKED_AT) };
    let batch = store.snapshot(|db| batch(db, query.after, most, now))?;
    let is_last = i64::try_from(batch.len()).is_ok_and(|looked_at| looked_at < most);
    let mut page = Page { orders: Vec::new(), next: None };
    let mut last = None;
    for seen in batch {
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

/// The next orders behind that reference, at most `limit`.
fn batch(db: &mut Db, after: Option<Reference>, limit: i64, now: DateTime<Utc>) -> Result<Vec<SeenOrder>, Error> {
    let references = orders::references_after(db, after, limit)?;
    read(db, &references, now)
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
