//! Calendars as text (iCalendar, RFC 5545): a reader's open questions with their deadlines, and delivery dates.
//!
//! The same facts give the same bytes, so that a calendar program that asks again can be told that nothing has changed
//! (304).

mod entry;
mod part;

use chrono::{DateTime, NaiveDate, Utc};
use chrono_tz::Tz;

use crate::domain::{Dispute, Order, Party, Reference, Status};
use crate::i18n::format::Reader;
use part::Component;

/// The interval at which calendar programs should ask again, in the format's notation. One hour is enough: deadlines
/// lie at least two days ahead, and their reminders begin a day before.
const ASK_AGAIN: &str = "PT1H";

/// The owner and the origin of a calendar.
#[derive(Debug, Clone, Copy)]
pub struct CalendarContext<'a> {
    /// The owner's language, and the time zone in which the text of an entry names its deadline.
    pub reader: Reader,
    /// The marketplace's time zone: delivery dates are days in it.
    pub marketplace: Tz,
    /// The address of the pages, without a slash at the end.
    pub public_url: &'a str,
    /// Its host, the end of every entry's identifier.
    pub host: &'a str,
}

/// A question that waits, or waited, for the reader's answer.
#[derive(Debug, Clone, Copy)]
pub struct Deadline<'a> {
    /// The order.
    pub reference: Reference,
    /// The order's title.
    pub title: &'a str,
    /// The name of the party that asks.
    pub other: &'a str,
    /// The question, settled up to now.
    pub dispute: &'a Dispute,
}

/// The delivery date of one of the reader's orders.
#[derive(Debug, Clone, Copy)]
pub struct Delivery<'a> {
    /// The order.
    pub reference: Reference,
    /// The order's title.
    pub title: &'a str,
    /// The name of the party on the other side.
    pub other: &'a str,
    /// The side the reader is on.
    pub viewer: Party,
    /// The day.
    pub day: NaiveDate,
    /// Whether the work is still to come.
    pub is_awaited: bool,
    /// The completion of the delivered work, when the reader is the customer and it is or was ahead.
    pub completion: Option<Completion>,
    /// The order's number of events when this became so: it only grows.
    pub revision: i32,
    /// The moment of the last of those events.
    pub changed_at: DateTime<Utc>,
}

/// The moment at which delivered work counts as approved.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Completion {
    /// The customer has until this moment.
    At(DateTime<Utc>),
    /// It was ahead, and is not any more.
    Over,
}

impl Completion {
    /// The completion that the customer of this order is told of.
    #[must_use]
    pub fn of(order: &Order, viewer: Party) -> Option<Self> {
        // Of a delivery that its customer was not told of nothing was ever ahead.
        if viewer == Party::Freelancer || order.unannounced_since.is_some() {
            return None;
        }
        let below = order.open_dispute.as_ref().map(|dispute| dispute.previous_status);
        match (order.completes_at, below.unwrap_or(order.status)) {
            (Some(at), _) => Some(Self::At(at)),
            (None, Status::Delivered | Status::InRevision | Status::Completed) => Some(Self::Over),
            (None, _) => None,
        }
    }
}

/// Writes a whole calendar.
#[must_use]
pub fn feed(desk: CalendarContext<'_>, deadlines: &[Deadline<'_>], deliveries: &[Delivery<'_>]) -> String {
    let name = desk.reader.words().product();
    calendar()
        .line("NAME", &name)
        .line("X-WR-CALNAME", &name)
        .line("X-WR-TIMEZONE", desk.reader.zone.name())
        .line_with("REFRESH-INTERVAL", ("VALUE", "DURATION"), ASK_AGAIN)
        .line("X-PUBLISHED-TTL", ASK_AGAIN)
        .holding(deadlines.iter().map(|deadline| entry::deadline(desk, *deadline)))
        .holding(deliveries.iter().map(|delivery| entry::delivery(desk, *delivery)))
        .holding(deliveries.iter().filter_map(|delivery| entry::completion(desk, *delivery)))
        .text()
}

/// Writes the calendar of one deadline, for the mail about the question. The entry is the same as in the [`feed`], so
/// that a reader with both sees it once.
#[must_use]
pub fn deadline(desk: CalendarContext<'_>, deadline: Deadline<'_>) -> String {
    calendar().line("METHOD", "PUBLISH").holding([entry::deadline(desk, deadline)]).text()
}

fn calendar() -> Component {
    let program = concat!("-//Oplossingscentrum//", env!("CARGO_PKG_VERSION"), "//NL");
    Component::new("VCALENDAR").line("VERSION", "2.0").line("PRODID", program).line("CALSCALE", "GREGORIAN")
}

#[cfg(test)]
mod tests;
