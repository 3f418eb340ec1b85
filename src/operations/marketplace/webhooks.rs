//! Endpoints of the marketplace: the operator adds, pauses and removes them, and sees what became of deliveries. Only the command
//! line does that: the program asks for no address that was typed on a page or sent to the interface.

use chrono::{DateTime, TimeDelta, Utc};

use crate::domain::ExternalId;
use crate::domain::marketplace::endpoint::{Endpoint, PauseCause};
use crate::domain::orders::outside_view::ToldKind;
use crate::operations::marketplace::{NAME_CHARS, feed, is_name};
use crate::secret::Secret;
use crate::store::marketplace::deliveries::{self, Again, Line, LogQuery, Told};
use crate::store::marketplace::endpoints;
use crate::store::{Db, Error, Store, orders};

/// The most endpoints (our choice: each entry is written once for each).
const MOST_ENDPOINTS: usize = 20;
/// The most lines that the log shows.
const LINES: i64 = 200;
/// Entries that are told once more in one transaction.
const REPLAYED_AT_ONCE: usize = 500;

/// Why nothing was done.
#[derive(Debug, thiserror::Error)]
pub enum NoEndpoint {
    /// Another endpoint has the name.
    #[error("an endpoint with this name is there already")]
    Taken,
    /// There are enough.
    #[error("there are {MOST_ENDPOINTS} endpoints, which is the most")]
    TooMany,
    /// No endpoint has the name.
    #[error("there is no endpoint with this name")]
    Missing,
    /// The name cannot be used.
    #[error("the name of an endpoint has 1 to {NAME_CHARS} characters out of a to z, 0 to 9, - and _")]
    Name,
    /// The secret was hidden with another key.
    #[error("its secret was hidden with another --secret-key")]
    Key,
    /// There is no such entry.
    #[error("there is no such entry any more")]
    NoEntry,
    /// The database failed.
    #[error(transparent)]
    Store(#[from] Error),
}

fn purpose(id: &str) -> String {
    format!("webhook.{id}")
}

fn named(db: &mut Db, name: &str) -> Result<Endpoint, NoEndpoint> {
    endpoints::list(db)?.into_iter().find(|endpoint| endpoint.name == name).ok_or(NoEndpoint::Missing)
}

/// Adds an endpoint, which is told of everything from now on. `signing` is its secret, which is shown to the operator and
/// stored hidden with `key`.
///
/// # Errors
///
/// See [`NoEndpoint`].
pub fn add(
    store: &Store,
    key: &Secret,
    (name, url): (&str, &str),
    kinds: &[ToldKind],
    signing: &str,
    now: DateTime<Utc>,
) -> Result<(), NoEndpoint> {
    if !is_name(name) {
        return Err(NoEndpoint::Name);
    }
    let id = format!("{:032x}", rand::random::<u128>());
    let endpoint = Endpoint {
        hidden_secret: key.hide_marked(&purpose(&id), signing),
        id,
        name: name.to_owned(),
        url: url.to_owned(),
        kinds: kinds.to_vec(),
        old_secret: None,
        created_at: now,
        paused: None,
        failing_since: None,
        rests_until: None,
    };
    store.write(|db| {
        let known = endpoints::list(db)?;
        if known.iter().any(|known| known.name == name) {
            return Err(NoEndpoint::Taken);
        }
        if known.len() >= MOST_ENDPOINTS {
            return Err(NoEndpoint::TooMany);
        }
        Ok(endpoints::insert(db, &endpoint)?)
    })
}

/// All endpoints, by name.
pub fn list(store: &Store) -> Result<Vec<Endpoint>, Error> {
    store.read(endpoints::list)
}

/// The endpoint with that name.
///
/// # Errors
///
/// See [`NoEndpoint`].
pub fn find(store: &Store, name: &str) -> Result<Endpoint, NoEndpoint> {
    store.read(|db| named(db, name))
}

/// What signs a delivery at that moment (of the wall clock): the secret, and the one before while it is rotated.
///
/// # Errors
///
/// When a secret was hidden with another key.
pub fn signing_secrets(key: &Secret, endpoint: &Endpoint, wall: DateTime<Utc>) -> Result<Vec<String>, NoEndpoint> {
    let old = endpoint.old_secret.as_ref().filter(|(_, until)| wall < *until).map(|(hidden, _)| hidden);
    let hidden = [Some(&endpoint.hidden_secret), old].into_iter().flatten();
    let reveal = |hidden: &String| key.reveal_marked(&purpose(&endpoint.id), hidden).ok_or(NoEndpoint::Key);
    hidden.map(reveal).collect()
}

/// Gives an endpoint a new secret. The old one signs too for `overlap`.
///
/// # Errors
///
/// See [`NoEndpoint`].
pub fn rotate(
    store: &Store,
    key: &Secret,
    name: &str,
    signing: &str,
    (wall, overlap): (DateTime<Utc>, TimeDelta),
) -> Result<(), NoEndpoint> {
    store.write(|db| {
        let endpoint = named(db, name)?;
        let hidden = key.hide_marked(&purpose(&endpoint.id), signing);
        let old = (endpoint.hidden_secret.as_str(), wall + overlap);
        Ok(endpoints::set_secrets(db, &endpoint.id, &endpoint.hidden_secret, (&hidden, Some(old)))?)
    })
}

/// Pauses an endpoint: what it is to be told waits.
///
/// # Errors
///
/// See [`NoEndpoint`].
pub fn pause(store: &Store, name: &str, now: DateTime<Utc>) -> Result<(), NoEndpoint> {
    store.write(|db| {
        let endpoint = named(db, name)?;
        Ok(endpoints::pause(db, &endpoint.id, PauseCause::Operator, now)?)
    })
}

/// Lets an endpoint go on with all that waits, which counts as due from now on.
///
/// # Errors
///
/// See [`NoEndpoint`].
pub fn resume(store: &Store, name: &str, now: DateTime<Utc>) -> Result<(), NoEndpoint> {
    store.write(|db| {
        let endpoint = named(db, name)?;
        endpoints::resume(db, &endpoint.id)?;
        Ok(deliveries::flush(db, &endpoint.id, now, true)?)
    })
}

/// Removes an endpoint with all that waits for it.
///
/// # Errors
///
/// See [`NoEndpoint`].
pub fn remove(store: &Store, name: &str) -> Result<(), NoEndpoint> {
    store.write(|db| {
        let endpoint = named(db, name)?;
        deliveries::forget_of(db, &endpoint.id)?;
        Ok(endpoints::delete(db, &endpoint.id)?)
    })
}

/// Which entries are told once more.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Replay {
    /// Those behind that position.
    After(i64),
    /// Those that were written since that moment.
    Since(DateTime<Utc>),
    /// Those that were given up.
    Failed,
    /// The one with that id.
    Id(String),
}

