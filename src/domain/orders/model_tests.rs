//! Long random histories of one order, compared with a second, smaller telling of the rules.
//!
//! [`Model`] tells the rules in other words: each silence acts at its own moment, the status below a dispute is kept,
//! and no method of [`Order`] is called. The order itself is settled as in production: just before each action, and now
//! and then by a sweep, which comes late and twice. `PROPTEST_CASES=10000` runs many more histories.

use chrono::{DateTime, Days, NaiveDate, TimeDelta, Utc};
use proptest::{prelude::*, sample::select};
use proptest_state_machine::{ReferenceStateMachine, StateMachineTest, prop_state_machine};

use crate::domain::orders::change::Title;
use crate::domain::orders::limits::{AskedBefore, QUESTIONS_A_DAY, RecentComments, RecentQuestions};
use crate::domain::orders::outside::OutsideChange;
use crate::domain::{
    AccountId, Action, Actor, Ask, ChangeRequest, Dispute, Event, EventKind, Extra, ExtraDays, Kind, Money, Order,
    Part, Party, Reason, Reference, Refusal, Status, Step, Text,
};
use Party::{Customer, Freelancer};

prop_state_machine! {
    #[test]
    fn any_history_keeps_the_rules(sequential 1..60 => History);
}

#[derive(Debug, Clone)]
enum Move {
    Try(Try),
    /// Several tries, each this long after the one before and about the newest question: repeating meets the limits.
    Insist(Vec<Try>, TimeDelta),
    WaitUntil(DateTime<Utc>),
    Sweep,
    /// The marketplace changes the order.
    Outside(OutsideChange),
    /// The customer sees the order, or a mail server takes their welcome.
    IsTold(Actor),
}

/// One try of an action, allowed or not. Each action ignores the fields that it does not use.
#[derive(Debug, Clone, Copy)]
struct Try {
    by: Party,
    action: Action,
    number: i32,
    comment: bool,
    /// How much of a change is accepted.
    part: Part,
}

const EXTRA_DAYS: u8 = 7;
const EXTRA_CENTS: i64 = 4_999;

#[derive(Debug, Clone)]
struct Model {
    now: DateTime<Utc>,
    /// The status below the open dispute, if any.
    status: Status,
    /// The kind and the opener of the open dispute.
    open: Option<(Kind, Party)>,
    /// When silence acts: on the open dispute, or else on a delivery.
    deadline: Option<DateTime<Utc>>,
    date: NaiveDate,
    cents: i64,
    /// It was imported as delivered, and its customer was not told yet.
    is_untold: bool,
    disputes: i32,
    timeline: Vec<(EventKind, Actor, DateTime<Utc>)>,
    /// Every question so far, the newest last.
    questions: Vec<Question>,
    /// Every comment so far: its writer, its question and its moment.
    comments: Vec<(Party, i32, DateTime<Utc>)>,
    /// The tries of the last move, each with its moment and whether it was refused.
    tried: Vec<(Try, DateTime<Utc>, bool)>,
}

#[derive(Debug, Clone, Copy)]
struct Question {
    by: Party,
    kind: Kind,
    at: DateTime<Utc>,
    declined: Option<DateTime<Utc>>,
}

impl Model {
    fn shown_status(&self) -> Status {
        match self.open {
            None => self.status,
            Some((Kind::Update | Kind::Cancellation, _)) => Status::InDispute,
            Some((Kind::Change, _)) => Status::ChangeRequested,
        }
    }

    fn wait_until(&mut self, moment: DateTime<Utc>) {
        while let Some(due) = self.deadline.filter(|due| *due <= moment) {
            self.now = due;
            match self.open {
                None => self.go_on(Status::Completed, EventKind::Completed, Actor::System),
                Some((Kind::Cancellation, _)) => {
                    self.go_on(Status::MutuallyCancelled, EventKind::Lapsed, Actor::System);
                }
                Some((Kind::Update | Kind::Change, _)) => self.go_on(self.status, EventKind::Lapsed, Actor::System),
            }
        }
        self.now = moment;
    }

