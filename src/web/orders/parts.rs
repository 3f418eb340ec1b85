//! The part of a change that an answer is about.

use crate::domain::{Part, Refusal};
use crate::web::access::DisputeAccess;
use crate::web::error::Error;
use crate::web::query::QueryParams;

/// The part of a change that is accepted: all of it unless the form or the address names another.
pub(super) fn part_of(access: &DisputeAccess, posted: Option<&str>, params: &QueryParams) -> Result<Part, Error> {
    let named = posted.or_else(|| params.get("part").map(String::as_str)).unwrap_or(Part::All.into());
    let part: Part = named.parse().map_err(|_| Error::NotFound)?;
    if part == Part::All || access.dispute().has_parts() {
        Ok(part)
    } else {
        Err(access.order.refused(Refusal::NotAsked))
    }
}
