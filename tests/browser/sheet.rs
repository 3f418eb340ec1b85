//! A page or a part of it, as people see it: controls and fields are found by the name they read.

use std::time::{Duration, Instant};

use thirtyfour::prelude::*;

use crate::browser::Browser;

/// Longest wait for a page's content, on a busy machine.
const PATIENCE: Duration = Duration::from_secs(15);
const BLINK: Duration = Duration::from_millis(20);

/// Links and controls that can be pressed.
const PRESSABLE: &str = "self::a[@href] or self::button or self::summary";

/// A visible part of the page.
pub struct Sheet<'a> {
    browser: &'a Browser,
    /// The part's `XPath`; empty for the whole page.
    place: String,
}

// A found element may belong to a page that is just being left. So it is found and used within one `eventually`, and
// looked for again on the next page; except for a double click, which must happen only once.

impl Browser {
    /// The whole page.
    pub fn page(&self) -> Sheet<'_> {
        Sheet { browser: self, place: String::new() }
    }

    /// The main part of the page, without the frame of every page.
    pub fn main(&self) -> Sheet<'_> {
        Sheet { browser: self, place: "//main".to_owned() }
    }

    /// The part of the page under this heading.
    pub fn region(&self, heading: &str) -> Sheet<'_> {
        let place = format!("//section[@aria-labelledby=//*[{}]/@id]", is_called(heading));
        Sheet { browser: self, place }
    }

    /// The fields under this legend.
    pub fn group(&self, legend: &str) -> Sheet<'_> {
        Sheet { browser: self, place: format!("//fieldset[legend[{}]]", is_called(legend)) }
    }

    /// The form of this button.
    pub fn form(&self, button: &str) -> Sheet<'_> {
        Sheet { browser: self, place: format!("//form[.//button[{}]]", is_called(button)) }
    }

    /// Presses a link or button.
    #[track_caller]
    pub fn clicks(&self, name: &str) {
        self.page().clicks(name);
    }

    /// Writes into a field.
    #[track_caller]
    pub fn fills(&self, label: &str, text: &str) {
        self.page().fills(label, text);
    }

    /// Chooses an option of a list.
    #[track_caller]
    pub fn picks(&self, label: &str, option: &str) {
        let options = format!(".//option[{}]", is_called(option));
        self.eventually(&format!("{option:?} to pick of {label:?}"), || {
            let select = self.page().field(label);
            self.wait_for(async { select.find(By::XPath(options.clone())).await?.click().await }).ok()
        });
    }

    /// Chooses a radio or checkbox by pressing its label.
    #[track_caller]
    pub fn chooses(&self, name: &str) {
        let labels = format!("//label[{}]", is_called(name));
        self.eventually(&format!("{name:?} to choose"), || self.wait_for(self.page().find(&labels, name).click()).ok());
        let chosen = || self.wait_for(self.page().field(name).is_selected()).ok();
        assert!(self.eventually(name, chosen), "{name:?} is not chosen after pressing its words");
    }

    /// Waits until the page has this main heading.
    #[track_caller]
    pub fn is_on(&self, heading: &str) {
        self.eventually(&format!("the page {heading:?}"), || {
            let h1 = self.wait_for(self.driver().find(By::Tag("h1"))).ok()?;
            (plain(&self.wait_for(h1.text()).ok()?) == plain(heading)).then_some(())
        });
    }

    /// Waits until the page says this.
    #[track_caller]
    pub fn sees(&self, words: &str) {
        self.main().says(words);
    }

    /// Fails when the page, which must be there already, says this.
    #[track_caller]
    pub fn does_not_see(&self, words: &str) {
        let text = self.main().text();
        assert!(!text.contains(&plain(words)), "{words:?} should not be in: {text}");
    }

    /// Looks repeatedly until something is there, and fails with a description of what was missing.
    #[track_caller]
    pub fn eventually<T>(&self, what: &str, mut look: impl FnMut() -> Option<T>) -> T {
        let started = Instant::now();
        loop {
            if let Some(found) = look() {
                return found;
            }
            assert!(started.elapsed() < PATIENCE, "there is no {what} on {}", self.describe());
            std::thread::sleep(BLINK);
        }
    }

    /// Whether this element is visible. WebKit's driver also takes what stands in a closed `<details>` for it.
    fn shows(&self, element: &WebElement) -> bool {
        let seen = || {
            let seen = "return arguments[0].checkVisibility({ visibilityProperty: true })";
            self.wait_for(self.driver().execute(seen, vec![element.to_json()?])).map(|seen| seen.json() == true)
        };
        self.wait_for(element.is_displayed()).unwrap_or(false) && seen().unwrap_or(false)
    }

    /// Describes the page in words, for failures.
    pub fn describe(&self) -> String {
        let text = self.wait_for(async { self.driver().find(By::Tag("body")).await?.text().await });
        format!("{}, which reads:\n{}", self.path(), text.unwrap_or_default())
    }
}