    /// Continues without an open dispute.
    fn go_on(&mut self, status: Status, what: EventKind, actor: Actor) {
        self.open = None;
        self.status = status;
        self.is_untold &= status == Status::Delivered;
        self.deadline = (status == Status::Delivered && !self.is_untold).then(|| self.now + TimeDelta::days(3));
        self.timeline.push((what, actor, self.now));
    }

    /// The customer knows of the delivery now.
    fn is_told(&mut self, by: Actor) {
        if self.is_untold && self.open.is_none() {
            self.is_untold = false;
            self.go_on(Status::Delivered, EventKind::ReviewBegan, by);
        }
    }

    /// What the marketplace changes, in other words: who is asked nothing any more is told so.
    fn outside(&mut self, change: &OutsideChange) {
        if matches!(self.shown_status(), Status::Completed | Status::MutuallyCancelled | Status::Cancelled) {
            return;
        }
        let is_change = matches!(self.open, Some((Kind::Change, _)));
        match change {
            OutsideChange::Deliver => self.stands(Status::Delivered, EventKind::DeliveredOutside),
            OutsideChange::Revise => self.stands(Status::InRevision, EventKind::RevisionOutside),
            OutsideChange::Complete => {
                self.go_on(Status::Completed, EventKind::CompletedOutside, Actor::System);
            }
            OutsideChange::Cancel => self.go_on(Status::Cancelled, EventKind::Cancelled, Actor::System),
            OutsideChange::Reprice(price) => {
                self.cents = price.cents;
                self.terms(EventKind::Repriced, is_change);
            }
            OutsideChange::Reschedule(date) => {
                self.date = *date;
                self.terms(EventKind::Rescheduled, is_change);
            }
            OutsideChange::Retitle(_) => self.timeline.push((EventKind::Retitled, Actor::System, self.now)),
        }
    }

    fn stands(&mut self, status: Status, what: EventKind) {
        self.is_untold = false;
        if self.open.is_none() {
            return self.go_on(status, what, Actor::System);
        }
        self.status = status;
        self.timeline.push((what, Actor::System, self.now));
    }

    fn terms(&mut self, what: EventKind, is_change: bool) {
        if is_change {
            return self.go_on(self.status, what, Actor::System);
        }
        self.timeline.push((what, Actor::System, self.now));
    }

    fn allows(&self, wish: Try) -> bool {
        let free = self.open.is_none().then_some(self.status);
        let workable = matches!(free, Some(Status::Active | Status::Delivered | Status::InRevision));
        let asked = self.open.filter(|_| wish.number == self.disputes);
        match (wish.action, wish.by) {
            (Action::Open(Kind::Update | Kind::Cancellation), Customer) | (Action::Open(Kind::Change), Freelancer) => {
                workable && wish.comment
            }
            (Action::Open(Kind::Cancellation), Freelancer) => workable,
            (Action::GiveUpdate, Freelancer) => asked == Some((Kind::Update, Customer)),
            (Action::Accept, by) => asked.is_some_and(|(kind, opener)| {
                kind != Kind::Update && opener != by && (wish.part == Part::All || kind == Kind::Change)
            }),
            (Action::Decline, by) => asked.is_some_and(|(kind, opener)| kind != Kind::Update && opener != by),
            (Action::Withdraw, by) => asked.is_some_and(|(_, opener)| opener == by),
            (Action::Comment, Customer | Freelancer) => asked.is_some(),
            (Action::Deliver, Freelancer) => workable && self.status != Status::Delivered,
            (Action::Approve | Action::RequestRevision, Customer) => free == Some(Status::Delivered),
            (Action::Open(Kind::Change) | Action::GiveUpdate | Action::Deliver, Customer)
            | (Action::Open(Kind::Update) | Action::Approve | Action::RequestRevision, Freelancer) => false,
        }
    }

