//! What runs in Chromium, Firefox and WebKit: a journey of each kind, and every page in its window.
//!
//! Only what the WebDriver standard has is used here, so that each engine can be driven; see `engine.rs`.

use crate::browser::{Browser, Script};
use crate::demo::Demo;
use crate::every_page::{PAGES, QUESTIONS, QUIET, VISITED};
use crate::walk::Walk;

const CANCELLED: &str = "Persbericht over een nieuwe winkel";
const CHANGED: &str = "Infographic over warmtepompen";

/// A wide screen and a phone.
const SCREENS: [(u32, u32); 2] = [(1280, 900), (390, 844)];

#[test]
fn a_customer_asks_to_cancel_and_the_freelancer_goes_on() {
    let (_demo, customer, freelancer) = Demo::for_both(Script::On, Script::On);
    customer.opens(CANCELLED);
    customer.goes_to_cancelling();
    customer.clicks("Versturen");
    customer.sees("Er klopt nog iets niet");
    customer.picks("Reden", "De levering komt te laat");
    customer.fills("Opmerking", "De winkel opent maandag al.");
    customer.clicks("Versturen");
    customer.sees("Verstuurd.");

    freelancer.goes_to_answer(CANCELLED);
    freelancer.sees("De winkel opent maandag al.");
    freelancer.declines("Zondagavond staat het erin.");
    customer.opens(CANCELLED);
    assert_eq!(customer.status(), "Actief");
    let timeline = customer.timeline();
    assert!(timeline.contains("Zondagavond staat het erin."), "{timeline}");
}

#[test]
fn a_freelancer_asks_for_a_change_and_the_customer_takes_the_date() {
    let (_demo, customer, freelancer) = Demo::for_both(Script::On, Script::On);
    customer.opens(CHANGED);
    let (before, price) = (customer.delivery_date(), customer.price());
    freelancer.opens(CHANGED);
    freelancer.region("Oplossingscentrum").clicks("Wijziging aanvragen");
    freelancer.is_on("Wijziging aanvragen");
    freelancer.fills("Extra dagen", "7");
    freelancer.group("Extra 1").fills("Omschrijving", "Plaat over isolatie");
    freelancer.group("Extra 1").fills("Prijs", "75");
    freelancer.clicks("Nog een extra toevoegen");
    freelancer.group("Extra 2").fills("Omschrijving", "Plaat over subsidies");
    freelancer.group("Extra 2").fills("Prijs", "49,99");
    freelancer.fills("Opmerking", "Met de platen erbij heb ik een week langer nodig.");
    freelancer.clicks("Versturen");
    freelancer.sees("Verstuurd.");

    customer.goes_to_answer(CHANGED);
    customer.clicks("Alleen de datum");
    customer.is_on("Ga je akkoord met alleen de nieuwe leverdatum?");
    customer.clicks("Accepteren");
    customer.sees("Je bent akkoord gegaan");
    customer.opens(CHANGED);
    assert_eq!(customer.delivery_date(), before + chrono::TimeDelta::days(7));
    assert_eq!(customer.price(), price, "the extras were not taken");
}

#[test]
fn a_visitor_lands_where_the_link_led() {
    let demo = Demo::for_one();
    let visitor = demo.visitor();
    visitor.visits("/account");
    visitor.is_on("Inloggen");
    visitor.fills("E-mailadres", "klant@example.com");
    visitor.fills("Wachtwoord", "Oplossing-demo");
    visitor.clicks("Toon wachtwoord");
    visitor.form("Inloggen").clicks("Inloggen");
    visitor.sees("Er klopt nog iets niet");
    assert_eq!(visitor.page().value("E-mailadres"), "klant@example.com");
    visitor.fills("Wachtwoord", "oplossing-demo");
    visitor.form("Inloggen").clicks("Inloggen");
    visitor.is_on("Account");
    visitor.clicks("Read this page in English");
    visitor.is_on("Account");
    visitor.clicks("Orders");
    visitor.is_on("Orders");
}

/// The faults of these pages on both screens.
fn faults_of(browser: &Browser, pages: &[String]) -> Vec<String> {
    let mut faults = Vec::new();
    for page in pages {
        browser.visits(page);
        for (width, height) in SCREENS {
            browser.has_a_screen_of(width, height);
            let found = browser.faults("nl", width);
            faults.extend(found.into_iter().map(|fault| format!("{page} at {width}: {fault}")));
        }
    }
    faults
}

/// The pages of this person's orders: the lists, an order with all its forms, and one card of each kind and outcome.
fn pages_of(browser: &Browser) -> Vec<String> {
    browser.opens(QUIET);
    let quiet = browser.path();
    let mut walk = Walk::new(browser, "nl");
    let mut pages = vec!["/orders".to_owned(), "/disputes".to_owned(), "/notifications".to_owned(), quiet.clone()];
    for list in ["/orders", "/disputes", "/disputes?view=closed"] {
        browser.visits(list);
        pages.extend(walk.ways_to_something_new());
    }
    pages.extend(QUESTIONS.map(|question| format!("{quiet}{question}")));
    pages.sort();
    pages.dedup();
    pages
}

#[test]
fn every_page_of_a_customer_fits_its_window() {
    let demo = Demo::for_one();
    let customer = demo.as_klant();
    let mut pages = pages_of(&customer);
    pages.extend(PAGES.map(ToOwned::to_owned));
    assert!(pages.len() >= 30, "{pages:?}");
    assert_eq!(faults_of(&customer, &pages), Vec::<String>::new());
}

#[test]
fn every_page_of_a_freelancer_fits_its_window() {
    let demo = Demo::for_one();
    let freelancer = demo.as_freelancer();
    let pages = pages_of(&freelancer);
    assert!(pages.len() >= 15, "{pages:?}");
    assert_eq!(faults_of(&freelancer, &pages), Vec::<String>::new());
}

#[test]
fn every_page_of_a_visitor_fits_its_window() {
    let demo = Demo::for_one();
    let visitor = demo.visitor();
    assert_eq!(faults_of(&visitor, &VISITED.map(ToOwned::to_owned)), Vec::<String>::new());
}

/// The lists to choose from that have the face of the device instead of the page's.
const NATIVE: &str = "return [...document.querySelectorAll('select')].filter((e) => getComputedStyle(e).appearance !== 'none').map((e) => e.name)";

#[test]
fn lists_to_choose_from_have_the_face_of_the_page() {
    let demo = Demo::for_one();
    let customer = demo.as_klant();
    for page in ["/orders", "/account"] {
        customer.visits(page);
        assert_eq!(customer.runs(NATIVE), serde_json::json!([]), "{page}");
    }
}
