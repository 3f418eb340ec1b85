//! The middleware around every request: its context, the headers of its answer, and its line in the log.

use actix_web::body::MessageBody;
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::header::{HeaderMap, HeaderName, HeaderValue};
use actix_web::middleware::Next;
use actix_web::web;
use tracing_actix_web::RootSpanBuilder;

use crate::app::App;
use crate::http::client_address::network;
use crate::http::context::{RequestContext, request_id};
use crate::http::public_host;
use crate::settings::BehindProxy;

/// Gives a request its context, and its answer the common headers.
pub async fn frame(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<impl MessageBody>, actix_web::Error> {
    let context = RequestContext::begin(&request);
    let mut response = match public_host::redirect(&request, &context.app.settings) {
        Some(redirect) => request.into_response(redirect).map_into_right_body(),
        None => next.call(request).await?.map_into_left_body(),
    };
    add_security_headers(response.headers_mut(), &context);
    Ok(response)
}

/// Adds the headers of every answer: nothing from other hosts is loaded, no page is framed, no content type is guessed.
fn add_security_headers(headers: &mut HeaderMap, context: &RequestContext) {
    const ALWAYS: [(&str, &str); 7] = [
        (
            "content-security-policy",
            "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; connect-src 'self'; \
             manifest-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
        ),
        ("x-content-type-options", "nosniff"),
        ("x-frame-options", "DENY"),
        ("referrer-policy", "same-origin"),
        ("cross-origin-opener-policy", "same-origin"),
        ("cross-origin-resource-policy", "same-origin"),
        ("permissions-policy", "camera=(), geolocation=(), microphone=(), payment=(), usb=()"),
    ];
    for (name, value) in ALWAYS {
        // A page behind a secret address, or a mail in the demo, has its own value, which is as strict.
        if !headers.contains_key(name) {
            headers.insert(HeaderName::from_static(name), HeaderValue::from_static(value));
        }
    }
    if context.app.settings.is_https() {
        // Other names below ours may belong to others.
        let a_year = HeaderValue::from_static("max-age=31536000");
        headers.insert(HeaderName::from_static("strict-transport-security"), a_year);
    }
    if let Ok(id) = HeaderValue::from_str(&context.request_id) {
        headers.insert(HeaderName::from_static("x-request-id"), id);
    }
}

/// The log's span of a request: its id, the network of its client, its method and route. It never holds the address, which has references and searches
/// in it, nor the text of an error.
pub struct RequestSpan;

impl RootSpanBuilder for RequestSpan {
    fn on_request_start(request: &ServiceRequest) -> tracing::Span {
        let app = request.app_data::<web::Data<App>>();
        let behind = app.map_or(&BehindProxy::No, |app| &app.settings.behind_proxy);
        let id = request_id(request.request(), behind);
        let network = network(request.request(), behind);
        let route = request.match_pattern().unwrap_or_else(|| "none".to_owned());
        // On the level of errors, so that the quietest log still shows which request an error belongs to.
        tracing::error_span!("request", %id, %network, method = %request.method(), route)
    }

    /// Does nothing: [`super::metrics::measure`] logs the end of a request.
    fn on_request_end<B: MessageBody>(_: tracing::Span, _: &Result<ServiceResponse<B>, actix_web::Error>) {}
}
