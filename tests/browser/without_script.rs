//! Everything works in a browser without scripts.

use thirtyfour::By;

use crate::browser::Browser;
use crate::browser::Script;
use crate::demo::Demo;
use crate::people::Person;

const ORDER: &str = "Webteksten herschrijven op B1-niveau";

/// Fails unless scripts are off: a page cannot change its own title.
#[track_caller]
fn has_no_script(browser: &Browser) {
    let page = "data:text/html,<title>off</title><script>document.title='on'</script>";
    browser.wait_for(browser.driver().goto(page)).unwrap();
    assert_eq!(browser.wait_for(browser.driver().title()).unwrap(), "off", "scripts run");
}

/// The number of character counters; only scripts make them.
fn counters(browser: &Browser) -> usize {
    browser.wait_for(browser.driver().find_all(By::Css(".count"))).unwrap().len()
}

#[test]
fn an_update_is_asked_for_and_given_without_script() {
    let (_demo, klant, freelancer) = Demo::for_both(Script::Off, Script::Off);
    for browser in [&klant, &freelancer] {
        has_no_script(browser);
        browser.visits("/orders");
    }
    // By password too, the way to sign in outside the demo.
    klant.clicks("Uitloggen");
    klant.is_on("Inloggen");
    klant.fills("E-mailadres", Person::Klant.email());
    klant.fills("Wachtwoord", "oplossing-demo");
    klant.form("Inloggen").clicks("Inloggen");
    klant.is_on("Bestellingen");

    klant.opens(ORDER);
    klant.opens_the_center();
    klant.clicks("Doorgaan");
    klant.sees("Kies wat je wilt doen");
    klant.chooses("Een update van een bestelling krijgen");
    klant.clicks("Doorgaan");
    klant.is_on("Ontvang een update van een bestelling");
    assert_eq!(counters(&klant), 0);
    klant.fills("Opmerking", "Hoe staat het ervoor?");
    klant.clicks("Versturen");
    klant.sees("Verstuurd.");

    freelancer.goes_to_answer(ORDER);
    assert_eq!(counters(&freelancer), 0);
    freelancer.sees("Hoe staat het ervoor?");
    freelancer.gives_update("Op de helft.");

    klant.opens(ORDER);
    assert_eq!(klant.status(), "Actief");
    assert!(klant.timeline().contains("Op de helft."));
}

#[test]
fn a_double_click_without_script_opens_one_dispute() {
    let demo = Demo::for_one();
    let klant = demo.as_klant_without_script();
    crate::forms::asks_with_a_double_click(&klant, ORDER);
    assert_eq!(counters(&klant), 0);
}
