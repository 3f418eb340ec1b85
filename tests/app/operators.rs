//! For operators: health, headers, static files, and an unreachable database.

use std::io::Read;
use std::sync::mpsc;

use flate2::read::GzDecoder;
use oplossingscentrum::domain::Language::Nl;
use oplossingscentrum::domain::Status;
use oplossingscentrum::paths;
use reqwest::Method;

use crate::page::Page;
use crate::people::Person;
use crate::rows::Row;
use crate::world::World;

const HEADERS: [(&str, &str); 5] = [
    ("x-content-type-options", "nosniff"),
    ("x-frame-options", "DENY"),
    ("referrer-policy", "same-origin"),
    ("cross-origin-opener-policy", "same-origin"),
    ("cross-origin-resource-policy", "same-origin"),
];

#[track_caller]
fn is_dressed(page: &Page) {
    for (name, value) in HEADERS {
        assert_eq!(page.header(name), value, "{} {}: {name}", page.path, page.status);
    }
    let policy = page.header("content-security-policy");
    for part in
        ["default-src 'none'", "script-src 'self'", "form-action 'self'", "frame-ancestors 'none'", "base-uri 'none'"]
    {
        assert!(policy.contains(part), "{}: {policy}", page.path);
    }
    assert!(!policy.contains("unsafe"), "{policy}");
    assert!(!page.header("x-request-id").is_empty(), "{}", page.path);
    assert_eq!(page.header("server"), "");
}

#[test]
fn the_program_says_that_it_lives_and_that_it_can_work() {
    let world = World::new();
    let ready = "ready\ndatabase: ok\nschema: ok\nworker: 0 s behind\n";
    for (address, body) in [("/healthz", "ok\n"), ("/readyz", ready)] {
        let page = world.visitor().sees(address);
        assert_eq!(page.html, body);
        assert_eq!(page.header("set-cookie"), "", "{address} makes no session");
    }
    world.order().up_to(Status::InDispute);
    world.days_pass(2);
    world.seconds_pass(100);
    let told = world.visitor().sees("/readyz").html;
    let behind = told.split("worker: ").nth(1).and_then(|rest| rest.split(' ').next()).unwrap();
    assert!((100..130).contains(&behind.parse::<u32>().unwrap()), "{told}");
    world.sweep();
    assert_eq!(world.visitor().sees("/readyz").html, ready);
    world.sql("INSERT INTO __diesel_schema_migrations (version) VALUES ('29990101000000')").unwrap();
    let page = world.visitor().get("/readyz").must(503);
    assert_eq!(page.html, "not ready\ndatabase: ok\nschema: made by another version\n");
    world.sql("DELETE FROM __diesel_schema_migrations").unwrap();
    world.visitor().get("/readyz").must(503);
}

