//! Rows of the order tables, and their conversion to domain types. Each conversion exists only here.

use chrono::DateTime;
use diesel::{Insertable, Queryable};
use serde::{Deserialize, Serialize};

use crate::domain::orders::change::Title;
use crate::domain::{
    AccountId, Actor, Ask, ChangeRequest, Dispute, Event, Extra, ExtraDays, Kind, Money, Order, Party, Reason, State,
    Text,
};
use crate::store::Error;
use crate::store::columns::{Day, Moment, Word, word};
use crate::store::schema::{disputes, events, orders};

/// Collects one column of many rows.
pub(in crate::store) fn column<'a, R, T>(rows: &'a [R], of: impl FnMut(&'a R) -> T) -> Vec<T> {
    rows.iter().map(of).collect()
}

#[derive(Debug, Clone, Queryable, Insertable)]
#[diesel(table_name = orders, treat_none_as_default_value = false)]
pub(in crate::store) struct OrderRow {
    pub reference: Word,
    pub title: String,
    pub customer_id: i64,
    pub freelancer_id: i64,
    pub placed_at: Moment,
    pub price_cents: i64,
    pub currency: Word,
    pub delivery_date: Day,
    pub status: Word,
    pub completes_at: Option<Moment>,
    pub settles_at: Option<Moment>,
    pub disputes: i32,
    pub events: i32,
}

impl From<&Order> for OrderRow {
    fn from(order: &Order) -> Self {
        Self {
            reference: order.reference.as_str().into(),
            title: order.title.clone(),
            customer_id: order.customer.0,
            freelancer_id: order.freelancer.0,
            placed_at: order.placed_at.into(),
            price_cents: order.price.cents,
            currency: <&str>::from(order.price.currency).into(),
            delivery_date: Day(order.delivery_date),
            status: order.status.code().into(),
            completes_at: order.completes_at.map(Moment::from),
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
            reference: word("orders.reference", &row.reference)?,
            title: row.title,
            customer: AccountId(row.customer_id),
            freelancer: AccountId(row.freelancer_id),
            placed_at: row.placed_at.into(),
            price: Money { cents: row.price_cents, currency: word("orders.currency", &row.currency)? },
            delivery_date: row.delivery_date.0,
            status: word("orders.status", &row.status)?,
            completes_at: row.completes_at.map(DateTime::from),
            open_dispute: dispute.map(Dispute::try_from).transpose()?,
            dispute_count: row.disputes,
            event_count: row.events,
        })
    }
}

#[derive(Debug, Clone, Queryable, Insertable)]
#[diesel(table_name = disputes, treat_none_as_default_value = false)]
pub(in crate::store) struct DisputeRow {
    pub order_reference: Word,
    pub number: i32,
    pub kind: Word,
    pub opener: Word,
    pub opener_id: i64,
    pub respondent_id: i64,
    pub opened_at: Moment,
    pub respond_by: Moment,
    pub previous_status: Word,
    pub reason: Option<Word>,
    pub extra_days: Option<i32>,
    pub extras: Option<String>,
    pub old_delivery_date: Day,
    pub old_price_cents: i64,
    pub state: Word,
    pub closed_at: Option<Moment>,
    pub form_token: String,
    pub remind_at: Option<Moment>,
}

/// An extra in the `extras` column.
#[derive(Serialize, Deserialize)]
struct ExtraJson {
    title: String,
    price_cents: i64,
}

impl DisputeRow {
    pub(in crate::store) fn new(order: &Order, dispute: &Dispute, form_token: &str) -> Self {
        let (reason, change) = match &dispute.ask {
            Ask::Update => (None, None),
            Ask::Cancellation(reason) => (Some(reason.code().into()), None),
            Ask::Change(change) => (None, Some(change)),
        };
        Self {
            order_reference: order.reference.as_str().into(),
            number: dispute.number,
            kind: dispute.ask.kind().code().into(),
            opener: dispute.opener.code().into(),
            opener_id: order.account(dispute.opener).0,
            respondent_id: order.account(dispute.respondent()).0,
            opened_at: dispute.opened_at.into(),
            respond_by: dispute.respond_by.into(),
            previous_status: dispute.previous_status.code().into(),
            reason,
            extra_days: change.and_then(ChangeRequest::extra_days).map(|days| i32::from(days.get())),
            extras: change.map(|change| extras_to_json(change.extras())),
            old_delivery_date: Day(dispute.old_delivery_date),
            old_price_cents: dispute.old_price.cents,
            state: dispute.state.code().into(),
            closed_at: dispute.state.closed_at().map(Moment::from),
            form_token: form_token.to_owned(),
            remind_at: dispute.next_reminder(dispute.opened_at).map(Moment::from),
        }
    }

