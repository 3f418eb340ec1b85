//! Limits on sign-in attempts, counted in the database, so that a limit holds across servers and restarts.
//!
//! Three kinds of attempts never share a counter (OWASP, "Slow down online guessing attacks with device cookies"):
//! those of a browser that signed in to the account before, those of a person who used a link from the account's
//! mailbox or is signed in already, and those of strangers. A stranger who keeps guessing uses up the strangers'
//! counters, and the others never wait for them.
//!
//! A stranger's attempt is counted for the account at this place, for the account over all places, and for the place
//! over all accounts. The second of these does not lock the account: a place with fewer than [`NEW_PLACE_FAILURES`]
//! failures may still try while others guess.

use std::net::IpAddr;

use chrono::{DateTime, TimeDelta, Utc};
use ipnet::IpNet;

use crate::domain::AccountId;
use crate::domain::accounts::network::networks;
use crate::secret::Secret;
use crate::store::accounts::failed_attempts;
use crate::store::accounts::generations::{self, Generations};
use crate::store::{Db, Error, Store};

/// A day in minutes: the longest window, and so how long attempts are remembered.
const DAY: i64 = 24 * 60;
/// How long attempts are remembered, in hours.
pub const KEPT_HOURS: i64 = DAY / 60;
/// A place with fewer failures than this for one account within a day is new to it (our choice: two typing errors are
/// allowed).
const NEW_PLACE_FAILURES: i64 = 3;

/// At most this many attempts within this many minutes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Window {
    most: i64,
    minutes: i64,
}

const fn window(most: i64, minutes: i64) -> Window {
    Window { most, minutes }
}

/// Wrong passwords for one account from one place (our choice: plenty for a person who mistypes, useless for guessing).
const PASSWORDS: &[Window] = &[window(10, 15)];
/// Wrong passwords in one known browser (our choice: a copied cookie allows no days of guessing).
const PASSWORDS_OF_DEVICE: &[Window] = &[window(10, 15), window(50, DAY)];
/// Wrong passwords in one session, where the password is asked again (our choice: a browser that was left open allows
/// no days of guessing).
const CONFIRMATIONS: &[Window] = &[window(10, 15), window(50, DAY)];
/// Wrong passwords for one account by strangers from all places together (our choice: passwords withstand ten million
/// guesses, so 1,500 a day find one of 6,500 in a day).
const PASSWORDS_EVERYWHERE: &[Window] = &[window(100, 60), window(500, DAY), window(1_500, DAY)];
/// Wrong passwords for one account by strangers, from a place that is new to the account.
const PASSWORDS_FROM_NEW_PLACES: &[Window] = &[window(1_500, DAY)];
/// Wrong codes for one account. Three codes of a million are right at any time, so 20 guesses a day find one with a
/// chance of 1 in 16,000 (our choice; RFC 6238, 5.1 and RFC 4226, 7.3 ask for a limit).
const CODES: &[Window] = &[window(5, 15), window(20, DAY)];
/// Accounts that strangers failed to open from one place: an IPv4 address, and of IPv6 networks of 64, 56 and 48 bits
/// (our choice: an office or a provider's customers may share an address).
const ACCOUNTS_FROM: [&[Window]; 3] = [&[window(50, 15)], &[window(200, 15)], &[window(1_000, 15)]];
/// Password links for one account (our choice: enough for a person who lost the first mail, and too few to fill a
/// mailbox).
const LINKS: &[Window] = &[window(3, 60), window(10, DAY)];
/// Password links asked for from one place, as wide as [`ACCOUNTS_FROM`] (our choice).
const LINKS_FROM: [&[Window]; 3] = [&[window(20, 60)], &[window(80, 60)], &[window(400, 60)]];
/// Sets of recovery codes for one account (our choice: each set takes a third of a second of a processor).
const RECOVERY_CODES: &[Window] = &[window(5, 60)];
/// New addresses of one calendar (our choice: each is told by mail, and mails of one account delay those of others).
const CALENDARS: &[Window] = &[window(5, 60)];

