//! Notifications: a party is told what the other did and what silence did, never what they did themselves.

use oplossingscentrum::domain::{Actor, EventKind, Party};
use oplossingscentrum::store::orders::notifications;

use crate::builders::Order;
use crate::people::Person;
use crate::rows::Row;
use crate::world::World;

/// The notifications of a person about an order, oldest first.
fn told(world: &World, person: &Person) -> Vec<EventKind> {
    let rows = world.app.store.snapshot(|db| notifications::list(db, person.id, None, 999)).unwrap();
    rows.iter().rev().map(|row| row.event.kind).collect()
}

/// The events of an order that this party did not cause.
fn by_others(world: &World, order: &Order, me: Party) -> Vec<EventKind> {
    let events = world.events(order).into_iter().skip(1);
    events.filter(|event| event.actor != Actor::Party(me)).map(|event| event.kind).collect()
}

#[test]
fn each_is_told_what_the_other_did_and_both_what_silence_did() {
    let world = World::new();
    let (customer, freelancer) = world.parties();
    let order = world.order().active();
    customer.asks_for_update(&order, "Hoe staat het?");
    freelancer.comments(&order, "Ik kijk het na.");
    freelancer.gives_update(&order, "Bijna klaar.");
    freelancer.requests_change(&order, 2, &[], "Meer tijd.");
    customer.declines(&order, "Nee.");
    freelancer.delivers(&order);
    customer.requests_revision(&order, "Groter.");
    customer.asks_to_cancel(&order, "other", "Klaar ermee.");
    world.days_pass(3);
    world.sweep();
    let expected =
        [EventKind::Commented, EventKind::UpdateGiven, EventKind::Opened, EventKind::Delivered, EventKind::Lapsed];
    assert_eq!(told(&world, &customer), expected);
    assert_eq!(told(&world, &customer), by_others(&world, &order, Party::Customer));
    assert_eq!(told(&world, &freelancer), by_others(&world, &order, Party::Freelancer));
    let page = freelancer.sees("/notifications");
    page.shows("Sanne de Vries heeft om een update gevraagd.")
        .shows("Er kwam binnen 48 uur geen antwoord.")
        .hides("Je hebt");
    assert!(page.links_to(&order.dispute(1)) && page.links_to(&order.dispute(3)), "{:?}", page.links());
    let page = customer.browser.clone().preferring("en").sees("/notifications");
    page.shows("Daan Bakker requested a change.");
}

#[test]
fn reading_clears_the_marks_but_not_the_badge_which_only_an_answer_does() {
    let world = World::new();
    let (customer, freelancer) = world.parties();
    let order = world.order().active();
    Row::CustomerCancels.opens(&order, &customer, &freelancer);
    let page = freelancer.sees("/notifications");
    assert!(page.says("nieuw") && page.badge() == 1, "{}", page.main());
    let page = freelancer.done(&page.form("/notifications/read"));
    page.shows("Alles is gelezen.");
    assert!(!page.says("nieuw") && !page.has_form("/notifications/read"), "{}", page.main());
    assert_eq!(page.badge(), 1, "the question still waits");
    freelancer.sees(&order.dispute(1));
    freelancer.comments(&order, "Ik denk erover na.");
    assert_eq!(freelancer.badge(), 1, "neither looking nor a comment is an answer");
    assert!(customer.sees("/notifications").says("nieuw"), "reading is mine alone");
    freelancer.declines(&order, "");
    assert_eq!((freelancer.badge(), customer.badge()), (0, 0));
}

#[test]
fn who_sees_the_page_of_an_order_has_read_what_they_were_told_about_it() {
    let world = World::new();
    let (customer, freelancer) = world.parties();
    let (seen, unseen) = (world.order().titled("Gezien").active(), world.order().titled("Ongezien").active());
    for order in [&seen, &unseen] {
        customer.asks_for_update(order, "Hoe staat het?");
    }
    let unread = |person: &Person| person.sees("/notifications").document().select(".is-unread").length();
    assert_eq!(unread(&freelancer), 2);
    freelancer.sees(&seen.at("/disputes/1"));
    assert_eq!((unread(&freelancer), freelancer.badge()), (1, 2), "read, and not answered");
    freelancer.sees(&seen.at("/news"));
    freelancer.gives_update(&seen, "Bijna klaar.");
    freelancer.sees(&unseen.path);
    assert_eq!((unread(&freelancer), freelancer.badge()), (0, 1));
    assert_eq!(unread(&customer), 1, "reading is mine alone");
    customer.sees(&seen.at("/news"));
    assert_eq!(unread(&customer), 1, "what the script asks for is not looked at yet");
}

#[test]
fn notifications_stand_under_their_day_each_with_its_time() {
    let world = World::new();
    let (customer, freelancer) = world.parties();
    let order = world.order().active();
    customer.asks_for_update(&order, "Hoe staat het?");
    world.days_pass(1);
    customer.comments(&order, "Ik wacht nog.");
    let page = freelancer.sees("/notifications");
    let document = page.document();
    let days: Vec<String> =
        document.select("section > h2 time").iter().map(|day| day.attr_or("datetime", "").to_string()).collect();
    assert_eq!(days.len(), 2, "{}", page.main());
    assert!(days[0] > days[1], "the newest day comes first: {days:?}");
    let whole = document.select(".notification time").attr_or("title", "").to_string();
    assert!(whole.contains("(CE"), "the whole moment stands behind the time: {whole}");
}

#[test]
fn the_badge_counts_what_waits_for_my_answer_and_goes_down_at_the_deadline() {
    let world = World::new();
    let (customer, freelancer) = world.parties();
    let orders = [world.order().active(), world.order().active(), world.order().active()];
    Row::Update.opens(&orders[0], &customer, &freelancer);
    Row::Change.opens(&orders[1], &customer, &freelancer);
    Row::CustomerCancels.opens(&orders[2], &customer, &freelancer);
    assert_eq!((customer.badge(), freelancer.badge()), (1, 2));
    customer.sees("/disputes").shows("Wacht op jou");
    world.it_is(world.dispute(&orders[2], 1).respond_by);
    assert_eq!((customer.badge(), freelancer.badge()), (1, 0), "without any sweep");
}

#[test]
fn notifications_come_newest_first_on_pages_of_25() {
    let world = World::new();
    let (customer, freelancer) = world.parties();
    let order = world.order().active();
    Row::Update.opens(&order, &customer, &freelancer);
    let token = customer.csrf_token();
    for nth in 1..=29 {
        let comment = format!("Opmerking {nth}");
        customer.post_with(&token, &order.at("/disputes/1/comments"), &[("comment", &comment)]).must(303);
    }
    let first = freelancer.sees("/notifications");
    let count = |page: &crate::page::Page| page.links().iter().filter(|link| link.starts_with(&order.path)).count();
    let document = first.document();
    let next = document.select("a[rel=next]").attr_or("href", "").to_string();
    let second = freelancer.sees(&next);
    assert_eq!((count(&first), count(&second)), (25, 5));
    assert!(
        second.has("heeft om een update gevraagd") && !first.has("heeft om een update gevraagd"),
        "the oldest comes last"
    );
}
