//! The chain of an order: a hash of each event over the one before it and its own facts. A change of one event, also dropping,
//! adding or moving it, changes all hashes after it. The last of them, the head, stands in mails in two mailboxes.
//!
//! Facts never hold a name, an address, an account or words: those can be erased, and the chain must hold all the same. Words
//! enter by a hash with a salt, which stays.

use chrono::{DateTime, NaiveDate, SecondsFormat, Utc};
use serde::Serialize;
use sha2::{Digest, Sha256};

use crate::domain::audit::replay::placed;
use crate::domain::orders::reference::ALPHABET;
use crate::domain::{
    Ask, ChangeRequest, Dispute, Event, EventKind, Extra, ExtraDays, Money, Moved, Order, Part, Reason,
};

/// Says what a hash is of, so that it is never mistaken for one of something else.
const DOMAIN: &str = "oplossingscentrum event 1";

/// Bytes as lower-case hexadecimal digits.
fn hex(bytes: &[u8]) -> String {
    let digits = bytes.iter().flat_map(|byte| [byte >> 4, byte & 15]);
    digits.map(|digit| char::from(b"0123456789abcdef"[usize::from(digit)])).collect()
}

/// The hash of words behind their salt. It stays when the words are erased. The salt goes with them, so that short words
/// cannot be found by trying.
#[must_use]
pub fn salted_hash(salt: &str, words: &str) -> String {
    hex(&Sha256::new().chain_update(salt).chain_update(words).finalize())
}

/// The titles of extras as they are hashed: each on a line of its own.
#[must_use]
pub fn titles(extras: &[Extra]) -> String {
    extras.iter().map(|extra| extra.title.as_str()).collect::<Vec<_>>().join("\n")
}

/// The titles of the extras that a question asks for.
#[must_use]
pub fn asked_titles(ask: &Ask) -> Vec<String> {
    ask.extras().iter().map(|extra| extra.title.as_str().to_owned()).collect()
}

/// The price and the delivery date with which an order was placed.
#[must_use]
pub fn placed_terms(order: &Order, disputes: &[Dispute], events: &[Event]) -> (Money, NaiveDate) {
    let placed = placed(order, &disputes.iter(), events.iter());
    (placed.price, placed.delivery_date)
}

/// The hash of facts behind that of the event before; the first event has "" before it. The facts are written as RFC 8785
/// (JCS) says.
#[must_use]
pub fn hash(previous: &str, facts: &impl Serialize) -> String {
    let facts = serde_json_canonicalizer::to_string(facts).expect("texts and small numbers are always JSON");
    hex(&Sha256::digest(format!("{DOMAIN}\n{previous}\n{facts}")))
}

/// The head of a chain for people: the first 80 bits of a hash in Crockford's base 32, "7K3M 9QXA 4D2F P6R8".
#[must_use]
pub fn fingerprint(head: &str) -> String {
    let bits = u128::from_str_radix(head.get(..20).unwrap_or_default(), 16).unwrap_or_default();
    let value = |at: u32| usize::try_from((bits >> (75 - 5 * at)) & 31).unwrap_or_default();
    let digit = |at: u32| char::from(ALPHABET[value(at)]);
    let groups = (0..16).step_by(4).map(|first| (first..first + 4).map(digit).collect::<String>());
    groups.collect::<Vec<_>>().join(" ")
}

/// A fingerprint as it was typed, in the way in which [`fingerprint`] writes it, as far as it is one.
#[must_use]
pub fn typed(fingerprint: &str) -> String {
    let digits = fingerprint.chars().filter(char::is_ascii_alphanumeric).map(|c| match c.to_ascii_uppercase() {
        'O' => '0',
        'I' | 'L' => '1',
        other => other,
    });
    let digits: Vec<char> = digits.collect();
    digits.chunks(4).map(|group| group.iter().collect::<String>()).collect::<Vec<_>>().join(" ")
}

/// The words of one event as they are stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Words {
    /// The hash of the text.
    pub hash: String,
    /// The hash of the titles of the extras that the event asks for.
    pub titles_hash: Option<String>,
    /// The salt and the text, until they are erased.
    pub said: Option<(String, String)>,
}

