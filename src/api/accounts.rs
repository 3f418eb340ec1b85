//! Accounts, by the marketplace's ids.

use actix_web::http::header::LOCATION;
use actix_web::web::{Path, Payload};
use actix_web::{HttpRequest, HttpResponse};

use crate::api::conditions::{Conditions, body};
use crate::api::key::{Access, AccountsRead, AccountsWrite};
use crate::api::problem::{Kind, Problem};
use crate::api::representation::{AccountBody, Tagged};
use crate::domain::{Account, ExternalId};
use crate::operations::marketplace::{Put, accounts};

/// Reads the id in an address.
pub(super) fn external_id(written: &str) -> Result<ExternalId, Problem> {
    written.parse().map_err(|_| Problem::new(Kind::NotFound, "The address has no id that there can be."))
}

fn tagged(account: &Account) -> Tagged {
    Tagged::new(&AccountBody::new(account))
}

/// Shows an account.
pub(super) async fn show(
    access: Access<AccountsRead>,
    request: HttpRequest,
    id: Path<String>,
) -> Result<HttpResponse, Problem> {
    let id = external_id(&id)?;
    let account = access.context.app.read_inline(move |store| accounts::find(store, &id)).await??;
    let account = account.ok_or_else(|| Problem::new(Kind::NotFound, "There is no account with this id."))?;
    let tagged = tagged(&account);
    if Conditions::new(&request).is_known(Some(&tagged.tag)) {
        return Ok(Tagged { body: String::new(), ..tagged }.answer(HttpResponse::NotModified()));
    }
    Ok(tagged.answer(HttpResponse::Ok()))
}

/// Adds an account, or changes what moved at the marketplace.
pub(super) async fn put(
    access: Access<AccountsWrite>,
    request: HttpRequest,
    id: Path<String>,
    payload: Payload,
) -> Result<HttpResponse, Problem> {
    let (id, body) = (external_id(&id)?, body(&request, payload).await?);
    let (app, times, conditions) = (&access.context.app, access.context.times, Conditions::new(&request));
    let done = app.run_blocking(move |store| {
        let is_expected =
            |account: Option<&Account>| conditions.hold(account.map(|account| tagged(account).tag).as_deref());
        let put = accounts::put(store, &id, &body, times, is_expected)?;
        Ok::<_, crate::store::Error>((put, accounts::find(store, &id)?))
    });
    let (put, account) = done.await??;
    let mut answer = answer_to(put)?;
    let account = account.ok_or_else(|| Problem::new(Kind::NotFound, "The account is gone."))?;
    answer.insert_header((LOCATION, request.path().to_owned()));
    Ok(tagged(&account).answer(answer))
}

/// The beginning of the answer to what was put.
pub(super) fn answer_to(put: Put) -> Result<actix_web::HttpResponseBuilder, Problem> {
    match put {
        Put::Added => Ok(HttpResponse::Created()),
        Put::Kept => Ok(HttpResponse::Ok()),
        Put::Unexpected => {
            Err(Problem::new(Kind::PreconditionFailed, "Nothing was changed. Read it again, and decide anew."))
        }
        Put::Refused(problems) => Err(Problem::of_body(&problems)),
        Put::Unreadable(why) => Err(Problem::new(Kind::Unreadable, format!("The body is no object of JSON: {why}."))),
    }
}
