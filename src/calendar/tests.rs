use super::*;
use crate::domain::Language;
use crate::domain::{Ask, Money, Part, Reason, State, Status};
use calcard::icalendar::{ICalendar, ICalendarComponentType, ICalendarProperty};
use chrono::TimeDelta;
use chrono_tz::Europe::Amsterdam;

fn at(written: &str) -> DateTime<Utc> {
    written.parse().unwrap()
}

fn desk() -> CalendarContext<'static> {
    let reader = Reader { language: Language::Nl, zone: Amsterdam };
    let public_url = "https://oplossing.example.com:8443";
    CalendarContext { reader, marketplace: Amsterdam, public_url, host: "oplossing.example.com" }
}

fn dispute(respond_by: DateTime<Utc>, state: State) -> Dispute {
    Dispute {
        number: 2,
        ask: Ask::Cancellation(Reason::TooLate),
        opener: Party::Customer,
        opened_at: respond_by - TimeDelta::hours(48),
        respond_by,
        previous_status: Status::Active,
        old_delivery_date: respond_by.date_naive(),
        old_price: Money::euro_cents(1),
        part: Part::All,
        state,
    }
}

fn asked(dispute: &Dispute) -> Deadline<'_> {
    Deadline { reference: "OC-7K3M9QXA".parse().unwrap(), title: "Een logo", other: "Sanne de Vries", dispute }
}

/// The text without the folds.
fn unfolded(text: &str) -> String {
    text.replace("\r\n ", "")
}

#[test]
fn a_deadline_is_the_half_hour_before_it_with_a_reminder_at_each_hour_of_the_table() {
    let text = unfolded(&deadline(desk(), asked(&dispute(at("2026-11-26T13:05:09.75Z"), State::Open))));
    for line in [
        "METHOD:PUBLISH",
        "UID:OC-7K3M9QXA.2@oplossing.example.com",
        "SEQUENCE:0",
        "STATUS:CONFIRMED",
        "DTSTAMP:20261124T130509Z",
        "LAST-MODIFIED:20261124T130509Z",
        "DTSTART:20261126T123509Z",
        "DTEND:20261126T130509Z",
        "SUMMARY:Sanne de Vries wil “Een logo” annuleren: ga je akkoord?",
        "URL:https://oplossing.example.com:8443/orders/OC-7K3M9QXA/disputes/2",
        "TRIGGER:-PT23H30M",
        "TRIGGER:-PT5H30M",
        "TRIGGER:-PT30M",
    ] {
        assert!(text.contains(&format!("\r\n{line}\r\n")), "{line}: {text}");
    }
    assert_eq!(text.matches("BEGIN:VALARM").count(), 3);
    assert!(text.contains("om 14:05 (CET) automatisch geannuleerd.\\n\\nhttps://"), "{text}");
}

#[test]
fn a_settled_deadline_is_the_same_entry_one_version_later_without_reminders() {
    let ended = at("2026-11-25T08:00:00Z");
    let text = unfolded(&deadline(desk(), asked(&dispute(at("2026-11-26T13:05:09Z"), State::Declined(ended)))));
    for line in
        ["UID:OC-7K3M9QXA.2@oplossing.example.com", "SEQUENCE:1", "STATUS:CANCELLED", "DTSTAMP:20261125T080000Z"]
    {
        assert!(text.contains(&format!("\r\n{line}\r\n")), "{line}: {text}");
    }
    assert!(!text.contains("VALARM") && text.contains("DTEND:20261126T130509Z"), "{text}");
}

#[test]
fn a_deadline_in_the_hour_that_comes_twice_is_a_moment_in_utc_and_named_in_the_readers_own_time() {
    for (respond_by, written, named) in [
        ("2026-10-25T00:30:00Z", "DTSTART:20261025T000000Z\r\nDTEND:20261025T003000Z", "om 02:30 (CEST)"),
        ("2026-10-25T01:15:00Z", "DTSTART:20261025T004500Z\r\nDTEND:20261025T011500Z", "om 02:15 (CET)"),
        ("2026-10-25T02:30:00Z", "DTSTART:20261025T020000Z\r\nDTEND:20261025T023000Z", "om 03:30 (CET)"),
    ] {
        let text = unfolded(&deadline(desk(), asked(&dispute(at(respond_by), State::Open))));
        assert!(text.contains(written) && text.contains(named), "{text}");
        assert!(!text.contains("TZID") && !text.contains("VTIMEZONE"), "{text}");
    }
}

#[test]
fn the_same_facts_give_the_same_bytes_and_a_calendar_with_nothing_in_it_can_be_read() {
    let open = dispute(at("2026-11-26T13:05:09Z"), State::Open);
    let delivery = Delivery {
        completion: None,
        reference: "OC-7K3M9QXA".parse().unwrap(),
        title: "Een logo",
        other: "Sanne",
        viewer: Party::Freelancer,
        day: at("2026-12-10T00:00:00Z").date_naive(),
        is_awaited: true,
        revision: 3,
        changed_at: at("2026-11-24T13:05:09Z"),
    };
    let text = || feed(desk(), &[asked(&open)], &[delivery]);
    assert_eq!(text(), text());
    let empty = feed(desk(), &[], &[]);
    let read = ICalendar::parse(&empty).expect("another program can read it");
    assert_eq!(read.components.len(), 1);
    assert_eq!(read.components[0].component_type, ICalendarComponentType::VCalendar);
    assert!(read.components[0].property(&ICalendarProperty::Method).is_none());
}
