//! What an order follows of the marketplace, one test for each row of the table.

use super::*;
use crate::domain::orders::change::Title;
use crate::domain::orders::order::tests::order;
use crate::domain::{Ask, ChangeRequest, Extra, ExtraDays, Party, Reason, Text};
use chrono::TimeDelta;

fn at(hours: i64) -> DateTime<Utc> {
    DateTime::from_timestamp(1_790_000_000, 0).unwrap() + TimeDelta::hours(hours)
}

/// What was received of an order when it came here.
fn received(order: &Order) -> Received {
    Received {
        title: order.title.clone(),
        price: order.price,
        placed_at: order.placed_at,
        delivery_date: order.delivery_date,
        status: order.status_outside(),
    }
}

fn status(status: Status) -> Told {
    Told { status: Some(status), ..Told::default() }
}

fn words() -> Option<Text> {
    Some(Text::parse("Ik hoor niets meer.").unwrap())
}

fn asked(mut order: Order, by: Party, ask: Ask) -> Order {
    order.open(by, ask, words(), at(1)).unwrap();
    order
}

fn every_question() -> Vec<(Party, Ask)> {
    let extra = Extra { title: Title::parse("Visitekaartje").unwrap(), price: Money::euro_cents(4_999) };
    let change = ChangeRequest::new(ExtraDays::new(7), vec![extra]).unwrap();
    vec![
        (Party::Customer, Ask::Update),
        (Party::Customer, Ask::Cancellation(Reason::TooLate)),
        (Party::Freelancer, Ask::Cancellation(Reason::CannotDeliver)),
        (Party::Freelancer, Ask::Change(change)),
    ]
}

#[test]
fn a_value_that_did_not_move_since_the_last_file_changes_nothing_whatever_was_agreed_here() {
    let mut order = order(Status::Active);
    let received = received(&order);
    let told = Told {
        title: Some(received.title.clone()),
        price: Some(received.price),
        placed_at: Some(received.placed_at),
        delivery_date: Some(received.delivery_date),
        status: Some(Status::Active),
    };
    (order.price, order.delivery_date) = (Money::euro_cents(30_000), order.delivery_date + TimeDelta::days(7));
    order.deliver(Party::Freelancer, None, at(2)).unwrap();
    let before = order.clone();
    let followed = order.follow(&received, &told, at(3)).unwrap();
    assert_eq!((&followed.received, followed.steps.len(), followed.is_passed_over), (&received, 0, false));
    assert_eq!(order, before);
}

#[test]
fn completed_and_cancelled_are_taken_and_overtake_whatever_is_open() {
    let ends = [
        (Status::Completed, Status::Completed, EventKind::CompletedOutside),
        (Status::Cancelled, Status::Cancelled, EventKind::Cancelled),
        (Status::MutuallyCancelled, Status::Cancelled, EventKind::Cancelled),
    ];
    for (told, becomes, what) in ends {
        for (by, ask) in every_question() {
            let mut order = asked(order(Status::Active), by, ask);
            let steps = order.follow(&received(&order), &status(told), at(5)).unwrap().steps;
            assert_eq!((order.status, &order.open_dispute, order.settles_at()), (becomes, &None, None));
            let [step] = &steps[..] else { panic!("{steps:?}") };
            assert_eq!((step.event.kind, step.event.actor, step.event.at), (what, Actor::System, at(5)));
            assert_eq!(step.event.dispute, Some(1));
            assert_eq!(step.dispute.as_ref().unwrap().state, State::Overtaken(at(5)));
            assert!(step.event.tells(Party::Customer) && step.event.tells(Party::Freelancer));
        }
    }
}

