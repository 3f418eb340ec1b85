//! The sentences of the rules, one test each.

use super::*;
use crate::domain::orders::change::Title;
use crate::domain::orders::outside::OutsideChange;
use crate::domain::{ChangeRequest, Extra, ExtraDays, Reason};
use strum::VariantArray;

use Party::{Customer, Freelancer};

fn at(hours: i64) -> DateTime<Utc> {
    DateTime::from_timestamp(1_790_000_000, 0).unwrap() + TimeDelta::hours(hours)
}

pub(crate) fn order(status: Status) -> Order {
    let mut order = Order {
        reference: Reference::from_bits(7),
        external_id: None,
        title: "Logo voor een bakkerij".into(),
        customer: AccountId(1),
        freelancer: AccountId(2),
        placed_at: at(-100),
        price: Money::euro_cents(25_000),
        delivery_date: at(240).date_naive(),
        status,
        completes_at: None,
        unannounced_since: None,
        open_dispute: None,
        dispute_count: 0,
        event_count: 1,
    };
    order.enter(status, at(0));
    order
}

fn text(written: &str) -> Text {
    Text::parse(written).unwrap()
}

#[allow(clippy::unnecessary_wraps, reason = "it is passed where a text may be missing")]
fn because() -> Option<Text> {
    Some(text("Ik hoor niets meer."))
}

fn change() -> ChangeRequest {
    let extra = Extra { title: Title::parse("Visitekaartje").unwrap(), price: Money::euro_cents(4_999) };
    ChangeRequest::new(ExtraDays::new(7), vec![extra]).unwrap()
}

/// The four ways to open something.
fn openings() -> [(Party, Ask); 4] {
    [
        (Customer, Ask::Update),
        (Customer, Ask::Cancellation(Reason::TooLate)),
        (Freelancer, Ask::Cancellation(Reason::CannotDeliver)),
        (Freelancer, Ask::Change(change())),
    ]
}

const WORKABLE: [Status; 3] = [Status::Active, Status::Delivered, Status::InRevision];
const FINAL: [Status; 3] = [Status::Completed, Status::MutuallyCancelled, Status::Cancelled];

fn opened(status: Status, by: Party, ask: &Ask) -> Order {
    let mut order = order(status);
    order.open(by, ask.clone(), because(), at(0)).unwrap();
    order
}

#[test]
fn the_marketplace_cancels_what_is_workable_and_nothing_else() {
    for status in WORKABLE {
        let mut order = order(status);
        let event = order.change_from_outside(OutsideChange::Cancel, at(5)).unwrap().event;
        assert_eq!((order.status, order.completes_at, order.event_count), (Status::Cancelled, None, 2));
        assert_eq!((event.number, event.at, event.actor, event.kind), (2, at(5), Actor::System, EventKind::Cancelled));
    }
    for status in FINAL {
        let cancelled = order(status).change_from_outside(OutsideChange::Cancel, at(5));
        assert_eq!(cancelled, Err(Refusal::OrderClosed(status)));
    }
}

#[test]
fn on_one_order_only_the_customer_and_the_freelancer_are_a_party() {
    let order = order(Status::Active);
    assert_eq!(order.party(AccountId(1)), Some(Customer));
    assert_eq!(order.party(AccountId(2)), Some(Freelancer));
    assert_eq!(order.party(AccountId(3)), None);
    assert_eq!(order.account(Customer), AccountId(1));
    assert_eq!(order.account(Freelancer), AccountId(2));
}

#[test]
fn opening_is_allowed_in_active_delivered_and_in_revision_only() {
    for (by, ask) in openings() {
        for status in Status::VARIANTS.iter().filter(|s| s.is_workable() || s.is_final()) {
            let result = order(*status).open(by, ask.clone(), because(), at(0));
            assert_eq!(result.is_ok(), WORKABLE.contains(status), "{ask:?} in {status:?}");
            if FINAL.contains(status) {
                assert_eq!(result, Err(Refusal::OrderClosed(*status)));
            }
        }
    }
}

