//! A person's browser, open at the product.

use std::path::Path;

use serde_json::{Value, json};
use thirtyfour::common::command::FormatRequestData;
use thirtyfour::prelude::*;
use thirtyfour::{RequestData, SessionId};

use crate::engine::Engine;
use crate::people::Person;
use crate::seats;

/// Whether the browser runs the page's scripts.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Script {
    On,
    Off,
}

/// A person's browser.
pub struct Browser {
    pub person: Person,
    name: &'static str,
    address: String,
    engine: Option<Engine>,
}

impl Browser {
    /// Gives a blank browser to a person.
    pub fn new(engine: Engine, address: &str, name: &'static str, person: Person, script: Script) -> Self {
        let browser = Self { person, name, address: address.to_owned(), engine: Some(engine) };
        if script == Script::Off {
            browser.tells_chromium("Emulation.setScriptExecutionDisabled", json!({ "value": true }));
        }
        browser
    }

    fn engine(&self) -> &Engine {
        self.engine.as_ref().expect("it is there until the browser is dropped")
    }

    /// Waits for a command of the driver.
    pub fn wait_for<T>(&self, work: impl Future<Output = WebDriverResult<T>>) -> WebDriverResult<T> {
        self.engine().wait_for(work)
    }

    /// The driver itself.
    pub fn driver(&self) -> &WebDriver {
        self.engine().driver()
    }

    /// Opens an address of the product.
    #[track_caller]
    pub fn visits(&self, path: &str) {
        self.wait_for(self.driver().goto(format!("{}{path}", self.address))).unwrap();
    }

    /// The path and query in the address bar.
    pub fn path(&self) -> String {
        let url = self.wait_for(self.driver().current_url()).unwrap();
        url.query().map_or_else(|| url.path().to_owned(), |query| format!("{}?{query}", url.path()))
    }

    /// Runs a script of the test, which works where the page's own scripts are off. A promise is awaited.
    #[track_caller]
    pub fn runs(&self, script: &str) -> Value {
        self.runs_with(script, Vec::new())
    }

    /// The same with arguments.
    #[track_caller]
    pub fn runs_with(&self, script: &str, told: Vec<Value>) -> Value {
        self.wait_for(self.driver().execute(script, told)).unwrap().json().clone()
    }

    /// Makes the page this wide.
    pub fn is_as_wide_as(&self, width: u32) {
        self.has_a_screen_of(width, 800);
    }

    /// Makes the page this wide and high.
    pub fn has_a_screen_of(&self, width: u32, height: u32) {
        self.engine().resize(width, height).unwrap();
    }

    /// Sets the size of the device's letters, in pixels; 16 unless somebody chose another.
    pub fn has_letters_of(&self, pixels: u32) {
        let sizes = json!({ "fontSizes": { "standard": pixels, "fixed": pixels * 13 / 16 } });
        self.tells_chromium("Page.setFontSizes", sizes);
    }

    /// Emulates preferences of the device: media features with their values.
    pub fn prefers(&self, preferences: &[(&str, &str)]) {
        self.engine().emulate(preferences).unwrap();
    }

    /// Sends a command of Chromium's developer tools.
    pub fn tells_chromium(&self, command: &'static str, parameters: Value) {
        self.engine().tell(command, parameters).unwrap();
    }

    /// The name that assistive technology gives to an element.
    pub fn accessible_name(&self, element: &WebElement) -> WebDriverResult<String> {
        let command = AccessibleName(element.element_id().to_string());
        self.wait_for(self.driver().cmd(command))?.value()
    }

    /// The console's complaints since the last call: errors, and refusals by the content security policy. A page's own
    /// 404 or 422 is not one of them.
    pub fn console(&self) -> Vec<String> {
        let entries = self.engine().console().into_iter();
        let complaints = entries.filter(|(level, _)| ["WARNING", "SEVERE"].contains(&level.as_str()));
        let mut complaints: Vec<String> = complaints.map(|(_, message)| message).collect();
        if !complaints.is_empty() {
            let here = format!("{}{} - Failed to load resource", self.address, self.path());
            // The page of a refused form has the address of its form's page by then.
            let is_refused_form = |message: &str| message.ends_with("status of 422 (Unprocessable Entity)");
            complaints.retain(|message| !message.starts_with(&here) && !is_refused_form(message));
        }
        complaints
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
        let failed = std::thread::panicking();
        if failed {
            self.leave_a_picture();
        }
        // The browser of a failed journey is closed, so that the failure does not affect the next one.
        if let Some(engine) = self.engine.take().filter(|_| !failed) {
            seats::leave(engine);
        }
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
