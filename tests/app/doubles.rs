//! A form that is sent twice opens one dispute; two different forms do not open two.

use crate::rows::Row;
use crate::world::World;
use chrono::TimeDelta;
use oplossingscentrum::domain::Language::Nl;
use oplossingscentrum::domain::Text;
use oplossingscentrum::operations::Who;
use oplossingscentrum::operations::orders::actions;

#[test]
fn the_same_form_sent_twice_opens_one_and_leads_to_the_same_page() {
    let world = World::new();
    let (customer, freelancer) = world.parties();
    for row in Row::ALL {
        let order = world.order().active();
        let (opener, respondent) = row.sides(&customer, &freelancer);
        let form = match row {
            Row::Update => customer.center_form(&order, "update").fill("comment", "Hoe staat het?"),
            Row::CustomerCancels => {
                customer.center_form(&order, "cancellation").choose("reason", "other").fill("comment", "Daarom.")
            }
            Row::FreelancerCancels => freelancer.center_form(&order, "cancellation").choose("reason", "personal"),
            Row::Change => freelancer.change_form(&order, 3, &[("Extra", "5")], "Meer werk."),
        };
        let badge = respondent.badge();
        let first = form.send(opener).must(303);
        let second = form.send(opener).must(303);
        assert_eq!((first.location(), second.location()), (&*order.dispute(1), &*order.dispute(1)), "{row:?}");
        assert_eq!((world.disputes(&order).len(), world.events(&order).len()), (1, 2), "{row:?}");
        assert_eq!(respondent.badge(), badge + 1, "told once");
        // Also when it is over already: going back in the browser and sending again opens no new one.
        opener.withdraws(&order);
        let third = form.send(opener).must(303);
        assert_eq!(third.location(), order.dispute(1));
        assert_eq!(world.disputes(&order).len(), 1, "{row:?}");
    }
}

#[test]
fn a_second_form_is_refused_with_what_is_in_the_way_and_a_link_to_it() {
    for row in Row::ALL {
        let world = World::new();
        let (customer, freelancer) = world.parties();
        let order = world.order().active();
        let late = [
            (&customer, customer.center_form(&order, "update").fill("comment", "Hoe staat het?")),
            (
                &customer,
                customer.center_form(&order, "cancellation").choose("reason", "other").fill("comment", "Daarom."),
            ),
            (&freelancer, freelancer.center_form(&order, "cancellation").choose("reason", "personal")),
            (&freelancer, freelancer.change_form(&order, 3, &[], "Meer werk.")),
        ];
        row.opens(&order, &customer, &freelancer);
        let named = match row {
            Row::Update => Nl.words().refused_another_update(),
            Row::CustomerCancels | Row::FreelancerCancels => Nl.words().refused_another_cancellation(),
            Row::Change => Nl.words().refused_another_change(),
        };
        for (person, form) in &late {
            let page = form.send(person).must(409);
            assert_eq!(page.h1(), Nl.words().refused_another());
            page.shows(&named);
            assert!(page.links_to(&order.dispute(1)), "{:?}", page.links());
        }
        for (person, address) in [
            (&customer, order.at("/resolution?action=update")),
            (&customer, order.at("/resolution?action=cancellation")),
            (&freelancer, order.at("/resolution?action=cancellation")),
            (&freelancer, order.at("/change")),
        ] {
            let page = person.get(&address).must(409);
            page.shows(&named);
            assert!(page.links_to(&order.dispute(1)), "{address}: {:?}", page.links());
        }
        assert_eq!(world.disputes(&order).len(), 1, "{row:?}");
    }
}

#[test]
fn a_form_without_a_token_of_its_own_still_works_once() {
    let world = World::new();
    let customer = world.customer();
    let order = world.order().active();
    let form = customer.center_form(&order, "update").fill("comment", "Hoe staat het?").forge("form_token", "");
    form.send(&customer).must(303);
    form.send(&customer).must(409);
    assert_eq!(world.disputes(&order).len(), 1);
}

#[test]
fn the_same_words_count_as_one_comment_within_a_minute_and_as_two_after_it() {
    let world = World::new();
    let (customer, freelancer) = world.parties();
    let order = world.order().active();
    customer.asks_for_update(&order, "Hoe staat het?");
    freelancer.comments(&order, "Ik kijk even.");
    let first = world.events(&order).pop().unwrap().at;
    let who = Who { account: freelancer.id, reference: order.reference };
    let says_again = |at| {
        actions::comment(&world.app.store, who, 1, Text::parse("Ik kijk even.").unwrap(), at).unwrap();
        world.events(&order).len() - 2
    };
    let minute = TimeDelta::seconds(60);
    assert_eq!(says_again(first + minute - TimeDelta::microseconds(1)), 1, "pressed twice");
    assert_eq!(says_again(first + minute), 2, "said again");
}

#[test]
fn a_token_belongs_to_one_order() {
    let world = World::new();
    let customer = world.customer();
    let orders = [world.order().active(), world.order().active()];
    for order in &orders {
        let form =
            customer.center_form(order, "update").fill("comment", "Hoe staat het?").forge("form_token", "zelfde");
        assert_eq!(form.send(&customer).must(303).location(), order.dispute(1));
    }
}
