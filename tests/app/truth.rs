//! A deadline is a fact, not an event: pages tell the truth before the worker has written it down, and the same truth
//! afterwards.

use crate::builders::Order;
use crate::builders::WORKABLE;
use crate::builders::status_words;
use crate::people::Person;
use crate::rows::Row;
use crate::world::World;
use oplossingscentrum::domain::Language::Nl;
use oplossingscentrum::domain::Status;

/// A page's text without the fingerprint, which is that of what is written down.
fn without_fingerprint(text: &str) -> String {
    let Some((before, rest)) = text.split_once("Vingerafdruk: ") else { return text.to_owned() };
    let (_, after) = rest.split_once("een vraag is geopend. ").expect("the words about it end like this");
    format!("{before}{after}")
}

/// The texts that both people read about their orders, on all pages.
fn what_they_read(people: [&Person; 2], orders: &[Order], lists: &[&str]) -> Vec<String> {
    let mut read = Vec::new();
    for person in people {
        for address in orders.iter().flat_map(|order| [order.path.clone(), order.at("/resolution"), order.dispute(1)]) {
            read.push(format!("{address}: {}", without_fingerprint(&person.sees(&address).main())));
        }
        for list in lists {
            read.push(format!("{list}: {}", person.sees(list).main()));
        }
        read.push(format!("badge: {}", person.badge()));
    }
    read
}

#[test]
fn pages_tell_the_truth_before_the_sweep_and_the_same_after_it() {
    for row in Row::ALL {
        let world = World::new();
        let (customer, freelancer) = world.parties();
        let orders = WORKABLE.map(|status| world.order().up_to(status));
        for order in &orders {
            row.opens(order, &customer, &freelancer);
        }
        world.it_is(world.dispute(&orders[2], 1).respond_by);
        world.a_minute_starts();
        let lists = ["/orders", "/orders?filter=open", "/orders?filter=waiting", "/disputes"];
        let before = what_they_read([&customer, &freelancer], &orders, &lists);
        for (order, status) in orders.iter().zip(WORKABLE) {
            assert_eq!(world.row(order).status, row.status(), "nobody has written it down yet");
            let status = if row.is_cancellation() { Status::MutuallyCancelled } else { status };
            for person in [&customer, &freelancer] {
                let page = person.sees(&order.path);
                assert!(page.says(status_words(status).0), "{row:?}: {}", page.main());
                assert!(person.sees(&order.dispute(1)).says("Verlopen"), "{row:?}");
                person.sees("/disputes").hides(&order.to_string());
            }
        }
        assert_eq!((customer.badge(), freelancer.badge()), (0, 0), "{row:?}");
        assert_eq!(world.sweep(), 3, "{row:?}");
        let after = what_they_read([&customer, &freelancer], &orders, &lists);
        for (before, after) in before.iter().zip(&after) {
            assert_eq!(before, after, "{row:?}");
        }
    }
}

#[test]
fn the_lists_of_closed_things_tell_the_truth_before_the_sweep_too() {
    for row in Row::ALL {
        let world = World::new();
        let (customer, freelancer) = world.parties();
        let order = world.order().active();
        row.opens(&order, &customer, &freelancer);
        world.it_is(world.dispute(&order, 1).respond_by);
        world.a_minute_starts();
        let lists = ["/orders?filter=closed", "/disputes?view=closed", "/orders?filter=closed&role=customer"];
        let before = what_they_read([&customer, &freelancer], &[], &lists);
        world.sweep();
        assert_eq!(before, what_they_read([&customer, &freelancer], &[], &lists), "{row:?}");
    }
}

#[test]
fn an_order_that_completes_by_itself_is_completed_on_every_page_before_the_sweep() {
    let world = World::new();
    let (customer, freelancer) = world.parties();
    let order = world.order().delivered();
    world.it_is(world.row(&order).completes_at.unwrap());
    assert_eq!(world.row(&order).status, Status::Delivered, "nobody has written it down yet");
    for person in [&customer, &freelancer] {
        let page = person.sees(&order.path);
        assert!(page.says("Voltooid"), "{}", page.main());
        page.shows("Er kwam 3 dagen geen reactie op de levering.");
        assert!(!page.offers(&order.at("/approve")));
        assert!(person.sees("/orders").says("Voltooid"));
    }
    let late = customer.post(&order.at("/approve"), &[]).must(409);
    assert_eq!(late.h1(), Nl.words().refused_closed());
    assert_eq!(world.row(&order).status, Status::Completed);
}

#[test]
fn somebody_who_asks_anew_after_an_unwritten_lapse_gets_a_second_question() {
    let world = World::new();
    let (customer, freelancer) = world.parties();
    let order = world.order().active();
    customer.asks_for_update(&order, "Hoe staat het ervoor?");
    world.days_pass(3);
    customer.asks_for_update(&order, "En nu?");
    let disputes = world.disputes(&order);
    assert_eq!(disputes.iter().map(|dispute| dispute.state.code()).collect::<Vec<_>>(), ["lapsed", "open"]);
    assert_eq!(disputes[0].state.closed_at(), Some(disputes[0].respond_by));
    assert_eq!(freelancer.badge(), 1);
}
