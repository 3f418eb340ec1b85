//! Imports a marketplace's export, and follows it: what is new is added, and what moved since the last file is changed.
//!
//! Each line is taken or refused by itself, in batches of one transaction each. The rules of what moves are those of
//! [`crate::domain::orders::outside`].

mod people;

use std::collections::HashSet;
use std::io;
use std::path::Path;

use chrono::{DateTime, Utc};

use crate::clock::Times;
use crate::domain::orders::outside::{CannotFollow, Description, Followed, Received};
use crate::domain::{Event, ExternalId, Order, Party, Reference, Status, Step};
use crate::import::{self, OrderLine};
use crate::operations::orders::change::{not_before, record};
use crate::store::orders::{self, descriptions, events, received, retention};
use crate::store::{self, Db, Store};
use people::People;

pub use crate::import::map::Map;
pub use crate::import::problem::told_once;
pub use crate::import::{Code, Contents, Format, Problem, Reading, read_as};

/// Orders per transaction: few enough that a person's change waits only for a moment.
const BATCH: usize = 500;

/// How to import.
#[derive(Debug, Clone, Copy, Default)]
pub struct Options {
    /// Takes nothing when one line is refused.
    pub all_or_nothing: bool,
    /// Writes nothing, and says what would change.
    pub check: bool,
}

/// What an import did.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Summary {
    /// New accounts.
    pub accounts_new: usize,
    /// Accounts with another address or name, or with an id now.
    pub accounts_changed: usize,
    /// New orders.
    pub new: usize,
    /// Orders that changed.
    pub changed: usize,
    /// Orders that are as they were.
    pub same: usize,
    /// Why lines were refused.
    pub refused: Vec<Problem>,
    /// What is worth knowing, and in a check what would change.
    pub notes: Vec<Problem>,
}

impl Summary {
    /// How many lines were refused.
    #[must_use]
    pub fn refused_lines(&self) -> usize {
        self.refused.iter().map(|problem| problem.line).collect::<HashSet<_>>().len()
    }
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

impl ImportError {
    /// The error of the database, where a file cannot be the reason.
    pub(in crate::operations) fn into_store(self) -> store::Error {
        match self {
            Self::Store(error) => error,
            Self::Unreadable(_) | Self::Problems(_) => store::Error::corrupt("a file that there is not"),
        }
    }
}

/// Imports a file of ours, CSV or JSON.
///
/// # Errors
///
/// See [`ImportError`].
pub fn import_file(store: &Store, path: &Path, now: DateTime<Utc>) -> Result<Summary, ImportError> {
    let bytes = std::fs::read(path)?;
    let contents = import::read(&bytes, Format::from_path(path, &bytes), now).map_err(ImportError::Problems)?;
    import(store, &contents, now)
}

/// Imports what a file holds, line by line.
///
/// # Errors
///
/// When the database fails; batches before stay.
pub fn import(store: &Store, contents: &Contents, now: DateTime<Utc>) -> Result<Summary, ImportError> {
    import_with(store, contents, Options::default(), Times { wall: now, app: now })
}

/// Imports what a file holds. New history causes no notifications and no mail; a change of an order that is here already
/// is told to its parties.
///
/// # Errors
///
/// When the database fails, or with `all_or_nothing` when a line is refused; nothing is stored then.
pub fn import_with(store: &Store, contents: &Contents, options: Options, now: Times) -> Result<Summary, ImportError> {
    let mut import = Import { options, now, people: People::new(contents), summary: Summary::default() };
    import.summary.refused.clone_from(&contents.refused);
    import.summary.notes.clone_from(&contents.notes);
    import.refuse_all_for_one()?;
    let size = if options.all_or_nothing { contents.orders.len().max(1) } else { BATCH };
    let batches = contents.orders.chunks(size).map(|lines| (lines, false));
    // People without orders come last.
    for (lines, is_rest) in batches.chain([(&[][..], true)]) {
        if options.check {
            store.snapshot(|db| import.batch(db, lines, is_rest))?;
        } else {
            store.write(|db| import.batch(db, lines, is_rest))?;
        }
    }
    store.signals().relay.notify_one();
    store.signals().delivery.notify_one();
    import.summary.refused.sort_by_key(|problem| problem.line);
    Ok(import.summary)
}

/// Imports one order or one account inside a transaction that holds [`orders::lock_imports`] already.
pub(in crate::operations) fn import_into(db: &mut Db, contents: &Contents, now: Times) -> Result<Summary, ImportError> {
    let options = Options::default();
    let mut import = Import { options, now, people: People::new(contents), summary: Summary::default() };
    import.batch(db, &contents.orders, true)?;
    Ok(import.summary)
}

/// An import in progress.
struct Import<'a> {
    options: Options,
    now: Times,
    people: People<'a>,
    summary: Summary,
}

