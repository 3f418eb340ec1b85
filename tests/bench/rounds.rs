//! Trials take turns, round after round: other work of the machine hits all of them alike.

use std::collections::BTreeMap;
use std::sync::Mutex;
use std::time::Duration;

use anyhow::{Context, Result};

use crate::load::Load;

/// The size of a run.
#[derive(Debug, Clone, Copy)]
pub struct Size {
    pub rounds: usize,
    /// The length of each turn, in seconds.
    pub seconds: u64,
    /// Orders of rows 1 to 3, the small and the large side of row 4, the disputes of row 5 and those of row 6.
    pub orders: usize,
    pub few: usize,
    pub many: usize,
    pub accepted: usize,
    pub due: usize,
}

impl Size {
    pub const FULL: Self =
        Self { rounds: 5, seconds: 10, orders: 20_000, few: 1_000, many: 1_000_000, accepted: 60_000, due: 100_000 };
    pub const QUICK: Self =
        Self { rounds: 2, seconds: 2, orders: 1_500, few: 1_000, many: 6_000, accepted: 6_000, due: 3_200 };
}

/// One of the trials that take turns.
pub struct Trial<'a> {
    pub name: &'static str,
    run: Box<dyn FnMut(u64) -> Result<Load> + 'a>,
}

impl<'a> Trial<'a> {
    /// A trial runs for a given number of seconds.
    pub fn new(name: &'static str, run: impl FnMut(u64) -> Result<Load> + 'a) -> Self {
        Self { name, run: Box::new(run) }
    }
}

/// The results of each trial, by round.
#[derive(Debug, Default)]
pub struct Rounds(BTreeMap<&'static str, Vec<Load>>);

impl Rounds {
    /// Warms up every trial for a second, and then measures.
    pub fn run(size: Size, mut trials: Vec<Trial<'_>>) -> Result<Self> {
        let mut rounds = Self::default();
        for round in 0..=size.rounds {
            for trial in &mut trials {
                let seconds = if round == 0 { 1 } else { size.seconds };
                let load = (trial.run)(seconds).with_context(|| trial.name)?;
                if round > 0 {
                    eprintln!("round {round}: {:<28} {:>9.0}/s, p99 {:.1} ms", trial.name, load.per_second, load.p99);
                    rounds.0.entry(trial.name).or_default().push(load);
                }
            }
        }
        Ok(rounds)
    }

    /// The median of a trial's answers per second.
    pub fn per_second(&self, name: &str) -> f64 {
        median(self.0[name].iter().map(|load| load.per_second))
    }

    /// The median of its 99th percentile, in milliseconds.
    pub fn p99(&self, name: &str) -> f64 {
        median(self.0[name].iter().map(|load| load.p99))
    }

    /// Whether that trial was run.
    pub fn has(&self, name: &str) -> bool {
        self.0.contains_key(name)
    }

    /// The medians of what each answer of a trial cost the program: microseconds of the processor, bytes written to disk.
    pub fn cost(&self, name: &str) -> (f64, f64) {
        let each = |of: fn((f64, f64)) -> f64| median(self.0[name].iter().map(|load| load.cost.map_or(0.0, of)));
        (each(|cost| cost.0), each(|cost| cost.1))
    }

    /// The median ratio of one trial to another in the same round.
    pub fn ratio(&self, name: &str, other: &str) -> f64 {
        median(self.0[name].iter().zip(&self.0[other]).map(|(one, other)| one.per_second / other.per_second))
    }
}

/// The trial of the same name with the program of another revision.
pub fn before_of(name: &'static str) -> &'static str {
    static NAMES: Mutex<BTreeMap<&'static str, &'static str>> = Mutex::new(BTreeMap::new());
    let mut names = NAMES.lock().unwrap();
    names.entry(name).or_insert_with(|| format!("{name}, before").leak())
}

/// The median.
pub fn median(values: impl IntoIterator<Item = f64>) -> f64 {
    let mut values: Vec<f64> = values.into_iter().collect();
    values.sort_by(f64::total_cmp);
    let middle = values.len() / 2;
    if values.len() % 2 == 1 { values[middle] } else { f64::midpoint(values[middle - 1], values[middle]) }
}

/// A duration in milliseconds.
pub fn millis(took: Duration) -> f64 {
    took.as_secs_f64() * 1e3
}
