//! Accounts as the marketplace knows them: by its own id, and by the last address and name that were received.

use diesel::prelude::*;

use crate::domain::{Account, AccountId, ExternalId};
use crate::store::accounts::{ACCOUNT, AccountRow};
use crate::store::connection::either;
use crate::store::schema::accounts;
use crate::store::sql::NAMES_AT_ONCE;
use crate::store::{Db, Error};

/// An account with what was last received of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KnownAccount {
    /// The account.
    pub account: Account,
    /// The last address that was received.
    pub received_email: Option<String>,
    /// The last name that was received.
    pub received_name: Option<String>,
}

type Row = (AccountRow, (Option<String>, Option<String>));

macro_rules! rows_where {
    ($db:expr, $column:ident, $names:expr, $found:expr) => {
        for chunk in $names.chunks(NAMES_AT_ONCE) {
            let query = accounts::table
                .filter(accounts::$column.eq_any(chunk))
                .select((ACCOUNT, (accounts::received_email, accounts::received_name)));
            let rows: Vec<Row> = either!($db, db => query.load(db))?;
            $found.extend(rows.into_iter().map(|(row, (received_email, received_name))| KnownAccount {
                account: row.into(),
                received_email,
                received_name,
            }));
        }
    };
}

/// The accounts with one of these ids, or with one of these addresses now or when they were last received; some of them
/// more than once.
pub fn known(db: &mut Db, ids: &[&str], emails: &[&str]) -> Result<Vec<KnownAccount>, Error> {
    let mut found = Vec::new();
    rows_where!(db, external_id, ids, found);
    rows_where!(db, email, emails, found);
    rows_where!(db, received_email, emails, found);
    Ok(found)
}

/// The account with that id of the marketplace.
pub fn by_external_id(db: &mut Db, id: &ExternalId) -> Result<Option<Account>, Error> {
    Ok(known(db, &[id.as_str()], &[])?.pop().map(|known| known.account))
}

/// The last address and name that were received of an account.
pub fn last_told(db: &mut Db, account: AccountId) -> Result<(Option<String>, Option<String>), Error> {
    let told = accounts::table.find(account.0).select((accounts::received_email, accounts::received_name));
    Ok(told.get_result(db).optional()?.unwrap_or_default())
}

/// Stores the address and the name that were received of an account.
pub fn receive(db: &mut Db, account: AccountId, email: &str, name: &str) -> Result<(), Error> {
    let received = (accounts::received_email.eq(email), accounts::received_name.eq(name));
    diesel::update(accounts::table.find(account.0)).set(received).execute(db)?;
    Ok(())
}

/// Stores the marketplace's id of an account that had none.
pub fn set_external_id(db: &mut Db, account: AccountId, id: &ExternalId) -> Result<(), Error> {
    diesel::update(accounts::table.find(account.0)).set(accounts::external_id.eq(id.as_str())).execute(db)?;
    Ok(())
}

/// Stores another address of an account.
///
/// # Errors
///
/// When the address is taken.
pub fn set_email(db: &mut Db, account: AccountId, email: &str) -> Result<(), Error> {
    diesel::update(accounts::table.find(account.0)).set(accounts::email.eq(email)).execute(db)?;
    Ok(())
}

/// Stores another name of an account.
pub fn set_name(db: &mut Db, account: AccountId, name: &str) -> Result<(), Error> {
    diesel::update(accounts::table.find(account.0)).set(accounts::name.eq(name)).execute(db)?;
    Ok(())
}
