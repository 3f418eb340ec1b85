//! The page "How it works". Every number on it comes from the table of the rules.

use actix_web::HttpResponse;
use askama::Template;
use strum::VariantArray;

use crate::domain::orders::kind::Silence;
use crate::domain::orders::limits;
use crate::domain::{Kind, Party};
use crate::i18n::{Words, labels};
use crate::web::error::Error;
use crate::web::layout::Page;
use crate::web::respond::html;

#[derive(Template)]
#[template(path = "site/help.html")]
struct HelpPage<'a> {
    page: &'a Page,
    table: Vec<ResponseTime>,
    update_days: u32,
    cancel_hours: u32,
    change_days: u32,
}

/// A row of the table, in words.
struct ResponseTime {
    what: String,
    who: String,
    window: String,
    silence: String,
}

/// Shows the help page, also to people who are not signed in.
pub(in crate::web) async fn show(page: Page) -> Result<HttpResponse, Error> {
    html(&HelpPage {
        table: Kind::VARIANTS.iter().map(|kind| row(page.words, *kind)).collect(),
        update_days: Kind::Update.terms().window_days(),
        cancel_hours: Kind::Cancellation.terms().window_hours,
        change_days: Kind::Change.terms().window_days(),
        page: &page,
    })
}

fn row(words: &Words, kind: Kind) -> ResponseTime {
    let terms = kind.terms();
    ResponseTime {
        what: labels::kind(words, kind),
        who: match terms.openers {
            [Party::Customer] => words.help_who_customer(),
            [Party::Freelancer] => words.help_who_freelancer(),
            _ => words.help_who_both(),
        },
        window: match kind {
            Kind::Cancellation => words.hours(terms.window_hours),
            Kind::Update | Kind::Change => words.days(terms.window_days()),
        },
        silence: match (terms.silence, kind) {
            (Silence::Cancels, _) => words.help_silence_cancellation(),
            (Silence::Resumes, Kind::Change) => words.help_silence_change(),
            (Silence::Resumes, Kind::Update | Kind::Cancellation) => words.help_silence_update(),
        },
    }
}
