//! Backups, restores and copies lose nothing: each is one moment of the database, row for row, also under load.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

use chrono::Utc;
use oplossingscentrum::domain::marketplace::key::Scope;
use oplossingscentrum::domain::{Reference, Status, Text};
use oplossingscentrum::operations::accounts::{kept_words, limits, password_links};
use oplossingscentrum::operations::maintenance::doctor;
use oplossingscentrum::operations::maintenance::transfer::{CREDENTIAL_TABLES, HOLDS};
use oplossingscentrum::operations::marketplace::webhooks;
use oplossingscentrum::operations::orders::signing;
use oplossingscentrum::store::maintenance::holds;
use oplossingscentrum::store::maintenance::tables::{Sum, TABLES};
use oplossingscentrum::store::orders::{self, Hold, events};
use oplossingscentrum::store::{Db, Error, Store, Target};
use strum::VariantArray as _;
use tempfile::TempDir;

use crate::builders::Order;
use crate::counts::report;
use crate::counts::times;
use crate::databases::Database;
use crate::databases::address;
use crate::postman::FAST;
use crate::program::runs;
use crate::smtp::Smtp;
use crate::world::{Kind, World};

/// Every table with its checksum.
fn sums(target: &Target) -> Vec<(&'static str, Sum)> {
    let store = Store::open_to_look(target).unwrap();
    // The servers of a database are its own, and never copied.
    let of_people = || TABLES.iter().filter(|table| table.name != "servers");
    let sums = |db: &mut Db| of_people().map(|table| Ok((table.name, table.sum(db)?))).collect::<Result<_, Error>>();
    store.snapshot(sums).unwrap()
}

/// The same without the tables that a restore leaves out, or changes so that the feed is another one.
fn kept(target: &Target) -> Vec<(&'static str, Sum)> {
    let is_changed = |table: &&str| ["feed_sequence", "webhook_endpoints", HOLDS].contains(table);
    let is_kept = |table: &&str| !CREDENTIAL_TABLES.contains(table) && !is_changed(table);
    sums(target).into_iter().filter(|(table, _)| is_kept(table)).collect()
}

fn rows(sums: &[(&str, Sum)]) -> u64 {
    sums.iter().map(|(_, sum)| sum.rows).sum()
}

#[track_caller]
fn is_sound(target: &Target, now: chrono::DateTime<Utc>) {
    let mut wrong = Vec::new();
    let found = doctor::examine(&Store::open_to_look(target).unwrap(), now, |line| wrong.push(line.to_owned()));
    assert_eq!((found.unwrap().violations, wrong.as_slice()), (0, &[][..]));
}

fn place() -> TempDir {
    tempfile::tempdir_in(if Path::new("/dev/shm").is_dir() { "/dev/shm" } else { "." }).unwrap()
}

fn backs_up(target: &Target, file: &Path) -> String {
    runs(&["backup", file.to_str().unwrap(), "--database", &address(target)]).well()
}

fn restores(file: &Path, database: &Database) -> String {
    runs(&["restore", file.to_str().unwrap(), "--database", &database.address()]).well()
}

/// A world with a row in every table.
fn full() -> World {
    let world = World::new();
    let (customer, freelancer) = world.parties();
    for status in [Status::Delivered, Status::InDispute, Status::ChangeRequested, Status::MutuallyCancelled] {
        world.order().titled("Één emoji 🦊 en een regel\u{301}").up_to(status);
    }
    let order = world.order().active();
    customer.asks_to_cancel(&order, "other", "Regel één\r\nregel \"twee\" en een 🦊 – 'aanhaling'.");
    freelancer.declines(&order, "Liever niet.");
    customer.makes_a_calendar();
    freelancer.switches_second_factor_on();
    world.visitor().post("/sign-in", &[("email", "klant@example.com"), ("password", "mis")]);
    let now = world.now();
    let link = oplossingscentrum::clock::Times { wall: now, app: now };
    let (store, secret) = (&world.app.store, &world.app.settings.secret);
    password_links::ask(store, secret, "klant@example.com", password_links::From::KnownDevice, link).unwrap();
    limits::clear(store, customer.id).unwrap();
    world.program(&[Scope::OrdersRead]);
    kept_words::keep(store, secret, (customer.id, "/orders"), &vec![("comment".into(), "x".into())], now).unwrap();
    world.sql("INSERT INTO received_orders SELECT reference, title, price_cents, placed_at, delivery_date, 'active' FROM orders").unwrap();
    world.sql("INSERT INTO order_descriptions SELECT reference, title, 'https://markt.example/1' FROM orders").unwrap();
    let kinds = oplossingscentrum::domain::orders::outside_view::ToldKind::VARIANTS;
    webhooks::add(store, secret, ("shop", "https://shop.example/"), kinds, "whsec_x", now).unwrap();
    signing::key(store, secret, "oplossing.example.com", now).unwrap();
    world.relays();
    world.app.store.write(|db| holds::hold_all(db, now)).unwrap();
    world.somebody("Noor Jansen");
    assert!(world.runs(&["account", "erase", "noor.jansen@example.com"], "").0);
    world.sql("INSERT INTO sign_in_links VALUES ('x', NULL, '/', '2026-01-01 00:00:00', NULL)").unwrap();
    world.sql("INSERT INTO webhook_deliveries (endpoint_id, position, order_reference, created_at, due_at, next_try_at, tries) SELECT id, 9999, 'OC-00000000', created_at, created_at, created_at, 0 FROM webhook_endpoints").unwrap();
    let empty: Vec<&str> =
        sums(world.target()).iter().filter(|(_, sum)| sum.rows == 0).map(|(table, _)| *table).collect();
    assert_eq!(empty, [""; 0], "something is in every table");
    world
}

