//! Temporary failures of a database: each is caused for real, on both databases, and answered with "try again later".

use std::sync::Barrier;
use std::sync::mpsc;
use std::time::{Duration, Instant};

use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use diesel::sql_types::BigInt;
use diesel::{PgConnection, SqliteConnection};
use oplossingscentrum::store::{Db, Error, Store, Target};

use crate::builders::Order;
use crate::people::Person;
use crate::soon::soon;
use crate::world::World;

/// The meaning of an error for the people who meet it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Told {
    /// Another transaction holds a row: try again later.
    Held,
    /// The database is away, full or too busy: try again later.
    Away,
    /// A bug in the program.
    Fault,
}

fn told<T: std::fmt::Debug>(done: Result<T, Error>) -> (Told, String) {
    let error = done.expect_err("it is made to fail");
    let told = match &error {
        Error::Held(_) => Told::Held,
        Error::Unavailable(_) => Told::Away,
        _ => Told::Fault,
    };
    (told, error.to_string())
}

#[track_caller]
fn is_told(done: Result<(), Error>, expected: Told, sentence: &str) {
    let (told, said) = told(done);
    assert!(told == expected && said.contains(sentence), "{told:?}: {said}");
}

fn writes(store: &Store, sql: &str) -> Result<(), Error> {
    store.write(|db| db.batch_execute(sql).map_err(Error::from))
}

/// A connection beside the program's own, as `psql` has one.
pub fn beside(world: &World) -> PgConnection {
    let Target::Postgres(url) = world.target() else { panic!("this is about PostgreSQL") };
    PgConnection::establish(url).unwrap()
}

/// How many connections to this database wait for a lock.
pub fn waiting_for_locks(db: &mut PgConnection) -> i64 {
    #[derive(QueryableByName)]
    struct Count {
        #[diesel(sql_type = BigInt)]
        count: i64,
    }
    let count = "SELECT count(*) AS count FROM pg_stat_activity \
                 WHERE datname = current_database() AND wait_event_type = 'Lock'";
    diesel::sql_query(count).get_result::<Count>(db).unwrap().count
}

#[test]
fn what_postgresql_cannot_do_for_now_is_known_by_its_code() {
    let world = World::new();
    if !world.is_postgres() {
        return;
    }
    let store = &world.app.store;
    let mut other = beside(&world);
    other.batch_execute("BEGIN; SELECT * FROM accounts FOR UPDATE").unwrap();
    let begun = Instant::now();
    is_told(writes(store, "UPDATE accounts SET name = name"), Told::Held, "lock timeout");
    assert!(begun.elapsed() < Duration::from_secs(10), "a second, and not {:?}", begun.elapsed());
    is_told(writes(store, "SELECT * FROM accounts FOR UPDATE NOWAIT"), Told::Held, "could not obtain lock");
    other.batch_execute("ROLLBACK").unwrap();
    let slow = "SET LOCAL statement_timeout = '50ms'; SELECT pg_sleep(5)";
    is_told(writes(store, slow), Told::Away, "statement timeout");
    is_told(writes(store, "SET TRANSACTION READ ONLY; UPDATE accounts SET name = name"), Told::Away, "read-only");
    is_told(writes(store, "SELECT pg_terminate_backend(pg_backend_pid())"), Told::Away, "");
    is_told(writes(store, "SELECT * FROM nowhere"), Told::Fault, "nowhere");
    is_told(writes(store, "DO $$ BEGIN RAISE 'says a person: deadlock detected'; END $$"), Told::Fault, "person");
}

