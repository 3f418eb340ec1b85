//! The interface for the marketplace's programs, at `/api/v1`: they tell of accounts and orders, and read orders as they are
//! seen from outside.
//!
//! It speaks of orders and never of disputes: whatever the marketplace's programs may read, its customer service reads (rules,
//! "What the marketplace sees"). No cookie is read here. [`key::Access`] is the extractor that decides about access, and
//! [`problem`] tells every error (RFC 9457).

mod accounts;
mod conditions;
mod events;
mod key;
mod limit;
mod orders;
mod problem;
pub(crate) mod representation;
mod sign_in_links;

use std::sync::Arc;

use actix_web::middleware::from_fn;
use actix_web::web::{Data, QueryConfig, ServiceConfig, delete, get, post, put, resource, scope, to};
use actix_web::{HttpResponse, Resource};

use crate::api::events::Waiting;
use crate::api::key::{Access, Any};
use crate::api::limit::Buckets;
use crate::api::problem::{Kind, Problem};
use crate::paths;

/// The description of the interface: an `OpenAPI` document, version 3.1.
const OPENAPI: &str = include_str!("openapi.json");

/// The addresses of the interface, to be served by [`crate::http::server`] before the pages. All threads that answer share
/// the limits of the keys.
pub fn routes() -> impl Fn(&mut ServiceConfig) + Clone + Send {
    let (buckets, waiting) = (Arc::new(Buckets::default()), Arc::new(Waiting::default()));
    move |config| {
        let api = scope(paths::API)
            .app_data(Data::from(buckets.clone()))
            .app_data(Data::from(waiting.clone()))
            .app_data(QueryConfig::default().error_handler(|_, _| Problem::parameters().into()))
            .service(only("GET", resource("/ping").route(get().to(ping))))
            .service(only("GET", resource("/openapi.json").route(get().to(openapi))))
            .service(only(
                "GET, PUT, DELETE",
                resource("/accounts/{external_id}")
                    .route(get().to(accounts::show))
                    .route(put().to(accounts::put))
                    .route(delete().to(accounts::erase)),
            ))
            .service(only("GET", resource("/events").route(get().to(events::list))))
            .service(only("GET", resource("/orders").route(get().to(orders::list))))
            .service(only(
                "GET, PUT",
                resource("/orders/{external_id}").route(get().to(orders::show)).route(put().to(orders::put)),
            ))
            .service(only("POST", resource("/sign-in-links").route(post().to(sign_in_links::create))))
            .default_service(to(not_found))
            .wrap(from_fn(problem::middleware));
        config.service(api);
    }
}

/// The resource with an answer to every other method.
fn only(allow: &'static str, resource: Resource) -> Resource {
    resource.default_service(to(move || async move { Err::<HttpResponse, _>(Problem::method_not_allowed(allow)) }))
}

async fn not_found() -> Result<HttpResponse, Problem> {
    Err(Problem::new(Kind::NotFound, "There is nothing at this address."))
}

/// Tells the name of the key, what it may do, and until when.
async fn ping(access: Access<Any>) -> HttpResponse {
    representation::json(&representation::KeyBody::new(&access.key))
}

async fn openapi() -> HttpResponse {
    HttpResponse::Ok().content_type("application/json").body(OPENAPI)
}
