//! Sessions. Only a hash of a session's key is stored, so that a stolen copy of the table opens nothing. No network
//! address is stored: it is private, and says little about where a person is.

use chrono::{DateTime, Utc};
use diesel::prelude::*;

use crate::domain::accounts::device::Device;
use crate::domain::{Account, AccountId, Epoch};
use crate::store::accounts::{ACCOUNT, AccountRow, begin_epoch};
use crate::store::columns::Moment;
use crate::store::connection::either;
use crate::store::query::IsOpen;
use crate::store::schema::{accounts, disputes, sessions};
use crate::store::{Db, Error};

/// The session of an account in one browser.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Session {
    /// The hash of its key.
    pub key_hash: String,
    /// Its account.
    pub account: AccountId,
    /// Whether the code of the second factor is still missing; until then the account is not signed in.
    pub asks_code: bool,
    /// The token of its forms.
    pub csrf_token: String,
    /// New recovery codes, encrypted, until their owner confirms to have saved them.
    pub recovery_codes: Option<String>,
    /// Until when it shows the address of the calendar, by the wall clock (UTC), like all moments here.
    pub calendar_shown_until: Option<DateTime<Utc>>,
    /// Its device.
    pub device: Device,
    /// When it began.
    pub signed_in_at: DateTime<Utc>,
    /// When it was last used, to within an hour.
    pub seen_at: DateTime<Utc>,
    /// When it ends.
    pub expires_at: DateTime<Utc>,
    /// Whether its owner signed in with a link from the account's mailbox.
    pub by_link: bool,
    /// Whether its owner came in through the marketplace.
    pub by_marketplace: bool,
}

#[derive(Queryable, Insertable)]
#[diesel(table_name = sessions, treat_none_as_default_value = false)]
struct SessionRow {
    key_hash: String,
    account_id: i64,
    asks_code: bool,
    csrf_token: String,
    recovery_codes: Option<String>,
    calendar_shown_until: Option<Moment>,
    browser: Option<String>,
    system: Option<String>,
    signed_in_at: Moment,
    seen_at: Moment,
    expires_at: Moment,
    by_link: bool,
    by_marketplace: bool,
}

impl From<SessionRow> for Session {
    fn from(row: SessionRow) -> Self {
        Self {
            key_hash: row.key_hash,
            account: AccountId(row.account_id),
            asks_code: row.asks_code,
            csrf_token: row.csrf_token,
            recovery_codes: row.recovery_codes,
            calendar_shown_until: row.calendar_shown_until.map(Into::into),
            device: Device { browser: row.browser, system: row.system },
            signed_in_at: row.signed_in_at.into(),
            seen_at: row.seen_at.into(),
            expires_at: row.expires_at.into(),
            by_link: row.by_link,
            by_marketplace: row.by_marketplace,
        }
    }
}

impl From<Session> for SessionRow {
    fn from(session: Session) -> Self {
        Self {
            key_hash: session.key_hash,
            account_id: session.account.0,
            asks_code: session.asks_code,
            csrf_token: session.csrf_token,
            recovery_codes: session.recovery_codes,
            calendar_shown_until: session.calendar_shown_until.map(Into::into),
            browser: session.device.browser,
            system: session.device.system,
            signed_in_at: session.signed_in_at.into(),
            seen_at: session.seen_at.into(),
            expires_at: session.expires_at.into(),
            by_link: session.by_link,
            by_marketplace: session.by_marketplace,
        }
    }
}

/// A session with its account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    /// The session.
    pub session: Session,
    /// Its account.
    pub person: Account,
    /// How many questions wait for the account's answer. An overdue one no longer waits, settled or not.
    pub waiting: i64,
}