/// Which attempts count towards a limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Counts {
    /// All attempts.
    All,
    /// All attempts, with these windows for a place that is new here.
    AllUnlessNew(&'static [Window]),
    /// Only attempts with the same other half.
    AboutTheSame,
    /// The newest attempt of each other half: this limits the number of accounts, not of attempts.
    NewestAboutEach,
}

/// Which attempts a right one deletes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Forgets {
    /// Only itself.
    Itself,
    /// Also the failures before it.
    AllBefore,
}

/// A limit on attempts.
#[derive(Debug, Clone)]
pub struct Limit {
    /// The limited thing, hashed: an account, a place or a browser.
    who: String,
    /// The other half of the attempt, hashed: for an account the place, for a place the account.
    about: Option<String>,
    counts: Counts,
    forgets: Forgets,
    windows: &'static [Window],
}

impl Limit {
    fn new(who: String, windows: &'static [Window], forgets: Forgets) -> Self {
        Self { who, about: None, counts: Counts::All, forgets, windows }
    }

    /// The seconds until the next attempt is possible; `None` when it is possible now.
    fn wait(&self, db: &mut Db, now: DateTime<Utc>) -> Result<Option<u64>, Error> {
        failed_attempts::hold(db, &self.who)?;
        let about = self.about.as_deref().filter(|_| self.counts == Counts::AboutTheSame);
        let mut longest = None;
        for window in self.windows(db, now)? {
            let length = TimeDelta::minutes(window.minutes);
            // The oldest attempt that still counts must leave the window first.
            let oldest = failed_attempts::nth_newest(db, &self.who, about, now - length, window.most)?;
            let wait = oldest.map(|oldest| (oldest + length - now).clamp(TimeDelta::seconds(1), length));
            longest = longest.max(wait.map(|wait| wait.num_seconds().unsigned_abs()));
        }
        Ok(longest)
    }

    fn windows(&self, db: &mut Db, now: DateTime<Utc>) -> Result<&'static [Window], Error> {
        let Counts::AllUnlessNew(fewer) = self.counts else { return Ok(self.windows) };
        let since = now - TimeDelta::minutes(DAY);
        let failed = failed_attempts::nth_newest(db, &self.who, self.about.as_deref(), since, NEW_PLACE_FAILURES)?;
        Ok(if failed.is_some() { self.windows } else { fewer })
    }

    fn remember(&self, db: &mut Db, now: DateTime<Utc>) -> Result<i64, Error> {
        if self.counts == Counts::NewestAboutEach {
            failed_attempts::forget(db, &self.who, self.about.as_deref())?;
        }
        failed_attempts::remember(db, &self.who, self.about.as_deref(), now)
    }
}

/// The first step of signing in, before a code is asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Way {
    /// A browser with that id that signed in to the account before.
    KnownDevice(String),
    /// A link from the account's mailbox.
    Link,
    /// Through the marketplace. It has a counter of its own, so that wrong codes on this way close no link from the mailbox.
    Marketplace,
    /// The password, from that network address.
    Password(IpAddr),
}

/// Makes the limits of an account. The table holds each limited thing as a hash with the secret key, in its account's
/// generation.
#[derive(Debug, Clone, Copy)]
pub struct Limits<'a> {
    secret: &'a Secret,
    generations: Generations,
}

impl<'a> Limits<'a> {
    /// The limits of an account with these generations.
    #[must_use]
    pub fn new(secret: &'a Secret, generations: Generations) -> Self {
        Self { secret, generations }
    }

    /// Wrong passwords in a browser that signed in to the account before.
    #[must_use]
    pub fn passwords_of_device(&self, account: AccountId, device: &str) -> Vec<Limit> {
        let who = self.of_account("passwords-of-device", &format!("{}.{device}", account.0));
        vec![Limit::new(who, PASSWORDS_OF_DEVICE, Forgets::AllBefore)]
    }

