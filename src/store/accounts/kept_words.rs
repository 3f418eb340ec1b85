//! The words of forms that could not be taken yet, hidden, until their writer sends them again.

use chrono::{DateTime, Utc};
use diesel::prelude::*;

use crate::domain::AccountId;
use crate::store::columns::Moment;
use crate::store::schema::kept_words;
use crate::store::{Db, Error};

/// Keeps what an account wrote on a page, where nothing is kept.
pub fn insert(db: &mut Db, account: AccountId, page: &str, hidden: &str, at: DateTime<Utc>) -> Result<(), Error> {
    let row = (
        kept_words::account_id.eq(account.0),
        kept_words::page.eq(page),
        kept_words::hidden.eq(hidden),
        kept_words::kept_at.eq(Moment::from(at)),
    );
    diesel::insert_into(kept_words::table).values(row).execute(db)?;
    Ok(())
}

/// How many pages have words of that account.
pub fn count(db: &mut Db, account: AccountId) -> Result<i64, Error> {
    Ok(kept_words::table.filter(kept_words::account_id.eq(account.0)).count().get_result(db)?)
}

/// What an account wrote on a page, as it was hidden.
pub fn find(db: &mut Db, account: AccountId, page: &str, since: DateTime<Utc>) -> Result<Option<String>, Error> {
    let kept = kept_words::table.find((account.0, page)).filter(kept_words::kept_at.gt(Moment::from(since)));
    Ok(kept.select(kept_words::hidden).get_result(db).optional()?)
}

/// Everything that an account wrote since that moment, as it was hidden: the page, the words, and when.
pub fn of_account(
    db: &mut Db,
    account: AccountId,
    since: DateTime<Utc>,
) -> Result<Vec<(String, String, DateTime<Utc>)>, Error> {
    let kept = kept_words::table
        .filter(kept_words::account_id.eq(account.0).and(kept_words::kept_at.gt(Moment::from(since))))
        .order(kept_words::page.asc())
        .select((kept_words::page, kept_words::hidden, kept_words::kept_at));
    let rows: Vec<(String, String, Moment)> = kept.load(db)?;
    Ok(rows.into_iter().map(|(page, hidden, at)| (page, hidden, at.into())).collect())
}

/// Forgets what an account wrote on a page.
pub fn delete(db: &mut Db, account: AccountId, page: &str) -> Result<(), Error> {
    diesel::delete(kept_words::table.find((account.0, page))).execute(db)?;
    Ok(())
}

/// Forgets what was kept before that moment.
pub fn delete_older(db: &mut Db, than: DateTime<Utc>) -> Result<usize, Error> {
    Ok(diesel::delete(kept_words::table.filter(kept_words::kept_at.le(Moment::from(than)))).execute(db)?)
}