    /// Whether a limit refuses an action that is allowed otherwise.
    fn is_limited(&self, wish: Try) -> bool {
        let (an_hour_ago, a_day_ago) = (self.now - TimeDelta::hours(1), self.now - TimeDelta::hours(24));
        match wish.action {
            Action::Comment => {
                let own = || self.comments.iter().filter(|(by, ..)| *by == wish.by);
                own().filter(|(_, question, _)| *question == self.disputes).count() >= 200
                    || own().filter(|(.., at)| *at > an_hour_ago).count() >= 30
            }
            Action::Open(kind) => {
                let own = || self.questions.iter().filter(|question| question.by == wish.by);
                let (mut in_a_row, mut last) = (0, a_day_ago);
                for question in own().filter(|question| question.kind == kind) {
                    in_a_row = if question.declined.is_some() { in_a_row + 1 } else { 0 };
                    last = question.declined.unwrap_or(last);
                }
                own().filter(|question| question.at > a_day_ago).count() >= 10 || (in_a_row >= 2 && last > a_day_ago)
            }
            Action::GiveUpdate
            | Action::Accept
            | Action::Decline
            | Action::Withdraw
            | Action::Deliver
            | Action::Approve
            | Action::RequestRevision => false,
        }
    }

    fn attempt(&mut self, wish: Try) {
        let is_refused = !self.allows(wish) || self.is_limited(wish);
        self.tried.push((wish, self.now, is_refused));
        if !is_refused {
            self.act(wish);
        }
    }

    fn act(&mut self, wish: Try) {
        let (by, previous) = (Actor::Party(wish.by), self.status);
        self.is_untold &= wish.by == Freelancer;
        match wish.action {
            Action::Open(kind) => {
                self.questions.push(Question { by: wish.by, kind, at: self.now, declined: None });
                self.open = Some((kind, wish.by));
                self.deadline = Some(self.now + TimeDelta::days(if kind == Kind::Change { 4 } else { 2 }));
                self.disputes += 1;
                self.timeline.push((EventKind::Opened, by, self.now));
            }
            Action::Accept if self.shown_status() == Status::ChangeRequested => {
                if wish.part != Part::Extras {
                    self.date = self.date + Days::new(EXTRA_DAYS.into());
                }
                if wish.part != Part::Date {
                    self.cents += EXTRA_CENTS;
                }
                self.go_on(previous, EventKind::Accepted, by);
            }
            Action::Accept => self.go_on(Status::MutuallyCancelled, EventKind::Accepted, by),
            Action::Comment => {
                self.comments.push((wish.by, self.disputes, self.now));
                self.timeline.push((EventKind::Commented, by, self.now));
            }
            Action::GiveUpdate => self.go_on(previous, EventKind::UpdateGiven, by),
            Action::Decline => {
                self.questions.last_mut().expect("one is open").declined = Some(self.now);
                self.go_on(previous, EventKind::Declined, by);
            }
            Action::Withdraw => self.go_on(previous, EventKind::Withdrawn, by),
            Action::Deliver => self.go_on(Status::Delivered, EventKind::Delivered, by),
            Action::Approve => self.go_on(Status::Completed, EventKind::Approved, by),
            Action::RequestRevision => self.go_on(Status::InRevision, EventKind::RevisionRequested, by),
        }
    }
}

impl ReferenceStateMachine for Model {
    type State = Self;
    type Transition = Move;

