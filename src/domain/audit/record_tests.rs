//! A record that the rules made has no faults. Each change behind their back is found, and only that change.

use chrono::TimeDelta;

use super::*;
use crate::domain::{Ask, ExtraDays, Reason, Reference, Step, Text};
use Party::{Customer, Freelancer};

fn at(hours: i64) -> DateTime<Utc> {
    DateTime::from_timestamp(1_790_000_000, 0).unwrap() + TimeDelta::hours(hours)
}

fn words() -> Text {
    Text::parse("Ik hoor niets meer.").unwrap()
}

/// An order with its history, and its record as the program keeps it.
struct Life {
    order: Order,
    record: Record,
}

impl Life {
    fn begins() -> Self {
        let order = Order {
            reference: Reference::from_bits(7),
            external_id: None,
            title: "Logo voor een bakkerij".into(),
            customer: AccountId(1),
            freelancer: AccountId(2),
            placed_at: at(0),
            price: Money::euro_cents(25_000),
            delivery_date: at(240).date_naive(),
            status: Status::Active,
            completes_at: None,
            unannounced_since: None,
            open_dispute: None,
            dispute_count: 0,
            event_count: 0,
        };
        let record = Record {
            order: order.clone(),
            settles_at: None,
            disputes: vec![],
            events: vec![],
            told: HashSet::new(),
            relayed: 0,
            read: [(Customer, 0), (Freelancer, 0)],
        };
        Self { order, record }
    }

    fn placed() -> Self {
        let mut life = Self::begins();
        life.record.events = life.order.import(Status::Active, at(0)).unwrap();
        life.kept()
    }

    fn came(status: Status) -> Record {
        let mut life = Self::begins();
        life.record.events = life.order.import(status, at(1)).unwrap();
        life.kept().record
    }

    fn step(mut self, act: impl FnOnce(&mut Order) -> Step) -> Self {
        let Step { dispute, event } = act(&mut self.order);
        if let Some(dispute) = dispute {
            self.record.disputes.retain(|asked| asked.dispute.number != dispute.number);
            let (opener, respondent) = (self.order.account(dispute.opener), self.order.account(dispute.respondent()));
            let remind_at = dispute.next_reminder(dispute.opened_at);
            self.record.disputes.push(DisputeRecord { dispute, opener, respondent, remind_at });
        }
        for party in [Customer, Freelancer] {
            if event.tells(party) {
                self.record.told.insert((event.number, party, self.order.account(party)));
            }
        }
        self.record.events.push(event);
        self.kept()
    }

    fn kept(mut self) -> Self {
        self.record.settles_at = self.order.settles_at();
        self.record.order = Order { open_dispute: None, ..self.order.clone() };
        self
    }

    fn asks(self, by: Party, ask: Ask, hour: i64) -> Self {
        self.step(|order| order.open(by, ask, Some(words()), at(hour)).unwrap())
    }

    fn silence(self, hour: i64) -> Self {
        self.step(|order| order.settle_next(at(hour)).unwrap())
    }
}

/// A long life: delivered, an update given, a cancellation declined, a change accepted, a comment on a cancellation
/// that lapses.
fn long() -> Record {
    let change = crate::domain::ChangeRequest::new(ExtraDays::new(3), vec![]).unwrap();
    let life = Life::placed().step(|order| order.deliver(Freelancer, None, at(2)).unwrap());
    let life = life.asks(Customer, Ask::Update, 3);
    let life = life.step(|order| order.give_update(Freelancer, 1, words(), at(4)).unwrap());
    let life = life.asks(Freelancer, Ask::Cancellation(Reason::Personal), 5);
    let life = life.step(|order| order.decline(Customer, 2, None, at(6)).unwrap());
    let life = life.asks(Freelancer, Ask::Change(change), 7);
    let life = life.step(|order| order.accept(Customer, 3, None, at(8)).unwrap());
    let life = life.asks(Customer, Ask::Cancellation(Reason::TooLate), 9);
    let life = life.step(|order| order.comment(Freelancer, 4, words(), at(10)).unwrap());
    life.silence(999).record
}

/// An order with one open question.
fn asked() -> Record {
    Life::placed().asks(Customer, Ask::Update, 1).record
}

fn tell(record: &mut Record, event: i32, party: Party) {
    record.told.insert((event, party, record.order.account(party)));
}

