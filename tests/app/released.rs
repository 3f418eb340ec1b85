//! Upgrades: the database of every released version is brought up to date and used. `tests/data/released` holds one file
//! per schema, made by the program of that time (`demo`, stopped, then `VACUUM INTO`) and named after its last migration.

use std::fs;
use std::path::{Path, PathBuf};

use actix_web::cookie::{Cookie, CookieJar, Key};
use chrono::TimeDelta;
use diesel::connection::SimpleConnection;
use diesel::migration::MigrationSource;
use diesel::prelude::*;
use diesel::sql_types::Text as SqlText;
use diesel::{PgConnection, SqliteConnection};
use diesel_migrations::{FileBasedMigrations, MigrationHarness};
use oplossingscentrum::clock::real_now;
use oplossingscentrum::domain::audit::chain::salted_hash;
use oplossingscentrum::domain::{AccountId, Reference, State, Status};
use oplossingscentrum::operations::maintenance::doctor;
use oplossingscentrum::operations::orders::chain::hash_older;
use oplossingscentrum::store::accounts::{self, sessions};
use oplossingscentrum::store::orders::{disputes, events, notifications, texts};
use oplossingscentrum::store::{Store, Target, outbox};
use sha2::{Digest, Sha256};

use crate::builders::Order;
use crate::program::runs;
use crate::settings::{CUSTOMER_SERVICE, KEY};
use crate::world::Kind;
use crate::world::World;

fn files() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/released");
    let mut files: Vec<PathBuf> = folder.read_dir().unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    files
}

fn name(file: &Path) -> String {
    file.file_stem().unwrap().to_string_lossy().into_owned()
}

#[derive(QueryableByName)]
struct Line {
    #[diesel(sql_type = SqlText)]
    line: String,
}

fn lines(db: &mut SqliteConnection, sql: &str) -> Vec<String> {
    diesel::sql_query(sql).load::<Line>(db).unwrap().into_iter().map(|found| found.line).collect()
}

/// Copies the content of a released file into the database of a world, with the tables of that time.
fn brought_to(target: &Target, file: &Path) {
    match target {
        Target::Sqlite(path) => drop(fs::copy(file, path).unwrap()),
        Target::Postgres(url) => in_postgres(&mut PgConnection::establish(url).unwrap(), file),
    }
}

/// Runs the file's migrations on PostgreSQL, and then copies its rows, as JSON.
fn in_postgres(postgres: &mut PgConnection, file: &Path) {
    let mut old = SqliteConnection::establish(&format!("file:{}?mode=ro", file.display())).unwrap();
    let had = lines(&mut old, "SELECT version AS line FROM __diesel_schema_migrations");
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("migrations/postgres");
    assert!(postgres.applied_migrations().unwrap().is_empty(), "asking makes the table that they are written down in");
    let migrations = FileBasedMigrations::from_path(folder).unwrap();
    let mut migrations = MigrationSource::<diesel::pg::Pg>::migrations(&migrations).unwrap();
    // In the order of the folder.
    migrations.sort_by_key(|migration| migration.name().version().to_string());
    for migration in migrations {
        if had.contains(&migration.name().version().to_string()) {
            postgres.run_migration(&*migration).unwrap();
        }
    }
    let tables = "SELECT name AS line FROM sqlite_master WHERE type = 'table' AND name NOT LIKE '\\_\\_%' ESCAPE '\\' \
                  ORDER BY rowid";
    for table in lines(&mut old, tables) {
        let columns =
            format!("SELECT '''' || name || ''', \"' || name || '\"' AS line FROM pragma_table_info('{table}')");
        let columns = lines(&mut old, &columns).join(", ");
        for row in lines(&mut old, &format!("SELECT json_object({columns}) AS line FROM {table}")) {
            diesel::sql_query(format!(
                "INSERT INTO {table} SELECT * FROM json_populate_record(NULL::{table}, $1::json)"
            ))
            .bind::<SqlText, _>(row)
            .execute(postgres)
            .unwrap();
        }
    }
}

