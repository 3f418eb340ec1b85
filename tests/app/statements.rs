//! The SQL of pages and workers: few statements, however much data there is, each prepared once, and each using an
//! index.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::sync::{LazyLock, Mutex, Once};

use chrono::TimeDelta;
use diesel::connection::{Instrumentation, InstrumentationEvent, SimpleConnection, set_default_instrumentation};
use diesel::sql_types::Text;
use diesel::{QueryableByName, RunQueryDsl};
use oplossingscentrum::domain::Status;
use oplossingscentrum::store::{Db, Error, Target};

use crate::builders::Order;
use crate::people::Person;
use crate::postman::FAST;
use crate::smtp::Smtp;
use crate::soon::soon;
use crate::world::Kind;
use crate::world::World;

/// The statements sent to each watched database, by its address.
static ASKED: LazyLock<Mutex<HashMap<String, Vec<String>>>> = LazyLock::new(Mutex::default);
/// Statements that are prepared once per connection, by the database's address.
static KEPT: LazyLock<Mutex<HashMap<String, HashSet<String>>>> = LazyLock::new(Mutex::default);

/// Records the statements of one connection.
#[derive(Default)]
struct Watch {
    address: String,
}

impl Instrumentation for Watch {
    fn on_connection_event(&mut self, event: InstrumentationEvent<'_>) {
        match event {
            InstrumentationEvent::StartEstablishConnection { url, .. } => {
                without_settings(url).clone_into(&mut self.address);
            }
            InstrumentationEvent::StartQuery { query, .. } => {
                if let Some(asked) = ASKED.lock().unwrap().get_mut(&self.address) {
                    let written = query.to_string();
                    asked.push(written.split(" -- binds:").next().unwrap_or_default().to_owned());
                }
            }
            InstrumentationEvent::CacheQuery { sql, .. } => {
                KEPT.lock().unwrap().entry(self.address.clone()).or_default().insert(sql.to_owned());
            }
            _ => {}
        }
    }
}

/// An address without its settings: the store adds some of its own.
fn without_settings(address: &str) -> &str {
    address.split('?').next().unwrap_or_default()
}

/// Watches every connection of these tests from now on.
pub fn begin() {
    static BEGUN: Once = Once::new();
    BEGUN.call_once(|| set_default_instrumentation(|| Some(Box::new(Watch::default()))).unwrap());
}

impl World {
    fn address(&self) -> String {
        match self.target() {
            Target::Sqlite(path) => path.display().to_string(),
            Target::Postgres(url) => without_settings(url).to_owned(),
        }
    }

    /// The statements sent to this world's database during `done`, without the starts and ends of transactions.
    pub fn statements(&self, done: impl FnOnce()) -> Vec<String> {
        ASKED.lock().unwrap().insert(self.address(), Vec::new());
        done();
        let mut asked = ASKED.lock().unwrap().remove(&self.address()).expect("it was watched");
        let is_frame = |sql: &str| {
            ["BEGIN", "COMMIT", "ROLLBACK", "SAVEPOINT", "RELEASE", "PRAGMA", "SET "]
                .iter()
                .any(|word| sql.starts_with(word))
        };
        asked.retain(|sql| !is_frame(sql));
        asked
    }

