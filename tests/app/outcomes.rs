//! Every row of the table: every way in which it can end, from every status in which it can begin.

use chrono::{DateTime, TimeDelta, Utc};
use oplossingscentrum::domain::{Actor, EventKind, Status};

use crate::builders::Order;
use crate::builders::WORKABLE;
use crate::builders::status_words;
use crate::people::Person;
use crate::rows::Row;
use crate::world::World;

/// One order in each status in which a question can be opened, with that row opened on it.
fn opened(world: &World, row: Row, customer: &Person, freelancer: &Person) -> Vec<(Status, Order)> {
    let open = |status| {
        let order = world.order().up_to(status);
        row.opens(&order, customer, freelancer);
        (status, order)
    };
    WORKABLE.map(open).into()
}

/// The expected end.
struct Ended {
    status: Status,
    /// The state in the database, and its word on the page.
    state: (&'static str, &'static str),
    event: (Actor, EventKind),
    /// The exact moment, when it is known.
    at: Option<DateTime<Utc>>,
}

#[track_caller]
fn it_ended(world: &World, order: &Order, people: [&Person; 2], expected: &Ended) {
    let (row, dispute) = (world.row(order), world.dispute(order, 1));
    let last = world.events(order).pop().unwrap();
    assert_eq!(row.status, expected.status);
    assert_eq!(row.open_dispute, None, "nothing is open any more");
    assert_eq!(dispute.state.code(), expected.state.0);
    assert_eq!((last.actor, last.kind, last.dispute), (expected.event.0, expected.event.1, Some(1)));
    assert_eq!(dispute.state.closed_at(), Some(last.at), "the dispute ended when the event happened");
    if let Some(at) = expected.at {
        assert_eq!(last.at, at);
    }
    for person in people {
        let page = person.sees(&order.path);
        assert!(page.says(status_words(expected.status).0), "{}", page.main());
        let page = person.sees(&order.dispute(1));
        assert!(page.says(expected.state.1), "{}", page.main());
    }
}

#[test]
fn opening_tells_the_other_party_at_once_and_starts_their_clock() {
    let world = World::new();
    let (customer, freelancer) = world.parties();
    for row in Row::ALL {
        let (opener, respondent) = row.sides(&customer, &freelancer);
        let badge = respondent.badge();
        for (status, order) in opened(&world, row, &customer, &freelancer) {
            let (written, dispute) = (world.row(&order), world.dispute(&order, 1));
            assert_eq!((written.status, dispute.previous_status), (row.status(), status), "{row:?}");
            assert_eq!(dispute.respond_by - dispute.opened_at, row.window(), "{row:?}");
            assert_eq!((dispute.opener, dispute.is_open()), (row.opener(), true));
            let event = world.events(&order).pop().unwrap();
            assert_eq!((event.actor, event.kind, event.at), (row.by_opener(), EventKind::Opened, dispute.opened_at));
            let said = event.text.unwrap();
            let deadline = dispute.respond_by.to_rfc3339_opts(chrono::SecondsFormat::Secs, true);
            for person in [opener, respondent] {
                let page = person.sees(&order.dispute(1));
                page.shows(said.as_str()).shows(&opener.name);
                assert!(page.says("Open") && page.times().contains(&deadline), "{row:?}: {}", page.main());
                assert!(person.sees(&order.path).says(status_words(row.status()).0));
            }
        }
        assert_eq!(respondent.badge() - badge, 3, "{row:?}");
    }
    assert_eq!((customer.badge(), freelancer.badge()), (6, 6), "a question does not wait for who asked it");
}

#[test]
fn an_update_that_is_given_returns_the_order_to_the_status_it_had() {
    let world = World::new();
    let (customer, freelancer) = world.parties();
    for (status, order) in opened(&world, Row::Update, &customer, &freelancer) {
        world.hours_pass(3);
        freelancer.gives_update(&order, "De eerste schets is af.\nMorgen volgt de rest.");
        let event = (Row::Update.by_respondent(), EventKind::UpdateGiven);
        let state = ("answered", "Beantwoord");
        it_ended(&world, &order, [&customer, &freelancer], &Ended { status, state, event, at: None });
        customer.sees(&order.path).shows("De eerste schets is af.");
    }
}

#[test]
fn accepting_a_cancellation_ends_the_order_whoever_asked() {
    for row in [Row::CustomerCancels, Row::FreelancerCancels] {
        let world = World::new();
        let (customer, freelancer) = world.parties();
        let (_, respondent) = row.sides(&customer, &freelancer);
        for (_, order) in opened(&world, row, &customer, &freelancer) {
            respondent.accepts(&order);
            let (status, event) = (Status::MutuallyCancelled, (row.by_respondent(), EventKind::Accepted));
            let state = ("accepted", "Geaccepteerd");
            it_ended(&world, &order, [&customer, &freelancer], &Ended { status, state, event, at: None });
            assert_eq!(world.row(&order).completes_at, None, "nothing happens to it any more");
        }
    }
}

#[test]
fn accepting_a_change_moves_date_and_price_and_returns_the_order_to_the_status_it_had() {
    let world = World::new();
    let (customer, freelancer) = world.parties();
    for (status, order) in opened(&world, Row::Change, &customer, &freelancer) {
        let before = world.row(&order);
        assert_eq!(before.price.cents, 25_000, "nothing moves while it is open");
        world.days_pass(1);
        customer.accepts(&order);
        let event = (Row::Change.by_respondent(), EventKind::Accepted);
        let state = ("accepted", "Geaccepteerd");
        it_ended(&world, &order, [&customer, &freelancer], &Ended { status, state, event, at: None });
        let after = world.row(&order);
        assert_eq!(after.price.cents, 26_250);
        assert_eq!(after.delivery_date - before.delivery_date, TimeDelta::days(5));
        customer.sees(&order.path).shows("Visitekaartje").shows("€ 262,50");
    }
}