/// The faults of a record after that change.
#[track_caller]
fn wrong(mut record: Record, change: impl FnOnce(&mut Record)) -> Vec<Violation> {
    assert_eq!(record.violations(), [], "it was right before");
    let before = record.clone();
    change(&mut record);
    assert_ne!(record, before, "something is changed");
    record.violations()
}

#[test]
fn what_the_rules_make_is_right() {
    for record in [long(), asked(), Life::placed().record] {
        assert_eq!(record.violations(), []);
    }
    let withdrawn = Life::placed().asks(Customer, Ask::Update, 1);
    let withdrawn = withdrawn.step(|order| order.withdraw(Customer, 1, at(2)).unwrap());
    assert_eq!(withdrawn.record.violations(), []);
    let completed = Life::placed().step(|order| order.deliver(Freelancer, None, at(2)).unwrap()).silence(999);
    assert_eq!(completed.record.violations(), []);
}

#[test]
fn what_an_import_brings_is_right() {
    use Status::{Active, Cancelled, Completed, Delivered, InRevision, MutuallyCancelled};
    for status in [Active, Delivered, InRevision, Completed, MutuallyCancelled, Cancelled] {
        assert_eq!(Life::came(status).violations(), [], "{status:?}");
    }
}

#[test]
fn the_parties_differ_and_prices_are_above_nothing() {
    assert_eq!(wrong(asked(), |r| r.order.freelancer = AccountId(1))[..1], [Violation::SameParty]);
    assert_eq!(wrong(asked(), |r| r.order.price.cents = -1), [Violation::NoPrice(-1)]);
    assert_eq!(wrong(asked(), |r| r.disputes[0].dispute.old_price.cents = 0), [Violation::NoPrice(0)]);
}

#[test]
fn events_and_disputes_are_numbered_without_a_hole_and_events_are_in_order() {
    assert_eq!(wrong(long(), |r| drop(r.events.remove(4))), [Violation::EventNumbers(11)]);
    assert_eq!(wrong(long(), |r| drop(r.events.pop())), [Violation::EventNumbers(11)]);
    assert_eq!(wrong(long(), |r| r.order.event_count = 12), [Violation::EventNumbers(12)]);
    assert_eq!(wrong(long(), |r| drop(r.disputes.remove(1))), [Violation::DisputeNumbers(4)]);
    assert_eq!(wrong(long(), |r| r.order.dispute_count = 3), [Violation::DisputeNumbers(3)]);
    assert_eq!(wrong(long(), |r| r.events[3].at = at(1)), [Violation::Backwards(4)]);
    assert_eq!(wrong(long(), |r| r.order.placed_at = at(-1)), [Violation::NotPlaced]);
    assert_eq!(wrong(asked(), |r| r.events[0].kind = EventKind::Imported), [Violation::NotPlaced]);
}

#[test]
fn one_dispute_is_open_exactly_while_the_status_says_so() {
    let second = |r: &mut Record| {
        let mut second = r.disputes[0].clone();
        second.dispute.number = 2;
        r.disputes.push(second);
        r.order.dispute_count = 2;
        let opened = Event { number: 3, dispute: Some(2), ..r.events[1].clone() };
        r.events.push(opened);
        r.order.event_count = 3;
    };
    assert_eq!(wrong(asked(), second), [Violation::ManyOpen(2)]);
    for status in [Status::Active, Status::ChangeRequested, Status::Completed] {
        assert_eq!(wrong(asked(), |r| r.order.status = status), [Violation::StatusAgainstOpen(status, Some(1))]);
    }
    assert_eq!(
        wrong(Life::placed().record, |r| r.order.status = Status::InDispute),
        [Violation::StatusAgainstOpen(Status::InDispute, None)]
    );
}

#[test]
fn a_dispute_is_between_the_parties_for_its_kinds_window() {
    assert_eq!(wrong(asked(), |r| r.disputes[0].opener = AccountId(9)), [Violation::OtherAccounts(1)]);
    assert_eq!(wrong(asked(), |r| r.disputes[0].respondent = AccountId(1)), [Violation::OtherAccounts(1)]);
    assert_eq!(wrong(asked(), |r| r.disputes[0].dispute.respond_by = at(50)), [Violation::Deadline(1)]);
}

