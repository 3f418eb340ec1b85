//! The private calendar of an account: its existence and its content.

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};

use crate::clock::Times;
use crate::domain::accounts::event::AccountEventKind;
use crate::domain::{Account, AccountId, Party};
use crate::operations::accounts::events::{self, By};
use crate::operations::accounts::limits::{self, Limits, Verdict};
use crate::operations::accounts::token;
use crate::secret::Secret;
use crate::store::accounts::calendars::Span;
use crate::store::accounts::{self, calendars, generations};
use crate::store::orders::disputes;
use crate::store::orders::disputes::{List, Mine, Page};
use crate::store::{Db, Error, Store};

pub use crate::store::accounts::calendars::{Calendar, Delivery};

/// The most entries of each kind: programs read a calendar every hour, and this is further than people look ahead.
const MOST: usize = 100;
/// How long an entry stays after its end, marked as cancelled for programs that keep what they have seen, in days.
const KEPT_DAYS: i64 = 30;
/// The least time between two writes of a calendar's last reading, in minutes (our choice: programs ask every few
/// minutes, and its owner only wants to know whether one does).
const READ_MINUTES: i64 = 60;

/// A change to an account's calendar.
#[derive(Debug, Clone, Copy, PartialEq, Eq, strum::EnumString)]
#[strum(serialize_all = "snake_case")]
pub enum CalendarAction {
    /// Makes a calendar; an existing one stays.
    Make,
    /// Gives the calendar another name; the old one stops working.
    Renew,
    /// Ends the calendar.
    Stop,
    /// Shows its address.
    Show,
}

impl CalendarAction {
    /// Whether it shows an address, which opens the calendar for as long as it exists.
    #[must_use]
    pub fn shows_address(self) -> bool {
        match self {
            Self::Make | Self::Renew | Self::Show => true,
            Self::Stop => false,
        }
    }
}

/// The result of changing a calendar.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Applied {
    /// It is done.
    Yes,
    /// There were too many new addresses; the next one is possible after this many seconds.
    TooMany(u64),
}

/// Changes an account's calendar. A mail tells of every new address, so their number is limited.
pub fn apply(
    store: &Store,
    secret: &Secret,
    (account, action): (AccountId, CalendarAction),
    by: &By,
    now: Times,
) -> Result<Applied, Error> {
    store.write(|db| {
        if matches!(action, CalendarAction::Make | CalendarAction::Renew) {
            let limits = Limits::new(secret, generations::find(db, Some(account))?);
            if let Verdict::Blocked(seconds) = limits::count(db, limits.calendars(account), now.wall)? {
                return Ok(Applied::TooMany(seconds));
            }
        }
        change(db, account, action, by, now)?;
        Ok(Applied::Yes)
    })
}

fn change(db: &mut Db, account: AccountId, action: CalendarAction, by: &By, now: Times) -> Result<(), Error> {
    let name = token::random();
    let (is_done, kind) = match action {
        CalendarAction::Make => (calendars::insert(db, account, &name)?, AccountEventKind::CalendarMade),
        CalendarAction::Renew => return renew(db, account, by, now),
        CalendarAction::Stop => (calendars::delete(db, account)?, AccountEventKind::CalendarStopped),
        CalendarAction::Show => return Ok(()),
    };
    if is_done { events::record(db, account, kind, by, now) } else { Ok(()) }
}

/// Gives an account's calendar, if any, another address, so that a reader with the old one loses access.
pub(in crate::operations) fn renew(db: &mut Db, account: AccountId, by: &By, now: Times) -> Result<(), Error> {
    if !calendars::rename(db, account, &token::random())? {
        return Ok(());
    }
    events::record(db, account, AccountEventKind::CalendarRenewed, by, now)
}

/// The calendar of an account, when it has one.
pub fn find(store: &Store, account: AccountId) -> Result<Option<Calendar>, Error> {
    store.snapshot(|db| calendars::find(db, account))
}

/// Stores that a calendar was read. `now` is the wall clock.
pub fn mark_read(store: &Store, name: &str, now: DateTime<Utc>) -> Result<(), Error> {
    store.write(|db| calendars::mark_read(db, name, now))
}

/// The content of a calendar.
#[derive(Debug, Clone)]
pub struct Agenda {
    /// Its owner.
    pub owner: Account,
    /// The questions that wait for the owner, soonest deadline first, and then those that ended recently.
    pub deadlines: Vec<disputes::DisputeListItem>,
    /// The delivery dates of the owner's orders, soonest first.
    pub deliveries: Vec<Delivery>,
    /// Its last reading before this one, by the wall clock.
    pub read_at: Option<DateTime<Utc>>,
}

impl Agenda {
    /// Whether it is time to store its reading. `now` is the wall clock.
    #[must_use]
    pub fn is_to_be_marked(&self, now: DateTime<Utc>) -> bool {
        self.read_at.is_none_or(|at| now - at >= TimeDelta::minutes(READ_MINUTES))
    }
}

/// The content of the calendar with that name, settled up to `now`; `today` is the marketplace's date.
pub fn agenda(store: &Store, name: &str, now: DateTime<Utc>, today: NaiveDate) -> Result<Option<Agenda>, Error> {
    let kept = TimeDelta::days(KEPT_DAYS);
    store.snapshot(|db| {
        let Some((owner, Calendar { read_at, .. })) = calendars::owner(db, name)? else { return Ok(None) };
        let Some(owner) = accounts::find(db, owner)? else { return Ok(None) };
        let mut deadlines = Vec::new();
        for list in [List::Open, List::Overdue, List::Closed] {
            let mine = disputes::list(db, owner.id, Page { list, mine: Mine::ToAnswer, after: None, rows: MOST }, now)?;
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