#[test]
fn while_it_is_open_the_status_says_so_and_a_change_has_a_status_of_its_own() {
    for (by, ask) in openings() {
        let order = opened(Status::InRevision, by, &ask);
        let expected = if matches!(ask, Ask::Change(_)) { Status::ChangeRequested } else { Status::InDispute };
        assert_eq!(order.status, expected);
        assert_eq!(order.open_dispute.unwrap().previous_status, Status::InRevision);
    }
}

#[test]
fn who_may_open_what_is_as_in_the_table() {
    let order = order(Status::Active);
    let may = |by| order.allowed(by).filter(|a| matches!(a, Action::Open(_))).collect::<Vec<_>>();
    assert_eq!(may(Customer), [Action::Open(Kind::Update), Action::Open(Kind::Cancellation)]);
    assert_eq!(may(Freelancer), [Action::Open(Kind::Cancellation), Action::Open(Kind::Change)]);
}

#[test]
fn each_kind_is_offered_where_it_is_opened() {
    let order = order(Status::Active);
    let offered = |by, entry| order.openable(by, entry).collect::<Vec<_>>();
    assert_eq!(offered(Customer, Entry::ResolutionCenter), [Kind::Update, Kind::Cancellation]);
    assert_eq!(offered(Freelancer, Entry::ResolutionCenter), [Kind::Cancellation]);
    assert_eq!(offered(Freelancer, Entry::OrderPage), [Kind::Change]);
    assert_eq!(offered(Customer, Entry::OrderPage), []);
}

#[test]
fn the_work_is_awaited_until_it_is_delivered_whatever_is_open() {
    for (status, awaited) in [
        (Status::Active, true),
        (Status::InRevision, true),
        (Status::Delivered, false),
        (Status::Completed, false),
        (Status::MutuallyCancelled, false),
        (Status::Cancelled, false),
    ] {
        assert_eq!(order(status).awaits_delivery(), awaited, "{status:?}");
        if status.is_workable() {
            assert_eq!(opened(status, Customer, &Ask::Update).awaits_delivery(), awaited, "{status:?}");
        }
    }
}

#[test]
fn a_second_one_is_refused_and_the_first_is_named() {
    for (by, ask) in openings() {
        let mut order = opened(Status::Active, by, &ask);
        for (second, other) in openings() {
            let refusal = order.open(second, other, because(), at(1)).unwrap_err();
            assert_eq!(refusal, Refusal::AnotherIsOpen(1, ask.kind()));
        }
    }
}

#[test]
fn a_customer_always_explains_and_a_freelancer_who_cancels_only_with_other() {
    for (by, ask) in openings() {
        let silent = order(Status::Active).open(by, ask.clone(), None, at(0));
        assert_eq!(silent.is_ok(), ask == Ask::Cancellation(Reason::CannotDeliver), "{ask:?}");
    }
    let other = order(Status::Active).open(Freelancer, Ask::Cancellation(Reason::Other), None, at(0));
    assert_eq!(other, Err(Refusal::CommentMissing));
}

#[test]
fn a_reason_comes_from_ones_own_list() {
    for (by, reason) in [(Customer, Reason::Personal), (Freelancer, Reason::TooLate)] {
        let refused = order(Status::Active).open(by, Ask::Cancellation(reason), because(), at(0));
        assert_eq!(refused, Err(Refusal::ReasonNotYours));
    }
}

#[test]
fn the_deadline_is_the_window_after_opening_and_is_written_down_then() {
    for ((by, ask), hours) in openings().into_iter().zip([48, 48, 48, 96]) {
        assert_eq!(opened(Status::Active, by, &ask).open_dispute.unwrap().respond_by, at(hours), "{ask:?}");
    }
}

#[test]
fn silence_on_an_update_closes_it_and_the_order_returns_to_its_previous_status() {
    for status in WORKABLE {
        let mut order = opened(status, Customer, &Ask::Update);
        let steps = order.settle(at(50));
        assert_eq!(steps.len(), 1);
        assert_eq!(steps[0].event.at, at(48));
        assert_eq!(steps[0].event.actor, Actor::System);
        assert_eq!(steps[0].dispute.as_ref().unwrap().state, State::Lapsed(at(48)));
        assert_eq!((order.status, order.open_dispute), (status, None));
    }
}

