//! The table of orders, each read with its open dispute.

pub mod descriptions;
pub mod disputes;
pub mod due;
pub mod events;
pub mod hashes;
pub mod home;
pub mod notifications;
pub mod received;
pub mod relay;
pub mod retention;
pub(in crate::store) mod rows;
pub mod signing_keys;
pub mod texts;

use chrono::{DateTime, NaiveDate, Utc};
use diesel::prelude::*;
use diesel::sql_types::{Array, BigInt, Date, Integer, Nullable, Text, Timestamp};

use crate::domain::orders::outside::Description;
use crate::domain::{AccountId, Dispute, ExternalId, Order, Party, Reference, StateKind, Status};
use crate::store::columns::{Coded, Day, Moment};
use crate::store::connection::{either, insert_rows};
use crate::store::orders::disputes::is_open_of_order;
use crate::store::orders::rows::{DisputeRow, NewOrderRow, ORDER, OrderRow, column, remind_at};
use crate::store::query::{IsFinal, IsOpen, IsUnderWay, Limited, MailSetAside, NewestUnread, UnionAll, Update};
use crate::store::schema::{self, accounts, orders};
use crate::store::sql::{NAMES_AT_ONCE, coalesce, lower};
use crate::store::{Db, Error};

/// Inserts an order.
pub fn insert(db: &mut Db, order: &Order) -> Result<(), Error> {
    diesel::insert_into(orders::table).values(NewOrderRow::from(order)).execute(db)?;
    Ok(())
}

/// Inserts many orders.
pub fn insert_all(db: &mut Db, orders: &[Order]) -> Result<(), Error> {
    let rows: Vec<NewOrderRow> = orders.iter().map(NewOrderRow::from).collect();
    insert_rows!(db, orders::table, rows);
    Ok(())
}

/// Makes every other import wait until this transaction ends: the second of the same file then finds what the first has
/// stored. SQLite's write lock ensures that by itself.
pub fn lock_imports(db: &mut Db) -> Result<(), Error> {
    if let Db::Postgres(db) = db {
        diesel::sql_query("SELECT pg_advisory_xact_lock(6220462)").execute(db)?;
    }
    Ok(())
}

/// The rows of the orders whose column has one of these values. A macro, since the type of a column cannot be passed.
macro_rules! known_where {
    ($db:expr, $column:ident, $values:expr) => {{
        let query = orders::table
            .left_join(schema::disputes::table.on(is_open_of_order()))
            .filter(orders::$column.eq_any($values))
            .select((ORDER, schema::disputes::all_columns.nullable()));
        either!($db, db => query.load::<(OrderRow, Option<DisputeRow>)>(db))?
    }};
}

/// One order with its open dispute.
pub fn find(db: &mut Db, reference: Reference) -> Result<Option<Order>, Error> {
    let order = orders::table
        .left_join(schema::disputes::table.on(is_open_of_order()))
        .filter(orders::reference.eq(reference.to_string()))
        .select((ORDER, schema::disputes::all_columns.nullable()));
    either!(db, db => order.get_result::<(OrderRow, Option<DisputeRow>)>(db))
        .optional()?
        .map(Order::try_from)
        .transpose()
}

/// The reference and the parties of the order with that id of the marketplace.
pub fn by_external_id(db: &mut Db, id: &ExternalId) -> Result<Option<(Reference, [AccountId; 2])>, Error> {
    let one = orders::table.filter(orders::external_id.eq(id.as_str())).select((
        orders::reference,
        orders::customer_id,
        orders::freelancer_id,
    ));
    let found = either!(db, db => one.get_result::<(Coded<Reference>, i64, i64)>(db)).optional()?;
    let read = |(reference, customer, freelancer): (Coded<Reference>, i64, i64)| {
        Ok((reference.or_corrupt("orders.reference")?, [AccountId(customer), AccountId(freelancer)]))
    };
    found.map(read).transpose()
}

