//! The calendar feed: its address, and the text behind it. The address is the key, so a request needs no session and
//! gets none.

use actix_web::http::header::{self, CacheControl, CacheDirective, ContentDisposition, ETag, EntityTag, IfNoneMatch};
use actix_web::web::Path;
use actix_web::{HttpMessage, HttpRequest, HttpResponse};
use sha2::{Digest, Sha256};

use crate::calendar::{self, Completion, Deadline, Delivery};
use crate::http::context::RequestContext;
use crate::i18n::labels;
use crate::operations::accounts::calendars::{self, Agenda};
use crate::paths;
use crate::secret::hex;
use crate::settings::Settings;
use crate::store;
use crate::turns::Reader;
use crate::web::error::Error;

/// The purpose of the seals in these addresses; a seal for another purpose is not accepted.
const PURPOSE: &str = "calendar";
/// How long a calendar program may use its copy, in seconds.
const MAX_AGE: u32 = 300;
/// How many bytes of the text's hash make its `ETag`.
const VERSION_BYTES: usize = 16;

/// The path of the calendar with that name.
pub(in crate::web) fn path(settings: &Settings, name: &str) -> String {
    paths::calendar(&settings.secret.name(PURPOSE, name))
}

/// Answers with the calendar. A wrong or replaced address is a 404.
pub(in crate::web) async fn feed(request: HttpRequest, name: Path<String>) -> Result<HttpResponse, Error> {
    let context = RequestContext::from_request(&request);
    let (settings, now) = (&context.app.settings, context.times.app);
    let Some(name) = settings.secret.named(PURPOSE, &name).map(ToOwned::to_owned) else {
        return Err(Error::NotFound);
    };
    let today = now.with_timezone(&settings.time_zone).date_naive();
    let found = {
        let (settings, read) = (settings.clone(), name.clone());
        // The text is written where it is read, off this thread: five hundred entries take some milliseconds.
        let write = move |store: &_| {
            let agenda = calendars::agenda(store, &read, now, today)?;
            Ok::<_, store::Error>(agenda.map(|agenda| (written(&agenda, &settings), agenda)))
        };
        let mut turn = context.app.turns.search(Reader::Calendar(name.clone())).await?;
        context.app.run_blocking(move |store| turn.run(|| write(store))).await??
    };
    let Some((text, agenda)) = found else { return Err(Error::NotFound) };
    remember_reading(&context, &agenda, name);
    let version = EntityTag::new_weak(hex(&Sha256::digest(&text)[..VERSION_BYTES]));
    let is_known = match request.get_header::<IfNoneMatch>() {
        Some(IfNoneMatch::Items(known)) => known.iter().any(|known| known.weak_eq(&version)),
        Some(IfNoneMatch::Any) => true,
        None => false,
    };
    let mut answer = if is_known { HttpResponse::NotModified() } else { HttpResponse::Ok() };
    answer
        .insert_header(ETag(version))
        .insert_header(CacheControl(vec![CacheDirective::Private, CacheDirective::MaxAge(MAX_AGE)]))
        .insert_header(("x-robots-tag", "noindex, nofollow"));
    if is_known {
        return Ok(answer.finish());
    }
    Ok(answer
        .content_type("text/calendar; charset=utf-8")
        .insert_header(ContentDisposition {
            disposition: header::DispositionType::Inline,
            parameters: vec![header::DispositionParam::Filename("oplossingscentrum.ics".into())],
        })
        .body(text))
}

/// Stores the moment of this reading, at most now and then and beside the request. When that fails, the owner only sees
/// an older moment.
fn remember_reading(context: &RequestContext, agenda: &Agenda, name: String) {
    let (app, now) = (context.app.clone(), context.times.wall);
    if !agenda.is_to_be_marked(now) {
        return;
    }
    actix_web::rt::spawn(async move {
        match app.run_blocking(move |store| calendars::mark_read(store, &name, now)).await {
            Ok(Ok(())) => {}
            Ok(Err(error)) => tracing::warn!(%error, "that a calendar was read could not be written down"),
            Err(error) => tracing::warn!(%error, "that a calendar was read could not be written down"),
        }
    });
}

/// The calendar as text, in its owner's language and time zone.
fn written(agenda: &Agenda, settings: &Settings) -> String {
    let owner = &agenda.owner;
    let desk = settings.desk(settings.reader().choosing(&owner.preferences));
    let deadlines = agenda.deadlines.iter().map(|row| Deadline {
        reference: row.reference,
        title: &row.title,
        other: &row.other_name,
        dispute: &row.dispute,
    });
    let words = desk.reader.words();
    let names: Vec<_> = agenda.deliveries.iter().map(|row| labels::name(words, &row.other_name)).collect();
    let deliveries = agenda.deliveries.iter().zip(&names).map(|(row, other)| Delivery {
        reference: row.order.reference,
        title: &row.order.title,
        other,
        viewer: row.viewer,
        day: row.order.delivery_date,
        is_awaited: row.order.awaits_delivery(),
        completion: Completion::of(&row.order, row.viewer),
        revision: row.order.event_count,
        changed_at: row.changed_at,
    });
    calendar::feed(desk, &deadlines.collect::<Vec<_>>(), &deliveries.collect::<Vec<_>>())
}
