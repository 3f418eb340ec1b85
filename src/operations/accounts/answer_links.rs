//! The reader of the link in a question's mail.

use crate::domain::{Account, AccountId};
use crate::store::accounts::generations::{self, Generations};
use crate::store::accounts::{self, second_factors};
use crate::store::{Error, Store};

/// The account that a link was sent to, as it is now.
#[derive(Debug, Clone)]
pub struct LinkReader {
    /// The account. It may be suspended: its links go on working.
    pub person: Account,
    /// What ends its links.
    pub generations: Generations,
    /// Whether a code is asked of it.
    pub has_second_factor: bool,
}

/// The account that a link was sent to; `None` when it is gone.
pub fn reader(store: &Store, account: AccountId) -> Result<Option<LinkReader>, Error> {
    store.snapshot(|db| {
        let Some(person) = accounts::find(db, account)? else { return Ok(None) };
        let generations = generations::find(db, Some(account))?;
        let has_second_factor = second_factors::find(db, account)?.is_some();
        Ok(Some(LinkReader { person, generations, has_second_factor }))
    })
}