#[test]
fn operators_read_what_is_counted_on_an_address_of_its_own_and_nothing_of_anybody() {
    let world = World::new();
    let (customer, freelancer) = world.parties();
    let order = world.order().titled("Geheime opdracht").active();
    Row::Update.opens(&order, &customer, &freelancer);
    let other = world.order().active();
    Row::CustomerCancels.opens(&other, &customer, &freelancer);
    customer.get("/nergens").must(404);
    customer.get("/metrics").must(404);
    let operator = world.operator();
    assert!(
        operator.sees("/metrics").html.contains("oplossingscentrum_relay_orders 2"),
        "their mails are to be written"
    );
    world.relays();
    let told = operator.sees("/metrics").html;
    for line in [
        "oplossingscentrum_relay_orders 0",
        r#"oplossingscentrum_open_disputes{kind="update"} 1"#,
        r#"oplossingscentrum_open_disputes{kind="cancellation"} 1"#,
        "oplossingscentrum_overdue_orders 0",
        "oplossingscentrum_outbox_mails 2",
        "oplossingscentrum_database_up 1",
        r#"oplossingscentrum_http_requests_total{method="GET",route="none",status="404"} 2"#,
        r#"oplossingscentrum_http_requests_total{method="POST",route="/orders/{reference}/disputes",status="303"} 2"#,
        r#"oplossingscentrum_http_request_duration_seconds_count{method="POST",route="/sign-in"} 2"#,
    ] {
        assert!(told.lines().any(|said| said == line), "{line} is not in\n{told}");
    }
    // Each change held the lock, for no longer than the test took.
    let held = told.lines().find_map(|line| line.strip_prefix("oplossingscentrum_write_lock_seconds_count "));
    let held = held.map(|count| count.parse::<u32>().unwrap());
    assert!(if world.is_postgres() { held.is_none() } else { held > Some(4) }, "{held:?}");
    for secret in ["Geheime", &order.to_string(), "example.com", "Sanne"] {
        assert!(!told.contains(secret), "{secret}");
    }
    world.days_pass(2);
    world.seconds_pass(90);
    let told = operator.sees("/metrics").html;
    assert!(told.contains("oplossingscentrum_overdue_orders 2"), "{told}");
    let lag = |told: &str| -> i64 {
        let line = told.lines().find_map(|line| line.strip_prefix("oplossingscentrum_sweep_lag_seconds "));
        line.expect("the lag is told").parse().unwrap()
    };
    assert!((90..120).contains(&lag(&told)), "{told}");
    world.sweep();
    assert_eq!(lag(&operator.sees("/metrics").html), 0);
    operator.get("/orders").must(404);
    operator.get("/").must(404);
}

#[test]
fn every_answer_has_its_security_headers() {
    let world = World::new();
    let (customer, visitor) = (world.customer(), world.visitor());
    let order = world.order().completed();
    is_dressed(&visitor.sees("/help"));
    is_dressed(&visitor.sees("/healthz"));
    is_dressed(&visitor.get("/orders").must(303));
    is_dressed(&visitor.get("/nergens").must(404));
    is_dressed(&customer.sees("/orders"));
    is_dressed(&customer.post("/help", &[]).must(405));
    is_dressed(&customer.get(&order.at("/resolution?action=update")).must(409));
    is_dressed(&customer.post_with("", "/notifications/read", &[]).must(403));
    is_dressed(&customer.post("/account", &[("language", "xx")]).must(422));
    is_dressed(&customer.post("/language", &[("language", "xx")]).must(400));
    is_dressed(&customer.post("/notifications/read", &[("x", &"x".repeat(200_000))]).must(413));
    for address in static_files(&visitor.sees("/help")) {
        is_dressed(&visitor.sees(&address));
    }
}

fn static_files(page: &Page) -> Vec<String> {
    let document = page.document();
    let from = |selector: &str, attribute: &str| {
        let found = document.select(selector);
        found.iter().map(|element| element.attr_or(attribute, "").to_string()).collect::<Vec<_>>()
    };
    [from("link[href]", "href"), from("script[src]", "src")].concat()
}

#[test]
fn static_files_are_kept_for_ever_under_names_that_change_with_them() {
    let world = World::new();
    let visitor = world.visitor();
    let files = static_files(&visitor.sees("/help"));
    assert!(files.len() >= 3, "{files:?}");
    for address in &files {
        let file = visitor.sees(address);
        assert_eq!(file.header("cache-control"), "public, max-age=31536000, immutable", "{address}");
        assert_eq!(file.header("set-cookie"), "", "{address}");
        let kind = match address.rsplit('.').next() {
            Some("css") => "text/css; charset=utf-8",
            Some("js") => "text/javascript; charset=utf-8",
            Some("png") => "image/png",
            _ => "image/svg+xml; charset=utf-8",
        };
        assert_eq!(file.header("content-type"), kind, "{address}");
        let hash = address.rsplit('.').nth(1).unwrap();
        assert!(hash.len() >= 8 && hash.bytes().all(|b| b.is_ascii_hexdigit()), "{address}");
        visitor.get(&address.replace(hash, "000000000000")).must(404);
    }
}

