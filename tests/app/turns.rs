//! Turns: heavy work runs a few at a time and is counted until it ends, and other requests do not wait for it.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::sync::atomic::{AtomicI64, AtomicUsize, Ordering};
use std::sync::{Mutex, mpsc};
use std::thread::{self, sleep};
use std::time::{Duration, Instant};

use oplossingscentrum::domain::AccountId;
use oplossingscentrum::domain::Language::Nl;
use oplossingscentrum::store::Error;
use oplossingscentrum::turns::{Busy, Caller, HEAVY_AT_ONCE, HEAVY_FOR_KNOWN, Reader, SEARCHES_AT_ONCE, Sender};
use socket2::SockRef;

use crate::page::Page;
use crate::passwords::{NEW, link_for};
use crate::people::Browser;
use crate::world::{PASSWORD, World};

/// The number of an account that does not exist, another each time.
fn next() -> i64 {
    static NEXT: AtomicI64 = AtomicI64::new(1);
    -NEXT.fetch_add(1, Ordering::Relaxed)
}

/// How many sign-ins hang up.
const HUNG_UP: usize = 36;
/// How long a test waits for an event that always comes.
const SOON: Duration = Duration::from_secs(60);

/// Takes these turns at once, or fails.
fn takes<T>(turns: impl Iterator<Item = impl Future<Output = Result<T, Busy>>>) -> Vec<T> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
    turns.map(|turn| runtime.block_on(turn).expect("a turn is free")).collect()
}

#[track_caller]
fn wait_until(what: &str, is_so: impl Fn() -> bool) {
    let until = Instant::now() + SOON;
    while !is_so() {
        assert!(Instant::now() < until, "{what}");
        sleep(Duration::from_millis(1));
    }
}

/// Checks that a page says that it is too busy, and when to come back.
#[track_caller]
fn is_busy(page: &Page) {
    assert_eq!((page.status, page.header("retry-after")), (503, "10"), "{}: {}", page.path, page.main());
    assert_eq!(page.h1(), Nl.words().error_busy(), "{}", page.path);
}

impl Browser {
    /// A request as bytes, with this browser's cookies.
    fn written(&self, head: &str, headers: &str, body: &str) -> String {
        let [(_, origin), (_, site)] = self.own_headers();
        let host = origin.split_once("://").map_or("x", |(_, host)| host);
        format!(
            "{head} HTTP/1.1\r\nhost: {host}\r\norigin: {origin}\r\nsec-fetch-site: {site}\r\ncookie: {}\r\n{headers}\r\n{body}",
            self.cookies()
        )
    }

    /// Sends these bytes, a request or its beginning, on a connection of their own.
    fn connects_and_sends(&self, request: &str) -> TcpStream {
        let mut stream = TcpStream::connect(self.address().strip_prefix("http://").unwrap()).unwrap();
        stream.set_read_timeout(Some(SOON)).unwrap();
        stream.write_all(request.as_bytes()).unwrap();
        stream
    }
}

/// The head of the server's answer, and as much of the rest as came with it.
fn says(mut stream: TcpStream) -> String {
    let (mut said, mut more) = (Vec::new(), [0; 4096]);
    while !said.windows(4).any(|end| end == b"\r\n\r\n") {
        let read = stream.read(&mut more).expect("the server answers");
        assert!(read > 0, "the server hung up: {}", String::from_utf8_lossy(&said));
        said.extend_from_slice(&more[..read]);
    }
    String::from_utf8_lossy(&said).into_owned()
}

const IS_FORM: &str = "content-type: application/x-www-form-urlencoded\r\n";

#[test]
fn of_thirty_six_sign_ins_that_are_hung_up_never_more_than_four_hash_at_once() {
    let world = World::new();
    let visitor = world.visitor();
    let token = visitor.csrf_token();
    let heavy = || world.app.turns.running().heavy;
    for nth in 0..HUNG_UP {
        let begun = heavy().begun;
        let body = format!("csrf_token={token}&email=stranger-{nth}%40example.com&password=dit+is+het+niet");
        let headers = format!("{IS_FORM}content-length: {}\r\n", body.len());
        let stream = visitor.connects_and_sends(&visitor.written("POST /sign-in", &headers, &body));
        // When its hash begins, or after a while, when it has to wait for its turn.
        let patience = Instant::now() + Duration::from_millis(25);
        while heavy().begun == begun && Instant::now() < patience {
            thread::yield_now();
        }
        SockRef::from(&stream).set_linger(Some(Duration::ZERO)).unwrap();
    }
    wait_until("the hashes end", || heavy().now == 0);
    let heavy = heavy();
    assert!(heavy.begun > 0 && heavy.most <= HEAVY_AT_ONCE, "{heavy:?}");
}

