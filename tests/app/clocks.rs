//! Clocks of machines: they stop while the machine is off, jump ahead, are set back, and change twice a year. Each
//! question is settled once, no outcome is taken back, no deadline moves, and the timeline stays in order.

use std::net::{IpAddr, Ipv6Addr};
use std::sync::atomic::{AtomicBool, Ordering};

use chrono::{DateTime, TimeDelta, Utc};
use oplossingscentrum::clock::Times;
use oplossingscentrum::clock::real_now;
use oplossingscentrum::domain::{AccountId, Ask, State, Status, Text};
use oplossingscentrum::operations::accounts::password_links::{self, From};
use oplossingscentrum::operations::accounts::sign_in::{self, Attempt, SignIn};
use oplossingscentrum::operations::mail::mail_queue;
use oplossingscentrum::operations::maintenance::doctor;
use oplossingscentrum::operations::orders::{actions, sweep};
use oplossingscentrum::operations::{Failure, Who};
use oplossingscentrum::store::outbox;
use oplossingscentrum::turns::Turn;

use crate::builders::Order;
use crate::counts::report;
use crate::counts::times;
use crate::people::Person;
use crate::postman::FAST;
use crate::rows::Row;
use crate::smtp::Smtp;
use crate::soon::soon;
use crate::world::Kind;
use crate::world::PASSWORD;
use crate::world::World;

/// One order per row of the table, with that question open, and one delivered order; and the moment at which silence
/// acts on each.
fn questions(world: &World, customer: &Person, freelancer: &Person) -> Vec<(Order, DateTime<Utc>)> {
    let mut orders: Vec<Order> = Row::ALL
        .iter()
        .map(|row| {
            let order = world.order().active();
            row.opens(&order, customer, freelancer);
            order
        })
        .collect();
    orders.push(world.order().delivered());
    orders.into_iter().map(|order| (order.clone(), world.row(&order).settles_at().unwrap())).collect()
}

/// Checks that each was settled at its own moment, once, and that the stored orders break no rule.
#[track_caller]
fn all_settled_once(world: &World, questions: &[(Order, DateTime<Utc>)]) {
    for (order, due) in questions {
        let last = world.events(order).pop().unwrap();
        assert_eq!(last.at, *due, "{order}: {:?}", last.kind);
        assert_eq!(world.row(order).settles_at(), None, "{order}");
    }
    nothing_is_wrong(world);
}

#[track_caller]
pub fn nothing_is_wrong(world: &World) {
    let mut wrong = Vec::new();
    let found = doctor::examine(&world.app.store, world.now(), |line| wrong.push(line.to_owned())).unwrap();
    assert_eq!((found.violations, wrong), (0, vec![]));
}

#[test]
fn after_three_days_of_downtime_each_question_is_settled_once_and_one_of_four_days_still_waits() {
    let mut world = World::new();
    let (customer, freelancer) = world.parties();
    let mut questions = questions(&world, &customer, &freelancer);
    world.closes();
    world.days_pass(3);
    assert_eq!(world.sweep(), 4, "three questions of two days, and the delivery");
    assert_eq!(world.sweep(), 0);
    world.opens();
    let change = questions.remove(3).0;
    all_settled_once(&world, &questions);
    assert!(world.dispute(&change, 1).is_open(), "four days are four days");
    world.customer().accepts(&change);
    nothing_is_wrong(&world);
}

