//! Webhooks: entries of the feed reach the marketplace signed, in order and at least once, and reach nothing else.

use std::collections::{BTreeMap, HashMap};
use std::net::SocketAddr;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use oplossingscentrum::app::App;
use oplossingscentrum::domain::Party;
use oplossingscentrum::domain::marketplace::endpoint::PauseCause;
use oplossingscentrum::domain::marketplace::key::Scope;
use oplossingscentrum::domain::orders::outside_view::ToldKind;
use oplossingscentrum::domain::{Ask, Status, Text};
use oplossingscentrum::operations::Who;
use oplossingscentrum::operations::maintenance::{doctor, servers};
use oplossingscentrum::operations::marketplace::webhooks::{self, Replay};
use oplossingscentrum::operations::orders::actions;
use oplossingscentrum::secret::Secret;
use oplossingscentrum::store::marketplace::deliveries::Line;
use oplossingscentrum::webhook::client::Client;
use oplossingscentrum::webhook::guard::Guard;
use oplossingscentrum::webhook::sign::new_secret;
use oplossingscentrum::worker;
use serde_json::json;
use standardwebhooks::Webhook;
use strum::VariantArray;
use tokio::sync::oneshot;

use crate::builders::Order;
use crate::receiver::{Received, Receiver, Reply};
use crate::soon::soon;
use crate::world::World;

/// The worker for webhooks in its own thread, until it is dropped.
pub struct Ringer {
    stop: Option<oneshot::Sender<()>>,
    thread: Option<std::thread::JoinHandle<()>>,
}

impl Ringer {
    fn new(app: App) -> Self {
        let (stop, stopped) = oneshot::channel::<()>();
        let until = async move { drop(stopped.await) };
        let thread = worker::webhooks::start(app, client(), until).unwrap();
        Self { stop: Some(stop), thread: Some(thread) }
    }
}

impl Drop for Ringer {
    fn drop(&mut self) {
        self.stop.take();
        let ended = self.thread.take().map(std::thread::JoinHandle::join);
        assert!(std::thread::panicking() || ended.is_none_or(|ended| ended.is_ok()), "the worker panicked");
    }
}

/// A client that may reach a receiver of these tests.
fn client() -> Client {
    Client::new(Guard::new(&["127.0.0.1".parse().unwrap()], false)).with_patience(Duration::from_millis(1_500))
}

impl World {
    /// Adds an endpoint, and returns its secret.
    fn rings(&self, name: &str, receiver: &Receiver, kinds: &[ToldKind]) -> String {
        let (secret, key) = (new_secret(), &self.app.settings.secret);
        webhooks::add(&self.app.store, key, (name, &receiver.url), kinds, &secret, self.now()).unwrap();
        secret
    }

    fn ringer(&self) -> Ringer {
        Ringer::new(self.app.clone())
    }

    /// Wakes the worker, also after the clock was moved.
    fn calls(&self) {
        self.relays();
        self.app.store.signals().webhooks.notify_one();
    }

    /// The log of webhooks, newest first.
    fn rung(&self) -> Vec<Line> {
        webhooks::log(&self.app.store, false, None, None).unwrap().into_iter().map(|(line, _)| line).collect()
    }

    /// Lets the freelancer deliver and the customer ask for a revision, by turns.
    fn goes_on(&self, order: &Order, steps: usize) {
        for _ in 0..steps {
            let row = self.row(order);
            let who = |party| Who { account: row.account(party), reference: row.reference };
            if row.status == Status::Delivered {
                let words = Text::parse("Nog iets groter.").unwrap();
                actions::request_revision(&self.app.store, who(Party::Customer), words, self.now()).unwrap();
            } else {
                actions::deliver(&self.app.store, who(Party::Freelancer), None, self.now()).unwrap();
            }
        }
    }
}

/// Whether the official library takes a message.
fn is_verified(secret: &str, received: &Received, body: &str) -> bool {
    let mut headers = reqwest::header::HeaderMap::new();
    for name in ["webhook-id", "webhook-timestamp", "webhook-signature"] {
        headers.insert(name, received.headers[name].parse().unwrap());
    }
    Webhook::new(secret).unwrap().verify(body.as_bytes(), &headers).is_ok()
}

