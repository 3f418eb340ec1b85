//! Rows of the order tables, and their conversion to domain types. Each conversion exists only here.

use chrono::{DateTime, NaiveDate, Utc};
use diesel::{Insertable, Queryable};
use serde::{Deserialize, Serialize};

use crate::domain::audit::chain::{salted_hash, titles};
use crate::domain::orders::change::Title;
use crate::domain::orders::money::Currency;
use crate::domain::{
    AccountId, Actor, Ask, ChangeRequest, Dispute, Event, EventKind, ExternalId, Extra, ExtraDays, Kind, Money, Moved,
    Order, Part, Party, Reason, Reference, State, StateKind, Status, Text,
};
use crate::store::Error;
use crate::store::columns::{Coded, Day, Moment};
use crate::store::connection::columns;
use crate::store::schema::{disputes, event_texts, events, orders};

/// Collects one column of many rows.
pub(in crate::store) fn column<'a, R, T>(rows: &'a [R], of: impl FnMut(&'a R) -> T) -> Vec<T> {
    rows.iter().map(of).collect()
}

columns! {
    /// The columns of an [`OrderRow`]: all but those of the relay and of what was read.
    pub(in crate::store) ORDER: OrderColumns = orders::(
        reference,
        external_id,
        title,
        customer_id,
        freelancer_id,
        placed_at,
        price_cents,
        currency,
        delivery_date,
        status,
        completes_at,
        unannounced_since,
        settles_at,
        disputes,
        events,
    )
}

/// A new order. Its events from before it came here are never told: the relay counts them as done.
#[derive(Debug, Insertable)]
#[diesel(table_name = orders, treat_none_as_default_value = false)]
pub(in crate::store) struct NewOrderRow {
    #[diesel(embed)]
    order: OrderRow,
    relayed: i32,
    remind_at: Option<Moment>,
}

/// The first reminder of an order's completion. It is stored again with each change of the order; a reminder that was
/// sent already is never sent twice, since its mail has the same key.
pub(in crate::store) fn remind_at(order: &Order) -> Option<Moment> {
    order.completion_reminders().next().map(|(_, at)| at.into())
}

impl From<&Order> for NewOrderRow {
    fn from(order: &Order) -> Self {
        Self { order: order.into(), relayed: order.event_count, remind_at: remind_at(order) }
    }
}

#[derive(Debug, Clone, Queryable, Insertable)]
#[diesel(table_name = orders, treat_none_as_default_value = false)]
pub(in crate::store) struct OrderRow {
    pub reference: Coded<Reference>,
    pub external_id: Option<Coded<ExternalId>>,
    pub title: String,
    pub customer_id: i64,
    pub freelancer_id: i64,
    pub placed_at: Moment,
    pub price_cents: i64,
    pub currency: Coded<Currency>,
    pub delivery_date: Day,
    pub status: Coded<Status>,
    pub completes_at: Option<Moment>,
    pub unannounced_since: Option<Moment>,
    pub settles_at: Option<Moment>,
    pub disputes: i32,
    pub events: i32,
}

impl From<&Order> for OrderRow {
    fn from(order: &Order) -> Self {
        Self {
            reference: order.reference.into(),
            external_id: order.external_id.clone().map(Coded::from),
            title: order.title.clone(),
            customer_id: order.customer.0,
            freelancer_id: order.freelancer.0,
            placed_at: order.placed_at.into(),
            price_cents: order.price.cents,
            currency: order.price.currency.into(),
            delivery_date: Day(order.delivery_date),
            status: order.status.into(),
            completes_at: order.completes_at.map(Moment::from),
            unannounced_since: order.unannounced_since.map(Moment::from),
            settles_at: order.settles_at().map(Moment::from),
            disputes: order.dispute_count,
            events: order.event_count,
        }
    }
}

impl TryFrom<(OrderRow, Option<DisputeRow>)> for Order {
    type Error = Error;

