//! Reminders: the party that must answer is reminded, at the right moments, in the right words, and never once it is
//! over.

use chrono::{DateTime, Duration, Offset, TimeDelta, TimeZone, Utc};
use chrono_tz::Europe::Amsterdam;
use oplossingscentrum::domain::Language::Nl;
use oplossingscentrum::domain::Status;
use oplossingscentrum::i18n::format::Reader;
use oplossingscentrum::operations::orders::sweep;
use oplossingscentrum::store::Db;
use oplossingscentrum::store::orders::disputes;

use crate::builders::Order;
use crate::postman::FAST;
use crate::rows::Row;
use crate::smtp::Smtp;
use crate::smtp::Taken;
use crate::soon::soon;
use crate::world::World;

/// The hours before the deadline of that row's reminders, the soonest last.
fn hours(row: Row) -> &'static [i64] {
    match row {
        Row::Update | Row::CustomerCancels | Row::FreelancerCancels => &[24, 6, 1],
        Row::Change => &[48, 24, 6, 1],
    }
}

fn reminders(world: &World) -> Vec<String> {
    world.waiting().into_iter().filter(|key| key.starts_with("reminder.")).collect()
}

fn reminded(world: &World, smtp: &Smtp) -> Vec<Taken> {
    smtp.taken().into_iter().filter(|mail| world.name_of(mail).starts_with("reminder.")).collect()
}

#[test]
fn whoever_must_answer_is_reminded_at_each_moment_of_the_table_in_the_place_of_what_could_not_be_sent() {
    for row in Row::ALL {
        let world = World::new();
        let (customer, freelancer) = world.parties();
        let order = world.order().active();
        row.opens(&order, &customer, &freelancer);
        let respond_by = world.dispute(&order, 1).respond_by;
        let (_, respondent) = row.sides(&customer, &freelancer);
        let mut before = Vec::new();
        for hours in hours(row) {
            let moment = respond_by - TimeDelta::hours(*hours);
            world.it_is(moment - TimeDelta::seconds(5));
            world.sweep();
            assert_eq!(reminders(&world), before, "{row:?} {hours}: not before its moment");
            world.it_is(moment);
            world.sweep();
            let key = format!("reminder.{order}.1.{hours}");
            before = vec![key.clone()];
            assert_eq!(reminders(&world), before, "{row:?}");
            let queued = world.queued(&key);
            assert_eq!((queued.to.id, queued.due_at), (respondent.id, moment), "{key}");
            world.sweep();
            assert_eq!(reminders(&world), before, "{row:?}: once");
        }
    }
}

#[test]
fn a_reminder_comes_at_its_moment_and_says_who_asks_what_why_and_until_when() {
    for row in Row::ALL {
        let (world, smtp) = (World::new(), Smtp::new());
        let (customer, freelancer) = world.parties();
        let order = world.order().active();
        row.opens(&order, &customer, &freelancer);
        let (opener, respondent) = row.sides(&customer, &freelancer);
        let respond_by = world.dispute(&order, 1).respond_by;
        let _postman = world.postman(&smtp, FAST);
        smtp.has_taken(1);
        for (nth, hours) in hours(row).iter().enumerate() {
            world.it_is(respond_by - TimeDelta::hours(*hours));
            world.sweep();
            let mail = smtp.has_taken(nth + 2).pop().unwrap();
            assert_eq!(mail.to, respondent.email);
            let side = row.opener().other().code();
            assert_eq!(world.name_of(&mail), format!("reminder.{order}.1.{hours}.{side}"));
            let moment = Reader { language: Nl, zone: Amsterdam }.moment(respond_by);
            let text = mail.text();
            let short = Reader { language: Nl, zone: Amsterdam }.short_moment(respond_by);
            assert!(mail.subject().starts_with(&format!("Antwoord vóór {short}: ")), "{}", mail.subject());
            let why = world.events(&order)[1].text.clone().unwrap().to_string();
            for part in [opener.name.as_str(), "Doe je niets", &moment, &why, "/answer/"] {
                assert!(text.contains(part), "{row:?}: {part} is not in {text}");
            }
            assert!(mail.header("List-Unsubscribe").unwrap().contains("/unsubscribe/reminders."));
        }
        world.it_is(respond_by);
        world.sweep();
        smtp.has_taken(hours(row).len() + 1 + 2);
    }
}

