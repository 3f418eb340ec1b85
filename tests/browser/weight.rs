//! The weight of the product: the cost of a visit's first page, and the savings on the next.

use serde_json::{Value, json};

use crate::browser::Browser;
use crate::demo::Demo;

/// Most bytes for the first page, with headers.
const MOST_BYTES: u64 = 25 * 1024;

/// Most bytes of the script, as it is read.
const MOST_SCRIPT: u64 = 8 * 1024;

/// The size of the script.
const SCRIPT: &str = "return performance.getEntriesByType('resource').find(({ name }) => name.includes('/app.') && name.endsWith('.js'))?.decodedBodySize";

/// The requests for this page, and the bytes received for each.
const SENT: &str = r#"
    const sent = [...performance.getEntriesByType("navigation"), ...performance.getEntriesByType("resource")];
    return sent.map(({ name, transferSize }) => ({ name: name.split(/#/)[0], transferSize }));
"#;

/// How an answer may be cached.
const KEPT: &str =
    "return fetch(arguments[0], { method: 'head' }).then((answer) => answer.headers.get('cache-control'))";

/// Each request with its bytes; the page itself comes first.
fn sent(browser: &Browser) -> Vec<(String, u64)> {
    let all = browser.runs(SENT);
    let one = |one: &Value| (one["name"].as_str().unwrap().to_owned(), one["transferSize"].as_u64().unwrap());
    let mut sent: Vec<_> = all.as_array().unwrap().iter().map(one).collect();
    // The sprite is named once for each of its icons, and fetched once.
    sent[1..].sort();
    sent.dedup_by(|next, before| {
        next.0 == before.0 && {
            before.1 = before.1.max(next.1);
            true
        }
    });
    sent
}

#[test]
fn a_first_visit_to_an_order_is_light_and_the_next_one_only_the_page() {
    let demo = Demo::for_one();
    let customer = demo.as_klant();
    let orders = ["Plattegrond van een camping", "Ontwerp voor een bedrijfsbus"].map(|order| {
        customer.opens(order);
        customer.path()
    });
    customer.tells_chromium("Network.setCacheDisabled", json!({ "cacheDisabled": false }));
    customer.tells_chromium("Network.clearBrowserCache", json!({}));

    customer.visits(&orders[0]);
    let first = sent(&customer);
    let bytes: u64 = first.iter().map(|(_, bytes)| bytes).sum();
    assert!(first.iter().all(|(_, bytes)| *bytes > 0), "something came from the cache: {first:?}");
    assert!(bytes <= MOST_BYTES, "{bytes} bytes: {first:?}");
    assert_eq!(first.len(), 4, "the page, the styles, the script and the icons: {first:?}");

    let script = customer.runs(SCRIPT).as_u64().expect("there is a script");
    assert!(script <= MOST_SCRIPT, "the script has {script} bytes");

    let origin = first[0].0.strip_suffix(&orders[0]).expect("the page comes first").to_owned();
    let files: Vec<&str> =
        first[1..].iter().map(|(name, _)| name.strip_prefix(&origin).expect("all from one origin")).collect();
    for file in &files {
        let hash = file.strip_prefix("/static/").and_then(|name| name.split('.').nth(1)).unwrap_or_default();
        let is_hash = hash.len() >= 8 && hash.bytes().all(|byte| byte.is_ascii_hexdigit());
        assert!(is_hash, "{file} has no hash of its content in its name");
        let kept = customer.runs_with(KEPT, vec![json!(file)]);
        assert!(kept.as_str().is_some_and(|kept| kept.contains("immutable")), "{file} is kept so: {kept}");
    }
    let icon = customer.runs("return document.querySelector('link[rel=icon]').getAttribute('href')");
    assert!(files.contains(&icon.as_str().unwrap()), "the icon of the page is another file: {icon}");

    customer.visits(&orders[1]);
    let next = sent(&customer);
    assert_eq!(next.len(), 4, "{next:?}");
    assert!(next[1..].iter().all(|(_, bytes)| *bytes == 0), "the files are fetched again: {next:?}");
}

/// The position and height of everything on the page.
const PLACES: &str = r#"
    const places = [...document.querySelectorAll("body *")].map((e) => [e, e.getBoundingClientRect()]);
    return places.filter(([, box]) => box.height > 0).map(([e, box]) => `${e.localName} ${Math.round(box.top)} ${Math.round(box.height)}`);
"#;

#[test]
fn the_script_moves_nothing_when_it_comes() {
    let demo = Demo::for_one();
    let customer = demo.as_klant();
    customer.opens("Google Ads-campagne opzetten");
    let order = customer.path();
    customer.visits("/disputes");
    let dispute = customer.runs("return document.querySelector(\"main a[href*='/disputes/']\").getAttribute('href')");
    let dispute = dispute.as_str().expect("a dispute is open").to_owned();
    let pages = [dispute, order.clone(), format!("{order}/resolution?action=cancellation"), "/disputes".into()];
    let places = |blocked: &[&str]| {
        customer.tells_chromium("Network.setBlockedURLs", json!({ "urls": blocked }));
        let place = |page: &String| {
            customer.visits(page);
            customer.runs(PLACES)
        };
        pages.iter().map(place).collect::<Vec<_>>()
    };
    customer.tells_chromium("Network.enable", json!({}));
    let without = places(&["*/static/app.*.js"]);
    let with = places(&[]);
    for ((page, without), with) in pages.iter().zip(&without).zip(&with) {
        assert_eq!(without, with, "{page}");
    }
}
