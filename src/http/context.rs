//! What is known of a request from its first moment on: plain data that all rooms above may read.

use std::net::IpAddr;
use std::rc::Rc;

use actix_web::dev::ServiceRequest;
use actix_web::http::Method;
use actix_web::http::header::{ACCEPT_LANGUAGE, HeaderValue, USER_AGENT};
use actix_web::{HttpMessage, HttpRequest, web};
use tracing_actix_web::RequestId;

use crate::app::App;
use crate::clock::Times;
use crate::domain::Language;
use crate::http::client_address::client_address;
use crate::settings::{BehindProxy, Settings};

/// The header in which a proxy names a request.
const REQUEST_ID: &str = "x-request-id";

/// The cookie that remembers the language of a visitor.
pub const LANGUAGE_COOKIE: &str = "language";

/// The cookie with which the pages' script says that it runs in this browser.
const SCRIPT_COOKIE: &str = "script";

/// The name of the cookie with the accounts that know a browser. `__Host-` pins it to this host and to https.
#[must_use]
pub fn known_devices_cookie(settings: &Settings) -> &'static str {
    if settings.is_https() { "__Host-device" } else { "device" }
}

/// The name of the cookie that says that words of a form are kept for an account that uses this browser.
#[must_use]
pub fn kept_words_cookie(settings: &Settings) -> &'static str {
    if settings.is_https() { "__Host-kept" } else { "kept" }
}

/// The context of a request: its moment, client, target and language.
#[derive(Clone)]
pub struct RequestContext {
    /// The shared state of the running program.
    pub app: App,
    /// The one moment of this request.
    pub times: Times,
    /// Its id, which the log has too.
    pub request_id: String,
    /// The network address that attempts are counted for.
    pub client_address: IpAddr,
    /// The sealed list of accounts that know this browser, as it came in the cookie.
    pub known_devices: Option<String>,
    /// Whether its reader has the page in front of them, as far as the request says: it was not fetched ahead, and is no
    /// part of another page. A proxy or a scanner that asks for the head only does not look at it either.
    pub is_looked_at: bool,
    /// Whether the pages' script runs in this browser. Then it tells when a page is in front of its reader: a page that was
    /// asked for may stand in a tab in the background.
    pub has_script: bool,
    /// Whether words of a form are kept for an account that uses this browser.
    pub has_kept_words: bool,
    /// The requested path and query.
    pub path: String,
    /// The `User-Agent` header.
    pub user_agent: Option<HeaderValue>,
    /// The language that the visitor chose in this browser.
    pub chosen_language: Option<Language>,
    /// The language of the visitor: from the cookie, else from `Accept-Language`, else Dutch.
    pub language: Language,
}

impl RequestContext {
    /// Reads the context, clock included, and stores it in the request.
    pub(super) fn begin(request: &ServiceRequest) -> Rc<Self> {
        let context = Rc::new(Self::read(request.request()));
        request.extensions_mut().insert(context.clone());
        context
    }

    fn read(request: &HttpRequest) -> Self {
        let app = request.app_data::<web::Data<App>>().expect("the server sets it").get_ref().clone();
        let request_id = request_id(request, &app.settings.behind_proxy);
        Self {
            times: app.clock.times(),
            request_id,
            client_address: client_address(request, &app.settings.behind_proxy),
            known_devices: request.cookie(known_devices_cookie(&app.settings)).map(|cookie| cookie.value().to_owned()),
            has_kept_words: request.cookie(kept_words_cookie(&app.settings)).is_some(),
            is_looked_at: is_looked_at(request),
            has_script: request.cookie(SCRIPT_COOKIE).is_some(),
            path: request.uri().path_and_query().map_or_else(|| "/".to_owned(), ToString::to_string),
            user_agent: request.headers().get(USER_AGENT).cloned(),
            chosen_language: chosen_language(request),
            language: language(request),
            app,
        }
    }

    /// The context of this request.
    ///
    /// # Panics
    ///
    /// When the request did not pass [`super::middleware`], which the server puts around every route.
    #[must_use]
    pub fn from_request(request: &HttpRequest) -> Rc<Self> {
        request.extensions().get::<Rc<Self>>().expect("every request passes the middleware").clone()
    }
}

/// The id of a request: the one that a proxy of ours gave it in `X-Request-Id`, so that its log and ours tell of the same
/// request, or else one of our own.
pub(super) fn request_id(request: &HttpRequest, behind: &BehindProxy) -> String {
    let given = request.headers().get(REQUEST_ID).and_then(|id| id.to_str().ok());
    let is_id = |id: &&str| {
        (8..=64).contains(&id.len()) && id.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte))
    };
    if let Some(id) = given.filter(|id| *behind != BehindProxy::No && is_id(id)) {
        return id.to_owned();
    }
    request.extensions().get::<RequestId>().map(ToString::to_string).unwrap_or_default()
}

fn is_looked_at(request: &HttpRequest) -> bool {
    let header = |name: &str| request.headers().get(name).and_then(|value| value.to_str().ok());
    let is_ahead = ["sec-purpose", "purpose", "x-purpose", "x-moz"].iter().any(|name| {
        header(name)
            .is_some_and(|purpose| ["prefetch", "prerender", "preview"].iter().any(|ahead| purpose.contains(ahead)))
    });
    let is_document = header("sec-fetch-dest").is_none_or(|dest| dest == "document");
    request.method() == Method::GET && !is_ahead && is_document
}

fn chosen_language(request: &HttpRequest) -> Option<Language> {
    request.cookie(LANGUAGE_COOKIE)?.value().parse().ok()
}

fn language(request: &HttpRequest) -> Language {
    chosen_language(request).unwrap_or_else(|| {
        let accepts = request.headers().get(ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok());
        accepts.map_or_else(Language::default, Language::negotiate)
    })
}