/// Mails about an account, as older programs stored them beside those about orders: one claimed, one set aside.
const OF_THE_ACCOUNT: &str = "
    INSERT INTO outbox (account_id, key, what, due_at, created_at, next_try_at, tries, claimed_until, failed_at, failure)
    SELECT id, 'password.abc', 'password', created_at, created_at, created_at, 1, created_at, NULL, NULL FROM accounts
    WHERE email = 'klant@example.com';
    INSERT INTO outbox (account_id, key, what, due_at, created_at, next_try_at, tries, claimed_until, failed_at, failure)
    SELECT id, 'notice.code_used.abc', 'notice', created_at, created_at, created_at, 1, NULL, created_at, 'no' FROM accounts
    WHERE email = 'klant@example.com'";

#[test]
fn what_waits_to_be_sent_or_to_be_reminded_of_survives_an_upgrade() {
    let file = files().into_iter().find(|file| name(file) == "2026-11-26-200000_due_in_order").unwrap();
    let mut old = SqliteConnection::establish(&format!("file:{}?mode=ro", file.display())).unwrap();
    let is_due_later = "FROM outbox WHERE what = 'reminder' AND sent_at IS NULL";
    let asked =
        format!("SELECT DISTINCT order_reference || ' ' || dispute_number AS line {is_due_later} ORDER BY line");
    let first = format!("SELECT min(due_at) AS line {is_due_later}");
    let (asked, first) = (lines(&mut old, &asked), lines(&mut old, &first).remove(0));
    let world = World::on(Kind::default(), |target| {
        brought_to(target, &file);
        match target {
            Target::Sqlite(path) => {
                SqliteConnection::establish(&path.to_string_lossy()).unwrap().batch_execute(OF_THE_ACCOUNT).unwrap();
            }
            Target::Postgres(url) => PgConnection::establish(url).unwrap().batch_execute(OF_THE_ACCOUNT).unwrap(),
        }
        runs(&["migrate", "--database", &crate::databases::address(target)]).well();
    });
    let (claimed, failed) = (world.queued("password.abc"), world.queued("notice.code_used.abc"));
    assert_eq!((claimed.state, claimed.tries), (outbox::MailState::Waiting, 1));
    assert!(matches!(failed.state, outbox::MailState::Failed(_)) && failed.failure.as_deref() == Some("no"));
    assert!(!world.waiting().iter().any(|key| key.starts_with("reminder.")), "they are no mails yet");
    let next = world.app.store.snapshot(disputes::next_reminder).unwrap().unwrap();
    assert_eq!(next.naive_utc(), first.parse().unwrap_or_else(|_| first.replace(' ', "T").parse().unwrap()));
    let to_remind = world.app.store.snapshot(|db| disputes::to_remind(db, next + TimeDelta::days(9), 999)).unwrap();
    let mut found: Vec<String> =
        to_remind.iter().map(|(question, _)| format!("{} {}", question.reference, question.number)).collect();
    found.sort();
    assert_eq!(found, asked);
    assert!(found.len() > 3, "{found:?}");
}

/// Some orders whose notifications nobody has read: more than the demo leaves.
const NEWS: &str = "order_reference < 'OC-H'";

/// What is unread, as account, order and event, and whether each mail about an event waits, was sent or was set aside.
fn unread_and_mails(file: &Path) -> (Vec<String>, Vec<String>) {
    let mut old = SqliteConnection::establish(&format!("file:{}?mode=ro", file.display())).unwrap();
    let unread = format!(
        "SELECT account_id || ' ' || order_reference || ' ' || event_number AS line FROM notifications \
         WHERE read_at IS NULL OR {NEWS} ORDER BY line"
    );
    let mails = "SELECT key || ' ' || account_id || ' ' || (sent_at IS NULL) || (failed_at IS NULL) AS line FROM outbox \
                 WHERE what = 'event' ORDER BY line";
    let has_keys =
        !lines(&mut old, "SELECT name AS line FROM pragma_table_info('outbox') WHERE name = 'key'").is_empty();
    (lines(&mut old, &unread), if has_keys { lines(&mut old, mails) } else { Vec::new() })
}

