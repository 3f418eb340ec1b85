//! Imports small files into a real database.

use std::cell::RefCell;

use chrono::{DateTime, TimeDelta, Utc};
use diesel::prelude::*;
use diesel::sql_types::BigInt;
use tempfile::TempDir;

use super::*;
use crate::domain::{Account, Actor, EventKind, Party};
use crate::operations::Who;
use crate::operations::orders::{actions, sweep};
use crate::store::orders::notifications;
use crate::store::{Target, accounts, outbox};

const HEADER: &str = "reference,title,price,currency,placed_at,delivery_date,status,status_since,customer_email,\
                      customer_name,freelancer_email,freelancer_name";

fn at(written: &str) -> DateTime<Utc> {
    written.parse().unwrap()
}

fn now() -> DateTime<Utc> {
    at("2026-11-24T09:00:00Z")
}

/// A database and the files to import, in a directory that is deleted when the test ends.
struct World {
    _directory: TempDir,
    store: Store,
    /// Another connection, which sees whether anything was written.
    watcher: RefCell<SqliteConnection>,
}

impl World {
    fn new() -> Self {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("import.db");
        let store = Store::open(&Target::Sqlite(path.clone())).unwrap();
        let watcher = RefCell::new(SqliteConnection::establish(&path.to_string_lossy()).unwrap());
        Self { _directory: directory, store, watcher }
    }

    fn import(&self, lines: &[String]) -> Summary {
        self.import_at(lines, now())
    }

    fn import_at(&self, lines: &[String], now: DateTime<Utc>) -> Summary {
        self.imports(lines, Options::default(), now).unwrap()
    }

    fn imports(&self, lines: &[String], options: Options, now: DateTime<Utc>) -> Result<Summary, ImportError> {
        let bytes = format!("{HEADER}\n{}", lines.concat()).into_bytes();
        let contents = import::read(&bytes, Format::Csv, now).map_err(ImportError::Problems)?;
        import_with(&self.store, &contents, options, Times { wall: now, app: now })
    }

    /// A number that every transaction changes that writes.
    fn version(&self) -> i64 {
        #[derive(QueryableByName)]
        struct Version {
            #[diesel(sql_type = BigInt)]
            data_version: i64,
        }
        let version = diesel::sql_query("PRAGMA data_version").get_result::<Version>(&mut *self.watcher.borrow_mut());
        version.unwrap().data_version
    }

    fn order(&self, number: u64) -> Option<(Order, Vec<Event>)> {
        let reference = reference(number);
        self.store
            .snapshot(|db| match orders::find(db, reference)? {
                Some(order) => Ok::<_, store::Error>(Some((order, events::of_order(db, reference)?))),
                None => Ok(None),
            })
            .unwrap()
    }

    fn person(&self, email: &str) -> Option<Account> {
        self.store.snapshot(|db| accounts::find_by_email(db, email)).unwrap()
    }
}

fn reference(number: u64) -> Reference {
    format!("OC-{number:08}").parse().unwrap()
}

fn line(number: u64, title: &str, status: &str) -> String {
    let reference = reference(number);
    format!(
        "{reference},{title},40.00,EUR,2026-11-01T10:00:00Z,2026-12-01,{status},2026-11-23T10:00:00Z,\
         sanne@example.com,Sanne,joost@example.com,Joost\n"
    )
}

fn counts(summary: &Summary) -> (usize, usize, usize, usize) {
    (summary.new, summary.changed, summary.same, summary.refused_lines())
}

fn said(problems: &[Problem]) -> Vec<String> {
    problems.iter().map(ToString::to_string).collect()
}

#[test]
fn importing_the_same_file_twice_changes_nothing_and_writes_no_row() {
    let world = World::new();
    let lines = [line(1, "Logo", "active"), line(2, "Website", "delivered"), line(3, "App", "completed")];
    let first = world.import(&lines);
    assert_eq!((counts(&first), first.accounts_new), ((3, 0, 0, 0), 2));
    let before = (world.order(1), world.order(2), world.person("sanne@example.com"), world.version());
    for days in 1..3 {
        let again = world.import_at(&lines, now() + TimeDelta::hours(days));
        assert_eq!((counts(&again), again.accounts_new, again.notes), ((0, 0, 3, 0), 0, vec![]));
    }
    assert_eq!((world.order(1), world.order(2), world.person("sanne@example.com"), world.version()), before);
}

#[test]
fn an_order_that_has_moved_on_since_stays_as_it_is_now() {
    let world = World::new();
    world.import(&[line(1, "Logo", "delivered")]);
    let customer = world.person("sanne@example.com").unwrap().id;
    actions::approve(&world.store, Who { account: customer, reference: reference(1) }, now()).unwrap();
    let again = world.import(&[line(1, "Logo", "delivered"), line(2, "Website", "active")]);
    assert_eq!(counts(&again), (1, 0, 1, 0));
    assert_eq!(world.order(1).unwrap().0.status, Status::Completed);
}

