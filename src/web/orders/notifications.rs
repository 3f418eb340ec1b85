//! The notifications about my orders.

use actix_web::HttpResponse;
use askama::Template;
use chrono::{DateTime, NaiveDate, Utc};

use crate::i18n::labels;
use crate::operations::orders::lists::{self, NotificationListItem};
use crate::paths;
use crate::web::access::SignedIn;
use crate::web::error::Error;
use crate::web::form::PostForm;
use crate::web::layout::Page;
use crate::web::query::{Pages, QueryParams, cursor, parse_cursor};
use crate::web::respond::html;

#[derive(Template)]
#[template(path = "orders/notifications.html")]
struct NotificationsPage<'a> {
    page: &'a Page,
    days: Vec<Day>,
    any_unread: bool,
    pages: Pages,
}

/// The notifications of one day, in the reader's time zone.
struct Day {
    date: NaiveDate,
    rows: Vec<NotificationView>,
}

struct NotificationView {
    path: String,
    sentence: String,
    title: String,
    at: DateTime<Utc>,
    is_read: bool,
}

/// Shows my notifications, newest first.
pub(in crate::web) async fn list(signed_in: SignedIn, params: QueryParams) -> Result<HttpResponse, Error> {
    let (page, me) = (&signed_in.page, signed_in.person.id);
    let after = params.get("after").and_then(|after| parse_cursor(after));
    let found = page.read_inline(move |store| lists::notifications(store, me, after)).await?;
    let last = found.rows.last().filter(|_| found.has_more);
    let next = last.map(|row| cursor(row.event.at, row.reference, row.event.number));
    let rows: Vec<NotificationView> = found.rows.iter().map(|listed| row(page, listed)).collect();
    let any_unread = rows.iter().any(|row| !row.is_read);
    html(&NotificationsPage {
        any_unread,
        days: days(page, rows),
        pages: Pages::new(paths::NOTIFICATIONS, &params, next.as_deref()),
        page,
    })
}

fn days(page: &Page, rows: Vec<NotificationView>) -> Vec<Day> {
    let mut days: Vec<Day> = Vec::new();
    for row in rows {
        let date = page.reader.day(row.at);
        match days.last_mut() {
            Some(day) if day.date == date => day.rows.push(row),
            _ => days.push(Day { date, rows: vec![row] }),
        }
    }
    days
}

fn row(page: &Page, listed: &NotificationListItem) -> NotificationView {
    let (order, other) = (paths::order(listed.reference), labels::name(page.words, &listed.other_name));
    NotificationView {
        path: match listed.event.dispute {
            Some(number) => order.dispute(number).to_string(),
            None => order.to_string(),
        },
        sentence: labels::event(page.words, &listed.event, listed.dispute.as_ref(), listed.viewer, &other),
        title: listed.title.clone(),
        at: listed.event.at,
        is_read: listed.is_read,
    }
}

/// Marks all notifications as read. The badge stays: it counts the questions that wait for an answer.
pub(in crate::web) async fn mark_read(signed_in: SignedIn, _form: PostForm) -> Result<HttpResponse, Error> {
    let (page, me, now) = (&signed_in.page, signed_in.person.id, signed_in.page.now);
    page.run_blocking(move |store| lists::mark_notifications_read(store, me, now)).await?;
    Ok(page.redirect_with_flash(paths::NOTIFICATIONS, &page.words.done_read()))
}
