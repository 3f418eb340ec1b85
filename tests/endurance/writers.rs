//! Clients that make one change after another, remember each answer, and send unanswered changes again.

use std::net::SocketAddr;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use oplossingscentrum::clock::real_now;
use oplossingscentrum::domain::orders::limits::{RecentComments, RecentQuestions};
use oplossingscentrum::domain::{Action, Ask, Dispute, Event, Kind, Order, Party, Reason, Text};
use oplossingscentrum::store::Store;
use oplossingscentrum::store::orders::events;
use rand::RngExt;
use rand::seq::IndexedRandom;

use crate::cast;
use crate::cast::Cast;
use crate::wire::Answer;
use crate::wire::Seat;
use crate::wire::Wire;

/// How many orders a writer has in stock: more than it uses up between two deliveries.
const ORDERS_IN_STOCK: usize = 60;

/// A client with both parties' browsers, and with orders that no other client uses: their history must be exactly what
/// this writer was told.
pub struct Writer {
    wire: Wire,
    customer: Seat,
    freelancer: Seat,
    /// The customer's other device, until they sign out there.
    elsewhere: Option<Seat>,
    /// Orders without any history.
    fresh: Vec<Order>,
    /// The current order, as far as its writer was told.
    story: Option<Story>,
    /// Orders that were closed since the last comparison.
    told: Vec<Story>,
    /// The change that was sent and not answered yet.
    unanswered: Option<Step>,
    pub counted: Counted,
}

/// An order with the changes that its writer knows of.
struct Story {
    order: Order,
    events: Vec<Event>,
    disputes: Vec<Dispute>,
}

/// One change.
#[derive(Clone)]
struct Step {
    by: Party,
    action: Action,
    words: String,
    form_token: String,
}

/// The counts of a writer.
#[derive(Debug, Default, Clone, Copy)]
pub struct Counted {
    /// The server acknowledged a change.
    pub acknowledged: u32,
    /// No answer came, and the change was sent again.
    pub sent_again: u32,
    /// How often the first attempt had succeeded after all.
    pub were_done: u32,
    /// The server said: try again later.
    pub put_off: u32,
}

impl std::iter::Sum for Counted {
    fn sum<I: Iterator<Item = Self>>(all: I) -> Self {
        all.fold(Self::default(), |a, b| Self {
            acknowledged: a.acknowledged + b.acknowledged,
            sent_again: a.sent_again + b.sent_again,
            were_done: a.were_done + b.were_done,
            put_off: a.put_off + b.put_off,
        })
    }
}

impl Writer {
    /// A writer with a browser for each party, and no orders yet.
    pub fn new(address: SocketAddr) -> Self {
        Self {
            wire: Wire::new(address),
            customer: cast::signed_in(address, Party::Customer),
            freelancer: cast::signed_in(address, Party::Freelancer),
            elsewhere: None,
            fresh: Vec::new(),
            story: None,
            told: Vec::new(),
            unanswered: None,
            counted: Counted::default(),
        }
    }

    /// A writer whose customer has a second device.
    pub fn with_another_device(address: SocketAddr) -> Self {
        Self { elsewhere: Some(cast::signed_in(address, Party::Customer)), ..Self::new(address) }
    }

    /// Takes new orders when the stock is low.
    pub fn take_orders(&mut self, cast: &Cast, store: &Store) {
        self.fresh.extend(cast.place(store, ORDERS_IN_STOCK - self.fresh.len()));
    }

    /// Writes until it is told to stop, or until the server is gone; returns whether the server still answers.
    pub fn write_until(&mut self, stop: &AtomicBool) -> bool {
        while !stop.load(Ordering::Relaxed) {
            if !self.step() {
                return false;
            }
        }
        true
    }

    /// Continues until one more change is acknowledged.
    pub fn gets_through(&mut self) {
        let before = self.counted.acknowledged;
        while self.counted.acknowledged == before {
            assert!(self.step(), "the server talks");
        }
    }

    /// Continues until it is told to try again later.
    pub fn is_put_off(&mut self) {
        let (before, started) = (self.counted.put_off, Instant::now());
        while self.counted.put_off == before {
            assert!(started.elapsed() < Duration::from_secs(60), "everything goes on as if nothing had happened");
            assert!(self.step(), "the server talks");
        }
    }

