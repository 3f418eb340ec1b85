//! The devices somebody is signed in on.

use chrono::{DateTime, Utc};

use crate::clock::Times;
use crate::domain::accounts::event::AccountEventKind;
use crate::domain::{AccountId, Epoch};
use crate::operations::accounts::events::{self, By};
use crate::store::accounts::sessions::{Found, Session};
use crate::store::accounts::{self, sessions};
use crate::store::{Db, Error, Store};

/// Sessions an account can have at once, those that still ask for a code among them (our choice: more devices than anybody
/// has, and few enough to look through).
pub const MOST: usize = 50;

/// Whether a session began.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[must_use = "a session that did not begin signs nobody in"]
pub enum Begun {
    /// It did.
    Yes,
    /// Every session of its account was ended since it was proven whose it is: this one is over before it began.
    AccountChanged,
}

/// A session that is to begin.
#[derive(Debug, Clone)]
pub struct Beginning {
    /// The session.
    pub session: Session,
    /// The epoch in which its account was seen.
    pub seen: Epoch,
    /// The session that the same browser had, if it had one.
    pub instead_of: Option<String>,
    /// What it is in the account's history.
    pub event: SignInEvent,
}

/// What the beginning of a session is in the history of its account.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SignInEvent {
    /// Nothing: it goes on under another key, or the code is still to come.
    None,
    /// Somebody signs in, of which no mail tells: with one click, as there is in a demo.
    Untold,
    /// Somebody signs in.
    Told,
}

/// Begins a session, unless every session of its account was ended meanwhile.
pub fn begin(store: &Store, beginning: Beginning, now: Times) -> Result<Begun, Error> {
    let Beginning { session, seen, instead_of, event } = beginning;
    store.write(|db| {
        let account = session.account;
        if accounts::hold_epoch(db, account)? != Some(seen) {
            return Ok(Begun::AccountChanged);
        }
        match event {
            SignInEvent::None => {}
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

/// Ends what an account has above [`MOST`], but never its newest session: first those that still ask for a code, so that
/// knowing a password alone signs nobody out; then those that were not in use for the longest.
fn end_surplus(db: &mut Db, account: AccountId, newest: &str) -> Result<(), Error> {
    let mut others = sessions::all_of_account(db, account)?;
    others.retain(|session| session.key_hash != newest);
    others.sort_by_key(|session| session.asks_code);
    others.into_iter().skip(MOST - 1).try_for_each(|session| sessions::delete(db, &session.key_hash))
}

/// Ends the session that a browser has, whoever's it is.
pub fn end_here(store: &Store, key_hash: &str) -> Result<(), Error> {
    store.write(|db| sessions::delete(db, key_hash))
}

/// Keeps new recovery codes, hidden, with a session until their owner says that they have them, or forgets them.
pub fn keep_recovery_codes(store: &Store, key_hash: &str, hidden: Option<&str>) -> Result<(), Error> {
    store.write(|db| sessions::keep_recovery_codes(db, key_hash, hidden))
}

/// Remembers that a session is in use, and moves its end.
pub fn seen(store: &Store, key_hash: &str, seen_at: DateTime<Utc>, expires_at: DateTime<Utc>) -> Result<(), Error> {
    store.note(|db| sessions::seen(db, key_hash, seen_at, expires_at)).map(drop)
}

/// The session with that key, with its account and what waits for it. `now` is the application's time.
pub fn find(store: &Store, key_hash: &str, now: DateTime<Utc>) -> Result<Option<Found>, Error> {
    store.read(|db| sessions::find(db, key_hash, now))
}

/// The devices an account is signed in on, newest activity first. `now` is real time, also in a demo.
///
/// # Errors
///
/// When the database fails.
pub fn list(store: &Store, account: AccountId, now: DateTime<Utc>) -> Result<Vec<Session>, Error> {
    let mut found = store.snapshot(|db| sessions::of_account(db, account))?;
    found.retain(|session| session.expires_at > now);
    Ok(found)
}

/// Lets a session show the address of the calendar until then.
pub fn show_calendar(store: &Store, key_hash: &str, until: DateTime<Utc>) -> Result<(), Error> {
    store.write(|db| sessions::show_calendar(db, key_hash, until))
}

/// Signs an account out on one of its devices; nothing happens when it is somebody else's.
pub fn end(store: &Store, account: AccountId, key_hash: &str, now: Times) -> Result<(), Error> {
    store.write(|db| {
        let ended = sessions::of_account(db, account)?.into_iter().find(|session| session.key_hash == key_hash);
        let Some(session) = ended else { return Ok(()) };
        sessions::delete_one_of(db, account, key_hash)?;
        events::record(db, account, AccountEventKind::DeviceEnded, &By::Person(session.device), now)
    })
}