#[test]
fn everything_that_takes_a_core_waits_for_a_turn_and_says_when_to_come_back() {
    let world = World::new();
    let (customer, freelancer) = world.parties();
    let (forgetful, careful) = (world.somebody("Marit Hoekstra"), world.somebody("Piet Smit"));
    let link = link_for(&world, &forgetful);
    let (visitor, reader) = (world.visitor(), world.visitor());
    let sign_in = visitor.sees("/sign-in").form("/sign-in").fill("email", "niemand@example.com").fill("password", "x");
    let new = careful.sees("/account").form("/account/password").fill("current_password", PASSWORD);
    customer.switches_second_factor_on();
    let elsewhere = customer.elsewhere();
    let page = customer.sees("/account/second-factor");
    let proven = |address: &str| page.form(address).fill("current_password", PASSWORD);
    let forms = [
        (&reader, reader.sees(&link).form(&link).fill("new_password", NEW), 303),
        (&visitor, sign_in, 422),
        (&freelancer.browser, freelancer.second_factor_form().1, 303),
        (&careful.browser, new.fill("new_password", NEW), 303),
        (&elsewhere.browser, elsewhere.gives_password().fill("code", "1-AAAAA-AAAAA"), 422),
        (&customer.browser, proven("/account/second-factor/codes"), 303),
        (&customer.browser, proven("/account/second-factor/off"), 303),
    ];
    // A known device takes a common turn while one is free, and then the reserved one.
    let all = 0..HEAVY_AT_ONCE + HEAVY_FOR_KNOWN;
    let turns = takes(all.map(|_| world.app.turns.heavy(Caller::Known(AccountId(next())))));
    thread::scope(|scope| {
        for (browser, form, _) in &forms {
            scope.spawn(move || is_busy(&form.send(browser)));
        }
    });
    drop(turns);
    for (browser, form, status) in forms {
        form.send(browser).must(status);
    }
}

#[test]
fn two_search_at_once_and_one_person_once_and_whoever_does_not_search_waits_for_nobody() {
    let world = World::new();
    let (customer, freelancer) = world.parties();
    let order = world.order().active();
    let search = format!("/orders?q={order}");
    let all = takes((0..SEARCHES_AT_ONCE).map(|_| world.app.turns.search(Reader::Account(AccountId(next())))));
    thread::scope(|scope| {
        let waits = scope.spawn(|| is_busy(&customer.get(&search)));
        for path in ["/orders", "/orders?filter=open", "/disputes", "/healthz", "/readyz"] {
            customer.sees(path);
        }
        assert!(!waits.is_finished(), "the search waits for its turn, and nothing else does");
    });
    drop(all);
    assert!(customer.sees(&search).links_to(&order.path));
    let own = takes([world.app.turns.search(Reader::Account(customer.id))].into_iter());
    thread::scope(|scope| {
        let waits = scope.spawn(|| is_busy(&customer.get(&search)));
        assert!(freelancer.sees(&search).links_to(&order.path), "somebody else has the other turn");
        assert!(!waits.is_finished());
    });
    drop(own);
    assert!(customer.sees(&search).links_to(&order.path));
    let searches = world.app.turns.running().searches;
    assert_eq!((searches.now, searches.most, searches.begun), (0, 1, 3));
}

#[test]
fn no_thread_that_answers_others_waits_for_a_connection() {
    let world = World::new();
    let customer = world.customer();
    let order = world.order().active();
    let visitor = world.visitor();
    let (free, held) = mpsc::channel::<()>();
    let held = Mutex::new(held);
    let store = &world.app.store;
    let answered = AtomicUsize::new(0);
    let paths = ["/orders", "/disputes", "/notifications", &order.path, "/disputes?view=closed"];
    thread::scope(|scope| {
        // A thread that takes a connection keeps it until it is told otherwise; there are never more than eight.
        let takers: Vec<_> = (0..8)
            .map(|_| {
                let (held, world) = (&held, &world);
                scope.spawn(move || {
                    let _ = world.app.store.snapshot(|_| {
                        let _ = held.lock().unwrap().recv();
                        Ok::<_, Error>(())
                    });
                })
            })
            .collect();
        wait_until("all connections are taken", || store.connections().busy >= 8);
        for path in paths.iter().cycle().take(10) {
            let (customer, answered) = (&customer, &answered);
            scope.spawn(move || {
                assert_eq!(customer.get(path).status, 200, "{path}");
                answered.fetch_add(1, Ordering::SeqCst);
            });
        }
        sleep(Duration::from_millis(200));
        for _ in 0..3 {
            visitor.sees("/healthz");
        }
        assert_eq!(answered.load(Ordering::SeqCst), 0, "everybody else was answered while these waited");
        drop(free);
        for taker in takers {
            taker.join().unwrap();
        }
    });
    assert_eq!(answered.load(Ordering::SeqCst), 10, "and each was answered as soon as there was a connection");
}

