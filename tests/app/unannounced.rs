//! An order that came here delivered, nobody knows since when: silence decides nothing about it before its customer was told.

use oplossingscentrum::domain::{EventKind, Status};
use oplossingscentrum::operations::maintenance::doctor;
use oplossingscentrum::operations::orders::sweep;
use reqwest::Method;

use crate::calendar::entries_at;
use crate::following::line;
use crate::postman::FAST;
use crate::smtp::{Answer, Smtp};
use crate::soon::soon;
use crate::world::World;

const NEW: &str = "nieuw@example.com";

impl World {
    /// How many deliveries wait for their customer to be told; nothing is wrong.
    #[track_caller]
    fn unannounced(&self) -> u64 {
        let found = doctor::examine(&self.app.store, self.now(), |line| panic!("{line}")).unwrap();
        found.unannounced
    }
}

#[test]
fn no_clock_starts_that_nobody_was_told_of_and_it_starts_once_its_customer_sees_the_order() {
    let world = World::new();
    let (customer, freelancer) = world.parties();
    world.imports(&[line("#1001", "250", "delivered"), line("#1002", "250", "delivered")]);
    let (order, other) = (world.numbered("#1001"), world.numbered("#1002"));
    let seen = ["order", "list", "--csv"];
    let outside = world.runs(&seen, "");
    world.days_pass(30);
    assert_eq!(world.sweep(), 0);
    assert_eq!((world.row(&order).status, world.unannounced()), (Status::Delivered, 2));
    let calendar = customer.makes_a_calendar();
    assert!(entries_at(&world, &calendar).is_empty(), "nothing is ahead");
    customer.sees("/orders").shows("Logo voor een bakkerij").hides("automatisch voltooid");
    let waits = "De 3 dagen om te reageren beginnen zodra Sanne de Vries onze welkomstmail heeft gekregen";
    freelancer.sees(&order.path).shows("Het werk was al geleverd toen de bestelling").shows(waits);
    let ahead = |method, headers: &[(&str, &str)]| drop(customer.request(&method, &order.path, headers, &[]));
    ahead(Method::HEAD, &[]);
    ahead(Method::GET, &[("sec-purpose", "prefetch")]);
    assert_eq!(world.events(&order).len(), 2, "neither is looked at by a person");
    customer.sees(&order.path).shows("Vanaf nu zijn er 3 dagen om het werk goed te keuren");
    let begun = world.row(&order).completes_at.expect("the three days have begun");
    assert_eq!(begun - world.events(&order)[2].at, chrono::TimeDelta::days(3));
    customer.sees(&order.path);
    let kinds: Vec<_> = world.events(&order).iter().map(|event| event.kind).collect();
    assert_eq!(kinds, [EventKind::Placed, EventKind::ImportedDelivery, EventKind::ReviewBegan], "once");
    freelancer.sees(&order.path).shows("Sanne de Vries heeft de bestelling geopend.").hides(waits);
    assert_eq!(entries_at(&world, &calendar).len(), 2, "its day and its completion, and nothing of the other one");
    let again = world.imports(&[line("#1001", "250", "delivered"), line("#1002", "250", "delivered")]);
    assert_eq!((again.changed, again.same), (0, 2));
    assert_eq!((world.runs(&seen, ""), world.unannounced()), (outside, 1), "the marketplace sees nothing of it");
    world.days_pass(3);
    assert_eq!(world.sweep(), 1);
    assert_eq!((world.row(&order).status, world.row(&other).status), (Status::Completed, Status::Delivered));
    let (done, said) = world.runs(&["doctor"], "");
    assert!(done && said.contains("1 orders came here delivered without `status_since`"), "{said}");
}

#[test]
fn the_welcome_that_the_mail_server_took_starts_it_once_on_however_many_servers() {
    let (world, smtp) = (World::new(), Smtp::new());
    let freelancer = world.freelancer();
    let of_new = |number| line(number, "250", "delivered").replace("klant@example.com", NEW).replace("K1", "K9");
    world.imports(&[of_new("#1001")]);
    let order = world.numbered("#1001");
    smtp.answers(NEW, &[Answer::Refuse("450 4.2.1 try again later")]);
    let _postmen = [world.postman(&smtp, FAST), world.another_postman(&smtp, FAST)];
    world.sweep();
    assert_eq!(world.unannounced(), 1, "nobody was welcomed yet");
    assert!(world.runs(&["account", "invite", NEW], "").0);
    smtp.has_taken(1);
    soon(|| world.waiting().is_empty());
    let now = world.now();
    std::thread::scope(|scope| {
        for _ in 0..2 {
            let store = world.another_store();
            scope.spawn(move || sweep::begin_reviews(&store, now).unwrap());
        }
    });
    assert_eq!(world.events(&order).iter().filter(|event| event.kind == EventKind::ReviewBegan).count(), 1);
    assert_eq!((world.row(&order).status, world.unannounced()), (Status::Delivered, 0));
    freelancer.sees(&order.path).shows("Vanaf nu zijn er 3 dagen om het goed te keuren of een revisie te vragen.");
    world.relays();
    let told = smtp.has_taken(2).pop().unwrap();
    assert!(told.to == NEW && told.text().contains("automatisch voltooid"), "with its moment: {}", told.text());
    // That it was taken is written down after the server took it.
    soon(|| world.waiting().is_empty());
    world.imports(&[of_new("#1001"), of_new("#1002")]);
    world.sweep();
    assert_eq!(world.unannounced(), 1, "that welcome told nothing of an order that came later");
}

#[test]
fn a_welcome_that_was_refused_for_good_starts_nothing() {
    let (world, smtp) = (World::new(), Smtp::new());
    world.imports(&[line("#1001", "250", "delivered").replace("klant@example.com", NEW).replace("K1", "K9")]);
    smtp.always_answers(NEW, Answer::Refuse("550 5.1.1 no such mailbox"));
    let _postman = world.postman(&smtp, FAST);
    assert!(world.runs(&["account", "invite", NEW], "").0);
    soon(|| smtp.tries(NEW) == 1 && world.waiting().is_empty());
    world.days_pass(30);
    world.sweep();
    assert_eq!((world.row(&world.numbered("#1001")).status, world.unannounced()), (Status::Delivered, 1));
}

#[test]
fn many_of_them_stand_on_the_home_page_behind_those_with_a_moment_each_once() {
    let world = World::new();
    let customer = world.customer();
    let numbers: Vec<String> = (1000..1060).map(|number| format!("#{number}")).collect();
    world.imports(&numbers.iter().map(|number| line(number, "250", "delivered")).collect::<Vec<_>>());
    let seen = world.order().titled("Met een moment").delivered();
    let (mut path, mut found) = (Some("/orders".to_owned()), Vec::new());
    while let Some(next) = path {
        let page = customer.sees(&next);
        if found.is_empty() {
            page.shows("Met een moment");
        }
        found.extend(page.links().into_iter().filter(|link| link.starts_with("/orders/OC-") && link.len() == 19));
        path = page.link_named("Volgende pagina");
    }
    let all: std::collections::BTreeSet<_> = found.iter().collect();
    assert_eq!(all.len(), 61, "every one");
    assert_eq!(found.first(), Some(&seen.path), "first what has a moment");
}
