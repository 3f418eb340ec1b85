//! Gauges for operators: open, overdue and waiting items. Counts only, no personal data.

use chrono::{DateTime, Utc};
use diesel::dsl::{count_star, min};
use diesel::prelude::*;

use crate::domain::Kind;
use crate::store::columns::{Coded, Moment};
use crate::store::maintenance::holds::{self, Held};
use crate::store::marketplace::deliveries;
use crate::store::outbox::waiting;
use crate::store::query::{IsOpen, IsToRelay};
use crate::store::schema::{disputes, orders, outbox};
use crate::store::{Db, Error};

/// The state of the whole database at one moment.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Numbers {
    /// Open disputes and requests, by kind; kinds without any are left out.
    pub open: Vec<(Kind, i64)>,
    /// Orders due for settlement by silence, not settled yet.
    pub overdue: i64,
    /// The deadline of the oldest of those.
    pub overdue_since: Option<DateTime<Utc>>,
    /// Orders with events whose mails are not written yet.
    pub to_relay: i64,
    /// Due mails: neither sent nor dead letters. A mail of comments is due once it has gathered them.
    pub mails_due: i64,
    /// The due moment of the oldest of those.
    pub mails_due_since: Option<DateTime<Utc>>,
    /// Whether all mail is held.
    pub is_mail_held: bool,
    /// Dead letters: mails set aside for good, unless an operator dismissed them.
    pub mails_set_aside: i64,
    /// Webhooks that wait for endpoints which are not paused.
    pub webhooks: i64,
    /// The due moment of the oldest of those.
    pub webhooks_since: Option<DateTime<Utc>>,
}

/// Counts everything.
pub fn count(db: &mut Db, now: DateTime<Utc>) -> Result<Numbers, Error> {
    let open: Vec<(Coded<Kind>, i64)> =
        disputes::table.filter(IsOpen).group_by(disputes::kind).select((disputes::kind, count_star())).load(db)?;
    let open = open.into_iter().map(|(kind, open)| Ok((kind.or_corrupt("disputes.kind")?, open)));
    let open = open.collect::<Result<_, Error>>()?;
    let (overdue, overdue_since): (i64, Option<Moment>) = orders::table
        .filter(orders::settles_at.assume_not_null().le(Moment::from(now)))
        .select((count_star(), min(orders::settles_at)))
        .get_result(db)?;
    let to_relay = orders::table.filter(IsToRelay).count().get_result(db)?;
    let (mails_due, mails_due_since): (i64, Option<Moment>) = outbox::table
        .filter(waiting!().and(outbox::due_at.le(Moment::from(now))))
        .select((count_star(), min(outbox::due_at)))
        .get_result(db)?;
    let mails_set_aside = outbox::table
        .filter(outbox::failed_at.is_not_null().and(outbox::dismissed_at.is_null()))
        .count()
        .get_result(db)?;
    let [overdue_since, mails_due_since] = [overdue_since, mails_due_since].map(|since| since.map(DateTime::from));
    let is_mail_held = holds::since(db, Held::Mail)?.is_some();
    let (webhooks, webhooks_since) = deliveries::count_waiting(db)?;
    Ok(Numbers {
        open,
        overdue,
        overdue_since,
        to_relay,
        mails_due,
        mails_due_since,
        is_mail_held,
        mails_set_aside,
        webhooks,
        webhooks_since,
    })
}
