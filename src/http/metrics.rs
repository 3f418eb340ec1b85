//! Counts and logs every request, and shows the counts to operators on an address of their own.

use std::net::TcpListener;
use std::time::{Duration, Instant};

use actix_web::body::MessageBody;
use actix_web::dev::{Server, ServiceRequest, ServiceResponse};
use actix_web::http::StatusCode;
use actix_web::middleware::Next;
use actix_web::{App as ActixApp, HttpResponse, HttpServer, web};

use crate::app::App;
use crate::metrics::CONTENT_TYPE;
use crate::store::maintenance::{gauges, servers as running};

/// Counts a request and its duration under the pattern of its address, and logs its end.
pub async fn measure(
    request: ServiceRequest,
    next: Next<impl MessageBody>,
) -> Result<ServiceResponse<impl MessageBody>, actix_web::Error> {
    let mut line = Sample { started: Instant::now(), status: None };
    let app = request.app_data::<web::Data<App>>().expect("the server sets it").clone();
    let route = request.match_pattern().unwrap_or_else(|| "none".to_owned());
    let method = if request.method().is_safe() { "GET" } else { "POST" };
    let answer = next.call(request).await;
    let status = answer.as_ref().map_or_else(|error| error.as_response_error().status_code(), ServiceResponse::status);
    app.metrics.request(method, &route, status.as_u16(), line.started.elapsed());
    line.status = Some(status);
    answer
}

/// The log line of a request; its span says which one. It is written on drop, so that a client that hangs up leaves a
/// line too.
struct Sample {
    started: Instant,
    status: Option<StatusCode>,
}

impl Drop for Sample {
    fn drop(&mut self) {
        let duration_ms = milliseconds(self.started.elapsed());
        match self.status {
            None => tracing::info!(duration_ms, "the client hung up"),
            // A failure also has a line of its own, at ERROR when it was unexpected.
            Some(status) if status.is_server_error() => {
                tracing::warn!(status = status.as_u16(), duration_ms, "request finished");
            }
            Some(status) => tracing::info!(status = status.as_u16(), duration_ms, "request finished"),
        }
    }
}

fn milliseconds(duration: Duration) -> f64 {
    f64::from(u32::try_from(duration.as_micros()).unwrap_or(u32::MAX)) / 1000.0
}

/// The server of the metrics. It is for operators only, so it has an address that visitors cannot reach.
pub fn server(app: App, listener: TcpListener) -> std::io::Result<Server> {
    let server = HttpServer::new(move || {
        ActixApp::new().app_data(web::Data::new(app.clone())).route("/metrics", web::get().to(show))
    });
    Ok(server.workers(1).disable_signals().listen(listener)?.run())
}

async fn show(app: web::Data<App>) -> HttpResponse {
    let now = app.clock.now();
    let store = app.store.clone();
    let counted = web::block(move || store.snapshot(|db| gauges::count(db, now))).await;
    let numbers = counted.ok().and_then(Result::ok);
    let (wall, store) = (app.clock.times().wall, app.store.clone());
    let is_writable =
        web::block(move || store.write(|db| running::touch(db, wall))).await.is_ok_and(|tried| tried.is_ok());
    let text = app.metrics.text(
        app.store.connections(),
        app.turns.running(),
        numbers.as_ref(),
        (now, app.clock.doubt().is_some(), is_writable),
    );
    HttpResponse::Ok().content_type(CONTENT_TYPE).body(text)
}
