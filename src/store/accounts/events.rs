//! Events of accounts, kept for a while. They hold no network address, and of a browser only its name and system.

use chrono::{DateTime, Utc};
use diesel::prelude::*;

use crate::domain::AccountId;
use crate::domain::accounts::device::Device;
use crate::domain::accounts::event::{AccountActor, AccountEvent, AccountEventKind};
use crate::store::columns::{Coded, Moment};
use crate::store::query::Limited;
use crate::store::schema::account_events;
use crate::store::{Db, Error};

/// How many rows one transaction deletes, so that no other change waits long.
const DELETED_AT_ONCE: i64 = 500;

#[derive(Queryable, Insertable)]
#[diesel(table_name = account_events, treat_none_as_default_value = false)]
struct AccountEventRow {
    account_id: i64,
    id: i64,
    at: Moment,
    kind: Coded<AccountEventKind>,
    actor: Coded<AccountActor>,
    browser: Option<String>,
    system: Option<String>,
}

impl TryFrom<AccountEventRow> for AccountEvent {
    type Error = Error;

    fn try_from(row: AccountEventRow) -> Result<Self, Error> {
        Ok(Self {
            id: row.id,
            at: row.at.into(),
            kind: row.kind.or_corrupt("account_events.kind")?,
            actor: row.actor.or_corrupt("account_events.actor")?,
            device: Device { browser: row.browser, system: row.system },
        })
    }
}

/// Inserts an event.
pub fn insert(db: &mut Db, account: AccountId, event: &AccountEvent) -> Result<(), Error> {
    let row = AccountEventRow {
        account_id: account.0,
        id: event.id,
        at: event.at.into(),
        kind: event.kind.into(),
        actor: event.actor.into(),
        browser: event.device.browser.clone(),
        system: event.device.system.clone(),
    };
    diesel::insert_into(account_events::table).values(row).execute(db)?;
    Ok(())
}

/// The place in a list of events after which a page begins: a moment and a number.
pub type EventCursor = (DateTime<Utc>, i64);

/// One page of an account's events, newest first.
pub fn list(
    db: &mut Db,
    account: AccountId,
    after: Option<EventCursor>,
    limit: usize,
) -> Result<Vec<AccountEvent>, Error> {
    let newest = account_events::table
        .filter(account_events::account_id.eq(account.0))
        .order((account_events::at.desc(), account_events::id.desc()))
        .into_boxed();
    let query = match after.map(|(at, id)| (Moment::from(at), id)) {
        Some((at, id)) => {
            let is_older = account_events::at.lt(at).or(account_events::at.eq(at).and(account_events::id.lt(id)));
            newest.filter(account_events::at.le(at)).filter(is_older)
        }
        None => newest,
    };
    Limited { query, rows: limit }.load::<AccountEventRow>(db)?.into_iter().map(AccountEvent::try_from).collect()
}

/// The device of one event.
pub fn device(db: &mut Db, account: AccountId, id: i64) -> Result<Option<Device>, Error> {
    let columns = (account_events::browser, account_events::system);
    let row: Option<(Option<String>, Option<String>)> =
        account_events::table.find((account.0, id)).select(columns).get_result(db).optional()?;
    Ok(row.map(|(browser, system)| Device { browser, system }))
}

/// How many events are from before that moment.
pub fn count_before(db: &mut Db, before: DateTime<Utc>) -> Result<i64, Error> {
    Ok(account_events::table.filter(account_events::at.le(Moment::from(before))).count().get_result(db)?)
}

/// Deletes the oldest events from before that moment, some hundreds at a time; returns how many.
pub fn delete_before(db: &mut Db, before: DateTime<Utc>) -> Result<usize, Error> {
    let last_of_step: Option<Moment> = account_events::table
        .filter(account_events::at.le(Moment::from(before)))
        .order(account_events::at.asc())
        .offset(DELETED_AT_ONCE - 1)
        .limit(1)
        .select(account_events::at)
        .get_result(db)
        .optional()?;
    let before = last_of_step.unwrap_or_else(|| before.into());
    Ok(diesel::delete(account_events::table.filter(account_events::at.le(before))).execute(db)?)
}