    fn init_state() -> BoxedStrategy<Self> {
        let now = DateTime::from_timestamp(1_790_000_000, 0).unwrap();
        let date = now.date_naive() + Days::new(10);
        let (open, deadline, cents, disputes) = (None, None, 25_000, 0);
        let (questions, comments, tried) = (vec![], vec![], vec![]);
        let placed = Self {
            now,
            status: Status::Active,
            open,
            deadline,
            date,
            cents,
            is_untold: false,
            disputes,
            timeline: vec![],
            questions,
            comments,
            tried,
        };
        let came = (EventKind::ImportedDelivery, Actor::System, now);
        let first = (EventKind::Placed, Actor::Party(Customer), now);
        let delivered =
            Self { status: Status::Delivered, is_untold: true, timeline: vec![first, came], ..placed.clone() };
        prop_oneof![3 => Just(placed), 1 => Just(delivered)].boxed()
    }

    fn transitions(model: &Self) -> BoxedStrategy<Move> {
        let (now, deadline) = (model.now, model.deadline.unwrap_or(model.now));
        let all = [Customer, Freelancer].into_iter().flat_map(|by| Action::ALL.map(|action| (by, action)));
        let all = all.map(|(by, action)| Try { by, action, number: model.disputes, comment: true, part: Part::All });
        let (allowed, refused): (Vec<_>, Vec<_>) = all.partition(|wish| model.allows(*wish));
        let wish = select([allowed.repeat(8), refused].concat());
        let number = prop_oneof![9 => Just(model.disputes), 1 => 0..=model.disputes + 1];
        let part = select(vec![Part::All, Part::All, Part::Date, Part::Extras]);
        let wish = (wish, number, prop::bool::weighted(0.9), part);
        let minutes = prop_oneof![4 => 1..600_i64, 1 => 1..=5 * 24 * 60_i64];
        let party = select(vec![Customer, Freelancer]);
        let talk = (party, 20..=260_usize, select(vec![0, 30, 121, 600])).prop_map(|(by, times, seconds)| {
            let comment = Try { by, action: Action::Comment, number: 0, comment: true, part: Part::All };
            Move::Insist(vec![comment; times], TimeDelta::seconds(seconds))
        });
        let openings = vec![
            (Customer, Kind::Update),
            (Customer, Kind::Cancellation),
            (Freelancer, Kind::Cancellation),
            (Freelancer, Kind::Change),
        ];
        let nag = (select(openings), any::<bool>(), 2..=14_usize, select(vec![0, 10, 130])).prop_map(
            |((by, kind), is_declined, times, minutes)| {
                let answer = |by, action| Try { by, action, number: 0, comment: true, part: Part::All };
                let end = if is_declined { answer(by.other(), Action::Decline) } else { answer(by, Action::Withdraw) };
                Move::Insist([answer(by, Action::Open(kind)), end].repeat(times), TimeDelta::minutes(minutes))
            },
        );
        prop_oneof![
            2 => talk,
            2 => nag,
            20 => wish.prop_map(|(wish, number, comment, part)| Move::Try(Try { number, comment, part, ..wish })),
            5 => minutes.prop_map(move |minutes| Move::WaitUntil(now + TimeDelta::minutes(minutes))),
            1 => Just(Move::WaitUntil(deadline)),
            3 => Just(Move::WaitUntil(now.max(deadline - TimeDelta::microseconds(1)))),
            2 => Just(Move::Sweep),
            2 => select(from_outside(now)).prop_map(Move::Outside),
            1 => select(vec![Actor::System, Actor::Party(Customer)]).prop_map(Move::IsTold),
        ]
        .boxed()
    }

    fn apply(mut model: Self, step: &Move) -> Self {
        model.tried.clear();
        match step {
            Move::Try(wish) => model.attempt(*wish),
            Move::Insist(wishes, pause) => {
                for wish in wishes {
                    model.wait_until(model.now + *pause);
                    model.attempt(Try { number: model.disputes, ..*wish });
                }
            }
            Move::WaitUntil(moment) => model.wait_until(model.now.max(*moment)),
            Move::Sweep => {}
            Move::Outside(change) => model.outside(change),
            Move::IsTold(by) => model.is_told(*by),
        }
        model
    }
}

