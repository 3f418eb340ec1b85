//! The rooms of the house, and which rooms they may use: arrows point down only.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

/// Each room with the rooms it may use, besides itself.
const ROOMS: [(&str, &[&str]); 21] = [
    ("domain", &[]),
    ("clock", &[]),
    ("secret", &[]),
    ("paths", &["domain"]),
    ("i18n", &["domain"]),
    ("import", &["domain"]),
    ("calendar", &["domain", "i18n", "paths"]),
    ("store", &["domain"]),
    ("turns", &["domain"]),
    ("operations", &["domain", "store", "import", "clock", "secret", "turns"]),
    ("demo", &["domain", "store", "operations", "secret", "turns"]),
    ("metrics", &["domain", "store", "turns"]),
    ("settings", &["domain", "i18n", "calendar", "secret"]),
    ("app", &["store", "clock", "settings", "metrics", "turns"]),
    ("mail", &["domain", "store", "i18n", "settings", "secret", "calendar", "paths"]),
    ("http", &["domain", "store", "clock", "settings", "app", "metrics"]),
    (
        "web",
        &[
            "domain",
            "store",
            "operations",
            "i18n",
            "clock",
            "secret",
            "paths",
            "settings",
            "app",
            "http",
            "mail",
            "demo",
            "calendar",
            "turns",
            "webhook",
        ],
    ),
    ("api", &["domain", "store", "operations", "secret", "paths", "settings", "app", "http"]),
    ("webhook", &["domain", "operations", "secret", "settings", "api"]),
    ("worker", &["domain", "store", "operations", "clock", "app", "mail", "webhook"]),
    (
        "cli",
        &[
            "domain",
            "store",
            "operations",
            "clock",
            "secret",
            "settings",
            "app",
            "http",
            "mail",
            "paths",
            "api",
            "web",
            "worker",
            "webhook",
            "demo",
            "metrics",
            "turns",
        ],
    ),
];

