//! The real program as a demo, on its own port and in its own folder.

use std::io::{BufRead, BufReader};
use std::process::{Child, ChildStdout, Command, Stdio};

use tempfile::TempDir;

use crate::browser::Browser;
use crate::browser::Script;
use crate::people::Person;
use crate::seats::Seats;

/// A demo that runs until it is dropped, for one journey alone.
pub struct Demo {
    pub address: String,
    program: Child,
    /// Kept open, so that the program can go on writing.
    _output: BufReader<ChildStdout>,
    _folder: TempDir,
    seats: Seats,
}

impl Demo {
    /// A demo for a journey with one browser.
    pub fn for_one() -> Self {
        Self::start(1)
    }

    /// A demo for a journey with a browser for each side, the customer's and the freelancer's.
    pub fn for_both(customer: Script, freelancer: Script) -> (Self, Browser, Browser) {
        let demo = Self::start(2);
        let (customer, freelancer) = std::thread::scope(|scope| {
            let customer = scope.spawn(|| demo.signed_in("klant", Person::Klant, customer));
            let freelancer = demo.signed_in("freelancer", Person::Freelancer, freelancer);
            (customer.join().expect("the customer signs in"), freelancer)
        });
        (demo, customer, freelancer)
    }

    fn start(browsers: usize) -> Self {
        let seats = Seats::take(browsers);
        let folder = tempfile::tempdir().unwrap();
        let mut program = Command::new(env!("CARGO_BIN_EXE_oplossingscentrum"))
            .args(["demo", "--listen", "127.0.0.1:0", "--database"])
            .arg(folder.path().join("demo.db"))
            .stdout(Stdio::piped())
            .spawn()
            .expect("the demo starts");
        let mut line = String::new();
        let mut output = BufReader::new(program.stdout.take().unwrap());
        output.read_line(&mut line).unwrap();
        let address = line.trim().strip_prefix("The demo runs at ").expect("the demo says where it runs").to_owned();
        Self { address, program, _output: output, _folder: folder, seats }
    }

    /// A browser at the sign-in page, set to Dutch.
    pub fn visitor(&self) -> Browser {
        self.open("visitor", Person::Klant, Script::On)
    }

    /// Sanne, the customer, at her orders.
    pub fn as_klant(&self) -> Browser {
        self.signed_in("klant", Person::Klant, Script::On)
    }

    /// Daan, the freelancer, at his orders.
    pub fn as_freelancer(&self) -> Browser {
        self.signed_in("freelancer", Person::Freelancer, Script::On)
    }

    /// Sanne in a browser without scripts.
    pub fn as_klant_without_script(&self) -> Browser {
        self.signed_in("klant", Person::Klant, Script::Off)
    }

    fn signed_in(&self, name: &'static str, person: Person, script: Script) -> Browser {
        let browser = self.open(name, person, script);
        browser.clicks(&format!("Log in als {}", person.name()));
        browser.is_on("Bestellingen");
        browser
    }

    fn open(&self, name: &'static str, person: Person, script: Script) -> Browser {
        let browser = Browser::new(self.seats.browser(), &self.address, name, person, script);
        browser.visits("/sign-in");
        browser
    }
}

impl Drop for Demo {
    fn drop(&mut self) {
        // It may have stopped by itself; either way it is gone now.
        let _ = self.program.kill();
        let _ = self.program.wait();
    }
}
