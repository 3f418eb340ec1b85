//! What happened to my orders.

use actix_web::HttpResponse;
use askama::Template;
use chrono::{DateTime, Utc};

use crate::i18n::labels;
use crate::operations::orders::lists;
use crate::store::orders::notifications::Listed;
use crate::web::access::Member;
use crate::web::error::Error;
use crate::web::form::Posted;
use crate::web::layout::{Page, html};
use crate::web::orders::lists::{Asked, Pages, cursor, parse_cursor};

#[derive(Template)]
#[template(path = "orders/notifications.html")]
struct NotificationsPage<'a> {
    page: &'a Page,
    rows: Vec<Row>,
    any_unread: bool,
    pages: Pages,
}

struct Row {
    path: String,
    sentence: String,
    title: String,
    at: DateTime<Utc>,
    is_read: bool,
}

/// Shows my notifications, newest first.
pub(in crate::web) async fn list(member: Member, asked: Asked) -> Result<HttpResponse, Error> {
    let (page, me) = (&member.page, member.person.id);
    let after = asked.get("after").and_then(|after| parse_cursor(after));
    let found = page.look(move |store| lists::notifications(store, me, after)).await?;
    let last = found.rows.last().filter(|_| found.has_more);
    let next = last.map(|row| cursor(row.event.at, row.reference, row.event.number));
    let rows: Vec<Row> = found.rows.iter().map(|listed| row(page, listed)).collect();
    let any_unread = rows.iter().any(|row| !row.is_read);
    html(&NotificationsPage { any_unread, rows, pages: Pages::new("/notifications", &asked, next.as_deref()), page })
}

fn row(page: &Page, listed: &Listed) -> Row {
    let order = format!("/orders/{}", listed.reference);
    Row {
        path: match listed.event.dispute {
            Some(number) => format!("{order}/disputes/{number}"),
            None => order,
        },
        sentence: labels::event(page.words, &listed.event, listed.dispute.as_ref(), listed.viewer, &listed.other_name),
        title: listed.title.clone(),
        at: listed.event.at,
        is_read: listed.is_read,
    }
}

/// Marks everything as read. The badge stays: it counts what waits for an answer.
pub(in crate::web) async fn mark_read(member: Member, _form: Posted) -> Result<HttpResponse, Error> {
    let (page, me, now) = (&member.page, member.person.id, member.page.now);
    page.ask(move |store| lists::mark_notifications_read(store, me, now)).await?;
    Ok(page.go_on("/notifications", &page.words.done_read()))
}
