//! A narrow screen cuts nothing off, and shows the actions before the history.

use crate::browser::Browser;
use crate::browser::Script;
use crate::demo::Demo;

const ORDER: &str = "Gebruiksaanwijzing voor een e-bike, vier talen";
const WIDTH: u32 = 360;

#[track_caller]
fn fits(browser: &Browser) {
    browser.is_sound("nl", WIDTH);
}

#[test]
fn on_a_phone_nothing_scrolls_sideways_and_the_oplossingscentrum_comes_before_the_timeline() {
    let (_demo, customer, freelancer) = Demo::for_both(Script::On, Script::On);
    for browser in [&customer, &freelancer] {
        browser.is_as_wide_as(WIDTH);
        fits(browser);
    }

    customer.opens(ORDER);
    fits(&customer);
    let (panel, timeline) = (customer.corner_of("Oplossingscentrum"), customer.corner_of("Tijdlijn"));
    assert!(panel.0 < timeline.0, "the Oplossingscentrum is at {panel:?}, the timeline at {timeline:?}");
    customer.opens_the_center();
    fits(&customer);
    customer.chooses("Een bestelling annuleren");
    customer.clicks("Doorgaan");
    fits(&customer);
    customer.clicks("Versturen");
    customer.sees("Er klopt nog iets niet");
    fits(&customer);
    customer.picks("Reden", "Het werk is niet zoals afgesproken");
    customer.fills("Opmerking", &format!("Kijk op https://example.com/{}", "heel-lang-".repeat(12)));
    customer.clicks("Versturen");
    customer.sees("Verstuurd.");
    fits(&customer);

    freelancer.goes_to_answer(ORDER);
    fits(&freelancer);
    freelancer.clicks("Accepteren");
    freelancer.is_on("Wil je deze bestelling annuleren?");
    fits(&freelancer);
    freelancer.clicks("Terug");
    freelancer.declines("Ik pas het aan.");
    fits(&freelancer);

    customer.opens(ORDER);
    fits(&customer);
    assert_eq!(customer.status(), "Actief");
}

#[test]
fn on_a_wide_screen_the_oplossingscentrum_is_on_the_right() {
    let demo = Demo::for_one();
    let customer = demo.as_klant();
    customer.opens(ORDER);
    let (panel, timeline) = (customer.corner_of("Oplossingscentrum"), customer.corner_of("Tijdlijn"));
    assert!(panel.1 > timeline.1 + 400.0, "the Oplossingscentrum is at {panel:?}, the timeline at {timeline:?}");
}
