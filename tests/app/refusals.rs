//! Refusals (409): a rule refuses, and the page says in plain words why, and what can be done now.

use oplossingscentrum::domain::Language::{En, Nl};
use oplossingscentrum::domain::Status;

use crate::builders::Order;
use crate::page::Page;
use crate::rows::Row;
use crate::rows::what_happened;
use crate::world::SERVICE;
use crate::world::World;

#[track_caller]
fn refused(page: Page, order: &Order, heading: &str, text: &str) -> Page {
    assert_eq!((page.status, page.h1().as_str()), (409, heading), "{}: {}", page.path, page.main());
    page.shows(text);
    assert!(page.links_to(&order.path), "there is a way on: {:?}", page.links());
    page
}

#[test]
fn what_is_settled_already_cannot_be_answered_again() {
    for row in Row::ALL {
        let world = World::new();
        let (customer, freelancer) = world.parties();
        let order = world.order().active();
        row.opens(&order, &customer, &freelancer);
        let forms = row.every_form(&order, &customer, &freelancer);
        let (opener, _) = row.sides(&customer, &freelancer);
        opener.withdraws(&order);
        let before = world.everything(&[&customer, &freelancer], &[&order]);
        for (person, form) in &forms {
            let page =
                refused(form.send(person), &order, &Nl.words().refused_already(), &Nl.words().refused_already_text());
            page.shows("Ingetrokken op").shows(&what_happened(&world, &order, Nl, person)).shows("“Actief”");
            assert!(page.links_to(&order.dispute(1)), "{row:?} {}", form.action);
        }
        assert_eq!(world.everything(&[&customer, &freelancer], &[&order]), before, "{row:?}");
    }
}

#[test]
fn the_one_who_comes_second_reads_what_the_first_one_did() {
    let world = World::new();
    let (customer, freelancer) = world.parties();
    let order = world.order().active();
    Row::CustomerCancels.opens(&order, &customer, &freelancer);
    let (decline, withdraw) = (freelancer.decline_form(&order), customer.withdraw_form(&order));
    freelancer.accepts(&order);
    refused(decline.send(&freelancer), &order, &Nl.words().refused_already(), "Geaccepteerd op");
    refused(withdraw.send(&customer), &order, &Nl.words().refused_already(), "geannuleerd");
    assert_eq!(world.row(&order).status, Status::MutuallyCancelled);
}

#[test]
fn an_answer_to_an_earlier_question_does_not_answer_a_later_one() {
    let world = World::new();
    let (customer, freelancer) = world.parties();
    let order = world.order().active();
    customer.asks_to_cancel(&order, "other", "Daarom.");
    let stale = freelancer.accept_form(&order);
    customer.withdraws(&order);
    customer.asks_to_cancel(&order, "too_late", "Nu echt.");
    refused(stale.send(&freelancer), &order, &Nl.words().refused_already(), "Ingetrokken op");
    assert!(world.dispute(&order, 2).is_open());
}

#[test]
fn nothing_can_be_asked_on_a_closed_order() {
    let world = World::new();
    let (customer, freelancer) = world.parties();
    for (status, word) in [
        (Status::Completed, "“Voltooid”"),
        (Status::MutuallyCancelled, "“Wederzijds geannuleerd”"),
        (Status::Cancelled, "“Geannuleerd”"),
    ] {
        let order = world.order().up_to(status);
        let events = world.events(&order).len();
        let ask = [("kind", "update"), ("comment", "Toch nog iets")];
        let cancel = [("kind", "cancellation"), ("reason", "other"), ("comment", "Toch")];
        let change = [("extra_days", "3"), ("comment", "Toch")];
        for page in [
            customer.get(&order.at("/resolution?action=update")),
            customer.get(&order.at("/resolution?action=cancellation")),
            freelancer.get(&order.at("/resolution?action=cancellation")),
            freelancer.get(&order.at("/change")),
            customer.post(&order.at("/disputes"), &ask),
            customer.post(&order.at("/disputes"), &cancel),
            freelancer.post(&order.at("/disputes"), &cancel),
            freelancer.post(&order.at("/changes"), &change),
            freelancer.post(&order.at("/deliver"), &[]),
            customer.post(&order.at("/approve"), &[]),
            customer.post(&order.at("/revision"), &[("comment", "Anders")]),
        ] {
            let page = refused(page, &order, &Nl.words().refused_closed(), word);
            page.shows("Neem contact op met de klantenservice");
            assert!(page.links_to(SERVICE), "{:?}", page.links());
        }
        assert_eq!(world.events(&order).len(), events);
    }
}

