use std::future::Future;
use std::net::{IpAddr, Ipv4Addr};
use std::pin::pin;
use std::sync::atomic::{AtomicU32, Ordering};
use std::task::{Context, Poll, Waker};

use super::*;

/// Polls a future once, and gives its answer if it is ready.
fn polled<T>(future: impl Future<Output = T>) -> Option<T> {
    match pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(answer) => Some(answer),
        Poll::Pending => None,
    }
}

/// A stranger at another place each time.
fn stranger() -> Caller {
    Caller::anyone(Ipv4Addr::from_bits(next()).into())
}

/// Another account's known browser each time.
fn known() -> Caller {
    Caller::Known(AccountId(next().into()))
}

fn next() -> u32 {
    static NEXT: AtomicU32 = AtomicU32::new(1);
    NEXT.fetch_add(1, Ordering::Relaxed)
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
            held.push(turns.heavy(stranger()).await.unwrap());
        }
        assert!(polled(turns.heavy(stranger())).is_none(), "a fifth stranger waits");
        let kept = turns.heavy(known()).await.unwrap();
        assert!(polled(turns.heavy(known())).is_none(), "that turn is taken");
        assert_eq!(turns.heavy(stranger()).await.unwrap_err(), Busy, "waiting ends");
        drop(held.pop());
        let waited = turns.heavy(known()).await.unwrap();
        assert!(polled(turns.heavy(stranger())).is_none());
        drop((kept, waited));
        assert!(polled(turns.heavy(stranger())).is_some(), "what a known device gave back serves anyone");
    });
}

#[test]
fn a_turn_is_given_back_when_its_work_ends_and_not_when_somebody_stops_waiting() {
    let turns = Turns::default();
    runtime().block_on(async {
        let mut held = Vec::new();
        for _ in 0..HEAVY_AT_ONCE {
            held.push(turns.heavy(stranger()).await.unwrap());
        }
        for _ in 0..100 {
            assert!(polled(turns.heavy(stranger())).is_none());
        }
        assert!(polled(turns.heavy(stranger())).is_none());
        drop(held.pop());
        assert!(polled(turns.heavy(stranger())).is_some());
    });
}

#[test]
fn an_account_searches_once_at_a_time_and_leaves_the_other_turn_to_others() {
    let turns = Turns::default();
    let [one, other, third] = [1, 2, 3].map(|account| Reader::Account(AccountId(account)));
    runtime().block_on(async {
        let first = turns.search(one.clone()).await.unwrap();
        assert!(polled(turns.search(one.clone())).is_none(), "the same account waits");
        let second = turns.search(other.clone()).await.unwrap();
        assert!(polled(turns.search(third.clone())).is_none(), "two search at once");
        drop(first);
        let third = turns.search(third).await.unwrap();
        assert_eq!(turns.search(one.clone()).await.unwrap_err(), Busy, "both turns are taken");
        drop((second, third));
        assert!(turns.search(one.clone()).await.is_ok());
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
            let mut turn = turns.heavy(stranger()).await.unwrap();
            turn.run_with_memory(|memory| assert_eq!(memory.len(), 19 * 1024));
            held.push(turn);
        }
        assert_eq!(pieces(), 0);
        let waits = tokio::spawn({
            let turns = turns.clone();
            async move { turns.heavy(stranger()).await }
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
    let places = bodies::OF_STRANGERS / bodies::OF_A_PLACE;
    let mut of_strangers = Vec::new();
    for place in 0..u32::try_from(places).unwrap() {
        let address = IpAddr::from(Ipv4Addr::from_bits(place));
        let mut room = turns.body(Sender::stranger(address));
        room.take(bodies::OF_A_PLACE).unwrap();
        assert_eq!(turns.body(Sender::stranger(address)).take(1), Err(Full), "another form from the same place");
        of_strangers.push(room);
    }
    assert_eq!(turns.body(Sender::stranger([255; 4].into())).take(1), Err(Full), "all strangers together");
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
    let mut last = turns.body(Sender::Account(AccountId(8)));
    assert_eq!(last.take(bodies::ALWAYS_OF_AN_ACCOUNT), Ok(()), "an answer always has room");
    assert_eq!(last.take(1), Err(Full), "there is no more room");
    drop(of_one);
    assert_eq!(last.take(1), Ok(()));
    drop(last);
    drop((of_strangers, others));
    assert_eq!(turns.running().body_bytes, 0);
    assert!(turns.0.bodies.is_empty());
}

#[test]
fn a_caller_with_hundreds_of_requests_leaves_a_turn_to_others_and_the_rest_of_them_is_sent_away() {
    let turns = Turns::default();
    runtime().block_on(async {
        for (crowd, other) in [(stranger(), stranger()), (known(), known())] {
            let mut inside = Vec::new();
            for _ in 0..crowd.at_once() {
                inside.push(turns.heavy(crowd).await.unwrap());
            }
            let mut waiting: Vec<_> = (inside.len()..queue::IN_LINE).map(|_| Box::pin(turns.heavy(crowd))).collect();
            for one in &mut waiting {
                assert!(polled(one.as_mut()).is_none(), "it waits behind the others");
            }
            assert_eq!(polled(turns.heavy(crowd)).unwrap().unwrap_err(), Busy, "the line is full");
            assert!(polled(turns.heavy(other)).unwrap().is_ok(), "others have the other turns");
            drop((inside, waiting));
        }
        assert_eq!(turns.0.callers.len(), 0, "no queue outlives its callers");
    });
}

#[test]
fn an_ipv6_network_of_48_bits_is_one_caller_and_one_sender() {
    let at = |address: &str| Caller::anyone(address.parse().unwrap());
    assert_eq!(at("2001:db8:1:2::3"), at("2001:db8:1:ffff::9"));
    assert_ne!(at("2001:db8:1::"), at("2001:db8:2::"));
    assert_eq!(at("::ffff:203.0.113.7"), at("203.0.113.7"));
    assert_ne!(at("203.0.113.7"), at("203.0.113.8"));
}
