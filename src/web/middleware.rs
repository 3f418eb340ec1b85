//! The room around every page: reads the clock once, draws every error as a page in the reader's language, and puts the
//! security headers on every answer.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use actix_web::body::{BoxBody, EitherBody, MessageBody};
use actix_web::cookie::Cookie;
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::header::{ACCEPT_LANGUAGE, HeaderMap, HeaderName, HeaderValue, SET_COOKIE};
use actix_web::middleware::Next;
use actix_web::{HttpMessage, HttpRequest, HttpResponse, web};
use chrono::{DateTime, Utc};
use tracing_actix_web::{RequestId, RootSpanBuilder};

use crate::config::App;
use crate::i18n::Language;
use crate::i18n::format::Reader;
use crate::store::accounts::Person;
use crate::web::access::Viewer;
use crate::web::error::Error;
use crate::web::layout::Page;

/// The name of the cookie that remembers the language of somebody who is not signed in.
pub(super) const LANGUAGE_COOKIE: &str = "language";

tokio::task_local! {
    static CURRENT: Rc<Visit>;
}

/// What is known of a request, shared between its handler and the error page that may have to replace its answer.
pub(super) struct Visit {
    pub app: App,
    pub now: DateTime<Utc>,
    pub reader: Cell<Reader>,
    pub viewer: RefCell<Option<Rc<Viewer>>>,
    pub csrf: RefCell<Option<String>>,
    /// Cookies for the answer, whatever it is.
    pub answers_with: RefCell<Vec<Cookie<'static>>>,
    pub path: String,
    pub request_id: String,
}

impl Visit {
    fn begin(request: &HttpRequest) -> Self {
        let app = request.app_data::<web::Data<App>>().expect("the server sets it").get_ref().clone();
        let chosen = request.cookie(LANGUAGE_COOKIE).and_then(|cookie| cookie.value().parse().ok());
        let language = chosen.unwrap_or_else(|| {
            let accepts = request.headers().get(ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok());
            accepts.map_or_else(Language::default, Language::negotiate)
        });
        Self {
            now: app.clock.now(),
            reader: Cell::new(Reader { language, zone: app.settings.time_zone }),
            viewer: RefCell::new(None),
            csrf: RefCell::new(None),
            answers_with: RefCell::default(),
            path: page_of(request),
            request_id: request.extensions().get::<RequestId>().map(ToString::to_string).unwrap_or_default(),
            app,
        }
    }

    /// The visit that is being answered here and now, for the keeper of sessions, who is not shown the request.
    pub fn current() -> Rc<Self> {
        CURRENT.with(Rc::clone)
    }

    /// Somebody is signed in: they are the reader of every page from here on, error pages included.
    pub fn is_of(&self, viewer: Viewer) {
        let Person { language, time_zone, .. } = &viewer.person;
        self.reader.set(self.reader.get().choosing(language.as_deref(), time_zone.as_deref()));
        self.viewer.replace(Some(Rc::new(viewer)));
    }

    /// The visit of this request.
    pub fn of(request: &HttpRequest) -> Rc<Self> {
        request.extensions().get::<Rc<Self>>().expect("every request passes the edge").clone()
    }
}

/// The page a request belongs to: the page itself, or for a form that was sent the page it stands on. Whoever switches
/// the language there, or signs in first, comes back to something that can be shown.
pub(super) fn page_of(request: &HttpRequest) -> String {
    if request.method().is_safe() {
        return request.uri().path_and_query().map_or_else(|| "/".to_owned(), ToString::to_string);
    }
    let parts: Vec<&str> = request.path().split('/').skip(1).collect();
    match parts.as_slice() {
        ["orders", order, "disputes", number, _] => format!("/orders/{order}/disputes/{number}"),
        ["orders", order, "disputes"] => format!("/orders/{order}/resolution"),
        ["orders", order, "changes"] => format!("/orders/{order}/change"),
        ["orders", order, _] => format!("/orders/{order}"),
        ["sign-in", "code"] | ["account", "second-factor", "set-up"] => request.path().to_owned(),
        ["account", "second-factor", ..] => "/account/second-factor".to_owned(),
        [page @ ("sign-in" | "account" | "notifications"), ..] => format!("/{page}"),
        ["password", page] => format!("/password/{page}"),
        _ => "/".to_owned(),
    }
}

