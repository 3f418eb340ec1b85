//! Names of domain values in words. No `_ =>` here: a new state does not compile until it has a sentence.

use std::borrow::Cow;

use chrono::TimeDelta;

use crate::domain::accounts::device::Device;
use crate::domain::accounts::event::AccountEventKind;
use crate::domain::orders::dispute::{Ask, Dispute, State};
use crate::domain::orders::kind::COMPLETION_DAYS;
use crate::domain::{Actor, Event, EventKind, Extra, Kind, Moved, Part, Party, Reason, Status};
use crate::i18n::Words;
use crate::i18n::format::Reader;

/// A device in a few words: "Firefox op Windows".
#[must_use]
pub fn device(words: &Words, device: &Device) -> String {
    match (&device.browser, &device.system) {
        (Some(browser), Some(system)) => words.device_on(browser.as_str(), system.as_str()),
        (Some(one), None) | (None, Some(one)) => one.clone(),
        (None, None) => words.device_unknown(),
    }
}

/// The name of a person; an erased account has none.
#[must_use]
pub fn name<'a>(words: &Words, name: &'a str) -> Cow<'a, str> {
    if name.is_empty() { words.erased_account().into() } else { name.into() }
}

/// How long something is kept: whole years, days or hours.
#[must_use]
pub fn duration(words: &Words, time: TimeDelta) -> String {
    match (time.num_days(), time.num_hours()) {
        (days, _) if days >= 365 && days % 365 == 0 => words.years(days / 365),
        (days, hours) if hours == days * 24 => words.days(days),
        (_, hours) => words.hours(hours),
    }
}

/// An event of an account, in a few words.
#[must_use]
pub fn account_event(words: &Words, kind: AccountEventKind) -> String {
    match kind {
        AccountEventKind::SignedIn => words.account_event_signed_in(),
        AccountEventKind::NewDevice => words.account_event_new_device(),
        AccountEventKind::CodeAwaited => words.account_event_code_awaited(),
        AccountEventKind::Marketplace => words.account_event_marketplace(),
        AccountEventKind::MarketplaceFirst => words.account_event_marketplace_first(),
        AccountEventKind::MarketplaceAwaited => words.account_event_marketplace_awaited(),
        AccountEventKind::CodeWrong => words.account_event_code_wrong(),
        AccountEventKind::CodesWrong => words.account_event_codes_wrong(),
        AccountEventKind::CodeUsed => words.account_event_code_used(),
        AccountEventKind::CodesRenewed => words.account_event_codes_renewed(),
        AccountEventKind::FactorOn => words.account_event_factor_on(),
        AccountEventKind::FactorOff => words.account_event_factor_off(),
        AccountEventKind::PasswordSet => words.account_event_password_set(),
        AccountEventKind::CalendarMade => words.account_event_calendar_made(),
        AccountEventKind::CalendarRenewed => words.account_event_calendar_renewed(),
        AccountEventKind::CalendarStopped => words.account_event_calendar_stopped(),
        AccountEventKind::CommentsOff => words.account_event_comments_off(),
        AccountEventKind::RemindersOff => words.account_event_reminders_off(),
        AccountEventKind::SignedOutEverywhere => words.account_event_signed_out_everywhere(),
        AccountEventKind::DeviceEnded => words.account_event_device_ended(),
        AccountEventKind::Suspended => words.account_event_suspended(),
        AccountEventKind::Resumed => words.account_event_resumed(),
        AccountEventKind::EmailChanged => words.account_event_email_changed(),
        AccountEventKind::Renamed => words.account_event_renamed(),
        AccountEventKind::Invited => words.account_event_invited(),
        AccountEventKind::Unlocked => words.account_event_unlocked(),
        AccountEventKind::DataDownloaded => words.account_event_data_downloaded(),
        AccountEventKind::DataOffered => words.account_event_data_offered(),
        AccountEventKind::Erased => words.account_event_erased(),
    }
}

