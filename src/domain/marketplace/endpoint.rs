//! An endpoint of the marketplace that is told of entries of the feed, and when a delivery to it is tried again.

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};

use crate::domain::orders::outside_view::ToldKind;

/// The wait before each try, in seconds, counted from the one before (Standard Webhooks 1.0).
const WAITS: [u64; 10] = [0, 5, 300, 1_800, 7_200, 18_000, 36_000, 50_400, 72_000, 86_400];
/// How long a delivery is tried: the sum of the waits, 75 hours and 35 minutes.
pub const TRIED_FOR: TimeDelta = TimeDelta::seconds(272_105);
/// After so long with nothing but failures an endpoint struggles.
const STRUGGLES_AFTER: TimeDelta = TimeDelta::hours(24);
/// How often an endpoint that struggles is tried, with one delivery.
pub const PROBED_EVERY: TimeDelta = TimeDelta::minutes(15);
/// The longest wait that a receiver may ask for.
const LONGEST_RETRY_AFTER: TimeDelta = TimeDelta::days(1);

/// Why an endpoint is paused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, strum::AsRefStr, strum::EnumString)]
#[strum(serialize_all = "snake_case")]
pub enum PauseCause {
    /// The operator paused it.
    Operator,
    /// Its receiver answered 410: it is gone for good.
    Gone,
    /// The database was restored from a backup. A copy of it must not ring the marketplace.
    Restored,
}

/// An endpoint. Its secrets are hidden with a key that is not in the database.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Endpoint {
    /// Random, and never shown.
    pub id: String,
    /// The name that the operator gave it.
    pub name: String,
    /// Where it is.
    pub url: String,
    /// What it is told; everything when there is nothing in it.
    pub kinds: Vec<ToldKind>,
    /// What signs, hidden.
    pub hidden_secret: String,
    /// What signs too until that moment, hidden: the secret from before a rotation.
    pub old_secret: Option<(String, DateTime<Utc>)>,
    /// When it was added.
    pub created_at: DateTime<Utc>,
    /// Since when it is paused, and why.
    pub paused: Option<(DateTime<Utc>, PauseCause)>,
    /// Since when every try failed.
    pub failing_since: Option<DateTime<Utc>>,
    /// Until when it is left alone, while it struggles.
    pub rests_until: Option<DateTime<Utc>>,
}

impl Endpoint {
    /// Whether it is told of entries of that type.
    #[must_use]
    pub fn wants(&self, kind: ToldKind) -> bool {
        self.kinds.is_empty() || self.kinds.contains(&kind)
    }

    /// Whether nothing got through for so long that it is only probed.
    #[must_use]
    pub fn is_struggling(&self, now: DateTime<Utc>) -> bool {
        self.failing_since.is_some_and(|since| now - since >= STRUGGLES_AFTER)
    }

    /// When a delivery is tried again after its try of that number failed; `None` when it is given up. `chance` is 0 to 1: each
    /// wait is up to a fifth longer or shorter, so that what failed together is not tried together again.
    #[must_use]
    pub fn next_try(
        &self,
        (tries, due_at): (usize, DateTime<Utc>),
        retry_after: Option<TimeDelta>,
        chance: f64,
        now: DateTime<Utc>,
    ) -> Option<DateTime<Utc>> {
        if now - due_at >= TRIED_FOR {
            return None;
        }
        let wait = if self.is_struggling(now) {
            PROBED_EVERY
        } else {
            let wait = Duration::from_secs(*WAITS.get(tries)?).mul_f64(0.8 + 0.4 * chance);
            TimeDelta::from_std(wait).unwrap_or(LONGEST_RETRY_AFTER)
        };
        let asked = retry_after.unwrap_or_default().min(LONGEST_RETRY_AFTER);
        Some(now + wait.max(asked))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn endpoint() -> Endpoint {
        Endpoint {
            id: "1".into(),
            name: "shop".into(),
            url: "https://shop.example/hook".into(),
            kinds: Vec::new(),
            hidden_secret: String::new(),
            old_secret: None,
            created_at: DateTime::UNIX_EPOCH,
            paused: None,
            failing_since: None,
            rests_until: None,
        }
    }

    #[test]
    fn a_delivery_is_tried_by_the_schedule_for_75_hours_and_is_then_given_up() {
        let (endpoint, due) = (endpoint(), DateTime::UNIX_EPOCH);
        let mut waits = Vec::new();
        let mut now = due;
        for tries in 1.. {
            let Some(next) = endpoint.next_try((tries, due), None, 0.5, now) else { break };
            waits.push((next - now).num_seconds().unsigned_abs());
            now = next;
        }
        assert_eq!(waits, WAITS[1..]);
        assert_eq!(now - due, TRIED_FOR);
        let after = |chance| (endpoint.next_try((3, due), None, chance, due).unwrap() - due).num_seconds();
        assert_eq!((after(0.0), after(1.0)), (1_440, 2_160), "a fifth less, and a fifth more");
    }

    #[test]
    fn a_receiver_may_ask_for_a_wait_of_up_to_a_day() {
        let (endpoint, due) = (endpoint(), DateTime::UNIX_EPOCH);
        let after = |asked| (endpoint.next_try((1, due), Some(asked), 0.5, due).unwrap() - due).num_seconds();
        assert_eq!(after(TimeDelta::minutes(2)), 120);
        assert_eq!(after(TimeDelta::seconds(1)), 5, "never sooner");
        assert_eq!(after(TimeDelta::days(9)), 86_400);
    }

    #[test]
    fn an_endpoint_with_a_day_of_failures_is_probed_every_quarter_of_an_hour() {
        let now = DateTime::UNIX_EPOCH + TimeDelta::hours(24);
        let failing = Endpoint { failing_since: Some(DateTime::UNIX_EPOCH), ..endpoint() };
        assert!(failing.is_struggling(now) && !failing.is_struggling(now - TimeDelta::seconds(1)));
        let next = failing.next_try((40, DateTime::UNIX_EPOCH), None, 0.0, now);
        assert_eq!(next, Some(now + PROBED_EVERY), "probes use up no tries");
        let late = DateTime::UNIX_EPOCH + TRIED_FOR;
        assert_eq!(failing.next_try((40, DateTime::UNIX_EPOCH), None, 0.0, late), None);
    }
}
