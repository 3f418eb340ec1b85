//! The whole history of an order, to print. It is read, written and sent a page at a time, as fast as the reader takes
//! it, so that a long history takes no more memory and no longer statements than a short one.

use std::future::Future;
use std::io;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll, ready};

use actix_web::HttpResponse;
use actix_web::body::{BodySize, MessageBody};
use actix_web::http::header;
use actix_web::web::Bytes;
use askama::Template;
use chrono::NaiveDate;

use crate::domain::Order;
use crate::operations::orders::timeline::TimelinePage;
use crate::web::access::OrderAccess;
use crate::web::error::Error;
use crate::web::layout::Page;
use crate::web::orders::sidebar::{Sidebar, StatusTag};
use crate::web::orders::timeline::{Day, Timeline};

/// Marks the place of the timeline's days: no page has this byte otherwise.
const PLACE: &str = "\u{0}";

#[derive(Template)]
#[template(path = "orders/print.html")]
struct PrintPage<'a> {
    page: &'a Page,
    order: &'a Order,
    aside: Sidebar,
    status_view: StatusTag,
    place: &'static str,
}

#[derive(Template)]
#[template(path = "orders/print_part.html")]
struct PrintPart<'a> {
    page: &'a Page,
    timeline: Vec<Day<'a>>,
}

/// Shows an order with its whole timeline.
pub(in crate::web) async fn show(access: OrderAccess) -> Result<HttpResponse, Error> {
    let page = &access.page;
    let frame = PrintPage {
        order: &access.overview.order,
        aside: Sidebar::told(page, &access.overview),
        status_view: StatusTag::new(page, &access.overview.order),
        place: PLACE,
        page,
    };
    let html = frame.render().map_err(|error| Error::internal(&error))?;
    let (head, tail) = html.split_once(PLACE).ok_or_else(|| Error::internal(&"a page to print has no place"))?;
    let (head, tail) = (Bytes::from(head.to_owned()), Bytes::from(tail.to_owned()));
    let body = Printed { next: Next::Send(head), tail, access: Rc::new(access), last: 0, day: None };
    Ok(HttpResponse::Ok()
        .content_type("text/html; charset=utf-8")
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .body(body))
}

/// A page that is written while it is sent.
struct Printed {
    next: Next,
    /// The part of the page after the last event.
    tail: Bytes,
    access: Rc<OrderAccess>,
    /// The number of the last event that was written.
    last: i32,
    /// The day of that event.
    day: Option<NaiveDate>,
}

/// The next thing that a printed page sends.
enum Next {
    Send(Bytes),
    Load(Pin<Box<dyn Future<Output = Result<TimelinePage, Error>>>>),
    Nothing,
}

impl Printed {
    /// Loads the next events.
    fn load(&self) -> Next {
        let (access, last) = (Rc::clone(&self.access), self.last);
        Next::Load(Box::pin(async move {
            let recorded = access.overview.timeline.clone();
            access.page.read_inline(move |store| recorded.after(store, last)).await
        }))
    }

    /// Writes these events, and remembers where the next ones begin.
    fn write(&mut self, part: &TimelinePage) -> Result<Bytes, askama::Error> {
        let OrderAccess { page, overview, .. } = &*self.access;
        let mut timeline = Timeline::told(page, overview, &part.disputes).days(part.events.iter());
        if let Some(first) = timeline.first_mut() {
            first.is_continued = self.day == Some(first.date);
        }
        self.day = timeline.last().map(|day| day.date);
        self.last = part.events.last().map_or(self.last, |event| event.number);
        PrintPart { page, timeline }.render().map(Bytes::from)
    }
}

impl MessageBody for Printed {
    type Error = io::Error;

    fn size(&self) -> BodySize {
        BodySize::Stream
    }

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Result<Bytes, io::Error>>> {
        loop {
            match &mut self.next {
                Next::Nothing => return Poll::Ready(None),
                Next::Send(bytes) => {
                    let bytes = std::mem::take(bytes);
                    self.next = self.load();
                    return Poll::Ready(Some(Ok(bytes)));
                }
                Next::Load(loading) => match ready!(loading.as_mut().poll(context)) {
                    Ok(part) if part.events.is_empty() => {
                        self.next = Next::Nothing;
                        return Poll::Ready(Some(Ok(self.tail.clone())));
                    }
                    Ok(part) => self.next = Next::Send(self.write(&part).map_err(io::Error::other)?),
                    // The status is sent already; an unfinished answer shows the browser that the page is not whole.
                    Err(error) => return Poll::Ready(Some(Err(io::Error::other(error.to_string())))),
                },
            }
        }
    }
}
