//! Answers: a page with its status, or a redirect.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::http::header::{CACHE_CONTROL, HeaderName, HeaderValue, LOCATION, RETRY_AFTER};
use askama::Template;

use crate::paths;
use crate::web::error::Error;

const CLEAR_SITE_DATA: HeaderName = HeaderName::from_static("clear-site-data");
/// The bytes that are set aside for a page: what is larger is copied as it grows.
const PAGE_BYTES: usize = 40 * 1024;

/// Shows a template.
pub(super) fn html(template: &impl Template) -> Result<HttpResponse, Error> {
    with_status(StatusCode::OK, template)
}

/// Gives a form back with what is wrong in it.
pub(super) fn unprocessable(template: &impl Template) -> Result<HttpResponse, Error> {
    with_status(StatusCode::UNPROCESSABLE_ENTITY, template)
}

/// Gives a form back after too many attempts, with the seconds to wait.
pub(super) fn too_many_requests(template: &impl Template, seconds: u64) -> Result<HttpResponse, Error> {
    let mut answer = with_status(StatusCode::TOO_MANY_REQUESTS, template)?;
    answer.headers_mut().insert(RETRY_AFTER, seconds.into());
    Ok(answer)
}

/// Gives a form back with what is wrong in it, and with the seconds to wait, if there are any.
pub(super) fn rejected(template: &impl Template, wait: Option<u64>) -> Result<HttpResponse, Error> {
    wait.map_or_else(|| unprocessable(template), |seconds| too_many_requests(template, seconds))
}

/// Shows a template with that status.
pub(super) fn with_status(status: StatusCode, template: &impl Template) -> Result<HttpResponse, Error> {
    let mut html = String::with_capacity(PAGE_BYTES);
    template.render_into(&mut html).map_err(|error| Error::internal(&error))?;
    Ok(HttpResponse::build(status)
        .content_type("text/html; charset=utf-8")
        .insert_header((CACHE_CONTROL, "no-store"))
        .body(html))
}

/// Where a browser goes that was signed out. It forgets the pages that it kept.
pub(super) fn signed_out() -> HttpResponse {
    let mut answer = see_other(paths::SIGN_IN);
    answer.headers_mut().insert(CLEAR_SITE_DATA, HeaderValue::from_static("\"cache\""));
    answer
}

/// A redirect to a page that can be reloaded.
pub(super) fn see_other(path: &str) -> HttpResponse {
    HttpResponse::SeeOther().insert_header((LOCATION, path)).finish()
}
