//! The drivers of the engines: each starts on a free port of its own and ends with its browser.

use std::io::{BufRead, BufReader, ErrorKind, Read};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, Stdio};
use std::time::{Duration, Instant};

use crate::engine::{INSTALL, Kind};

/// Longest wait for a driver to listen, on a busy machine.
const PATIENCE: Duration = Duration::from_secs(20);

/// Finds a program on the PATH, or among those that `bin/test` built.
pub fn find(program: &str) -> PathBuf {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let tools = Path::new(env!("CARGO_MANIFEST_DIR")).join("target/tools/bin");
    let mut folders = std::env::split_paths(&path).chain([tools]).map(|folder| folder.join(program));
    folders.find(|file| file.is_file()).unwrap_or_else(|| panic!("there is no {program} on the PATH: {INSTALL}"))
}

/// A running driver.
pub struct Driver {
    pub address: String,
    programs: Vec<Child>,
    /// Kept open, so that the programs can go on writing.
    outputs: Vec<BufReader<ChildStdout>>,
}

impl Driver {
    /// Starts the driver of this kind of browser and waits until it listens.
    pub fn start(kind: Kind, home: &Path) -> Self {
        match kind {
            Kind::Chromium => Self::that_says_its_port(
                Command::new(find("chromedriver")).arg("--port=0"),
                "started successfully on port ",
            ),
            Kind::Firefox => Self::that_says_its_port(
                // The browser's own page is asked for its width: see `engine.rs`.
                Command::new(find("geckodriver")).args(["--port=0", "--allow-system-access"]).env("HOME", home),
                "Listening on 127.0.0.1:",
            ),
            Kind::WebKit => Self::on_a_screen(home),
        }
    }

    fn that_says_its_port(command: &mut Command, before: &str) -> Self {
        let mut this = Self { address: String::new(), programs: Vec::new(), outputs: Vec::new() };
        let port = this.runs(command, |line| {
            let port = line.split_once(before)?.1;
            Some(port.chars().take_while(char::is_ascii_digit).collect::<String>())
        });
        this.address = format!("http://127.0.0.1:{port}");
        this
    }

    /// WebKit draws on a screen that only exists in memory, and its driver does not say on which port it listens.
    fn on_a_screen(home: &Path) -> Self {
        let mut this = Self { address: String::new(), programs: Vec::new(), outputs: Vec::new() };
        let screen = ["-displayfd", "1", "-screen", "0", "1400x1400x24", "-nolisten", "tcp"];
        let display = this.runs(Command::new(find("Xvfb")).args(screen), |line| Some(line.trim().to_owned()));
        let port = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).and_then(|free| free.local_addr()).unwrap().port();
        let mut driver = Command::new(find("WebKitWebDriver"));
        driver.arg(format!("--port={port}")).env("DISPLAY", format!(":{display}"));
        // Its sandbox needs rights that a container does not have; here it only opens pages of this program.
        driver.env("WEBKIT_DISABLE_SANDBOX_THIS_IS_DANGEROUS", "1");
        driver.env("LC_ALL", "C.UTF-8").env("HOME", home).env("XDG_RUNTIME_DIR", home).env_remove("WAYLAND_DISPLAY");
        let started = driver.stdout(Stdio::null()).stderr(Stdio::null()).spawn();
        this.programs.push(started.expect("WebKitWebDriver starts"));
        let since = Instant::now();
        while TcpStream::connect((Ipv4Addr::LOCALHOST, port)).is_err() {
            assert!(since.elapsed() < PATIENCE, "WebKitWebDriver does not listen");
            std::thread::sleep(Duration::from_millis(20));
        }
        this.address = format!("http://127.0.0.1:{port}");
        this
    }

    /// Runs a program until it has said this.
    fn runs<T>(&mut self, command: &mut Command, said: impl Fn(&str) -> Option<T>) -> T {
        let started = command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn();
        let mut program = started.unwrap_or_else(|error| match error.kind() {
            ErrorKind::NotFound => panic!("{command:?} is not installed: {INSTALL}"),
            _ => panic!("{command:?} does not start: {error}"),
        });
        let mut output = BufReader::new(program.stdout.take().unwrap());
        self.programs.push(program);
        let found = output.by_ref().lines().map_while(Result::ok).find_map(|line| said(&line));
        self.outputs.push(output);
        found.unwrap_or_else(|| panic!("{command:?} ended without saying that it is ready"))
    }
}

impl Drop for Driver {
    fn drop(&mut self) {
        // The screen ends last.
        for program in self.programs.iter_mut().rev() {
            let _ = program.kill();
            let _ = program.wait();
        }
    }
}