#[test]
fn a_dispute_has_one_event_that_opens_it_and_once_it_is_over_one_that_ends_it() {
    assert_eq!(wrong(asked(), |r| r.events[1].kind = EventKind::Commented), [Violation::Openings(1, 0, 0)]);
    assert_eq!(wrong(asked(), |r| r.events[1].actor = Actor::Party(Freelancer)), [Violation::Openings(1, 0, 1)]);
    assert_eq!(wrong(asked(), |r| r.events[1].at = at(2)), [Violation::Openings(1, 0, 1)]);
    assert_eq!(wrong(long(), |r| r.events[3].kind = EventKind::Commented), [Violation::Endings(1, "answered", 0, 0)]);
    assert_eq!(wrong(long(), |r| r.events[5].kind = EventKind::Accepted), [Violation::Endings(2, "declined", 0, 1)]);
    assert_eq!(wrong(long(), |r| r.events[9].kind = EventKind::Accepted), [Violation::Endings(4, "lapsed", 1, 2)]);
    let declined = |r: &mut Record| r.disputes[1].dispute.state = State::Declined(at(7));
    assert_eq!(wrong(long(), declined), [Violation::Endings(2, "declined", 0, 1)], "at another moment");
}

#[test]
fn an_answer_lies_in_the_window_and_a_lapse_on_its_end() {
    let late = |r: &mut Record| {
        r.events[10] = Event { kind: EventKind::Accepted, actor: Actor::Party(Freelancer), ..r.events[10].clone() };
        r.disputes[3].dispute.state = State::Accepted(at(57));
    };
    assert_eq!(wrong(long(), late), [Violation::OutsideWindow(4)]);
    let elsewhen = |r: &mut Record| {
        r.events[10].at = at(58);
        r.disputes[3].dispute.state = State::Lapsed(at(58));
    };
    assert_eq!(wrong(long(), elsewhen), [Violation::LapsedElsewhen(4)]);
}

/// A life that the marketplace changes: the work stands elsewhere under a question, a new price overtakes a change, and a
/// cancellation overtakes the last question.
fn followed() -> Record {
    use crate::domain::orders::outside::OutsideChange;
    let change = crate::domain::ChangeRequest::new(ExtraDays::new(3), vec![]).unwrap();
    let outside = |change, hour| move |order: &mut Order| order.change_from_outside(change, at(hour)).unwrap();
    let life = Life::placed().step(outside(OutsideChange::Reschedule(at(480).date_naive()), 1));
    let life = life.asks(Customer, Ask::Update, 2).step(outside(OutsideChange::Deliver, 3));
    let life = life.step(|order| order.give_update(Freelancer, 1, words(), at(4)).unwrap());
    let life = life.step(outside(OutsideChange::Retitle("Huisstijl".into()), 5));
    let life = life.asks(Freelancer, Ask::Change(change), 6);
    let life = life.step(outside(OutsideChange::Reprice(Money::euro_cents(30_000)), 7));
    let life = life.asks(Customer, Ask::Cancellation(Reason::TooLate), 8);
    life.step(outside(OutsideChange::Cancel, 9)).record
}

#[test]
fn what_the_marketplace_changed_is_part_of_the_history() {
    assert_eq!(followed().violations(), []);
    let price = |r: &mut Record| r.order.price.cents = 25_000;
    assert!(matches!(wrong(followed(), price)[..], [Violation::OtherEnd("price in cents", ..)]));
    let previous = |r: &mut Record| r.disputes[0].dispute.previous_status = Status::Active;
    assert_eq!(wrong(followed(), previous), [Violation::OtherDispute(1)]);
    let state = |r: &mut Record| r.disputes[1].dispute.state = State::Withdrawn(at(7));
    assert_eq!(wrong(followed(), state), [Violation::Endings(2, "withdrawn", 0, 1)]);
    let value = |r: &mut Record| r.events[7].moved = None;
    assert_eq!(wrong(followed(), value)[0], Violation::NotDecided(8, EventKind::Repriced));
}

#[test]
fn nothing_a_rule_forbids_has_happened() {
    let by_opener = |r: &mut Record| r.events[3].actor = Actor::Party(Customer);
    assert_eq!(wrong(long(), by_opener)[0], Violation::Forbidden(4, EventKind::UpdateGiven, Refusal::NotYours));
    let wordless = |r: &mut Record| r.events[3].text = None;
    assert_eq!(wrong(long(), wordless)[0], Violation::Forbidden(4, EventKind::UpdateGiven, Refusal::CommentMissing));
    let approved =
        |r: &mut Record| (r.events[1].kind, r.events[1].actor) = (EventKind::Approved, Actor::Party(Customer));
    let refusal = Refusal::NotNow(Status::Active);
    assert_eq!(wrong(long(), approved)[0], Violation::Forbidden(2, EventKind::Approved, refusal));
}

