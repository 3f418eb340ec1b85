//! Refuses forms from other sites.
//!
//! There are two guards, each enough by itself: here the browser's own word on where a request comes from; in
//! [`crate::web::form::PostForm`] the session's token that every form carries.

use actix_web::body::{EitherBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::header::{HOST, ORIGIN};
use actix_web::middleware::Next;
use actix_web::web;

use crate::app::App;
use crate::http::{loopback, public_host};
use crate::paths;
use crate::web::error::Error;

/// Refuses changes that do not come from our own pages. A demo refuses every request that does not come from this
/// machine to this machine.
pub(super) async fn refuse_cross_site(
    request: ServiceRequest,
    next: Next<impl MessageBody>,
) -> Result<ServiceResponse<EitherBody<impl MessageBody>>, actix_web::Error> {
    if is_demo(&request) && !loopback::is_addressed(&request) {
        return Ok(request.error_response(Error::Misdirected).map_into_right_body());
    }
    if is_demo(&request) && !loopback::is_origin(&request) {
        return Ok(request.error_response(Error::Forbidden).map_into_right_body());
    }
    if !request.method().is_safe() && !is_same_origin(&request) && !is_one_click(&request) {
        if let Some(error) = from_our_other_name(&request) {
            return Ok(request.error_response(error).map_into_right_body());
        }
        return Ok(request.error_response(Error::Forbidden).map_into_right_body());
    }
    Ok(next.call(request).await?.map_into_left_body())
}

/// The error of a form from a page of ours that was opened under another name than the public one: its origin is the very
/// host that it was sent to. A form from elsewhere is refused without a word.
fn from_our_other_name(request: &ServiceRequest) -> Option<Error> {
    let settings = &request.app_data::<web::Data<App>>()?.settings;
    let origin = public_host::other_origin(request, settings)?;
    let host = request.headers().get(HOST)?.to_str().ok()?;
    let is_of_host = origin.split_once("://").is_some_and(|(_, name)| name == host);
    if !is_of_host {
        return None;
    }
    tracing::warn!(origin, public_url = settings.public_url, "a form came from another address than --public-url");
    Some(Error::OtherAddress(origin.to_owned()))
}

/// Whether this is the one address that accepts posts from anywhere: mail programs and mail providers post there for
/// their reader, without a session or a page of ours (RFC 8058). The seal in the address proves their right, and the
/// address can only stop mails.
fn is_one_click(request: &ServiceRequest) -> bool {
    request.path().starts_with(paths::UNSUBSCRIBE)
}

fn is_same_origin(request: &ServiceRequest) -> bool {
    let header = |name: &str| request.headers().get(name).map(|value| value.to_str().unwrap_or("?"));
    if header("sec-fetch-site").is_some_and(|site| site != "same-origin") {
        return false;
    }
    let Some(origin) = header(ORIGIN.as_str()) else { return true };
    let public = request.app_data::<web::Data<App>>().map(|app| app.settings.public_url.as_str());
    let host = header(HOST.as_str());
    // A demo accepts any name of this machine; a real server has one address.
    public == Some(origin) || host.is_some_and(|host| is_demo(request) && origin == format!("http://{host}"))
}

/// Whether the browser says that one of our own pages sent this. What was typed is shown again only then: a page elsewhere
/// must not make us say its words.
pub(super) fn is_proven_same_origin(request: &ServiceRequest) -> bool {
    let says_so = request.headers().get("sec-fetch-site").is_some_and(|site| site == "same-origin");
    (says_so || request.headers().contains_key(ORIGIN)) && is_same_origin(request)
}

fn is_demo(request: &ServiceRequest) -> bool {
    request.app_data::<web::Data<App>>().is_some_and(|app| app.settings.demo)
}
