//! Keeps the words of refused forms: every refusal gives them back to their writer (rules 14).
//!
//! Words go back to their writer only. A form says, sealed, whose page it stands on. While that account is signed in, the
//! page of the refusal shows them; when it is not, they are kept, hidden, until it is.

use actix_web::cookie::Cookie;
use actix_web::cookie::time::Duration;
use actix_web::dev::ServiceRequest;
use actix_web::{HttpMessage, HttpRequest};

use crate::domain::AccountId;
use crate::http::context::{RequestContext, kept_words_cookie};
use crate::operations::accounts::kept_words;
pub(super) use crate::operations::accounts::kept_words::find;
use crate::paths;
use crate::secret::Secret;
use crate::settings::Settings;
use crate::web::cookie::host_cookie;
use crate::web::csrf;
use crate::web::error::Error;
use crate::web::form::{PostForm, return_path};
use crate::web::session::CurrentSession;

/// What a writer's seal is for.
const WRITER: &str = "writer";

/// What became of the words of a form that was refused.
#[derive(Default)]
pub(super) struct Salvaged {
    /// The words, to be shown to their writer.
    pub text: Option<String>,
    /// They are kept for their writer. With this cookie the page that they belong to looks for them.
    pub cookie: Option<Cookie<'static>>,
}

/// The mark of a request that one of our own pages sent.
struct SameOrigin;

/// Notes whether one of our own pages sent a request, for what may be given back later.
pub(super) fn note_origin(request: &ServiceRequest) {
    if csrf::is_proven_same_origin(request) {
        request.extensions_mut().insert(SameOrigin);
    }
}

/// Whether one of our own pages sent it.
pub(super) fn is_ours(request: &HttpRequest) -> bool {
    request.extensions().contains::<SameOrigin>()
}

/// An account as a form names its writer.
pub(super) fn writer(secret: &Secret, account: AccountId) -> String {
    secret.name(WRITER, &account.0.to_string())
}

/// Saves the words of a form that was refused for this reason.
pub(super) async fn salvage(request: &HttpRequest, error: &Error) -> Salvaged {
    if request.method().is_safe() {
        return Salvaged { text: kept_for(request).await, cookie: None };
    }
    let posted = PostForm::unguarded(request);
    let fields = posted.typed();
    let text = as_text(&fields);
    if text.is_empty() || !is_ours(request) {
        return Salvaged::default();
    }
    if request.path().starts_with(paths::ANSWER) {
        // The address is its reader's alone, and works without a session.
        return Salvaged { text: Some(text), cookie: None };
    }
    let context = RequestContext::from_request(request);
    // Nothing when the session could not be read.
    let session = CurrentSession::loaded(request).map(|session| session.user().map(|user| user.person.id));
    let writer = read_writer(&context.app.settings.secret, posted.get("writer"));
    let (is_shown, keeper) = match (session, writer) {
        (Some(Some(reader)), Some(writer)) if reader != writer => (false, Some(writer)),
        (Some(Some(_)), writer) => (true, writer.filter(|_| matches!(error, Error::Forbidden))),
        (Some(None), Some(writer)) => (false, Some(writer)),
        (Some(None), None) => (false, None),
        // Who sent it still has the words on the screen.
        (None, _) => (true, None),
    };
    let cookie = match keeper {
        Some(account) => keep(&context, account, return_path(request), fields).await.unwrap_or_default(),
        None => None,
    };
    let is_shown = is_shown || (cookie.is_none() && session == Some(None) && writer.is_some());
    Salvaged { text: is_shown.then_some(text), cookie }
}

/// The kept words of this page's reader, when the page can no longer show the form.
async fn kept_for(request: &HttpRequest) -> Option<String> {
    let context = RequestContext::from_request(request);
    let account = CurrentSession::loaded(request)?.user()?.person.id;
    if !context.has_kept_words {
        return None;
    }
    let (secret, page, wall) = (context.app.settings.secret.clone(), context.path.clone(), context.times.wall);
    let find = move |store: &_| kept_words::find(store, &secret, (account, &page), wall);
    let fields = context.app.read_inline(find).await.ok()?.ok()??;
    Some(as_text(&fields)).filter(|text| !text.is_empty())
}

/// Keeps words for that account and page. Nothing when there was no room.
pub(super) async fn keep(
    context: &RequestContext,
    account: AccountId,
    page: String,
    fields: kept_words::Fields,
) -> Result<Option<Cookie<'static>>, Error> {
    let (settings, wall) = (context.app.settings.clone(), context.times.wall);
    let keep = move |store: &_| kept_words::keep(store, &settings.secret, (account, &page), &fields, wall);
    let is_kept = context.app.run_blocking(keep).await??;
    Ok(is_kept.then(|| mark(&context.app.settings)))
}

/// Forgets words that were kept and have been sent now. When that fails they are only offered once more.
pub(super) async fn forget_sent(request: &HttpRequest) {
    let context = RequestContext::from_request(request);
    let posted = PostForm::unguarded(request);
    let user = CurrentSession::loaded(request).and_then(|session| session.user());
    let is_sent = context.has_kept_words && !posted.get("writer").is_empty() && posted.get("step").is_empty();
    let Some(user) = user.filter(|_| is_sent) else { return };
    let (account, page) = (user.person.id, return_path(request));
    let page = page.strip_suffix("/accept").unwrap_or(&page).to_owned();
    let forget = move |store: &_| kept_words::forget(store, account, &page);
    if let Ok(Err(error)) = context.app.run_blocking(forget).await {
        tracing::warn!(%error, "kept words could not be forgotten");
    }
}

/// The account that a form names as its writer, if the name is ours.
fn read_writer(secret: &Secret, named: &str) -> Option<AccountId> {
    secret.named(WRITER, named)?.parse().ok().map(AccountId)
}

/// What was typed, as one text to copy.
fn as_text(fields: &[(String, String)]) -> String {
    let typed = fields.iter().filter(|(name, _)| is_text(name)).map(|(_, text)| text.trim());
    typed.filter(|text| !text.is_empty()).collect::<Vec<_>>().join("\n\n")
}

/// Whether that field holds words of a person.
fn is_text(name: &str) -> bool {
    ["comment", "when", "extra_title[]", "extra_price[]"].contains(&name)
}

/// A browser looks for kept words for as long as they are kept.
fn mark(settings: &Settings) -> Cookie<'static> {
    host_cookie(settings, kept_words_cookie(settings), "1", Duration::hours(kept_words::KEPT_HOURS))
}
