//! A running browser with its own driver; both end when it is dropped, also after a failed test.
//!
//! One variable chooses the engine of a whole run: `OPLOSSINGSCENTRUM_TEST_ENGINE`, which is `chromium` unless set. The
//! tests of `every_engine.rs` need only what the WebDriver standard has, and run in each; all others need Chromium's
//! developer tools too.

use std::path::Path;
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use tempfile::TempDir;
use thirtyfour::common::command::FormatRequestData;
use thirtyfour::prelude::*;
use thirtyfour::{ChromiumLikeCapabilities, LoggingPrefsLogLevel, RequestData, SessionId};
use tokio::runtime::Runtime;

use crate::drivers::{Driver, find};

/// Chooses the engine of the run.
const VARIABLE: &str = "OPLOSSINGSCENTRUM_TEST_ENGINE";

/// Printed when a program is missing; the tests then fail, and are never skipped.
pub const INSTALL: &str = "these tests drive real browsers; install them, on Debian with: apt-get install chromium \
     chromium-driver firefox-esr webkit2gtk-driver xvfb; and: cargo install --root target/tools geckodriver";

const CHROMIUM_ARGUMENTS: [&str; 11] = [
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

/// Lets Firefox's window be as narrow as a phone: its bars set a least width.
const NARROW_FIREFOX: &str = r#"
    document.getElementById("navigator-toolbox").style.display = "none";
    document.documentElement.style.minWidth = "0";
"#;

/// Lets the next press open a window of `WebKit` without bars, which can be as narrow as a phone.
const NARROW_WEBKIT: &str = r#"
    const opens = document.createElement("button");
    opens.textContent = "open";
    opens.addEventListener("click", () => window.open("about:blank", "_blank", "width=800,height=800,toolbar=no,menubar=no,location=no"));
    document.body.append(opens);
"#;

/// The kind of browser that a run of the tests uses.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Kind {
    Chromium,
    Firefox,
    WebKit,
}

impl Kind {
    /// The kind that the environment chooses.
    pub fn chosen() -> Self {
        match std::env::var(VARIABLE).as_deref() {
            Err(_) | Ok("chromium") => Self::Chromium,
            Ok("firefox") => Self::Firefox,
            Ok("webkit") => Self::WebKit,
            Ok(other) => panic!("{VARIABLE} is chromium, firefox or webkit, not {other:?}"),
        }
    }

    fn capabilities(self, profile: &Path) -> WebDriverResult<Capabilities> {
        match self {
            Self::Chromium => chromium(profile),
            Self::Firefox => firefox(),
            Self::WebKit => webkit(),
        }
    }
}

fn chromium(profile: &Path) -> WebDriverResult<Capabilities> {
    let mut chrome = DesiredCapabilities::chrome();
    chrome.set_binary(&find("chromium").to_string_lossy())?;
    for argument in CHROMIUM_ARGUMENTS {
        chrome.add_arg(argument)?;
    }
    chrome.add_arg(&format!("--user-data-dir={}", profile.display()))?;
    chrome.set_browser_log_level(LoggingPrefsLogLevel::All)?;
    Ok(chrome.into())
}

fn firefox() -> WebDriverResult<Capabilities> {
    let mut capabilities = Capabilities::new();
    let options = json!({
        "binary": find("firefox-esr").to_string_lossy(),
        "args": ["-headless"],
        "log": { "level": "fatal" },
        "prefs": { "intl.accept_languages": "nl", "ui.useOverlayScrollbars": 1, "ui.prefersReducedMotion": 1 },
    });
    capabilities.set("moz:firefoxOptions", options)?;
    Ok(capabilities)
}

fn webkit() -> WebDriverResult<Capabilities> {
    let mut capabilities = Capabilities::new();
    capabilities.set("webkitgtk:browserOptions", json!({ "args": ["--automation"] }))?;
    Ok(capabilities)
}

/// A running browser.
pub struct Engine {
    kind: Kind,
    runtime: Runtime,
    driver: Option<WebDriver>,
    _process: Driver,
    _profile: TempDir,
}

impl Engine {
    /// Starts a new browser of the chosen kind.
    pub fn start() -> Self {
        let kind = Kind::chosen();
        let profile = tempfile::tempdir().unwrap();
        let process = Driver::start(kind, profile.path());
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let capabilities = kind.capabilities(profile.path()).expect("capabilities are plain JSON");
        let driver = runtime.block_on(WebDriver::new(&process.address, capabilities));
        let driver = driver.unwrap_or_else(|error| panic!("{kind:?} does not start ({INSTALL}): {error}"));
        let started = Self { kind, runtime, driver: Some(driver), _process: process, _profile: profile };
        if kind == Kind::Chromium {
            started.tell("Page.addScriptToEvaluateOnNewDocument", json!({ "source": MOVEMENT })).expect("told once");
        }
        started.begin().expect("a new browser obeys");
        started
    }

