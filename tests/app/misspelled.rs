//! Misspelled addresses with a password in them: no start ever prints the password.

use std::fs;
use std::process::Command;

use crate::program::runs;
use crate::settings::{CUSTOMER_SERVICE, KEY};

/// The text that must never be printed. Each spelling below has it, whole or in pieces that begin with it.
const SECRET: &str = "geheim";

/// Addresses of databases, as people in a hurry write them.
const DATABASES: [&str; 46] = [
    "postgres://oc:ge%zzheim@127.0.0.1:1/oc",
    "postgres://oc:geheim%@127.0.0.1:1/oc",
    "postgres://oc:geheim%2@127.0.0.1:1/oc",
    "postgres://oc:%00geheim@127.0.0.1:1/oc",
    "postgres://oc:%ffgeheim@127.0.0.1:1/oc",
    "postgres://oc:geheim@[::1/oc",
    "postgres://oc:geheim@::1/oc",
    "postgres://oc:geheim heim@127.0.0.1:1/oc",
    "postgres://oc:geheim\theim@127.0.0.1:1/oc",
    "postgres://oc:geheim/heim@127.0.0.1:1/oc",
    "postgres://oc:12/geheim@127.0.0.1:1/oc",
    "postgres://oc:geheim@heim@127.0.0.1:1/oc",
    "postgres://oc:heim@geheim@127.0.0.1:1/oc",
    "postgres://oc:geheim?heim@127.0.0.1:1/oc",
    "postgres://oc:12?geheim@127.0.0.1:1/oc",
    "postgres://oc:12?geheim=heim@127.0.0.1:1/oc",
    "postgres://oc:geheim#heim@127.0.0.1:1/oc",
    "postgres://oc:12#geheim@127.0.0.1:1/oc",
    "postgres://oc:geheim:heim@127.0.0.1:1/oc",
    "postgres://oc:geheim[heim@127.0.0.1:1/oc",
    "postgres://oc:geheim@127.0.0.1:zeven/oc",
    "postgres://oc:geheim@127.0.0.1:99999/oc",
    "postgres://oc:geheim@127.0.0.1:1:2/oc",
    "postgres://oc:geheim@/oc",
    "postgres://oc:geheim@",
    "postgres://:geheim@127.0.0.1:1/oc",
    "postgres://oc:geheim@127.0.0.1:1/oc?sslmode",
    "postgres://oc:geheim@127.0.0.1:1/oc?sslmode=ja",
    "postgres://oc:geheim@127.0.0.1:1/oc?geen=instelling",
    "postgres://oc:geheim@127.0.0.1:1/oc?connect_timeout=geheim",
    "postgres://oc@127.0.0.1:1/oc?pasword=geheim",
    "postgres://oc@127.0.0.1:1/oc?password=ge%zzheim",
    "postgres://oc@127.0.0.1:1/oc?password=geheim=heim",
    "postgres://oc:geheim@db.example.com/oc",
    "postgres:/oc:geheim@127.0.0.1:1/oc",
    "postgres:oc:geheim@127.0.0.1:1/oc",
    "postgres//oc:geheim@127.0.0.1:1/oc",
    "postgress://oc:geheim@127.0.0.1:1/oc",
    "postgre://oc:geheim@127.0.0.1:1/oc",
    "jdbc:postgresql://127.0.0.1:1/oc?user=oc&password=geheim",
    "mysql://oc:geheim@127.0.0.1:1/oc",
    "//oc:geheim@127.0.0.1:1/oc",
    "oc:geheim@127.0.0.1:1/oc",
    "host=127.0.0.1 port=1 user=oc password=geheim",
    "password = 'geheim' host=127.0.0.1 port=1",
    "sqlite://oc:geheim@127.0.0.1:1/oc",
];

/// Addresses of mail servers.
const MAIL_SERVERS: [&str; 16] = [
    "smtp://post:ge%zzheim@127.0.0.1:x",
    "smtp://post:geheim@127.0.0.1:zeven",
    "smtp://post:geheim/heim@127.0.0.1:1",
    "smtp://post:12/geheim@127.0.0.1:1",
    "smtp://post:geheim#heim@127.0.0.1:1",
    "smtp://post:geheim?heim@127.0.0.1:1",
    "smtp://post:12?geheim@127.0.0.1:1",
    "smtp://post:geheim@[::1",
    "smtp://post:geheim@",
    "smtp:post:geheim@127.0.0.1",
    "smtps//post:geheim@127.0.0.1",
    "mail://post:geheim@127.0.0.1",
    "post:geheim@127.0.0.1:1",
    "smtp://post:%ffgeheim@127.0.0.1:1",
    "geheim",
    "smtp://post:geheim@127.0.0.1:1/pad",
];