    /// Reads the page of the current order, as its customer.
    pub fn looks(&mut self) -> Answer {
        let order = self.story.as_ref().map_or("/orders".into(), |story| format!("/orders/{}", story.order.reference));
        self.wire.get(&order, &self.customer).unwrap()
    }

    /// Makes the next change. Returns whether the server still answers.
    fn step(&mut self) -> bool {
        let is_again = self.unanswered.is_some();
        let mut story = self.story.take().unwrap_or_else(|| Story::begin(&mut self.fresh));
        let step = self.unanswered.take().unwrap_or_else(|| story.next());
        self.counted.sent_again += u32::from(is_again);
        let still_talks = match self.send(&story.order, &step) {
            Ok(answer) if answer.status == 503 => {
                must_be_a_polite_no(&answer);
                self.counted.put_off += 1;
                self.unanswered = Some(step);
                std::thread::sleep(Duration::from_millis(50));
                true
            }
            Ok(answer) => {
                // A final change that is sent again finds the order changed; the comparison of the timeline will prove
                // that.
                let was_done = is_again && answer.status == 409;
                let done = if was_done { answer } else { answer.must(303) };
                self.counted.were_done += u32::from(was_done);
                self.counted.acknowledged += 1;
                story.happens(&step);
                if let (Action::Open(_), Some(open)) = (step.action, &story.order.open_dispute) {
                    let there = format!("/orders/{}/disputes/{}", story.order.reference, open.number);
                    assert_eq!(done.header("location"), Some(&*there), "the same form always leads to what it opened");
                }
                true
            }
            Err(_) => {
                self.unanswered = Some(step);
                false
            }
        };
        if story.is_over() {
            self.told.push(story);
        } else {
            self.story = Some(story);
        }
        still_talks
    }

    /// Signs out on another device; the page must tell the truth: not now, or done. (A full disk may have room left in
    /// the existing files.)
    pub fn signs_out_elsewhere(&mut self) {
        let Some(device) = &self.elsewhere else { return };
        let answer = self.wire.post("/sign-out", device, &[]).unwrap();
        if answer.status == 303 {
            self.wire.get("/orders", device).unwrap().must(303);
            self.elsewhere = None;
        } else {
            must_be_a_polite_no(&answer);
            self.wire.get("/orders", device).unwrap().must(200);
        }
    }

    /// Sends the unanswered change again, until it is answered.
    pub fn settle_up(&mut self) {
        while self.unanswered.is_some() {
            assert!(self.step(), "the server is there again");
        }
    }

    /// Compares the stored orders with what this writer was told.
    pub fn compare(&mut self, store: &Store) {
        assert!(self.unanswered.is_none());
        self.told.drain(..).for_each(|story| story.must_be_written(store));
        self.story.iter().for_each(|story| story.must_be_written(store));
    }

    fn send(&mut self, order: &Order, step: &Step) -> std::io::Result<Answer> {
        let number = order.open_dispute.as_ref().map_or(0, |open| open.number);
        let order = format!("/orders/{}", order.reference);
        let dispute = |rest| format!("{order}/disputes/{number}/{rest}");
        let (words, token) = (("comment", &*step.words), ("form_token", &*step.form_token));
        let (path, fields) = match step.action {
            Action::Open(Kind::Update) => (format!("{order}/disputes"), vec![("kind", "update"), words, token]),
            Action::Open(Kind::Cancellation) => {
                (format!("{order}/disputes"), vec![("kind", "cancellation"), ("reason", "other"), words, token])
            }
            Action::Open(Kind::Change) => (format!("{order}/changes"), vec![("extra_days", "3"), words, token]),
            Action::GiveUpdate => (dispute("update"), vec![words]),
            Action::Accept => (dispute("accept"), vec![]),
            Action::Decline => (dispute("decline"), vec![words]),
            Action::Withdraw => (dispute("withdraw"), vec![]),
            Action::Comment => (dispute("comments"), vec![words]),
            Action::Deliver => (format!("{order}/deliver"), vec![]),
            Action::Approve => (format!("{order}/approve"), vec![]),
            Action::RequestRevision => (format!("{order}/revision"), vec![words]),
        };
        let seat = if step.by == Party::Customer { &self.customer } else { &self.freelancer };
        self.wire.post(&path, seat, &fields)
    }
}