    /// The database's plan for a statement, one step per line, with table scans and sorting discouraged:
    /// the tables of a test are too small for PostgreSQL to go by an index of its own accord.
    fn plan(&self, statement: &str) -> Vec<String> {
        #[derive(QueryableByName)]
        struct Sqlite {
            #[diesel(sql_type = Text)]
            detail: String,
        }
        #[derive(QueryableByName)]
        struct Postgres {
            #[diesel(sql_type = Text, column_name = "QUERY PLAN")]
            step: String,
        }
        let explain = |db: &mut Db| match db {
            Db::Sqlite(db) => {
                let steps: Vec<Sqlite> = diesel::sql_query(format!("EXPLAIN QUERY PLAN {statement}")).load(db)?;
                Ok(steps.into_iter().map(|step| step.detail).collect())
            }
            Db::Postgres(db) => {
                let values = (1..).take_while(|n| statement.contains(&format!("${n}"))).map(|_| "NULL");
                let values = values.collect::<Vec<_>>().join(", ");
                let values = if values.is_empty() { values } else { format!("({values})") };
                db.batch_execute(&format!(
                    "SET LOCAL enable_seqscan = off; SET LOCAL enable_sort = off; SET LOCAL enable_bitmapscan = off; \
                     SET LOCAL plan_cache_mode = force_generic_plan; PREPARE asked AS {statement}"
                ))?;
                let steps: Vec<Postgres> = diesel::sql_query(format!("EXPLAIN EXECUTE asked{values}")).load(db)?;
                db.batch_execute("DEALLOCATE asked")?;
                Ok::<_, Error>(steps.into_iter().map(|step| step.step).collect())
            }
        };
        self.app.store.write(explain).unwrap_or_else(|error| panic!("{statement}: {error}"))
    }
}

/// Makes this many orders, each with a question for the freelancer and a long history.
fn busy(world: &World, customer: &Person, freelancer: &Person, orders: usize) -> Order {
    let placed: Vec<Order> = (0..orders)
        .map(|nth| world.order().placed(world.now() - TimeDelta::minutes(i64::try_from(nth).unwrap())).active())
        .collect();
    for _ in 0..orders {
        customer.asks_for_update(&placed[0], "En nu?");
        freelancer.comments(&placed[0], &format!("Bijna, na {} keer vragen.", world.events(&placed[0]).len()));
        customer.withdraws(&placed[0]);
        // The limit is ten questions in 24 hours.
        world.hours_pass(3);
    }
    for order in &placed {
        customer.asks_for_update(order, "Hoe staat het ervoor?");
    }
    freelancer.comments(&placed[0], "Nu echt bijna.");
    placed.into_iter().next().unwrap()
}

#[test]
fn a_page_takes_few_statements_and_as_many_with_thirty_rows_as_with_one() {
    let asked = [1, 30].map(|orders| {
        let world = World::new();
        let (customer, freelancer) = world.parties();
        let order = busy(&world, &customer, &freelancer, orders);
        let pages = [
            (order.at(""), 4),
            (order.at("/resolution"), 4),
            (order.dispute(1), 4),
            ("/orders".into(), 3),
            ("/orders?filter=waiting&role=freelancer".into(), 3),
            ("/disputes".into(), 3),
            ("/notifications".into(), 3),
        ];
        // The notifications are read by then, and recorded as read.
        for (path, _) in &pages {
            freelancer.sees(path);
        }
        pages.map(|(path, most)| {
            let asked = world.statements(|| drop(freelancer.sees(&path)));
            assert!(asked.len() <= most, "{path} takes {} statements: {asked:#?}", asked.len());
            (path.replace(&order.to_string(), "{reference}"), asked.len())
        })
    });
    for ((page, with_one), (_, with_thirty)) in asked[0].iter().zip(&asked[1]) {
        assert!(with_thirty <= with_one, "{page} takes {with_one} statements for one row, {with_thirty} for thirty");
    }
}

#[test]
fn what_is_asked_all_day_is_prepared_once() {
    let world = World::new();
    let (customer, freelancer) = world.parties();
    let order = world.order().active();
    let mut asked = world.statements(|| {
        customer.asks_to_cancel(&order, "too_late", "Het duurt te lang.");
        for path in ["/orders", "/disputes", &order.at("")] {
            freelancer.sees(path);
        }
        freelancer.comments(&order, "Dat is jammer.");
        freelancer.accepts(&order);
    });
    assert!(asked.len() > 20, "only {} statements were seen", asked.len());
    let kept = KEPT.lock().unwrap()[&world.address()].clone();
    asked.retain(|statement| !kept.contains(statement));
    assert!(asked.is_empty(), "prepared each time: {asked:#?}");
}

