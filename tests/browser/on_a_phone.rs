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
    freelancer.is_on("Ga je akkoord met annuleren?");
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

/// The rows of the home page that take more than two lines, besides their buttons, deadline and a title's second line.
const LONG_ROWS: &str = r#"
    const lines = (row) => {
        const parts = [...row.querySelectorAll("h3 a, .go, .card-with, .card-facts dd, .card-status .tag")].filter((e) => e.checkVisibility());
        const middles = parts.flatMap((e) => [...e.getClientRects()]).map((box) => box.top + box.height / 2).sort((a, b) => a - b);
        return middles.filter((middle, at) => at === 0 || middle - middles[at - 1] > 10).length;
    };
    const titles = (row) => Math.round(row.querySelector("h3").getBoundingClientRect().height / 21);
    // A long title has a line more.
    const rows = [...document.querySelectorAll(".group:not(.waiting) .order-card")].filter((row) => lines(row) > Math.max(titles(row), 1) + 1);
    return rows.map((row) => `${lines(row)}: ${row.innerText}`);
"#;

#[test]
fn on_a_phone_a_row_of_the_home_page_has_two_lines() {
    let demo = Demo::for_one();
    let customer = demo.as_klant();
    customer.has_a_screen_of(390, 844);
    customer.visits("/orders");
    let rows = customer.runs("return document.querySelectorAll('.group:not(.waiting) .order-card').length");
    assert!(rows.as_u64() > Some(10), "{rows}");
    let long = customer.runs(LONG_ROWS);
    assert_eq!(crate::sight::strings(&long).collect::<Vec<_>>(), Vec::<&str>::new());
}

/// Where the last choice and the deadline end, without the demo's bar, in CSS pixels.
const ANSWER_ENDS: &str = r#"
    const bar = document.querySelector(".demo-bar").getBoundingClientRect().height;
    return document.querySelector(".option-nothing").getBoundingClientRect().bottom + scrollY - bar;
"#;

#[test]
fn on_a_phone_every_choice_and_the_deadline_end_within_a_screen_and_a_half() {
    let (_demo, customer, freelancer) = Demo::for_both(Script::On, Script::On);
    customer.opens(ORDER);
    customer.asks_to_cancel("De levering komt te laat", "Ik heb hem vrijdag nodig en hoor niets meer.");
    freelancer.goes_to_answer(ORDER);
    freelancer.has_a_screen_of(390, 844);
    let end = freelancer.runs(ANSWER_ENDS).as_f64().unwrap();
    assert!(end <= 1_266.0, "they end at {end}");
    freelancer.has_a_screen_of(1_280, 800);
    let (answer, said) = (freelancer.corner_of("Wat kun je doen?"), freelancer.corner_of("Wat er daarna gebeurde"));
    assert!(answer.1 > said.1 + 300.0, "the answer is at {answer:?}, what was said at {said:?}");
}
