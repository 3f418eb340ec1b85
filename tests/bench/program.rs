//! The program as a process, and its use of the machine.

use std::fs;
use std::net::{SocketAddr, TcpListener};
use std::process::Command;
use std::thread::sleep;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};

use crate::before::Before;
use crate::load::Load;
use crate::report::Reach;
use crate::report::Report;
use crate::rounds::median;
use crate::rounds::millis;
use crate::server::Recipe;
use crate::server::Server;
use crate::wire::Seat;
use crate::wire::Wire;

/// Longest stop of the program.
const STOPS_WITHIN: Duration = Duration::from_secs(15);

/// Linux counts a program's processor time in hundredths of a second, whatever its clock.
const TICK_MICROS: f64 = 10_000.0;

/// The program, running.
pub struct Program {
    server: Server,
    recipe: Recipe,
    /// The address of its metrics, if it serves them.
    metrics: Option<SocketAddr>,
}

impl Program {
    /// Starts the program on that database, and waits until it answers.
    pub fn start(database: String) -> Self {
        let recipe = Recipe::with(database, &[]);
        Self { server: recipe.start(), recipe, metrics: None }
    }

    /// Starts the program of another revision.
    pub fn start_before(before: &Before, database: String) -> Self {
        let recipe = Recipe::with(database, &[]).running(before.program());
        Self { server: recipe.start(), recipe, metrics: None }
    }

    /// Runs a load, with what each of its answers cost the program.
    pub fn measured(&self, run: impl FnOnce() -> Result<Load>) -> Result<Load> {
        let (ticks, bytes) = (self.server.processor_time(), self.server.written_bytes());
        let load = run()?;
        let (ticks, bytes) = (self.server.processor_time() - ticks, self.server.written_bytes() - bytes);
        let each = |sum: u64| sum as f64 / load.answers as f64;
        Ok(Load { cost: Some((each(ticks) * TICK_MICROS, each(bytes))), ..load })
    }

    /// Starts it with metrics.
    pub fn start_counting(database: String) -> Result<Self> {
        let metrics = TcpListener::bind("127.0.0.1:0")?.local_addr()?;
        let recipe = Recipe::with(database, &["env", &format!("OPLOSSINGSCENTRUM_METRICS_LISTEN={metrics}")]);
        Ok(Self { server: recipe.start(), recipe, metrics: Some(metrics) })
    }

    /// How often SQLite's write lock was held, and how often for longer than 20 milliseconds.
    pub fn write_locks(&self) -> Result<(f64, f64)> {
        let metrics = self.metrics.context("it was not asked to count")?;
        let told = Wire::new(metrics).get("/metrics", &Seat::default())?.body;
        let count = |name: &str| -> Result<f64> {
            let line = told
                .lines()
                .find_map(|line| line.strip_prefix("oplossingscentrum_write_lock_seconds_")?.strip_prefix(name));
            Ok(line.with_context(|| format!("{name} is told"))?.trim().parse()?)
        };
        let all = count("count")?;
        Ok((all, all - count("bucket{le=\"0.02\"}")?))
    }

    pub fn address(&self) -> SocketAddr {
        self.server.address
    }

    /// Its memory now (`VmRSS`) or at its peak (`VmHWM`), in MiB.
    pub fn memory(&self, which: &str) -> Result<f64> {
        let status = fs::read_to_string(format!("/proc/{}/status", self.server.id()))?;
        let line = status.lines().find_map(|line| line.strip_prefix(which)?.strip_prefix(':'));
        let kib: f64 = line.context("Linux tells")?.trim().trim_end_matches(" kB").parse()?;
        Ok(kib / 1024.0)
    }

    /// Stops it as an operator would, and starts it again after that.
    pub fn restart(&mut self) -> Result<()> {
        stop(&self.server)?;
        self.server = self.recipe.start();
        Ok(())
    }
}

fn stop(server: &Server) -> Result<()> {
    let asked = Instant::now();
    ensure!(Command::new("kill").arg(server.id().to_string()).status()?.success(), "it cannot be asked to stop");
    // An unwaited process leaves its name behind (a zombie).
    let has_ended = || {
        let stat = fs::read_to_string(format!("/proc/{}/stat", server.id())).unwrap_or_default();
        stat.rsplit(") ").next().is_some_and(|rest| rest.starts_with('Z'))
    };
    while !has_ended() {
        ensure!(asked.elapsed() < STOPS_WITHIN, "it does not stop");
        sleep(Duration::from_millis(5));
    }
    Ok(())
}

/// Measures row 8: the time from start to first answer, on a database with very many orders.
pub fn starts(report: &mut Report, database: &str, times: usize) -> Result<()> {
    let recipe = Recipe::with(database.to_owned(), &[]);
    let mut took = Vec::new();
    for _ in 0..=times {
        let begun = Instant::now();
        let server = recipe.spawn();
        for path in ["/healthz", "/sign-in"] {
            while !answers(server.address, path) {
                ensure!(begun.elapsed() < STOPS_WITHIN, "it does not start: {}", server.log());
                sleep(Duration::from_millis(1));
            }
        }
        took.push(millis(begun.elapsed()));
        stop(&server)?;
    }
    // The first start has read the program and the file from the disk.
    let value = (median(took.into_iter().skip(1)), "ms");
    report.value(8, "from its start to its first pages, very many orders", value, Reach::AtMost(150.0));
    Ok(())
}

fn answers(address: SocketAddr, path: &str) -> bool {
    Wire::new(address).get(path, &Seat::default()).is_ok_and(|answer| answer.status == 200)
}
