//! Settings that are wrong are said before anything starts, by the name that the operator typed.

use std::process::Command;

use crate::program::PROGRAM;
use crate::settings::{CUSTOMER_SERVICE, KEY};

/// Starts `serve` with good settings and these variables, in a folder of its own; returns its exit code and what it said. It
/// must stop by itself and make no file.
#[track_caller]
fn serve_with(variables: &[(&str, &str)], more: &[&str]) -> (Option<i32>, String) {
    let folder = tempfile::tempdir().unwrap();
    let done = Command::new(PROGRAM)
        .args(["serve", "--listen", "127.0.0.1:0", "--public-url", "http://localhost"])
        .args(more)
        .env("OPLOSSINGSCENTRUM_SECRET_KEY", KEY)
        .env("OPLOSSINGSCENTRUM_DATABASE", "/dev/null/x.db")
        .envs(variables.iter().map(|(name, value)| (format!("OPLOSSINGSCENTRUM_{name}"), value)))
        .current_dir(&folder)
        .output()
        .unwrap();
    let made: Vec<_> = std::fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert!(made.is_empty(), "{variables:?} made {made:?}");
    (done.status.code(), String::from_utf8([done.stdout, done.stderr].concat()).unwrap())
}

#[test]
fn a_setting_that_is_wrong_is_said_by_the_name_of_its_variable() {
    for (variable, value) in [
        ("METRICS_LISTEN", "here"),
        ("SESSION_DAYS", "0"),
        ("SESSION_IDLE_DAYS", "366"),
        ("TIME_ZONE", "Amsterdam"),
        ("BEHIND_PROXY", "yes"),
        ("CUSTOMER_SERVICE_URL", ""),
        ("CUSTOMER_SERVICE_URL", "klantenservice@markt.nl"),
        ("CUSTOMER_SERVICE_URL", "www.markt.nl/help"),
        ("CUSTOMER_SERVICE_URL", "javascript:alert(1)"),
        ("SECURITY_CONTACT", "security@markt.nl"),
        ("SECRET_KEY", "short"),
        ("SECRET_KEY", &"a".repeat(80)),
        ("SECRET_KEY", &format!("\"{KEY}\"")),
        ("LOG", "inof"),
        ("LOG", "json"),
        ("LOG", ""),
    ] {
        let service: &[&str] = if variable == "CUSTOMER_SERVICE_URL" { &[] } else { &CUSTOMER_SERVICE };
        let name = format!("OPLOSSINGSCENTRUM_{variable}");
        let done = serve_with(&[(variable, value)], service);
        assert!(matches!(done.0, Some(1 | 2)) && done.1.contains(&name), "{name}={value}: {done:?}");
        assert!(variable != "SECRET_KEY" || !done.1.contains(value), "{done:?}");
    }
}

#[test]
fn customer_service_has_an_address_where_people_are_real() {
    let (code, said) = serve_with(&[], &[]);
    assert_eq!(code, Some(1));
    assert!(said.contains("--customer-service-url (OPLOSSINGSCENTRUM_CUSTOMER_SERVICE_URL) is not set"), "{said}");
}

#[test]
fn a_session_that_would_end_before_it_is_idle_is_refused() {
    let more = [&CUSTOMER_SERVICE[..], &["--session-idle-days", "200"]].concat();
    let (code, said) = serve_with(&[], &more);
    assert_eq!(code, Some(1));
    assert!(said.contains("--session-idle-days (200) is more than --session-days (90)"), "{said}");
}

#[test]
fn a_variable_that_no_setting_has_is_refused_with_the_nearest_name_by_every_command() {
    let (code, said) = serve_with(&[("BEHIND_PROXIES", "2")], &CUSTOMER_SERVICE);
    assert_eq!(code, Some(1));
    assert!(said.contains("no setting OPLOSSINGSCENTRUM_BEHIND_PROXIES; did you mean OPLOSSINGSCENTRUM_BEHIND_PROXY?"));
    let doctor = Command::new(PROGRAM)
        .args(["doctor", "--database", "/dev/null/x.db"])
        .env("OPLOSSINGSCENTRUM_DATABSE", "postgres://u:geheim@h/n")
        .output()
        .unwrap();
    let said = String::from_utf8(doctor.stderr).unwrap();
    assert!(said.contains("did you mean OPLOSSINGSCENTRUM_DATABASE?") && !said.contains("geheim"), "{said}");
}

#[test]
fn what_kubernetes_and_other_commands_set_is_left_alone() {
    let others = [
        ("SERVICE_HOST", "10.0.0.1"),
        ("PORT", "tcp://10.0.0.1:8080"),
        ("PORT_8080_TCP_ADDR", "10.0.0.1"),
        ("KEEP", "true"),
        ("TEST_LENGTH", "long"),
    ];
    let (code, said) = serve_with(&others, &CUSTOMER_SERVICE);
    assert!(code == Some(1) && !said.contains("no setting"), "{said}");
}
