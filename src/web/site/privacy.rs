//! The page that says what is kept of a person, why, how long, and who sees it. Every time on it comes from the setting or
//! the constant that the program itself uses.

use actix_web::HttpResponse;
use askama::Template;

use crate::i18n::{Words, labels};
use crate::operations::accounts::{kept_words, limits};
use crate::operations::mail::mail_queue;
use crate::settings::Settings;
use crate::web::error::Error;
use crate::web::layout::Page;
use crate::web::respond::html;

#[derive(Template)]
#[template(path = "site/privacy.html")]
struct PrivacyPage<'a> {
    page: &'a Page,
    table: Vec<Kept>,
    /// How long the words of a closed order are kept, in words.
    kept: String,
}

/// A row of the table, in words.
struct Kept {
    what: String,
    why: String,
    how_long: String,
    who: String,
}

/// Shows the page, also to people who are not signed in.
pub(in crate::web) async fn show(page: Page) -> Result<HttpResponse, Error> {
    let kept = labels::duration(page.words, page.app.settings.retention.closed);
    let table = [between_people(page.words, &kept), of_the_account(page.words, &page.app.settings)]
        .into_iter()
        .flatten()
        .collect();
    html(&PrivacyPage { page: &page, table, kept })
}

fn row(what: String, why: String, how_long: String, who: String) -> Kept {
    Kept { what, why, how_long, who }
}

/// What the two parties of an order know of each other.
fn between_people(words: &Words, kept: &str) -> Vec<Kept> {
    vec![
        row(
            words.privacy_person(),
            words.privacy_person_why(),
            words.privacy_person_how_long(),
            words.privacy_person_who(),
        ),
        row(
            words.privacy_orders(),
            words.privacy_orders_why(),
            words.privacy_orders_how_long(kept),
            words.privacy_orders_who(),
        ),
        row(
            words.privacy_words(),
            words.privacy_words_why(),
            words.privacy_words_how_long(kept),
            words.privacy_words_who(),
        ),
    ]
}

/// What is about the account alone.
fn of_the_account(words: &Words, settings: &Settings) -> Vec<Kept> {
    let life = settings.session_life;
    vec![
        row(
            words.privacy_events(),
            words.privacy_events_why(),
            labels::duration(words, settings.retention.account_events),
            words.privacy_events_who(),
        ),
        row(
            words.privacy_devices(),
            words.privacy_devices_why(),
            words.privacy_devices_how_long(life.days, life.idle_days),
            words.privacy_devices_who(),
        ),
        row(
            words.privacy_password(),
            words.privacy_password_why(),
            words.privacy_password_how_long(),
            words.privacy_password_who(),
        ),
        row(
            words.privacy_choices(),
            words.privacy_choices_why(),
            words.privacy_choices_how_long(),
            words.privacy_choices_who(),
        ),
        row(
            words.privacy_mails(),
            words.privacy_mails_why(),
            words.privacy_mails_how_long(mail_queue::KEPT_DAYS),
            words.privacy_mails_who(),
        ),
        row(
            words.privacy_failures(),
            words.privacy_failures_why(),
            words.privacy_failures_how_long(limits::KEPT_HOURS),
            words.privacy_failures_who(),
        ),
        row(
            words.privacy_unsent(),
            words.privacy_unsent_why(),
            words.privacy_unsent_how_long(kept_words::KEPT_HOURS),
            words.privacy_unsent_who(),
        ),
    ]
}
