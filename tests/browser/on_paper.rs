//! A printed order is a dossier: the agreement, every event with its time, the outcome, and no buttons.

use std::fs;
use std::path::Path;
use std::process::Command;

use serde_json::json;
use thirtyfour::common::print::PrintParameters;

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

/// What `pdftotext` reads in the page as the browser prints it. The file stays, to be looked at.
fn printed(browser: &Browser, name: &str) -> String {
    let bytes = browser.wait_for(browser.driver().print_page(PrintParameters::default())).unwrap();
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("browser");
    fs::create_dir_all(&folder).unwrap();
    let file = folder.join(name);
    fs::write(&file, bytes).unwrap();
    let read =
        Command::new("pdftotext").args(["-layout"]).arg(&file).arg("-").output().expect("poppler-utils is there");
    String::from_utf8(read.stdout).unwrap()
}

#[test]
fn the_dossier_of_an_order_prints_every_chapter() {
    let demo = Demo::for_one();
    let customer = demo.as_klant();
    customer.opens(CLOSED);
    customer.visits(&format!("{}/dossier", customer.path()));
    prints_a_dossier(&customer, 3);
    let paper = printed(&customer, "dossier.pdf");
    for chapter in [
        "1. De overeenkomst",
        "2. De klacht",
        "3. Het antwoord",
        "4. Bedragen",
        "5. Tijdlijn",
        "6. Bijlagen",
        "7. Controleren",
        "Vingerafdruk: ",
        "Afgedrukt op",
    ] {
        assert!(paper.contains(chapter), "{chapter} is not in: {paper}");
    }
    for button in ["Haal het dossier op", "Uitloggen"] {
        assert!(!paper.contains(button), "{button} is in: {paper}");
    }
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