/// An order of a batch, with what was last received of it.
struct Known {
    order: Order,
    received: Option<Received>,
    steps: Vec<Step>,
    has_new_id: bool,
    has_moved: bool,
    description: Description,
    is_described_anew: bool,
    /// Whether its words are erased: nothing of a line brings them back.
    is_wordless: bool,
}

/// What a batch writes.
#[derive(Default)]
struct Writes {
    orders: Vec<(Order, Vec<Event>)>,
    received: Vec<(Reference, Received)>,
    descriptions: Vec<(Reference, Description)>,
}

impl Import<'_> {
    /// Ends an import of all or nothing when something is refused.
    fn refuse_all_for_one(&mut self) -> Result<(), ImportError> {
        if self.options.all_or_nothing && !self.summary.refused.is_empty() {
            return Err(ImportError::Problems(std::mem::take(&mut self.summary.refused)));
        }
        Ok(())
    }

    fn batch(&mut self, db: &mut Db, lines: &[OrderLine], is_rest: bool) -> Result<(), ImportError> {
        if !self.options.check {
            orders::lock_imports(db)?;
        }
        let wanted = lines.iter().flat_map(|line| [line.customer, line.freelancer]).flatten();
        self.people.load(db, wanted, is_rest)?;
        let mut known = self.load(db, lines)?;
        let mut writes = Writes::default();
        for line in lines {
            let taken = match find(&known, line) {
                Ok(Some(at)) => self.follow(db, &mut known[at], line)?,
                Ok(None) => self.add(db, line, &mut writes)?,
                Err(problem) => Err(vec![problem]),
            };
            if let Err(problems) = taken {
                self.summary.refused.extend(problems);
            }
        }
        if is_rest {
            self.summary.refused.extend(self.people.take_listed());
        }
        self.refuse_all_for_one()?;
        let (added, changed) = self.people.write(db, self.options.check, self.now)?;
        self.summary.accounts_new += added;
        self.summary.accounts_changed += changed;
        if self.options.check { Ok(()) } else { self.write(db, &known, &writes) }
    }

    /// The orders of these lines that are here already, locked.
    fn load(&self, db: &mut Db, lines: &[OrderLine]) -> Result<Vec<Known>, ImportError> {
        let references: Vec<&str> =
            lines.iter().filter_map(|line| line.reference.as_ref()).map(Reference::as_str).collect();
        let ids: Vec<&str> =
            lines.iter().filter_map(|line| line.external_id.as_ref()).map(ExternalId::as_str).collect();
        let mut found = orders::known(db, &references, &ids)?;
        let references: Vec<Reference> = found.iter().map(|order| order.reference).collect();
        if !self.options.check && !references.is_empty() {
            orders::hold_all(db, &references)?;
            // What changed while this waited for a lock is read again.
            let references: Vec<&str> = references.iter().map(Reference::as_str).collect();
            found = orders::known(db, &references, &[])?;
        }
        let mut received = received::of_orders(db, &references)?;
        let mut described = descriptions::of_orders(db, &references)?;
        let wordless = retention::wordless(db, &references)?;
        let known = |order: Order| Known {
            received: received.remove(&order.reference),
            description: described.remove(&order.reference).unwrap_or_default(),
            is_described_anew: false,
            is_wordless: wordless.contains(&order.reference),
            order,
            steps: Vec::new(),
            has_new_id: false,
            has_moved: false,
        };
        Ok(found.into_iter().map(known).collect())
    }

    /// Lets an order that is here already follow its line.
    fn follow(
        &mut self,
        db: &mut Db,
        known: &mut Known,
        line: &OrderLine,
    ) -> Result<Result<(), Vec<Problem>>, ImportError> {
        for (party, told, column) in
            [(Party::Customer, line.customer, "customer"), (Party::Freelancer, line.freelancer, "freelancer")]
        {
            if let Some(person) = told
                && let Err(reason) = self.people.must_be(person, known.order.account(party))
            {
                return Ok(Err(vec![Problem::new(line.line, Some(column), reason).coded(Code::Immutable)]));
            }
        }
        if known.is_wordless {
            self.summary.same += 1;
            return Ok(Ok(()));
        }
        let (mut changed, told) = (self.take_people(line), line.told());
        if known.order.external_id.is_none() && line.external_id.is_some() {
            known.order.external_id.clone_from(&line.external_id);
            (known.has_new_id, changed) = (true, true);
        }
        let description = known.description.with(&line.description);
        if description != known.description && !known.order.status.is_final() {
            if self.options.check {
                let would = format!("{} would be described in another way", known.order.known_as());
                self.summary.notes.push(Problem::new(line.line, None, would));
            }
            (known.description, known.is_described_anew, changed) = (description, true, true);
        }
        // Without an earlier word of the marketplace, this is the first: later ones are compared with it.
        let before = known.received.clone();
        let base = before.clone().unwrap_or_else(|| {
            let order = &known.order;
            let (title, price, placed_at) = (order.title.clone(), order.price, order.placed_at);
            let (delivery_date, status) = (order.delivery_date, order.status_outside());
            Received { title, price, placed_at, delivery_date, status }.with(&told)
        });
        if base.with(&told) != base {
            let now = not_before(events::last_of_order(db, &known.order)?.as_ref(), self.now.app);
            let mut order = known.order.clone();
            let settled = order.settle(now);
            match order.follow(&base, &told, now) {
                Err(problem) => return Ok(Err(vec![cannot_follow(line, problem)])),
                Ok(Followed { received, steps, is_passed_over }) => {
                    self.tell(line, &order, &steps, is_passed_over);
                    changed |= !steps.is_empty();
                    known.steps.extend(settled.into_iter().chain(steps));
                    known.order = order;
                    known.received = Some(received);
                    known.has_moved = true;
                }
            }
        } else if before.is_none() {
            known.received = Some(base);
            known.has_moved = true;
        }
        if changed {
            self.summary.changed += 1;
        } else {
            self.summary.same += 1;
        }
        Ok(Ok(()))
    }

    /// Takes both people of a line; answers whether one of them changes.
    fn take_people(&mut self, line: &OrderLine) -> bool {
        let both = [line.customer, line.freelancer].into_iter().flatten();
        // Both are taken, also when the first one changes.
        both.filter(|person| self.people.take(*person)).count() > 0
    }

    /// Says what is passed over, and in a check what would change. Nothing of a question is in it.
    fn tell(&mut self, line: &OrderLine, order: &Order, steps: &[Step], is_passed_over: bool) {
        if is_passed_over {
            let reason = format!("the order is {} here, so what differs is not taken", order.status.code());
            self.summary.notes.push(Problem::new(line.line, None, reason));
        }
        if self.options.check {
            let would = |step: &Step| {
                Problem::new(line.line, None, format!("{} would be {}", order.known_as(), step.event.kind.code()))
            };
            self.summary.notes.extend(steps.iter().map(would));
        }
    }

    /// Adds a new order with its history.
    fn add(
        &mut self,
        db: &mut Db,
        line: &OrderLine,
        writes: &mut Writes,
    ) -> Result<Result<(), Vec<Problem>>, ImportError> {
        let missing = line.missing();
        let told = line.told();
        let (Some(customer), Some(freelancer), Some(title), Some(price)) =
            (line.customer, line.freelancer, told.title, told.price)
        else {
            return Ok(Err(missing));
        };
        let (Some(placed_at), Some(delivery_date), Some(status)) = (told.placed_at, told.delivery_date, told.status)
        else {
            return Ok(Err(missing));
        };
        let parties = [(customer, "customer"), (freelancer, "freelancer")];
        let parties = parties.map(|(person, column)| {
            self.people.account(person).map_err(|reason| Problem::new(line.line, Some(column), reason))
        });
        let (customer, freelancer) = match parties {
            [Ok(customer), Ok(freelancer)] if customer == freelancer => {
                let reason = "one person is both customer and freelancer".to_owned();
                return Ok(Err(vec![Problem::new(line.line, None, reason)]));
            }
            [Ok(customer), Ok(freelancer)] => (customer, freelancer),
            parties => return Ok(Err(parties.into_iter().filter_map(Result::err).collect())),
        };
        self.take_people(line);
        let reference = match line.reference {
            Some(reference) => reference,
            None => mint(db)?,
        };
        let received = Received { title: title.clone(), price, placed_at, delivery_date, status };
        let mut order = Order {
            reference,
            external_id: line.external_id.clone(),
            title,
            customer,
            freelancer,
            placed_at,
            price,
            delivery_date,
            status: Status::Active,
            completes_at: None,
            unannounced_since: None,
            open_dispute: None,
            dispute_count: 0,
            event_count: 0,
        };
        let now = self.now.app;
        let history = match (status, line.status_since) {
            (Status::Delivered, None) => order.import_unannounced(now),
            (status, since) => {
                let history = order.import(status, since.unwrap_or_else(|| now.max(placed_at)));
                history.ok_or_else(|| store::Error::corrupt("orders.status"))?
            }
        };
        writes.orders.push((order, history));
        let description = Description::default().with(&line.description);
        if description != Description::default() {
            writes.descriptions.push((reference, description));
        }
        writes.received.push((reference, received));
        self.summary.new += 1;
        Ok(Ok(()))
    }

    fn write(&self, db: &mut Db, known: &[Known], writes: &Writes) -> Result<(), ImportError> {
        let orders: Vec<Order> = writes.orders.iter().map(|(order, _)| order.clone()).collect();
        orders::insert_all(db, &orders)?;
        let events = writes.orders.iter().flat_map(|(order, history)| history.iter().map(move |e| (order, e)));
        events::append_all(db, &events.collect::<Vec<_>>())?;
        received::insert_all(db, &writes.received)?;
        let anew = known.iter().filter(|known| known.is_described_anew);
        let anew = anew.map(|known| (known.order.reference, &known.description));
        for (reference, said) in writes.descriptions.iter().map(|(reference, said)| (*reference, said)).chain(anew) {
            descriptions::store(db, reference, said)?;
        }
        let happened: Vec<(&Order, &[Step])> = known
            .iter()
            .filter(|known| !known.steps.is_empty())
            .map(|known| (&known.order, &known.steps[..]))
            .collect();
        // One by one: an order may have several steps that end disputes.
        for one in happened {
            record(db, &[one], None, self.now.app)?;
        }
        for known in known.iter().filter(|known| known.has_new_id) {
            orders::set_external_id(db, &known.order)?;
        }
        for (reference, values) in known
            .iter()
            .filter(|known| known.has_moved)
            .filter_map(|known| Some((known.order.reference, known.received.as_ref()?)))
        {
            received::store(db, reference, values)?;
        }
        Ok(())
    }
}

