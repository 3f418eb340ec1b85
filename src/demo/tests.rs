//! Tests of the demo's promises, each counted in a real database.

use std::collections::BTreeSet;
use std::ops::Deref;

use strum::VariantArray;
use tempfile::TempDir;

use super::*;
use crate::demo::story::Deed;
use crate::demo::when::today;
use crate::domain::{Account, Actor, Ask, Dispute, Event, EventKind, Kind, Party, State, Status};
use crate::operations::Who;
use crate::operations::orders::lists::Orders;
use crate::operations::orders::overview::{self, Overview};
use crate::store::Target;
use crate::store::orders::{OrderListItem, Query, events};
use crate::turns::Turn;
use Party::{Customer, Freelancer};

/// A moment in an afternoon in November.
fn afternoon() -> DateTime<Utc> {
    moment("2026-11-24T13:05:17.123456Z")
}

fn moment(written: &str) -> DateTime<Utc> {
    written.parse().unwrap()
}

/// A filled database, and its content as each account sees it.
struct Demo {
    store: Store,
    now: DateTime<Utc>,
    _folder: TempDir,
}

/// An order as one of its parties sees it, with its whole timeline.
struct Seen {
    overview: Overview,
    events: Vec<Event>,
}

impl Deref for Seen {
    type Target = Overview;

    fn deref(&self) -> &Overview {
        &self.overview
    }
}

fn demo() -> Demo {
    Demo::at(afternoon())
}

impl Demo {
    fn at(now: DateTime<Utc>) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(&Target::Sqlite(folder.path().join("demo.db"))).unwrap();
        fill(&store, now).unwrap();
        Self { store, now, _folder: folder }
    }

    fn person(&self, someone: Someone) -> Account {
        let email = ACCOUNTS.get(someone as usize).unwrap_or(&NEIGHBOUR).email;
        self.store.snapshot(|db| accounts::find_by_email(db, email)).unwrap().unwrap()
    }

    /// Every order of an account, page by page.
    fn orders_of(&self, someone: Someone) -> Vec<Seen> {
        let account = self.person(someone).id;
        let mut query = Query::default();
        let mut all = Vec::new();
        loop {
            let Orders { rows, next } = lists::orders(&self.store, account, &query, self.now).unwrap();
            query.after = next;
            let load = |row: &OrderListItem| {
                let who = Who { account, reference: row.order.reference };
                let overview = overview::load(&self.store, who, self.now).unwrap();
                let mut events = self.store.snapshot(|db| events::of_order(db, who.reference)).unwrap();
                events.extend(overview.timeline.settled.iter().cloned());
                Seen { overview, events }
            };
            all.extend(rows.iter().map(load));
            if next.is_none() {
                return all;
            }
        }
    }

    /// Every order of Klant with Freelancer.
    fn main_orders(&self) -> Vec<Seen> {
        let freelancer = self.person(Someone::Freelancer).id;
        self.orders_of(Someone::Klant).into_iter().filter(|seen| seen.order.freelancer == freelancer).collect()
    }

    fn everything(&self) -> Vec<Seen> {
        let mut all = self.orders_of(Someone::Klant);
        all.extend(self.orders_of(Someone::Beide).into_iter().filter(|seen| seen.other_name() != ACCOUNTS[0].name));
        all.extend(self.orders_of(Someone::Ander));
        all
    }

    /// The state of each order without anything random, by title.
    fn summary(&self) -> BTreeSet<String> {
        let line = |seen: &Seen| {
            let ends = seen.disputes.iter().map(|dispute| dispute.state.code()).collect::<Vec<_>>();
            let what = seen.events.iter().map(|event| event.kind.code()).collect::<Vec<_>>();
            let order = &seen.order;
            let due = (order.delivery_date - today(self.now)).num_days();
            format!("{}: {:?} {} {due} {ends:?} {what:?}", order.title, order.status, order.price.cents)
        };
        self.everything().iter().map(line).collect()
    }
}

fn disputes(orders: &[Seen]) -> impl Iterator<Item = &Dispute> {
    orders.iter().flat_map(|seen| &seen.disputes)
}