/// What a marketplace may change; it seldom closes an order, so that histories go on.
fn from_outside(now: DateTime<Utc>) -> Vec<OutsideChange> {
    let seldom = [OutsideChange::Complete, OutsideChange::Cancel];
    let often = [
        OutsideChange::Deliver,
        OutsideChange::Revise,
        OutsideChange::Reprice(Money::euro_cents(31_000)),
        OutsideChange::Reschedule(now.date_naive() + Days::new(14)),
        OutsideChange::Retitle("Huisstijl".into()),
    ];
    [often.to_vec(), often.to_vec(), seldom.to_vec()].concat()
}

/// The order under test, and its timeline and disputes as the store would keep them.
#[derive(Clone)]
struct History {
    order: Order,
    timeline: Vec<Event>,
    disputes: Vec<Dispute>,
}

impl History {
    fn settle(&mut self, now: DateTime<Utc>) {
        for step in self.order.settle(now) {
            self.write_down(step);
        }
        assert_eq!(self.order.settle(now), [], "settling twice is settling once");
    }

    fn write_down(&mut self, Step { dispute, event }: Step) {
        if let Some(dispute) = dispute {
            let closed_at = dispute.state.closed_at();
            let is_open =
                [EventKind::Opened, EventKind::DeliveredOutside, EventKind::RevisionOutside].contains(&event.kind);
            assert_eq!(closed_at, (!is_open).then_some(event.at), "dated as its event");
            self.disputes.retain(|other| other.number != dispute.number);
            self.disputes.push(dispute);
        }
        self.timeline.push(event);
    }

    /// The recent questions of a party, as the store gives them: only the newest of each kind.
    fn recent_questions(&self, by: Party) -> RecentQuestions {
        let of_kind = |kind| {
            let own = self.disputes.iter().filter(move |dispute| dispute.opener == by && dispute.ask.kind() == kind);
            own.rev().take(QUESTIONS_A_DAY).map(AskedBefore::from)
        };
        RecentQuestions::new([Kind::Update, Kind::Cancellation, Kind::Change].into_iter().flat_map(of_kind).collect())
    }

    fn attempt(&mut self, wish: Try, now: DateTime<Utc>) -> Result<Step, Refusal> {
        let (questions, comments) =
            (self.recent_questions(wish.by), RecentComments::from_events(&self.timeline, wish.by));
        let result = attempt(&mut self.order, wish, (&questions, &comments), now);
        // A refusal by a limit ends exactly at the moment that it names, and not earlier.
        let again = |until| match wish.action {
            Action::Open(kind) => questions.allow(kind, until),
            _ => comments.allow(wish.number, until),
        };
        if let Err(
            refusal @ (Refusal::TooManyComments(_, until)
            | Refusal::TooManyQuestions(until)
            | Refusal::DeclinedInARow(_, until)),
        ) = result
        {
            assert_eq!(again(until - TimeDelta::microseconds(1)), Err(refusal));
            assert_eq!(again(until), Ok(()));
        }
        result
    }
}

fn attempt(
    order: &mut Order,
    wish: Try,
    (questions, comments): (&RecentQuestions, &RecentComments),
    now: DateTime<Utc>,
) -> Result<Step, Refusal> {
    let Try { by, action, number, comment, part } = wish;
    let text = Text::parse("Ik hoor niets meer.").unwrap();
    let comment = comment.then(|| text.clone());
    let why = Ask::Cancellation(if by == Customer { Reason::TooLate } else { Reason::CannotDeliver });
    let extra = Extra { title: Title::parse("Visitekaartje").unwrap(), price: Money::euro_cents(EXTRA_CENTS) };
    let more = Ask::Change(ChangeRequest::new(ExtraDays::new(EXTRA_DAYS), vec![extra]).unwrap());
    match action {
        Action::Open(Kind::Update) => order.open_within(by, Ask::Update, comment, questions, now),
        Action::Open(Kind::Cancellation) => order.open_within(by, why, comment, questions, now),
        Action::Open(Kind::Change) => order.open_within(by, more, comment, questions, now),
        Action::GiveUpdate => order.give_update(by, number, text, now),
        Action::Accept => order.accept_part(by, number, part, comment, now),
        Action::Decline => order.decline(by, number, comment, now),
        Action::Withdraw => order.withdraw(by, number, now),
        Action::Comment => order.comment_within(by, number, text, comments, now),
        Action::Deliver => order.deliver(by, comment, now),
        Action::Approve => order.approve(by, now),
        Action::RequestRevision => order.request_revision(by, text, now),
    }
}

