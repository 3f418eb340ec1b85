//! A marketplace to measure on. Its orders lived through the real rules, so that it is as realistic as made-up data can
//! be. A generated file is kept until its deadlines come near.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context, Result};
use chrono::{DateTime, TimeDelta, Utc};
use oplossingscentrum::clock::real_now;
use oplossingscentrum::domain::{Account, AccountId, Language, Money, Order, Party, Preferences, Reference, Status};
use oplossingscentrum::store::accounts;
use oplossingscentrum::store::orders::{self, disputes, events, notifications};
use oplossingscentrum::store::{Error, Store};

use crate::life::Life;

/// Open disputes of each busy account. Each dispute has two accounts, so there are half as many orders. Where every
/// order has a dispute, their number must be a multiple of that half.
const OPEN_EACH: usize = 32;
/// Orders per transaction.
const AT_ONCE: usize = 2_500;
/// How long a generated file can be used: its open disputes have at least 26 hours left.
const FRESH: Duration = Duration::from_secs(18 * 3600);

/// The size and shape of a marketplace.
#[derive(Debug, Clone, Copy)]
pub struct Plan {
    pub name: &'static str,
    pub orders: usize,
    /// The most accounts with open disputes. Each of their orders has one; the other orders are over and belong to
    /// others.
    pub busy: usize,
    /// Whether a disputed order has a long history, or only the question.
    pub is_long: bool,
}

impl Plan {
    /// The number of busy accounts: fewer where the orders do not suffice.
    fn busy(&self) -> usize {
        self.busy.min(self.orders * 2 / OPEN_EACH)
    }

    fn disputed(&self) -> usize {
        self.busy() * OPEN_EACH / 2
    }

    /// The file with this marketplace, generated unless it exists. Sign-ins are the only allowed change.
    pub fn file(&self) -> Result<PathBuf> {
        let file = folder().join(format!("{}-{}-{}.db", self.name, self.orders, newest_migration()?));
        let age = fs::metadata(&file).and_then(|file| file.created()).map(|made| made.elapsed());
        if matches!(age, Ok(Ok(age)) if age < FRESH) {
            return Ok(file);
        }
        eprintln!("making {} orders for {} …", self.orders, self.name);
        let unfinished = file.with_extension("part");
        let _ = fs::remove_file(&unfinished);
        self.fill(&Store::open_to_fill(&unfinished)?)?;
        fs::File::open(&unfinished)?.sync_all()?;
        fs::rename(&unfinished, &file)?;
        Ok(file)
    }

    /// A copy of the file to be used up.
    pub fn copy(&self) -> Result<PathBuf> {
        let copy = folder().join(format!("{}-used.db", self.name));
        copy_database(&self.file()?, &copy)?;
        Ok(copy)
    }

    fn fill(&self, store: &Store) -> Result<()> {
        let now = real_now();
        let quiet = if self.disputed() == self.orders { 0 } else { (self.orders / 10).max(10) };
        let busy = settle_in(store, "druk", self.busy(), now)?;
        let quiet = settle_in(store, "rustig", quiet, now)?;
        let mut references = BTreeSet::new();
        while references.len() < self.orders {
            references.insert(Reference::from_bits(rand::random()));
        }
        // By reference, so that a large file is written from front to back; disputes are spread evenly.
        let references: Vec<(usize, Reference)> = references.into_iter().enumerate().collect();
        let disputed_before = |place: usize| place * self.disputed() / self.orders;
        for some in references.chunks(AT_ONCE) {
            let live = |&(place, reference): &(usize, Reference)| {
                let number = disputed_before(place);
                if disputed_before(place + 1) == number {
                    let order = order(reference, place, any_pair(&quiet), long_ago(now));
                    Life::begin(order, long_ago(now)).peaceful()
                } else {
                    let asked_at = now - TimeDelta::seconds(2 * 3600 + below(18 * 3600));
                    let order = order(reference, place, pair(&busy, number), asked_at);
                    let opener = if number / busy.len() % 2 == 0 { Party::Customer } else { Party::Freelancer };
                    Life::begin(order, asked_at).disputed(opener, self.is_long)
                }
            };
            let lives: Vec<Life> = some.iter().map(live).collect();
            write(store, &lives)?;
        }
        Ok(())
    }
}

