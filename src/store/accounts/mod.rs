//! The table of accounts.

pub mod calendars;
pub mod events;
pub mod failed_attempts;
pub mod generations;
pub mod password_links;
pub mod second_factors;
pub mod sessions;

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use diesel::prelude::*;

use crate::domain::{AccountId, Epoch};
use crate::store::columns::Moment;
use crate::store::connection::either;
use crate::store::schema::accounts;
use crate::store::sql::{NAMES_AT_ONCE, ROWS_AT_ONCE};
use crate::store::{Db, Error};

/// An account: one person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Person {
    /// Their number.
    pub id: AccountId,
    /// Their address, in lower case.
    pub email: String,
    /// Their name, as the other party sees it.
    pub name: String,
    /// The hash of their password; an imported account has none yet.
    pub password_hash: Option<String>,
    /// The language they chose: `nl` or `en`.
    pub language: Option<String>,
    /// The time zone they chose, by its IANA name.
    pub time_zone: Option<String>,
    /// The theme they chose: `light` or `dark`.
    pub theme: Option<String>,
    /// When the account was made.
    pub created_at: DateTime<Utc>,
    /// Whether they want a mail about each comment.
    pub mail_comments: bool,
    /// Whether they want to be reminded by mail of a question that waits for them.
    pub mail_reminders: bool,
    /// How often all of their sessions were ended; see [`Epoch`].
    pub epoch: Epoch,
    /// Since when signing in is blocked; `None` when the account is not suspended.
    pub suspended_at: Option<DateTime<Utc>>,
    /// When they signed in for the first time, as far as known.
    pub first_signed_in_at: Option<DateTime<Utc>>,
}

#[derive(Queryable, Insertable)]
#[diesel(table_name = accounts, treat_none_as_default_value = false)]
pub(super) struct PersonRow {
    id: i64,
    email: String,
    name: String,
    password_hash: Option<String>,
    language: Option<String>,
    time_zone: Option<String>,
    theme: Option<String>,
    created_at: Moment,
    mail_comments: bool,
    mail_reminders: bool,
    epoch: i64,
    suspended_at: Option<Moment>,
    first_signed_in_at: Option<Moment>,
}

impl From<PersonRow> for Person {
    fn from(row: PersonRow) -> Self {
        Self {
            id: AccountId(row.id),
            email: row.email,
            name: row.name,
            password_hash: row.password_hash,
            language: row.language,
            time_zone: row.time_zone,
            theme: row.theme,
            created_at: row.created_at.into(),
            mail_comments: row.mail_comments,
            mail_reminders: row.mail_reminders,
            epoch: Epoch(row.epoch),
            suspended_at: row.suspended_at.map(Into::into),
            first_signed_in_at: row.first_signed_in_at.map(Into::into),
        }
    }
}

impl From<&Person> for PersonRow {
    fn from(person: &Person) -> Self {
        Self {
            id: person.id.0,
            email: person.email.clone(),
            name: person.name.clone(),
            password_hash: person.password_hash.clone(),
            language: person.language.clone(),
            time_zone: person.time_zone.clone(),
            theme: person.theme.clone(),
            created_at: person.created_at.into(),
            mail_comments: person.mail_comments,
            mail_reminders: person.mail_reminders,
            epoch: person.epoch.0,
            suspended_at: person.suspended_at.map(Into::into),
            first_signed_in_at: person.first_signed_in_at.map(Into::into),
        }
    }
}

/// Inserts an account.
///
/// # Errors
///
/// When the address is taken.
pub fn insert(db: &mut Db, person: &Person) -> Result<(), Error> {
    diesel::insert_into(accounts::table).values(PersonRow::from(person)).execute(db)?;
    Ok(())
}

/// Inserts many accounts.
///
/// # Errors
///
/// When an address is taken.
pub fn insert_all(db: &mut Db, people: &[Person]) -> Result<(), Error> {
    for chunk in people.chunks(ROWS_AT_ONCE) {
        let rows: Vec<PersonRow> = chunk.iter().map(PersonRow::from).collect();
        either!(db, db => diesel::insert_into(accounts::table).values(&rows).execute(db))?;
    }
    Ok(())
}

/// The numbers of the accounts with these addresses, which are in lower case.
pub fn ids_by_email(db: &mut Db, emails: &[&str]) -> Result<HashMap<String, AccountId>, Error> {
    let mut found = HashMap::new();
    for chunk in emails.chunks(NAMES_AT_ONCE) {
        let wanted = accounts::table.filter(accounts::email.eq_any(chunk)).select((accounts::email, accounts::id));
        let rows: Vec<(String, i64)> = either!(db, db => wanted.load(db))?;
        found.extend(rows.into_iter().map(|(email, id)| (email, AccountId(id))));
    }
    Ok(found)
}

/// The account with that number.
pub fn find(db: &mut Db, account: AccountId) -> Result<Option<Person>, Error> {
    Ok(accounts::table.find(account.0).get_result::<PersonRow>(db).optional()?.map(Person::from))
}

