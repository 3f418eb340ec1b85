//! The outbox: mails to be sent, each written in one transaction with what it tells. [`crate::store::outbox::delivery`]
//! has the later steps.

pub mod delivery;

use chrono::{DateTime, TimeDelta, Utc};
use diesel::prelude::*;

use crate::domain::accounts::device::Device;
use crate::domain::{Account, AccountId, Dispute, Event, EventKind, Order, Reference};
use crate::store::accounts::events as account_events;
use crate::store::accounts::generations::{self, Generations};
use crate::store::accounts::{ACCOUNT, AccountRow};
use crate::store::columns::{Coded, Moment};
use crate::store::connection::{either, insert_rows};
use crate::store::orders::disputes::ToRemind;
use crate::store::orders::events::range;
use crate::store::orders::hashes;
use crate::store::orders::relay::ToRelay;
use crate::store::orders::rows::{DisputeRow, EVENT, EventRow, ORDER, OrderRow, Words, words};
use crate::store::orders::texts::is_of_event;
use crate::store::query::Update;
use crate::store::schema::{accounts, disputes, event_texts, events, orders, outbox};
use crate::store::{Db, Error};

/// Mails that wait. A macro, since the type of such a query part cannot be written by hand.
macro_rules! waiting {
    () => {
        outbox::sent_at.is_null().and(outbox::failed_at.is_null())
    };
}
pub(in crate::store) use waiting;

/// What a mail is about, by its code in the database.
#[derive(Debug, Clone, Copy, PartialEq, Eq, strum::EnumString, strum::IntoStaticStr)]
#[strum(serialize_all = "snake_case")]
enum MailKind {
    Event,
    Reminder,
    Password,
    Notice,
}

/// An event of an account that its owner is told, in case it was another person's doing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, strum::EnumString, strum::IntoStaticStr, strum::VariantArray)]
#[strum(serialize_all = "snake_case")]
pub enum SecurityNotice {
    /// The password was set or changed.
    PasswordSet,
    /// The second factor was switched on.
    FactorOn,
    /// The second factor was switched off, by its owner or by the operator.
    FactorOff,
    /// A recovery code was used to sign in.
    CodeUsed,
    /// New recovery codes replaced the older ones.
    CodesRenewed,
    /// A sign-in with a browser and a system that the account's history does not know.
    NewDevice,
    /// The first sign-in through the marketplace with a browser.
    MarketplaceFirst,
    /// Several wrong codes after the right password.
    CodesWrong,
    /// A calendar was made.
    CalendarMade,
    /// The calendar has another address.
    CalendarRenewed,
    /// Mails about comments were switched off with the link in a mail.
    CommentsOff,
    /// Reminders were switched off with the link in a mail.
    RemindersOff,
    /// The operator suspended the account.
    Suspended,
    /// The operator ended the suspension.
    Resumed,
    /// Mail goes to this address from now on.
    EmailChanged,
    /// Mail goes to another address from now on; told at the old one.
    EmailLeft,
    /// The operator invites the owner of an imported account.
    Invited,
    /// The owner can download everything that is known of them.
    DataOffered,
}

/// Of the mails of one account those with the lowest number go first, and of those the longest waiting.
const FIRST: i32 = 0;
/// Comments are many, and no deadline depends on reading them.
const COMMENT: i32 = 1;

#[derive(Insertable)]
#[diesel(table_name = outbox, treat_none_as_default_value = false)]
struct NewRow {
    order_reference: String,
    key: String,
    account_id: i64,
    what: &'static str,
    event_number: Option<i32>,
    dispute_number: Option<i32>,
    due_at: Moment,
    created_at: Moment,
    next_try_at: Moment,
    tries: i32,
    priority: i32,
    last_event_number: Option<i32>,
    address: Option<String>,
}

impl NewRow {
    /// A mail about the account itself, to be sent at once.
    fn new(account: AccountId, key: String, what: MailKind, now: DateTime<Utc>) -> Self {
        let now = Moment::from(now);
        Self {
            order_reference: String::new(),
            key,
            account_id: account.0,
            what: what.into(),
            event_number: None,
            dispute_number: None,
            due_at: now,
            created_at: now,
            next_try_at: now,
            tries: 0,
            priority: FIRST,
            last_event_number: None,
            address: None,
        }
    }