#[test]
fn all_four_sign_in_with_the_same_password_and_the_neighbour_cannot() {
    let demo = demo();
    for (someone, account) in
        [Someone::Klant, Someone::Freelancer, Someone::Beide, Someone::Ander].into_iter().zip(ACCOUNTS)
    {
        let person = demo.person(someone);
        assert_eq!((person.email.as_str(), person.name.as_str()), (account.email, account.name));
        assert!(passwords::matches(&mut Turn::alone(), PASSWORD, person.password_hash.as_deref()));
    }
    assert_eq!(demo.person(Someone::Buur).password_hash, None);
}

#[test]
fn klant_and_freelancer_have_an_order_in_every_status_and_one_late_in_each_status_that_can_be() {
    let demo = demo();
    let orders = demo.main_orders();
    for status in Status::VARIANTS {
        assert!(orders.iter().any(|seen| seen.order.status == *status), "{status:?}");
    }
    let late: BTreeSet<&str> =
        orders.iter().filter(|seen| seen.order.is_late(today(demo.now))).map(|seen| seen.order.status.code()).collect();
    assert_eq!(late, BTreeSet::from(["active", "in_revision"]));
}

#[test]
fn klant_and_freelancer_have_everything_open_that_can_be_one_of_them_for_two_hours_more() {
    let demo = demo();
    let orders = demo.main_orders();
    let open: Vec<&Dispute> = disputes(&orders).filter(|dispute| dispute.is_open()).collect();
    for kind in Kind::VARIANTS {
        for opener in kind.terms().openers {
            assert!(open.iter().any(|d| d.ask.kind() == *kind && d.opener == *opener), "{kind:?} by {opener:?}");
        }
    }
    let (urgent, others): (Vec<i64>, Vec<i64>) =
        open.iter().map(|dispute| (dispute.respond_by - demo.now).num_minutes()).partition(|left| *left < 20 * 60);
    assert!(matches!(urgent[..], [105..=165]), "{urgent:?}");
    assert!(others.iter().all(|left| (20 * 60..=90 * 60).contains(left)), "{others:?}");
}

#[test]
fn on_some_open_questions_both_have_commented() {
    let both = |seen: &&Seen| {
        let open = seen.order.open_dispute.as_ref().map(|dispute| dispute.number);
        let by = |party| {
            let said = seen.events.iter().filter(|event| event.dispute == open && event.kind == EventKind::Commented);
            said.filter(|event| event.actor == Actor::Party(party)).count() > 0
        };
        open.is_some() && by(Customer) && by(Freelancer)
    };
    assert!(demo().main_orders().iter().filter(both).count() >= 2);
}

#[test]
fn klant_and_freelancer_have_every_outcome_of_every_kind_behind_them() {
    let orders = demo().main_orders();
    let ended: BTreeSet<(&str, &str, &str)> = disputes(&orders)
        .map(|dispute| (dispute.ask.kind().code(), dispute.opener.code(), dispute.state.code()))
        .filter(|(_, _, state)| *state != "open")
        .collect();
    assert_eq!(
        ended,
        BTreeSet::from([
            ("update", "customer", "answered"),
            ("update", "customer", "withdrawn"),
            ("update", "customer", "lapsed"),
            ("cancellation", "customer", "accepted"),
            ("cancellation", "customer", "declined"),
            ("cancellation", "customer", "withdrawn"),
            ("cancellation", "customer", "lapsed"),
            ("cancellation", "freelancer", "accepted"),
            ("cancellation", "freelancer", "declined"),
            ("cancellation", "freelancer", "withdrawn"),
            ("cancellation", "freelancer", "lapsed"),
            ("change", "freelancer", "accepted"),
            ("change", "freelancer", "declined"),
            ("change", "freelancer", "withdrawn"),
            ("change", "freelancer", "lapsed"),
        ])
    );
}

#[test]
fn some_declined_with_a_word_and_some_without() {
    let declined: BTreeSet<(&str, bool)> = demo()
        .main_orders()
        .iter()
        .flat_map(|seen| seen.events.iter().map(move |event| (seen, event)))
        .filter(|(_, event)| event.kind == EventKind::Declined)
        .map(|(seen, event)| {
            let dispute = seen.dispute(event.dispute.unwrap()).unwrap();
            (dispute.ask.kind().code(), event.text.is_some())
        })
        .collect();
    let both_of_both = [("cancellation", false), ("cancellation", true), ("change", false), ("change", true)];
    assert_eq!(declined, BTreeSet::from(both_of_both));
}

