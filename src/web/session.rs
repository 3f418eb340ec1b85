//! What a page does with the session it belongs to: who is signed in by it, the token of its forms, and what the next
//! page is to say.

use actix_session::{Session, SessionExt};
use actix_web::cookie::time::Duration;
use actix_web::cookie::{Cookie, SameSite};
use actix_web::{HttpRequest, HttpResponse};
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::clock::real_now;
use crate::config::Settings;
use crate::domain::AccountId;
use crate::operations::accounts::token;
use crate::web::error::Error;
use crate::web::layout::{Page, see_other};
use crate::web::middleware::Visit;
use crate::web::session_store::{ACCOUNT, ASKED, DEVICE, SINCE};
use crate::web::user_agent;

const CSRF: &str = "csrf";
const NOTICE: &str = "notice";
/// For how long the next page can say what a step came to, in seconds: it follows at once.
const NOTICE_SECONDS: i64 = 60;

impl Page {
    /// Goes on to another page, which says what this step came to. The browser brings that along: kept in the session it
    /// would take two writes that nobody can do without.
    pub fn go_on(&self, path: &str, notice: &str) -> HttpResponse {
        let mut answer = see_other(path);
        let hidden = self.app.settings.secret.hide(NOTICE, notice);
        // Without it the next page only says a little less.
        let _ = answer.add_cookie(&notice_cookie(&self.app.settings, &hidden, Duration::seconds(NOTICE_SECONDS)));
        answer
    }

    /// Signs an account in: a session with a new key and a new token, so that nothing from before it is of use (OWASP
    /// ASVS 5, 7.2.4).
    pub fn sign_in(&self, account: AccountId, request: &HttpRequest) -> Result<(), Error> {
        self.begin(ACCOUNT, account, request)
    }

    /// Remembers that somebody gave the right password, until they give the code of their second factor too.
    pub fn ask_for_code(&self, account: AccountId, request: &HttpRequest) -> Result<(), Error> {
        self.begin(ASKED, account, request)
    }

    fn begin(&self, what: &str, account: AccountId, request: &HttpRequest) -> Result<(), Error> {
        self.start_over()?;
        self.keep(what, account.0)?;
        self.keep(SINCE, real_now().timestamp_micros())?;
        self.keep(DEVICE, user_agent::of(request))
    }

    /// Remembers something as long as the session lasts.
    pub fn keep(&self, name: &str, value: impl Serialize) -> Result<(), Error> {
        let Some(session) = &self.session else { return Err(Error::Forbidden) };
        session.insert(name, value).map_err(|error| Error::internal(&error))
    }

    /// What the session remembers under that name.
    pub fn kept<T: DeserializeOwned>(&self, name: &str) -> Option<T> {
        self.session.as_ref()?.get(name).ok().flatten()
    }

    /// Forgets it.
    pub fn forget(&self, name: &str) {
        if let Some(session) = &self.session {
            session.remove(name);
        }
    }

    /// Begins a session of nobody, whoever was signed in: with a new key, and nothing of before in it.
    pub fn start_over(&self) -> Result<(), Error> {
        let Some(session) = &self.session else { return Err(Error::Forbidden) };
        session.clear();
        session.renew();
        new_csrf(session).map(drop)
    }

    /// Gives the session a new key, after the old ones were ended.
    pub fn renew_session(&self) {
        if let Some(session) = &self.session {
            session.renew();
        }
    }

    /// Ends the session, on the server too.
    pub fn sign_out(&self) {
        if let Some(session) = &self.session {
            session.purge();
        }
    }
}

/// The token that this session's forms carry; a session without one gets one.
pub(super) fn csrf_for(session: &Session) -> Result<String, Error> {
    session.get(CSRF).ok().flatten().map_or_else(|| new_csrf(session), Ok)
}

/// What the step before this page came to, which is said once.
pub(super) fn take_notice(request: &HttpRequest, visit: &Visit) -> Option<String> {
    let settings: &Settings = &visit.app.settings;
    let brought = request.cookie(notice_name(settings))?;
    visit.answers_with.borrow_mut().push(notice_cookie(settings, "", Duration::ZERO));
    settings.secret.reveal(NOTICE, brought.value())
}

fn notice_name(settings: &Settings) -> &'static str {
    if settings.is_https() { "__Host-notice" } else { NOTICE }
}

fn notice_cookie(settings: &Settings, value: &str, life: Duration) -> Cookie<'static> {
    Cookie::build(notice_name(settings), value.to_owned())
        .path("/")
        .http_only(true)
        .same_site(SameSite::Lax)
        .secure(settings.is_https())
        .max_age(life)
        .finish()
}

fn new_csrf(session: &Session) -> Result<String, Error> {
    let token = token::unguessable();
    session.insert(CSRF, &token).map_err(|error| Error::internal(&error))?;
    Ok(token)
}

/// The token that this session's forms carry, if it has one.
pub(super) fn csrf_of(request: &HttpRequest) -> Option<String> {
    request.get_session().get::<String>(CSRF).ok().flatten()
}