    /// A mail about an event, to be sent at once.
    fn of_event(event: &ToRelay, account: AccountId, now: DateTime<Utc>) -> Self {
        // With leading zeros, so that the mails of one moment sort as they happened.
        let key = format!("event.{}.{:04}", event.reference, event.number);
        let row = Self::new(account, key, MailKind::Event, now);
        let due_at = event.recorded_at.min(row.due_at);
        let (order_reference, event_number) = (event.reference.clone(), Some(event.number));
        Self { order_reference, event_number, dispute_number: event.dispute, due_at, next_try_at: due_at, ..row }
    }

    /// A mail that begins with this comment.
    fn of_comments(first: &ToRelay, account: AccountId, now: DateTime<Utc>) -> Self {
        let row = Self::of_event(first, account, now);
        let due_at = Moment::from(DateTime::<Utc>::from(row.due_at) + TimeDelta::minutes(GATHERS_MINUTES));
        Self { due_at, next_try_at: due_at, priority: COMMENT, last_event_number: Some(first.number), ..row }
    }

    fn insert(&self, db: &mut Db) -> Result<(), Error> {
        diesel::insert_into(outbox::table).values(self).execute(db)?;
        Ok(())
    }
}

/// How long a mail of comments waits for more of them, in minutes.
const GATHERS_MINUTES: i64 = 10;

/// Puts mails about events into the outbox for everybody who is told: at once, and of comments one for each reader and
/// order, ten minutes after the first of them. They count from when the event was recorded, and never from the future, also
/// after a clock was put right.
pub fn tell_all(db: &mut Db, relayed: &[ToRelay], now: DateTime<Utc>) -> Result<(), Error> {
    let mut rows: Vec<NewRow> = Vec::with_capacity(relayed.len() * 2);
    for event in relayed {
        for account in &event.told {
            if event.kind != EventKind::Commented.code() {
                rows.push(NewRow::of_event(event, *account, now));
                continue;
            }
            let of_order = rows.iter_mut().rev().take_while(|row| row.order_reference == event.reference);
            let mut gathering = of_order.filter(|row| row.account_id == account.0 && row.last_event_number.is_some());
            if let Some(row) = gathering.next() {
                row.last_event_number = Some(event.number);
            } else if !joins(db, event, *account)? {
                rows.push(NewRow::of_comments(event, *account, now));
            }
        }
    }
    insert_rows!(db, outbox::table, rows);
    Ok(())
}

/// Adds a comment to the mail of comments that still gathers them; answers whether there is one. A mail that was tried
/// never changes: a mail server may have it.
fn joins(db: &mut Db, comment: &ToRelay, account: AccountId) -> Result<bool, Error> {
    let gathers = outbox::order_reference
        .eq(&comment.reference)
        .and(outbox::account_id.eq(account.0))
        .and(outbox::last_event_number.is_not_null())
        .and(outbox::tries.eq(0))
        .and(waiting!());
    let update = Update::new(outbox::table, outbox::last_event_number.eq(Some(comment.number)), gathers);
    Ok(either!(db, db => update.execute(db))? > 0)
}

/// Puts a reminder of a question into the outbox, to be sent at once. It replaces an earlier one that still waits.
/// `opened` is the number of the question's opening event; `(hours, due_at)` is the reminder's place in the table. If the
/// reminder still waits when the question is answered, it is dropped instead of sent.
pub fn remind(
    db: &mut Db,
    question: &ToRemind,
    opened: i32,
    (hours, due_at): (u32, DateTime<Utc>),
    now: DateTime<Utc>,
) -> Result<(), Error> {
    let (order_reference, number) = (question.reference.clone(), question.number);
    let earlier = outbox::table
        .filter(outbox::order_reference.eq(&order_reference))
        .filter(outbox::what.eq(<&str>::from(MailKind::Reminder)).and(outbox::dispute_number.eq(number)))
        .filter(waiting!());
    diesel::delete(earlier).execute(db)?;
    let key = format!("reminder.{order_reference}.{number}.{hours}");
    let due_at = Moment::from(due_at);
    let row = NewRow::new(question.respondent, key, MailKind::Reminder, now);
    let (event_number, dispute_number) = (Some(opened), Some(number));
    NewRow { order_reference, event_number, dispute_number, due_at, next_try_at: due_at, ..row }.insert(db)
}

