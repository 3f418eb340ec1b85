//! Journeys: the customer asks to cancel, with every possible end.

use crate::browser::Script;
use crate::demo::Demo;

const ORDER: &str = "SEO-analyse van een fietsenwinkel";
const REASON: &str = "De levering komt te laat";
const WHY: &str = "De winkel gaat vrijdag open, dan is het te laat.";
const OUTCOME: &str = "De bestelling wordt meteen geannuleerd, voor jullie allebei. Dit kun je niet terugdraaien.";

#[test]
fn accepted_it_is_cancelled_and_both_read_who_asked_when_and_why() {
    let (_demo, customer, freelancer) = Demo::for_both(Script::On, Script::On);

    customer.opens(ORDER);
    let asked = customer.asks_to_cancel(REASON, WHY);
    freelancer.goes_to_answer(ORDER);
    freelancer.sees(WHY);
    freelancer.sees(&format!("Reden: {REASON}"));
    freelancer.sees("Doe je niets, dan wordt de bestelling op");
    freelancer.accepts(OUTCOME, "Ga je akkoord met annuleren?");

    for (browser, who) in [
        (&customer, format!("Je vroeg op {asked} om te annuleren en Daan Bakker ging op")),
        (&freelancer, format!("Sanne de Vries vroeg op {asked} om te annuleren en jij ging op")),
    ] {
        browser.opens(ORDER);
        assert_eq!(browser.status(), "Wederzijds geannuleerd");
        browser.main().says(&who);
        browser.main().says(&format!("Reden: {REASON}"));
        assert!(browser.timeline().contains(WHY));
    }
}

#[test]
fn declined_it_goes_on_and_the_customer_reads_why_not() {
    let (_demo, customer, freelancer) = Demo::for_both(Script::On, Script::On);
    let why_not = "Het is bijna af: morgen heb je alles.";

    customer.opens(ORDER);
    customer.asks_to_cancel(REASON, WHY);
    freelancer.goes_to_answer(ORDER);
    freelancer.sees("De bestelling gaat meteen verder als “Actief”.");
    freelancer.declines(why_not);

    customer.opens(ORDER);
    assert_eq!(customer.status(), "Actief");
    let timeline = customer.timeline();
    assert!(timeline.contains("Daan Bakker is niet akkoord gegaan met annuleren."), "{timeline}");
    assert!(timeline.contains(why_not), "{timeline}");
    customer.opens_the_center();
    assert!(customer.main().offers("Doorgaan"), "a new question may follow");
}

#[test]
fn withdrawn_from_the_list_of_open_disputes_it_goes_on() {
    let (_demo, customer, freelancer) = Demo::for_both(Script::On, Script::On);

    customer.opens(ORDER);
    customer.asks_to_cancel(REASON, WHY);
    customer.clicks("Openstaande geschillen");
    customer.region("Wacht op de ander").clicks(&format!("Intrekken {ORDER}"));
    customer.is_on("Wil je het verzoek om te annuleren intrekken?");
    customer.sees("Je verzoek vervalt meteen en de bestelling gaat verder als “Actief”.");
    customer.clicks("Intrekken");
    customer.is_on("Openstaande geschillen");
    customer.sees("Ingetrokken. De bestelling gaat verder");
    customer.does_not_see(ORDER);

    for (browser, withdrawn) in [
        (&customer, "Je hebt het verzoek om te annuleren ingetrokken."),
        (&freelancer, "Sanne de Vries heeft het verzoek om te annuleren ingetrokken."),
    ] {
        browser.opens(ORDER);
        assert_eq!(browser.status(), "Actief");
        assert!(browser.timeline().contains(withdrawn), "{}", browser.timeline());
    }
}

#[test]
fn without_an_answer_it_is_cancelled_after_two_days() {
    let (_demo, customer, freelancer) = Demo::for_both(Script::On, Script::On);

    customer.opens(ORDER);
    let asked = customer.asks_to_cancel(REASON, WHY);
    customer.moves_the_clock("+ 1 dag");
    customer.opens(ORDER);
    assert_eq!(customer.status(), "In geschil");
    customer.moves_the_clock("+ 2 dagen");

    for (browser, who, silent) in [
        (
            &customer,
            format!("Je vroeg om te annuleren op {asked}. Binnen 48 uur kwam er geen antwoord"),
            "automatisch geannuleerd",
        ),
        (
            &freelancer,
            format!("Sanne de Vries vroeg om te annuleren op {asked}. Binnen 48 uur kwam er geen antwoord"),
            "automatisch geannuleerd",
        ),
    ] {
        browser.opens(ORDER);
        assert_eq!(browser.status(), "Wederzijds geannuleerd");
        browser.main().says(&who);
        browser.main().says(silent);
        browser.main().says(&format!("Reden: {REASON}"));
        assert!(browser.timeline().contains("Er kwam binnen 48 uur geen antwoord."), "{}", browser.timeline());
    }
}
