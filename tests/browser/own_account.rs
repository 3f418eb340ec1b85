//! People's own accounts: a new password by mail, and a calendar.

use crate::browser::Browser;
use crate::demo::Demo;
use crate::people::Person;
use crate::walk::Walk;

/// Audits a page that only this journey visits, in both languages, and goes back to it.
#[track_caller]
pub fn judges(browser: &Browser, page: &str) {
    for (language, other) in [("nl", "Read this page in English"), ("en", "Lees deze pagina in het Nederlands")] {
        let mut walk = Walk::new(browser, language);
        walk.goes_to(page);
        walk.audit.finds_nothing(1);
        browser.visits(page);
        browser.page().clicks(other);
        browser.eventually("page in the other language", || {
            let spoken = browser.runs("return document.documentElement.lang");
            (spoken != language).then_some(())
        });
    }
}

#[test]
fn a_forgotten_password_is_replaced_with_the_link_of_a_mail() {
    let demo = Demo::for_one();
    let visitor = demo.visitor();
    visitor.clicks("Wachtwoord vergeten of nog geen wachtwoord?");
    visitor.is_on("Een nieuw wachtwoord kiezen");
    visitor.fills("E-mailadres", Person::Klant.email());
    visitor.clicks("Stuur me een link");
    visitor.is_on("Kijk in je mailbox");
    visitor.visits("/demo/mail");
    let find = "return document.querySelector(\"main a[href*='/password/']\").pathname";
    let link = visitor.runs(find).as_str().expect("the mail has its link").to_owned();
    judges(&visitor, &link);
    visitor.is_on("Kies je wachtwoord");
    // The page sends no referrer, and a real browser still states the origin of its form.
    visitor.fills("Nieuw wachtwoord", "een heel ander wachtwoord");
    visitor.clicks("Wachtwoord opslaan");
    visitor.is_on("Bestellingen");
    visitor.sees("Je wachtwoord is opgeslagen. Je bent hier ingelogd en op je andere apparaten uitgelogd.");
    visitor.visits(&link);
    visitor.is_on("Deze link werkt niet meer");
}

#[test]
fn a_calendar_is_made_and_stopped() {
    let demo = Demo::for_one();
    let customer = demo.as_klant();
    customer.clicks("Account");
    customer.region("Agenda").fills("Huidig wachtwoord", "oplossing-demo");
    customer.clicks("Agenda maken");
    customer.sees("Je agenda is gemaakt.");
    let address = customer.region("Agenda").value("Adres van je agenda");
    assert!(address.starts_with(&format!("{}/calendar/", demo.address)), "{address}");
    judges(&customer, "/account");
    customer.region("Agenda").fills("Huidig wachtwoord", "oplossing-demo");
    customer.clicks("Nieuw adres maken");
    customer.sees("Het oude werkt niet meer.");
    assert_ne!(customer.region("Agenda").value("Adres van je agenda"), address);
    customer.clicks("Agenda uitzetten");
    customer.sees("Je agenda staat uit.");
    assert!(customer.page().offers("Agenda maken"));
}