#[test]
fn another_price_or_date_overtakes_a_change_request_that_counts_from_it_and_no_other_question() {
    let (price, date) = (Money::euro_cents(27_500), at(500).date_naive());
    let moves = [
        (Told { price: Some(price), ..Told::default() }, EventKind::Repriced),
        (Told { delivery_date: Some(date), ..Told::default() }, EventKind::Rescheduled),
    ];
    for (told, what) in moves {
        for (by, ask) in every_question() {
            let is_change = matches!(ask, Ask::Change(_));
            let mut order = asked(order(Status::Delivered), by, ask);
            let steps = order.follow(&received(&order), &told, at(5)).unwrap().steps;
            assert_eq!(
                (order.price == price, order.delivery_date == date),
                (told.price.is_some(), told.price.is_none())
            );
            assert_eq!((steps.len(), steps[0].event.kind), (1, what));
            assert!(steps[0].event.moved.is_some());
            assert_eq!(order.open_dispute.is_none(), is_change);
            assert_eq!(steps[0].dispute.is_some(), is_change);
            assert_eq!(
                order.completes_at,
                is_change.then(|| at(5) + TimeDelta::days(3)),
                "it returns, and is looked at"
            );
        }
    }
}

#[test]
fn a_delivery_at_the_marketplace_starts_three_days_and_under_a_question_it_is_where_the_order_returns_to() {
    let mut free = order(Status::Active);
    let steps = free.follow(&received(&free), &status(Status::Delivered), at(5)).unwrap().steps;
    assert_eq!((free.status, free.completes_at), (Status::Delivered, Some(at(5) + TimeDelta::days(3))));
    assert_eq!(steps[0].event.kind, EventKind::DeliveredOutside);
    let mut open = asked(order(Status::Active), Party::Customer, Ask::Update);
    let steps = open.follow(&received(&open), &status(Status::Delivered), at(5)).unwrap().steps;
    assert_eq!((open.status, open.status_outside()), (Status::InDispute, Status::Delivered));
    assert_eq!(steps[0].dispute, open.open_dispute, "the question goes on");
    open.withdraw(Party::Customer, 1, at(6)).unwrap();
    assert_eq!((open.status, open.completes_at), (Status::Delivered, Some(at(6) + TimeDelta::days(3))));
    let mut again = order(Status::Delivered);
    again.follow(&received(&again), &status(Status::InRevision), at(5)).unwrap();
    assert_eq!((again.status, again.completes_at), (Status::InRevision, None));
}

#[test]
fn work_that_went_on_does_not_come_back_and_the_beginning_stays_where_it_is() {
    let mut delivered = order(Status::Delivered);
    let before = delivered.clone();
    let told = Told { price: Some(Money::euro_cents(1)), ..status(Status::Active) };
    assert_eq!(
        delivered.follow(&received(&before), &told, at(5)),
        Err(CannotFollow::Status(Status::Active)),
        "not even the price"
    );
    let told = Told { placed_at: Some(at(-99)), ..Told::default() };
    assert_eq!(delivered.follow(&received(&before), &told, at(5)), Err(CannotFollow::PlacedAt));
    assert_eq!(delivered, before);
    let here = Received { status: Status::Active, ..received(&before) };
    let followed = delivered.follow(&here, &status(Status::Delivered), at(5)).unwrap();
    assert_eq!((followed.steps.len(), followed.received.status), (0, Status::Delivered), "it was there already");
}

#[test]
fn a_closed_order_takes_nothing_and_says_so_once() {
    for closed in [Status::Completed, Status::MutuallyCancelled, Status::Cancelled] {
        let mut order = order(closed);
        let before = Received { status: Status::Active, ..received(&order) };
        for told in [Status::Active, Status::Delivered, Status::Completed, Status::Cancelled] {
            let unchanged = order.clone();
            let followed = order.follow(&before, &status(told), at(5)).unwrap();
            let is_the_end = told == closed || (told == Status::Cancelled && closed == Status::MutuallyCancelled);
            let differs = told != Status::Active && !is_the_end;
            assert_eq!((followed.steps.len(), followed.is_passed_over), (0, differs), "{closed:?} {told:?}");
            assert_eq!((&order, followed.received.status), (&unchanged, told), "what was said is kept all the same");
        }
    }
}

#[test]
fn a_question_that_silence_has_ended_is_not_overtaken() {
    let mut order = asked(order(Status::Active), Party::Customer, Ask::Update);
    let late = order.change_from_outside(OutsideChange::Cancel, at(49));
    assert_eq!(late, Err(Refusal::TooLate(1)));
}
