//! The session of a browser: its account and what it remembers. [`middleware`] loads it once a request, and only this
//! file changes it for this request. Sessions of an account also end elsewhere, in `operations/accounts`.
//!
//! The session of an account is a row, so that the server can end it and any number of servers share it. The session of
//! a visitor is a signed cookie, which costs no row and no write. Reading a page writes nothing that it depends on: the
//! last use of a session is stored once an hour at most, beside the request, and when that fails the page is still
//! shown.

use std::cell::RefCell;
use std::future::{Ready, ready};
use std::rc::Rc;

use actix_session::SessionExt;
use actix_web::body::{BoxBody, EitherBody, MessageBody};
use actix_web::cookie::Cookie;
use actix_web::dev::{Payload, ServiceRequest, ServiceResponse};
use actix_web::http::header::{HeaderValue, SET_COOKIE};
use actix_web::middleware::Next;
use actix_web::{FromRequest, HttpMessage, HttpRequest};
use chrono::{DateTime, TimeDelta, Utc};

use crate::domain::{Account, Epoch};
use crate::http::context::RequestContext;
use crate::operations::accounts::devices::{self, Beginning, Begun, Found, Session as Row, SignInEvent};
use crate::operations::accounts::token;
use crate::secret::sha256;
use crate::settings::SessionLife;
use crate::web::error::Error;
use crate::web::session_cookie::SessionCookie;
use crate::web::{flash, known_device, user_agent};

/// How long a code can be typed after the password, in minutes (our choice: time to find the phone).
const CODE_MINUTES: i64 = 10;
/// The least time between two writes of a session's last use, in minutes (our choice: pages are read far more often
/// than the list of devices).
const SEEN_MINUTES: i64 = 60;
/// How long a link from the account's mailbox, or the word of the marketplace, counts as proof, in minutes (our choice).
const PROVEN_MINUTES: i64 = 10;
/// How long the address of the calendar is shown, in minutes (our choice: time to find the calendar app).
const CALENDAR_MINUTES: i64 = 10;

/// The state of a browser's session.
#[derive(Debug, Clone)]
enum Session {
    /// A visitor, with the token of their forms once they saw one.
    Visitor { csrf_token: Option<String> },
    /// An account whose password was right, and whose code of the second factor is still missing.
    AwaitingSecondFactor { row: Row, person: Rc<Account> },
    /// A signed-in account.
    SignedIn { row: Row, user: Rc<CurrentUser> },
}

impl Session {
    /// The row of the session, unless it is a visitor's.
    fn row(&self) -> Option<&Row> {
        match self {
            Self::Visitor { .. } => None,
            Self::AwaitingSecondFactor { row, .. } | Self::SignedIn { row, .. } => Some(row),
        }
    }
}

/// The signed-in user, as every page shows them.
#[derive(Debug, Clone)]
pub(super) struct CurrentUser {
    pub person: Account,
    /// The number of questions that wait for their answer.
    pub waiting: i64,
}

/// The first step of a sign-in, before the code of a second factor.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Proof {
    /// The password.
    Password,
    /// A link from the account's mailbox.
    Link,
    /// The word of the marketplace.
    Marketplace,
}

/// The session of this request. A handler that changes it takes it as an argument.
#[derive(Clone)]
pub(super) struct CurrentSession(Rc<Inner>);

struct Inner {
    context: Rc<RequestContext>,
    session: RefCell<Session>,
    /// The signed cookie, as actix-session handles it.
    cookie: actix_session::Session,
    /// Other cookies of the answer.
    cookies: RefCell<Vec<Cookie<'static>>>,
}