#[test]
fn silence_on_a_cancellation_cancels_the_order_whoever_asked() {
    for (by, reason) in [(Customer, Reason::TooLate), (Freelancer, Reason::Personal)] {
        let mut order = opened(Status::Active, by, &Ask::Cancellation(reason));
        assert!(order.settle(at(48) - TimeDelta::microseconds(1)).is_empty());
        assert_eq!(order.settle(at(48)).len(), 1);
        assert_eq!(order.status, Status::MutuallyCancelled);
    }
}

#[test]
fn silence_on_a_change_withdraws_it_and_changes_neither_status_nor_date_nor_price() {
    let before = order(Status::Active);
    let mut after = opened(Status::Active, Freelancer, &Ask::Change(change()));
    assert!(after.settle(at(95)).is_empty());
    assert_eq!(after.settle(at(96)).len(), 1);
    assert_eq!((after.status, after.delivery_date, after.price), (before.status, before.delivery_date, before.price));
}

#[test]
fn an_update_needs_a_text_and_returns_the_order_to_its_previous_status() {
    let mut order = opened(Status::InRevision, Customer, &Ask::Update);
    let step = order.give_update(Freelancer, 1, text("Morgen klaar."), at(3)).unwrap();
    assert_eq!(step.dispute.unwrap().state, State::Answered(at(3)));
    assert_eq!(step.event.text.unwrap().as_str(), "Morgen klaar.");
    assert_eq!(order.status, Status::InRevision);
}

#[test]
fn accepting_a_cancellation_cancels_the_order() {
    for (by, reason) in [(Customer, Reason::TooLate), (Freelancer, Reason::Personal)] {
        let mut order = opened(Status::Delivered, by, &Ask::Cancellation(reason));
        let step = order.accept(by.other(), 1, None, at(1)).unwrap();
        assert_eq!(step.dispute.unwrap().state, State::Accepted(at(1)));
        assert_eq!((order.status, order.open_dispute), (Status::MutuallyCancelled, None));
    }
}

#[test]
fn accepting_a_change_adds_days_to_the_old_date_and_extras_to_the_price() {
    let before = order(Status::Active);
    let mut after = opened(Status::Active, Freelancer, &Ask::Change(change()));
    after.accept(Customer, 1, None, at(95)).unwrap();
    assert_eq!(after.delivery_date, before.delivery_date + TimeDelta::days(7));
    assert_eq!(after.price, Money::euro_cents(29_999));
    assert_eq!(after.status, Status::Active);
}

#[test]
fn declining_returns_the_order_and_changes_nothing_else_and_a_new_one_may_follow() {
    for (by, ask) in openings().into_iter().skip(1) {
        let before = order(Status::InRevision);
        let mut after = opened(Status::InRevision, by, &ask);
        let step = after.decline(by.other(), 1, None, at(2)).unwrap();
        assert_eq!(step.dispute.unwrap().state, State::Declined(at(2)));
        assert_eq!((after.status, after.price), (before.status, before.price));
        assert_eq!(after.delivery_date, before.delivery_date);
        let next = after.open(by, ask, because(), at(3)).unwrap();
        assert_eq!(next.dispute.unwrap().number, 2);
    }
}

#[test]
fn only_whoever_opened_it_may_withdraw_it() {
    for (by, ask) in openings() {
        let mut order = opened(Status::Active, by, &ask);
        assert_eq!(order.withdraw(by.other(), 1, at(1)), Err(Refusal::NotYours));
        let step = order.withdraw(by, 1, at(1)).unwrap();
        assert_eq!(step.dispute.unwrap().state, State::Withdrawn(at(1)));
        assert_eq!(order.status, Status::Active);
    }
}

