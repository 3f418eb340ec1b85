//! The real program, in a process of its own that can be killed.

use std::fs::File;
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::PathBuf;
use std::process::{Child, Command};
use std::thread::sleep;
use std::time::{Duration, Instant};

use crate::database::Database;
use crate::settings::{CUSTOMER_SERVICE, KEY};
use crate::wire::Seat;
use crate::wire::Wire;

/// The longest start of the program.
const STARTS_WITHIN: Duration = Duration::from_secs(30);

/// How to start a server: always on the same address, so that its clients find it again.
pub struct Recipe {
    pub address: SocketAddr,
    database: String,
    /// The executable file.
    program: String,
    /// A command that starts the program, with its arguments.
    wrapper: Vec<String>,
    /// The address of the mail server, if there is one.
    smtp: Option<String>,
    /// Whether its webhooks may reach this machine.
    rings: bool,
    /// The file of its log.
    pub log: PathBuf,
    _folder: tempfile::TempDir,
}

impl Recipe {
    pub fn new(database: &Database) -> Self {
        Self::with(database.address(), &[])
    }

    pub fn with(database: String, wrapper: &[&str]) -> Self {
        let folder = crate::database::folder();
        let free = TcpListener::bind("127.0.0.1:0").unwrap();
        Self {
            address: free.local_addr().unwrap(),
            database,
            program: env!("CARGO_BIN_EXE_oplossingscentrum").to_owned(),
            wrapper: wrapper.iter().map(|&word| word.to_owned()).collect(),
            smtp: None,
            rings: false,
            log: folder.path().join("log"),
            _folder: folder,
        }
    }

    /// The same with another executable file: the program of another revision.
    #[allow(dead_code, reason = "only the bench, which shares this file, calls it")]
    pub fn running(mut self, program: String) -> Self {
        self.program = program;
        self
    }

    /// The same recipe with a mail server on that port of this machine.
    #[allow(dead_code, reason = "the bench, which shares this file, sends no mail")]
    pub fn mailing_through(mut self, port: u16) -> Self {
        self.smtp = Some(format!("smtp://127.0.0.1:{port}"));
        self
    }

    /// The same recipe with webhooks that may reach this machine.
    #[allow(dead_code, reason = "the bench, which shares this file, rings nobody")]
    pub fn ringing(mut self) -> Self {
        self.rings = true;
        self
    }

    /// The same recipe with its log in that file.
    pub fn logging_to(mut self, log: PathBuf) -> Self {
        self.log = log;
        self
    }

    /// Starts the program, without waiting for it.
    pub fn spawn(&self) -> Server {
        let words: Vec<&str> =
            self.wrapper.iter().map(String::as_str).chain([self.program.as_str(), "serve"]).collect();
        let log = File::options().create(true).append(true).open(&self.log).unwrap();
        let mail = self.smtp.iter().flat_map(|smtp| ["--smtp", smtp, "--mail-from", "noreply@example.com"]);
        let child = Command::new(words[0])
            .args(&words[1..])
            .args(mail)
            .args(self.rings.then_some(["--webhook-allow", "127.0.0.1"]).into_iter().flatten())
            .args(["--listen", &self.address.to_string(), "--database", &self.database])
            .args(["--public-url", &format!("http://{}", self.address), "--log", "warn"])
            .args(CUSTOMER_SERVICE)
            .env("OPLOSSINGSCENTRUM_SECRET_KEY", KEY)
            .stderr(log)
            .spawn()
            .unwrap();
        Server { child, address: self.address, log: self.log.clone() }
    }

    /// Starts the program, and waits until it serves.
    pub fn start(&self) -> Server {
        let mut server = self.spawn();
        let started = Instant::now();
        while Wire::new(self.address).get("/healthz", &Seat::default()).is_err() {
            assert!(started.elapsed() < STARTS_WITHIN, "it does not start: {}", server.log());
            assert!(server.child.try_wait().unwrap().is_none(), "it stopped: {}", server.log());
            sleep(Duration::from_millis(10));
        }
        server
    }
}

/// A running program. Dropping it kills it.
pub struct Server {
    child: Child,
    pub address: SocketAddr,
    log: PathBuf,
}

impl Server {
    /// `kill -9`.
    pub fn kill(mut self) {
        self.end();
    }

    fn end(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }

    /// Freezes it, and lets it go on: `kill -STOP`, `kill -CONT`.
    pub fn freezes(&self) {
        crate::database::succeed(Command::new("kill").args(["-STOP", &self.id().to_string()]));
    }

    pub fn thaws(&self) {
        crate::database::succeed(Command::new("kill").args(["-CONT", &self.id().to_string()]));
    }

    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// Its log since the very first start.
    pub fn log(&self) -> String {
        std::fs::read_to_string(&self.log).unwrap_or_default()
    }

    /// Fails when the log has a panic or an unexpected error, or when the program has ended.
    pub fn is_in_good_health(&mut self) {
        assert!(self.child.try_wait().unwrap().is_none(), "the program is gone: {}", self.log());
        let log = self.log();
        let bad: Vec<&str> =
            log.lines().filter(|line| line.contains("panicked") || line.contains("\"level\":\"ERROR\"")).collect();
        assert!(bad.is_empty(), "{} bad lines: {:#?}", bad.len(), &bad[..bad.len().min(5)]);
    }

    /// Its peak memory, in MiB.
    pub fn most_memory(&self) -> u64 {
        self.memory("VmHWM:")
    }

    /// Its memory now without the pages of its own file, in MiB. An unoptimised program's file is many times as large.
    pub fn own_memory(&self) -> u64 {
        self.memory("RssAnon:")
    }

    fn memory(&self, name: &str) -> u64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.id())).unwrap();
        let line = status.lines().find_map(|line| line.strip_prefix(name)).expect("Linux tells");
        line.trim().trim_end_matches(" kB").parse::<u64>().unwrap() / 1024
    }

    /// The processor time it used until now, in ticks.
    pub fn processor_time(&self) -> u64 {
        let stat = std::fs::read_to_string(format!("/proc/{}/stat", self.id())).unwrap();
        let fields = stat.rsplit(") ").next().expect("Linux tells").split(' ');
        fields.skip(11).take(2).map(|ticks| ticks.parse::<u64>().unwrap()).sum()
    }

    /// How many bytes it had written to disk until now.
    #[allow(dead_code, reason = "only the bench, which shares this file, calls it")]
    pub fn written_bytes(&self) -> u64 {
        let io = std::fs::read_to_string(format!("/proc/{}/io", self.id())).unwrap();
        let line = io.lines().find_map(|line| line.strip_prefix("write_bytes:")).expect("Linux tells");
        line.trim().parse().unwrap()
    }

    pub fn connect(&self) -> TcpStream {
        crate::wire::connect(self.address).unwrap()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.end();
    }
}
