//! A wrong clock decides nothing: the real program on a machine whose clock is set by libfaketime.

use std::fs;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use chrono::TimeDelta;
use oplossingscentrum::clock::Clock;
use oplossingscentrum::domain::State;

use crate::builders::Order;
use crate::databases::address;
use crate::people::{Browser, Person};
use crate::program::Serving;
use crate::world::{PASSWORD, World};

/// A question that was asked a moment ago, on a machine whose clock a test sets.
struct Asked {
    world: World,
    order: Order,
    clock: PathBuf,
    _folder: tempfile::TempDir,
}

impl Asked {
    /// The world itself is closed: only the real program serves its database.
    fn just_now() -> Self {
        let mut world = World::new();
        let order = world.order().active();
        world.customer().asks_to_cancel(&order, "other", "Het duurt te lang.");
        world.closes();
        let folder = tempfile::tempdir().unwrap();
        let clock = folder.path().join("clock");
        fs::write(&clock, "+0").unwrap();
        Self { world, order, clock, _folder: folder }
    }

    fn clock_says(&self, what: &str) {
        fs::write(&self.clock, what).unwrap();
    }

    fn serve(&self, more: &[&str]) -> Serving {
        Serving::start_by_clock(&address(self.world.target()), more, &self.clock)
    }

    #[track_caller]
    fn still_waits(&self) {
        assert!(self.world.dispute(&self.order, 1).is_open(), "{:?}", self.world.dispute(&self.order, 1));
    }

    /// A person in a browser at the real program.
    fn visits(&self, serving: &Serving, email: &str) -> Person {
        let address = format!("http://{}", serving.address);
        let store = &self.world.app.store;
        let known = store.snapshot(|db| oplossingscentrum::store::accounts::find_by_email(db, email)).unwrap().unwrap();
        let browser = Browser::new(&address, &address);
        let person = Person { id: known.id, name: known.name, email: known.email, browser };
        person.signs_in(PASSWORD).must(303);
        person
    }

    /// Its page shows it open, its answer is taken, and nothing new can be asked.
    fn takes_an_answer_and_asks_nothing(&self, serving: &Serving) {
        self.still_waits();
        let customer = self.visits(serving, "klant@example.com");
        let freelancer = self.visits(serving, "freelancer@example.com");
        assert!(customer.sees(&self.order.dispute(1)).html.contains("/withdraw"), "no page settles it");
        freelancer.declines(&self.order, "Ik ga door.");
        assert!(matches!(self.world.dispute(&self.order, 1).state, State::Declined(_)));
        let refused = customer.center_form(&self.order, "update").fill("comment", "En nu dan?").send(&customer);
        assert_eq!((refused.status, refused.header("retry-after")), (503, "60"), "{}", refused.main());
        assert!(refused.html.contains("klok") && refused.html.contains("En nu dan?"), "{}", refused.main());
        assert_eq!(self.world.disputes(&self.order).len(), 1);
    }
}

fn until(what: &str, happens: impl Fn() -> bool) {
    let until = Instant::now() + Duration::from_secs(20);
    while !happens() {
        assert!(Instant::now() < until, "{what}");
        std::thread::sleep(Duration::from_millis(100));
    }
}

#[test]
fn a_clock_that_jumps_two_days_ahead_or_back_while_it_runs_settles_nothing_until_it_is_right() {
    for jump in ["+49h", "-49h"] {
        let asked = Asked::just_now();
        let serving = asked.serve(&[]);
        assert_eq!(serving.answers("/readyz").0, 200);
        asked.clock_says(jump);
        let told = serving.answers("/readyz");
        assert_eq!(told.0, 503, "{told:?}");
        let seconds = if jump == "+49h" { "clock: 17" } else { "clock: -17" };
        assert!(told.1.contains(seconds) && told.1.contains("s ahead; nothing is settled"), "{told:?}");
        std::thread::sleep(Duration::from_secs(3));
        asked.takes_an_answer_and_asks_nothing(&serving);
        asked.clock_says("+0");
        until("it is ready again", || serving.answers("/readyz").0 == 200);
        let customer = asked.visits(&serving, "klant@example.com");
        customer.asks_for_update(&asked.order, "Nu weer wel?");
    }
}

#[test]
fn a_server_that_starts_with_another_time_than_postgresql_settles_nothing() {
    for apart in ["+49h", "-49h"] {
        let asked = Asked::just_now();
        if !asked.world.is_postgres() {
            return;
        }
        asked.clock_says(apart);
        // Whatever the flag says: the clock of the database counts.
        let serving = asked.serve(&["--accept-clock"]);
        let told = serving.answers("/readyz");
        assert!(told.0 == 503 && told.1.contains("s ahead; nothing is settled"), "{told:?}");
        std::thread::sleep(Duration::from_secs(2));
        asked.takes_an_answer_and_asks_nothing(&serving);
        serving.gets("TERM");
        let (ended, _, log) = serving.ends();
        assert!(ended.success() && log.contains("or the database's: nothing is settled"), "{log}");
    }
}

#[test]
fn a_server_on_sqlite_that_starts_before_the_moment_it_last_ran_settles_nothing_until_an_operator_accepts_the_clock() {
    let asked = Asked::just_now();
    if asked.world.is_postgres() {
        return;
    }
    asked.clock_says("+1h");
    let serving = asked.serve(&[]);
    until("it says that it runs", || {
        asked.world.app.store.read(oplossingscentrum::store::maintenance::servers::newest).unwrap().is_some()
    });
    serving.gets("TERM");
    assert!(serving.ends().0.success());
    asked.clock_says("+0");
    let due = asked.world.dispute(&asked.order, 1).respond_by - TimeDelta::hours(49);
    let due = due.format("%Y-%m-%d %H:%M:%S.%6f");
    for sql in [
        format!("UPDATE disputes SET respond_by = '{due}'"),
        format!("UPDATE orders SET settles_at = '{due}' WHERE reference = '{}'", asked.order),
    ] {
        asked.world.sql(&sql).unwrap();
    }
    let serving = asked.serve(&[]);
    let told = serving.answers("/readyz");
    assert!(told.0 == 503 && told.1.contains("clock: before 20"), "{told:?}");
    std::thread::sleep(Duration::from_secs(2));
    asked.still_waits();
    serving.gets("TERM");
    let (_, _, log) = serving.ends();
    assert!(log.contains("--accept-clock"), "{log}");
    let serving = asked.serve(&["--accept-clock"]);
    assert_eq!(serving.answers("/readyz").0, 200);
    assert!(matches!(asked.world.dispute(&asked.order, 1).state, State::Lapsed(_)));
    serving.gets("TERM");
    drop(serving.ends());
    assert_eq!(asked.serve(&[]).answers("/readyz").0, 200, "it is accepted once and for all");
}

#[test]
fn a_demo_and_a_command_have_no_clock_to_doubt() {
    let clock = Clock::default();
    clock.must_be_after(clock.now() + TimeDelta::days(1));
    assert_eq!(clock.doubt(), None);
}
