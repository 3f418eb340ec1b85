//! The page of a suspended account, which its owner sees after giving the right password.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use askama::Template;

use crate::web::error::Error;
use crate::web::layout::Page;
use crate::web::respond::with_status;

#[derive(Template)]
#[template(path = "sign_in/suspended.html")]
struct SuspendedPage<'a> {
    page: &'a Page,
}

/// Says that signing in is blocked, and where to ask why.
pub(in crate::web) fn page(page: &Page) -> Result<HttpResponse, Error> {
    with_status(StatusCode::FORBIDDEN, &SuspendedPage { page })
}
