//! What is not yours is not there: not for strangers, and not for customer service either.

use reqwest::Method;

use crate::page::Page;
use crate::people::Person;
use crate::routes::routes;
use crate::rows::Row;
use crate::world::World;

/// A page without what differs from request to request: its number, the reference that was asked for, and whether the
/// connection happens to be kept.
fn bare(page: &Page, reference: &str) -> String {
    let id = page.header("x-request-id");
    assert!(!id.is_empty() && page.html.contains(id), "the page names its request");
    let mut headers: Vec<_> = page
        .headers
        .iter()
        .filter(|(name, _)| !["date", "x-request-id", "connection"].contains(&name.as_str()))
        .map(|(name, value)| format!("{name}: {value:?}"))
        .collect();
    headers.sort();
    format!("{} {headers:?} {}", page.status, page.html.replace(id, "ID").replace(reference, "REFERENCE"))
}

fn asks(person: &Person, token: &str, method: &Method, address: &str) -> Page {
    if *method == Method::GET {
        return person.get(address);
    }
    let fields = [("kind", "update"), ("comment", "Hallo"), ("extra_days", "3"), ("form_token", "abc")];
    person.post_with(token, address, &fields)
}

#[test]
fn somebody_elses_order_answers_byte_for_byte_as_one_that_is_not_there() {
    let world = World::new();
    let (klant, freelancer) = world.parties();
    let stranger = world.somebody("Youssef El Amrani");
    let order = world.order().titled("Geheime opdracht").delivered();
    klant.asks_to_cancel(&order, "other", "Niemand mag dit weten.");
    let before = world.everything(&[&klant, &freelancer, &stranger], &[&order]);
    let (foreign, missing) = (order.to_string(), "OC-00000000".to_owned());
    let token = stranger.csrf_token();
    let mut tried = 0;
    for route in routes().into_iter().filter(|route| route.is_of_an_order()) {
        for (method, has) in [(Method::GET, route.get), (Method::POST, route.post)] {
            if !has {
                continue;
            }
            let [theirs, nobodys] = [&foreign, &missing].map(|reference| {
                let page = asks(&stranger, &token, &method, &route.of(reference));
                assert_eq!(page.status, 404, "{method} {}", page.path);
                bare(&page, reference)
            });
            assert_eq!(theirs, nobodys, "{method} {}", route.pattern);
            assert!(!theirs.contains("Geheime"), "{theirs}");
            tried += 1;
        }
    }
    assert!(tried >= 17, "{tried}");
    assert_eq!(world.everything(&[&klant, &freelancer, &stranger], &[&order]), before, "and nothing happened");
}

#[test]
fn no_list_of_a_stranger_has_anything_of_it() {
    let world = World::new();
    let (klant, freelancer) = world.parties();
    let stranger = world.somebody("Youssef El Amrani");
    let order = world.order().titled("Geheime opdracht").active();
    klant.asks_for_update(&order, "Niemand mag dit weten.");
    freelancer.gives_update(&order, "Ook dit niet.");
    klant.asks_for_update(&order, "En dit ook niet.");
    for address in [
        "/orders".to_owned(),
        "/orders?filter=open".to_owned(),
        "/orders?filter=waiting".to_owned(),
        "/orders?q=Geheime".to_owned(),
        format!("/orders?q={order}"),
        "/disputes".to_owned(),
        "/disputes?view=closed".to_owned(),
        "/notifications".to_owned(),
        "/account".to_owned(),
    ] {
        let page = stranger.sees(&address);
        for secret in ["Geheime", "Niemand mag", "Sanne de Vries", "Daan Bakker"] {
            assert!(!page.main().contains(secret), "{address}: {}", page.main());
        }
        assert!(!page.links_to(&order.path));
    }
    assert_eq!(stranger.badge(), 0);
}

#[test]
fn customer_service_is_nobody_here() {
    let world = World::new();
    let (klant, freelancer) = world.parties();
    let order = world.order().titled("Geheime opdracht").active();
    Row::CustomerCancels.opens(&order, &klant, &freelancer);
    let service = world.somebody("Klantenservice");
    for route in routes().into_iter().filter(|route| route.get && route.is_of_an_order()) {
        service.get(&route.of(&order.to_string())).must(404);
    }
    let visitor = world.visitor();
    for name in [
        "admin",
        "support",
        "service",
        "customer-service",
        "klantenservice",
        "helpdesk",
        "api",
        "api/disputes",
        "api/orders",
        "all-disputes",
        "admin/disputes",
        "export",
        "debug",
        "internal",
        "backoffice",
    ] {
        for browser in [&visitor, &service.browser, &klant.browser] {
            browser.get(&format!("/{name}")).must(404);
        }
    }
    let patterns = routes().iter().map(|route| route.pattern).collect::<Vec<_>>().join(" ");
    for word in ["admin", "service", "support", "api", "export"] {
        assert!(!patterns.contains(word), "{patterns}");
    }
}

#[test]
fn what_anybody_can_read_signed_out_names_nobody() {
    let world = World::new();
    let (klant, freelancer) = world.parties();
    let order = world.order().titled("Geheime opdracht").active();
    Row::Change.opens(&order, &klant, &freelancer);
    let visitor = world.visitor();
    for address in ["/sign-in", "/help", "/healthz", "/readyz", "/nergens"] {
        let page = visitor.get(address);
        for secret in ["Geheime", "Sanne", "Daan", &order.to_string(), "klant@example.com"] {
            assert!(!page.html.contains(secret), "{address}");
        }
    }
}

#[test]
fn being_a_party_of_one_order_opens_no_other() {
    let world = World::new();
    let klant = world.klant();
    let stranger = world.somebody("Noor Jansen");
    let mine = world.order().between(&stranger, &klant).active();
    let theirs = world.order().up_to(oplossingscentrum::domain::Status::InDispute);
    stranger.sees(&mine.path);
    stranger.get(&theirs.path).must(404);
    stranger.get(&theirs.dispute(1)).must(404);
    assert!(klant.sees(&mine.path).has_form(&mine.at("/deliver")), "the same account is the freelancer of this one");
}
