//! Reads a request: the id in its address, its body, and its conditions, that a thing is still as its sender knows it (RFC 9110,
//! 13.1).

use std::time::Duration;

use actix_web::HttpRequest;
use actix_web::http::header::{CONTENT_TYPE, HeaderName, IF_MATCH, IF_NONE_MATCH};
use actix_web::web::{Bytes, Payload};
use tokio::time::timeout;

use crate::api::problem::{Kind, Problem};
use crate::domain::ExternalId;

/// The most bytes of a body.
const MAX_BYTES: usize = 64 * 1024;
/// How long a body may take.
const PATIENCE: Duration = Duration::from_secs(10);

/// What the sender of a request expects to be there.
#[derive(Debug, Clone, Default)]
pub(super) struct Conditions {
    matches: Option<String>,
    none_matches: Option<String>,
}

impl Conditions {
    pub fn new(request: &HttpRequest) -> Self {
        let header = |name: HeaderName| {
            let values = request.headers().get_all(name).filter_map(|value| value.to_str().ok());
            let values: Vec<&str> = values.collect();
            (!values.is_empty()).then(|| values.join(", "))
        };
        Self { matches: header(IF_MATCH), none_matches: header(IF_NONE_MATCH) }
    }

    /// Whether a thing with that tag, or none, is what is expected.
    pub fn hold(&self, tag: Option<&str>) -> bool {
        let is_match = self.matches.as_deref().is_none_or(|expected| names(expected, tag));
        is_match && !self.is_known(tag)
    }

    /// Whether the sender has that state already, or wants to have nothing there.
    pub fn is_known(&self, tag: Option<&str>) -> bool {
        self.none_matches.as_deref().is_some_and(|known| names(known, tag))
    }
}

/// Whether a list of tags has that one; `*` is any.
fn names(list: &str, tag: Option<&str>) -> bool {
    tag.is_some_and(|tag| list.split(',').map(str::trim).any(|one| one == "*" || one == tag))
}

/// The most things of a page, and how many it has when the program does not say.
const MOST: usize = 100;
const USUAL: usize = 50;

/// Reads how many things a page is to have.
pub(super) fn page_size(written: Option<&str>) -> Result<usize, Problem> {
    let Some(written) = written else { return Ok(USUAL) };
    let size = written.parse().ok().filter(|size| (1..=MOST).contains(size));
    size.ok_or_else(|| Problem::parameter("limit", format!("It is a number from 1 to {MOST}.")))
}

/// Reads the id in an address.
pub(super) fn external_id(written: &str) -> Result<ExternalId, Problem> {
    written.parse().map_err(|_| Problem::new(Kind::NotFound, "The address has no id that there can be."))
}

/// Reads the body of a request, which is JSON.
///
/// # Errors
///
/// When it is declared to be something else, is too large, or takes too long.
pub(super) async fn body(request: &HttpRequest, payload: Payload) -> Result<Bytes, Problem> {
    let content_type = request.headers().get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let essence = content_type.split(';').next().unwrap_or_default().trim();
    if !essence.eq_ignore_ascii_case("application/json") {
        return Err(Problem::new(Kind::NotJson, "Send the body as application/json."));
    }
    match timeout(PATIENCE, payload.to_bytes_limited(MAX_BYTES)).await {
        Ok(Ok(Ok(body))) => Ok(body),
        Ok(Ok(Err(_))) => Err(Problem::new(Kind::Unreadable, "The body broke off.")),
        Ok(Err(_)) => Err(Problem::new(Kind::TooLarge, format!("A body has {MAX_BYTES} bytes at most."))),
        Err(_) => Err(Problem::new(Kind::TooSlow, format!("A body takes {} s at most.", PATIENCE.as_secs()))),
    }
}

#[cfg(test)]
mod tests {
    use actix_web::test::TestRequest;

    use super::*;

    fn conditions(header: &'static str, value: &'static str) -> Conditions {
        Conditions::new(&TestRequest::default().insert_header((header, value)).to_http_request())
    }

    #[test]
    fn a_thing_is_expected_to_be_there_as_it_is_known() {
        for (list, tag, holds) in [
            ("\"a\"", Some("\"a\""), true),
            ("\"b\", \"a\"", Some("\"a\""), true),
            ("\"b\"", Some("\"a\""), false),
            ("W/\"a\"", Some("\"a\""), false),
            ("*", Some("\"a\""), true),
            ("*", None, false),
            ("\"a\"", None, false),
        ] {
            assert_eq!(conditions("if-match", list).hold(tag), holds, "{list} {tag:?}");
            assert_eq!(conditions("if-none-match", list).hold(tag), !holds, "none of {list} {tag:?}");
        }
        assert!(Conditions::default().hold(None) && Conditions::default().hold(Some("\"a\"")));
    }
}
