//! The page "Cancellations": how to ask, what silence means, and what becomes of the order and its money. Every number on
//! it comes from the table of the rules.

use actix_web::HttpResponse;
use askama::Template;

use crate::domain::Kind;
use crate::domain::orders::limits;
use crate::web::error::Error;
use crate::web::layout::Page;
use crate::web::respond::html;

#[derive(Template)]
#[template(path = "site/cancelling.html")]
struct CancellingPage<'a> {
    page: &'a Page,
    hours: u32,
}

/// Shows the page, also to people who are not signed in.
pub(in crate::web) async fn show(page: Page) -> Result<HttpResponse, Error> {
    html(&CancellingPage { hours: Kind::Cancellation.terms().window_hours, page: &page })
}