#[test]
fn an_upgrade_reads_nothing_and_sends_nothing() {
    for file in files() {
        let world = World::on(Kind::default(), |target| {
            brought_to(target, &file);
            let read = format!("UPDATE notifications SET read_at = NULL WHERE {NEWS}");
            match target {
                Target::Sqlite(path) => {
                    SqliteConnection::establish(&path.to_string_lossy()).unwrap().batch_execute(&read).unwrap();
                }
                Target::Postgres(url) => PgConnection::establish(url).unwrap().batch_execute(&read).unwrap(),
            }
            runs(&["migrate", "--database", &crate::databases::address(target)]).well();
        });
        let (unread, mails) = unread_and_mails(&file);
        let people: Vec<i64> = unread.iter().map(|line| line.split(' ').next().unwrap().parse().unwrap()).collect();
        let people: std::collections::BTreeSet<i64> = people.into_iter().collect();
        let told =
            |id: &i64| world.app.store.snapshot(|db| notifications::list(db, AccountId(*id), None, 9_999)).unwrap();
        let mut still: Vec<String> = people
            .iter()
            .flat_map(|id| told(id).into_iter().map(move |row| (*id, row)))
            .filter(|(_, row)| !row.is_read)
            .map(|(id, row)| format!("{id} {} {}", row.reference, row.event.number))
            .collect();
        still.sort();
        assert_eq!(still, unread, "{}", name(&file));
        assert!(people.len() > 1 && people.iter().any(|id| told(id).iter().any(|row| row.is_read)), "{}", name(&file));
        world.relays();
        let state = |mail: &outbox::QueuedMail| match mail.state {
            outbox::MailState::Waiting => "11",
            outbox::MailState::Sent(_) => "01",
            outbox::MailState::Failed(_) => "10",
        };
        let outbox = world.outbox();
        let events = outbox.iter().filter(|mail| mail.key.starts_with("event."));
        let mut now: Vec<String> =
            events.map(|mail| format!("{} {} {}", mail.key, mail.to.id.0, state(mail))).collect();
        now.sort();
        assert_eq!(now, mails, "{}", name(&file));
    }
}

/// A signed-in session with new recovery codes to be shown, and one that still asks for a code: as they were stored
/// when their content was JSON.
const SESSIONS_AS_JSON: &str = "
    INSERT INTO sessions (key_hash, account_id, asks_code, state, browser, system, signed_in_at, seen_at, expires_at)
    SELECT 'HASH', id, FALSE, '{\"account\":\"1\",\"csrf\":\"\\\"abc\\\"\",\"codes\":\"\\\"hidden\\\"\",\"since\":\"1\"}', 'Firefox', NULL, 'NOW', 'NOW', 'LATER'
    FROM accounts WHERE email = 'klant@example.com';
    INSERT INTO sessions (key_hash, account_id, asks_code, state, browser, system, signed_in_at, seen_at, expires_at)
    SELECT 'other', id, TRUE, '{\"asked\":\"1\",\"csrf\":\"\\\"def\\\"\"}', NULL, NULL, 'NOW', 'NOW', 'LATER'
    FROM accounts WHERE email = 'klant@example.com'";

#[test]
fn whoever_is_signed_in_stays_signed_in_through_an_upgrade() {
    let file = files().into_iter().find(|file| name(file) == "2026-11-26-200000_due_in_order").unwrap();
    let (now, key) = (real_now(), "the-key-of-an-older-program");
    let at = |at: chrono::DateTime<chrono::Utc>| at.format("%Y-%m-%d %H:%M:%S%.6f").to_string();
    let hash = oplossingscentrum::secret::hex(&Sha256::digest(key));
    let later = at(now + TimeDelta::days(9));
    let rows = SESSIONS_AS_JSON.replace("HASH", &hash).replace("NOW", &at(now)).replace("LATER", &later);
    let mut world = World::on(Kind::default(), |target| {
        brought_to(target, &file);
        match target {
            Target::Sqlite(path) => {
                SqliteConnection::establish(&path.to_string_lossy()).unwrap().batch_execute(&rows).unwrap();
            }
            Target::Postgres(url) => PgConnection::establish(url).unwrap().batch_execute(&rows).unwrap(),
        }
        runs(&["migrate", "--database", &crate::databases::address(target)]).well();
    });
    world.opens();
    let mut signed = CookieJar::new();
    signed.signed_mut(&Key::from(&[7; 64])).add(Cookie::new("session", key));
    let browser = world.visitor();
    browser.takes_cookie(&format!("{}; Path=/", signed.get("session").unwrap()));
    let form = browser.sees("/account").form("/account/password");
    assert_eq!(form.value("csrf_token"), "abc", "a form that stands open still works");
    let customer = world.app.store.snapshot(|db| accounts::find_by_email(db, "klant@example.com")).unwrap().unwrap();
    let found = world.app.store.snapshot(|db| sessions::all_of_account(db, customer.id)).unwrap();
    let mut held: Vec<_> =
        found.iter().map(|row| (row.asks_code, row.csrf_token.as_str(), row.recovery_codes.as_deref())).collect();
    held.sort_unstable();
    assert_eq!(held, [(false, "abc", Some("hidden")), (true, "def", None)]);
}

