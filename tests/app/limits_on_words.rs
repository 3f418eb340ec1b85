//! Limits on words (rules 13): how much one party may say and ask on one order, and what the page says at the limit.

use chrono::{DateTime, SecondsFormat, TimeDelta, Utc};
use oplossingscentrum::domain::{Party, Status};
use oplossingscentrum::operations::maintenance::doctor;

use crate::builders::Order;
use crate::page::Page;
use crate::people::Person;
use crate::world::World;

/// Sends comments one after the other; returns the pages they lead to.
fn comments(person: &Person, order: &Order, words: impl Iterator<Item = String>) -> Vec<Page> {
    let (token, way) = (person.csrf_token(), order.at("/disputes/1/comments"));
    words.map(|words| person.post_with(&token, &way, &[("comment", &words)])).collect()
}

/// Whether a page shows that moment.
fn names(page: &Page, moment: DateTime<Utc>) -> bool {
    page.times().contains(&moment.to_rfc3339_opts(SecondsFormat::Secs, true))
}

fn statuses(pages: &[Page]) -> Vec<u16> {
    pages.iter().map(|page| page.status).collect()
}

#[test]
fn four_hundred_comments_in_a_row_meet_the_limit_and_the_other_one_answers_as_before() {
    let world = World::new();
    let (customer, freelancer) = world.parties();
    let order = world.order().active();
    freelancer.asks_to_cancel(&order, "other", "Daarom.");
    let sent = comments(&freelancer, &order, (0..400).map(|nth| format!("{nth} {}", "x".repeat(2_400))));
    assert_eq!(statuses(&sent), [[303].repeat(30), [409].repeat(370)].concat());
    let first = world.events(&order)[2].at;
    let refused = &sent[399];
    assert_eq!(refused.h1(), "Even geen nieuwe opmerkingen");
    refused.shows("30 opmerkingen per uur").shows("Antwoorden of intrekken kan altijd");
    assert!(names(refused, first + TimeDelta::hours(1)), "{:?}", refused.times());
    assert!(refused.links_to(&order.dispute(1)));
    let own = freelancer.sees(&order.dispute(1));
    assert!(!own.has_form(&order.at("/disputes/1/comments")), "nobody types what cannot be sent");
    own.shows("30 opmerkingen per uur");
    assert!(names(&own, first + TimeDelta::hours(1)));
    assert!(customer.sees(&order.dispute(1)).has_form(&order.at("/disputes/1/comments")), "the limit is of one party");
    customer.comments(&order, "Ik lees het.");
    customer.declines(&order, "Liever niet.");
    assert_eq!(world.row(&order).status, Status::Active);
}

#[test]
fn the_hour_slides_and_the_moment_it_tells_is_the_one_from_which_it_works() {
    let world = World::new();
    let (customer, freelancer) = world.parties();
    let order = world.order().active();
    customer.asks_for_update(&order, "Hoe staat het?");
    for nth in 0..30 {
        world.says(&freelancer, &order, &format!("Opmerking {nth}"));
        world.seconds_pass(60);
    }
    let until = world.events(&order)[2].at + TimeDelta::hours(1);
    let way = order.at("/disputes/1/comments");
    world.it_is(until - TimeDelta::seconds(30));
    freelancer.post(&way, &[("comment", "Te vroeg")]).must(409);
    world.it_is(until);
    freelancer.post(&way, &[("comment", "Op tijd")]).must(303);
    let next = freelancer.post(&way, &[("comment", "Nog een")]).must(409);
    assert!(names(&next, world.events(&order)[3].at + TimeDelta::hours(1)), "the second one is the oldest now");
    freelancer.gives_update(&order, "Bijna klaar.");
}

#[test]
fn a_question_takes_two_hundred_comments_of_one_party_and_then_until_it_ends_none() {
    let world = World::new();
    let (customer, freelancer) = world.parties();
    let order = world.order().active();
    customer.asks_to_cancel(&order, "too_late", "Het duurt te lang.");
    for nth in 0..200 {
        world.says(&customer, &order, &format!("Opmerking {nth}"));
        world.seconds_pass(121);
    }
    let deadline = world.dispute(&order, 1).respond_by;
    let page = customer.sees(&order.dispute(1));
    assert!(!page.has_form(&order.at("/disputes/1/comments")));
    page.shows("200 opmerkingen");
    assert!(names(&page, deadline));
    let refused = customer.post(&order.at("/disputes/1/comments"), &[("comment", "Nog één")]).must(409);
    assert_eq!(refused.h1(), "Er kunnen hier geen opmerkingen meer bij");
    assert!(names(&refused, deadline), "{:?}", refused.times());
    freelancer.declines(&order, "Nee.");
    customer.asks_for_update(&order, "Hoe staat het dan?");
    customer.comments(&order, "Met de volgende vraag begint het opnieuw.");
}

