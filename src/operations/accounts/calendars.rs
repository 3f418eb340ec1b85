//! Somebody's private calendar: whether there is one, and what stands in it.

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};

use crate::domain::{AccountId, Party};
use crate::operations::accounts::token;
use crate::store::accounts::Person;
use crate::store::accounts::calendars::{Delivery, Span};
use crate::store::accounts::{self, calendars};
use crate::store::orders::disputes;
use crate::store::orders::disputes::{List, Mine};
use crate::store::{Error, Store};

/// Entries of each kind, at most: a calendar is asked for every hour, and nobody looks further ahead than this.
const MOST: usize = 100;
/// How long something that is over stays, marked as cancelled, for programs that keep what they have seen. In days.
const KEPT_DAYS: i64 = 30;

/// What to do with somebody's calendar.
#[derive(Debug, Clone, Copy, PartialEq, Eq, strum::EnumString)]
#[strum(serialize_all = "snake_case")]
pub enum Wish {
    /// Make one; whoever has one keeps it.
    Make,
    /// Give it another name; the old one stops.
    Renew,
    /// End it.
    Stop,
}

/// Does that with an account's calendar.
///
/// # Errors
///
/// When the database fails.
pub fn grant(store: &Store, account: AccountId, wish: Wish) -> Result<(), Error> {
    let name = token::unguessable();
    store.write(|db| match wish {
        Wish::Make => calendars::insert(db, account, &name),
        Wish::Renew => calendars::rename(db, account, &name),
        Wish::Stop => calendars::delete(db, account),
    })
}

/// The name of an account's calendar, when it has one.
///
/// # Errors
///
/// When the database fails.
pub fn of(store: &Store, account: AccountId) -> Result<Option<String>, Error> {
    store.read(|db| calendars::of(db, account))
}

/// What stands in a calendar.
#[derive(Debug, Clone)]
pub struct Agenda {
    /// Whose it is.
    pub owner: Person,
    /// The questions that wait for them, soonest deadline first, and then those that are over since shortly.
    pub deadlines: Vec<disputes::Listed>,
    /// The delivery dates of their orders, soonest first.
    pub deliveries: Vec<Delivery>,
}

/// The agenda behind a calendar's name, as it truly stands now; `today` is the marketplace's.
///
/// # Errors
///
/// When the database fails.
pub fn agenda(store: &Store, name: &str, now: DateTime<Utc>, today: NaiveDate) -> Result<Option<Agenda>, Error> {
    let kept = TimeDelta::days(KEPT_DAYS);
    store.read(|db| {
        let Some(owner) = calendars::owner(db, name)? else { return Ok(None) };
        let Some(owner) = accounts::find(db, owner)? else { return Ok(None) };
        let mut deadlines = Vec::new();
        for list in [List::Open, List::Overdue, List::Closed] {
            let mine = disputes::list(db, owner.id, (list, Mine::ToAnswer), None, now, MOST)?;
            deadlines
                .extend(mine.into_iter().map(|row| disputes::Listed { dispute: row.dispute.settled_at(now), ..row }));
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
        Ok(Some(Agenda { owner, deadlines, deliveries }))
    })
}