/// The name of a status.
#[must_use]
pub fn status(words: &Words, status: Status) -> String {
    match status {
        Status::Active => words.status_active(),
        Status::Delivered => words.status_delivered(),
        Status::InRevision => words.status_in_revision(),
        Status::InDispute => words.status_in_dispute(),
        Status::ChangeRequested => words.status_change_requested(),
        Status::Completed => words.status_completed(),
        Status::MutuallyCancelled => words.status_mutually_cancelled(),
        Status::Cancelled => words.status_cancelled(),
    }
}

/// The name of a dispute's state.
#[must_use]
pub fn state(words: &Words, state: State) -> String {
    match state {
        State::Open => words.state_open(),
        State::Answered(_) => words.state_answered(),
        State::Accepted(_) => words.state_accepted(),
        State::Declined(_) => words.state_declined(),
        State::Withdrawn(_) => words.state_withdrawn(),
        State::Lapsed(_) => words.state_lapsed(),
        State::Overtaken(_) => words.state_overtaken(),
    }
}

/// The name of a kind of dispute or request.
#[must_use]
pub fn kind(words: &Words, kind: Kind) -> String {
    match kind {
        Kind::Update => words.kind_update(),
        Kind::Cancellation => words.kind_cancellation(),
        Kind::Change => words.kind_change(),
    }
}

/// The text of a cancellation reason.
#[must_use]
pub fn reason(words: &Words, reason: Reason) -> String {
    match reason {
        Reason::OrderedByMistake => words.reason_ordered_by_mistake(),
        Reason::NoLongerNeeded => words.reason_no_longer_needed(),
        Reason::FreelancerUnresponsive => words.reason_freelancer_unresponsive(),
        Reason::TooLate => words.reason_too_late(),
        Reason::NotAsAgreed => words.reason_not_as_agreed(),
        Reason::AskedByFreelancer => words.reason_asked_by_freelancer(),
        Reason::CustomerUnresponsive => words.reason_customer_unresponsive(),
        Reason::OutOfScope => words.reason_out_of_scope(),
        Reason::AskedByCustomer => words.reason_asked_by_customer(),
        Reason::CannotDeliver => words.reason_cannot_deliver(),
        Reason::Personal => words.reason_personal(),
        Reason::Other => words.reason_other(),
    }
}

/// The role of a party.
#[must_use]
pub fn party(words: &Words, party: Party) -> String {
    match party {
        Party::Customer => words.party_customer(),
        Party::Freelancer => words.party_freelancer(),
    }
}

/// The actor of an event for Fluent: "you", or another person by name.
fn who(actor: Actor, viewer: Party) -> &'static str {
    if actor == Actor::Party(viewer) { "you" } else { "other" }
}

/// One event as a sentence to the reader on that side. `dispute` is the event's own.
#[must_use]
pub fn event(words: &Words, event: &Event, dispute: Option<&Dispute>, viewer: Party, other: &str) -> String {
    event_by(words, event, dispute, (who(event.actor, viewer), other))
}

/// One event as a sentence to a third person: everybody has their name.
#[must_use]
pub fn event_told(words: &Words, event: &Event, dispute: Option<&Dispute>, name: &str) -> String {
    event_by(words, event, dispute, ("other", name))
}

