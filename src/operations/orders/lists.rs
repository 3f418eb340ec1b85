//! The lists of an account: its orders, disputes and notifications, a page at a time.

use chrono::{DateTime, NaiveDate, NaiveTime, Utc};
use strum::VariantArray;

use crate::domain::{AccountId, Order, Party, Reference, Status};
use crate::store::orders::disputes::{List, Mine, Page};
use crate::store::orders::home::UNANNOUNCED;
use crate::store::orders::{self, disputes, notifications};
use crate::store::{Error, Store, outbox};

pub use crate::store::orders::disputes::DisputeListItem;
pub use crate::store::orders::home::{Place, Section};
pub use crate::store::orders::notifications::NotificationListItem;
pub use crate::store::orders::{Filter, OrderListItem, Query};

/// How many rows a page has.
pub const PAGE: usize = 25;
/// One row more than a page, to see whether there is a next page.
const PAGE_AND_ONE: usize = PAGE + 1;

/// One page of a list.
#[derive(Debug, Clone)]
pub struct ListPage<T> {
    /// At most [`PAGE`] rows.
    pub rows: Vec<T>,
    /// Whether there are more rows.
    pub has_more: bool,
}

impl<T> ListPage<T> {
    /// Makes a page of rows that were fetched with one too many.
    fn from_rows(mut rows: Vec<T>) -> Self {
        let has_more = rows.len() > PAGE;
        rows.truncate(PAGE);
        Self { rows, has_more }
    }
}

/// One page of an account's orders.
#[derive(Debug, Clone)]
pub struct Orders {
    /// At most [`PAGE`] rows.
    pub rows: Vec<OrderListItem>,
    /// The beginning of the next page, when there is one.
    pub next: Option<(DateTime<Utc>, Reference)>,
}

/// One page of an account's orders, newest first, each as it truly stands now.
pub fn orders(store: &Store, account: AccountId, query: &Query, now: DateTime<Utc>) -> Result<Orders, Error> {
    let mut page = ListPage::from_rows(store.read(|db| orders::list(db, account, query, now, PAGE_AND_ONE))?);
    let last = page.rows.last().map(|row| (row.order.placed_at, row.order.reference));
    for row in &mut page.rows {
        row.order.settle(now);
    }
    // An order that silence has just closed or brought back no longer matches the filter, also when its outcome was not written down
    // yet.
    page.rows.retain(|row| match query.filter {
        Filter::All => true,
        Filter::Waiting => {
            matches!(section(&row.order, account, query.today), Section::Waiting | Section::Delivered)
        }
        Filter::Open => !row.order.status.is_final(),
        Filter::Late => row.order.is_late(query.today),
        Filter::Closed => row.order.status.is_final(),
    });
    Ok(Orders { rows: page.rows, next: last.filter(|_| page.has_more) })
}

/// One page of an account's home: its orders by what needs it, each as it truly stands now.
#[derive(Debug, Clone)]
pub struct Home {
    /// The sections that have orders on this page, in order; at most [`PAGE`] orders together.
    pub sections: Vec<(Section, Vec<OrderListItem>)>,
    /// The last order's place, when there are more.
    pub next: Option<Place>,
}

/// The section of the home page that an order belongs to, for that account.
fn section(order: &Order, account: AccountId, today: NaiveDate) -> Section {
    let viewer = order.party(account).unwrap_or(Party::Customer);
    if order.waits_for(viewer) {
        Section::Waiting
    } else if order.is_late(today) {
        Section::Late
    } else if order.status == Status::Delivered && viewer == Party::Customer {
        Section::Delivered
    } else if order.status.is_final() {
        Section::Closed
    } else {
        Section::Running
    }
}

/// Where an order stands on the home page: its section and the moment that sorts it there. What is due already was found
/// among the running ones.
fn place(order: &Order, account: AccountId, (now, today): (DateTime<Utc>, NaiveDate)) -> Place {
    let is_due = order.settles_at().is_some_and(|due| due <= now);
    let section = if is_due { Section::Running } else { section(order, account, today) };
    let at = match section {
        Section::Delivered if order.is_unannounced() => Some(UNANNOUNCED),
        Section::Waiting | Section::Delivered => order.settles_at(),
        Section::Late => Some(order.delivery_date.and_time(NaiveTime::MIN).and_utc()),
        Section::Running | Section::Closed => None,
    };
    (section, at.unwrap_or(order.placed_at), order.reference)
}