#[test]
fn nobody_answers_a_question_of_their_own() {
    for (by, ask) in openings() {
        let mut order = opened(Status::Active, by, &ask);
        assert_eq!(order.accept(by, 1, None, at(1)), Err(Refusal::NotYours));
        assert_eq!(order.decline(by, 1, None, at(1)), Err(Refusal::NotYours));
        assert_eq!(order.give_update(by, 1, text("x"), at(1)), Err(Refusal::NotYours));
    }
}

#[test]
fn a_question_takes_only_the_answers_of_its_kind() {
    let mut update = opened(Status::Active, Customer, &Ask::Update);
    assert_eq!(update.accept(Freelancer, 1, None, at(1)), Err(Refusal::NotAsked));
    assert_eq!(update.decline(Freelancer, 1, None, at(1)), Err(Refusal::NotAsked));
    let mut cancellation = opened(Status::Active, Customer, &Ask::Cancellation(Reason::TooLate));
    assert_eq!(cancellation.give_update(Freelancer, 1, text("x"), at(1)), Err(Refusal::NotAsked));
}

#[test]
fn while_it_is_open_both_parties_may_comment_and_afterwards_nobody() {
    let mut order = opened(Status::Active, Customer, &Ask::Update);
    for by in [Customer, Freelancer] {
        let step = order.comment(by, 1, text("Nog iets."), at(1)).unwrap();
        assert_eq!((step.dispute, step.event.dispute), (None, Some(1)));
    }
    order.withdraw(Customer, 1, at(2)).unwrap();
    assert_eq!(order.comment(Customer, 1, text("x"), at(3)), Err(Refusal::AlreadySettled(1)));
}

#[test]
fn an_answer_at_the_deadline_is_too_late_even_when_no_job_has_run() {
    for (by, ask) in openings() {
        let order = opened(Status::Active, by, &ask);
        let deadline = order.settles_at().unwrap();
        let other = by.other();
        assert_eq!(order.clone().accept(other, 1, None, deadline), Err(Refusal::TooLate(1)));
        assert_eq!(order.clone().decline(other, 1, None, deadline), Err(Refusal::TooLate(1)));
        assert_eq!(order.clone().give_update(other, 1, text("x"), deadline), Err(Refusal::TooLate(1)));
        assert_eq!(order.clone().withdraw(by, 1, deadline), Err(Refusal::TooLate(1)));
        assert_eq!(order.clone().comment(by, 1, text("x"), deadline), Err(Refusal::TooLate(1)));
    }
}

#[test]
fn the_freelancer_delivers_and_the_customer_approves_or_asks_for_a_revision() {
    for status in [Status::Active, Status::InRevision] {
        let mut order = order(status);
        assert_eq!(order.deliver(Customer, None, at(1)), Err(Refusal::NotYours));
        order.deliver(Freelancer, None, at(1)).unwrap();
        assert_eq!(order.status, Status::Delivered);
        assert_eq!(order.deliver(Freelancer, None, at(2)), Err(Refusal::NotNow(Status::Delivered)));
        assert_eq!(order.approve(Freelancer, at(2)), Err(Refusal::NotYours));
        let mut revised = order.clone();
        revised.request_revision(Customer, text("Iets groter."), at(2)).unwrap();
        assert_eq!(revised.status, Status::InRevision);
        order.approve(Customer, at(2)).unwrap();
        assert_eq!(order.status, Status::Completed);
    }
    assert_eq!(order(Status::Active).approve(Customer, at(1)), Err(Refusal::NotNow(Status::Active)));
}

#[test]
fn no_order_action_is_possible_while_something_is_open() {
    for (by, ask) in openings() {
        let mut order = opened(Status::Delivered, by, &ask);
        let refused = Err(Refusal::AnotherIsOpen(1, ask.kind()));
        assert_eq!(order.deliver(Freelancer, None, at(1)), refused);
        assert_eq!(order.approve(Customer, at(1)), refused);
        assert_eq!(order.request_revision(Customer, text("x"), at(1)), refused);
    }
}