    fn ask(&self) -> Result<Ask, Error> {
        Ok(match word("disputes.kind", &self.kind)? {
            Kind::Update => Ask::Update,
            Kind::Cancellation => {
                let reason = self.reason.as_deref().unwrap_or_default();
                Ask::Cancellation(word::<Reason>("disputes.reason", reason)?)
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
        Ok(match &*self.state {
            "open" => State::Open,
            "answered" => State::Answered(at()?),
            "accepted" => State::Accepted(at()?),
            "declined" => State::Declined(at()?),
            "withdrawn" => State::Withdrawn(at()?),
            "lapsed" => State::Lapsed(at()?),
            _ => return Err(Error::corrupt("disputes.state")),
        })
    }
}

impl TryFrom<DisputeRow> for Dispute {
    type Error = Error;

    fn try_from(row: DisputeRow) -> Result<Self, Error> {
        Ok(Self {
            number: row.number,
            ask: row.ask()?,
            opener: word("disputes.opener", &row.opener)?,
            opened_at: row.opened_at.into(),
            respond_by: row.respond_by.into(),
            previous_status: word("disputes.previous_status", &row.previous_status)?,
            old_delivery_date: row.old_delivery_date.0,
            old_price: Money::euro_cents(row.old_price_cents),
            state: row.state()?,
        })
    }
}

fn extras_to_json(extras: &[Extra]) -> String {
    let list: Vec<ExtraJson> =
        extras.iter().map(|e| ExtraJson { title: e.title.as_str().to_owned(), price_cents: e.price.cents }).collect();
    serde_json::to_string(&list).expect("strings and numbers are always JSON")
}

fn extras_from_json(json: &str) -> Result<Vec<Extra>, Error> {
    let list: Vec<ExtraJson> = serde_json::from_str(json).map_err(|_| Error::corrupt("disputes.extras"))?;
    list.into_iter()
        .map(|extra| {
            let title = Title::parse(&extra.title).map_err(|_| Error::corrupt("disputes.extras"))?;
            Ok(Extra { title, price: Money::euro_cents(extra.price_cents) })
        })
        .collect()
}

#[derive(Debug, Clone, Queryable, Insertable)]
#[diesel(table_name = events, treat_none_as_default_value = false)]
pub(in crate::store) struct EventRow {
    pub order_reference: Word,
    pub number: i32,
    pub at: Moment,
    pub actor: Word,
    pub what: Word,
    pub dispute_number: Option<i32>,
    pub text: Option<String>,
}

impl EventRow {
    pub(in crate::store) fn new(order: &Order, event: &Event) -> Self {
        Self {
            order_reference: order.reference.as_str().into(),
            number: event.number,
            at: event.at.into(),
            actor: event.actor.code().into(),
            what: event.kind.code().into(),
            dispute_number: event.dispute,
            text: event.text.as_ref().map(ToString::to_string),
        }
    }
}

impl TryFrom<EventRow> for Event {
    type Error = Error;

    fn try_from(row: EventRow) -> Result<Self, Error> {
        let text = |text: String| Text::parse(&text).map_err(|_| Error::corrupt("events.text"));
        Ok(Self {
            number: row.number,
            at: row.at.into(),
            actor: match &*row.actor {
                "system" => Actor::System,
                party => Actor::Party(word::<Party>("events.actor", party)?),
            },
            kind: word("events.what", &row.what)?,
            dispute: row.dispute_number,
            text: row.text.map(text).transpose()?,
        })
    }
}
