//! Every error of the interface, as a problem that programs and people can read (RFC 9457).

use std::fmt;

use actix_web::body::{BoxBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::StatusCode;
use actix_web::http::header::{
    ALLOW, CACHE_CONTROL, CONTENT_TYPE, HeaderName, HeaderValue, RETRY_AFTER, WWW_AUTHENTICATE,
};
use actix_web::middleware::Next;
use actix_web::{HttpResponse, HttpResponseBuilder, ResponseError};
use serde::Serialize;
use strum::IntoStaticStr;
use tokio::task::JoinError;

use crate::domain::marketplace::key::Scope;
use crate::http::context::RequestContext;
use crate::operations::maintenance::import::{self as file, Code};
use crate::paths;
use crate::store;

/// The kinds of problems. Their names are parts of addresses, which stay as they are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, IntoStaticStr)]
#[strum(serialize_all = "kebab-case")]
pub(super) enum Kind {
    Unreadable,
    Unauthorized,
    ScopeMissing,
    NotFound,
    MethodNotAllowed,
    TooSlow,
    Conflict,
    CursorTooOld,
    PreconditionFailed,
    TooLarge,
    NotJson,
    Invalid,
    TooMany,
    Internal,
    Unavailable,
}

impl Kind {
    fn status(self) -> StatusCode {
        match self {
            Self::Unreadable => StatusCode::BAD_REQUEST,
            Self::Unauthorized => StatusCode::UNAUTHORIZED,
            Self::ScopeMissing => StatusCode::FORBIDDEN,
            Self::NotFound => StatusCode::NOT_FOUND,
            Self::MethodNotAllowed => StatusCode::METHOD_NOT_ALLOWED,
            Self::TooSlow => StatusCode::REQUEST_TIMEOUT,
            Self::Conflict => StatusCode::CONFLICT,
            Self::CursorTooOld => StatusCode::GONE,
            Self::PreconditionFailed => StatusCode::PRECONDITION_FAILED,
            Self::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            Self::NotJson => StatusCode::UNSUPPORTED_MEDIA_TYPE,
            Self::Invalid => StatusCode::UNPROCESSABLE_ENTITY,
            Self::TooMany => StatusCode::TOO_MANY_REQUESTS,
            Self::Internal => StatusCode::INTERNAL_SERVER_ERROR,
            Self::Unavailable => StatusCode::SERVICE_UNAVAILABLE,
        }
    }

    fn title(self) -> &'static str {
        match self {
            Self::Unreadable => "The body cannot be read",
            Self::Unauthorized => "A key is needed",
            Self::ScopeMissing => "The key may not do this",
            Self::NotFound => "There is no such thing",
            Self::MethodNotAllowed => "The address does not take this method",
            Self::TooSlow => "The body took too long",
            Self::Conflict => "This cannot be changed",
            Self::CursorTooOld => "There may be entries that you never get",
            Self::PreconditionFailed => "It is not what you expected",
            Self::TooLarge => "The body is too large",
            Self::NotJson => "The body is not JSON",
            Self::Invalid => "Some values cannot be taken",
            Self::TooMany => "Too many requests",
            Self::Internal => "Something unexpected happened",
            Self::Unavailable => "The database is not available",
        }
    }
}

/// One mistake in a request.
#[derive(Debug, Clone, Serialize)]
struct Mistake {
    /// Where it is in the body, as a JSON Pointer.
    #[serde(skip_serializing_if = "Option::is_none")]
    pointer: Option<String>,
    /// Which parameter of the address it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    parameter: Option<&'static str>,
    code: &'static str,
    detail: String,
}

/// The mistakes of a body that no file has, gathered one by one.
#[derive(Debug, Clone)]
pub(super) struct Mistakes(Vec<Mistake>);

