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
    /// The first letters of their name, for the eye.
    pub initials: String,
    pub sentence: String,
    pub details: Vec<String>,
    pub text: Option<String>,
    /// Somebody said something: the text speaks for itself.
    pub is_comment: bool,
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
        initials: initials(event.actor.party().map_or("", |party| overview.name(party))),
        who,
        sentence: say::event(page.words, event, dispute, overview.viewer, overview.other_name()),
        details: opened.map(|dispute| say::details(page.reader, dispute)).unwrap_or_default(),
        text: event.text.as_ref().map(ToString::to_string),
        is_comment: event.what == What::Commented,
        href: opened.map(|dispute| format!("/orders/{}/disputes/{}", overview.order.reference, dispute.number)),
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
