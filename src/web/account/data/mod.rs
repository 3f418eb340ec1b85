//! Everything that is known of a person, as a file for that person. It is written while it is sent, a part at a time and as
//! fast as its reader takes it, so that many orders take no more memory than few. Each part waits for a turn to read many
//! orders, and gives it back.
//!
//! The file is a whole history in one piece, so an open browser is not enough to take it: its owner first proves to be that,
//! as for a calendar ([`reauthenticate`]).

mod export;
mod json;
mod readable;

use std::future::Future;
use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};

use actix_web::HttpResponse;
use actix_web::body::{BodySize, MessageBody};
use actix_web::http::header::{CACHE_CONTROL, ContentDisposition, DispositionParam, DispositionType};
use actix_web::web::Bytes;
use chrono::{DateTime, TimeDelta, Utc};

use crate::app::App;
use crate::operations::accounts::data;
use crate::paths;
use crate::turns::Reader;
use crate::web::access::SignedIn;
use crate::web::account::reauthenticate;
use crate::web::account::settings::AccountPage;
use crate::web::error::Error;
use crate::web::form::{Form, PostForm};
use crate::web::layout::Page;
use crate::web::query::QueryParams;
use crate::web::respond::{rejected, see_other};
use export::Export;

/// How long a proof works, in minutes (our choice: a download that broke off is begun again).
const PROVEN_MINUTES: i64 = 10;

/// Takes the proof of who asks, and leads to the file.
pub(in crate::web) async fn prove(signed_in: SignedIn, posted: PostForm) -> Result<HttpResponse, Error> {
    let mut form = Form::sent(&posted, "");
    let wait = reauthenticate::prove(&signed_in, &posted, "data_password", &mut form).await?;
    if !form.is_fine() {
        return rejected(&AccountPage::load(&signed_in, form, false).await?, wait);
    }
    let page = &signed_in.page;
    let until = (page.times.wall + TimeDelta::minutes(PROVEN_MINUTES)).timestamp().to_string();
    Ok(see_other(&paths::account_data(&page.app.settings.secret.name(&purpose(page), &until))))
}

/// The purpose of a proof: it works in this session alone.
fn purpose(page: &Page) -> String {
    format!("data.{}", page.session_key_hash().unwrap_or_default())
}

/// Whether the person of this session has just proved to be its owner.
fn is_proven(signed_in: &SignedIn, proof: Option<&String>) -> bool {
    let page = &signed_in.page;
    let until = proof.and_then(|proof| page.app.settings.secret.named(&purpose(page), proof));
    let until = until.and_then(|until| DateTime::from_timestamp(until.parse().ok()?, 0));
    reauthenticate::is_proven(signed_in) || until.is_some_and(|until: DateTime<Utc>| page.times.wall < until)
}

/// Answers with the file. Without a proof it leads to the form that asks for it.
pub(in crate::web) async fn download(signed_in: SignedIn, params: QueryParams) -> Result<HttpResponse, Error> {
    if !is_proven(&signed_in, params.get("proof")) {
        return Ok(see_other(paths::DATA));
    }
    let (page, me) = (&signed_in.page, signed_in.person.id);
    let (by, times, app) = (signed_in.by(), page.times, page.app.clone());
    let name = format!("oplossingscentrum-{}.zip", page.today());
    let begun = next(app.clone(), Export::new(me, app.settings.clone(), page.reader, times)).await?;
    page.run_blocking(move |store| data::note_download(store, me, &by, times)).await?;
    let body = Download { app, next: Next::Send(begun) };
    Ok(HttpResponse::Ok()
        .content_type("application/zip")
        .insert_header((CACHE_CONTROL, "no-store"))
        .insert_header(ContentDisposition {
            disposition: DispositionType::Attachment,
            parameters: vec![DispositionParam::Filename(name)],
        })
        .body(body))
}

/// The bytes of a part, and what comes after it.
type Part = (Bytes, Option<Box<Export>>);

/// Writes the next part, when it is its turn.
async fn next(app: App, mut export: Box<Export>) -> Result<Part, Error> {
    let mut turn = app.turns.search(Reader::Account(export.me)).await?;
    app.run_blocking(move |store| {
        turn.run(|| {
            let goes_on = export.write_part(store)?;
            Ok((export.take(), goes_on.then_some(export)))
        })
    })
    .await?
}

/// A file that is written while it is sent.
struct Download {
    app: App,
    next: Next,
}

/// The next thing that is sent.
enum Next {
    Send(Part),
    Write(Pin<Box<dyn Future<Output = Result<Part, Error>>>>),
    Nothing,
}

impl MessageBody for Download {
    type Error = io::Error;

    fn size(&self) -> BodySize {
        BodySize::Stream
    }

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Result<Bytes, io::Error>>> {
        loop {
            match std::mem::replace(&mut self.next, Next::Nothing) {
                Next::Nothing => return Poll::Ready(None),
                Next::Send((bytes, rest)) => {
                    if let Some(rest) = rest {
                        self.next = Next::Write(Box::pin(next(self.app.clone(), rest)));
                    }
                    if !bytes.is_empty() {
                        return Poll::Ready(Some(Ok(bytes)));
                    }
                }
                Next::Write(mut writing) => match writing.as_mut().poll(context) {
                    Poll::Pending => {
                        self.next = Next::Write(writing);
                        return Poll::Pending;
                    }
                    Poll::Ready(Ok(part)) => self.next = Next::Send(part),
                    // The status is sent already; an unfinished answer shows the browser that the file is not whole.
                    Poll::Ready(Err(error)) => return Poll::Ready(Some(Err(io::Error::other(error.to_string())))),
                },
            }
        }
    }
}