impl Mistakes {
    pub const fn new() -> Self {
        Self(Vec::new())
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// These and one more, at that field or at the body as a whole.
    #[must_use]
    pub fn with(mut self, field: Option<&str>, code: Code, detail: &str) -> Self {
        let pointer = Some(field.map_or_else(String::new, |field| format!("/{field}")));
        self.0.push(Mistake { pointer, parameter: None, code: code.into(), detail: detail.to_owned() });
        self
    }
}

impl From<Mistakes> for Problem {
    fn from(mistakes: Mistakes) -> Self {
        Self::of_mistakes(mistakes)
    }
}

/// The words for values that cannot be taken.
const INVALID: &str = "Nothing was changed. Each value that cannot be taken is in the list of errors.";

/// A problem with a request.
#[derive(Debug, Clone)]
pub(super) struct Problem {
    kind: Kind,
    detail: String,
    errors: Vec<Mistake>,
    header: Option<Header>,
}

/// A header that tells a program what to do next.
#[derive(Debug, Clone, Copy)]
enum Header {
    Bearer,
    Allow(&'static str),
    RetryAfter(u64),
}

impl Header {
    fn pair(self) -> (HeaderName, HeaderValue) {
        match self {
            Self::Bearer => (WWW_AUTHENTICATE, HeaderValue::from_static("Bearer")),
            Self::Allow(methods) => (ALLOW, HeaderValue::from_static(methods)),
            Self::RetryAfter(seconds) => (RETRY_AFTER, HeaderValue::from(seconds)),
        }
    }
}

impl Problem {
    pub fn new(kind: Kind, detail: impl Into<String>) -> Self {
        let header = match kind {
            Kind::Unauthorized => Some(Header::Bearer),
            Kind::Unavailable => Some(Header::RetryAfter(3)),
            _ => None,
        };
        Self { kind, detail: detail.into(), errors: Vec::new(), header }
    }

    /// Parameters of the address that cannot be read.
    pub fn parameters() -> Self {
        Self::new(Kind::Invalid, "A parameter of the address is there twice, or is no text.")
    }

    /// A wrong parameter of the address.
    pub fn parameter(parameter: &'static str, detail: impl Into<String>) -> Self {
        let mistake =
            Mistake { pointer: None, parameter: Some(parameter), code: Code::Invalid.into(), detail: detail.into() };
        Self { errors: vec![mistake], ..Self::new(Kind::Invalid, "The address has a parameter that cannot be taken.") }
    }

    /// Orders that go on, by the marketplace's ids.
    pub fn orders_go_on(orders: &[String]) -> Self {
        let mistake =
            |order: &String| Mistake { pointer: None, parameter: None, code: "order_goes_on", detail: order.clone() };
        let detail = "Nothing was erased: each order in the list of errors goes on. There may be more than a hundred.";
        Self { errors: orders.iter().map(mistake).collect(), ..Self::new(Kind::Conflict, detail) }
    }

    /// What is wrong with a body. It is a conflict when every value is right in itself.
    pub fn of_body(problems: &[file::Problem]) -> Self {
        let is_conflict =
            |problem: &file::Problem| matches!(problem.code, Code::Immutable | Code::WentOn | Code::Taken);
        let (kind, detail) = if problems.iter().all(is_conflict) {
            (Kind::Conflict, "The values are right, but do not go with what is here. Nothing was changed.")
        } else {
            (Kind::Invalid, INVALID)
        };
        let mistake = |problem: &file::Problem| Mistake {
            pointer: Some(problem.column.map_or_else(String::new, |column| format!("/{column}"))),
            parameter: None,
            code: problem.code.into(),
            detail: match &problem.value {
                Some(value) => format!("{value} {}", problem.reason),
                None => problem.reason.clone(),
            },
        };
        Self { errors: problems.iter().map(mistake).collect(), ..Self::new(kind, detail) }
    }

    /// What is wrong with a body that has these mistakes.
    fn of_mistakes(mistakes: Mistakes) -> Self {
        Self { errors: mistakes.0, ..Self::new(Kind::Invalid, INVALID) }
    }