#[test]
fn a_delivered_order_left_alone_for_three_days_completes_by_itself() {
    let mut order = order(Status::Active);
    order.deliver(Freelancer, None, at(0)).unwrap();
    assert!(order.settle(at(72) - TimeDelta::microseconds(1)).is_empty());
    let steps = order.settle(at(1_000));
    assert_eq!(steps.len(), 1);
    assert_eq!((steps[0].event.kind, steps[0].event.at), (EventKind::Completed, at(72)));
    assert_eq!(order.status, Status::Completed);
    assert!(order.settle(at(2_000)).is_empty());
}

#[test]
fn the_three_days_start_anew_when_a_dispute_ends_and_two_silences_settle_in_their_order() {
    let mut order = opened(Status::Delivered, Customer, &Ask::Update);
    let steps = order.settle(at(10_000));
    let told: Vec<_> = steps.iter().map(|step| (step.event.kind, step.event.at)).collect();
    assert_eq!(told, [(EventKind::Lapsed, at(48)), (EventKind::Completed, at(48 + 72))]);
}

#[test]
fn final_statuses_allow_nothing_to_anybody() {
    for status in FINAL {
        for by in [Customer, Freelancer] {
            assert_eq!(order(status).allowed(by).count(), 0);
        }
    }
}

#[test]
fn late_is_active_or_in_revision_with_the_delivery_date_in_the_past() {
    for status in Status::VARIANTS {
        let order = order(*status);
        let may_be_late = matches!(status, Status::Active | Status::InRevision);
        assert!(!order.is_late(order.delivery_date), "the day itself is in time");
        assert_eq!(order.is_late(order.delivery_date + TimeDelta::days(1)), may_be_late, "{status:?}");
    }
}

#[test]
fn a_dispute_never_pauses_the_delivery_clock() {
    let before = order(Status::Active).delivery_date;
    for (by, ask) in openings() {
        let mut order = opened(Status::Active, by, &ask);
        order.withdraw(by, 1, at(40)).unwrap();
        assert_eq!(order.delivery_date, before);
    }
}

#[test]
fn events_are_numbered_in_order_and_carry_actor_moment_and_text() {
    let mut order = order(Status::Active);
    let steps = [
        order.open(Customer, Ask::Update, because(), at(0)).unwrap(),
        order.comment(Freelancer, 1, text("Bezig."), at(1)).unwrap(),
        order.withdraw(Customer, 1, at(2)).unwrap(),
        order.deliver(Freelancer, None, at(3)).unwrap(),
    ];
    let told: Vec<_> = steps.iter().map(|s| (s.event.number, s.event.actor, s.event.at)).collect();
    let (customer, freelancer) = (Actor::Party(Customer), Actor::Party(Freelancer));
    assert_eq!(told, [(2, customer, at(0)), (3, freelancer, at(1)), (4, customer, at(2)), (5, freelancer, at(3))]);
    assert_eq!(steps[0].event.text, because());
}

#[test]
fn the_menu_never_offers_what_would_be_refused() {
    let mut orders: Vec<Order> =
        Status::VARIANTS.iter().filter(|s| s.is_workable() || s.is_final()).map(|s| order(*s)).collect();
    orders.extend(openings().iter().map(|(by, ask)| opened(Status::Active, *by, ask)));
    for order in orders {
        for by in [Customer, Freelancer] {
            for action in Action::ALL {
                let offered = order.allowed(by).any(|a| a == action);
                assert_eq!(attempt(&mut order.clone(), by, action).is_ok(), offered, "{action:?} {:?}", order.status);
            }
        }
    }
}

fn attempt(order: &mut Order, by: Party, action: Action) -> Result<Step, Refusal> {
    let reason = Reason::Other;
    match action {
        Action::Open(Kind::Update) => order.open(by, Ask::Update, because(), at(1)),
        Action::Open(Kind::Cancellation) => order.open(by, Ask::Cancellation(reason), because(), at(1)),
        Action::Open(Kind::Change) => order.open(by, Ask::Change(change()), because(), at(1)),
        Action::GiveUpdate => order.give_update(by, 1, text("x"), at(1)),
        Action::Accept => order.accept(by, 1, None, at(1)),
        Action::Decline => order.decline(by, 1, None, at(1)),
        Action::Withdraw => order.withdraw(by, 1, at(1)),
        Action::Comment => order.comment(by, 1, text("x"), at(1)),
        Action::Deliver => order.deliver(by, None, at(1)),
        Action::Approve => order.approve(by, at(1)),
        Action::RequestRevision => order.request_revision(by, text("x"), at(1)),
    }
}

