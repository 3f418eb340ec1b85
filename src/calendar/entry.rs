//! Calendar entries: a deadline, and a delivery date.

use chrono::{DateTime, TimeDelta, Utc};

use crate::calendar::part::Component;
use crate::calendar::{CalendarContext, Completion, Deadline, Delivery};
use crate::domain::{Kind, Party};
use crate::i18n::outcomes::Outcomes;
use crate::i18n::time_markup;
use crate::paths;

/// Length of a deadline's entry, in minutes. The entry ENDS at the deadline: programs show an entry without a length as
/// half an hour from its start, which would suggest that there is still time.
const MINUTES: i64 = 30;
/// Reminder of a completion, in hours before it.
const COMPLETION_ALARM_HOURS: i64 = 24;
/// Reminder of a delivery date, in hours before its day begins: at nine in the morning of the day before.
const DELIVERY_ALARM_HOURS: i64 = 15;

/// The common part of both kinds of entry. One thing keeps one identifier for good; the sequence only grows.
fn entry(desk: CalendarContext<'_>, name: &str, sequence: i32, changed_at: DateTime<Utc>, is_over: bool) -> Component {
    let changed_at = utc(changed_at);
    Component::new("VEVENT")
        .line("UID", &format!("{name}@{}", desk.host))
        .line("SEQUENCE", &sequence.to_string())
        .line("DTSTAMP", &changed_at)
        .line("LAST-MODIFIED", &changed_at)
        .line("STATUS", if is_over { "CANCELLED" } else { "CONFIRMED" })
        // A reminder, not an appointment: the reader is not busy.
        .line("TRANSP", "TRANSPARENT")
}

/// Adds the title, the description and the link.
fn worded(part: Component, summary: &str, description: &str, url: &str) -> Component {
    part.line("SUMMARY", summary).line("DESCRIPTION", &format!("{description}\n\n{url}")).line("URL", url)
}

/// A moment in the notation of iCalendar, in UTC. UTC means the same to every program: a program shows it in the zone
/// of its device, and needs no description of a zone, which some programs misread by an hour.
fn utc(at: DateTime<Utc>) -> String {
    at.format("%Y%m%dT%H%M%SZ").to_string()
}

fn alarm(text: &str, before_start: TimeDelta) -> Component {
    let unit = |number: i64, of: &str| if number == 0 { String::new() } else { format!("{number}{of}") };
    let (hours, minutes) = (before_start.num_hours(), before_start.num_minutes() % 60);
    Component::new("VALARM")
        .line("ACTION", "DISPLAY")
        .line("DESCRIPTION", text)
        .line("TRIGGER", &format!("-PT{}{}", unit(hours, "H"), unit(minutes, "M")))
}

/// The entry of a deadline. It has two versions: a question is asked once, settled once, and its deadline never moves.
/// The second version says that it is over.
pub(super) fn deadline(desk: CalendarContext<'_>, of: Deadline<'_>) -> Component {
    let (words, dispute, viewer) = (desk.reader.words(), of.dispute, of.dispute.respondent());
    let outcomes = Outcomes { reader: desk.reader, dispute, viewer, other: of.other };
    let url = format!("{}{}", desk.public_url, paths::dispute(of.reference, dispute.number));
    let summary = match dispute.ask.kind() {
        Kind::Update => words.calendar_update(of.other, of.title),
        Kind::Cancellation => words.calendar_cancellation(of.other, of.title),
        Kind::Change => words.calendar_change(of.other, of.title),
    };
    let ended = outcomes.ended();
    let description = match &ended {
        None => format!("{}\n\n{}", outcomes.question_to_answer(), time_markup::plain(&outcomes.of_silence())),
        Some(ended) => time_markup::plain(ended),
    };
    let name = format!("{}.{}", of.reference, dispute.number);
    let changed_at = dispute.state.closed_at().unwrap_or(dispute.opened_at);
    let part = entry(desk, &name, i32::from(ended.is_some()), changed_at, ended.is_some());
    let part = worded(part, &summary, &description, &url);
    let length = TimeDelta::minutes(MINUTES);
    let part = part.line("DTSTART", &utc(dispute.respond_by - length)).line("DTEND", &utc(dispute.respond_by));
    if ended.is_some() {
        return part;
    }
    // Counted from the start, which every program supports; the offset makes the reminder come the stated hours before
    // the deadline.
    part.holding(dispute.reminders().map(|(_, at)| alarm(&summary, dispute.respond_by - length - at)))
}

/// The entry of a delivery date: a whole day.
pub(super) fn delivery(desk: CalendarContext<'_>, of: Delivery<'_>) -> Component {
    let words = desk.reader.words();
    let summary = match of.viewer {
        Party::Customer => words.calendar_delivery_customer(of.other, of.title),
        Party::Freelancer => words.calendar_delivery_freelancer(of.title, of.other),
    };
    let description = if of.is_awaited {
        words.calendar_delivery_day(desk.reader.date(of.day), desk.marketplace.name())
    } else {
        words.calendar_delivery_over()
    };
    let url = format!("{}{}", desk.public_url, paths::order(of.reference));
    let name = format!("{}.delivery", of.reference);
    let part = entry(desk, &name, of.revision, of.changed_at, !of.is_awaited);
    let day = of.day.format("%Y%m%d").to_string();
    let part = worded(part, &summary, &description, &url).line_with("DTSTART", ("VALUE", "DATE"), &day);
    let alarm = of.is_awaited.then(|| alarm(&summary, TimeDelta::hours(DELIVERY_ALARM_HOURS)));
    part.holding(alarm)
}

/// The entry of the moment at which delivered work counts as approved. Like a deadline it ends at its moment.
pub(super) fn completion(desk: CalendarContext<'_>, of: Delivery<'_>) -> Option<Component> {
    let words = desk.reader.words();
    let (ends, is_over) = match of.completion? {
        Completion::At(at) => (at, false),
        Completion::Over => (of.changed_at, true),
    };
    let summary = words.calendar_completion(of.title);
    let description = if is_over {
        words.calendar_completion_over()
    } else {
        words.calendar_completion_moment(of.other, desk.reader.moment(ends))
    };
    let url = format!("{}{}", desk.public_url, paths::order(of.reference));
    let name = format!("{}.completion", of.reference);
    let part = worded(entry(desk, &name, of.revision, of.changed_at, is_over), &summary, &description, &url);
    let length = TimeDelta::minutes(MINUTES);
    let part = part.line("DTSTART", &utc(ends - length)).line("DTEND", &utc(ends));
    let alarm = (!is_over).then(|| alarm(&summary, TimeDelta::hours(COMPLETION_ALARM_HOURS) - length));
    Some(part.holding(alarm))
}