/// Adds an event that the order itself would never have made, and gives the order that status.
fn adds(record: &mut Record, kind: EventKind, actor: Actor, status: Status) {
    record.order.event_count += 1;
    let number = record.order.event_count;
    record.events.push(Event {
        number,
        at: at(9),
        actor,
        kind,
        dispute: None,
        text: None,
        erased_at: None,
        moved: None,
    });
    (record.order.status, record.order.completes_at, record.settles_at) = (status, None, None);
}

#[test]
fn the_marketplace_cancels_only_what_is_not_closed_yet() {
    let cancelled = |r: &mut Record| adds(r, EventKind::Cancelled, Actor::System, Status::Cancelled);
    let mut open = Life::placed().record;
    cancelled(&mut open);
    assert_eq!(open.violations(), [], "from outside, at any moment");
    let delivered = Life::placed().step(|order| order.deliver(Freelancer, None, at(2)).unwrap());
    let approved = delivered.step(|order| order.approve(Customer, at(3)).unwrap()).record;
    assert_eq!(wrong(approved, cancelled), [Violation::NotDecided(4, EventKind::Cancelled)]);
    assert_eq!(wrong(Life::came(Status::Cancelled), cancelled), [Violation::NotDecided(3, EventKind::Cancelled)]);
    let by_party = |r: &mut Record| adds(r, EventKind::Cancelled, Actor::Party(Customer), Status::Cancelled);
    assert_eq!(wrong(Life::placed().record, by_party), [Violation::NotDecided(2, EventKind::Cancelled)]);
}

#[test]
fn an_order_comes_from_elsewhere_once_as_its_second_event_and_only_when_it_was_closed() {
    let imported = |status| move |r: &mut Record| adds(r, EventKind::Imported, Actor::System, status);
    let not_decided = |number| [Violation::NotDecided(number, EventKind::Imported)];
    for status in [Status::Completed, Status::MutuallyCancelled] {
        let delivered = Life::placed().step(|order| order.deliver(Freelancer, None, at(2)).unwrap()).record;
        assert_eq!(wrong(delivered, imported(status)), not_decided(3), "{status:?}");
        let mut second = Life::placed().record;
        imported(status)(&mut second);
        assert_eq!(second.violations(), [], "{status:?}");
    }
    for status in [Status::Active, Status::Delivered, Status::InRevision, Status::Cancelled] {
        assert_eq!(wrong(Life::placed().record, imported(status)), not_decided(2), "{status:?}");
    }
}

#[test]
fn a_revision_without_a_delivery_came_by_an_import_or_is_wrong() {
    let revision = |by| {
        move |r: &mut Record| {
            adds(r, EventKind::RevisionRequested, Actor::Party(by), Status::InRevision);
            tell(r, r.order.event_count, by.other());
        }
    };
    let forbidden = |number, refusal| [Violation::Forbidden(number, EventKind::RevisionRequested, refusal)];
    let mut came = Life::placed().record;
    revision(Customer)(&mut came);
    assert_eq!(came.violations(), [], "so an import tells it");
    let with_words = |r: &mut Record| {
        revision(Customer)(r);
        r.events[1].text = Some(words());
    };
    assert_eq!(wrong(Life::placed().record, with_words), forbidden(2, Refusal::NotNow(Status::Active)));
    let by_other = revision(Freelancer);
    assert_eq!(wrong(Life::placed().record, by_other), forbidden(2, Refusal::CommentMissing));
    let delivered = Life::placed().step(|order| order.deliver(Freelancer, None, at(2)).unwrap()).record;
    assert_eq!(wrong(delivered, revision(Customer)), forbidden(3, Refusal::CommentMissing));
    assert_eq!(wrong(came, revision(Customer)), forbidden(3, Refusal::CommentMissing));
}

