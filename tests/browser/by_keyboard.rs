//! Keyboard only: everything can be done, and the focus is always visible.

use serde_json::Value;
use thirtyfour::Key;

use crate::browser::Browser;
use crate::demo::Demo;
use crate::people::Person;
use crate::sheet::plain;

/// More stops than any page has.
const MOST_STOPS: usize = 120;

/// The focused element and its ring: how broad the ring is, and how far its colour differs from the page under it.
const STOP: &str = r#"
    const e = document.activeElement, style = getComputedStyle(e), box = e.getBoundingClientRect();
    const channels = (color) => color.match(/[\d.]+/g).map(Number);
    const ground = (e) => {
        const color = getComputedStyle(e).backgroundColor;
        return channels(color)[3] === 0 && e.parentElement ? ground(e.parentElement) : color;
    };
    const luminance = (color) => {
        const [red, green, blue] = channels(color).map((value) => value / 255)
            .map((value) => (value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4));
        return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
    };
    const contrast = (one, other) => {
        const [dark, light] = [luminance(one), luminance(other)].sort((a, b) => a - b);
        return (light + 0.05) / (dark + 0.05);
    };
    return {
        ring: style.outlineStyle === "none" ? 0 : parseFloat(style.outlineWidth),
        contrast: contrast(style.outlineColor, ground(e.parentElement ?? e)),
        inside: box.width > 1 && box.height > 1 && box.bottom > 0 && box.top < innerHeight && box.right > 0 && box.left < innerWidth,
    };
"#;

impl Browser {
    /// The name of the focused element.
    #[track_caller]
    pub fn focused(&self) -> String {
        let name = self.eventually("focus that stays", || {
            let element = self.wait_for(self.driver().active_element()).ok()?;
            self.accessible_name(&element).ok()
        });
        plain(&name)
    }

    /// Presses keys, at the current focus.
    #[track_caller]
    fn types(&self, keys: &str) {
        self.wait_for(self.driver().action_chain().send_keys(keys).perform()).unwrap();
    }

    #[track_caller]
    fn presses(&self, key: Key) {
        self.types(&char::from(key).to_string());
    }

    /// Presses Tab until this element has the focus, and fails unless every stop on the way is visible.
    #[track_caller]
    fn tabs_to(&self, name: &str) {
        let mut stops = Vec::new();
        for _ in 0..MOST_STOPS {
            self.presses(Key::Tab);
            if let Some(stop) = self.stop() {
                if stop == name || stop.starts_with(&format!("{name} ")) {
                    return;
                }
                stops.push(stop);
            }
        }
        panic!("Tab does not come to {name:?}, only to {stops:?}");
    }

    /// Goes back one stop.
    #[track_caller]
    fn tabs_back_to(&self, name: &str) {
        let back = self.driver().action_chain().key_down(Key::Shift).send_keys(Key::Tab).key_up(Key::Shift);
        self.wait_for(back.perform()).unwrap();
        let stop = self.stop().unwrap_or_default();
        assert!(stop.starts_with(name), "Shift+Tab comes to {stop:?}, not to {name:?}");
    }

    /// The name of the focused stop; `None` between the end of the page and its beginning.
    #[track_caller]
    fn stop(&self) -> Option<String> {
        if self.runs("return document.activeElement === document.body") == Value::Bool(true) {
            return None;
        }
        let name = self.focused();
        assert!(!name.is_empty(), "a stop without a name on {}", self.describe());
        for theme in ["dark", "light"] {
            self.prefers(&[("prefers-color-scheme", theme)]);
            let seen = self.runs(STOP);
            assert_eq!(seen["inside"], Value::Bool(true), "{name:?} has the focus and cannot be seen");
            assert!(seen["ring"].as_f64() >= Some(2.0), "the ring around {name:?} is {} wide", seen["ring"]);
            let contrast = seen["contrast"].as_f64();
            assert!(contrast >= Some(3.0), "{theme}: the ring around {name:?} has a contrast of {contrast:?}");
        }
        Some(name)
    }
}

#[test]
fn a_customer_asks_to_cancel_with_the_keyboard_alone() {
    let order = "Banner voor een webshop in tuinmeubelen";
    let demo = Demo::for_one();
    let customer = demo.visitor();
    customer.is_on("Inloggen");

    customer.tabs_to("E-mailadres");
    customer.types(Person::Klant.email());
    customer.tabs_to("Wachtwoord");
    customer.types("oplossing-demo");
    customer.tabs_to("Inloggen");
    customer.presses(Key::Enter);
    customer.is_on("Bestellingen");

    // The first stop of every page leads past the menu.
    customer.tabs_to("Naar de inhoud");
    customer.presses(Key::Enter);
    customer.tabs_to(&format!("Bekijken {order}"));
    customer.presses(Key::Enter);
    customer.is_on(order);

    customer.tabs_to("Naar de inhoud");
    customer.presses(Key::Enter);
    customer.tabs_to("Oplossingscentrum");
    customer.presses(Key::Enter);
    customer.is_on("Oplossingscentrum");

    // The radios are one stop; arrow keys move between them.
    customer.tabs_to("Een update van een bestelling krijgen");
    customer.presses(Key::Space);
    customer.presses(Key::Down);
    assert_eq!(customer.stop().as_deref(), Some("Een bestelling annuleren"));
    customer.tabs_to("Doorgaan");
    customer.presses(Key::Space);
    customer.is_on("Vragen om de bestelling te annuleren");

    customer.tabs_to("Opmerking");
    customer.types("We hebben er al een, sorry!");
    customer.tabs_back_to("Reden");
    customer.presses(Key::Down);
    assert_eq!(customer.page().picked("Reden"), "Per ongeluk of dubbel besteld");
    customer.tabs_to("Opmerking");
    customer.tabs_to("Versturen");
    customer.presses(Key::Enter);
    customer.is_on("Je vroeg Daan Bakker om de bestelling te annuleren");
    customer.sees("Verstuurd.");
    customer.sees("We hebben er al een, sorry!");
}
