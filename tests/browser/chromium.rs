//! A Chromium of our own, driven through a chromedriver of our own; both are gone when it is dropped, test failed or not.

use std::io::{BufRead, BufReader, ErrorKind, Read};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, Stdio};
use std::time::Duration;

use serde_json::{Value, json};
use tempfile::TempDir;
use thirtyfour::common::command::FormatRequestData;
use thirtyfour::prelude::*;
use thirtyfour::{ChromiumLikeCapabilities, LoggingPrefsLogLevel, RequestData, SessionId};
use tokio::runtime::Runtime;

use crate::people::Person;

/// What is said when the tests cannot run; they fail then, they never pass unseen.
const INSTALL: &str =
    "these tests drive a real Chromium; install it, on Debian with: apt-get install chromium chromium-driver";

const ARGUMENTS: [&str; 12] = [
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--disable-extensions",
    "--accept-lang=nl",
    "--window-size=1280,1000",
    "--force-prefers-reduced-motion",
];

/// Whether the browser runs the page's scripts.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Script {
    On,
    Off,
}

/// Somebody's browser.
pub struct Browser {
    pub person: Person,
    name: &'static str,
    address: String,
    runtime: Runtime,
    driver: Option<WebDriver>,
    chromedriver: Chromedriver,
    _profile: TempDir,
}

impl Browser {
    /// Opens an empty browser.
    pub fn open(address: &str, name: &'static str, person: Person, script: Script) -> Self {
        let chromedriver = Chromedriver::start();
        let profile = tempfile::tempdir().unwrap();
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let capabilities = capabilities(profile.path(), script).expect("capabilities are plain JSON");
        let driver = runtime.block_on(WebDriver::new(&chromedriver.address, capabilities));
        let driver = Some(driver.unwrap_or_else(|error| panic!("Chromium does not start ({INSTALL}): {error}")));
        let browser =
            Self { person, name, address: address.to_owned(), runtime, driver, chromedriver, _profile: profile };
        // As on a phone, where bars for scrolling take no room.
        browser.tells_chromium("Emulation.setScrollbarsHidden", json!({ "hidden": true }));
        browser
    }

    /// Waits for something of the driver.
    pub fn wait_for<T>(&self, work: impl Future<Output = WebDriverResult<T>>) -> WebDriverResult<T> {
        self.runtime.block_on(work)
    }

    /// The driver itself.
    pub fn driver(&self) -> &WebDriver {
        self.driver.as_ref().expect("it is there until the browser is dropped")
    }

    /// Types an address of the product.
    #[track_caller]
    pub fn visits(&self, path: &str) {
        self.wait_for(self.driver().goto(format!("{}{path}", self.address))).unwrap();
    }

    /// The path and query in the address bar.
    pub fn path(&self) -> String {
        let url = self.wait_for(self.driver().current_url()).unwrap();
        url.query().map_or_else(|| url.path().to_owned(), |query| format!("{}?{query}", url.path()))
    }

    /// Runs a script of the test's, which works where the page's own scripts are off.
    #[track_caller]
    pub fn runs(&self, script: &str) -> Value {
        self.wait_for(self.driver().execute(script, Vec::new())).unwrap().json().clone()
    }

    /// Makes the page this wide.
    pub fn is_as_wide_as(&self, width: u32) {
        let metrics = json!({ "width": width, "height": 800, "deviceScaleFactor": 1, "mobile": false });
        self.tells_chromium("Emulation.setDeviceMetricsOverride", metrics);
    }

    fn tells_chromium(&self, command: &'static str, parameters: Value) {
        self.wait_for(self.driver().cmd(DevTools(command, parameters))).unwrap();
    }

    /// The name that assistive technology gives to an element.
    pub fn accessible_name(&self, element: &WebElement) -> WebDriverResult<String> {
        let command = AccessibleName(element.element_id().to_string());
        self.wait_for(self.driver().cmd(command))?.value()
    }

