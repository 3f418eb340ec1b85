//! Imports a marketplace's export: all of it or nothing.

use std::collections::HashMap;
use std::io;
use std::path::Path;

use chrono::{DateTime, Utc};

use crate::domain::{Account, AccountId, Event, Order, Preferences, Reference, Status};
use crate::import::{self, Contents, Format, OrderLine, PersonLine, Problem};
use crate::store::orders::{self, events};
use crate::store::{self, Db, Store, accounts};

/// The counts of an import.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Summary {
    /// New accounts.
    pub accounts_added: usize,
    /// New orders.
    pub orders_added: usize,
    /// Orders that existed already and stay as they are.
    pub orders_unchanged: usize,
}

/// Why nothing was imported.
#[derive(Debug, thiserror::Error)]
pub enum ImportError {
    /// The file cannot be read.
    #[error("the file cannot be read: {0}")]
    Unreadable(#[from] io::Error),
    /// The file has mistakes.
    #[error("nothing was imported, since the file has problems: {}", .0.len())]
    Problems(Vec<Problem>),
    /// The database failed.
    #[error(transparent)]
    Store(#[from] store::Error),
}

/// Imports a file, CSV or JSON.
///
/// # Errors
///
/// See [`ImportError`]; nothing is stored then.
pub fn import_file(store: &Store, path: &Path, now: DateTime<Utc>) -> Result<Summary, ImportError> {
    let bytes = std::fs::read(path)?;
    let contents = import::read(&bytes, Format::from_path(path, &bytes), now).map_err(ImportError::Problems)?;
    import(store, &contents, now)
}

/// Stores a file's contents in one transaction. Existing accounts and orders stay as they are: the status of an order
/// may have changed since. Imported history causes no notifications and no mail.
///
/// # Errors
///
/// When an existing order has another title, other parties or another moment of placing; nothing is stored then.
pub fn import(store: &Store, contents: &Contents, now: DateTime<Utc>) -> Result<Summary, ImportError> {
    store.write(|db| {
        orders::lock_imports(db)?;
        let emails: Vec<&str> = contents.people.iter().map(|person| person.email.as_str()).collect();
        let mut accounts = accounts::ids_by_email(db, &emails)?;
        let newcomers = newcomers(contents, &mut accounts, now);
        let fresh = fresh(db, contents, &accounts)?;
        accounts::insert_all(db, &newcomers)?;
        let (orders, histories): (Vec<Order>, Vec<Vec<Event>>) =
            fresh.iter().map(|line| order(line, &accounts)).collect::<Result<_, _>>()?;
        orders::insert_all(db, &orders)?;
        let events = orders.iter().zip(&histories).flat_map(|(order, history)| history.iter().map(move |e| (order, e)));
        events::append_all(db, &events.collect::<Vec<_>>())?;
        Ok(Summary {
            accounts_added: newcomers.len(),
            orders_added: orders.len(),
            orders_unchanged: contents.orders.len() - orders.len(),
        })
    })
}

/// The accounts to add; each gets a number in `accounts`.
fn newcomers(contents: &Contents, accounts: &mut HashMap<String, AccountId>, now: DateTime<Utc>) -> Vec<Account> {
    let unknown: Vec<&PersonLine> =
        contents.people.iter().filter(|person| !accounts.contains_key(&person.email)).collect();
    unknown
        .into_iter()
        .map(|line| {
            let id = AccountId::from_bits(rand::random());
            accounts.insert(line.email.clone(), id);
            let account = Account::new(id, line.email.clone(), line.name.clone(), now);
            let (language, time_zone) = (line.language, line.time_zone);
            Account { preferences: Preferences { language, time_zone, ..Preferences::default() }, ..account }
        })
        .collect()
}

/// The orders to add.
fn fresh<'a>(
    db: &mut Db,
    contents: &'a Contents,
    accounts: &HashMap<String, AccountId>,
) -> Result<Vec<&'a OrderLine>, ImportError> {
    let references: Vec<Reference> = contents.orders.iter().map(|line| line.reference).collect();
    let known: HashMap<Reference, Order> =
        orders::existing(db, &references)?.into_iter().map(|order| (order.reference, order)).collect();
    let mut fresh = Vec::new();
    let mut problems = Vec::new();
    for line in &contents.orders {
        match known.get(&line.reference) {
            None => fresh.push(line),
            Some(order) => problems.extend(conflict(line, order, accounts)),
        }
    }
    if problems.is_empty() { Ok(fresh) } else { Err(ImportError::Problems(problems)) }
}

/// The difference between a line and the existing order with its reference.
fn conflict(line: &OrderLine, order: &Order, accounts: &HashMap<String, AccountId>) -> Option<Problem> {
    let differs = [
        (order.title != line.title, "title"),
        (accounts.get(&line.customer) != Some(&order.customer), "customer"),
        (accounts.get(&line.freelancer) != Some(&order.freelancer), "freelancer"),
        (order.placed_at != line.placed_at, "moment of placing"),
    ];
    let different: Vec<&str> = differs.iter().filter(|(differs, _)| *differs).map(|(_, what)| *what).collect();
    let reason = format!("\"{}\" is stored already with another {}", line.reference, different.join(" and another "));
    (!different.is_empty()).then_some(Problem { line: line.line, column: Some("reference"), reason })
}

/// Builds a line's order and its history.
fn order(line: &OrderLine, accounts: &HashMap<String, AccountId>) -> Result<(Order, Vec<Event>), store::Error> {
    let account = |email: &String| accounts.get(email).copied().ok_or_else(|| store::Error::corrupt("accounts.email"));
    let mut order = Order {
        reference: line.reference,
        title: line.title.clone(),
        customer: account(&line.customer)?,
        freelancer: account(&line.freelancer)?,
        placed_at: line.placed_at,
        price: line.price,
        delivery_date: line.delivery_date,
        status: Status::Active,
        completes_at: None,
        open_dispute: None,
        dispute_count: 0,
        event_count: 0,
    };
    let history = order.import(line.status, line.status_since);
    let history = history.ok_or_else(|| store::Error::corrupt("orders.status"))?;
    Ok((order, history))
}

#[cfg(test)]
#[path = "import_tests.rs"]
mod tests;
