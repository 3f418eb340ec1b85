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
    let (_demo, klant, freelancer) = Demo::for_both(Script::On, Script::On);
    for browser in [&klant, &freelancer] {
        browser.is_as_wide_as(WIDTH);
        fits(browser);
    }

    klant.opens(ORDER);
    fits(&klant);
    let (panel, timeline) = (klant.corner_of("Oplossingscentrum"), klant.corner_of("Tijdlijn"));
    assert!(panel.0 < timeline.0, "the Oplossingscentrum is at {panel:?}, the timeline at {timeline:?}");
    klant.opens_the_center();
    fits(&klant);
    klant.chooses("Een bestelling annuleren");
    klant.clicks("Doorgaan");
    fits(&klant);
    klant.clicks("Versturen");
    klant.sees("Er klopt nog iets niet");
    fits(&klant);
    klant.picks("Reden", "Het werk is niet zoals afgesproken");
    klant.fills("Opmerking", &format!("Kijk op https://example.com/{}", "heel-lang-".repeat(12)));
    klant.clicks("Versturen");
    klant.sees("Verstuurd.");
    fits(&klant);

    freelancer.goes_to_answer(ORDER);
    fits(&freelancer);
    freelancer.clicks("Accepteren");
    freelancer.is_on("Wil je deze bestelling annuleren?");
    fits(&freelancer);
    freelancer.clicks("Terug");
    freelancer.declines("Ik pas het aan.");
    fits(&freelancer);

    klant.opens(ORDER);
    fits(&klant);
    assert_eq!(klant.status(), "Actief");
}

#[test]
fn on_a_wide_screen_the_oplossingscentrum_is_on_the_right() {
    let demo = Demo::for_one();
    let klant = demo.as_klant();
    klant.opens(ORDER);
    let (panel, timeline) = (klant.corner_of("Oplossingscentrum"), klant.corner_of("Tijdlijn"));
    assert!(panel.1 > timeline.1 + 400.0, "the Oplossingscentrum is at {panel:?}, the timeline at {timeline:?}");
}