/// The begin of the keys of mails that remind of an event before it takes effect.
const COMPLETION: &str = "completion.";

/// Puts a reminder into the outbox that a delivered order will complete, to be sent at once. It replaces an earlier one
/// that still waits. `delivered` is the number of the event of the delivery; `(hours, due_at)` is the reminder's place in
/// the table. A reminder that is there already is left as it is.
pub fn remind_of_completion(
    db: &mut Db,
    order: &Order,
    delivered: i32,
    (hours, due_at): (u32, DateTime<Utc>),
    now: DateTime<Utc>,
) -> Result<(), Error> {
    let order_reference = order.reference.to_string();
    let begin = format!("{COMPLETION}{order_reference}.");
    let key = format!("{begin}{}.{hours}", due_at.timestamp());
    let of_order = outbox::order_reference.eq(order_reference.clone()).and(outbox::key.like(format!("{begin}%")));
    diesel::delete(outbox::table.filter(of_order).filter(outbox::key.ne(&key)).filter(waiting!())).execute(db)?;
    let is_there = outbox::table.filter(outbox::order_reference.eq(&order_reference).and(outbox::key.eq(&key)));
    if diesel::select(diesel::dsl::exists(is_there)).get_result(db)? {
        return Ok(());
    }
    let due_at = Moment::from(due_at);
    let row = NewRow::new(order.customer, key, MailKind::Event, now);
    NewRow { order_reference, event_number: Some(delivered), due_at, next_try_at: due_at, ..row }.insert(db)
}

/// Puts a reminder into the outbox that the party who asked sends itself.
pub fn remind_by_hand(
    db: &mut Db,
    (reference, number, respondent): (Reference, i32, AccountId),
    opened: i32,
    now: DateTime<Utc>,
) -> Result<(), Error> {
    let key = format!("reminder.{reference}.{number}.by-hand.{}", now.timestamp());
    let row = NewRow::new(respondent, key, MailKind::Reminder, now);
    let (event_number, dispute_number) = (Some(opened), Some(number));
    NewRow { order_reference: reference.to_string(), event_number, dispute_number, ..row }.insert(db)
}

/// Puts a mail with a password link into the outbox, to be sent at once. `link` is the name of the link, without the
/// seal that opens it.
pub fn send_password_link(db: &mut Db, account: AccountId, link: &str, now: DateTime<Utc>) -> Result<(), Error> {
    NewRow::new(account, format!("password.{link}"), MailKind::Password, now).insert(db)
}

/// Puts a notice of an account event into the outbox, to be sent at once. `event` is the event's number, so that there
/// can be several notices of a kind.
pub fn give_notice(
    db: &mut Db,
    account: AccountId,
    notice: SecurityNotice,
    event: i64,
    now: DateTime<Utc>,
) -> Result<(), Error> {
    NewRow::new(account, format!("notice.{}.{event}", <&str>::from(notice)), MailKind::Notice, now).insert(db)
}

/// Puts a notice into the outbox as [`give_notice`] does, to an address that is no longer the account's.
pub fn give_notice_at(
    db: &mut Db,
    account: AccountId,
    address: &str,
    notice: SecurityNotice,
    event: i64,
    now: DateTime<Utc>,
) -> Result<(), Error> {
    let row = NewRow::new(account, format!("notice.{}.{event}", <&str>::from(notice)), MailKind::Notice, now);
    NewRow { address: Some(address.to_owned()), ..row }.insert(db)
}

/// What a mail is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Subject {
    /// An event of an order.
    Event(OrderContext, Event),
    /// A question that still waits for its reader: the dispute, and its opening event.
    Reminder(OrderContext, Dispute, Event),
    /// A delivery that will complete by silence, and its event.
    Completion(OrderContext, Event),
    /// A password link, by its name.
    Password(String),
    /// An event of an account.
    Notice(SecurityNotice),
}

/// An order at the moment when a mail about it is written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OrderContext {
    /// The order, without its open dispute.
    pub order: Order,
    /// The name of the party on the other side.
    pub other_name: String,
    /// The dispute that the mail belongs to, as it was last stored.
    pub dispute: Option<Dispute>,
}

