//! Generations of an account's known browsers and failed attempts. Raising one makes everything of the generation
//! before invalid at once. It takes no secret key, with which the rows are hashed, so the command line can do it.

use diesel::prelude::*;

use crate::domain::AccountId;
use crate::store::connection::either;
use crate::store::schema::account_generations;
use crate::store::{Db, Error};

/// The generations of one account. All begin at 0, also without a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Queryable)]
pub struct Generations {
    /// Of known browsers; signing out everywhere raises it.
    pub devices: i64,
    /// Of wrong passwords; a new password raises it.
    pub passwords: i64,
    /// Of all counted attempts; only the command line raises it.
    pub limits: i64,
}

/// The generations of an account. Without an account the same query runs, so that the duration tells nothing.
pub fn find(db: &mut Db, account: Option<AccountId>) -> Result<Generations, Error> {
    let columns = (account_generations::devices, account_generations::passwords, account_generations::limits);
    let of_account = account_generations::table.find(account.map_or(0, |account| account.0)).select(columns);
    Ok(of_account.get_result::<Generations>(db).optional()?.unwrap_or_default())
}

/// Makes an account know no browser any more.
pub fn forget_devices(db: &mut Db, account: AccountId) -> Result<(), Error> {
    insert_missing(db, account)?;
    let next = account_generations::devices.eq(account_generations::devices + 1);
    diesel::update(account_generations::table.find(account.0)).set(next).execute(db)?;
    Ok(())
}

/// Makes the wrong passwords for an account count no more.
pub fn forget_passwords(db: &mut Db, account: AccountId) -> Result<(), Error> {
    insert_missing(db, account)?;
    let next = account_generations::passwords.eq(account_generations::passwords + 1);
    diesel::update(account_generations::table.find(account.0)).set(next).execute(db)?;
    Ok(())
}

/// Makes all counted attempts for an account count no more.
pub fn forget_limits(db: &mut Db, account: AccountId) -> Result<(), Error> {
    insert_missing(db, account)?;
    let next = account_generations::limits.eq(account_generations::limits + 1);
    diesel::update(account_generations::table.find(account.0)).set(next).execute(db)?;
    Ok(())
}

fn insert_missing(db: &mut Db, account: AccountId) -> Result<(), Error> {
    let row = (
        account_generations::account_id.eq(account.0),
        account_generations::devices.eq(0),
        account_generations::passwords.eq(0),
        account_generations::limits.eq(0),
    );
    either!(db, db => diesel::insert_into(account_generations::table).values(row).on_conflict_do_nothing().execute(db))?;
    Ok(())
}
