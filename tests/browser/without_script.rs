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
    let (_demo, customer, freelancer) = Demo::for_both(Script::Off, Script::Off);
    for browser in [&customer, &freelancer] {
        has_no_script(browser);
        browser.visits("/orders");
    }
    // By password too, the way to sign in outside the demo.
    customer.clicks("Uitloggen");
    customer.is_on("Inloggen");
    customer.fills("E-mailadres", Person::Klant.email());
    customer.fills("Wachtwoord", "oplossing-demo");
    customer.form("Inloggen").clicks("Inloggen");
    customer.is_on("Bestellingen");

    customer.opens(ORDER);
    customer.opens_the_center();
    customer.clicks("Doorgaan");
    customer.sees("Kies wat je wilt doen");
    customer.chooses("Een update van een bestelling krijgen");
    customer.clicks("Doorgaan");
    customer.is_on("Ontvang een update van een bestelling");
    assert_eq!(counters(&customer), 0);
    customer.fills("Opmerking", "Hoe staat het ervoor?");
    customer.clicks("Versturen");
    customer.sees("Verstuurd.");

    freelancer.goes_to_answer(ORDER);
    assert_eq!(counters(&freelancer), 0);
    freelancer.sees("Hoe staat het ervoor?");
    freelancer.gives_update("Op de helft.");

    customer.opens(ORDER);
    assert_eq!(customer.status(), "Actief");
    assert!(customer.timeline().contains("Op de helft."));
}

#[test]
fn a_double_click_without_script_opens_one_dispute() {
    let demo = Demo::for_one();
    let customer = demo.as_klant_without_script();
    crate::forms::asks_with_a_double_click(&customer, ORDER);
    assert_eq!(counters(&customer), 0);
}