#[test]
fn a_clock_that_jumps_a_week_ahead_settles_everything_once_and_setting_it_back_settles_nothing_back() {
    let world = World::new();
    let (customer, freelancer) = world.parties();
    let questions = questions(&world, &customer, &freelancer);
    let (_, respondent) = Row::CustomerCancels.sides(&customer, &freelancer);
    let late = Row::CustomerCancels.yes_form(&questions[1].0, &customer, &freelancer);
    world.days_pass(7);
    assert_eq!(late.send(respondent).status, 409, "before any sweep");
    assert_eq!(world.sweep(), 4, "the fifth was settled by whoever came too late");
    all_settled_once(&world, &questions);
    let before =
        world.everything(&[&customer, &freelancer], &questions.iter().map(|(order, _)| order).collect::<Vec<_>>());
    world.days_pass(-7);
    assert_eq!(world.sweep(), 0);
    assert_eq!(late.send(respondent).status, 409, "what is over is over");
    let orders: Vec<&Order> = questions.iter().map(|(order, _)| order).collect();
    assert_eq!(world.everything(&[&customer, &freelancer], &orders), before);
    let order = &questions[0].0;
    customer.asks_for_update(order, "En nu?");
    let [.., lapsed, opened] = &world.events(order)[..] else { panic!("two events") };
    assert!(opened.at >= lapsed.at, "what comes after is dated after, whatever the clock says");
    let again = world.disputes(order).pop().unwrap();
    assert_eq!(again.respond_by - again.opened_at, TimeDelta::days(2));
    nothing_is_wrong(&world);
}

#[test]
fn a_clock_set_back_an_hour_between_two_requests_moves_no_deadline_and_no_event() {
    for row in Row::ALL {
        let world = World::new();
        let (customer, freelancer) = world.parties();
        let (order, waiting) = (world.order().active(), world.order().active());
        row.opens(&order, &customer, &freelancer);
        row.opens(&waiting, &customer, &freelancer);
        let due = [&order, &waiting].map(|order| world.dispute(order, 1).respond_by);
        world.hours_pass(-1);
        customer.comments(&order, "De klok is teruggezet.");
        assert_eq!([&order, &waiting].map(|order| world.dispute(order, 1).respond_by), due, "{row:?}");
        let (_, respondent) = row.sides(&customer, &freelancer);
        assert_eq!(row.yes_form(&order, &customer, &freelancer).send(respondent).status, 303, "{row:?}");
        assert!(world.events(&order).is_sorted_by_key(|event| event.at), "{row:?}: {:?}", world.events(&order));
        world.it_is(due[1] - TimeDelta::seconds(1));
        assert_eq!(world.sweep(), 0, "{row:?}: not a second early");
        world.it_is(due[1]);
        assert_eq!(world.sweep(), 1, "{row:?}: and none late");
        world.hours_pass(-1);
        customer.sees(&waiting.dispute(1)).shows("Verlopen");
        assert_eq!(world.dispute(&waiting, 1).state, State::Lapsed(due[1]), "{row:?}");
        assert_eq!(respondent.post(&waiting.at("/disputes/1/comments"), &[("comment", "Toch?")]).status, 409);
        nothing_is_wrong(&world);
    }
}

#[test]
fn a_clock_that_goes_back_and_forth_during_requests_and_sweeps_breaks_no_rule() {
    const HANDS: usize = 4;
    let world = World::new();
    let orders: Vec<Order> = (0..HANDS).map(|_| world.order().active()).collect();
    let (customer, freelancer) = world.parties();
    let stop = AtomicBool::new(false);
    let rounds = times(60, 3_000);
    let (done, settled) = std::thread::scope(|scope| {
        let hands: Vec<_> = orders
            .iter()
            .map(|order| {
                let (world, customer, freelancer) = (&world, customer.id, freelancer.id);
                scope.spawn(move || (0..rounds).map(|nth| turn(world, order, customer, freelancer, nth)).sum::<usize>())
            })
            .collect();
        let (world, stop) = (&world, &stop);
        let clock = scope.spawn(move || {
            let mut settled = 0;
            while !stop.load(Ordering::SeqCst) {
                for hours in [26, -1, 0, 25, -1] {
                    world.hours_pass(hours);
                    settled += sweep::settle_all_due(&world.app.store, world.now()).unwrap();
                }
            }
            settled
        });
        let done: Vec<_> = hands.into_iter().map(std::thread::ScopedJoinHandle::join).collect();
        stop.store(true, Ordering::SeqCst);
        let done: usize = done.into_iter().map(|hand| hand.unwrap()).sum();
        (done, clock.join().unwrap())
    });
    for order in &orders {
        assert!(world.events(order).is_sorted_by_key(|event| event.at), "{order}");
    }
    nothing_is_wrong(&world);
    assert!(done > 0 && settled > 0, "{done} {settled}");
    report(format_args!("clock back and forth: {done} steps and {settled} lapses, no rule broken"));
}

