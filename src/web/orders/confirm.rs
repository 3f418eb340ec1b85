//! The page that asks once more before a step that cannot be taken back.

use askama::Template;

use crate::web::form::Form;
use crate::web::layout::Page;
use crate::web::rich_text::RichText;

/// Repeats the outcome; its form posts to the address of the step.
#[derive(Template)]
#[template(path = "orders/confirm.html")]
pub(super) struct ConfirmPage<'a> {
    pub page: &'a Page,
    pub form: Form,
    pub title: &'a str,
    pub question: String,
    pub outcome: RichText,
    pub action: String,
    pub back: String,
    pub next: String,
    pub button: String,
    pub icon: &'static str,
    /// The newest event of the order, when the step is an answer.
    pub seen: Option<i32>,
    /// The hint at a text that goes along, when one may.
    pub text_hint: Option<String>,
}
