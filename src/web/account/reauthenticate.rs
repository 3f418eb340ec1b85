//! The password once more, before somebody changes how they sign in: whoever finds a browser open cannot (OWASP ASVS 5,
//! 7.5.1).

use crate::operations::accounts::sign_in::{self, SignIn};
use crate::web::access::SignedIn;
use crate::web::error::Error;
use crate::web::form::{Form, PostForm};

/// Compares the posted `current_password` with the account's, and says in the form what is wrong with it, at the field
/// with that `id`. Answers with the seconds to wait after too many attempts.
pub(in crate::web) async fn password(
    signed_in: &SignedIn,
    posted: &PostForm,
    id: &'static str,
    form: &mut Form,
) -> Result<Option<u64>, Error> {
    let (page, person) = (&signed_in.page, signed_in.person.clone());
    let typed = posted.get("current_password").to_owned();
    if typed.is_empty() {
        form.refuse(id, page.words.current_password_missing());
        return Ok(None);
    }
    let (secret, wall) = (page.app.settings.secret.clone(), page.times.wall);
    let session = page.session_key_hash().unwrap_or_default();
    let confirm = move |store: &_| sign_in::confirm(store, &secret, (&person, &session), &typed, wall);
    match page.run_cpu_heavy(confirm).await? {
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
