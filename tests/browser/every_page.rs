//! Every kind of page, for a customer, a freelancer and a visitor, in both languages, in both themes, on a wide screen
//! and a phone: accessible, valid, no wider than the window, and silent in the console.

use crate::audit::Audit;
use crate::browser::Browser;
use crate::demo::Demo;
use crate::walk::Walk;

/// An untouched order.
pub const QUIET: &str = "Affiche voor een theatervoorstelling";

/// Pages for signed-in accounts, and addresses that do not exist.
pub const PAGES: [&str; 20] = [
    "/orders",
    "/orders?filter=closed",
    "/orders?q=bestaat-niet",
    "/orders?filter=late",
    "/disputes",
    "/disputes?view=closed",
    "/notifications",
    "/account",
    "/account?devices=all",
    "/account/events",
    "/account/second-factor",
    "/account/second-factor/set-up",
    "/help",
    "/help/cancelling",
    "/privacy",
    "/accessibility",
    "/demo/mail",
    "/demo/webhooks",
    "/nergens",
    "/orders/OC-00000000",
];

/// Pages for visitors without an account.
pub const VISITED: [&str; 12] = [
    "/sign-in",
    "/sign-in?next=/orders",
    "/password/forgotten",
    "/password/sent",
    "/password/x.y",
    "/help",
    "/help/cancelling",
    "/privacy",
    "/accessibility",
    "/demo/mail",
    "/demo/webhooks",
    "/nergens",
];

/// Pages of an order without an open question. A party without the right to ask sees an explanation.
pub const QUESTIONS: [&str; 7] = [
    "/resolution",
    "/resolution?step=1",
    "/resolution?action=update",
    "/resolution?action=cancellation",
    "/change",
    "/print",
    "/dossier",
];

/// Each list, and a page that its first entry refuses with an explanation: a late answer, a closed order, an open
/// question.
const TOO_LATE: [(&str, &str); 3] = [
    ("/disputes?view=closed", "/accept"),
    ("/orders?filter=closed", "/resolution"),
    ("/orders?filter=waiting", "/change"),
];

/// Visits every kind of page: the lists, an untouched order with all its forms, an order of every status, a dispute of
/// every kind and outcome, the confirmation pages, and the refusals.
fn walks_everywhere(browser: &Browser, language: &'static str) {
    browser.opens(QUIET);
    let quiet = browser.path();
    if language == "en" {
        browser.clicks("Read this page in English");
        browser.region("Timeline").text();
    }
    let mut walk = Walk::new(browser, language);
    let mut ways = vec![quiet.clone()];
    for page in PAGES {
        walk.goes_to(page);
        ways.extend(walk.ways_to_something_new());
    }
    ways.extend(QUESTIONS.map(|question| format!("{quiet}{question}")));
    for (list, refused) in TOO_LATE {
        browser.visits(list);
        let first = walk.way("main .cards a[href^='/orders/']").expect("the list is not empty");
        ways.push(format!("{first}{refused}"));
    }
    for page in ways {
        walk.goes_to(&page);
        if let Some(sure) = walk.way("main a[href$='/accept']") {
            walk.goes_to(&sure);
        }
    }
    walk.audit.finds_nothing(48);
}

#[test]
fn every_page_of_a_customer_is_sound_in_dutch() {
    let demo = Demo::for_one();
    walks_everywhere(&demo.as_klant(), "nl");
}

#[test]
fn every_page_of_a_customer_is_sound_in_english() {
    let demo = Demo::for_one();
    walks_everywhere(&demo.as_klant(), "en");
}

#[test]
fn every_page_of_a_freelancer_is_sound_in_dutch() {
    let demo = Demo::for_one();
    walks_everywhere(&demo.as_freelancer(), "nl");
}

#[test]
fn every_page_of_a_freelancer_is_sound_in_english() {
    let demo = Demo::for_one();
    walks_everywhere(&demo.as_freelancer(), "en");
}

#[test]
fn every_page_of_a_visitor_is_sound() {
    let demo = Demo::for_one();
    let visitor = demo.visitor();
    for language in ["nl", "en"] {
        let mut walk = Walk::new(&visitor, language);
        for page in VISITED {
            walk.goes_to(page);
        }
        walk.audit.finds_nothing(VISITED.len());
        visitor.visits("/help");
        if language == "nl" {
            visitor.clicks("Read this page in English");
            visitor.is_on("How the Resolution Center works");
        }
    }
}

