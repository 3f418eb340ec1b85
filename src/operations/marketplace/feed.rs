//! The feed as programs read it: what became of orders, entry by entry, each with its order as it was right after it.

use std::str::FromStr;
use std::time::{Duration, Instant};

use chrono::{DateTime, TimeDelta, Utc};

use crate::domain::orders::outside_view::{OutsideView, ToldKind};
use crate::domain::{EventKind, Reference};
use crate::operations::marketplace::history;
use crate::operations::marketplace::orders::SeenOrder;
use crate::secret::Secret;
use crate::store::marketplace::deliveries::Told as NewlyTold;
use crate::store::marketplace::feed::{self, EntryRow, Sequence};
use crate::store::{Db, Error, Store};

/// How many days an entry is kept.
pub const KEPT_DAYS: i64 = 400;
/// The most entries that are deleted in one transaction, and how long a round may take.
const FORGOTTEN_AT_ONCE: usize = 500;
const FORGETTING: Duration = Duration::from_millis(100);
/// Characters of the seal of a cursor, and of an id: 64 and 128 bits.
const SEAL_DIGITS: usize = 16;
const ID_DIGITS: usize = 32;

/// A place in the feed, behind an entry. Its seal shows that it is of this very feed, and not of one that was restored since.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cursor {
    position: i64,
    seal: String,
}

impl Cursor {
    fn new(sequence: &Sequence, position: i64) -> Self {
        let mut seal = fingerprint(sequence, "cursor", position);
        seal.truncate(SEAL_DIGITS);
        Self { position, seal }
    }
}

impl FromStr for Cursor {
    type Err = ();

    fn from_str(written: &str) -> Result<Self, ()> {
        let (position, seal) = written.split_once('-').ok_or(())?;
        let is_number = !position.is_empty() && position.bytes().all(|byte| byte.is_ascii_digit());
        let is_seal = seal.len() == SEAL_DIGITS && seal.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
        let position = position.parse().ok().filter(|_| is_number && is_seal).ok_or(())?;
        Ok(Self { position, seal: seal.to_owned() })
    }
}

impl std::fmt::Display for Cursor {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}-{}", self.position, self.seal)
    }
}

fn fingerprint(sequence: &Sequence, purpose: &str, position: i64) -> String {
    Secret::new(sequence.seed.as_bytes()).fingerprint(purpose, &position.to_string())
}

/// The id of the entry at a position.
fn id_at(sequence: &Sequence, position: i64) -> String {
    format!("evt_{}", &fingerprint(sequence, "entry", position)[..ID_DIGITS])
}

/// An entry of the feed.
#[derive(Debug, Clone)]
pub struct Entry {
    /// Its own id; it tells nothing.
    pub id: String,
    /// Its place, counted from 1.
    pub position: i64,
    /// Its type.
    pub kind: ToldKind,
    /// When it happened: silence counts from its deadline, however late it is written down.
    pub occurred_at: DateTime<Utc>,
    /// When it was written.
    pub recorded_at: DateTime<Utc>,
    /// Whether a completed order completed by itself.
    pub is_automatic: bool,
    /// The order as it was right after that.
    pub order: SeenOrder,
}

/// Which entries a program wants.
#[derive(Debug, Clone)]
pub struct Query {
    /// Only those behind this place; from the oldest on without it.
    pub after: Option<Cursor>,
    /// The most entries.
    pub limit: usize,
}

/// Some entries, in their order.
#[derive(Debug, Clone)]
pub struct Page {
    /// The entries.
    pub entries: Vec<Entry>,
    /// Where to go on.
    pub next: Cursor,
}

/// What a program gets.
#[derive(Debug, Clone)]
pub enum Read {
    /// These entries.
    Page(Page),
    /// Entries behind its cursor may be gone: they were deleted, or the database was restored.
    TooOld,
}

