//! Turns limit how much heavy work runs at once.
//!
//! A turn belongs to the work, not to the request. It moves into the closure that does the work, and is returned when
//! that closure ends. A request that is abandoned frees nothing: its work on a blocking thread runs on.
//!
//! [`Turn`] is for work that takes a core, [`SearchTurn`] for reading all of an account's orders, and [`BodyRoom`] for
//! the bytes that people send.

mod blocks;
mod bodies;
mod count;
mod queue;

use std::future::Future;
use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use argon2::Block;
use ipnet::IpNet;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::domain::AccountId;
use crate::domain::accounts::network::widest_network;
use blocks::{Lease, Pool};
use bodies::Bodies;
pub use bodies::{BodyRoom, Full, Sender};
use count::Count;
pub use count::{Figures, Running};
use queue::{Place, Queues};

/// How many pieces of heavy work run at once (our choice: a hash takes a core for 30 ms and 19 MiB).
pub const HEAVY_AT_ONCE: usize = 4;
/// Extra pieces of heavy work, only for [`Caller::Known`]. Strangers who keep all other turns busy cannot lock an owner out.
pub const HEAVY_FOR_KNOWN: usize = 1;
/// How many searches run at once (our choice: each reads all of an account's orders).
pub const SEARCHES_AT_ONCE: usize = 2;
/// How long a request waits for its turn before it is told to try again.
const PATIENCE: Duration = Duration::from_secs(5);

/// The caller that asks for a turn. None takes all turns at the same time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Caller {
    /// Any caller from that network: see [`Caller::anyone`].
    Anyone(IpNet),
    /// A caller that this account knows: a browser that has signed in to it before, a link from its mailbox, or a session.
    Known(AccountId),
}

impl Caller {
    /// A caller from that address: the widest network that one visitor may have counts.
    #[must_use]
    pub fn anyone(address: IpAddr) -> Self {
        Self::Anyone(widest_network(address))
    }

    /// How many turns this caller may have at the same time: an account one, and a place all but one of the common turns.
    fn at_once(self) -> usize {
        match self {
            Self::Anyone(_) => HEAVY_AT_ONCE - 1,
            Self::Known(_) => 1,
        }
    }
}

/// The reader that asks for a turn to search. Each has one search at a time.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Reader {
    /// An account that searches in its orders.
    Account(AccountId),
    /// A program that reads the calendar of that name.
    Calendar(String),
}

/// No turn came free in time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Busy;

/// All turns of this process. Cheap to clone; every clone has the same turns.
#[derive(Debug, Clone, Default)]
pub struct Turns(Arc<Shared>);

#[derive(Debug)]
struct Shared {
    heavy: Arc<Semaphore>,
    for_known: Arc<Semaphore>,
    searches: Arc<Semaphore>,
    callers: Queues<Caller>,
    searching: Queues<Reader>,
    blocks: Arc<Pool>,
    heavy_count: Count,
    search_count: Count,
    bodies: Bodies,
}

impl Default for Shared {
    fn default() -> Self {
        Self {
            heavy: Arc::new(Semaphore::new(HEAVY_AT_ONCE)),
            for_known: Arc::new(Semaphore::new(HEAVY_FOR_KNOWN)),
            searches: Arc::new(Semaphore::new(SEARCHES_AT_ONCE)),
            callers: Queues::default(),
            searching: Queues::default(),
            blocks: Arc::default(),
            heavy_count: Count::default(),
            search_count: Count::default(),
            bodies: Bodies::default(),
        }
    }
}

impl Turns {
    /// Waits for a turn to do work that takes a core.
    pub async fn heavy(&self, caller: Caller) -> Result<Turn, Busy> {
        let (place, permit) = in_time(async {
            let place = self.0.callers.enter(caller, caller.at_once()).await?;
            let anyone = self.0.heavy.clone().acquire_owned();
            let permit = match caller {
                Caller::Anyone(_) => anyone.await,
                Caller::Known(_) => {
                    let kept = self.0.for_known.clone().acquire_owned();
                    tokio::select! {
                        biased;
                        permit = anyone => permit,
                        permit = kept => permit,
                    }
                }
            };
            Ok((place, permit.map_err(|_| Busy)?))
        })
        .await?;
        let blocks = Pool::lease(&self.0.blocks);
        Ok(Turn { blocks, shared: self.0.clone(), _permit: Some(permit), _place: Some(place) })
    }

    /// Waits for a turn to read many of an account's orders. A reader has one turn at a time, so that a person with many
    /// tabs leaves the other turn to others.
    pub async fn search(&self, reader: Reader) -> Result<SearchTurn, Busy> {
        in_time(async {
            let place = self.0.searching.enter(reader, 1).await?;
            let permit = self.0.searches.clone().acquire_owned().await.map_err(|_| Busy)?;
            Ok(SearchTurn { shared: self.0.clone(), _permit: permit, _place: place })
        })
        .await
    }

    /// Begins to count the bytes of one body; see [`BodyRoom::take`].
    #[must_use]
    pub fn body(&self, sender: Sender) -> BodyRoom {
        self.0.bodies.room(sender)
    }

    /// The work that runs now.
    #[must_use]
    pub fn running(&self) -> Running {
        Running {
            heavy: self.0.heavy_count.figures(),
            searches: self.0.search_count.figures(),
            body_bytes: self.0.bodies.taken(),
        }
    }
}

/// Waits at most as long as a request may.
async fn in_time<T>(turn: impl Future<Output = Result<T, Busy>>) -> Result<T, Busy> {
    tokio::time::timeout(PATIENCE, turn).await.map_err(|_| Busy)?
}

/// A turn to do work that takes a core. It includes the memory to hash one password.
#[derive(Debug)]
pub struct Turn {
    // Dropped before the permit, so that the next owner of the permit finds the memory.
    blocks: Lease,
    shared: Arc<Shared>,
    _permit: Option<OwnedSemaphorePermit>,
    _place: Option<Place<Caller>>,
}

impl Turn {
    /// A turn for a program that serves no pages: a command, or the demo while it fills its database.
    #[must_use]
    pub fn alone() -> Self {
        let shared: Arc<Shared> = Arc::default();
        Self { blocks: Pool::lease(&shared.blocks), shared, _permit: None, _place: None }
    }

    /// Runs work that takes a core.
    pub fn run<T>(&mut self, work: impl FnOnce() -> T) -> T {
        let _running = self.shared.heavy_count.begin();
        work()
    }

    /// Runs work that takes a core and the memory of one hash.
    pub fn run_with_memory<T>(&mut self, work: impl FnOnce(&mut [Block]) -> T) -> T {
        let _running = self.shared.heavy_count.begin();
        work(self.blocks.memory())
    }
}

/// A turn to search in an account's orders.
#[derive(Debug)]
pub struct SearchTurn {
    shared: Arc<Shared>,
    _permit: OwnedSemaphorePermit,
    _place: Place<Reader>,
}

impl SearchTurn {
    /// Runs the search.
    pub fn run<T>(&mut self, work: impl FnOnce() -> T) -> T {
        let _running = self.shared.search_count.begin();
        work()
    }
}

#[cfg(test)]
mod tests;
