//! Rows, and the one place where each becomes a thing of the domain.

use std::ops::Deref;
use std::str::FromStr;

use chrono::{DateTime, NaiveDate, NaiveDateTime, Utc};
use diesel::backend::Backend;
use diesel::deserialize::{self, FromSql, FromSqlRow};
use diesel::expression::AsExpression;
use diesel::pg::{Pg, PgValue};
use diesel::serialize::{self, Output, ToSql};
use diesel::sql_types::{self, Timestamp};
use diesel::sqlite::{Sqlite, SqliteValue};
use diesel::{Insertable, Queryable};
use serde::{Deserialize, Serialize};
use smol_str::SmolStr;

use super::Error;
use super::connection::{MultiBackend, MultiRawValue};
use super::schema::{disputes, events, orders};
use crate::domain::change::Title;
use crate::domain::{
    AccountId, Actor, Ask, ChangeRequest, Dispute, Event, Extra, ExtraDays, Kind, Money, Order, Party, Reason, State,
    Text,
};

/// A moment as the database keeps it: UTC, to the microsecond.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, FromSqlRow, AsExpression)]
#[diesel(sql_type = Timestamp)]
pub struct Moment(NaiveDateTime);

impl From<DateTime<Utc>> for Moment {
    fn from(at: DateTime<Utc>) -> Self {
        Self(at.naive_utc())
    }
}

impl From<Moment> for DateTime<Utc> {
    fn from(at: Moment) -> Self {
        at.0.and_utc()
    }
}

impl FromSql<Timestamp, Pg> for Moment {
    fn from_sql(value: PgValue<'_>) -> deserialize::Result<Self> {
        FromSql::<Timestamp, Pg>::from_sql(value).map(Self)
    }
}

impl FromSql<Timestamp, Sqlite> for Moment {
    fn from_sql(mut value: SqliteValue<'_, '_, '_>) -> deserialize::Result<Self> {
        // Chrono reads by a pattern, which a page with a hundred moments feels; it is left what is not written as we do.
        read_moment(value.read_text()).map_or_else(|| FromSql::<Timestamp, Sqlite>::from_sql(value), Ok).map(Self)
    }
}

impl FromSql<Timestamp, MultiBackend> for Moment {
    fn from_sql(value: MultiRawValue<'_>) -> deserialize::Result<Self> {
        value.from_sql::<Self, Timestamp>()
    }
}

/// Reads `2026-11-24`.
fn read_day(written: &str) -> Option<NaiveDate> {
    let (year, rest) = written.split_at_checked(4)?;
    let [b'-', _, _, b'-', _, _] = rest.as_bytes() else { return None };
    NaiveDate::from_ymd_opt(number(year)?.try_into().ok()?, number(&rest[1..3])?, number(&rest[4..6])?)
}

/// Reads `2026-11-24 13:05:00.123456`, whose end is left out where it is zero.
fn read_moment(written: &str) -> Option<NaiveDateTime> {
    let (day, rest) = written.split_at_checked(10)?;
    let (time, rest) = rest.split_at_checked(9)?;
    let [b' ', _, _, b':', _, _, b':', _, _] = time.as_bytes() else { return None };
    let micros = match (rest.strip_prefix('.'), rest) {
        (Some(digits), _) => number(digits)? * 10_u32.pow(u32::try_from(6_usize.checked_sub(digits.len())?).ok()?),
        (None, "") => 0,
        (None, _) => return None,
    };
    read_day(day)?.and_hms_micro_opt(number(&time[1..3])?, number(&time[4..6])?, number(&time[7..9])?, micros)
}

/// Reads digits and nothing else.
fn number(digits: &str) -> Option<u32> {
    digits.bytes().all(|digit| digit.is_ascii_digit()).then(|| digits.parse().ok())?
}

impl<DB: Backend> ToSql<Timestamp, DB> for Moment
where
    NaiveDateTime: ToSql<Timestamp, DB>,
{
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, DB>) -> serialize::Result {
        self.0.to_sql(out)
    }
}

/// A day as the database keeps it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, FromSqlRow, AsExpression)]
#[diesel(sql_type = sql_types::Date)]
pub(super) struct Day(pub NaiveDate);

impl FromSql<sql_types::Date, Pg> for Day {
    fn from_sql(value: PgValue<'_>) -> deserialize::Result<Self> {
        FromSql::<sql_types::Date, Pg>::from_sql(value).map(Self)
    }
}

impl FromSql<sql_types::Date, Sqlite> for Day {
    fn from_sql(mut value: SqliteValue<'_, '_, '_>) -> deserialize::Result<Self> {
        // As with a moment.
        read_day(value.read_text()).map_or_else(|| FromSql::<sql_types::Date, Sqlite>::from_sql(value), Ok).map(Self)
    }
}

impl FromSql<sql_types::Date, MultiBackend> for Day {
    fn from_sql(value: MultiRawValue<'_>) -> deserialize::Result<Self> {
        value.from_sql::<Self, sql_types::Date>()
    }
}