    /// Wrong passwords in a session, where the password is asked again.
    #[must_use]
    pub fn passwords_of_session(&self, session: &str) -> Vec<Limit> {
        let who = self.of_account("passwords-of-session", session);
        vec![Limit::new(who, CONFIRMATIONS, Forgets::AllBefore)]
    }

    /// Wrong passwords of strangers for that e-mail address, whether it has an account or not.
    #[must_use]
    pub fn passwords_of_strangers(&self, email: &str, from: IpAddr) -> Vec<Limit> {
        let account = format!("{email}.{}", self.generations.passwords);
        let places = places(from);
        let everywhere = Limit {
            who: self.of_account("passwords", &account),
            about: places.last().map(|widest| self.hash("place", widest)),
            counts: Counts::AllUnlessNew(PASSWORDS_FROM_NEW_PLACES),
            forgets: Forgets::Itself,
            windows: PASSWORDS_EVERYWHERE,
        };
        let here = Limit {
            who: self.of_account("passwords-at", &account),
            about: places.first().map(|place| self.hash("place", place)),
            counts: Counts::AboutTheSame,
            forgets: Forgets::AllBefore,
            windows: PASSWORDS,
        };
        [everywhere, here].into_iter().chain(self.accounts_from(&places, email)).collect()
    }

    /// Wrong codes for an account, with a counter for each way to sign in.
    #[must_use]
    pub fn codes(&self, account: AccountId, email: &str, way: &Way) -> Vec<Limit> {
        let account = account.0.to_string();
        let codes = |kind: &str, who: &str| Limit::new(self.of_account(kind, who), CODES, Forgets::AllBefore);
        match way {
            Way::KnownDevice(device) => vec![codes("codes-of-device", &format!("{account}.{device}"))],
            Way::Link => vec![codes("codes-by-link", &account)],
            Way::Marketplace => vec![codes("codes-by-marketplace", &account)],
            Way::Password(from) => {
                let from = self.accounts_from(&places(*from), email);
                std::iter::once(codes("codes", &account)).chain(from).collect()
            }
        }
    }

    /// Password links for that e-mail address, whether it has an account or not.
    #[must_use]
    pub fn links(&self, email: &str) -> Vec<Limit> {
        vec![Limit::new(self.of_account("links", email), LINKS, Forgets::Itself)]
    }

    /// Password links asked for from that address.
    #[must_use]
    pub fn links_from(&self, from: IpAddr) -> Vec<Limit> {
        let limit =
            |(place, windows): (&String, _)| Limit::new(self.hash("links-from", place), windows, Forgets::Itself);
        places(from).iter().zip(LINKS_FROM).rev().map(limit).collect()
    }

    /// Sets of recovery codes for an account.
    #[must_use]
    pub fn recovery_codes(&self, account: AccountId) -> Vec<Limit> {
        let who = self.of_account("recovery-codes", &account.0.to_string());
        vec![Limit::new(who, RECOVERY_CODES, Forgets::Itself)]
    }

    /// New addresses of an account's calendar.
    #[must_use]
    pub fn calendars(&self, account: AccountId) -> Vec<Limit> {
        let who = self.of_account("calendars", &account.0.to_string());
        vec![Limit::new(who, CALENDARS, Forgets::Itself)]
    }

    /// Accounts that attempts from these places failed to open; widest place first, so that locks are always taken in one
    /// order.
    fn accounts_from(&self, places: &[String], email: &str) -> Vec<Limit> {
        let limit = |(place, windows): (&String, _)| Limit {
            who: self.hash("accounts-from", place),
            about: Some(self.hash("account", email)),
            counts: Counts::NewestAboutEach,
            forgets: Forgets::Itself,
            windows,
        };
        places.iter().zip(ACCOUNTS_FROM).rev().map(limit).collect()
    }

    fn of_account(&self, kind: &str, who: &str) -> String {
        self.hash(kind, &format!("{who}.{}", self.generations.limits))
    }

