//! The bodies of requests. Only addresses that take a form read them, completely and before anything else is done.
//!
//! A slow sender cannot hold up a handler, and a body that is too large or too slow ends its connection. All bodies
//! together have [room](crate::turns::BodyRoom) for a number of bytes, which are taken as they arrive: a sender who
//! announces much and sends nothing takes none.

use std::cell::Cell;
use std::future::poll_fn;
use std::pin::Pin;
use std::rc::Rc;
use std::task::Poll;
use std::time::Duration;

use actix_web::body::{BodyStream, EitherBody, MessageBody};
use actix_web::dev::{Payload, ServiceRequest, ServiceResponse};
use actix_web::http::StatusCode;
use actix_web::http::header::CONTENT_LENGTH;
use actix_web::middleware::Next;
use actix_web::{HttpMessage, web};
use tokio::time::timeout;

use crate::app::App;
use crate::http::context::RequestContext;
use crate::http::idle_timeout;
use crate::mail::answer_link;
use crate::paths;
use crate::turns::{BodyRoom, Sender};
use crate::web::error::Error;
use crate::web::form::{self, MAX_BYTES};
use crate::web::kept_words;
use crate::web::session::{CurrentSession, CurrentUser};

/// The most bytes that are read of a form with a text, from a signed-in account or the reader of a mail. A form above
/// [`MAX_BYTES`] is refused too, but by a page that knows its words.
const MAX_BYTES_OF_TEXT: usize = 128 * 1024;
/// How long the body of a form may take: plenty for the longest text on the slowest connection, and the end for a
/// sender of a byte now and then.
const PATIENCE: Duration = Duration::from_secs(10);

/// The unread body of a request, until its address takes it.
struct Unread(Cell<Option<BodyStream<Payload>>>);

/// Gives the body of a request only to the address that takes it. An untaken body is not read: when more of it is to
/// come, the connection ends with the answer.
pub(super) async fn hold(
    mut request: ServiceRequest,
    next: Next<impl MessageBody>,
) -> Result<ServiceResponse<impl MessageBody>, actix_web::Error> {
    let payload = request.take_payload();
    if matches!(payload, Payload::None) {
        return next.call(request).await;
    }
    let unread = Rc::new(Unread(Cell::new(Some(BodyStream::new(payload)))));
    request.extensions_mut().insert(unread.clone());
    let connection = idle_timeout::connection(&request);
    kept_words::note_origin(&request);
    let answer = next.call(request).await;
    if let Ok(answer) = &answer {
        read_for_its_words(answer, &unread).await;
    }
    if let Some(mut body) = unread.0.take()
        && has_more_to_come(&mut body).await
    {
        idle_timeout::close_after_response(connection.as_ref(), body);
    }
    answer
}

/// Reads a form that was refused before its address took it, because the database is away: the page that says so gives its
/// words back.
async fn read_for_its_words(answer: &ServiceResponse<impl MessageBody>, unread: &Unread) {
    let request = answer.request();
    let is_away = answer.status() == StatusCode::SERVICE_UNAVAILABLE;
    let has_words = [paths::ORDERS, paths::ANSWER].iter().any(|pages| request.path().starts_with(pages));
    if !is_away || !has_words || !kept_words::is_ours(request) {
        return;
    }
    let Some(mut body) = unread.0.take() else { return };
    let app = request.app_data::<web::Data<App>>().expect("the server sets it");
    let address = RequestContext::from_request(request).client_address;
    let mut room = app.turns.body(Sender::stranger(address));
    match timeout(PATIENCE, collect(&mut body, MAX_BYTES, &mut room)).await {
        Ok(Ok(read)) => form::keep(request, &read),
        Ok(Err(_)) | Err(_) => unread.0.set(Some(body)),
    }
}

/// Discards what has arrived of a body, and says whether there was more to come.
async fn has_more_to_come(body: &mut BodyStream<Payload>) -> bool {
    poll_fn(|context| {
        loop {
            match Pin::new(&mut *body).poll_next(context) {
                Poll::Ready(Some(Ok(_))) => {}
                Poll::Ready(_) => return Poll::Ready(false),
                Poll::Pending => return Poll::Ready(true),
            }
        }
    })
    .await
}

/// Reads a form.
pub(super) async fn read_form(
    request: ServiceRequest,
    next: Next<impl MessageBody>,
) -> Result<ServiceResponse<EitherBody<impl MessageBody>>, actix_web::Error> {
    read(request, next, MAX_BYTES).await
}

/// Reads a form with a text.
pub(super) async fn read_text_form(
    request: ServiceRequest,
    next: Next<impl MessageBody>,
) -> Result<ServiceResponse<EitherBody<impl MessageBody>>, actix_web::Error> {
    let is_known = user(&request).is_some() || has_answer_link(&request);
    let most = if is_known { MAX_BYTES_OF_TEXT } else { MAX_BYTES };
    read(request, next, most).await
}

/// Whether the address is the link of a question's mail.
fn has_answer_link(request: &ServiceRequest) -> bool {
    let token = request.path().strip_prefix(paths::ANSWER);
    let app = request.app_data::<web::Data<App>>().expect("the server sets it");
    token.is_some_and(|token| answer_link::read(&app.settings.secret, token).is_some())
}

fn user(request: &ServiceRequest) -> Option<Rc<CurrentUser>> {
    CurrentSession::loaded(request.request())?.user()
}

async fn read(
    request: ServiceRequest,
    next: Next<impl MessageBody>,
    most: usize,
) -> Result<ServiceResponse<EitherBody<impl MessageBody>>, actix_web::Error> {
    let address = RequestContext::from_request(request.request()).client_address;
    let sender = user(&request).map_or(Sender::stranger(address), |user| Sender::Account(user.person.id));
    let app = request.app_data::<web::Data<App>>().expect("the server sets it");
    let mut room = app.turns.body(sender);
    let unread = request.extensions().get::<Rc<Unread>>().cloned();
    if let Some((unread, mut body)) = unread.and_then(|unread| Some((unread.clone(), unread.0.take()?))) {
        let read = match declared(&request) {
            Some(length) if length > most => Err(Error::TooLarge),
            _ => timeout(PATIENCE, collect(&mut body, most, &mut room)).await.unwrap_or(Err(Error::TooSlow)),
        };
        match read {
            Ok(read) => form::keep(request.request(), &read),
            Err(error) => {
                unread.0.set(Some(body));
                return Ok(request.error_response(error).map_into_right_body());
            }
        }
    }
    let answer = next.call(request).await;
    drop(room);
    Ok(answer?.map_into_left_body())
}

/// The `Content-Length` of a request.
fn declared(request: &ServiceRequest) -> Option<usize> {
    request.headers().get(CONTENT_LENGTH)?.to_str().ok()?.parse().ok()
}

async fn collect(body: &mut BodyStream<Payload>, most: usize, room: &mut BodyRoom) -> Result<web::BytesMut, Error> {
    let mut read = web::BytesMut::new();
    while let Some(chunk) = poll_fn(|context| Pin::new(&mut *body).poll_next(context)).await {
        let chunk = chunk.map_err(|_| Error::BadRequest)?;
        if read.len() + chunk.len() > most {
            return Err(Error::TooLarge);
        }
        room.take(chunk.len()).map_err(|_| Error::Busy)?;
        read.extend_from_slice(&chunk);
    }
    Ok(read)
}
