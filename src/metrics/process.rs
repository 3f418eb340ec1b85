//! The figures of this process that Prometheus's own libraries give under these names: memory, open files, processor time.

use std::fs;

use prometheus_client::metrics::counter::ConstCounter;
use prometheus_client::metrics::gauge::ConstGauge;
use prometheus_client::registry::Registry;

/// Clock ticks a second in `/proc`: the same on every Linux that Rust runs on.
const TICKS: f64 = 100.0;

/// The figures; none where there is no `/proc`.
pub(super) fn figures() -> Registry {
    let mut registry = Registry::default();
    if let Some(bytes) = resident_bytes() {
        registry.register("process_resident_memory_bytes", "Memory in use", ConstGauge::new(bytes));
    }
    if let Ok(files) = fs::read_dir("/proc/self/fd") {
        let count = i64::try_from(files.count()).unwrap_or(i64::MAX);
        registry.register("process_open_fds", "Open files and connections", ConstGauge::new(count));
    }
    if let Some((cpu, started)) = times() {
        registry.register("process_cpu_seconds", "Processor time used", ConstCounter::new(cpu));
        registry.register("process_start_time_seconds", "When it started, since 1970", ConstGauge::new(started));
    }
    registry
}

/// `VmRSS` in `/proc/self/status`, which is in kibibytes.
fn resident_bytes() -> Option<i64> {
    let status = fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    line.split_whitespace().next()?.parse::<i64>().ok().map(|kibibytes| kibibytes * 1024)
}

/// The processor time and the start, from `/proc/self/stat` (proc(5), fields 14, 15 and 22) and the start of the machine.
fn times() -> Option<(f64, f64)> {
    let stat = fs::read_to_string("/proc/self/stat").ok()?;
    // The name before it may hold spaces.
    let fields: Vec<&str> = stat.rsplit_once(')')?.1.split_whitespace().collect();
    let ticks = |nth: usize| fields.get(nth - 3)?.parse::<f64>().ok();
    let machine = fs::read_to_string("/proc/stat").ok()?;
    let began: f64 = machine.lines().find_map(|line| line.strip_prefix("btime "))?.trim().parse().ok()?;
    Some(((ticks(14)? + ticks(15)?) / TICKS, began + ticks(22)? / TICKS))
}
