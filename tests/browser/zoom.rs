//! Zoom of 400 % on a wide screen: everything can be done, one column wide and four lines high.

use thirtyfour::prelude::*;

use crate::browser::Browser;
use crate::browser::Script;
use crate::demo::Demo;

const ORDER: &str = "Muurschildering ontwerpen voor een school";

/// 1280 by 1024 pixels, magnified four times.
const SCREEN: (u32, u32) = (320, 256);

/// Whether an element can be pressed once it was scrolled to as little as needed; else the element that covers it.
const IN_SIGHT: &str = r#"
    const [element] = arguments;
    element.scrollIntoView({ block: "nearest", inline: "nearest" });
    const box = element.getBoundingClientRect();
    const there = document.elementFromPoint(box.left + box.width / 2, box.top + box.height / 2);
    if (box.left < 0 || box.right > innerWidth) return `it stands from ${box.left} to ${box.right}`;
    if (!there) return `it stands at ${box.top}, outside the window`;
    const isIt = element.contains(there) || [...element.labels ?? []].some((label) => label.contains(there));
    return isIt ? null : there.outerHTML.slice(0, 120);
"#;

impl Browser {
    /// Fails unless it can be seen and pressed, and nothing beside it is cut off.
    #[track_caller]
    fn sees_all_of(&self, element: &WebElement, name: &str) {
        let covered = self.runs_with(IN_SIGHT, vec![element.to_json().unwrap()]);
        assert!(covered.is_null(), "{name:?} cannot be pressed on {}: {covered}", self.path());
        let width = self.runs("return document.documentElement.scrollWidth");
        assert_eq!(width, SCREEN.0, "{} scrolls sideways", self.path());
    }

    /// Presses a visible link or button.
    #[track_caller]
    fn presses_in_sight(&self, name: &str) {
        self.sees_all_of(&self.page().pressable(name), name);
        self.clicks(name);
    }

    /// Chooses a visible radio or checkbox.
    #[track_caller]
    fn chooses_in_sight(&self, name: &str) {
        self.sees_all_of(&self.page().field(name), name);
        self.chooses(name);
    }

    /// Writes into a visible field.
    #[track_caller]
    fn fills_in_sight(&self, label: &str, text: &str) {
        self.fills(label, text);
        self.sees_all_of(&self.page().field(label), label);
    }
}

#[test]
fn at_400_percent_a_customer_asks_to_cancel_and_the_freelancer_answers() {
    let (_demo, customer, freelancer) = Demo::for_both(Script::On, Script::On);
    for browser in [&customer, &freelancer] {
        browser.has_a_screen_of(SCREEN.0, SCREEN.1);
    }

    customer.presses_in_sight("Bestellingen");
    customer.fills_in_sight("Zoeken", ORDER);
    customer.presses_in_sight("Zoek");
    customer.presses_in_sight(&format!("Bekijken {ORDER}"));
    customer.is_on(ORDER);
    customer.region("Oplossingscentrum").clicks("Oplossingscentrum");
    customer.is_on("Oplossingscentrum");
    customer.chooses_in_sight("Een bestelling annuleren");
    customer.presses_in_sight("Doorgaan");
    customer.is_on("Vragen om de bestelling te annuleren");
    customer.presses_in_sight("Versturen");
    customer.presses_in_sight("Kies een reden");
    customer.picks("Reden", "Anders");
    customer.fills_in_sight("Opmerking", "De school gaat verhuizen.");
    customer.presses_in_sight("Versturen");
    customer.sees("Verstuurd.");

    freelancer.presses_in_sight("Openstaande geschillen");
    freelancer.is_on("Openstaande geschillen");
    freelancer.presses_in_sight(&format!("Beantwoorden {ORDER}"));
    freelancer.sees("De school gaat verhuizen.");
    freelancer.presses_in_sight("Accepteren");
    freelancer.is_on("Ga je akkoord met annuleren?");
    freelancer.presses_in_sight("Accepteren");
    freelancer.sees("Je bent akkoord gegaan.");
    freelancer.presses_in_sight(ORDER);
    freelancer.is_on(ORDER);
    assert_eq!(freelancer.status(), "Wederzijds geannuleerd");
}
