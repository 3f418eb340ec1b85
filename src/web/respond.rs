//! Answers: a page with its status, or a redirect.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::http::header::{CACHE_CONTROL, HeaderName, HeaderValue, LOCATION, REFERRER_POLICY, RETRY_AFTER};
use askama::Template;

use crate::paths;
use crate::web::error::Error;

const CLEAR_SITE_DATA: HeaderName = HeaderName::from_static("clear-site-data");
/// The bytes that are reserved for a page: a larger page is copied as it grows.
const PAGE_BYTES: usize = 40 * 1024;

/// Shows a template.
pub(super) fn html(template: &impl Template) -> Result<HttpResponse, Error> {
    with_status(StatusCode::OK, template)
}

/// Shows a form again with its errors (422).
pub(super) fn unprocessable(template: &impl Template) -> Result<HttpResponse, Error> {
    with_status(StatusCode::UNPROCESSABLE_ENTITY, template)
}

/// Shows a form again after too many attempts, with the seconds to wait (429).
pub(super) fn too_many_requests(template: &impl Template, seconds: u64) -> Result<HttpResponse, Error> {
    let mut answer = with_status(StatusCode::TOO_MANY_REQUESTS, template)?;
    answer.headers_mut().insert(RETRY_AFTER, seconds.into());
    Ok(answer)
}

/// Shows a form again with its errors, and with the seconds to wait, if there are any.
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

/// Keeps the address of a page, which is a secret, out of the `Referer` of other requests. `no-referrer` would be too strict:
/// a browser would then hide the origin of the page's own form, and the check for cross-site requests would refuse it.
pub(super) fn discreet(mut answer: HttpResponse) -> HttpResponse {
    answer.headers_mut().insert(REFERRER_POLICY, HeaderValue::from_static("strict-origin"));
    answer
}

/// The redirect after signing out. It tells the browser to clear the pages that it stored.
pub(super) fn signed_out(next: &str) -> HttpResponse {
    let mut answer = if next == paths::HOME { see_other(paths::SIGN_IN) } else { see_other(&paths::sign_in(next)) };
    answer.headers_mut().insert(CLEAR_SITE_DATA, HeaderValue::from_static("\"cache\""));
    answer
}

/// A redirect to a page that can be reloaded.
pub(super) fn see_other(path: &str) -> HttpResponse {
    HttpResponse::SeeOther().insert_header((LOCATION, path)).finish()
}
