//! "Gezien": who asked sees when the other party first opened the question (rules 16). And what silence leaves behind.

use reqwest::Method;

use crate::world::World;

#[test]
fn both_see_when_the_party_that_must_answer_first_opened_the_question_and_it_moves_no_clock() {
    let world = World::new();
    let (customer, freelancer) = world.parties();
    let order = world.order().active();
    customer.asks_for_update(&order, "Hoe staat het ervoor?");
    let respond_by = world.dispute(&order, 1).respond_by;
    customer.sees(&order.dispute(1)).shows("Daan Bakker heeft je verzoek nog niet geopend.");
    freelancer.sees(&order.path);
    customer.sees(&order.dispute(1)).shows("Daan Bakker heeft je verzoek nog niet geopend.");
    world.hours_pass(3);
    freelancer.sees(&order.dispute(1)).shows("Je hebt dit verzoek geopend op");
    let first = customer.sees(&order.dispute(1));
    first.shows("Daan Bakker heeft je verzoek geopend op");
    world.hours_pass(5);
    freelancer.sees(&order.dispute(1)).shows("Sanne de Vries ziet dat.");
    let seen = |page: &crate::page::Page| page.document().select(".seen").text().to_string();
    assert_eq!(seen(&customer.sees(&order.dispute(1))), seen(&first), "the first time counts");
    assert_eq!(world.dispute(&order, 1).respond_by, respond_by);
    freelancer.gives_update(&order, "Bijna klaar.");
    customer.sees(&order.dispute(1)).hides("heeft je verzoek geopend");
}

#[test]
fn a_page_that_is_fetched_ahead_or_only_its_head_is_not_seen() {
    let world = World::new();
    let (customer, freelancer) = world.parties();
    let order = world.order().active();
    customer.asks_for_update(&order, "Hoe staat het ervoor?");
    for headers in [
        &[("Sec-Purpose", "prefetch")][..],
        &[("Sec-Purpose", "prefetch;prerender")],
        &[("Purpose", "prefetch")],
        &[("Sec-Fetch-Dest", "iframe")],
    ] {
        freelancer.request(&Method::GET, &order.dispute(1), headers, &[]).must(200);
    }
    freelancer.request(&Method::HEAD, &order.dispute(1), &[], &[]).must(200);
    customer.sees(&order.dispute(1)).shows("Daan Bakker heeft je verzoek nog niet geopend.");
    freelancer.request(&Method::GET, &order.dispute(1), &[("Sec-Fetch-Dest", "document")], &[]).must(200);
    customer.sees(&order.dispute(1)).shows("Daan Bakker heeft je verzoek geopend op");
}

#[test]
fn a_page_whose_script_runs_is_seen_once_the_script_says_so_and_not_in_the_background() {
    let world = World::new();
    let (customer, freelancer) = world.parties();
    let order = world.order().active();
    customer.asks_for_update(&order, "Hoe staat het ervoor?");
    freelancer.takes_cookie("script=1");
    let page = freelancer.sees(&order.dispute(1));
    page.shows("Sanne de Vries ziet het als je dit verzoek opent.");
    let tells = page.document().select("main").attr_or("data-seeing", "").to_string();
    assert_eq!(tells, order.at("/disputes/1/seen"));
    customer.sees(&order.dispute(1)).shows("Daan Bakker heeft je verzoek nog niet geopend.");
    // Only the party that must answer can tell.
    customer.post(&tells, &[]).must(303);
    customer.sees(&order.dispute(1)).shows("Daan Bakker heeft je verzoek nog niet geopend.");
    assert_eq!(freelancer.post(&tells, &[]).must(303).location(), order.dispute(1));
    customer.sees(&order.dispute(1)).shows("Daan Bakker heeft je verzoek geopend op");
    let page = freelancer.sees(&order.dispute(1));
    page.shows("Je hebt dit verzoek geopend op");
    assert!(!page.html.contains("data-seeing"), "it is told once");
    assert!(!customer.sees(&order.dispute(1)).html.contains("data-seeing"), "the asker tells nothing");
}

#[test]
fn silence_stays_on_the_order_with_the_two_next_steps_until_something_else_is_asked() {
    let world = World::new();
    let (customer, freelancer) = world.parties();
    let order = world.order().due_in(30).active();
    customer.asks_for_update(&order, "Hoe staat het ervoor?");
    world.days_pass(2);
    let page = customer.sees(&order.path);
    page.shows("Daan Bakker gaf geen update vóór");
    let cancels = order.at("/resolution?action=cancellation&reason=freelancer_unresponsive");
    assert!(page.links_to(&order.at("/resolution?action=update")) && page.links_to(&cancels), "{:?}", page.links());
    let form = customer.sees(&cancels).form(&order.at("/disputes"));
    assert_eq!(form.value("reason"), "freelancer_unresponsive");
    let page = freelancer.sees(&order.path);
    page.shows("Je gaf geen update vóór");
    assert!(!page.links_to(&cancels));
    customer.asks_for_update(&order, "En nu?");
    customer.withdraws(&order);
    customer.sees(&order.path).hides("gaf geen update");
}

#[test]
fn an_update_is_easy_to_begin_and_becomes_plain_text() {
    let world = World::new();
    let (customer, freelancer) = world.parties();
    for (progress, when, comment, expected) in [
        ("half", "as_agreed", "Morgen meer.", "Ik ben ongeveer op de helft. Je krijgt het zoals afgesproken, op "),
        ("", "later", "", "Het wordt later dan afgesproken."),
        ("", "", "Alleen dit.", "Alleen dit."),
    ] {
        let order = world.order().active();
        customer.asks_for_update(&order, "Hoe staat het ervoor?");
        let fields = [("progress", progress), ("when", when), ("comment", comment)];
        freelancer.post(&order.at("/disputes/1/update"), &fields).must(303);
        let text = world.events(&order).pop().unwrap().text.unwrap().to_string();
        assert!(text.starts_with(expected) && text.ends_with(comment), "{text}");
    }
    let order = world.order().active();
    customer.asks_for_update(&order, "Hoe staat het ervoor?");
    let nothing = [("progress", "x"), ("when", ""), ("comment", " ")];
    freelancer.post(&order.at("/disputes/1/update"), &nothing).must(422);
    let long = "x".repeat(2_500);
    let page = freelancer.post(&order.at("/disputes/1/update"), &[("progress", "done"), ("comment", &long)]).must(422);
    assert_eq!(page.form(&order.at("/disputes/1/update")).value("progress"), "done", "the choice is kept");
}