#[test]
fn an_entry_arrives_as_the_feed_has_it_and_the_official_library_takes_it() {
    let world = World::new();
    let (receiver, shop) = (Receiver::new(), world.program(&[Scope::EventsRead]));
    let secret = world.rings("shop", &receiver, &[]);
    let _ringer = world.ringer();
    let order = world.order().active();
    world.goes_on(&order, 1);
    world.calls();
    soon(|| receiver.taken().len() == 1);
    let (first, entry) = (receiver.taken().remove(0), shop.feed().remove(0));
    assert_eq!(first.json(), json!({"type": "order.delivered", "timestamp": entry["occurred_at"], "data": entry}));
    assert_eq!(
        (first.id(), first.headers["content-type"].as_str()),
        (entry["id"].as_str().unwrap(), "application/json")
    );
    assert!(is_verified(&secret, &first, &first.body));
    let flipped = first.body.replace("order.delivered", "order.deliverex");
    assert!(!is_verified(&secret, &first, &flipped), "one letter is another one");
    assert!(!is_verified(&new_secret(), &first, &first.body), "another's secret");
    // While the secret is changed, both sign.
    let (new, key) = (new_secret(), &world.app.settings.secret);
    let wall = world.app.clock.times().wall;
    webhooks::rotate(&world.app.store, key, "shop", &new, (wall, chrono::TimeDelta::hours(24))).unwrap();
    world.goes_on(&order, 2);
    world.calls();
    soon(|| receiver.taken().len() == 3);
    let both = receiver.taken().remove(2);
    assert!(is_verified(&secret, &both, &both.body) && is_verified(&new, &both, &both.body));
    webhooks::rotate(&world.app.store, key, "shop", &new_secret(), (wall, chrono::TimeDelta::zero())).unwrap();
    webhooks::replay(&world.app.store, "shop", &Replay::Id(first.id().to_owned()), world.now()).unwrap();
    world.calls();
    soon(|| receiver.taken().len() == 4);
    let again = receiver.taken().remove(3);
    assert_eq!((again.id(), &again.body), (first.id(), &first.body), "the same once more");
    assert!(!is_verified(&new, &again, &again.body), "the old one has ended");
}

#[test]
fn a_receiver_that_does_not_take_it_is_tried_again_and_what_came_of_it_is_in_the_log() {
    for (reply, outcome) in [
        (Reply::Status(500), "500"),
        (Reply::Status(301), "301"),
        (Reply::Redirect, "302"),
        (Reply::Silence, "timeout"),
        (Reply::Slowly, "timeout"),
        (Reply::Nonsense, "broken"),
    ] {
        let world = World::new();
        let receiver = Receiver::new();
        world.rings("shop", &receiver, &[]);
        receiver.replies(move |_| reply);
        let _ringer = world.ringer();
        world.goes_on(&world.order().active(), 1);
        let begun = Instant::now();
        world.calls();
        soon(|| world.rung()[0].outcome.is_some());
        assert!(begun.elapsed() < Duration::from_secs(10), "{reply:?} holds nobody up");
        let line = world.rung().remove(0);
        assert_eq!((line.outcome.as_deref(), line.tries, line.is_delivered), (Some(outcome), 1, false), "{reply:?}");
        receiver.replies(|_| Reply::Status(200));
        world.calls();
        std::thread::sleep(Duration::from_millis(100));
        assert_eq!(world.rung()[0].tries, 1, "not before its time");
        world.seconds_pass(7);
        world.calls();
        soon(|| world.rung()[0].is_delivered);
        assert_eq!((world.rung()[0].tries, receiver.taken().len()), (2, 1), "{reply:?}");
    }
}