/// An event with what its hash needs besides it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Link {
    /// The event.
    pub event: Event,
    /// When it was written down, if not when it happened.
    pub recorded_at: Option<DateTime<Utc>>,
    /// Its words, if it has some.
    pub words: Option<Words>,
}

/// What is hashed of an event. Moments are written in UTC with microseconds, amounts in cents.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Facts {
    order: String,
    number: i32,
    at: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    recorded_at: Option<String>,
    actor: &'static str,
    what: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    dispute: Option<i32>,
    #[serde(flatten, skip_serializing_if = "Option::is_none")]
    terms: Option<Terms>,
    #[serde(skip_serializing_if = "Option::is_none")]
    asked: Option<Asked>,
    #[serde(skip_serializing_if = "Option::is_none")]
    part: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    moved: Option<[String; 2]>,
    #[serde(skip_serializing_if = "Option::is_none")]
    text: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    titles: Option<String>,
}

/// The agreement, as it was when the order was placed or when a question was asked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
struct Terms {
    price_cents: i64,
    currency: String,
    delivery_date: String,
}

/// A question.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
struct Asked {
    kind: &'static str,
    respond_by: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    extra_days: Option<u8>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    extras_cents: Vec<i64>,
}

/// The facts of these events of an order. `disputes` are those that they are about; all of them, when the first event is among
/// them.
#[must_use]
pub fn facts(order: &Order, disputes: &[Dispute], links: &[Link]) -> Vec<Facts> {
    let first = links.first().filter(|link| link.event.number == 1);
    let placed = first.map(|_| placed(order, &disputes.iter(), links.iter().map(|link| &link.event)));
    links.iter().map(|link| of_event(order, placed.as_ref(), disputes, link)).collect()
}

fn of_event(order: &Order, placed: Option<&Order>, disputes: &[Dispute], link: &Link) -> Facts {
    let Link { event, recorded_at, words } = link;
    let about = disputes.iter().find(|dispute| Some(dispute.number) == event.dispute);
    let opened = about.filter(|_| event.kind == EventKind::Opened);
    let terms = match (event.kind, opened, placed) {
        (EventKind::Placed, _, Some(placed)) => Some((placed.price, placed.delivery_date)),
        (_, Some(opened), _) => Some((opened.old_price, opened.old_delivery_date)),
        _ => None,
    };
    let part = about.map(|dispute| dispute.part).filter(|_| event.kind == EventKind::Accepted);
    Facts {
        order: order.reference.to_string(),
        number: event.number,
        at: moment(event.at),
        recorded_at: recorded_at.map(moment),
        actor: event.actor.code(),
        what: event.kind.code(),
        dispute: event.dispute,
        terms: terms.map(|(price, date)| Terms {
            price_cents: price.cents,
            currency: price.currency.as_ref().to_owned(),
            delivery_date: date.to_string(),
        }),
        asked: opened.map(Asked::from),
        part: part.filter(|part| *part != Part::All).map(<&str>::from),
        moved: event.moved.as_ref().and_then(|moved| match moved {
            Moved::Price(before, after) => Some([before.cents.to_string(), after.cents.to_string()]),
            Moved::Date(before, after) => Some([before.to_string(), after.to_string()]),
            // A title is words of the marketplace, and may go.
            Moved::Title(..) => None,
        }),
        text: words.as_ref().map(|words| words.hash.clone()),
        titles: words.as_ref().and_then(|words| words.titles_hash.clone()),
    }
}

impl From<&Dispute> for Asked {
    fn from(dispute: &Dispute) -> Self {
        let ask = &dispute.ask;
        Self {
            kind: ask.kind().code(),
            respond_by: moment(dispute.respond_by),
            reason: ask.reason().map(Reason::code),
            extra_days: ask.change().and_then(ChangeRequest::extra_days).map(ExtraDays::get),
            extras_cents: ask.extras().iter().map(|extra| extra.price.cents).collect(),
        }
    }
}

