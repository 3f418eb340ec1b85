//! Erases accounts. The person goes; the orders stay, with their amounts, dates and outcomes. What was written on an order
//! goes with the order's own words, some years after it was closed ([`crate::operations::orders::retention`]).
//!
//! It is refused while an order goes on as the marketplace sees it. Whether something is open on the order plays no part, so
//! that the refusal tells nothing of a dispute.

use chrono::{DateTime, Utc};

use crate::clock::Times;
use crate::domain::accounts::event::AccountEventKind;
use crate::domain::{Account, AccountId, ExternalId};
use crate::operations::accounts::events::{self, By};
use crate::operations::accounts::token;
use crate::operations::orders::change::settle_one;
use crate::secret::Secret;
use crate::store::accounts::{self, erased, received};
use crate::store::orders;
use crate::store::orders::retention::{self, ToFinish};
use crate::store::{Db, Error, Store};

/// The most orders that a refusal names.
const NAMED: usize = 100;
/// The purpose of the hashes.
const PURPOSE: &str = "erased";
/// How many accounts are read together.
const AT_ONCE: usize = 500;

/// What came of the wish to erase an account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Erasure {
    /// It is erased.
    Done,
    /// It was erased before.
    Before,
    /// There is no such account.
    Missing,
    /// These orders go on, by the marketplace's ids or else by their references; at most a hundred.
    InTheWay(Vec<String>),
}

/// Erases the account with that id of the marketplace.
pub fn erase_by_external_id(store: &Store, id: &ExternalId, now: Times) -> Result<Erasure, Error> {
    let done = store.write(|db| {
        orders::lock_imports(db)?;
        match received::by_external_id(db, id)? {
            Some(person) => erase_in(db, &person, now),
            None if find(db, Some(id), None)?.is_some() => Ok(Erasure::Before),
            None => Ok(Erasure::Missing),
        }
    });
    store.signals().relay.notify_one();
    done
}

/// Erases an account.
pub fn erase(store: &Store, account: AccountId, now: Times) -> Result<Erasure, Error> {
    let done = store.write(|db| {
        orders::lock_imports(db)?;
        match accounts::find(db, account)? {
            Some(person) if person.is_erased() => Ok(Erasure::Before),
            Some(person) => erase_in(db, &person, now),
            None => Ok(Erasure::Missing),
        }
    });
    store.signals().relay.notify_one();
    done
}

fn erase_in(db: &mut Db, person: &Account, now: Times) -> Result<Erasure, Error> {
    let is_due = |order: &ToFinish| order.settles_at.is_some_and(|at| at <= now.app);
    // What silence has decided counts, whether or not it is written down yet.
    for order in retention::to_finish(db, person.id, None)?.iter().filter(|order| is_due(order)) {
        settle_one(db, order.reference, now.app)?;
    }
    let in_the_way = retention::to_finish(db, person.id, Some(NAMED))?;
    if !in_the_way.is_empty() {
        return Ok(Erasure::InTheWay(in_the_way.into_iter().map(|order| order.known_as).collect()));
    }
    remember(db, person, now.wall)?;
    erased::erase(db, person.id, now.wall)?;
    events::record_silently(db, person.id, AccountEventKind::Erased, &By::Operator, now)?;
    Ok(Erasure::Done)
}

/// Remembers by what the marketplace knows the person: by its id, or else by the addresses that it told.
fn remember(db: &mut Db, person: &Account, wall: DateTime<Utc>) -> Result<(), Error> {
    let salt = match erased::salt(db)? {
        Some(salt) => salt,
        None => token::random(),
    };
    let names = if let Some(id) = &person.external_id {
        vec![by_id(id)]
    } else {
        let (told, _) = received::last_told(db, person.id)?;
        [Some(person.email.clone()), told].into_iter().flatten().map(|email| by_email(&email)).collect()
    };
    for name in names {
        erased::remember(db, (&hash(&salt, &name), &salt), person.id, wall)?;
    }
    Ok(())
}

fn by_id(id: &ExternalId) -> String {
    format!("id:{id}")
}

fn by_email(email: &str) -> String {
    format!("email:{email}")
}

fn hash(salt: &str, name: &str) -> String {
    Secret::new(salt.as_bytes()).fingerprint(PURPOSE, name)
}

/// The erased account that the marketplace knows by that id, or by that address where it gives no id.
pub(in crate::operations) fn find(
    db: &mut Db,
    id: Option<&ExternalId>,
    email: Option<&str>,
) -> Result<Option<AccountId>, Error> {
    Ok(find_all(db, &[(id, email)])?.pop().flatten())
}

/// The same of many people at once: for each of them the erased account, if there is one.
pub(in crate::operations) fn find_all(
    db: &mut Db,
    people: &[(Option<&ExternalId>, Option<&str>)],
) -> Result<Vec<Option<AccountId>>, Error> {
    let Some(salt) = erased::salt(db)? else { return Ok(vec![None; people.len()]) };
    let hash_of = |(id, email): &(Option<&ExternalId>, Option<&str>)| {
        let name = id.map(by_id).or_else(|| email.map(by_email))?;
        Some(hash(&salt, &name))
    };
    let hashes: Vec<Option<String>> = people.iter().map(hash_of).collect();
    let wanted: Vec<String> = hashes.iter().flatten().cloned().collect();
    let found = erased::with_hashes(db, &wanted)?;
    Ok(hashes.into_iter().map(|hash| found.get(&hash?).copied()).collect())
}

/// The addresses of accounts in a restored database that were erased by what `newer` remembers: a later backup, or the
/// database that the restored one replaces. They are found by what the marketplace knew of them, and by their rows: an id of
/// the marketplace may have come after the backup.
pub fn came_back(restored: &Store, newer: &Store) -> Result<Vec<String>, Error> {
    let mut back = Vec::new();
    let mut after = String::new();
    loop {
        let people = restored.snapshot(|db| accounts::list(db, &after, AT_ONCE))?;
        let Some(last) = people.last() else { return Ok(back) };
        after.clone_from(&last.email);
        let names: Vec<_> =
            people.iter().map(|person| (person.external_id.as_ref(), Some(person.email.as_str()))).collect();
        let ids: Vec<AccountId> = people.iter().map(|person| person.id).collect();
        let (found, rows) = newer.snapshot(|db| Ok::<_, Error>((find_all(db, &names)?, erased::among(db, &ids)?)))?;
        let is_erased = |(person, found): &(&Account, Option<AccountId>)| found.is_some() || rows.contains(&person.id);
        let erased = people.iter().zip(found).filter(is_erased);
        back.extend(erased.map(|(person, _)| person.email.clone()));
    }
}
