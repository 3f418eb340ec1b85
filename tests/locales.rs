//! The locales: both languages have the same files and sentences with the same arguments, and no sentence is unused.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// The sentences of one file: each key with its arguments.
fn sentences(text: &str) -> BTreeMap<String, BTreeSet<String>> {
    let mut found: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    let mut key = String::new();
    for line in text.lines().filter(|line| !line.starts_with('#') && !line.trim().is_empty()) {
        if let Some((name, _)) = line.split_once(" =").filter(|_| !line.starts_with([' ', '}', '['])) {
            name.clone_into(&mut key);
            assert!(found.insert(key.clone(), BTreeSet::new()).is_none(), "{key} stands there twice");
        }
        let arguments = line
            .split('$')
            .skip(1)
            .map(|rest| rest.chars().take_while(|c| c.is_alphanumeric() || *c == '-').collect::<String>());
        found.get_mut(&key).expect("a file begins with a sentence").extend(arguments);
    }
    found
}

fn language(code: &str) -> BTreeMap<String, BTreeMap<String, BTreeSet<String>>> {
    let folder = root().join("locales").join(code);
    let files = fs::read_dir(&folder).expect("the language is there").map(|file| file.expect("it can be read").path());
    files
        .map(|file| {
            let name = file.file_name().expect("a file has a name").to_string_lossy().into_owned();
            (name, sentences(&fs::read_to_string(&file).expect("a sentence is text")))
        })
        .collect()
}

#[test]
fn dutch_and_english_have_the_same_files_keys_and_arguments() {
    let (dutch, english) = (language("nl"), language("en"));
    assert!(dutch.values().map(BTreeMap::len).sum::<usize>() > 300, "the sentences were not found");
    assert_eq!(dutch.keys().collect::<Vec<_>>(), english.keys().collect::<Vec<_>>());
    for (file, sentences) in &dutch {
        assert_eq!(sentences, &english[file], "{file}");
    }
}

fn all_text(folder: &Path) -> String {
    fs::read_dir(folder)
        .expect("the folder is there")
        .map(|entry| entry.expect("it can be read").path())
        .map(|path| if path.is_dir() { all_text(&path) } else { fs::read_to_string(&path).unwrap_or_default() })
        .collect()
}

#[test]
fn every_sentence_is_used() {
    let used = all_text(&root().join("src")) + &all_text(&root().join("templates"));
    let unused: Vec<String> = language("nl")
        .into_values()
        .flat_map(BTreeMap::into_keys)
        .filter(|key| !used.contains(&format!(".{}(", key.replace('-', "_"))))
        .collect();
    assert!(unused.is_empty(), "{unused:#?}");
}
