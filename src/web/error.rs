//! The reasons why a request does not get its page, as values for all handlers. [`super::error_page`] draws their
//! pages.

use std::fmt;

use actix_web::body::BoxBody;
use actix_web::http::StatusCode;
use actix_web::{HttpResponse, ResponseError};
use tokio::task::JoinError;

use crate::operations::{Failure, Refused};
use crate::store;
use crate::turns::Busy;

/// The reason why a request does not get its page.
#[derive(Clone)]
pub(super) enum Error {
    /// Signing in is needed first; then the visitor returns to this path.
    SignInNeeded(String),
    /// The page does not exist, or belongs to another account.
    NotFound,
    /// The link of a mail does not work, or no longer.
    LinkGone,
    /// A rule refuses.
    Refused(Box<Refused>),
    /// The form did not come from our own page, or came too late.
    Forbidden,
    /// The form was sent from another address than the public one; this one.
    OtherAddress(String),
    /// The form could not be read.
    BadRequest,
    /// The address does not take this method.
    MethodNotAllowed,
    /// The request was sent to a host name that this program does not serve.
    Misdirected,
    /// The body is larger than a form may be.
    TooLarge,
    /// A form that took too long to arrive.
    TooSlow,
    /// The database cannot be reached.
    Unavailable,
    /// The clock is in doubt, so no window can begin.
    ClockInDoubt,
    /// Too much work of this kind is running already.
    Busy,
    /// Something unexpected happened; the log has it.
    Internal,
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

impl From<Busy> for Error {
    fn from(_: Busy) -> Self {
        Self::Busy
    }
}

impl From<store::Error> for Error {
    fn from(error: store::Error) -> Self {
        match error {
            store::Error::Unavailable(cause) | store::Error::Held(cause) => {
                tracing::warn!(%cause, "the database is not available");
                Self::Unavailable
            }
            store::Error::Busy => Self::Unavailable,
            error @ (store::Error::Statement(_)
            | store::Error::Pooler
            | store::Error::MayNotMakeTables
            | store::Error::Migration(_)
            | store::Error::Newer(_)
            | store::Error::Older
            | store::Error::Foreign
            | store::Error::Corrupt(_)) => Self::internal(&error),
        }
    }
}

impl From<JoinError> for Error {
    fn from(error: JoinError) -> Self {
        Self::internal(&error)
    }
}

/// Prints only the status: the content of a refusal concerns the two parties alone, and never enters a log.
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
            Self::NotFound | Self::LinkGone => StatusCode::NOT_FOUND,
            Self::Refused(_) => StatusCode::CONFLICT,
            Self::Forbidden | Self::OtherAddress(_) => StatusCode::FORBIDDEN,
            Self::BadRequest => StatusCode::BAD_REQUEST,
            Self::MethodNotAllowed => StatusCode::METHOD_NOT_ALLOWED,
            Self::Misdirected => StatusCode::MISDIRECTED_REQUEST,
            Self::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            Self::TooSlow => StatusCode::REQUEST_TIMEOUT,
            Self::Unavailable | Self::ClockInDoubt | Self::Busy => StatusCode::SERVICE_UNAVAILABLE,
            Self::Internal => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    /// Gives an empty answer; [`super::error_page`] draws the page, in the reader's language.
    fn error_response(&self) -> HttpResponse<BoxBody> {
        HttpResponse::new(self.status_code())
    }
}

impl Error {
    /// An unexpected error: logged once, here, and shown as a page without details.
    pub fn internal(cause: &dyn fmt::Display) -> Self {
        tracing::error!(%cause, "something unexpected");
        Self::Internal
    }

    /// The error of a bare answer of the framework.
    pub fn from_status(status: StatusCode) -> Option<Self> {
        match status {
            StatusCode::NOT_FOUND => Some(Self::NotFound),
            StatusCode::METHOD_NOT_ALLOWED => Some(Self::MethodNotAllowed),
            StatusCode::PAYLOAD_TOO_LARGE => Some(Self::TooLarge),
            status if status.is_client_error() => Some(Self::BadRequest),
            status if status.is_server_error() => Some(Self::internal(&status)),
            _ => None,
        }
    }
}