/// An order with everything that its page shows except the timeline.
#[derive(Debug, Clone)]
pub struct OrderDetail {
    /// The order with what is open on it.
    pub order: Order,
    /// The newest disputes and requests of it, and all that were accepted, by number; see [`NEWEST_DISPUTES`].
    pub disputes: Vec<Dispute>,
    /// When the party that must answer first opened each of them, by number.
    pub seen: Vec<(i32, DateTime<Utc>)>,
    /// The customer's name.
    pub customer_name: String,
    /// The freelancer's name.
    pub freelancer_name: String,
    /// Whether the reader has unread notifications about it.
    pub has_unread: bool,
    /// Whether the other party has ever signed in, as far as known.
    pub other_has_signed_in: bool,
    /// Whether a mail to the other party about the open dispute was set aside.
    pub is_unmailed: bool,
    /// What the marketplace says of it.
    pub description: Description,
    /// The hash of its last event, if that has one yet.
    pub head: Option<String>,
    /// Since when mails tell it.
    pub fingerprint_since: Option<DateTime<Utc>>,
}

/// What is known of how the other party is reached: since when each party has signed in, and whether a mail about the dispute
/// of the row was set aside.
type ReachRow = ((Option<Moment>, Option<Moment>), bool, Option<descriptions::Columns>, ChainRow);

/// The hash of the last event, and since when mails tell it.
type ChainRow = (Option<String>, Option<Moment>);

/// An order with the names of its parties, up to when each has read everything, when the newest event was recorded that
/// its reader has not looked at, and one of its disputes.
type WholeRow =
    (OrderRow, (String, String), (Option<Moment>, Option<Moment>), Option<Moment>, ReachRow, Option<DisputeRow>);

/// How many disputes an order is read with. All questions that a limit counts and a page of the newest events tells about
/// are among them. The page of an order must not cost more because one party asks and withdraws all year.
pub const NEWEST_DISPUTES: i32 = 50;

/// One order as that account reads it, in one statement.
pub fn find_whole(db: &mut Db, reference: Reference, reader: AccountId) -> Result<Option<OrderDetail>, Error> {
    let (customers, freelancers) = diesel::alias!(accounts as customers, accounts as freelancers);
    let is_new = schema::disputes::number.gt(orders::disputes - NEWEST_DISPUTES);
    let of_whole = schema::disputes::order_reference
        .eq(orders::reference)
        .and(is_new.or(schema::disputes::state.eq(Coded::from(StateKind::Accepted))));
    let whole = orders::table
        .inner_join(customers.on(customers.field(accounts::id).eq(orders::customer_id)))
        .inner_join(freelancers.on(freelancers.field(accounts::id).eq(orders::freelancer_id)))
        .left_join(
            schema::event_hashes::table.on(schema::event_hashes::order_reference
                .eq(orders::reference)
                .and(schema::event_hashes::number.eq(orders::events))),
        )
        .left_join(schema::disputes::table.on(of_whole))
        .left_join(
            schema::order_descriptions::table.on(schema::order_descriptions::order_reference.eq(orders::reference)),
        )
        .filter(orders::reference.eq(reference.to_string()))
        .order(schema::disputes::number.asc())
        .select((
            ORDER,
            (customers.field(accounts::name), freelancers.field(accounts::name)),
            (customers.field(accounts::all_read_at), freelancers.field(accounts::all_read_at)),
            NewestUnread { reader: reader.0 },
            (
                (customers.field(accounts::first_signed_in_at), freelancers.field(accounts::first_signed_in_at)),
                MailSetAside { reader: reader.0 },
                (schema::order_descriptions::description, schema::order_descriptions::url).nullable(),
                (schema::event_hashes::hash.nullable(), orders::fingerprint_since),
            ),
            schema::disputes::all_columns.nullable(),
        ));
    let rows = either!(db, db => whole.load::<WholeRow>(db))?;
    let of_dispute = |row: &WholeRow| row.5.as_ref().and_then(|row| Some((row.number, row.seen_at?.into())));
    let seen = rows.iter().filter_map(of_dispute).collect();
    let disputes: Vec<Dispute> =
        rows.iter().filter_map(|(.., dispute)| dispute.clone()).map(Dispute::try_from).collect::<Result<_, _>>()?;
    let is_unmailed = rows.iter().any(|(.., (_, is_set_aside, ..), _)| *is_set_aside);
    let Some((order, (customer_name, freelancer_name), all_read_at, newest, (signed_in, _, said, (head, since)), _)) =
        rows.into_iter().next()
    else {
        return Ok(None);
    };
    let is_customer = order.customer_id == reader.0;
    let all_read_at = if is_customer { all_read_at.0 } else { all_read_at.1 };
    let other_has_signed_in = if is_customer { signed_in.1 } else { signed_in.0 }.is_some();
    let has_unread = newest.is_some_and(|recorded_at| all_read_at.is_none_or(|at| recorded_at > at));
    let open = disputes.iter().find(|dispute| dispute.is_open()).cloned();
    let order = Order { open_dispute: open, ..(order, None).try_into()? };
    Ok(Some(OrderDetail {
        order,
        disputes,
        seen,
        customer_name,
        freelancer_name,
        has_unread,
        other_has_signed_in,
        is_unmailed,
        description: descriptions::read(said)?,
        head,
        fingerprint_since: since.map(DateTime::from),
    }))
}