#[test]
fn a_hundred_megabytes_are_thrown_away_unread_and_a_wait_that_is_asked_for_is_kept() {
    let world = World::new();
    let receiver = Receiver::new();
    world.rings("shop", &receiver, &[]);
    receiver.replies(|_| Reply::Huge);
    let _ringer = world.ringer();
    let order = world.order().active();
    world.goes_on(&order, 1);
    world.calls();
    soon(|| world.rung()[0].is_delivered);
    assert!(world.rung()[0].took_ms.unwrap() < 1_400, "{:?}", world.rung());
    receiver.replies(|_| Reply::Wait(3_600));
    world.goes_on(&order, 2);
    world.calls();
    soon(|| world.rung().iter().any(|line| line.outcome.as_deref() == Some("503")));
    receiver.replies(|_| Reply::Status(200));
    world.seconds_pass(3_500);
    world.calls();
    std::thread::sleep(Duration::from_millis(200));
    assert_eq!(receiver.taken().len(), 1, "it asked for an hour");
    world.seconds_pass(200);
    world.calls();
    soon(|| receiver.taken().len() == 3);
}

#[test]
fn a_receiver_that_is_gone_is_paused_and_goes_on_with_everything() {
    let world = World::new();
    let receiver = Receiver::new();
    world.rings("shop", &receiver, &[ToldKind::RevisionRequested]);
    receiver.replies(|_| Reply::Status(410));
    let _ringer = world.ringer();
    let order = world.order().active();
    world.goes_on(&order, 2);
    world.calls();
    let paused = || webhooks::find(&world.app.store, "shop").unwrap().paused.map(|(_, cause)| cause);
    soon(|| paused() == Some(PauseCause::Gone));
    receiver.replies(|_| Reply::Status(200));
    world.goes_on(&order, 2);
    world.days_pass(10);
    world.calls();
    std::thread::sleep(Duration::from_millis(200));
    assert_eq!(receiver.taken().len(), 0);
    let (is_done, said) = world.runs(&["webhook", "resume", "shop"], "");
    assert!(is_done, "{said}");
    world.calls();
    soon(|| receiver.taken().len() == 2);
    let versions: Vec<_> = receiver.taken().iter().map(|one| one.json()["data"]["order"]["version"].clone()).collect();
    assert_eq!(versions, [json!(3), json!(5)], "of its own type, in order");
}

#[test]
fn each_order_is_told_in_order_while_a_third_of_all_tries_fail() {
    const ORDERS: usize = 30;
    const STEPS: usize = 6;
    let world = World::new();
    let receiver = Receiver::new();
    world.rings("shop", &receiver, &[]);
    receiver.replies(|_| if rand::random_bool(0.3) { Reply::Status(500) } else { Reply::Status(200) });
    let orders: Vec<Order> = (0..ORDERS).map(|_| world.order().active()).collect();
    for order in &orders {
        world.goes_on(order, STEPS);
    }
    // Two servers, each with its own connections.
    let _ringers = [world.ringer(), Ringer::new(App { store: world.another_store(), ..world.app.clone() })];
    let begun = Instant::now();
    while world.app.store.read(oplossingscentrum::store::marketplace::deliveries::count_waiting).unwrap().0 > 0
        || receiver.taken().is_empty()
    {
        assert!(begun.elapsed() < Duration::from_secs(90), "it takes for ever");
        world.seconds_pass(60);
        world.calls();
        std::thread::sleep(Duration::from_millis(25));
    }
    let mut versions: BTreeMap<String, Vec<i64>> = BTreeMap::new();
    for taken in receiver.taken() {
        let order = &taken.json()["data"]["order"];
        let told = versions.entry(order["reference"].to_string()).or_default();
        let version = order["version"].as_i64().unwrap();
        assert!(told.last().is_none_or(|last| *last <= version), "{told:?} and then {version}");
        if told.last() != Some(&version) {
            told.push(version);
        }
    }
    assert_eq!(versions.len(), ORDERS);
    for (order, told) in versions {
        assert_eq!(told, (2..).take(STEPS).collect::<Vec<i64>>(), "{order}");
    }
    assert!(receiver.received().len() > ORDERS * STEPS, "some failed");
}