#[test]
fn there_is_no_reminder_after_an_answer_a_withdrawal_or_a_lapse() {
    // Before any reminder is due, and while some that could not be sent yet wait.
    for hours in [1, 30] {
        let (world, smtp) = (World::new(), Smtp::new());
        let (customer, freelancer) = world.parties();
        let orders: Vec<Order> = (0..6).map(|_| world.order().active()).collect();
        customer.asks_for_update(&orders[0], "Hoe staat het?");
        customer.asks_to_cancel(&orders[1], "other", "Daarom.");
        customer.asks_to_cancel(&orders[2], "other", "Daarom.");
        customer.asks_to_cancel(&orders[3], "other", "Daarom.");
        freelancer.requests_change(&orders[4], 2, &[], "Meer tijd.");
        customer.asks_to_cancel(&orders[5], "other", "Daarom.");
        world.hours_pass(hours);
        world.sweep();
        assert_eq!(reminders(&world).len(), if hours < 24 { 0 } else { 5 }, "the change has a day more");
        freelancer.gives_update(&orders[0], "Bijna klaar.");
        freelancer.accepts(&orders[1]);
        freelancer.declines(&orders[2], "");
        customer.withdraws(&orders[3]);
        customer.accepts(&orders[4]);
        let _postman = world.postman(&smtp, FAST);
        let deadline = world.dispute(&orders[5], 1).respond_by;
        for before in [7, 6, 2, 1] {
            world.it_is(deadline - TimeDelta::hours(before));
            world.sweep();
            soon(|| world.waiting().is_empty());
        }
        let of_the_last = |hours: i64| format!("reminder.{}.1.{hours}.freelancer", orders[5]);
        let sent: Vec<String> = reminded(&world, &smtp).iter().map(|mail| world.name_of(mail)).collect();
        assert_eq!(sent, [24, 6, 1].map(of_the_last), "{hours}");
        world.it_is(deadline);
        world.sweep();
        assert_eq!(world.row(&orders[5]).status, Status::MutuallyCancelled);
        soon(|| world.waiting().is_empty());
        assert_eq!(reminded(&world, &smtp).len(), 3);
    }
}

#[test]
fn a_reminder_that_waits_is_not_sent_once_its_deadline_has_passed() {
    let (world, smtp) = (World::new(), Smtp::new());
    let order = world.order().active();
    world.customer().asks_to_cancel(&order, "other", "Daarom.");
    let deadline = world.dispute(&order, 1).respond_by;
    world.it_is(deadline - TimeDelta::hours(1));
    world.sweep();
    assert_eq!(reminders(&world).len(), 1);
    world.it_is(deadline);
    // The lapse was not written down yet.
    let _postman = world.postman(&smtp, FAST);
    soon(|| world.waiting().is_empty());
    assert_eq!(reminded(&world, &smtp).len(), 0);
}

#[test]
fn a_reminder_that_waits_is_not_sent_once_a_later_one_is_due_whoever_is_quicker() {
    let (world, smtp) = (World::new(), Smtp::new());
    let order = world.order().active();
    world.customer().asks_to_cancel(&order, "other", "Daarom.");
    let deadline = world.dispute(&order, 1).respond_by;
    world.it_is(deadline - TimeDelta::hours(24));
    world.sweep();
    world.it_is(deadline - TimeDelta::hours(6));
    let _postman = world.postman(&smtp, FAST);
    soon(|| world.waiting().is_empty());
    world.sweep();
    soon(|| world.waiting().is_empty());
    let sent: Vec<String> = reminded(&world, &smtp).iter().map(|mail| world.name_of(mail)).collect();
    assert_eq!(sent, [format!("reminder.{order}.1.6.freelancer")]);
}

