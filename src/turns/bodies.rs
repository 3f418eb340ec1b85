//! Room for what people send: limits the bytes of all forms that are being read or answered, together and for each
//! sender.

use std::collections::HashMap;
use std::hash::Hash;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use ipnet::IpNet;

use crate::domain::AccountId;
use crate::domain::accounts::network::widest_network;

/// The limit for all senders together, in bytes (our choice: 128 of the largest forms).
pub const TOGETHER: usize = 16 * 1024 * 1024;
/// The part of it for visitors who are not signed in, in bytes: strangers who send slowly take no room from the answers
/// of a party.
pub const OF_STRANGERS: usize = 8 * 1024 * 1024;
/// The part of that for visitors from one network, in bytes: one stranger cannot take the room of all others.
pub const OF_A_PLACE: usize = 512 * 1024;
/// The part of it for one account, in bytes: one party cannot take the room that the other party's answer needs.
pub const OF_AN_ACCOUNT: usize = 1024 * 1024;

/// The bytes that an account may always send, whatever others send (our choice: the longest text fits twice). So a party's
/// answer always has room.
pub const ALWAYS_OF_AN_ACCOUNT: usize = 16 * 1024;

/// The sender of a form.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sender {
    /// A visitor who is not signed in, from that network: see [`Sender::stranger`].
    Stranger(IpNet),
    /// This account.
    Account(AccountId),
}

impl Sender {
    /// A visitor who is not signed in, from that address: the widest network that one visitor may have counts.
    #[must_use]
    pub fn stranger(address: IpAddr) -> Self {
        Self::Stranger(widest_network(address))
    }
}

/// The error when there is no room for more bytes now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Full;

/// The bytes in use.
#[derive(Debug, Clone, Default)]
pub(super) struct Bodies(Arc<Mutex<Taken>>);

#[derive(Debug, Default)]
struct Taken {
    together: usize,
    of_strangers: usize,
    of_places: HashMap<IpNet, usize>,
    of_accounts: HashMap<AccountId, usize>,
}

impl Bodies {
    pub fn room(&self, sender: Sender) -> BodyRoom {
        BodyRoom { bodies: self.clone(), sender, bytes: 0 }
    }

    pub fn taken(&self) -> usize {
        self.locked().together
    }

    #[cfg(test)]
    pub fn is_empty(&self) -> bool {
        let taken = self.locked();
        (taken.together, taken.of_strangers, taken.of_places.len(), taken.of_accounts.len()) == (0, 0, 0, 0)
    }

    fn locked(&self) -> MutexGuard<'_, Taken> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Taken {
    /// Whether that many more bytes of this sender fit.
    fn has_room(&self, sender: Sender, bytes: usize) -> bool {
        let fits_together = self.together + bytes <= TOGETHER;
        match sender {
            Sender::Stranger(place) => {
                fits_together
                    && self.of_strangers + bytes <= OF_STRANGERS
                    && held(&self.of_places, &place) + bytes <= OF_A_PLACE
            }
            Sender::Account(account) => {
                let more = held(&self.of_accounts, &account) + bytes;
                more <= ALWAYS_OF_AN_ACCOUNT || (fits_together && more <= OF_AN_ACCOUNT)
            }
        }
    }

    fn add(&mut self, sender: Sender, bytes: usize) {
        self.together += bytes;
        match sender {
            Sender::Stranger(place) => {
                self.of_strangers += bytes;
                *self.of_places.entry(place).or_default() += bytes;
            }
            Sender::Account(account) => *self.of_accounts.entry(account).or_default() += bytes,
        }
    }

    fn subtract(&mut self, sender: Sender, bytes: usize) {
        self.together -= bytes;
        match sender {
            Sender::Stranger(place) => {
                self.of_strangers -= bytes;
                give_back(&mut self.of_places, place, bytes);
            }
            Sender::Account(account) => give_back(&mut self.of_accounts, account, bytes),
        }
    }
}

fn held<K: Hash + Eq>(shares: &HashMap<K, usize>, sender: &K) -> usize {
    shares.get(sender).copied().unwrap_or_default()
}

fn give_back<K: Hash + Eq>(shares: &mut HashMap<K, usize>, sender: K, bytes: usize) {
    let left = held(shares, &sender).saturating_sub(bytes);
    if left == 0 {
        shares.remove(&sender);
    } else {
        shares.insert(sender, left);
    }
}

/// The room for the bytes of one body. Dropping it returns them.
#[derive(Debug)]
pub struct BodyRoom {
    bodies: Bodies,
    sender: Sender,
    bytes: usize,
}

impl BodyRoom {
    /// Takes room for that many more bytes.
    ///
    /// # Errors
    ///
    /// When all bodies together, or those of this sender, would exceed their limit.
    pub fn take(&mut self, bytes: usize) -> Result<(), Full> {
        let mut taken = self.bodies.locked();
        if !taken.has_room(self.sender, bytes) {
            return Err(Full);
        }
        taken.add(self.sender, bytes);
        self.bytes += bytes;
        Ok(())
    }
}

impl Drop for BodyRoom {
    fn drop(&mut self) {
        self.bodies.locked().subtract(self.sender, self.bytes);
    }
}