#[test]
fn an_endpoint_that_fails_for_a_day_is_probed_until_it_is_back_and_nothing_is_lost_for_75_hours() {
    let world = World::new();
    let receiver = Receiver::new();
    world.rings("shop", &receiver, &[]);
    receiver.replies(|_| Reply::Status(500));
    let _ringer = world.ringer();
    let orders: Vec<Order> = (0..5).map(|_| world.order().active()).collect();
    for order in &orders {
        world.goes_on(order, 1);
    }
    world.calls();
    soon(|| world.rung().iter().all(|line| line.outcome.is_some()));
    assert_eq!(receiver.received().len(), 5);
    world.hours_pass(25);
    world.calls();
    soon(|| receiver.received().len() == 6);
    let mut found = Vec::new();
    let findings = doctor::examine(&world.app.store, world.now(), |line| found.push(line.to_owned())).unwrap();
    assert_eq!((findings.struggling.len(), found.len()), (1, 0), "{findings:?}");
    assert!(world.operator().get("/metrics").html.contains("oplossingscentrum_webhook_oldest_seconds 90"));
    for _ in 0..3 {
        world.calls();
        std::thread::sleep(Duration::from_millis(50));
    }
    assert_eq!(receiver.received().len(), 6, "one probe in a quarter of an hour");
    world.seconds_pass(16 * 60);
    world.calls();
    soon(|| receiver.received().len() == 7);
    receiver.replies(|_| Reply::Status(200));
    world.seconds_pass(16 * 60);
    world.calls();
    soon(|| receiver.taken().len() == 5);
    // Another one is never back.
    receiver.replies(|_| Reply::Status(500));
    world.goes_on(&world.order().active(), 1);
    world.calls();
    soon(|| world.rung()[0].outcome.is_some());
    world.hours_pass(76);
    world.calls();
    soon(|| world.rung()[0].is_given_up);
    receiver.replies(|_| Reply::Status(200));
    assert_eq!(webhooks::replay(&world.app.store, "shop", &Replay::Failed, world.now()).unwrap(), 1);
    world.seconds_pass(16 * 60);
    world.calls();
    soon(|| receiver.taken().len() == 6);
}

/// Spellings of addresses inside, with the port of a receiver that must not be reached.
fn spellings(port: &str) -> Vec<String> {
    let mut hosts: Vec<String> = [
        "127.0.0.1",
        "127.0.0.1.",
        "127.1",
        "127.0.1",
        "127.127.127.127",
        "2130706433",
        "0x7f000001",
        "0x7F.0.0.1",
        "0177.0.0.1",
        "017700000001",
        "0x7f.1",
        "0177.1",
        "127.0x0.0x0.0x1",
        "0",
        "0.0.0.0",
        "0x0",
        "00",
        "localhost",
        "LOCALHOST",
        "localhost.",
        "LocalHost",
        "%6c%6f%63alhost",
        "１２７.0.0.1",
        "127。0。0。1",
        "[::1]",
        "[::]",
        "[0:0:0:0:0:0:0:1]",
        "[::0001]",
        "[::ffff:127.0.0.1]",
        "[::ffff:7f00:1]",
        "[::FFFF:7F00:0001]",
        "[0:0:0:0:0:ffff:7f00:1]",
        "[::127.0.0.1]",
        "[::7f00:1]",
        "[::ffff:0:127.0.0.1]",
        "[64:ff9b::127.0.0.1]",
        "[64:ff9b::7f00:1]",
        "[64:ff9b:1::7f00:1]",
        "[2002:7f00:1::]",
        "[2002:7f00:0001::1]",
        "[2001:0:7f00:1::]",
        "[2001:0:5db8:d822::80ff:fffe]",
        "[2606::5efe:127.0.0.1]",
        "[2606::200:5efe:7f00:1]",
        "[fe80::1]",
        "[febf::1]",
        "[fec0::1]",
        "[ff02::1]",
        "[ff0e::1]",
        "[fd00:ec2::254]",
        "[2001:db8::1]",
        "[3fff::1]",
        "[100::1]",
        "[2001:2::1]",
        "[4000::1]",
    ]
    .map(str::to_owned)
    .into();
    let inside = [
        [169, 254, 169, 254],
        [169, 254, 170, 2],
        [10, 0, 0, 1],
        [172, 16, 0, 1],
        [172, 31, 255, 254],
        [192, 168, 1, 1],
        [100, 64, 0, 1],
        [100, 100, 100, 200],
        [192, 0, 0, 192],
        [198, 18, 0, 1],
        [224, 0, 0, 1],
        [255, 255, 255, 255],
    ];
    for [a, b, c, d] in inside {
        let number = u32::from_be_bytes([a, b, c, d]);
        let (high, low) = (number >> 16, number & 0xffff);
        hosts.extend([
            format!("{a}.{b}.{c}.{d}"),
            format!("{number}"),
            format!("0x{number:08x}"),
            format!("0{a:o}.0{b:o}.0{c:o}.0{d:o}"),
            format!("0x{a:x}.{b}.{}", u32::from(c) * 256 + u32::from(d)),
            format!("[::ffff:{a}.{b}.{c}.{d}]"),
            format!("[::{high:x}:{low:x}]"),
            format!("[64:ff9b::{high:x}:{low:x}]"),
            format!("[2002:{high:x}:{low:x}::1]"),
        ]);
    }
    hosts.into_iter().map(|host| format!("https://{host}:{port}/hook")).collect()
}