#[test]
fn after_a_lapse_that_was_settled_late_nobody_is_reminded() {
    let world = World::new();
    let (customer, freelancer) = world.parties();
    for row in Row::ALL {
        row.opens(&world.order().active(), &customer, &freelancer);
    }
    world.days_pass(5);
    // Also when the sweep looks for reminders first.
    sweep::remind(&world.app.store, world.now()).unwrap();
    assert_eq!(reminders(&world), [""; 0]);
    world.sweep();
    assert_eq!(reminders(&world), [""; 0]);
}

#[test]
fn two_servers_that_find_the_same_reminders_make_each_once() {
    let world = World::new();
    let customer = world.customer();
    let orders: Vec<Order> = (0..40).map(|_| world.order().active()).collect();
    for order in &orders {
        customer.asks_for_update(order, "Hoe staat het?");
    }
    let mut wanted: Vec<String> = orders.iter().map(|order| format!("reminder.{order}.1.24")).collect();
    world.hours_pass(25);
    let (now, servers) = (world.now(), [world.app.store.clone(), world.another_store(), world.another_store()]);
    let found_before = servers[0].read(|db| disputes::to_remind(db, now, 500)).unwrap();
    std::thread::scope(|scope| {
        for store in &servers {
            scope.spawn(move || {
                while store.snapshot(disputes::next_reminder).unwrap().is_some_and(|next| next <= now) {
                    sweep::remind(store, now).unwrap();
                }
            });
        }
    });
    let mut made = reminders(&world);
    wanted.sort();
    made.sort();
    assert_eq!(made, wanted);
    // A server that found them before and reaches them only now finds each done: it makes none, and moves none of those
    // to come.
    assert_eq!(found_before.len(), orders.len());
    for (late, _) in &found_before {
        let is_still_to_come = |db: &mut Db| disputes::remind_next(db, late, None);
        assert!(!servers[1].write(is_still_to_come).unwrap(), "{}", late.reference);
    }
    world.hours_pass(18);
    while servers[0].read(disputes::next_reminder).unwrap().is_some_and(|next| next <= world.now()) {
        sweep::remind(&servers[0], world.now()).unwrap();
    }
    let (mut made, mut wanted) = (reminders(&world), orders.iter().map(last_but_one).collect::<Vec<_>>());
    wanted.sort();
    made.sort();
    assert_eq!(made, wanted, "the next one comes, in the place of the one that still waits");
}

fn last_but_one(order: &Order) -> String {
    format!("reminder.{order}.1.6")
}

#[test]
fn a_question_that_cannot_be_understood_keeps_nobody_else_from_being_reminded() {
    let world = World::new();
    let customer = world.customer();
    let orders: Vec<Order> = (0..3).map(|_| world.order().active()).collect();
    for order in &orders {
        customer.asks_to_cancel(order, "other", "Daarom.");
    }
    let reason = |reason: &str| {
        world.sql(&format!("UPDATE disputes SET reason = '{reason}' WHERE order_reference = '{}'", orders[1])).unwrap();
    };
    reason("weather");
    world.hours_pass(24);
    world.sweep();
    assert!(world.app.store.snapshot(disputes::next_reminder).unwrap() > Some(world.now()), "it is not tried for ever");
    reason("other");
    let mut made = reminders(&world);
    let mut wanted = [0, 2].map(|nth: usize| format!("reminder.{}.1.24", orders[nth]));
    wanted.sort();
    made.sort();
    assert_eq!(made, wanted);
}

#[test]
fn the_worker_wakes_up_for_a_reminder() {
    let world = World::with_worker();
    let order = world.order().active();
    world.customer().asks_for_update(&order, "Hoe staat het?");
    world.it_is(world.dispute(&order, 1).respond_by - TimeDelta::hours(24) - TimeDelta::milliseconds(600));
    world.app.wake.notify_one();
    assert_eq!(reminders(&world), [""; 0]);
    // No server tells it again.
    soon(|| reminders(&world) == [format!("reminder.{order}.1.24")]);
}

