//! The full audit of a page: axe in both themes at two widths, its HTML, and its look.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::browser::Browser;
use crate::npm::AXE;
use crate::npm::Sources;
use crate::sight::strings;

/// A wide screen and a phone.
const WIDTHS: [u32; 2] = [1280, 360];
/// A phone with letters twice as large (WCAG 2.2, 1.4.4).
const LARGE: u32 = 390;
/// A page at 400 % on a wide screen.
const NARROWEST: u32 = 320;
const THEMES: [&str; 2] = ["light", "dark"];

/// Runs all of axe's rules, best practices too, or only those about colours. The rule for target sizes is off by default.
/// Results that axe leaves to people count only for contrast, which the colours of this product never leave open.
const JUDGE: &str = r#"
    const rules = { "target-size": { enabled: true } };
    const colours = { runOnly: ["color-contrast", "link-in-text-block"] };
    const judge = () => axe.run(document, { resultTypes: ["violations", "incomplete"], preload: false, ...(onlyColours ? colours : { rules }) });
    const told = (rule) => rule.nodes.map((node) => `axe ${rule.id}: ${node.html.slice(0, 160)} (${(node.any[0] ?? node.all[0] ?? node.none[0])?.message})`);
    const { violations, incomplete } = await judge();
    return [...violations, ...incomplete.filter((rule) => rule.id === "color-contrast")].flatMap(told);
"#;

/// Returns the main heading, and the page's HTML unless it was an answer to a form, which cannot be fetched again.
const ARRIVAL: &str = r#"
    const html = arguments[0] ? await (await fetch(location.href)).text() : null;
    return { html, heading: document.querySelector("h1")?.textContent.trim() };
"#;

/// Parts that moved by themselves once the page stood, above all during a change of theme: see `engine.rs`.
const MOVED: &str = "return moved.map((part) => `moves by itself: ${part}`)";

/// Finds texts that are squeezed into a column of fewer than four letters.
const SQUEEZED: &str = r#"
    const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    const squeezed = [];
    for (let text = texts.nextNode(); text; text = texts.nextNode()) {
        const e = text.parentElement;
        if (text.data.trim().length < 8 || !e.checkVisibility({ visibilityProperty: true }) || e.closest(".visually-hidden, option")) continue;
        const range = document.createRange();
        range.selectNodeContents(text);
        const lines = [...range.getClientRects()].map((line) => line.width);
        if (lines.length > 3 && Math.max(...lines) < 2 * parseFloat(getComputedStyle(e).fontSize)) squeezed.push(`is squeezed: ${text.data.trim().slice(0, 60)}`);
    }
    return squeezed;
"#;

/// All faults on the pages of one walk, each with the places where it was seen.
pub struct Audit {
    language: &'static str,
    widths: [u32; 2],
    sources: Sources,
    faults: BTreeMap<String, Vec<String>>,
    pages: usize,
}

impl Audit {
    /// An audit of pages in one language. Dutch pages load on the wide screen and English ones on the phone, so that
    /// movement during loading is seen on both.
    pub fn new(language: &'static str) -> Self {
        let mut widths = WIDTHS;
        if language == "en" {
            widths.reverse();
        }
        Self { language, widths, sources: Sources::new(), faults: BTreeMap::new(), pages: 0 }
    }

    /// Goes to a page and judges it.
    #[track_caller]
    pub fn visits(&mut self, browser: &Browser, page: &str) {
        self.prepares(browser);
        browser.visits(page);
        self.judges(browser, page, None);
    }

    /// Sets the browser up as it is when a page is loaded.
    pub fn prepares(&self, browser: &Browser) {
        browser.is_as_wide_as(self.widths[0]);
        browser.prefers(&[("prefers-color-scheme", THEMES[0])]);
    }

    /// Audits the open page, in every theme and width. `html` is the server's answer, when it cannot be fetched again.
    #[track_caller]
    pub fn judges(&mut self, browser: &Browser, page: &str, html: Option<&str>) {
        let arrives = format!("return (async function () {{ {ARRIVAL} }}).apply(null, arguments)");
        let arrival = browser.runs_with(&arrives, vec![html.is_none().into()]);
        let place = format!("{page} “{}”", arrival["heading"].as_str().unwrap_or_default());
        self.pages += 1;
        self.sources.keep(&place, html.or(arrival["html"].as_str()).expect("the page has its HTML"));

        // The second theme of a width differs in its colours alone.
        let judge = |only_colours| format!("return (async () => {{ const onlyColours = {only_colours}; {JUDGE} }})()");
        let mut axe = Some(AXE.as_str());
        let mut moved = Some(MOVED);
        for (width, themes) in [(self.widths[0], THEMES), (self.widths[1], [THEMES[1], THEMES[0]])] {
            browser.is_as_wide_as(width);
            for (nth, theme) in themes.into_iter().enumerate() {
                browser.prefers(&[("prefers-color-scheme", theme)]);
                let judged: Value = browser.runs(&format!("{};{}", axe.take().unwrap_or_default(), judge(nth == 1)));
                self.notes(&format!("{place} ({theme}, {width})"), strings(&judged).map(ToOwned::to_owned));
            }
            if let Some(moved) = moved.take() {
                self.notes(&format!("{place} ({width})"), strings(&browser.runs(moved)).map(ToOwned::to_owned));
            }
            self.notes(&format!("{place} ({width})"), browser.faults(self.language, width));
        }
        browser.is_as_wide_as(NARROWEST);
        self.notes(&format!("{place} ({NARROWEST})"), browser.faults(self.language, NARROWEST));
        browser.is_as_wide_as(LARGE);
        browser.has_letters_of(32);
        let place_of_large = format!("{place} ({LARGE}, letters of 200 %)");
        self.notes(&place_of_large, browser.faults(self.language, LARGE));
        self.notes(&place_of_large, strings(&browser.runs(SQUEEZED)).map(ToOwned::to_owned));
        browser.has_letters_of(16);
        self.notes(&place, browser.console());
    }

    fn notes(&mut self, place: &str, faults: impl IntoIterator<Item = String>) {
        for fault in faults {
            self.faults.entry(fault).or_default().push(place.to_owned());
        }
    }

    /// Fails unless this many pages were audited without a fault.
    #[track_caller]
    pub fn finds_nothing(mut self, pages: usize) {
        for (fault, place) in self.sources.faults() {
            self.notes(&place, [fault]);
        }
        assert!(self.pages >= pages, "only {} pages were found", self.pages);
        let told = self
            .faults
            .iter()
            .map(|(fault, places)| format!("- {fault}\n  {} times, first on {}", places.len(), places[0]));
        let told: Vec<String> = told.collect();
        assert!(told.is_empty(), "{} pages, and these faults:\n{}", self.pages, told.join("\n"));
    }
}