/// One page of an account's home, from the beginning or after a place.
pub fn home(
    store: &Store,
    account: AccountId,
    after: Option<Place>,
    (now, today): (DateTime<Utc>, NaiveDate),
) -> Result<Home, Error> {
    let from = after.map_or(Section::Waiting, |(section, ..)| section);
    let behind = after.map(|(_, at, reference)| (at, reference));
    let mut rows = store.snapshot(|db| {
        let mut rows = orders::home::open(db, account, (from, behind), (now, today), PAGE_AND_ONE)?;
        if rows.len() < PAGE_AND_ONE {
            let after = behind.filter(|_| from == Section::Closed);
            let closed = Query { filter: Filter::Closed, after, ..Query::default() };
            let closed = orders::list(db, account, &closed, now, PAGE_AND_ONE - rows.len())?;
            // What is due and not written down yet came with the open orders.
            rows.extend(closed.into_iter().filter(|row| row.order.status.is_final()));
        }
        Ok::<_, Error>(rows)
    })?;
    let has_more = rows.len() > PAGE;
    rows.truncate(PAGE);
    // The place is the one that the statement sorted by: an outcome that is not written down yet moves it nowhere.
    let next = rows.last().filter(|_| has_more).map(|row| place(&row.order, account, (now, today)));
    for row in &mut rows {
        row.order.settle(now);
    }
    let mut sections: Vec<(Section, Vec<OrderListItem>)> = Section::VARIANTS.iter().map(|s| (*s, Vec::new())).collect();
    for row in rows {
        sections[section(&row.order, account, today) as usize].1.push(row);
    }
    sections.retain(|(_, rows)| !rows.is_empty());
    Ok(Home { sections, next })
}

/// An account's open disputes: first those it must answer, soonest deadline first, then those it asked.
#[derive(Debug, Clone)]
pub struct OpenDisputes {
    /// Those that wait for this account.
    pub to_answer: Vec<DisputeListItem>,
    /// Those that wait for the other party.
    pub asked: Vec<DisputeListItem>,
    /// Whether there are more rows.
    pub has_more: bool,
}

/// The place in the list of open disputes after which a page begins: its part and its row.
#[derive(Debug, Clone, Copy)]
pub struct OpenAfter {
    /// Whether it is in the part that the account asked.
    pub in_asked: bool,
    /// The last row before the page.
    pub after: disputes::DisputeCursor,
}

/// One page of an account's open disputes.
pub fn open_disputes(
    store: &Store,
    account: AccountId,
    after: Option<OpenAfter>,
    now: DateTime<Utc>,
) -> Result<OpenDisputes, Error> {
    store.snapshot(|db| {
        let to_answer = if after.is_some_and(|after| after.in_asked) {
            Vec::new()
        } else {
            let after = after.map(|a| a.after);
            disputes::list(
                db,
                account,
                Page { list: List::Open, mine: Mine::ToAnswer, after, rows: PAGE_AND_ONE },
                now,
            )?
        };
        let to_answer = ListPage::from_rows(to_answer);
        let room = PAGE - to_answer.rows.len();
        let after = after.filter(|a| a.in_asked).map(|a| a.after);
        let mut asked = if to_answer.has_more {
            Vec::new()
        } else {
            disputes::list(db, account, Page { list: List::Open, mine: Mine::Asked, after, rows: PAGE_AND_ONE }, now)?
        };
        let has_more = to_answer.has_more || asked.len() > room;
        asked.truncate(room);
        Ok(OpenDisputes { to_answer: to_answer.rows, asked, has_more })
    })
}

/// One page of an account's closed disputes, latest end first, those included whose end was not written down yet.
pub fn closed_disputes(
    store: &Store,
    account: AccountId,
    after: Option<disputes::DisputeCursor>,
    now: DateTime<Utc>,
) -> Result<ListPage<DisputeListItem>, Error> {
    let mut rows = store.snapshot(|db| {
        let mut rows = Vec::new();
        for list in [List::Overdue, List::Closed] {
            for mine in [Mine::ToAnswer, Mine::Asked] {
                rows.extend(disputes::list(db, account, Page { list, mine, after, rows: PAGE_AND_ONE }, now)?);
            }
        }
        Ok::<_, Error>(rows)
    })?;
    for row in &mut rows {
        row.dispute = row.dispute.clone().settled_at(now);
    }
    rows.sort_by_key(|row| {
        std::cmp::Reverse((row.dispute.state.closed_at(), row.reference.to_string(), row.dispute.number))
    });
    Ok(ListPage::from_rows(rows))
}

/// One page of an account's notifications, newest first.
pub fn notifications(
    store: &Store,
    account: AccountId,
    after: Option<notifications::NotificationCursor>,
) -> Result<ListPage<NotificationListItem>, Error> {
    Ok(ListPage::from_rows(store.read(|db| notifications::list(db, account, after, PAGE_AND_ONE))?))
}

/// Marks all notifications of an account up to now as read.
pub fn mark_notifications_read(store: &Store, account: AccountId, now: DateTime<Utc>) -> Result<(), Error> {
    store.write(|db| notifications::mark_read(db, account, now))
}

/// The newest mails that are due, sent or not, newest first.
pub fn newest_mail(store: &Store, now: DateTime<Utc>, limit: i64) -> Result<Vec<outbox::QueuedMail>, Error> {
    store.snapshot(|db| outbox::newest(db, now, limit))
}