/// Result of locking an order.
#[derive(Debug)]
pub enum Hold {
    /// Locked by this transaction until it ends.
    Ours(Box<Order>),
    /// The order does not exist.
    Missing,
    /// Locked by another transaction.
    Elsewhere,
}

/// Locks one order until the transaction ends, so that the second change sees what the first has done. SQLite's write
/// lock covers it. PostgreSQL locks the row, or returns that another transaction holds it.
pub fn hold(db: &mut Db, reference: Reference) -> Result<Hold, Error> {
    let is_ours = match db {
        Db::Sqlite(_) => true,
        Db::Postgres(db) => {
            let row = orders::table.filter(orders::reference.eq(reference.to_string())).select(orders::reference);
            row.for_update().skip_locked().get_result::<String>(db).optional()?.is_some()
        }
    };
    Ok(match find(db, reference)? {
        Some(order) if is_ours => Hold::Ours(Box::new(order)),
        Some(_) => Hold::Elsewhere,
        None => Hold::Missing,
    })
}

/// Stores the changes of an order.
pub fn update(db: &mut Db, order: &Order) -> Result<(), Error> {
    let row = OrderRow::from(order);
    let changed = (
        orders::title.eq(row.title),
        orders::price_cents.eq(row.price_cents),
        orders::delivery_date.eq(row.delivery_date),
        orders::status.eq(row.status),
        orders::completes_at.eq(row.completes_at),
        orders::unannounced_since.eq(row.unannounced_since),
        orders::settles_at.eq(row.settles_at),
        orders::disputes.eq(row.disputes),
        orders::events.eq(row.events),
        orders::remind_at.eq(remind_at(order)),
    );
    let update = Update::new(orders::table, changed, orders::reference.eq(row.reference));
    either!(db, db => update.execute(db))?;
    Ok(())
}

/// Stores the changes of many orders.
pub fn update_all(db: &mut Db, changed: &[&Order]) -> Result<(), Error> {
    // On SQLite a statement for each order costs next to nothing; to PostgreSQL each is a journey over the network.
    let (Db::Postgres(db), [_, _, ..]) = (&mut *db, changed) else {
        return changed.iter().try_for_each(|order| update(db, order));
    };
    let rows: Vec<OrderRow> = changed.iter().map(|order| OrderRow::from(*order)).collect();
    diesel::sql_query(
        "UPDATE orders SET title = new.title, price_cents = new.price_cents, delivery_date = new.delivery_date, \
             status = new.status, completes_at = new.completes_at, settles_at = new.settles_at, disputes = new.disputes, \
             events = new.events, remind_at = new.remind_at, unannounced_since = new.unannounced_since \
         FROM unnest($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) AS new (reference, title, price_cents, delivery_date, status, \
             completes_at, settles_at, disputes, events, remind_at, unannounced_since) \
         WHERE orders.reference = new.reference",
    )
    .bind::<Array<Text>, _>(column(&rows, |row| row.reference))
    .bind::<Array<Text>, _>(column(&rows, |row| row.title.clone()))
    .bind::<Array<BigInt>, _>(column(&rows, |row| row.price_cents))
    .bind::<Array<Date>, _>(column(&rows, |row| row.delivery_date))
    .bind::<Array<Text>, _>(column(&rows, |row| row.status))
    .bind::<Array<Nullable<Timestamp>>, _>(column(&rows, |row| row.completes_at))
    .bind::<Array<Nullable<Timestamp>>, _>(column(&rows, |row| row.settles_at))
    .bind::<Array<Integer>, _>(column(&rows, |row| row.disputes))
    .bind::<Array<Integer>, _>(column(&rows, |row| row.events))
    .bind::<Array<Nullable<Timestamp>>, _>(column(changed, |order| remind_at(order)))
    .bind::<Array<Nullable<Timestamp>>, _>(column(&rows, |row| row.unannounced_since))
    .execute(db)?;
    Ok(())
}