/// Statements that may scan a whole table or index, with the reason.
const MAY: [(&str, &str); 8] = [
    ("__diesel_schema_migrations", "has a row for each migration"),
    (
        "count(*)",
        "operators' counts are over what is open, due, waiting or set aside, by indexes that hold nothing else",
    ),
    (
        "FROM orders WHERE orders.relayed < orders.events LIMIT 1",
        "the first of an index that holds what is to be relayed only",
    ),
    (
        "FROM orders WHERE orders.hashed < orders.events LIMIT 1",
        "the first of an index that holds what is to be hashed only",
    ),
    ("ORDER BY orders.settles_at ASC LIMIT 1", "the first of an index that holds what is due only"),
    (
        "accounts.welcomed_at >= orders.unannounced_since",
        "the deliveries that nobody was told of, by an index that holds nothing else",
    ),
    ("pg_advisory", "takes a lock and reads nothing"),
    ("servers.seen_at", "has a row for each server of the last week"),
];

/// A query for notifications. The index of each side has them in order, however many one account was ever told.
const TOLD: [(&str, &str); 2] =
    [("events.told_customer_id =", "events_told_customer"), ("events.told_freelancer_id =", "events_told_freelancer")];

/// A query for orders that have something to relay, in an index that holds nothing else.
const TO_RELAY: &str = "orders.relayed < orders.events";

/// A query for the next due orders. The index has them in order, however many share one deadline.
const DUE: &str = "(orders.settles_at, orders.reference) > (";

/// Whether a step of a plan scans a whole table or index.
fn goes_through_all(step: &str) -> bool {
    let step = step.trim_start().trim_start_matches("->").trim_start();
    let of_sqlite = step.starts_with("SCAN ") && !step.contains("CONSTANT ROW") && !step.contains("(subquery");
    // These scan the results of steps that are checked themselves.
    let is_gathered = [
        "SCAN (join",
        "SCAN others",
        "SCAN opening",
        "SCAN since",
        "SCAN fills_hour",
        "SCAN fills_dispute",
        "SCAN to_customer",
        "SCAN to_freelancer",
        "SCAN updates",
        "SCAN cancellations",
        "SCAN changes",
        "SCAN to_answer",
        "SCAN late",
        "SCAN to_look_at",
        "SCAN unannounced",
        "SCAN running",
    ]
    .contains(&step);
    step.starts_with("Seq Scan") || (of_sqlite && !is_gathered)
}

#[test]
fn every_statement_of_pages_and_workers_finds_its_rows_by_an_index() {
    let smtp = Smtp::new();
    let world = World::of(Kind { worker: true, ..Kind::default() });
    let asked = world.statements(|| lives_a_life(&world, &smtp));
    let distinct: BTreeSet<String> = asked.into_iter().collect();
    assert!(distinct.len() > 60, "only {} kinds of statement were seen", distinct.len());
    assert!(distinct.iter().any(|statement| statement.contains(DUE)), "nobody looked for what is due");
    let relays = |statement: &String| statement.replace(['`', '"'], "").contains(TO_RELAY);
    assert!(distinct.iter().any(relays), "nobody looked for what is to be relayed");
    let mut bad = Vec::new();
    for statement in &distinct {
        let words = statement.replace(['`', '"'], "").replace("COUNT(", "count(");
        if MAY.iter().any(|(allowed, _)| words.contains(allowed)) {
            continue;
        }
        let plan = world.plan(statement);
        let says = |word: &str| plan.iter().any(|step| step.contains(word));
        let is_roundabout = TOLD.iter().any(|(told, index)| words.contains(told) && !says(index))
            || (words.contains(TO_RELAY) && !says("orders_to_relay") && !words.contains("orders.reference ="));
        let has_order = words.contains(DUE) || TOLD.iter().any(|(told, _)| words.contains(told));
        let is_sorted = has_order && (says("Sort") || says("TEMP B-TREE"));
        if is_roundabout || is_sorted || plan.iter().any(|step| goes_through_all(step)) {
            bad.push(format!("{statement}\n  {}", plan.join("\n  ")));
        }
    }
    assert!(bad.is_empty(), "{} of {} statements:\n{}", bad.len(), distinct.len(), bad.join("\n\n"));
}

