//! The memory of the program: strangers, people and searches together stay under the bound of the shipped unit, and the
//! program returns what it took.

use std::io::{BufReader, Write as _};
use std::net::TcpStream;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::{self, sleep};
use std::time::{Duration, Instant};

use oplossingscentrum::domain::Party;
use socket2::SockRef;

use crate::cast::{Cast, has_a_real_password, signed_in};
use crate::counts::{is_long, report, times};
use crate::database::Database;
use crate::server::{Recipe, Server};
use crate::turn;
use crate::wire::{Seat, Wire, read};

/// The peak memory while people sign in, in MiB.
const MOST: u64 = 200;
/// The memory that stays in use afterwards, in MiB, without the pages of the program's own file.
const KEPT: u64 = 48;
/// How many sign-ins hang up at once.
const HUNG_UP: usize = 36;
/// How many connections send slowly. A stranger sends as many bytes as allowed before waiting, a signed-in account as
/// many as the largest form.
const SLOW: usize = 100;
const BYTES_OF_STRANGERS: usize = 65_000;
const BYTES: usize = 130_000;
/// The memory for all bodies, in MiB: the 16 of the limit, and the cost of connections and copies.
const MOST_FOR_BODIES: u64 = 48;
/// How many orders the searching person has.
const ORDERS: usize = 60_000;
/// How many connections search at once.
const SEARCHERS: usize = 12;
/// The most measurements of a ratio: other work of this machine differs each time, a real wait is there every time.
const TRIES: usize = 5;

/// `MemoryMax` of the shipped unit, in MiB.
fn memory_max() -> u64 {
    let unit = concat!(env!("CARGO_MANIFEST_DIR"), "/.deploy/oplossingscentrum.service");
    let unit = std::fs::read_to_string(unit).unwrap();
    let set = unit.lines().find_map(|line| line.strip_prefix("MemoryMax=")).expect("the unit has a bound");
    set.strip_suffix('M').expect("it is in MiB").parse().unwrap()
}

/// Waits until the program has finished its work, when its numbers no longer change.
fn is_quiet(server: &Server) {
    let mut before = 0;
    loop {
        let now = server.processor_time();
        if now == before {
            return;
        }
        before = now;
        sleep(Duration::from_millis(300));
    }
}

/// Begins to sign in with an address of its own, and hangs up before the answer: with a reset, as an attacker would.
fn hangs_up(server: &Server, nth: usize) {
    let mut seat = Seat::default();
    let mut wire = Wire::new(server.address);
    seat.keep(&wire.get("/sign-in", &seat).unwrap().must(200));
    let email = format!("stranger-{nth}@example.com");
    let form = wire.written("/sign-in", &seat, &[("email", &email), ("password", "dit is het niet")]);
    let mut stream = server.connect();
    stream.write_all(form.as_bytes()).unwrap();
    sleep(Duration::from_millis(4));
    SockRef::from(&stream).set_linger(Some(Duration::ZERO)).unwrap();
}

#[test]
fn sign_ins_that_are_hung_up_take_no_more_memory_than_four_hashes() {
    let _turn = turn();
    let database = Database::sqlite();
    let server = Recipe::new(&database).start();
    let before = server.most_memory();
    thread::scope(|scope| {
        for nth in 0..HUNG_UP {
            let server = &server;
            scope.spawn(move || hangs_up(server, nth));
        }
    });
    is_quiet(&server);
    let most = server.most_memory();
    report(format_args!("{HUNG_UP} sign-ins hung up at once: {before} MiB before, {most} MiB at most"));
    assert!(most < MOST && most < memory_max(), "{most} MiB");
}

#[test]
fn forty_eight_sign_ins_by_eight_leave_little_behind() {
    let _turn = turn();
    let database = Database::sqlite();
    let server = Recipe::new(&database).start();
    Cast::arrive(&database.open());
    has_a_real_password(&database.open(), Party::Customer);
    for _ in 0..times(1, 10) {
        thread::scope(|scope| {
            for _ in 0..8 {
                let server = &server;
                scope.spawn(move || (0..6).for_each(|_| drop(signed_in(server.address, Party::Customer))));
            }
        });
    }
    is_quiet(&server);
    let (most, kept) = (server.most_memory(), server.own_memory());
    report(format_args!("48 sign-ins by 8 at a time: {most} MiB at most, {kept} MiB of its own afterwards"));
    assert!(most < MOST && most < memory_max(), "{most} MiB at most");
    assert!(kept < KEPT, "{kept} MiB afterwards");
}

