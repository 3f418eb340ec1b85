//! The network address of a visitor.

use actix_web::HttpRequest;

use crate::settings::Settings;

/// The network address that attempts are counted for.
pub(super) fn client_address(request: &HttpRequest, settings: &Settings) -> String {
    // Our own proxy wrote the last address; the visitor wrote those before it.
    let forwarded = request.headers().get_all("x-forwarded-for").last().and_then(|value| value.to_str().ok());
    let named = forwarded.filter(|_| settings.behind_proxy).and_then(|list| list.rsplit(',').next());
    let peer = || request.peer_addr().map(|peer| peer.ip().to_string()).unwrap_or_default();
    named.map_or_else(peer, |address| address.trim().to_owned())
}
