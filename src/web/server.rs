//! The HTTP server around the routes.

use std::net::TcpListener;

use actix_session::SessionMiddleware;
use actix_session::config::{CookieContentSecurity, PersistentSession};
use actix_web::cookie::{Key, SameSite, time::Duration};
use actix_web::dev::Server;
use actix_web::middleware::{Compress, from_fn};
use actix_web::{App as ActixApp, HttpServer, web};
use socket2::SockRef;
use tracing_actix_web::TracingLogger;

use crate::config::{App, Settings};
use crate::web::session_store::DbSessions;
use crate::web::{compression, csrf, form, idle_timeout, metrics, middleware, routes};

/// Connections that wait to be let in, at most; the standard library's 128 is soon full.
const WAITING_IN_LINE: i32 = 1024;
/// How long a running request gets when the program is asked to stop, in seconds: less than the whole program gets.
const SHUTDOWN_SECONDS: u64 = 8;

/// The server, ready to run on that socket until it is stopped; it listens for no signals. `secret` signs the session
/// cookies.
///
/// # Errors
///
/// When the socket cannot be listened on.
pub fn server(app: App, secret: &Key, listener: TcpListener) -> std::io::Result<Server> {
    let secret = secret.clone();
    let server = HttpServer::new(move || {
        let demo = app.settings.demo;
        ActixApp::new()
            .app_data(web::Data::new(app.clone()))
            .configure(|config| routes(config, demo))
            .wrap(session(&app, &secret))
            .wrap(from_fn(csrf::refuse_cross_site))
            .wrap(from_fn(form::read_body))
            .wrap(from_fn(middleware::edge))
            .wrap(from_fn(compression::gzip_first))
            .wrap(Compress::default())
            .wrap(from_fn(metrics::measure))
            .wrap(TracingLogger::<middleware::RequestSpan>::new())
            .wrap(from_fn(idle_timeout::while_at_work))
    });
    make_room(&listener)?;
    // What the framework compresses goes out in pieces. The last one is small, and would else wait for word of the one before
    // it, which the other side holds back for 40 milliseconds.
    let server = server.on_connect(idle_timeout::watch).tcp_nodelay(true);
    Ok(server.disable_signals().shutdown_timeout(SHUTDOWN_SECONDS).listen(listener)?.run())
}

/// Makes room for a crowd: the program may have as many files open as it is allowed at most, for each connection is one
/// (and a second one to watch it by), and those who come faster than they are let in can wait in line.
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

/// The name of the session's cookie: `__Host-` pins it to this host and to https.
fn cookie_name(settings: &Settings) -> &'static str {
    if settings.is_https() { "__Host-session" } else { "session" }
}

fn session(app: &App, secret: &Key) -> SessionMiddleware<DbSessions> {
    let life = app.settings.session_life;
    // The cookie may outlive the session, which the server ends: it is not written again at each visit.
    let cookie_life = Duration::days(life.days.into());
    SessionMiddleware::builder(DbSessions { store: app.store.clone(), life }, secret.clone())
        .cookie_name(cookie_name(&app.settings).to_owned())
        .cookie_secure(app.settings.is_https())
        .cookie_http_only(true)
        .cookie_same_site(SameSite::Lax)
        .cookie_path("/".to_owned())
        .cookie_content_security(CookieContentSecurity::Signed)
        .session_lifecycle(PersistentSession::default().session_ttl(cookie_life))
        .build()
}
