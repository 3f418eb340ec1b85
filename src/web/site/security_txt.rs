//! Shows where to report a weakness of this site (RFC 9116), when the operator has set an address for it.

use actix_web::http::header;
use actix_web::{HttpResponse, web};
use chrono::{DateTime, Days, SecondsFormat, Utc};

use crate::app::App;
use crate::settings::Settings;
use crate::web::error::Error;

/// How long the file is valid, in days. RFC 9116, 2.5.5 asks for less than a year; the file is made anew at each
/// request.
const DAYS: u64 = 180;

/// Shows the file, or 404 without an address. It needs no session and makes none.
pub(in crate::web) async fn show(app: web::Data<App>) -> Result<HttpResponse, Error> {
    let Settings { security_contact, public_url, .. } = &*app.settings;
    let contact = security_contact.as_deref().ok_or(Error::NotFound)?;
    Ok(HttpResponse::Ok()
        .content_type("text/plain; charset=utf-8")
        .insert_header((header::CACHE_CONTROL, "public, max-age=86400"))
        .body(text(contact, public_url, app.clock.now())))
}

fn text(contact: &str, public_url: &str, now: DateTime<Utc>) -> String {
    let expires = now.checked_add_days(Days::new(DAYS)).unwrap_or(now).to_rfc3339_opts(SecondsFormat::Secs, true);
    format!(
        "Contact: {contact}\nExpires: {expires}\nPreferred-Languages: nl, en\n\
         Canonical: {public_url}/.well-known/security.txt\n"
    )
}
