//! Delivery of mail to a real SMTP server that takes it, refuses it, hangs or hangs up.

use std::collections::BTreeSet;
use std::time::Duration;

use chrono::TimeDelta;
use oplossingscentrum::domain::Status;
use oplossingscentrum::mail::server::Server;
use oplossingscentrum::store::outbox::MailState;
use oplossingscentrum::worker::deliver::Pace;

use crate::postman::FAST;
use crate::postman::ONCE;
use crate::smtp::Answer;
use crate::smtp::Smtp;
use crate::smtp::Taken;
use crate::soon::soon;
use crate::world::Kind;
use crate::world::World;

const KLANT: &str = "klant@example.com";
const FREELANCER: &str = "freelancer@example.com";

fn names(world: &World, mails: &[Taken]) -> Vec<String> {
    let names = world.names();
    mails.iter().map(|mail| names[&mail.id()].clone()).collect()
}

#[test]
fn mails_reach_each_reader_in_the_order_in_which_things_happened() {
    let (world, smtp) = (World::new(), Smtp::new());
    let (customer, freelancer) = world.parties();
    let orders: Vec<_> = (0..9).map(|_| world.order().active()).collect();
    for order in &orders {
        customer.asks_for_update(order, "Hoe staat het?");
        world.seconds_pass(1);
    }
    customer.withdraws(&orders[0]);
    freelancer.gives_update(&orders[1], "Bijna klaar.");
    let _postman = world.postman(&smtp, FAST);
    smtp.has_taken(11);
    let event = |id: String| id.rsplit_once(".freelancer").unwrap().0.to_owned();
    let told: Vec<String> = names(&world, &smtp.taken_for(FREELANCER)).into_iter().map(event).collect();
    let asked = orders.iter().map(|order| format!("event.{order}.0002"));
    assert_eq!(told, asked.chain([format!("event.{}.0003", orders[0])]).collect::<Vec<_>>());
    assert_eq!(names(&world, &smtp.taken_for(KLANT)).len(), 1);
    soon(|| world.waiting().is_empty());
    assert!(world.outbox().iter().all(|row| matches!(row.state, MailState::Sent(_)) && row.tries == 1));
}

#[test]
fn what_one_look_finds_after_downtime_is_told_in_order() {
    let (world, smtp) = (World::new(), Smtp::new());
    let (customer, freelancer) = world.parties();
    let order = world.order().delivered();
    customer.asks_for_update(&order, "Is dit alles?");
    (1..=5).for_each(|nth| drop(customer.comments(&order, &format!("Nog iets: {nth}"))));
    world.days_pass(10);
    assert_eq!(world.sweep(), 2, "event 9: no update came; event 10: nobody responded to the delivery");
    let _postman = world.postman(&smtp, FAST);
    smtp.has_taken(4);
    for person in [&customer, &freelancer] {
        let told: Vec<String> = smtp.taken_for(&person.email).iter().map(Taken::subject).collect();
        assert!(told[0].contains("geen update") && told[1].contains("automatisch voltooid"), "{told:?}");
    }
}

#[test]
fn a_server_that_is_busy_or_hangs_up_is_tried_again_until_it_takes_the_mail() {
    let (world, smtp) = (World::new(), Smtp::new());
    let (customer, freelancer) = world.parties();
    let order = world.order().active();
    smtp.answers(FREELANCER, &[Answer::Refuse("451 busy, come back later"), Answer::DropInData, Answer::DropInData]);
    customer.asks_for_update(&order, "Hoe staat het?");
    customer.comments(&order, "Ik ben benieuwd.");
    world.seconds_pass(600);
    let _postman = world.postman(&smtp, FAST);
    let taken = smtp.has_taken(2);
    assert_eq!(smtp.tries(FREELANCER), 5, "three that failed and two that did not");
    assert!(taken[0].text().contains("Hoe staat het?") && taken[1].text().contains("Ik ben benieuwd."), "in order");
    soon(|| !world.waiting().iter().any(|key| key.starts_with("event.")));
    let first = world.queued(&format!("event.{order}.0002"));
    assert_eq!((first.tries, first.failure), (4, None), "what is sent has no failure any more");
    assert_eq!(freelancer.email, FREELANCER);
}