#[test]
fn changes_were_accepted_for_days_for_extras_and_for_both() {
    let orders = demo().main_orders();
    let accepted: BTreeSet<(bool, bool)> = disputes(&orders)
        .filter(|dispute| matches!(dispute.state, State::Accepted(_)))
        .filter_map(|dispute| match &dispute.ask {
            Ask::Change(change) => Some((change.extra_days().is_some(), !change.extras().is_empty())),
            Ask::Update | Ask::Cancellation(_) => None,
        })
        .collect();
    assert_eq!(accepted, BTreeSet::from([(true, false), (false, true), (true, true)]));
}

#[test]
fn one_timeline_is_long() {
    let is_long = |seen: &Seen| {
        let count = |what| seen.events.iter().filter(|event| event.kind == what).count();
        seen.disputes.len() >= 3
            && seen.disputes.iter().all(|dispute| !dispute.is_open())
            && count(EventKind::Delivered) >= 2
            && count(EventKind::RevisionRequested) >= 1
    };
    assert!(demo().main_orders().iter().any(is_long));
}

#[test]
fn a_delivered_order_completes_in_about_a_day_and_others_have_been_completed_in_both_ways() {
    let demo = demo();
    let orders = demo.main_orders();
    let hours_left = |seen: &Seen| seen.order.completes_at.map(|at| (at - demo.now).num_hours());
    assert!(orders.iter().any(|seen| hours_left(seen).is_some_and(|left| (22..=26).contains(&left))));
    for (what, actor) in [(EventKind::Approved, Actor::Party(Customer)), (EventKind::Completed, Actor::System)] {
        let ends_so = |seen: &Seen| seen.events.last().is_some_and(|end| (end.kind, end.actor) == (what, actor));
        assert!(orders.iter().any(ends_so), "{what:?}");
    }
}

#[test]
fn the_order_that_customer_service_cancelled_says_so() {
    let orders = demo().main_orders();
    let cancelled = orders.iter().find(|seen| seen.order.status == Status::Cancelled).unwrap();
    let end = cancelled.events.last().unwrap();
    assert_eq!((end.kind, end.actor, end.dispute), (EventKind::Cancelled, Actor::System, None));
    assert_eq!(cancelled.order.settles_at(), None);
}

#[test]
fn at_least_24_active_orders_have_nothing_on_them_and_are_due_in_20_to_60_days() {
    let demo = demo();
    let orders = demo.main_orders();
    let quiet: Vec<&Seen> = orders
        .iter()
        .filter(|seen| seen.order.status == Status::Active && seen.events.len() == 1 && seen.disputes.is_empty())
        .collect();
    assert!(quiet.len() >= 24, "{}", quiet.len());
    for seen in quiet {
        let days = (seen.order.delivery_date - today(demo.now)).num_days();
        assert!((20..=60).contains(&days), "{}: {days}", seen.order.title);
    }
    let titles: BTreeSet<&str> = stories().map(|story| story.title).collect();
    assert_eq!(titles.len(), stories().count(), "every title is there once");
}

#[test]
fn the_first_page_of_a_list_has_some_of_everything() {
    let klant = demo().orders_of(Someone::Klant);
    let first: BTreeSet<&str> = klant[..lists::PAGE].iter().map(|seen| seen.order.status.code()).collect();
    assert!(first.len() >= 6, "{first:?}");
    assert!(klant.len() > 2 * lists::PAGE, "{}", klant.len());
}

#[test]
fn beide_is_a_customer_and_a_freelancer_with_something_open_on_both_sides() {
    let beide = demo().orders_of(Someone::Beide);
    for (side, other) in [(Customer, ACCOUNTS[1]), (Freelancer, ACCOUNTS[0])] {
        let mine: Vec<&Seen> = beide.iter().filter(|seen| seen.viewer == side).collect();
        assert!(mine.len() >= 3 && mine.iter().all(|seen| seen.other_name() == other.name));
        let open = || mine.iter().filter_map(|seen| seen.order.open_dispute.as_ref());
        assert!(open().any(|dispute| dispute.opener == side), "{side:?} asked something");
        assert!(open().any(|dispute| dispute.respondent() == side), "{side:?} is asked something");
    }
}

