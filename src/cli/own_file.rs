//! Keeps a database file readable by its owner only: it holds what people write to each other.

use std::fs::OpenOptions;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

use crate::store::Target;

/// The endings of SQLite's files: the database, its log, and the log's index.
pub(super) const BESIDE: [&str; 3] = ["", "-wal", "-shm"];

/// Creates the database file if there is none, and removes the permissions of group and others.
pub(super) fn prepare(target: &Target) -> Result<()> {
    let Target::Sqlite(path) = target else { return Ok(()) };
    if let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
        std::fs::create_dir_all(folder).with_context(|| format!("cannot make the folder {}", folder.display()))?;
    }
    make(path).with_context(|| format!("cannot make the file {}", path.display()))?;
    BESIDE.iter().map(|ending| named(path, ending)).try_for_each(|file| keep_to_its_owner(&file))
}

/// Appends an ending to the path of a database.
pub(super) fn named(path: &Path, ending: &str) -> PathBuf {
    let mut file = path.as_os_str().to_owned();
    file.push(ending);
    file.into()
}

fn make(path: &Path) -> std::io::Result<()> {
    let mut options = OpenOptions::new();
    options.append(true).create(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path).map(drop)
}

/// Removes the permissions of group and others.
#[cfg(unix)]
fn keep_to_its_owner(file: &Path) -> Result<()> {
    use std::os::unix::fs::PermissionsExt;
    const OTHERS: u32 = 0o077;
    let Ok(found) = std::fs::metadata(file) else { return Ok(()) };
    let mode = found.permissions().mode();
    if mode & OTHERS == 0 {
        return Ok(());
    }
    std::fs::set_permissions(file, std::fs::Permissions::from_mode(mode & !OTHERS & 0o7777))
        .with_context(|| format!("others than its owner can read {0}; as its owner: chmod go= {0}", file.display()))?;
    tracing::warn!(file = %file.display(), "others than its owner could read it; they no longer can");
    Ok(())
}

#[cfg(not(unix))]
#[expect(clippy::unnecessary_wraps, reason = "where files have modes, changing them can fail")]
fn keep_to_its_owner(_: &Path) -> Result<()> {
    Ok(())
}
