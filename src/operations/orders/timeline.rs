//! The timeline of an order, a page at a time: a page costs the same however much was said.

use crate::domain::orders::limits::RecentComments;
use crate::domain::{Dispute, Event, Party, Reference};
use crate::store::orders::{disputes, events};
use crate::store::{Db, Error, Store};

/// The most events on one page.
pub const PAGE_EVENTS: usize = 50;
/// The most bytes of people's texts on one page. An event is always whole, so a longer one stands alone.
pub const PAGE_BYTES: usize = 40_000;

/// The events of an order at the moment when it was read. Events that are written meanwhile do not belong to this page.
#[derive(Debug, Clone)]
pub struct Recorded {
    /// The order.
    pub reference: Reference,
    /// How many events were written down.
    pub written: i32,
    /// The number of the last dispute that was not read with the order.
    pub older_disputes: i32,
    /// The events of silence that were not written down yet, oldest first.
    pub settled: Vec<Event>,
}

/// One page of a timeline.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TimelinePage {
    /// The events, oldest first.
    pub events: Vec<Event>,
    /// The disputes of these events that were not read with the order; see [`Recorded::older_disputes`].
    pub disputes: Vec<Dispute>,
    /// The number of the event before which an earlier page continues.
    pub earlier: Option<i32>,
    /// Whether no event comes after it.
    pub is_newest: bool,
}

impl TimelinePage {
    /// Takes as many of these events as fit a page, newest first, beside texts of that many bytes. The rest is for an
    /// earlier page.
    fn from_newest(newest: impl Iterator<Item = Event>, before: Option<i32>, beside: usize) -> Self {
        let mut newest = newest.peekable();
        let mut events = take(&mut newest, beside);
        let earlier = newest.peek().and(events.last()).map(|oldest| oldest.number);
        events.reverse();
        Self { events, disputes: Vec::new(), earlier, is_newest: before.is_none() }
    }
}

/// How many bytes of text an event has.
fn size(event: &Event) -> usize {
    event.text.as_ref().map_or(0, |text| text.as_str().len())
}

/// Takes the first of these events, as many as fit a page beside texts of that many bytes.
fn take(events: &mut std::iter::Peekable<impl Iterator<Item = Event>>, beside: usize) -> Vec<Event> {
    let (mut taken, mut bytes) = (Vec::new(), beside);
    while taken.len() < PAGE_EVENTS {
        let fits = |event: &Event| taken.is_empty() || bytes + size(event) <= PAGE_BYTES;
        let Some(event) = events.next_if(fits) else { break };
        bytes += size(&event);
        taken.push(event);
    }
    taken
}

impl Recorded {
    /// The newest events, or the newest before that number.
    pub fn page(&self, store: &Store, before: Option<i32>) -> Result<TimelinePage, Error> {
        let before = self.known(before);
        store.read(|db| {
            let written = events::newest(db, self.reference, self.last(before), PAGE_EVENTS + 1)?;
            let page = TimelinePage::from_newest(self.settled_newest(before).cloned().chain(written), before, 0);
            Ok(TimelinePage { disputes: self.older_disputes_of(db, &page.events)?, ..page })
        })
    }

    /// What was said about one dispute; see [`Conversation`].
    pub fn conversation(
        &self,
        store: &Store,
        dispute: i32,
        viewer: Party,
        before: Option<i32>,
    ) -> Result<Conversation, Error> {
        let before = self.known(before);
        let asked = events::OfDispute { reference: self.reference, dispute, viewer };
        let found = store.read(|db| events::conversation(db, asked, self.last(before), PAGE_EVENTS + 1))?;
        let settled = self.settled_newest(before).filter(|event| event.dispute == Some(dispute)).cloned();
        let beside = found.opening.as_ref().map_or(0, size);
        let page = TimelinePage::from_newest(settled.chain(found.newest), before, beside);
        Ok(Conversation { opening: found.opening, page, comments: found.comments })
    }

    /// The events after that number, oldest first, as many as fit a page; none after the last one.
    pub fn after(&self, store: &Store, number: i32) -> Result<TimelinePage, Error> {
        store.read(|db| {
            let written = events::range(db, self.reference, number + 1..=self.written, PAGE_EVENTS)?;
            let is_last = written.len() < PAGE_EVENTS;
            let settled = self.settled.iter().filter(|event| is_last && event.number > number).cloned();
            let events = take(&mut written.into_iter().chain(settled).peekable(), 0);
            Ok(TimelinePage { disputes: self.older_disputes_of(db, &events)?, events, ..TimelinePage::default() })
        })
    }