#[test]
fn ander_shares_nothing_with_the_others() {
    let demo = demo();
    let ander = demo.orders_of(Someone::Ander);
    assert!(ander.len() >= 2);
    assert!(ander.iter().all(|seen| seen.other_name() == NEIGHBOUR.name));
    for other in [Someone::Klant, Someone::Freelancer, Someone::Beide] {
        let strangers = [ACCOUNTS[Someone::Ander as usize].name, NEIGHBOUR.name];
        assert!(demo.orders_of(other).iter().all(|seen| !strangers.contains(&seen.other_name())));
    }
}

#[test]
fn nothing_is_due_any_more_and_every_timeline_is_in_order() {
    let demo = demo();
    assert!(sweep::next_due(&demo.store).unwrap().unwrap() > demo.now);
    for seen in demo.everything() {
        let moments: Vec<DateTime<Utc>> = seen.events.iter().map(|event| event.at).collect();
        assert!(moments.is_sorted() && moments[0] == seen.order.placed_at, "{}", seen.order.title);
        assert!(*moments.last().unwrap() < demo.now);
        assert!(seen.order.delivery_date > today(seen.order.placed_at), "{}", seen.order.title);
    }
}

#[test]
fn people_have_read_what_is_older_than_two_days() {
    let demo = demo();
    for someone in [Someone::Klant, Someone::Freelancer, Someone::Beide] {
        let told = lists::notifications(&demo.store, demo.person(someone).id, None).unwrap().rows;
        let (old, new): (Vec<_>, Vec<_>) =
            told.iter().partition(|told| told.event.at <= demo.now - TimeDelta::days(READ_AFTER_DAYS));
        assert!(!old.is_empty() && old.iter().all(|told| told.is_read), "{someone:?}");
        assert!(!new.is_empty() && new.iter().all(|told| !told.is_read), "{someone:?}");
    }
}

#[test]
fn filling_it_again_changes_nothing() {
    let demo = demo();
    let before = demo.summary();
    fill(&demo.store, demo.now + TimeDelta::days(1)).unwrap();
    assert_eq!(demo.summary(), before);
    assert_eq!(before.len(), stories().count());
}

#[test]
fn it_comes_out_the_same_at_any_hour_also_when_summer_time_begins_or_ends() {
    let expected = demo().summary();
    for now in ["2026-03-29T01:30:00Z", "2026-10-25T01:30:00Z", "2026-12-31T22:59:59Z", "2028-02-29T23:00:00Z"] {
        assert_eq!(Demo::at(moment(now)).summary(), expected, "{now}");
    }
}

/// Checks the order of the steps, and that no step comes after a deadline in between: that decides everything, and is
/// cheaper than filling the demo a thousand times.
#[test]
fn steps_follow_each_other_at_any_hour_of_the_year_and_everybody_answers_in_time() {
    for hour in 0..366 * 24 {
        let now = moment("2026-01-01T00:30:00Z") + TimeDelta::hours(hour);
        for story in stories() {
            let mut last = story.placed.moment(now);
            let mut respond_by = None;
            for (when, _, deed) in story.steps {
                let at = when.moment(now);
                assert!(last < at && at < now, "{} at {now}", story.title);
                match kind_asked(*deed) {
                    Some(kind) => respond_by = Some(at + kind.terms().window()),
                    None if answers(*deed) => assert!(respond_by.is_some_and(|by| at < by), "{} at {now}", story.title),
                    None => {}
                }
                last = at;
            }
        }
    }
}

/// The kind of question that the deed opens, if it opens one.
fn kind_asked(deed: Deed) -> Option<Kind> {
    match deed {
        Deed::AsksForUpdate(_) => Some(Kind::Update),
        Deed::AsksToCancel(..) => Some(Kind::Cancellation),
        Deed::AsksForChange(..) => Some(Kind::Change),
        Deed::Comments(_)
        | Deed::GivesUpdate(_)
        | Deed::Accepts
        | Deed::Declines(_)
        | Deed::Withdraws
        | Deed::Delivers
        | Deed::AsksForRevision(_)
        | Deed::Approves => None,
    }
}

/// Whether the deed answers an open question, and so must come in time.
fn answers(deed: Deed) -> bool {
    match deed {
        Deed::Comments(_) | Deed::GivesUpdate(_) | Deed::Accepts | Deed::Declines(_) | Deed::Withdraws => true,
        Deed::AsksForUpdate(_)
        | Deed::AsksToCancel(..)
        | Deed::AsksForChange(..)
        | Deed::Delivers
        | Deed::AsksForRevision(_)
        | Deed::Approves => false,
    }
}
