//! A forgotten password, or the first one of an imported account: a link by mail that sets it once.

use chrono::{DateTime, TimeDelta, Utc};
use rand::distr::{Alphanumeric, SampleString};

use super::accounts::{REMEMBERED_MINUTES, key, replace_password};
use super::passwords;
use crate::domain::account::PASSWORD_LINK_HOURS;
use crate::store::{Error, Store, outbox, password_links, people, sign_in};

/// Links that one account gets within an hour (our choice: enough for somebody who lost the first mail, and too few to
/// fill a mailbox).
const MOST_PER_ACCOUNT: usize = 3;
/// The same for one network address, behind which a whole office may sit.
const MOST_PER_ADDRESS: usize = 20;
/// Characters of a link's name: 22 out of 62 kinds, some 130 random bits.
const NAME_CHARS: usize = 22;

/// How asking for a link ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Asked {
    /// Whoever has that address gets a mail. Whether anybody has, and whether this was once too often, is not told.
    Heard,
    /// Too many from this network address: come back after this many seconds.
    TooMany(u64),
}

/// The two times it is: links live by the real one, mails by the application's, which a demo may move.
#[derive(Debug, Clone, Copy)]
pub struct Now {
    /// Real time.
    pub real: DateTime<Utc>,
    /// The application's time.
    pub shown: DateTime<Utc>,
}

/// Puts a mail with a link into the outbox for whoever has that address; every older link of theirs ends. For an
/// address of nobody the same is done, up to a link of nobody, and without the mail.
///
/// # Errors
///
/// When the database fails.
pub fn ask(store: &Store, email: &str, address: &str, now: Now) -> Result<Asked, Error> {
    let email = email.trim().to_lowercase();
    let (of_address, of_account) = (key("link-address", address), key("link-account", &email));
    let name = Alphanumeric.sample_string(&mut rand::rng(), NAME_CHARS);
    let since = now.real - TimeDelta::minutes(REMEMBERED_MINUTES);
    store.write(|db| {
        sign_in::forget_before(db, since, now.real)?;
        let asked = sign_in::failures_since(db, &of_address, since)?;
        if asked.len() >= MOST_PER_ADDRESS {
            let opens = asked[asked.len() - MOST_PER_ADDRESS] + TimeDelta::minutes(REMEMBERED_MINUTES);
            return Ok(Asked::TooMany((opens - now.real).num_seconds().max(1).unsigned_abs()));
        }
        sign_in::remember_failure(db, &of_address, now.real)?;
        // Counted by the address that was typed, so that it makes no difference whether anybody has it.
        if sign_in::failures_since(db, &of_account, since)?.len() >= MOST_PER_ACCOUNT {
            return Ok(Asked::Heard);
        }
        sign_in::remember_failure(db, &of_account, now.real)?;
        let account = people::find_by_email(db, &email)?.map(|person| person.id);
        password_links::end_all_of(db, account, now.real)?;
        password_links::insert(db, &name, account, now.real, now.real + TimeDelta::hours(PASSWORD_LINK_HOURS.into()))?;
        if let Some(account) = account {
            outbox::send_password_link(db, account, &name, now.shown)?;
        }
        Ok(Asked::Heard)
    })
}

/// Whether the link with that name works now. `now` is real time, also in a demo.
///
/// # Errors
///
/// When the database fails.
pub fn works(store: &Store, name: &str, now: DateTime<Utc>) -> Result<bool, Error> {
    Ok(store.read(|db| password_links::owner(db, name, now))?.is_some())
}

/// Sets the password with the link of that name, which is used up, and ends every session of the account. Answers
/// whether the link still worked. `now` is real time, also in a demo. Slow on purpose: keep it off the async threads,
/// and few at a time.
///
/// # Errors
///
/// When the database fails.
pub fn set(store: &Store, name: &str, password: &str, now: DateTime<Utc>) -> Result<bool, Error> {
    if !works(store, name, now)? {
        return Ok(false);
    }
    let hash = passwords::hash(password);
    store.write(|db| {
        let Some(account) = password_links::owner(db, name, now)? else { return Ok(false) };
        if !password_links::end(db, name, now)? {
            return Ok(false);
        }
        replace_password(db, account, &hash, now)?;
        Ok(true)
    })
}
