//! Keeps people at the public address: its name is in their links and cookies, and their forms are taken from it alone.

use actix_web::HttpResponse;
use actix_web::dev::ServiceRequest;
use actix_web::http::header::{HOST, LOCATION, ORIGIN};

use crate::settings::Settings;

/// Addresses that are asked by machines, under any name of the server.
const BY_ANY_NAME: [&str; 4] = ["/healthz", "/readyz", "/metrics", "/api/"];

/// The answer that leads to the public address, for a page that was asked for under another name. A form under another name
/// is refused where forms are guarded.
pub(super) fn redirect(request: &ServiceRequest, settings: &Settings) -> Option<HttpResponse> {
    let host = request.headers().get(HOST)?.to_str().ok()?;
    let is_of_machines = BY_ANY_NAME.iter().any(|path| request.path().starts_with(path));
    if settings.demo || !request.method().is_safe() || is_of_machines || is_public(host, settings) {
        return None;
    }
    let path = request.uri().path_and_query().map_or("/", |path| path.as_str());
    // A target that does not begin with a slash names a host itself.
    let path = if path.starts_with('/') { path } else { "/" };
    let location = format!("{}{path}", settings.public_url);
    Some(HttpResponse::PermanentRedirect().insert_header((LOCATION, location)).finish())
}

/// The origin that a form came from, when it is not the public address and the browser names one.
#[must_use]
pub fn other_origin<'a>(request: &'a ServiceRequest, settings: &Settings) -> Option<&'a str> {
    let origin = request.headers().get(ORIGIN)?.to_str().ok()?;
    let is_address = origin.starts_with("https://") || origin.starts_with("http://");
    (is_address && origin != settings.public_url).then_some(origin)
}

fn is_public(host: &str, settings: &Settings) -> bool {
    let authority = |address: &str| {
        let address = address.to_ascii_lowercase();
        let port = if settings.is_https() { ":443" } else { ":80" };
        address.strip_suffix(port).map(ToOwned::to_owned).unwrap_or(address)
    };
    let public = settings.public_url.split_once("://").map_or("", |(_, rest)| rest);
    authority(host) == authority(public)
}