#[test]
fn declining_returns_the_order_to_the_status_it_had_and_changes_nothing_else() {
    for row in [Row::CustomerCancels, Row::FreelancerCancels, Row::Change] {
        let world = World::new();
        let (customer, freelancer) = world.parties();
        let (_, respondent) = row.sides(&customer, &freelancer);
        for (status, order) in opened(&world, row, &customer, &freelancer) {
            let before = world.row(&order);
            respondent.declines(&order, "Liever niet, we zijn er bijna.");
            let state = ("declined", "Afgewezen");
            let event = (row.by_respondent(), EventKind::Declined);
            it_ended(&world, &order, [&customer, &freelancer], &Ended { status, state, event, at: None });
            let after = world.row(&order);
            assert_eq!((after.price, after.delivery_date), (before.price, before.delivery_date));
            customer.sees(&order.dispute(1)).shows("Liever niet, we zijn er bijna.");
        }
    }
}

#[test]
fn declining_needs_no_explanation_and_a_new_request_may_follow() {
    let world = World::new();
    let (customer, freelancer) = world.parties();
    let order = world.order().active();
    customer.asks_to_cancel(&order, "no_longer_needed", "Toch niet nodig.");
    freelancer.declines(&order, "");
    assert_eq!(world.events(&order).pop().unwrap().text, None);
    customer.asks_to_cancel(&order, "other", "Echt niet nodig.");
    assert_eq!((world.row(&order).status, world.row(&order).dispute_count), (Status::InDispute, 2));
    assert_eq!(customer.question(&order), order.dispute(2));
}

#[test]
fn withdrawing_returns_the_order_to_the_status_it_had() {
    for row in Row::ALL {
        let world = World::new();
        let (customer, freelancer) = world.parties();
        let (opener, _) = row.sides(&customer, &freelancer);
        for (status, order) in opened(&world, row, &customer, &freelancer) {
            let before = world.row(&order);
            opener.withdraws(&order);
            let (state, event) = (("withdrawn", "Ingetrokken"), (row.by_opener(), EventKind::Withdrawn));
            it_ended(&world, &order, [&customer, &freelancer], &Ended { status, state, event, at: None });
            let after = world.row(&order);
            assert_eq!((after.price, after.delivery_date), (before.price, before.delivery_date), "{row:?}");
        }
    }
}

#[test]
fn silence_is_settled_at_the_deadline_and_only_once_however_late_the_sweep_comes() {
    for row in Row::ALL {
        let world = World::new();
        let (customer, freelancer) = world.parties();
        let orders = opened(&world, row, &customer, &freelancer);
        let before: Vec<_> = orders.iter().map(|(_, order)| world.row(order)).collect();
        let first = world.dispute(&orders[0].1, 1).respond_by;
        world.it_is(first - TimeDelta::seconds(5));
        assert_eq!(world.sweep(), 0, "{row:?}: nothing is due before the deadline");
        world.hours_pass(50);
        assert_eq!(world.sweep(), 3, "{row:?}");
        assert_eq!(world.sweep(), 0, "{row:?}: a second sweep finds nothing to do");
        for ((status, order), before) in orders.iter().zip(before) {
            let at = Some(world.dispute(order, 1).respond_by);
            let status = if row.is_cancellation() { Status::MutuallyCancelled } else { *status };
            let (state, event) = (("lapsed", "Verlopen"), (Actor::System, EventKind::Lapsed));
            it_ended(&world, order, [&customer, &freelancer], &Ended { status, state, event, at });
            let after = world.row(order);
            assert_eq!((after.price, after.delivery_date), (before.price, before.delivery_date), "{row:?}");
            let lapses = world.events(order).iter().filter(|event| event.kind == EventKind::Lapsed).count();
            assert_eq!(lapses, 1, "{row:?}");
        }
    }
}

#[test]
fn a_delivered_order_that_silence_returns_gets_its_three_days_from_the_deadline_on() {
    let world = World::new();
    let (customer, freelancer) = world.parties();
    let order = world.order().delivered();
    customer.asks_for_update(&order, "Is dit alles?");
    let deadline = world.dispute(&order, 1).respond_by;
    world.days_pass(30);
    assert_eq!(world.sweep(), 2, "the question lapses, and then the order completes");
    let events = world.events(&order);
    let tail: Vec<_> = events.iter().rev().take(2).map(|event| (event.kind, event.at)).collect();
    assert_eq!(tail, [(EventKind::Completed, deadline + TimeDelta::days(3)), (EventKind::Lapsed, deadline)]);
    assert!(freelancer.sees(&order.path).says("Voltooid"));
}

#[test]
fn both_parties_comment_while_it_is_open_and_both_read_the_same_timeline() {
    for row in Row::ALL {
        let world = World::new();
        let (customer, freelancer) = world.parties();
        let order = world.order().active();
        row.opens(&order, &customer, &freelancer);
        customer.comments(&order, "Van de klant, eerste regel");
        freelancer.comments(&order, "Van de freelancer");
        assert_eq!(world.row(&order).status, row.status(), "a comment is not an answer");
        for person in [&customer, &freelancer] {
            for address in [&order.path, &order.dispute(1)] {
                person.sees(address).shows("Van de klant, eerste regel").shows("Van de freelancer");
            }
        }
        let (opener, _) = row.sides(&customer, &freelancer);
        opener.withdraws(&order);
        assert!(!opener.sees(&order.dispute(1)).has_form(&format!("{}/comments", order.dispute(1))), "{row:?}");
    }
}