/// The order that a line is about, by the marketplace's id and by our reference.
fn find(known: &[Known], line: &OrderLine) -> Result<Option<usize>, Problem> {
    let refuse = |column, reason: String| Err(Problem::new(line.line, Some(column), reason));
    let by_id =
        known.iter().position(|known| known.order.external_id.is_some() && known.order.external_id == line.external_id);
    let by_reference = known.iter().position(|known| Some(known.order.reference) == line.reference);
    match (by_id, by_reference) {
        (Some(one), Some(other)) if one != other => {
            refuse("external_id", "this is the id of another order than the reference".into())
        }
        (Some(one), None) if line.reference.is_some() => {
            refuse("reference", format!("the order with this external_id is stored as {}", known[one].order.reference))
        }
        (Some(one), _) => Ok(Some(one)),
        (None, Some(other)) => match &known[other].order.external_id {
            Some(id) if line.external_id.is_some() => {
                refuse("external_id", format!("the order with this reference is stored as {id}"))
            }
            _ => Ok(Some(other)),
        },
        (None, None) => Ok(None),
    }
}

fn cannot_follow(line: &OrderLine, problem: CannotFollow) -> Problem {
    match problem {
        CannotFollow::PlacedAt => {
            let reason = "the order was placed at another moment, and its timeline begins there";
            Problem::new(line.line, Some("placed_at"), reason.into()).coded(Code::Immutable)
        }
        CannotFollow::Status(told) => {
            let reason = format!("an order that went on does not become {} again", told.code());
            Problem::new(line.line, Some("status"), reason).coded(Code::WentOn)
        }
    }
}

/// A reference that no order has.
fn mint(db: &mut Db) -> Result<Reference, store::Error> {
    loop {
        let reference = Reference::from_bits(rand::random());
        if !orders::exists(db, reference)? {
            return Ok(reference);
        }
    }
}

#[cfg(test)]
#[path = "import_tests.rs"]
mod tests;