#[test]
fn a_refused_address_is_set_aside_at_once_with_the_reason_and_holds_nobody_up() {
    let (world, smtp) = (World::new(), Smtp::new());
    let (customer, freelancer) = world.parties();
    let order = world.order().active();
    smtp.answers(FREELANCER, &[Answer::Refuse("550 5.1.1 no such mailbox")]);
    customer.asks_to_cancel(&order, "other", "Daarom.");
    customer.comments(&order, "Hallo?");
    freelancer.comments(&order, "Ja?");
    world.seconds_pass(600);
    let _postman = world.postman(&smtp, FAST);
    smtp.has_taken(2);
    let refused = world.queued(&format!("event.{order}.0002"));
    assert!(matches!(refused.state, MailState::Failed(_)) && refused.tries == 1, "{refused:?}");
    assert!(refused.failure.as_ref().unwrap().contains("no such mailbox"), "{refused:?}");
    assert_eq!((smtp.taken_for(FREELANCER).len(), smtp.taken_for(KLANT).len()), (1, 1), "the next ones go on");
    assert_eq!(smtp.tries(FREELANCER), 2, "and it is not tried again");
}

#[test]
fn what_is_wrong_with_us_and_not_with_the_mail_is_tried_again() {
    let (world, smtp) = (World::new(), Smtp::new());
    let customer = world.customer();
    let order = world.order().active();
    customer.asks_for_update(&order, "Hoe staat het?");
    let nobody = Smtp::gone();
    let key = format!("event.{order}.0002");
    {
        let _postman = world.postman(&nobody, ONCE);
        soon(|| world.queued(&key).failure.is_some());
    }
    let first = world.queued(&key);
    assert_eq!(first.state, MailState::Waiting, "nobody listens there, today");
    world.hours_pass(2);
    {
        // It listens, but has no TLS: nothing is sent to it unencrypted.
        let private = Server::new(&format!("smtps://post:geheim@127.0.0.1:{}", smtp.port), "noreply@example.com");
        let _postman = world.postman_to(private.unwrap(), ONCE);
        soon(|| world.queued(&key).failure != first.failure);
    }
    assert_eq!((world.queued(&key).state, smtp.tries(FREELANCER)), (MailState::Waiting, 0));
    assert_eq!(smtp.signed_in(), [""; 0]);
    world.hours_pass(2);
    let _postman = world.postman(&smtp, FAST);
    smtp.has_taken(1);
}

#[test]
fn after_three_days_of_trying_a_mail_is_set_aside_with_the_last_reason() {
    let (world, smtp) = (World::new(), Smtp::new());
    let customer = world.customer();
    let order = world.order().active();
    smtp.always_answers(FREELANCER, Answer::Refuse("452 4.2.1 mailbox busy"));
    customer.asks_to_cancel(&order, "other", "Daarom.");
    customer.withdraws(&order);
    let _postman = world.postman(&smtp, ONCE);
    let key = format!("event.{order}.0002");
    // The time of the next try counts from when the refusal is written down, which is after the server gave it.
    let because = |reason: &str| world.queued(&key).failure.is_some_and(|failure| failure.contains(reason));
    soon(|| because("mailbox busy"));
    smtp.is_well_again();
    smtp.always_answers(FREELANCER, Answer::Refuse("452 4.2.2 mailbox full"));
    world.it_is(world.queued(&key).due_at + TimeDelta::days(3) - TimeDelta::minutes(1));
    soon(|| because("mailbox full"));
    assert_eq!(world.queued(&key).state, MailState::Waiting, "not before three days have passed");
    // The moment of the next try.
    world.hours_pass(2);
    soon(|| matches!(world.queued(&key).state, MailState::Failed(_)));
    assert!(because("mailbox full"));
    soon(|| world.waiting().is_empty());
    let last = world.queued(&format!("event.{order}.0003"));
    assert_eq!(last.tries, 0, "it waited behind the first one");
    assert_eq!(last.failure.as_deref(), Some("it was not tried in time"));
    smtp.is_well_again();
    world.hours_pass(2);
    customer.asks_for_update(&order, "Iets nieuws.");
    assert!(smtp.has_taken(1)[0].text().contains("Iets nieuws."), "only what is new goes out");
}