impl<DB: Backend> ToSql<sql_types::Date, DB> for Day
where
    NaiveDate: ToSql<sql_types::Date, DB>,
{
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, DB>) -> serialize::Result {
        self.0.to_sql(out)
    }
}

/// A word of ours, such as a status or a reference, which is short enough to be kept without asking for memory: a list has
/// three hundred of them.
#[derive(Debug, Clone, PartialEq, Eq, FromSqlRow, AsExpression)]
#[diesel(sql_type = sql_types::Text)]
pub(super) struct Word(SmolStr);

impl Deref for Word {
    type Target = str;

    fn deref(&self) -> &str {
        &self.0
    }
}

impl From<&str> for Word {
    fn from(word: &str) -> Self {
        Self(word.into())
    }
}

impl FromSql<sql_types::Text, Pg> for Word {
    fn from_sql(value: PgValue<'_>) -> deserialize::Result<Self> {
        Ok(std::str::from_utf8(value.as_bytes())?.into())
    }
}

impl FromSql<sql_types::Text, Sqlite> for Word {
    fn from_sql(mut value: SqliteValue<'_, '_, '_>) -> deserialize::Result<Self> {
        Ok(value.read_text().into())
    }
}

impl FromSql<sql_types::Text, MultiBackend> for Word {
    fn from_sql(value: MultiRawValue<'_>) -> deserialize::Result<Self> {
        value.from_sql::<Self, sql_types::Text>()
    }
}

impl<DB: Backend> ToSql<sql_types::Text, DB> for Word
where
    str: ToSql<sql_types::Text, DB>,
{
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, DB>) -> serialize::Result {
        self.deref().to_sql(out)
    }
}

/// Reads a word of ours out of a column.
pub(super) fn word<T: FromStr>(column: &str, value: &str) -> Result<T, Error> {
    value.parse().map_err(|_| Error::corrupt(column))
}

/// One column of many rows.
pub(super) fn column<'a, R, T>(rows: &'a [R], of: impl FnMut(&'a R) -> T) -> Vec<T> {
    rows.iter().map(of).collect()
}

#[derive(Debug, Clone, Queryable, Insertable)]
#[diesel(table_name = orders, treat_none_as_default_value = false)]
pub(super) struct OrderRow {
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
            disputes: order.disputes,
            events: order.events,
        }
    }
}

impl TryFrom<(OrderRow, Option<DisputeRow>)> for Order {
    type Error = Error;

    /// An order with what is open on it.
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
            dispute: dispute.map(Dispute::try_from).transpose()?,
            disputes: row.disputes,
            events: row.events,
        })
    }
}

#[derive(Debug, Clone, Queryable, Insertable)]
#[diesel(table_name = disputes, treat_none_as_default_value = false)]
pub(super) struct DisputeRow {
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

/// An extra inside the `extras` column.
#[derive(Serialize, Deserialize)]
struct ExtraJson {
    title: String,
    price_cents: i64,
}

impl DisputeRow {
    pub(super) fn new(order: &Order, dispute: &Dispute, form_token: &str) -> Self {
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
pub(super) struct EventRow {
    pub order_reference: Word,
    pub number: i32,
    pub at: Moment,
    pub actor: Word,
    pub what: Word,
    pub dispute_number: Option<i32>,
    pub text: Option<String>,
}

impl EventRow {
    pub(super) fn new(order: &Order, event: &Event) -> Self {
        Self {
            order_reference: order.reference.as_str().into(),
            number: event.number,
            at: event.at.into(),
            actor: event.actor.code().into(),
            what: event.what.code().into(),
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
                _ => Actor::Party(word::<Party>("events.actor", &row.actor)?),
            },
            what: word("events.what", &row.what)?,
            dispute: row.dispute_number,
            text: row.text.map(text).transpose()?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_moment_is_read_as_it_is_written_and_nothing_else_is() {
        for written in
            ["2026-11-24 13:05:00", "2026-02-28 23:59:59.5", "2026-01-01 00:00:00.000001", "2026-12-31 09:08:07.120"]
        {
            let read = read_moment(written).unwrap();
            assert_eq!(
                read,
                written.parse::<NaiveDateTime>().unwrap_or_else(|_| written.replace(' ', "T").parse().unwrap())
            );
        }
        for nonsense in [
            "",
            "2026-11-24",
            "2026-11-24T13:05:00",
            "2026-13-24 13:05:00",
            "2026-11-24 13:05:00.",
            "2026-11-24 13:05:00.1234567",
            "2026-11-24 24:05:00",
            "+026-11-24 13:05:00",
            "2026-11-24 13:05:00.+1",
            "2026-11-24 13:05:0é",
        ] {
            assert_eq!(read_moment(nonsense), None, "{nonsense}");
        }
    }

    #[test]
    fn a_day_is_read_as_it_is_written_and_nothing_else_is() {
        assert_eq!(read_day("2028-02-29"), NaiveDate::from_ymd_opt(2028, 2, 29));
        for nonsense in ["", "2026", "2026-1-1", "2026-11-245", "2026-02-29", "2026/11/24", "é26-11-24", "2026-é-24"]
        {
            assert_eq!(read_day(nonsense), None, "{nonsense}");
        }
    }
}
