//! The events of an account. Each is written in one transaction with the change that it tells, and told by mail where
//! the owner has to know (OWASP ASVS 5, 6.3.5 and 6.3.7). The owner reads them on the page Account, the operator on the
//! command line.

use std::sync::LazyLock;
use std::sync::atomic::{AtomicI64, Ordering};

use chrono::{DateTime, TimeDelta, Utc};

use crate::clock::Times;
use crate::domain::AccountId;
use crate::domain::accounts::device::Device;
use crate::domain::accounts::event::{AccountActor, AccountEvent, AccountEventKind, WRONG_CODES_TOLD};
use crate::store::accounts::events;
use crate::store::accounts::sessions;
use crate::store::outbox::SecurityNotice;
use crate::store::{Db, Error, Store, accounts, outbox};

pub use crate::store::accounts::events::EventCursor;

/// The period over which wrong codes are counted and told once, in hours.
const WRONG_CODES_HOURS: i64 = 24;
/// The period in which a code that is awaited is written once for each device, in hours.
const CODE_AWAITED_HOURS: i64 = 24;
/// How many events are searched for wrong codes: more than the limits on codes allow in that period.
const LOOKED_THROUGH: usize = 100;
/// How many events are searched for a device (our choice). Older ones are not: the search happens inside a change, and an
/// account can make as many events of other kinds as it likes.
const SEARCHED_FOR_DEVICES: usize = 500;

/// The actor of an event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum By {
    /// A person with that device: the owner, or a visitor with the owner's password or link.
    Person(Device),
    /// The operator of the site, on the command line.
    Operator,
}

/// Writes an event, and puts the mail about it into the outbox.
pub(super) fn record(
    db: &mut Db,
    account: AccountId,
    kind: AccountEventKind,
    by: &By,
    now: Times,
) -> Result<(), Error> {
    let id = record_silently(db, account, kind, by, now)?;
    match notice(kind) {
        Some(notice) => outbox::give_notice(db, account, notice, id, now.app),
        None => Ok(()),
    }
}

/// Writes an event without a mail; returns its number.
pub(in crate::operations) fn record_silently(
    db: &mut Db,
    account: AccountId,
    kind: AccountEventKind,
    by: &By,
    now: Times,
) -> Result<i64, Error> {
    let (actor, device) = match by {
        By::Person(device) => (AccountActor::Person, device.clone()),
        By::Operator => (AccountActor::Operator, Device::default()),
    };
    let event = AccountEvent { id: next_id(), at: now.wall, kind, actor, device };
    events::insert(db, account, &event)?;
    Ok(event.id)
}

/// A number for an event, unique in practice: this process counts on from a random number, so that events of one moment
/// keep the order in which they were written.
fn next_id() -> i64 {
    static NEXT: LazyLock<AtomicI64> = LazyLock::new(|| AtomicI64::new(rand::random::<i64>() & (i64::MAX >> 1)));
    NEXT.fetch_add(1, Ordering::Relaxed)
}

/// The mail about this kind of event, if there is one.
fn notice(kind: AccountEventKind) -> Option<SecurityNotice> {
    match kind {
        AccountEventKind::NewDevice => Some(SecurityNotice::NewDevice),
        AccountEventKind::MarketplaceFirst => Some(SecurityNotice::MarketplaceFirst),
        AccountEventKind::CodesWrong => Some(SecurityNotice::CodesWrong),
        AccountEventKind::CodeUsed => Some(SecurityNotice::CodeUsed),
        AccountEventKind::CodesRenewed => Some(SecurityNotice::CodesRenewed),
        AccountEventKind::FactorOn => Some(SecurityNotice::FactorOn),
        AccountEventKind::FactorOff => Some(SecurityNotice::FactorOff),
        AccountEventKind::PasswordSet => Some(SecurityNotice::PasswordSet),
        AccountEventKind::CalendarMade => Some(SecurityNotice::CalendarMade),
        AccountEventKind::CalendarRenewed => Some(SecurityNotice::CalendarRenewed),
        AccountEventKind::CommentsOff => Some(SecurityNotice::CommentsOff),
        AccountEventKind::RemindersOff => Some(SecurityNotice::RemindersOff),
        AccountEventKind::Suspended => Some(SecurityNotice::Suspended),
        AccountEventKind::Resumed => Some(SecurityNotice::Resumed),
        AccountEventKind::Invited => Some(SecurityNotice::Invited),
        AccountEventKind::DataOffered => Some(SecurityNotice::DataOffered),
        // A change of address is told twice, at the old one and at the new one: see [`super::identity`].
        AccountEventKind::EmailChanged
        | AccountEventKind::SignedIn
        | AccountEventKind::CodeAwaited
        | AccountEventKind::Marketplace
        | AccountEventKind::MarketplaceAwaited
        | AccountEventKind::CodeWrong
        | AccountEventKind::CalendarStopped
        | AccountEventKind::SignedOutEverywhere
        | AccountEventKind::Renamed
        | AccountEventKind::Unlocked
        | AccountEventKind::DataDownloaded
        | AccountEventKind::Erased
        | AccountEventKind::DeviceEnded => None,
    }
}