/// Finds addresses as a name does that is one thing and then another.
fn changes_its_mind(host: &str, port: u16) -> std::io::Result<Vec<SocketAddr>> {
    static ASKED: AtomicBool = AtomicBool::new(false);
    let inside = || Ok(vec![SocketAddr::from(([127, 0, 0, 1], port))]);
    match host {
        "mixed.example" => {
            Ok(vec![SocketAddr::from(([93, 184, 216, 34], port)), SocketAddr::from(([127, 0, 0, 1], port))])
        }
        // A documentation address, to which nothing is connected here: it is forbidden too.
        "turns.example" if !ASKED.swap(true, Ordering::SeqCst) => Ok(vec![SocketAddr::from(([192, 0, 2, 1], port))]),
        "gone.example" => Err(std::io::Error::other("there is no such name")),
        _ => inside(),
    }
}

#[test]
fn no_spelling_of_an_address_inside_is_ever_connected_to() {
    let receiver = Receiver::new();
    let urls = spellings(receiver.port());
    assert!(urls.len() >= 150, "{}", urls.len());
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let strict = Client::new(Guard::new(&[], false)).with_patience(Duration::from_secs(5));
    let mut refused: HashMap<String, usize> = HashMap::new();
    for url in &urls {
        let attempt = runtime.block_on(strict.post(url, &[], "{}"));
        assert!(
            ["refused-address", "unknown-name"].contains(&attempt.outcome().as_str()),
            "{url}: {}",
            attempt.outcome()
        );
        *refused.entry(attempt.outcome()).or_default() += 1;
        let plain = url.replace("https://", "http://");
        assert_eq!(runtime.block_on(strict.post(&plain, &[], "{}")).outcome(), "refused-address", "{plain}");
    }
    assert!(refused["refused-address"] >= 145, "{refused:?}");
    let named = Guard::new(&[], false).with_lookup(changes_its_mind);
    let named = Client::new(named).with_patience(Duration::from_secs(5));
    for host in ["mixed.example", "turns.example", "turns.example", "inside.example"] {
        let url = format!("https://{host}:{}/hook", receiver.port());
        assert_eq!(runtime.block_on(named.post(&url, &[], "{}")).outcome(), "refused-address", "{host}");
    }
    let gone = runtime.block_on(named.post("https://gone.example/", &[], "{}"));
    assert_eq!(gone.outcome(), "unknown-name");
    assert_eq!(receiver.connections(), 0, "not one connection");
    // What is allowed is reached, and what is no TLS is told.
    let broken = format!("https://127.0.0.1:{}/hook", receiver.port());
    assert_eq!(runtime.block_on(client().post(&broken, &[], "{}")).outcome(), "tls");
    assert_eq!(runtime.block_on(client().post(&receiver.url, &[], "{}")).outcome(), "204");
}

