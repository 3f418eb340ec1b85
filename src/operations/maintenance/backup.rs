//! Makes and restores backups. A backup is a SQLite file of one moment, also when the database is PostgreSQL. It is
//! complete and safe on the disk, or it does not exist.

use std::fs::{self, File, OpenOptions};
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};

use chrono::{DateTime, Utc};

use crate::domain::marketplace::endpoint::PauseCause;
use crate::operations::maintenance::checksum::{self, Verdict};
use crate::operations::maintenance::transfer::{CREDENTIAL_TABLES, Copied, CopyError, HOLDS, copy, copy_without};
use crate::store::maintenance::holds;
use crate::store::marketplace::{endpoints, feed};
use crate::store::{Error, Store, Target};

/// The reason why there is no backup, or why nothing was restored.
#[derive(Debug, thiserror::Error)]
pub enum BackupError {
    /// A file with this name exists; it may be the only backup.
    #[error("{0} is there already")]
    Exists(PathBuf),
    /// A file cannot be read or written.
    #[error("{0}: {1}")]
    File(PathBuf, io::Error),
    /// The backup cannot be used.
    #[error("{0} cannot be used: {1}")]
    Unusable(PathBuf, Error),
    /// The checksum of the backup is not that of its content.
    #[error("{0} was damaged or changed after it was made: its checksum is not that of its content")]
    Changed(PathBuf),
    /// The copying failed.
    #[error(transparent)]
    Copy(#[from] CopyError),
}

/// Writes a backup to a new file that only its owner can read. The program may go on serving; the backup shows the
/// moment at which it began.
///
/// # Errors
///
/// See [`BackupError`]; there is no file then.
pub fn backup(store: &Store, file: &Path) -> Result<Copied, BackupError> {
    if file.exists() {
        return Err(BackupError::Exists(file.to_owned()));
    }
    let unfinished = Unfinished::beside(file)?;
    let filled = Store::open_to_fill(&unfinished.0);
    let copied = copy(store, &filled.map_err(|error| BackupError::Unusable(unfinished.0.clone(), error))?)?;
    finish(&unfinished, file)?;
    Ok(copied)
}

/// Writes a backup of a SQLite file whose tables are those of an older program, as they are: before an upgrade the new program
/// can make it.
///
/// # Errors
///
/// See [`BackupError`]; there is no file then.
pub fn backup_of_older(database: &Path, file: &Path) -> Result<(), BackupError> {
    if file.exists() {
        return Err(BackupError::Exists(file.to_owned()));
    }
    let unfinished = Unfinished::beside(file)?;
    Store::duplicate(database, &unfinished.0).map_err(|error| BackupError::Unusable(database.to_owned(), error))?;
    finish(&unfinished, file)
}

/// Gives a filled file its checksum and its name.
fn finish(unfinished: &Unfinished, file: &Path) -> Result<(), BackupError> {
    match checksum::seal(&unfinished.0).and_then(|()| unfinished.becomes(file)) {
        Err(error) if error.kind() == ErrorKind::AlreadyExists => Err(BackupError::Exists(file.to_owned())),
        Err(error) => Err(BackupError::File(file.to_owned(), error)),
        Ok(()) => Ok(()),
    }
}

/// A backup that can be restored.
pub struct Backup {
    store: Store,
    /// The updated copy of an older program's backup. It is read instead of the backup, which stays as it is.
    _own: Option<Unfinished>,
}

impl Backup {
    /// Opens a backup of this program or an older one.
    ///
    /// # Errors
    ///
    /// When it does not exist, is no backup, was changed, or is of a newer program.
    pub fn open(file: &Path) -> Result<Self, BackupError> {
        let unusable = |error| BackupError::Unusable(file.to_owned(), error);
        match checksum::verify(file).map_err(|error| BackupError::File(file.to_owned(), error))? {
            Verdict::Right | Verdict::None => {}
            Verdict::Wrong => return Err(BackupError::Changed(file.to_owned())),
        }
        match Store::open_to_look(&Target::Sqlite(file.to_owned())) {
            Ok(store) => Ok(Self { store, _own: None }),
            Err(Error::Older) => {
                let own = Unfinished::beside(file)?;
                Store::duplicate(file, &own.0).map_err(unusable)?;
                Ok(Self { store: Store::open_to_fill(&own.0).map_err(unusable)?, _own: Some(own) })
            }
            Err(error) => Err(unusable(error)),
        }
    }