/// Begins to send a form of that many bytes, and leaves out one byte.
fn sends_all_but_a_byte(server: &Server, path: &str, seat: &Seat, bytes: usize) -> TcpStream {
    let form = Wire::new(server.address).written(path, seat, &[("next", &"x".repeat(bytes))]);
    let mut stream = server.connect();
    // A refused body is not read to its end.
    let _ = stream.write_all(&form.as_bytes()[..form.len() - 1]);
    stream
}

#[test]
fn slow_bodies_have_sixteen_mebibytes_together_and_keep_no_party_from_answering() {
    let _turn = turn();
    let database = Database::sqlite();
    let server = Recipe::new(&database).start();
    let cast = Cast::arrive(&database.open());
    let order = cast.place(&database.open(), 1).remove(0);
    let (slow, other) = (signed_in(server.address, Party::Customer), signed_in(server.address, Party::Freelancer));
    let mut stranger = Seat::default();
    stranger.keep(&Wire::new(server.address).get("/sign-in", &stranger).unwrap());
    let before = server.most_memory();
    let text = format!("/orders/{}/disputes", order.reference);
    let streams: Vec<TcpStream> = (0..SLOW)
        .flat_map(|_| {
            let of_stranger = sends_all_but_a_byte(&server, "/sign-in", &stranger, BYTES_OF_STRANGERS);
            [of_stranger, sends_all_but_a_byte(&server, &text, &slow, BYTES)]
        })
        .collect();
    let form = [("kind", "cancellation"), ("reason", "personal"), ("comment", "Het lukt niet.")];
    Wire::new(server.address).post(&text, &other, &form).unwrap().must(303);
    let mut statuses = std::collections::BTreeMap::<u16, usize>::new();
    for stream in streams {
        let answer = read(&mut BufReader::new(stream)).unwrap();
        assert!(answer.status != 503 || answer.header("retry-after").is_some(), "{}", answer.head);
        assert_eq!(answer.header("connection"), Some("close"), "{}", answer.head);
        *statuses.entry(answer.status).or_default() += 1;
    }
    let most = server.most_memory();
    report(format_args!("{} slow bodies: {statuses:?}, {before} MiB before, {most} MiB at most", 2 * SLOW));
    assert!(statuses.keys().eq(&[408, 503]), "{statuses:?}");
    assert!(most - before < MOST_FOR_BODIES && most < memory_max(), "{before} MiB before, {most} MiB at most");
}

/// The median time of an address for a person, over many requests.
fn median(wire: &mut Wire, path: &str, seat: &Seat) -> Duration {
    let one = |_| {
        let began = Instant::now();
        wire.get(path, seat).unwrap().must(200);
        began.elapsed()
    };
    let mut taken: Vec<Duration> = (0..times(20, 100)).map(one).collect();
    taken.sort_unstable();
    taken[taken.len() / 2]
}

#[test]
fn beside_twelve_searches_everybody_else_is_answered_as_if_nobody_searched() {
    let _turn = turn();
    let database = Database::sqlite();
    let cast = Cast::arrive(&database.open());
    cast.place(&database.open(), ORDERS);
    let server = Recipe::new(&database).start();
    let (searcher, other) = (signed_in(server.address, Party::Customer), signed_in(server.address, Party::Freelancer));
    let mut wire = Wire::new(server.address);
    let mut measured = || ["/orders", "/healthz"].map(|path| median(&mut wire, path, &other));
    // On a busy machine a ratio says little, so only the long run, which has the machine to itself and an optimised
    // program, demands two. A request that waits for a connection takes a thousand times as long.
    let most = if is_long() { 2.0 } else { 20.0 };
    let mut worst = Vec::new();
    for _ in 0..TRIES {
        let idle = measured();
        let is_over = AtomicBool::new(false);
        let busy = thread::scope(|scope| {
            for _ in 0..SEARCHERS {
                scope.spawn(|| {
                    let mut wire = Wire::new(server.address);
                    while !is_over.load(Ordering::Relaxed) {
                        let status = wire.get("/orders?q=zeppelin", &searcher).unwrap().status;
                        assert!([200, 503].contains(&status), "{status}");
                    }
                });
            }
            sleep(Duration::from_millis(200));
            let busy = measured();
            is_over.store(true, Ordering::Relaxed);
            busy
        });
        let factor = (0..2).map(|at| busy[at].as_secs_f64() / idle[at].as_secs_f64()).fold(0.0, f64::max);
        report(format_args!(
            "list and health while nobody searches {idle:.2?}, beside {SEARCHERS} searches {busy:.2?}"
        ));
        if factor <= most {
            let memory = server.most_memory();
            assert!(memory < MOST && memory < memory_max(), "{memory} MiB");
            return;
        }
        worst.push(factor);
    }
    panic!("{worst:.1?} times as long");
}
