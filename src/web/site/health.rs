//! Health checks for operators: is the program alive, and can it work? They use no session and show nothing personal.

use actix_web::http::StatusCode;
use actix_web::http::header::{HeaderValue, RETRY_AFTER};
use actix_web::{HttpResponse, web};
use chrono::TimeDelta;

use crate::app::App;
use crate::clock::Doubt;
use crate::operations::orders::sweep;
use crate::store::Error;

/// Says that the program runs.
pub(in crate::web) async fn alive() -> HttpResponse {
    say(StatusCode::OK, "ok\n".to_owned())
}

/// Says whether the program can reach its database, knows its tables and can trust its clock, and how far the workers of all servers
/// together are behind with settling. Being behind alone does not make a server unready (our choice): every page
/// settles what it shows, and the other servers use the same database.
pub(in crate::web) async fn ready(app: web::Data<App>) -> HttpResponse {
    let (now, doubt) = (app.clock.now(), app.clock.doubt());
    let looked = web::block(move || {
        let is_current = app.store.has_current_tables()?;
        Ok::<_, Error>((is_current, sweep::next_due(&app.store)?))
    });
    match looked.await {
        Ok(Ok((true, due))) => {
            if let Some(doubt) = doubt {
                return not_ready(&format!("database: ok\nschema: ok\nclock: {}\n", in_words(doubt)));
            }
            let behind = due.map_or(TimeDelta::zero(), |due| now - due).max(TimeDelta::zero());
            say(StatusCode::OK, format!("ready\ndatabase: ok\nschema: ok\nworker: {} s behind\n", behind.num_seconds()))
        }
        Ok(Ok((false, _)) | Err(Error::Newer(_))) => not_ready("database: ok\nschema: made by another version\n"),
        Ok(Err(_)) | Err(_) => not_ready("database: cannot be reached\n"),
    }
}

fn in_words(doubt: Doubt) -> String {
    match doubt {
        Doubt::Apart(by) => format!("{} s ahead; nothing is settled", by.num_seconds()),
        Doubt::Behind(recorded) => format!("before {recorded}, when a server was running; nothing is settled"),
    }
}

fn not_ready(why: &str) -> HttpResponse {
    let mut answer = say(StatusCode::SERVICE_UNAVAILABLE, format!("not ready\n{why}"));
    answer.headers_mut().insert(RETRY_AFTER, HeaderValue::from_static("3"));
    answer
}

fn say(status: StatusCode, text: String) -> HttpResponse {
    HttpResponse::build(status).content_type("text/plain; charset=utf-8").body(text)
}
