//! Limits concurrent writes to PostgreSQL, per process and per order. A change waits here without a connection, so that a row
//! that is locked for a minute does not use up the connections that pages need.

use std::collections::{HashMap, HashSet};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use super::error::Error;
use crate::domain::{AccountId, Reference};

/// Most concurrent writes. It is less than the number of connections, so that some are always left for reading.
const WRITERS: usize = 5;
/// Most changes that wait for an order; each occupies a thread. Further changes fail at once.
const MOST_IN_LINE: usize = 64;
/// Most of them by one account (our choice: a quarter). So one party's presses never keep the other party's answer out of the
/// line.
const MOST_OF_AN_ACCOUNT: usize = 16;

/// Turns of one process.
#[derive(Default)]
pub(super) struct Turns {
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Default)]
struct State {
    writers: usize,
    /// Orders that a change of this process works on or tries to lock.
    orders: HashSet<Reference>,
    in_line: HashMap<AccountId, usize>,
}

/// The right to write, until dropped.
pub(super) struct WriteTurn<'a>(&'a Turns);

/// The right to change an order, until dropped.
pub(super) struct OrderTurn<'a>(&'a Turns, Reference);

impl Turns {
    /// Waits until fewer than [`WRITERS`] writes are running, at most `patience`.
    pub fn write(&self, patience: Duration) -> Result<WriteTurn<'_>, Error> {
        let is_full = |state: &mut State| state.writers >= WRITERS;
        let waited = self.changed.wait_timeout_while(self.state(), patience, is_full);
        let (mut state, _) = waited.unwrap_or_else(PoisonError::into_inner);
        if is_full(&mut state) {
            return Err(Error::unavailable("others wrote for too long"));
        }
        state.writers += 1;
        Ok(WriteTurn(self))
    }

    /// Returns a turn if one is free.
    pub fn try_write(&self) -> Option<WriteTurn<'_>> {
        self.write(Duration::ZERO).ok()
    }

    /// Waits until no other change of this process works on that order, at most until `until`. It fails at once when
    /// too many changes wait already.
    pub fn order(&self, (reference, by): (Reference, AccountId), until: Instant) -> Result<OrderTurn<'_>, Error> {
        let is_taken = |state: &mut State| state.orders.contains(&reference);
        let mut state = self.state();
        if is_taken(&mut state) {
            let own = state.in_line.get(&by).copied().unwrap_or_default();
            if own >= MOST_OF_AN_ACCOUNT || state.in_line.values().sum::<usize>() >= MOST_IN_LINE {
                return Err(Error::held("too many changes wait for orders that are held"));
            }
            state.in_line.insert(by, own + 1);
            let patience = until.saturating_duration_since(Instant::now());
            let waited = self.changed.wait_timeout_while(state, patience, is_taken);
            (state, _) = waited.unwrap_or_else(PoisonError::into_inner);
            match state.in_line.get_mut(&by) {
                Some(waiting) if *waiting > 1 => *waiting -= 1,
                _ => drop(state.in_line.remove(&by)),
            }
            if is_taken(&mut state) {
                return Err(Error::held("another change of the same order took too long"));
            }
        }
        state.orders.insert(reference);
        Ok(OrderTurn(self, reference))
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for WriteTurn<'_> {
    fn drop(&mut self) {
        self.0.state().writers -= 1;
        self.0.changed.notify_all();
    }
}

impl Drop for OrderTurn<'_> {
    fn drop(&mut self) {
        self.0.state().orders.remove(&self.1);
        self.0.changed.notify_all();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SOON: Duration = Duration::from_millis(20);

    #[test]
    fn some_connections_are_always_left_for_reading() {
        let turns = Turns::default();
        let mut held: Vec<_> = (0..WRITERS).map(|_| turns.write(SOON).unwrap()).collect();
        assert!(turns.write(SOON).is_err() && turns.try_write().is_none());
        held.pop();
        assert!(turns.try_write().is_some());
        assert!(WRITERS < super::super::CONNECTIONS as usize);
    }

    #[test]
    fn changes_of_one_order_take_turns_and_others_do_not_wait_for_them() {
        let turns = Turns::default();
        let order = |bits| (Reference::from_bits(bits), AccountId(1));
        let soon = || Instant::now() + SOON;
        let first = turns.order(order(1), soon()).unwrap();
        assert!(turns.order(order(1), soon()).is_err());
        let _other = turns.order(order(2), soon()).unwrap();
        std::thread::scope(|scope| {
            let later = Instant::now() + Duration::from_secs(10);
            let (turns, first_order) = (&turns, order(1));
            let next = scope.spawn(move || turns.order(first_order, later).is_ok());
            while turns.state().in_line.is_empty() {
                std::thread::yield_now();
            }
            drop(first);
            assert!(next.join().unwrap());
        });
        assert_eq!(turns.state().orders.len(), 1);
    }

    #[test]
    fn a_crowd_before_one_order_is_sent_away_before_it_takes_every_thread() {
        let turns = Turns::default();
        let order = |account| (Reference::from_bits(1), AccountId(account));
        let _first = turns.order(order(1), Instant::now()).unwrap();
        turns.state().in_line.insert(AccountId(2), MOST_IN_LINE);
        let begun = Instant::now();
        assert!(turns.order(order(1), begun + Duration::from_secs(60)).is_err());
        assert!(begun.elapsed() < Duration::from_secs(30), "it did not wait");
    }

    #[test]
    fn one_partys_presses_leave_room_in_the_line_for_the_others_answer() {
        let turns = Turns::default();
        let order = |account| (Reference::from_bits(1), AccountId(account));
        let first = turns.order(order(1), Instant::now()).unwrap();
        turns.state().in_line.insert(AccountId(1), MOST_OF_AN_ACCOUNT);
        let until = Instant::now() + Duration::from_secs(60);
        assert!(turns.order(order(1), until).is_err(), "its next change does not wait");
        std::thread::scope(|scope| {
            let turns = &turns;
            let answer = scope.spawn(move || turns.order(order(2), until).is_ok());
            while !turns.state().in_line.contains_key(&AccountId(2)) {
                std::thread::yield_now();
            }
            drop(first);
            assert!(answer.join().unwrap());
        });
        assert_eq!(turns.state().in_line.get(&AccountId(2)), None);
    }
}