#[test]
fn after_downtime_only_the_latest_of_the_reminders_is_sent() {
    let (world, smtp) = (World::new(), Smtp::new());
    let customer = world.customer();
    let order = world.order().active();
    customer.asks_for_update(&order, "Hoe staat het?");
    world.it_is(world.dispute(&order, 1).respond_by - TimeDelta::hours(3));
    world.sweep();
    let _postman = world.postman(&smtp, FAST);
    let taken = smtp.has_taken(2);
    assert!(world.name_of(&taken[0]).starts_with("event."), "first what it is about");
    let next = world.name_of(&taken[1]);
    assert!(next.contains(".1.6."), "then the latest reminder: {next}");
    world.hours_pass(2);
    world.sweep();
    assert!(world.name_of(&smtp.has_taken(3)[2]).contains(".1.1."));
}

/// The next beginning or end of summer time in Amsterdam.
fn next_change(after: DateTime<Utc>) -> DateTime<Utc> {
    let offset = |at: DateTime<Utc>| Amsterdam.offset_from_utc_datetime(&at.naive_utc()).fix();
    let mut at = after;
    while offset(at) == offset(at + Duration::hours(1)) {
        at += Duration::hours(1);
    }
    at
}

#[test]
fn around_both_nights_of_summer_time_the_moments_are_right_and_named_after_their_zone() {
    let (world, smtp) = (World::new(), Smtp::new());
    let customer = world.customer();
    let _postman = world.postman(&smtp, FAST);
    for nth in 0..2 {
        // The question is asked before that night, and its deadline comes after it.
        world.it_is(next_change(world.now() + Duration::days(2)) - Duration::hours(30));
        let order = world.order().active();
        customer.asks_for_update(&order, "Hoe staat het?");
        let dispute = world.dispute(&order, 1);
        assert_eq!(dispute.respond_by - dispute.opened_at, TimeDelta::hours(48), "elapsed time");
        let before = dispute.opened_at.with_timezone(&Amsterdam).format("%Z").to_string();
        let (local, after) = {
            let local = dispute.respond_by.with_timezone(&Amsterdam);
            (local.format("%H:%M").to_string(), local.format("%Z").to_string())
        };
        assert_ne!(before, after, "the zone changes its name in between");
        let wanted = format!("om {local} ({after})");
        let asked = smtp.has_taken(nth * 3 + 1).pop().unwrap();
        assert!(asked.text().contains(&wanted), "{wanted}: {}", asked.text());
        world.it_is(dispute.respond_by - TimeDelta::hours(24));
        world.sweep();
        let reminder = smtp.has_taken(nth * 3 + 2).pop().unwrap();
        assert!(reminder.text().contains(&wanted) && reminder.subject().contains(&local), "{wanted}");
        customer.withdraws(&order);
        smtp.has_taken(nth * 3 + 3);
    }
}

fn completions(world: &World) -> Vec<String> {
    world.waiting().into_iter().filter(|key| key.starts_with("completion.")).collect()
}

#[test]
fn a_customer_is_reminded_24_and_6_hours_before_a_delivery_completes_by_silence() {
    let (world, smtp) = (World::new(), Smtp::new());
    let (customer, freelancer) = world.parties();
    let order = world.order().active();
    freelancer.done(&freelancer.deliver_form(&order).fill("comment", "Alles staat in de map."));
    let completes_at = world.row(&order).completes_at.unwrap();
    let postman = world.postman(&smtp, FAST);
    smtp.has_taken(1);
    for (nth, hours) in [24, 6].into_iter().enumerate() {
        world.it_is(completes_at - TimeDelta::hours(hours) - TimeDelta::seconds(1));
        world.sweep();
        assert_eq!(smtp.taken().len(), nth + 1, "not before its moment");
        world.it_is(completes_at - TimeDelta::hours(hours));
        world.sweep();
        world.sweep();
        let mail = smtp.has_taken(nth + 2).pop().unwrap();
        assert_eq!(mail.to, customer.email);
        let moment = Reader { language: Nl, zone: Amsterdam }.moment(completes_at);
        assert!(mail.subject().contains(&moment), "{}", mail.subject());
        let text = mail.text();
        for part in [freelancer.name.as_str(), "keur het werk goed", "Alles staat in de map.", &moment, &order.path] {
            assert!(text.contains(part), "{part} is not in {text}");
        }
        assert!(mail.header("List-Unsubscribe").unwrap().contains("/unsubscribe/reminders."));
    }
    soon(|| completions(&world).is_empty());
    drop(postman);
    world.it_is(completes_at);
    world.sweep();
    assert_eq!((world.row(&order).status, completions(&world)), (Status::Completed, Vec::new()));
}