/// Asks, comments and withdraws; returns how many of these were allowed.
fn turn(world: &World, order: &Order, customer: AccountId, freelancer: AccountId, nth: u32) -> usize {
    let store = &world.app.store;
    let who = |account| Who { account, reference: order.reference };
    let text = |what: &str| Text::parse(&format!("{what} {nth}")).unwrap();
    let allowed = |result: Result<(), Failure>| match result {
        Ok(()) => 1,
        Err(Failure::Refused(_)) => 0,
        Err(other) => panic!("{other:?}"),
    };
    let token = nth.to_string();
    let opened = actions::open(store, who(customer), Ask::Update, Some(text("Hoe staat het?")), &token, world.now());
    // The question just opened, or the one in its way.
    let number = match &opened {
        Ok(opened) => opened.number,
        Err(Failure::Refused(refused)) => refused.dispute.as_ref().map_or(1, |dispute| dispute.number),
        Err(other) => panic!("{other:?}"),
    };
    let mut done = allowed(opened.map(drop));
    done += allowed(actions::comment(store, who(freelancer), number, text("Even"), world.now()).map(drop));
    if nth.is_multiple_of(3) {
        done += allowed(actions::withdraw(store, who(customer), number, world.now()).map(drop));
    }
    done
}

#[test]
fn on_both_nights_of_summer_time_a_window_is_as_long_as_ever() {
    // The nights of 28 March and 31 October 2027: a day of 23 hours, and one of 25.
    for eve in ["2027-03-27T12:00:00Z", "2027-10-30T12:00:00Z"] {
        let world = World::new();
        let (customer, freelancer) = world.parties();
        world.it_is(eve.parse().unwrap());
        let questions = questions(&world, &customer, &freelancer);
        for ((order, due), row) in questions.iter().zip(Row::ALL) {
            assert_eq!(*due - world.dispute(order, 1).opened_at, row.window(), "{eve} {row:?}");
        }
        let mut by_due = questions.clone();
        by_due.sort_by_key(|(_, due)| *due);
        for (order, due) in &by_due {
            let before = *due - TimeDelta::seconds(1);
            if world.now() < before {
                world.it_is(before);
                world.sweep();
                assert!(world.row(order).settles_at().is_some(), "{eve}: {order} was settled early");
            }
            if world.now() < *due {
                world.it_is(*due);
            }
            world.sweep();
            assert_eq!(world.row(order).settles_at(), None, "{eve}: {order} was settled late");
        }
        assert_eq!(world.sweep(), 0);
        all_settled_once(&world, &questions);
    }
}

#[test]
fn a_clock_set_back_makes_nobody_wait_longer_for_their_password_and_signs_nobody_out() {
    let world = World::new();
    let customer = world.customer();
    let (store, now) = (&world.app.store, real_now());
    let hour_ago = now - TimeDelta::hours(1);
    let (secret, from) = (&world.app.settings.secret, IpAddr::from(Ipv6Addr::LOCALHOST));
    let email = "freelancer@example.com".to_owned();
    let attempt =
        |password: &str| Attempt { email: email.clone(), password: password.into(), address: from, device: None };
    let tries =
        |password: &str, at| sign_in::sign_in(store, &mut Turn::alone(), secret, &attempt(password), at).unwrap();
    for _ in 0..10 {
        assert_eq!(tries("mis", now), SignIn::Wrong);
    }
    let SignIn::TooMany(seconds) = tries(PASSWORD, hour_ago) else { panic!("it still counts") };
    assert!(seconds <= 15 * 60, "{seconds}");
    let later = hour_ago + TimeDelta::minutes(15) + TimeDelta::seconds(1);
    assert!(matches!(tries(PASSWORD, later), SignIn::Accepted(_)), "fifteen minutes by the clock as it is now");
    let asked = Times { wall: now, app: now };
    password_links::ask(store, secret, "klant@example.com", From::Address(from), asked).unwrap();
    let link = world.waiting().into_iter().find_map(|key| key.strip_prefix("password.").map(str::to_owned)).unwrap();
    assert!(password_links::owner(store, &link, hour_ago).unwrap().is_some());
    assert!(
        password_links::owner(store, &link, now + TimeDelta::hours(48)).unwrap().is_none(),
        "and not longer either"
    );
    customer.sees("/orders");
}