fn moment(at: DateTime<Utc>) -> String {
    at.to_rfc3339_opts(SecondsFormat::Micros, true)
}

/// The hashes of these facts, behind that of the event before them.
#[must_use]
pub fn hashes(previous: &str, facts: &[Facts]) -> Vec<String> {
    let next = |previous: &mut String, facts: &Facts| {
        *previous = hash(previous, facts);
        Some(previous.clone())
    };
    facts.iter().scan(previous.to_owned(), next).collect()
}

/// The chain of an order as it is stored.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Chain {
    /// The events, by number.
    pub links: Vec<Link>,
    /// The hash of each, by its number.
    pub hashes: Vec<(i32, String)>,
    /// The number of the last event that has its hash.
    pub hashed: i32,
}

/// A fault in a chain, in words for the operator.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    /// The event, or the one before it, was changed or moved.
    #[error("event {0} is not what its hash says")]
    Changed(i32),
    /// The event was deleted.
    #[error("event {0} has a hash but is not there")]
    Gone(i32),
    /// The event was added, or its hash deleted.
    #[error("event {0} has no hash")]
    Unhashed(i32),
    /// The text was changed.
    #[error("the text of event {0} is not what its hash says")]
    Text(i32),
    /// The titles of extras were changed.
    #[error("the titles of event {0} are not what their hash says")]
    Titles(i32),
}

impl Chain {
    /// Every fault of the chain. Each hash is compared behind the stored one before it, so that a change is named where it is.
    #[must_use]
    pub fn faults(&self, order: &Order, disputes: &[Dispute]) -> Vec<Fault> {
        let facts = facts(order, disputes, &self.links);
        let mut facts = self.links.iter().map(|link| link.event.number).zip(facts).peekable();
        let mut hashes = self.hashes.iter().peekable();
        let (mut wrong, mut previous) = (Vec::new(), String::new());
        let last = self.hashes.last().map_or(0, |(number, _)| *number).max(self.hashed);
        let last = last.max(self.links.last().map_or(0, |link| link.event.number));
        for number in 1..=last {
            let facts = facts.next_if(|(own, _)| *own == number);
            let stored = hashes.next_if(|(own, _)| *own == number);
            match (facts, stored) {
                (Some((_, facts)), Some((_, stored))) => {
                    if hash(&previous, &facts) != *stored {
                        wrong.push(Fault::Changed(number));
                    }
                    previous.clone_from(stored);
                }
                (None, Some((_, stored))) => {
                    wrong.push(Fault::Gone(number));
                    previous.clone_from(stored);
                }
                (Some((_, facts)), None) => {
                    if number <= self.hashed {
                        wrong.push(Fault::Unhashed(number));
                    }
                    previous = hash(&previous, &facts);
                }
                (None, None) => wrong.push(Fault::Gone(number)),
            }
        }
        wrong.extend(self.links.iter().flat_map(|link| words_faults(link, disputes)));
        wrong
    }

    /// The hash of the last event, when every event has one.
    #[must_use]
    pub fn head(&self) -> Option<&str> {
        let (number, hash) = self.hashes.last()?;
        (self.links.last()?.event.number == *number).then_some(hash)
    }
}

fn words_faults(Link { event, words, .. }: &Link, disputes: &[Dispute]) -> Vec<Fault> {
    let mut wrong = Vec::new();
    let Some((words, (salt, text))) = words.as_ref().and_then(|words| Some((words, words.said.as_ref()?))) else {
        return wrong;
    };
    if salted_hash(salt, text) != words.hash {
        wrong.push(Fault::Text(event.number));
    }
    let asked = disputes.iter().find(|dispute| Some(dispute.number) == event.dispute);
    let extras = asked.filter(|_| event.kind == EventKind::Opened).map(|dispute| dispute.ask.extras());
    let extras = extras.filter(|extras| !extras.is_empty());
    if extras.map(|extras| salted_hash(salt, &titles(extras))) != words.titles_hash {
        wrong.push(Fault::Titles(event.number));
    }
    wrong
}

#[cfg(test)]
#[path = "chain_tests.rs"]
mod tests;