#[test]
fn ten_questions_in_a_day_are_enough_and_the_menu_says_until_when() {
    let world = World::new();
    let (customer, freelancer) = world.parties();
    let order = world.order().active();
    let early = customer.center_form(&order, "update").fill("comment", "Van een oude pagina.");
    for nth in 0..10 {
        customer.asks_for_update(&order, &format!("Vraag {nth}"));
        customer.withdraws(&order);
        world.seconds_pass(60);
    }
    let until = world.dispute(&order, 1).opened_at + TimeDelta::hours(24);
    let menu = customer.sees(&order.at("/resolution"));
    assert_eq!(menu.document().select("input[name=action][disabled]").length(), 2);
    menu.shows("binnen 24 uur 10 keer iets vragen");
    assert!(names(&menu, until));
    for answer in [
        early.send(&customer),
        customer.get(&order.at("/resolution?action=update")),
        customer.get(&order.at("/resolution?action=cancellation")),
    ] {
        let refused = answer.must(409);
        assert_eq!(refused.h1(), "Even geen nieuwe verzoeken");
        assert!(names(&refused, until), "{:?}", refused.times());
        assert!(refused.links_to(&order.path));
    }
    assert_eq!(world.disputes(&order).len(), 10);
    freelancer.asks_to_cancel(&order, "personal", "");
    customer.declines(&order, "Nee.");
    world.it_is(until);
    let early = customer.center_form(&order, "update").fill("comment", "Nu mag het weer.");
    early.send(&customer).must(303);
    early.send(&customer).must(303);
    assert_eq!(world.disputes(&order).len(), 12, "sent twice it is one, whatever the limits say");
}

#[test]
fn whoever_was_declined_twice_in_a_row_waits_a_day_for_the_same_and_may_do_all_else() {
    let world = World::new();
    let (customer, freelancer) = world.parties();
    let order = world.order().active();
    for _ in 0..2 {
        freelancer.requests_change(&order, 3, &[], "Ik heb meer tijd nodig.");
        customer.declines(&order, "Nee.");
    }
    let until = world.events(&order).last().unwrap().at + TimeDelta::hours(24);
    let page = freelancer.sees(&order.path);
    assert_eq!(page.link_named("Wijziging aanvragen"), None);
    page.shows("die is steeds afgewezen");
    assert!(names(&page, until), "{:?}", page.times());
    let refused = freelancer.get(&order.at("/change")).must(409);
    assert_eq!(refused.h1(), "Dit is net een paar keer afgewezen");
    assert!(names(&refused, until));
    let form = [("extra_days", "3"), ("comment", "Toch"), ("form_token", "nieuw")];
    freelancer.post(&order.at("/changes"), &form).must(409);
    let english = freelancer.browser.clone();
    freelancer.switches_language();
    english.get(&order.at("/change")).must(409).shows("each time it was declined");
    freelancer.switches_language();
    freelancer.asks_to_cancel(&order, "personal", "");
    customer.declines(&order, "Nee.");
    world.it_is(until);
    freelancer.requests_change(&order, 3, &[], "Nu dan?");
}

#[test]
fn what_happened_before_there_were_limits_is_right() {
    let world = World::new();
    let customer = world.customer();
    let order = world.order().active();
    customer.asks_for_update(&order, "Hoe staat het?");
    world.writes(&order, Party::Freelancer, (0..300).map(|nth| format!("Opmerking {nth}")));
    let found = doctor::examine(&world.app.store, world.now(), |line| panic!("{line}")).unwrap();
    assert_eq!(found.violations, 0);
    assert!(!world.freelancer().sees(&order.dispute(1)).has_form(&order.at("/disputes/1/comments")));
}

#[test]
fn the_help_page_tells_the_limits_in_both_languages() {
    let world = World::new();
    let customer = world.customer();
    customer.sees("/help").shows("30 opmerkingen per uur").shows("200 bij één verzoek").shows("binnen 24 uur 10 keer");
    customer.switches_language();
    customer.sees("/help").shows("30 comments an hour").shows("200 to one request");
}