fn event_by(words: &Words, event: &Event, dispute: Option<&Dispute>, (who, other): (&'static str, &str)) -> String {
    let kind = dispute.map_or(Kind::Update, |dispute| dispute.ask.kind());
    let hours = dispute.map_or(0, Dispute::window_hours);
    match (event.kind, kind) {
        (EventKind::Placed, _) => words.event_placed(who, other),
        (EventKind::Delivered, _) => words.event_delivered(who, other),
        (EventKind::RevisionRequested, _) => words.event_revision_requested(who, other),
        (EventKind::Approved, _) => words.event_approved(who, other),
        (EventKind::Completed, _) => words.event_completed(COMPLETION_DAYS),
        (EventKind::Cancelled, _) => words.event_cancelled(),
        (EventKind::Imported, _) => words.event_imported(),
        (EventKind::ImportedDelivery, _) => words.event_imported_delivery(),
        (EventKind::ReviewBegan, _) => match event.actor {
            Actor::Party(_) => words.event_review_began_seen(who, COMPLETION_DAYS, other),
            Actor::System => words.event_review_began_told(COMPLETION_DAYS),
        },
        (EventKind::Commented, _) => words.event_commented(who, other),
        (EventKind::UpdateGiven, _) => words.event_update_given(who, other),
        (EventKind::Opened, Kind::Update) => words.event_opened_update(who, other),
        (EventKind::Opened, Kind::Cancellation) => words.event_opened_cancellation(who, other),
        (EventKind::Opened, Kind::Change) => words.event_opened_change(who, other),
        (EventKind::Accepted, Kind::Update | Kind::Cancellation) => words.event_accepted_cancellation(who, other),
        (EventKind::Accepted, Kind::Change) => match dispute.map_or(Part::All, |dispute| dispute.part) {
            Part::All => words.event_accepted_change(who, other),
            Part::Date => words.event_accepted_change_date(who, other),
            Part::Extras => words.event_accepted_change_extras(who, other),
        },
        (EventKind::Declined, Kind::Update | Kind::Cancellation) => words.event_declined_cancellation(who, other),
        (EventKind::Declined, Kind::Change) => words.event_declined_change(who, other),
        (EventKind::Withdrawn, Kind::Update) => words.event_withdrawn_update(who, other),
        (EventKind::Withdrawn, Kind::Cancellation) => words.event_withdrawn_cancellation(who, other),
        (EventKind::Withdrawn, Kind::Change) => words.event_withdrawn_change(who, other),
        (EventKind::Lapsed, Kind::Update) => words.event_lapsed_update(hours),
        (EventKind::Lapsed, Kind::Cancellation) => words.event_lapsed_cancellation(hours),
        (EventKind::Lapsed, Kind::Change) => words.event_lapsed_change(hours / 24),
        (EventKind::DeliveredOutside, _) => words.event_delivered_outside(),
        (EventKind::RevisionOutside, _) => words.event_revision_outside(),
        (EventKind::CompletedOutside, _) => words.event_completed_outside(),
        (EventKind::Repriced, _) => words.event_repriced(),
        (EventKind::Rescheduled, _) => words.event_rescheduled(),
        (EventKind::Retitled, _) => words.event_retitled(),
    }
}

/// The value that an event from outside changed: before and after.
#[must_use]
pub fn moved(reader: Reader, event: &Event) -> Option<String> {
    let words = reader.words();
    Some(match event.moved.as_ref()? {
        Moved::Price(old, new) => words.change_price(reader.money(*old), reader.money(*new)),
        Moved::Date(old, new) => words.change_date(reader.date(*old), reader.date(*new)),
        Moved::Title(old, new) => words.change_title(old.as_str(), new.as_str()),
    })
}

/// The title of an extra, or that it was erased.
#[must_use]
pub fn extra_title(words: &Words, extra: &Extra) -> String {
    if extra.title.is_erased() { words.title_erased() } else { extra.title.as_str().to_owned() }
}

/// The details of an opening event beyond its sentence: the reason, or the request.
#[must_use]
pub fn details(reader: Reader, dispute: &Dispute) -> Vec<String> {
    let words = reader.words();
    match &dispute.ask {
        Ask::Update => Vec::new(),
        Ask::Cancellation(why) => vec![words.event_reason(reason(words, *why))],
        Ask::Change(change) => {
            let mut lines = Vec::new();
            if change.extra_days().is_some() {
                let (old, new) = (dispute.old_delivery_date, change.delivery_date(dispute.old_delivery_date));
                lines.push(words.change_date(reader.date(old), reader.date(new)));
            }
            if !change.extras().is_empty() {
                let (old, new) = (dispute.old_price, change.price(dispute.old_price));
                lines.push(words.change_price(reader.money(old), reader.money(new)));
            }
            lines
        }
    }
}