    /// Builds an order with its open dispute.
    fn try_from((row, dispute): (OrderRow, Option<DisputeRow>)) -> Result<Self, Error> {
        Ok(Self {
            reference: row.reference.or_corrupt("orders.reference")?,
            external_id: row.external_id.and_then(Coded::known),
            title: row.title,
            customer: AccountId(row.customer_id),
            freelancer: AccountId(row.freelancer_id),
            placed_at: row.placed_at.into(),
            price: Money { cents: row.price_cents, currency: row.currency.or_corrupt("orders.currency")? },
            delivery_date: row.delivery_date.0,
            status: row.status.or_corrupt("orders.status")?,
            completes_at: row.completes_at.map(DateTime::from),
            unannounced_since: row.unannounced_since.map(DateTime::from),
            open_dispute: dispute.map(Dispute::try_from).transpose()?,
            dispute_count: row.disputes,
            event_count: row.events,
        })
    }
}

#[derive(Debug, Clone, Queryable, Insertable)]
#[diesel(table_name = disputes, treat_none_as_default_value = false)]
pub(in crate::store) struct DisputeRow {
    pub order_reference: Coded<Reference>,
    pub number: i32,
    pub kind: Coded<Kind>,
    pub opener: Coded<Party>,
    pub opener_id: i64,
    pub respondent_id: i64,
    pub opened_at: Moment,
    pub respond_by: Moment,
    pub previous_status: Coded<Status>,
    pub reason: Option<Coded<Reason>>,
    pub extra_days: Option<i32>,
    pub extras: Option<String>,
    pub old_delivery_date: Day,
    pub old_price_cents: i64,
    pub state: Coded<StateKind>,
    pub closed_at: Option<Moment>,
    pub form_token: String,
    pub remind_at: Option<Moment>,
    pub seen_at: Option<Moment>,
    pub accepted_part: Option<Coded<Part>>,
    pub reminded_at: Option<Moment>,
    pub mailed_at: Option<Moment>,
}

/// An extra in the `extras` column.
#[derive(Serialize, Deserialize)]
struct ExtraJson {
    /// `None` when it was erased.
    title: Option<String>,
    price_cents: i64,
}

impl DisputeRow {
    /// `form_token` is the token of the form that opened it; the column has "" for a dispute without one.
    pub(in crate::store) fn new(order: &Order, dispute: &Dispute, form_token: Option<&str>) -> Self {
        let (reason, change) = (dispute.ask.reason().map(Into::into), dispute.ask.change());
        Self {
            order_reference: order.reference.into(),
            number: dispute.number,
            kind: dispute.ask.kind().into(),
            opener: dispute.opener.into(),
            opener_id: order.account(dispute.opener).0,
            respondent_id: order.account(dispute.respondent()).0,
            opened_at: dispute.opened_at.into(),
            respond_by: dispute.respond_by.into(),
            previous_status: dispute.previous_status.into(),
            reason,
            extra_days: change.and_then(ChangeRequest::extra_days).map(|days| i32::from(days.get())),
            extras: change.map(|change| extras_to_json(change.extras())),
            old_delivery_date: Day(dispute.old_delivery_date),
            old_price_cents: dispute.old_price.cents,
            state: StateKind::from(dispute.state).into(),
            closed_at: dispute.state.closed_at().map(Moment::from),
            form_token: form_token.unwrap_or_default().to_owned(),
            remind_at: dispute.next_reminder(dispute.opened_at).map(Moment::from),
            seen_at: None,
            accepted_part: None,
            reminded_at: None,
            mailed_at: None,
        }
    }

    fn ask(&self) -> Result<Ask, Error> {
        Ok(match self.kind.or_corrupt("disputes.kind")? {
            Kind::Update => Ask::Update,
            Kind::Cancellation => {
                let reason = self.reason.and_then(Coded::known);
                Ask::Cancellation(reason.ok_or_else(|| Error::corrupt("disputes.reason"))?)
            }
            Kind::Change => {
                let days = self.extra_days.and_then(|days| u8::try_from(days).ok()).and_then(ExtraDays::new);
                let extras = extras_from_json(self.extras.as_deref().unwrap_or("[]"))?;
                let change = ChangeRequest::new(days, extras);
                Ask::Change(change.ok_or_else(|| Error::corrupt("disputes.extras"))?)
            }
        })
    }

