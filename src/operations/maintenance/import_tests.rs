//! Imports small files into a real database.

use chrono::{DateTime, TimeDelta, Utc};
use tempfile::TempDir;

use super::*;
use crate::domain::{Actor, EventKind, Party};
use crate::operations::Who;
use crate::operations::orders::{actions, sweep};
use crate::store::orders::notifications;
use crate::store::{Target, outbox};

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
    directory: TempDir,
    store: Store,
}

impl World {
    fn new() -> Self {
        let directory = tempfile::tempdir().unwrap();
        let store = Store::open(&Target::Sqlite(directory.path().join("import.db"))).unwrap();
        Self { directory, store }
    }

    fn import(&self, lines: &[String]) -> Result<Summary, Vec<String>> {
        self.import_at(lines, now())
    }

    fn import_at(&self, lines: &[String], now: DateTime<Utc>) -> Result<Summary, Vec<String>> {
        let path = self.directory.path().join("orders.csv");
        std::fs::write(&path, format!("{HEADER}\n{}", lines.concat())).unwrap();
        match import_file(&self.store, &path, now) {
            Ok(summary) => Ok(summary),
            Err(ImportError::Problems(problems)) => Err(problems.iter().map(ToString::to_string).collect()),
            Err(error) => panic!("{error}"),
        }
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

fn summary(accounts_added: usize, orders_added: usize, orders_unchanged: usize) -> Summary {
    Summary { accounts_added, orders_added, orders_unchanged }
}

#[test]
fn importing_the_same_file_twice_changes_nothing() {
    let world = World::new();
    let lines = [line(1, "Logo", "active"), line(2, "Website", "delivered")];
    assert_eq!(world.import(&lines), Ok(summary(2, 2, 0)));
    let before = (world.order(1), world.order(2), world.person("sanne@example.com"));
    assert_eq!(world.import_at(&lines, now() + TimeDelta::days(1)), Ok(summary(0, 0, 2)));
    assert_eq!((world.order(1), world.order(2), world.person("sanne@example.com")), before);
}

#[test]
fn an_order_that_has_moved_on_since_stays_as_it_is_now() {
    let world = World::new();
    world.import(&[line(1, "Logo", "delivered")]).unwrap();
    let customer = world.person("sanne@example.com").unwrap().id;
    actions::approve(&world.store, Who { account: customer, reference: reference(1) }, now()).unwrap();
    assert_eq!(world.import(&[line(1, "Logo", "delivered"), line(2, "Website", "active")]), Ok(summary(0, 1, 1)));
    assert_eq!(world.order(1).unwrap().0.status, Status::Completed);
}

#[test]
fn nothing_is_stored_when_one_line_is_bad() {
    let world = World::new();
    let bad = line(2, "Website", "lost");
    assert_eq!(world.import(&[line(1, "Logo", "active"), bad, line(3, "App", "active")]).unwrap_err().len(), 1);
    assert_eq!((world.order(1), world.order(3)), (None, None));
    assert_eq!(world.person("sanne@example.com"), None);
}

#[test]
fn another_order_under_a_reference_that_is_here_already_is_a_problem_and_nothing_is_stored() {
    let world = World::new();
    world.import(&[line(1, "Logo", "active")]).unwrap();
    let other = line(1, "Huisstijl", "active").replace("joost", "piet");
    assert_eq!(
        world.import(&[line(2, "Website", "active"), other]).unwrap_err(),
        ["line 3, reference: \"OC-00000001\" is stored already with another title and another freelancer"]
    );
    assert_eq!(world.order(2), None);
    assert_eq!(world.person("piet@example.com"), None);
}

#[test]
fn an_account_that_is_here_already_is_kept_as_it_is() {
    let world = World::new();
    world.import(&[line(1, "Logo", "active")]).unwrap();
    let before = world.person("sanne@example.com");
    let renamed = line(2, "Website", "active").replace("Sanne,", "Sanne de Vries,").replace("joost@", "piet@");
    assert_eq!(world.import(&[renamed]), Ok(summary(1, 1, 0)));
    assert_eq!(world.person("sanne@example.com"), before);
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
    world.import(&lines).unwrap();
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
    world.import(&[line(1, "Logo", "completed")]).unwrap();
    let customer = world.person("sanne@example.com").unwrap().id;
    assert!(world.store.snapshot(|db| notifications::list(db, customer, None, 10)).unwrap().is_empty());
    assert!(
        world.store.snapshot(|db| outbox::newest(db, "2999-01-01T00:00:00Z".parse().unwrap(), 10)).unwrap().is_empty()
    );
}

#[test]
fn an_order_delivered_long_ago_completes_at_its_own_deadline() {
    let world = World::new();
    world.import(&[line(1, "Logo", "delivered").replace("2026-11-23T", "2026-11-02T")]).unwrap();
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
    assert_eq!(csv.orders_added, 200);
    let json = import_file(&world.store, &data.join("orders.json"), now()).unwrap();
    assert_eq!((json.orders_added, json.orders_unchanged), (0, 5), "they are the first five of the same");
}

#[test]
fn a_file_that_is_not_there_is_an_error_and_not_a_problem() {
    let world = World::new();
    let missing = import_file(&world.store, Path::new("no/such/file.csv"), now());
    assert!(matches!(missing, Err(ImportError::Unreadable(_))), "{missing:?}");
}
