//! The accessibility statement: what was tested, how, and what was not.

use actix_web::HttpResponse;
use askama::Template;
use chrono::NaiveDate;

use crate::i18n::time_markup;
use crate::web::error::Error;
use crate::web::layout::Page;
use crate::web::respond::html;
use crate::web::rich_text::RichText;

/// The day its sentences were last compared with the product.
const SAID_ON: NaiveDate = NaiveDate::from_ymd_opt(2026, 11, 24).expect("that day exists");

#[derive(Template)]
#[template(path = "site/accessibility.html")]
struct AccessibilityPage<'a> {
    page: &'a Page,
    said_on: RichText,
}

/// Shows the statement, also to people who are not signed in.
pub(in crate::web) async fn show(page: Page) -> Result<HttpResponse, Error> {
    let said_on = RichText(page.words.accessibility_date(time_markup::date(page.reader, SAID_ON)));
    html(&AccessibilityPage { page: &page, said_on })
}