#[test]
fn the_list_of_tables_is_the_database_itself() {
    let world = World::new();
    let mut listed: Vec<String> =
        TABLES.iter().flat_map(|table| table.columns.iter().map(|column| format!("{}.{column}", table.name))).collect();
    // The target writes its own list of migrations.
    listed.extend(["version", "run_on"].map(|column| format!("__diesel_schema_migrations.{column}")));
    let mut real = world.columns();
    listed.sort();
    real.sort();
    assert_eq!(listed, real);
}

#[test]
fn a_backup_restored_is_the_same_row_for_row_without_what_opens_something() {
    let (world, folder) = (full(), place());
    let file = folder.path().join("backup.db");
    let said = backs_up(world.target(), &file);
    assert!(said.contains("5 orders") && said.contains("3 accounts"), "{said}");
    assert_eq!(sums(&Target::Sqlite(file.clone())), sums(world.target()), "a backup leaves nothing out");
    let names: Vec<PathBuf> = folder.path().read_dir().unwrap().map(|entry| entry.unwrap().path()).collect();
    assert_eq!(names, std::slice::from_ref(&file), "one file, and nothing beside it");
    for postgres in [false, world.is_postgres()] {
        let other = world.another_database(postgres);
        let said = restores(&file, &other);
        assert!(said.contains("Everybody signs in again"), "{said}");
        assert_eq!(kept(&other.target), kept(world.target()));
        let cursor = |target: &Target| sums(target).into_iter().find(|(name, _)| *name == "feed_sequence").unwrap();
        assert_ne!(cursor(&other.target), cursor(world.target()), "a cursor of the old feed does not go on here");
        let opens =
            sums(&other.target).iter().filter(|(name, sum)| CREDENTIAL_TABLES.contains(name) && sum.rows > 0).count();
        assert_eq!(opens, 0, "nobody is signed in, and no link sets a password");
        is_sound(&other.target, world.now());
    }
}

#[test]
fn a_restored_backup_writes_to_nobody_until_its_operator_says_so() {
    let (world, folder, smtp) = (World::new(), place(), Smtp::new());
    let (customer, freelancer) = world.parties();
    let order = world.order().active();
    customer.asks_for_update(&order, "Hoe staat het?");
    world.relays();
    let file = folder.path().join("backup.db");
    backs_up(world.target(), &file);
    assert!(!world.runs(&["mail", "resume"], "").0, "the real one is not held");
    let restores = |target: &Target| {
        let said = runs(&["restore", file.to_str().unwrap(), "--database", &address(target)]).well();
        assert!(said.contains("sends no mail until you say so with `mail resume`"), "{said}");
    };
    let copy = World::on(Kind::default(), restores);
    let _postman = copy.postman(&smtp, FAST);
    std::thread::sleep(Duration::from_millis(300));
    assert_eq!((smtp.taken().len(), copy.waiting().len()), (0, 1), "it waits, and nobody gets it");
    for (command, says) in
        [(&["mail", "list"][..], "All mail is held since "), (&["doctor"], "All mail is held since ")]
    {
        let (went_well, said) = copy.runs(command, "");
        assert!(went_well && said.contains(says), "{command:?}: {said}");
    }
    assert!(copy.operator().sees("/metrics").html.contains("oplossingscentrum_outbox_held 1\n"));
    let (went_well, said) = copy.runs(&["mail", "resume"], "");
    assert!(went_well, "{said}");
    assert_eq!(smtp.has_taken(1).len(), 1);
    assert_eq!(smtp.taken_for(&freelancer.email).len(), 1);
    assert!(!copy.runs(&["mail", "resume"], "").0, "it is not held any more");
}

