//! Load from a separate process: wrk, with a script that checks every answer.

use std::fs;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, ensure};
use serde::Deserialize;

use crate::data::folder;

/// wrk's threads; forms are divided among them.
const THREADS: usize = 2;

/// The result of one run of wrk.
#[derive(Debug, Clone, Copy)]
pub struct Load {
    /// Right answers.
    pub answers: u64,
    /// Answers that confirm a write.
    pub written: u64,
    pub per_second: f64,
    /// In milliseconds.
    pub p99: f64,
    /// The program's processor time for each answer, in microseconds, and the bytes it wrote to disk for each; nothing for
    /// what is not the program.
    pub cost: Option<(f64, f64)>,
}

/// The script's output at the end.
#[derive(Deserialize)]
struct Told {
    answers: u64,
    micros: u64,
    p99_micros: f64,
    written: u64,
    wrong: u64,
    errors: u64,
    first: String,
}

/// Pages of one kind, each of a particular account, and the text that each must hold.
#[derive(Debug, Clone)]
pub struct Pages {
    kind: &'static str,
    file: PathBuf,
    least_bytes: usize,
    mark: &'static str,
    marks: usize,
    /// Requested compressed, as browsers do.
    is_compressed: bool,
    /// Comments to write now and then.
    comments: Option<PathBuf>,
}

impl Pages {
    /// Order pages with that many events, at these addresses.
    pub fn orders(name: &str, lines: &str) -> Result<Self> {
        let pages = Self::lists(&format!("{name}-orders"), lines, "id=\"event-")?;
        Ok(Self { kind: "order", marks: 20, ..pages })
    }

    /// Lists with a full page of rows.
    pub fn lists(name: &str, lines: &str, mark: &'static str) -> Result<Self> {
        let file = keep(name, lines)?;
        Ok(Self { kind: "list", file, least_bytes: 8_000, mark, marks: 25, is_compressed: false, comments: None })
    }

    /// The same pages, compressed.
    pub fn compressed(&self) -> Self {
        Self { least_bytes: 2_000, is_compressed: true, ..self.clone() }
    }

    /// The same pages, with every tenth one replaced by a comment.
    pub fn with_comments(self, lines: &str) -> Result<Self> {
        Ok(Self { comments: Some(keep("comments", lines)?), ..self })
    }

    /// Requests the pages for this many seconds.
    pub fn ask(&self, address: SocketAddr, seconds: u64) -> Result<Load> {
        let file = self.file.display().to_string();
        let (least, marks) = (self.least_bytes.to_string(), self.marks.to_string());
        let comments = self.comments.as_ref().map(|file| file.display().to_string());
        let encoding = if self.is_compressed { "gzip" } else { "plain" };
        let mut arguments = vec![file.as_str(), self.kind, &least, self.mark, &marks, encoding];
        arguments.extend(comments.as_deref());
        wrk(address, include_str!("pages.lua"), (64, seconds), &arguments)
    }
}

/// Sends each of these forms once, over 32 connections, until all are sent or the time is over.
pub fn send(address: SocketAddr, forms: &Path, seconds: u64) -> Result<Load> {
    let arguments = [&forms.display().to_string(), &THREADS.to_string()];
    wrk(address, include_str!("forms.lua"), (32, seconds), &arguments.map(String::as_str))
}

/// Writes lines to a file for a script.
pub fn keep(name: &str, lines: &str) -> Result<PathBuf> {
    let file = folder().join(format!("{name}.lines"));
    fs::write(&file, lines)?;
    Ok(file)
}

fn wrk(address: SocketAddr, script: &str, (connections, seconds): (usize, u64), arguments: &[&str]) -> Result<Load> {
    let file = tempfile::Builder::new().suffix(".lua").tempfile()?;
    fs::write(file.path(), [include_str!("told.lua"), script].concat())?;
    let ran = Command::new("wrk")
        .args([format!("-t{THREADS}"), format!("-c{connections}"), format!("-d{seconds}s"), "--timeout=30s".into()])
        .arg("-s")
        .arg(file.path())
        .arg(format!("http://{address}/"))
        .arg("--")
        .args(arguments)
        .output()
        .context("cannot run wrk")?;
    let said = String::from_utf8_lossy(&ran.stdout);
    let told = said.lines().find_map(|line| line.strip_prefix("RESULT "));
    let told = told.with_context(|| format!("wrk told nothing: {said}{}", String::from_utf8_lossy(&ran.stderr)))?;
    let told: Told = serde_json::from_str(told).with_context(|| told.to_owned())?;
    ensure!(told.wrong == 0, "{} of {} answers are wrong, the first one: {}", told.wrong, told.answers, told.first);
    ensure!(told.errors == 0, "{} connections failed or answers did not come", told.errors);
    ensure!(told.answers > 0, "there was no answer at all");
    let per_second = told.answers as f64 * 1e6 / told.micros as f64;
    Ok(Load { answers: told.answers, written: told.written, per_second, p99: told.p99_micros / 1e3, cost: None })
}