impl StateMachineTest for History {
    type SystemUnderTest = Self;
    type Reference = Model;

    fn init_test(model: &Model) -> Self {
        let mut order = Order {
            reference: Reference::from_bits(7),
            external_id: None,
            title: "Logo voor een bakkerij".into(),
            customer: AccountId(1),
            freelancer: AccountId(2),
            placed_at: model.now,
            price: Money::euro_cents(model.cents),
            delivery_date: model.date,
            status: Status::Active,
            completes_at: None,
            unannounced_since: None,
            open_dispute: None,
            dispute_count: 0,
            event_count: 0,
        };
        let timeline = if model.is_untold { order.import_unannounced(model.now) } else { vec![] };
        Self { order, timeline, disputes: vec![] }
    }

    fn apply(mut history: Self, model: &Model, step: Move) -> Self {
        let (before, now) = (history.order.clone(), model.now);
        match step {
            Move::WaitUntil(_) => {}
            Move::Sweep => history.settle(now),
            Move::Outside(change) => {
                history.settle(now);
                let settled = history.order.clone();
                match history.order.change_from_outside(change, now) {
                    Ok(step) => history.write_down(step),
                    Err(_) => assert_eq!(history.order, settled, "a refusal changes nothing"),
                }
            }
            Move::IsTold(by) => {
                history.settle(now);
                let settled = history.order.clone();
                match history.order.begin_review(by, now) {
                    Ok(step) => history.write_down(step),
                    Err(_) => assert_eq!(history.order, settled, "a refusal changes nothing"),
                }
            }
            Move::Try(_) | Move::Insist(..) => {
                for (wish, now, is_refused) in model.tried.iter().copied() {
                    if history.order.open_dispute.is_some() && history.order.settles_at() <= Some(now) {
                        history.clone().attempt(wish, now).expect_err("too late, even before any sweep");
                    }
                    history.settle(now);
                    let settled = history.order.clone();
                    let result = history.attempt(wish, now);
                    assert_eq!(result.is_err(), is_refused, "{wish:?} in {:?} gave {result:?}", settled.status);
                    match result {
                        Ok(step) => history.write_down(step),
                        Err(_) => assert_eq!(history.order, settled, "a refusal changes nothing"),
                    }
                }
            }
        }
        assert!(!before.status.is_final() || history.order == before, "final is final");
        history
    }

    fn check_invariants(history: &Self, model: &Model) {
        let mut settled = history.clone();
        settled.settle(model.now);
        for order in [&history.order, &settled.order] {
            let asks = matches!(order.status, Status::InDispute | Status::ChangeRequested);
            assert_eq!(order.open_dispute.is_some(), asks, "{:?}", order.status);
        }
        let Self { order, timeline, .. } = settled;
        assert_eq!((order.status, order.settles_at()), (model.shown_status(), model.deadline));
        assert_eq!((order.delivery_date, order.price), (model.date, Money::euro_cents(model.cents)));
        let told: Vec<_> = timeline.iter().map(|event| (event.kind, event.actor, event.at)).collect();
        assert_eq!(told, model.timeline);
        assert!(timeline.iter().map(|event| event.number).eq(1..=order.event_count), "numbered without a gap");
        assert!(timeline.is_sorted_by_key(|event| event.at), "time never goes back");
    }
}
