//! Row 9: several servers on one PostgreSQL, behind haproxy. No write is lost, also while they restart.

use std::fmt::Write as _;
use std::io::{Read, Write as _};
use std::net::{Shutdown, SocketAddr, TcpListener};
use std::os::unix::net::UnixStream;
use std::process::{Child, Command};
use std::thread::{self, sleep};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use oplossingscentrum::store::Store;
use tempfile::TempDir;

use crate::data::Plan;
use crate::data::folder;
use crate::load::Load;
use crate::load::Pages;
use crate::pages::Database;
use crate::pages::on_postgres;
use crate::program::Program;
use crate::report::Reach;
use crate::report::Report;
use crate::rounds::Rounds;
use crate::rounds::Size;
use crate::rounds::Trial;
use crate::seats::Crowd;
use crate::silence::count;
use crate::wire::Seat;
use crate::wire::Wire;

/// The number of servers in each trial.
const SERVERS: [(usize, &str); 3] = [(1, "one server"), (2, "two servers"), (4, "four servers")];
/// Answers that may be in flight at the end of a run.
const UNDERWAY: usize = 64;
/// The time haproxy needs to see that a server is back, or to drain one.
const NOTICED: Duration = Duration::from_secs(1);
/// Longest start of haproxy.
const STARTS_WITHIN: Duration = Duration::from_secs(10);

/// Measures the trials, with the usual number of rounds.
pub fn measure(report: &mut Report, plan: Plan, size: Size) -> Result<()> {
    let file = plan.copy()?;
    let crowd = Crowd::sign_in(&file)?;
    let pages = Pages::orders("crowd", &crowd.order_pages())?.with_comments(&crowd.comments())?;
    let Database { cluster, target } = on_postgres(&file)?;
    let store = Store::open_to_look(&target)?;
    let mut programs: Vec<Program> = (0..4).map(|_| Program::start(cluster.address())).collect();
    let proxy = Proxy::start(&programs.iter().map(Program::address).collect::<Vec<_>>())?;
    let ask = |front: SocketAddr, seconds| nothing_is_lost(&store, || pages.ask(front, seconds));
    let trial = |((_, name), &front): (&(usize, &'static str), &SocketAddr)| {
        Trial::new(name, move |seconds| ask(front, seconds))
    };
    let rounds = Rounds::run(size, SERVERS.iter().zip(&proxy.fronts).map(trial).collect())?;
    for (_, name) in SERVERS {
        let ratio = rounds.ratio(name, SERVERS[0].1);
        let what = format!("pages and comments, PostgreSQL, {name}, to one");
        report.ratio(9, what, (rounds.per_second(name), "/s"), ratio, Reach::Told);
    }
    let load = restart(&mut programs[..2], &proxy, || ask(proxy.fronts[1], size.seconds + 6))?;
    let what = "the same while two servers are started again";
    report.value(9, what, (load.per_second, "/s"), Reach::Told);
    Ok(())
}

/// Runs a load that writes comments, and compares its answers with the database.
fn nothing_is_lost(store: &Store, run: impl FnOnce() -> Result<Load>) -> Result<Load> {
    let comments = || count(store, "SELECT count(*) AS count FROM event_texts WHERE text LIKE 'Gemeten %'");
    let before = comments()?;
    let load = run()?;
    let told = usize::try_from(load.written)?;
    // Requests in flight at the end may still be served.
    sleep(Duration::from_millis(200));
    let written = comments()? - before;
    let is_all = (told..=told + UNDERWAY).contains(&written);
    ensure!(is_all && told > 0, "{told} were told that their comment is there, and {written} are");
    Ok(load)
}

/// Restarts the servers one after the other under that load. haproxy first drains each server, as an operator would
/// have it: otherwise requests waiting in a closing server's queue are lost.
fn restart(programs: &mut [Program], proxy: &Proxy, load: impl FnOnce() -> Result<Load> + Send) -> Result<Load> {
    thread::scope(|scope| {
        let load = scope.spawn(load);
        for (place, program) in programs.iter_mut().enumerate() {
            sleep(NOTICED);
            proxy.say(&format!("set server of2/s{place} state drain"))?;
            sleep(NOTICED);
            program.restart()?;
            proxy.say(&format!("set server of2/s{place} state ready"))?;
        }
        load.join().expect("load does not panic").context("while servers were started again")
    })
}

/// haproxy, with an address for each number of servers. Dropping it ends it.
struct Proxy {
    child: Child,
    fronts: Vec<SocketAddr>,
    /// The folder of its control socket.
    socket: TempDir,
}

impl Proxy {
    fn start(servers: &[SocketAddr]) -> Result<Self> {
        // A failed connection is retried with another server; a page, but not a form, also after an empty answer.
        let socket = tempfile::tempdir()?;
        let mut words = format!(
            "global\n stats socket {}/haproxy mode 600 level admin\ndefaults\n mode http\n timeout connect 5s\n timeout client 60s\n timeout server 60s\n\
             \x20option http-server-close\n option redispatch 1\n retries 3\n retry-on conn-failure empty-response\n",
            socket.path().display()
        );
        let free = SERVERS.map(|_| TcpListener::bind("127.0.0.1:0"));
        let fronts = free.into_iter().map(|free| free?.local_addr()).collect::<std::io::Result<Vec<_>>>()?;
        for ((number, _), front) in SERVERS.iter().zip(&fronts) {
            let retry = "http-request disable-l7-retry if METH_POST";
            writeln!(words, "listen of{number}\n bind {front}\n {retry}")?;
            words.push_str(" option httpchk GET /healthz\n default-server check inter 100ms fall 1 rise 1\n");
            for (place, server) in servers.iter().take(*number).enumerate() {
                writeln!(words, " server s{place} {server}")?;
            }
        }
        let file = folder().join("haproxy.cfg");
        std::fs::write(&file, words)?;
        let child = Command::new("haproxy").arg("-q").arg("-f").arg(file).spawn().context("cannot run haproxy")?;
        let proxy = Self { child, fronts, socket };
        let begun = Instant::now();
        for front in &proxy.fronts {
            while !Wire::new(*front).get("/healthz", &Seat::default()).is_ok_and(|answer| answer.status == 200) {
                ensure!(begun.elapsed() < STARTS_WITHIN, "haproxy does not start");
                sleep(Duration::from_millis(10));
            }
        }
        Ok(proxy)
    }

    /// Sends a command; an answer means that it failed.
    fn say(&self, order: &str) -> Result<()> {
        let mut stream = UnixStream::connect(self.socket.path().join("haproxy"))?;
        writeln!(stream, "{order}")?;
        stream.shutdown(Shutdown::Write)?;
        let mut said = String::new();
        stream.read_to_string(&mut said)?;
        ensure!(said.trim().is_empty(), "haproxy: {said}");
        Ok(())
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
