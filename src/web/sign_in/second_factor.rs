//! The second step of signing in: the code of an app, or a recovery code.

use actix_web::HttpResponse;
use askama::Template;

use crate::domain::Account;
use crate::operations::accounts::limits::Way;
use crate::operations::accounts::second_factor::{self, CodeAttempt, CodeCheck};
use crate::paths::local_path;
use crate::turns::Caller;
use crate::web::access::AwaitingSecondFactor;
use crate::web::error::Error;
use crate::web::form::{Form, PostForm};
use crate::web::known_device;
use crate::web::layout::Page;
use crate::web::query::QueryParams;
use crate::web::respond::{html, rejected};
use crate::web::session::{CurrentSession, Proof};
use crate::web::sign_in::finish;

#[derive(Template)]
#[template(path = "sign_in/second_factor.html")]
struct CodePage<'a> {
    page: &'a Page,
    form: Form,
    next: &'a str,
}

/// Shows the form for the code.
pub(in crate::web) async fn form(awaiting: AwaitingSecondFactor, params: QueryParams) -> Result<HttpResponse, Error> {
    let next = params.get("next").map_or("/", |next| local_path(next));
    html(&CodePage { page: &awaiting.page, form: Form::default(), next })
}

/// Signs the account in when its code is right.
pub(in crate::web) async fn check(
    awaiting: AwaitingSecondFactor,
    session: CurrentSession,
    posted: PostForm,
) -> Result<HttpResponse, Error> {
    let AwaitingSecondFactor { page, person } = awaiting;
    let (next, mut form) = (posted.next(), Form::default());
    let wait = prove(&page, &person, posted.get("code"), session.proof(), &mut form).await?;
    if !form.is_fine() {
        return rejected(&CodePage { page: &page, form, next }, wait);
    }
    let begun = session.sign_in(&person, session.proof()).await?;
    Ok(finish::go_on(&page, begun, next))
}

/// Uses a code up that follows on that first step. When it does not work, an error goes into the form. Returns the seconds to
/// wait after too many attempts.
pub(in crate::web) async fn prove(
    page: &Page,
    person: &Account,
    code: &str,
    first: Proof,
    form: &mut Form,
) -> Result<Option<u64>, Error> {
    let (message, wait) = match attempt(page, person, code, first).await? {
        Some(CodeCheck::Right) => {
            page.app.wake.notify_one();
            return Ok(None);
        }
        Some(CodeCheck::Wrong) => {
            page.app.metrics.sign_in_failed("code");
            page.app.wake.notify_one();
            (page.words.second_step_wrong(), None)
        }
        Some(CodeCheck::TooMany(seconds)) => (page.words.second_step_too_many(seconds.div_ceil(60)), Some(seconds)),
        None => (page.words.second_step_missing(), None),
    };
    form.refuse("code", message);
    Ok(wait)
}

/// Tries a code; `None` when none was typed.
async fn attempt(page: &Page, person: &Account, code: &str, proof: Proof) -> Result<Option<CodeCheck>, Error> {
    let code = code.trim().to_owned();
    if code.is_empty() {
        return Ok(None);
    }
    let (secret, person, now) = (page.app.settings.secret.clone(), person.clone(), page.times);
    let way = match (known_device::find(&page.context, person.id).await?, proof) {
        (Some(device), _) => Way::KnownDevice(device),
        (None, Proof::Link) => Way::Link,
        (None, Proof::Marketplace) => Way::Marketplace,
        (None, Proof::Password) => Way::Password(page.context.client_address),
    };
    // One turn is reserved for callers that the account knows.
    let address = page.context.client_address;
    let caller = if matches!(way, Way::Password(_)) { Caller::anyone(address) } else { Caller::Known(person.id) };
    let attempt = CodeAttempt { code, way, by: page.by() };
    let check = move |store: &_, turn: &mut _| second_factor::check(store, turn, &secret, &person, &attempt, now);
    page.run_cpu_heavy(caller, check).await.map(Some)
}
