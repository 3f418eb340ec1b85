//! The look of a page: its width, the places of its parts, and its soundness.

use serde_json::Value;

use crate::browser::Browser;

/// Finds visible faults. It names each part that sticks out, and each control smaller than 24 by 24 pixels (WCAG 2.2,
/// 2.5.8), except links inside a sentence.
const LOOK: &str = r#"
    const root = document.documentElement;
    const named = (e) => `<${e.tagName.toLowerCase()} class="${e.getAttribute("class") ?? ""}"> ${e.textContent.trim().slice(0, 40)}`;
    const out = [...document.querySelectorAll("body *")]
        .filter((e) => e.getBoundingClientRect().right > innerWidth + 0.5 && !e.closest(".visually-hidden"))
        .map(named);
    const pressed = "a[href], button, input:not([type=hidden]), select, textarea, summary";
    const blockOf = (e) => getComputedStyle(e).display.startsWith("inline") ? blockOf(e.parentElement) : e;
    const inSentence = (e) => e.tagName === "A" && getComputedStyle(e).display === "inline"
        && /\p{L}/u.test(blockOf(e).innerText.replace(e.innerText, ""));
    // A press beside a radio hits its label.
    const parts = (e) => ["radio", "checkbox"].includes(e.type) ? [e, ...e.labels] : [e];
    const isLarge = (e) => {
        const box = e.getBoundingClientRect();
        return box.width >= 24 && box.height >= 24;
    };
    const path = (e) => [e.parentElement.parentElement, e.parentElement, e]
        .map((one) => [one.tagName.toLowerCase(), ...one.classList].join(".")).join(" > ");
    const small = [...document.querySelectorAll(pressed)]
        .filter((e) => e.checkVisibility({ visibilityProperty: true }) && !inSentence(e) && !parts(e).some(isLarge))
        .map(path);
    return {
        title: document.title,
        lang: root.lang,
        headings: document.querySelectorAll("h1").length,
        scroll: root.scrollWidth,
        width: innerWidth,
        out: out.slice(0, 5),
        small: [...new Set(small)].slice(0, 10),
    };
"#;

impl Browser {
    /// The faults of the page in a window of this width.
    pub fn faults(&self, language: &str, width: u32) -> Vec<String> {
        let seen = self.runs(LOOK);
        let number = |name: &str| seen[name].as_u64().unwrap_or_default();
        let wide = u64::from(width);
        let mut faults = Vec::new();
        if number("width") != wide {
            faults.push(format!("the window is {} wide, not {width}", seen["width"]));
        }
        if number("scroll") > wide {
            faults.push(format!("scrolls sideways: {} wide, by {}", seen["scroll"], seen["out"]));
        }
        faults.extend(strings(&seen["small"]).map(|part| format!("is hard to hit, under 24 by 24 pixels: {part}")));
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

    /// Fails unless this page is sound at this width.
    #[track_caller]
    pub fn is_sound(&self, language: &str, width: u32) {
        let mut faults = self.faults(language, width);
        faults.extend(self.console());
        assert!(faults.is_empty(), "{} at {width}: {}", self.path(), faults.join("; "));
    }

    /// The distance of the part under this heading from the top and from the left.
    #[track_caller]
    pub fn corner_of(&self, heading: &str) -> (f64, f64) {
        let part = self.region(heading).element();
        let rect = self.wait_for(part.rect()).unwrap();
        (rect.y, rect.x)
    }
}

/// The strings in a script's list.
pub fn strings(list: &Value) -> impl Iterator<Item = &str> {
    list.as_array().into_iter().flatten().filter_map(Value::as_str)
}