#[cfg(unix)]
#[test]
fn a_backup_is_its_owners_own_and_replaces_nothing() {
    use std::os::unix::fs::PermissionsExt;
    let (world, folder) = (World::new(), place());
    let file = folder.path().join("backup.db");
    backs_up(world.target(), &file);
    assert_eq!(file.metadata().unwrap().permissions().mode() & 0o777, 0o600);
    let before = std::fs::read(&file).unwrap();
    let again = runs(&["backup", file.to_str().unwrap(), "--database", &address(world.target())]).badly();
    assert!(again.contains("is there already"), "{again}");
    assert_eq!(std::fs::read(&file).unwrap(), before);
    let nowhere = folder.path().join("nowhere/backup.db");
    let said = runs(&["backup", nowhere.to_str().unwrap(), "--database", &address(world.target())]).badly();
    assert!(said.contains("nowhere"), "{said}");
}

#[cfg(unix)]
#[test]
fn a_database_that_others_can_read_is_taken_from_them() {
    use std::os::unix::fs::PermissionsExt;
    let (world, folder) = (World::new(), place());
    let backup = folder.path().join("backup.db");
    backs_up(world.target(), &backup);
    let file = folder.path().join("oc.db");
    let files = ["", "-wal", "-shm"].map(|ending| PathBuf::from(format!("{}{ending}", file.display())));
    let mode = |file: &Path| file.metadata().unwrap().permissions().mode() & 0o777;
    let opens_to_all = |file: &Path| std::fs::set_permissions(file, PermissionsExt::from_mode(0o664)).unwrap();
    std::fs::write(&file, "").unwrap();
    opens_to_all(&file);
    runs(&["restore", backup.to_str().unwrap(), "--database", file.to_str().unwrap()]).well();
    assert_eq!(mode(&file), 0o600, "one that was there already, and empty");
    // In use, so that there is a log beside it.
    let store = Store::open(&Target::Sqlite(file.clone())).unwrap();
    for file in &files {
        opens_to_all(file);
    }
    runs(&["migrate", "--database", file.to_str().unwrap()]).well();
    for file in &files {
        assert_eq!(mode(file), 0o600, "{}", file.display());
    }
    drop(store);
}

#[test]
fn nothing_is_restored_or_copied_over_what_is_there() {
    let (world, folder) = (full(), place());
    let file = folder.path().join("backup.db");
    backs_up(world.target(), &file);
    let (before, own) = (sums(world.target()), address(world.target()));
    let said = runs(&["restore", file.to_str().unwrap(), "--database", &own]).badly();
    assert!(said.contains("it is not empty: there are accounts in it"), "{said}");
    let said = runs(&["copy", "--from", file.to_str().unwrap(), "--to", &own]).badly();
    assert!(said.contains("it is not empty"), "{said}");
    assert_eq!(sums(world.target()), before);
}

#[test]
fn what_is_no_backup_is_refused_and_leaves_nothing_behind() {
    let folder = place();
    let (text, empty, target) =
        (folder.path().join("notes.txt"), folder.path().join("empty.db"), folder.path().join("target.db"));
    std::fs::write(&text, "Dit is geen databank.".repeat(100)).unwrap();
    std::fs::write(&empty, "").unwrap();
    for (file, why) in [(&text, "not a database"), (&empty, "no tables"), (&folder.path().join("none"), "No such file")]
    {
        let said = runs(&["restore", file.to_str().unwrap(), "--database", target.to_str().unwrap()]).badly();
        assert!(said.contains(why), "{said}");
        assert!(!target.exists());
    }
    for command in ["doctor", "migrate"] {
        let said = runs(&[command, "--database", text.to_str().unwrap()]).badly();
        assert!(said.contains("not a database"), "{said}");
    }
    let gone = folder.path().join("gone.db");
    for arguments in [["doctor", "--database"], ["copy", "--from"]] {
        let mut arguments = [&arguments[..], &[gone.to_str().unwrap()]].concat();
        arguments.extend(if arguments[0] == "copy" { vec!["--to", target.to_str().unwrap()] } else { vec![] });
        assert!(runs(&arguments).badly().contains("there is no database"));
        assert!(!gone.exists());
    }
}

