//! Accounts, by the marketplace's ids.

use actix_web::http::header::LOCATION;
use actix_web::web::{Path, Payload};
use actix_web::{HttpRequest, HttpResponse};

use crate::api::conditions::{Conditions, body, external_id};
use crate::api::key::{Access, AccountsErase, AccountsRead, AccountsWrite};
use crate::api::problem::{Kind, Problem};
use crate::api::representation::{AccountBody, Tagged, answer_to};
use crate::domain::{Account, ExternalId};
use crate::operations::accounts::erasure::{self, Erasure};
use crate::operations::marketplace::accounts;

fn tagged(account: &Account, id: &ExternalId) -> Tagged {
    Tagged::new(&AccountBody::new(account, id))
}

/// Shows an account.
pub(super) async fn show(
    access: Access<AccountsRead>,
    request: HttpRequest,
    id: Path<String>,
) -> Result<HttpResponse, Problem> {
    let id = external_id(&id)?;
    let account = {
        let id = id.clone();
        access.context.app.read_inline(move |store| accounts::find(store, &id)).await??
    };
    let account = account.ok_or_else(|| Problem::new(Kind::NotFound, "There is no account with this id."))?;
    Ok(tagged(&account, &id).show(&Conditions::new(&request)))
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
    let asked = id.clone();
    let done = app.run_blocking(move |store| {
        let is_expected =
            |account: Option<&Account>| conditions.hold(account.map(|account| tagged(account, &id).tag).as_deref());
        let put = accounts::put(store, &id, &body, times, is_expected)?;
        Ok::<_, crate::store::Error>((put, accounts::find(store, &id)?))
    });
    let (put, account) = done.await??;
    let mut answer = answer_to(put)?;
    let account = account.ok_or_else(|| Problem::new(Kind::NotFound, "The account is gone."))?;
    answer.insert_header((LOCATION, request.path().to_owned()));
    Ok(tagged(&account, &asked).answer(answer))
}

/// Erases an account, unless one of its orders goes on as the marketplace sees it.
pub(super) async fn erase(access: Access<AccountsErase>, id: Path<String>) -> Result<HttpResponse, Problem> {
    let (id, times) = (external_id(&id)?, access.context.times);
    let erased =
        access.context.app.run_blocking(move |store| erasure::erase_by_external_id(store, &id, times)).await??;
    match erased {
        Erasure::Done | Erasure::Before => Ok(HttpResponse::Accepted().finish()),
        Erasure::Missing => Err(Problem::new(Kind::NotFound, "There is no account with this id.")),
        Erasure::InTheWay(orders) => Err(Problem::orders_go_on(&orders)),
    }
}