/// Loads the session for everything behind this. An unreachable database is answered here.
pub(super) async fn middleware(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<EitherBody<impl MessageBody, BoxBody>>, actix_web::Error> {
    let session = match CurrentSession::load(&request).await {
        Ok(session) => session,
        Err(error) => return Ok(request.error_response(error).map_into_right_body()),
    };
    request.extensions_mut().insert(session.clone());
    let mut response = next.call(request).await?;
    for cookie in session.0.cookies.take() {
        if let Ok(cookie) = HeaderValue::from_str(&cookie.to_string()) {
            response.headers_mut().append(SET_COOKIE, cookie);
        }
    }
    Ok(response.map_into_left_body())
}

impl FromRequest for CurrentSession {
    type Error = Error;
    type Future = Ready<Result<Self, Error>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(Self::loaded(request).ok_or_else(|| Error::internal(&"a request came past the session")))
    }
}

impl CurrentSession {
    async fn load(request: &ServiceRequest) -> Result<Self, Error> {
        let (context, cookie) = (RequestContext::from_request(request.request()), request.get_session());
        let session = match SessionCookie::brought(&cookie, context.times.wall) {
            Some(SessionCookie::Key(key)) => find(&context, &key).await?,
            Some(SessionCookie::Visitor { csrf_token, .. }) => Session::Visitor { csrf_token: Some(csrf_token) },
            None => Session::Visitor { csrf_token: None },
        };
        Ok(Self(Rc::new(Inner { context, session: RefCell::new(session), cookie, cookies: RefCell::default() })))
    }

    /// The session of a request; `None` when an answer is made before it is loaded.
    pub fn loaded(request: &HttpRequest) -> Option<Self> {
        request.extensions().get::<Self>().cloned()
    }

    /// The signed-in user.
    pub fn user(&self) -> Option<Rc<CurrentUser>> {
        match &*self.0.session.borrow() {
            Session::SignedIn { user, .. } => Some(user.clone()),
            Session::Visitor { .. } | Session::AwaitingSecondFactor { .. } => None,
        }
    }

    /// The account whose password was right and whose code is still missing.
    pub fn awaiting_second_factor(&self) -> Option<Rc<Account>> {
        match &*self.0.session.borrow() {
            Session::AwaitingSecondFactor { person, .. } => Some(person.clone()),
            Session::Visitor { .. } | Session::SignedIn { .. } => None,
        }
    }

    /// The token of its forms, if it has one.
    pub fn csrf_token(&self) -> Option<String> {
        match &*self.0.session.borrow() {
            Session::Visitor { csrf_token } => csrf_token.clone(),
            Session::AwaitingSecondFactor { row, .. } | Session::SignedIn { row, .. } => Some(row.csrf_token.clone()),
        }
    }

    /// Gives a visitor a token for their forms, unless they have one.
    pub fn ensure_csrf_token(&self) {
        if self.csrf_token().is_none() {
            self.set_visitor();
        }
    }

    /// The hash of its key, when it has a row.
    pub fn key_hash(&self) -> Option<String> {
        self.0.session.borrow().row().map(|row| row.key_hash.clone())
    }

    /// The encrypted new recovery codes, while they are shown.
    pub fn recovery_codes(&self) -> Option<String> {
        self.0.session.borrow().row()?.recovery_codes.clone()
    }

    /// Stores encrypted new recovery codes until their owner confirms to have saved them, or deletes them.
    pub async fn keep_recovery_codes(&self, hidden: Option<String>) -> Result<(), Error> {
        let Some(key_hash) = self.key_hash() else { return Ok(()) };
        let keep = move |store: &_| devices::keep_recovery_codes(store, &key_hash, hidden.as_deref());
        Ok(self.0.context.app.run_blocking(keep).await??)
    }

    /// Whether its owner came by a link from the account's mailbox or through the marketplace, recently enough to count as
    /// proof.
    pub fn is_proven(&self) -> bool {
        let is_proof = |row: &&Row| row.by_link || row.by_marketplace;
        let came_at = self.0.session.borrow().row().filter(is_proof).map(|row| row.signed_in_at);
        came_at.is_some_and(|at| self.0.context.times.wall - at < TimeDelta::minutes(PROVEN_MINUTES))
    }

    /// Until when it shows the address of the calendar, if it does.
    pub fn calendar_shown_until(&self) -> Option<DateTime<Utc>> {
        let until = self.0.session.borrow().row()?.calendar_shown_until;
        until.filter(|until| *until > self.0.context.times.wall)
    }

