//! The table of accounts.

pub mod calendars;
pub mod erased;
pub mod events;
pub mod failed_attempts;
pub mod generations;
pub mod kept_words;
pub mod password_links;
pub mod received;
pub mod second_factors;
pub mod sessions;
pub mod sign_in_links;
pub(in crate::store) mod spelling;

use chrono::{DateTime, Utc};
use diesel::prelude::*;

use crate::domain::accounts::contact::EmailAddress;
use crate::domain::{Account, AccountId, Epoch, ExternalId, Language, MailChoices, OptionalMail, Preferences, Theme};
use crate::store::columns::{Coded, Moment};
use crate::store::connection::{columns, either};
use crate::store::schema::{accounts, orders};
use crate::store::sql::ROWS_AT_ONCE;
use crate::store::{Db, Error};

columns! {
    /// The columns of an [`AccountRow`].
    pub(super) ACCOUNT: AccountColumns = accounts::(
        id,
        external_id,
        email,
        name,
        password_hash,
        language,
        time_zone,
        theme,
        created_at,
        mail_comments,
        mail_reminders,
        epoch,
        suspended_at,
        first_signed_in_at,
        erased_at,
    )
}

#[derive(Queryable, Insertable)]
#[diesel(table_name = accounts, treat_none_as_default_value = false)]
pub(super) struct AccountRow {
    id: i64,
    external_id: Option<Coded<ExternalId>>,
    email: String,
    name: String,
    password_hash: Option<String>,
    language: Option<Coded<Language>>,
    time_zone: Option<String>,
    theme: Option<Coded<Theme>>,
    created_at: Moment,
    mail_comments: bool,
    mail_reminders: bool,
    epoch: i64,
    suspended_at: Option<Moment>,
    first_signed_in_at: Option<Moment>,
    erased_at: Option<Moment>,
}

impl From<AccountRow> for Account {
    fn from(row: AccountRow) -> Self {
        Self {
            id: AccountId(row.id),
            external_id: row.external_id.and_then(Coded::known),
            email: row.email,
            name: row.name,
            password_hash: row.password_hash,
            // A choice that this program does not know, such as a newer time zone, counts as none.
            preferences: Preferences {
                language: row.language.and_then(Coded::known),
                time_zone: row.time_zone.and_then(|name| name.parse().ok()),
                theme: row.theme.and_then(Coded::known),
                mail: MailChoices { comments: row.mail_comments, reminders: row.mail_reminders },
            },
            created_at: row.created_at.into(),
            epoch: Epoch(row.epoch),
            suspended_at: row.suspended_at.map(Into::into),
            first_signed_in_at: row.first_signed_in_at.map(Into::into),
            erased_at: row.erased_at.map(Into::into),
        }
    }
}

impl From<&Account> for AccountRow {
    fn from(person: &Account) -> Self {
        let chosen = &person.preferences;
        Self {
            id: person.id.0,
            external_id: person.external_id.clone().map(Coded::from),
            email: person.email.clone(),
            name: person.name.clone(),
            password_hash: person.password_hash.clone(),
            language: chosen.language.map(Coded::from),
            time_zone: chosen.time_zone.map(|zone| zone.name().to_owned()),
            theme: chosen.theme.map(Coded::from),
            created_at: person.created_at.into(),
            mail_comments: chosen.mail.comments,
            mail_reminders: chosen.mail.reminders,
            epoch: person.epoch.0,
            suspended_at: person.suspended_at.map(Into::into),
            first_signed_in_at: person.first_signed_in_at.map(Into::into),
            erased_at: person.erased_at.map(Into::into),
        }
    }
}

/// A received account.
#[derive(Insertable)]
#[diesel(table_name = accounts, treat_none_as_default_value = false)]
struct NewAccountRow {
    #[diesel(embed)]
    account: AccountRow,
    received_email: String,
    received_name: String,
}

impl From<&Account> for NewAccountRow {
    fn from(person: &Account) -> Self {
        let (received_email, received_name) = (person.email.clone(), person.name.clone());
        Self { account: person.into(), received_email, received_name }
    }
}

/// Inserts an account.
///
/// # Errors
///
/// When the address is taken.
pub fn insert(db: &mut Db, person: &Account) -> Result<(), Error> {
    diesel::insert_into(accounts::table).values(AccountRow::from(person)).execute(db)?;
    Ok(())
}

