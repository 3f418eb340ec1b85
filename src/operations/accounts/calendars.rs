//! Somebody's private calendar: whether there is one, and what stands in it.

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};

use crate::clock::Times;
use crate::domain::accounts::event::AccountEventKind;
use crate::domain::{AccountId, Party};
use crate::operations::accounts::events::{self, By};
use crate::operations::accounts::token;
use crate::store::accounts::Person;
use crate::store::accounts::calendars::{Calendar, Delivery, Span};
use crate::store::accounts::{self, calendars};
use crate::store::orders::disputes;
use crate::store::orders::disputes::{List, Mine};
use crate::store::{Db, Error, Store};

/// Entries of each kind, at most: a calendar is asked for every hour, and nobody looks further ahead than this.
const MOST: usize = 100;
/// How long something that is over stays, marked as cancelled, for programs that keep what they have seen. In days.
const KEPT_DAYS: i64 = 30;
/// How often it is written down that a calendar was read, in minutes at most (our choice: programs ask every few minutes,
/// and its owner only wants to know whether anybody does).
const READ_MINUTES: i64 = 60;

/// What to do with somebody's calendar.
#[derive(Debug, Clone, Copy, PartialEq, Eq, strum::EnumString)]
#[strum(serialize_all = "snake_case")]
pub enum CalendarAction {
    /// Make one; whoever has one keeps it.
    Make,
    /// Give it another name; the old one stops.
    Renew,
    /// End it.
    Stop,
    /// See its address.
    Show,
}

impl CalendarAction {
    /// Whether it hands out an address, which opens the calendar for as long as there is one.
    #[must_use]
    pub fn shows_address(self) -> bool {
        match self {
            Self::Make | Self::Renew | Self::Show => true,
            Self::Stop => false,
        }
    }
}

/// Does that with an account's calendar. A mail tells of every new address.
pub fn apply(store: &Store, account: AccountId, wish: CalendarAction, by: &By, now: Times) -> Result<(), Error> {
    store.write(|db| {
        let name = token::random();
        let (is_done, kind) = match wish {
            CalendarAction::Make => (calendars::insert(db, account, &name)?, AccountEventKind::CalendarMade),
            CalendarAction::Renew => return renew(db, account, by, now),
            CalendarAction::Stop => (calendars::delete(db, account)?, AccountEventKind::CalendarStopped),
            CalendarAction::Show => return Ok(()),
        };
        if is_done { events::record(db, account, kind, by, now) } else { Ok(()) }
    })
}

/// Gives an account's calendar another address, when it has one: whoever had the old one reads it no longer.
pub(in crate::operations) fn renew(db: &mut Db, account: AccountId, by: &By, now: Times) -> Result<(), Error> {
    if !calendars::rename(db, account, &token::random())? {
        return Ok(());
    }
    events::record(db, account, AccountEventKind::CalendarRenewed, by, now)
}

/// An account's calendar, when it has one.
pub fn find(store: &Store, account: AccountId) -> Result<Option<Calendar>, Error> {
    store.snapshot(|db| calendars::find(db, account))
}

/// Writes down that a calendar was read. `now` is real time.
pub fn mark_read(store: &Store, name: &str, now: DateTime<Utc>) -> Result<(), Error> {
    store.write(|db| calendars::mark_read(db, name, now))
}

/// What stands in a calendar.
#[derive(Debug, Clone)]
pub struct Agenda {
    /// Whose it is.
    pub owner: Person,
    /// The questions that wait for them, soonest deadline first, and then those that are over since shortly.
    pub deadlines: Vec<disputes::DisputeListItem>,
    /// The delivery dates of their orders, soonest first.
    pub deliveries: Vec<Delivery>,
    /// When it was last read before, in real time.
    pub read_at: Option<DateTime<Utc>>,
}

impl Agenda {
    /// Whether it is time to write down that it was read. `now` is real time.
    #[must_use]
    pub fn is_to_be_marked(&self, now: DateTime<Utc>) -> bool {
        self.read_at.is_none_or(|at| now - at >= TimeDelta::minutes(READ_MINUTES))
    }
}

/// The agenda behind a calendar's name, as it truly stands now; `today` is the marketplace's.
///
/// # Errors
///
/// When the database fails.
pub fn agenda(store: &Store, name: &str, now: DateTime<Utc>, today: NaiveDate) -> Result<Option<Agenda>, Error> {
    let kept = TimeDelta::days(KEPT_DAYS);
    store.snapshot(|db| {
        let Some((owner, read_at)) = calendars::owner(db, name)? else { return Ok(None) };
        let Some(owner) = accounts::find(db, owner)? else { return Ok(None) };
        let mut deadlines = Vec::new();
        for list in [List::Open, List::Overdue, List::Closed] {
            let mine = disputes::list(db, owner.id, (list, Mine::ToAnswer), None, now, MOST)?;
            deadlines.extend(
                mine.into_iter().map(|row| disputes::DisputeListItem { dispute: row.dispute.settled_at(now), ..row }),
            );
        }
        deadlines.retain(|row| row.dispute.state.closed_at().is_none_or(|at| at >= now - kept));
        let span = Span { from: today - kept, closed_since: now - kept, limit: MOST };
        let mut deliveries = Vec::new();
        for side in [Party::Customer, Party::Freelancer] {
            deliveries.extend(calendars::deliveries(db, owner.id, side, span)?);
        }
        for row in &mut deliveries {
            if let Some(step) = row.order.settle(now).pop() {
                row.changed_at = step.event.at;
            }
        }
        deliveries.retain(|row| row.order.awaits_delivery() || row.changed_at >= now - kept);
        deliveries.sort_by_key(|row| (row.order.delivery_date, row.order.reference));
        Ok(Some(Agenda { owner, deadlines, deliveries, read_at }))
    })
}
