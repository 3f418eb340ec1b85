//! Row 6: very many deadlines at one moment, all settled under a load of pages.

use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::{self, sleep};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use chrono::{DateTime, SubsecRound, TimeDelta, Utc};
use diesel::connection::SimpleConnection;
use diesel::{Connection, RunQueryDsl, SqliteConnection, sql_query};
use oplossingscentrum::clock::real_now;
use oplossingscentrum::store::{Db, Error, Store, Target};

use crate::accepts::Count;
use crate::data::Plan;
use crate::pages::Database;
use crate::pages::on_postgres;
use crate::program::Program;
use crate::report::Reach;
use crate::report::Report;
use crate::rounds::median;
use crate::rounds::millis;
use crate::seats::Crowd;
use crate::wire::Wire;

/// Seconds between writing the deadlines and the deadline itself, enough for the program to start; and the number of
/// deadlines that each further second allows for writing.
const AHEAD: i64 = 12;
const MOVED: usize = 4_000;
/// Seconds in which everything must be settled.
const PATIENCE: u64 = 900;
/// The interval between page requests meanwhile.
const EVERY: Duration = Duration::from_millis(20);

/// The result of one such moment.
struct Moment {
    per_second: f64,
    /// The 99th percentile of the pages, in milliseconds.
    p99: f64,
    /// How often SQLite's write lock was held, how often for longer than 20 milliseconds, and the longest wait of
    /// another writer, in milliseconds.
    locks: Locks,
    /// The program's peak memory, in MiB.
    memory: f64,
}

#[derive(Default)]
struct Locks {
    held: f64,
    held_longer: f64,
    longest_wait: f64,
}

/// Settles that many on each database: on SQLite as often as asked, for the median. Returns the peak memory.
pub fn measure(report: &mut Report, plan: Plan, times: usize) -> Result<f64> {
    let moments = (0..times).map(|_| on_file(plan)).collect::<Result<Vec<_>>>()?;
    let middle = |value: fn(&Moment) -> f64| median(moments.iter().map(value));
    let what = format!("{} deadlines settled, mails and all, SQLite", plan.orders);
    report.value(6, what, (middle(|moment| moment.per_second), "/s"), Reach::AtLeast(50_000.0));
    report.value(6, "pages meanwhile (p99)", (middle(|moment| moment.p99), "ms"), Reach::Below(50.0));
    let held = middle(|moment| moment.locks.held);
    let longer = middle(|moment| moment.locks.held_longer);
    report.value(6, format!("write locks held over 20 ms, of {held}"), (longer, ""), Reach::AtMost(0.0));
    let wait = middle(|moment| moment.locks.longest_wait);
    report.value(6, "the longest wait of a second process for one", (wait, "ms"), Reach::AtMost(20.0));
    let moment = on_two_servers(plan)?;
    let what = format!("{} deadlines settled, mails and all, PostgreSQL, two servers", plan.orders);
    report.value(6, what, (moment.per_second, "/s"), Reach::AtLeast(30_000.0));
    report.value(6, "pages meanwhile (p99), PostgreSQL", (moment.p99, "ms"), Reach::Below(50.0));
    Ok(middle(|moment| moment.memory))
}

fn on_file(plan: Plan) -> Result<Moment> {
    let file = plan.copy()?;
    let crowd = Crowd::sign_in(&file)?;
    let target = Target::Sqlite(file.clone());
    let deadline = due_soon(plan.orders, |sql| {
        let done: Result<(), Error> = Store::open_to_fill(&file)?.write(|db| run(db, sql));
        Ok(done?)
    })?;
    let programs = [Program::start_counting(file.display().to_string())?];
    watch(&target, deadline, &crowd, &programs, plan.orders, Some(&file))
}

fn on_two_servers(plan: Plan) -> Result<Moment> {
    let file = plan.copy()?;
    let crowd = Crowd::sign_in(&file)?;
    let Database { cluster, target } = on_postgres(&file)?;
    let deadline = due_soon(plan.orders, |sql| {
        cluster.sql(sql);
        Ok(())
    })?;
    let programs = [Program::start(cluster.address()), Program::start(cluster.address())];
    watch(&target, deadline, &crowd, &programs, plan.orders, None)
}

/// Moves every deadline to one moment soon, with all its reminders sent.
fn due_soon(count: usize, run: impl FnOnce(&str) -> Result<()>) -> Result<DateTime<Utc>> {
    let ahead = AHEAD + i64::try_from(count / MOVED)?;
    let deadline = (real_now() + TimeDelta::seconds(ahead)).trunc_subsecs(0);
    let (at, asked_at) = (written(deadline), written(deadline - TimeDelta::hours(48)));
    run(&format!(
        "UPDATE disputes SET respond_by = '{at}', opened_at = '{asked_at}', remind_at = NULL WHERE state = 'open';
         UPDATE orders SET settles_at = '{at}' WHERE settles_at IS NOT NULL"
    ))?;
    Ok(deadline)
}

/// A whole second in a form that both databases read.
fn written(at: DateTime<Utc>) -> String {
    at.format("%F %T").to_string()
}

