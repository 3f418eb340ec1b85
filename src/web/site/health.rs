//! Health checks for operators: is the program alive, and can it work? They use no session and show nothing personal.

use actix_web::http::StatusCode;
use actix_web::http::header::{HeaderValue, RETRY_AFTER};
use actix_web::{HttpResponse, web};
use chrono::{DateTime, TimeDelta, Utc};

use crate::app::App;
use crate::clock::Doubt;
use crate::operations::maintenance::servers::{self, Difference};
use crate::operations::orders::sweep;
use crate::store::Error;

/// Says that the program runs.
pub(in crate::web) async fn alive() -> HttpResponse {
    say(StatusCode::OK, "ok\n".to_owned())
}

/// Says whether the program can reach its database and write to it, knows its tables and can trust its clock; and how far
/// the workers of all servers together are behind with settling. Being behind alone does not make a server unready (our choice): every page
/// settles what it shows, and the other servers use the same database.
pub(in crate::web) async fn ready(app: web::Data<App>) -> HttpResponse {
    let (now, doubt) = (app.clock.now(), app.clock.doubt());
    let looked = web::block(move || {
        let is_current = app.store.has_current_tables()?;
        let due = sweep::next_due(&app.store)?;
        if !is_current {
            return Ok::<_, Error>(Looked { is_current, is_writable: false, due, difference: Difference::default() });
        }
        let wall = app.clock.times().wall;
        let own = servers::this_server(&app.settings.secret);
        let difference = servers::difference(&app.store, &own, wall)?;
        let is_writable = doubt.is_some() || servers::check_writing(&app.store, wall).is_ok();
        Ok(Looked { is_current, is_writable, due, difference })
    });
    match looked.await {
        Ok(Ok(Looked { is_writable: false, is_current: true, .. })) => not_ready("database: cannot be written\n"),
        Ok(Ok(Looked { is_current: true, due, difference, .. })) => {
            if let Some(doubt) = doubt {
                return not_ready(&format!("database: ok\nschema: ok\nclock: {}\n", in_words(doubt)));
            }
            let behind = due.map_or(TimeDelta::zero(), |due| now - due).max(TimeDelta::zero());
            let differs = differs(difference);
            let text = format!("ready\ndatabase: ok\nschema: ok\nworker: {} s behind\n{differs}", behind.num_seconds());
            say(StatusCode::OK, text)
        }
        Ok(Ok(Looked { is_current: false, .. }) | Err(Error::Newer(_))) => {
            not_ready("database: ok\nschema: made by another version\n")
        }
        Ok(Err(_)) | Err(_) => not_ready("database: cannot be reached\n"),
    }
}

/// What the database says.
struct Looked {
    is_current: bool,
    is_writable: bool,
    due: Option<DateTime<Utc>>,
    difference: Difference,
}

/// A line for each way in which another server differs. It makes this one no less ready: during a rolling restart versions
/// differ.
fn differs(found: Difference) -> String {
    let key = if found.key { "servers: another one has another secret key\n" } else { "" };
    let version = if found.version { "servers: another one is of another version\n" } else { "" };
    format!("{key}{version}")
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
