//! What can go wrong, and the page that says so.

use std::fmt;

use actix_web::body::BoxBody;
use actix_web::http::StatusCode;
use actix_web::http::header::{self, HeaderMap, HeaderValue};
use actix_web::{HttpRequest, HttpResponse, ResponseError};
use askama::Template;

use crate::domain::{Dispute, Kind, Refusal};
use crate::i18n::outcomes::Outcomes;
use crate::i18n::{Words, labels};
use crate::operations::{Failure, Refused};
use crate::store;
use crate::web::layout::{Page, see_other};
use crate::web::rich_text::Rich;

/// Why a request does not get the page it asked for.
#[derive(Clone)]
pub(super) enum Error {
    /// Only for people who are signed in; then back to this path.
    SignInNeeded(String),
    /// Not there, or not theirs.
    NotFound,
    /// A rule says no.
    Refused(Box<Refused>),
    /// The form did not come from our own page, or too late.
    Forbidden,
    /// The form could not be read.
    BadRequest,
    /// The address does not do that.
    MethodNotAllowed,
    /// More than a form can hold.
    TooLarge,
    /// A form that took too long to arrive.
    TooSlow,
    /// The database is away.
    Unavailable,
    /// Something unexpected; the log has it.
    Internal,
}

/// Answers what is nowhere in the table of routes, to whoever is signed in with their own menu around it.
pub(super) async fn not_found(request: HttpRequest) -> Result<HttpResponse, Error> {
    Page::recognise(&request);
    Err(Error::NotFound)
}

impl From<Failure> for Error {
    fn from(failure: Failure) -> Self {
        match failure {
            Failure::NotFound => Self::NotFound,
            Failure::Refused(refused) => Self::Refused(refused),
            Failure::Store(error) => error.into(),
        }
    }
}

impl From<store::Error> for Error {
    fn from(error: store::Error) -> Self {
        match error {
            store::Error::Unavailable(cause) | store::Error::Held(cause) => {
                tracing::warn!(%cause, "the database is not available");
                Self::Unavailable
            }
            error @ (store::Error::Statement(_)
            | store::Error::Pooler
            | store::Error::Migration(_)
            | store::Error::Newer(_)
            | store::Error::Older
            | store::Error::Foreign
            | store::Error::Corrupt(_)) => Self::internal(&error),
        }
    }
}

/// Only the status: what a refusal is about is nobody's business but the two parties', and no log's.
impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.status_code())
    }
}

impl ResponseError for Error {
    fn status_code(&self) -> StatusCode {
        match self {
            Self::SignInNeeded(_) => StatusCode::SEE_OTHER,
            Self::NotFound => StatusCode::NOT_FOUND,
            Self::Refused(_) => StatusCode::CONFLICT,
            Self::Forbidden => StatusCode::FORBIDDEN,
            Self::BadRequest => StatusCode::BAD_REQUEST,
            Self::MethodNotAllowed => StatusCode::METHOD_NOT_ALLOWED,
            Self::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            Self::TooSlow => StatusCode::REQUEST_TIMEOUT,
            Self::Unavailable => StatusCode::SERVICE_UNAVAILABLE,
            Self::Internal => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    /// Only a placeholder: [`crate::web::middleware`] draws the page, in the reader's language.
    fn error_response(&self) -> HttpResponse<BoxBody> {
        match self {
            Self::SignInNeeded(path) => see_other(&format!("/sign-in?next={}", encode(path))),
            Self::NotFound
            | Self::Refused(_)
            | Self::Forbidden
            | Self::BadRequest
            | Self::MethodNotAllowed
            | Self::TooLarge
            | Self::TooSlow
            | Self::Unavailable
            | Self::Internal => HttpResponse::new(self.status_code()),
        }
    }
}

/// A path as one value of a query.
pub(super) fn encode(path: &str) -> String {
    serde_html_form::to_string([("", path)]).map(|pair| pair[1..].to_owned()).unwrap_or_default()
}

impl Error {
    /// The unexpected: logged once, here, and shown as a page without its insides.
    pub fn internal(cause: &dyn fmt::Display) -> Self {
        tracing::error!(%cause, "something unexpected");
        Self::Internal
    }

    /// The error behind a bare answer of the framework.
    pub fn from_status(status: StatusCode) -> Option<Self> {
        match status {
            StatusCode::NOT_FOUND => Some(Self::NotFound),
            StatusCode::METHOD_NOT_ALLOWED => Some(Self::MethodNotAllowed),
            StatusCode::PAYLOAD_TOO_LARGE => Some(Self::TooLarge),
            status if status.is_client_error() => Some(Self::BadRequest),
            status if status.is_server_error() => Some(Self::Internal),
            _ => None,
        }
    }

    /// The error behind a middleware that failed: the session could not be loaded, so the database is away.
    pub fn from_middleware(error: &actix_web::Error) -> Self {
        tracing::warn!(cause = %error, "the session could not be reached");
        Self::Unavailable
    }

    /// The page for this error; nothing for a redirect.
    pub fn draw(&self, page: &Page) -> Option<Drawn> {
        if matches!(self, Self::SignInNeeded(_)) {
            return None;
        }
        let html = ErrorPage::new(self, page).render().unwrap_or_default();
        let retry_after = matches!(self, Self::Unavailable).then(|| HeaderValue::from_static("3"));
        Some(Drawn { status: self.status_code(), html, headers: HeaderMap::new(), retry_after })
    }
}

/// An answer that is drawn already, also where only an error can be returned.
pub(super) struct Drawn {
    status: StatusCode,
    html: String,
    headers: HeaderMap,
    retry_after: Option<HeaderValue>,
}

impl Drawn {
    /// Puts headers on it.
    pub fn dress(&mut self, put: impl FnOnce(&mut HeaderMap)) {
        put(&mut self.headers);
    }

    fn answer(&self) -> HttpResponse {
        let mut answer = HttpResponse::build(self.status);
        answer.content_type("text/html; charset=utf-8").insert_header((header::CACHE_CONTROL, "no-store"));
        if let Some(seconds) = &self.retry_after {
            answer.insert_header((header::RETRY_AFTER, seconds.clone()));
        }
        let mut answer = answer.body(self.html.clone());
        for (name, value) in &self.headers {
            answer.headers_mut().insert(name.clone(), value.clone());
        }
        answer
    }
}

impl From<Drawn> for HttpResponse {
    fn from(drawn: Drawn) -> Self {
        drawn.answer()
    }
}

/// Only the status: a page has no place in a log.
impl fmt::Debug for Drawn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl fmt::Display for Drawn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.status)
    }
}

