//! A printed order is a dossier: the agreement, every event with its time, the outcome, and no buttons.

use serde_json::json;

use crate::browser::Browser;
use crate::demo::Demo;
use crate::sight::strings;

const CLOSED: &str = "Ontwerp voor visitekaartjes, dubbelzijdig";

/// Finds controls on the paper, parts of the dossier that are missing, and links without their address.
const PAPER: &str = r#"
    const isOnPaper = (e) => e.checkVisibility() && !e.closest(".visually-hidden:not(.entry-what)");
    const all = (selector) => [...document.querySelectorAll(selector)];
    const named = (e) => `${e.tagName.toLowerCase()}.${e.classList} ${e.textContent.trim().slice(0, 40)}`;
    const spelled = (link) => getComputedStyle(link, "::after").content;
    return {
        toPress: all("nav, header, footer, form, button, .button, svg rect").filter(isOnPaper).map(named),
        missing: all("h1, .tag, .facts dd, .entry-who, .entry-what, .entry time, .said, .printed").filter((e) => !isOnPaper(e) || e.getBoundingClientRect().width < 2).map(named),
        events: all(".entry").length,
        links: all("main a[href]").filter(isOnPaper).filter((link) => !spelled(link).includes("http")).map(named),
    };
"#;

#[track_caller]
fn prints_a_dossier(browser: &Browser, events: u64) {
    browser.tells_chromium("Emulation.setEmulatedMedia", json!({ "media": "print" }));
    let paper = browser.runs(PAPER);
    for fault in ["toPress", "missing", "links"] {
        assert_eq!(strings(&paper[fault]).next(), None, "{fault} on {}: {paper}", browser.path());
    }
    assert!(paper["events"].as_u64() >= Some(events), "{paper}");
    let whole = browser.main().text();
    for words in ["Sanne de Vries", "Daan Bakker", "Afgedrukt op", &browser.path()] {
        assert!(whole.contains(words), "{words:?} is not in: {whole}");
    }
    browser.tells_chromium("Emulation.setEmulatedMedia", json!({ "media": "" }));
}

#[test]
fn an_order_prints_as_a_dossier_with_every_link_spelled_out() {
    let demo = Demo::for_one();
    let customer = demo.as_klant();
    customer.opens(CLOSED);
    prints_a_dossier(&customer, 3);
    assert!(customer.main().text().contains("Wederzijds geannuleerd"));
    customer.region("Tijdlijn").clicks("Bekijken");
    customer.sees("Geaccepteerd");
    prints_a_dossier(&customer, 2);

    customer.opens("Website voor een fysiotherapiepraktijk in Breda");
    prints_a_dossier(&customer, 2);
    customer.visits(&format!("{}/disputes/1", customer.path()));
    prints_a_dossier(&customer, 1);
}
