//! Links that sign a person in.

use actix_web::web::Payload;
use actix_web::{HttpRequest, HttpResponse};
use serde_json::{Map, Value};

use crate::api::conditions::body;
use crate::api::key::{Access, SignInCreate};
use crate::api::problem::{Kind, Mistakes, Problem};
use crate::api::representation::{LinkBody, json_as};
use crate::domain::ExternalId;
use crate::operations::accounts::sign_in_links;
use crate::operations::maintenance::import::Code;
use crate::paths::{HOME, local_path};

/// What a program asks for.
struct Asked {
    account: ExternalId,
    next: String,
}

/// Makes a link for an account.
pub(super) async fn create(
    access: Access<SignInCreate>,
    request: HttpRequest,
    payload: Payload,
) -> Result<HttpResponse, Problem> {
    let Asked { account, next } = read(&body(&request, payload).await?)?;
    let (app, wall) = (&access.context.app, access.context.times.wall);
    let secret = app.settings.secret.clone();
    let link = app.run_blocking(move |store| sign_in_links::create(store, &secret, &account, &next, wall)).await??;
    let unknown = || {
        let detail = "there is no account with this id; put the account first";
        Problem::from(Mistakes::new().with(Some("account"), Code::UnknownAccount, detail))
    };
    let link = link.ok_or_else(unknown)?;
    Ok(json_as(HttpResponse::Created(), &LinkBody::new(&link, &app.settings)))
}

/// Reads the body, with all mistakes at once.
fn read(body: &[u8]) -> Result<Asked, Problem> {
    let object: Map<String, Value> = serde_json::from_slice(body)
        .map_err(|error| Problem::new(Kind::Unreadable, format!("The body is no object of JSON: {error}.")))?;
    let mut mistakes = Mistakes::new();
    for name in object.keys().filter(|name| !["account", "next"].contains(&name.as_str())) {
        mistakes = mistakes.with(None, Code::UnknownField, &format!("{name:?} is not a field of this format"));
    }
    let account = match object.get("account") {
        None | Some(Value::Null) => Err((Code::Missing, "a link needs this")),
        Some(Value::String(id)) => id.parse().map_err(|_| (Code::Invalid, "this is no id that there can be")),
        Some(_) => Err((Code::Invalid, "this is not text in quotation marks")),
    };
    let next = match object.get("next") {
        None | Some(Value::Null) => Ok(HOME.to_owned()),
        Some(Value::String(path)) if local_path(path) == path => Ok(path.clone()),
        Some(_) => Err((Code::Invalid, "this is not a path here, like /orders/by/1001")),
    };
    for (name, wrong) in [("account", account.as_ref().err()), ("next", next.as_ref().err())] {
        if let Some((code, detail)) = wrong {
            mistakes = mistakes.with(Some(name), *code, detail);
        }
    }
    match (account, next) {
        (Ok(account), Ok(next)) if mistakes.is_empty() => Ok(Asked { account, next }),
        _ => Err(mistakes.into()),
    }
}
