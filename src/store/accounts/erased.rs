//! Accounts that were erased: the row stays for the orders that refer to it, without a person.

use std::collections::{HashMap, HashSet};

use chrono::{DateTime, Utc};
use diesel::prelude::*;

use crate::domain::AccountId;
use crate::store::accounts::{generations, second_factors};
use crate::store::columns::Moment;
use crate::store::connection::either;
use crate::store::schema::{
    account_events, accounts, calendars, erased_ids, kept_words, orders, outbox, password_links, sessions,
    sign_in_links,
};
use crate::store::sql::NAMES_AT_ONCE;
use crate::store::{Db, Error};

/// Takes everything of a person from an account, and every row that only that person has. Its orders stay.
pub fn erase(db: &mut Db, account: AccountId, wall: DateTime<Utc>) -> Result<(), Error> {
    let id = account.0;
    diesel::delete(sessions::table.filter(sessions::account_id.eq(id))).execute(db)?;
    diesel::delete(password_links::table.filter(password_links::account_id.eq(id))).execute(db)?;
    diesel::delete(sign_in_links::table.filter(sign_in_links::account_id.eq(id))).execute(db)?;
    diesel::delete(kept_words::table.filter(kept_words::account_id.eq(id))).execute(db)?;
    diesel::delete(calendars::table.find(id)).execute(db)?;
    diesel::delete(outbox::table.filter(outbox::account_id.eq(id))).execute(db)?;
    diesel::delete(account_events::table.filter(account_events::account_id.eq(id))).execute(db)?;
    second_factors::delete(db, account)?;
    generations::forget_devices(db, account)?;
    let (nothing, at) = (None::<String>, Some(Moment::from(wall)));
    diesel::update(accounts::table.find(id))
        .set((
            // No address can look like this, and no two accounts have the same.
            accounts::email.eq(format!("erased:{id}")),
            accounts::name.eq(""),
            (accounts::external_id.eq(nothing.clone()), accounts::password_hash.eq(nothing.clone())),
            (accounts::received_email.eq(nothing.clone()), accounts::received_name.eq(nothing.clone())),
            (
                accounts::language.eq(nothing.clone()),
                accounts::time_zone.eq(nothing.clone()),
                accounts::theme.eq(nothing),
            ),
            (accounts::mail_comments.eq(false), accounts::mail_reminders.eq(false)),
            accounts::epoch.eq(accounts::epoch + 1),
            (accounts::first_signed_in_at.eq(None::<Moment>), accounts::welcomed_at.eq(None::<Moment>)),
            (accounts::suspended_at.eq(at), accounts::erased_at.eq(at)),
        ))
        .execute(db)?;
    Ok(())
}

/// The salt of the hashes, once somebody was erased.
pub fn salt(db: &mut Db) -> Result<Option<String>, Error> {
    Ok(erased_ids::table.select(erased_ids::salt).first(db).optional()?)
}

/// Remembers by a hash that an account was erased.
pub fn remember(db: &mut Db, (hash, salt): (&str, &str), account: AccountId, wall: DateTime<Utc>) -> Result<(), Error> {
    let row = (
        erased_ids::hash.eq(hash),
        erased_ids::salt.eq(salt),
        erased_ids::account_id.eq(account.0),
        erased_ids::erased_at.eq(Moment::from(wall)),
    );
    let insert = diesel::insert_into(erased_ids::table).values(row);
    either!(db, db => insert.on_conflict(erased_ids::hash).do_nothing().execute(db))?;
    Ok(())
}

/// The erased accounts with these hashes.
pub fn with_hashes(db: &mut Db, hashes: &[String]) -> Result<HashMap<String, AccountId>, Error> {
    let mut found = HashMap::new();
    for chunk in hashes.chunks(NAMES_AT_ONCE) {
        let query =
            erased_ids::table.filter(erased_ids::hash.eq_any(chunk)).select((erased_ids::hash, erased_ids::account_id));
        let rows: Vec<(String, i64)> = either!(db, db => query.load(db))?;
        found.extend(rows.into_iter().map(|(hash, id)| (hash, AccountId(id))));
    }
    Ok(found)
}

/// Those of these accounts that are erased.
pub fn among(db: &mut Db, people: &[AccountId]) -> Result<HashSet<AccountId>, Error> {
    let mut found = HashSet::new();
    for chunk in people.chunks(NAMES_AT_ONCE) {
        let ids: Vec<i64> = chunk.iter().map(|account| account.0).collect();
        let query = accounts::table
            .filter(accounts::id.eq_any(ids).and(accounts::erased_at.is_not_null()))
            .select(accounts::id);
        let rows: Vec<i64> = either!(db, db => query.load(db))?;
        found.extend(rows.into_iter().map(AccountId));
    }
    Ok(found)
}

/// How many accounts are erased.
pub fn count(db: &mut Db) -> Result<i64, Error> {
    Ok(accounts::table.filter(accounts::erased_at.is_not_null()).count().get_result(db)?)
}

/// Erased accounts that still have something of a person, or an order that goes on; at most `limit`.
pub fn half_erased(db: &mut Db, limit: i64) -> Result<Vec<AccountId>, Error> {
    let is_person = accounts::name
        .ne("")
        .or(accounts::email.like("%@%"))
        .or(accounts::external_id.is_not_null().or(accounts::password_hash.is_not_null()))
        .or(accounts::received_email.is_not_null().or(accounts::received_name.is_not_null()));
    let erased = || accounts::table.filter(accounts::erased_at.is_not_null());
    let mut found: Vec<i64> = erased().filter(is_person).select(accounts::id).limit(limit).load(db)?;
    let is_party = orders::customer_id.eq(accounts::id).or(orders::freelancer_id.eq(accounts::id));
    let goes_on: Vec<i64> = erased()
        .inner_join(orders::table.on(is_party))
        .filter(diesel::dsl::not(crate::store::query::IsFinal))
        .select(accounts::id)
        .limit(limit)
        .load(db)?;
    found.extend(goes_on);
    found.sort_unstable();
    found.dedup();
    Ok(found.into_iter().map(AccountId).collect())
}
