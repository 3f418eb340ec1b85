//! Access to the interface: a key that works, is not used too often, and may do what is asked.

use std::future::Future;
use std::marker::PhantomData;
use std::pin::Pin;
use std::rc::Rc;

use actix_web::dev::Payload;
use actix_web::http::header::AUTHORIZATION;
use actix_web::{FromRequest, HttpRequest, web};

use crate::api::limit::Buckets;
use crate::api::problem::{Kind, Problem};
use crate::domain::marketplace::key::{Key, Scope, Secret};
use crate::http::context::RequestContext;
use crate::operations::marketplace::keys;

/// What a handler needs of the key.
pub(super) trait Needs {
    /// The scope; any key will do without.
    const SCOPE: Option<Scope>;
}

/// Names a scope as a type, so that a handler says what it needs.
macro_rules! needs {
    ($($(#[$doc:meta])* $name:ident = $scope:expr;)+) => {$(
        $(#[$doc])*
        pub(super) enum $name {}

        impl Needs for $name {
            const SCOPE: Option<Scope> = $scope;
        }
    )+};
}
needs! {
    /// Any key that works.
    Any = None;
    /// To read accounts.
    AccountsRead = Some(Scope::AccountsRead);
    /// To add and change accounts.
    AccountsWrite = Some(Scope::AccountsWrite);
    /// To have accounts erased.
    AccountsErase = Some(Scope::AccountsErase);
    /// To read orders.
    OrdersRead = Some(Scope::OrdersRead);
    /// To add orders and let them follow.
    OrdersWrite = Some(Scope::OrdersWrite);
    /// To read the feed.
    EventsRead = Some(Scope::EventsRead);
    /// To make links that sign a person in.
    SignInCreate = Some(Scope::SignInCreate);
}

/// A request with a key that may do this.
pub(super) struct Access<S> {
    pub context: Rc<RequestContext>,
    pub key: Key,
    scope: PhantomData<S>,
}

impl<S: Needs> FromRequest for Access<S> {
    type Error = Problem;
    type Future = Pin<Box<dyn Future<Output = Result<Self, Problem>>>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let context = RequestContext::from_request(request);
        let buckets = request.app_data::<web::Data<Buckets>>().expect("the routes set it").clone();
        let header = request.headers().get(AUTHORIZATION).and_then(|header| header.to_str().ok());
        let secret = header.and_then(bearer).and_then(Secret::parse);
        Box::pin(async move {
            let key = key(&context, &buckets, secret).await?;
            match S::SCOPE {
                Some(scope) if !key.scopes.contains(&scope) => Err(Problem::scope_missing(scope)),
                _ => Ok(Self { context, key, scope: PhantomData }),
            }
        })
    }
}

/// The token of a header `Bearer TOKEN`; the word may be written in any case (RFC 9110, 11.1).
fn bearer(header: &str) -> Option<&str> {
    let (scheme, token) = header.split_once(' ')?;
    scheme.eq_ignore_ascii_case("Bearer").then_some(token.trim())
}

/// The key of a request. Requests without one that works share a limit by the network they come from.
async fn key(context: &RequestContext, buckets: &Buckets, secret: Option<Secret>) -> Result<Key, Problem> {
    let (app, now) = (&context.app, context.times.wall);
    let found = match secret {
        Some(secret) => app.read_inline(move |store| keys::find(store, &secret, now)).await??,
        None => None,
    };
    let who = found.as_ref().map_or_else(|| context.client_address.to_string(), |key| key.id.clone());
    buckets.take(&who, app.settings.api_rate, now).map_err(Problem::too_many)?;
    let key = found.ok_or_else(|| {
        Problem::new(Kind::Unauthorized, "This needs the header Authorization: Bearer with a key that works.")
    })?;
    tracing::debug!(key = key.name, "a program comes with a key");
    if keys::is_use_unwritten(&key, now) {
        let used = key.clone();
        let writing = app.clone();
        actix_web::rt::spawn(
            async move { writing.run_blocking(move |store| keys::mark_used(store, &used, now)).await },
        );
    }
    Ok(key)
}