/// Tells an endpoint once more, with the same ids and bodies. Returns how many entries.
///
/// # Errors
///
/// See [`NoEndpoint`].
pub fn replay(store: &Store, name: &str, which: &Replay, now: DateTime<Utc>) -> Result<usize, NoEndpoint> {
    let endpoint = find(store, name)?;
    if *which == Replay::Failed {
        return Ok(store.write(|db| deliveries::replay(db, &endpoint.id, Again::GivenUp, now))?);
    }
    let (mut after, mut replayed) = (if let Replay::After(position) = which { *position } else { 0 }, 0);
    loop {
        let batch = feed::told(store, after, REPLAYED_AT_ONCE)?;
        let Some(last) = batch.last() else { break };
        after = last.told.position;
        let is_wanted = |entry: &feed::ToldEntry| match which {
            Replay::After(_) | Replay::Failed => endpoint.wants(entry.told.kind),
            Replay::Since(moment) => endpoint.wants(entry.told.kind) && entry.recorded_at >= *moment,
            Replay::Id(id) => entry.id == *id,
        };
        let wanted: Vec<Told> = batch.into_iter().filter(is_wanted).map(|entry| entry.told).collect();
        replayed += wanted.len();
        store.write(|db| deliveries::replay(db, &endpoint.id, Again::Entries(&wanted), now))?;
    }
    if replayed == 0 && matches!(which, Replay::Id(_)) { Err(NoEndpoint::NoEntry) } else { Ok(replayed) }
}

/// The newest deliveries, newest first. `order` is our reference or the marketplace's id.
pub fn log(
    store: &Store,
    failed: bool,
    endpoint: Option<&str>,
    order: Option<&str>,
) -> Result<Vec<(Line, Option<String>)>, Error> {
    store.snapshot(|db| {
        let reference = match order.map(|order| (order, order.parse::<ExternalId>())) {
            Some((_, Ok(id))) => match orders::by_external_id(db, &id)? {
                Some((reference, _)) => Some(reference.to_string()),
                None => order.map(str::to_owned),
            },
            Some((order, Err(_))) => Some(order.to_owned()),
            None => None,
        };
        let query = LogQuery { failed, endpoint: endpoint.map(str::to_owned), reference };
        let lines = deliveries::log(db, &query, LINES)?;
        let with_id = |line: Line| {
            let id = feed::id_of(db, line.position)?;
            Ok((line, id))
        };
        lines.into_iter().map(with_id).collect()
    })
}

/// Hides secrets anew that were hidden with the other key of `key`. Returns how many.
pub fn hide_anew(store: &Store, key: &Secret) -> Result<usize, Error> {
    let mark = format!("{}.", key.mark());
    let mut hidden = 0;
    for endpoint in list(store)? {
        let before = &endpoint.hidden_secret;
        let anew = |hidden: &str| {
            let text = key.reveal_marked(&purpose(&endpoint.id), hidden)?;
            Some(key.hide_marked(&purpose(&endpoint.id), &text))
        };
        let is_ours = |hidden: &str| hidden.starts_with(&mark);
        let old_is_ours = endpoint.old_secret.as_ref().is_none_or(|(hidden, _)| is_ours(hidden));
        if is_ours(before) && old_is_ours {
            continue;
        }
        let Some(secret) = anew(before) else { continue };
        let old = endpoint.old_secret.as_ref().and_then(|(hidden, until)| Some((anew(hidden)?, *until)));
        let old = old.as_ref().map(|(hidden, until)| (hidden.as_str(), *until));
        store.write(|db| endpoints::set_secrets(db, &endpoint.id, before, (&secret, old)))?;
        hidden += 1;
    }
    Ok(hidden)
}
