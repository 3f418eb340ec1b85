//! Journey: the customer asks for an update, and the freelancer gives it.

use crate::browser::Script;
use crate::demo::Demo;

const ORDER: &str = "Logo voor een hondenuitlaatservice";
const QUESTION: &str = "Hoi Daan, hoe ver ben je met de schetsen?";
const UPDATE: &str = "Drie schetsen zijn klaar.\nDonderdag stuur ik ze.";

#[test]
fn a_customer_asks_for_an_update_and_the_freelancer_gives_it() {
    let (_demo, customer, freelancer) = Demo::for_both(Script::On, Script::On);

    customer.opens(ORDER);
    assert_eq!(customer.status(), "Actief");
    customer.asks_for_an_update(QUESTION);
    customer.opens(ORDER);
    assert_eq!(customer.status(), "In geschil");
    customer.opens_the_center();
    customer.sees("Je vroeg Daan Bakker om een update");
    assert!(!customer.main().offers("Doorgaan"), "there is no second question while one is open");

    freelancer.opens(ORDER);
    assert_eq!(freelancer.status(), "In geschil");
    freelancer.goes_to_answer(ORDER);
    freelancer.sees(QUESTION);
    freelancer.sees("Doe je niets, dan");
    freelancer.gives_update(UPDATE);
    freelancer.sees("Beantwoord op");

    for (browser, asked, given) in [
        (&customer, "Je hebt om een update gevraagd.", "Daan Bakker heeft een update gegeven."),
        (&freelancer, "Sanne de Vries heeft om een update gevraagd.", "Je hebt een update gegeven."),
    ] {
        browser.opens(ORDER);
        assert_eq!(browser.status(), "Actief");
        let timeline = browser.timeline();
        let place = |words: &str| timeline.find(words).unwrap_or_else(|| panic!("{words:?} is not in: {timeline}"));
        assert!(place(asked) < place(QUESTION) && place(QUESTION) < place(given), "in order: {timeline}");
        assert!(place(given) < place("Drie schetsen zijn klaar. Donderdag stuur ik ze."), "in order: {timeline}");
    }
}

#[test]
fn both_talk_before_the_answer_and_the_badge_counts_what_waits() {
    let (_demo, customer, freelancer) = Demo::for_both(Script::On, Script::On);
    let waiting = || -> u32 {
        freelancer.clicks("Openstaande geschillen");
        freelancer.is_on("Openstaande geschillen");
        let links = freelancer.page().all("//nav//a[@href='/disputes']");
        links[0].split_whitespace().find_map(|word| word.parse().ok()).unwrap_or(0)
    };

    let before = waiting();
    customer.opens(ORDER);
    customer.asks_for_an_update(QUESTION);
    assert_eq!(waiting(), before + 1);

    freelancer.goes_to_answer(ORDER);
    freelancer.fills("Opmerking", "Vanavond kijk ik het na.");
    freelancer.clicks("Opmerking plaatsen");
    freelancer.sees("Je opmerking staat erbij.");
    assert_eq!(waiting(), before + 1, "a comment is not an answer");

    customer.clicks("Openstaande geschillen");
    customer.region("Wacht op de ander").clicks(&format!("Bekijken {ORDER}"));
    customer.sees("Vanavond kijk ik het na.");
    customer.fills("Opmerking", "Fijn!");
    customer.clicks("Opmerking plaatsen");
    customer.sees("Je opmerking staat erbij.");

    freelancer.goes_to_answer(ORDER);
    freelancer.sees("Fijn!");
    freelancer.gives_update(UPDATE);
    assert_eq!(waiting(), before);
}