    /// Shows the address of the calendar for a while.
    pub async fn show_calendar(&self) -> Result<(), Error> {
        let Some(key_hash) = self.key_hash() else { return Ok(()) };
        let until = self.0.context.times.wall + TimeDelta::minutes(CALENDAR_MINUTES);
        let show = move |store: &_| devices::show_calendar(store, &key_hash, until);
        Ok(self.0.context.app.run_blocking(show).await??)
    }

    /// Signs in an account that proved who it is in its epoch.
    pub async fn sign_in(&self, person: &Account, by: Proof) -> Result<Begun, Error> {
        let event = match by {
            Proof::Password | Proof::Link => SignInEvent::Told,
            Proof::Marketplace => {
                SignInEvent::Marketplace(known_device::find(&self.0.context, person.id).await?.is_some())
            }
        };
        self.sign_in_with(person, by, event).await
    }

    /// Signs in with one click in a demo, without a mail about it.
    pub async fn sign_in_untold(&self, person: &Account) -> Result<Begun, Error> {
        self.sign_in_with(person, Proof::Password, SignInEvent::Untold).await
    }

    async fn sign_in_with(&self, person: &Account, by: Proof, event: SignInEvent) -> Result<Begun, Error> {
        let user = Rc::new(CurrentUser { person: person.clone(), waiting: 0 });
        let row = self.new_row(person, by);
        let begun = self.begin(row, person.epoch, event, |row| Session::SignedIn { row, user }).await?;
        if begun == Begun::Yes {
            self.answer_with(known_device::remember(&self.0.context, person.id).await?);
        }
        Ok(begun)
    }

    /// Remembers the first step, until the code of the second factor is given too.
    pub async fn await_second_factor(&self, person: &Account, by: Proof) -> Result<Begun, Error> {
        let owner = Rc::new(person.clone());
        let row = Row { asks_code: true, ..self.new_row(person, by) };
        let event = match by {
            Proof::Password | Proof::Link => SignInEvent::CodeAwaited,
            Proof::Marketplace => SignInEvent::MarketplaceAwaited,
        };
        let session = |row| Session::AwaitingSecondFactor { row, person: owner };
        self.begin(row, person.epoch, event, session).await
    }

    /// How the owner of its row took the first step of signing in.
    pub fn proof(&self) -> Proof {
        match self.0.session.borrow().row() {
            Some(row) if row.by_link => Proof::Link,
            Some(row) if row.by_marketplace => Proof::Marketplace,
            _ => Proof::Password,
        }
    }

    /// A row with a new form token, so that nothing from the session before is of use (OWASP ASVS 5, 7.2.4).
    fn new_row(&self, person: &Account, by: Proof) -> Row {
        let now = self.0.context.times.wall;
        Row {
            key_hash: String::new(),
            account: person.id,
            asks_code: false,
            csrf_token: token::random(),
            recovery_codes: None,
            calendar_shown_until: None,
            device: user_agent::device(&self.0.context),
            signed_in_at: now,
            seen_at: now,
            expires_at: now,
            by_link: by == Proof::Link,
            by_marketplace: by == Proof::Marketplace,
        }
    }

    /// Gives this session a new key, after the operation at hand ended every session of its account and began this
    /// epoch. When another epoch has begun since, this browser is signed out too.
    pub async fn renew(&self, epoch: Epoch) -> Result<(), Error> {
        let session = self.0.session.borrow().clone();
        let Session::SignedIn { row, user } = session else { return Ok(()) };
        let row = Row { seen_at: self.0.context.times.wall, ..row };
        if self.begin(row, epoch, SignInEvent::None, |row| Session::SignedIn { row, user }).await?
            == Begun::AccountChanged
        {
            self.set_visitor();
        }
        Ok(())
    }

