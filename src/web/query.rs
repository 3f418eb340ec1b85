//! Query strings: the parameters of a page, and the links to the other pages of a list.

use std::collections::HashMap;

use actix_web::web;
use chrono::{DateTime, Datelike, Utc};

use crate::domain::Reference;

/// The query of an address, by name.
pub(in crate::web) type QueryParams = web::Query<HashMap<String, String>>;

/// The links to the other pages of a list.
#[derive(Default)]
pub(in crate::web) struct Pages {
    pub first: Option<String>,
    pub next: Option<String>,
}

impl Pages {
    /// Makes the links with the list's own parameters, except for where the page begins.
    pub fn new(path: &str, params: &HashMap<String, String>, next: Option<&str>) -> Self {
        let mut kept: Vec<(&str, &str)> = params
            .iter()
            .filter(|(name, value)| *name != "after" && !value.is_empty())
            .map(|(name, value)| (name.as_str(), value.as_str()))
            .collect();
        kept.sort_unstable();
        let address = |pairs: &[(&str, &str)]| {
            let query = serde_html_form::to_string(pairs).unwrap_or_default();
            if query.is_empty() { path.to_owned() } else { format!("{path}?{query}") }
        };
        let first = params.contains_key("after").then(|| address(&kept));
        let next = next.map(|after| {
            let mut further = kept.clone();
            further.push(("after", after));
            address(&further)
        });
        Self { first, next }
    }
}

/// A place in a list, as it stands in an address: a moment, an order and a number.
pub(in crate::web) fn cursor(at: DateTime<Utc>, reference: Reference, number: i32) -> String {
    format!("{}.{reference}.{number}", at.timestamp_micros())
}

/// Parses a place; a malformed one means the beginning of the list.
pub(in crate::web) fn parse_cursor(written: &str) -> Option<(DateTime<Utc>, Reference, i32)> {
    let mut parts = written.split('.');
    let at = DateTime::from_timestamp_micros(parts.next()?.parse().ok()?)?;
    // PostgreSQL knows fewer years than Chrono.
    if !(1900..2200).contains(&at.year()) {
        return None;
    }
    Some((at, parts.next()?.parse().ok()?, parts.next()?.parse().ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_in_a_list_survives_its_address() {
        let at = "2026-11-24T13:05:00.123456Z".parse().unwrap();
        let reference = "OC-7K3M9QXA".parse().unwrap();
        assert_eq!(parse_cursor(&cursor(at, reference, 3)), Some((at, reference, 3)));
        for nonsense in ["", "x", "1.OC-7K3M9QXA", "1.nope.2", "999999999999999999999.OC-7K3M9QXA.1"] {
            assert_eq!(parse_cursor(nonsense), None, "{nonsense}");
        }
    }

    #[test]
    fn the_way_to_the_next_page_keeps_what_was_asked() {
        let asked = HashMap::from([("q".to_owned(), "logo & co".to_owned()), ("after".to_owned(), "x".to_owned())]);
        let pages = Pages::new("/orders", &asked, Some("y"));
        assert_eq!(pages.first.as_deref(), Some("/orders?q=logo+%26+co"));
        assert_eq!(pages.next.as_deref(), Some("/orders?q=logo+%26+co&after=y"));
    }
}
