//! Another address or name of an account, by the marketplace or the operator. The person is told at both addresses.

use crate::clock::Times;
use crate::domain::accounts::event::AccountEventKind;
use crate::domain::{Account, AccountId};
use crate::operations::accounts::events::{self, By};
use crate::store::accounts::{password_links, received};
use crate::store::outbox::{self, SecurityNotice};
use crate::store::{Db, Error};

/// Gives an account another address, inside a change. Links that wait in the old mailbox end; the old address is told of
/// it, and the new one too.
///
/// # Errors
///
/// When the address is taken.
pub fn change_email(db: &mut Db, person: &Account, email: &str, by: &By, now: Times) -> Result<(), Error> {
    received::set_email(db, person.id, email)?;
    password_links::end_all_of(db, person.id, now.wall)?;
    let event = events::record_silently(db, person.id, AccountEventKind::EmailChanged, by, now)?;
    outbox::give_notice(db, person.id, SecurityNotice::EmailChanged, event, now.app)?;
    outbox::give_notice_at(db, person.id, &person.email, SecurityNotice::EmailLeft, event, now.app)
}

/// Gives an account another name, inside a change.
pub fn rename(db: &mut Db, account: AccountId, name: &str, by: &By, now: Times) -> Result<(), Error> {
    received::set_name(db, account, name)?;
    events::record_silently(db, account, AccountEventKind::Renamed, by, now).map(drop)
}