/// Unannounced deliveries whose customer a mail server took a welcome for since they came here; at most `limit`.
pub fn welcomed(db: &mut Db, limit: usize) -> Result<Vec<Reference>, Error> {
    let since = orders::unannounced_since.assume_not_null();
    let told = orders::table
        .inner_join(accounts::table.on(accounts::id.eq(orders::customer_id)))
        .filter(orders::unannounced_since.is_not_null().and(orders::status.eq(Coded::from(Status::Delivered))))
        .filter(accounts::welcomed_at.assume_not_null().ge(since))
        .order((orders::customer_id.asc(), orders::reference.asc()))
        .select(orders::reference);
    let found: Vec<Coded<Reference>> = either!(db, db => Limited { query: told, rows: limit }.load(db))?;
    found.into_iter().map(|reference| reference.or_corrupt("orders.reference")).collect()
}

/// A delivered order whose customer is due to be reminded that it will complete.
#[derive(Debug)]
pub struct ToComplete {
    /// The order's reference, as stored.
    pub reference: String,
    remind_at: Moment,
}

impl AsRef<str> for ToComplete {
    fn as_ref(&self) -> &str {
        &self.reference
    }
}

/// A delivered order, unless the rows cannot be read.
pub type Delivered = Result<Order, Error>;

/// The deliveries with a due reminder, longest overdue first; at most `limit`.
pub fn to_remind(db: &mut Db, now: DateTime<Utc>, limit: usize) -> Result<Vec<(ToComplete, Delivered)>, Error> {
    let due = orders::table
        .left_join(schema::disputes::table.on(is_open_of_order()))
        .filter(orders::remind_at.assume_not_null().le(Moment::from(now)))
        .order((orders::remind_at.asc(), orders::reference.asc()))
        .select((
            orders::reference,
            orders::remind_at.assume_not_null(),
            ORDER,
            schema::disputes::all_columns.nullable(),
        ));
    let rows: Vec<(String, Moment, OrderRow, Option<DisputeRow>)> =
        either!(db, db => Limited { query: due, rows: limit }.load(db))?;
    let delivery = |(reference, remind_at, order, dispute): (String, Moment, OrderRow, Option<DisputeRow>)| {
        (ToComplete { reference, remind_at }, Order::try_from((order, dispute)))
    };
    Ok(rows.into_iter().map(delivery).collect())
}

/// Stores the next reminder of a delivery after this one, and returns whether this one was still to be sent. Of several
/// servers that found it, and of a change at the same time, one is first.
pub fn remind_next(db: &mut Db, due: &ToComplete, next: Option<DateTime<Utc>>) -> Result<bool, Error> {
    let this_one =
        orders::table.filter(orders::reference.eq(&due.reference)).filter(orders::remind_at.eq(due.remind_at));
    let changed = diesel::update(this_one).set(orders::remind_at.eq(next.map(Moment::from))).execute(db)?;
    Ok(changed == 1)
}

/// The moment of the next reminder of a delivery.
pub fn next_reminder(db: &mut Db) -> Result<Option<DateTime<Utc>>, Error> {
    let first = orders::table
        .filter(orders::remind_at.is_not_null())
        .order(orders::remind_at.asc())
        .select(orders::remind_at.assume_not_null());
    let first: Option<Moment> = either!(db, db => Limited { query: first, rows: 1 }.get_result(db)).optional()?;
    Ok(first.map(DateTime::from))
}

