//! The people of an import: who is known, who is new, and who has another address or name.

use std::collections::HashMap;

use crate::clock::Times;
use crate::domain::{Account, AccountId, ExternalId, Preferences};
use crate::import::{Contents, PersonLine, Problem};
use crate::operations::accounts::events::By;
use crate::operations::accounts::{erasure, identity};
use crate::store::accounts::received::{self, KnownAccount};
use crate::store::{Db, Error, accounts};

/// What is known of one person of a file.
enum Person {
    /// Not looked up yet.
    Unknown,
    /// Here already; what changes, if anything.
    Known { id: AccountId, changes: Option<Box<Changes>> },
    /// New, with an account to add.
    New(Box<Account>),
    /// Was erased: nothing of the line is taken.
    Erased(AccountId),
    /// Cannot be taken, for this reason.
    Refused(String),
}

/// What changes of a known account.
struct Changes {
    account: Account,
    external_id: Option<ExternalId>,
    email: Option<String>,
    name: Option<String>,
    received: (String, String),
}

impl Changes {
    /// Whether it changes the account itself, and not only what was received.
    fn is_visible(&self) -> bool {
        self.external_id.is_some() || self.email.is_some() || self.name.is_some()
    }
}

/// The people of a file.
pub(super) struct People<'a> {
    lines: &'a [PersonLine],
    /// What is known of each of them.
    found: Vec<Person>,
    /// Those to write, once each.
    taken: Vec<usize>,
    is_taken: Vec<bool>,
}

impl<'a> People<'a> {
    pub(super) fn new(contents: &'a Contents) -> Self {
        let count = contents.people.len();
        let found = std::iter::repeat_with(|| Person::Unknown).take(count).collect();
        Self { lines: &contents.people, found, taken: Vec::new(), is_taken: vec![false; count] }
    }

    /// Looks up these people, and with `all` those that the file lists without orders.
    pub(super) fn load(&mut self, db: &mut Db, wanted: impl Iterator<Item = usize>, all: bool) -> Result<(), Error> {
        let listed = (0..self.lines.len()).filter(|at| all && self.lines[*at].is_listed);
        let mut wanted: Vec<usize> = wanted.chain(listed).collect();
        wanted.sort_unstable();
        wanted.dedup();
        wanted.retain(|at| matches!(self.found[*at], Person::Unknown));
        let lines: Vec<&PersonLine> = wanted.iter().map(|at| &self.lines[*at]).collect();
        let ids: Vec<&str> =
            lines.iter().filter_map(|line| line.external_id.as_ref()).map(ExternalId::as_str).collect();
        let emails: Vec<&str> = lines.iter().filter_map(|line| line.email.as_deref()).collect();
        let found = Found::new(received::known(db, &ids, &emails)?);
        let names: Vec<_> = lines.iter().map(|line| (line.external_id.as_ref(), line.email.as_deref())).collect();
        let erased = erasure::find_all(db, &names)?;
        for (at, erased) in wanted.into_iter().zip(erased) {
            let line = &self.lines[at];
            // Another person may have the address by now.
            self.found[at] = match erased {
                Some(account) if line.external_id.is_some() || !found.has_address(line) => Person::Erased(account),
                _ => found.decide(line),
            };
        }
        Ok(())
    }

    /// The account of a person, known or new.
    pub(super) fn account(&self, person: usize) -> Result<AccountId, String> {
        match &self.found[person] {
            Person::Known { id, .. } => Ok(*id),
            Person::New(account) => Ok(account.id),
            Person::Erased(_) => Err("this person was erased here".into()),
            Person::Refused(reason) => Err(reason.clone()),
            Person::Unknown => Err("this person is not known".into()),
        }
    }

    /// Whether a person is that account; otherwise why not.
    pub(super) fn must_be(&self, person: usize, account: AccountId) -> Result<(), String> {
        match &self.found[person] {
            Person::Known { id, .. } | Person::Erased(id) if *id == account => Ok(()),
            Person::Refused(reason) => Err(reason.clone()),
            Person::New(_) if self.lines[person].external_id.is_none() => {
                Err("the order is stored with another person; an address changes under an id of the person, or by \
                 `account change-email`"
                    .into())
            }
            Person::Known { .. } | Person::Erased(_) | Person::New(_) | Person::Unknown => {
                Err("the order is stored with another person".into())
            }
        }
    }

    /// Takes a person of a line that is taken; answers whether the account changes by it.
    pub(super) fn take(&mut self, person: usize) -> bool {
        if std::mem::replace(&mut self.is_taken[person], true) {
            return false;
        }
        self.taken.push(person);
        match &self.found[person] {
            Person::Known { changes, .. } => changes.as_ref().is_some_and(|changes| changes.is_visible()),
            Person::New(_) | Person::Erased(_) | Person::Refused(_) | Person::Unknown => false,
        }
    }

    /// Takes everybody whom the file lists without orders; answers with those that cannot be taken.
    pub(super) fn take_listed(&mut self) -> Vec<Problem> {
        let mut refused = Vec::new();
        for at in 0..self.lines.len() {
            if !self.lines[at].is_listed {
                continue;
            }
            match &self.found[at] {
                Person::Refused(reason) => refused.push(Problem::new(self.lines[at].line, None, reason.clone())),
                _ => {
                    self.take(at);
                }
            }
        }
        refused
    }