#[test]
fn of_two_who_have_what_the_other_wants_one_is_told_to_come_back() {
    let world = World::new();
    if !world.is_postgres() {
        return;
    }
    let both_have_one = Barrier::new(2);
    let rounds = ["klant@example.com", "freelancer@example.com"];
    let ended: Vec<Result<(), Error>> = std::thread::scope(|scope| {
        let takes = |first: usize| {
            let (store, both_have_one) = (&world.app.store, &both_have_one);
            scope.spawn(move || {
                store.write(|db| {
                    let take = |db: &mut Db, nth: usize| {
                        let sql = format!("UPDATE accounts SET name = name WHERE email = '{}'", rounds[nth]);
                        db.batch_execute(&sql).map_err(Error::from)
                    };
                    // Longer than PostgreSQL takes to see the deadlock, which is as long as we wait.
                    db.batch_execute("SET LOCAL lock_timeout = '20s'")?;
                    take(db, first)?;
                    both_have_one.wait();
                    take(db, 1 - first)
                })
            })
        };
        [takes(0), takes(1)].map(|thread| thread.join().unwrap()).into_iter().collect()
    });
    let (well, badly): (Vec<_>, Vec<_>) = ended.into_iter().partition(Result::is_ok);
    assert_eq!(well.len(), 1);
    is_told(badly.into_iter().next().unwrap(), Told::Held, "deadlock detected");
}

#[test]
fn of_two_who_read_before_they_write_one_is_told_to_come_back() {
    let world = World::new();
    if !world.is_postgres() {
        return;
    }
    let mut other = beside(&world);
    let done = world.app.store.write(|db| {
        db.batch_execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ; SELECT * FROM accounts")?;
        other.batch_execute("UPDATE accounts SET name = name").unwrap();
        db.batch_execute("UPDATE accounts SET name = name").map_err(Error::from)
    });
    is_told(done, Told::Held, "could not serialize");
}

#[test]
fn what_sqlite_cannot_do_for_now_is_known_by_its_code() {
    let world = World::new();
    let Target::Sqlite(file) = world.target() else { return };
    let store = &world.app.store;
    // The limit belongs to the connection that writes, which is not opened again for it.
    let full = "PRAGMA max_page_count = 1; CREATE TABLE filler (x); INSERT INTO filler VALUES (zeroblob(9999999))";
    // SQLite itself rolls the transaction back; the queue of writers then tells that to every change in it.
    is_told(writes(store, full), Told::Away, "");
    writes(store, "PRAGMA max_page_count = 1073741823").unwrap();
    let read_only = store.write(|db| {
        db.batch_execute("PRAGMA query_only = ON")?;
        let refused = db.batch_execute("UPDATE accounts SET name = name");
        db.batch_execute("PRAGMA query_only = OFF")?;
        refused.map_err(Error::from)
    });
    is_told(read_only, Told::Away, "readonly database");
    is_told(writes(store, "SELECT * FROM nowhere"), Told::Fault, "nowhere");
    let nowhere = Target::Sqlite(file.parent().unwrap().join("nowhere/oc.db"));
    let (was, said) = told(Store::open(&nowhere).map(drop));
    assert!(was == Told::Away && said.contains("unable to open database file"), "{said}");
    // Another program writes for longer than the program waits: five seconds.
    let mut other = SqliteConnection::establish(file.to_str().unwrap()).unwrap();
    other.batch_execute("BEGIN IMMEDIATE").unwrap();
    is_told(writes(store, "UPDATE accounts SET name = name"), Told::Away, "database is locked");
    other.batch_execute("ROLLBACK").unwrap();
    writes(store, "UPDATE accounts SET name = name").unwrap();
}

/// A lock on an order by another program, until it is dropped.
pub fn held(world: &World, order: &Order) -> PgConnection {
    let mut other = beside(world);
    let hold = format!("BEGIN; SELECT * FROM orders WHERE reference = '{order}' FOR UPDATE");
    other.batch_execute(&hold).unwrap();
    other
}

/// Lets it go. A connection that is only dropped holds it until PostgreSQL notices.
pub fn releases(mut hold: PgConnection) {
    hold.batch_execute("ROLLBACK").unwrap();
}

