//! A calendar, read by another library (`calcard`) as a calendar program reads it. Its moments are written in UTC, and
//! none in another time zone.

use calcard::icalendar::{ICalendar, ICalendarComponent, ICalendarComponentType, ICalendarProperty, ICalendarValue};
use chrono::{DateTime, NaiveDate, NaiveDateTime, TimeDelta, Utc};

/// The start or end of an entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum When {
    /// A moment.
    Moment(DateTime<Utc>),
    /// A day.
    Day(NaiveDate),
}

/// An entry of a calendar.
#[derive(Debug, Clone, PartialEq)]
pub struct Entry {
    pub uid: String,
    pub sequence: i64,
    pub is_cancelled: bool,
    pub summary: String,
    pub description: String,
    pub url: String,
    pub start: When,
    pub end: Option<When>,
    /// The time between each reminder and the start.
    pub alarms: Vec<TimeDelta>,
}

/// Reads every entry. Fails unless the text is one whole calendar.
#[track_caller]
pub fn entries(text: &str) -> Vec<Entry> {
    assert!(text.starts_with("BEGIN:VCALENDAR\r\n") && text.ends_with("END:VCALENDAR\r\n"), "{text}");
    let calendar = ICalendar::parse(text).expect("another program can read it");
    let of = |kind: ICalendarComponentType| calendar.components.iter().filter(move |part| part.component_type == kind);
    assert_eq!(of(ICalendarComponentType::VTimezone).count(), 0, "{text}");
    of(ICalendarComponentType::VEvent).map(|event| entry(&calendar, event)).collect()
}

fn entry(calendar: &ICalendar, event: &ICalendarComponent) -> Entry {
    let alarm = |alarm: &ICalendarComponent| match value(alarm, &ICalendarProperty::Trigger) {
        Some(ICalendarValue::Duration(length)) => {
            let seconds =
                ((i64::from(length.days) * 24 + i64::from(length.hours)) * 60 + i64::from(length.minutes)) * 60;
            assert!(length.neg && length.weeks == 0, "{length:?}");
            TimeDelta::seconds(seconds + i64::from(length.seconds))
        }
        other => panic!("no trigger: {other:?}"),
    };
    let Some(ICalendarValue::Integer(sequence)) = value(event, &ICalendarProperty::Sequence) else { panic!() };
    Entry {
        uid: words(event, &ICalendarProperty::Uid),
        sequence: *sequence,
        is_cancelled: format!("{:?}", value(event, &ICalendarProperty::Status)).contains("Cancelled"),
        summary: words(event, &ICalendarProperty::Summary),
        description: words(event, &ICalendarProperty::Description),
        url: words(event, &ICalendarProperty::Url),
        start: when(event, &ICalendarProperty::Dtstart).expect("every entry begins"),
        end: when(event, &ICalendarProperty::Dtend),
        alarms: parts(calendar, event).map(alarm).collect(),
    }
}

fn parts<'a>(calendar: &'a ICalendar, of: &'a ICalendarComponent) -> impl Iterator<Item = &'a ICalendarComponent> {
    of.component_ids.iter().map(|id| calendar.component_by_id(*id).expect("it is there"))
}

fn value<'a>(part: &'a ICalendarComponent, of: &ICalendarProperty) -> Option<&'a ICalendarValue> {
    part.property(of).and_then(|line| line.values.first())
}

fn words(part: &ICalendarComponent, of: &ICalendarProperty) -> String {
    match value(part, of) {
        Some(ICalendarValue::Text(text)) => text.clone(),
        Some(ICalendarValue::Uri(calcard::icalendar::Uri::Location(url))) => url.clone(),
        other => panic!("{of:?}: {other:?}"),
    }
}

/// A line's time before its zone is applied; the last part says whether it is in UTC.
fn read(part: &ICalendarComponent, of: &ICalendarProperty) -> Option<(NaiveDate, Option<NaiveDateTime>, bool)> {
    let Some(ICalendarValue::PartialDateTime(written)) = value(part, of) else { return None };
    let day = NaiveDate::from_ymd_opt(written.year?.into(), written.month?.into(), written.day?.into())?;
    let time = written
        .hour
        .and_then(|hour| day.and_hms_opt(hour.into(), written.minute?.into(), written.second.unwrap_or(0).into()));
    Some((day, time, written.tz_hour == Some(0)))
}

fn when(event: &ICalendarComponent, of: &ICalendarProperty) -> Option<When> {
    Some(match read(event, of)? {
        (day, None, _) => When::Day(day),
        (_, Some(time), is_utc) => {
            assert!(is_utc && event.property(of)?.tz_id().is_none(), "{of:?} is in no time that every program knows");
            When::Moment(time.and_utc())
        }
    })
}