#[test]
fn endpoints_are_kept_by_the_command_line_and_a_secret_is_shown_once() {
    let world = World::new();
    let receiver = Receiver::new();
    let key = ["--secret-key", "q8Zr0w5nVt+Lh2YxkCfD1sJbE7uGmPaO9iNQz3R4/TvKWdXy6HjUcSlIeFgBpMoA1Bx="];
    let runs = |arguments: &[&str]| world.runs(arguments, "");
    let all = |parts: &[&[&str]]| world.runs(&parts.concat(), "");
    let add = |url: &str, more: &[&str]| all(&[&["webhook", "add", url, "--name", "shop"], &key, more]);
    for refused in ["http://shop.example/", "https://10.0.0.1/", "https://u:p@shop.example/", "shop"] {
        assert!(!add(refused, &[]).0, "{refused}");
    }
    let allow = ["--webhook-allow", "127.0.0.1"];
    let types = ["--webhook-allow", "127.0.0.1", "--types", "order.completed,order.cancelled"];
    let own = Secret::new(&[7; 64]);
    servers::beat(&world.app.store, &servers::this_server(&own), world.app.clock.times().wall).unwrap();
    let (is_added, said) = add(&receiver.url, &allow);
    assert!(!is_added && said.contains("run with another --secret-key"), "{said}");
    world.sql("DELETE FROM servers").unwrap();
    let (is_added, secret) = add(&receiver.url, &types);
    assert!(is_added && secret.starts_with("whsec_"), "{secret}");
    assert!(!add(&receiver.url, &allow).0, "there is one with the name");
    let (_, listed) = runs(&["webhook", "list"]);
    assert!(
        listed.contains("shop") && listed.contains("order.cancelled") && !listed.contains(secret.trim()),
        "{listed}"
    );
    let (is_taken, said) = all(&[&["webhook", "ping", "shop"], &key, &allow]);
    assert!(is_taken && said.contains("204"), "{said}");
    let ping = receiver.taken().remove(0);
    assert_eq!(ping.json()["type"], json!("ping"));
    assert!(is_verified(secret.trim(), &ping, &ping.body));
    let (is_rotated, new) = all(&[&["webhook", "rotate", "shop"], &key]);
    assert!(is_rotated && new.starts_with("whsec_") && new != secret);
    assert!(runs(&["webhook", "pause", "shop"]).0 && runs(&["webhook", "list"]).1.contains("paused"));
    assert!(runs(&["webhook", "resume", "shop"]).0);
    let order = world.order().delivered();
    world.signed_in("klant@example.com").approves(&order);
    world.relays();
    let (_, log) = runs(&["webhook", "log", "--order", order.reference.as_str()]);
    assert!(log.contains("evt_") && log.contains("not tried") && log.lines().count() == 1, "{log}");
    let (_, said) = runs(&["webhook", "replay", "shop", "--after", "0"]);
    assert!(said.contains("1 entries"), "{said}");
    assert!(!runs(&["webhook", "replay", "shop", "--id", "evt_none"]).0);
    assert!(!runs(&["webhook", "replay", "shop"]).0, "which ones");
    assert!(runs(&["webhook", "remove", "shop"]).0 && runs(&["webhook", "list"]).1.is_empty());
    assert!(!runs(&["webhook", "remove", "shop"]).0);
}

#[test]
fn a_restored_copy_rings_nobody_until_the_operator_says_so() {
    let world = World::new();
    let receiver = Receiver::new();
    world.rings("shop", &receiver, &[]);
    world.goes_on(&world.order().active(), 1);
    world.relays();
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("backup.db");
    let file = file.to_str().unwrap();
    assert!(world.runs(&["backup", file], "").0);
    let copy = world.another_database(world.is_postgres());
    let said = crate::program::runs(&["restore", file, "--database", &copy.address()]).well();
    assert!(said.contains("Webhooks are paused"), "{said}");
    let store = oplossingscentrum::store::Store::open(&copy.target).unwrap();
    let ringer = Ringer::new(App { store: store.clone(), ..world.app.clone() });
    std::thread::sleep(Duration::from_millis(500));
    assert_eq!(receiver.connections(), 0);
    webhooks::resume(&store, "shop", world.now()).unwrap();
    store.signals().webhooks.notify_one();
    soon(|| receiver.taken().len() == 1);
    drop(ringer);
}