/// A world on a released database, at the moment when that was made.
fn world_of(file: &Path) -> World {
    let mut world = World::on(Kind::default(), |target| {
        brought_to(target, file);
        let said = runs(&["doctor", "--database", &crate::databases::address(target)]);
        if said.code == 1 {
            assert!(said.complained.contains("older than this program"), "{said:?}");
        }
        runs(&["migrate", "--database", &crate::databases::address(target)]).well();
    });
    let made = world.app.store.snapshot(events::latest).unwrap().unwrap();
    world.app.clock.advance(made + TimeDelta::minutes(1) - world.now());
    world.opens();
    world
}

#[test]
fn every_released_database_is_brought_up_to_date_and_used() {
    assert!(files().len() >= 2, "each release adds its file");
    for file in files() {
        let world = world_of(&file);
        let sound = |world: &World| {
            let found = doctor::examine(&world.app.store, world.now(), |line| panic!("{}: {line}", name(&file)));
            found.unwrap()
        };
        assert_eq!(sound(&world).tables[1], ("orders", 63), "{}", name(&file));
        let customer = world.signs_in("klant@example.com", oplossingscentrum::demo::PASSWORD);
        let page = customer.sees("/disputes");
        let waiting = page.links().into_iter().find_map(|link| {
            let (order, number) = link.strip_prefix("/orders/")?.split_once("/disputes/")?;
            let order = order.parse::<Reference>().ok()?;
            Some((Order { reference: order, path: format!("/orders/{order}") }, number.parse::<i32>().ok()?))
        });
        let (order, number) = waiting.expect("something waits for the customer");
        let decline = customer.sees(&order.dispute(number)).form(&order.at(&format!("/disputes/{number}/decline")));
        assert_eq!(decline.fill("comment", "Liever niet.").send(&customer).status, 303, "{}", name(&file));
        assert!(matches!(world.dispute(&order, number).state, State::Declined(_)));
        customer.asks_to_cancel(&order, "no_longer_needed", "Het is niet meer nodig.");
        let before = sound(&world);
        world.days_pass(10);
        assert!(world.sweep() > 5, "what was open in the file, and what was opened here");
        assert_eq!(world.sweep(), 0);
        assert_eq!(world.row(&order).status, Status::MutuallyCancelled);
        customer.sees(&order.path).shows("Wederzijds geannuleerd");
        assert_eq!((sound(&world).overdue, before.overdue), (0, 0), "{}", name(&file));
        // Each event gets its hash, and all of them fit.
        world.relays();
        let mut after = String::new();
        while let Some(last) = hash_older(&world.app.store, &after).unwrap() {
            after = last;
        }
        assert!(world.chain(&order).head().is_some(), "{}", name(&file));
        sound(&world);
    }
}