/// Crates that only one room may name.
const KEPT_IN: [(&str, &[&str]); 15] = [
    ("diesel", &["store"]),
    ("actix_web", &["http", "api", "web", "worker", "cli"]),
    ("askama", &["web", "mail"]),
    ("lettre", &["mail"]),
    ("fluent_typed", &["i18n"]),
    ("icalendar", &["calendar"]),
    ("hmac", &["secret"]),
    ("aes_gcm", &["secret"]),
    ("httparse", &["webhook"]),
    ("tokio_rustls", &["webhook"]),
    ("totp_rs", &["operations"]),
    ("zxcvbn", &["operations"]),
    ("argon2", &["turns", "operations"]),
    ("qrcode", &["web"]),
    // The store counts some things that only it sees.
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

/// The room of a file.
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

/// The paths in the code that begin with `crate`, without it; each name of a `use` with braces is a path of its own.
fn paths(code: &str) -> Vec<Vec<String>> {
    let is_path = |c: char| c.is_alphanumeric() || c == '_' || c == ':';
    let mut found = Vec::new();
    for (at, _) in code.match_indices("crate::") {
        let rest = &code[at + "crate::".len()..];
        if let Some(statement) = rest.split(';').next().filter(|_| code[..at].ends_with("use ")) {
            expand(&mut Vec::new(), statement, &mut found);
        } else {
            let path: String = rest.chars().take_while(|c| is_path(*c)).collect();
            found.push(path.split("::").map(str::to_owned).collect());
        }
    }
    found
}

/// Adds each path of a tree like `store::{self, orders::{find, lock}}`.
fn expand(prefix: &mut Vec<String>, tree: &str, found: &mut Vec<Vec<String>>) {
    let Some((path, inside)) = tree.split_once('{') else {
        let path = tree.split(" as ").next().unwrap_or_default().trim();
        let names = path.split("::").filter(|name| *name != "self").map(str::to_owned);
        found.push(prefix.iter().cloned().chain(names).collect());
        return;
    };
    let length = prefix.len();
    prefix.extend(path.split("::").map(|name| name.trim().to_owned()).filter(|name| !name.is_empty()));
    let inside = inside.rsplit_once('}').map_or(inside, |(inside, _)| inside);
    let (mut depth, mut begin) = (0, 0);
    for (at, c) in inside.char_indices().chain([(inside.len(), ',')]) {
        match c {
            '{' => depth += 1,
            '}' => depth -= 1,
            ',' if depth == 0 => {
                if !inside[begin..at].trim().is_empty() {
                    expand(prefix, &inside[begin..at], found);
                }
                begin = at + 1;
            }
            _ => {}
        }
    }
    prefix.truncate(length);
}

/// All modules by their path, each with its code, and the names each passes on from elsewhere (`pub use`).
struct Modules {
    code: BTreeMap<Vec<String>, String>,
    passed_on: BTreeMap<(Vec<String>, String), Vec<String>>,
}

impl Modules {
    fn read() -> Self {
        let mut modules = Self { code: BTreeMap::new(), passed_on: BTreeMap::new() };
        for file in sources(&root()).iter().filter(|file| !is_for_tests(file)) {
            let module = module(file);
            let mut own = String::new();
            for statement in code(file).split_inclusive(';') {
                match statement.trim_start().strip_prefix("pub use ") {
                    Some(tree) => {
                        let mut names = Vec::new();
                        expand(&mut Vec::new(), tree.trim_end_matches(';'), &mut names);
                        for name in names {
                            let full =
                                if name[0] == "crate" { name[1..].to_vec() } else { [&module[..], &name].concat() };
                            let last = full.last().expect("a path has a name").clone();
                            modules.passed_on.insert((module.clone(), last), full);
                        }
                    }
                    None => own.push_str(statement),
                }
            }
            modules.code.insert(module, own);
        }
        modules
    }

    /// The module that defines the item of a path.
    fn home(&self, path: &[String]) -> Option<Vec<String>> {
        let length = (0..=path.len()).rev().find(|length| self.code.contains_key(&path[..*length]))?;
        let (module, rest) = path.split_at(length);
        match rest.first().and_then(|name| self.passed_on.get(&(module.to_vec(), name.clone()))) {
            Some(elsewhere) => self.home(elsewhere),
            None => Some(module.to_vec()),
        }
    }

    /// The modules that each module uses.
    fn uses(&self) -> BTreeMap<Vec<String>, BTreeSet<Vec<String>>> {
        let of = |(module, code): (&Vec<String>, &String)| {
            let homes = paths(code).into_iter().filter_map(|path| self.home(&path));
            (module.clone(), homes.filter(|home| home != module && !home.is_empty()).collect())
        };
        self.code.iter().map(of).collect()
    }
}

/// The path of the module in a file, without `crate`.
fn module(file: &Path) -> Vec<String> {
    let inside = file.strip_prefix(root()).expect("it was found there").with_extension("");
    let names = inside.components().map(|part| part.as_os_str().to_string_lossy().into_owned());
    names.filter(|name| !["mod", "lib", "main"].contains(&name.as_str())).collect()
}

fn is_for_tests(file: &Path) -> bool {
    let name = file.to_string_lossy();
    name.contains("tests") || name.ends_with("model_tests.rs")
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
        for name in paths(&code(file)).into_iter().filter_map(|path| path.into_iter().next()) {
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

/// The names behind each `store::` in the code of a page that are neither its error nor the handle that a closure of
/// `run_blocking` gets.
fn types_of_the_store(code: &str) -> Vec<String> {
    let is_name = |c: &char| c.is_alphanumeric() || "_{*".contains(*c);
    let behind = |at: usize| code[at + "store::".len()..].chars().take_while(is_name).collect::<String>();
    let is_word = |at: usize| !code[..at].ends_with(|c: char| c.is_alphanumeric() || c == '_');
    let found = code.match_indices("store::").filter(|(at, _)| is_word(*at)).map(|(at, _)| behind(at));
    found.filter(|name| !["Error", "Store"].contains(&name.as_str())).collect()
}

#[test]
fn pages_know_of_the_store_no_more_than_its_error() {
    assert_eq!(
        types_of_the_store("use crate::store::{Error, accounts::Row}; store::Error; store::orders::Query"),
        ["{Error", "orders"]
    );
    let pages = sources(&root().join("web"));
    assert!(pages.len() > 30, "only {} files were read", pages.len());
    for file in pages {
        let names = types_of_the_store(&code(&file));
        assert!(names.is_empty(), "{} names {names:?} of the store; operations or the domain should", file.display());
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

#[test]
fn no_two_files_import_each_other_in_a_circle() {
    let uses = Modules::read().uses();
    assert!(uses.values().map(BTreeSet::len).sum::<usize>() > 300, "too few imports were seen");
    let mut circles = BTreeSet::new();
    for start in uses.keys() {
        // Breadth first, so that the reported circle is the shortest one through this file.
        let mut came_from: BTreeMap<&Vec<String>, &Vec<String>> = BTreeMap::new();
        let mut queue = std::collections::VecDeque::from([start]);
        while let Some(here) = queue.pop_front() {
            for next in &uses[here] {
                if next == start {
                    let mut circle = vec![here.join("::")];
                    let mut at = here;
                    while at != start {
                        at = came_from[at];
                        circle.push(at.join("::"));
                    }
                    circle.reverse();
                    let first = circle.iter().enumerate().min_by_key(|(_, name)| *name).map_or(0, |(at, _)| at);
                    circle.rotate_left(first);
                    circles.insert(circle.join(" -> "));
                    queue.clear();
                    break;
                }
                if !came_from.contains_key(next) {
                    came_from.insert(next, here);
                    queue.push_back(next);
                }
            }
        }
    }
    assert!(circles.is_empty(), "{circles:#?}");
}

/// The places where an address is spelled out instead of being made by [`paths`](oplossingscentrum::paths).
fn spelled(text: &str, before: &[&str]) -> Vec<String> {
    let found = before.iter().flat_map(|before| text.match_indices(before).map(move |(at, _)| (at, before.len())));
    let is_address = |rest: &str| rest.starts_with('/') && rest.chars().nth(1).is_some_and(|c| c.is_ascii_lowercase());
    let address = |(at, length): (usize, usize)| Some(&text[at + length..]).filter(|rest| is_address(rest));
    found.filter_map(address).map(|rest| rest.chars().take_while(|c| *c != '"').collect()).collect()
}

#[test]
fn every_address_is_made_by_the_table_of_paths() {
    let templates = root().with_file_name("templates");
    let mut pages = vec![templates];
    let mut wrong = Vec::new();
    while let Some(path) = pages.pop() {
        if path.is_dir() {
            pages.extend(fs::read_dir(&path).expect("the folder can be read").map(|entry| entry.unwrap().path()));
            continue;
        }
        let text = fs::read_to_string(&path).expect("a template is text");
        wrong.extend(spelled(&text, &["href=\"", "action=\""]).into_iter().map(|address| (path.clone(), address)));
    }
    let may_spell = [root().join("paths.rs"), root().join("web/mod.rs")];
    for file in sources(&root()).into_iter().filter(|file| !is_for_tests(file) && !may_spell.contains(file)) {
        let makes = ["see_other(\"", "see_other(&format!(\"", "redirect_with_flash(\"", "format!(\"", "public_url}"];
        let found = spelled(&code(&file), &makes);
        wrong.extend(found.into_iter().map(|address| (file.clone(), address)));
    }
    assert!(wrong.is_empty(), "make these with src/paths.rs: {wrong:#?}");
}

/// The rooms from the top floor down, each with its wings, and what both use.
fn picture() -> String {
    let mut rooms: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for (module, homes) in Modules::read().uses() {
        // A wing is a folder of its room: `orders` in `web`.
        let wing = |module: &[String]| match module {
            [room, wing, _, ..] => Some(format!("{room}/{wing}")),
            _ => None,
        };
        let Some(room) = module.first() else { continue };
        for home in &homes {
            let (here, there) = (wing(&module), wing(home));
            if home[0] != *room {
                rooms.entry(room.clone()).or_default().insert(home[0].clone());
            } else if let (Some(here), Some(there)) = (&here, &there)
                && here != there
            {
                rooms.entry(here.clone()).or_default().insert(there.clone());
            }
            for name in here.into_iter().chain([room.clone()]) {
                rooms.entry(name).or_default();
            }
        }
    }
    let mut lines = Vec::new();
    for (room, _) in ROOMS.iter().rev() {
        let used = |name: &str| rooms.get(name).map(|used| used.iter().cloned().collect::<Vec<_>>().join(" "));
        lines.push(format!("{room:<22} {}", used(room).unwrap_or_default()));
        let wings = rooms.keys().filter(|name| name.split_once('/').is_some_and(|(of, _)| of == *room));
        lines.extend(wings.map(|wing| format!("  {wing:<20} {}", used(wing).unwrap_or_default())));
    }
    lines.iter().flat_map(|line| [line.trim_end(), "\n"]).collect()
}

/// The page of the architecture: the text before the picture, the picture, and the text after it.
fn architecture() -> (PathBuf, [String; 3]) {
    let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/architecture.md");
    let text = fs::read_to_string(&page).expect("the page is there");
    let (before, rest) =
        text.split_once("## The rooms, and what they import").expect("it has a heading for the picture");
    let (words, rest) = rest.split_once("```text\n").expect("and a block for it");
    let (drawn, behind) = rest.split_once("```").expect("which ends");
    let before = format!("{before}## The rooms, and what they import{words}```text\n");
    (page, [before, drawn.to_owned(), format!("```{behind}")])
}

#[test]
fn the_picture_of_the_rooms_is_up_to_date() {
    let (_, [_, drawn, _]) = architecture();
    assert_eq!(drawn, picture(), "draw it anew with: cargo test --test layers -- --ignored draw");
}

#[test]
#[ignore = "writes docs/architecture.md"]
fn draw_the_picture_of_the_rooms() {
    let (page, [before, _, behind]) = architecture();
    fs::write(page, format!("{before}{}{behind}", picture())).expect("the page can be written");
}