#[test]
fn no_customer_is_reminded_of_a_delivery_that_no_longer_waits() {
    let (world, smtp) = (World::new(), Smtp::new());
    let (customer, freelancer) = world.parties();
    let orders: Vec<Order> = (0..4).map(|_| world.order().delivered()).collect();
    let moments: Vec<_> = orders.iter().map(|order| world.row(order).completes_at.unwrap()).collect();
    world.it_is(*moments.iter().max().unwrap() - TimeDelta::hours(24));
    world.sweep();
    assert_eq!(completions(&world).len(), 4, "they could not be sent yet");
    customer.approves(&orders[0]);
    customer.requests_revision(&orders[1], "Graag blauw.");
    customer.asks_to_cancel(&orders[2], "other", "Daarom.");
    customer.asks_to_cancel(&orders[3], "other", "Daarom.");
    freelancer.declines(&orders[3], "");
    let _postman = world.postman(&smtp, FAST);
    soon(|| world.waiting().is_empty());
    let reminded = || smtp.taken().iter().filter(|mail| world.name_of(mail).starts_with("completion.")).count();
    assert_eq!(reminded(), 0, "one is closed, one is sent back, one is asked about, and one has three days again");
    let again = world.row(&orders[3]).completes_at.unwrap();
    world.it_is(again - TimeDelta::hours(5));
    world.sweep();
    soon(|| world.waiting().is_empty());
    assert_eq!(reminded(), 1, "of two that came during a pause only the last");
    world.sweep();
    freelancer.sees(&orders[3].path);
    assert_eq!(completions(&world), [""; 0]);
}

#[test]
fn two_servers_remind_a_customer_of_a_delivery_once() {
    let world = World::new();
    let order = world.order().delivered();
    world.it_is(world.row(&order).completes_at.unwrap() - TimeDelta::hours(24));
    let another = world.another_store();
    std::thread::scope(|scope| {
        scope.spawn(|| sweep::remind(&another, world.now()).unwrap());
        scope.spawn(|| sweep::remind(&world.app.store, world.now()).unwrap());
    });
    assert_eq!(completions(&world).len(), 1);
    let sweep_at = sweep::next_moment(&world.app.store).unwrap();
    assert_eq!(
        sweep_at,
        world.row(&order).completes_at.map(|at| at - TimeDelta::hours(6)),
        "the worker wakes up for it"
    );
}

#[test]
fn who_asked_may_remind_once_in_24_hours_while_the_question_is_open() {
    let (world, smtp) = (World::new(), Smtp::new());
    let (customer, freelancer) = world.parties();
    let order = world.order().active();
    customer.asks_for_update(&order, "Hoe staat het?");
    let _postman = world.postman(&smtp, FAST);
    smtp.has_taken(1);
    let way = order.at("/disputes/1/remind");
    let respond_by = world.dispute(&order, 1).respond_by;
    let remind = customer.sees(&order.dispute(1)).form(&way);
    customer.done(&remind).shows("Daan Bakker krijgt een herinnering per e-mail.");
    let mail = smtp.has_taken(2).pop().unwrap();
    assert_eq!(mail.to, freelancer.email);
    assert!(
        mail.text().contains("Hoe staat het?") && mail.subject().starts_with("Antwoord vóór"),
        "{}",
        mail.subject()
    );
    world.hours_pass(23);
    customer.post(&way, &[]).must(409).shows("Je hebt al een herinnering gestuurd");
    world.hours_pass(1);
    customer.post(&way, &[]).must(303);
    smtp.has_taken(3);
    assert_eq!(
        (world.dispute(&order, 1).respond_by, world.events(&order).len()),
        (respond_by, 2),
        "it changes nothing"
    );
    freelancer.post(&way, &[]).must(409);
    freelancer.gives_update(&order, "Bijna klaar.");
    customer.post(&way, &[]).must(409);
}