    fn state(&self) -> Result<State, Error> {
        let at = || self.closed_at.map(DateTime::from).ok_or_else(|| Error::corrupt("disputes.closed_at"));
        Ok(match self.state.or_corrupt("disputes.state")? {
            StateKind::Open => State::Open,
            StateKind::Answered => State::Answered(at()?),
            StateKind::Accepted => State::Accepted(at()?),
            StateKind::Declined => State::Declined(at()?),
            StateKind::Withdrawn => State::Withdrawn(at()?),
            StateKind::Lapsed => State::Lapsed(at()?),
            StateKind::Overtaken => State::Overtaken(at()?),
        })
    }
}

impl TryFrom<DisputeRow> for Dispute {
    type Error = Error;

    fn try_from(row: DisputeRow) -> Result<Self, Error> {
        Ok(Self {
            number: row.number,
            ask: row.ask()?,
            opener: row.opener.or_corrupt("disputes.opener")?,
            opened_at: row.opened_at.into(),
            respond_by: row.respond_by.into(),
            previous_status: row.previous_status.or_corrupt("disputes.previous_status")?,
            old_delivery_date: row.old_delivery_date.0,
            old_price: Money::euro_cents(row.old_price_cents),
            state: row.state()?,
            part: row.accepted_part.map_or(Ok(Part::All), |part| part.or_corrupt("disputes.accepted_part"))?,
        })
    }
}

pub(in crate::store) fn extras_to_json(extras: &[Extra]) -> String {
    let title = |title: &Title| (!title.is_erased()).then(|| title.as_str().to_owned());
    let list: Vec<ExtraJson> =
        extras.iter().map(|e| ExtraJson { title: title(&e.title), price_cents: e.price.cents }).collect();
    serde_json::to_string(&list).expect("strings and numbers are always JSON")
}

pub(in crate::store) fn extras_from_json(json: &str) -> Result<Vec<Extra>, Error> {
    let list: Vec<ExtraJson> = serde_json::from_str(json).map_err(|_| Error::corrupt("disputes.extras"))?;
    list.into_iter()
        .map(|extra| {
            let title = extra.title.map_or_else(|| Ok(Title::erased()), |title| Title::parse(&title));
            let title = title.map_err(|_| Error::corrupt("disputes.extras"))?;
            Ok(Extra { title, price: Money::euro_cents(extra.price_cents) })
        })
        .collect()
}

columns! {
    /// The columns of an [`EventRow`]: an event without its words.
    pub(in crate::store) EVENT: EventColumns = events::(
        order_reference,
        number,
        at,
        actor,
        what,
        dispute_number,
        value_before,
        value_after,
    )
}

/// A new event, with whom it is told to.
#[derive(Debug, Insertable)]
#[diesel(table_name = events, treat_none_as_default_value = false)]
pub(in crate::store) struct NewEventRow {
    #[diesel(embed)]
    event: EventRow,
    recorded_at: Option<Moment>,
    told_customer_id: Option<i64>,
    told_freelancer_id: Option<i64>,
}

impl NewEventRow {
    /// An event that nobody is told of, as an import writes it.
    pub(in crate::store) fn untold(order: &Order, event: &Event) -> Self {
        let event = EventRow::new(order, event);
        Self { event, recorded_at: None, told_customer_id: None, told_freelancer_id: None }
    }

    /// An event that each party is told of who did not do it, written down at that moment.
    pub(in crate::store) fn told(order: &Order, event: &Event, now: DateTime<Utc>) -> Self {
        let told = |party| event.tells(party).then(|| order.account(party).0);
        Self {
            recorded_at: (event.at != now).then(|| now.into()),
            told_customer_id: told(Party::Customer),
            told_freelancer_id: told(Party::Freelancer),
            ..Self::untold(order, event)
        }
    }
}

#[derive(Debug, Clone, Queryable, Insertable)]
#[diesel(table_name = events, treat_none_as_default_value = false)]
pub(in crate::store) struct EventRow {
    pub order_reference: Coded<Reference>,
    pub number: i32,
    pub at: Moment,
    pub actor: Coded<Actor>,
    pub what: Coded<EventKind>,
    pub dispute_number: Option<i32>,
    pub value_before: Option<String>,
    pub value_after: Option<String>,
}

