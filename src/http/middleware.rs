//! The middleware around every request: its context, the headers of its answer, and its line in the log.

use actix_web::HttpMessage;
use actix_web::body::MessageBody;
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::header::{HeaderMap, HeaderName, HeaderValue};
use actix_web::middleware::Next;
use tracing_actix_web::{RequestId, RootSpanBuilder};

use crate::http::context::RequestContext;

/// Gives a request its context, and its answer the common headers.
pub async fn frame(
    request: ServiceRequest,
    next: Next<impl MessageBody>,
) -> Result<ServiceResponse<impl MessageBody>, actix_web::Error> {
    let context = RequestContext::begin(&request);
    let mut response = next.call(request).await?;
    add_security_headers(response.headers_mut(), &context);
    Ok(response)
}

/// Adds the headers of every answer: nothing from other hosts is loaded, no page is framed, no content type is guessed.
fn add_security_headers(headers: &mut HeaderMap, context: &RequestContext) {
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
        // A page behind a secret address, or a mail in the demo, has its own value, which is as strict.
        if !headers.contains_key(name) {
            headers.insert(HeaderName::from_static(name), HeaderValue::from_static(value));
        }
    }
    if context.app.settings.is_https() {
        let a_year = HeaderValue::from_static("max-age=31536000; includeSubDomains");
        headers.insert(HeaderName::from_static("strict-transport-security"), a_year);
    }
    if let Ok(id) = HeaderValue::from_str(&context.request_id) {
        headers.insert(HeaderName::from_static("x-request-id"), id);
    }
}

/// The log's span of a request: its id, method and route. It never holds the address, which has references and searches
/// in it, nor the text of an error.
pub struct RequestSpan;

impl RootSpanBuilder for RequestSpan {
    fn on_request_start(request: &ServiceRequest) -> tracing::Span {
        let id = request.extensions().get::<RequestId>().map(ToString::to_string).unwrap_or_default();
        let route = request.match_pattern().unwrap_or_else(|| "none".to_owned());
        // On the level of errors, so that the quietest log still shows which request an error belongs to.
        tracing::error_span!("request", %id, method = %request.method(), route)
    }

    /// Does nothing: [`super::metrics::measure`] logs the end of a request.
    fn on_request_end<B: MessageBody>(_: tracing::Span, _: &Result<ServiceResponse<B>, actix_web::Error>) {}
}