#[test]
fn a_marketplace_moves_from_either_database_to_either_row_for_row() {
    let world = full();
    let makes: &[bool] = if world.is_postgres() { &[false, true] } else { &[false] };
    for make in makes {
        let other = world.another_database(*make);
        let said = runs(&["copy", "--from", &address(world.target()), "--to", &other.address()]).well();
        assert!(said.contains("Copied and verified"), "{said}");
        assert_eq!(sums(&other.target), sums(world.target()), "sessions too: people stay signed in");
        is_sound(&other.target, world.now());
        if world.is_postgres() && !make {
            let back = world.another_database(true);
            runs(&["copy", "--from", &other.address(), "--to", &back.address()]).well();
            assert_eq!(sums(&back.target), sums(world.target()), "there and back");
        }
    }
}

#[test]
fn the_doctor_finds_what_was_done_behind_the_programs_back_and_names_the_order() {
    let world = full();
    let own = address(world.target());
    let said = runs(&["doctor", "--database", &own]).well();
    assert!(said.contains("5 orders") && said.contains("Nothing is wrong"), "{said}");
    let order = world.order().up_to(Status::InDispute);
    let late = world.order().placed(world.now()).active();
    for sql in [
        format!("UPDATE orders SET status = 'completed' WHERE reference = '{order}'"),
        format!("UPDATE orders SET relayed = 9 WHERE reference = '{late}'"),
        format!("UPDATE orders SET settles_at = '2020-01-01 00:00:00' WHERE reference = '{late}'"),
        format!("UPDATE disputes SET extras = 'no list' WHERE order_reference = '{order}' AND kind = 'change'"),
    ] {
        world.sql(&sql).unwrap();
    }
    let ended = runs(&["doctor", "--database", &own]);
    assert_eq!(ended.code, 1, "{ended:?}");
    for line in [
        format!("{order}: its status is completed while dispute 1 is open"),
        format!("{late}: it is relayed up to event 9 of 1"),
        format!("{late}: its next deadline is 2020-01-01 00:00:00 UTC but its history makes it never"),
    ] {
        assert!(ended.said.contains(&line), "{line}\n{}", ended.said);
    }
    assert!(ended.said.contains("1 orders wait to be settled"), "{}", ended.said);
    assert!(ended.complained.contains("3 things cannot be"), "{}", ended.complained);
}

#[test]
fn what_silence_has_decided_is_told_and_is_no_fault() {
    let world = World::new();
    world.order().up_to(Status::InDispute);
    world.days_pass(3);
    let found = doctor::examine(&world.app.store, world.now(), |line| panic!("{line}")).unwrap();
    assert_eq!((found.violations, found.overdue), (0, 1));
}

/// Writes "1", "2", … first on the one order, then on the other, each in its own transaction.
fn writes(
    store: &Store,
    [one, other]: &[Order; 2],
    account: oplossingscentrum::domain::AccountId,
    stop: &AtomicBool,
) -> u64 {
    let mut written = 0;
    while !stop.load(Ordering::SeqCst) {
        written += 1;
        for order in [one, other] {
            let (text, now) = (Text::parse(&written.to_string()).unwrap(), oplossingscentrum::clock::real_now());
            // As the program does, without the limits on comments.
            let add = |db: &mut Db| {
                let Hold::Ours(mut order) = orders::hold(db, order.reference)? else { panic!("it is there, and free") };
                let by = order.party(account).unwrap();
                let event = order.comment(by, 1, text, now).unwrap().event;
                events::append_told(db, &[(&order, &event)], now)?;
                orders::update(db, &order)
            };
            store.write(add).unwrap();
        }
        // Some thousand comments on one order are enough, also after sixty backups.
        std::thread::sleep(std::time::Duration::from_millis(50));
    }
    written
}

/// The comments on an order, in order: "1", "2", …
fn written(store: &Store, reference: Reference) -> usize {
    let events = store.snapshot(|db| events::of_order(db, reference)).unwrap();
    let words: Vec<String> = events[2..].iter().map(|event| event.text.clone().unwrap().to_string()).collect();
    assert_eq!(words, (1..=words.len()).map(|nth| nth.to_string()).collect::<Vec<_>>());
    words.len()
}