/// Writes a sign-in, before the session itself is written. A mail tells of a browser and a system that no session and
/// no sign-in of the account has, unless it is the first sign-in ever or `is_told` is false.
pub(super) fn signed_in(
    db: &mut Db,
    account: AccountId,
    device: &Device,
    is_told: bool,
    now: Times,
) -> Result<(), Error> {
    let is_known = accounts::mark_first_sign_in(db, account, now.wall)? || knows(db, account, device)?;
    let by = By::Person(device.clone());
    if is_known {
        record_silently(db, account, AccountEventKind::SignedIn, &by, now).map(drop)
    } else if is_told {
        record(db, account, AccountEventKind::NewDevice, &by, now)
    } else {
        record_silently(db, account, AccountEventKind::NewDevice, &by, now).map(drop)
    }
}

/// Writes a sign-in through the marketplace, before the session itself is written. The first one in a browser is told by
/// mail: people at the marketplace can sign in as its people, so it must be seen (decision 5). `is_known` says whether the
/// account knows the browser by its cookie.
pub(super) fn came_through_marketplace(
    db: &mut Db,
    account: AccountId,
    device: &Device,
    is_known: bool,
    now: Times,
) -> Result<(), Error> {
    accounts::mark_first_sign_in(db, account, now.wall)?;
    let came_before = |event: &AccountEvent| {
        matches!(event.kind, AccountEventKind::Marketplace | AccountEventKind::MarketplaceFirst)
            && event.device == *device
    };
    let is_first = !is_known || !events::list(db, account, None, SEARCHED_FOR_DEVICES)?.iter().any(came_before);
    let kind = if is_first { AccountEventKind::MarketplaceFirst } else { AccountEventKind::Marketplace };
    record(db, account, kind, &By::Person(device.clone()), now)
}

/// Writes that a code is awaited, with that kind of event, unless the account knows that browser and system: a person who
/// took the first step and has no code would leave no trace otherwise. Once a day for each of them.
pub(super) fn code_is_awaited(
    db: &mut Db,
    account: AccountId,
    kind: AccountEventKind,
    device: &Device,
    now: Times,
) -> Result<(), Error> {
    let since = now.wall - TimeDelta::hours(CODE_AWAITED_HOURS);
    let is_written = |event: &AccountEvent| event.kind == kind && event.at > since && event.device == *device;
    if knows(db, account, device)? || events::list(db, account, None, LOOKED_THROUGH)?.iter().any(is_written) {
        return Ok(());
    }
    record_silently(db, account, kind, &By::Person(device.clone()), now).map(drop)
}

/// Whether a session or one of an account's newest sign-ins is of that device.
fn knows(db: &mut Db, account: AccountId, device: &Device) -> Result<bool, Error> {
    if sessions::of_account(db, account)?.iter().any(|session| session.device == *device) {
        return Ok(true);
    }
    let is_sign_in = |kind| matches!(kind, AccountEventKind::SignedIn | AccountEventKind::NewDevice);
    let newest = events::list(db, account, None, SEARCHED_FOR_DEVICES)?;
    Ok(newest.iter().any(|event| is_sign_in(event.kind) && event.device == *device))
}

/// Writes that a code was wrong after the right password. The third one in a day is told by mail, once a day, because
/// the person who typed it knows the password.
pub(super) fn code_was_wrong(db: &mut Db, account: AccountId, by: &By, now: Times) -> Result<(), Error> {
    record_silently(db, account, AccountEventKind::CodeWrong, by, now)?;
    let since = now.wall - TimeDelta::hours(WRONG_CODES_HOURS);
    let mut recent = events::list(db, account, None, LOOKED_THROUGH)?;
    recent.retain(|event| event.at > since);
    let count = |kind| recent.iter().filter(|event| event.kind == kind).count();
    let is_told = count(AccountEventKind::CodesWrong) > 0;
    if is_told || count(AccountEventKind::CodeWrong) < WRONG_CODES_TOLD {
        return Ok(());
    }
    record(db, account, AccountEventKind::CodesWrong, by, now)
}

/// A page of events, newest first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EventPage {
    /// The events.
    pub events: Vec<AccountEvent>,
    /// The beginning of the next page, when there is one.
    pub next: Option<EventCursor>,
}

/// A page of an account's events, newest first.
pub fn page(store: &Store, account: AccountId, after: Option<EventCursor>, size: usize) -> Result<EventPage, Error> {
    let mut events = store.snapshot(|db| events::list(db, account, after, size + 1))?;
    let has_more = events.len() > size;
    events.truncate(size);
    let next = events.last().filter(|_| has_more).map(|event| (event.at, event.id));
    Ok(EventPage { events, next })
}

/// How many events were kept for that long already.
pub fn count_old(store: &Store, kept: TimeDelta, now: DateTime<Utc>) -> Result<i64, Error> {
    store.read(|db| events::count_before(db, now - kept))
}

/// Deletes all events that were kept for that long, a few rows at a time; returns how many.
pub fn purge_old(store: &Store, kept: TimeDelta, now: DateTime<Utc>) -> Result<usize, Error> {
    let mut deleted = 0;
    loop {
        match store.write(|db| forget_old(db, kept, now))? {
            0 => return Ok(deleted),
            more => deleted += more,
        }
    }
}

/// Deletes events that were kept for that long, a few rows at a time; returns how many. `now` is the wall clock.
pub fn forget_old(db: &mut Db, kept: TimeDelta, now: DateTime<Utc>) -> Result<usize, Error> {
    events::delete_before(db, now - kept)
}