#[test]
fn setting_up_a_mail_server_later_floods_nobody() {
    let (world, smtp) = (World::new(), Smtp::new());
    let (customer, freelancer) = world.parties();
    for order in [world.order().active(), world.order().active()] {
        customer.asks_to_cancel(&order, "other", "Daarom.");
        freelancer.declines(&order, "");
    }
    world.days_pass(4);
    let order = world.order().active();
    customer.asks_for_update(&order, "Vandaag.");
    let _postman = world.postman(&smtp, FAST);
    assert!(smtp.has_taken(1)[0].text().contains("Vandaag."));
    soon(|| !world.waiting().iter().any(|key| key.starts_with("event.")));
    assert_eq!(smtp.taken().len(), 1);
}

#[test]
fn a_mail_server_that_hangs_slows_no_page_no_deadline_and_nobody_elses_mail() {
    let smtp = Smtp::new();
    let world = World::with_worker();
    let (customer, freelancer) = world.parties();
    let (order, other) = (world.order().active(), world.order().active());
    smtp.always_answers(FREELANCER, Answer::Hang);
    customer.asks_for_update(&order, "Hoe staat het?");
    let _postman = world.postman(&smtp, Pace { patience: Duration::from_secs(60), ..FAST });
    soon(|| smtp.tries(FREELANCER) == 1);
    freelancer.requests_change(&other, 2, &[], "Meer tijd.");
    customer.sees("/orders");
    let mail = smtp.has_taken(1).remove(0);
    assert_eq!((mail.to.as_str(), mail.text().contains("Meer tijd.")), (KLANT, true), "the other party has theirs");
    world.it_is(world.dispute(&order, 1).respond_by);
    world.app.wake.notify_one();
    soon(|| world.row(&order).status == Status::Active);
    assert_eq!(smtp.tries(FREELANCER), 1, "all that while the first conversation was still hanging");
}

#[test]
fn a_conversation_that_takes_too_long_is_left_and_tried_again() {
    let (world, smtp) = (World::new(), Smtp::new());
    let customer = world.customer();
    let order = world.order().active();
    smtp.answers(FREELANCER, &[Answer::Hang]);
    customer.asks_for_update(&order, "Hoe staat het?");
    let _postman = world.postman(&smtp, Pace { patience: Duration::from_millis(200), ..ONCE });
    let key = format!("event.{order}.0002");
    soon(|| world.queued(&key).failure.is_some());
    assert_eq!(world.queued(&key).failure.as_deref(), Some("the mail server did not answer in time"));
    world.hours_pass(2);
    smtp.has_taken(1);
}

#[test]
fn two_servers_on_one_database_send_every_mail_once_and_in_order() {
    let (world, smtp) = (World::new(), Smtp::new());
    let people: Vec<_> = ["Aleida", "Bram", "Coen", "Dirk", "Els", "Fenna"].map(|name| world.somebody(name)).into();
    for pair in people.chunks(2) {
        let order = world.order().between(&pair[0], &pair[1]).active();
        for nth in 1..=6 {
            pair[0].asks_for_update(&order, &format!("Vraag {nth}"));
            pair[1].gives_update(&order, &format!("Antwoord {nth}"));
        }
    }
    let pace = Pace { idle: Duration::from_millis(1), ..FAST };
    let _postmen = [world.postman(&smtp, pace), world.another_postman(&smtp, pace), world.another_postman(&smtp, pace)];
    soon(|| !world.waiting().iter().any(|key| key.starts_with("event.")));
    let taken = smtp.has_taken(3 * 12);
    let all = names(&world, &taken);
    assert_eq!(all.iter().collect::<BTreeSet<_>>().len(), all.len(), "each once");
    for person in &people {
        assert!(names(&world, &smtp.taken_for(&person.email)).is_sorted(), "in order for {}", person.name);
    }
}