#[test]
fn a_backup_under_load_is_one_moment_and_restoring_it_brings_that_moment_back() {
    const WRITERS: usize = 4;
    let (world, folder) = (World::new(), place());
    let customer = world.customer();
    let pairs: Vec<[Order; 2]> = (0..WRITERS).map(|_| [0, 1].map(|_| world.order().up_to(Status::InDispute))).collect();
    let (stop, compared, seen) = (AtomicBool::new(false), AtomicU64::new(0), AtomicU64::new(0));
    let stores: Vec<Store> = (0..WRITERS).map(|_| world.app.store.clone()).collect();
    let all: u64 = std::thread::scope(|scope| {
        let writers: Vec<_> = pairs
            .iter()
            .zip(&stores)
            .map(|(pair, store)| scope.spawn(|| writes(store, pair, customer.id, &stop)))
            .collect();
        let ended = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
            for nth in 0..times(5, 60) {
                let file = folder.path().join(format!("backup-{nth}.db"));
                backs_up(world.target(), &file);
                let other = world.another_database(world.is_postgres());
                restores(&file, &other);
                let restored = kept(&other.target);
                assert_eq!(restored, kept(&Target::Sqlite(file.clone())));
                is_sound(&other.target, world.now());
                let store = Store::open_to_look(&other.target).unwrap();
                let mut total = 0;
                for [one, other] in &pairs {
                    let (first, second) = (written(&store, one.reference), written(&store, other.reference));
                    assert!(first == second || first == second + 1, "{first} and then {second}: no moment was so");
                    total += first + second;
                }
                let total = u64::try_from(total).unwrap();
                assert!(seen.swap(total, Ordering::SeqCst) < total, "they went on writing");
                compared.fetch_add(rows(&restored), Ordering::SeqCst);
                std::fs::remove_file(&file).unwrap();
            }
        }));
        stop.store(true, Ordering::SeqCst);
        let all = writers.into_iter().map(|writer| writer.join().unwrap()).sum();
        ended.unwrap_or_else(|panic| std::panic::resume_unwind(panic));
        all
    });
    is_sound(world.target(), world.now());
    report(format_args!(
        "backup under load: {} backups restored, {} rows compared, {} transactions written meanwhile",
        times(5, 60),
        compared.load(Ordering::SeqCst),
        all * 2
    ));
}

#[test]
fn a_backup_that_changed_by_one_byte_is_not_restored_and_doctor_says_so() {
    let (world, folder) = (full(), place());
    let file = folder.path().join("backup.db");
    backs_up(world.target(), &file);
    let name = file.to_str().unwrap();
    let said = runs(&["doctor", "--database", name]).well();
    assert!(said.contains("its checksum is right"), "{said}");
    let mut bytes = std::fs::read(&file).unwrap();
    let text = "Liever niet.".as_bytes();
    let at = bytes.windows(text.len()).position(|words| words == text).expect("the words are in it");
    bytes[at] = b'l';
    std::fs::write(&file, bytes).unwrap();
    let other = world.another_database(false);
    let said = runs(&["restore", name, "--database", &other.address()]).badly();
    assert!(said.contains("damaged or changed"), "{said}");
    assert!(runs(&["doctor", "--database", name]).badly().contains("damaged or changed"));
}

#[test]
fn a_backup_that_is_served_from_is_a_database_like_any_other() {
    let (world, folder) = (full(), place());
    let file = folder.path().join("backup.db");
    backs_up(world.target(), &file);
    let name = file.to_str().unwrap();
    runs(&["migrate", "--database", name]).well();
    let said = runs(&["doctor", "--database", name]).well();
    assert!(!said.contains("checksum"), "{said}");
}

#[test]
fn the_tables_of_an_older_program_are_backed_up_as_they_are() {
    let folder = place();
    let older = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/released");
    let older = older.read_dir().unwrap().map(|entry| entry.unwrap().path()).min().expect("there are some");
    let (database, file) = (folder.path().join("old.db"), folder.path().join("backup.db"));
    std::fs::copy(older, &database).unwrap();
    let before = std::fs::read(&database).unwrap();
    let said = runs(&["backup", file.to_str().unwrap(), "--database", database.to_str().unwrap()]).well();
    assert!(said.contains("of the older program"), "{said}");
    assert_eq!(std::fs::read(&database).unwrap(), before, "nothing was migrated");
    let restored = Database::sqlite();
    restores(&file, &restored);
    runs(&["doctor", "--database", &restored.address()]).well();
}
