//! No text of a person is in the log of all the application's tests: no comment, no password, no token, no e-mail
//! address, and no name of a session.

#[path = "support/counts.rs"]
mod counts;

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use aho_corasick::AhoCorasick;
use serde_json::Value;

fn written(name: &str) -> String {
    let file = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("log").join(name);
    let read = std::fs::read(&file).unwrap_or_else(|error| panic!("{} cannot be read: {error}", file.display()));
    String::from_utf8(read).expect("a log is text")
}

#[test]
#[ignore = "reads the log that the tests of the application leave behind: bin/test runs it after them"]
fn the_log_carries_the_request_and_nothing_that_anybody_typed() {
    for database in ["sqlite", "postgres"] {
        let (log, secrets) = (written(&format!("{database}.jsonl")), written(&format!("{database}.secrets")));
        let secrets: BTreeSet<&str> = secrets.lines().collect();
        let search = AhoCorasick::new(&secrets).unwrap();
        let (mut lines, mut requests) = (0, 0);
        for line in log.lines() {
            lines += 1;
            let leak = search.find(line).map(|found| &line[found.range()]);
            assert_eq!(leak, None, "{database}: {line}");
            let event: Value = serde_json::from_str(line).expect("each line is JSON");
            if event["span"]["name"] == "request" {
                requests += 1;
                // Ours has 36 characters; one that a proxy gave has 8 to 64.
                let has_id = event["span"]["id"].as_str().is_some_and(|id| (8..=64).contains(&id.len()));
                assert!(has_id, "without its number: {line}");
                assert!(event["span"]["route"].is_string(), "without its route: {line}");
            }
        }
        assert!(requests > 5_000 && secrets.len() > 500, "{requests} requests, {} secrets", secrets.len());
        counts::report(format_args!(
            "log on {database}: {lines} lines, {requests} of requests, searched for {} secrets",
            secrets.len()
        ));
    }
}

#[test]
#[ignore = "reads the log that the tests of the application leave behind: bin/test runs it after them"]
fn each_finished_request_is_one_line_and_only_what_nobody_expects_is_an_error_once() {
    for database in ["sqlite", "postgres"] {
        let log = written(&format!("{database}.jsonl"));
        let (mut finished, mut errors) = (BTreeMap::<String, u64>::new(), BTreeMap::<String, u32>::new());
        for line in log.lines() {
            let event: Value = serde_json::from_str(line).expect("each line is JSON");
            let id = || event["span"]["id"].as_str().unwrap_or_default().to_owned();
            if event["fields"]["message"] == "request finished" {
                let status = event["fields"]["status"].as_u64().expect("a status is a number");
                assert_eq!(event["level"], if status >= 500 { "WARN" } else { "INFO" }, "{line}");
                assert!(event["fields"]["duration_ms"].is_f64(), "{line}");
                assert_eq!(finished.insert(id(), status), None, "twice: {line}");
            } else if event["level"] == "ERROR" && event["span"]["name"] == "request" {
                *errors.entry(id()).or_default() += 1;
            }
        }
        let failed = finished.iter().filter(|(_, status)| **status == 500).map(|(id, _)| (id.clone(), 1)).collect();
        assert_eq!(errors, failed, "{database}: every 500 has one ERROR, and nothing else has any");
        assert!(finished.len() > 5_000, "{database}: {} requests", finished.len());
    }
}