#[test]
fn a_page_comes_compressed_as_the_browser_likes_it() {
    let world = World::new();
    let visitor = world.visitor();
    // The first page sets the token that all later ones have.
    visitor.sees("/help");
    let plain = visitor.sees("/help").html;
    for (accepted, expected) in [
        ("gzip, deflate, br, zstd", "gzip"),
        ("gzip", "gzip"),
        ("gzip;q=0.5, br", "gzip"),
        ("br", ""),
        ("identity", ""),
    ] {
        let request = visitor.bare_request(&Method::GET, "/help").header("accept-encoding", accepted);
        let answer = request.send().unwrap();
        let header = |name: &str| answer.headers().get(name).map_or("", |value| value.to_str().unwrap()).to_owned();
        assert_eq!(header("content-encoding"), expected, "{accepted}");
        assert!(expected.is_empty() || header("vary").contains("accept-encoding"), "{accepted}");
        let body = answer.bytes().unwrap();
        if expected == "gzip" {
            let mut html = String::new();
            GzDecoder::new(body.as_ref()).read_to_string(&mut html).unwrap();
            assert_eq!(html, plain);
        }
        assert!(expected.is_empty() || body.len() * 2 < plain.len(), "{} of {} bytes", body.len(), plain.len());
    }
    let empty = visitor.request(&Method::GET, "/orders", &[("accept-encoding", "gzip")], &[]).must(303);
    assert_eq!((empty.header("content-encoding"), empty.html.as_str()), ("", ""));
}

#[test]
fn nothing_on_a_page_comes_from_elsewhere_or_stands_in_the_page() {
    let world = World::new();
    let (customer, freelancer) = world.parties();
    let order = world.order().active();
    customer.asks_to_cancel(&order, "other", "Daarom.");
    for page in [customer.sees("/orders"), freelancer.sees(&order.dispute(1)), world.visitor().sees("/sign-in")] {
        for address in static_files(&page) {
            let is_ours = address.starts_with("/static/") || address == paths::MANIFEST;
            assert!(is_ours, "{}: {address}", page.path);
        }
        let document = page.document();
        assert!(!document.select("script:not([src]), style, [style], [onclick], iframe").exists(), "{}", page.path);
    }
}

#[test]
fn when_the_database_is_away_the_page_says_to_come_back() {
    let world = World::new();
    let customer = world.customer();
    let page = while_the_database_is_away(&world, &customer);
    assert_eq!((page.status, page.h1().as_str()), (503, &*Nl.words().error_unavailable()), "{}", page.main());
    assert!(page.header("retry-after").parse::<u32>().is_ok());
    is_dressed(&page);
    for inside in ["database", "SQL", "sql", "panick", "diesel", "pool"] {
        assert!(!page.html.contains(inside), "{inside}");
    }
    if world.is_postgres() {
        assert_eq!(world.visitor().get("/readyz").status, 503);
        assert_eq!(world.visitor().get("/healthz").status, 200, "it lives, it only cannot work");
    }
}

/// The answer to a person who needs the database while it is unreachable.
pub fn while_the_database_is_away(world: &World, customer: &Person) -> Page {
    let form = customer.sees("/notifications").form("/language");
    if world.is_postgres() {
        world.loses_its_database();
        customer.get("/orders")
    } else {
        // SQLite is a file of our own; only its one writer can be unavailable.
        let (busy, is_busy) = mpsc::channel();
        let (done, is_done) = mpsc::channel::<()>();
        let store = world.app.store.clone();
        let writer = std::thread::spawn(move || {
            store.write(|_| {
                busy.send(()).unwrap();
                is_done.recv().unwrap();
                Ok::<_, oplossingscentrum::store::Error>(())
            })
        });
        is_busy.recv().unwrap();
        let page = form.send(customer);
        done.send(()).unwrap();
        writer.join().unwrap().unwrap();
        page
    }
}
