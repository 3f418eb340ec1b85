//! Two page checkers: axe-core in the browser, and html-validate on the server's HTML.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::LazyLock;

use tempfile::TempDir;

/// Printed when they are missing; the tests then fail, and are never skipped.
const INSTALL: &str = "install axe-core and html-validate with: npm ci --ignore-scripts --prefix tests/browser";

/// The source of axe-core.
pub static AXE: LazyLock<String> = LazyLock::new(|| {
    let file = installed("node_modules/axe-core/axe.min.js");
    std::fs::read_to_string(&file).unwrap_or_else(|error| panic!("{} cannot be read: {error}", file.display()))
});

/// A file in the folder of these tests.
fn installed(name: &str) -> PathBuf {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/browser").join(name);
    assert!(file.is_file(), "there is no {name}: {INSTALL}");
    file
}

/// The HTML of pages, as the server sent it.
pub struct Sources {
    folder: TempDir,
    pages: usize,
}

impl Sources {
    /// Starts without pages.
    pub fn new() -> Self {
        Self { folder: tempfile::tempdir().unwrap(), pages: 0 }
    }

    /// Keeps a page's HTML, in a file named after the page.
    pub fn keep(&mut self, page: &str, html: &str) {
        let name = page.replace(|c: char| !c.is_ascii_alphanumeric() && c != '-', "_");
        self.pages += 1;
        std::fs::write(self.folder.path().join(format!("{:03}_{name}.html", self.pages)), html).unwrap();
    }

    /// The faults in the HTML of all these pages, each with its file and line.
    pub fn faults(&self) -> Vec<(String, String)> {
        let run = Command::new("node")
            .arg(installed("node_modules/html-validate/bin/html-validate.mjs"))
            .arg("--config")
            .arg(installed(".htmlvalidate.mjs"))
            .args(["--formatter", "text", "--max-warnings", "0", "."])
            .current_dir(self.folder.path())
            .output()
            .unwrap_or_else(|error| panic!("node does not start ({error}): install nodejs, then {INSTALL}"));
        let said = String::from_utf8_lossy(&run.stdout);
        let faults: Vec<_> = said
            .lines()
            .filter_map(|line| line.split_once(": error "))
            .map(|(place, fault)| {
                let file = place.rsplit('/').next().unwrap_or(place);
                (format!("html-validate {fault}"), file.to_owned())
            })
            .collect();
        let complaint = String::from_utf8_lossy(&run.stderr);
        assert_eq!(run.status.success(), faults.is_empty(), "html-validate itself failed: {said}{complaint}");
        faults
    }
}
