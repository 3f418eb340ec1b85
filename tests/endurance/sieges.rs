//! Slow, greedy and idle clients: they are disconnected, and other people do not notice.

use std::io::{BufReader, Read, Write};
use std::net::TcpStream;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::{self, sleep};
use std::time::{Duration, Instant};

use oplossingscentrum::domain::{Order, Party};

use crate::cast::Cast;
use crate::cast::signed_in;
use crate::counts::is_long;
use crate::counts::report;
use crate::counts::times;
use crate::database::Database;
use crate::database::succeed;
use crate::server::Recipe;
use crate::server::Server;
use crate::turn;
use crate::wire::Answer;
use crate::wire::Seat;
use crate::wire::Wire;
use crate::wire::read;

/// How many of each kind of slow client.
const SLOW: usize = 50;
const IDLE: usize = 2_000;
const GIBIBYTE: u64 = 1 << 30;
/// How soon slow clients are disconnected: the server's limit, and time for a busy machine.
const GONE_WITHIN: Duration = Duration::from_secs(25);
/// The server's peak memory, in MiB. An unoptimised program has some 50 MiB of its own code in it.
const MOST_MEMORY: u64 = 130;
/// How many people use the server normally meanwhile: together fifty requests a second.
const PEOPLE: usize = 5;
const PAUSE: Duration = Duration::from_millis(100);

#[test]
fn the_slow_the_greedy_and_the_idle_are_sent_away_and_nobody_else_notices() {
    let _turn = turn();
    // This test opens more connections than a process may have files by default, and so does the server.
    let me = std::process::id().to_string();
    succeed(std::process::Command::new("prlimit").args(["--pid", &me, "--nofile=4096:"]));
    let database = Database::sqlite();
    let recipe = Recipe::with(database.address(), &["sh", "-c", "ulimit -S -n 1024; exec \"$0\" \"$@\""]);
    let mut server = recipe.start();
    let cast = Cast::arrive(&database.open());
    let order = cast.place(&database.open(), 1).remove(0);
    let seat = signed_in(server.address, Party::Customer);
    let is_over = AtomicBool::new(false);
    let mut waits: Vec<Duration> = thread::scope(|scope| {
        let (server, order, is_over) = (&server, &order, &is_over);
        let people: Vec<_> =
            (0..PEOPLE).map(|_| scope.spawn(move || goes_about_their_business(server, order, is_over))).collect();
        let ends = Ends(is_over);
        (0..times(1, 10)).for_each(|_| besiege(server, &seat));
        drop(ends);
        people.into_iter().flat_map(|person| person.join().unwrap()).collect()
    });
    server.is_in_good_health();
    let memory = server.most_memory();
    assert!(memory < MOST_MEMORY, "{memory} MiB");
    waits.sort();
    let p99 = waits[waits.len() * 99 / 100];
    // On a busy machine this number says nothing about the program, so only the long run, which has the machine to
    // itself and an optimised program, demands it.
    assert!(!is_long() || p99 < Duration::from_millis(100), "p99 {p99:?}");
    report(format_args!(
        "siege, {} time(s): {SLOW} slow heads, {SLOW} slow second heads and {SLOW} slow bodies sent away, 10,000 headers and \
         bodies of 1 GiB refused, {IDLE} idle connections; meanwhile {} requests of others, all answered, p99 {p99:?}, slowest \
         {:?}; at most {memory} MiB",
        times(1, 10),
        waits.len(),
        waits.last().unwrap()
    ));
}

/// Signals the end, also when the test fails.
struct Ends<'a>(&'a AtomicBool);

impl Drop for Ends<'_> {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

/// Reads an order now and then, and returns how long each request took.
fn goes_about_their_business(server: &Server, order: &Order, is_over: &AtomicBool) -> Vec<Duration> {
    let mut wire = Wire::new(server.address);
    let seat = signed_in(server.address, Party::Freelancer);
    let mut waits = Vec::new();
    while !is_over.load(Ordering::Relaxed) {
        let began = Instant::now();
        wire.get(&format!("/orders/{}", order.reference), &seat).unwrap().must(200);
        waits.push(began.elapsed());
        sleep(PAUSE);
    }
    waits
}