#[test]
fn a_new_password_is_judged_only_for_whoever_gave_the_right_one() {
    let world = World::new();
    let customer = world.customer();
    let form = customer.sees("/account").form("/account/password");
    let sent = |current: &str, new: &str| {
        let begun = world.app.turns.running().heavy.begun;
        let answer = form.clone().fill("current_password", current).fill("new_password", new).send(&customer);
        (answer, world.app.turns.running().heavy.begun - begun)
    };
    let current = ("current_password", "Dit is niet je huidige wachtwoord");
    let (answer, begun) = sent("dit is het niet", "wachtwoord1");
    answer.refuses(&[current]);
    assert_eq!(begun, 1, "the hash, and nothing else");
    let (answer, begun) = sent(PASSWORD, "wachtwoord1");
    assert_eq!(answer.refuses(&[("new_password", &Nl.words().new_password_guessable())]).status, 422);
    assert_eq!(begun, 2);
    let (answer, begun) = sent("dit is het niet", "kort");
    answer.refuses(&[("new_password", &Nl.words().new_password_too_short(10)), current]);
    assert_eq!(begun, 1, "its length is told at once, and takes no time");
}

#[test]
fn an_address_that_takes_no_form_reads_nothing_of_what_comes_with_a_request() {
    let world = World::new();
    let customer = world.customer();
    for (head, status) in [
        ("POST /nowhere", "404"),
        ("POST /healthz", "405"),
        ("POST /orders", "405"),
        ("GET /help", "200"),
        ("GET /orders", "200"),
    ] {
        for length in ["content-length: 1073741824\r\n", "content-length: 40\r\n", "transfer-encoding: chunked\r\n"] {
            // Not a byte of the body is sent, and the server does not wait for it.
            let said = says(customer.connects_and_sends(&customer.written(head, &format!("{IS_FORM}{length}"), "")));
            assert_eq!(said.get(9..12), Some(status), "{head} {length}: {said}");
            assert!(said.to_lowercase().contains("\r\nconnection: close\r\n"), "{head} {length}: {said}");
        }
    }
    let stranger =
        "POST /language HTTP/1.1\r\nhost: x\r\norigin: https://elsewhere.example\r\ncontent-length: 9999999\r\n\r\n";
    assert_eq!(says(customer.connects_and_sends(stranger)).get(9..12), Some("403"));
    assert_eq!(world.app.turns.running().body_bytes, 0);
}

#[test]
fn a_form_has_64_kib_and_the_text_of_somebody_who_is_signed_in_is_read_to_128() {
    let world = World::new();
    let customer = world.customer();
    let order = world.order().active();
    let visitor = world.visitor();
    let page = visitor.post("/sign-in", &[("email", "niemand@example.com"), ("password", &"x".repeat(64 * 1024))]);
    page.must(413);
    visitor.post("/sign-in", &[("email", "niemand@example.com"), ("password", &"x".repeat(60 * 1024))]).must(422);
    let form = customer.center_form(&order, "update");
    for length in [60, 100, 130] {
        let form = form.clone().fill("comment", &"x".repeat(length * 1024));
        let answer = form.send(&customer);
        assert_eq!(answer.status, if length == 60 { 422 } else { 413 }, "{length} KiB");
        // A body that is too long ends the connection only while some of it is still to come, which depends on the
        // moment; the test above has one that never comes.
        assert!(length == 130 || answer.header("connection") != "close", "{length} KiB");
        assert!(answer.has_form("/sign-out"), "{length} KiB: it is a page for whoever is signed in");
        assert_eq!(answer.has(&Nl.words().error_too_large()), length != 60);
    }
    // A visitor, and a form without a text, have only the room of a form.
    let declared = |browser: &Browser, path: &str| {
        let head = format!("{IS_FORM}content-length: 100000\r\n");
        says(browser.connects_and_sends(&browser.written(path, &head, ""))).get(9..12).map(ToOwned::to_owned)
    };
    let comments = format!("POST {}/disputes", order.path);
    assert_eq!(declared(&visitor, &comments).as_deref(), Some("413"));
    assert_eq!(declared(&customer, "POST /account").as_deref(), Some("413"));
    assert_eq!(world.app.turns.running().body_bytes, 0, "what was read was given back");
}

#[test]
fn strangers_who_fill_the_room_for_bodies_keep_no_party_from_answering() {
    let world = World::new();
    let customer = world.customer();
    let order = world.order().active();
    let visitor = world.visitor();
    let form = visitor.sees("/sign-in").form("/sign-in").fill("email", "niemand@example.com").fill("password", "x");
    let mut of_strangers = world.app.turns.body(Sender::stranger([127, 0, 0, 1].into()));
    while of_strangers.take(1024).is_ok() {}
    is_busy(&form.send(&visitor));
    customer.asks_for_update(&order, "Hoe staat het?");
    drop(of_strangers);
    form.send(&visitor).must(422);
    // The room of one account ends too, and takes nothing from others.
    let mut own = world.app.turns.body(Sender::Account(customer.id));
    while own.take(1024).is_ok() {}
    is_busy(&customer.comment_form(&order).fill("comment", "Hallo?").send(&customer));
    world.freelancer().gives_update(&order, "Morgen klaar.");
}