#[test]
fn who_presses_on_what_is_held_is_asked_to_come_back_and_nothing_is_lost() {
    let world = World::new();
    if !world.is_postgres() {
        return;
    }
    let (customer, freelancer) = world.parties();
    let order = world.order().active();
    customer.asks_to_cancel(&order, "other", "Daarom.");
    let hold = held(&world, &order);
    let (path, fields) = (order.at("/disputes/1/decline"), [("comment", "Liever niet.")]);
    let page = freelancer.post(&path, &fields).must(503);
    assert_eq!(page.header("retry-after"), "3");
    page.shows("Even niet bereikbaar");
    releases(hold);
    freelancer.post(&path, &fields).must(303);
    // A lock on another row waits in the database, and not for long.
    let mut other = beside(&world);
    other.batch_execute("BEGIN; SELECT * FROM accounts FOR UPDATE").unwrap();
    assert_eq!(
        customer.post("/language", &[("language", "en"), ("next", "/help")]).must(503).header("retry-after"),
        "3"
    );
    other.batch_execute("ROLLBACK").unwrap();
}

#[test]
fn many_who_press_on_one_held_order_keep_nobody_else_from_anything() {
    const PRESSES: usize = 20;
    let world = World::new();
    if !world.is_postgres() {
        return;
    }
    let (customer, freelancer) = world.parties();
    let (order, other) = (world.order().active(), world.order().active());
    customer.asks_to_cancel(&order, "other", "Daarom.");
    let hold = held(&world, &order);
    let token = freelancer.csrf_token();
    std::thread::scope(|scope| {
        let press = || {
            let path = order.at("/disputes/1/accept");
            freelancer.post_with(&token, &path, &[]).must(503)
        };
        let presses: Vec<_> = (0..PRESSES).map(|_| scope.spawn(press)).collect();
        let mut others = beside(&world);
        while !presses.iter().all(std::thread::ScopedJoinHandle::is_finished) {
            for path in ["/orders", &other.path, &order.path, "/notifications", "/readyz"] {
                // Without a free connection it would be a 503.
                customer.sees(path);
            }
            customer.asks_and_withdraws(&other);
            assert_eq!(waiting_for_locks(&mut others), 0, "nobody waits with a connection in hand");
        }
    });
    releases(hold);
    freelancer.post(&order.at("/disputes/1/accept"), &[]).must(303);
}

impl Person {
    /// Asks for an update and withdraws it: two changes of an order.
    fn asks_and_withdraws(&self, order: &Order) {
        self.asks_for_update(order, "Hoe staat het?");
        self.withdraws(order);
    }
}

/// The number of unread notifications of that person.
fn unread(world: &World, person: &Person) -> usize {
    let told = |db: &mut Db| oplossingscentrum::store::orders::notifications::list(db, person.id, None, 999);
    world.app.store.snapshot(told).unwrap().iter().filter(|row| !row.is_read).count()
}

#[test]
fn a_page_never_waits_for_what_it_marks_as_read() {
    let world = World::new();
    if !world.is_postgres() {
        return;
    }
    let (customer, freelancer) = world.parties();
    let order = world.order().active();
    customer.asks_for_update(&order, "Hoe staat het?");
    customer.comments(&order, "Nog even dit.");
    let mut other = beside(&world);
    let hold = format!("BEGIN; SELECT * FROM orders WHERE reference = '{order}' FOR UPDATE");
    other.batch_execute(&hold).unwrap();
    for path in [&order.path, &order.dispute(1)] {
        let begun = Instant::now();
        freelancer.sees(path).shows("Nog even dit.");
        // The lock lasts until the end of this test.
        assert!(begun.elapsed() < Duration::from_secs(10), "{path} took {:?}", begun.elapsed());
    }
    assert_eq!(unread(&world, &freelancer), 2);
    other.batch_execute("ROLLBACK").unwrap();
    freelancer.sees(&order.path);
    soon(|| unread(&world, &freelancer) == 0);
}

#[test]
fn everything_is_read_at_once_whatever_is_held() {
    let world = World::new();
    if !world.is_postgres() {
        return;
    }
    let (customer, freelancer) = world.parties();
    let orders: Vec<Order> = (0..2).map(|_| world.order().active()).collect();
    for order in &orders {
        customer.asks_for_update(order, "Hoe staat het?");
    }
    let token = freelancer.csrf_token();
    let mut other = beside(&world);
    other.batch_execute("BEGIN; SELECT * FROM orders FOR UPDATE").unwrap();
    freelancer.post_with(&token, "/notifications/read", &[]).must(303);
    assert_eq!(unread(&world, &freelancer), 0, "no order is written for it");
    other.batch_execute("ROLLBACK").unwrap();
}