/// Runs a request and dresses its answer.
pub(super) async fn edge(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<EitherBody<BoxBody, BoxBody>>, actix_web::Error> {
    let visit = Rc::new(Visit::begin(request.request()));
    request.extensions_mut().insert(visit.clone());
    match CURRENT.scope(visit.clone(), next.call(request)).await {
        Ok(response) => {
            let known = response.response().error().and_then(actix_web::Error::as_error::<Error>);
            let drawn = match known {
                Some(error) => error.draw(&Page::without_session(&visit)),
                None if is_bare(&response) => {
                    Error::from_status(response.status()).and_then(|error| error.draw(&Page::without_session(&visit)))
                }
                None => None,
            };
            let mut response = match drawn {
                Some(drawn) => {
                    let (request, old) = response.into_parts();
                    let mut answer: HttpResponse = drawn.into();
                    for cookie in old.headers().get_all("set-cookie") {
                        answer.headers_mut().append(HeaderName::from_static("set-cookie"), cookie.clone());
                    }
                    ServiceResponse::new(request, answer.map_into_right_body())
                }
                None => response.map_into_boxed_body().map_into_left_body(),
            };
            dress(response.headers_mut(), &visit);
            Ok(response)
        }
        Err(error) => {
            let known = error.as_error::<Error>().map_or_else(|| Error::from_middleware(&error), Error::clone);
            let Some(mut drawn) = known.draw(&Page::without_session(&visit)) else { return Err(error) };
            drawn.dress(|headers| dress(headers, &visit));
            Err(drawn.into())
        }
    }
}

/// An error answer of the framework itself, without a page: an unknown method, a body that is too large.
fn is_bare(response: &ServiceResponse<impl MessageBody>) -> bool {
    let status = response.status();
    (status.is_client_error() || status.is_server_error()) && !response.headers().contains_key("content-type")
        || response.response().error().is_some()
}

/// The headers of every answer. Nothing comes from another host, nothing is framed, nothing is guessed.
fn dress(headers: &mut HeaderMap, visit: &Visit) {
    const ALWAYS: [(&str, &str); 7] = [
        (
            "content-security-policy",
            "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; connect-src 'self'; \
             form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
        ),
        ("x-content-type-options", "nosniff"),
        ("x-frame-options", "DENY"),
        ("referrer-policy", "same-origin"),
        ("cross-origin-opener-policy", "same-origin"),
        ("cross-origin-resource-policy", "same-origin"),
        ("permissions-policy", "camera=(), geolocation=(), microphone=(), payment=(), usb=()"),
    ];
    for (name, value) in ALWAYS {
        // Unless the page has its own, as strict as this: a page behind a secret address, or a mail in the demo.
        if !headers.contains_key(name) {
            headers.insert(HeaderName::from_static(name), HeaderValue::from_static(value));
        }
    }
    if visit.app.settings.is_https() {
        let a_year = HeaderValue::from_static("max-age=31536000; includeSubDomains");
        headers.insert(HeaderName::from_static("strict-transport-security"), a_year);
    }
    for cookie in visit.answers_with.borrow().iter() {
        if let Ok(cookie) = HeaderValue::from_str(&cookie.to_string()) {
            headers.append(SET_COOKIE, cookie);
        }
    }
    if let Ok(id) = HeaderValue::from_str(&visit.request_id) {
        headers.insert(HeaderName::from_static("x-request-id"), id);
    }
}

/// What the log says of a request: its method, route and status, never the address with its names and searches, and
/// never what an error says.
pub(super) struct RequestSpan;

impl RootSpanBuilder for RequestSpan {
    fn on_request_start(request: &ServiceRequest) -> tracing::Span {
        let id = request.extensions().get::<RequestId>().map(ToString::to_string).unwrap_or_default();
        let route = request.match_pattern().unwrap_or_default();
        // On the level of errors, so that the quietest log still knows which request an error belongs to.
        tracing::error_span!("request", %id, method = %request.method(), route, status = tracing::field::Empty)
    }

    fn on_request_end<B: MessageBody>(span: tracing::Span, outcome: &Result<ServiceResponse<B>, actix_web::Error>) {
        let status = match outcome {
            Ok(response) => response.status(),
            Err(error) => error.as_response_error().status_code(),
        };
        span.record("status", status.as_u16());
    }
}
