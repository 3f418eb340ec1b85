//! Access: every route of the program's own table, for every kind of visitor, on their own orders, on those of others
//! and on orders that do not exist. A route that is missing here fails.

use std::collections::BTreeSet;

use oplossingscentrum::domain::Status;
use reqwest::Method;

use crate::answer_links::answer_link;
use crate::builders::Order;
use crate::counts::report;
use crate::mail_choices::way_out;
use crate::page::Page;
use crate::passwords::link_for;
use crate::people::Browser;
use crate::people::Person;
use crate::postman::FAST;
use crate::routes::Route;
use crate::routes::routes;
use crate::rows::Row;
use crate::smtp::Smtp;
use crate::world::PASSWORD;
use crate::world::World;

type Fields = &'static [(&'static str, &'static str)];

/// A request on an order of that kind, with the status that its customer and its freelancer get.
struct Try {
    way: &'static str,
    on: On,
    fields: Fields,
    customer: u16,
    freelancer: u16,
}

/// The stage of an order.
#[derive(Clone, Copy)]
enum On {
    Working,
    Delivered,
    Asked(Row),
}

const fn tries(way: &'static str, on: On, fields: Fields, customer: u16, freelancer: u16) -> Try {
    Try { way, on, fields, customer, freelancer }
}

const COMMENT: Fields = &[("comment", "Hallo")];
const UPDATE: Fields = &[("kind", "update"), ("comment", "Hallo"), ("form_token", "abc")];
const CHANGE: Fields = &[("extra_days", "3"), ("comment", "Hallo"), ("form_token", "abc")];
const CANCELS: On = On::Asked(Row::CustomerCancels);

/// Every address of an order. An action that belongs to the other party is refused with a reason: 409.
const OF_AN_ORDER: [Try; 26] = [
    tries("GET /orders/{reference}", On::Working, &[], 200, 200),
    tries("GET /orders/{reference}/news", On::Working, &[], 200, 200),
    tries("GET /orders/{reference}/print", On::Working, &[], 200, 200),
    tries("GET /orders/{reference}/dossier", On::Working, &[], 200, 200),
    tries("GET /orders/{reference}/dossier.zip", On::Working, &[], 200, 200),
    tries("GET /orders/{reference}/deliver", On::Working, &[], 409, 200),
    tries("GET /orders/{reference}/approve", On::Delivered, &[], 200, 409),
    tries("POST /orders/{reference}/deliver", On::Working, &[], 409, 303),
    tries("POST /orders/{reference}/revision", On::Delivered, COMMENT, 303, 409),
    tries("POST /orders/{reference}/approve", On::Delivered, &[], 303, 409),
    tries("GET /orders/{reference}/resolution", On::Working, &[], 200, 200),
    tries("GET /orders/{reference}/change", On::Working, &[], 409, 200),
    tries("POST /orders/{reference}/changes", On::Working, CHANGE, 409, 303),
    tries("POST /orders/{reference}/disputes", On::Working, UPDATE, 303, 409),
    tries("GET /orders/{reference}/disputes/{number}", CANCELS, &[], 200, 200),
    tries("GET /orders/{reference}/disputes/{number}/accept", CANCELS, &[], 409, 200),
    tries("POST /orders/{reference}/disputes/{number}/accept", CANCELS, &[], 409, 303),
    tries("GET /orders/{reference}/disputes/{number}/withdraw", CANCELS, &[], 200, 409),
    tries("POST /orders/{reference}/disputes/{number}/seen", CANCELS, &[], 303, 303),
    tries("POST /orders/{reference}/disputes/{number}/remind", CANCELS, &[], 303, 409),
    tries("POST /orders/{reference}/disputes/{number}/withdraw", CANCELS, &[], 303, 409),
    tries("POST /orders/{reference}/disputes/{number}/decline", CANCELS, COMMENT, 409, 303),
    tries("POST /orders/{reference}/disputes/{number}/update", On::Asked(Row::Update), COMMENT, 409, 303),
    tries("POST /orders/{reference}/disputes/{number}/comments", CANCELS, COMMENT, 303, 303),
    tries("GET /orders/{reference}/disputes/{number}", On::Asked(Row::Change), &[], 200, 200),
    tries("POST /orders/{reference}/disputes/{number}/accept", On::Asked(Row::Change), &[], 303, 409),
];

