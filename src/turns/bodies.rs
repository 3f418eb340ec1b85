//! Room for what people send: limits the bytes of all forms that are being read or answered, together and for each
//! sender.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::domain::AccountId;

/// The limit for all senders together, in bytes (our choice: 128 of the largest forms).
pub const TOGETHER: usize = 16 * 1024 * 1024;
/// The part of it for visitors who are not signed in, in bytes: strangers who send slowly take no room from the answers
/// of a party.
pub const OF_STRANGERS: usize = 8 * 1024 * 1024;
/// The part of it for one account, in bytes: one party cannot take the room that the other party's answer needs.
pub const OF_AN_ACCOUNT: usize = 1024 * 1024;

/// The sender of a form.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sender {
    /// A visitor who is not signed in.
    Stranger,
    /// This account.
    Account(AccountId),
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
        (taken.together, taken.of_strangers, taken.of_accounts.len()) == (0, 0, 0)
    }

    fn locked(&self) -> MutexGuard<'_, Taken> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Taken {
    /// The bytes that this sender uses, and its limit.
    fn share(&mut self, sender: Sender) -> (&mut usize, usize) {
        match sender {
            Sender::Stranger => (&mut self.of_strangers, OF_STRANGERS),
            Sender::Account(account) => (self.of_accounts.entry(account).or_default(), OF_AN_ACCOUNT),
        }
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
        if taken.together + bytes > TOGETHER {
            return Err(Full);
        }
        let (share, most) = taken.share(self.sender);
        if *share + bytes > most {
            return Err(Full);
        }
        *share += bytes;
        taken.together += bytes;
        self.bytes += bytes;
        Ok(())
    }
}

impl Drop for BodyRoom {
    fn drop(&mut self) {
        let mut taken = self.bodies.locked();
        taken.together -= self.bytes;
        let (share, _) = taken.share(self.sender);
        *share -= self.bytes;
        if let (Sender::Account(account), 0) = (self.sender, *share) {
            taken.of_accounts.remove(&account);
        }
    }
}
