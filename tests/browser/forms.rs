//! Forms that are filled in wrongly, too long, or sent twice.

use crate::browser::Browser;
use crate::demo::Demo;

const ORDER: &str = "Persbericht over een nieuwe winkel";

#[test]
fn what_is_wrong_has_the_focus_leads_to_its_field_and_keeps_what_was_chosen() {
    let demo = Demo::for_one();
    let klant = demo.as_klant();
    klant.opens(ORDER);
    klant.goes_to_cancelling();
    klant.picks("Reden", "Ik heb de opdracht niet meer nodig");
    klant.clicks("Versturen");

    klant.sees("Er klopt nog iets niet");
    assert_eq!(klant.focused(), "Er klopt nog iets niet");
    assert!(klant.wait_for(klant.driver().title()).unwrap().starts_with("Fout: "));
    assert_eq!(klant.page().picked("Reden"), "Ik heb de opdracht niet meer nodig");
    klant.clicks("Leg uit waarom je wilt annuleren");
    assert!(klant.focused().starts_with("Opmerking"), "the focus is on {:?}", klant.focused());

    klant.picks("Reden", "Kies een reden");
    klant.fills("Opmerking", "Ik heb een collega die dit kan.");
    klant.clicks("Versturen");
    klant.clicks("Kies een reden");
    assert!(klant.focused().starts_with("Reden"), "the focus is on {:?}", klant.focused());
    assert_eq!(klant.page().value("Opmerking"), "Ik heb een collega die dit kan.");

    klant.picks("Reden", "Anders");
    klant.clicks("Versturen");
    klant.sees("Verstuurd.");
}

#[test]
fn near_the_longest_text_the_form_counts_what_is_left() {
    let demo = Demo::for_one();
    let klant = demo.as_klant();
    klant.opens(ORDER);
    klant.goes_to_cancelling();
    klant.fills("Opmerking", &"tien tekst ".repeat(227).chars().take(2_490).collect::<String>());
    klant.eventually("counter that says 10", || {
        klant.main().all("//textarea/following-sibling::p").iter().any(|count| count.contains("10")).then_some(())
    });
}

#[test]
fn a_double_click_on_versturen_opens_one_dispute() {
    let demo = Demo::for_one();
    let klant = demo.as_klant();
    asks_with_a_double_click(&klant, ORDER);
}

/// Asks for an update with a double click on the button.
#[track_caller]
pub fn asks_with_a_double_click(klant: &Browser, order: &str) {
    klant.opens(order);
    klant.opens_the_center();
    klant.chooses("Een update van een bestelling krijgen");
    klant.clicks("Doorgaan");
    klant.fills("Opmerking", "Hoe staat het ervoor?");
    klant.form("Versturen").double_clicks("Versturen");
    klant.is_on("Je vroeg Daan Bakker om een update");
    assert!(klant.path().ends_with("/disputes/1"), "{}", klant.path());

    klant.opens(order);
    assert_eq!(klant.timeline().matches("Je vroeg om een update. Bekijken").count(), 1, "{}", klant.timeline());
    klant.clicks("Openstaande geschillen");
    klant.is_on("Openstaande geschillen");
    assert_eq!(klant.region("Wacht op de ander").text().matches(&format!("Intrekken {order}")).count(), 1);
}