    /// A dispute that was not read with the order.
    pub fn older_dispute(&self, store: &Store, number: i32) -> Result<Option<Dispute>, Error> {
        store.read(|db| disputes::find(db, self.reference, number))
    }

    /// The disputes of these events that were not read with the order. Events of one page are about few disputes, and
    /// those lie together.
    fn older_disputes_of(&self, db: &mut Db, events: &[Event]) -> Result<Vec<Dispute>, Error> {
        let older = || events.iter().filter_map(|event| event.dispute).filter(|number| *number <= self.older_disputes);
        match (older().min(), older().max()) {
            (Some(first), Some(last)) => disputes::range(db, self.reference, first..=last),
            _ => Ok(Vec::new()),
        }
    }

    /// The newest event.
    pub fn newest(&self, store: &Store) -> Result<Option<Event>, Error> {
        match self.settled.last() {
            Some(settled) => Ok(Some(settled.clone())),
            None => store.read(|db| events::find(db, self.reference, self.written)),
        }
    }

    /// That number, when an event here has it.
    fn known(&self, before: Option<i32>) -> Option<i32> {
        let newest = self.settled.last().map_or(self.written, |event| event.number);
        before.filter(|before| (1..=newest).contains(before))
    }

    /// The number of the last stored event before that one.
    fn last(&self, before: Option<i32>) -> i32 {
        before.map_or(self.written, |before| self.written.min(before - 1))
    }

    /// The outcomes of silence before that event, newest first.
    fn settled_newest(&self, before: Option<i32>) -> impl Iterator<Item = &Event> {
        self.settled.iter().rev().filter(move |event| before.is_none_or(|before| event.number < before))
    }
}

/// What was said about one dispute.
#[derive(Debug, Clone)]
pub struct Conversation {
    /// The event that opened it.
    pub opening: Option<Event>,
    /// The later events, a page of them.
    pub page: TimelinePage,
    /// The viewer's own comments, as far back as the limits look.
    pub comments: RecentComments,
}

#[cfg(test)]
mod tests {
    use chrono::DateTime;

    use super::*;
    use crate::domain::{Actor, EventKind, Text};

    /// An event with that many bytes of text.
    fn event(number: i32, bytes: usize) -> Event {
        let text = Text::parse(&"x".repeat(bytes)).ok();
        let at = DateTime::from_timestamp(1_790_000_000, 0).unwrap();
        Event {
            number,
            at,
            actor: Actor::Party(Party::Customer),
            kind: EventKind::Commented,
            dispute: Some(1),
            text,
            erased_at: None,
            moved: None,
        }
    }

    fn newest(events: impl Iterator<Item = Event>, beside: usize) -> TimelinePage {
        TimelinePage::from_newest(events, None, beside)
    }

    fn numbers(page: &TimelinePage) -> Vec<i32> {
        page.events.iter().map(|event| event.number).collect()
    }

    #[test]
    fn a_page_ends_at_fifty_events_and_says_where_the_earlier_one_goes_on() {
        let page = |events: i32| newest((1..=events).rev().map(|number| event(number, 10)), 0);
        assert_eq!(page(0), TimelinePage { is_newest: true, ..TimelinePage::default() });
        assert_eq!((numbers(&page(50)), page(50).earlier), ((1..=50).collect(), None));
        assert_eq!((numbers(&page(51)), page(51).earlier), ((2..=51).collect(), Some(2)));
    }

    #[test]
    fn a_page_ends_at_forty_kilobytes_of_words_when_that_comes_first() {
        let page = |bytes: usize| newest((1..=50).rev().map(|number| event(number, bytes)), 0);
        assert_eq!((numbers(&page(2_500)).len(), page(2_500).earlier), (16, Some(35)));
        assert_eq!(numbers(&page(2_000)).len(), 20);
        let sixteen = |beside| newest((1..=16).rev().map(|number| event(number, 2_500)), beside);
        assert_eq!((sixteen(0).events.len(), sixteen(0).earlier), (16, None), "exactly as much as a page takes");
        assert_eq!((sixteen(1).events.len(), sixteen(1).earlier), (15, Some(2)), "the question counts too");
        assert_eq!(sixteen(99_999).events.len(), 1, "one event always");
    }
}