    /// Writes those who were taken; answers with how many are new and how many changed.
    pub(super) fn write(&mut self, db: &mut Db, is_check: bool, now: Times) -> Result<(usize, usize), Error> {
        let (mut newcomers, mut moved) = (Vec::new(), 0);
        for at in std::mem::take(&mut self.taken) {
            let id = match &self.found[at] {
                Person::New(account) => {
                    newcomers.push(Account { created_at: now.app, ..(**account).clone() });
                    account.id
                }
                Person::Known { id, changes: Some(changes) } => {
                    moved += usize::from(changes.is_visible());
                    if !is_check {
                        write_changes(db, changes, now)?;
                    }
                    *id
                }
                Person::Known { id, changes: None } => *id,
                Person::Erased(_) | Person::Refused(_) | Person::Unknown => continue,
            };
            self.found[at] = Person::Known { id, changes: None };
        }
        if !is_check {
            accounts::insert_all(db, &newcomers)?;
        }
        Ok((newcomers.len(), moved))
    }
}

fn write_changes(db: &mut Db, changes: &Changes, now: Times) -> Result<(), Error> {
    let id = changes.account.id;
    if let Some(external_id) = &changes.external_id {
        received::set_external_id(db, id, external_id)?;
    }
    if let Some(email) = &changes.email {
        identity::change_email(db, &changes.account, email, &By::Operator, now)?;
    }
    if let Some(name) = &changes.name {
        identity::rename(db, id, name, &By::Operator, now)?;
    }
    received::receive(db, id, &changes.received.0, &changes.received.1)
}

/// The accounts that were found, by what they are known by.
struct Found {
    accounts: Vec<KnownAccount>,
    by_id: HashMap<String, usize>,
    by_email: HashMap<String, usize>,
    by_received: HashMap<String, usize>,
}

impl Found {
    fn new(accounts: Vec<KnownAccount>) -> Self {
        let (mut by_id, mut by_email, mut by_received) = (HashMap::new(), HashMap::new(), HashMap::new());
        for (at, known) in accounts.iter().enumerate() {
            by_id.extend(known.account.external_id.as_ref().map(|id| (id.to_string(), at)));
            by_email.insert(known.account.email.clone(), at);
            by_received.extend(known.received_email.clone().map(|email| (email, at)));
        }
        Self { accounts, by_id, by_email, by_received }
    }

    /// Whether an account has the address of that person now.
    fn has_address(&self, line: &PersonLine) -> bool {
        line.email.as_ref().is_some_and(|email| self.by_email.contains_key(email))
    }

    /// Who a person of the file is. An address that was received before leads to the account that had it then, also after
    /// an operator gave it another one.
    fn decide(&self, line: &PersonLine) -> Person {
        let by_id = line.external_id.as_ref().and_then(|id| self.by_id.get(id.as_str()));
        let by_email =
            line.email.as_ref().and_then(|email| self.by_email.get(email).or_else(|| self.by_received.get(email)));
        match (by_id, by_email) {
            (Some(at), _) => self.changes(&self.accounts[*at], line),
            (None, Some(at)) => {
                let known = &self.accounts[*at];
                match &known.account.external_id {
                    Some(id) if line.external_id.is_some() => {
                        Person::Refused(format!("the address belongs to another person here, {id}"))
                    }
                    _ => self.changes(known, line),
                }
            }
            (None, None) => newcomer(line),
        }
    }

    /// What changes of a known account: a value is taken when the marketplace's own moved since the last file. Without an
    /// earlier word of it, this is the first.
    fn changes(&self, known: &KnownAccount, line: &PersonLine) -> Person {
        let (account, id) = (&known.account, known.account.id);
        let moved = |told: &Option<String>, received: &Option<String>, here: &str| {
            told.clone().filter(|told| received.as_ref().is_some_and(|before| before != told) && told != here)
        };
        let email = moved(&line.email, &known.received_email, &account.email);
        let name = moved(&line.name, &known.received_name, &account.name);
        let is_taken = |email: &String| self.by_email.get(email).is_some_and(|at| self.accounts[*at].account.id != id);
        if email.as_ref().is_some_and(is_taken) {
            return Person::Refused("the new address belongs to another account".into());
        }
        let external_id = line.external_id.clone().filter(|_| account.external_id.is_none());
        let was = (known.received_email.clone(), known.received_name.clone());
        let received = (
            line.email.clone().or(was.0.clone()).unwrap_or_else(|| account.email.clone()),
            line.name.clone().or(was.1.clone()).unwrap_or_else(|| account.name.clone()),
        );
        let is_same = was == (Some(received.0.clone()), Some(received.1.clone()));
        let changes = Changes { account: account.clone(), external_id, email, name, received };
        let changes = (!is_same || changes.is_visible()).then(|| Box::new(changes));
        Person::Known { id, changes }
    }
}

fn newcomer(line: &PersonLine) -> Person {
    let (Some(email), Some(name)) = (line.email.clone(), line.name.clone()) else {
        return Person::Refused("a new account needs an address and a name".into());
    };
    // The moment is that of the writing.
    let created_at = chrono::DateTime::UNIX_EPOCH;
    let account = Account::new(AccountId::from_bits(rand::random()), email, name, created_at);
    let preferences = Preferences { language: line.language, time_zone: line.time_zone, ..Preferences::default() };
    Person::New(Box::new(Account { external_id: line.external_id.clone(), preferences, ..account }))
}
