//! Endpoints of the marketplace that are told of entries of the feed.

use chrono::{DateTime, Utc};
use diesel::prelude::*;

use crate::domain::marketplace::endpoint::{Endpoint, PauseCause};
use crate::domain::orders::outside_view::ToldKind;
use crate::store::columns::Moment;
use crate::store::connection::either;
use crate::store::schema::webhook_endpoints as endpoints;
use crate::store::{Db, Error};

#[derive(Queryable, Insertable)]
#[diesel(table_name = endpoints, treat_none_as_default_value = false)]
struct EndpointRow {
    id: String,
    name: String,
    url: String,
    kinds: String,
    hidden_secret: String,
    hidden_old_secret: Option<String>,
    old_until: Option<Moment>,
    created_at: Moment,
    paused_at: Option<Moment>,
    pause_cause: Option<String>,
    failing_since: Option<Moment>,
    rests_until: Option<Moment>,
}

impl TryFrom<EndpointRow> for Endpoint {
    type Error = Error;

    fn try_from(row: EndpointRow) -> Result<Self, Error> {
        let kinds = row.kinds.split(' ').filter(|word| !word.is_empty()).map(str::parse::<ToldKind>);
        let cause = row.pause_cause.as_deref().map(str::parse::<PauseCause>).transpose();
        let cause = cause.map_err(|_| Error::corrupt("webhook_endpoints.pause_cause"))?;
        Ok(Self {
            id: row.id,
            name: row.name,
            url: row.url,
            kinds: kinds.collect::<Result<_, _>>().map_err(|_| Error::corrupt("webhook_endpoints.kinds"))?,
            hidden_secret: row.hidden_secret,
            old_secret: row.hidden_old_secret.zip(row.old_until.map(Into::into)),
            created_at: row.created_at.into(),
            paused: row.paused_at.map(Into::into).zip(cause),
            failing_since: row.failing_since.map(Into::into),
            rests_until: row.rests_until.map(Into::into),
        })
    }
}

/// Stores a new endpoint.
pub fn insert(db: &mut Db, endpoint: &Endpoint) -> Result<(), Error> {
    let kinds: Vec<&str> = endpoint.kinds.iter().map(AsRef::as_ref).collect();
    let row = EndpointRow {
        id: endpoint.id.clone(),
        name: endpoint.name.clone(),
        url: endpoint.url.clone(),
        kinds: kinds.join(" "),
        hidden_secret: endpoint.hidden_secret.clone(),
        hidden_old_secret: None,
        old_until: None,
        created_at: endpoint.created_at.into(),
        paused_at: None,
        pause_cause: None,
        failing_since: None,
        rests_until: None,
    };
    diesel::insert_into(endpoints::table).values(row).execute(db)?;
    Ok(())
}

/// All endpoints, by name. The condition is there for the index.
pub fn list(db: &mut Db) -> Result<Vec<Endpoint>, Error> {
    let named = endpoints::table.filter(endpoints::name.gt("")).order(endpoints::name.asc());
    let rows: Vec<EndpointRow> = either!(db, db => named.load(db))?;
    rows.into_iter().map(TryInto::try_into).collect()
}

/// The endpoint with that id.
pub fn find(db: &mut Db, id: &str) -> Result<Option<Endpoint>, Error> {
    let row: Option<EndpointRow> = endpoints::table.find(id).get_result(db).optional()?;
    row.map(TryInto::try_into).transpose()
}

/// Stores other secrets of an endpoint, unless its secret is another one than `before` by now.
pub fn set_secrets(
    db: &mut Db,
    id: &str,
    before: &str,
    (secret, old): (&str, Option<(&str, DateTime<Utc>)>),
) -> Result<(), Error> {
    let same = endpoints::table.find(id).filter(endpoints::hidden_secret.eq(before));
    diesel::update(same)
        .set((
            endpoints::hidden_secret.eq(secret),
            endpoints::hidden_old_secret.eq(old.map(|(old, _)| old)),
            endpoints::old_until.eq(old.map(|(_, until)| Moment::from(until))),
        ))
        .execute(db)?;
    Ok(())
}

/// Pauses an endpoint that is not paused.
pub fn pause(db: &mut Db, id: &str, cause: PauseCause, at: DateTime<Utc>) -> Result<(), Error> {
    let running = endpoints::table.find(id).filter(endpoints::paused_at.is_null());
    let paused =
        (endpoints::paused_at.eq(Some(Moment::from(at))), endpoints::pause_cause.eq(Some(cause.as_ref().to_owned())));
    diesel::update(running).set(paused).execute(db)?;
    Ok(())
}

/// Pauses every endpoint.
pub fn pause_all(db: &mut Db, cause: PauseCause, at: DateTime<Utc>) -> Result<(), Error> {
    for endpoint in list(db)? {
        pause(db, &endpoint.id, cause, at)?;
    }
    Ok(())
}

/// Lets a paused endpoint go on, as if it never failed.
pub fn resume(db: &mut Db, id: &str) -> Result<(), Error> {
    diesel::update(endpoints::table.find(id))
        .set((
            endpoints::paused_at.eq(None::<Moment>),
            endpoints::pause_cause.eq(None::<String>),
            endpoints::failing_since.eq(None::<Moment>),
            endpoints::rests_until.eq(None::<Moment>),
        ))
        .execute(db)?;
    Ok(())
}

/// Stores since when every try fails, until when the endpoint is left alone, or that it works again.
pub fn set_failing(
    db: &mut Db,
    id: &str,
    failing_since: Option<DateTime<Utc>>,
    rests_until: Option<DateTime<Utc>>,
) -> Result<(), Error> {
    diesel::update(endpoints::table.find(id))
        .set((
            endpoints::failing_since.eq(failing_since.map(Moment::from)),
            endpoints::rests_until.eq(rests_until.map(Moment::from)),
        ))
        .execute(db)?;
    Ok(())
}

/// Takes the turn to probe an endpoint that struggles; answers whether no other server took it.
pub fn take_probe(db: &mut Db, id: &str, now: DateTime<Utc>, until: DateTime<Utc>) -> Result<bool, Error> {
    let now = Moment::from(now);
    let free = endpoints::rests_until.is_null().or(endpoints::rests_until.assume_not_null().le(now));
    let rested = diesel::update(endpoints::table.find(id).filter(free))
        .set(endpoints::rests_until.eq(Some(Moment::from(until))))
        .execute(db)?;
    Ok(rested == 1)
}

/// Deletes an endpoint.
pub fn delete(db: &mut Db, id: &str) -> Result<(), Error> {
    diesel::delete(endpoints::table.find(id)).execute(db)?;
    Ok(())
}
