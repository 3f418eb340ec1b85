//! The log of all these tests together, and the texts that must not be in it: `tests/log.rs` reads both afterwards.

use std::collections::BTreeSet;
use std::fs::File;
use std::io::Write;
use std::path::PathBuf;
use std::sync::{LazyLock, Mutex, Once};

use serde_json::Value;
use tracing_subscriber::EnvFilter;

use crate::page::Page;

/// All levels, but for the many steps of actix's own state machine, and for the clients of these tests, which know
/// their own secrets.
const FILTER: &str = "trace,actix_http=debug,reqwest=off,hyper=off,hyper_util=off";
/// Shorter texts could stand in a log by chance.
const SHORTEST: usize = 8;
/// Fields whose values are words of the program itself, or addresses on it.
const HARMLESS: [&str; 13] = [
    "kind",
    "reason",
    "action",
    "language",
    "time_zone",
    "theme",
    "next",
    "return_to",
    "advance",
    "extra_days",
    "role",
    "filter",
    // The number of a webhook, in a demo.
    "id",
];

static SECRETS: LazyLock<Mutex<(File, BTreeSet<String>)>> =
    LazyLock::new(|| Mutex::new((file("secrets"), BTreeSet::new())));

fn path(ending: &str) -> PathBuf {
    let database = std::env::var("OPLOSSINGSCENTRUM_TEST_DATABASE").unwrap_or_else(|_| "sqlite".into());
    PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("log").join(format!("{database}.{ending}"))
}

fn file(ending: &str) -> File {
    let path = path(ending);
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    File::create(path).unwrap()
}

/// Begins to write the log, with the first world.
pub fn begin() {
    static BEGUN: Once = Once::new();
    BEGUN.call_once(|| {
        let subscriber = tracing_subscriber::fmt().with_env_filter(EnvFilter::new(FILTER)).json();
        subscriber.with_span_list(false).with_writer(Mutex::new(file("jsonl"))).init();
    });
}

/// Its lines so far that contain that.
pub fn lines_with(part: &str) -> Vec<Value> {
    let text = std::fs::read_to_string(path("jsonl")).unwrap();
    text.lines().filter(|line| line.contains(part)).map(|line| serde_json::from_str(line).unwrap()).collect()
}

/// Remembers what a person typed, and the secrets that only their browser and the server know.
pub fn keeps_out(fields: &[(String, String)], answer: &Page) {
    let typed = fields.iter().filter(|(name, _)| !HARMLESS.contains(&name.as_str())).map(|(_, value)| value.as_str());
    let cookies = answer.headers.get_all("set-cookie").iter().filter_map(|cookie| cookie.to_str().ok());
    let cookies = cookies.filter_map(|cookie| cookie.split(';').next()?.split_once('=')).map(|(_, value)| value);
    // The link of a question, the address of a calendar, a password link or an unsubscribe link.
    let sealed = ["/answer/", "/calendar/", "/password/", "/unsubscribe/"]
        .iter()
        .filter_map(|folder| answer.path.strip_prefix(folder));
    let sealed = sealed.flat_map(|address| address.split('.')).filter(|part| !part.starts_with('{'));
    typed.chain(cookies).chain(sealed).for_each(keep);
}

fn keep(secret: &str) {
    let secret = secret.trim();
    if secret.chars().count() < SHORTEST || ["comments", "reminders", "forgotten"].contains(&secret) {
        return;
    }
    let (file, known) = &mut *SECRETS.lock().unwrap();
    if known.insert(secret.to_owned()) {
        // As the log would write it: in JSON, without its quotes.
        let written = serde_json::to_string(secret).unwrap();
        writeln!(file, "{}", &written[1..written.len() - 1]).unwrap();
    }
}
