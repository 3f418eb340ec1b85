//! Checks a dossier that was kept: whether its events are still those that its fingerprint stands for.

use serde_json::Value;

use crate::domain::audit::chain::{fingerprint, hash, salted_hash, typed};

/// A dossier that is in order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sound {
    /// How many events it has.
    pub events: usize,
    /// Its fingerprint.
    pub fingerprint: String,
    /// The number of the event whose fingerprint was given, as far as one was.
    pub told_at: Option<usize>,
}

/// Checks the content of `dossier.json`, and whether an event has that fingerprint, which an older mail may tell.
///
/// # Errors
///
/// What is wrong, in words, one for each fault.
pub fn verify(dossier: &Value, given: Option<&str>) -> Result<Sound, Vec<String>> {
    let no_events = Vec::new();
    let events = dossier["events"].as_array().unwrap_or(&no_events);
    let (mut wrong, mut previous, mut told_at) = (Vec::new(), "", None);
    for (number, event) in (1_usize..).zip(events) {
        let facts = &event["facts"];
        if facts["number"] != number || facts["order"] != dossier["order"]["reference"] {
            wrong.push(format!("event {number} is not in its place"));
        }
        let stored = event["hash"].as_str().unwrap_or_default();
        if hash(previous, facts) != stored {
            wrong.push(format!("event {number} is not what its hash says"));
        }
        previous = stored;
        wrong.extend(words(number, event));
        if given.is_some_and(|given| fingerprint(stored) == typed(given)) {
            told_at = Some(number);
        }
    }
    let head = fingerprint(previous);
    let is_whole = dossier["count"] == events.len() && dossier["head"] == previous;
    if !is_whole || dossier["fingerprint"] != head.as_str() || events.is_empty() {
        wrong.push("the last events are missing, or some were added".to_owned());
    }
    if given.is_some() && told_at.is_none() {
        wrong.push("no event has the fingerprint that you gave".to_owned());
    }
    if wrong.is_empty() { Ok(Sound { events: events.len(), fingerprint: head, told_at }) } else { Err(wrong) }
}

/// What a site signs of a dossier: the site, the order, how many events it has, the last hash, when it was told, and the hash
/// of `dossier.json` as a whole.
#[must_use]
pub fn statement(site: &str, dossier: &Value, hash: &str) -> String {
    let told = [&dossier["order"]["reference"], &dossier["head"], &dossier["made_at"]];
    let [order, head, at] = told.map(|value| value.as_str().unwrap_or_default());
    format!("{site}\n{order}\n{}\n{head}\n{at}\n{hash}\n", dossier["count"])
}

/// What is wrong with the words of an event.
fn words(number: usize, event: &Value) -> Vec<String> {
    let titles = event["titles"].as_array();
    let titles = titles.map(|titles| titles.iter().filter_map(Value::as_str).collect::<Vec<_>>().join("\n"));
    let salt = event["salt"].as_str().unwrap_or_default();
    let said = [("text", event["text"].as_str().map(str::to_owned)), ("titles", titles)];
    let fault = |(kind, said): (&str, Option<String>)| {
        let hash = event["facts"][kind].as_str();
        match said {
            None if hash.is_some() && event["erased_at"].is_null() => Some(format!("event {number} lacks its {kind}")),
            Some(said) if Some(salted_hash(salt, &said).as_str()) != hash => {
                Some(format!("event {number} does not have its {kind} of then"))
            }
            _ => None,
        }
    };
    said.into_iter().filter_map(fault).collect()
}
