//! People with a browser: they act through the forms and links of their pages.

use std::ops::Deref;
use std::sync::Arc;
use std::time::Duration;

use oplossingscentrum::domain::AccountId;
use reqwest::Method;
use reqwest::blocking::{Client, RequestBuilder};
use reqwest::cookie::{CookieStore, Jar};
use reqwest::header::HeaderMap;
use reqwest::redirect::Policy;

use crate::builders::Order;
use crate::log;
use crate::page::Form;
use crate::page::Page;

/// A browser with its own cookies. It does not follow redirects by itself.
#[derive(Clone)]
pub struct Browser {
    client: Client,
    jar: Arc<Jar>,
    address: String,
    origin: String,
    accept_language: Option<&'static str>,
    says_it_is: Option<&'static str>,
    comes_from: Option<String>,
}

impl Browser {
    pub fn new(address: &str, origin: &str) -> Self {
        let jar = Arc::new(Jar::default());
        let client = Client::builder().redirect(Policy::none()).cookie_provider(jar.clone()).no_proxy();
        // The server closes a connection that was idle for five seconds, perhaps just as a form is sent on it.
        let client = client.pool_idle_timeout(Duration::from_secs(1));
        Self {
            client: client.build().unwrap(),
            jar,
            address: address.to_owned(),
            origin: origin.to_owned(),
            accept_language: None,
            says_it_is: None,
            comes_from: None,
        }
    }

    /// The same browser, set to other languages.
    pub fn preferring(mut self, languages: &'static str) -> Self {
        self.accept_language = Some(languages);
        self
    }

    /// The same browser with that user agent.
    pub fn calling_itself(mut self, agent: &'static str) -> Self {
        self.says_it_is = Some(agent);
        self
    }

    /// The same browser at that network address, as the proxies in front of the program write it.
    pub fn coming_from(mut self, forwarded_for: &str) -> Self {
        self.comes_from = Some(forwarded_for.to_owned());
        self
    }

    /// The same browser at another server.
    pub fn at(&self, address: &str) -> Self {
        Self { address: address.to_owned(), ..self.clone() }
    }

    /// The address of its server.
    pub fn address(&self) -> &str {
        &self.address
    }

    /// Sends a request with exactly these headers and fields.
    pub fn request(&self, method: &Method, path: &str, headers: &[(&str, &str)], fields: &[(String, String)]) -> Page {
        let mut request = self.bare_request(method, path);
        if let Some(languages) = self.accept_language {
            request = request.header("accept-language", languages);
        }
        if let Some(agent) = self.says_it_is {
            request = request.header("user-agent", agent);
        }
        if let Some(address) = &self.comes_from {
            request = request.header("x-forwarded-for", address);
        }
        let named = headers.iter().any(|(name, _)| name.eq_ignore_ascii_case("host"));
        if let Some((_, host)) = self.origin.split_once("://").filter(|_| !named) {
            request = request.header("host", host);
        }
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        if *method == Method::POST {
            request = request.form(fields);
        }
        let answer = request.send().unwrap_or_else(|error| panic!("{method} {path}: {error:?}"));
        let (status, headers): (_, HeaderMap) = (answer.status().as_u16(), answer.headers().clone());
        let page = Page { path: path.to_owned(), status, headers, html: answer.text().unwrap() };
        log::keeps_out(fields, &page);
        page
    }

    /// An unsent request of this browser.
    pub fn bare_request(&self, method: &Method, path: &str) -> RequestBuilder {
        self.client.request(method.clone(), format!("{}{path}", self.address))
    }

    pub fn get(&self, path: &str) -> Page {
        self.request(&Method::GET, path, &[], &[])
    }

    /// Opens a page that must exist.
    #[track_caller]
    pub fn sees(&self, path: &str) -> Page {
        self.get(path).must(200)
    }

    /// Sends fields from one of our own pages, with this session's token.
    pub fn post(&self, path: &str, fields: &[(&str, &str)]) -> Page {
        let token = self.csrf_token();
        self.post_with(&token, path, fields)
    }