impl EventRow {
    pub(in crate::store) fn new(order: &Order, event: &Event) -> Self {
        Self {
            order_reference: order.reference.into(),
            number: event.number,
            at: event.at.into(),
            actor: event.actor.into(),
            what: event.kind.into(),
            dispute_number: event.dispute,
            value_before: event.moved.as_ref().map(|moved| values(moved).0),
            value_after: event.moved.as_ref().map(|moved| values(moved).1),
        }
    }

    /// The value that changed from outside, of which the kind says what it is.
    fn moved(&self) -> Result<Option<Moved>, Error> {
        let (Some(before), Some(after)) = (&self.value_before, &self.value_after) else { return Ok(None) };
        let corrupt = || Error::corrupt("events.value_after");
        let cents = |written: &str| Some(Money::euro_cents(written.parse().ok()?));
        let date = |written: &str| written.parse::<NaiveDate>().ok();
        Ok(Some(match self.what.known() {
            Some(EventKind::Repriced) => cents(before)
                .zip(cents(after))
                .map(|(before, after)| Moved::Price(before, after))
                .ok_or_else(corrupt)?,
            Some(EventKind::Rescheduled) => {
                date(before).zip(date(after)).map(|(before, after)| Moved::Date(before, after)).ok_or_else(corrupt)?
            }
            Some(EventKind::Retitled) => Moved::Title(before.clone(), after.clone()),
            _ => return Err(corrupt()),
        }))
    }
}

/// A changed value as two columns keep it: cents, dates as `2026-11-24`, titles.
fn values(moved: &Moved) -> (String, String) {
    match moved {
        Moved::Price(before, after) => (before.cents.to_string(), after.cents.to_string()),
        Moved::Date(before, after) => (before.to_string(), after.to_string()),
        Moved::Title(before, after) => (before.clone(), after.clone()),
    }
}

/// The words of an event and when they were erased, as columns of a joined table.
macro_rules! words {
    () => {
        ($crate::store::schema::event_texts::text.nullable(), $crate::store::schema::event_texts::erased_at.nullable())
    };
}
pub(in crate::store) use words;

/// The words of an event, and when they were erased: [`words`].
pub(in crate::store) type Words = (Option<String>, Option<Moment>);

impl TryFrom<EventRow> for Event {
    type Error = Error;

    /// Builds an event without its words, for those who do not show them.
    fn try_from(row: EventRow) -> Result<Self, Error> {
        (row, (None, None)).try_into()
    }
}

impl TryFrom<(EventRow, Words)> for Event {
    type Error = Error;

    fn try_from((row, (text, erased_at)): (EventRow, Words)) -> Result<Self, Error> {
        let parsed = |text: String| Text::parse(&text).map_err(|_| Error::corrupt("event_texts.text"));
        Ok(Self {
            moved: row.moved()?,
            number: row.number,
            at: row.at.into(),
            actor: row.actor.or_corrupt("events.actor")?,
            kind: row.what.or_corrupt("events.what")?,
            dispute: row.dispute_number,
            text: text.map(parsed).transpose()?,
            erased_at: erased_at.map(DateTime::from),
        })
    }
}

/// The words of a new event, with their salt and their hash.
#[derive(Debug, Insertable)]
#[diesel(table_name = event_texts, treat_none_as_default_value = false)]
pub(in crate::store) struct NewTextRow<'a> {
    order_reference: Coded<Reference>,
    number: i32,
    hash: String,
    titles_hash: Option<String>,
    salt: String,
    text: &'a str,
}

impl<'a> NewTextRow<'a> {
    /// The words of this new event of the order, if it has some.
    pub(in crate::store) fn new(order: &Order, event: &'a Event) -> Option<Self> {
        let text = event.text.as_ref()?.as_str();
        let salt = format!("{:032x}", rand::random::<u128>());
        let opened = order.open_dispute.as_ref().filter(|asked| Some(asked.number) == event.dispute);
        let extras = opened.filter(|_| event.kind == EventKind::Opened).map(|asked| asked.ask.extras());
        let titles = extras.filter(|extras| !extras.is_empty()).map(titles);
        Some(Self {
            order_reference: order.reference.into(),
            number: event.number,
            hash: salted_hash(&salt, text),
            titles_hash: titles.map(|titles| salted_hash(&salt, &titles)),
            salt,
            text,
        })
    }
}
