//! The documents are true: their links work, and each file and test that they name exists.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

/// The beginnings of the names of our own files and folders, in the documents.
const OURS: [&str; 9] =
    ["src/", "tests/", "templates/", "static/", "locales/", "migrations/", "docs/", "bin/", ".deploy/"];

/// The files that the walkthroughs of `CONTRIBUTING.md` make.
const EXAMPLES: [&str; 2] = ["colophon", "nickname"];

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// Every document, with its text.
fn documents() -> Vec<(PathBuf, String)> {
    let folders = [root().to_owned(), root().join("docs")];
    let entries = folders.iter().flat_map(|folder| fs::read_dir(folder).expect("the folder is there"));
    let files = entries.map(|entry| entry.expect("the folder can be read").path());
    let documents = files.filter(|file| file.extension().is_some_and(|ending| ending == "md"));
    let read = |file: PathBuf| (file.clone(), fs::read_to_string(&file).expect("a document is text"));
    let found: Vec<_> = documents.map(read).collect();
    assert!(found.len() > 8, "only {} documents were found", found.len());
    found
}

/// The text without its blocks of code, which have no links.
fn prose(text: &str) -> String {
    text.split("```").step_by(2).collect()
}

/// The targets of a text's links.
fn links(text: &str) -> Vec<String> {
    let prose = prose(text);
    prose.split("](").skip(1).filter_map(|rest| rest.split(')').next()).map(str::to_owned).collect()
}

/// The anchors of a text: its headings as GitHub and others write them.
fn anchors(text: &str) -> BTreeSet<String> {
    let headings =
        text.lines().filter_map(|line| line.strip_prefix('#')).map(|line| line.trim_start_matches('#').trim());
    let letter = |c: char| match c {
        ' ' | '-' => Some('-'),
        c if c.is_alphanumeric() || c == '_' => Some(c.to_ascii_lowercase()),
        _ => None,
    };
    headings.map(|heading| heading.chars().filter_map(letter).collect()).collect()
}

/// The texts between backticks.
fn quoted(text: &str) -> Vec<String> {
    prose(text).split('`').skip(1).step_by(2).map(str::to_owned).collect()
}

#[test]
fn no_link_of_a_document_is_dead() {
    let mut dead = Vec::new();
    for (file, text) in documents() {
        for link in links(&text).iter().filter(|link| !link.contains("://")) {
            let (path, anchor) = link.split_once('#').unwrap_or((link, ""));
            let target =
                if path.is_empty() { file.clone() } else { file.parent().expect("it is in a folder").join(path) };
            let has_anchor = || anchors(&fs::read_to_string(&target).unwrap_or_default()).contains(anchor);
            if !target.exists() || !anchor.is_empty() && !has_anchor() {
                dead.push(format!("{}: {link}", file.display()));
            }
        }
    }
    assert!(dead.is_empty(), "{dead:#?}");
}

#[test]
fn every_file_and_every_test_that_a_document_names_is_there() {
    let (mut missing, mut tests) = (Vec::new(), 0);
    // The changelog also names files of the past.
    for (file, text) in documents().iter().filter(|(file, _)| !file.ends_with("CHANGELOG.md")) {
        for name in quoted(text) {
            let (path, test) = name.split_once(": ").unwrap_or((&name, ""));
            // A pattern, a command or a list is not the name of a file.
            if !OURS.iter().any(|ours| path.starts_with(ours))
                || path.contains(['*', '{', ' ', '…', '<'])
                || EXAMPLES.iter().any(|example| path.contains(example))
            {
                continue;
            }
            tests += usize::from(!test.is_empty());
            let source = fs::read_to_string(root().join(path)).unwrap_or_default();
            let is_there = root().join(path).exists();
            if !is_there || !test.is_empty() && !source.contains(&format!("fn {test}(")) {
                missing.push(format!("{}: {name}", file.display()));
            }
        }
    }
    assert!(missing.is_empty(), "{missing:#?}");
    assert!(tests > 50, "only {tests} tests are named: this test does not understand the documents");
}

#[test]
fn the_first_page_and_the_way_to_report_a_weakness_are_short() {
    for (name, most) in [("README.md", 100), ("SECURITY.md", 30)] {
        let lines = fs::read_to_string(root().join(name)).expect("it is there").lines().count();
        assert!(lines <= most, "{name} has {lines} lines");
    }
}

#[test]
fn the_table_of_requirements_has_as_many_verdicts_as_it_says() {
    let text = fs::read_to_string(root().join("docs/security-asvs.md")).expect("it is there");
    let mut count = std::collections::BTreeMap::<&str, usize>::new();
    for row in text.lines().filter(|line| line.starts_with("| ")) {
        let cells: Vec<&str> = row.split('|').map(str::trim).collect();
        let [_, ids, _, _, verdict, ..] = cells[..] else { continue };
        // A row may name a whole chapter that does not apply.
        let requirements = match ids {
            "10.1.1–10.7.3" => 29,
            "17.1.1–17.3.2" => 7,
            ids => ids.split(',').count(),
        };
        *count.entry(verdict).or_default() += requirements;
    }
    let of = |verdict: &str| count.get(verdict).copied().unwrap_or_default();
    let says = format!(
        "Of 253 requirements {} are met, {} partly, {} not; {} are the operator's, and {} do not apply",
        of("met"),
        of("partly"),
        of("not met"),
        of("operator"),
        of("n.a.")
    );
    assert!(text.contains(&says), "it should say: {says}");
}
