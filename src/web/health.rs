//! For operators: does it live, and can it work? No session, nothing personal.

use actix_web::{HttpResponse, web};

use crate::center::sweep;
use crate::config::App;

/// The program runs.
pub(super) async fn alive() -> HttpResponse {
    HttpResponse::Ok().content_type("text/plain; charset=utf-8").body("ok\n")
}

/// The program can reach its database.
pub(super) async fn ready(app: web::Data<App>) -> HttpResponse {
    match web::block(move || sweep::next_due(&app.store)).await {
        Ok(Ok(_)) => HttpResponse::Ok().content_type("text/plain; charset=utf-8").body("ready\n"),
        Ok(Err(_)) | Err(_) => HttpResponse::ServiceUnavailable()
            .insert_header(("retry-after", "3"))
            .content_type("text/plain; charset=utf-8")
            .body("the database cannot be reached\n"),
    }
}
