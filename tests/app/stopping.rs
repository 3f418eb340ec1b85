//! Stopping the real program: running work is finished, and within ten seconds the program ends with exit code 0.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::sync::mpsc::{self, Sender};
use std::thread::JoinHandle;
use std::time::Duration;

use chrono::TimeDelta;
use diesel::connection::SimpleConnection;
use diesel::{QueryableByName, RunQueryDsl};
use oplossingscentrum::domain::{Ask, Party, Status, Text};
use oplossingscentrum::operations::Who;
use oplossingscentrum::operations::orders::actions;
use oplossingscentrum::store::{Db, Error, Store};
use reqwest::redirect::Policy;

use crate::databases::address;
use crate::program::Serving;
use crate::smtp::Smtp;
use crate::soon::soon;
use crate::world::{Kind, PASSWORD, World};

const TEN_SECONDS: Duration = Duration::from_secs(10);

#[track_caller]
fn ended_well(serving: Serving) -> Duration {
    let (status, took, log) = serving.ends();
    assert_eq!(status.code(), Some(0), "{log}");
    assert!(took < TEN_SECONDS, "{took:?}");
    assert!(!log.contains("panicked"), "{log}");
    took
}

/// Blocks every writer until the returned channel gets a message.
fn holds_every_writer_up(store: &Store) -> (Sender<()>, JoinHandle<()>) {
    let (holds, held) = mpsc::channel();
    let (go_on, told) = mpsc::channel::<()>();
    let store = store.clone();
    let thread = std::thread::spawn(move || {
        let until_told = |db: &mut Db| {
            if let Db::Postgres(db) = db {
                db.batch_execute("LOCK TABLE sessions, orders IN EXCLUSIVE MODE")?;
            }
            holds.send(()).unwrap();
            let _ = told.recv();
            Ok::<_, Error>(())
        };
        store.write(until_told).unwrap();
    });
    held.recv().unwrap();
    (go_on, thread)
}

/// Waits until the program waits for the blocked writers. SQLite does not show its waiters, so it gets half a second
/// there; on PostgreSQL a wait ends after one second, too soon for pauses on a busy machine.
fn until_it_waits(store: &Store) {
    let waiting = "SELECT EXISTS (SELECT FROM pg_locks JOIN pg_database ON pg_database.oid = pg_locks.database \
                   WHERE datname = current_database() AND NOT granted) AS waits";
    soon(|| {
        let asked = store.snapshot(|db| match db {
            Db::Sqlite(_) => Ok::<_, Error>(None),
            Db::Postgres(db) => Ok(Some(diesel::sql_query(waiting).get_result::<Waits>(db)?.waits)),
        });
        asked.unwrap().unwrap_or_else(|| {
            pause(500);
            true
        })
    });
}

#[derive(QueryableByName)]
struct Waits {
    #[diesel(sql_type = diesel::sql_types::Bool)]
    waits: bool,
}

fn connects(serving: &Serving) -> TcpStream {
    let stream = TcpStream::connect(&serving.address).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
    stream
}

fn pause(milliseconds: u64) {
    std::thread::sleep(Duration::from_millis(milliseconds));
}

#[test]
fn a_request_that_is_running_is_finished_and_nobody_new_comes_in() {
    let world = World::closed(Kind::default());
    let serving = Serving::start(&address(world.target()), &[]);
    // Signing in makes a session, and that has to be written.
    let base = format!("http://{}", serving.address);
    let visitor = reqwest::blocking::Client::builder().cookie_store(true).redirect(Policy::none()).build().unwrap();
    let page = visitor.get(format!("{base}/sign-in")).send().unwrap().text().unwrap();
    let token = page.split("name=\"csrf_token\" value=\"").nth(1).and_then(|rest| rest.split('"').next()).unwrap();
    let fields = [("email", "klant@example.com"), ("password", PASSWORD), ("csrf_token", token)];
    let (go_on, held) = holds_every_writer_up(&world.app.store);
    let slow = visitor.post(format!("{base}/sign-in")).header("Origin", &base).header("Sec-Fetch-Site", "same-origin");
    let slow = slow.form(&fields);
    let slow = std::thread::spawn(move || slow.send().unwrap());
    until_it_waits(&world.app.store);
    serving.gets("TERM");
    soon(|| TcpStream::connect(&serving.address).is_err());
    pause(200);
    go_on.send(()).unwrap();
    held.join().unwrap();
    assert_eq!(slow.join().unwrap().status(), 303, "it is signed in");
    ended_well(serving);
}

