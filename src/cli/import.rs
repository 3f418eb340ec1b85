//! The command that imports a file.

use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context, Result, bail};
use chrono_tz::Tz;
use clap::Args;

use crate::cli::output::{complain, say};
use crate::cli::{Database, now, open, own_file, remove_database};
use crate::operations::maintenance::import::{
    Contents, Format, ImportError, Map, Options, Problem, Reading, Summary, import_with, read_as, told_once,
};
use crate::store::{Store, Target};

/// The exit code when lines were refused and the rest went in.
const SOME_REFUSED: u8 = 3;
/// How many messages are shown at most.
const MOST_SHOWN: usize = 100;

#[derive(Args)]
pub(super) struct Import {
    /// The file, or `-` for standard input; `docs/import.md` describes its format.
    file: PathBuf,
    /// Says what would change, and writes nothing.
    #[arg(long)]
    check: bool,
    /// What the file's own columns and values mean; `docs/examples` has three of them.
    #[arg(long, value_name = "FILE")]
    map: Option<PathBuf>,
    /// Takes nothing when one line is refused.
    #[arg(long)]
    all_or_nothing: bool,
    /// The marketplace's time zone, for moments that name none.
    #[arg(long, env = "OPLOSSINGSCENTRUM_TIME_ZONE", default_value = "Europe/Amsterdam")]
    time_zone: Tz,
    #[command(flatten)]
    database: Database,
}

/// Imports the file. Its exit code says whether all of it went in.
pub(super) fn run(import: &Import) -> Result<ExitCode> {
    let (target, now) = (import.database.target()?, now());
    let bytes = bytes_of(&import.file)?;
    let map = import.map.as_deref().map(read_map).transpose()?;
    let format = Format::from_path(&import.file, &bytes);
    let reading = Reading { format, now: now.wall, time_zone: import.time_zone, map: map.as_ref() };
    // The database is opened once the file can be read: a wrong file leaves none behind.
    let contents = match read_as(&bytes, reading) {
        Ok(contents) => contents,
        Err(problems) => return nothing_taken(&import.file, &problems),
    };
    let options = Options { all_or_nothing: import.all_or_nothing, check: import.check };
    let is_new = matches!(&target, Target::Sqlite(path) if !path.exists());
    let done = if is_new && import.check {
        check_alone(&contents, options)
    } else {
        import_with(&open(&target)?, &contents, options, now)
    };
    let is_taken =
        matches!(&done, Ok(summary) if summary.new + summary.changed + summary.same + summary.accounts_new > 0);
    if is_new
        && !is_taken
        && let Target::Sqlite(path) = &target
    {
        remove_database(path)?;
    }
    match done {
        Ok(summary) if !is_taken && !summary.refused.is_empty() => nothing_taken(&import.file, &summary.refused),
        Ok(summary) => Ok(tell(&summary)),
        Err(ImportError::Problems(problems)) => nothing_taken(&import.file, &problems),
        Err(error) => Err(error.into()),
    }
}

fn bytes_of(file: &Path) -> Result<Vec<u8>> {
    if file == Path::new("-") {
        let mut bytes = Vec::new();
        std::io::stdin().read_to_end(&mut bytes).context("cannot read standard input")?;
        return Ok(bytes);
    }
    fs::read(file).with_context(|| format!("cannot read {}", file.display()))
}

fn read_map(file: &Path) -> Result<Map> {
    let toml = fs::read_to_string(file).with_context(|| format!("cannot read {}", file.display()))?;
    match Map::parse(&toml) {
        Ok(map) => Ok(map),
        Err(reason) => bail!("{}: {reason}", file.display()),
    }
}

/// Checks a file against a database that is not there yet: against an empty one that goes again.
fn check_alone(contents: &Contents, options: Options) -> Result<Summary, ImportError> {
    let path = std::env::temp_dir().join(format!("oplossingscentrum-check-{}.db", std::process::id()));
    let done = Store::open_to_fill(&path)
        .map_err(ImportError::from)
        .and_then(|store| import_with(&store, contents, options, now()));
    for file in own_file::BESIDE.map(|ending| own_file::named(&path, ending)) {
        let _ = fs::remove_file(file);
    }
    done
}

fn tell(summary: &Summary) -> ExitCode {
    show(&summary.notes);
    show(&summary.refused);
    say!("accounts: new {}, changed {}", summary.accounts_new, summary.accounts_changed);
    let refused = summary.refused_lines();
    say!("new {}, changed {}, same {}, refused {refused}", summary.new, summary.changed, summary.same);
    if refused == 0 { ExitCode::SUCCESS } else { ExitCode::from(SOME_REFUSED) }
}

fn nothing_taken(file: &Path, problems: &[Problem]) -> Result<ExitCode> {
    show(problems);
    say!("new 0, changed 0, same 0, refused {}", problems.len());
    bail!("nothing was imported from {}", file.display())
}

fn show(problems: &[Problem]) {
    let told = told_once(problems);
    for line in told.iter().take(MOST_SHOWN) {
        complain!("{line}");
    }
    if told.len() > MOST_SHOWN {
        complain!("and {} more", told.len() - MOST_SHOWN);
    }
}