#[test]
fn a_refused_line_does_not_stop_the_rest_unless_it_is_all_or_nothing() {
    let lines = [line(1, "Logo", "active"), line(2, "Website", "lost"), line(3, "App", "active")];
    let world = World::new();
    let all = Options { all_or_nothing: true, ..Options::default() };
    let nothing = world.imports(&lines, all, now());
    assert!(matches!(nothing, Err(ImportError::Problems(problems)) if problems.len() == 1));
    assert_eq!((world.order(1), world.order(3), world.person("sanne@example.com")), (None, None, None));
    let some = world.import(&lines);
    assert_eq!(counts(&some), (2, 0, 0, 1));
    assert!(said(&some.refused)[0].starts_with("line 3, status: \"lost\" is not a status"));
    assert!(world.order(1).is_some() && world.order(2).is_none() && world.order(3).is_some());
    let moved = line(3, "App", "active").replace("11-01T", "11-02T");
    let stopped = world.imports(&[line(4, "Huisstijl", "active"), moved], all, now());
    assert!(
        matches!(stopped, Err(ImportError::Problems(_))) && world.order(4).is_none(),
        "what the database refuses too"
    );
}

#[test]
fn an_order_of_other_people_or_of_another_moment_is_refused_and_nothing_of_it_is_stored() {
    let world = World::new();
    world.import(&[line(1, "Logo", "active"), line(5, "Kaart", "active")]);
    let other = line(1, "Huisstijl", "active").replace("joost", "piet");
    let later = line(5, "Kaart", "active").replace("11-01T", "11-02T");
    let done = world.import(&[line(2, "Website", "active"), other, later]);
    assert_eq!(counts(&done), (1, 0, 0, 2));
    let told = said(&done.refused);
    assert!(told[0].starts_with("line 3, freelancer: the order is stored with another person; an address"), "{told:?}");
    assert!(told[1].starts_with("line 4, placed_at: the order was placed at another moment"), "{told:?}");
    assert_eq!((world.person("piet@example.com"), world.order(1).unwrap().0.title), (None, "Logo".into()));
}

#[test]
fn a_check_says_what_would_change_and_writes_nothing() {
    let world = World::new();
    world.import(&[line(1, "Logo", "active")]);
    let (before, version) = (world.order(1), world.version());
    let lines = [line(1, "Logo", "cancelled"), line(2, "Website", "active"), line(3, "App", "lost")];
    let check = Options { check: true, ..Options::default() };
    let checked = world.imports(&lines, check, now()).unwrap();
    assert_eq!(
        (counts(&checked), said(&checked.notes)),
        ((1, 1, 0, 1), vec!["line 2: OC-00000001 would be cancelled".into()])
    );
    assert_eq!((world.order(1), world.order(2), world.version()), (before, None, version));
    assert_eq!(counts(&world.import(&lines)), (1, 1, 0, 1), "and then it does so");
}

#[test]
fn what_moved_since_the_last_file_is_followed_and_what_was_agreed_here_is_not_undone() {
    let world = World::new();
    world.import(&[line(1, "Logo", "active")]);
    let own = |person: &str| Who { account: world.person(person).unwrap().id, reference: reference(1) };
    let days = crate::domain::ExtraDays::new(5);
    let change = crate::domain::ChangeRequest::new(days, vec![]).unwrap();
    let words = crate::domain::Text::parse("Meer tijd.").unwrap();
    let (freelancer, customer) = (own("joost@example.com"), own("sanne@example.com"));
    actions::open(&world.store, freelancer, crate::domain::Ask::Change(change), Some(words), "t", now()).unwrap();
    actions::accept(&world.store, customer, 1, None, now()).unwrap();
    let agreed = world.order(1).unwrap().0.delivery_date;
    let repriced = line(1, "Huisstijl", "active").replace("40.00", "45.00");
    let tonight = world.import_at(&[repriced.clone()], now() + TimeDelta::hours(1));
    assert_eq!(counts(&tonight), (0, 1, 0, 0));
    let (order, events) = world.order(1).unwrap();
    assert_eq!((order.title.as_str(), order.price.cents, order.delivery_date), ("Huisstijl", 4_500, agreed));
    let told: Vec<EventKind> = events.iter().map(|event| event.kind).collect();
    assert_eq!(told[3..], [EventKind::Retitled, EventKind::Repriced]);
    assert_eq!(counts(&world.import_at(&[repriced], now() + TimeDelta::hours(2))), (0, 0, 1, 0));
}

#[test]
fn a_closed_order_takes_nothing_and_says_so_once() {
    let world = World::new();
    world.import(&[line(1, "Logo", "completed")]);
    let moved = [line(1, "Logo", "cancelled").replace("40.00", "45.00")];
    let first = world.import(&moved);
    let note = "line 2: the order is completed here, so what differs is not taken";
    assert_eq!((counts(&first), said(&first.notes)), ((0, 0, 1, 0), vec![note.into()]));
    assert_eq!((counts(&world.import(&moved)), world.order(1).unwrap().0.price.cents), ((0, 0, 1, 0), 4_000));
    assert_eq!(world.import(&moved).notes, []);
}

