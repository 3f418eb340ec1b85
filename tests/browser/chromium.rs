//! A Chromium with its own chromedriver; both end when it is dropped, also after a failed test.

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

/// Printed when the programs are missing; the tests then fail, and are never skipped.
const INSTALL: &str =
    "these tests drive a real Chromium; install it, on Debian with: apt-get install chromium chromium-driver";

const ARGUMENTS: [&str; 11] = [
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
];

/// Records in each document the parts that move by themselves, from the second frame after loading. An earlier frame
/// may be half a page on a busy machine.
const MOVEMENT: &str = r#"
    addEventListener("load", () => requestAnimationFrame(() => requestAnimationFrame(() => {
        window.moved = [];
        const named = ({ node }) => node ? `<${(node.localName ?? node.parentElement.localName)} class="${node.className ?? ""}">` : "what is gone";
        new PerformanceObserver((list) => moved.push(...list.getEntries().flatMap(({ sources }) => sources.map(named))))
            .observe({ type: "layout-shift" });
    })));
"#;

/// A running Chromium.
pub struct Chromium {
    runtime: Runtime,
    driver: Option<WebDriver>,
    chromedriver: Chromedriver,
    _profile: TempDir,
}

impl Chromium {
    /// Starts a new Chromium.
    pub fn start() -> Self {
        let chromedriver = Chromedriver::start();
        let profile = tempfile::tempdir().unwrap();
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let capabilities = capabilities(profile.path()).expect("capabilities are plain JSON");
        let driver = runtime.block_on(WebDriver::new(&chromedriver.address, capabilities));
        let driver = Some(driver.unwrap_or_else(|error| panic!("Chromium does not start ({INSTALL}): {error}")));
        let started = Self { runtime, driver, chromedriver, _profile: profile };
        started.tell("Page.addScriptToEvaluateOnNewDocument", json!({ "source": MOVEMENT })).expect("it is told once");
        started.begin().expect("a new Chromium obeys");
        started
    }

    /// Cleans this Chromium for the next person; `None` when it no longer obeys.
    pub fn made_as_new(self) -> Option<Self> {
        self.forget().and_then(|()| self.begin()).is_ok().then_some(self)
    }

    /// Resets everything that a journey may have changed.
    fn forget(&self) -> WebDriverResult<()> {
        self.wait_for(self.driver().goto("about:blank"))?;
        for (command, parameters) in [
            ("Network.clearBrowserCookies", json!({})),
            ("Network.clearBrowserCache", json!({})),
            ("Network.setBlockedURLs", json!({ "urls": [] })),
            ("Emulation.clearDeviceMetricsOverride", json!({})),
            ("Emulation.setScriptExecutionDisabled", json!({ "value": false })),
            ("Page.resetNavigationHistory", json!({})),
        ] {
            self.tell(command, parameters)?;
        }
        self.wait_for(self.driver().browser_log()).map(drop)
    }

    /// The starting state for every person: overlay scroll bars as on a phone, and no waiting for movement.
    fn begin(&self) -> WebDriverResult<()> {
        self.tell("Emulation.setScrollbarsHidden", json!({ "hidden": true }))?;
        self.emulate(&[])
    }

    /// Emulates preferences of the device besides reduced motion: media features with their values.
    pub fn emulate(&self, preferences: &[(&str, &str)]) -> WebDriverResult<()> {
        let calm = [("prefers-reduced-motion", "reduce")];
        // The last of two values for one feature counts.
        let features = calm.iter().chain(preferences).map(|(name, value)| json!({ "name": name, "value": value }));
        self.tell("Emulation.setEmulatedMedia", json!({ "features": features.collect::<Vec<_>>() }))
    }

    /// Waits for a command of the driver.
    pub fn wait_for<T>(&self, work: impl Future<Output = WebDriverResult<T>>) -> WebDriverResult<T> {
        self.runtime.block_on(work)
    }

    /// The driver itself.
    pub fn driver(&self) -> &WebDriver {
        self.driver.as_ref().expect("it is there until the browser is dropped")
    }

    /// Sends a command of the developer tools.
    pub fn tell(&self, command: &'static str, parameters: Value) -> WebDriverResult<()> {
        self.wait_for(self.driver().cmd(DevTools(command, parameters))).map(drop)
    }
}

impl Drop for Chromium {
    fn drop(&mut self) {
        if let Some(driver) = self.driver.take() {
            let goodbye = async { tokio::time::timeout(Duration::from_secs(5), driver.quit()).await };
            if !matches!(self.runtime.block_on(goodbye), Ok(Ok(()))) {
                eprintln!("a Chromium did not say goodbye");
            }
        }
        let _ = self.chromedriver.program.kill();
        let _ = self.chromedriver.program.wait();
    }
}

fn capabilities(profile: &Path) -> WebDriverResult<Capabilities> {
    let mut chrome = DesiredCapabilities::chrome();
    chrome.set_binary(&find("chromium").to_string_lossy())?;
    for argument in ARGUMENTS {
        chrome.add_arg(argument)?;
    }
    chrome.add_arg(&format!("--user-data-dir={}", profile.display()))?;
    chrome.set_browser_log_level(LoggingPrefsLogLevel::All)?;
    Ok(chrome.into())
}

/// Finds a program on the PATH.
fn find(program: &str) -> PathBuf {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let found = std::env::split_paths(&path).map(|folder| folder.join(program)).find(|file| file.is_file());
    found.unwrap_or_else(|| panic!("there is no {program} on the PATH: {INSTALL}"))
}

struct Chromedriver {
    address: String,
    program: Child,
    /// Kept open, so that the program can go on writing.
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
