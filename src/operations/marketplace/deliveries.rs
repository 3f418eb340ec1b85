//! The deliveries to endpoints: what can be tried now, and what becomes of it.

use chrono::{DateTime, TimeDelta, Utc};

use crate::clock::Times;
use crate::domain::marketplace::endpoint::{Endpoint, PROBED_EVERY, PauseCause, TRIED_FOR};
use crate::store::marketplace::deliveries::{self, Claimed, Next, Tried};
use crate::store::marketplace::endpoints;
use crate::store::{Error, Store};

/// The most deliveries to one endpoint at once, for each server.
const AT_ONCE: usize = 8;
/// How many days a delivery is kept in the log.
const KEPT_DAYS: i64 = 30;

/// A delivery that is to be tried now.
#[derive(Debug, Clone)]
pub struct ToTry {
    /// Where to.
    pub endpoint: Endpoint,
    /// The delivery.
    pub claimed: Claimed,
}

/// Claims what can be tried now, until that moment of the wall clock. `underway` tells how many this server is trying, by endpoint.
pub fn claim(
    store: &Store,
    now: Times,
    until: DateTime<Utc>,
    underway: impl Fn(&str) -> usize,
) -> Result<Vec<ToTry>, Error> {
    let mut claimed = Vec::new();
    for endpoint in store.read(endpoints::list)? {
        let busy = underway(&endpoint.id);
        if endpoint.paused.is_some() || busy >= AT_ONCE {
            continue;
        }
        let positions = if endpoint.is_struggling(now.app) {
            if busy > 0 || endpoint.rests_until.is_some_and(|until| now.app < until) {
                continue;
            }
            let oldest = store.read(|db| deliveries::oldest(db, &endpoint.id, now.wall))?;
            let next = now.app + PROBED_EVERY;
            let is_ours =
                oldest.is_some() && store.write(|db| endpoints::take_probe(db, &endpoint.id, now.app, next))?;
            oldest.filter(|_| is_ours).into_iter().collect()
        } else {
            let free = i64::try_from(AT_ONCE - busy).unwrap_or(1);
            store.read(|db| deliveries::to_send(db, &endpoint.id, (now.app, now.wall), free))?
        };
        for position in positions {
            let ours = store.write(|db| deliveries::claim(db, (&endpoint.id, position), now.wall, until))?;
            claimed.extend(ours.map(|claimed| ToTry { endpoint: endpoint.clone(), claimed }));
        }
    }
    Ok(claimed)
}

/// What a receiver did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Answer {
    /// It took the delivery.
    Took,
    /// It did not; with the wait that it asked for.
    Failed(Option<TimeDelta>),
    /// It said that it is gone for good (410).
    Gone,
}

/// Stores what came of a try. `chance` is 0 to 1.
pub fn settle(store: &Store, claimed: &Claimed, answer: Answer, tried: &Tried<'_>, chance: f64) -> Result<(), Error> {
    let now = tried.at;
    store.write(|db| {
        let Some(endpoint) = endpoints::find(db, &claimed.endpoint)? else { return Ok(()) };
        match answer {
            Answer::Took => {
                if endpoint.failing_since.is_some() {
                    endpoints::set_failing(db, &endpoint.id, None, None)?;
                }
                deliveries::note(db, claimed, tried, Next::Delivered)?;
                if endpoint.is_struggling(now) {
                    deliveries::flush(db, &endpoint.id, now, false)?;
                }
                Ok(())
            }
            Answer::Gone => {
                endpoints::pause(db, &endpoint.id, PauseCause::Gone, now)?;
                deliveries::note(db, claimed, tried, Next::Again(now))
            }
            Answer::Failed(retry_after) => {
                let failing = Endpoint { failing_since: endpoint.failing_since.or(Some(now)), ..endpoint };
                endpoints::set_failing(db, &failing.id, failing.failing_since, failing.rests_until)?;
                let next = failing.next_try((claimed.tries, claimed.due_at), retry_after, chance, now);
                deliveries::note(db, claimed, tried, next.map_or(Next::GivenUp, Next::Again))
            }
        }
    })
}

/// Gives up what was tried long enough, and deletes old lines of the log.
pub fn tidy_up(store: &Store, now: Times) -> Result<(), Error> {
    for endpoint in store.read(endpoints::list)?.iter().filter(|endpoint| endpoint.paused.is_none()) {
        let due_by = now.app - TRIED_FOR;
        store.write(|db| deliveries::give_up(db, &endpoint.id, due_by, (now.app, now.wall)))?;
    }
    store.write(|db| deliveries::forget(db, now.app - TimeDelta::days(KEPT_DAYS)))?;
    Ok(())
}

/// The next moment at which something can be tried.
pub fn next_try(store: &Store, now: DateTime<Utc>) -> Result<Option<DateTime<Utc>>, Error> {
    store.read(|db| deliveries::next_try(db, now))
}