/// Runs the program, and returns its own complaint without the secret.
#[track_caller]
fn keeps_it_secret(arguments: &[&str], variables: &[(&str, &str)], what: &str) -> String {
    let folder = tempfile::tempdir().unwrap();
    let done = Command::new(env!("CARGO_BIN_EXE_oplossingscentrum"))
        .args(arguments)
        .envs(variables.iter().copied())
        .env("RUST_BACKTRACE", "1")
        .current_dir(&folder)
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&[done.stdout, done.stderr].concat()).into_owned();
    assert!(!done.status.success(), "{what} was taken");
    assert!(!said.contains(SECRET) && !said.contains("heim"), "{what}: {said}");
    assert!(!said.is_empty(), "{what}: it says why");
    let made: Vec<_> = fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert!(made.is_empty(), "{what} made {made:?}");
    said
}

fn serve<'a>(more: &[&'a str]) -> Vec<&'a str> {
    let mut all = vec!["serve", "--listen", "127.0.0.1:0", "--public-url", "http://127.0.0.1", "--secret-key", KEY];
    all.extend(CUSTOMER_SERVICE);
    all.extend(more);
    all
}

#[test]
fn no_start_prints_the_password_of_a_misspelled_database() {
    for address in DATABASES {
        keeps_it_secret(&["migrate", "--database", address], &[], address);
        keeps_it_secret(&["backup", "/nonexistent/b.db", "--database", address], &[], address);
        keeps_it_secret(&["copy", "--from", address, "--to", address], &[], address);
        keeps_it_secret(&serve(&[]), &[("OPLOSSINGSCENTRUM_DATABASE", address)], address);
    }
}

#[test]
fn no_start_prints_the_password_of_a_misspelled_mail_server() {
    for address in MAIL_SERVERS {
        let database = "/nonexistent/folder/of/oc.db";
        let more = ["--database", database, "--mail-from", "noreply@example.com", "--smtp", address];
        keeps_it_secret(&serve(&more), &[], address);
        let variables = [("OPLOSSINGSCENTRUM_SMTP", address), ("OPLOSSINGSCENTRUM_MAIL_FROM", "noreply@example.com")];
        keeps_it_secret(&serve(&["--database", database]), &variables, address);
    }
}

#[test]
fn no_complaint_about_the_command_line_repeats_a_value() {
    let address = "postgres://oc:geheim@127.0.0.1:1/oc";
    let with = format!("--databse={address}");
    for arguments in [
        vec!["migrate", address],
        vec!["migrate", &with],
        vec!["migrate", "--databse", address],
        vec!["migrate", "-d", address],
        vec![address],
        vec!["serve", "geheim"],
        vec!["geheim"],
        vec!["serve", "--listen", address],
        vec!["serve", "--time-zone", address],
        vec!["serve", "--session-days", "geheim"],
        vec!["serve", "--metrics-listen", "geheim"],
        vec!["serve", "--behind-proxy=geheim"],
        vec!["account", address],
    ] {
        keeps_it_secret(&arguments, &[], &arguments.join(" "));
    }
    let said = keeps_it_secret(&["migrate", "--databse", "x"], &[], "a misspelled flag");
    assert!(said.contains("--databse"), "which flag it was is told: {said}");
    let said = runs(&["serv"]).complained;
    assert!(said.contains("serv"), "and which command: {said}");
}

#[test]
fn postgresql_on_another_machine_is_refused_in_words_that_help() {
    let said = runs(&["migrate", "--database", "postgres://oc:geheim@db.example.com/oc?sslmode=prefer"]).badly();
    assert!(said.contains("--database") && said.contains("sslmode=verify-full"), "{said}");
    let said = runs(&["migrate", "--database", "postgres://oc:geheim@db.example.com/oc"]).badly();
    if !cfg!(feature = "pg-tls") {
        assert!(said.contains("--features pg-tls") && said.contains("sslmode=disable"), "{said}");
    }
    // Refused before any lookup; with TLS waived the host is looked up, and not found.
    let said = runs(&["migrate", "--database", "postgres://oc:geheim@db.invalid/oc?sslmode=disable"]).badly();
    assert!(said.contains("db.invalid") && !said.contains(SECRET), "{said}");
}