impl Sheet<'_> {
    /// Presses a link or button.
    #[track_caller]
    pub fn clicks(&self, name: &str) {
        let browser = self.browser;
        browser.eventually(&format!("{name:?} to press"), || browser.wait_for(self.pressable(name).click()).ok());
    }

    /// Double-clicks a button, as fast as a machine can.
    #[track_caller]
    pub fn double_clicks(&self, name: &str) {
        let pressed = self.pressable(name);
        let (driver, at_once) = (self.browser.driver(), Some(Duration::ZERO));
        self.browser.wait_for(pressed.scroll_into_view()).unwrap();
        let twice = driver.action_chain_with_delay(at_once, at_once).double_click_element(&pressed);
        self.browser.wait_for(twice.perform()).unwrap();
    }

    /// Replaces the text of a field.
    #[track_caller]
    pub fn fills(&self, label: &str, text: &str) {
        self.browser.eventually(&format!("{label:?} to fill in"), || {
            let field = self.field(label);
            let typed = self.browser.wait_for(async {
                field.clear().await?;
                field.send_keys(text).await
            });
            typed.ok()
        });
    }

    /// The text in a field.
    #[track_caller]
    pub fn value(&self, label: &str) -> String {
        let value = || self.browser.wait_for(self.field(label).prop("value")).ok();
        self.browser.eventually(&format!("{label:?} that stays"), value).unwrap_or_default()
    }

    /// The chosen option of a list.
    #[track_caller]
    pub fn picked(&self, label: &str) -> String {
        let chosen = self.browser.eventually(&format!("{label:?} that stays"), || {
            let select = self.field(label);
            self.browser.wait_for(async { select.find(By::Css("option:checked")).await?.text().await }).ok()
        });
        plain(&chosen)
    }

    /// The link or button with this name, both visible and for assistive technology.
    #[track_caller]
    pub fn pressable(&self, name: &str) -> WebElement {
        let (found, called) = self.find_and_name(&format!("//*[{PRESSABLE}][{}]", is_called(name)), name);
        assert!(called.starts_with(&plain(name)), "{name:?} is called {called:?} by assistive technology");
        found
    }

    /// The field with this label.
    #[track_caller]
    pub fn field(&self, label: &str) -> WebElement {
        let labels = format!("{}//label[{}]", self.place, is_called(label));
        let (found, called) = self.find_and_name(&format!("//*[@id={labels}/@for]"), label);
        assert!(called.starts_with(label), "the field {label:?} is called {called:?} by assistive technology");
        found
    }

    /// The first of these that is visible and has this name for assistive technology.
    #[track_caller]
    fn find_and_name(&self, what: &str, name: &str) -> (WebElement, String) {
        self.browser.eventually(&format!("{name:?} that stays"), || {
            let found = self.find(what, name);
            // An element that is gone with its page has no name; then the next page's is taken.
            let called = self.browser.accessible_name(&found).ok()?;
            Some((found, plain(&called)))
        })
    }

    /// The first of these that is visible.
    #[track_caller]
    fn find(&self, what: &str, name: &str) -> WebElement {
        let path = format!("{}{what}", self.place);
        self.browser.eventually(&format!("{name:?} to see (in {:?})", self.place), || {
            let all = self.browser.wait_for(self.browser.driver().find_all(By::XPath(path.clone()))).ok()?;
            all.into_iter().find(|one| self.browser.shows(one))
        })
    }

    /// Whether a link or button with this name is visible right now.
    pub fn offers(&self, name: &str) -> bool {
        let path = format!("{}//*[{PRESSABLE}][{}]", self.place, is_called(name));
        let all = self.browser.wait_for(self.browser.driver().find_all(By::XPath(path))).unwrap();
        all.iter().any(|one| self.browser.shows(one))
    }

    /// Waits until the part says this.
    #[track_caller]
    pub fn says(&self, words: &str) {
        let words = plain(words);
        self.browser.eventually(&format!("text {words:?}"), || self.try_text().filter(|text| text.contains(&words)));
    }

    /// All readable text.
    #[track_caller]
    pub fn text(&self) -> String {
        self.browser.eventually(&format!("part {:?}", self.place), || self.try_text())
    }

    fn try_text(&self) -> Option<String> {
        let place = if self.place.is_empty() { "//body" } else { &self.place };
        let text = self.browser.wait_for(async {
            let part = self.browser.driver().find(By::XPath(place)).await?;
            part.text().await
        });
        text.ok().map(|text| plain(&text))
    }

    /// The texts of all matching elements.
    #[track_caller]
    pub fn all(&self, what: &str) -> Vec<String> {
        let path = format!("{}{what}", self.place);
        let read = || async {
            let mut texts = Vec::new();
            for one in self.browser.driver().find_all(By::XPath(path.clone())).await? {
                texts.push(plain(&one.text().await?));
            }
            Ok(texts)
        };
        // The page may go away while it is read; then the next one is read.
        self.browser.eventually("page that stays", || self.browser.wait_for(read()).ok())
    }

    /// The part itself.
    #[track_caller]
    pub fn element(&self) -> WebElement {
        self.find("", &self.place)
    }

    /// The value of the fact with this name, such as the price.
    #[track_caller]
    pub fn fact_text(&self, name: &str) -> String {
        let text = || self.browser.wait_for(self.fact(name).text()).ok();
        plain(&self.browser.eventually(&format!("{name:?} that stays"), text))
    }

    /// The fact with this name, such as the price.
    #[track_caller]
    pub fn fact(&self, name: &str) -> WebElement {
        self.find(&format!("//dt[{}]/following-sibling::dd[1]", is_called(name)), name)
    }
}

/// Matches an element that has this name or begins with it: a name may go on with hidden text.
fn is_called(name: &str) -> String {
    let name = quoted(name);
    let begins = |end: &str| format!("starts-with(normalize-space(), concat({name},'{end}'))");
    format!("normalize-space()={name} or {} or {}", begins(" "), begins(":"))
}

fn quoted(words: &str) -> String {
    assert!(!words.contains('"'), "no name has a straight quote: {words}");
    format!("\"{words}\"")
}

/// The words alone: every run of white space is one space.
pub fn plain(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}