#[test]
fn a_transaction_whose_program_is_frozen_is_ended_and_what_it_held_is_free() {
    let world = World::new();
    if !world.is_postgres() {
        return;
    }
    let customer = world.customer();
    let order = world.order().active();
    let (has_it, had) = mpsc::channel();
    let reference = order.reference;
    let frozen = world.another_store();
    let thread = std::thread::spawn(move || {
        frozen.write_order((reference, oplossingscentrum::domain::AccountId(1)), |_, _| {
            has_it.send(()).unwrap();
            std::thread::sleep(Duration::from_secs(12));
            Ok::<_, Error>(())
        })
    });
    had.recv().unwrap();
    let begun = Instant::now();
    let form = [("kind", "update"), ("comment", "Hoe staat het?"), ("form_token", "abc")];
    let path = order.at("/disputes");
    while customer.post(&path, &form).status != 303 {
        assert!(begun.elapsed() < Duration::from_millis(11_500), "it is held for ever");
    }
    let (was, said) = told(thread.join().unwrap());
    assert_eq!(was, Told::Away, "{said}");
}

#[test]
fn each_connection_has_its_limits_its_schema_and_its_name() {
    #[derive(QueryableByName, Debug, PartialEq, Eq)]
    struct Setting {
        #[diesel(sql_type = diesel::sql_types::Text)]
        name: String,
        #[diesel(sql_type = diesel::sql_types::Text)]
        setting: String,
    }
    let world = World::new();
    if !world.is_postgres() {
        return;
    }
    let names = [
        "application_name",
        "idle_in_transaction_session_timeout",
        "lock_timeout",
        "search_path",
        "statement_timeout",
        "TimeZone",
    ];
    let settings = |store: &Store| {
        let sql = "SELECT name, setting FROM pg_settings WHERE name = ANY ($1) ORDER BY lower(name)";
        let load = |db: &mut Db| {
            let Db::Postgres(db) = db else { unreachable!() };
            let names = names.map(str::to_owned).to_vec();
            let query = diesel::sql_query(sql).bind::<diesel::sql_types::Array<diesel::sql_types::Text>, _>(names);
            Ok::<Vec<Setting>, Error>(query.load(db)?)
        };
        store.read(load).unwrap().into_iter().map(|found| found.setting).collect::<Vec<_>>()
    };
    let serving = ["oplossingscentrum", "5000", "1000", "public, pg_temp", "10000", "UTC"];
    assert_eq!(settings(&world.app.store), serving);
    let maintaining = ["oplossingscentrum", "0", "0", "public, pg_temp", "0", "UTC"];
    assert_eq!(settings(&Store::open_to_maintain(world.target()).unwrap()), maintaining);
    assert_eq!(settings(&Store::open_to_look(world.target()).unwrap()), maintaining);
}

#[test]
fn tables_of_the_same_name_in_another_schema_are_never_taken_for_ours() {
    let world = World::new();
    if !world.is_postgres() {
        return;
    }
    let mut other = beside(&world);
    // Before `public` in the search path of every session of this role.
    other
        .batch_execute(
            "DO $$ BEGIN EXECUTE format('CREATE SCHEMA %I', current_user); END $$; CREATE TABLE orders (x int)",
        )
        .unwrap();
    let store = world.another_store();
    let seen = store.snapshot(|db| oplossingscentrum::store::maintenance::tables::TABLES[0].count(db)).unwrap();
    let cleaned = other.batch_execute("DO $$ BEGIN EXECUTE format('DROP SCHEMA %I CASCADE', current_user); END $$");
    assert_eq!(seen, 2, "the two accounts of this world");
    cleaned.unwrap();
}
