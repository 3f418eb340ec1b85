//! A page of the server, read as a person or a browser reads it.

use std::collections::BTreeSet;

use dom_query::{Document, Selection};
use reqwest::header::HeaderMap;

use crate::people::Browser;

/// An answer of the server.
#[derive(Debug)]
pub struct Page {
    /// The requested path.
    pub path: String,
    pub status: u16,
    pub headers: HeaderMap,
    pub html: String,
}

/// A text with every run of white space, breaking or not, as one space.
pub fn squeezed(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn words(selection: &Selection) -> String {
    squeezed(&selection.text())
}

impl Page {
    /// Returns the page, and fails unless it has that status.
    #[track_caller]
    pub fn must(self, status: u16) -> Self {
        assert_eq!(self.status, status, "{}: {}", self.path, self.text());
        self
    }

    /// The whole answer except the parts that differ per request: its request id, which it must have, its date, and
    /// whether the connection is kept alive.
    #[track_caller]
    pub fn bare(&self) -> String {
        let id = self.header("x-request-id");
        assert!(!id.is_empty(), "{} has no number", self.path);
        let headers: BTreeSet<_> = self
            .headers
            .iter()
            .filter(|(name, _)| !["date", "x-request-id", "connection"].contains(&name.as_str()))
            .map(|(name, value)| format!("{name}: {value:?}"))
            .collect();
        format!("{} {headers:?} {}", self.status, self.html.replace(id, "ID"))
    }

    pub fn document(&self) -> Document {
        Document::from(self.html.as_str())
    }

    /// A header; empty when absent.
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    pub fn location(&self) -> &str {
        self.header("location")
    }

    /// The one heading of the page.
    #[track_caller]
    pub fn h1(&self) -> String {
        let document = self.document();
        let found = document.select("h1");
        assert_eq!(found.length(), 1, "{} has {} h1", self.path, found.length());
        words(&found)
    }

    pub fn title(&self) -> String {
        words(&self.document().select("title"))
    }

    /// All its readable text.
    pub fn text(&self) -> String {
        words(&self.document().select("body"))
    }

    /// The readable text of its main part.
    pub fn main(&self) -> String {
        words(&self.document().select("main"))
    }

    /// Whether its main part contains that text.
    pub fn has(&self, text: &str) -> bool {
        self.main().contains(&squeezed(text))
    }

    /// Fails with the page when its main part does not contain that text.
    #[track_caller]
    pub fn shows(&self, text: &str) -> &Self {
        assert!(self.has(text), "{} does not say {text:?}: {}", self.path, self.main());
        self
    }

    /// Fails with the page when its main part contains that text.
    #[track_caller]
    pub fn hides(&self, text: &str) -> &Self {
        assert!(!self.has(text), "{} says {text:?}: {}", self.path, self.main());
        self
    }

    /// Whether an element of its main part has exactly that text: a status, a heading, a button.
    pub fn says(&self, exactly: &str) -> bool {
        self.document().select("main *").iter().any(|element| words(&element) == exactly)
    }

    /// The address of the first link whose name begins with that.
    pub fn link_named(&self, name: &str) -> Option<String> {
        let document = self.document();
        let found = document.select("a[href]").iter().find(|link| words(link).starts_with(name));
        found.map(|link| link.attr_or("href", "").to_string())
    }

    /// The addresses of the links in its main part.
    pub fn links(&self) -> Vec<String> {
        self.document().select("main a[href]").iter().map(|link| link.attr_or("href", "").to_string()).collect()
    }

    pub fn links_to(&self, href: &str) -> bool {
        self.links().iter().any(|link| link == href)
    }

    /// The names of its buttons.
    pub fn buttons(&self) -> Vec<String> {
        self.document().select("button").iter().map(|button| words(&button)).collect()
    }

    /// The machine-readable moments and dates on it.
    pub fn times(&self) -> Vec<String> {
        let document = self.document();
        document.select("main time[datetime]").iter().map(|time| time.attr_or("datetime", "").to_string()).collect()
    }

    /// The number in the menu's badge.
    pub fn badge(&self) -> usize {
        let document = self.document();
        let menu = words(&document.select("nav a[href='/disputes'] [aria-hidden]"));
        menu.parse().unwrap_or(0)
    }

    /// Whether a form, or a button of a form, sends to that address.
    pub fn has_form(&self, action: &str) -> bool {
        self.document().select(&format!("form[action='{action}'], form [formaction='{action}']")).exists()
    }

    /// Whether a step can be begun from this page: by a form, or by a link to the page that asks once more.
    pub fn offers(&self, action: &str) -> bool {
        self.has_form(action) || self.links_to(action)
    }

    /// The form that is sent to that address, with the button that sends it there.
    #[track_caller]
    pub fn form(&self, action: &str) -> Form {
        let document = self.document();
        let button = document.select_single(&format!("form [formaction='{action}']"));
        if button.exists() {
            let forms = document.select("form");
            let form = forms.iter().find(|form| form.select(&format!("[formaction='{action}']")).exists());
            let mut form = Form::read(&form.expect("the button is in a form"));
            action.clone_into(&mut form.action);
            let (name, value) = (button.attr_or("name", ""), button.attr_or("value", ""));
            return if name.is_empty() { form } else { form.choose(&name, &value) };
        }
        let found = document.select_single(&format!("form[action='{action}']"));
        assert!(found.exists(), "{} ({}) has no form for {action}: {}", self.path, self.status, self.main());
        Form::read(&found)
    }

    /// The links of the error summary: the field and its error.
    pub fn summary(&self) -> Vec<(String, String)> {
        let document = self.document();
        let links = document.select("[role=alert] a[href^='#']");
        links.iter().map(|link| (link.attr_or("href", "")[1..].to_owned(), words(&link))).collect()
    }

    /// Fails unless this is a form given back with exactly these messages: in the summary, linked to an existing field,
    /// and at the field itself.
    #[track_caller]
    pub fn refuses(&self, expected: &[(&str, &str)]) -> &Self {
        assert_eq!(self.status, 422, "{}: {}", self.path, self.main());
        let summary = self.summary();
        let said: Vec<_> = summary.iter().map(|(id, message)| (id.as_str(), message.as_str())).collect();
        assert_eq!(said, expected, "{}", self.path);
        let document = self.document();
        for (id, message) in expected {
            let field = document.select(&format!("#{id}"));
            assert_eq!(field.length(), 1, "{} has no field {id}", self.path);
            let invalid = field.attr_or("aria-invalid", "").to_string();
            let described = field.attr_or("aria-describedby", "").to_string();
            let is_radio = field.attr_or("type", "").to_string() == "radio";
            let at_field =
                described.split_whitespace().any(|by| words(&document.select(&format!("#{by}"))).contains(message));
            let in_group = is_radio && words(&document.select("fieldset")).contains(message);
            assert!(at_field || in_group, "{}: {id} does not say {message:?}", self.path);
            assert!(is_radio || invalid == "true", "{}: {id} is not marked", self.path);
        }
        assert_eq!(self.title().split(' ').next(), Some(if self.language() == "nl" { "Fout:" } else { "Error:" }));
        self
    }

    pub fn language(&self) -> String {
        self.document().select("html").attr_or("lang", "").to_string()
    }
}

/// A form as a browser holds it.
#[derive(Debug, Clone)]
pub struct Form {
    pub is_post: bool,
    pub action: String,
    pub fields: Vec<(String, String)>,
    /// The possible choices: name and value of every option, radio and button.
    offered: Vec<(String, String)>,
}

impl Form {
    fn read(form: &Selection) -> Self {
        let (mut fields, mut offered) = (Vec::new(), Vec::new());
        for control in &form.select("input, select, textarea, button") {
            let (name, value) = (control.attr_or("name", "").to_string(), control.attr_or("value", "").to_string());
            if name.is_empty() {
                continue;
            }
            if control.is("textarea") {
                fields.push((name, control.text().trim_start_matches('\n').to_owned()));
            } else if control.is("select") {
                let options = control.select("option");
                offered.extend(options.iter().map(|o| (name.clone(), o.attr_or("value", "").to_string())));
                let selected = control.select("option[selected]");
                let chosen = if selected.exists() { selected.first() } else { options.first() };
                fields.push((name, chosen.attr_or("value", "").to_string()));
            } else if control.is("button") || control.is("[type=radio], [type=checkbox]") {
                if control.has_attr("checked") {
                    fields.push((name.clone(), value.clone()));
                }
                offered.push((name, value));
            } else {
                fields.push((name, value));
            }
        }
        let is_post = form.attr_or("method", "get").eq_ignore_ascii_case("post");
        Self { is_post, action: form.attr_or("action", "").to_string(), fields, offered }
    }

    pub fn value(&self, name: &str) -> &str {
        self.fields.iter().find(|(field, _)| field == name).map_or("", |(_, value)| value)
    }

    pub fn values(&self, name: &str) -> Vec<&str> {
        self.fields.iter().filter(|(field, _)| field == name).map(|(_, value)| value.as_str()).collect()
    }

    /// Types into a field; line breaks travel as browsers send them.
    #[track_caller]
    pub fn fill(self, name: &str, value: &str) -> Self {
        self.fill_nth(name, 0, value)
    }

    /// The same for one of several fields with that name.
    #[track_caller]
    pub fn fill_nth(mut self, name: &str, nth: usize, value: &str) -> Self {
        let field = self.fields.iter_mut().filter(|(field, _)| field == name).nth(nth);
        let (_, old) = field.unwrap_or_else(|| panic!("{} has no field {name} {nth}", self.action));
        *old = value.replace("\r\n", "\n").replace('\r', "\n").replace('\n', "\r\n");
        self
    }

    /// Chooses one of the options, radios or buttons.
    #[track_caller]
    pub fn choose(mut self, name: &str, value: &str) -> Self {
        let is_offered = self.offered.iter().any(|(field, offer)| field == name && offer == value);
        assert!(is_offered, "{} does not offer {name}={value}: {:?}", self.action, self.offered);
        self.set(name, value);
        self
    }

    /// Sets a field against the page's rules, like an attacker with a handmade request.
    pub fn forge(mut self, name: &str, value: &str) -> Self {
        self.set(name, value);
        self
    }

    fn set(&mut self, name: &str, value: &str) {
        match self.fields.iter_mut().find(|(field, _)| field == name) {
            Some((_, old)) => value.clone_into(old),
            None => self.fields.push((name.to_owned(), value.to_owned())),
        }
    }

    /// Leaves a box unticked.
    pub fn without(mut self, name: &str) -> Self {
        self.fields.retain(|(field, _)| field != name);
        self
    }

    /// The choices under that name.
    pub fn options(&self, name: &str) -> Vec<&str> {
        self.offered.iter().filter(|(field, _)| field == name).map(|(_, value)| value.as_str()).collect()
    }

    /// Sends the form, as a browser does from one of our own pages.
    pub fn send(&self, browser: &Browser) -> Page {
        browser.submit(self)
    }
}
