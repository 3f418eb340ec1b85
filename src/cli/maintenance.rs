//! The commands that keep a database: back up, restore, copy and check it.

use std::path::Path;

use anyhow::{Context, Result, bail, ensure};

use crate::cli::output::{moment, say};
use crate::cli::{now, open};
use crate::clock::Clock;
use crate::operations::accounts::erasure;
use crate::operations::maintenance::backup as files;
use crate::operations::maintenance::backup::Backup;
use crate::operations::maintenance::checksum::{self, Verdict};
use crate::operations::maintenance::transfer::Copied;
use crate::operations::maintenance::{doctor as examining, transfer};
use crate::store::{Error, Store, Target};

pub(super) fn backup(file: &Path, database: &Target) -> Result<()> {
    let store = match (open_to_look(database), database) {
        (Err(error), Target::Sqlite(path)) if matches!(error.downcast_ref(), Some(Error::Older)) => {
            files::backup_of_older(path, file).context("there is no backup")?;
            say!("{} holds all of it, with the tables of the older program that made them.", file.display());
            return Ok(());
        }
        (Err(error), Target::Postgres(_)) if matches!(error.downcast_ref(), Some(Error::Older)) => bail!(
            "these tables are an older program's, which this one reads only in a file: make the backup with that program, or \
             with `pg_dump --format=custom`, and then `migrate`"
        ),
        (opened, _) => opened?,
    };
    let copied = files::backup(&store, file).context("there is no backup")?;
    say!("{} holds {}.", file.display(), in_words(&copied));
    whole(&store)
}

pub(super) fn restore(file: &Path, database: &Target, erased_in: Option<&Target>) -> Result<()> {
    let backup = Backup::open(file).context("nothing was restored")?;
    // What cannot be opened is said before anything is restored.
    let newer = erased_in.map(open_to_look).transpose().context("--erased-in; nothing was restored")?;
    let to = open_to_fill(database)?;
    let copied = backup.restore(&to, now().wall).context("nothing was restored")?;
    say!("Restored and verified: {}. Everybody signs in again.", in_words(&copied));
    say!("It sends no mail until you say so with `mail resume`, so that a copy beside the real one writes to nobody.");
    if copied.iter().any(|(table, rows)| *table == "webhook_endpoints" && *rows > 0) {
        say!("Webhooks are paused. When this is the marketplace itself and no copy, `webhook resume` lets each go on.");
    }
    match newer {
        None => say!(
            "Who was erased since this backup was made, it cannot know: --erased-in asks the database that it replaces, or a newer \
             backup."
        ),
        Some(newer) => {
            let back =
                erasure::came_back(&to, &newer).context("it is restored, but who was erased since is not known")?;
            for email in back {
                say!("{email} was erased since, and came back with this backup: `account erase` them again.");
            }
        }
    }
    whole(&to)
}

pub(super) fn copy(from: &Target, to: &Target) -> Result<()> {
    let from = open_to_look(from)?;
    let copied = transfer::copy(&from, &open_to_fill(to)?).context("nothing was copied")?;
    say!("Copied and verified: {}.", in_words(&copied));
    whole(&from)
}

pub(super) fn doctor(database: &Target) -> Result<()> {
    let store = open_to_look(database)?;
    if let Target::Sqlite(path) = database {
        match checksum::verify(path).context("cannot read the file")? {
            Verdict::Right => say!("It is a backup, and its checksum is right."),
            Verdict::Wrong => {
                bail!("it is a backup that was damaged or changed: its checksum is not that of its content")
            }
            Verdict::None => {}
        }
    }
    let found = examining::examine(&store, Clock::default().now(), |line| say!("{line}"))?;
    say!("Looked at {}.", in_words(&found.tables));
    if found.overdue > 0 {
        say!("{} orders wait to be settled, which `serve` does by itself.", found.overdue);
    }
    if found.unannounced > 0 {
        say!(
            "{} orders came here delivered without `status_since`. None of them completes by itself before its customer got \
             a welcome by mail or saw it.",
            found.unannounced
        );
    }
    match found.hidden_otherwise {
        Some(0) => say!("No second factor and no webhook needs --old-secret-key."),
        Some(secrets) => {
            say!(
                "{secrets} second factors and webhooks still need --old-secret-key: `serve` hides them with the new key."
            );
        }
        None => {}
    }
    if found.erased > 0 {
        say!("{} accounts are erased.", found.erased);
    }
    if let Some(since) = found.mail_held_since {
        say!("All mail is held since {}. `mail resume` sends it.", moment(since));
    }
    for (name, since) in &found.struggling {
        say!("The webhook {name} struggles: nothing got through since {}.", moment(*since));
    }
    for name in &found.paused {
        say!("The webhook {name} is paused; `webhook resume {name}` lets it go on.");
    }
    ensure!(found.violations == 0, "{} things cannot be", found.violations);
    say!("Nothing is wrong.");
    Ok(())
}

/// Names every order of which a chain of hashes does not fit its events. What was kept is kept: it is as it was found.
fn whole(store: &Store) -> Result<()> {
    let broken = examining::broken_chains(store)?;
    for line in &broken {
        say!("{line}");
    }
    ensure!(broken.is_empty(), "it is done, but {} events are not what their hashes say: see above", broken.len());
    Ok(())
}

/// Opens an existing database with its tables, to read it.
fn open_to_look(target: &Target) -> Result<Store> {
    if let Target::Sqlite(path) = target {
        ensure!(path.is_file(), "there is no database {}", path.display());
    }
    Store::open_to_look(target).context("cannot open the database")
}

/// Opens a database to fill it. Makes its tables if it has none, and leaves the tables of an older program alone.
fn open_to_fill(target: &Target) -> Result<Store> {
    let is_there = !matches!(target, Target::Sqlite(path) if !path.exists());
    if is_there && let Err(error @ Error::Older) = Store::open_to_look(target) {
        return Err(error).context("cannot open the database");
    }
    open(target)
}

/// The copied tables in words, without the empty ones: "12 accounts, 34 orders, …".
fn in_words(tables: &Copied) -> String {
    let counts: Vec<String> = tables
        .iter()
        .filter(|(_, rows)| *rows > 0)
        .map(|(table, rows)| format!("{rows} {}", table.replace('_', " ")))
        .collect();
    if counts.is_empty() { "nothing".to_owned() } else { counts.join(", ") }
}