    /// Cleans this browser for the next person; `None` when it no longer obeys.
    pub fn made_as_new(self) -> Option<Self> {
        self.forget().is_ok().then_some(self)
    }

    /// Resets everything that a journey may have changed. The next one is at another port, and so at another origin:
    /// only cookies are the same for all ports.
    fn forget(&self) -> WebDriverResult<()> {
        if self.kind != Kind::Chromium {
            self.wait_for(self.driver().delete_all_cookies())?;
            return self.resize(1_280, 1_000);
        }
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
        self.wait_for(self.driver().browser_log())?;
        self.begin()
    }

    /// The starting state for every person: overlay scroll bars as on a phone, and no waiting for movement.
    fn begin(&self) -> WebDriverResult<()> {
        match self.kind {
            Kind::Chromium => {
                self.tell("Emulation.setScrollbarsHidden", json!({ "hidden": true }))?;
                return self.emulate(&[]);
            }
            Kind::Firefox => {
                let context = |name| self.wait_for(self.driver().cmd(Context(name)));
                context("chrome")?;
                self.wait_for(self.driver().execute(NARROW_FIREFOX, Vec::new()))?;
                context("content")?;
            }
            Kind::WebKit => {
                self.wait_for(self.driver().execute(NARROW_WEBKIT, Vec::new()))?;
                self.wait_for(async {
                    let first = self.driver().window().await?;
                    self.driver().find(By::Tag("button")).await?.click().await?;
                    let windows = self.driver().windows().await?;
                    let opened = windows.into_iter().find(|window| *window != first);
                    self.driver().switch_to_window(opened.expect("a window was just opened")).await
                })?;
            }
        }
        self.resize(1_280, 1_000)
    }

    /// Makes the page this wide and high.
    pub fn resize(&self, width: u32, height: u32) -> WebDriverResult<()> {
        if self.kind == Kind::Chromium {
            let metrics = json!({ "width": width, "height": height, "deviceScaleFactor": 1, "mobile": false });
            return self.tell("Emulation.setDeviceMetricsOverride", metrics);
        }
        // The frame of the window is a part of its size.
        let frame = "return [outerWidth - innerWidth, outerHeight - innerHeight]";
        let frame = self.wait_for(self.driver().execute(frame, Vec::new()))?.json().clone();
        let frame = |at: usize| u32::try_from(frame[at].as_u64().unwrap_or_default()).unwrap_or_default();
        self.wait_for(self.driver().set_window_rect(0, 0, width + frame(0), height + frame(1)))?;
        // The screen answers before the page knows.
        let since = Instant::now();
        while since.elapsed() < Duration::from_secs(2) {
            let is = self.wait_for(self.driver().execute("return innerWidth", Vec::new()))?;
            if is.json().as_u64() == Some(width.into()) {
                break;
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        Ok(())
    }

    /// Emulates preferences of the device besides reduced motion: media features with their values.
    pub fn emulate(&self, preferences: &[(&str, &str)]) -> WebDriverResult<()> {
        let calm = [("prefers-reduced-motion", "reduce")];
        // The last of two values for one feature counts.
        let features = calm.iter().chain(preferences).map(|(name, value)| json!({ "name": name, "value": value }));
        self.tell("Emulation.setEmulatedMedia", json!({ "features": features.collect::<Vec<_>>() }))
    }

    /// Messages of the console; only Chromium's driver hands them out.
    pub fn console(&self) -> Vec<(String, String)> {
        if self.kind != Kind::Chromium {
            return Vec::new();
        }
        let entries = self.wait_for(self.driver().browser_log()).unwrap();
        entries.into_iter().map(|entry| (entry.level, entry.message)).collect()
    }

    /// Waits for a command of the driver.
    pub fn wait_for<T>(&self, work: impl Future<Output = WebDriverResult<T>>) -> WebDriverResult<T> {
        self.runtime.block_on(work)
    }

    /// The driver itself.
    pub fn driver(&self) -> &WebDriver {
        self.driver.as_ref().expect("it is there until the browser is dropped")
    }

    /// Sends a command of Chromium's developer tools.
    pub fn tell(&self, command: &'static str, parameters: Value) -> WebDriverResult<()> {
        self.wait_for(self.driver().cmd(DevTools(command, parameters))).map(drop)
    }
}

impl Drop for Engine {
    fn drop(&mut self) {
        if let Some(driver) = self.driver.take() {
            let goodbye = async { tokio::time::timeout(Duration::from_secs(5), driver.quit()).await };
            if !matches!(self.runtime.block_on(goodbye), Ok(Ok(()))) {
                eprintln!("a {:?} did not say goodbye", self.kind);
            }
        }
    }
}

/// Whether Firefox's driver means the page, or the window around it.
#[derive(Debug)]
struct Context(&'static str);

impl FormatRequestData for Context {
    fn format_request(&self, session: &SessionId) -> RequestData {
        RequestData::new(reqwest::Method::POST, format!("/session/{session}/moz/context"))
            .add_body(json!({ "context": self.0 }))
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
