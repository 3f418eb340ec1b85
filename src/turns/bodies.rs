//! Room for what people send: the bytes of all forms that are being read or answered, together and of each sender.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::domain::AccountId;

/// Bytes of all forms at once (our choice: 128 of the largest forms).
pub const TOGETHER: usize = 16 * 1024 * 1024;
/// Of these for whoever is not signed in: strangers who send slowly take no room from the answers of a party.
pub const OF_STRANGERS: usize = 8 * 1024 * 1024;
/// Of these for one account: nobody takes the room that the other party's answer needs.
pub const OF_AN_ACCOUNT: usize = 1024 * 1024;

/// Who sends something.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sender {
    /// Somebody who is not signed in.
    Stranger,
    /// This account.
    Account(AccountId),
}

/// There is no room for more now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Full;

/// The bytes that are taken.
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
    /// What this sender has taken, and may take.
    fn share(&mut self, sender: Sender) -> (&mut usize, usize) {
        match sender {
            Sender::Stranger => (&mut self.of_strangers, OF_STRANGERS),
            Sender::Account(account) => (self.of_accounts.entry(account).or_default(), OF_AN_ACCOUNT),
        }
    }
}

/// Room for the bytes of one body. Dropping it gives them back.
#[derive(Debug)]
pub struct BodyRoom {
    bodies: Bodies,
    sender: Sender,
    bytes: usize,
}

impl BodyRoom {
    /// Takes room for so many bytes more.
    ///
    /// # Errors
    ///
    /// When all bodies together, or those of this sender, would be more than there is room for.
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
