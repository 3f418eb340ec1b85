//! The statuses of an order: their words, what they allow, and how an order gets there.

use chrono::TimeDelta;
use oplossingscentrum::domain::{Actor, EventKind, Status};
use reqwest::Method;

use crate::builders::WORKABLE;
use crate::builders::status_words;
use crate::page::Page;
use crate::world::SERVICE;
use crate::world::World;

const ALL: [Status; 8] = [
    Status::Active,
    Status::Delivered,
    Status::InRevision,
    Status::InDispute,
    Status::ChangeRequested,
    Status::Completed,
    Status::MutuallyCancelled,
    Status::Cancelled,
];
const CLOSED: [Status; 3] = [Status::Completed, Status::MutuallyCancelled, Status::Cancelled];

#[test]
fn every_status_has_its_words_in_both_languages_for_both_parties() {
    let world = World::new();
    let (customer, freelancer) = world.parties();
    for status in ALL {
        let order = world.order().titled(&format!("Opdracht {status:?}")).up_to(status);
        assert_eq!(world.row(&order).status, status);
        let (dutch, english) = status_words(status);
        for person in [&customer, &freelancer] {
            let in_english = person.browser.clone().preferring("en-GB");
            let search = format!("/orders?q={order}");
            for address in [&order.path, &search] {
                let page = person.sees(address);
                assert!(page.says(dutch) && page.language() == "nl", "{address}: {}", page.main());
                let page = in_english.sees(address);
                assert!(page.says(english) && page.language() == "en", "{address}: {}", page.main());
            }
        }
    }
}

#[test]
fn an_open_order_offers_each_party_its_own_actions() {
    let world = World::new();
    let (customer, freelancer) = world.parties();
    for status in WORKABLE {
        let order = world.order().up_to(status);
        let center = order.at("/resolution");
        assert_eq!(customer.sees(&center).form(&center).options("action"), ["update", "cancellation"]);
        assert_eq!(freelancer.sees(&center).form(&center).options("action"), ["cancellation"]);
        customer.sees(&center).shows("Een update van een bestelling krijgen").shows("Een bestelling annuleren");
        freelancer.sees(&center).shows("Vragen om de opdracht te annuleren").hides("Een update");
        assert_eq!(customer.sees(&order.path).link_named("Oplossingscentrum"), Some(center));
    }
}

#[test]
fn a_closed_order_sends_people_to_customer_service() {
    let world = World::new();
    let (customer, freelancer) = world.parties();
    for status in CLOSED {
        let order = world.order().up_to(status);
        for person in [&customer, &freelancer] {
            for address in [order.at("/resolution"), order.path.clone()] {
                let page = person.sees(&address);
                page.shows("Neem contact op met de klantenservice");
                let service = page.document().select("main a[href]").iter().any(|link| {
                    link.attr_or("href", "").to_string() == SERVICE
                        && link.text().to_lowercase().contains("klantenservice")
                });
                assert!(service, "{address} has no link to customer service: {:?}", page.links());
                let english = person.browser.clone().preferring("en").sees(&address);
                english.shows("contact customer service");
            }
            let page = person.sees(&order.at("/resolution"));
            assert!(!page.has_form(&order.at("/resolution")), "nothing can be chosen");
            assert!(!person.sees(&order.path).links_to(&order.at("/change")));
        }
    }
}

#[test]
fn an_order_in_dispute_shows_what_is_open_instead_of_a_choice() {
    let world = World::new();
    let (customer, freelancer) = world.parties();
    for status in [Status::InDispute, Status::ChangeRequested] {
        let order = world.order().up_to(status);
        for person in [&customer, &freelancer] {
            let page = person.sees(&order.at("/resolution"));
            assert!(page.links_to(&order.dispute(1)), "{:?}", page.links());
            assert!(!page.has_form(&order.at("/resolution")));
            assert!(!person.sees(&order.path).links_to(&order.at("/change")), "no second request");
        }
    }
}

#[test]
fn late_is_a_tag_beside_active_and_in_revision_and_nothing_else() {
    let world = World::new();
    let customer = world.customer();
    for (status, days, late) in [
        (Status::Active, -1, true),
        (Status::InRevision, -1, true),
        (Status::Active, 0, false),
        (Status::Active, 1, false),
        (Status::Delivered, -1, false),
        (Status::InDispute, -1, false),
        (Status::ChangeRequested, -1, false),
        (Status::Completed, -1, false),
    ] {
        let order = world.order().due_in(days).up_to(status);
        for address in [order.path.clone(), format!("/orders?q={order}")] {
            let page = customer.sees(&address);
            // The list has a filter of that name too.
            let tag = |page: &Page| page.document().select("main .tag-late").text().trim().to_owned();
            assert_eq!(tag(&page), if late { "Te laat" } else { "" }, "{status:?} {days}: {}", page.main());
            assert!(page.says(status_words(status).0), "the status itself stays");
            let english = customer.browser.clone().preferring("en").sees(&address);
            assert_eq!(tag(&english), if late { "Late" } else { "" }, "{status:?} {days}");
        }
    }
}

