//! Addresses that an older program stored in another spelling.

use diesel::prelude::*;

use crate::domain::accounts::contact::EmailAddress;
use crate::store::schema::accounts;
use crate::store::{Db, Error};

/// Writes addresses whose domain is stored in letters of ASCII as they are looked for now. One whose other spelling is an
/// account too stays as it is.
///
/// # Errors
///
/// When the database is not available.
pub(in crate::store) fn write_anew(db: &mut Db) -> Result<(), Error> {
    let is_old = accounts::email.like("%xn--%").or(accounts::received_email.like("%xn--%"));
    let found: Vec<(i64, String, Option<String>)> =
        accounts::table.filter(is_old).select((accounts::id, accounts::email, accounts::received_email)).load(db)?;
    for (id, email, received) in found {
        let (written, received) = (EmailAddress::as_written(&email), received.as_deref().map(EmailAddress::as_written));
        let account = accounts::table.find(id);
        diesel::update(account).set(accounts::received_email.eq(received)).execute(db)?;
        if written != email && !super::exists(db, &written)? {
            diesel::update(account).set(accounts::email.eq(written)).execute(db)?;
        }
    }
    Ok(())
}
