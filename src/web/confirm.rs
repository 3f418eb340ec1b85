//! The password once more, before somebody changes how they sign in: whoever finds a browser open cannot (OWASP ASVS 5,
//! 7.5.1).

use super::error::Error;
use super::form::{Form, Posted};
use super::viewer::Member;
use crate::center::accounts::{self, SignIn};
use crate::clock::real_now;

/// Compares the posted `current_password` with the account's, and says in the form what is wrong with it, at the field
/// with that `id`. Answers with the seconds to wait after too many attempts.
pub(super) async fn password(
    member: &Member,
    posted: &Posted,
    id: &'static str,
    form: &mut Form,
) -> Result<Option<u64>, Error> {
    let (page, person) = (&member.page, member.person.clone());
    let typed = posted.get("current_password").to_owned();
    if typed.is_empty() {
        form.refuse(id, page.words.current_password_missing());
        return Ok(None);
    }
    match page.ask_slowly(move |store| accounts::confirm(store, &person, &typed, real_now())).await? {
        SignIn::Welcome(_) | SignIn::CodeNeeded(_) => Ok(None),
        SignIn::Wrong => {
            form.refuse(id, page.words.current_password_wrong());
            Ok(None)
        }
        SignIn::TooMany(seconds) => {
            form.refuse(id, page.words.sign_in_too_many(seconds.div_ceil(60)));
            Ok(Some(seconds))
        }
    }
}
