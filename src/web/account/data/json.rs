//! What is known of a person, for programs. `docs/privacy.md` describes the fields: they are stable, in English, with moments
//! in UTC and amounts as text.

use std::io::{self, Write};

use chrono::{DateTime, SecondsFormat, Utc};
use serde::Serialize;

use crate::domain::accounts::event::AccountEvent;
use crate::domain::{
    Actor, ChangeRequest, Dispute, Event, ExternalId, ExtraDays, Language, Party, Reason, Text, Theme,
};
use crate::operations::accounts::data::{Known, KnownOrder};

/// The version of the form of the file.
const FORMAT: u32 = 1;

fn moment(at: DateTime<Utc>) -> String {
    at.to_rfc3339_opts(SecondsFormat::AutoSi, true)
}

#[derive(Serialize)]
struct AccountData<'a> {
    external_id: Option<&'a str>,
    email: &'a str,
    name: &'a str,
    created_at: String,
    first_signed_in_at: Option<String>,
    suspended_at: Option<String>,
    has_password: bool,
    second_factor_since: Option<String>,
    received_email: Option<&'a str>,
    received_name: Option<&'a str>,
}

#[derive(Serialize)]
struct PreferencesData<'a> {
    language: Option<&'a str>,
    time_zone: Option<&'a str>,
    theme: Option<&'a str>,
    mail_about_comments: bool,
    mail_reminders: bool,
}

#[derive(Serialize)]
struct CalendarData {
    last_read_at: Option<String>,
}

#[derive(Serialize)]
struct SessionData<'a> {
    browser: Option<&'a str>,
    system: Option<&'a str>,
    signed_in_at: String,
    last_used_at: String,
    expires_at: String,
}

#[derive(Serialize)]
struct UnsentData<'a> {
    page: &'a str,
    kept_at: String,
    fields: Vec<FieldData<'a>>,
}

#[derive(Serialize)]
struct FieldData<'a> {
    name: &'a str,
    value: &'a str,
}

/// Writes the beginning: all but events and orders.
pub(super) fn begin(out: &mut impl Write, known: &Known, made_at: DateTime<Utc>) -> io::Result<()> {
    let person = &known.account;
    let account = AccountData {
        external_id: person.external_id.as_ref().map(ExternalId::as_str),
        email: &person.email,
        name: &person.name,
        created_at: moment(person.created_at),
        first_signed_in_at: person.first_signed_in_at.map(moment),
        suspended_at: person.suspended_at.map(moment),
        has_password: person.password_hash.is_some(),
        second_factor_since: known.second_factor_since.map(moment),
        received_email: known.received.0.as_deref(),
        received_name: known.received.1.as_deref(),
    };
    let chosen = &person.preferences;
    let preferences = PreferencesData {
        language: chosen.language.map(Language::code),
        time_zone: chosen.time_zone.as_ref().map(|zone| zone.name()),
        theme: chosen.theme.map(Theme::code),
        mail_about_comments: chosen.mail.comments,
        mail_reminders: chosen.mail.reminders,
    };
    let calendar = known.calendar.as_ref().map(|one| CalendarData { last_read_at: one.read_at.map(moment) });
    write!(out, "{{\"format\":{FORMAT},\"made_at\":\"{}\",\"account\":", moment(made_at))?;
    serde_json::to_writer(&mut *out, &account)?;
    write!(out, ",\"preferences\":")?;
    serde_json::to_writer(&mut *out, &preferences)?;
    write!(out, ",\"calendar\":")?;
    serde_json::to_writer(&mut *out, &calendar)?;
    write!(out, ",\"sessions\":")?;
    serde_json::to_writer(&mut *out, &sessions(known))?;
    write!(out, ",\"unsent\":")?;
    serde_json::to_writer(&mut *out, &unsent(known))?;
    write!(out, ",\"account_events\":[")
}

fn sessions(known: &Known) -> Vec<SessionData<'_>> {
    let shown = known.sessions.iter().map(|one| SessionData {
        browser: one.device.browser.as_deref(),
        system: one.device.system.as_deref(),
        signed_in_at: moment(one.signed_in_at),
        last_used_at: moment(one.seen_at),
        expires_at: moment(one.expires_at),
    });
    shown.collect()
}

fn unsent(known: &Known) -> Vec<UnsentData<'_>> {
    let kept = known.unsent.iter().map(|kept| UnsentData {
        page: &kept.page,
        kept_at: moment(kept.kept_at),
        fields: kept.fields.iter().map(|(name, value)| FieldData { name, value }).collect(),
    });
    kept.collect()
}

#[derive(Serialize)]
struct AccountEventData<'a> {
    at: String,
    what: &'a str,
    by: &'a str,
    browser: Option<&'a str>,
    system: Option<&'a str>,
}

