//! The results: a table for people, and the same as JSON.

use anyhow::Result;
use serde_json::json;

use crate::data::folder;
use crate::rounds::Rounds;
use crate::rounds::before_of;

/// One line of the table.
pub struct Line {
    row: u8,
    what: String,
    value: f64,
    unit: &'static str,
    /// The ratio to the value compared with.
    ratio: Option<f64>,
    reach: String,
    is_reached: bool,
}

/// The target of a value.
#[derive(Debug, Clone, Copy)]
pub enum Reach {
    AtLeast(f64),
    AtMost(f64),
    Below(f64),
    /// Report only: the value has no target.
    Told,
}

impl Reach {
    fn holds(self, value: f64) -> bool {
        match self {
            Self::AtLeast(least) => value >= least,
            Self::AtMost(most) => value <= most,
            Self::Below(end) => value < end,
            Self::Told => true,
        }
    }

    fn written(self) -> String {
        match self {
            Self::AtLeast(least) => format!(">= {least}"),
            Self::AtMost(most) => format!("<= {most}"),
            Self::Below(end) => format!("< {end}"),
            Self::Told => "-".to_owned(),
        }
    }
}

/// All lines.
#[derive(Default)]
pub struct Report(Vec<Line>);

impl Report {
    /// Adds a value with a target.
    pub fn value(&mut self, row: u8, what: impl Into<String>, (value, unit): (f64, &'static str), reach: Reach) {
        let (what, is_reached) = (what.into(), reach.holds(value));
        self.0.push(Line { row, what, value, unit, ratio: None, reach: reach.written(), is_reached });
    }

    /// Adds a value with a target for its ratio to another.
    pub fn ratio(
        &mut self,
        row: u8,
        what: impl Into<String>,
        (value, unit): (f64, &'static str),
        ratio: f64,
        reach: Reach,
    ) {
        let (what, is_reached) = (what.into(), reach.holds(ratio));
        self.0.push(Line { row, what, value, unit, ratio: Some(ratio), reach: reach.written(), is_reached });
    }

    /// Adds what each answer of a trial cost the program, and its rate and costs next to those of the other revision, if one
    /// took turns with it.
    pub fn costs(&mut self, row: u8, rounds: &Rounds, name: &'static str, writes: bool) {
        let before = before_of(name);
        let is_beside = rounds.has(before);
        let (micros, bytes) = rounds.cost(name);
        let mut lines = vec![("processor's time for each", micros, "µs", rounds.cost(before_or(name, is_beside)).0)];
        if writes {
            lines.push(("bytes written for each", bytes, "B", rounds.cost(before_or(name, is_beside)).1));
        }
        if is_beside {
            let rate = rounds.per_second(name);
            self.ratio(row, format!("{name}: rate, to before"), (rate, "/s"), rounds.ratio(name, before), Reach::Told);
        }
        for (what, value, unit, other) in lines {
            if is_beside {
                self.ratio(row, format!("{name}: {what}, to before"), (value, unit), value / other, Reach::Told);
            } else {
                self.value(row, format!("{name}: {what}"), (value, unit), Reach::Told);
            }
        }
    }

    /// Prints the table, and writes the JSON file.
    pub fn finish(mut self, is_quick: bool) -> Result<()> {
        self.0.sort_by_key(|line| line.row);
        let cores = std::thread::available_parallelism()?;
        println!("\n{cores} cores{}\n", if is_quick { ", small and short: these numbers mean nothing" } else { "" });
        println!("row  {:<58} {:>16} {:>7}  {:<10}", "what", "value", "ratio", "reach");
        for line in &self.0 {
            let Line { row, what, value, unit, reach, .. } = line;
            let ratio = line.ratio.map(|ratio| format!("{ratio:.2}")).unwrap_or_default();
            let value = format!("{} {unit}", rounded(*value));
            let end = if line.is_reached { "ok" } else { "not" };
            println!("{row:>3}  {what:<58} {value:>16} {ratio:>7}  {reach:<10} {end}");
        }
        let file = folder().with_file_name("bench.json");
        let lines = self.0.iter().map(|line| {
            json!({
                "row": line.row, "what": line.what, "value": line.value, "unit": line.unit,
                "ratio": line.ratio, "reach": line.reach, "reached": line.is_reached,
            })
        });
        let lines: Vec<_> = lines.collect();
        std::fs::write(&file, format!("{:#}\n", json!({ "cores": cores, "quick": is_quick, "lines": lines })))?;
        println!("\nThe same is in {}", file.display());
        Ok(())
    }
}

/// The trial to compare costs with.
fn before_or(name: &'static str, is_beside: bool) -> &'static str {
    if is_beside { before_of(name) } else { name }
}

/// Rounds to the decimals that mean something.
fn rounded(value: f64) -> String {
    if value >= 100.0 { format!("{value:.0}") } else { format!("{value:.1}") }
}
