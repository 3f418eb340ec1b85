//! A database for each test: a file, or a throw-away PostgreSQL.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::str::FromStr;

use diesel::connection::SimpleConnection;
use diesel::{Connection, PgConnection};
use oplossingscentrum::store::{Store, Target};
use tempfile::TempDir;

/// The database of a server.
pub enum Database {
    Sqlite { file: PathBuf, _folder: Option<TempDir> },
    Postgres(Cluster),
}

impl Database {
    /// A file, in memory where possible.
    pub fn sqlite() -> Self {
        let folder = folder();
        Self::Sqlite { file: folder.path().join("test.db"), _folder: Some(folder) }
    }

    /// A PostgreSQL that does not wait for the disk: only our own program is killed here.
    pub fn postgres() -> Self {
        Self::Postgres(Cluster::start("-c fsync=off -c synchronous_commit=off"))
    }

    pub fn name(&self) -> &'static str {
        match self {
            Self::Sqlite { .. } => "SQLite",
            Self::Postgres(_) => "PostgreSQL",
        }
    }

    /// The address for `--database`.
    pub fn address(&self) -> String {
        match self {
            Self::Sqlite { file, .. } => file.display().to_string(),
            Self::Postgres(cluster) => cluster.address(),
        }
    }

    /// The tables, through connections that end when the returned store is dropped. A file that another process holds
    /// open needs no recovery when the server comes back, and that recovery is part of the test.
    pub fn open(&self) -> Store {
        Store::open(&Target::from_str(&self.address()).unwrap()).expect("the database opens")
    }
}

/// A new folder, in memory where possible: elsewhere each write waits for the disk.
pub fn folder() -> TempDir {
    let shared = Path::new("/dev/shm");
    if shared.is_dir() { tempfile::tempdir_in(shared) } else { tempfile::tempdir() }.unwrap()
}

/// Our own PostgreSQL, from Debian's package, which a test can crash.
pub struct Cluster {
    folder: TempDir,
    options: String,
}

impl Cluster {
    pub fn start(options: &str) -> Self {
        let folder = tempfile::Builder::new().prefix("oplossingscentrum").tempdir().unwrap();
        if is_root() {
            succeed(Command::new("chown").arg("postgres").arg(folder.path()));
        }
        let cluster = Self { folder, options: options.to_owned() };
        let data = cluster.data();
        let ways = ["--auth=trust", "--username=postgres", "--encoding=UTF8", "--locale=C.UTF-8", "--no-sync"];
        Self::run("initdb", &[&["-D", &data][..], &ways].concat());
        cluster.resume();
        cluster
    }

    fn data(&self) -> String {
        self.folder.path().join("data").display().to_string()
    }

    pub fn address(&self) -> String {
        format!("postgres:///postgres?host={}&user=postgres", self.folder.path().display())
    }

    /// Gives it a folder: the account that it runs as becomes the owner.
    #[expect(clippy::unused_self, reason = "there is a server to own it")]
    pub fn owns(&self, folder: &Path) {
        if is_root() {
            succeed(Command::new("chown").arg("postgres").arg(folder));
            succeed(Command::new("chmod").arg("0700").arg(folder));
        }
    }

    /// The address for a user who is no superuser.
    pub fn address_of(&self, user: &str) -> String {
        self.address().replace("user=postgres", &format!("user={user}"))
    }

    /// The folder of its socket.
    pub fn socket(&self) -> &Path {
        self.folder.path()
    }

    /// Starts it, and waits until it answers.
    pub fn resume(&self) {
        let socket = self.folder.path().display();
        let options = format!("-c listen_addresses='' -c unix_socket_directories={socket} {}", self.options);
        let log = self.folder.path().join("log").display().to_string();
        Self::run("pg_ctl", &["start", "-w", "-D", &self.data(), "-l", &log, "-o", &options]);
    }

    /// Runs SQL as the owner of the database.
    pub fn sql(&self, sql: &str) {
        PgConnection::establish(&self.address()).unwrap().batch_execute(sql).unwrap();
    }

    /// Stops it as a crash would: running work is lost, and the log of writes is replayed at the start.
    pub fn crash(&self) {
        Self::run("pg_ctl", &["stop", "-m", "immediate", "-D", &self.data()]);
    }

    /// Runs one of PostgreSQL's programs, which refuse to run as root.
    fn run(program: &str, arguments: &[&str]) {
        let program = programs().join(program);
        let mut command = if is_root() {
            let mut command = Command::new("runuser");
            command.args(["-u", "postgres", "--"]).arg(program);
            command
        } else {
            Command::new(program)
        };
        succeed(command.args(arguments).current_dir("/").env("LC_ALL", "C.UTF-8"));
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        self.crash();
    }
}

/// The folder of the newest PostgreSQL's programs in Debian.
fn programs() -> PathBuf {
    let versions = std::fs::read_dir("/usr/lib/postgresql").expect("this needs Debian's package postgresql");
    let version = |path: &PathBuf| path.file_name().and_then(|name| name.to_str()?.parse::<u32>().ok());
    let newest = versions.map(|version| version.unwrap().path()).max_by_key(version);
    newest.expect("this needs Debian's package postgresql").join("bin")
}

pub fn is_root() -> bool {
    std::os::unix::fs::MetadataExt::uid(&std::fs::metadata("/proc/self").unwrap()) == 0
}

/// Runs a command that must succeed.
#[track_caller]
pub fn succeed(command: &mut Command) {
    // The started server would keep a pipe open.
    let done = command.stdout(Stdio::null()).status().unwrap();
    assert!(done.success(), "{command:?}");
}
