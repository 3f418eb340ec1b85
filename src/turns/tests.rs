use std::future::Future;
use std::pin::pin;
use std::task::{Context, Poll, Waker};

use super::*;

/// Polls a future once, and gives its answer if it is ready.
fn polled<T>(future: impl Future<Output = T>) -> Option<T> {
    match pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(answer) => Some(answer),
        Poll::Pending => None,
    }
}

fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build().unwrap()
}

#[test]
fn four_work_at_once_and_a_known_device_has_a_turn_more() {
    let turns = Turns::default();
    runtime().block_on(async {
        let mut held = Vec::new();
        for _ in 0..HEAVY_AT_ONCE {
            held.push(turns.heavy(Caller::Anyone).await.unwrap());
        }
        assert!(polled(turns.heavy(Caller::Anyone)).is_none(), "a fifth stranger waits");
        let known = turns.heavy(Caller::Known).await.unwrap();
        assert!(polled(turns.heavy(Caller::Known)).is_none(), "that turn is taken");
        assert_eq!(turns.heavy(Caller::Anyone).await.unwrap_err(), Busy, "waiting ends");
        drop(held.pop());
        let waited = turns.heavy(Caller::Known).await.unwrap();
        assert!(polled(turns.heavy(Caller::Anyone)).is_none());
        drop((known, waited));
        assert!(polled(turns.heavy(Caller::Anyone)).is_some(), "what a known device gave back serves anyone");
    });
}

#[test]
fn a_turn_is_given_back_when_its_work_ends_and_not_when_somebody_stops_waiting() {
    let turns = Turns::default();
    runtime().block_on(async {
        let mut held = Vec::new();
        for _ in 0..HEAVY_AT_ONCE {
            held.push(turns.heavy(Caller::Anyone).await.unwrap());
        }
        for _ in 0..100 {
            assert!(polled(turns.heavy(Caller::Anyone)).is_none());
        }
        assert!(polled(turns.heavy(Caller::Anyone)).is_none());
        drop(held.pop());
        assert!(polled(turns.heavy(Caller::Anyone)).is_some());
    });
}

#[test]
fn an_account_searches_once_at_a_time_and_leaves_the_other_turn_to_others() {
    let turns = Turns::default();
    let [one, other, third] = [1, 2, 3].map(AccountId);
    runtime().block_on(async {
        let first = turns.search(one).await.unwrap();
        assert!(polled(turns.search(one)).is_none(), "the same account waits");
        let second = turns.search(other).await.unwrap();
        assert!(polled(turns.search(third)).is_none(), "two search at once");
        drop(first);
        let third = turns.search(third).await.unwrap();
        assert_eq!(turns.search(one).await.unwrap_err(), Busy, "both turns are taken");
        drop((second, third));
        assert!(turns.search(one).await.is_ok());
        assert_eq!(turns.0.searching.len(), 0, "no queue outlives its people");
    });
}

#[test]
fn memory_is_used_again_while_it_is_asked_for_and_one_piece_waits_for_the_next() {
    let turns = Turns::default();
    let pieces = || turns.0.blocks.pieces();
    runtime().block_on(async {
        let mut held = Vec::new();
        for _ in 0..HEAVY_AT_ONCE {
            let mut turn = turns.heavy(Caller::Anyone).await.unwrap();
            turn.run_with_memory(|memory| assert_eq!(memory.len(), 19 * 1024));
            held.push(turn);
        }
        assert_eq!(pieces(), 0);
        let waits = tokio::spawn({
            let turns = turns.clone();
            async move { turns.heavy(Caller::Anyone).await }
        });
        tokio::task::yield_now().await;
        drop((held.pop(), held.pop()));
        assert_eq!(pieces(), 1, "one is expected, the other was freed");
        drop(held);
        assert_eq!(pieces(), 1, "one waits for the next");
        let mut turn = waits.await.unwrap().unwrap();
        turn.run_with_memory(|_| assert_eq!(pieces(), 0));
        turn.run_with_memory(|_| assert_eq!(pieces(), 0, "a turn has one piece"));
        drop(turn);
        assert_eq!(pieces(), 1);
        assert_eq!(turns.running().heavy.most, 1);
    });
}

#[test]
fn all_bodies_together_those_of_strangers_and_those_of_an_account_have_their_bounds() {
    let turns = Turns::default();
    let mut of_strangers = turns.body(Sender::Stranger);
    of_strangers.take(bodies::OF_STRANGERS).unwrap();
    assert_eq!(of_strangers.take(1), Err(Full));
    let mut of_one = turns.body(Sender::Account(AccountId(0)));
    of_one.take(bodies::OF_AN_ACCOUNT).unwrap();
    assert_eq!(turns.body(Sender::Account(AccountId(0))).take(1), Err(Full), "another form of the same account");
    let mut others = Vec::new();
    for account in 1..8 {
        let mut room = turns.body(Sender::Account(AccountId(account)));
        room.take(bodies::OF_AN_ACCOUNT).unwrap();
        others.push(room);
    }
    assert_eq!(turns.running().body_bytes, bodies::TOGETHER);
    assert_eq!(turns.body(Sender::Account(AccountId(8))).take(1), Err(Full), "there is no room at all");
    drop(of_one);
    assert_eq!(turns.body(Sender::Account(AccountId(8))).take(1), Ok(()));
    drop((of_strangers, others));
    assert_eq!(turns.running().body_bytes, 0);
    assert!(turns.0.bodies.is_empty());
}