#[test]
fn a_server_that_dies_between_sending_and_writing_it_down_sends_it_once_more_and_recognisably() {
    let (world, smtp) = (World::new(), Smtp::new());
    let customer = world.customer();
    let order = world.order().active();
    smtp.answers(FREELANCER, &[Answer::TakeInSilence]);
    customer.asks_to_cancel(&order, "other", "Daarom.");
    let short = Pace { patience: Duration::from_millis(900), margin: Duration::from_millis(100), ..FAST };
    let postman = world.postman(&smtp, short);
    smtp.has_taken(1);
    drop(postman);
    let key = format!("event.{order}.0002");
    assert_eq!(world.queued(&key).state, MailState::Waiting, "nobody wrote it down");
    let _next = world.another_postman(&smtp, FAST);
    let taken = smtp.has_taken(2);
    soon(|| matches!(world.queued(&key).state, MailState::Sent(_)));
    assert_eq!(taken[0].id(), taken[1].id(), "a mailbox can tell that it is the same mail");
    assert_eq!(world.queued(&key).tries, 2);
}

#[test]
fn a_mail_in_the_hands_of_one_server_is_left_alone_by_the_others() {
    let (world, smtp) = (World::new(), Smtp::new());
    let customer = world.customer();
    let order = world.order().active();
    smtp.answers(FREELANCER, &[Answer::TakeInSilence]);
    customer.asks_to_cancel(&order, "other", "Daarom.");
    let long = Pace { patience: Duration::from_secs(60), ..FAST };
    let _postmen = [world.postman(&smtp, long), world.another_postman(&smtp, long)];
    soon(|| smtp.tries(FREELANCER) == 1);
    // Also when a demo's clock is moved: a claim on a mail lives by the wall clock.
    world.hours_pass(20);
    customer.comments(&order, "Hallo?");
    world.seconds_pass(600);
    std::thread::sleep(Duration::from_millis(150));
    assert_eq!((smtp.tries(FREELANCER), smtp.taken().len()), (1, 1));
}

#[test]
fn a_mail_leaves_the_outbox_a_month_after_it_was_due() {
    let smtp = Smtp::new();
    let mut world = World::closed(Kind { worker: true, ..Kind::default() });
    world.opens();
    let customer = world.customer();
    let order = world.order().active();
    customer.asks_to_cancel(&order, "other", "Daarom.");
    customer.withdraws(&order);
    let postman = world.postman(&smtp, FAST);
    smtp.has_taken(2);
    soon(|| world.waiting().is_empty());
    drop(postman);
    world.days_pass(29);
    world.app.wake.notify_one();
    std::thread::sleep(Duration::from_millis(50));
    assert_eq!(world.outbox().len(), 2);
    world.days_pass(1);
    world.app.wake.notify_one();
    soon(|| world.outbox().is_empty());
}

#[test]
fn the_program_signs_in_at_a_mail_server_that_wants_it() {
    let (world, smtp) = (World::new(), Smtp::new());
    let customer = world.customer();
    let order = world.order().active();
    customer.asks_for_update(&order, "Hoe staat het?");
    let address = format!("smtp://post:geheim@127.0.0.1:{}", smtp.port);
    let _postman = world.postman_to(Server::new(&address, "noreply@example.com").unwrap(), FAST);
    smtp.has_taken(1);
    // "\0post\0geheim" in base 64.
    assert_eq!(smtp.signed_in(), ["PLAIN AHBvc3QAZ2VoZWlt"]);
}
