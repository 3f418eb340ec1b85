//! Suspends accounts: signing in is blocked until the operator resumes the account. Its orders go on: open questions
//! are still told by mail, and silence still decides at their deadline.

use crate::clock::Times;
use crate::domain::AccountId;
use crate::domain::accounts::event::AccountEventKind;
use crate::operations::accounts::events::{self, By};
use crate::store::accounts::{self, password_links, sessions, sign_in_links};
use crate::store::{Error, Store};

/// Suspends an account, and ends every session of it and every link that sets its password. Returns whether it was not
/// suspended before.
pub fn suspend(store: &Store, account: AccountId, now: Times) -> Result<bool, Error> {
    store.write(|db| {
        if !accounts::suspend(db, account, now.wall)? {
            return Ok(false);
        }
        let _epoch = sessions::end_all_of(db, account)?;
        password_links::end_all_of(db, account, now.wall)?;
        sign_in_links::end_all_of(db, account, now.wall)?;
        events::record(db, account, AccountEventKind::Suspended, &By::Operator, now)?;
        Ok(true)
    })
}

/// Ends the suspension. Returns whether there was one.
pub fn resume(store: &Store, account: AccountId, now: Times) -> Result<bool, Error> {
    store.write(|db| {
        if !accounts::resume(db, account)? {
            return Ok(false);
        }
        events::record(db, account, AccountEventKind::Resumed, &By::Operator, now)?;
        Ok(true)
    })
}
