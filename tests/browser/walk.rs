//! A walk past pages: audits each page once, and has each kind of form refused once.

use std::collections::BTreeSet;

use serde_json::json;

use crate::audit::Audit;
use crate::browser::Browser;

/// The cards of a list: their kind without the other party's name, and their address.
const CARDS: &str = r#"
    const people = /Sanne de Vries|Daan Bakker|Noor Jansen|Youssef El Amrani/;
    return [...document.querySelectorAll("main .cards > li")].map((card) => [
        [...card.querySelectorAll(".dispute-card h3, .card-question, .card-status")].map((part) => part.textContent.trim().replace(people, "…")),
        [...card.querySelectorAll("a[href^='/orders/']")].map((link) => link.getAttribute("href")),
    ]);
"#;

/// The forms on a page that can be refused, named after their address and question.
const FORMS: &str = r#"
    const forms = [...document.querySelectorAll("form[method=post]")].filter((form) => form.querySelector("textarea, [type=password], [autocomplete=one-time-code]"));
    const name = (form) => [form.getAttribute("action").split("/").pop(), form.elements.kind?.value ?? ""].join(" ").trim();
"#;

/// An empty form, with optional fields too long.
const EMPTY: &str = r#"
    const form = forms.find((form) => name(form) === arguments[0]);
    for (const area of form.querySelectorAll("textarea:not([aria-required])")) area.value = "x".repeat(2501);
"#;

/// Sends a form twice: the first time only for the HTML of the answer.
const SENT: &str = r#"
    return (async () => {
        // A form whose every button says what it does is sent with the first of them.
        const button = form.querySelector("button:not([name], [type=button])") ? null : form.querySelector("button[name]");
        const body = new URLSearchParams(new FormData(form, button));
        const answer = await fetch(form.getAttribute("action"), { method: "post", body });
        const html = await answer.text();
        window.left = true;
        form.requestSubmit(button ?? undefined);
        return { status: answer.status, html };
    })();
"#;

/// One reader's walk in one language.
pub struct Walk<'a> {
    browser: &'a Browser,
    pub audit: Audit,
    seen: BTreeSet<String>,
    refused: BTreeSet<String>,
    kinds: BTreeSet<String>,
}

impl<'a> Walk<'a> {
    /// Begins a walk.
    pub fn new(browser: &'a Browser, language: &'static str) -> Self {
        let (seen, refused, kinds) = Default::default();
        Self { browser, audit: Audit::new(language), seen, refused, kinds }
    }

    /// Audits a page and sends its forms wrongly; pages and kinds of form are done once.
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

    /// Sends the form wrongly, and audits the page that comes back.
    #[track_caller]
    fn is_refused(&mut self, page: &str, form: &str) {
        self.sends(page, form, &format!("{FORMS} {EMPTY}"), 422);
        let summaries = self.browser.runs("return document.querySelectorAll('.error-summary').length");
        assert_eq!(summaries, 1, "what is wrong with the form {form:?} on {page} is said once");
    }

    /// Sends the `form` that this script makes on a page, and audits the page that comes back with this status.
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
        // The browser's messages on such an answer are read here, where they belong to the page.
        self.audit.judges(self.browser, &format!("{page}, {form} {status}"), answer["html"].as_str());
    }

    /// The addresses of cards in the open list that are new in kind or outcome.
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

    /// The first matching address on the page.
    pub fn way(&self, selector: &str) -> Option<String> {
        let script = "return document.querySelector(arguments[0])?.getAttribute('href')";
        self.browser.runs_with(script, vec![json!(selector)]).as_str().map(ToOwned::to_owned)
    }
}
