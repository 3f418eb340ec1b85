//! A pooler between the program and PostgreSQL (Debian's pgbouncer). One that gives each of our connections its own
//! session works like none; one that shares sessions is refused at the start.

use std::fs;
use std::os::unix::net::UnixStream;
use std::process::{Child, Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use crate::cast::Cast;
use crate::counts::report;
use crate::database::{Cluster, Database, folder, is_root};
use crate::examine::examine;
use crate::server::Recipe;
use crate::turn;
use crate::writers::Writer;

/// A pooler that runs until it is dropped.
struct Pooler {
    process: Child,
    folder: tempfile::TempDir,
}

impl Pooler {
    fn start(cluster: &Cluster, mode: &str) -> Self {
        let folder = folder();
        let (here, users) = (folder.path().display(), folder.path().join("users"));
        fs::write(&users, "\"postgres\" \"\"\n").unwrap();
        let settings = format!(
            "[databases]\npostgres = user=postgres host={} port=5432 dbname=postgres\n\
             [pgbouncer]\nlisten_addr =\nunix_socket_dir = {here}\nlisten_port = 6432\nauth_type = any\nauth_file = {}\n\
             pool_mode = {mode}\ndefault_pool_size = 40\nmax_client_conn = 100\nlogfile = {here}/log\n",
            cluster.socket().display(),
            users.display()
        );
        let file = folder.path().join("settings");
        fs::write(&file, settings).unwrap();
        let mut command = if is_root() {
            cluster.owns(folder.path());
            let mut command = Command::new("runuser");
            command.args(["-u", "postgres", "--", "pgbouncer"]);
            command
        } else {
            Command::new("pgbouncer")
        };
        let process =
            command.arg(&file).stdout(Stdio::null()).stderr(Stdio::null()).spawn().expect("Debian's pgbouncer");
        let pooler = Self { process, folder };
        let begun = Instant::now();
        while UnixStream::connect(pooler.folder.path().join(".s.PGSQL.6432")).is_err() {
            let log = fs::read_to_string(pooler.folder.path().join("log")).unwrap_or_default();
            assert!(begun.elapsed() < Duration::from_secs(10), "it does not start: {log}");
            sleep(Duration::from_millis(10));
        }
        pooler
    }

    fn address(&self) -> String {
        format!("postgres:///postgres?host={}&port=6432&user=postgres", self.folder.path().display())
    }
}

impl Drop for Pooler {
    fn drop(&mut self) {
        // SIGINT is a safe shutdown; remaining processes end with their parent.
        let _ = Command::new("pkill").args(["-INT", "-P", &self.process.id().to_string()]).status();
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

fn says(address: &str) -> (bool, String) {
    let done = Command::new(env!("CARGO_BIN_EXE_oplossingscentrum"))
        .args(["migrate", "--database", address])
        .output()
        .unwrap();
    (done.status.success(), String::from_utf8([done.stdout, done.stderr].concat()).unwrap())
}

#[test]
fn a_pooler_that_lends_a_connection_to_several_is_refused_and_one_of_sessions_is_as_good_as_none() {
    let _turn = turn();
    let database = Database::postgres();
    let Database::Postgres(cluster) = &database else { unreachable!() };
    for mode in ["transaction", "statement"] {
        let pooler = Pooler::start(cluster, mode);
        let (is_well, said) = says(&pooler.address());
        assert!(!is_well && said.contains("pool_mode to session"), "{mode}: {said}");
    }
    let pooler = Pooler::start(cluster, "session");
    let (is_well, said) = says(&pooler.address());
    assert!(is_well, "{said}");
    let mut server = Recipe::with(pooler.address(), &[]).start();
    let store = database.open();
    let cast = Cast::arrive(&store);
    let mut writer = Writer::new(server.address);
    writer.take_orders(&cast, &store);
    for _ in 0..20 {
        writer.gets_through();
    }
    writer.compare(&store);
    server.is_in_good_health();
    drop(server);
    examine(&database);
    report("pgbouncer between: refused in transaction and statement mode, 20 changes made through one in session mode");
}