impl ResponseError for Drawn {
    fn status_code(&self) -> StatusCode {
        self.status
    }

    fn error_response(&self) -> HttpResponse<BoxBody> {
        self.answer()
    }
}

/// A way on from an error page.
struct Way {
    href: String,
    label: String,
}

#[derive(Template)]
#[template(path = "error.html")]
struct ErrorPage<'a> {
    page: &'a Page,
    heading: String,
    text: String,
    happened: Option<Rich>,
    ways: Vec<Way>,
    shows_service: bool,
}

impl<'a> ErrorPage<'a> {
    fn new(error: &Error, page: &'a Page) -> Self {
        let words = page.words;
        let (heading, text) = match error {
            Error::Refused(refused) => return Self::refused(refused, page),
            Error::NotFound | Error::SignInNeeded(_) => (words.error_not_found(), words.error_not_found_text()),
            Error::Forbidden => (words.error_forbidden(), words.error_forbidden_text()),
            Error::BadRequest => (words.error_bad_request(), words.error_bad_request_text()),
            Error::MethodNotAllowed => (words.error_method(), words.error_method_text()),
            Error::TooLarge => (words.error_too_large(), words.error_too_large_text()),
            Error::TooSlow => (words.error_too_slow(), words.error_too_slow_text()),
            Error::Unavailable => (words.error_unavailable(), words.error_unavailable_text()),
            Error::Internal => (words.error_internal(), words.error_internal_text()),
        };
        let ways = vec![Way { href: "/orders".into(), label: words.error_to_orders() }];
        let shows_service = matches!(error, Error::Internal);
        Self { page, heading, text, happened: None, ways, shows_service }
    }

    fn refused(refused: &Refused, page: &'a Page) -> Self {
        let words = page.words;
        let (heading, text) = refusal_in_words(words, refused.refusal);
        let order = format!("/orders/{}", refused.reference);
        let mut ways = Vec::new();
        if let Some(dispute) = &refused.dispute {
            let label = if dispute.is_open() { words.error_to_open() } else { words.error_to_dispute() };
            ways.push(Way { href: format!("{order}/disputes/{}", dispute.number), label });
        }
        ways.push(Way { href: order, label: words.error_to_order() });
        let happened = refused.dispute.as_ref().and_then(|dispute| ended(page, dispute, refused));
        let shows_service = matches!(refused.refusal, Refusal::OrderClosed(_));
        Self { page, heading, text, happened, ways, shows_service }
    }
}

fn ended(page: &Page, dispute: &Dispute, refused: &Refused) -> Option<Rich> {
    Outcomes { reader: page.reader, dispute, viewer: refused.viewer, other: "" }.ended().map(Rich)
}

fn refusal_in_words(words: &Words, refusal: Refusal) -> (String, String) {
    match refusal {
        Refusal::OrderClosed(status) => {
            (words.refused_closed(), words.refused_closed_text(labels::status(words, status)))
        }
        Refusal::AnotherIsOpen(_, Kind::Update) => (words.refused_another(), words.refused_another_update()),
        Refusal::AnotherIsOpen(_, Kind::Cancellation) => {
            (words.refused_another(), words.refused_another_cancellation())
        }
        Refusal::AnotherIsOpen(_, Kind::Change) => (words.refused_another(), words.refused_another_change()),
        Refusal::AlreadySettled(_) => (words.refused_already(), words.refused_already_text()),
        Refusal::TooLate(_) => (words.refused_too_late(), words.refused_too_late_text()),
        Refusal::NotYours => (words.refused(), words.refused_not_yours_text()),
        Refusal::NotAsked => (words.refused(), words.refused_not_asked_text()),
        Refusal::NotNow(status) => (words.refused(), words.refused_not_now_text(labels::status(words, status))),
        Refusal::CommentMissing => (words.refused(), words.comment_missing()),
        Refusal::ReasonNotYours => (words.refused(), words.reason_missing()),
    }
}
