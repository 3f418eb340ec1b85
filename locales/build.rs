//! Turns the sentences in `locales` into typed functions: a key or argument that a page uses and a language lacks fails
//! the build.

use std::process::ExitCode;

use fluent_typed::{BuildOptions, FtlOutputOptions, LintLevel, build_from_locales_folder};

fn main() -> ExitCode {
    let out = std::env::var("OUT_DIR").expect("cargo sets OUT_DIR");
    for folder in ["locales/nl", "locales/en", "templates", "migrations/sqlite", "migrations/postgres"] {
        println!("cargo::rerun-if-changed={folder}");
    }
    build_from_locales_folder(
        BuildOptions::default()
            .with_locales_folder("locales")
            .with_default_language("nl")
            .with_output_file_path(&format!("{out}/words.rs"))
            .with_ftl_output(FtlOutputOptions::single_file(&format!("{out}/words.ftl")))
            .with_prefix("")
            .with_lint_level(LintLevel::Deny)
            .without_bidi_isolation()
            .without_format(),
    )
}