/// The addresses where every account has its own page or form, and cannot name another's; with the status that a
/// signed-in account gets. A visitor is asked to sign in first.
const OF_MEMBERS: [(&str, Fields, u16); 21] = [
    ("GET /orders", &[], 200),
    ("GET /disputes", &[], 200),
    ("GET /notifications", &[], 200),
    ("POST /notifications/read", &[], 303),
    ("GET /account", &[], 200),
    ("POST /account", &[("language", "nl"), ("time_zone", "UTC")], 303),
    ("POST /account/password", &[("current_password", "dit is het niet"), ("new_password", "een heel ander")], 422),
    ("POST /account/calendar", &[("action", "make")], 422),
    ("POST /account/data", &[("current_password", "dit is het niet")], 422),
    ("GET /account/data.zip", &[], 303),
    ("GET /account/events", &[], 200),
    ("GET /orders/by/{external_id}", &[], 404),
    ("POST /account/devices/end", &[("device", "somebody else's")], 303),
    ("GET /account/second-factor", &[], 200),
    ("GET /account/second-factor/set-up", &[], 200),
    ("POST /account/second-factor/set-up", &[("code", "123456")], 422),
    ("GET /account/second-factor/codes", &[], 303),
    ("POST /account/second-factor/codes", &[("current_password", "dit is het niet")], 303),
    ("POST /account/second-factor/kept", &[], 303),
    ("POST /account/second-factor/off", &[("current_password", "dit is het niet")], 303),
    ("POST /account/sign-out-everywhere", &[], 303),
];

/// The addresses that are open to all; with the status for a visitor, and for a signed-in account.
const OF_EVERYBODY: [(&str, Fields, u16, u16); 22] = [
    ("GET /", &[], 303, 303),
    ("GET /sign-in", &[], 200, 303),
    ("POST /sign-in", &[("email", "niemand@example.com"), ("password", "dit is het niet")], 422, 422),
    ("GET /sign-in/code", &[], 303, 303),
    ("POST /sign-in/code", &[("code", "123456")], 303, 303),
    ("GET /sign-in/marketplace", &[], 404, 404),
    ("GET /sign-in/return", &[], 404, 404),
    ("GET /password/forgotten", &[], 200, 200),
    ("POST /password/forgotten", &[("email", "niemand@example.com")], 303, 303),
    ("GET /password/sent", &[], 200, 200),
    ("POST /language", &[("language", "nl"), ("next", "/help")], 303, 303),
    ("GET /help", &[], 200, 200),
    ("GET /help/cancelling", &[], 200, 200),
    ("GET /manifest.webmanifest", &[], 200, 200),
    ("GET /privacy", &[], 200, 200),
    ("GET /accessibility", &[], 200, 200),
    ("GET /static/{file}", &[], 404, 404),
    ("GET /.well-known/oplossingscentrum-keys", &[], 200, 200),
    ("GET /.well-known/security.txt", &[], 404, 404),
    ("GET /healthz", &[], 200, 200),
    ("GET /readyz", &[], 200, 200),
    ("POST /sign-out", &[], 303, 303),
];

/// The addresses that are open to anyone who has them: they end in a seal of ours.
const OF_WHO_HAS_THE_ADDRESS: [(&str, Fields, u16); 7] = [
    ("GET /answer/{token}", &[], 200),
    ("POST /answer/{token}", &[("action", "open")], 200),
    ("GET /calendar/{secret}.ics", &[], 200),
    ("GET /unsubscribe/{token}", &[], 200),
    ("POST /unsubscribe/{token}", &[], 200),
    ("GET /password/{token}", &[], 200),
    ("POST /password/{token}", &[("new_password", "kort")], 422),
];

/// The addresses that open once: `marketplace_sign_in` tries them for every kind of visitor.
const OF_ONE_USE: [&str; 2] = ["GET /sign-in/link/{token}", "POST /sign-in/link/{token}"];

fn method(way: &str) -> (Method, &str) {
    let (method, pattern) = way.split_once(' ').unwrap();
    (method.parse().unwrap(), pattern)
}

/// All outsiders, beside the two parties: an account with nothing, one with an order of its own, and a session of the
/// customer's that was ended from another device. They are made before the parties sign in, because that ends sessions
/// too.
struct Outsiders {
    nobody: Browser,
    signed_out: Person,
    customer_of_another: Person,
    stranger: Person,
}

