//! The web manifest: the name and the icons of the product on the home screen of a phone.

use std::rc::Rc;

use actix_web::http::header;
use actix_web::{HttpRequest, HttpResponse};
use serde_json::json;

use crate::http::context::RequestContext;
use crate::paths;
use crate::web::assets;

/// The colours of the light theme, as in `app.css`.
const PAPER: &str = "#faf6ef";
const SHEET: &str = "#fffdf9";

/// Shows the manifest. It needs no session and makes none: browsers ask for it without cookies, and the language of the
/// device decides.
pub(in crate::web) async fn show(request: HttpRequest) -> HttpResponse {
    let context = RequestContext::from_request(&request);
    let language = Rc::clone(&context).language;
    let icon = |size: u32| {
        json!({
            "src": assets::path(&format!("icon-{size}.png")),
            "sizes": format!("{size}x{size}"),
            "type": "image/png",
        })
    };
    let manifest = json!({
        "name": language.words().product(),
        "short_name": language.words().product(),
        "lang": language.code(),
        "id": paths::HOME,
        "start_url": paths::ORDERS,
        "scope": paths::HOME,
        "display": "standalone",
        "background_color": PAPER,
        "theme_color": SHEET,
        "icons": [icon(180), icon(512)],
    });
    HttpResponse::Ok()
        .content_type("application/manifest+json")
        .insert_header((header::CACHE_CONTROL, "public, max-age=86400"))
        .insert_header((header::VARY, "accept-language"))
        .body(manifest.to_string())
}
