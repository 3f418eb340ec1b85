//! What is known of a person, to read: one page that needs nothing else, in the language and the time zone of the person.

use std::io::{self, Write};

use askama::Template;
use chrono::{DateTime, Utc};

use crate::domain::accounts::event::{AccountActor, AccountEvent};
use crate::domain::{Actor, Event, EventKind, Text};
use crate::i18n::format::{Reader, machine};
use crate::i18n::{Words, labels};
use crate::operations::accounts::data::{Known, KnownOrder, Session};

#[derive(Template)]
#[template(path = "account/data/begin.html")]
struct Begin {
    words: &'static Words,
    language: &'static str,
    made_at: String,
    /// What is known of the person: a name and a value each.
    facts: Vec<(String, String)>,
    devices: Vec<(String, String)>,
    /// What was written and not sent: where and when, and the words.
    unsent: Vec<(String, Vec<String>)>,
}

#[derive(Template)]
#[template(path = "account/data/events.html")]
struct Events {
    words: &'static Words,
    events: Vec<EventRow>,
}

struct EventRow {
    at: String,
    machine: String,
    sentence: String,
    device: Option<String>,
    is_by_operator: bool,
}

#[derive(Template)]
#[template(path = "account/data/orders.html")]
struct Orders {
    words: &'static Words,
}

#[derive(Template)]
#[template(path = "account/data/order.html")]
struct OrderHead<'a> {
    words: &'static Words,
    known: &'a KnownOrder,
    facts: Vec<(String, String)>,
}

#[derive(Template)]
#[template(path = "account/data/order_event.html")]
struct OrderEvent<'a> {
    words: &'static Words,
    at: String,
    machine: String,
    sentence: String,
    details: Vec<String>,
    /// What the person wrote; what the other party wrote is theirs.
    said: Option<&'a str>,
}

#[derive(Template)]
#[template(path = "account/data/end.html")]
struct End {
    words: &'static Words,
    has_no_orders: bool,
}

fn write(out: &mut impl Write, template: &impl Template) -> io::Result<()> {
    out.write_all(template.render().map_err(io::Error::other)?.as_bytes())
}

/// Writes the beginning: all but events and orders.
pub(super) fn begin(out: &mut impl Write, known: &Known, reader: Reader, made_at: DateTime<Utc>) -> io::Result<()> {
    let words = reader.words();
    let device = |session: &Session| (labels::device(words, &session.device), reader.moment(session.signed_in_at));
    let unsent = known.unsent.iter().map(|kept| {
        let said = kept.fields.iter().map(|(_, value)| value.clone()).filter(|value| !value.is_empty());
        (words.data_unsent_on(kept.page.as_str(), reader.moment(kept.kept_at)), said.collect())
    });
    let page = Begin {
        words,
        language: reader.language.code(),
        made_at: words.data_made(reader.moment(made_at)),
        facts: facts(known, reader),
        devices: known.sessions.iter().map(device).collect(),
        unsent: unsent.collect(),
    };
    write(out, &page)
}

fn facts(known: &Known, reader: Reader) -> Vec<(String, String)> {
    let (words, person) = (reader.words(), &known.account);
    let mut facts = vec![(words.account_name(), person.name.clone()), (words.email(), person.email.clone())];
    facts.extend(person.external_id.as_ref().map(|id| (words.data_external_id(), id.to_string())));
    let received = [&known.received.1, &known.received.0].into_iter().flatten().cloned().collect::<Vec<_>>().join(", ");
    facts.extend((!received.is_empty()).then(|| (words.data_received(), received)));
    facts.push((words.data_member_since(), reader.moment(person.created_at)));
    facts.extend(person.first_signed_in_at.map(|at| (words.data_first_signed_in(), reader.moment(at))));
    facts.extend(person.preferences.language.map(|one| (words.language(), one.words().language_name())));
    facts.extend(person.preferences.time_zone.map(|zone| (words.time_zone(), zone.name().to_owned())));
    let on = |is_on: bool| if is_on { words.data_calendar_on() } else { words.data_off() };
    facts.push((words.mail_comments(), on(person.preferences.mail.comments)));
    facts.push((words.mail_reminders(), on(person.preferences.mail.reminders)));
    let factor = known.second_factor_since.map(|at| words.data_on(reader.moment(at)));
    facts.push((words.data_second_factor(), factor.unwrap_or_else(|| words.data_off())));
    facts.push((words.data_calendar(), on(known.calendar.is_some())));
    facts
}

/// Writes events of the account.
pub(super) fn events(out: &mut impl Write, events: &[AccountEvent], reader: Reader) -> io::Result<()> {
    let words = reader.words();
    let row = |event: &AccountEvent| EventRow {
        at: reader.moment(event.at),
        machine: machine(event.at),
        sentence: labels::account_event(words, event.kind),
        device: event.device.is_known().then(|| labels::device(words, &event.device)),
        is_by_operator: event.actor == AccountActor::Operator,
    };
    write(out, &Events { words, events: events.iter().map(row).collect() })
}

/// Ends the events of the account, and begins the orders.
pub(super) fn end_events(out: &mut impl Write, reader: Reader) -> io::Result<()> {
    write(out, &Orders { words: reader.words() })
}

/// Writes an order up to its events.
pub(super) fn begin_order(out: &mut impl Write, known: &KnownOrder, reader: Reader) -> io::Result<()> {
    let (words, order) = (reader.words(), &known.order);
    let facts = vec![
        (words.data_role(), labels::party(words, known.viewer)),
        (words.data_other(), labels::name(words, &known.other_name).into_owned()),
        (words.data_placed(), reader.moment(order.placed_at)),
        (words.column_price(), reader.money(order.price)),
        (words.column_delivery(), reader.date(order.delivery_date)),
        (words.data_status(), labels::status(words, order.status)),
    ];
    write(out, &OrderHead { words, known, facts })
}

/// Writes one event of an order.
pub(super) fn order_event(out: &mut impl Write, known: &KnownOrder, event: &Event, reader: Reader) -> io::Result<()> {
    let words = reader.words();
    let dispute = event.dispute.and_then(|number| known.disputes.iter().find(|one| one.number == number));
    let is_own = event.actor == Actor::Party(known.viewer);
    let details = match dispute.filter(|_| event.kind == EventKind::Opened) {
        Some(opened) => labels::details(reader, opened),
        None => labels::moved(reader, event).into_iter().collect(),
    };
    let row = OrderEvent {
        words,
        at: reader.moment(event.at),
        machine: machine(event.at),
        sentence: labels::event(words, event, dispute, known.viewer, &labels::name(words, &known.other_name)),
        details,
        said: event.text.as_ref().filter(|_| is_own).map(Text::as_str),
    };
    write(out, &row)
}

/// Ends an order.
pub(super) fn end_order(out: &mut impl Write) -> io::Result<()> {
    out.write_all(b"</ol>\n</article>\n")
}

/// Ends the page.
pub(super) fn end(out: &mut impl Write, reader: Reader, has_no_orders: bool) -> io::Result<()> {
    write(out, &End { words: reader.words(), has_no_orders })
}