impl Outsiders {
    fn of(world: &World) -> Self {
        let customer_of_another = world.somebody("Noor Jansen");
        let freelancer = world.somebody("Bram Smit");
        world.order().between(&customer_of_another, &freelancer).titled("Een andere opdracht").active();
        let (nobody, stranger) = (world.visitor(), world.somebody("Youssef El Amrani"));
        let signed_out = world.customer();
        let elsewhere = signed_out.elsewhere();
        elsewhere.signs_in(PASSWORD).must(303);
        elsewhere.post("/account/sign-out-everywhere", &[]).must(303);
        let outsiders = Self { nobody, signed_out, customer_of_another, stranger };
        for (_, browser) in outsiders.signed_in().into_iter().chain(outsiders.not_signed_in()) {
            // Each gets its session now, so that no answer below starts one.
            browser.csrf_token();
        }
        outsiders
    }

    fn signed_in(&self) -> [(&'static str, &Browser); 2] {
        [("customer of another order", &self.customer_of_another), ("stranger", &self.stranger)]
    }

    fn not_signed_in(&self) -> [(&'static str, &Browser); 2] {
        [("nobody", &self.nobody), ("signed out elsewhere", &self.signed_out)]
    }
}

/// Sends the request that the route is for, as a form of our own would.
fn asks(browser: &Browser, method: &Method, path: &str, fields: Fields) -> Page {
    if *method == Method::GET {
        return browser.get(path);
    }
    // A form names the page that it stands on.
    let page = path.split('/').take(3).collect::<Vec<_>>().join("/");
    browser.post(path, &[fields, &[("return_to", page.as_str())]].concat())
}

/// An answer without the parts that differ per request, and without the name that was asked for.
#[track_caller]
fn bare(page: &Page, asked: &str) -> String {
    page.bare().replace(asked, "ASKED")
}

fn brought(world: &World, on: On, customer: &Person, freelancer: &Person) -> Order {
    let order = world.order().titled("Geheime opdracht");
    match on {
        On::Working => order.active(),
        On::Delivered => order.delivered(),
        On::Asked(Row::Update) => order.up_to(Status::InDispute),
        On::Asked(Row::Change) => order.up_to(Status::ChangeRequested),
        On::Asked(row) => {
            let order = order.active();
            row.opens(&order, customer, freelancer);
            order
        }
    }
}

#[test]
fn the_matrix_has_every_route_of_the_program() {
    let told: BTreeSet<String> = OF_AN_ORDER
        .iter()
        .map(|line| line.way)
        .chain(OF_MEMBERS.iter().map(|line| line.0))
        .chain(OF_EVERYBODY.iter().map(|line| line.0))
        .chain(OF_WHO_HAS_THE_ADDRESS.iter().map(|line| line.0))
        .chain(OF_ONE_USE)
        .map(ToOwned::to_owned)
        .collect();
    let ways = |route: Route| {
        let get = route.get.then(|| format!("GET {}", route.pattern));
        get.into_iter().chain(route.post.then(|| format!("POST {}", route.pattern)))
    };
    let there: BTreeSet<String> = routes().into_iter().filter(|route| !route.is_demo()).flat_map(ways).collect();
    assert_eq!(told, there);
}

#[test]
fn an_order_is_there_for_its_two_parties_and_for_nobody_else() {
    let world = World::new();
    let outsiders = Outsiders::of(&world);
    let (customer, freelancer) = world.parties();
    let foreign_to_them = world.order().between(&outsiders.stranger, &outsiders.customer_of_another).active();
    let missing = "OC-00000000";
    let mut cells = 0;
    for line in &OF_AN_ORDER {
        let (method, pattern) = method(line.way);
        let route = Route { pattern, get: true, post: true };
        let order = brought(&world, line.on, &customer, &freelancer);
        let everybody = [&customer, &freelancer, &outsiders.stranger];
        let all = [&order, &foreign_to_them];
        let before = world.everything(&everybody, &all);
        let [own, nobodys] = [order.to_string(), missing.to_owned()].map(|reference| route.of(&reference));

        for (who, browser) in outsiders.signed_in() {
            let [theirs, gone] = [&own, &nobodys].map(|path| asks(browser, &method, path, line.fields));
            assert_eq!((theirs.status, gone.status), (404, 404), "{who}: {}", line.way);
            assert!(!theirs.html.contains("Geheime"), "{who}: {}", line.way);
            assert_eq!(bare(&theirs, &order.to_string()), bare(&gone, missing), "{who}: {}", line.way);
        }
        for (who, browser) in outsiders.not_signed_in() {
            let [theirs, gone] = [&own, &nobodys].map(|path| asks(browser, &method, path, line.fields));
            assert_eq!((theirs.status, gone.status), (303, 303), "{who}: {}", line.way);
            assert!(theirs.location().starts_with("/sign-in?next=%2Forders%2F"), "{who}: {}", theirs.location());
            assert_eq!(bare(&theirs, &order.to_string()), bare(&gone, missing), "{who}: {}", line.way);
        }
        for (who, browser) in [("customer", &customer.browser), ("freelancer", &freelancer.browser)] {
            // Another page first: it takes away the flash of the last step.
            browser.csrf_token();
            let foreign = route.of(&foreign_to_them.to_string());
            let [theirs, gone] = [&foreign, &nobodys].map(|path| asks(browser, &method, path, line.fields));
            assert_eq!((theirs.status, gone.status), (404, 404), "{who}: {}", line.way);
            assert_eq!(bare(&theirs, &foreign_to_them.to_string()), bare(&gone, missing), "{who}: {}", line.way);
            if pattern.contains("{number}") {
                // A missing dispute on an existing order.
                let [no_such, nobodys] = [&own, &nobodys].map(|path| path.replace("/disputes/1", "/disputes/9"));
                let [theirs, gone] = [&no_such, &nobodys].map(|path| asks(browser, &method, path, line.fields));
                assert_eq!((theirs.status, gone.status), (404, 404), "{who}: {}", line.way);
                assert_eq!(bare(&theirs, &order.to_string()), bare(&gone, missing), "{who}: {}", line.way);
                cells += 1;
            }
        }
        assert_eq!(world.everything(&everybody, &all), before, "{}: nothing happened", line.way);

        for (who, browser, status) in
            [("customer", &customer.browser, line.customer), ("freelancer", &freelancer.browser, line.freelancer)]
        {
            let order = brought(&world, line.on, &customer, &freelancer);
            let before = world.everything(&[], &[&order]);
            let page = asks(browser, &method, &route.of(&order.to_string()), line.fields);
            assert_eq!(page.status, status, "{who}: {}: {}", line.way, page.main());
            let changed = world.everything(&[], &[&order]) != before;
            // A reminder is a mail, and what was seen stands beside the question: neither changes anything.
            let is_change = status == 303 && !line.way.ends_with("/remind") && !line.way.ends_with("/seen");
            assert_eq!(changed, is_change, "{who}: {}", line.way);
        }
        cells += 14;
    }
    report(format_args!("access to orders: {} routes, {cells} cells", OF_AN_ORDER.len()));
}

#[test]
fn whoever_is_signed_in_has_their_own_pages_and_whoever_is_not_is_asked_to_be() {
    let world = World::new();
    let outsiders = Outsiders::of(&world);
    let (customer, freelancer) = world.parties();
    let order = world.order().titled("Geheime opdracht").up_to(Status::InDispute);
    let mut cells = 0;
    for (way, fields, status) in OF_MEMBERS {
        let (method, path) = method(way);
        let before = world.everything(&[&customer, &freelancer], &[&order]);
        for (who, browser) in outsiders.not_signed_in() {
            let page = asks(browser, &method, path, fields);
            assert_eq!(page.status, 303, "{who}: {way}");
            assert!(page.location().starts_with("/sign-in?next="), "{who}: {way}: {}", page.location());
            cells += 1;
        }
        for (who, browser) in outsiders.signed_in() {
            let ends = path.ends_with("sign-out-everywhere");
            let somebody = world.somebody("Kim de Boer");
            let page = asks(if ends { &somebody } else { browser }, &method, path, fields);
            assert_eq!(page.status, status, "{who}: {way}: {}", page.main());
            assert!(!page.html.contains("Geheime"), "{who}: {way}");
            for table in ["sessions", "account_events", "account_generations"] {
                world.sql(&format!("DELETE FROM {table} WHERE account_id = {}", somebody.id.0)).unwrap();
            }
            world.sql(&format!("DELETE FROM accounts WHERE id = {}", somebody.id.0)).unwrap();
            cells += 1;
        }
        assert_eq!(world.everything(&[&customer, &freelancer], &[&order]), before, "{way}: not to somebody else");
        for (who, person) in [("customer", &customer), ("freelancer", &freelancer)] {
            let here = person.elsewhere();
            here.signs_in(PASSWORD).must(303);
            let page = asks(&here, &method, path, fields);
            assert_eq!(page.status, status, "{who}: {way}: {}", page.main());
            cells += 1;
        }
    }
    report(format_args!("access to one's own pages: {} routes, {cells} cells", OF_MEMBERS.len()));
}

#[test]
fn what_is_open_to_everybody_tells_nobody_anything() {
    let world = World::new();
    let outsiders = Outsiders::of(&world);
    let (customer, freelancer) = world.parties();
    world.order().titled("Geheime opdracht").up_to(Status::InDispute);
    let mut cells = 0;
    for (way, fields, outside, inside) in OF_EVERYBODY {
        let (method, path) = method(way);
        let not_signed_in = outsiders.not_signed_in().map(|(who, browser)| (who, browser, outside));
        let signed_in = outsiders.signed_in().map(|(who, browser)| (who, browser, inside));
        let parties = [("customer", &customer.browser, inside), ("freelancer", &freelancer.browser, inside)];
        for (who, browser, status) in not_signed_in.into_iter().chain(signed_in).chain(parties) {
            let page = asks(browser, &method, path, fields);
            assert_eq!(page.status, status, "{who}: {way}: {}", page.main());
            for secret in ["Geheime", "klant@example.com"] {
                assert!(!page.html.contains(secret), "{who}: {way}: {secret}");
            }
            cells += 1;
        }
    }
    report(format_args!("access to what is open: {} routes, {cells} cells", OF_EVERYBODY.len()));
}

#[test]
fn an_address_with_a_seal_opens_for_whoever_has_it_and_no_other_does() {
    let (world, smtp) = (World::new(), Smtp::new());
    let outsiders = Outsiders::of(&world);
    let (customer, freelancer) = world.parties();
    let order = world.order().active();
    customer.asks_for_update(&order, "Hoe staat het?");
    customer.comments(&order, "Ik ben benieuwd.");
    world.seconds_pass(600);
    let _postman = world.postman(&smtp, FAST);
    freelancer.csrf_token();
    let (calendar, password) = (customer.makes_a_calendar(), link_for(&world, &customer));
    let unsubscribe = way_out(&world, &smtp, "event.");
    let answer = answer_link(&world, &order, &freelancer);
    let parties = [("customer", &customer.browser), ("freelancer", &freelancer.browser)];
    let mut cells = 0;
    for (way, fields, status) in OF_WHO_HAS_THE_ADDRESS {
        let (method, pattern) = method(way);
        let own = match pattern.split('/').nth(1) {
            Some("answer") => &answer,
            Some("calendar") => &calendar,
            Some("password") => &password,
            _ => &unsubscribe,
        };
        // An existing name with a seal that is not ours; and an empty name.
        let tail = if *own == calendar { ".ics" } else { "" };
        let named = own.trim_end_matches(".ics");
        // The token of a question is one sealed whole; the others have a name before their seal.
        let (name, seal, dot) = match named.rsplit_once('.') {
            Some((name, seal)) => (name.to_owned(), seal, "."),
            None => (format!("{}x", &named[.."/answer/".len()]), &named["/answer/".len()..], ""),
        };
        let forged = format!("{name}{dot}{}{tail}", seal.chars().rev().collect::<String>());
        let (folder, name) = name.rsplit_once('/').unwrap();
        let missing = format!("{folder}/{}{dot}{}{tail}", "0".repeat(name.len()), "0".repeat(seal.len()));
        for (who, browser) in outsiders.not_signed_in().into_iter().chain(outsiders.signed_in()).chain(parties) {
            let [forged_page, gone] = [&forged, &missing].map(|path| asks(browser, &method, path, fields));
            assert_eq!((forged_page.status, gone.status), (404, 404), "{who}: {way}");
            assert_eq!(bare(&forged_page, &forged), bare(&gone, &missing), "{who}: {way}");
            let page = asks(browser, &method, own, fields);
            assert_eq!(page.status, status, "{who}: {way}: {}", page.main());
            cells += 3;
        }
    }
    report(format_args!("access by address: {} routes, {cells} cells", OF_WHO_HAS_THE_ADDRESS.len()));
}

#[test]
fn the_addresses_of_the_demo_are_nowhere_else() {
    let world = World::new();
    let (customer, visitor) = (world.customer(), world.visitor());
    let mut tried = 0;
    for route in routes().into_iter().filter(|route| route.is_demo()) {
        for browser in [&customer.browser, &visitor] {
            let path = route.pattern.replace("{id}", "x");
            browser.get(&path).must(404);
            browser.post(&path, &[("email", "klant@example.com"), ("advance", "1d")]).must(404);
            tried += 1;
        }
    }
    assert!(tried >= 8, "{tried}");
}
