//! The devices that are signed in to an account.

use chrono::{DateTime, Utc};

use crate::clock::Times;
use crate::domain::accounts::event::AccountEventKind;
use crate::domain::{AccountId, Epoch};
use crate::operations::accounts::events::{self, By};
use crate::store::accounts::{self, sessions};
use crate::store::{Db, Error, Store};

pub use crate::store::accounts::sessions::{Found, Session};

/// How many sessions an account can have at once, unfinished sign-ins included (our choice: more devices than a person
/// has, and few enough to look through).
pub const MOST: usize = 50;
/// Unfinished sign-ins of one account that strangers may have at the same time (our choice). So a stranger who knows the
/// password, and not the code, ends no unfinished sign-in of the owner.
pub const MOST_UNFINISHED: usize = 20;

/// Whether a session began.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[must_use = "a session that did not begin signs nobody in"]
pub enum Begun {
    /// The session began.
    Yes,
    /// All sessions of the account were ended after its owner proved who they are, so this one did not begin.
    AccountChanged,
    /// A code is still missing in too many sign-ins already; the next of them ends after this many seconds.
    TooManyUnfinished(u64),
}

/// A session that is about to begin.
#[derive(Debug, Clone)]
pub struct Beginning {
    /// The session.
    pub session: Session,
    /// The epoch in which the owner proved who they are.
    pub seen: Epoch,
    /// The session that this browser had before, if it had one.
    pub instead_of: Option<String>,
    /// The event that the account's history gets.
    pub event: SignInEvent,
    /// Whether it is an unfinished sign-in of a browser that the account does not know, and that came by no link from its
    /// mailbox.
    pub is_strangers: bool,
}

/// The event that the beginning of a session causes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SignInEvent {
    /// No event: the session continues under another key.
    None,
    /// The code is still missing.
    CodeAwaited,
    /// The code is still missing of a person who came through the marketplace.
    MarketplaceAwaited,
    /// A sign-in through the marketplace; whether the account knows the browser by its cookie.
    Marketplace(bool),
    /// A sign-in without a mail about it: the demo's one click.
    Untold,
    /// A sign-in.
    Told,
}

/// Begins a session, unless all sessions of its account were ended in the meantime.
pub fn begin(store: &Store, beginning: Beginning, now: Times) -> Result<Begun, Error> {
    let Beginning { session, seen, instead_of, event, is_strangers } = beginning;
    store.write(|db| {
        let account = session.account;
        if accounts::hold_epoch(db, account)? != Some(seen) {
            return Ok(Begun::AccountChanged);
        }
        if is_strangers {
            let mut unfinished = sessions::all_of_account(db, account)?;
            unfinished.retain(|session| session.asks_code && session.expires_at > now.wall);
            if unfinished.len() >= MOST_UNFINISHED {
                let first = unfinished.iter().map(|session| session.expires_at).min().unwrap_or(now.wall);
                return Ok(Begun::TooManyUnfinished((first - now.wall).num_seconds().max(1).unsigned_abs()));
            }
        }
        match event {
            SignInEvent::None => {}
            SignInEvent::CodeAwaited => {
                events::code_is_awaited(db, account, AccountEventKind::CodeAwaited, &session.device, now)?;
            }
            SignInEvent::MarketplaceAwaited => {
                events::code_is_awaited(db, account, AccountEventKind::MarketplaceAwaited, &session.device, now)?;
            }
            SignInEvent::Marketplace(is_known) => {
                events::came_through_marketplace(db, account, &session.device, is_known, now)?;
            }
            SignInEvent::Untold => events::signed_in(db, account, &session.device, false, now)?,
            SignInEvent::Told => events::signed_in(db, account, &session.device, true, now)?,
        }
        if let Some(old) = instead_of {
            sessions::delete(db, &old)?;
        }
        let new = session.key_hash.clone();
        sessions::insert(db, session)?;
        end_surplus(db, account, &new)?;
        Ok(Begun::Yes)
    })
}

/// Ends an account's sessions above [`MOST`], but never the newest. Unfinished sign-ins go first, so that knowing a
/// password alone signs no device out; then the sessions that were unused for the longest time.
fn end_surplus(db: &mut Db, account: AccountId, newest: &str) -> Result<(), Error> {
    let mut others = sessions::all_of_account(db, account)?;
    others.retain(|session| session.key_hash != newest);
    others.sort_by_key(|session| session.asks_code);
    others.into_iter().skip(MOST - 1).try_for_each(|session| sessions::delete(db, &session.key_hash))
}

/// Ends the session of a browser, whichever account it belongs to.
pub fn end_here(store: &Store, key_hash: &str) -> Result<(), Error> {
    store.write(|db| sessions::delete(db, key_hash))
}

/// Stores encrypted new recovery codes in a session until their owner confirms to have saved them, or deletes them.
pub fn keep_recovery_codes(store: &Store, key_hash: &str, hidden: Option<&str>) -> Result<(), Error> {
    store.write(|db| sessions::keep_recovery_codes(db, key_hash, hidden))
}

/// Stores the last use of a session, and moves its end.
pub fn seen(store: &Store, key_hash: &str, seen_at: DateTime<Utc>, expires_at: DateTime<Utc>) -> Result<(), Error> {
    store.note(|db| sessions::seen(db, key_hash, seen_at, expires_at)).map(drop)
}

/// The session with that key, with its account and the number of waiting questions. `now` is the application's clock.
pub fn find(store: &Store, key_hash: &str, now: DateTime<Utc>) -> Result<Option<Found>, Error> {
    store.read(|db| sessions::find(db, key_hash, now))
}

/// The devices that are signed in to an account, newest activity first. `now` is the wall clock, also in a demo.
pub fn list(store: &Store, account: AccountId, now: DateTime<Utc>) -> Result<Vec<Session>, Error> {
    let mut found = store.snapshot(|db| sessions::of_account(db, account))?;
    found.retain(|session| session.expires_at > now);
    Ok(found)
}

/// Lets a session show the address of the calendar until that moment.
pub fn show_calendar(store: &Store, key_hash: &str, until: DateTime<Utc>) -> Result<(), Error> {
    store.write(|db| sessions::show_calendar(db, key_hash, until))
}

/// Signs an account out on one of its devices; a session of another account is left alone.
pub fn end(store: &Store, account: AccountId, key_hash: &str, now: Times) -> Result<(), Error> {
    store.write(|db| {
        let ended = sessions::of_account(db, account)?.into_iter().find(|session| session.key_hash == key_hash);
        let Some(session) = ended else { return Ok(()) };
        sessions::delete_one_of(db, account, key_hash)?;
        events::record(db, account, AccountEventKind::DeviceEnded, &By::Person(session.device), now)
    })
}