#[test]
fn the_marketplaces_own_id_is_enough_and_our_reference_is_minted() {
    let world = World::new();
    let header = HEADER.replace("reference", "external_id");
    let import = |lines: &str| {
        let contents = import::read(format!("{header}\n{lines}").as_bytes(), Format::Csv, now()).unwrap();
        import(&world.store, &contents, now()).unwrap()
    };
    let own = |id: &str, status: &str| line(1, "Logo", status).replace("OC-00000001", id);
    assert_eq!(counts(&import(&(own("#1001", "active") + &own("#1002", "active")))), (2, 0, 0, 0));
    assert_eq!(counts(&import(&(own("#1001", "active") + &own("#1002", "cancelled")))), (0, 1, 1, 0));
    let known = world.store.snapshot(|db| orders::known(db, &[], &["#1001", "#1002"])).unwrap();
    let told: Vec<(&str, Status)> = known.iter().map(|order| (order.known_as(), order.status)).collect();
    assert!(told.contains(&("#1001", Status::Active)) && told.contains(&("#1002", Status::Cancelled)), "{told:?}");
}

#[test]
fn a_name_that_moved_is_followed_and_one_that_an_operator_gave_stays() {
    let world = World::new();
    world.import(&[line(1, "Logo", "active")]);
    let renamed = line(1, "Logo", "active").replace("Sanne,", "Sanne de Vries,");
    let done = world.import(&[renamed.clone()]);
    assert_eq!((counts(&done), done.accounts_changed), ((0, 1, 0, 0), 1));
    let person = world.person("sanne@example.com").unwrap();
    assert_eq!(person.name, "Sanne de Vries");
    world.store.write(|db| accounts::received::set_name(db, person.id, "S. de Vries")).unwrap();
    assert_eq!(counts(&world.import(&[renamed])), (0, 0, 1, 0));
    assert_eq!(world.person("sanne@example.com").unwrap().name, "S. de Vries");
}

#[test]
fn an_imported_order_tells_when_it_was_placed_and_how_it_got_where_it_stands() {
    let customer = Actor::Party(Party::Customer);
    let freelancer = Actor::Party(Party::Freelancer);
    let expected = [
        ("active", None),
        ("delivered", Some((freelancer, EventKind::Delivered))),
        ("in_revision", Some((customer, EventKind::RevisionRequested))),
        ("completed", Some((Actor::System, EventKind::Imported))),
        ("mutually_cancelled", Some((Actor::System, EventKind::Imported))),
        ("cancelled", Some((Actor::System, EventKind::Cancelled))),
    ];
    let world = World::new();
    let lines: Vec<String> = (1..).zip(&expected).map(|(number, (status, _))| line(number, "Logo", status)).collect();
    world.import(&lines);
    for (number, (status, brought)) in (1..).zip(expected) {
        let (order, history) = world.order(number).unwrap();
        assert_eq!(order.status.code(), status);
        assert_eq!(order.completes_at, (status == "delivered").then(|| at("2026-11-26T10:00:00Z")));
        assert_eq!(order.event_count, i32::try_from(history.len()).unwrap());
        let told: Vec<_> = history.iter().map(|event| (event.number, event.at, event.actor, event.kind)).collect();
        let mut timeline = vec![(1, at("2026-11-01T10:00:00Z"), customer, EventKind::Placed)];
        timeline.extend(brought.map(|(actor, what)| (2, at("2026-11-23T10:00:00Z"), actor, what)));
        assert_eq!(told, timeline, "{status}");
    }
}

#[test]
fn nobody_is_told_of_what_is_history() {
    let world = World::new();
    world.import(&[line(1, "Logo", "completed")]);
    let customer = world.person("sanne@example.com").unwrap().id;
    assert!(world.store.snapshot(|db| notifications::list(db, customer, None, 10)).unwrap().is_empty());
    assert!(
        world.store.snapshot(|db| outbox::newest(db, "2999-01-01T00:00:00Z".parse().unwrap(), 10)).unwrap().is_empty()
    );
}

#[test]
fn an_order_delivered_long_ago_completes_at_its_own_deadline() {
    let world = World::new();
    world.import(&[line(1, "Logo", "delivered").replace("2026-11-23T", "2026-11-02T")]);
    assert_eq!(sweep::settle_all_due(&world.store, now()).unwrap(), 1);
    let (order, history) = world.order(1).unwrap();
    assert_eq!(order.status, Status::Completed);
    assert_eq!(history[2].at, at("2026-11-05T10:00:00Z"));
}

#[test]
fn the_examples_in_the_repository_can_be_imported() {
    let world = World::new();
    let data = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data");
    let csv = import_file(&world.store, &data.join("orders.csv"), now()).unwrap();
    assert_eq!(counts(&csv), (200, 0, 0, 0));
    let json = import_file(&world.store, &data.join("orders.json"), now()).unwrap();
    assert_eq!(counts(&json), (0, 0, 5, 0), "they are the first five of the same");
}

#[test]
fn a_file_that_is_not_there_is_an_error_and_not_a_problem() {
    let world = World::new();
    let missing = import_file(&world.store, Path::new("no/such/file.csv"), now());
    assert!(matches!(missing, Err(ImportError::Unreadable(_))), "{missing:?}");
}
