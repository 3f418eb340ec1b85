//! Other people's orders are nowhere to be seen: not in a stranger's lists, and not for customer service either.
//! [`crate::access`] tries every address.

use crate::routes::routes;
use crate::rows::Row;
use crate::world::World;

#[test]
fn no_list_of_a_stranger_has_anything_of_it() {
    let world = World::new();
    let (customer, freelancer) = world.parties();
    let stranger = world.somebody("Youssef El Amrani");
    let order = world.order().titled("Geheime opdracht").active();
    customer.asks_for_update(&order, "Niemand mag dit weten.");
    freelancer.gives_update(&order, "Ook dit niet.");
    customer.asks_for_update(&order, "En dit ook niet.");
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
    let (customer, freelancer) = world.parties();
    let order = world.order().titled("Geheime opdracht").active();
    Row::CustomerCancels.opens(&order, &customer, &freelancer);
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
        for browser in [&visitor, &service.browser, &customer.browser] {
            browser.get(&format!("/{name}")).must(404);
        }
    }
    let patterns = routes().iter().map(|route| route.pattern).collect::<Vec<_>>().join(" ");
    for word in ["admin", "service", "support", "api", "export"] {
        assert!(!patterns.contains(word), "{patterns}");
    }
}

#[test]
fn being_a_party_of_one_order_opens_no_other() {
    let world = World::new();
    let customer = world.customer();
    let stranger = world.somebody("Noor Jansen");
    let mine = world.order().between(&stranger, &customer).active();
    let theirs = world.order().up_to(oplossingscentrum::domain::Status::InDispute);
    stranger.sees(&mine.path);
    stranger.get(&theirs.path).must(404);
    stranger.get(&theirs.dispute(1)).must(404);
    assert!(customer.sees(&mine.path).offers(&mine.at("/deliver")), "the same account is the freelancer of this one");
}