/// The account with that address, in any case of letters.
pub fn find_by_email(db: &mut Db, email: &str) -> Result<Option<Person>, Error> {
    // PostgreSQL does not accept a text with a zero byte, even in a query.
    if email.contains('\0') {
        return Ok(None);
    }
    let same = accounts::table.filter(accounts::email.eq(email.trim().to_lowercase()));
    Ok(same.get_result::<PersonRow>(db).optional()?.map(Person::from))
}

/// Whether an account has that address. The query reads only columns that older tables have too.
pub fn exists(db: &mut Db, email: &str) -> Result<bool, Error> {
    Ok(accounts::table
        .filter(accounts::email.eq(email))
        .select(accounts::id)
        .get_result::<i64>(db)
        .optional()?
        .is_some())
}

/// The choices of the account page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Preferences {
    /// `nl` or `en`.
    pub language: Option<String>,
    /// An IANA name.
    pub time_zone: Option<String>,
    /// `light` or `dark`; without one the device decides.
    pub theme: Option<String>,
    /// A mail about each comment.
    pub mail_comments: bool,
    /// Reminders by mail.
    pub mail_reminders: bool,
}

/// Stores the choices of the account page.
pub fn set_preferences(db: &mut Db, account: AccountId, chosen: &Preferences) -> Result<(), Error> {
    diesel::update(accounts::table.find(account.0))
        .set((
            accounts::language.eq(&chosen.language),
            accounts::time_zone.eq(&chosen.time_zone),
            accounts::theme.eq(&chosen.theme),
            accounts::mail_comments.eq(chosen.mail_comments),
            accounts::mail_reminders.eq(chosen.mail_reminders),
        ))
        .execute(db)?;
    Ok(())
}

/// Stores the language that a person switched to.
pub fn set_language(db: &mut Db, account: AccountId, language: &str) -> Result<(), Error> {
    diesel::update(accounts::table.find(account.0)).set(accounts::language.eq(language)).execute(db)?;
    Ok(())
}

/// A kind of mail that can be switched off.
#[derive(Debug, Clone, Copy, PartialEq, Eq, strum::EnumString, strum::IntoStaticStr, strum::VariantArray)]
#[strum(serialize_all = "snake_case")]
pub enum Optional {
    /// Mails about comments.
    Comments,
    /// Reminders of a question that waits.
    Reminders,
}

/// Switches one kind of mail off, and returns whether it was on.
pub fn switch_mail_off(db: &mut Db, account: AccountId, kind: Optional) -> Result<bool, Error> {
    let mine = accounts::table.find(account.0);
    let switched = match kind {
        Optional::Comments => diesel::update(mine.filter(accounts::mail_comments.eq(true)))
            .set(accounts::mail_comments.eq(false))
            .execute(db)?,
        Optional::Reminders => diesel::update(mine.filter(accounts::mail_reminders.eq(true)))
            .set(accounts::mail_reminders.eq(false))
            .execute(db)?,
    };
    Ok(switched == 1)
}

/// Suspends an account, and returns whether it was not suspended before.
pub fn suspend(db: &mut Db, account: AccountId, now: DateTime<Utc>) -> Result<bool, Error> {
    let active = accounts::table.find(account.0).filter(accounts::suspended_at.is_null());
    Ok(diesel::update(active).set(accounts::suspended_at.eq(Some(Moment::from(now)))).execute(db)? == 1)
}

/// Ends a suspension, and returns whether there was one.
pub fn resume(db: &mut Db, account: AccountId) -> Result<bool, Error> {
    let suspended = accounts::table.find(account.0).filter(accounts::suspended_at.is_not_null());
    Ok(diesel::update(suspended).set(accounts::suspended_at.eq(None::<Moment>)).execute(db)? == 1)
}

/// Stores the first sign-in of an account, and returns whether this was the first.
pub fn mark_first_sign_in(db: &mut Db, account: AccountId, now: DateTime<Utc>) -> Result<bool, Error> {
    let never = accounts::table.find(account.0).filter(accounts::first_signed_in_at.is_null());
    Ok(diesel::update(never).set(accounts::first_signed_in_at.eq(Some(Moment::from(now)))).execute(db)? == 1)
}

/// Stores the hash of a new password.
pub fn set_password_hash(db: &mut Db, account: AccountId, hash: &str) -> Result<(), Error> {
    diesel::update(accounts::table.find(account.0)).set(accounts::password_hash.eq(hash)).execute(db)?;
    Ok(())
}

/// The epoch of an account, which no other transaction can change before this one ends. SQLite's write lock ensures
/// that; PostgreSQL locks the row.
pub fn hold_epoch(db: &mut Db, account: AccountId) -> Result<Option<Epoch>, Error> {
    let epoch = accounts::table.find(account.0).select(accounts::epoch);
    let found: Option<i64> = match db {
        Db::Sqlite(db) => epoch.get_result(db).optional()?,
        Db::Postgres(db) => epoch.for_no_key_update().get_result(db).optional()?,
    };
    Ok(found.map(Epoch))
}

/// Begins a new epoch of an account, and returns it.
pub fn begin_epoch(db: &mut Db, account: AccountId) -> Result<Epoch, Error> {
    diesel::update(accounts::table.find(account.0)).set(accounts::epoch.eq(accounts::epoch + 1)).execute(db)?;
    Ok(Epoch(accounts::table.find(account.0).select(accounts::epoch).get_result(db)?))
}
