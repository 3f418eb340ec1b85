//! The real program, as operators run it.

use std::io::{BufRead, BufReader};
use std::net::TcpListener;
use std::process::{Child, Command, ExitStatus, Output, Stdio};
use std::time::{Duration, Instant};

use crate::settings::{CUSTOMER_SERVICE, KEY};

pub const PROGRAM: &str = env!("CARGO_BIN_EXE_oplossingscentrum");

/// A finished command: its exit code, its output and its errors.
#[derive(Debug)]
pub struct Ended {
    pub code: i32,
    pub said: String,
    pub complained: String,
}

/// Runs a command to its end.
pub fn runs(arguments: &[&str]) -> Ended {
    let Output { status, stdout, stderr } = Command::new(PROGRAM).args(arguments).output().unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    Ended { code: status.code().unwrap(), said: text(stdout), complained: text(stderr) }
}

impl Ended {
    /// Checks that it succeeded; returns its output.
    #[track_caller]
    pub fn well(self) -> String {
        assert_eq!((self.code, self.complained.as_str()), (0, ""), "{}", self.said);
        self.said
    }

    /// Checks that it failed with one line about the reason, whatever it logged before; returns that line.
    #[track_caller]
    pub fn badly(self) -> String {
        let (log, said): (Vec<&str>, Vec<&str>) = self.complained.lines().partition(|line| line.starts_with('{'));
        assert_eq!((self.code, said.len()), (1, 1), "{self:?} {log:?}");
        assert!(said[0].starts_with("oplossingscentrum: "), "{}", self.complained);
        said[0].to_owned()
    }
}

/// A running server.
pub struct Serving {
    child: Child,
    pub address: String,
}

impl Serving {
    /// Serves that database; the server answers once this returns.
    pub fn start(database: &str, more: &[&str]) -> Self {
        Self::start_with(&[&["--database", database, "--secret-key", KEY], more].concat(), &[])
    }

    /// Serves with only these flags, besides its address, and these variables.
    pub fn start_with(flags: &[&str], variables: &[(&str, &str)]) -> Self {
        let address = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().to_string();
        let url = format!("http://{address}");
        let mut program = Command::new(PROGRAM);
        program.args(["serve", "--listen", &address]).args(CUSTOMER_SERVICE).args(flags);
        if !flags.contains(&"--public-url") {
            program.args(["--public-url", &url]);
        }
        let child = program.envs(variables.iter().copied()).stderr(Stdio::piped()).spawn().unwrap();
        let serving = Self { child, address };
        let until = Instant::now() + Duration::from_secs(20);
        // Its socket is open before it serves: only an answer says that it does.
        while !reqwest::blocking::get(format!("http://{}/healthz", serving.address))
            .is_ok_and(|page| page.status() == 200)
        {
            assert!(Instant::now() < until, "it does not serve");
            std::thread::sleep(Duration::from_millis(20));
        }
        serving
    }

    /// The same on a machine whose clock says what libfaketime reads from that file, such as "+49h". The monotonic clock is
    /// the real one.
    pub fn start_by_clock(database: &str, more: &[&str], clock: &std::path::Path) -> Self {
        let library = ["/usr/lib/x86_64-linux-gnu", "/usr/lib/aarch64-linux-gnu"]
            .map(|folder| format!("{folder}/faketime/libfaketimeMT.so.1"))
            .into_iter()
            .find(|library| std::path::Path::new(library).exists())
            .expect("bin/test installs libfaketime");
        let clock = clock.to_string_lossy();
        let variables = [
            ("LD_PRELOAD", &*library),
            ("FAKETIME_TIMESTAMP_FILE", &*clock),
            ("FAKETIME_NO_CACHE", "1"),
            ("FAKETIME_DONT_FAKE_MONOTONIC", "1"),
            ("DONT_FAKE_MONOTONIC", "1"),
        ];
        Self::start_with(&[&["--database", database, "--secret-key", KEY], more].concat(), &variables)
    }

    /// What it answers at that address.
    pub fn answers(&self, address: &str) -> (u16, String) {
        let answer = reqwest::blocking::get(format!("http://{}{address}", self.address)).unwrap();
        (answer.status().as_u16(), answer.text().unwrap())
    }

    /// Sends it a signal: TERM, KILL.
    pub fn gets(&self, signal: &str) {
        let sent = Command::new("sh").args(["-c", &format!("kill -{signal} {}", self.child.id())]).status();
        assert!(sent.unwrap().success());
    }

    /// Waits for its end; returns how it ended, how long that took, and its log.
    pub fn ends(mut self) -> (ExitStatus, Duration, String) {
        let since = Instant::now();
        let log = BufReader::new(self.child.stderr.take().unwrap());
        let log: Vec<String> = log.lines().map_while(Result::ok).collect();
        (self.child.wait().unwrap(), since.elapsed(), log.join("\n"))
    }
}

impl Drop for Serving {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
