//! The window is `[opened_at, respond_by)`: one second before the deadline an answer counts, at the deadline it does
//! not, whether or not the lapse was written down (rules 8).

use chrono::TimeDelta;
use chrono_tz::Europe::Amsterdam;
use oplossingscentrum::domain::Language::Nl;
use oplossingscentrum::domain::{State, Status};
use oplossingscentrum::i18n::format::Reader;
use oplossingscentrum::i18n::outcomes::Outcomes;
use oplossingscentrum::i18n::time_markup;

use crate::builders::Order;
use crate::page::Form;
use crate::people::Person;
use crate::rows::{Row, what_happened};
use crate::world::World;

/// Opens each row anew for each of its answers, and hands over who is about to give that answer.
fn every_answer(look: impl Fn(Row, &World, &Order, (&Person, Form))) {
    for row in Row::ALL {
        let world = World::new();
        let (customer, freelancer) = world.parties();
        let count = if row == Row::Update { 4 } else { 5 };
        for nth in 0..count {
            let order = world.order().active();
            row.opens(&order, &customer, &freelancer);
            let mut forms = row.every_form(&order, &customer, &freelancer);
            assert_eq!(forms.len(), count, "{row:?}");
            look(row, &world, &order, forms.swap_remove(nth));
        }
    }
}

#[test]
fn one_second_before_the_deadline_every_answer_counts() {
    every_answer(|row, world, order, (person, form)| {
        world.it_is(world.dispute(order, 1).respond_by - TimeDelta::seconds(1));
        let answer = form.send(person);
        assert_eq!(answer.status, 303, "{row:?} {}: {}", form.action, answer.main());
        let comments = form.action.ends_with("/comments");
        assert_eq!(world.dispute(order, 1).is_open(), comments, "{row:?} {}", form.action);
    });
}

#[test]
fn at_the_deadline_every_answer_is_too_late_and_the_page_says_what_happened_instead() {
    every_answer(|row, world, order, (person, form)| {
        let deadline = world.dispute(order, 1).respond_by;
        world.it_is(deadline);
        let answer = form.send(person).must(409);
        assert_eq!(answer.h1(), Nl.words().refused_too_late(), "{row:?} {}", form.action);
        answer.shows("Verlopen op").shows(&what_happened(world, order, Nl, person));
        let status = if row.is_cancellation() { "geannuleerd" } else { "“Actief”" };
        if row != Row::Change {
            answer.shows(status);
        }
        let moment = deadline.to_rfc3339_opts(chrono::SecondsFormat::Secs, true);
        assert!(answer.times().contains(&moment), "{row:?}: {:?}", answer.times());
        assert!(answer.links_to(&order.dispute(1)) && answer.links_to(&order.path), "{:?}", answer.links());
        world.sweep();
        assert_eq!(world.dispute(order, 1).state, State::Lapsed(deadline), "the answer is not written down");
        let status = if row.is_cancellation() { Status::MutuallyCancelled } else { Status::Active };
        assert_eq!(world.row(order).status, status, "{row:?}");
        assert_eq!(world.events(order).len(), 3, "placed, opened, lapsed");
    });
}

#[test]
fn an_answer_that_comes_too_late_has_the_lapse_written_down() {
    every_answer(|row, world, order, (person, form)| {
        let deadline = world.dispute(order, 1).respond_by;
        world.it_is(deadline);
        form.send(person).must(409);
        assert_eq!(world.dispute(order, 1).state, State::Lapsed(deadline), "{row:?} {}", form.action);
    });
}

#[test]
fn after_the_deadline_the_pages_with_the_buttons_are_too_late_too() {
    for row in Row::ALL {
        let world = World::new();
        let (customer, freelancer) = world.parties();
        let order = world.order().active();
        row.opens(&order, &customer, &freelancer);
        world.it_is(world.dispute(&order, 1).respond_by);
        let (opener, respondent) = row.sides(&customer, &freelancer);
        let page = opener.get(&order.at("/disputes/1/withdraw")).must(409);
        assert_eq!(page.h1(), Nl.words().refused_too_late(), "{row:?}");
        let page = respondent.get(&order.at("/disputes/1/accept")).must(409);
        assert_eq!(page.h1(), Nl.words().refused_too_late(), "{row:?}");
        for person in [opener, respondent] {
            let page = person.sees(&order.dispute(1));
            let action = |form: &str| order.at(&format!("/disputes/1/{form}"));
            for form in ["update", "decline", "comments"] {
                assert!(!page.has_form(&action(form)), "{row:?} {form}");
            }
            for step in ["accept", "withdraw"] {
                assert!(!page.offers(&action(step)), "{row:?} {step}");
            }
        }
    }
}

#[test]
fn before_anybody_presses_a_button_the_page_says_what_each_comes_to_and_when() {
    let world = World::new();
    let (customer, freelancer) = world.parties();
    for row in Row::ALL {
        let order = world.order().active();
        row.opens(&order, &customer, &freelancer);
        let (opener, respondent) = row.sides(&customer, &freelancer);
        let asked = respondent.sees(&order.dispute(1));
        let asks = opener.sees(&order.dispute(1));
        let (row_now, dispute) = (world.row(&order), world.dispute(&order, 1));
        for (person, page) in [(respondent, &asked), (opener, &asks)] {
            let (viewer, other) =
                (row_now.party(person.id).unwrap(), if person.id == opener.id { respondent } else { opener });
            let reader = Reader { language: Nl, zone: Amsterdam };
            let says = Outcomes { reader, dispute: &dispute, viewer, other: &other.name };
            let mut outcomes = vec![says.of_silence()];
            match row {
                _ if person.id == opener.id => outcomes.push(says.of_withdrawing()),
                Row::Update => outcomes.push(says.of_update()),
                Row::CustomerCancels | Row::FreelancerCancels | Row::Change => {
                    outcomes.extend([says.of_accepting(), says.of_declining()]);
                }
            }
            for outcome in outcomes {
                page.shows(&time_markup::plain(&outcome));
            }
        }
        asked.shows("Doe je niets");
        asks.shows(&respondent.name).hides("Doe je niets");
        let deadline = world.dispute(&order, 1).respond_by.to_rfc3339_opts(chrono::SecondsFormat::Secs, true);
        assert!(asked.times().contains(&deadline) && asks.times().contains(&deadline), "{row:?}");
        assert!(asked.main().contains("(CET)") || asked.main().contains("(CEST)"), "the time zone is there");
    }
}

#[test]
fn the_page_to_accept_repeats_the_outcome_and_nothing_happens_by_looking_at_it() {
    let world = World::new();
    let (customer, freelancer) = world.parties();
    for row in [Row::CustomerCancels, Row::FreelancerCancels, Row::Change] {
        let order = world.order().active();
        row.opens(&order, &customer, &freelancer);
        let (opener, respondent) = row.sides(&customer, &freelancer);
        let page = respondent.sees(&order.at("/disputes/1/accept"));
        page.shows("meteen").shows(if row == Row::Change { "€ 262,50" } else { "geannuleerd" });
        assert!(page.links_to(&order.dispute(1)), "there is a way back");
        opener.sees(&order.at("/disputes/1/withdraw")).shows("meteen");
        assert!(world.dispute(&order, 1).is_open());
    }
}