    /// Restores it into an empty database, without sessions and without links that set a password. It holds all mail from
    /// then on and pauses all webhooks, so that a restored backup sends nothing by itself. Programs that
    /// read the feed begin anew: entries that were written after the backup are gone, and others get their positions. `wall` is
    /// real time.
    ///
    /// # Errors
    ///
    /// See [`CopyError`]; nothing is restored then.
    pub fn restore(&self, to: &Store, wall: DateTime<Utc>) -> Result<Copied, CopyError> {
        let left_out = [&CREDENTIAL_TABLES[..], &[HOLDS]].concat();
        copy_without(&self.store, to, &left_out, |db| {
            feed::renew_seed(db)?;
            holds::hold_all(db, wall)?;
            endpoints::pause_all(db, PauseCause::Restored, wall)
        })
    }
}

/// An unfinished file that only its owner can read. It is deleted when it is dropped before it is done.
struct Unfinished(PathBuf);

impl Unfinished {
    /// Makes it in the same folder, so that it can be renamed in one step.
    fn beside(file: &Path) -> Result<Self, BackupError> {
        let mut name = file.file_name().unwrap_or_default().to_owned();
        name.push(format!(".{}.unfinished", std::process::id()));
        let path = file.with_file_name(name);
        let mut options = OpenOptions::new();
        options.write(true).create_new(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        options.open(&path).map_err(|error| BackupError::File(path.clone(), error))?;
        Ok(Self(path))
    }

    /// Gives it its final name: first all of it is written to the disk, then it is renamed, then the folder is written
    /// too.
    fn becomes(&self, file: &Path) -> io::Result<()> {
        File::open(&self.0)?.sync_all()?;
        take_name(&self.0, file)?;
        let folder = file.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        File::open(folder)?.sync_all()
    }
}

/// Gives a file a new name in one step, and fails if a file with that name exists.
fn take_name(file: &Path, name: &Path) -> io::Result<()> {
    match fs::hard_link(file, name) {
        Err(error) if error.kind() != ErrorKind::AlreadyExists => rename_to_nothing(file, name).map_err(|_| error),
        // The old name is removed on drop.
        linked => linked,
    }
}

/// Renames without replacing, for file systems without hard links (exFAT).
#[cfg(target_os = "linux")]
fn rename_to_nothing(file: &Path, name: &Path) -> io::Result<()> {
    use rustix::fs::{CWD, RenameFlags, renameat_with};
    Ok(renameat_with(CWD, file, CWD, name, RenameFlags::NOREPLACE)?)
}

#[cfg(not(target_os = "linux"))]
fn rename_to_nothing(_: &Path, _: &Path) -> io::Result<()> {
    Err(ErrorKind::Unsupported.into())
}

impl Drop for Unfinished {
    fn drop(&mut self) {
        // After a rename there is no such file any more.
        let _ = fs::remove_file(&self.0);
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Barrier;

    use super::*;

    #[test]
    fn of_several_backups_that_end_at_once_one_gets_the_name_and_none_is_replaced() {
        const BACKUPS: usize = 4;
        let folder = tempfile::tempdir().unwrap();
        for round in 0..200 {
            let file = folder.path().join(format!("backup{round}.db"));
            let together = Barrier::new(BACKUPS);
            let writes = |nth: usize| {
                let unfinished = Unfinished(folder.path().join(format!("{round}.{nth}.unfinished")));
                fs::write(&unfinished.0, nth.to_string()).unwrap();
                together.wait();
                unfinished.becomes(&file).map(|()| nth)
            };
            let ended: Vec<io::Result<usize>> = std::thread::scope(|scope| {
                let all: Vec<_> = (0..BACKUPS).map(|nth| scope.spawn(move || writes(nth))).collect();
                all.into_iter().map(|one| one.join().unwrap()).collect()
            });
            let (winners, others): (Vec<_>, Vec<_>) = ended.into_iter().partition(Result::is_ok);
            assert_eq!(winners.len(), 1, "round {round}");
            assert_eq!(fs::read_to_string(&file).unwrap(), winners[0].as_ref().unwrap().to_string(), "round {round}");
            assert!(others.iter().all(|other| other.as_ref().unwrap_err().kind() == ErrorKind::AlreadyExists));
        }
        assert_eq!(folder.path().read_dir().unwrap().count(), 200, "nothing unfinished is left");
    }
}
