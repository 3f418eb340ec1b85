//! Journeys: the freelancer asks for more time and extras.

use chrono::TimeDelta;

use crate::browser::Browser;
use crate::browser::Script;
use crate::demo::Demo;

const ORDER: &str = "Infographic over warmtepompen";
const WHY: &str = "Met de twee extra platen erbij heb ik een week langer nodig.";

/// Asks for seven days and two extras; the line of the second is opened first.
#[track_caller]
fn asks_for_seven_days_and_two_extras(freelancer: &Browser) {
    freelancer.opens(ORDER);
    freelancer.region("Oplossingscentrum").clicks("Wijziging aanvragen");
    freelancer.is_on("Wijziging aanvragen");
    freelancer.fills("Extra dagen", "7");
    freelancer.group("Extra 1").fills("Omschrijving", "Plaat over isolatie");
    freelancer.group("Extra 1").fills("Prijs", "75");
    freelancer.clicks("Nog een extra toevoegen");
    freelancer.group("Extra 2").fills("Omschrijving", "Plaat over subsidies");
    freelancer.group("Extra 2").fills("Prijs", "49,99");
    freelancer.fills("Opmerking", WHY);
    freelancer.clicks("Versturen");
    freelancer.sees("Verstuurd.");
}

#[test]
fn accepted_the_order_has_the_new_date_and_price() {
    let (_demo, customer, freelancer) = Demo::for_both(Script::On, Script::Off);

    customer.opens(ORDER);
    let before = customer.delivery_date();
    assert_eq!(customer.price(), "€ 245,00");
    asks_for_seven_days_and_two_extras(&freelancer);
    customer.opens(ORDER);
    assert_eq!(customer.status(), "Wijziging aangevraagd");
    assert_eq!((customer.delivery_date(), customer.price()), (before, "€ 245,00".to_owned()), "nothing changes yet");

    customer.goes_to_answer(ORDER);
    customer.sees(WHY);
    let asked = customer.region("Wat er gevraagd wordt").text();
    for words in
        ["7 dagen extra", "€ 245,00 wordt € 369,99", "Plaat over isolatie € 75,00", "Plaat over subsidies € 49,99"]
    {
        assert!(asked.contains(words), "{words:?} is not in: {asked}");
    }
    customer.accepts("en de prijs € 369,99.", "Ga je akkoord met deze wijziging?");

    for browser in [&customer, &freelancer] {
        browser.opens(ORDER);
        assert_eq!(browser.status(), "Actief");
        assert_eq!(browser.delivery_date(), before + TimeDelta::days(7));
        assert_eq!(browser.price(), "€ 369,99");
        browser.region("Over deze bestelling").says("Plaat over subsidies");
    }
}

#[test]
fn without_an_answer_it_is_withdrawn_after_four_days_and_nothing_changed() {
    let (_demo, customer, freelancer) = Demo::for_both(Script::On, Script::Off);

    customer.opens(ORDER);
    let before = (customer.delivery_date(), customer.price());
    asks_for_seven_days_and_two_extras(&freelancer);
    customer.moves_the_clock("+ 2 dagen");
    customer.opens(ORDER);
    assert_eq!(customer.status(), "Wijziging aangevraagd", "two days are not enough");
    customer.moves_the_clock("+ 4 dagen");

    for browser in [&customer, &freelancer] {
        browser.opens(ORDER);
        assert_eq!(browser.status(), "Actief");
        assert_eq!((browser.delivery_date(), browser.price()), before);
        let timeline = browser.timeline();
        assert!(timeline.contains("Het verzoek is automatisch ingetrokken."), "{timeline}");
    }
}