#[test]
fn a_server_that_starts_with_an_older_clock_than_the_last_event_serves_and_settles() {
    let mut world = World::closed(Kind::default());
    let order = world.order().up_to(Status::InDispute);
    let due = world.dispute(&order, 1).respond_by;
    world.hours_pass(-1);
    world.opens();
    world.freelancer().gives_update(&order, "Morgen.");
    assert!(world.events(&order).is_sorted_by_key(|event| event.at));
    assert!(world.dispute(&order, 1).state.closed_at().unwrap() < due);
    nothing_is_wrong(&world);
}

#[test]
fn a_mail_goes_out_at_once_however_far_ahead_the_order_it_is_about_was_dated() {
    let (world, smtp) = (World::new(), Smtp::new());
    let (customer, freelancer) = world.parties();
    let order = world.order().active();
    world.days_pass(3);
    customer.asks_for_update(&order, "Hoe staat het?");
    world.relays();
    world.days_pass(-3);
    let _postman = world.postman(&smtp, FAST);
    freelancer.gives_update(&order, "Ik kijk het na.");
    let said = world.events(&order).pop().unwrap();
    assert!(said.at > world.now() + TimeDelta::days(2), "what comes after is dated after");
    let mail = world.queued(&format!("event.{order}.{:04}", said.number));
    assert!(mail.due_at <= world.now(), "{} is not now, {}", mail.due_at, world.now());
    assert!(smtp.has_taken(1)[0].text().contains("Ik kijk het na."));
    // What was written while the clock was ahead is sent once the worker has seen that.
    soon(|| world.waiting() == [format!("event.{order}.0002")]);
    assert_eq!(mail_queue::put_right(&world.app.store, world.now()).unwrap(), 1);
    smtp.has_taken(2);
    nothing_is_wrong(&world);
}

#[test]
fn a_jump_of_the_clock_sets_no_mail_aside_and_one_put_right_brings_back_what_was() {
    let world = World::new();
    let ((customer, freelancer), order) = (world.parties(), world.order().active());
    customer.asks_for_update(&order, "Hoe staat het?");
    let store = &world.app.store;
    let take = |jumped: TimeDelta| {
        let (now, until) = (Times { wall: real_now(), app: world.now() }, real_now() + TimeDelta::minutes(1));
        mail_queue::claim(store, now, jumped, until, 9).unwrap().len()
    };
    let name = outbox::Name { order: order.to_string(), key: format!("event.{order}.0002"), account: freelancer.id };
    world.relays();
    world.days_pass(4);
    assert_eq!(take(TimeDelta::days(4)), 1, "no time passed in which it could be tried: it is tried now");
    mail_queue::try_again(store, &name, world.now() + TimeDelta::minutes(15), "no conversation").unwrap();
    world.days_pass(-4);
    assert_eq!(take(TimeDelta::zero()), 0, "its next try lies four days ahead");
    assert_eq!(mail_queue::put_right(store, world.now()).unwrap(), 1);
    assert_eq!(take(TimeDelta::zero()), 1);
    mail_queue::sent(store, &name, mail_queue::Purpose { is_welcome: false, question: None }, world.now()).unwrap();
    // A server that trusts the jump gives up mails that were never tried; the other servers bring them back.
    customer.withdraws(&order);
    let last = format!("event.{order}.0003");
    world.relays();
    world.days_pass(4);
    take(TimeDelta::zero());
    assert!(matches!(world.queued(&last).state, outbox::MailState::Failed(_)));
    world.days_pass(-4);
    assert!(mail_queue::put_right(store, world.now()).unwrap() > 0);
    let back = world.queued(&last);
    assert_eq!((back.state, back.failure), (outbox::MailState::Waiting, None));
    assert!(back.due_at <= world.now());
    assert_eq!(mail_queue::put_right(store, world.now()).unwrap(), 0, "and then nothing is left to put right");
}
