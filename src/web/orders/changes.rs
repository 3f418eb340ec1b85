//! The freelancer's form for a later date and extras.

use actix_web::HttpResponse;
use askama::Template;

use crate::domain::orders::change::{Title, TitleError};
use crate::domain::orders::money::PriceError;
use crate::domain::{Ask, ChangeRequest, Extra, ExtraDays, Kind, Money, Order, Text};
use crate::i18n::format::Reader;
use crate::i18n::time_markup;
use crate::operations::accounts::token;
use crate::paths::OrderPath;
use crate::web::access::OrderAccess;
use crate::web::error::Error;
use crate::web::form::{Form, PostForm};
use crate::web::layout::Page;
use crate::web::respond::{html, unprocessable};
use crate::web::rich_text::RichText;

#[derive(Template)]
#[template(path = "orders/changes.html")]
struct ChangePage<'a> {
    page: &'a Page,
    form: Form,
    path: OrderPath,
    order: &'a Order,
    other_name: String,
    agreed: RichText,
    happens: RichText,
    days_label: String,
    lines: Vec<ChangeLine>,
    form_token: String,
}

/// One line for an extra.
struct ChangeLine {
    at: usize,
    number: usize,
    title_id: String,
    price_id: String,
    /// Whether it is hidden until the freelancer asks for one more line.
    hidden_before: bool,
    is_open: bool,
}

impl<'a> ChangePage<'a> {
    fn new(access: &'a OrderAccess, form: Form, form_token: String) -> Self {
        let OrderAccess { page, overview, .. } = access;
        let (words, order) = (page.words, &overview.order);
        let until = time_markup::moment(page.reader, page.now + Kind::Change.terms().window());
        let filled = |at: usize| {
            !form.nth("extra_title[]", &at).trim().is_empty() || !form.nth("extra_price[]", &at).trim().is_empty()
        };
        let last_filled = (0..ChangeRequest::MAX_EXTRAS).rev().find(|at| filled(*at)).unwrap_or(0);
        let line = |at: usize| ChangeLine {
            at,
            number: at + 1,
            title_id: title_id(at),
            price_id: price_id(at),
            hidden_before: at > 0,
            is_open: at <= last_filled,
        };
        Self {
            path: access.path(),
            order,
            other_name: overview.other_name().to_owned(),
            agreed: RichText(
                words.change_now(time_markup::date(page.reader, order.delivery_date), page.money(&order.price)),
            ),
            happens: RichText(words.change_happens(overview.other_name(), until)),
            days_label: format!("{} {}", words.extra_days(), words.optional()),
            lines: (0..ChangeRequest::MAX_EXTRAS).map(line).collect(),
            form_token,
            form,
            page,
        }
    }
}

fn title_id(at: usize) -> String {
    format!("extra-title-{}", at + 1)
}

fn price_id(at: usize) -> String {
    format!("extra-price-{}", at + 1)
}

/// Shows the form.
pub(in crate::web) async fn form(access: OrderAccess) -> Result<HttpResponse, Error> {
    access.must_allow_question(Kind::Change)?;
    let form = access.page.kept_form("comment").await?;
    html(&ChangePage::new(&access, form, token::random()))
}

/// Sends the request.
pub(in crate::web) async fn open(access: OrderAccess, posted: PostForm) -> Result<HttpResponse, Error> {
    let mut form = Form::sent(&posted, "comment");
    let token = posted.form_token();
    let Some((change, comment)) = read(access.page.words, &posted, &mut form, access.page.reader) else {
        access.must_allow_question(Kind::Change)?;
        return unprocessable(&ChangePage::new(&access, form, token));
    };
    access.open(Ask::Change(change), Some(comment), token).await
}

/// Reads the form, and adds its errors to it.
fn read(
    words: &crate::i18n::Words,
    posted: &PostForm,
    form: &mut Form,
    reader: Reader,
) -> Option<(ChangeRequest, Text)> {
    let typed_days = posted.get("extra_days").trim();
    let days = typed_days.parse().ok().and_then(ExtraDays::new);
    if days.is_none() && !typed_days.is_empty() {
        form.refuse("extra_days", words.extra_days_wrong(ExtraDays::MAX));
    }
    let (titles, prices) = (posted.all("extra_title[]"), posted.all("extra_price[]"));
    let mut extras = Vec::new();
    for at in 0..titles.len().max(prices.len()) {
        let typed = |list: &[&str]| list.get(at).copied().unwrap_or_default().trim().to_owned();
        let (title, price) = (typed(&titles), typed(&prices));
        if title.is_empty() && price.is_empty() {
            continue;
        }
        let title = Title::parse(&title).map_err(|error| form.refuse(title_id(at), title_error(words, error, at + 1)));
        let price =
            Money::parse(&price).map_err(|error| form.refuse(price_id(at), price_error(words, error, at + 1, reader)));
        if let (Ok(title), Ok(price)) = (title, price) {
            extras.push(Extra { title, price });
        }
    }
    if extras.len() > ChangeRequest::MAX_EXTRAS {
        form.refuse(title_id(ChangeRequest::MAX_EXTRAS - 1), words.extra_too_many(ChangeRequest::MAX_EXTRAS));
    }
    let change = ChangeRequest::new(days, extras);
    if change.is_none() && form.is_fine() {
        form.refuse("extra_days", words.change_empty());
    }
    let comment = form.text(words, "comment", posted.get("comment"), words.comment_missing());
    change.zip(comment).filter(|_| form.is_fine())
}

fn title_error(words: &crate::i18n::Words, error: TitleError, number: usize) -> String {
    match error {
        TitleError::Missing => words.extra_title_missing(number),
        TitleError::TooLong => words.extra_title_too_long(number, Title::MAX_CHARS),
    }
}

fn price_error(words: &crate::i18n::Words, error: PriceError, number: usize, reader: Reader) -> String {
    match error {
        PriceError::Missing => words.extra_price_missing(number),
        PriceError::Unreadable => words.extra_price_unreadable(number),
        PriceError::TooLow => words.extra_price_negative(number, reader.money(Money::euro_cents(1))),
        PriceError::TooPrecise => words.extra_price_too_precise(number),
        PriceError::TooHigh => words.extra_price_too_high(number, reader.money(Money::euro_cents(Money::MAX_CENTS))),
    }
}