    /// What the console complains of since it was last asked: errors, and what the content security policy refused. That
    /// a page itself answers 404 or 422 is not one of them.
    pub fn console(&self) -> Vec<String> {
        let here = format!("{}{} - Failed to load resource", self.address, self.path());
        let entries = self.wait_for(self.driver().browser_log()).unwrap();
        let complaints = entries.into_iter().filter(|entry| ["WARNING", "SEVERE"].contains(&entry.level.as_str()));
        complaints.map(|entry| entry.message).filter(|message| !message.starts_with(&here)).collect()
    }

    fn leave_a_picture(&self) {
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("browser");
        let test = std::thread::current().name().unwrap_or("test").replace("::", "-");
        let file = folder.join(format!("{test}-{}.png", self.name));
        let taken = std::fs::create_dir_all(&folder).is_ok() && self.wait_for(self.driver().screenshot(&file)).is_ok();
        if taken {
            eprintln!("The page of the {} then: {}", self.name, file.display());
        }
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        if std::thread::panicking() {
            self.leave_a_picture();
        }
        if let Some(driver) = self.driver.take() {
            let goodbye = async { tokio::time::timeout(Duration::from_secs(5), driver.quit()).await };
            if !matches!(self.runtime.block_on(goodbye), Ok(Ok(()))) {
                eprintln!("Chromium of the {} did not say goodbye", self.name);
            }
        }
        let _ = self.chromedriver.program.kill();
        let _ = self.chromedriver.program.wait();
    }
}

fn capabilities(profile: &Path, script: Script) -> WebDriverResult<Capabilities> {
    let mut chrome = DesiredCapabilities::chrome();
    chrome.set_binary(&find("chromium").to_string_lossy())?;
    for argument in ARGUMENTS {
        chrome.add_arg(argument)?;
    }
    chrome.add_arg(&format!("--user-data-dir={}", profile.display()))?;
    chrome.set_browser_log_level(LoggingPrefsLogLevel::All)?;
    if script == Script::Off {
        const BLOCKED: u8 = 2;
        let preferences = json!({ "profile.managed_default_content_settings.javascript": BLOCKED });
        chrome.add_experimental_option("prefs", preferences)?;
    }
    Ok(chrome.into())
}

/// The program of that name on the PATH.
fn find(program: &str) -> PathBuf {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let found = std::env::split_paths(&path).map(|folder| folder.join(program)).find(|file| file.is_file());
    found.unwrap_or_else(|| panic!("there is no {program} on the PATH: {INSTALL}"))
}

struct Chromedriver {
    address: String,
    program: Child,
    /// Kept, so that it can go on talking.
    _output: BufReader<ChildStdout>,
}

impl Chromedriver {
    /// Starts one on a free port and waits until it listens.
    fn start() -> Self {
        let started = Command::new("chromedriver").arg("--port=0").stdout(Stdio::piped()).stderr(Stdio::null()).spawn();
        let mut program = started.unwrap_or_else(|error| match error.kind() {
            ErrorKind::NotFound => panic!("there is no chromedriver on the PATH: {INSTALL}"),
            _ => panic!("chromedriver does not start: {error}"),
        });
        let mut output = BufReader::new(program.stdout.take().unwrap());
        let port = output
            .by_ref()
            .lines()
            .map_while(Result::ok)
            .find_map(|line| Some(line.split_once("started successfully on port ")?.1.trim_end_matches('.').to_owned()))
            .expect("chromedriver says on which port it listens");
        Self { address: format!("http://127.0.0.1:{port}"), program, _output: output }
    }
}

/// A command of the browser's developer tools, with its parameters.
#[derive(Debug)]
struct DevTools(&'static str, Value);

impl FormatRequestData for DevTools {
    fn format_request(&self, session: &SessionId) -> RequestData {
        RequestData::new(reqwest::Method::POST, format!("/session/{session}/goog/cdp/execute"))
            .add_body(json!({ "cmd": self.0, "params": self.1 }))
    }
}

/// Asks for the computed name of the element with this id.
#[derive(Debug)]
struct AccessibleName(String);

impl FormatRequestData for AccessibleName {
    fn format_request(&self, session: &SessionId) -> RequestData {
        RequestData::new(reqwest::Method::GET, format!("/session/{session}/element/{}/computedlabel", self.0))
    }
}
