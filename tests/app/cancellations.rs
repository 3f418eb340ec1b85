//! The reason stays visible: a mutually cancelled order says whether both agreed or the time passed, who asked, when,
//! and the reason that was given (rules 11).

use chrono::{SecondsFormat, TimeDelta};
use oplossingscentrum::domain::State;

use crate::rows::Row;
use crate::world::World;

#[test]
fn an_order_both_agreed_to_cancel_says_so_to_both() {
    for (row, asked_to_opener, asked_to_other, reason) in [
        (Row::CustomerCancels, "Je vroeg op", "Sanne de Vries vroeg op", "Reden: De levering komt te laat"),
        (Row::FreelancerCancels, "Je vroeg op", "Daan Bakker vroeg op", "Reden: Persoonlijke omstandigheden"),
    ] {
        let world = World::new();
        let (customer, freelancer) = world.parties();
        let order = world.order().active();
        row.opens(&order, &customer, &freelancer);
        let (opener, respondent) = row.sides(&customer, &freelancer);
        world.hours_pass(7);
        respondent.accepts(&order);
        world.days_pass(400);
        let dispute = world.dispute(&order, 1);
        let State::Accepted(at) = dispute.state else { panic!("{:?}", dispute.state) };
        for (person, asked, agreed) in [
            (opener, asked_to_opener, format!("{} ging op", respondent.name)),
            (respondent, asked_to_other, "jij ging op".to_owned()),
        ] {
            let page = person.sees(&order.path);
            page.shows(asked).shows(&agreed).shows("akkoord").shows(reason).hides("geen antwoord");
            for moment in [dispute.opened_at, at] {
                let moment = moment.to_rfc3339_opts(SecondsFormat::Secs, true);
                assert!(page.times().contains(&moment), "{moment}: {:?}", page.times());
            }
        }
    }
}

#[test]
fn an_order_that_silence_cancelled_says_so_to_both() {
    for (row, asked_to_other, reason) in [
        (Row::CustomerCancels, "Sanne de Vries vroeg om te annuleren op", "Reden: De levering komt te laat"),
        (Row::FreelancerCancels, "Daan Bakker vroeg om te annuleren op", "Reden: Persoonlijke omstandigheden"),
    ] {
        let world = World::new();
        let (customer, freelancer) = world.parties();
        let order = world.order().in_revision();
        row.opens(&order, &customer, &freelancer);
        let (opener, respondent) = row.sides(&customer, &freelancer);
        world.days_pass(9);
        world.sweep();
        let dispute = world.dispute(&order, 1);
        for (person, asked) in [(opener, "Je vroeg om te annuleren op"), (respondent, asked_to_other)] {
            let page = person.sees(&order.path);
            page.shows(asked).shows("Binnen 48 uur kwam er geen antwoord. Daarom is de bestelling op");
            page.shows("automatisch geannuleerd").shows(reason).hides("akkoord.");
            for moment in [dispute.opened_at, dispute.opened_at + TimeDelta::hours(48)] {
                let moment = moment.to_rfc3339_opts(SecondsFormat::Secs, true);
                assert!(page.times().contains(&moment), "{moment}: {:?}", page.times());
            }
        }
    }
}

#[test]
fn it_is_the_cancellation_that_ended_the_order_that_is_told_and_not_an_earlier_one() {
    let world = World::new();
    let (customer, freelancer) = world.parties();
    let order = world.order().active();
    customer.asks_to_cancel(&order, "ordered_by_mistake", "Dubbel besteld.");
    freelancer.declines(&order, "Ik ben al begonnen.");
    freelancer.asks_to_cancel(&order, "cannot_deliver", "");
    customer.accepts(&order);
    let page = customer.sees(&order.path);
    page.shows("Daan Bakker vroeg op").shows("Reden: Ik kan de opdracht niet (op tijd) uitvoeren");
    let page = freelancer.sees(&order.path).main();
    assert!(page.contains("Reden: Per ongeluk of dubbel besteld"), "the timeline still has the first one: {page}");
}

#[test]
fn each_party_chooses_from_its_own_reasons() {
    let world = World::new();
    let (customer, freelancer) = world.parties();
    let order = world.order().active();
    let form = customer.center_form(&order, "cancellation");
    let expected = [
        "",
        "ordered_by_mistake",
        "no_longer_needed",
        "freelancer_unresponsive",
        "too_late",
        "not_as_agreed",
        "asked_by_freelancer",
        "other",
    ];
    assert_eq!(form.options("reason"), expected);
    let form = freelancer.center_form(&order, "cancellation");
    let expected =
        ["", "customer_unresponsive", "out_of_scope", "asked_by_customer", "cannot_deliver", "personal", "other"];
    assert_eq!(form.options("reason"), expected);
}

#[test]
fn every_reason_is_shown_in_the_words_of_the_rules_in_both_languages() {
    let world = World::new();
    let (customer, freelancer) = world.parties();
    let customers = [
        ("ordered_by_mistake", "Per ongeluk of dubbel besteld", "Ordered by mistake or twice"),
        ("no_longer_needed", "Ik heb de opdracht niet meer nodig", "I no longer need this"),
        ("freelancer_unresponsive", "De freelancer reageert niet", "The freelancer does not respond"),
        ("too_late", "De levering komt te laat", "The delivery is or will be late"),
        ("not_as_agreed", "Het werk is niet zoals afgesproken", "The work is not as agreed"),
        ("asked_by_freelancer", "De freelancer vroeg mij te annuleren", "The freelancer asked me to cancel"),
        ("other", "Anders", "Other"),
    ];
    let freelancers = [
        (
            "customer_unresponsive",
            "De klant reageert niet of levert geen informatie",
            "The customer does not respond or send information",
        ),
        ("out_of_scope", "De klant vraagt meer dan is afgesproken", "The customer asks for more than agreed"),
        ("asked_by_customer", "De klant vroeg mij te annuleren", "The customer asked me to cancel"),
        ("cannot_deliver", "Ik kan de opdracht niet (op tijd) uitvoeren", "I cannot do this (in time)"),
        ("personal", "Persoonlijke omstandigheden", "Personal circumstances"),
        ("other", "Anders", "Other"),
    ];
    let english = freelancer.elsewhere();
    english.signs_in(crate::world::PASSWORD).must(303);
    for (opener, reasons) in [(&customer, &customers[..]), (&freelancer, &freelancers[..])] {
        let order = world.order().active();
        for (number, (code, dutch, in_english)) in (1..).zip(reasons) {
            opener.asks_to_cancel(&order, code, "Daarom.");
            customer.sees(&order.dispute(number)).shows(&format!("Reden: {dutch}"));
            let mine = english.browser.clone().preferring("en");
            mine.sees(&order.dispute(number)).shows(&format!("Reason: {in_english}"));
            opener.withdraws(&order);
        }
    }
}
