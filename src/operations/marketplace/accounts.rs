//! Accounts as the marketplace knows them, by its own ids.

use crate::clock::Times;
use crate::domain::{Account, ExternalId};
use crate::import::{Code, Problem, single};
use crate::operations::accounts::erasure;
use crate::operations::maintenance::import::{self, ImportError};
use crate::operations::marketplace::Put;
use crate::store::accounts::received::{self, KnownAccount};
use crate::store::{Db, Error, Store, accounts, orders};

/// The account with that id of the marketplace; the erased one that had it, when it was erased.
pub fn find(store: &Store, id: &ExternalId) -> Result<Option<Account>, Error> {
    store.read(|db| match received::by_external_id(db, id)? {
        Some(account) => Ok(Some(account)),
        None => find_erased(db, id),
    })
}

fn find_erased(db: &mut Db, id: &ExternalId) -> Result<Option<Account>, Error> {
    let erased = erasure::find(db, Some(id), None)?;
    erased.map(|account| accounts::find(db, account)).transpose().map(Option::flatten)
}

/// Adds the account with that id, or changes what moved at the marketplace. `may` decides with the account as it is, in the
/// same transaction, whether that is what the sender expected.
///
/// # Errors
///
/// When the database fails.
pub fn put(
    store: &Store,
    id: &ExternalId,
    body: &[u8],
    now: Times,
    may: impl Fn(Option<&Account>) -> bool,
) -> Result<Put, Error> {
    let read = match single::account(body, id, now.app) {
        Ok(read) => read,
        Err(unread) => return Ok(unread.into()),
    };
    let put = store.write(|db| {
        orders::lock_imports(db)?;
        let known = received::by_external_id(db, id)?;
        if known.is_none()
            && let Some(erased) = find_erased(db, id)?
        {
            // An erased person does not come back by a synchronisation: nothing changes.
            return Ok(if may(Some(&erased)) { Put::Kept } else { Put::Unexpected });
        }
        if !may(known.as_ref()) {
            return Ok(Put::Unexpected);
        }
        let problems = problems(db, &read, known.as_ref())?;
        if !problems.is_empty() {
            return Ok(Put::Refused(problems));
        }
        let summary = import::import_into(db, &read.contents, now)?;
        Ok::<_, ImportError>(Put::of(summary.refused, summary.accounts_new))
    });
    store.signals().delivery.notify_one();
    put.map_err(ImportError::into_store)
}

/// What a new account lacks, and whose the address is.
fn problems(db: &mut Db, read: &single::PutAccount, known: Option<&Account>) -> Result<Vec<Problem>, Error> {
    let Some(person) = read.contents.people.first() else { return Ok(Vec::new()) };
    let has_address = |known: &KnownAccount| Some(&known.account.email) == person.email.as_ref();
    let emails: Vec<&str> = person.email.iter().map(String::as_str).collect();
    let other = received::known(db, &[], &emails)?.into_iter().find(has_address).map(|known| known.account);
    let other = other.filter(|other| known.is_none_or(|known| known.id != other.id));
    let mut problems = Vec::new();
    if let Some(other) = &other {
        let is_adopted = known.is_none() && read.adopts && other.external_id.is_none();
        let reason = match &other.external_id {
            _ if is_adopted => None,
            None if known.is_none() => {
                Some("an account without an id has this address; say adopt_email to give it this one")
            }
            _ => Some("another account has this address"),
        };
        let taken = |reason: &str| Problem::new(1, Some("email"), reason.into()).coded(Code::Taken);
        problems.extend(reason.map(taken));
    }
    if known.is_none() && other.is_none() {
        for (column, is_there) in [("email", person.email.is_some()), ("name", person.name.is_some())] {
            let missing = || Problem::new(1, Some(column), "a new account needs this".into()).coded(Code::Missing);
            problems.extend((!is_there).then(missing));
        }
    }
    Ok(problems)
}
