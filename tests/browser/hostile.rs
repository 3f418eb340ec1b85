//! Hostile texts in a real browser: on screen, in lists and searches, given back in forms, and on paper. None of them
//! ever runs, and the console stays silent.

use serde_json::{Value, json};

use crate::browser::Browser;
use crate::browser::Script;
use crate::counts::is_long;
use crate::counts::report;
use crate::demo::Demo;
use crate::hostile_strings::strings;
use crate::sight;

const ORDER: &str = "Webteksten herschrijven op B1-niveau";

/// Sends each text through a form of the open page, and returns each status.
const SENDS: &str = r#"
    const [action, name, texts] = arguments;
    const form = document.querySelector(`form[action="${action}"]`);
    return (async () => {
        const statuses = [];
        for (const text of texts) {
            const fields = new FormData(form);
            fields.set(name, text);
            if (fields.has("form_token")) fields.set("form_token", crypto.randomUUID());
            const answer = await fetch(form.action, { method: "post", body: new URLSearchParams(fields), redirect: "manual" });
            statuses.push(answer.type === "opaqueredirect" ? 303 : answer.status);
        }
        return statuses;
    })();
"#;

/// Faults of a page: a script that ran, or an element that is not ours.
const STRANGE: &str = r#"
    const strange = [...document.querySelectorAll("script:not([src^='/static/']), img, iframe, object, embed, base, style, video, math, xmp, plaintext, template, [style], [srcdoc], [onerror], [onload], [onfocus], [formaction]:not([formaction^='/orders/']), a[href^='javascript' i]")];
    return [...strange.map((e) => e.outerHTML.slice(0, 200)), ...(window.ran === undefined ? [] : ["it ran"])];
"#;

/// The texts by people on the page, verbatim.
const SAID: &str = r#"return [...document.querySelectorAll(".said")].map((quote) => quote.textContent);"#;

#[track_caller]
fn is_calm(browser: &Browser) {
    let strange = browser.runs(STRANGE);
    assert_eq!(sight::strings(&strange).collect::<Vec<_>>(), Vec::<&str>::new(), "on {}", browser.path());
    assert_eq!(browser.console(), Vec::<String>::new(), "on {}", browser.path());
}

/// Visits a page, and fails unless it shows all of these texts.
#[track_caller]
fn reads(browser: &Browser, page: &str, texts: &[String]) {
    browser.visits(page);
    is_calm(browser);
    let said = browser.runs(SAID);
    let said: Vec<&str> = sight::strings(&said).collect();
    for text in texts {
        assert!(said.contains(&text.as_str()), "{text:?} is not on {page}");
    }
}

/// The text as it is kept: without controls and direction marks, in one form of Unicode (rules 14).
fn as_written(text: &str) -> String {
    oplossingscentrum::domain::Text::parse(text).unwrap().as_str().to_owned()
}

#[test]
fn what_the_other_party_writes_is_only_ever_read() {
    let (_demo, customer, freelancer) = Demo::for_both(Script::On, Script::On);
    customer.opens(ORDER);
    let order = customer.path();
    customer.asks_for_an_update("Hoe staat het?");
    let dispute = format!("{order}/disputes/1");
    customer.visits(&dispute);
    let texts = strings();
    // A party may add thirty comments an hour.
    let mut answers: Vec<u64> = Vec::new();
    for part in texts.chunks(25) {
        let sent = customer.runs_with(SENDS, vec![json!(format!("{dispute}/comments")), json!("comment"), json!(part)]);
        answers.extend(serde_json::from_value::<Vec<u64>>(sent).unwrap());
        customer.clicks("+ 1 uur");
        customer.visits(&dispute);
    }
    let kept: Vec<String> =
        texts.iter().zip(&answers).filter(|(_, answer)| **answer == 303).map(|(text, _)| as_written(text)).collect();
    assert!(answers.iter().all(|answer| [303, 413, 422].contains(answer)), "{answers:?}");
    assert!(kept.len() > 100, "{} were kept", kept.len());
    customer.console();
    for browser in [&customer, &freelancer] {
        // A page shows the newest of them, and what is printed shows all.
        for page in [&order, &dispute] {
            browser.visits(page);
            is_calm(browser);
        }
        reads(browser, &format!("{order}/print"), &kept);
        browser.tells_chromium("Emulation.setEmulatedMedia", json!({ "media": "print" }));
        is_calm(browser);
        browser.tells_chromium("Emulation.setEmulatedMedia", json!({ "media": "" }));
        for page in ["/orders", "/disputes", "/notifications"] {
            browser.visits(page);
            is_calm(browser);
        }
    }
    report(format_args!("hostile texts in Chromium: {} sent, {} kept and read by both", texts.len(), kept.len()));
}

#[test]
fn what_is_typed_wrongly_or_searched_for_comes_back_as_text() {
    let demo = Demo::for_one();
    let customer = demo.as_klant();
    customer.opens(ORDER);
    let form = format!("{}/resolution?action=cancellation", customer.path());
    let mut pages = 0;
    // One in five; `bin/test --long` takes them all.
    let step = if is_long() { 1 } else { 5 };
    for text in strings().iter().filter(|text| text.len() < 2_000).step_by(step) {
        customer.visits(&form);
        let typed = json!(text);
        // Without a reason, so that the form comes back.
        customer.runs_with("document.querySelector('main textarea').value = arguments[0]; document.querySelector('main textarea').form.requestSubmit();", vec![typed.clone()]);
        customer.eventually("form that comes back", || {
            (customer
                .runs("return document.readyState === 'complete' && document.querySelector('.error-summary') !== null")
                == true)
                .then_some(())
        });
        let expected = customer.runs_with(
            "const area = document.createElement('textarea'); area.value = arguments[0]; return area.value",
            vec![typed.clone()],
        );
        let kept = customer.runs("return document.querySelector('main textarea').value");
        // A browser replaces characters that HTML cannot hold, such as the character zero.
        let readable = |value: &Value| value.as_str().unwrap().replace(['\u{0}', '\u{fffd}'], "");
        assert_eq!(readable(&kept), readable(&expected), "{text:?}");
        is_calm(&customer);
        let query = serde_html_form::to_string([("q", text)]).unwrap();
        customer.visits(&format!("/orders?{query}"));
        is_calm(&customer);
        pages += 2;
    }
    report(format_args!("hostile texts in Chromium: {pages} forms and searches given back"));
}
