//! The doctor checks the whole database for impossible states: an order whose history breaks the rules, a stray row, a
//! damaged file. It changes nothing and does not disturb a running program.

use chrono::{DateTime, Utc};

use crate::domain::Dispute;
use crate::domain::audit::chain::{Chain, Fault};
use crate::domain::audit::record::Record;
use crate::domain::marketplace::endpoint::Endpoint;
use crate::secret::mark_of;
use crate::store::accounts::{erased, second_factors};
use crate::store::maintenance::holds::{self, Held};
use crate::store::maintenance::records::{Loaded, Stray};
use crate::store::maintenance::{integrity, records, servers, tables};
use crate::store::marketplace::endpoints;
use crate::store::{Db, Error, Store};

/// Orders per batch: few enough for memory, many enough for few statements.
const BATCH: i64 = 500;
/// The most stray rows reported of each kind.
const MOST_STRAYS: i64 = 1_000;

/// The result of a check.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Findings {
    /// Each table with its number of rows.
    pub tables: Vec<(&'static str, u64)>,
    /// Orders with an outcome of silence that was not written down yet. That is no fault: a running program writes it
    /// within the second.
    pub overdue: u64,
    /// Deliveries that came here without a moment and complete never by themselves before their customer is told. That is
    /// no fault either.
    pub unannounced: u64,
    /// Webhooks to which nothing got through for a day, and since when.
    pub struggling: Vec<(String, DateTime<Utc>)>,
    /// Webhooks that are paused.
    pub paused: Vec<String>,
    /// Secrets of second factors and webhooks that are hidden with another key than the server has that runs; `None` without one.
    pub hidden_otherwise: Option<i64>,
    /// Accounts that were erased. That is no fault.
    pub erased: i64,
    /// Since when all mail is held, if it is. That is no fault: a restored backup begins so.
    pub mail_held_since: Option<DateTime<Utc>>,
    /// Impossible states found.
    pub violations: u64,
}

/// Checks everything in one snapshot of the database, and passes each impossible state to `tell`: one line that starts
/// with its order.
pub fn examine(store: &Store, now: DateTime<Utc>, mut tell: impl FnMut(&str)) -> Result<Findings, Error> {
    store.snapshot(|db| {
        let mut findings = Findings::default();
        let mut tell = |findings: &mut Findings, line: &str| {
            findings.violations += 1;
            tell(line);
        };
        for line in integrity::broken(db)? {
            tell(&mut findings, &format!("database: {line}"));
        }
        for table in tables::TABLES {
            findings.tables.push((table.name, table.count(db)?));
        }
        each_order(db, |Loaded { reference, record, chain }| match record {
            Err(error) => tell(&mut findings, &format!("{reference}: {error}")),
            Ok(record) => {
                findings.unannounced += u64::from(record.order.is_unannounced());
                findings.overdue += u64::from(record.settles_at.is_some_and(|due| due <= now));
                for violation in record.violations() {
                    tell(&mut findings, &format!("{reference}: {violation}"));
                }
                for fault in chain.map_or_else(|_| Vec::new(), |chain| faults(&record, &chain)) {
                    tell(&mut findings, &format!("{reference}: {fault}"));
                }
            }
        })?;
        findings.erased = erased::count(db)?;
        for account in erased::half_erased(db, MOST_STRAYS)? {
            let line = format!(
                "account {}: it is erased, and something of a person or an order that goes on is still there",
                account.0
            );
            tell(&mut findings, &line);
        }
        findings.mail_held_since = holds::since(db, Held::Mail)?;
        if let Some(key) = servers::newest_key(db)? {
            let (mark, endpoints) = (format!("{}.", mark_of(&key)), endpoints::list(db)?);
            let is_other = |endpoint: &&Endpoint| !endpoint.hidden_secret.starts_with(&mark);
            let webhooks = i64::try_from(endpoints.iter().filter(is_other).count()).unwrap_or(i64::MAX);
            let factors = second_factors::count_hidden_otherwise(db, mark_of(&key))?;
            findings.hidden_otherwise = Some(factors + webhooks);
        }
        for endpoint in endpoints::list(db)? {
            if endpoint.paused.is_some() {
                findings.paused.push(endpoint.name);
            } else if let Some(since) = endpoint.failing_since.filter(|_| endpoint.is_struggling(now)) {
                findings.struggling.push((endpoint.name, since));
            }
        }
        for Stray { reference, what } in records::stray_mails(db, MOST_STRAYS)? {
            tell(&mut findings, &format!("{reference}: {what}"));
        }
        Ok(findings)
    })
}

fn each_order(db: &mut Db, mut look: impl FnMut(Loaded)) -> Result<(), Error> {
    let mut after = None;
    loop {
        let batch = records::batch(db, after.as_deref(), BATCH)?;
        let Some(last) = batch.last() else { return Ok(()) };
        after = Some(last.reference.clone());
        batch.into_iter().for_each(&mut look);
    }
}

fn faults(record: &Record, chain: &Chain) -> Vec<Fault> {
    let disputes: Vec<Dispute> = record.disputes.iter().map(|asked| asked.dispute.clone()).collect();
    chain.faults(&record.order, &disputes)
}

/// Checks the chains of all orders alone, in one snapshot: a line for each fault, which starts with its order.
pub fn broken_chains(store: &Store) -> Result<Vec<String>, Error> {
    store.snapshot(|db| {
        let mut broken = Vec::new();
        each_order(db, |Loaded { reference, record, chain }| {
            if let (Ok(record), Ok(chain)) = (record, chain) {
                broken.extend(faults(&record, &chain).iter().map(|fault| format!("{reference}: {fault}")));
            }
        })?;
        Ok(broken)
    })
}