#[test]
fn a_delivery_that_completes_reminds_its_customer_24_and_6_hours_before() {
    let mut order = order(Status::Active);
    assert_eq!(order.completion_reminders().count(), 0, "nothing is delivered");
    order.deliver(Party::Freelancer, None, at(0)).unwrap();
    assert_eq!(order.completion_reminders().collect::<Vec<_>>(), [(24, at(48)), (6, at(66))]);
    let just = TimeDelta::microseconds(1);
    let seen = |now| (order.completion_reminder_due(now).map(|(hours, _)| hours), order.next_completion_reminder(now));
    assert_eq!(seen(at(48) - just), (None, Some(at(48))));
    assert_eq!(seen(at(48)), (Some(24), Some(at(66))));
    assert_eq!(seen(at(66)), (Some(6), None));
    assert_eq!(seen(at(72) - just), (Some(6), None));
    assert_eq!(seen(at(72)), (None, None), "it is complete, whether or not that was written down");
}

/// An order that was imported as delivered, since an unknown moment.
fn unannounced() -> Order {
    let mut order = Order { event_count: 0, completes_at: None, ..order(Status::Active) };
    order.import_unannounced(at(0));
    order
}

#[test]
fn a_delivery_that_nobody_told_its_customer_of_never_completes_before_they_are_told() {
    let mut order = unannounced();
    assert_eq!((order.status, order.settles_at(), order.completion_reminders().count()), (Status::Delivered, None, 0));
    assert_eq!(order.settle(at(24 * 365)), []);
    for by in [Actor::System, Actor::Party(Customer)] {
        let mut told = order.clone();
        let step = told.begin_review(by, at(100)).unwrap();
        assert_eq!((step.event.kind, step.event.actor, step.event.number), (EventKind::ReviewBegan, by, 3));
        assert_eq!((told.status, told.completes_at), (Status::Delivered, Some(at(172))));
        assert_eq!(told.begin_review(by, at(101)), Err(Refusal::NotNow(Status::Delivered)), "once");
        assert_eq!(told.settle(at(172)).len(), 1);
    }
    assert_eq!(order.begin_review(Actor::Party(Freelancer), at(1)), Err(Refusal::NotNow(Status::Delivered)));
}

#[test]
fn a_question_of_the_freelancer_starts_no_clock_and_an_act_of_the_customer_does() {
    let mut asked = unannounced();
    asked.open(Freelancer, Ask::Change(change()), because(), at(1)).unwrap();
    assert_eq!(asked.begin_review(Actor::System, at(2)), Err(Refusal::NotNow(Status::ChangeRequested)));
    let mut lapsed = asked.clone();
    lapsed.settle(at(1 + 96));
    assert_eq!(
        (lapsed.status, lapsed.completes_at),
        (Status::Delivered, None),
        "the customer was silent, and maybe never told"
    );
    let mut declined = asked;
    declined.decline(Customer, 1, None, at(3)).unwrap();
    assert_eq!((declined.status, declined.completes_at), (Status::Delivered, Some(at(3 + 72))));
    let mut asks = unannounced();
    asks.open(Customer, Ask::Update, because(), at(1)).unwrap();
    asks.settle(at(49));
    assert_eq!(asks.completes_at, Some(at(49 + 72)));
    let mut revised = unannounced();
    revised.request_revision(Customer, text("Graag blauw."), at(1)).unwrap();
    revised.deliver(Freelancer, None, at(2)).unwrap();
    assert_eq!(revised.completes_at, Some(at(2 + 72)), "this delivery is told");
}
