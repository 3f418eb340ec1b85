//! The accessibility statement: what was tested, how, and what was not.

use actix_web::HttpResponse;
use askama::Template;
use chrono::NaiveDate;

use super::error::Error;
use super::page::{Page, html};
use super::show::Rich;
use crate::i18n::marks;

/// The day its sentences were last held beside the product.
const SAID_ON: NaiveDate = NaiveDate::from_ymd_opt(2026, 11, 24).expect("that day exists");

#[derive(Template)]
#[template(path = "accessibility.html")]
struct AccessibilityPage<'a> {
    page: &'a Page,
    said_on: Rich,
}

/// Shows the statement, also to people who are not signed in.
pub(super) async fn show(page: Page) -> Result<HttpResponse, Error> {
    let said_on = Rich(page.words.accessibility_date(marks::date(page.reader, SAID_ON)));
    html(&AccessibilityPage { page: &page, said_on })
}
