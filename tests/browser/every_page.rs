//! Every page, in both languages, on a wide screen and a narrow one: it fits, it has a title and one main heading, and
//! the console is silent, so the content security policy refused nothing.

use std::collections::BTreeSet;

use crate::chromium::Browser;
use crate::demo::Demo;

const WIDTHS: [u32; 2] = [1280, 320];

/// Where everybody's walk begins.
const LISTS: [&str; 9] = [
    "/orders",
    "/orders?filter=closed",
    "/orders?q=bestaat-niet",
    "/disputes",
    "/disputes?view=closed",
    "/notifications",
    "/account",
    "/help",
    "/demo/mail",
];

/// The addresses of orders that a page leads to. Of a list, those of the first card of each kind: what it asks and how
/// that ended.
const WAYS: &str = r#"
    const kinds = new Map();
    for (const link of document.querySelectorAll("main a[href^='/orders/']")) {
        const card = link.closest(".cards > li");
        const kind = ["h3", ".card-status"].map((part) => card?.querySelector(part)?.textContent.trim()).join();
        if (!kinds.has(kind)) kinds.set(kind, card);
        if (kinds.get(kind) === card) link.dataset.way = "";
    }
    return [...document.querySelectorAll("[data-way]")].map((link) => link.getAttribute("href"));
"#;

/// Looks at a page at every width, and notes what is wrong with it.
fn look(browser: &Browser, page: &str, language: &str, faults: &mut Vec<String>) {
    for width in WIDTHS {
        browser.is_as_wide_as(width);
        faults.extend(browser.faults(language, width.into()).iter().map(|fault| format!("{page} at {width}: {fault}")));
    }
    faults.extend(browser.console().iter().map(|complaint| format!("{page}: {complaint}")));
}

fn ways(browser: &Browser) -> BTreeSet<String> {
    serde_json::from_value(browser.runs(WAYS)).unwrap()
}

/// Looks at all these pages in the language the reader has, and answers with where they lead.
fn walk(browser: &Browser, language: &str, pages: &BTreeSet<String>, faults: &mut Vec<String>) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for page in pages {
        browser.visits(page);
        look(browser, page, language, faults);
        found.extend(ways(browser));
    }
    found
}

/// Goes to every kind of page in one language: the lists, a quiet order with all its forms, an order of every status,
/// and a dispute of every kind and outcome, with the pages that ask whether one is sure. Both languages of every page
/// would take minutes; the customer walks in Dutch, the freelancer in English.
fn walks_everywhere(browser: &Browser, quiet: &str, language: &str) {
    let mut faults = Vec::new();
    browser.opens(quiet);
    let quiet = browser.path();
    if language == "en" {
        browser.visits("/orders");
        browser.clicks("Read this page in English");
        browser.is_on("Orders");
    }
    let mut pages: BTreeSet<String> = LISTS.map(ToOwned::to_owned).into();
    pages.extend(["/resolution?step=1", "/resolution?action=update", "/change"].map(|form| format!("{quiet}{form}")));
    for list in LISTS.iter().filter(|list| list.starts_with("/orders")) {
        browser.visits(list);
        // What is open or closed there refuses another question in so many words.
        let ways = ["", "/resolution", "/resolution?action=cancellation"];
        pages.extend(self::ways(browser).iter().flat_map(|order| ways.map(|way| format!("{order}{way}"))));
    }
    for list in LISTS.iter().filter(|list| list.starts_with("/disputes")) {
        browser.visits(list);
        pages.extend(ways(browser));
    }
    let mut further = walk(browser, language, &pages, &mut faults);
    further.retain(|way| way.ends_with("/accept") && !pages.contains(way));
    walk(browser, language, &further, &mut faults);
    pages.extend(further);
    assert!(pages.len() > 40, "only {} pages were found", pages.len());
    assert!(faults.is_empty(), "{} pages, and these faults:\n{}", pages.len(), faults.join("\n"));
}

#[test]
fn every_page_of_a_customer_is_sound() {
    let demo = Demo::for_one();
    walks_everywhere(&demo.as_klant(), "Affiche voor een theatervoorstelling", "nl");
}

#[test]
fn every_page_of_a_freelancer_is_sound() {
    let demo = Demo::for_one();
    walks_everywhere(&demo.as_freelancer(), "Affiche voor een theatervoorstelling", "en");
}

#[test]
fn every_page_of_a_visitor_is_sound() {
    let demo = Demo::for_one();
    let visitor = demo.visitor();
    let mut faults = Vec::new();
    for (language, button, switch) in
        [("nl", "Inloggen", "Read this page in English"), ("en", "Sign in", "Lees deze pagina in het Nederlands")]
    {
        let passwords = ["/password/forgotten", "/password/sent", "/password/x.y"];
        for page in
            ["/sign-in", "/sign-in?next=/orders", "/help", "/demo/mail", "/nergens"].into_iter().chain(passwords)
        {
            visitor.visits(page);
            look(&visitor, page, language, &mut faults);
        }
        visitor.visits("/sign-in");
        visitor.form(button).clicks(button);
        look(&visitor, "the refused sign-in", language, &mut faults);
        visitor.visits("/help");
        visitor.clicks(switch);
    }
    assert!(faults.is_empty(), "these faults:\n{}", faults.join("\n"));
}