/// The state of a mail.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum MailState {
    /// It waits to be sent, or to be tried again.
    Waiting,
    /// A mail server took it.
    Sent(DateTime<Utc>),
    /// It was set aside.
    Failed(DateTime<Utc>),
}

/// A mail with everything that its text needs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QueuedMail {
    /// The mail's own name, the same at every try; an account has at most one mail with it.
    pub key: String,
    /// The recipient.
    pub to: Account,
    /// What it is about.
    pub about: Subject,
    /// The device of the event, for a notice.
    pub device: Option<Device>,
    /// Of a mail of comments: those after the first.
    pub further: Vec<Event>,
    /// The recipient's generations, for a mail that asks for an answer: they end its link.
    pub generations: Generations,
    /// The hash of the last event that it tells, for a mail about an order.
    pub head: Option<String>,
    /// The moment from which it is due.
    pub due_at: DateTime<Utc>,
    /// How many tries were begun.
    pub tries: i32,
    /// Its state.
    pub state: MailState,
    /// Why the last try failed.
    pub failure: Option<String>,
}

impl QueuedMail {
    /// Whether it welcomes a person who has never been here: it says which site this is, what for, and how to get in.
    #[must_use]
    pub fn is_welcome(&self) -> bool {
        match &self.about {
            Subject::Notice(notice) => *notice == SecurityNotice::Invited,
            Subject::Event(..) | Subject::Reminder(..) | Subject::Completion(..) => {
                self.to.password_hash.is_none() && self.to.first_signed_in_at.is_none()
            }
            Subject::Password(_) => false,
        }
    }

    /// The number of the question that it asks.
    #[must_use]
    pub fn question(&self) -> Option<i32> {
        match &self.about {
            Subject::Event(_, event) if event.kind == EventKind::Opened => event.dispute,
            _ => None,
        }
    }
}

/// The columns of a mail's row that no other table has.
#[derive(Queryable)]
struct MailRow {
    key: String,
    what: Coded<MailKind>,
    due_at: Moment,
    tries: i32,
    sent_at: Option<Moment>,
    failed_at: Option<Moment>,
    failure: Option<String>,
    last_event_number: Option<i32>,
    address: Option<String>,
}

type Joined = (MailRow, AccountRow, Option<String>, Option<OrderRow>, (Option<EventRow>, Words), Option<DisputeRow>);

impl TryFrom<Joined> for QueuedMail {
    type Error = Error;

    fn try_from((row, to, other_name, order, (event, words), dispute): Joined) -> Result<Self, Error> {
        let dispute = dispute.map(Dispute::try_from).transpose()?;
        let matter = || {
            let missing = || Error::corrupt("outbox.order_reference");
            let order = (order.ok_or_else(missing)?, None).try_into()?;
            Ok::<_, Error>(OrderContext {
                order,
                other_name: other_name.ok_or_else(missing)?,
                dispute: dispute.clone(),
            })
        };
        let event = event
            .map(|event| Event::try_from((event, words)))
            .transpose()?
            .ok_or_else(|| Error::corrupt("outbox.event_number"));
        let about = match row.what.or_corrupt("outbox.what")? {
            MailKind::Event if row.key.starts_with(COMPLETION) => Subject::Completion(matter()?, event?),
            MailKind::Event => Subject::Event(matter()?, event?),
            MailKind::Reminder => {
                let missing = || Error::corrupt("outbox.dispute_number");
                Subject::Reminder(matter()?, dispute.clone().ok_or_else(missing)?, event?)
            }
            MailKind::Password => Subject::Password(row.key.trim_start_matches("password.").to_owned()),
            MailKind::Notice => {
                let notice = row.key.split('.').nth(1).and_then(|notice| notice.parse().ok());
                Subject::Notice(notice.ok_or_else(|| Error::corrupt("outbox.key"))?)
            }
        };
        let state = match (row.sent_at, row.failed_at) {
            (Some(at), _) => MailState::Sent(at.into()),
            (None, Some(at)) => MailState::Failed(at.into()),
            (None, None) => MailState::Waiting,
        };
        let to = Account::from(to);
        let to = match row.address {
            Some(email) => Account { email, ..to },
            None => to,
        };
        Ok(Self {
            key: row.key,
            to,
            about,
            device: None,
            further: Vec::new(),
            generations: Generations::default(),
            head: None,
            due_at: row.due_at.into(),
            tries: row.tries,
            state,
            failure: row.failure,
        })
    }
}

