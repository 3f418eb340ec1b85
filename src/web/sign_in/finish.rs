//! The last step of every way to sign in.

use actix_web::HttpResponse;

use crate::operations::accounts::devices::Begun;
use crate::paths;
use crate::web::layout::Page;
use crate::web::respond::see_other;

/// Redirects to that page when the session began, or to the sign-in page when the account changed in the meantime.
pub(in crate::web) fn go_on(page: &Page, begun: Begun, next: &str) -> HttpResponse {
    match begun {
        Begun::Yes => see_other(next),
        Begun::TooManyUnfinished(seconds) => {
            page.redirect_with_flash(paths::SIGN_IN, &page.words.sign_in_too_many(seconds.div_ceil(60)))
        }
        Begun::AccountChanged => page.redirect_with_flash(paths::SIGN_IN, &page.words.sign_in_account_changed()),
    }
}
