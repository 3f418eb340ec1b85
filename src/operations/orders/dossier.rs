//! The dossier of an order: everything that its two parties can see of it, for a third person, with the hashes by which it
//! can be checked. Nobody learns that it was made.

use chrono::{DateTime, SecondsFormat, Utc};
use serde_json::{Value, json};

use crate::domain::audit::chain::{self, Chain, Link, fingerprint};
use crate::domain::{Dispute, Event, EventKind, Order, Reference};
use crate::operations::orders::overview::Overview;
use crate::store::orders::disputes::{self, Reached};
use crate::store::orders::{self, hashes};
use crate::store::{Error, Store};

/// Everything that is stored of an order's history.
#[derive(Debug, Clone)]
pub struct Dossier {
    /// The order at the moment of the rest.
    pub order: Order,
    /// Every dispute and request, by number.
    pub disputes: Vec<Dispute>,
    /// The events, as they are shown.
    pub events: Vec<Event>,
    /// The events with their hashes and words.
    pub chain: Chain,
    /// How each question reached its reader, by number.
    pub reached: Vec<Reached>,
}

impl Dossier {
    /// The dispute or request that an event belongs to.
    #[must_use]
    pub fn dispute(&self, event: &Event) -> Option<&Dispute> {
        self.disputes.iter().find(|dispute| Some(dispute.number) == event.dispute)
    }

    /// How a question reached its reader.
    #[must_use]
    pub fn reached(&self, number: i32) -> Option<Reached> {
        self.reached.iter().find(|reached| reached.number == number).copied()
    }
}

/// Loads the history of an order.
pub fn load(store: &Store, reference: Reference) -> Result<Dossier, Error> {
    store.snapshot(|db| {
        let chain = hashes::of_order(db, reference)?;
        let events = chain.links.iter().map(|link| link.event.clone()).collect();
        let reached = disputes::reached(db, reference)?;
        let order = orders::find(db, reference)?.ok_or_else(|| Error::corrupt("orders.reference"))?;
        Ok(Dossier { order, disputes: disputes::of_order(db, reference)?, events, chain, reached })
    })
}

/// The content of `dossier.json`, once every event has its hash. `html` is the hash of the page beside it.
#[must_use]
pub fn to_json(overview: &Overview, dossier: &Dossier, html: &str, now: DateTime<Utc>) -> Option<Value> {
    let (order, chain) = (&dossier.order, &dossier.chain);
    let head = chain.head()?;
    let facts = chain::facts(order, &dossier.disputes, &chain.links);
    let stored = chain.hashes.iter().map(|(_, hash)| hash);
    let events = chain.links.iter().zip(facts).zip(stored);
    let events: Vec<Value> = events.map(|((link, facts), hash)| event(dossier, link, &json!(facts), hash)).collect();
    Some(json!({
        "format": "oplossingscentrum dossier 1",
        "made_at": moment(now),
        "order": {
            "reference": order.reference.as_str(),
            "known_as": order.known_as(),
            "title": order.title,
            "customer": overview.name(crate::domain::Party::Customer),
            "freelancer": overview.name(crate::domain::Party::Freelancer),
            "status": order.status.code(),
            "price_cents": order.price.cents,
            "delivery_date": order.delivery_date.to_string(),
        },
        "events": events,
        "count": chain.links.len(),
        "head": head,
        "fingerprint": fingerprint(head),
        "fingerprint_since": overview.fingerprint_since.map(moment),
        "html": html,
    }))
}

fn event(dossier: &Dossier, link: &Link, facts: &Value, hash: &str) -> Value {
    let mut event = json!({ "facts": facts, "hash": hash });
    if let Some((salt, text)) = link.words.as_ref().and_then(|words| words.said.as_ref()) {
        event["salt"] = salt.as_str().into();
        event["text"] = text.as_str().into();
        if !event["facts"]["titles"].is_null() {
            event["titles"] = titles(dossier, link);
        }
    }
    let opened = link.event.dispute.filter(|_| link.event.kind == EventKind::Opened);
    if let Some(reached) = opened.and_then(|number| dossier.reached(number)) {
        event["mailed_at"] = reached.mailed_at.map(moment).into();
        event["seen_at"] = reached.seen_at.map(moment).into();
    }
    if let Some(at) = link.event.erased_at {
        event["erased_at"] = moment(at).into();
    }
    event
}

/// The titles of the extras that an event asks for.
fn titles(dossier: &Dossier, link: &Link) -> Value {
    dossier.dispute(&link.event).map(|dispute| chain::asked_titles(&dispute.ask)).unwrap_or_default().into()
}

fn moment(at: DateTime<Utc>) -> String {
    at.to_rfc3339_opts(SecondsFormat::Secs, true)
}