    pub fn method_not_allowed(allow: &'static str) -> Self {
        let problem = Self::new(Kind::MethodNotAllowed, format!("This address takes {allow}."));
        Self { header: Some(Header::Allow(allow)), ..problem }
    }

    pub fn scope_missing(scope: Scope) -> Self {
        Self::new(Kind::ScopeMissing, format!("The key has not the scope {}.", scope.as_ref()))
    }

    /// Too many requests; there is room again after so many seconds.
    pub fn too_many(seconds: u64) -> Self {
        let problem = Self::new(Kind::TooMany, format!("There is room again in {seconds} s."));
        Self { header: Some(Header::RetryAfter(seconds)), ..problem }
    }

    fn internal(cause: &dyn fmt::Display) -> Self {
        tracing::error!(%cause, "something unexpected");
        Self::new(Kind::Internal, "It is in the log of the server under the number of this request.")
    }

    /// The answer, with the number of the request that the log has too.
    fn answer(&self, context: &RequestContext) -> HttpResponse {
        #[derive(Serialize)]
        struct Body<'a> {
            r#type: String,
            title: &'static str,
            status: u16,
            detail: &'a str,
            instance: String,
            #[serde(skip_serializing_if = "<[_]>::is_empty")]
            errors: &'a [Mistake],
        }
        let status = self.kind.status();
        let body = Body {
            r#type: format!(
                "{}{}/openapi.json#{}",
                context.app.settings.public_url,
                paths::API,
                <&str>::from(self.kind)
            ),
            title: self.kind.title(),
            status: status.as_u16(),
            detail: &self.detail,
            instance: format!("urn:request:{}", context.request_id),
            errors: &self.errors,
        };
        let mut answer = HttpResponseBuilder::new(status);
        answer.insert_header((CONTENT_TYPE, "application/problem+json"));
        answer.insert_header((CACHE_CONTROL, "no-store"));
        if let Some(header) = self.header {
            answer.insert_header(header.pair());
        }
        answer.body(serde_json::to_string(&body).unwrap_or_default())
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.kind.title())
    }
}

impl ResponseError for Problem {
    fn status_code(&self) -> StatusCode {
        self.kind.status()
    }

    /// Gives an empty answer; [`middleware`] writes the problem, with the number of the request.
    fn error_response(&self) -> HttpResponse<BoxBody> {
        HttpResponse::new(self.kind.status())
    }
}

impl From<store::Error> for Problem {
    fn from(error: store::Error) -> Self {
        match error {
            store::Error::Unavailable(cause) | store::Error::Held(cause) => {
                tracing::warn!(%cause, "the database is not available");
                Self::new(Kind::Unavailable, "Nothing was changed. Try again.")
            }
            store::Error::Busy => Self::new(Kind::Unavailable, "Nothing was changed. Try again."),
            error => Self::internal(&error),
        }
    }
}

impl From<JoinError> for Problem {
    fn from(error: JoinError) -> Self {
        Self::internal(&error)
    }
}

/// Writes every error as a problem, also those of the framework.
pub(super) async fn middleware(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, actix_web::Error> {
    let response = next.call(request).await?;
    let known = |error: &actix_web::Error| error.as_error::<Problem>().cloned();
    let problem = response.response().error().map(|error| known(error).unwrap_or_else(|| of_status(response.status())));
    let Some(problem) = problem else { return Ok(response.map_into_boxed_body()) };
    let request = response.into_parts().0;
    let answer = problem.answer(&RequestContext::from_request(&request));
    Ok(ServiceResponse::new(request, answer))
}

/// The problem of an error of the framework.
fn of_status(status: StatusCode) -> Problem {
    match status {
        StatusCode::NOT_FOUND => Problem::new(Kind::NotFound, "There is nothing at this address."),
        StatusCode::PAYLOAD_TOO_LARGE => Problem::new(Kind::TooLarge, "Send less."),
        status if status.is_client_error() => Problem::new(Kind::Unreadable, "The request cannot be read."),
        status => Problem::internal(&status),
    }
}