/// The session with that key.
pub fn find(db: &mut Db, key_hash: &str, now: DateTime<Utc>) -> Result<Option<Found>, Error> {
    let waiting = disputes::table
        .filter(IsOpen)
        .filter(disputes::respondent_id.eq(sessions::account_id))
        .filter(disputes::respond_by.gt(Moment::from(now)))
        .count()
        .single_value()
        .assume_not_null();
    let found = sessions::table
        .inner_join(accounts::table.on(accounts::id.eq(sessions::account_id)))
        .filter(sessions::key_hash.eq(key_hash))
        // Suspending ends sessions; a session that is written at the same time opens nothing either.
        .filter(accounts::suspended_at.is_null())
        .select((sessions::all_columns, ACCOUNT, waiting));
    let row = either!(db, db => found.get_result::<(SessionRow, AccountRow, i64)>(db)).optional()?;
    Ok(row.map(|(session, person, waiting)| Found { session: session.into(), person: person.into(), waiting }))
}

/// The signed-in sessions of an account, newest activity first.
pub fn of_account(db: &mut Db, account: AccountId) -> Result<Vec<Session>, Error> {
    let mut found = all_of_account(db, account)?;
    found.retain(|session| !session.asks_code);
    Ok(found)
}

/// All sessions of an account, newest activity first, those without their code included.
pub fn all_of_account(db: &mut Db, account: AccountId) -> Result<Vec<Session>, Error> {
    let rows: Vec<SessionRow> = sessions::table
        .filter(sessions::account_id.eq(account.0))
        .order((sessions::seen_at.desc(), sessions::key_hash.asc()))
        .load(db)?;
    Ok(rows.into_iter().map(Session::from).collect())
}

/// Inserts a session.
pub fn insert(db: &mut Db, session: Session) -> Result<(), Error> {
    diesel::insert_into(sessions::table).values(SessionRow::from(session)).execute(db)?;
    Ok(())
}

/// Lets a session show the address of the calendar until that moment.
pub fn show_calendar(db: &mut Db, key_hash: &str, until: DateTime<Utc>) -> Result<(), Error> {
    diesel::update(sessions::table.find(key_hash))
        .set(sessions::calendar_shown_until.eq(Some(Moment::from(until))))
        .execute(db)?;
    Ok(())
}

/// Stores encrypted new recovery codes in a session, or deletes them. A session that was ended in the meantime stays
/// ended.
pub fn keep_recovery_codes(db: &mut Db, key_hash: &str, hidden: Option<&str>) -> Result<(), Error> {
    diesel::update(sessions::table.find(key_hash)).set(sessions::recovery_codes.eq(hidden)).execute(db)?;
    Ok(())
}

/// Stores the last use of a session, and moves its end.
pub fn seen(db: &mut Db, key_hash: &str, seen_at: DateTime<Utc>, expires_at: DateTime<Utc>) -> Result<(), Error> {
    diesel::update(sessions::table.find(key_hash))
        .set((sessions::seen_at.eq(Moment::from(seen_at)), sessions::expires_at.eq(Moment::from(expires_at))))
        .execute(db)?;
    Ok(())
}

/// Ends one session.
pub fn delete(db: &mut Db, key_hash: &str) -> Result<(), Error> {
    diesel::delete(sessions::table.find(key_hash)).execute(db)?;
    Ok(())
}

/// Ends one session of an account; a session of another account is left alone.
pub fn delete_one_of(db: &mut Db, account: AccountId, key_hash: &str) -> Result<(), Error> {
    let one = sessions::table.find(key_hash).filter(sessions::account_id.eq(account.0));
    diesel::delete(one).execute(db)?;
    Ok(())
}

/// Ends every session of an account and every unfinished sign-in. The new epoch comes first, so that a session of the
/// old one is either in the table by now, or refused.
pub fn end_all_of(db: &mut Db, account: AccountId) -> Result<Epoch, Error> {
    let epoch = begin_epoch(db, account)?;
    diesel::delete(sessions::table.filter(sessions::account_id.eq(account.0))).execute(db)?;
    Ok(epoch)
}

/// Deletes sessions that are past their end.
pub fn delete_expired(db: &mut Db, real_now: DateTime<Utc>) -> Result<usize, Error> {
    Ok(diesel::delete(sessions::table.filter(sessions::expires_at.le(Moment::from(real_now)))).execute(db)?)
}