#[test]
fn a_secret_is_hidden_anew_when_the_key_is_changed() {
    let world = World::new();
    let receiver = Receiver::new();
    let secret = world.rings("shop", &receiver, &[]);
    let store = &world.app.store;
    let both = Secret::new(&[8; 64]).accepting(&[7; 64]);
    servers::beat(store, &servers::this_server(&both), world.app.clock.times().wall).unwrap();
    let need = || doctor::examine(store, world.now(), |line| panic!("{line}")).unwrap().hidden_otherwise;
    assert_eq!(need(), Some(1));
    assert_eq!((webhooks::hide_anew(store, &both).unwrap(), need()), (1, Some(0)));
    assert_eq!(webhooks::hide_anew(store, &both).unwrap(), 0);
    let endpoint = webhooks::find(store, "shop").unwrap();
    let new = Secret::new(&[8; 64]);
    assert_eq!(webhooks::signing_secrets(&new, &endpoint, world.now()).unwrap(), [secret]);
    assert!(webhooks::signing_secrets(&world.app.settings.secret, &endpoint, world.now()).is_err());
}

#[test]
fn what_two_people_ask_each_other_rings_nobody() {
    let world = World::new();
    let receiver = Receiver::new();
    world.rings("shop", &receiver, &[]);
    let _ringer = world.ringer();
    let order = world.order().active();
    let row = world.row(&order);
    let who = |party| Who { account: row.account(party), reference: row.reference };
    let words = || Some(Text::parse("Hoe gaat het?").unwrap());
    let store = &world.app.store;
    let asked = actions::open(store, who(Party::Customer), Ask::Update, words(), "1", world.now()).unwrap();
    actions::comment(store, who(Party::Freelancer), asked.number, words().unwrap(), world.now()).unwrap();
    actions::withdraw(store, who(Party::Customer), asked.number, world.now()).unwrap();
    world.calls();
    std::thread::sleep(Duration::from_millis(300));
    assert_eq!((receiver.connections(), world.rung().len()), (0, 0));
    world.goes_on(&order, 1);
    world.calls();
    soon(|| receiver.taken().len() == 1);
}

#[test]
fn a_demo_shows_what_it_received_and_delivers_it_again() {
    let world = World::demo();
    let url = format!("{}/demo/webhooks/received", world.origin);
    let (store, key) = (&world.app.store, &world.app.settings.secret);
    oplossingscentrum::demo::make_endpoint(store, key, &url, &new_secret(), world.now()).unwrap();
    let _ringer = world.ringer();
    let visitor = world.visitor();
    visitor.sees("/demo/webhooks").shows("Er is nog geen bericht");
    let customer = world.signs_in("klant@example.com", oplossingscentrum::demo::PASSWORD);
    // What is told first is what later values are compared with.
    for title in ["Een titel", "Een andere titel"] {
        world.program(Scope::VARIANTS).put("/orders/DEMO-1001", &json!({"title": title})).must(200);
    }
    world.calls();
    soon(|| customer.get("/demo/webhooks").has("order.changed"));
    let page = customer.sees("/demo/webhooks");
    page.shows("webhook-signature: v1,").shows("DEMO-1001").shows("Een andere titel");
    let form = page.form("/demo/webhooks");
    customer.done(&form);
    soon(|| customer.get("/demo/webhooks").html.matches("webhook-signature").count() == 2);
    // Nobody else's message is taken.
    let other = reqwest::blocking::Client::new().post(&url).header("webhook-id", "evt_1").body("{}").send().unwrap();
    assert_eq!(other.status().as_u16(), 401);
    world.program(&[]).get("/ping").must(200);
}