/// Does everything that people and workers do, once.
fn lives_a_life(world: &World, smtp: &Smtp) {
    let (customer, freelancer) = world.parties();
    let order = || world.order().active();
    let [updated, cancelled, changed, worked, silent, withdrawn] = std::array::from_fn(|_| order());
    customer.asks_for_update(&updated, "Hoe staat het ervoor?");
    freelancer.comments(&updated, "Ik kijk even.");
    freelancer.gives_update(&updated, "Bijna klaar.");
    customer.asks_to_cancel(&cancelled, "too_late", "Het duurt te lang.");
    freelancer.accepts(&cancelled);
    freelancer.requests_change(&changed, 3, &[("Extra versie", "25,00")], "Er komt wat bij.");
    customer.declines(&changed, "Liever niet.");
    freelancer.requests_change(&changed, 3, &[("Extra versie", "25,00")], "Toch wel.");
    customer.accepts(&changed);
    freelancer.delivers(&worked);
    customer.requests_revision(&worked, "Graag wat groter.");
    freelancer.delivers(&worked);
    customer.approves(&worked);
    customer.asks_for_update(&withdrawn, "Hoe staat het ervoor?");
    customer.withdraws(&withdrawn);
    customer.asks_to_cancel(&silent, "too_late", "Het duurt te lang.");
    let calendar = customer.makes_a_calendar();
    let after = format!("{}.{updated}.1", world.now().timestamp_micros());
    for path in [
        "/orders",
        "/orders?filter=open",
        "/orders?filter=waiting",
        "/orders?filter=late",
        "/orders?filter=closed&role=customer",
        "/orders?q=logo",
        "/disputes",
        "/disputes?view=closed",
        "/notifications",
        "/account",
        "/account?devices=all",
        "/account/events",
        "/account/second-factor",
        "/help",
        &calendar,
        "/readyz",
        &updated.at(""),
        &updated.at("/resolution"),
        &updated.at("/news"),
        &updated.at("/print"),
        &updated.at("?before=3"),
        &updated.dispute(1),
    ] {
        customer.sees(path);
    }
    for path in [
        "/orders?after=waiting.",
        "/orders?after=late.",
        "/orders?after=delivered.",
        "/orders?after=running.",
        "/orders?after=closed.",
        "/orders?filter=open&after=",
        "/disputes?after=m.",
        "/disputes?after=o.",
        "/disputes?view=closed&after=",
        "/notifications?after=",
    ] {
        customer.sees(&format!("{path}{after}"));
    }
    customer.sees(&format!("/account/events?after={}.1", world.now().timestamp_micros()));
    world.visitor().post("/password/forgotten", &[("email", "klant@example.com")]).must(303);
    world.operator().get("/metrics").must(200);
    customer.post("/notifications/read", &[]).must(303);
    customer.switches_language();
    let postman = world.postman(smtp, FAST);
    world.hours_pass(25);
    world.app.wake.notify_one();
    soon(|| smtp.taken().iter().any(|mail| world.name_of(mail).starts_with("reminder.")));
    world.days_pass(2);
    world.app.wake.notify_one();
    soon(|| world.row(&silent).status == Status::MutuallyCancelled);
    soon(|| world.waiting().is_empty());
    drop(postman);
    let _ = customer.elsewhere();
    customer.post("/account/sign-out-everywhere", &[]).must(303);
    freelancer.post("/sign-out", &[]).must(303);
}
