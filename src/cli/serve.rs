//! Runs the program until it is told to stop, and stops it with no work half done.

use std::future::Future;
use std::net::TcpListener;
use std::time::Duration;

use actix_web::cookie::Key;
use actix_web::rt::{self, spawn};
use actix_web::web::ServiceConfig;
use anyhow::{Context, Result};
use tokio::sync::watch;

use crate::api;
use crate::app::App;
use crate::http::metrics;
use crate::http::server::server;
use crate::mail::server::Server as MailServer;
use crate::operations::maintenance::servers::Server;
use crate::operations::orders::sweep;
use crate::web;
use crate::webhook::client::Client;
use crate::webhook::guard::Guard;
use crate::worker::{deliver, relay, servers, sweep as settling, webhooks};

/// The time that running work gets to finish after the program is told to stop. Supervisors such as systemd and
/// container engines often kill after ten seconds. Work that is cut off then was not committed, and is done after the
/// next start.
const PATIENCE: Duration = Duration::from_millis(9_500);

/// Where the program listens.
pub(super) struct Sockets {
    /// The pages, for people.
    pub pages: TcpListener,
    /// The metrics, for operators; only when they were asked for.
    pub metrics: Option<TcpListener>,
    /// The interface for programs, when it has an address of its own.
    pub api: Option<TcpListener>,
}

/// How the program was told to stop.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Stop {
    /// After the running requests have finished (SIGTERM).
    WhenDone,
    /// Now, from a terminal (Ctrl+C).
    AtOnce,
}

/// Runs the program: settles what fell due while it was down, serves pages, goes on settling, tells webhooks what the guard
/// lets be reached, and sends mail when a mail server is set.
///
/// When it is told to stop, it finishes the running requests, the round of settling and the mails that are being sent,
/// all within ten seconds.
pub(super) fn run(
    app: App,
    secret: &Key,
    sockets: Sockets,
    (mail, reach): (Option<MailServer>, Guard),
    own: Option<Server>,
) -> Result<()> {
    if !servers::say(app.clock.doubt(), false) {
        sweep::settle_all_due(&app.store, app.clock.now()).context("cannot settle what fell due")?;
    }
    rt::System::new().block_on(async move {
        // Listens from here on, so that no signal is missed.
        let told = told_to_stop()?;
        let (stop, stopped) = watch::channel(());
        let stopped = || {
            let mut stopped = stopped.clone();
            async move { drop(stopped.changed().await) }
        };
        let mut workers = vec![spawn(settling::run(app.clone(), stopped())), spawn(relay::run(app.clone(), stopped()))];
        if let Some(mail) = mail {
            workers.push(spawn(deliver::run(app.clone(), mail, deliver::Pace::default(), stopped())));
        }
        let telling = webhooks::start(app.clone(), Client::new(reach), stopped()).context("cannot start a thread")?;
        workers.push(spawn(async move { drop(rt::task::spawn_blocking(move || telling.join()).await) }));
        if let Some(own) = own {
            workers.push(spawn(servers::run(app.clone(), own, stopped())));
        }
        if let Some(listener) = sockets.metrics {
            spawn(metrics::server(app.clone(), listener)?);
        }
        let (programs, pages) = (api::routes(), web::pages(&app, secret));
        let programs_alone = sockets.api.map(|listener| server(app.clone(), programs.clone(), listener)).transpose()?;
        let has_programs = programs_alone.is_none();
        let routes = move |config: &mut ServiceConfig| {
            if has_programs {
                programs(config);
            }
            pages(config);
        };
        let serving = server(app.clone(), routes, sockets.pages)?;
        let handles: Vec<_> = programs_alone.iter().chain([&serving]).map(actix_web::dev::Server::handle).collect();
        let programs_alone = programs_alone.map(spawn);
        let mut serving = spawn(serving);
        let told = tokio::select! {
            told = told => told,
            served = &mut serving => return served?.context("the server stopped"),
        };
        drop(stop);
        app.store.signals().stop_waiting();
        let done = async {
            for handle in handles {
                handle.stop(told == Stop::WhenDone).await;
            }
            if let Some(programs) = programs_alone {
                drop(programs.await);
            }
            for worker in workers {
                drop(worker.await);
            }
            serving.await
        };
        let Ok(served) = rt::time::timeout(PATIENCE, done).await else {
            tracing::warn!("stopped with something underway; it is done after the next start");
            // Any other way to end would wait for the running work after all.
            std::process::exit(0)
        };
        served?.context("the server stopped")
    })
}

/// Waits for the signal to stop.
#[cfg(unix)]
fn told_to_stop() -> Result<impl Future<Output = Stop>> {
    use rt::signal::unix::{SignalKind, signal};
    let listen = |kind| signal(kind).context("cannot listen for signals");
    let (mut terminate, mut interrupt) = (listen(SignalKind::terminate())?, listen(SignalKind::interrupt())?);
    Ok(async move {
        tokio::select! {
            _ = terminate.recv() => Stop::WhenDone,
            _ = interrupt.recv() => Stop::AtOnce,
        }
    })
}

/// Waits for the signal to stop.
#[cfg(not(unix))]
#[expect(clippy::unnecessary_wraps, reason = "where there are signals, listening for them can fail")]
fn told_to_stop() -> Result<impl Future<Output = Stop>> {
    Ok(async {
        drop(rt::signal::ctrl_c().await);
        Stop::AtOnce
    })
}