#[test]
fn a_delivery_left_alone_completes_after_three_days_to_the_moment() {
    let world = World::new();
    let (customer, freelancer) = world.parties();
    let order = world.order().active();
    freelancer.delivers(&order);
    let delivered = world.events(&order).pop().unwrap().at;
    let completes = delivered + TimeDelta::days(3);
    assert_eq!(world.row(&order).completes_at, Some(completes));
    world.it_is(completes - TimeDelta::seconds(10));
    assert_eq!(world.sweep(), 0);
    assert!(customer.sees(&order.path).offers(&order.at("/approve")), "there is still time");
    world.days_pass(5);
    assert_eq!((world.sweep(), world.sweep()), (1, 0));
    let last = world.events(&order).pop().unwrap();
    assert_eq!((last.actor, last.kind, last.at), (Actor::System, EventKind::Completed, completes));
    assert_eq!(world.row(&order).status, Status::Completed);
    assert!(freelancer.sees(&order.path).says("Voltooid"));
}

#[test]
fn the_customer_can_still_approve_a_second_before_the_three_days_are_over() {
    let world = World::new();
    let customer = world.customer();
    let order = world.order().delivered();
    let form = customer.approve_form(&order);
    world.it_is(world.row(&order).completes_at.unwrap() - TimeDelta::seconds(1));
    assert_eq!(form.send(&customer).status, 303);
    assert_eq!(world.events(&order).pop().unwrap().kind, EventKind::Approved);
}

#[test]
fn an_order_is_delivered_sent_back_delivered_again_and_approved() {
    let world = World::new();
    let (customer, freelancer) = world.parties();
    let order = world.order().active();
    freelancer.delivers(&order).shows("Opgeleverd.");
    customer.requests_revision(&order, "Het rood mag\nwarmer.").shows("Je hebt om een revisie gevraagd.");
    assert_eq!(world.row(&order).status, Status::InRevision);
    freelancer.sees(&order.path).shows("Het rood mag warmer.");
    world.days_pass(10);
    assert_eq!(world.sweep(), 0, "an order in revision waits for the freelancer");
    freelancer.delivers(&order);
    customer.approves(&order).shows("Goedgekeurd. De bestelling is voltooid.");
    let history: Vec<_> = world.events(&order).iter().map(|event| event.kind).collect();
    let expected = [
        EventKind::Placed,
        EventKind::Delivered,
        EventKind::RevisionRequested,
        EventKind::Delivered,
        EventKind::Approved,
    ];
    assert_eq!(history, expected);
    for person in [&customer, &freelancer] {
        assert!(person.sees(&order.path).says("Voltooid"));
    }
}

#[test]
fn each_party_only_sees_the_buttons_that_are_its_own() {
    let world = World::new();
    let (customer, freelancer) = world.parties();
    let (active, delivered) = (world.order().active(), world.order().delivered());
    for (person, order, forms) in [
        (&customer, &active, [false, false, false]),
        (&freelancer, &active, [true, false, false]),
        (&customer, &delivered, [false, true, true]),
        (&freelancer, &delivered, [false, false, false]),
    ] {
        let page = person.sees(&order.path);
        let shown = ["/deliver", "/approve", "/revision"].map(|form| page.offers(&order.at(form)));
        assert_eq!(shown, forms, "{} {}", person.name, page.main());
    }
}

#[test]
fn a_page_that_stays_open_learns_of_news_by_asking_and_of_nothing_new_without_a_body() {
    let world = World::new();
    let (customer, freelancer) = world.parties();
    let order = world.order().active();
    let news = order.at("/news");
    let tag = freelancer.sees(&news).header("etag").to_owned();
    let ask = || freelancer.request(&Method::GET, &news, &[("if-none-match", &tag)], &[]);
    assert_eq!((ask().status, ask().html.as_str()), (304, ""));
    customer.asks_for_update(&order, "Hoe gaat het?");
    let page = ask().must(200);
    assert!(page.html.contains("Sanne de Vries heeft om een update gevraagd."), "{}", page.html);
    assert_ne!(page.header("etag"), tag);
}
