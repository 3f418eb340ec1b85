//! Journeys: the freelancer asks the customer to cancel, with every possible end.

use crate::browser::Script;
use crate::demo::Demo;

const ORDER: &str = "Presentatie voor investeerders, 18 dia's";
const REASON: &str = "De klant vraagt meer dan is afgesproken";
const WHY: &str = "Het zijn nu veertig dia's geworden.";
const OUTCOME: &str = "De bestelling wordt meteen geannuleerd, voor jullie allebei. Dit kun je niet terugdraaien.";

#[test]
fn accepted_it_is_cancelled_and_both_read_who_asked_when_and_why() {
    let (_demo, customer, freelancer) = Demo::for_both(Script::On, Script::On);

    freelancer.opens(ORDER);
    let asked = freelancer.asks_to_cancel(REASON, WHY);
    customer.goes_to_answer(ORDER);
    customer.sees(WHY);
    customer.sees(&format!("Reden: {REASON}"));
    customer.accepts(OUTCOME, "Ga je akkoord met annuleren?");

    for (browser, who) in [
        (&customer, format!("Daan Bakker vroeg op {asked} om te annuleren en jij ging op")),
        (&freelancer, format!("Je vroeg op {asked} om te annuleren en Sanne de Vries ging op")),
    ] {
        browser.opens(ORDER);
        assert_eq!(browser.status(), "Wederzijds geannuleerd");
        browser.main().says(&who);
        browser.main().says(&format!("Reden: {REASON}"));
    }
}

#[test]
fn declined_it_goes_on_and_the_freelancer_reads_why_not() {
    let (_demo, customer, freelancer) = Demo::for_both(Script::On, Script::On);
    let why_not = "We laten de bijlagen weg, dan zijn het er weer achttien.";

    freelancer.opens(ORDER);
    freelancer.asks_to_cancel(REASON, WHY);
    customer.goes_to_answer(ORDER);
    customer.declines(why_not);

    freelancer.opens(ORDER);
    assert_eq!(freelancer.status(), "Actief");
    let timeline = freelancer.timeline();
    assert!(timeline.contains("Sanne de Vries is niet akkoord gegaan met annuleren."), "{timeline}");
    assert!(timeline.contains(why_not), "{timeline}");
}

#[test]
fn withdrawn_from_the_order_page_it_goes_on() {
    let (_demo, customer, freelancer) = Demo::for_both(Script::On, Script::On);

    freelancer.opens(ORDER);
    freelancer.asks_to_cancel(REASON, WHY);
    freelancer.opens(ORDER);
    freelancer.region("Oplossingscentrum").clicks("Intrekken");
    freelancer.is_on("Wil je het verzoek om te annuleren intrekken?");
    freelancer.clicks("Terug");
    freelancer.sees("Wat kun je doen");
    freelancer.clicks("Intrekken");
    freelancer.is_on("Wil je het verzoek om te annuleren intrekken?");
    freelancer.clicks("Intrekken");
    freelancer.sees("Ingetrokken. De bestelling gaat verder");

    for (browser, withdrawn) in [
        (&customer, "Daan Bakker heeft het verzoek om te annuleren ingetrokken."),
        (&freelancer, "Je hebt het verzoek om te annuleren ingetrokken."),
    ] {
        browser.opens(ORDER);
        assert_eq!(browser.status(), "Actief");
        assert!(browser.timeline().contains(withdrawn), "{}", browser.timeline());
    }
}

#[test]
fn without_an_answer_it_is_cancelled_after_two_days() {
    let (_demo, customer, freelancer) = Demo::for_both(Script::On, Script::On);

    freelancer.opens(ORDER);
    let asked = freelancer.asks_to_cancel(REASON, WHY);
    // The page with the buttons is open when the time passes; its reader presses one and then reads that it is too
    // late.
    customer.goes_to_answer(ORDER);
    freelancer.moves_the_clock("+ 2 dagen");
    customer.clicks("Accepteren");
    customer.eventually("page that says it is too late", || (!customer.main().offers("Accepteren")).then_some(()));
    customer.sees("De tijd is om");

    for (browser, who) in [
        (&customer, format!("Daan Bakker vroeg om te annuleren op {asked}. Binnen 48 uur kwam er geen antwoord")),
        (&freelancer, format!("Je vroeg om te annuleren op {asked}. Binnen 48 uur kwam er geen antwoord")),
    ] {
        browser.opens(ORDER);
        assert_eq!(browser.status(), "Wederzijds geannuleerd");
        browser.main().says(&who);
        browser.main().says(&format!("Reden: {REASON}"));
    }
}
