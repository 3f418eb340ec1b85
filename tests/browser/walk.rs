//! A walk past pages: each is judged once, and each kind of form that can be refused is, once.

use std::collections::BTreeSet;

use serde_json::json;

use crate::audit::Audit;
use crate::browser::Browser;

/// The cards of a list: what each says of its kind, whoever it is with, and where it leads.
const CARDS: &str = r#"
    const people = /Sanne de Vries|Daan Bakker|Noor Jansen|Youssef El Amrani/;
    return [...document.querySelectorAll("main .cards > li")].map((card) => [
        [...card.querySelectorAll("h3, .card-status")].map((part) => part.textContent.trim().replace(people, "…")),
        [...card.querySelectorAll("a[href^='/orders/']")].map((link) => link.getAttribute("href")),
    ]);
"#;

/// The forms on a page that can be refused, and their names: where they are sent and what they ask.
const FORMS: &str = r#"
    const forms = [...document.querySelectorAll("form[method=post]")].filter((form) => form.querySelector("textarea, [type=password], [autocomplete=one-time-code]"));
    const name = (form) => [form.getAttribute("action").split("/").pop(), form.elements.kind?.value ?? ""].join(" ").trim();
"#;

/// A form that nobody filled in; what may be left out is too long.
const EMPTY: &str = r#"
    const form = forms.find((form) => name(form) === arguments[0]);
    for (const area of form.querySelectorAll("textarea:not([aria-required])")) area.value = "x".repeat(2501);
"#;

/// Sends a form, twice: the first time only to have the HTML of the answer.
const SENT: &str = r#"
    return (async () => {
        const answer = await fetch(form.action, { method: "post", body: new URLSearchParams(new FormData(form)) });
        const html = await answer.text();
        window.left = true;
        form.requestSubmit();
        return { status: answer.status, html };
    })();
"#;

/// Somebody's walk in one language.
pub struct Walk<'a> {
    browser: &'a Browser,
    pub audit: Audit,
    seen: BTreeSet<String>,
    refused: BTreeSet<String>,
    kinds: BTreeSet<String>,
}

impl<'a> Walk<'a> {
    /// One that begins.
    pub fn new(browser: &'a Browser, language: &'static str) -> Self {
        let (seen, refused, kinds) = Default::default();
        Self { browser, audit: Audit::new(language), seen, refused, kinds }
    }

    /// Looks at a page, unless it was there before, and sends its forms wrongly, unless it did so with one like it.
    #[track_caller]
    pub fn goes_to(&mut self, page: &str) {
        if !self.seen.insert(page.to_owned()) {
            return;
        }
        self.audit.visits(self.browser, page);
        let forms: Vec<String> =
            serde_json::from_value(self.browser.runs(&format!("{FORMS} return forms.map(name);"))).unwrap();
        for form in forms {
            if self.refused.insert(form.clone()) {
                self.is_refused(page, &form);
            }
        }
    }

    /// Sends the form wrongly, and looks at the page that comes back.
    #[track_caller]
    fn is_refused(&mut self, page: &str, form: &str) {
        self.sends(page, form, &format!("{FORMS} {EMPTY}"), 422);
        let summaries = self.browser.runs("return document.querySelectorAll('.error-summary').length");
        assert_eq!(summaries, 1, "what is wrong with the form {form:?} on {page} is said once");
    }

    /// Sends the `form` on a page as that script makes it, and looks at the page that comes back with this status.
    #[track_caller]
    pub fn sends(&mut self, page: &str, form: &str, script: &str, status: u16) {
        self.audit.prepares(self.browser);
        self.browser.visits(page);
        let answer = self.browser.runs_with(&format!("{script} {SENT}"), vec![json!(form)]);
        assert_eq!(answer["status"], status, "the form {form:?} on {page}");
        self.browser.eventually("page that comes back", || {
            let arrived = self.browser.runs("return !window.left && document.readyState === 'complete'");
            (arrived == true).then_some(())
        });
        // What the browser says of such an answer is heard here, where it belongs to the page.
        self.audit.judges(self.browser, &format!("{page}, {form} {status}"), answer["html"].as_str());
    }

    /// Where the cards of the open list lead that ask something new, or are the first to have come to this.
    pub fn ways_to_something_new(&mut self) -> Vec<String> {
        let cards: Vec<(Vec<String>, Vec<String>)> = serde_json::from_value(self.browser.runs(CARDS)).unwrap();
        let mut news = Vec::new();
        for (words, ways) in cards {
            if words.into_iter().filter(|word| self.kinds.insert(word.clone())).count() > 0 {
                news.extend(ways);
            }
        }
        news
    }

    /// The first address on the page that looks so.
    pub fn way(&self, selector: &str) -> Option<String> {
        let script = "return document.querySelector(arguments[0])?.getAttribute('href')";
        self.browser.runs_with(script, vec![json!(selector)]).as_str().map(ToOwned::to_owned)
    }
}
