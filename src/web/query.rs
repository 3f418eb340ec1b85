//! Query strings: the parameters of a page, and the links to the other pages of a list.

use std::collections::HashMap;

use actix_web::web;
use chrono::{DateTime, Datelike, Utc};

use crate::domain::Reference;

/// The query of an address, by name.
pub(in crate::web) type QueryParams = web::Query<HashMap<String, String>>;

/// The name of the places of the pages before the previous one.
const TRAIL: &str = "trail";

/// How many places an address keeps: a page further on has no way back but to the first.
const LONGEST_TRAIL: usize = 40;

/// The links to the other pages of a list.
#[derive(Default)]
pub(in crate::web) struct Pages {
    pub first: Option<String>,
    /// The page before this one, when it is not the first.
    pub previous: Option<String>,
    /// The number of this page, counted from 1.
    pub number: usize,
    pub next: Option<String>,
}

impl Pages {
    /// Makes the links with the list's own parameters, except for where the page begins.
    pub fn new(path: &str, params: &HashMap<String, String>, next: Option<&str>) -> Self {
        let mut kept: Vec<(&str, &str)> = params
            .iter()
            .filter(|(name, value)| !["after", TRAIL].contains(&name.as_str()) && !value.is_empty())
            .map(|(name, value)| (name.as_str(), value.as_str()))
            .collect();
        kept.sort_unstable();
        // The places of the pages before this one, so that there is a way back without script.
        let trail: Vec<&str> = params
            .get(TRAIL)
            .map(|trail| trail.split('~').filter(|place| !place.is_empty()).collect())
            .unwrap_or_default();
        let here = params.get("after").map(String::as_str).filter(|here| !here.is_empty());
        let address = |after: Option<&str>, trail: &[&str]| {
            let joined = trail.join("~");
            let mut pairs = kept.clone();
            pairs.extend(after.map(|after| ("after", after)));
            pairs.extend((!trail.is_empty() && trail.len() <= LONGEST_TRAIL).then_some((TRAIL, joined.as_str())));
            let query = serde_html_form::to_string(&pairs).unwrap_or_default();
            if query.is_empty() { path.to_owned() } else { format!("{path}?{query}") }
        };
        let first = here.map(|_| address(None, &[]));
        let previous = trail.split_last().map(|(last, before)| address(Some(last), before));
        let next = next.map(|after| {
            let behind: Vec<&str> = trail.iter().copied().chain(here).collect();
            address(Some(after), &behind)
        });
        let number = here.map_or(1, |_| trail.len() + 2);
        Self { first, previous, number, next }
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
        assert_eq!(pages.next.as_deref(), Some("/orders?q=logo+%26+co&after=y&trail=x"));
        assert_eq!((pages.number, pages.previous), (2, None), "the page before the second is the first");
    }

    #[test]
    fn from_the_third_page_on_there_is_a_way_to_the_page_before() {
        let params = |after: &str, trail: &str| {
            HashMap::from([("after".to_owned(), after.to_owned()), ("trail".to_owned(), trail.to_owned())])
        };
        let fourth = Pages::new("/orders", &params("d", "b~c"), Some("e"));
        assert_eq!(fourth.number, 4);
        assert_eq!(fourth.previous.as_deref(), Some("/orders?after=c&trail=b"));
        assert_eq!(fourth.next.as_deref(), Some("/orders?after=e&trail=b%7Ec%7Ed"));
    }
}