    /// The hash of a name, which cannot be guessed without the key.
    fn hash(&self, kind: &str, who: &str) -> String {
        self.secret.fingerprint("limit", &format!("{kind}:{who}"))
    }
}

/// Counted attempts, to be deleted when they were right.
#[derive(Debug)]
pub struct Counted(Vec<(Limit, i64)>);

/// Whether something may be tried.
#[derive(Debug)]
pub enum Verdict {
    /// It may, and is counted.
    Allowed(Counted),
    /// It may be tried again after this many seconds. Nothing is counted.
    Blocked(u64),
}

/// Counts an attempt before it is examined, so that parallel attempts count too. When a limit is reached, it counts
/// nothing.
pub fn count(db: &mut Db, limits: Vec<Limit>, now: DateTime<Utc>) -> Result<Verdict, Error> {
    let mut longest = None;
    failed_attempts::bring_back(db, now)?;
    for limit in &limits {
        longest = longest.max(limit.wait(db, now)?);
    }
    if let Some(seconds) = longest {
        return Ok(Verdict::Blocked(seconds));
    }
    let mut counted = Vec::with_capacity(limits.len());
    for limit in limits {
        let id = limit.remember(db, now)?;
        counted.push((limit, id));
    }
    Ok(Verdict::Allowed(Counted(counted)))
}

/// Deletes an attempt that was right, and the failures before it that its limits forgive.
pub fn forgive(db: &mut Db, counted: &Counted) -> Result<(), Error> {
    for (limit, id) in &counted.0 {
        match limit.forgets {
            Forgets::Itself => failed_attempts::forget_one(db, *id)?,
            Forgets::AllBefore => failed_attempts::forget(db, &limit.who, limit.about.as_deref())?,
        }
    }
    Ok(())
}

/// Makes all counted attempts of an account count no more. Only the command line does that: an operator can find out who asks.
pub fn clear(store: &Store, account: AccountId) -> Result<(), Error> {
    store.write(|db| generations::forget_limits(db, account))
}

/// Deletes attempts that no limit counts any more.
pub fn forget_old(db: &mut Db, now: DateTime<Utc>) -> Result<usize, Error> {
    failed_attempts::bring_back(db, now)?;
    failed_attempts::forget_before(db, now - TimeDelta::minutes(DAY))
}

/// The places of a network address, narrowest first.
fn places(address: IpAddr) -> Vec<String> {
    let name = |network: IpNet| match network {
        IpNet::V4(_) => network.addr().to_string(),
        IpNet::V6(_) => network.to_string(),
    };
    networks(address).into_iter().map(name).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_ipv6_address_is_in_three_places_and_an_ipv4_address_in_one() {
        for (address, expected) in [
            ("203.0.113.7", &["203.0.113.7"][..]),
            ("::ffff:203.0.113.7", &["203.0.113.7"]),
            ("2001:db8:1:2345:3:4:5:6", &["2001:db8:1:2345::/64", "2001:db8:1:2300::/56", "2001:db8:1::/48"]),
            ("2001:db8:1:23ff::9", &["2001:db8:1:23ff::/64", "2001:db8:1:2300::/56", "2001:db8:1::/48"]),
            ("::1", &["::/64", "::/56", "::/48"]),
        ] {
            assert_eq!(places(address.parse().unwrap()), expected, "{address}");
        }
    }

    #[test]
    fn nothing_in_the_table_can_be_guessed_without_the_key() {
        let (ours, theirs) = (Secret::new(b"ours"), Secret::new(b"theirs"));
        let [first, other, raised] = [
            Limits::new(&ours, Generations::default()),
            Limits::new(&theirs, Generations::default()),
            Limits::new(&ours, Generations { limits: 1, ..Generations::default() }),
        ]
        .map(|limits| limits.links("x@example.com").remove(0).who);
        assert_eq!(first.len(), 64);
        assert!(first != other && first != raised && other != raised);
    }
}
