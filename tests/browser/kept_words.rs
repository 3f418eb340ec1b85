//! What is typed stays: after a reload, after leaving the page, after a mistake; until it was sent.

use serde_json::Value;

use crate::browser::{Browser, Script};
use crate::demo::Demo;

const ORDER: &str = "Ontwerp voor een bedrijfsbus";
const WORDS: &str = "Ik schrijf dit op mijn telefoon.";

/// The drafts on this device.
fn drafts(browser: &Browser) -> Vec<Value> {
    let found = browser.runs("return Object.entries(sessionStorage).filter(([name]) => name.startsWith('draft'))");
    found.as_array().unwrap().clone()
}

fn goes_back(browser: &Browser) {
    browser.wait_for(browser.driver().back()).unwrap();
}

#[test]
fn what_is_typed_is_there_after_a_reload_and_gone_once_it_was_sent() {
    let (_demo, customer, freelancer) = Demo::for_both(Script::On, Script::On);
    customer.opens(ORDER);
    customer.asks_for_an_update("Hoe staat het?");
    freelancer.goes_to_answer(ORDER);
    freelancer.fills("Opmerking", WORDS);
    freelancer.wait_for(freelancer.driver().refresh()).unwrap();
    freelancer.sees("Wat kun je doen");
    assert_eq!(freelancer.page().value("Opmerking"), WORDS, "after a reload");
    freelancer.clicks("Bestellingen");
    freelancer.is_on("Bestellingen");
    freelancer.goes_to_answer(ORDER);
    assert_eq!(freelancer.page().value("Opmerking"), WORDS, "after another page");

    freelancer.clicks("Opmerking plaatsen");
    freelancer.sees("Je hebt nog niet geantwoord");
    assert_eq!(freelancer.page().value("Opmerking"), "", "it was sent");
    assert_eq!(drafts(&freelancer), Vec::<Value>::new());
}

#[test]
fn after_a_mistake_the_page_has_its_own_address_and_back_works() {
    let demo = Demo::for_one();
    let customer = demo.as_klant();
    customer.opens(ORDER);
    customer.goes_to_cancelling();
    let form = customer.path();
    customer.fills("Opmerking", WORDS);
    customer.clicks("Versturen");
    customer.sees("Er klopt nog iets niet");
    assert_eq!(customer.path(), form, "it can be opened again");
    customer.wait_for(customer.driver().refresh()).unwrap();
    customer.is_on("Vragen om de bestelling te annuleren");
    assert_eq!(customer.page().value("Opmerking"), WORDS);
    customer.picks("Reden", "Anders");
    customer.clicks("Versturen");
    customer.sees("Verstuurd.");
    goes_back(&customer);
    // WebKit shows the page as it was left; the others ask for it again.
    customer.eventually("page before, or what came of it", || {
        let text = customer.main().text();
        let is_page =
            ["Er staat al iets open", "Vragen om de bestelling te annuleren"].map(|words| text.contains(words));
        is_page.contains(&true).then_some(())
    });
    assert_eq!(customer.path(), form);
}

#[test]
fn going_back_finds_half_an_answer_as_it_was_left() {
    let (_demo, customer, freelancer) = Demo::for_both(Script::On, Script::On);
    customer.opens(ORDER);
    customer.asks_for_an_update("Hoe staat het?");
    freelancer.goes_to_answer(ORDER);
    freelancer.fills("Opmerking", WORDS);
    freelancer.main().clicks(ORDER);
    freelancer.is_on(ORDER);
    goes_back(&freelancer);
    freelancer.sees("Wat kun je doen");
    assert_eq!(freelancer.page().value("Opmerking"), WORDS);
}

#[test]
fn signing_out_leaves_no_word_on_the_device() {
    let demo = Demo::for_one();
    let customer = demo.as_klant();
    customer.opens(ORDER);
    customer.goes_to_cancelling();
    customer.fills("Opmerking", WORDS);
    assert_eq!(drafts(&customer).len(), 1);
    customer.clicks("Uitloggen");
    customer.is_on("Inloggen");
    assert_eq!(drafts(&customer), Vec::<Value>::new());
}