fn besiege(server: &Server, seat: &Seat) {
    let idle: Vec<TcpStream> = (0..IDLE).map(|nth| idles(server, nth % 2 == 0)).collect();
    thread::scope(|scope| {
        let slow = |begins: fn(&Server, &Seat) -> (TcpStream, &'static str), status: &'static [u16]| {
            (0..SLOW).map(move |_| scope.spawn(move || trickles(begins(server, seat), status)))
        };
        let trickling: Vec<_> = slow(|server, _| (server.connect(), HEAD), &[408])
            .chain(slow(|server, _| (idles(server, true), HEAD), &[0, 408]))
            .chain(slow(begins_a_form, &[408]))
            .collect();
        for (request, status) in oversized(server, seat) {
            scope.spawn(move || sends_too_much(server, &request, status));
        }
        refuses_ten_thousand_headers(server);
        for slow in trickling {
            slow.join().unwrap();
        }
    });
    // The idle connections were closed meanwhile.
    for mut stream in idle {
        let mut said = Vec::new();
        stream.read_to_end(&mut said).expect("it was shown out");
    }
}

/// An idle connection, before or after its first request.
fn idles(server: &Server, has_asked: bool) -> TcpStream {
    let mut stream = server.connect();
    if has_asked {
        stream.write_all(b"GET /healthz HTTP/1.1\r\nhost: x\r\n\r\n").unwrap();
        read(&mut BufReader::new(stream.try_clone().unwrap())).unwrap().must(200);
    }
    stream
}

const HEAD: &str = "GET /help HTTP/1.1\r\nhost: x\r\nx-slow: ";

/// The head of a form without its body.
fn begins_a_form(server: &Server, seat: &Seat) -> (TcpStream, &'static str) {
    let form = Wire::new(server.address).written("/language", seat, &[("language", "nl"), ("next", &"x".repeat(900))]);
    let mut stream = server.connect();
    stream.write_all(&form.as_bytes()[..form.find("\r\n\r\n").unwrap() + 4]).unwrap();
    (stream, "csrf_token=")
}

/// Sends a byte now and then until it is disconnected with one of these statuses; 0 means without an answer.
fn trickles((mut stream, beginning): (TcpStream, &'static str), expected: &[u16]) {
    let began = Instant::now();
    stream.write_all(beginning.as_bytes()).unwrap();
    let reader = stream.try_clone().unwrap();
    let answer = thread::spawn(move || read(&mut BufReader::new(reader)).ok());
    while !answer.is_finished() {
        assert!(began.elapsed() < GONE_WITHIN, "{beginning:?} is still there");
        let _ = stream.write_all(b"x");
        sleep(Duration::from_millis(300));
    }
    let status = answer.join().unwrap().map_or(0, |answer| answer.status);
    assert!(expected.contains(&status), "{status} and not {expected:?}");
}

fn refuses_ten_thousand_headers(server: &Server) {
    let mut stream = server.connect();
    let headers: Vec<String> = (0..10_000).map(|nth| format!("x-{nth}: {nth}")).collect();
    let _ = stream.write_all(format!("GET /help HTTP/1.1\r\nhost: x\r\n{}\r\n\r\n", headers.join("\r\n")).as_bytes());
    let answer = read(&mut BufReader::new(stream)).unwrap();
    assert!([400, 431].contains(&answer.status), "{}", answer.head);
    assert_eq!(answer.header("connection"), Some("close"));
}

/// Requests with a body of a gibibyte or without an end, each with the expected status: at addresses that read a form,
/// at others, and from visitors without access.
fn oversized(server: &Server, seat: &Seat) -> Vec<(String, u16)> {
    let head = |path: &str| {
        let written = Wire::new(server.address).written(path, seat, &[]);
        written[..written.find("content-length").unwrap()].to_owned()
    };
    let page = format!("GET /help HTTP/1.1\r\nhost: {}\r\n", server.address);
    let stranger =
        format!("POST /language HTTP/1.1\r\nhost: {}\r\norigin: https://elsewhere.example\r\n", server.address);
    let bodies = [format!("content-length: {GIBIBYTE}\r\n\r\n"), "transfer-encoding: chunked\r\n\r\n".to_owned()];
    let heads = [(head("/language"), 413), (head("/nowhere"), 404), (page, 200), (stranger, 403)];
    heads.iter().flat_map(|(head, status)| bodies.iter().map(move |body| (head.clone() + body, *status))).collect()
}

/// Sends until the server stops reading, and checks the answer. The rest of a gibibyte after the answer may be read and
/// discarded; an endless body may not be read for long.
fn sends_too_much(server: &Server, request: &str, status: u16) {
    let began = Instant::now();
    let mut stream = server.connect();
    stream.write_all(request.as_bytes()).unwrap();
    let reader = stream.try_clone().unwrap();
    let answer = thread::spawn(move || read(&mut BufReader::new(reader)));
    let is_chunked = request.contains("chunked");
    let plain = vec![b'x'; 64 * 1024];
    let chunk = if is_chunked { [b"10000\r\n", &plain[..], b"\r\n"].concat() } else { plain };
    let line = request.lines().next().unwrap_or_default();
    let mut sent = 0;
    while (is_chunked || sent < GIBIBYTE) && stream.write_all(&chunk).is_ok() {
        assert!(began.elapsed() < GONE_WITHIN, "{line}: it is still taken, {} MiB of it", sent >> 20);
        sent += 64 * 1024;
    }
    let answer: Answer = answer.join().unwrap().unwrap();
    assert_eq!(answer.status, status, "{line}");
    assert_eq!(answer.header("connection"), Some("close"), "{line}: {}", answer.head);
}
