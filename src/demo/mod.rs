//! The demo's data: four accounts to sign in with, and some sixty orders with a past.
//!
//! Everything goes through the program's own rules: orders are placed at a past moment, and
//! [`crate::operations::orders::actions`], the functions of the website, do the rest with a past `now`.

mod closed;
mod others;
mod quiet;
mod running;
mod story;
#[cfg(test)]
mod tests;
mod waiting;
mod when;

use chrono::{DateTime, TimeDelta, Utc};

use strum::VariantArray;

use crate::domain::marketplace::key::{Scope, Secret};
use crate::domain::{Account, AccountId, Order};
use crate::operations::Failure;
use crate::operations::accounts::passwords;
use crate::operations::mail::mail_queue;
use crate::operations::marketplace::keys::{self, NoKey};
use crate::operations::marketplace::webhooks::{self, NoEndpoint};
use crate::operations::orders::{lists, relay, sweep};
use crate::secret::Secret as HidingKey;
use crate::store::{Db, Error, Store, accounts};
use crate::turns::Turn;
use story::Story;
use when::day;

/// The password of every demo account.
pub const PASSWORD: &str = "oplossing-demo";

/// A demo account.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DemoAccount {
    /// The address.
    pub email: &'static str,
    /// The name, as the other party sees it.
    pub name: &'static str,
}

/// The accounts to sign in with: a customer, a freelancer, one who is both, and one who shares no order with the
/// others.
pub const ACCOUNTS: [DemoAccount; 4] = [
    DemoAccount { email: "klant@example.com", name: "Sanne de Vries" },
    DemoAccount { email: "freelancer@example.com", name: "Daan Bakker" },
    DemoAccount { email: "beide@example.com", name: "Noor Jansen" },
    DemoAccount { email: "ander@example.com", name: "Youssef El Amrani" },
];

/// The other party of Ander's orders. She has no password, so no visitor can sign in as her.
const NEIGHBOUR: DemoAccount = DemoAccount { email: "buur@example.com", name: "Marit Hoekstra" };

/// The name of the demo's key.
const KEY_NAME: &str = "demo";
/// The name of the demo's endpoint.
pub const ENDPOINT: &str = "demo";
/// The number that the demo's marketplace gave to its first order.
const FIRST_NUMBER: usize = 1001;

/// Days after which demo accounts have read their notifications.
const READ_AFTER_DAYS: i64 = 2;

/// A person in a story, in the order of [`ACCOUNTS`] with [`NEIGHBOUR`] behind them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Someone {
    Klant,
    Freelancer,
    Beide,
    Ander,
    Buur,
}

/// Every story, quiet ones included.
fn stories() -> impl Iterator<Item = &'static Story> {
    [waiting::STORIES, running::STORIES, closed::STORIES, others::STORIES, quiet::STORIES].into_iter().flatten()
}

/// Fills an empty database with the accounts and their orders, as they stand at `now`. A database that already has the
/// accounts stays as it is, so that a kept demo goes on.
///
/// # Errors
///
/// When the database fails, or when a story breaks a rule; this module's tests rule out the latter.
pub fn fill(store: &Store, now: DateTime<Utc>) -> Result<(), Failure> {
    if store.snapshot(|db| accounts::find_by_email(db, ACCOUNTS[0].email))?.is_some() {
        return Ok(());
    }
    let hash = Some(passwords::hash(&mut Turn::alone(), PASSWORD));
    let [klant, freelancer, beide, ander] = ACCOUNTS.map(|account| person(account, hash.clone(), now));
    let people = [klant, freelancer, beide, ander, person(NEIGHBOUR, None, now)];
    let placed = store.write(|db| begin(db, &people, now))?;
    for (story, order) in &placed {
        story.play(store, order, now)?;
    }
    // What lapsed before that was recorded before that, so people have read it too.
    let read_until = now - TimeDelta::days(READ_AFTER_DAYS);
    sweep::settle_all_due(store, read_until)?;
    sweep::settle_all_due(store, now)?;
    relay::relay_all(store, now)?;
    sweep::remind(store, now)?;
    mail_queue::count_as_sent(store, now)?;
    for person in &people {
        lists::mark_notifications_read(store, person.id, read_until)?;
    }
    Ok(())
}

/// Makes a key with which programs may try everything, in the place of the one of an earlier start.
///
/// # Errors
///
/// When the database fails.
pub fn make_key(store: &Store, now: DateTime<Utc>) -> Result<Secret, NoKey> {
    match keys::revoke(store, KEY_NAME, now) {
        Ok(_) | Err(NoKey::Missing) => keys::create(store, KEY_NAME, Scope::VARIANTS, None, now),
        Err(error) => Err(error),
    }
}

/// Makes an endpoint at that address in the place of the one of an earlier start: the demo receives its own webhooks.
///
/// # Errors
///
/// When the database fails.
pub fn make_endpoint(
    store: &Store,
    key: &HidingKey,
    url: &str,
    signing: &str,
    now: DateTime<Utc>,
) -> Result<(), NoEndpoint> {
    match webhooks::remove(store, ENDPOINT) {
        Ok(()) | Err(NoEndpoint::Missing) => webhooks::add(store, key, (ENDPOINT, url), &[], signing, now),
        Err(error) => Err(error),
    }
}

/// Whether a demo made this database: only then may a demo continue it or throw it away.
pub fn made(store: &Store) -> Result<bool, Error> {
    match store.snapshot(|db| accounts::exists(db, NEIGHBOUR.email)) {
        Err(Error::Statement(_)) => Ok(false),
        found => found,
    }
}

/// Stores the people and their orders in one go, before anything happens to them.
fn begin(db: &mut Db, people: &[Account; 5], now: DateTime<Utc>) -> Result<Vec<(&'static Story, Order)>, Error> {
    for person in people {
        accounts::insert(db, person)?;
    }
    let place = |(number, story): (usize, &'static Story)| {
        let id = format!("DEMO-{}", FIRST_NUMBER + number).parse().ok();
        Ok((story, story.place(db, |someone| people[someone as usize].id, id, now)?))
    };
    stories().enumerate().map(place).collect()
}

fn person(account: DemoAccount, password_hash: Option<String>, now: DateTime<Utc>) -> Account {
    let (email, name, created_at) = (account.email.to_owned(), account.name.to_owned(), day(400, 9, 30).moment(now));
    let external_id = account.email.split('@').next().and_then(|id| id.parse().ok());
    Account {
        external_id,
        password_hash,
        ..Account::new(AccountId::from_bits(rand::random()), email, name, created_at)
    }
}
