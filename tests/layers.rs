//! The rooms of the house, and which may look into which: arrows point down only.

use std::fs;
use std::path::{Path, PathBuf};

/// Each room with the rooms it may use, besides itself.
const ROOMS: [(&str, &[&str]); 15] = [
    ("domain", &[]),
    ("clock", &[]),
    ("secret", &[]),
    ("i18n", &["domain"]),
    ("import", &["domain"]),
    ("calendar", &["domain", "i18n"]),
    ("store", &["domain"]),
    ("center", &["domain", "store", "import", "clock", "secret"]),
    ("demo", &["domain", "store", "center"]),
    ("metrics", &["domain", "store"]),
    ("config", &["store", "clock", "i18n", "calendar", "secret", "metrics"]),
    ("mail", &["domain", "store", "i18n", "config", "calendar"]),
    ("worker", &["domain", "store", "center", "clock", "config", "mail"]),
    ("web", &["domain", "store", "center", "i18n", "clock", "secret", "config", "mail", "demo", "calendar", "metrics"]),
    ("cli", &["store", "center", "clock", "config", "mail", "web", "worker", "demo", "metrics"]),
];

/// Crates that only one room may name.
const KEPT_IN: [(&str, &[&str]); 12] = [
    ("diesel", &["store"]),
    ("actix_web", &["web", "worker", "cli"]),
    ("askama", &["web", "mail"]),
    ("lettre", &["mail"]),
    ("fluent_typed", &["i18n"]),
    ("icalendar", &["calendar"]),
    ("hmac", &["secret"]),
    ("aes_gcm", &["secret"]),
    ("totp_rs", &["center"]),
    ("zxcvbn", &["center"]),
    ("qrcode", &["web"]),
    // What only the store sees, it counts itself.
    ("prometheus_client", &["metrics", "store"]),
];

fn sources(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).expect("the folder is there") {
        let path = entry.expect("the folder can be read").path();
        if path.is_dir() {
            found.extend(sources(&path));
        } else if path.extension().is_some_and(|ending| ending == "rs") {
            found.push(path);
        }
    }
    found
}

/// The room a file stands in.
fn room(file: &Path) -> String {
    let inside = file.strip_prefix(root()).expect("it was found there");
    let first = inside.components().next().expect("it has a name").as_os_str().to_string_lossy();
    first.trim_end_matches(".rs").to_owned()
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("src")
}

/// The code of a file: no comments, and nothing behind `#[cfg(test)]`, which may look anywhere.
fn code(file: &Path) -> String {
    let text = fs::read_to_string(file).expect("a source is text");
    let production = text.split("#[cfg(test)]\nmod tests {").next().unwrap_or_default();
    production.lines().filter(|line| !line.trim_start().starts_with("//")).collect::<Vec<_>>().join("\n")
}

/// The words that follow `before` in the code, each up to where a name ends; `{a, b}` gives both.
fn names_after(code: &str, before: &str) -> Vec<String> {
    let is_name = |c: char| c.is_alphanumeric() || c == '_';
    let mut names = Vec::new();
    for rest in code.split(before).skip(1) {
        if let Some(group) = rest.strip_prefix('{') {
            let group = group.split("};").next().unwrap_or_default();
            names.extend(
                group.split([',', '\n', '{']).map(|part| part.trim().chars().take_while(|c| is_name(*c)).collect()),
            );
        } else {
            names.push(rest.chars().take_while(|c| is_name(*c)).collect());
        }
    }
    names
}

fn is_for_tests(file: &Path) -> bool {
    let name = file.to_string_lossy();
    name.contains("tests") || name.ends_with("histories.rs")
}

#[test]
fn arrows_point_down_only() {
    let rooms: Vec<&str> = ROOMS.iter().map(|(room, _)| *room).collect();
    let mut wrong = Vec::new();
    let mut looked_at = 0;
    for file in sources(&root()).iter().filter(|file| !is_for_tests(file)) {
        let here = room(file);
        let Some((_, allowed)) = ROOMS.iter().find(|(room, _)| *room == here) else { continue };
        looked_at += 1;
        for name in names_after(&code(file), "crate::") {
            if rooms.contains(&name.as_str()) && name != here && !allowed.contains(&name.as_str()) {
                wrong.push(format!("{} looks into {name}", file.display()));
            }
        }
    }
    assert!(looked_at > 60, "only {looked_at} files were looked at");
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn every_room_is_on_the_plan() {
    let on_plan = |room: &str| ROOMS.iter().any(|(known, _)| *known == room) || ["main", "lib"].contains(&room);
    for file in sources(&root()) {
        assert!(on_plan(&room(&file)), "{} stands in a room that is not on the plan", file.display());
    }
}

#[test]
fn each_library_stays_in_its_room() {
    for file in sources(&root()).iter().filter(|file| !is_for_tests(file)) {
        let code = code(file);
        for (library, rooms) in KEPT_IN {
            let is_named = code.contains(&format!("{library}::"));
            assert!(!is_named || rooms.contains(&room(file).as_str()), "{} names {library}", file.display());
        }
    }
}
