//! Forms that are filled in wrongly, too long, or sent twice.

use crate::browser::Browser;
use crate::demo::Demo;

const ORDER: &str = "Persbericht over een nieuwe winkel";

#[test]
fn what_is_wrong_has_the_focus_leads_to_its_field_and_keeps_what_was_chosen() {
    let demo = Demo::for_one();
    let customer = demo.as_klant();
    customer.opens(ORDER);
    customer.goes_to_cancelling();
    customer.picks("Reden", "Ik heb de opdracht niet meer nodig");
    customer.clicks("Versturen");

    customer.sees("Er klopt nog iets niet");
    assert_eq!(customer.focused(), "Er klopt nog iets niet");
    assert!(customer.wait_for(customer.driver().title()).unwrap().starts_with("Fout: "));
    assert_eq!(customer.page().picked("Reden"), "Ik heb de opdracht niet meer nodig");
    customer.clicks("Leg uit waarom je wilt annuleren");
    assert!(customer.focused().starts_with("Opmerking"), "the focus is on {:?}", customer.focused());

    customer.picks("Reden", "Kies een reden");
    customer.fills("Opmerking", "Ik heb een collega die dit kan.");
    customer.clicks("Versturen");
    customer.clicks("Kies een reden");
    assert!(customer.focused().starts_with("Reden"), "the focus is on {:?}", customer.focused());
    assert_eq!(customer.page().value("Opmerking"), "Ik heb een collega die dit kan.");

    customer.picks("Reden", "Anders");
    customer.clicks("Versturen");
    customer.sees("Verstuurd.");
}

#[test]
fn a_radio_and_a_checkbox_can_be_pressed_themselves() {
    let demo = Demo::for_one();
    let customer = demo.as_klant();
    customer.opens(ORDER);
    customer.opens_the_center();
    let radio = customer.page().field("Een bestelling annuleren");
    customer.wait_for(radio.click()).expect("nothing lies over it");
    customer.clicks("Doorgaan");
    customer.is_on("Vragen om de bestelling te annuleren");
    customer.clicks("Account");
    customer.is_on("Account");
    let checkbox = customer.page().field("Stuur me een e-mail bij een opmerking");
    let was = customer.wait_for(checkbox.is_selected()).unwrap();
    customer.wait_for(checkbox.click()).expect("nothing lies over it");
    assert_ne!(customer.wait_for(checkbox.is_selected()).unwrap(), was);
}

#[test]
fn near_the_longest_text_the_form_counts_what_is_left() {
    let demo = Demo::for_one();
    let customer = demo.as_klant();
    customer.opens(ORDER);
    customer.goes_to_cancelling();
    customer.fills("Opmerking", &"tien tekst ".repeat(227).chars().take(2_490).collect::<String>());
    customer.eventually("counter that says 10", || {
        customer.main().all("//textarea/following-sibling::p").iter().any(|count| count.contains("10")).then_some(())
    });
}

#[test]
fn a_double_click_on_versturen_opens_one_dispute() {
    let demo = Demo::for_one();
    let customer = demo.as_klant();
    asks_with_a_double_click(&customer, ORDER);
}

/// Asks for an update with a double click on the button.
#[track_caller]
pub fn asks_with_a_double_click(customer: &Browser, order: &str) {
    customer.opens(order);
    customer.opens_the_center();
    customer.chooses("Een update van een bestelling krijgen");
    customer.clicks("Doorgaan");
    customer.fills("Opmerking", "Hoe staat het ervoor?");
    customer.form("Versturen").double_clicks("Versturen");
    customer.is_on("Je vroeg Daan Bakker om een update");
    assert!(customer.path().ends_with("/disputes/1"), "{}", customer.path());

    customer.opens(order);
    assert_eq!(
        customer.timeline().matches("Je hebt om een update gevraagd. Bekijken").count(),
        1,
        "{}",
        customer.timeline()
    );
    customer.clicks("Openstaande geschillen");
    customer.is_on("Openstaande geschillen");
    assert_eq!(customer.region("Wacht op de ander").text().matches(&format!("Intrekken {order}")).count(), 1);
}