/// Writes events of the account; `is_first` for the first of all.
pub(super) fn events(out: &mut impl Write, events: &[AccountEvent], is_first: bool) -> io::Result<()> {
    for (at, event) in events.iter().enumerate() {
        write!(out, "{}", if is_first && at == 0 { "\n" } else { ",\n" })?;
        let data = AccountEventData {
            at: moment(event.at),
            what: event.kind.as_ref(),
            by: event.actor.as_ref(),
            browser: event.device.browser.as_deref(),
            system: event.device.system.as_deref(),
        };
        serde_json::to_writer(&mut *out, &data)?;
    }
    Ok(())
}

/// Ends the events of the account, and begins the orders.
pub(super) fn end_events(out: &mut impl Write) -> io::Result<()> {
    write!(out, "],\"orders\":[")
}

#[derive(Serialize)]
struct OrderData<'a> {
    reference: &'a str,
    external_id: Option<&'a str>,
    title: &'a str,
    description: Option<&'a str>,
    url: Option<&'a str>,
    my_role: &'static str,
    other_party: Option<&'a str>,
    placed_at: String,
    price: String,
    currency: &'a str,
    delivery_date: String,
    status: &'static str,
    disputes: Vec<DisputeData<'a>>,
}

#[derive(Serialize)]
struct DisputeData<'a> {
    number: i32,
    kind: &'static str,
    opened_by: &'static str,
    opened_at: String,
    respond_by: String,
    state: &'static str,
    closed_at: Option<String>,
    reason: Option<&'a str>,
    extra_days: Option<u8>,
    extras: Vec<ExtraData<'a>>,
}

#[derive(Serialize)]
struct ExtraData<'a> {
    /// Of the other party's questions it is left out.
    title: Option<&'a str>,
    price: String,
}

/// Writes an order up to its events.
pub(super) fn begin_order(out: &mut impl Write, known: &KnownOrder, is_first: bool) -> io::Result<()> {
    let order = &known.order;
    let data = OrderData {
        reference: order.reference.as_str(),
        external_id: order.external_id.as_ref().map(ExternalId::as_str),
        title: &order.title,
        description: known.description.text.as_ref().map(Text::as_str),
        url: known.description.url.as_deref(),
        my_role: known.viewer.code(),
        // An erased account has no name.
        other_party: Some(known.other_name.as_str()).filter(|name| !name.is_empty()),
        placed_at: moment(order.placed_at),
        price: order.price.decimal(),
        currency: order.price.currency.as_ref(),
        delivery_date: order.delivery_date.to_string(),
        status: order.status.code(),
        disputes: known.disputes.iter().map(|one| dispute(one, known.viewer)).collect(),
    };
    let text = serde_json::to_string(&data)?;
    // The events are a field of the order too, and too many to hold.
    let open = text.strip_suffix('}').unwrap_or(&text);
    write!(out, "{}{open},\"events\":[", if is_first { "\n" } else { ",\n" })
}

/// The titles of extras are words of the party that asked.
fn dispute(dispute: &Dispute, viewer: Party) -> DisputeData<'_> {
    let is_own = dispute.opener == viewer;
    let ask = &dispute.ask;
    DisputeData {
        number: dispute.number,
        kind: dispute.ask.kind().code(),
        opened_by: dispute.opener.code(),
        opened_at: moment(dispute.opened_at),
        respond_by: moment(dispute.respond_by),
        state: dispute.state.code(),
        closed_at: dispute.state.closed_at().map(moment),
        reason: ask.reason().map(Reason::code),
        extra_days: ask.change().and_then(ChangeRequest::extra_days).map(ExtraDays::get),
        extras: ask
            .extras()
            .iter()
            .map(|extra| ExtraData { title: is_own.then(|| extra.title.as_str()), price: extra.price.decimal() })
            .collect(),
    }
}

#[derive(Serialize)]
struct EventData<'a> {
    number: i32,
    at: String,
    by: &'static str,
    what: &'static str,
    dispute: Option<i32>,
    text: Option<&'a str>,
}

/// Writes one event of an order. Its text is there when the person wrote it.
pub(super) fn order_event(out: &mut impl Write, known: &KnownOrder, event: &Event, is_first: bool) -> io::Result<()> {
    let is_own = event.actor == Actor::Party(known.viewer);
    let data = EventData {
        number: event.number,
        at: moment(event.at),
        by: event.actor.code(),
        what: event.kind.code(),
        dispute: event.dispute,
        text: event.text.as_ref().filter(|_| is_own).map(Text::as_str),
    };
    if !is_first {
        write!(out, ",")?;
    }
    serde_json::to_writer(&mut *out, &data).map_err(io::Error::from)
}

/// Ends an order.
pub(super) fn end_order(out: &mut impl Write) -> io::Result<()> {
    write!(out, "]}}")
}

/// Ends the file.
pub(super) fn end(out: &mut impl Write) -> io::Result<()> {
    writeln!(out, "]}}")
}
