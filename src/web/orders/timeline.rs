//! The timeline of a page: by day, each event a sentence to the reader.

use std::rc::Rc;

use chrono::{DateTime, NaiveDate, Utc};

use crate::domain::{Actor, Dispute, Event, EventKind, Text};
use crate::i18n::labels;
use crate::operations::orders::overview::Overview;
use crate::operations::orders::timeline::TimelinePage;
use crate::paths;
use crate::web::access::OrderAccess;
use crate::web::layout::Page;
use crate::web::query::QueryParams;

/// One day of a timeline.
pub(in crate::web) struct Day<'a> {
    pub date: NaiveDate,
    /// Whether its first events stand above already, under its date.
    pub is_continued: bool,
    pub entries: Vec<Entry<'a>>,
}

/// The links from a page of a timeline to the rest of it.
pub(in crate::web) struct More {
    pub earlier: Option<String>,
    pub newest: Option<String>,
    /// Whether that page has not everything.
    pub is_part: bool,
    /// The address of the whole timeline, for paper.
    pub all: String,
}

impl More {
    /// Makes the links of that page of a timeline. The order's page is at `path`, and the timeline's heading has that
    /// name.
    pub fn new(access: &OrderAccess, timeline: &TimelinePage, path: &str, heading: &str) -> Self {
        let is_part = timeline.earlier.is_some() || !timeline.is_newest;
        Self {
            earlier: timeline.earlier.map(|number| format!("{path}?before={number}#{heading}")),
            newest: (!timeline.is_newest).then(|| format!("{path}#{heading}")),
            is_part,
            all: access.path().print(),
        }
    }
}

/// The number of the event before which the requested page of a timeline ends.
pub(in crate::web) fn before(params: &QueryParams) -> Option<i32> {
    params.get("before")?.parse().ok()
}

/// One event.
pub(in crate::web) struct Entry<'a> {
    pub number: i32,
    pub at: DateTime<Utc>,
    pub actor: Rc<ActorView>,
    pub sentence: String,
    pub details: Vec<String>,
    pub text: Option<&'a Text>,
    /// That its text was erased, and when.
    pub erased: Option<String>,
    /// Whether it is a comment: its text needs no sentence.
    pub is_comment: bool,
    /// The address of the dispute that it opened.
    pub href: Option<String>,
}

/// The actor of an event, as the reader sees them.
pub(in crate::web) struct ActorView {
    /// Its side of the page: `mine`, `theirs` or `system`.
    pub side: &'static str,
    pub name: String,
    /// The initials of their name, only for the eye.
    pub initials: String,
}

/// Puts the events of an order into words.
pub(in crate::web) struct Timeline<'a> {
    page: &'a Page,
    overview: &'a Overview,
    /// The disputes that were not read with the order.
    older: &'a [Dispute],
    me: Rc<ActorView>,
    other: Rc<ActorView>,
    system: Rc<ActorView>,
    /// Whether a third person reads it, to whom nobody is "you".
    is_told: bool,
}

impl<'a> Timeline<'a> {
    /// `older`: the disputes of its events that were not read with the order; see [`TimelinePage::disputes`].
    pub fn new(page: &'a Page, overview: &'a Overview, older: &'a [Dispute]) -> Self {
        let view = |side, shown, name| Rc::new(ActorView { side, name: shown, initials: initials(name) });
        let (me, other) = (overview.name(overview.viewer), overview.other_name());
        Self {
            page,
            overview,
            older,
            me: view("mine", page.words.order_you(me), me),
            other: view("theirs", other.to_owned(), other),
            system: view("system", page.words.party_system(), ""),
            is_told: false,
        }
    }

    /// The same for a third person, on paper: both parties by their names.
    pub fn told(page: &'a Page, overview: &'a Overview, older: &'a [Dispute]) -> Self {
        let view = |name: &str| Rc::new(ActorView { side: "theirs", name: name.to_owned(), initials: initials(name) });
        let (me, other) = (view(overview.name(overview.viewer)), view(overview.other_name()));
        Self { me, other, is_told: true, ..Self::new(page, overview, older) }
    }

    /// The days of these events, oldest first, in the reader's time zone.
    pub fn days(&self, events: impl Iterator<Item = &'a Event>) -> Vec<Day<'a>> {
        let mut days: Vec<Day> = Vec::new();
        for event in events {
            let date = self.page.reader.day(event.at);
            let entry = self.entry(event);
            match days.last_mut() {
                Some(day) if day.date == date => day.entries.push(entry),
                _ => days.push(Day { date, is_continued: false, entries: vec![entry] }),
            }
        }
        days
    }

    /// One event as the reader sees it.
    pub fn entry(&self, event: &'a Event) -> Entry<'a> {
        let Self { page, overview, .. } = self;
        let older = |number| self.older.iter().find(|dispute| dispute.number == number);
        let dispute = event.dispute.and_then(|number| overview.dispute(number).or_else(|| older(number)));
        let actor = match event.actor {
            Actor::Party(party) if party == overview.viewer => &self.me,
            Actor::Party(_) => &self.other,
            Actor::System => &self.system,
        };
        let opened = dispute.filter(|_| event.kind == EventKind::Opened);
        Entry {
            number: event.number,
            at: event.at,
            actor: Rc::clone(actor),
            sentence: if self.is_told {
                labels::event_told(page.words, event, dispute, &actor.name)
            } else {
                labels::event(page.words, event, dispute, overview.viewer, overview.other_name())
            },
            details: opened.map_or_else(
                || labels::moved(page.reader, event).into_iter().collect(),
                |dispute| labels::details(page.reader, dispute),
            ),
            text: event.text.as_ref(),
            erased: event.erased_at.map(|at| page.words.text_erased(page.reader.date(page.reader.day(at)))),
            is_comment: event.kind == EventKind::Commented,
            href: opened.map(|dispute| paths::dispute(overview.order.reference, dispute.number).to_string()),
        }
    }
}

/// The first letters of the first and the last word of a name.
fn initials(name: &str) -> String {
    let mut letters = name.split_whitespace().filter_map(|word| word.chars().next());
    letters.next().into_iter().chain(letters.next_back()).flat_map(char::to_uppercase).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_comes_down_to_its_first_letters() {
        for (name, letters) in [("Sanne de Vries", "SV"), ("élodie", "É"), ("", ""), ("  Anne  Mulder ", "AM")] {
            assert_eq!(initials(name), letters, "{name:?}");
        }
    }
}
