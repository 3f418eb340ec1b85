//! Preferences of a device or account are respected: no movement, forced colours, a theme.

use crate::browser::Browser;
use crate::demo::Demo;
use crate::sight::strings;

const ORDER: &str = "Google Ads-campagne opzetten";

/// Finds movement: transitions and animations that take time, and smooth scrolling.
const MOVING: &str = r#"
    const takesTime = (style) => [style.transitionDuration, style.animationDuration].some((time) => /[1-9]/.test(time));
    const moving = [...document.querySelectorAll("*")].filter((e) =>
        [null, "::before", "::after"].some((part) => takesTime(getComputedStyle(e, part))) || getComputedStyle(e).scrollBehavior === "smooth");
    return moving.map((e) => `${e.tagName.toLowerCase()}.${e.classList}`);
"#;

/// Finds parts that disappear in forced colours: parts without a border or outline, a focus without one, and icons in
/// the colour of their background.
const LOST: &str = r#"
    const lost = [];
    const isSeen = (color) => color.match(/[\d.]+/g)?.[3] !== "0";
    const ground = (e) => {
        const color = getComputedStyle(e).backgroundColor;
        return isSeen(color) || !e.parentElement ? color : ground(e.parentElement);
    };
    const line = (style, side) => style[`${side}Style`] !== "none" && parseFloat(style[`${side}Width`]) > 0 && isSeen(style[`${side}Color`]) ? style[`${side}Color`] : null;
    const visible = (e) => e.checkVisibility({ visibilityProperty: true });
    for (const e of document.querySelectorAll(".tag, .panel, .button, .radio, .badge, input:not([type=hidden]), select, textarea")) {
        if (!visible(e) || ["radio", "checkbox"].includes(e.type)) continue;
        const style = getComputedStyle(e);
        const lines = ["borderTop", "borderBottom", "borderLeft", "borderRight"].map((side) => line(style, side));
        const around = ground(e.parentElement);
        const framed = lines.every((color) => color && color !== around) || line(style, "outline");
        if (!framed) lost.push(`without a border: ${e.tagName.toLowerCase()}.${e.classList}`);
    }
    for (const e of document.querySelectorAll(".icon")) {
        if (!visible(e)) continue;
        const { stroke } = getComputedStyle(e);
        if (!isSeen(stroke) || stroke === "none" || stroke === ground(e)) lost.push(`an icon that is ${stroke} on ${ground(e)}: ${e.parentElement.tagName.toLowerCase()}.${e.parentElement.classList}`);
    }
    for (const e of document.querySelectorAll("a[href], button, input:not([type=hidden]), select, textarea, summary")) {
        if (!visible(e)) continue;
        e.focus({ focusVisible: true });
        const ring = line(getComputedStyle(e), "outline");
        if (!ring || ring === ground(e.parentElement)) lost.push(`a focus one does not see: ${e.tagName.toLowerCase()}.${e.classList}`);
    }
    return [...new Set(lost)];
"#;

const BACKGROUND: &str = "return getComputedStyle(document.body).backgroundColor";

/// One page of each look: a list, an order, the choice with radios, a form, settings fields.
fn pages(customer: &Browser) -> Vec<String> {
    customer.opens(ORDER);
    let order = customer.path();
    let of_order = ["", "/resolution", "/resolution?action=cancellation"].map(|page| format!("{order}{page}"));
    ["/orders", "/disputes", "/notifications", "/account"].map(ToOwned::to_owned).into_iter().chain(of_order).collect()
}

#[test]
fn who_prefers_no_movement_gets_none() {
    let demo = Demo::for_one();
    let customer = demo.as_klant();
    let mut moving = 0;
    for page in pages(&customer) {
        customer.visits(&page);
        customer.prefers(&[("prefers-reduced-motion", "reduce")]);
        let moves = customer.runs(MOVING);
        assert_eq!(strings(&moves).next(), None, "{page} moves: {moves}");
        customer.prefers(&[("prefers-reduced-motion", "no-preference")]);
        moving += strings(&customer.runs(MOVING)).count();
    }
    assert!(moving > 0, "nothing moves for anybody, so this test could not fail");
}

#[test]
fn who_has_colours_of_their_own_sees_every_part() {
    let demo = Demo::for_one();
    let customer = demo.as_klant();
    for page in pages(&customer) {
        customer.visits(&page);
        for theme in ["light", "dark"] {
            customer.prefers(&[("forced-colors", "active"), ("prefers-color-scheme", theme)]);
            let is_forced = customer.runs("return matchMedia('(forced-colors: active)').matches");
            assert_eq!(is_forced, true, "colours are not forced");
            let lost = customer.runs(LOST);
            assert_eq!(strings(&lost).next(), None, "{page} with {theme} colours: {lost:#}");
        }
    }
}

/// The items of the menu and of the tabs that have a line which can be seen.
const UNDERLINED: &str = r#"
    const ground = getComputedStyle(document.body).backgroundColor;
    const items = [...document.querySelectorAll(".site-nav :is(a, button), .tabs a")].filter((e) => {
        const style = getComputedStyle(e);
        return ["Top", "Bottom"].some((side) => parseFloat(style[`border${side}Width`]) > 0 && ![ground, "rgba(0, 0, 0, 0)"].includes(style[`border${side}Color`]));
    });
    return items.map((e) => `${e.textContent.trim()} ${e.getAttribute("aria-current")}`);
"#;

#[test]
fn with_colours_of_their_own_only_the_open_page_is_marked_in_the_menu() {
    let demo = Demo::for_one();
    let customer = demo.as_klant();
    customer.visits("/disputes");
    customer.prefers(&[("forced-colors", "active")]);
    let marked = customer.runs(UNDERLINED);
    let marked: Vec<&str> = strings(&marked).collect();
    assert_eq!(marked.len(), 2, "the menu's and the tabs': {marked:?}");
    assert!(marked.iter().all(|item| item.ends_with(" page")), "{marked:?}");
}

#[test]
fn the_theme_of_the_account_goes_before_that_of_the_device() {
    let demo = Demo::for_one();
    let customer = demo.as_klant();
    let background = |device: &str| {
        customer.prefers(&[("prefers-color-scheme", device)]);
        customer.visits("/orders");
        customer.runs(BACKGROUND).as_str().expect("a colour").to_owned()
    };
    let (light, dark) = (background("light"), background("dark"));
    assert_ne!(light, dark, "the device decides as long as nothing is chosen");
    for (theme, expected) in [("Donker", &dark), ("Licht", &light)] {
        customer.clicks("Account");
        customer.is_on("Account");
        customer.picks("Weergave", theme);
        customer.clicks("Opslaan");
        customer.sees("Opgeslagen");
        assert_eq!((&background("light"), &background("dark")), (expected, expected), "after choosing {theme}");
    }
}
