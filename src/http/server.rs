//! The HTTP server: its socket, its connections, the middleware around every route, and how it stops.

use std::net::TcpListener;

use actix_web::dev::Server;
use actix_web::middleware::from_fn;
use actix_web::web::{Data, ServiceConfig};
use actix_web::{App as ActixApp, HttpServer};
use socket2::SockRef;
use tracing_actix_web::TracingLogger;

use crate::app::App;
use crate::http::middleware::{self, RequestSpan};
use crate::http::{compression, idle_timeout, metrics, old_key};

/// The most connections that wait to be accepted; the standard library's 128 is soon full.
const WAITING_IN_LINE: i32 = 1024;
/// The time for running requests to finish at a stop, in seconds: less than the whole program gets.
const SHUTDOWN_SECONDS: u64 = 8;

/// Serves these routes on a socket until it is stopped. It listens for no signals.
pub fn server(
    app: App,
    routes: impl Fn(&mut ServiceConfig) + Clone + Send + 'static,
    listener: TcpListener,
) -> std::io::Result<Server> {
    let server = HttpServer::new(move || {
        ActixApp::new()
            .app_data(Data::new(app.clone()))
            .configure(&routes)
            .wrap(from_fn(middleware::frame))
            .wrap(from_fn(old_key::sign_anew))
            .wrap(from_fn(compression::compress))
            .wrap(from_fn(metrics::measure))
            .wrap(TracingLogger::<RequestSpan>::new())
            .wrap(from_fn(idle_timeout::middleware))
    });
    make_room(&listener)?;
    let server = server.on_connect(idle_timeout::track).tcp_nodelay(true);
    Ok(server.disable_signals().shutdown_timeout(SHUTDOWN_SECONDS).listen(listener)?.run())
}

/// Prepares for many connections: raises the limit of open files to its maximum, because each connection is one file
/// (and a second one to watch it), and makes the queue of connections that wait to be accepted longer.
fn make_room(listener: &TcpListener) -> std::io::Result<()> {
    #[cfg(unix)]
    {
        use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
        let limit = getrlimit(Resource::Nofile);
        if let Err(error) = setrlimit(Resource::Nofile, Rlimit { current: limit.maximum, ..limit }) {
            tracing::warn!(%error, "the limit on open files stays as it is");
        }
    }
    SockRef::from(listener).listen(WAITING_IN_LINE)
}
