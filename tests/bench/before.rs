//! The program of another revision, to take turns with: `bin/bench --against REVISION` builds it and names its folder.

use std::collections::HashSet;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use diesel::migration::{MigrationSource, MigrationVersion};
use diesel::{Connection, PgConnection, SqliteConnection};
use diesel_migrations::{FileBasedMigrations, MigrationHarness};
use oplossingscentrum::store::Target;

use crate::data::copy_database;

/// Where `bin/bench` says what it has built: a folder with that revision's `migrations` and `program`.
const VARIABLE: &str = "OPLOSSINGSCENTRUM_BENCH_AGAINST";

/// The program of another revision.
#[derive(Debug, Clone)]
pub struct Before {
    folder: PathBuf,
}

impl Before {
    /// The revision that was asked for, if one was.
    pub fn asked_for() -> Option<Self> {
        std::env::var_os(VARIABLE).map(|folder| Self { folder: folder.into() })
    }

    /// Its executable file.
    pub fn program(&self) -> String {
        self.folder.join("program").display().to_string()
    }

    /// A copy of that database file with the tables of that revision.
    pub fn copy(&self, file: &Path) -> Result<PathBuf> {
        let copy = file.with_extension("before.db");
        copy_database(file, &copy)?;
        self.takes_back(&Target::Sqlite(copy.clone()))?;
        Ok(copy)
    }

    /// Takes back the migrations that this revision does not know.
    pub fn takes_back(&self, target: &Target) -> Result<()> {
        match target {
            Target::Sqlite(file) => self.revert(&mut SqliteConnection::establish(&file.to_string_lossy())?, "sqlite"),
            Target::Postgres(address) => self.revert(&mut PgConnection::establish(address)?, "postgres"),
        }
    }

    fn revert<C, DB>(&self, db: &mut C, make: &str) -> Result<()>
    where
        DB: diesel::backend::Backend,
        C: MigrationHarness<DB>,
        FileBasedMigrations: MigrationSource<DB>,
    {
        let known: HashSet<String> = versions(&self.folder.join("migrations").join(make))?;
        let ours = FileBasedMigrations::from_path(Path::new(env!("CARGO_MANIFEST_DIR")).join("migrations").join(make))?;
        let failed =
            |error: Box<dyn std::error::Error + Send + Sync>| anyhow::anyhow!("a migration back failed: {error}");
        loop {
            let applied: Vec<MigrationVersion<'_>> = db.applied_migrations().map_err(failed)?;
            // The newest comes first.
            let newest = applied.first().context("it has tables")?.to_string();
            if known.contains(&newest) {
                return Ok(());
            }
            db.revert_last_migration(ours.clone()).map_err(failed)?;
        }
    }
}

/// The versions of the migrations in a folder, as the database writes them: digits only.
fn versions(folder: &Path) -> Result<HashSet<String>> {
    let names = fs::read_dir(folder).with_context(|| format!("there is no {}", folder.display()))?;
    let version = |entry: std::io::Result<fs::DirEntry>| {
        let name = entry?.file_name().to_string_lossy().into_owned();
        Ok(name.split('_').next().unwrap_or_default().replace('-', ""))
    };
    names.map(version).collect()
}