#[test]
fn clients_that_never_finish_hold_nothing_up_beyond_ten_seconds() {
    let world = World::closed(Kind::default());
    let serving = Serving::start(&address(world.target()), &[]);
    let host = &serving.address;
    let (mut head, mut body, mut idle) = (connects(&serving), connects(&serving), connects(&serving));
    write!(head, "GET /sign-in HTTP/1.1\r\nHost: {host}\r\nX-Begun: ").unwrap();
    write!(
        body,
        "POST /sign-in HTTP/1.1\r\nHost: {host}\r\nOrigin: http://{host}\r\nSec-Fetch-Site: same-origin\r\n\
         Content-Type: application/x-www-form-urlencoded\r\nContent-Length: 1000\r\n\r\nemail=klant"
    )
    .unwrap();
    write!(idle, "GET /healthz HTTP/1.1\r\nHost: {host}\r\n\r\n").unwrap();
    let mut first = [0; 15];
    idle.read_exact(&mut first).unwrap();
    assert_eq!(&first, b"HTTP/1.1 200 OK");
    pause(300);
    serving.gets("TERM");
    ended_well(serving);
}

#[test]
fn a_program_with_nothing_to_do_stops_at_once() {
    for signal in ["TERM", "INT"] {
        let world = World::closed(Kind::default());
        let serving = Serving::start(&address(world.target()), &[]);
        serving.gets(signal);
        let took = ended_well(serving);
        assert!(took < Duration::from_secs(6), "{signal}: {took:?}");
    }
}

#[test]
fn settling_that_is_running_is_finished() {
    let world = World::closed(Kind::default());
    let order = world.order().active();
    let text = Text::parse("Hoe staat het?").unwrap();
    let who = Who { account: world.row(&order).account(Party::Customer), reference: order.reference };
    let (soon_due, window) = (TimeDelta::seconds(8), TimeDelta::hours(48));
    actions::open(&world.app.store, who, Ask::Update, Some(text), "x", world.now() + soon_due - window).unwrap();
    let serving = Serving::start(&address(world.target()), &[]);
    let due = world.dispute(&order, 1).respond_by;
    assert_eq!(world.row(&order).status, Status::InDispute, "it is not due yet");
    let wait =
        |until: chrono::DateTime<chrono::Utc>| std::thread::sleep((until - world.now()).to_std().unwrap_or_default());
    wait(due - TimeDelta::seconds(1));
    let (go_on, held) = holds_every_writer_up(&world.app.store);
    wait(due);
    until_it_waits(&world.app.store);
    serving.gets("TERM");
    pause(200);
    go_on.send(()).unwrap();
    held.join().unwrap();
    ended_well(serving);
    assert_eq!(world.row(&order).status, Status::Active);
    assert_eq!(world.events(&order).pop().unwrap().at, due);
}

#[test]
fn a_mail_that_is_underway_is_finished_and_written_down() {
    let (world, smtp) = (World::closed(Kind::default()), Smtp::new());
    let order = world.order().up_to(Status::InDispute);
    let (arrived, go_on) = smtp.waits_before_it_takes("freelancer@example.com");
    let server = format!("smtp://127.0.0.1:{}", smtp.port);
    let serving =
        Serving::start(&address(world.target()), &["--smtp", &server, "--mail-from", "Center <a@example.com>"]);
    arrived.recv_timeout(TEN_SECONDS).unwrap();
    serving.gets("TERM");
    pause(700);
    go_on.send(()).unwrap();
    ended_well(serving);
    assert_eq!(smtp.taken().len(), 1);
    let mail = world.queued(&format!("event.{order}.0002"));
    assert!(matches!(mail.state, oplossingscentrum::store::outbox::MailState::Sent(_)), "{mail:?}");
    assert_eq!(mail.tries, 1);
}

#[test]
fn a_mail_server_that_hangs_holds_nothing_up_beyond_ten_seconds() {
    let (world, smtp) = (World::closed(Kind::default()), Smtp::new());
    world.order().up_to(Status::InDispute);
    smtp.always_answers("freelancer@example.com", crate::smtp::Answer::Hang);
    let server = format!("smtp://127.0.0.1:{}", smtp.port);
    let serving =
        Serving::start(&address(world.target()), &["--smtp", &server, "--mail-from", "Center <a@example.com>"]);
    soon(|| smtp.tries("freelancer@example.com") == 1);
    serving.gets("TERM");
    ended_well(serving);
    assert_eq!(smtp.taken().len(), 0);
}