/// Checks a 503: it is a page in the reader's language, with a request id and a time to come back.
pub fn must_be_a_polite_no(answer: &Answer) {
    assert_eq!(answer.status, 503, "{}\n{}", answer.head, answer.body);
    assert!(answer.header("retry-after").is_some_and(|after| after.parse::<u32>().is_ok()), "{}", answer.head);
    assert!(answer.body.contains("<h1") && answer.body.contains("Even niet bereikbaar"), "{}", answer.body);
    let id = answer.header("x-request-id").expect("it has a number");
    assert!(answer.body.contains(id), "{}", answer.body);
}

impl Story {
    fn begin(fresh: &mut Vec<Order>) -> Self {
        Self { order: fresh.pop().expect("there are orders enough"), events: Vec::new(), disputes: Vec::new() }
    }

    /// Whether nothing more can happen to it.
    fn is_over(&self) -> bool {
        self.order.open_dispute.is_none() && !self.order.status.is_workable()
    }

    /// A random change that the rules allow now, with words that no other change has.
    fn next(&self) -> Step {
        let mut random = rand::rng();
        let sides = [Party::Customer, Party::Freelancer];
        let allowed: Vec<_> = sides
            .into_iter()
            .flat_map(|by| self.order.allowed(by).map(move |action| (by, action)))
            .filter(|(by, action)| self.is_within_limits(*by, *action))
            .collect();
        let (by, action) = *allowed.choose(&mut random).expect("an open order allows something");
        let token: u64 = random.random();
        Step { by, action, words: format!("Woorden {token:016x}"), form_token: format!("formulier{token:016x}") }
    }

    /// Whether the limits of rules 13 allow that too.
    fn is_within_limits(&self, by: Party, action: Action) -> bool {
        let now = real_now();
        match action {
            Action::Open(kind) => RecentQuestions::from_disputes(&self.disputes, by).allow(kind, now).is_ok(),
            Action::Comment => {
                RecentComments::from_events(&self.events, by).allow(self.order.dispute_count, now).is_ok()
            }
            _ => true,
        }
    }

    /// Applies, by the rules, what the server says it did.
    fn happens(&mut self, step: &Step) {
        let (by, now) = (step.by, real_now());
        let text = || Text::parse(&step.words).unwrap();
        let order = &mut self.order;
        let number = order.open_dispute.as_ref().map_or(0, |open| open.number);
        let happened = match step.action {
            Action::Open(kind) => {
                let ask = match kind {
                    Kind::Update => Ask::Update,
                    Kind::Cancellation => Ask::Cancellation(Reason::Other),
                    Kind::Change => cast::change(),
                };
                order.open(by, ask, Some(text()), now)
            }
            Action::GiveUpdate => order.give_update(by, number, text(), now),
            Action::Accept => order.accept(by, number, None, now),
            Action::Decline => order.decline(by, number, Some(text()), now),
            Action::Withdraw => order.withdraw(by, number, now),
            Action::Comment => order.comment(by, number, text(), now),
            Action::Deliver => order.deliver(by, None, now),
            Action::Approve => order.approve(by, now),
            Action::RequestRevision => order.request_revision(by, text(), now),
        };
        let happened = happened.expect("the rules allowed it");
        if let Some(dispute) = happened.dispute {
            self.disputes.retain(|other| other.number != dispute.number);
            self.disputes.push(dispute);
        }
        self.events.push(happened.event);
    }

    /// Fails unless the timeline is exactly what was told: nothing lost, nothing twice, nothing else.
    fn must_be_written(&self, store: &Store) {
        let written = store.snapshot(|db| events::of_order(db, self.order.reference)).unwrap();
        let known = |event: &Event| (event.number, event.actor, event.kind, event.dispute, event.text.clone());
        let (told, written): (Vec<_>, Vec<_>) =
            (self.events.iter().map(known).collect(), written[1..].iter().map(known).collect());
        assert_eq!(told, written, "of {} one was told the left and the right is written", self.order.reference);
    }
}