#[test]
fn nobody_does_what_only_the_other_may() {
    let world = World::new();
    let (customer, freelancer) = world.parties();
    let order = world.order().active();
    let update = [("kind", "update"), ("comment", "Hoe staat het?")];
    let change = [("extra_days", "3"), ("comment", "Meer tijd")];
    for page in [
        freelancer.get(&order.at("/resolution?action=update")),
        freelancer.post(&order.at("/disputes"), &update),
        customer.get(&order.at("/change")),
        customer.post(&order.at("/changes"), &change),
        customer.post(&order.at("/deliver"), &[]),
        freelancer.post(&order.at("/approve"), &[]),
        freelancer.post(&order.at("/revision"), &[("comment", "Anders")]),
    ] {
        refused(page, &order, &Nl.words().refused(), &Nl.words().refused_not_yours_text());
    }
    assert_eq!(world.events(&order).len(), 1);
}

#[test]
fn nobody_answers_their_own_question_or_withdraws_the_others() {
    let world = World::new();
    let (customer, freelancer) = world.parties();
    for row in Row::ALL {
        let order = world.order().active();
        row.opens(&order, &customer, &freelancer);
        let (opener, respondent) = row.sides(&customer, &freelancer);
        let at = |rest: &str| order.at(&format!("/disputes/1/{rest}"));
        for page in [
            opener.get(&at("accept")),
            opener.post(&at("accept"), &[]),
            opener.post(&at("decline"), &[]),
            opener.post(&at("update"), &[("comment", "Ik antwoord mezelf")]),
            respondent.get(&at("withdraw")),
            respondent.post(&at("withdraw"), &[]),
        ] {
            refused(page, &order, &Nl.words().refused(), &Nl.words().refused_not_yours_text());
        }
        assert!(world.dispute(&order, 1).is_open(), "{row:?}");
        assert_eq!(world.events(&order).len(), 2);
    }
}

#[test]
fn a_question_takes_only_the_answers_it_asks_for() {
    let world = World::new();
    let (customer, freelancer) = world.parties();
    for row in Row::ALL {
        let order = world.order().active();
        row.opens(&order, &customer, &freelancer);
        let (_, respondent) = row.sides(&customer, &freelancer);
        let at = |rest: &str| order.at(&format!("/disputes/1/{rest}"));
        let wrong = match row {
            Row::Update => {
                vec![
                    respondent.get(&at("accept")),
                    respondent.post(&at("accept"), &[]),
                    respondent.post(&at("decline"), &[]),
                ]
            }
            Row::CustomerCancels | Row::FreelancerCancels | Row::Change => {
                vec![respondent.post(&at("update"), &[("comment", "Het gaat goed")])]
            }
        };
        for page in wrong {
            refused(page, &order, &Nl.words().refused(), &Nl.words().refused_not_asked_text());
        }
        assert!(world.dispute(&order, 1).is_open(), "{row:?}");
    }
}

#[test]
fn while_something_is_open_the_order_itself_stands_still() {
    let world = World::new();
    let (customer, freelancer) = world.parties();
    for status in [Status::InDispute, Status::ChangeRequested] {
        let order = world.order().up_to(status);
        for page in [
            freelancer.post(&order.at("/deliver"), &[]),
            customer.post(&order.at("/approve"), &[]),
            customer.post(&order.at("/revision"), &[("comment", "Anders")]),
        ] {
            let page = refused(page, &order, &Nl.words().refused_another(), "al");
            assert!(page.links_to(&order.dispute(1)), "{:?}", page.links());
        }
        assert_eq!(world.row(&order).status, status);
    }
}

#[test]
fn steps_out_of_turn_say_how_the_order_stands() {
    let world = World::new();
    let (customer, freelancer) = world.parties();
    let (active, delivered) = (world.order().active(), world.order().delivered());
    refused(freelancer.post(&delivered.at("/deliver"), &[]), &delivered, &Nl.words().refused(), "“Geleverd”");
    refused(customer.post(&active.at("/approve"), &[]), &active, &Nl.words().refused(), "“Actief”");
    let revision = customer.post(&active.at("/revision"), &[("comment", "Anders")]);
    refused(revision, &active, &Nl.words().refused(), "“Actief”");
}

#[test]
fn refusals_are_in_the_language_of_the_reader() {
    let world = World::new();
    let (customer, freelancer) = world.parties();
    freelancer.switches_language();
    let order = world.order().active();
    customer.asks_to_cancel(&order, "other", "Daarom.");
    let decline = freelancer.sees(&order.dispute(1)).form(&order.at("/disputes/1/decline"));
    world.days_pass(2);
    let page = refused(
        decline.send(&freelancer),
        &order,
        &En.words().refused_too_late(),
        &what_happened(&world, &order, En, &freelancer),
    );
    assert_eq!(page.language(), "en");
}
