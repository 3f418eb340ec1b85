//! The timeline as a page shows it: by day, each event a sentence to the reader.

use chrono::{DateTime, NaiveDate, Utc};

use super::page::Page;
use crate::center::overview::Overview;
use crate::domain::{Actor, Event, What};
use crate::i18n::say;

/// One day of a timeline.
pub(super) struct Day {
    pub date: NaiveDate,
    pub entries: Vec<Entry>,
}

/// One event.
pub(super) struct Entry {
    pub number: i32,
    pub at: DateTime<Utc>,
    /// `mine`, `theirs` or `system`: on which side of the page it stands.
    pub side: &'static str,
    pub who: String,
    pub sentence: String,
    pub details: Vec<String>,
    pub text: Option<String>,
    /// The dispute it opened.
    pub href: Option<String>,
}

/// The days of these events, oldest first, in the reader's time zone.
pub(super) fn days<'a>(page: &Page, overview: &Overview, events: impl Iterator<Item = &'a Event>) -> Vec<Day> {
    let mut days: Vec<Day> = Vec::new();
    for event in events {
        let date = page.reader.day(event.at);
        let entry = entry(page, overview, event);
        match days.last_mut() {
            Some(day) if day.date == date => day.entries.push(entry),
            _ => days.push(Day { date, entries: vec![entry] }),
        }
    }
    days
}

/// One event as the reader sees it.
pub(super) fn entry(page: &Page, overview: &Overview, event: &Event) -> Entry {
    let dispute = event.dispute.and_then(|number| overview.dispute(number));
    let (side, who) = match event.actor {
        Actor::Party(party) if party == overview.viewer => ("mine", page.words.order_you(overview.name(party))),
        Actor::Party(party) => ("theirs", overview.name(party).to_owned()),
        Actor::System => ("system", page.words.party_system()),
    };
    let opened = dispute.filter(|_| event.what == What::Opened);
    Entry {
        number: event.number,
        at: event.at,
        side,
        who,
        sentence: say::event(page.words, event, dispute, overview.viewer, overview.other_name()),
        details: opened.map(|dispute| say::details(page.reader, dispute)).unwrap_or_default(),
        text: event.text.as_ref().map(ToString::to_string),
        href: opened.map(|dispute| format!("/orders/{}/disputes/{}", overview.order.reference, dispute.number)),
    }
}
