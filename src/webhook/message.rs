//! A message: the bytes that are sent about an entry, the same at every try.

use chrono::{DateTime, Utc};
use serde::Serialize;

use crate::api::representation::{EntryBody, moment};
use crate::operations::marketplace::feed::Entry;
use crate::settings::Settings;
use crate::webhook::sign::signatures;

/// The type of a message that only tries an endpoint.
pub const PING: &str = "ping";

/// A message to an endpoint.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Message {
    /// Its id, by which a receiver knows it again.
    pub id: String,
    /// The type of the entry.
    pub kind: &'static str,
    /// The body.
    pub body: String,
}

#[derive(Serialize)]
struct Body<'a, D> {
    r#type: &'a str,
    timestamp: String,
    data: D,
}

fn body(kind: &str, at: DateTime<Utc>, data: impl Serialize) -> String {
    serde_json::to_string(&Body { r#type: kind, timestamp: moment(at), data }).expect("its keys are texts")
}

impl Message {
    /// The message about an entry.
    #[must_use]
    pub fn new(entry: &Entry, settings: &Settings) -> Self {
        let kind = entry.kind.into();
        Self { id: entry.id.clone(), kind, body: body(kind, entry.occurred_at, EntryBody::new(entry, settings)) }
    }

    /// A message that only tries an endpoint.
    #[must_use]
    pub fn ping(now: DateTime<Utc>) -> Self {
        let id = format!("evt_{:032x}", rand::random::<u128>());
        Self { id, kind: PING, body: body(PING, now, serde_json::json!({})) }
    }

    /// The headers of a try at that moment.
    #[must_use]
    pub fn headers(&self, secrets: &[String], now: DateTime<Utc>) -> [(&'static str, String); 3] {
        let timestamp = now.timestamp();
        [
            ("webhook-id", self.id.clone()),
            ("webhook-timestamp", timestamp.to_string()),
            ("webhook-signature", signatures(secrets, &self.id, timestamp, &self.body)),
        ]
    }
}