    /// The same, with a known token.
    pub fn post_with(&self, token: &str, path: &str, fields: &[(&str, &str)]) -> Page {
        let mut all = vec![("csrf_token".to_owned(), token.to_owned())];
        all.extend(fields.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())));
        self.request(&Method::POST, path, &self.own_headers(), &all)
    }

    /// The headers a browser sends with a form of our own.
    pub fn own_headers(&self) -> [(&str, &str); 2] {
        [("origin", &self.origin), ("sec-fetch-site", "same-origin")]
    }

    /// The token of this session's forms.
    pub fn csrf_token(&self) -> String {
        self.sees("/help").form("/language").value("csrf_token").to_owned()
    }

    pub fn submit(&self, form: &Form) -> Page {
        if form.is_post {
            return self.request(&Method::POST, &form.action, &self.own_headers(), &form.fields);
        }
        let query = serde_html_form::to_string(&form.fields).unwrap();
        self.get(&format!("{}?{query}", form.action))
    }

    /// Follows a redirect.
    #[track_caller]
    pub fn follow(&self, answer: &Page) -> Page {
        assert_eq!(answer.status, 303, "{}: {}", answer.path, answer.text());
        self.sees(answer.location())
    }

    /// Sends a form that must be accepted, and opens the page it leads to.
    #[track_caller]
    pub fn done(&self, form: &Form) -> Page {
        self.follow(&form.send(self))
    }

    /// The cookies the browser would send.
    pub fn cookies(&self) -> String {
        let cookies = self.jar.cookies(&self.address.parse().unwrap());
        cookies.map(|value| value.to_str().unwrap().to_owned()).unwrap_or_default()
    }

    /// Its session's cookie.
    pub fn session_cookie(&self) -> String {
        let cookies = self.cookies();
        cookies.split("; ").find(|cookie| cookie.starts_with("session=")).expect("it has a session").to_owned()
    }

    /// Takes a cookie as if the server had set it.
    pub fn takes_cookie(&self, cookie: &str) {
        self.jar.add_cookie_str(cookie, &self.address.parse().unwrap());
    }
}

/// A person with an account, signed in.
pub struct Person {
    pub id: AccountId,
    pub name: String,
    pub email: String,
    pub browser: Browser,
}

impl Deref for Person {
    type Target = Browser;

    fn deref(&self) -> &Browser {
        &self.browser
    }
}

impl Person {
    /// Signs in through the form.
    pub fn signs_in(&self, password: &str) -> Page {
        let form = self.sees("/sign-in").form("/sign-in");
        form.fill("email", &self.email).fill("password", password).send(self)
    }

    /// The same person with another browser, not signed in yet.
    pub fn elsewhere(&self) -> Self {
        self.with(Browser::new(&self.address, &self.origin))
    }

    /// The same person with that browser.
    pub fn with(&self, browser: Browser) -> Self {
        Self { id: self.id, name: self.name.clone(), email: self.email.clone(), browser }
    }

    pub fn switches_language(&self) -> Page {
        let form = self.sees("/help").form("/language");
        form.send(self).must(303)
    }

    // Asking.

    /// The form behind a choice in the Oplossingscentrum.
    #[track_caller]
    pub fn center_form(&self, order: &Order, action: &str) -> Form {
        let menu = self.sees(&order.at("/resolution")).form(&order.at("/resolution"));
        menu.choose("action", action).send(self).must(200).form(&order.at("/disputes"))
    }

    #[track_caller]
    pub fn asks_for_update(&self, order: &Order, why: &str) -> Page {
        self.done(&self.center_form(order, "update").fill("comment", why))
    }

    #[track_caller]
    pub fn asks_to_cancel(&self, order: &Order, reason: &str, why: &str) -> Page {
        self.done(&self.center_form(order, "cancellation").choose("reason", reason).fill("comment", why))
    }