/// Inserts many accounts that are received from the marketplace.
///
/// # Errors
///
/// When an address is taken.
pub fn insert_all(db: &mut Db, people: &[Account]) -> Result<(), Error> {
    for chunk in people.chunks(ROWS_AT_ONCE) {
        let rows: Vec<NewAccountRow> = chunk.iter().map(NewAccountRow::from).collect();
        either!(db, db => diesel::insert_into(accounts::table).values(&rows).execute(db))?;
    }
    Ok(())
}

/// The account with that number.
pub fn find(db: &mut Db, account: AccountId) -> Result<Option<Account>, Error> {
    Ok(accounts::table.find(account.0).select(ACCOUNT).get_result::<AccountRow>(db).optional()?.map(Account::from))
}

/// The account with that address, in any case of letters.
pub fn find_by_email(db: &mut Db, email: &str) -> Result<Option<Account>, Error> {
    // PostgreSQL does not accept a text with a zero byte, even in a query.
    if email.contains('\0') {
        return Ok(None);
    }
    let same = accounts::table
        .filter(accounts::email.eq(EmailAddress::as_written(email)).and(accounts::erased_at.is_null()))
        .select(ACCOUNT);
    Ok(same.get_result::<AccountRow>(db).optional()?.map(Account::from))
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

/// Stores the choices of the account page.
pub fn set_preferences(db: &mut Db, account: AccountId, chosen: &Preferences) -> Result<(), Error> {
    diesel::update(accounts::table.find(account.0))
        .set((
            accounts::language.eq(chosen.language.map(Language::code)),
            accounts::time_zone.eq(chosen.time_zone.as_ref().map(|zone| zone.name())),
            accounts::theme.eq(chosen.theme.map(Theme::code)),
            accounts::mail_comments.eq(chosen.mail.comments),
            accounts::mail_reminders.eq(chosen.mail.reminders),
        ))
        .execute(db)?;
    Ok(())
}

/// Stores the language that a person switched to.
pub fn set_language(db: &mut Db, account: AccountId, language: Language) -> Result<(), Error> {
    diesel::update(accounts::table.find(account.0)).set(accounts::language.eq(language.code())).execute(db)?;
    Ok(())
}

/// Switches one kind of mail off, and returns whether it was on.
pub fn switch_mail_off(db: &mut Db, account: AccountId, kind: OptionalMail) -> Result<bool, Error> {
    let mine = accounts::table.find(account.0);
    let switched = match kind {
        OptionalMail::Comments => diesel::update(mine.filter(accounts::mail_comments.eq(true)))
            .set(accounts::mail_comments.eq(false))
            .execute(db)?,
        OptionalMail::Reminders => diesel::update(mine.filter(accounts::mail_reminders.eq(true)))
            .set(accounts::mail_reminders.eq(false))
            .execute(db)?,
    };
    Ok(switched == 1)
}

/// One page of all accounts that have a person, by address; `after` is the last address of the page before.
pub fn list(db: &mut Db, after: &str, limit: usize) -> Result<Vec<Account>, Error> {
    let query = accounts::table
        .filter(accounts::email.gt(after).and(accounts::erased_at.is_null()))
        .order(accounts::email.asc())
        .select(ACCOUNT);
    let rows: Vec<AccountRow> = query.limit(i64::try_from(limit).unwrap_or(i64::MAX)).load(db)?;
    Ok(rows.into_iter().map(Account::from).collect())
}

/// How many orders an account is a party of, as the customer and as the freelancer.
pub fn count_orders(db: &mut Db, account: AccountId) -> Result<(i64, i64), Error> {
    let of_customer = orders::table.filter(orders::customer_id.eq(account.0)).count().get_result(db)?;
    let of_freelancer = orders::table.filter(orders::freelancer_id.eq(account.0)).count().get_result(db)?;
    Ok((of_customer, of_freelancer))
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

/// Stores that a mail server took a mail that welcomes the person.
pub fn mark_welcomed(db: &mut Db, account: AccountId, now: DateTime<Utc>) -> Result<(), Error> {
    diesel::update(accounts::table.find(account.0))
        .set(accounts::welcomed_at.eq(Some(Moment::from(now))))
        .execute(db)?;
    Ok(())
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