#[test]
fn a_backup_of_an_older_program_is_restored_and_stays_as_it_is() {
    for file in files() {
        let world = World::closed(Kind::default());
        let folder = tempfile::tempdir().unwrap();
        let backup = folder.path().join("old.db");
        fs::copy(&file, &backup).unwrap();
        let other = world.another_database(world.is_postgres());
        let said = runs(&["restore", backup.to_str().unwrap(), "--database", &other.address()]).well();
        assert!(said.contains("63 orders"), "{said}");
        assert_eq!(fs::read(&backup).unwrap(), fs::read(&file).unwrap());
        assert_eq!(folder.path().read_dir().unwrap().count(), 1, "nothing is left beside it");
        let store = Store::open_to_look(&other.target).unwrap();
        let found = doctor::examine(&store, world.now(), |line| panic!("{}: {line}", name(&file))).unwrap();
        assert_eq!(found.violations, 0);
    }
}

#[test]
fn a_database_of_a_newer_program_is_refused_by_every_command_and_stays_as_it_is() {
    let world = World::closed(Kind::default());
    let own = crate::databases::address(world.target());
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    let (current, newer, other) = (path("current.db"), path("newer.db"), path("other.db"));
    runs(&["backup", &current, "--database", &own]).well();
    world.sql("INSERT INTO __diesel_schema_migrations VALUES ('29990101000000', '2026-11-24 00:00:00')").unwrap();
    let orders = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data/orders.csv");
    let commands: [&[&str]; 8] = [
        &[
            "serve",
            "--listen",
            "127.0.0.1:0",
            "--public-url",
            "http://localhost",
            "--secret-key",
            KEY,
            CUSTOMER_SERVICE[0],
            CUSTOMER_SERVICE[1],
            "--database",
        ],
        &["migrate", "--database"],
        &["doctor", "--database"],
        &["import", orders, "--database"],
        &["backup", &other, "--database"],
        &["copy", "--to", &other, "--from"],
        &["copy", "--from", &current, "--to"],
        &["demo", "--listen", "127.0.0.1:0", "--database"],
    ];
    for command in commands {
        let ended = runs(&[command, &[own.as_str()]].concat());
        if world.is_postgres() && command[0] == "demo" {
            ended.badly();
            continue;
        }
        let said = ended.badly();
        assert!(said.contains("a newer version of this program made it, and knows 29990101000000"), "{said}");
    }
    if let Target::Sqlite(file) = world.target() {
        let mut db = SqliteConnection::establish(&file.to_string_lossy()).unwrap();
        db.batch_execute(&format!("VACUUM INTO '{newer}'")).unwrap();
        let said = runs(&["restore", &newer, "--database", &other]).badly();
        assert!(said.contains("a newer version of this program made it"), "{said}");
    }
    assert!(!Path::new(&other).exists());
}

#[test]
fn words_of_an_older_program_keep_their_place_and_get_their_hashes() {
    for file in files() {
        let mut old = SqliteConnection::establish(&format!("file:{}?mode=ro", file.display())).unwrap();
        if lines(&mut old, "SELECT name AS line FROM pragma_table_info('events') WHERE name = 'text'").is_empty() {
            continue;
        }
        let key = "e.order_reference || ' ' || e.number || ' ' ||";
        let had = lines(&mut old, &format!("SELECT {key} e.text AS line FROM events e WHERE e.text IS NOT NULL"));
        let asked = lines(&mut old, "SELECT order_reference AS line FROM disputes WHERE extras LIKE '[{%'").len();
        let world = world_of(&file);
        let (mut now, mut titled) = (Vec::new(), 0);
        for reference in
            had.iter().map(|line| line.split(' ').next().unwrap()).collect::<std::collections::BTreeSet<_>>()
        {
            let (order, reference) = (reference, reference.parse::<Reference>().unwrap());
            for event in world.app.store.snapshot(|db| events::of_order(db, reference)).unwrap() {
                let text = event.text.map(|text| format!("{order} {} {text}", event.number));
                now.extend(text.filter(|line| had.contains(line)));
            }
            let words = world.app.store.snapshot(|db| texts::of_order(db, reference)).unwrap();
            for (number, words) in words {
                let (salt, text) = words.said.expect("nothing was erased");
                assert_eq!((salt.len(), salted_hash(&salt, text.as_str())), (32, words.hash), "{reference} {number}");
                titled += usize::from(words.titles_hash.is_some());
            }
        }
        assert_eq!((now.len(), titled), (had.len(), asked), "{}", name(&file));
    }
}
