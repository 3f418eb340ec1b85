//! Lists of somebody's own orders, disputes and notifications, a page at a time.

use chrono::{DateTime, Utc};

use crate::domain::{AccountId, Reference};
use crate::store::orders::Filter;
use crate::store::orders::disputes::{List, Mine};
use crate::store::orders::{self, disputes, notifications};
use crate::store::{Error, Store, outbox};

/// Rows on one page.
pub const PAGE: usize = 25;
/// One row more than a page, to see whether there is a next one.
const PAGE_AND_ONE: usize = PAGE + 1;
/// Rows above the list of orders: enough to see what is urgent.
const SOONEST: usize = 3;

/// One page of a list.
#[derive(Debug, Clone)]
pub struct ListPage<T> {
    /// At most [`PAGE`] rows.
    pub rows: Vec<T>,
    /// Whether there are more behind the last one.
    pub has_more: bool,
}

impl<T> ListPage<T> {
    /// A page out of rows that were fetched one too many.
    fn from_rows(mut rows: Vec<T>) -> Self {
        let has_more = rows.len() > PAGE;
        rows.truncate(PAGE);
        Self { rows, has_more }
    }
}

/// One page of somebody's orders.
#[derive(Debug, Clone)]
pub struct Orders {
    /// At most [`PAGE`] rows.
    pub rows: Vec<orders::OrderListItem>,
    /// Where the next page begins, when there is one.
    pub next: Option<(DateTime<Utc>, Reference)>,
}

/// One page of somebody's orders, newest first, each as it truly stands now.
///
/// # Errors
///
/// When the database fails.
pub fn orders(store: &Store, account: AccountId, query: &orders::Query, now: DateTime<Utc>) -> Result<Orders, Error> {
    let mut page = ListPage::from_rows(store.read(|db| orders::list(db, account, query, now, PAGE_AND_ONE))?);
    let last = page.rows.last().map(|row| (row.order.placed_at, row.order.reference));
    for row in &mut page.rows {
        row.order.settle(now);
    }
    // One that silence has just closed is no longer what was asked for, even when nobody has written that down yet.
    page.rows.retain(|row| match query.filter {
        Filter::All | Filter::Waiting => true,
        Filter::Open => !row.order.status.is_final(),
        Filter::Closed => row.order.status.is_final(),
    });
    Ok(Orders { rows: page.rows, next: last.filter(|_| page.has_more) })
}

/// Somebody's open disputes: those to answer first, soonest deadline first, then those they asked themselves.
#[derive(Debug, Clone)]
pub struct OpenDisputes {
    /// Waits for them.
    pub to_answer: Vec<disputes::DisputeListItem>,
    /// Waits for the other party.
    pub asked: Vec<disputes::DisputeListItem>,
    /// Whether there are more behind the last one.
    pub has_more: bool,
}

/// Where the list of open disputes goes on: in which of its two parts, and behind which row.
#[derive(Debug, Clone, Copy)]
pub struct OpenAfter {
    /// In the part of what they asked themselves.
    pub in_asked: bool,
    /// Behind this row.
    pub after: disputes::DisputeCursor,
}

/// One page of somebody's open disputes.
///
/// # Errors
///
/// When the database fails.
pub fn open_disputes(
    store: &Store,
    account: AccountId,
    after: Option<OpenAfter>,
    now: DateTime<Utc>,
) -> Result<OpenDisputes, Error> {
    store.snapshot(|db| {
        let to_answer = match after {
            Some(OpenAfter { in_asked: true, .. }) => Vec::new(),
            _ => disputes::list(db, account, (List::Open, Mine::ToAnswer), after.map(|a| a.after), now, PAGE_AND_ONE)?,
        };
        let to_answer = ListPage::from_rows(to_answer);
        let room = PAGE - to_answer.rows.len();
        let behind = after.filter(|a| a.in_asked).map(|a| a.after);
        let mut asked = if to_answer.has_more {
            Vec::new()
        } else {
            disputes::list(db, account, (List::Open, Mine::Asked), behind, now, PAGE_AND_ONE)?
        };
        let has_more = to_answer.has_more || asked.len() > room;
        asked.truncate(room);
        Ok(OpenDisputes { to_answer: to_answer.rows, asked, has_more })
    })
}

/// What waits for somebody's answer and ends soonest: at most three.
///
/// # Errors
///
/// When the database fails.
pub fn soonest(store: &Store, account: AccountId, now: DateTime<Utc>) -> Result<Vec<disputes::DisputeListItem>, Error> {
    store.read(|db| disputes::list(db, account, (List::Open, Mine::ToAnswer), None, now, SOONEST))
}

/// One page of what is over, latest end first, whoever asked; also what nobody has written down yet.
///
/// # Errors
///
/// When the database fails.
pub fn closed_disputes(
    store: &Store,
    account: AccountId,
    after: Option<disputes::DisputeCursor>,
    now: DateTime<Utc>,
) -> Result<ListPage<disputes::DisputeListItem>, Error> {
    let mut rows = store.snapshot(|db| {
        let mut rows = Vec::new();
        for list in [List::Overdue, List::Closed] {
            for mine in [Mine::ToAnswer, Mine::Asked] {
                rows.extend(disputes::list(db, account, (list, mine), after, now, PAGE_AND_ONE)?);
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

/// One page of somebody's notifications, newest first.
///
/// # Errors
///
/// When the database fails.
pub fn notifications(
    store: &Store,
    account: AccountId,
    after: Option<notifications::NotificationCursor>,
) -> Result<ListPage<notifications::NotificationListItem>, Error> {
    Ok(ListPage::from_rows(store.read(|db| notifications::list(db, account, after, PAGE_AND_ONE))?))
}

/// Marks everything somebody was told so far as read.
///
/// # Errors
///
/// When the database fails.
pub fn mark_notifications_read(store: &Store, account: AccountId, now: DateTime<Utc>) -> Result<(), Error> {
    store.write(|db| notifications::mark_read(db, account, now))
}

/// The newest mails that are due, sent or not, newest first.
///
/// # Errors
///
/// When the database fails.
pub fn newest_mail(store: &Store, now: DateTime<Utc>, limit: i64) -> Result<Vec<outbox::QueuedMail>, Error> {
    store.snapshot(|db| outbox::newest(db, now, limit))
}
