//! A page as people see it, or a part of it: what they press and fill in, found by the name they read.

use std::time::{Duration, Instant};

use thirtyfour::prelude::*;

use crate::browser::Browser;

/// How long a page may take to show what it should, on a machine that is busy with something else.
const PATIENCE: Duration = Duration::from_secs(15);
const BLINK: Duration = Duration::from_millis(20);

/// What can be pressed.
const PRESSABLE: &str = "self::a[@href] or self::button or self::summary";

/// A part of the page in front of somebody.
pub struct Sheet<'a> {
    browser: &'a Browser,
    /// Where the part is, as an `XPath`; empty for the whole page.
    place: String,
}

// What was found may belong to a page that is just being left. So it is found and used within one `eventually`, and looked
// for again on the next page; but for a double click, of which there may be only one.

impl Browser {
    /// The whole page.
    pub fn page(&self) -> Sheet<'_> {
        Sheet { browser: self, place: String::new() }
    }

    /// The page without what is around it on every page.
    pub fn main(&self) -> Sheet<'_> {
        Sheet { browser: self, place: "//main".to_owned() }
    }

    /// The part of the page under this heading.
    pub fn region(&self, heading: &str) -> Sheet<'_> {
        let place = format!("//section[@aria-labelledby=//*[{}]/@id]", is_called(heading));
        Sheet { browser: self, place }
    }

    /// The fields with this legend around them.
    pub fn group(&self, legend: &str) -> Sheet<'_> {
        Sheet { browser: self, place: format!("//fieldset[legend[{}]]", is_called(legend)) }
    }

    /// The form that this button sends.
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

    /// Takes an option of a list.
    #[track_caller]
    pub fn picks(&self, label: &str, option: &str) {
        let options = format!(".//option[{}]", is_called(option));
        self.eventually(&format!("{option:?} to pick of {label:?}"), || {
            let select = self.page().field(label);
            self.wait_for(async { select.find(By::XPath(options.clone())).await?.click().await }).ok()
        });
    }

    /// Takes one of several, by pressing its words.
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

    /// Makes sure that the page, which is there already, does not say this.
    #[track_caller]
    pub fn does_not_see(&self, words: &str) {
        let text = self.main().text();
        assert!(!text.contains(&plain(words)), "{words:?} should not be in: {text}");
    }

    /// Looks again and again until there is something, and fails saying what was not there.
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

    /// The page in words, for when something is missing on it.
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

    /// Presses a button twice as fast as a machine can.
    #[track_caller]
    pub fn double_clicks(&self, name: &str) {
        let pressed = self.pressable(name);
        let (driver, at_once) = (self.browser.driver(), Some(Duration::ZERO));
        self.browser.wait_for(pressed.scroll_into_view()).unwrap();
        let twice = driver.action_chain_with_delay(at_once, at_once).double_click_element(&pressed);
        self.browser.wait_for(twice.perform()).unwrap();
    }

    /// Writes into a field, over what was there.
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

    /// What stands in a field.
    #[track_caller]
    pub fn value(&self, label: &str) -> String {
        let value = || self.browser.wait_for(self.field(label).prop("value")).ok();
        self.browser.eventually(&format!("{label:?} that stays"), value).unwrap_or_default()
    }

    /// The option that is taken of a list.
    #[track_caller]
    pub fn picked(&self, label: &str) -> String {
        let chosen = self.browser.eventually(&format!("{label:?} that stays"), || {
            let select = self.field(label);
            self.browser.wait_for(async { select.find(By::Css("option:checked")).await?.text().await }).ok()
        });
        plain(&chosen)
    }

    /// The link or button with this name: it reads so, and assistive technology calls it so.
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

    /// The first of these that can be seen, and what assistive technology calls it.
    #[track_caller]
    fn find_and_name(&self, what: &str, name: &str) -> (WebElement, String) {
        self.browser.eventually(&format!("{name:?} that stays"), || {
            let found = self.find(what, name);
            // One that is gone with its page meanwhile has no name; then the next page's is taken.
            let called = self.browser.accessible_name(&found).ok()?;
            Some((found, plain(&called)))
        })
    }

    /// The first of these that can be seen.
    #[track_caller]
    fn find(&self, what: &str, name: &str) -> WebElement {
        let path = format!("{}{what}", self.place);
        self.browser.eventually(&format!("{name:?} to see (in {:?})", self.place), || {
            let all = self.browser.wait_for(self.browser.driver().find_all(By::XPath(path.clone()))).ok()?;
            all.into_iter().find(|one| self.browser.wait_for(one.is_displayed()).unwrap_or(false))
        })
    }

    /// Whether there is a link or button with this name to see, right now.
    pub fn offers(&self, name: &str) -> bool {
        let path = format!("{}//*[{PRESSABLE}][{}]", self.place, is_called(name));
        let all = self.browser.wait_for(self.browser.driver().find_all(By::XPath(path))).unwrap();
        all.iter().any(|one| self.browser.wait_for(one.is_displayed()).unwrap_or(false))
    }

    /// Waits until it says this.
    #[track_caller]
    pub fn says(&self, words: &str) {
        let words = plain(words);
        self.browser.eventually(&format!("text {words:?}"), || self.try_text().filter(|text| text.contains(&words)));
    }

    /// All that can be read.
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

    /// The texts of everything there.
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
        // The page may go away while it is read; then the next one is.
        self.browser.eventually("page that stays", || self.browser.wait_for(read()).ok())
    }

    /// The part itself.
    #[track_caller]
    pub fn element(&self) -> WebElement {
        self.find("", &self.place)
    }

    /// What the fact with this name reads, such as the price.
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

/// That an element reads so, or begins with these words: a name may go on with hidden text.
fn is_called(name: &str) -> String {
    let name = quoted(name);
    let begins = |end: &str| format!("starts-with(normalize-space(), concat({name},'{end}'))");
    format!("normalize-space()={name} or {} or {}", begins(" "), begins(":"))
}

fn quoted(words: &str) -> String {
    assert!(!words.contains('"'), "no name has a straight quote: {words}");
    format!("\"{words}\"")
}

/// The words alone: every kind of white space is one space.
pub fn plain(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}
