//! What a page looks like: how wide it is, where its parts stand, and whether it is sound at all.

use crate::chromium::Browser;

/// What is asked of a page. Each part that sticks out is named, so that it can be found.
const LOOK: &str = r#"
    const root = document.documentElement;
    const out = [...document.querySelectorAll("body *")]
        .filter((e) => e.getBoundingClientRect().right > innerWidth + 0.5 && !e.closest(".visually-hidden"))
        .map((e) => `<${e.tagName.toLowerCase()} class="${e.getAttribute("class") ?? ""}"> ${e.textContent.trim().slice(0, 40)}`);
    return {
        title: document.title,
        lang: root.lang,
        headings: document.querySelectorAll("h1").length,
        scroll: root.scrollWidth,
        width: innerWidth,
        out: out.slice(0, 5),
    };
"#;

impl Browser {
    /// What is wrong with the page in a window of this width.
    pub fn faults(&self, language: &str, width: u64) -> Vec<String> {
        let seen = self.runs(LOOK);
        let number = |name: &str| seen[name].as_u64().unwrap_or_default();
        let mut faults = Vec::new();
        if number("width") != width {
            faults.push(format!("the window is {} wide, not {width}", seen["width"]));
        }
        if number("scroll") > width {
            faults.push(format!("scrolls sideways: {} wide, by {}", seen["scroll"], seen["out"]));
        }
        if number("headings") != 1 {
            faults.push(format!("has {} main headings", seen["headings"]));
        }
        if seen["lang"] != language {
            faults.push(format!("is in {}", seen["lang"]));
        }
        let title = seen["title"].as_str().unwrap_or_default();
        if !title.chars().next().is_some_and(char::is_alphanumeric) {
            faults.push(format!("has the title {title:?}"));
        }
        faults
    }

    /// Makes sure that this page is sound at this width.
    #[track_caller]
    pub fn is_sound(&self, language: &str, width: u64) {
        let mut faults = self.faults(language, width);
        faults.extend(self.console());
        assert!(faults.is_empty(), "{} at {width}: {}", self.path(), faults.join("; "));
    }

    /// How far from the top and from the left the part under this heading begins.
    #[track_caller]
    pub fn corner_of(&self, heading: &str) -> (f64, f64) {
        let part = self.region(heading).element();
        let rect = self.wait_for(part.rect()).unwrap();
        (rect.y, rect.x)
    }
}