/// The query of a mail with everything around it; a macro, since its type cannot be written by hand.
macro_rules! joined {
    ($others:ident) => {
        outbox::table
            .inner_join(accounts::table.on(accounts::id.eq(outbox::account_id)))
            .left_join(orders::table.on(orders::reference.eq(outbox::order_reference)))
            .left_join(
                $others.on($others
                    .field(accounts::id)
                    .eq(orders::customer_id + orders::freelancer_id - outbox::account_id)),
            )
            .left_join(
                events::table.on(events::order_reference
                    .eq(outbox::order_reference)
                    .and(events::number.nullable().eq(outbox::event_number))),
            )
            .left_join(event_texts::table.on(is_of_event()))
            .left_join(
                disputes::table.on(disputes::order_reference
                    .eq(outbox::order_reference)
                    .and(disputes::number.nullable().eq(outbox::dispute_number))),
            )
            .select((
                (
                    outbox::key,
                    outbox::what,
                    outbox::due_at,
                    outbox::tries,
                    outbox::sent_at,
                    outbox::failed_at,
                    outbox::failure,
                    outbox::last_event_number,
                    outbox::address,
                ),
                ACCOUNT,
                $others.field(accounts::name).nullable(),
                ORDER.nullable(),
                (EVENT.nullable(), words!()),
                disputes::all_columns.nullable(),
            ))
    };
}

/// The key of a mail's row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Name {
    /// The reference of its order, as stored; empty for a mail about the account itself.
    pub order: String,
    /// The mail's own name.
    pub key: String,
    /// The recipient.
    pub account: AccountId,
}

/// A mail with what stands in other rows: the device of the account event it is a notice of, the comments after its first
/// one, or what ends the link of a question.
fn complete(db: &mut Db, joined: Joined) -> Result<QueuedMail, Error> {
    let last = joined.0.last_event_number;
    let mut queued = QueuedMail::try_from(joined)?;
    if let Subject::Event(about, event) | Subject::Completion(about, event) | Subject::Reminder(about, _, event) =
        &queued.about
    {
        queued.head = hashes::find(db, about.order.reference, last.unwrap_or_default().max(event.number))?;
    }
    match (&queued.about, last) {
        (Subject::Notice(_), _) => {
            // An older program gave its notices other names than the number of an event.
            let event = queued.key.rsplit('.').next().and_then(|number| number.parse().ok());
            let device = event.map(|event| account_events::device(db, queued.to.id, event)).transpose()?.flatten();
            Ok(QueuedMail { device, ..queued })
        }
        (Subject::Event(about, first), Some(last)) if last > first.number => {
            let rows = usize::try_from(last - first.number).unwrap_or(0);
            let mut further = range(db, about.order.reference, first.number + 1..=last, rows)?;
            further.retain(|event| (event.kind, event.actor) == (first.kind, first.actor));
            Ok(QueuedMail { further, ..queued })
        }
        (Subject::Reminder(..) | Subject::Event(_, Event { kind: EventKind::Opened, .. }), _) => {
            let generations = generations::find(db, Some(queued.to.id))?;
            Ok(QueuedMail { generations, ..queued })
        }
        _ => Ok(queued),
    }
}

/// One mail.
pub fn find(db: &mut Db, name: &Name) -> Result<Option<QueuedMail>, Error> {
    let others = diesel::alias!(accounts as others);
    let found = joined!(others)
        .filter(outbox::order_reference.eq(&name.order))
        .filter(outbox::key.eq(&name.key).and(outbox::account_id.eq(name.account.0)))
        .get_result::<Joined>(db)
        .optional()?;
    found.map(|joined| complete(db, joined)).transpose()
}

/// The newest mails that are due, sent or not, newest first.
pub fn newest(db: &mut Db, now: DateTime<Utc>, limit: i64) -> Result<Vec<QueuedMail>, Error> {
    let others = diesel::alias!(accounts as others);
    let found = joined!(others)
        .filter(outbox::due_at.le(Moment::from(now)))
        .order((outbox::due_at.desc(), outbox::key.desc()))
        .limit(limit)
        .load::<Joined>(db)?;
    found.into_iter().map(|joined| complete(db, joined)).collect()
}
