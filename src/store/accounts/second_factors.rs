//! Second factors: the secret of an app, and the recovery codes that replace it.

use chrono::{DateTime, Utc};
use diesel::prelude::*;

use crate::domain::AccountId;
use crate::store::columns::Moment;
use crate::store::schema::{recovery_codes, second_factors};
use crate::store::{Db, Error};

/// The second factor of an account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SecondFactor {
    /// The secret that the app knows too, encrypted with a key that is not in the database.
    pub hidden_secret: String,
    /// Since when it is on, by the wall clock (UTC).
    pub since: DateTime<Utc>,
    /// The newest time step whose code was used.
    pub last_step: i64,
}

/// The second factor of an account, when it has one.
pub fn find(db: &mut Db, account: AccountId) -> Result<Option<SecondFactor>, Error> {
    let columns = (second_factors::hidden_secret, second_factors::since, second_factors::last_step);
    let row =
        second_factors::table.find(account.0).select(columns).get_result::<(String, Moment, i64)>(db).optional()?;
    Ok(row.map(|(hidden_secret, since, last_step)| SecondFactor { hidden_secret, since: since.into(), last_step }))
}

/// Gives an account a second factor.
///
/// # Errors
///
/// When the account already has one.
pub fn insert(db: &mut Db, account: AccountId, factor: &SecondFactor) -> Result<(), Error> {
    diesel::insert_into(second_factors::table)
        .values((
            second_factors::account_id.eq(account.0),
            second_factors::hidden_secret.eq(&factor.hidden_secret),
            second_factors::since.eq(Moment::from(factor.since)),
            second_factors::last_step.eq(factor.last_step),
        ))
        .execute(db)?;
    Ok(())
}

/// Hidden secrets without that mark in front, of the accounts behind that one; at most `limit`.
pub fn hidden_otherwise(
    db: &mut Db,
    mark: &str,
    after: AccountId,
    limit: i64,
) -> Result<Vec<(AccountId, String)>, Error> {
    let rows: Vec<(i64, String)> = second_factors::table
        .filter(second_factors::hidden_secret.not_like(format!("{mark}.%")))
        .filter(second_factors::account_id.gt(after.0))
        .order(second_factors::account_id.asc())
        .limit(limit)
        .select((second_factors::account_id, second_factors::hidden_secret))
        .load(db)?;
    Ok(rows.into_iter().map(|(account, hidden)| (AccountId(account), hidden)).collect())
}

/// Stores a secret that was hidden anew, unless it is another one by now.
pub fn hide_anew(db: &mut Db, account: AccountId, (before, after): (&str, &str)) -> Result<(), Error> {
    let same = second_factors::table.find(account.0).filter(second_factors::hidden_secret.eq(before));
    diesel::update(same).set(second_factors::hidden_secret.eq(after)).execute(db)?;
    Ok(())
}

/// How many hidden secrets have another mark in front.
pub fn count_hidden_otherwise(db: &mut Db, mark: &str) -> Result<i64, Error> {
    let other = second_factors::table.filter(second_factors::hidden_secret.not_like(format!("{mark}.%")));
    Ok(other.count().get_result(db)?)
}

/// Uses up the code of that step and of every step before it, and returns whether it was unused. Of two attempts at
/// once with one code, one succeeds.
pub fn use_step(db: &mut Db, account: AccountId, step: i64) -> Result<bool, Error> {
    let unused = second_factors::table.find(account.0).filter(second_factors::last_step.lt(step));
    Ok(diesel::update(unused).set(second_factors::last_step.eq(step)).execute(db)? == 1)
}

/// Deletes an account's second factor with its recovery codes, and returns whether there was one.
pub fn delete(db: &mut Db, account: AccountId) -> Result<bool, Error> {
    diesel::delete(recovery_codes::table.filter(recovery_codes::account_id.eq(account.0))).execute(db)?;
    Ok(diesel::delete(second_factors::table.find(account.0)).execute(db)? == 1)
}

/// Replaces all recovery codes of an account by the ones with these hashes, numbered from 1.
pub fn replace_codes(db: &mut Db, account: AccountId, hashes: &[String]) -> Result<(), Error> {
    diesel::delete(recovery_codes::table.filter(recovery_codes::account_id.eq(account.0))).execute(db)?;
    for (number, hash) in (1..).zip(hashes) {
        let row = (
            recovery_codes::account_id.eq(account.0),
            recovery_codes::number.eq(number),
            recovery_codes::code_hash.eq(hash),
        );
        diesel::insert_into(recovery_codes::table).values(row).execute(db)?;
    }
    Ok(())
}

/// The hash of the recovery code with that number, while it is unused.
pub fn code_hash(db: &mut Db, account: AccountId, number: i32) -> Result<Option<String>, Error> {
    let code = recovery_codes::table.find((account.0, number)).select(recovery_codes::code_hash);
    Ok(code.get_result(db).optional()?)
}

/// Uses up that recovery code, and returns whether it was unused.
pub fn use_code(db: &mut Db, account: AccountId, number: i32, hash: &str) -> Result<bool, Error> {
    let code = recovery_codes::table.find((account.0, number)).filter(recovery_codes::code_hash.eq(hash));
    Ok(diesel::delete(code).execute(db)? == 1)
}

/// How many unused recovery codes an account has.
pub fn codes_left(db: &mut Db, account: AccountId) -> Result<i64, Error> {
    Ok(recovery_codes::table.filter(recovery_codes::account_id.eq(account.0)).count().get_result(db)?)
}
