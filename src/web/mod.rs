//! The pages: they read forms, ask the operations and show the result.
//!
//! [`routes`] is the table of all addresses. [`pages`] puts layers around it, from the outside in: the page of every
//! error ([`error_page`]), the body of a request, only for addresses that take a form ([`body`]), the refusal of forms
//! from other sites ([`csrf`]), and the session ([`session`]). Then comes a handler. Its extractors decide about
//! access: [`access::SignedIn`], [`access::AwaitingSecondFactor`] for an account whose code is still missing,
//! [`access::OrderAccess`] for a party of the order, and [`orders::answer::AnswerAccess`] for the reader of a question's
//! mail.

mod access;
mod account;
mod assets;
mod body;
mod cookie;
mod csrf;
mod error;
mod error_page;
mod flash;
mod form;
mod kept_words;
mod known_device;
mod layout;
mod orders;
mod query;
mod respond;
mod rich_text;
mod session;
mod session_cookie;
mod sign_in;
mod site;
mod user_agent;

use std::sync::Arc;

use self::account::{calendar_feed, data, devices, settings, unsubscribe};
use self::orders::{answer, answers, changes, disputes, dossier, lists, notifications, order, print, resolution};
use self::sign_in::{hand_off, link, password, password_reset};
use self::site::{accessibility, cancelling, demo, demo_webhooks, health, help, manifest, privacy, security_txt};
use actix_web::cookie::Key;
use actix_web::guard::{Any, Get, Head};
use actix_web::middleware::from_fn;
use actix_web::web::{Data, ServiceConfig, post, resource, route, scope, to};
use actix_web::{FromRequest, Handler, Responder, Route};

use self::site::demo_webhooks::Inbox;
use crate::app::App;
use crate::paths;

/// The pages, to be served by [`crate::http::server`]. `secret` signs the session cookies.
pub fn pages(app: &App, secret: &Key) -> impl Fn(&mut ServiceConfig) + Clone + Send + use<> {
    let (settings, secret, inbox) = (app.settings.clone(), secret.clone(), Arc::new(Inbox::default()));
    move |config| {
        config.app_data(Data::from(inbox.clone()));
        if settings.demo {
            // A program posts here, without a session; its signature is its right.
            config.service(resource(paths::DEMO_RECEIVER).route(post().to(demo_webhooks::receive)));
        }
        let pages = scope("")
            .configure(|config| routes(config, settings.demo))
            .wrap(from_fn(session::middleware))
            .wrap(session_cookie::middleware(&settings, &secret))
            .wrap(from_fn(csrf::refuse_cross_site))
            .wrap(from_fn(body::hold))
            .wrap(from_fn(error_page::middleware));
        config.service(pages);
    }
}

/// A route for GET, and for HEAD, which only asks whether the page exists.
fn get() -> Route {
    route().guard(Any(Get()).or(Head()))
}

/// A route that takes a form.
fn form<F, Args>(handler: F) -> Route
where
    F: Handler<Args, Output: Responder + 'static>,
    Args: FromRequest + 'static,
{
    post().to(handler).wrap(from_fn(body::read_form))
}

/// A route that takes a form with a text.
fn text_form<F, Args>(handler: F) -> Route
where
    F: Handler<Args, Output: Responder + 'static>,
    Args: FromRequest + 'static,
{
    post().to(handler).wrap(from_fn(body::read_text_form))
}