/// Waits for the deadline, and until everything is settled and its mails are written.
fn watch(
    target: &Target,
    deadline: DateTime<Utc>,
    crowd: &Crowd,
    programs: &[Program],
    expected: usize,
    file: Option<&Path>,
) -> Result<Moment> {
    let ahead = (deadline - real_now()).to_std().context("the program started too late")?;
    ensure!(ahead > Duration::from_secs(1), "the program started too late");
    let store = Store::open_to_look(target)?;
    sleep(ahead);
    let is_over = AtomicBool::new(false);
    let (took, pages, longest_wait) = thread::scope(|scope| {
        let pages = scope.spawn(|| look(crowd, programs, &is_over));
        let waits = scope.spawn(|| file.map_or(Ok(Duration::ZERO), |file| probe(file, &is_over)));
        let took = until_settled(&store, deadline);
        is_over.store(true, Ordering::Relaxed);
        let done = "a watcher does not panic";
        Ok::<_, anyhow::Error>((took?, pages.join().expect(done)?, waits.join().expect(done)?))
    })?;
    for (what, sql, times) in [
        ("disputes", "SELECT count(*) AS count FROM disputes WHERE state = 'lapsed'", 1),
        ("events", "SELECT count(*) AS count FROM events WHERE what = 'lapsed'", 1),
        (
            "notifications",
            "SELECT count(*) AS count FROM events WHERE told_customer_id IS NOT NULL AND at >= '{at}'",
            1,
        ),
        ("mails", "SELECT count(*) AS count FROM outbox WHERE what = 'event'", 2),
    ] {
        let found = count(&store, &sql.replace("{at}", &written(deadline)))?;
        ensure!(found == expected * times, "{found} {what} tell of {expected} deadlines");
    }
    let mut locks = Locks { longest_wait: millis(longest_wait), ..Locks::default() };
    if file.is_some() {
        (locks.held, locks.held_longer) = programs[0].write_locks()?;
    }
    let memory = programs.iter().map(|program| program.memory("VmHWM")).collect::<Result<Vec<_>>>()?;
    Ok(Moment {
        per_second: expected as f64 / took.as_secs_f64(),
        p99: pages,
        locks,
        memory: memory.into_iter().fold(0.0, f64::max),
    })
}

fn until_settled(store: &Store, deadline: DateTime<Utc>) -> Result<Duration> {
    let at = written(deadline);
    let left = format!("SELECT count(*) AS count FROM (SELECT 1 FROM orders WHERE settles_at = '{at}' LIMIT 1) AS due");
    let begun = Instant::now();
    let to_write = "SELECT count(*) AS count FROM (SELECT 1 FROM orders WHERE relayed < events LIMIT 1) AS behind";
    while count(store, &left)? > 0 || count(store, to_write)? > 0 {
        ensure!(begun.elapsed() < Duration::from_secs(PATIENCE), "not everything is settled after {PATIENCE} s");
        // Not too often: on PostgreSQL each look goes past everything that was due.
        sleep(Duration::from_millis(20));
    }
    Ok((real_now() - deadline).to_std()?)
}

/// Requests pages at a steady pace. The time a page had to wait for the one before it counts.
fn look(crowd: &Crowd, programs: &[Program], is_over: &AtomicBool) -> Result<f64> {
    let mut wires: Vec<Wire> = programs.iter().map(|program| Wire::new(program.address())).collect();
    let (begun, mut took) = (Instant::now(), Vec::new());
    while !is_over.load(Ordering::Relaxed) {
        let planned = begun + EVERY * u32::try_from(took.len())?;
        sleep(planned.saturating_duration_since(Instant::now()));
        let open = &crowd.open[rand::random_range(0..crowd.open.len())];
        let cookie = &crowd.seats[&open.opener].cookie;
        let at = took.len() % wires.len();
        let host = programs[at].address();
        let request = format!("GET /orders/{} HTTP/1.1\r\nhost: {host}\r\ncookie: {cookie}\r\n\r\n", open.reference);
        let answer = wires[at].ask(&request)?;
        took.push(planned.elapsed());
        let is_right = answer.status == 200 && answer.body.contains(&format!("<h1>{}</h1>", open.title));
        ensure!(is_right, "a wrong page: {}", answer.head);
    }
    took.sort_unstable();
    Ok(took.get(took.len().saturating_sub(1) * 99 / 100).map_or(0.0, |took| millis(*took)))
}

/// Takes SQLite's write lock now and then, and returns the longest wait.
fn probe(file: &Path, is_over: &AtomicBool) -> Result<Duration> {
    let mut db = SqliteConnection::establish(&file.to_string_lossy())?;
    // SQLite's own busy handler tries less and less often.
    db.batch_execute("PRAGMA busy_timeout = 0")?;
    let mut longest = Duration::ZERO;
    while !is_over.load(Ordering::Relaxed) {
        let begun = Instant::now();
        while db.batch_execute("BEGIN IMMEDIATE").is_err() {
            ensure!(begun.elapsed() < Duration::from_secs(PATIENCE), "the write lock is never free");
            sleep(Duration::from_micros(100));
        }
        longest = longest.max(begun.elapsed());
        db.batch_execute("ROLLBACK")?;
        sleep(Duration::from_millis(2));
    }
    Ok(longest)
}

fn run(db: &mut Db, sql: &str) -> Result<(), Error> {
    match db {
        Db::Sqlite(db) => db.batch_execute(sql)?,
        Db::Postgres(db) => db.batch_execute(sql)?,
    }
    Ok(())
}

pub fn count(store: &Store, sql: &str) -> Result<usize> {
    let count: Result<Count, Error> = store.snapshot(|db| match db {
        Db::Sqlite(db) => Ok(sql_query(sql).get_result(db)?),
        Db::Postgres(db) => Ok(sql_query(sql).get_result(db)?),
    });
    Ok(count?.count.try_into()?)
}