    /// The form for more days and extras, filled in; 0 for no days.
    #[track_caller]
    pub fn change_form(&self, order: &Order, days: u8, extras: &[(&str, &str)], why: &str) -> Form {
        let way =
            self.sees(&order.path).link_named("Wijziging aanvragen").expect("there is a link to ask for a change");
        let mut form = self.sees(&way).form(&order.at("/changes")).fill("comment", why);
        if days > 0 {
            form = form.fill("extra_days", &days.to_string());
        }
        for (at, (title, price)) in extras.iter().enumerate() {
            form = form.fill_nth("extra_title[]", at, title).fill_nth("extra_price[]", at, price);
        }
        form
    }

    #[track_caller]
    pub fn requests_change(&self, order: &Order, days: u8, extras: &[(&str, &str)], why: &str) -> Page {
        self.done(&self.change_form(order, days, extras, why))
    }

    // Answering.

    /// The address of an order's newest question, from its page.
    #[track_caller]
    pub fn question(&self, order: &Order) -> String {
        let links = self.sees(&order.path).links();
        let number = |link: &String| link.strip_prefix(&order.at("/disputes/"))?.parse::<i32>().ok();
        let newest = links.iter().filter_map(number).max().expect("the order page links to a question");
        order.dispute(newest)
    }

    #[track_caller]
    pub fn update_form(&self, order: &Order) -> Form {
        let question = self.question(order);
        self.sees(&question).form(&format!("{question}/update"))
    }

    #[track_caller]
    pub fn decline_form(&self, order: &Order) -> Form {
        let question = self.question(order);
        self.sees(&question).form(&format!("{question}/decline"))
    }

    #[track_caller]
    pub fn comment_form(&self, order: &Order) -> Form {
        let question = self.question(order);
        self.sees(&question).form(&format!("{question}/comments"))
    }

    #[track_caller]
    pub fn accept_form(&self, order: &Order) -> Form {
        let way = format!("{}/accept", self.question(order));
        self.done(&self.sees(&self.question(order)).form(&way)).form(&way)
    }

    #[track_caller]
    pub fn withdraw_form(&self, order: &Order) -> Form {
        let way = format!("{}/withdraw", self.question(order));
        assert!(self.sees(&order.path).links_to(&way), "the order page has no link to withdraw");
        self.sees(&way).form(&way)
    }

    #[track_caller]
    pub fn gives_update(&self, order: &Order, update: &str) -> Page {
        self.done(&self.update_form(order).fill("comment", update))
    }

    #[track_caller]
    pub fn accepts(&self, order: &Order) -> Page {
        self.done(&self.accept_form(order))
    }

    #[track_caller]
    pub fn declines(&self, order: &Order, why: &str) -> Page {
        self.done(&self.decline_form(order).fill("comment", why))
    }

    #[track_caller]
    pub fn withdraws(&self, order: &Order) -> Page {
        self.done(&self.withdraw_form(order))
    }

    #[track_caller]
    pub fn comments(&self, order: &Order, comment: &str) -> Page {
        self.done(&self.comment_form(order).fill("comment", comment))
    }

    // The normal life of an order.

    /// The form of a step that is asked once more, behind its link on the order's page.
    #[track_caller]
    fn confirmation(&self, order: &Order, step: &str) -> Form {
        let way = order.at(step);
        assert!(self.sees(&order.path).links_to(&way), "the order page has no link to {step}");
        self.sees(&way).form(&way)
    }

    #[track_caller]
    pub fn deliver_form(&self, order: &Order) -> Form {
        self.confirmation(order, "/deliver")
    }

    #[track_caller]
    pub fn approve_form(&self, order: &Order) -> Form {
        self.confirmation(order, "/approve")
    }

    #[track_caller]
    pub fn delivers(&self, order: &Order) -> Page {
        self.done(&self.deliver_form(order))
    }

    #[track_caller]
    pub fn approves(&self, order: &Order) -> Page {
        self.done(&self.approve_form(order))
    }

    #[track_caller]
    pub fn requests_revision(&self, order: &Order, what: &str) -> Page {
        self.done(&self.sees(&order.path).form(&order.at("/revision")).fill("comment", what))
    }

    /// The number of questions to answer, from the menu.
    pub fn badge(&self) -> usize {
        self.sees("/account").badge()
    }
}