/// All addresses of the product. Each answers 405 to other methods, and every other address is 404.
pub fn routes(config: &mut ServiceConfig, demo: bool) {
    config
        .service(resource("/").route(get().to(order::home)))
        .service(resource("/sign-in").route(get().to(password::form)).route(form(password::sign_in)))
        .service(
            resource("/sign-in/code")
                .route(get().to(sign_in::second_factor::form))
                .route(form(sign_in::second_factor::check)),
        )
        .service(resource("/sign-in/link/{token}").route(get().to(link::show)).route(form(link::follow)))
        .service(resource("/sign-in/marketplace").route(get().to(hand_off::go)))
        .service(resource("/sign-in/return").route(get().to(hand_off::back)))
        .service(resource("/sign-out").route(form(password::sign_out)))
        .service(resource("/language").route(form(password::language)))
        .service(resource("/orders").route(get().to(lists::orders)))
        .service(resource("/orders/by/{external_id}").route(get().to(order::by_external_id)))
        .service(resource("/orders/{reference}").route(get().to(order::show)))
        .service(resource("/orders/{reference}/news").route(get().to(order::news)))
        .service(resource("/orders/{reference}/print").route(get().to(print::show)))
        .service(resource("/orders/{reference}/dossier").route(get().to(dossier::show)))
        .service(resource("/orders/{reference}/dossier.zip").route(get().to(dossier::file)))
        .service(
            resource("/orders/{reference}/deliver")
                .route(get().to(order::confirm_deliver))
                .route(text_form(order::deliver)),
        )
        .service(resource("/orders/{reference}/revision").route(text_form(order::request_revision)))
        .service(
            resource("/orders/{reference}/approve").route(get().to(order::confirm_approve)).route(form(order::approve)),
        )
        .service(resource("/orders/{reference}/resolution").route(get().to(resolution::show)))
        .service(resource("/orders/{reference}/change").route(get().to(changes::form)))
        .service(resource("/orders/{reference}/changes").route(text_form(changes::open)))
        .service(resource("/orders/{reference}/disputes").route(text_form(resolution::open)))
        .service(resource("/orders/{reference}/disputes/{number}").route(get().to(disputes::show)))
        .service(
            resource("/orders/{reference}/disputes/{number}/accept")
                .route(get().to(disputes::confirm_accept))
                .route(text_form(answers::accept)),
        )
        .service(
            resource("/orders/{reference}/disputes/{number}/withdraw")
                .route(get().to(disputes::confirm_withdraw))
                .route(form(disputes::withdraw)),
        )
        .service(resource("/orders/{reference}/disputes/{number}/seen").route(form(disputes::mark_seen)))
        .service(resource("/orders/{reference}/disputes/{number}/remind").route(form(disputes::remind)))
        .service(resource("/orders/{reference}/disputes/{number}/decline").route(text_form(answers::decline)))
        .service(resource("/orders/{reference}/disputes/{number}/update").route(text_form(answers::give_update)))
        .service(resource("/orders/{reference}/disputes/{number}/comments").route(text_form(answers::comment)))
        .service(resource("/disputes").route(get().to(lists::disputes)))
        .service(resource("/notifications").route(get().to(notifications::list)))
        .service(resource("/notifications/read").route(form(notifications::mark_read)))
        .service(
            resource("/password/forgotten")
                .route(get().to(password_reset::forgotten))
                .route(form(password_reset::ask_for_link)),
        )
        .service(resource("/password/sent").route(get().to(password_reset::sent)))
        .service(resource("/password/{token}").route(get().to(password_reset::form)).route(form(password_reset::set)))
        .service(resource("/answer/{token}").route(get().to(answer::show)).route(text_form(answer::act)))
        .service(resource("/account").route(get().to(settings::show)).route(form(settings::save)))
        .service(resource("/account/password").route(form(settings::change_password)))
        .service(resource("/account/sign-out-everywhere").route(form(settings::sign_out_everywhere)))
        .service(resource("/account/devices/end").route(form(devices::end)))
        .service(resource("/account/second-factor").route(get().to(account::second_factor::show)))
        .service(
            resource("/account/second-factor/set-up")
                .route(get().to(account::second_factor::set_up))
                .route(form(account::second_factor::switch_on)),
        )
        .service(
            resource("/account/second-factor/codes")
                .route(get().to(account::second_factor::codes))
                .route(form(account::second_factor::renew_codes)),
        )
        .service(resource("/account/second-factor/kept").route(form(account::second_factor::codes_are_kept)))
        .service(resource("/account/second-factor/off").route(form(account::second_factor::switch_off)))
        .service(resource("/account/events").route(get().to(account::events::list)))
        .service(resource("/account/data").route(form(data::prove)))
        .service(resource("/account/data.zip").route(get().to(data::download)))
        .service(resource("/account/calendar").route(form(settings::change_calendar)))
        .service(resource("/calendar/{secret}.ics").route(get().to(calendar_feed::feed)))
        .service(
            resource("/unsubscribe/{token}").route(get().to(unsubscribe::ask)).route(form(unsubscribe::switch_off)),
        )
        .service(resource("/help").route(get().to(help::show)))
        .service(resource("/help/cancelling").route(get().to(cancelling::show)))
        .service(resource("/privacy").route(get().to(privacy::show)))
        .service(resource("/manifest.webmanifest").route(get().to(manifest::show)))
        .service(resource("/accessibility").route(get().to(accessibility::show)))
        .service(resource("/static/{file}").route(get().to(assets::serve)))
        .service(resource("/.well-known/oplossingscentrum-keys").route(get().to(dossier::keys)))
        .service(resource("/.well-known/security.txt").route(get().to(security_txt::show)))
        .service(resource("/healthz").route(get().to(health::alive)))
        .service(resource("/readyz").route(get().to(health::ready)));
    if demo {
        demo_routes(config);
    }
    config.default_service(to(error_page::not_found));
}

/// The addresses that only a demo has.
fn demo_routes(config: &mut ServiceConfig) {
    config
        .service(resource("/demo/clock").route(form(demo::advance)))
        .service(resource("/demo/sign-in").route(form(demo::sign_in)))
        .service(resource("/demo/webhooks").route(get().to(demo_webhooks::show)).route(form(demo_webhooks::again)))
        .service(resource("/demo/mail").route(get().to(demo::mail)))
        .service(resource("/demo/mail/{id}").route(get().to(demo::show_mail)));
}