#[test]
fn every_page_of_somebody_without_disputes_is_sound() {
    let demo = Demo::for_one();
    let visitor = demo.visitor();
    visitor.main().clicks("Log in als Youssef El Amrani");
    visitor.is_on("Bestellingen");
    visitor.visits("/orders?filter=waiting");
    assert!(
        visitor.runs("return document.querySelector('main .empty') !== null").as_bool().unwrap(),
        "it is not empty"
    );
    let mut walk = Walk::new(&visitor, "nl");
    for list in ["/orders", "/orders?filter=waiting", "/disputes"] {
        walk.goes_to(list);
    }
    walk.audit.finds_nothing(3);
}

/// Forms that are refused outright: their name, the `form` as it is made, and the status.
const NOT_TAKEN: [(&str, &str, u16); 3] = [
    ("from elsewhere", "const form = document.querySelector('main form'); form.elements.csrf_token.value = 'x';", 403),
    (
        "in no language",
        "const form = document.querySelector('form[action=\"/language\"]'); form.elements.language.value = 'xx';",
        400,
    ),
    (
        "too large",
        "const form = document.querySelector('main form'); form.elements.email.value = 'x'.repeat(1 << 20);",
        413,
    ),
];

/// Guesses passwords until a wait is imposed.
const GUESSED: &str = r#"
    const form = document.querySelector("main form");
    form.elements.email.value = "iemand@example.com";
    form.elements.password.value = "geraden";
"#;
const GUESSES: &str = r#"
    return (async () => {
        for (let times = 0; times < 50; times += 1) {
            const { status } = await fetch(form.action, { method: "post", body: new URLSearchParams(new FormData(form)) });
            if (status === 429) return;
        }
    })();
"#;

#[test]
fn every_page_that_takes_nothing_is_sound() {
    let demo = Demo::for_one();
    let visitor = demo.visitor();
    visitor.visits("/sign-in");
    visitor.runs(&format!("{GUESSED} {GUESSES}"));
    // The console's messages on the guesses are not about a page.
    visitor.console();
    for language in ["nl", "en"] {
        let mut walk = Walk::new(&visitor, language);
        walk.goes_to("/sign-out");
        for (name, form, status) in NOT_TAKEN {
            walk.sends("/sign-in", name, form, status);
        }
        walk.sends("/sign-in", "guessed", GUESSED, 429);
        walk.audit.finds_nothing(2 + NOT_TAKEN.len());
        if language == "nl" {
            visitor.visits("/help");
            visitor.clicks("Read this page in English");
            visitor.is_on("How the Resolution Center works");
        }
    }
}

/// The mails to this reader: the first of each kind, by its subject before the order's title, with its HTML, which its
/// own page may not fetch.
const MAILS: &str = r#"
    const people = /Sanne de Vries|Daan Bakker|Noor Jansen|Youssef El Amrani/g;
    const first = new Map();
    for (const mail of document.querySelectorAll(".mail")) {
        const kind = mail.querySelector("h2").textContent.split(": ")[0].replace(/\d.*/, "…").replace(people, "…");
        if (mail.textContent.includes(arguments[0]) && !first.has(kind)) first.set(kind, mail.querySelector("a[href^='/demo/mail/']").getAttribute("href"));
    }
    return Promise.all([...first.values()].map(async (mail) => [mail, await (await fetch(mail)).text()]));
"#;

#[test]
fn every_kind_of_mail_is_sound() {
    let demo = Demo::for_one();
    let customer = demo.as_klant();
    for language in ["nl", "en"] {
        customer.visits("/demo/mail");
        let mails = customer.runs_with(MAILS, vec![customer.person.email().into()]);
        let mails: Vec<(String, String)> = serde_json::from_value(mails).unwrap();
        let mut audit = Audit::new(language);
        for (mail, html) in &mails {
            audit.prepares(&customer);
            customer.visits(mail);
            audit.judges(&customer, mail, Some(html));
        }
        audit.finds_nothing(6);
        if language == "nl" {
            customer.visits("/orders");
            customer.clicks("Read this page in English");
            customer.is_on("Orders");
        }
    }
}