/// The next moment at which silence does something on an order.
pub fn next_due(db: &mut Db) -> Result<Option<DateTime<Utc>>, Error> {
    let next = orders::table
        .filter(orders::settles_at.is_not_null())
        .order(orders::settles_at.asc())
        .select(orders::settles_at.assume_not_null());
    let next: Option<Moment> = Limited { query: next, rows: 1 }.get_result(db).optional()?;
    Ok(next.map(DateTime::from))
}

/// Which orders a list shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, strum::EnumString, strum::IntoStaticStr, strum::VariantArray)]
#[strum(serialize_all = "snake_case")]
pub enum Filter {
    /// All of them.
    #[default]
    All,
    /// Those that are not completed or cancelled.
    Open,
    /// Those that wait for the viewer: with a question to answer, or a delivery to look at (rules, "Order statuses").
    Waiting,
    /// Those whose delivery date has passed, while the work is still to come.
    Late,
    /// Those that are completed or cancelled.
    Closed,
}

/// The filters of a list of orders.
#[derive(Debug, Clone, Default)]
pub struct Query {
    /// Which orders.
    pub filter: Filter,
    /// Only those on which the viewer is on this side.
    pub role: Option<Party>,
    /// Only those whose title, number (the marketplace's or ours) or other party holds this.
    pub search: Option<String>,
    /// The day of the reader, for what is late.
    pub today: NaiveDate,
    /// Only those after this place: a moment of placing and a reference.
    pub after: Option<(DateTime<Utc>, Reference)>,
}

/// An order in a list, with the name of the other party.
#[derive(Debug, Clone)]
pub struct OrderListItem {
    /// The order with what is open on it.
    pub order: Order,
    /// The name of the party on the other side.
    pub other_name: String,
}

/// One page of an account's orders, newest first, at most `limit` of them.
pub fn list(
    db: &mut Db,
    account: AccountId,
    query: &Query,
    now: DateTime<Utc>,
    limit: usize,
) -> Result<Vec<OrderListItem>, Error> {
    let rows: Vec<(OrderRow, Option<DisputeRow>, String)> = either!(db, db => {
        // Each side is a range of an index that is already in order; "or" would have to sort.
        let of_side = |side: Party| {
            let is_other_party = accounts::id.eq(orders::customer_id + orders::freelancer_id - account.0);
            let base = orders::table
                .left_join(schema::disputes::table.on(is_open_of_order()))
                .inner_join(accounts::table.on(is_other_party))
                .select((ORDER, schema::disputes::all_columns.nullable(), accounts::name))
                .into_boxed();
            let mut rows = match side {
                Party::Customer => base.filter(orders::customer_id.eq(account.0)),
                Party::Freelancer => base.filter(orders::freelancer_id.eq(account.0)),
            };
            rows = match query.filter {
                Filter::All => rows,
                Filter::Open => rows.filter(diesel::dsl::not(IsFinal)),
                Filter::Late => rows.filter(IsUnderWay.and(orders::delivery_date.lt(Day(query.today)))),
                // An order that silence has closed counts as closed before that is written down; the operation checks
                // it again.
                Filter::Closed => rows.filter(IsFinal.or(orders::settles_at.assume_not_null().le(Moment::from(now)))),
                Filter::Waiting => {
                    let asked = schema::disputes::respondent_id
                        .nullable()
                        .eq(account.0)
                        .and(schema::disputes::respond_by.nullable().gt(Moment::from(now)));
                    // Silence may have brought an order back to delivered before that is written down; the operation
                    // checks it again.
                    let is_due = orders::settles_at.assume_not_null().le(Moment::from(now));
                    let is_to_look_at = orders::completes_at.is_not_null().or(orders::unannounced_since.is_not_null());
                    let delivered = is_to_look_at.or(is_due);
                    rows.filter(IsOpen.and(asked).or(orders::customer_id.eq(account.0).and(delivered)))
                }
            };
            if let Some(search) = &query.search {
                let pattern = containing(search);
                rows = rows.filter(
                    lower(orders::title)
                        .like(pattern.clone())
                        .escape('\\')
                        .or(lower(orders::reference).like(pattern.clone()).escape('\\'))
                        .or(lower(coalesce(orders::external_id, "")).like(pattern.clone()).escape('\\'))
                        .or(lower(accounts::name).like(pattern).escape('\\')),
                );
            }
            if let Some((at, reference)) = query.after {
                let (at, reference) = (Moment::from(at), reference.to_string());
                let same_moment = orders::placed_at.eq(at).and(orders::reference.lt(reference));
                rows = rows.filter(orders::placed_at.lt(at).or(same_moment));
            }
            rows
        };
        if let Some(role) = query.role {
            let query = of_side(role).order((orders::placed_at.desc(), orders::reference.desc()));
            Limited { query, rows: limit }.load(db)
        } else {
            let (one, other) = (of_side(Party::Customer), of_side(Party::Freelancer));
            let query = UnionAll { one, other, order: "placed_at DESC, reference DESC" };
            Limited { query, rows: limit }.load(db)
        }
    })?;
    rows.into_iter()
        .map(|(order, dispute, other_name)| Ok(OrderListItem { order: (order, dispute).try_into()?, other_name }))
        .collect()
}