    /// Replaces this browser's session by one with a new key.
    async fn begin(
        &self,
        row: Row,
        seen: Epoch,
        event: SignInEvent,
        session: impl FnOnce(Row) -> Session,
    ) -> Result<Begun, Error> {
        let (app, times, key) = (&self.0.context.app, self.0.context.times, token::random());
        let row = Row { key_hash: key_hash(&key), ..row };
        let row = Row { expires_at: ends_at(&row, app.settings.session_life), ..row };
        let is_by_password = !row.by_link && !row.by_marketplace;
        let is_strangers =
            row.asks_code && is_by_password && known_device::find(&self.0.context, row.account).await?.is_none();
        let beginning = Beginning { session: row.clone(), seen, instead_of: self.key_hash(), event, is_strangers };
        let begun = app.run_blocking(move |store| devices::begin(store, beginning, times)).await??;
        if begun == Begun::Yes {
            SessionCookie::Key(key).set(&self.0.cookie);
            self.0.session.replace(session(row));
        }
        Ok(begun)
    }

    /// Ends the session, in the database too, and drops its flash.
    pub async fn sign_out(&self) -> Result<(), Error> {
        self.delete_row().await?;
        self.0.cookie.purge();
        self.0.session.replace(Session::Visitor { csrf_token: None });
        self.answer_with(flash::removal(&self.0.context.app.settings));
        Ok(())
    }

    fn set_visitor(&self) {
        let csrf_token = token::random();
        SessionCookie::visitor(csrf_token.clone(), self.0.context.times.wall).set(&self.0.cookie);
        self.0.session.replace(Session::Visitor { csrf_token: Some(csrf_token) });
    }

    async fn delete_row(&self) -> Result<(), Error> {
        let Some(key_hash) = self.key_hash() else { return Ok(()) };
        Ok(self.0.context.app.run_blocking(move |store| devices::end_here(store, &key_hash)).await??)
    }

    /// Adds a cookie to the answer.
    pub fn answer_with(&self, cookie: Cookie<'static>) {
        self.0.cookies.borrow_mut().push(cookie);
    }
}

/// The hash that the database stores of a key.
fn key_hash(key: &str) -> String {
    sha256(key)
}

/// When a session ends if it is not used again.
fn ends_at(row: &Row, life: SessionLife) -> DateTime<Utc> {
    if row.asks_code {
        return row.signed_in_at + TimeDelta::minutes(CODE_MINUTES);
    }
    let idle = row.seen_at + TimeDelta::days(life.idle_days.into());
    idle.min(row.signed_in_at + TimeDelta::days(life.days.into()))
}

/// The session with that key, while it lasts.
async fn find(context: &RequestContext, key: &str) -> Result<Session, Error> {
    let (hash, times, life) = (key_hash(key), context.times, context.app.settings.session_life);
    let found = context.app.read_inline(move |store| devices::find(store, &hash, times.app)).await??;
    let lasts = |found: &Found| ends_at(&found.session, life) > times.wall;
    let Some(Found { session: row, person, waiting }) = found.filter(lasts) else {
        return Ok(Session::Visitor { csrf_token: None });
    };
    if row.asks_code {
        return Ok(Session::AwaitingSecondFactor { row, person: Rc::new(person) });
    }
    remember_seeing(context, &row);
    Ok(Session::SignedIn { row, user: Rc::new(CurrentUser { person, waiting }) })
}

/// Stores the last use of a session, beside the request, when enough time has passed. Without it the session only ends
/// a little sooner.
fn remember_seeing(context: &RequestContext, row: &Row) {
    let now = context.times.wall;
    if now - row.seen_at < TimeDelta::minutes(SEEN_MINUTES) {
        return;
    }
    let row = Row { seen_at: now, ..row.clone() };
    let (app, end) = (context.app.clone(), ends_at(&row, context.app.settings.session_life));
    actix_web::rt::spawn(async move {
        match app.run_blocking(move |store| devices::seen(store, &row.key_hash, now, end)).await {
            Ok(Ok(())) => {}
            Ok(Err(error)) => tracing::warn!(%error, "a visit could not be written down"),
            Err(error) => tracing::warn!(%error, "a visit could not be written down"),
        }
    });
}
