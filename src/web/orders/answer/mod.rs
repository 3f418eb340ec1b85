//! The link of a question's mail: it opens the question for its reader alone, without signing in (rules 17).
//!
//! Following the link shows the title and the asker, and changes nothing: mail programs and scanners follow links too. A button
//! opens the question, and from then on every answer is a form of that one address. Accepting asks for the password, and a
//! second factor is always asked. No session begins, and the session of this browser stays as it is.

mod access;
mod pages;
mod proof;

use actix_web::HttpResponse;
use actix_web::http::StatusCode;

use crate::domain::{Action, Part};
use crate::web::account::reauthenticate::{self, Asked};
use crate::web::error::Error;
use crate::web::form::{Form, PostForm};
use crate::web::orders::answer::pages::{AcceptPage, LinkPage, OpenPage};
use crate::web::orders::answers::{AnswerKind, GivenBack};
use crate::web::orders::card::TEXT;
use crate::web::orders::parts::part_of;
use crate::web::query::QueryParams;
use crate::web::respond::{discreet, html, rejected, unprocessable, with_status};

pub(in crate::web) use self::access::AnswerAccess;
use self::access::Proven;

/// Shows whose question it is, and the button that opens it.
pub(in crate::web) async fn show(access: AnswerAccess) -> Result<HttpResponse, Error> {
    let status = if access.is_expired() { StatusCode::NOT_FOUND } else { StatusCode::OK };
    with_status(status, &LinkPage::new(&access)).map(discreet)
}

/// Opens the question, or gives an answer.
pub(in crate::web) async fn act(
    access: AnswerAccess,
    posted: PostForm,
    params: QueryParams,
) -> Result<HttpResponse, Error> {
    if access.is_expired() {
        return Err(access.too_late());
    }
    let proof = match access.prove(&posted).await? {
        Ok(proof) => proof,
        Err(asked) => return Ok(discreet(asked)),
    };
    let answer = match posted.get("action") {
        "open" => open(&access, &posted, proof).await,
        "accept" => accept(&access, &posted, &params, proof).await,
        "decline" => give(&access, AnswerKind::Decline, &posted, proof).await,
        "update" => give(&access, AnswerKind::Update, &posted, proof).await,
        "comment" => give(&access, AnswerKind::Comment, &posted, proof).await,
        _ => Err(Error::BadRequest),
    };
    answer.map(discreet)
}

/// Shows the question. Words that were typed already stay in the form.
async fn open(access: &AnswerAccess, posted: &PostForm, proof: Proven) -> Result<HttpResponse, Error> {
    let said = access.dispute.conversation(None).await?;
    let opened = access.dispute.mark_opened().await;
    html(&OpenPage::new(access, &said, Form::sent(posted, TEXT), (None, opened), proof))
}

/// Gives an answer, or shows its form again.
async fn give(
    access: &AnswerAccess,
    kind: AnswerKind,
    posted: &PostForm,
    proof: Proven,
) -> Result<HttpResponse, Error> {
    match access.dispute.read(kind, posted).await? {
        Ok(answer) => Ok(access.done(&access.dispute.carry_out(answer).await?)),
        Err(back) => show_again(access, back, proof),
    }
}

/// Accepts once the outcome was shown and the password was given.
async fn accept(
    access: &AnswerAccess,
    posted: &PostForm,
    params: &QueryParams,
    proof: Proven,
) -> Result<HttpResponse, Error> {
    let part = part_of(&access.dispute, Some(posted.get("part")).filter(|part| !part.is_empty()), params)?;
    let answer = match access.dispute.read(AnswerKind::Accept(part), posted).await? {
        Ok(answer) => answer,
        Err(back) => return show_again(access, back, proof),
    };
    access.dispute.must_allow(Action::Accept)?;
    if posted.all("password").is_empty() {
        return html(&AcceptPage::new(access, Form::sent(posted, TEXT), part, proof));
    }
    match password(access, posted, part, proof).await? {
        Some(asked) => Ok(asked),
        None => Ok(access.done(&access.dispute.carry_out(answer).await?)),
    }
}

/// The page that asks for the password again, when it was not right.
async fn password(
    access: &AnswerAccess,
    posted: &PostForm,
    part: Part,
    proof: Proven,
) -> Result<Option<HttpResponse>, Error> {
    if access.is_proven() {
        return Ok(None);
    }
    let mut form = Form::sent(posted, TEXT);
    let (page, person) = (&access.dispute.order.page, &access.reader.person);
    let asked = Asked { page, person, counted_for: access.name() };
    let wait = reauthenticate::compare(asked, posted.get("password"), "password", &mut form).await?;
    if form.is_fine() {
        return Ok(None);
    }
    rejected(&AcceptPage::new(access, form, part, proof), wait).map(Some)
}

fn show_again(
    access: &AnswerAccess,
    GivenBack { form, said, seen }: GivenBack,
    proof: Proven,
) -> Result<HttpResponse, Error> {
    let opened = access.dispute.order.overview.seen_at(access.dispute.number);
    unprocessable(&OpenPage::new(access, &said, form, (seen, opened), proof))
}