/// The entries behind a place. When there are none, this is one short statement.
pub fn read(store: &Store, query: &Query) -> Result<Read, Error> {
    let sequence = match store.read(feed::sequence)? {
        Some(sequence) => sequence,
        None => store.write(|db| {
            feed::begin(db)?;
            feed::sequence(db)?.ok_or_else(|| Error::corrupt("feed_sequence"))
        })?,
    };
    let after = match &query.after {
        None => sequence.forgotten,
        Some(cursor) if *cursor != Cursor::new(&sequence, cursor.position) => return Ok(Read::TooOld),
        Some(cursor) if cursor.position < sequence.forgotten => return Ok(Read::TooOld),
        Some(cursor) => cursor.position,
    };
    let (entries, last) = if after < sequence.position {
        store.snapshot(|db| {
            let rows = feed::after(db, after, query.limit)?;
            // Behind the last row, told or left out, so that a reader always goes on.
            let last = rows.last().map_or(after, |row| row.position);
            Ok::<_, Error>((tell(db, &sequence, &rows)?, last))
        })?
    } else {
        (Vec::new(), after)
    };
    Ok(Read::Page(Page { entries, next: Cursor::new(&sequence, last) }))
}

/// The entries with their orders. An entry whose order was deleted since is left out.
fn tell(db: &mut Db, sequence: &Sequence, rows: &[EntryRow]) -> Result<Vec<Entry>, Error> {
    let mut references: Vec<Reference> = rows.iter().map(|row| row.reference).collect();
    references.sort_unstable();
    references.dedup();
    let histories = history::load(db, &references)?;
    let entry = |row: &EntryRow| {
        let history = histories.get(&row.reference)?;
        let event = history.events.iter().find(|event| event.number == row.event)?;
        let (order, view) = OutsideView::right_after(&history.order, &history.disputes, &history.events, row.event);
        let [customer, freelancer] = history.people.clone();
        Some(Entry {
            id: id_at(sequence, row.position),
            position: row.position,
            kind: row.kind,
            occurred_at: row.occurred_at,
            recorded_at: row.recorded_at,
            is_automatic: event.kind == EventKind::Completed,
            // What the marketplace says of an order is its own, and has no history.
            order: SeenOrder { order, view, description: None, customer, freelancer },
        })
    };
    Ok(rows.iter().filter_map(entry).collect())
}

/// The entry at a position, when it and its order are there.
pub fn at(store: &Store, position: i64) -> Result<Option<Entry>, Error> {
    store.snapshot(|db| {
        let Some(sequence) = feed::sequence(db)? else { return Ok(None) };
        let rows = feed::after(db, position - 1, 1)?;
        let rows: Vec<EntryRow> = rows.into_iter().filter(|row| row.position == position).collect();
        Ok(tell(db, &sequence, &rows)?.pop())
    })
}

/// The id of the entry at a position.
pub(in crate::operations) fn id_of(db: &mut Db, position: i64) -> Result<Option<String>, Error> {
    Ok(feed::sequence(db)?.map(|sequence| id_at(&sequence, position)))
}

/// An entry without its order.
#[derive(Debug, Clone)]
pub(in crate::operations) struct ToldEntry {
    pub id: String,
    pub recorded_at: DateTime<Utc>,
    pub told: NewlyTold,
}

/// The entries behind a position without their orders, at most `limit`.
pub(in crate::operations) fn told(store: &Store, after: i64, limit: usize) -> Result<Vec<ToldEntry>, Error> {
    store.snapshot(|db| {
        let Some(sequence) = feed::sequence(db)? else { return Ok(Vec::new()) };
        let entry = |row: EntryRow| ToldEntry {
            id: id_at(&sequence, row.position),
            recorded_at: row.recorded_at,
            told: NewlyTold { position: row.position, reference: row.reference.to_string(), kind: row.kind },
        };
        Ok(feed::after(db, after, limit)?.into_iter().map(entry).collect())
    })
}

/// Deletes entries that were kept long enough, a few at a time.
pub fn forget_old(store: &Store, now: DateTime<Utc>) -> Result<(), Error> {
    let (begun, before) = (Instant::now(), now - TimeDelta::days(KEPT_DAYS));
    while begun.elapsed() < FORGETTING {
        if store.write(|db| feed::forget(db, before, FORGOTTEN_AT_ONCE))? < FORGOTTEN_AT_ONCE {
            break;
        }
    }
    Ok(())
}
