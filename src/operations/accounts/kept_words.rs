//! Words that a form could not send: kept for their writer alone, for a day.

use chrono::{DateTime, TimeDelta, Utc};

use crate::domain::AccountId;
use crate::secret::Secret;
use crate::store::accounts::kept_words;
use crate::store::{Error, Store};

/// For how long words are kept, in hours (our choice: a night's sleep).
pub const KEPT_HOURS: i64 = 24;
/// On how many pages of one account words are kept at a time (our choice: more tabs than a person writes in).
const MOST_PAGES: i64 = 20;
/// The longest address of a page, in bytes. Ours are shorter.
const LONGEST_PAGE: usize = 300;

/// The fields of a form, by name, as they were typed.
pub type Fields = Vec<(String, String)>;

/// Keeps what an account wrote on a page, and says whether there was room. `wall` is real time.
pub fn keep(
    store: &Store,
    secret: &Secret,
    (account, page): (AccountId, &str),
    fields: &Fields,
    wall: DateTime<Utc>,
) -> Result<bool, Error> {
    let Ok(written) = serde_html_form::to_string(fields) else { return Ok(false) };
    if page.len() > LONGEST_PAGE {
        return Ok(false);
    }
    let hidden = secret.hide(&purpose(account, page), &written);
    store.write(|db| {
        kept_words::delete_older(db, wall - TimeDelta::hours(KEPT_HOURS))?;
        kept_words::delete(db, account, page)?;
        if kept_words::count(db, account)? >= MOST_PAGES {
            return Ok(false);
        }
        kept_words::insert(db, account, page, &hidden, wall)?;
        Ok(true)
    })
}

/// What an account wrote on a page and could not send.
pub fn find(
    store: &Store,
    secret: &Secret,
    (account, page): (AccountId, &str),
    wall: DateTime<Utc>,
) -> Result<Option<Fields>, Error> {
    let since = wall - TimeDelta::hours(KEPT_HOURS);
    let hidden = store.read::<_, Error>(|db| kept_words::find(db, account, page, since))?;
    let written = hidden.and_then(|hidden| secret.reveal(&purpose(account, page), &hidden));
    Ok(written.and_then(|written| serde_html_form::from_str(&written).ok()))
}

/// What an account wrote and could not send.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeptWords {
    /// The page.
    pub page: String,
    /// Its fields.
    pub fields: Fields,
    /// When they were kept.
    pub kept_at: DateTime<Utc>,
}

/// Everything that an account wrote and could not send.
pub fn all(store: &Store, secret: &Secret, account: AccountId, wall: DateTime<Utc>) -> Result<Vec<KeptWords>, Error> {
    let since = wall - TimeDelta::hours(KEPT_HOURS);
    let found = store.read::<_, Error>(|db| kept_words::of_account(db, account, since))?;
    let read = found.into_iter().filter_map(|(page, hidden, kept_at)| {
        let written = secret.reveal(&purpose(account, &page), &hidden)?;
        Some(KeptWords { fields: serde_html_form::from_str(&written).ok()?, page, kept_at })
    });
    Ok(read.collect())
}

/// Forgets what an account wrote on a page: it was sent.
pub fn forget(store: &Store, account: AccountId, page: &str) -> Result<(), Error> {
    store.write(|db| kept_words::delete(db, account, page))
}

/// Deletes kept words that were not fetched in time.
pub fn forget_old(store: &Store, wall: DateTime<Utc>) -> Result<usize, Error> {
    store.write(|db| kept_words::delete_older(db, wall - TimeDelta::hours(KEPT_HOURS)))
}

/// Whose words they are, and where they belong: no other account and no other page can read them.
fn purpose(account: AccountId, page: &str) -> String {
    format!("words.{}.{page}", account.0)
}