/// A `LIKE` pattern for texts that contain `search`, whatever characters it has.
fn containing(search: &str) -> String {
    let mut pattern = String::from("%");
    for c in search.to_lowercase().chars() {
        if matches!(c, '%' | '_' | '\\') {
            pattern.push('\\');
        }
        pattern.push(c);
    }
    pattern.push('%');
    pattern
}

/// The orders with these references or ids of the marketplace, each once, with their open disputes.
pub fn known(db: &mut Db, references: &[&str], ids: &[&str]) -> Result<Vec<Order>, Error> {
    let mut rows: Vec<(OrderRow, Option<DisputeRow>)> = Vec::new();
    for chunk in references.chunks(NAMES_AT_ONCE) {
        rows.extend(known_where!(db, reference, chunk));
    }
    for chunk in ids.chunks(NAMES_AT_ONCE) {
        rows.extend(known_where!(db, external_id, chunk));
    }
    let mut found: Vec<Order> = rows.into_iter().map(Order::try_from).collect::<Result<_, _>>()?;
    found.sort_by_key(|order| order.reference);
    found.dedup_by_key(|order| order.reference);
    Ok(found)
}

/// The references of the next orders behind that one, or of the first ones; at most `limit`.
pub fn references_after(db: &mut Db, after: Option<Reference>, limit: i64) -> Result<Vec<Reference>, Error> {
    let after = after.map(|reference| reference.to_string()).unwrap_or_default();
    let next = orders::table
        .filter(orders::reference.gt(after))
        .order(orders::reference.asc())
        .limit(limit)
        .select(orders::reference);
    let rows: Vec<Coded<Reference>> = next.load(db)?;
    rows.into_iter().map(|reference| reference.or_corrupt("orders.reference")).collect()
}

/// Locks these orders until the transaction ends, and waits for those that another transaction holds. SQLite's write lock
/// covers it.
pub fn hold_all(db: &mut Db, references: &[Reference]) -> Result<(), Error> {
    let Db::Postgres(db) = db else { return Ok(()) };
    let wanted: Vec<String> = references.iter().map(ToString::to_string).collect();
    let rows = orders::table.filter(orders::reference.eq_any(&wanted)).order(orders::reference.asc());
    rows.select(orders::reference).for_update().load::<String>(db)?;
    Ok(())
}

/// Whether there is an order with that reference.
pub fn exists(db: &mut Db, reference: Reference) -> Result<bool, Error> {
    let one = orders::table.filter(orders::reference.eq(reference.to_string())).select(orders::reference);
    Ok(either!(db, db => one.get_result::<String>(db)).optional()?.is_some())
}

/// Stores the marketplace's id of an order that had none.
pub fn set_external_id(db: &mut Db, order: &Order) -> Result<(), Error> {
    let id = order.external_id.as_ref().map(ExternalId::as_str);
    let one = orders::table.filter(orders::reference.eq(order.reference.to_string()));
    diesel::update(one).set(orders::external_id.eq(id)).execute(db)?;
    Ok(())
}
