//! Who tries too often: counted in the database, so that a limit holds across servers and restarts.

use std::net::{IpAddr, Ipv6Addr, SocketAddr};

use chrono::{DateTime, TimeDelta, Utc};
use sha2::{Digest, Sha256};

use crate::secret::hex;
use crate::store::accounts::failed_attempts;
use crate::store::{Db, Error};

/// How long what is counted is remembered, in minutes: as long as the longest window.
const REMEMBERED_MINUTES: i64 = 24 * 60;

/// So many within so many minutes, and no more.
#[derive(Debug, Clone, Copy)]
struct Window {
    most: usize,
    minutes: i64,
}

/// A limit on what one account or one network address may try.
#[derive(Debug, Clone)]
pub(in crate::operations) struct Limit {
    who: String,
    windows: &'static [Window],
}

impl Limit {
    /// Wrong passwords for one account (our choice: plenty for somebody who mistypes, useless for somebody who guesses).
    pub fn passwords_of(email: &str) -> Self {
        Self { who: key("account", email), windows: &[Window { most: 10, minutes: 15 }] }
    }

    /// Wrong passwords and codes from one network address, behind which a whole office may sit (our choice).
    pub fn from_address(address: &str) -> Self {
        Self { who: key("address", &place(address)), windows: &[Window { most: 50, minutes: 15 }] }
    }

    /// Wrong codes for one account. Three codes of a million are right at any time, so whoever has the password may
    /// guess 20 times a day: a chance of 1 in 16,000 (our choice; RFC 6238, 5.1 and RFC 4226, 7.3 ask for a limit).
    pub fn codes_of(email: &str) -> Self {
        let windows = &[Window { most: 5, minutes: 15 }, Window { most: 20, minutes: 24 * 60 }];
        Self { who: key("code", email), windows }
    }

    /// Password links for one account (our choice: enough for somebody who lost the first mail, and too few to fill a
    /// mailbox).
    pub fn links_of(email: &str) -> Self {
        Self { who: key("link-account", email), windows: &[Window { most: 3, minutes: 60 }] }
    }

    /// Password links asked for from one network address (our choice).
    pub fn links_from(address: &str) -> Self {
        Self { who: key("link-address", &place(address)), windows: &[Window { most: 20, minutes: 60 }] }
    }

    /// Seconds until this may be tried again; nothing when it may now.
    fn wait(&self, db: &mut Db, now: DateTime<Utc>) -> Result<Option<u64>, Error> {
        let mut longest = None;
        for window in self.windows {
            let since = now - TimeDelta::minutes(window.minutes);
            let tried = failed_attempts::failures_since(db, &self.who, since)?;
            if tried.len() >= window.most {
                // The oldest that still counts has to leave the window first.
                let opens = tried[tried.len() - window.most] + TimeDelta::minutes(window.minutes);
                longest = longest.max(Some((opens - now).num_seconds().max(1).unsigned_abs()));
            }
        }
        Ok(longest)
    }
}

/// Counts an attempt before anybody looks at it, so that many at once are many. Answers with what to forget when it was
/// right, or else with the seconds to wait.
pub(in crate::operations) fn count(
    db: &mut Db,
    limits: &[Limit],
    now: DateTime<Utc>,
) -> Result<Result<Vec<i64>, u64>, Error> {
    forget_old(db, now)?;
    for limit in limits {
        if let Some(seconds) = limit.wait(db, now)? {
            return Ok(Err(seconds));
        }
    }
    let count = |limit: &Limit| failed_attempts::remember_failure(db, &limit.who, now);
    limits.iter().map(count).collect::<Result<Vec<i64>, Error>>().map(Ok)
}

/// Forgets an attempt that was right, and every failure before it of that account.
pub(in crate::operations) fn forgive(db: &mut Db, account: &Limit, attempts: &[i64]) -> Result<(), Error> {
    forget(db, account)?;
    attempts.iter().try_for_each(|attempt| failed_attempts::forget_one(db, *attempt))
}

/// Forgets every failure of that account.
pub(in crate::operations) fn forget(db: &mut Db, account: &Limit) -> Result<(), Error> {
    failed_attempts::forget(db, &account.who)
}

/// Forgets what no limit asks about any more.
///
/// # Errors
///
/// When a statement fails.
pub fn forget_old(db: &mut Db, now: DateTime<Utc>) -> Result<(), Error> {
    failed_attempts::forget_before(db, now - TimeDelta::minutes(REMEMBERED_MINUTES), now)
}

/// Where a network address is: of IPv6 the network it is in, for everybody there has as many addresses as they like. What a
/// proxy says may have a port.
fn place(address: &str) -> String {
    let written = address.trim();
    let port = written.parse::<SocketAddr>().map(|address| address.ip());
    match port.or_else(|_| written.trim_matches(['[', ']']).parse::<IpAddr>()).map(|address| address.to_canonical()) {
        Ok(IpAddr::V6(address)) => format!("{}/64", Ipv6Addr::from_bits(address.to_bits() >> 64 << 64)),
        Ok(IpAddr::V4(address)) => address.to_string(),
        Err(_) => written.to_owned(),
    }
}

/// What stands for an address in the table of failures: never the address itself.
fn key(what: &str, value: &str) -> String {
    hex(&Sha256::digest(format!("{what}:{value}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn everybody_in_one_network_is_in_one_place_and_a_port_makes_no_other() {
        for (address, expected) in [
            ("203.0.113.7", "203.0.113.7"),
            ("203.0.113.7:50123", "203.0.113.7"),
            ("::ffff:203.0.113.7", "203.0.113.7"),
            ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
            ("2001:db8:1:2::9", "2001:db8:1:2::/64"),
            ("[2001:db8:1:2::9]", "2001:db8:1:2::/64"),
            ("[2001:db8:1:2::9]:443", "2001:db8:1:2::/64"),
            ("2001:db8:1:3::9", "2001:db8:1:3::/64"),
            ("unknown", "unknown"),
        ] {
            assert_eq!(place(address), expected, "{address}");
        }
    }
}
