//! Browsers that signed in to an account before (OWASP, "Slow down online guessing attacks with device cookies"). Such
//! a browser has its own counter of wrong passwords, so that a guessing stranger cannot lock it out. Being known opens
//! nothing.
//!
//! The browser keeps a sealed list, because several people may share it. The database keeps only the generation of an
//! account's browsers. Signing out and a new password leave the generation as it is; signing out everywhere raises it.

use chrono::{DateTime, TimeDelta, Utc};

use crate::domain::AccountId;
use crate::operations::accounts::token;
use crate::secret::Secret;
use crate::store::accounts::generations::{self, Generations};
use crate::store::{Error, Store, accounts};

/// How long a browser stays known without signing in, in days (our choice: a year, as long as the language's cookie).
pub const DAYS: i64 = 365;
/// How many accounts can know one browser (our choice); the one that signed in the longest ago is dropped first.
const MOST: usize = 10;
/// The purpose of the sealed list.
const PURPOSE: &str = "known-devices";

#[derive(Debug, Clone, PartialEq, Eq)]
struct KnownDevice {
    account: AccountId,
    generation: i64,
    id: String,
    until: i64,
}

/// The accounts that know one browser.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct KnownDevices(Vec<KnownDevice>);

impl KnownDevices {
    /// Opens the list of a browser; entries that are too old are left out, and a list that is not ours is empty.
    #[must_use]
    pub fn open(secret: &Secret, sealed: &str, now: DateTime<Utc>) -> Self {
        let list = secret.reveal(PURPOSE, sealed).unwrap_or_default();
        Self(list.split(' ').filter_map(read).filter(|known| known.until > now.timestamp()).collect())
    }

    /// Whether no account knows the browser.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Seals the list for the browser to keep.
    #[must_use]
    pub fn seal(&self, secret: &Secret) -> String {
        let write =
            |known: &KnownDevice| format!("{}.{}.{}.{}", known.account.0, known.generation, known.id, known.until);
        secret.hide(PURPOSE, &self.0.iter().map(write).collect::<Vec<_>>().join(" "))
    }

    /// The id under which that account knows this browser, if it does.
    #[must_use]
    pub fn id_for(&self, account: AccountId, generations: Generations) -> Option<&str> {
        let is_known = |known: &&KnownDevice| known.account == account && known.generation == generations.devices;
        self.0.iter().find(is_known).map(|known| known.id.as_str())
    }

    /// The list after that account signed in. It keeps the account's id in this browser, because a new id would have a
    /// new counter.
    fn with(mut self, account: AccountId, generations: Generations, now: DateTime<Utc>) -> Self {
        let id = self.id_for(account, generations).map_or_else(token::random, ToOwned::to_owned);
        let until = (now + TimeDelta::days(DAYS)).timestamp();
        self.0.retain(|known| known.account != account);
        self.0.insert(0, KnownDevice { account, generation: generations.devices, id, until });
        self.0.truncate(MOST);
        self
    }
}

fn read(written: &str) -> Option<KnownDevice> {
    let mut parts = written.split('.');
    let (account, generation) = (parts.next()?.parse().ok()?, parts.next()?.parse().ok()?);
    let (id, until) = (parts.next()?.to_owned(), parts.next()?.parse().ok()?);
    Some(KnownDevice { account: AccountId(account), generation, id, until })
}

/// The id under which that account knows a browser with this list, if it does.
pub fn find(store: &Store, devices: &KnownDevices, account: AccountId) -> Result<Option<String>, Error> {
    let generations = store.snapshot(|db| generations::find(db, Some(account)))?;
    Ok(devices.id_for(account, generations).map(ToOwned::to_owned))
}

/// The account with that e-mail address and the id under which it knows a browser with this list. An unknown address costs
/// the same queries, so that the duration tells nothing.
pub fn find_by_email(store: &Store, devices: &KnownDevices, email: &str) -> Result<Option<(AccountId, String)>, Error> {
    store.snapshot(|db| {
        let account = accounts::find_by_email(db, email)?.map(|person| person.id);
        let generations = generations::find(db, account)?;
        Ok(account.and_then(|account| Some((account, devices.id_for(account, generations)?.to_owned()))))
    })
}

/// Makes a browser known to an account that signs in with it. `now` is the wall clock, also in a demo.
pub fn remember(
    store: &Store,
    devices: KnownDevices,
    account: AccountId,
    now: DateTime<Utc>,
) -> Result<KnownDevices, Error> {
    let generations = store.snapshot(|db| generations::find(db, Some(account)))?;
    Ok(devices.with(account, generations, now))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(day: i64) -> DateTime<Utc> {
        DateTime::UNIX_EPOCH + TimeDelta::days(20_000 + day)
    }

    #[test]
    fn a_browser_is_known_for_a_year_to_each_account_that_signed_in_with_it() {
        let (secret, first) = (Secret::new(b"ours"), Generations::default());
        let [customer, freelancer] = [AccountId(7), AccountId(-8)];
        let devices = KnownDevices::default().with(customer, first, at(0)).with(freelancer, first, at(1));
        let sealed = devices.seal(&secret);
        let opened = KnownDevices::open(&secret, &sealed, at(2));
        assert_eq!(opened, devices);
        let ids = [customer, freelancer].map(|account| opened.id_for(account, first).expect("it is known").to_owned());
        assert_ne!(ids[0], ids[1], "nobody learns from one that the other is the same browser");
        assert_eq!(opened.id_for(AccountId(9), first), None);
        assert_eq!(opened.id_for(customer, Generations { devices: 1, ..first }), None, "signed out everywhere since");
        let again = opened.with(customer, first, at(3));
        assert_eq!(again.id_for(customer, first), Some(ids[0].as_str()), "signing in again begins no new counter");
        let a_year_later = KnownDevices::open(&secret, &again.seal(&secret), at(1 + DAYS));
        assert!(a_year_later.id_for(customer, first).is_some() && a_year_later.id_for(freelancer, first).is_none());
    }

    #[test]
    fn nobody_makes_their_own_browser_known_and_nobody_reads_to_whom_it_is() {
        let (ours, theirs) = (Secret::new(b"ours"), Secret::new(b"theirs"));
        let devices = KnownDevices::default().with(AccountId(7), Generations::default(), at(0));
        let empty = KnownDevices::default();
        for wrong in
            ["", "x", "7.0.abc.99999999999", &devices.seal(&theirs), &ours.hide("other", "7.0.abc.99999999999")]
        {
            assert_eq!(KnownDevices::open(&ours, wrong, at(0)), empty, "{wrong}");
        }
        for odd in ["7", "7.0", "7.0.abc", "x.0.abc.99999999999", "7.0.abc.x", " ", "7.x.abc.99999999999 "] {
            assert_eq!(KnownDevices::open(&ours, &ours.hide(PURPOSE, odd), at(0)), empty, "{odd}");
        }
    }

    #[test]
    fn the_cookie_stays_small_however_many_people_share_a_browser() {
        let (secret, first) = (Secret::new(b"ours"), Generations { devices: i64::MAX, ..Generations::default() });
        let many = (0..30)
            .fold(KnownDevices::default(), |devices, nth| devices.with(AccountId(i64::MIN + nth), first, at(nth)));
        assert!(many.seal(&secret).len() < 1_600, "{}", many.seal(&secret).len());
        assert!(many.id_for(AccountId(i64::MIN + 29), first).is_some(), "the newest is there");
        assert!(many.id_for(AccountId(i64::MIN), first).is_none(), "the oldest is not");
    }
}