fn write(store: &Store, lives: &[Life]) -> Result<()> {
    let written: Result<(), Error> = store.write(|db| {
        let placed: Vec<Order> = lives.iter().map(|life| life.order.clone()).collect();
        orders::insert_all(db, &placed)?;
        for life in lives {
            for dispute in &life.disputes {
                disputes::insert(db, &life.order, dispute, Some(&dispute.number.to_string()))?;
            }
        }
        for life in lives {
            let order = &life.order;
            if order.open_dispute.is_none() {
                events::append_all(db, &life.events.iter().map(|event| (order, event)).collect::<Vec<_>>())?;
                continue;
            }
            events::append(db, order, &life.events[0])?;
            for event in &life.events[1..] {
                events::append_told(db, &[(order, event)], event.at)?;
            }
            for party in [Party::Customer, Party::Freelancer] {
                notifications::mark_read_of(db, order.reference, party, order.event_count)?;
            }
        }
        Ok(())
    });
    Ok(written?)
}

/// Creates this many accounts.
fn settle_in(store: &Store, name: &str, count: usize, now: DateTime<Utc>) -> Result<Vec<AccountId>> {
    let person = |number| {
        let (id, since) = (AccountId::from_bits(rand::random()), now - TimeDelta::days(1_000));
        let first = ["Sanne", "Daan", "Fatima", "Bram"][number % 4];
        let email = format!("{name}.{number}@example.com");
        let preferences = Preferences { language: Some(Language::Nl), ..Preferences::default() };
        Account { preferences, ..Account::new(id, email, format!("{first} {name} {number}"), since) }
    };
    let everybody: Vec<Account> = (0..count).map(person).collect();
    store.write(|db| accounts::insert_all(db, &everybody))?;
    Ok(everybody.into_iter().map(|person| person.id).collect())
}

fn order(
    reference: Reference,
    number: usize,
    (customer, freelancer): (AccountId, AccountId),
    placed_at: DateTime<Utc>,
) -> Order {
    Order {
        reference,
        external_id: None,
        title: format!("Logo voor bakkerij nummer {number}"),
        customer,
        freelancer,
        placed_at,
        price: Money::euro_cents(25_000),
        delivery_date: (real_now() + TimeDelta::days(20)).date_naive(),
        status: Status::Active,
        completes_at: None,
        unannounced_since: None,
        open_dispute: None,
        dispute_count: 0,
        event_count: 0,
    }
}

/// The two parties of the disputed order with that number: all accounts are in equally many.
fn pair(people: &[AccountId], number: usize) -> (AccountId, AccountId) {
    let (one, round) = (number % people.len(), number / people.len());
    let other = (one + 1 + round % (people.len() - 1)) % people.len();
    (people[one], people[other])
}

fn any_pair(people: &[AccountId]) -> (AccountId, AccountId) {
    pair(people, rand::random_range(0..people.len() * (people.len() - 1)))
}

fn below(end: i64) -> i64 {
    rand::random_range(0..end)
}

fn long_ago(now: DateTime<Utc>) -> DateTime<Utc> {
    now - TimeDelta::seconds(10 * 86_400 + below(900 * 86_400))
}

/// The folder of generated files, on the disk to measure.
pub fn folder() -> PathBuf {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("target/bench");
    fs::create_dir_all(&folder).expect("target can be written");
    folder
}

/// Copies a file that no process has open, over an older one.
pub fn copy_database(from: &Path, to: &Path) -> Result<()> {
    for ending in ["-wal", "-shm"] {
        let _ = fs::remove_file(format!("{}{ending}", to.display()));
    }
    fs::copy(from, to).with_context(|| format!("cannot copy {}", from.display()))?;
    Ok(fs::File::open(to)?.sync_all()?)
}

fn newest_migration() -> Result<String> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("migrations/sqlite");
    let names = fs::read_dir(folder)?.map(|entry| Ok(entry?.file_name().to_string_lossy().into_owned()));
    names.collect::<Result<BTreeSet<_>>>()?.pop_last().context("there are migrations")
}