#[test]
fn silence_is_written_down_when_it_spoke_and_only_then() {
    // Delivered at 2, left alone, and then revised after the three days in which it completed.
    let life = Life::placed().step(|order| order.deliver(Freelancer, None, at(2)).unwrap());
    let life = life.step(|order| order.request_revision(Customer, words(), at(3)).unwrap());
    let late = |r: &mut Record| r.events[2].at = at(75);
    let due = at(2) + TimeDelta::days(3);
    assert_eq!(wrong(life.record, late)[0], Violation::SilencePassedOver(3, EventKind::Completed, due));
    let early = |r: &mut Record| {
        let event = Event { number: 2, actor: Actor::System, kind: EventKind::Completed, ..r.events[0].clone() };
        r.events.push(event);
        (r.order.status, r.order.event_count) = (Status::Completed, 2);
    };
    assert_eq!(wrong(Life::placed().record, early)[0], Violation::NotDecided(2, EventKind::Completed));
    let with_words = |r: &mut Record| r.events[10].text = Some(words());
    assert_eq!(wrong(long(), with_words)[0], Violation::OtherEvent(11, EventKind::Lapsed));
}

#[test]
fn a_dispute_remembers_the_order_as_it_was() {
    let status = |r: &mut Record| r.disputes[0].dispute.previous_status = Status::InRevision;
    assert_eq!(wrong(asked(), status), [Violation::OtherDispute(1)]);
    let price = |r: &mut Record| r.disputes[1].dispute.old_price.cents = 1;
    assert_eq!(wrong(long(), price), [Violation::OtherDispute(2)]);
}

#[test]
fn an_order_stands_where_its_history_leads() {
    let ends = |record: Record, change: fn(&mut Record)| match &wrong(record, change)[..] {
        [Violation::OtherEnd(what, ..)] => *what,
        other => panic!("{other:?}"),
    };
    assert_eq!(ends(long(), |r| r.order.status = Status::Completed), "status");
    assert_eq!(ends(Life::placed().record, |r| r.order.status = Status::MutuallyCancelled), "status");
    assert_eq!(ends(long(), |r| r.order.price.cents += 1), "price in cents");
    assert_eq!(ends(long(), |r| r.order.delivery_date = at(240).date_naive()), "delivery date");
    assert_eq!(ends(Life::came(Status::Delivered), |r| r.order.completes_at = None), "completion");
    assert_eq!(ends(asked(), |r| r.settles_at = None), "next deadline");
    assert_eq!(ends(Life::came(Status::Delivered), |r| r.order.unannounced_since = Some(at(1))), "untold delivery");
    assert_eq!(ends(long(), |r| r.settles_at = Some(at(999))), "next deadline", "a final order has none");
}

#[test]
fn whoever_did_not_do_it_is_told_and_nobody_else() {
    assert_eq!(wrong(asked(), |r| r.told.clear()), [Violation::Untold(2, Freelancer)]);
    assert_eq!(wrong(asked(), |r| tell(r, 2, Customer)), [Violation::NeedlesslyTold(2, Customer)]);
    assert_eq!(wrong(asked(), |r| tell(r, 1, Freelancer)), [Violation::NeedlesslyTold(1, Freelancer)]);
    let imported = |r: &mut Record| tell(r, 2, Customer);
    assert_eq!(wrong(Life::came(Status::Completed), imported), [Violation::NeedlesslyTold(2, Customer)]);
    let elsewhere = |r: &mut Record| r.told.extend([(2, Freelancer, AccountId(99))]);
    assert_eq!(wrong(asked(), elsewhere), [Violation::ToldElsewhere(2, Freelancer)]);
}

#[test]
fn nothing_is_relayed_or_read_before_it_happens() {
    assert_eq!(wrong(asked(), |r| r.relayed = 3), [Violation::Relayed(3, 2)]);
    assert_eq!(wrong(asked(), |r| r.relayed = -1), [Violation::Relayed(-1, 2)]);
    assert_eq!(wrong(asked(), |r| r.read[1].1 = 3), [Violation::Read(Freelancer, 3, 2)]);
    assert_eq!(wrong(asked(), |r| (r.relayed, r.read[0].1) = (2, 2)), [], "all of it");
}

#[test]
fn a_reminder_comes_at_a_moment_of_the_table_while_its_question_waits() {
    let moment = |r: &mut Record, at| r.disputes[0].remind_at = Some(at);
    assert_eq!(wrong(asked(), |r| moment(r, at(2))), [Violation::Reminder(1, at(2))]);
    assert_eq!(wrong(long(), |r| moment(r, at(27))), [Violation::Reminder(1, at(27))], "it is over");
    let mut reminded = asked();
    for later in [Some(at(43)), Some(at(48)), None] {
        reminded.disputes[0].remind_at = later;
        assert_eq!(reminded.violations(), [], "{later:?}");
    }
}
