//! Asks a signed-in person to prove again who they are, before a change of how they sign in and before a lasting key is
//! shown: an open browser is not enough (OWASP ASVS 5, 7.5.1). The password is proof, and so is having come
//! in shortly before by a link from the account's mailbox or through the marketplace (decision 16).

use crate::domain::Account;
use crate::operations::accounts::sign_in::{self, Confirmation, SignIn};
use crate::turns::Caller;
use crate::web::access::SignedIn;
use crate::web::error::Error;
use crate::web::form::{Form, PostForm};
use crate::web::layout::Page;

/// Whether there is proof already. Then no password is asked.
pub(in crate::web) fn is_proven(signed_in: &SignedIn) -> bool {
    signed_in.page.is_proven()
}

/// Asks for the password, unless there is proof already. An error goes into the form, at the field with that `id`.
/// Returns the seconds to wait after too many attempts.
pub(in crate::web) async fn prove(
    signed_in: &SignedIn,
    posted: &PostForm,
    id: &'static str,
    form: &mut Form,
) -> Result<Option<u64>, Error> {
    if is_proven(signed_in) { Ok(None) } else { password(signed_in, posted, id, form).await }
}

/// Compares the posted `current_password` with the account's. An error goes into the form, at the field with that `id`.
/// Returns the seconds to wait after too many attempts.
pub(in crate::web) async fn password(
    signed_in: &SignedIn,
    posted: &PostForm,
    id: &'static str,
    form: &mut Form,
) -> Result<Option<u64>, Error> {
    let counted_for = signed_in.page.session_key_hash().unwrap_or_default();
    let asked = Asked { page: &signed_in.page, person: &signed_in.person, counted_for };
    compare(asked, posted.get("current_password"), id, form).await
}

/// Whose password is asked again, and where its wrong attempts are counted.
pub(in crate::web) struct Asked<'a> {
    pub page: &'a Page,
    pub person: &'a Account,
    /// A name that only a reader of this page has: of the session, or of the link of a mail.
    pub counted_for: String,
}

/// Compares a password with the account's. An error goes into the form, at the field with that `id`. Returns the seconds to
/// wait after too many attempts.
pub(in crate::web) async fn compare(
    Asked { page, person, counted_for }: Asked<'_>,
    password: &str,
    id: &'static str,
    form: &mut Form,
) -> Result<Option<u64>, Error> {
    if password.is_empty() {
        form.refuse(id, page.words.current_password_missing());
        return Ok(None);
    }
    let (secret, wall) = (page.app.settings.secret.clone(), page.times.wall);
    let asked = Confirmation { account: person.clone(), session: counted_for, password: password.to_owned() };
    let confirm = move |store: &_, turn: &mut _| sign_in::confirm(store, turn, &secret, asked, wall);
    match page.run_cpu_heavy(Caller::Known(person.id), confirm).await? {
        SignIn::Accepted(_) | SignIn::CodeNeeded(_) | SignIn::Suspended => Ok(None),
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
