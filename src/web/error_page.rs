//! The pages of errors, in the reader's language.

use actix_web::body::{BoxBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::header::{CONTENT_TYPE, HeaderValue, RETRY_AFTER, SET_COOKIE};
use actix_web::http::{Method, StatusCode};
use actix_web::middleware::Next;
use actix_web::{HttpRequest, HttpResponse, ResponseError};
use askama::Template;

use crate::domain::{Dispute, Kind, Refusal};
use crate::i18n::outcomes::Outcomes;
use crate::i18n::{Words, labels, limits};
use crate::operations::Refused;
use crate::paths;
use crate::web::error::Error;
use crate::web::kept_words::{self, Salvaged};
use crate::web::layout::Page;
use crate::web::respond::{see_other, with_status};
use crate::web::rich_text::RichText;
use crate::web::sign_in::hand_off;

/// Answers an address that is not in the table of routes.
pub(super) async fn not_found() -> Result<HttpResponse, Error> {
    Err(Error::NotFound)
}

/// Draws the page of every error, wherever it came from, and redirects a visitor who must sign in first.
pub(super) async fn middleware(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, actix_web::Error> {
    let response = next.call(request).await?;
    let Some(error) = error_of(&response) else {
        if response.status() == StatusCode::SEE_OTHER {
            kept_words::forget_sent(response.request()).await;
        }
        return Ok(response.map_into_boxed_body());
    };
    let words = kept_words::salvage(response.request(), &error).await;
    let page = Page::of_error(response.request());
    if matches!(error, Error::MethodNotAllowed) && [Method::GET, Method::HEAD].contains(response.request().method()) {
        // Looked at, an address that only takes a form leads to the page of that form.
        let page = see_other(&paths::page_of(page.path_only()));
        return Ok(ServiceResponse::new(response.into_parts().0, page));
    }
    if matches!(error, Error::MethodNotAllowed) && is_repeated(response.request()) {
        let page = see_other(&response.request().uri().to_string());
        return Ok(ServiceResponse::new(response.into_parts().0, page));
    }
    let mut answer = answer(&error, &page, response.request(), words);
    let (request, placeholder) = response.into_parts();
    for cookie in placeholder.headers().get_all(SET_COOKIE) {
        answer.headers_mut().append(SET_COOKIE, cookie.clone());
    }
    Ok(ServiceResponse::new(request, answer))
}

/// Whether a browser sent a form to the address of a page. `WebKit` does so when the page of a refused form is loaded again:
/// that page has taken the address of its form's page.
fn is_repeated(request: &HttpRequest) -> bool {
    let mode = request.headers().get("sec-fetch-mode");
    request.method() == Method::POST && mode.is_some_and(|mode| mode == "navigate")
}

/// The error of a response without a page: one of ours, or the framework's own, such as an unknown method.
fn error_of(response: &ServiceResponse<impl MessageBody>) -> Option<Error> {
    if let Some(error) = response.response().error() {
        return error.as_error::<Error>().cloned().or_else(|| Error::from_status(response.status()));
    }
    let has_page = response.headers().contains_key(CONTENT_TYPE);
    if has_page { None } else { Error::from_status(response.status()) }
}

fn answer(error: &Error, page: &Page, request: &HttpRequest, words: Salvaged) -> HttpResponse {
    if let Error::SignInNeeded(next) = error
        && words.text.is_none()
    {
        return sign_in_first(page, request, next, words);
    }
    let status = match error {
        Error::SignInNeeded(_) => StatusCode::FORBIDDEN,
        _ => error.status_code(),
    };
    let cookie = words.cookie.clone();
    let is_for_another = cookie.is_some() && words.text.is_none();
    let drawn = with_status(status, &ErrorPage { words: words.text, ..ErrorPage::new(error, page, is_for_another) });
    let mut answer = drawn.unwrap_or_else(|_| HttpResponse::new(status));
    if let Some(cookie) = cookie {
        // Without it the words are only not filled in again.
        let _ = answer.add_cookie(&cookie);
    }
    let seconds = match error {
        Error::Unavailable => Some("3"),
        Error::ClockInDoubt => Some("60"),
        Error::Busy => Some("10"),
        _ => None,
    };
    if let Some(seconds) = seconds {
        answer.headers_mut().insert(RETRY_AFTER, HeaderValue::from_static(seconds));
    }
    answer
}

/// Goes to the marketplace, if it signs people in, or to the sign-in page, which says whether words are kept until then.
fn sign_in_first(page: &Page, request: &HttpRequest, next: &str, words: Salvaged) -> HttpResponse {
    let Some(cookie) = words.cookie else {
        return hand_off::first(page, request, next).unwrap_or_else(|| see_other(&paths::sign_in(next)));
    };
    let mut answer = page.redirect_with_flash(&paths::sign_in(next), &page.words.kept_until_sign_in());
    let _ = answer.add_cookie(&cookie);
    answer
}

/// A link on an error page to a useful place.
struct Link {
    href: String,
    label: String,
}

#[derive(Template)]
#[template(path = "error.html")]
struct ErrorPage<'a> {
    page: &'a Page,
    heading: String,
    text: RichText,
    happened: Option<RichText>,
    links: Vec<Link>,
    shows_service: bool,
    /// Whether the reader may be looking with another account than the one that it is for.
    names_account: bool,
    /// Whether the fault is ours, so that the number of the request helps to find it.
    is_fault: bool,
    /// What was typed in the form that was refused.
    words: Option<String>,
}

impl<'a> ErrorPage<'a> {
    /// `is_for_another`: words of the form are kept for their writer, which is another account.
    fn new(error: &Error, page: &'a Page, is_for_another: bool) -> Self {
        let words = page.words;
        let (heading, text) = match error {
            Error::Refused(refused) => return Self::refused(refused, page),
            Error::NotFound => (words.error_not_found(), words.error_not_found_text()),
            Error::LinkGone => (words.answer_gone(), words.answer_gone_text()),
            Error::SignInNeeded(_) => (words.error_signed_out(), words.error_signed_out_text()),
            Error::Forbidden if is_for_another => (words.error_forbidden(), words.kept_for_writer()),
            Error::Forbidden => (words.error_forbidden(), words.error_forbidden_text()),
            Error::OtherAddress(origin) => (
                words.error_other_address(),
                words.error_other_address_text(origin.as_str(), page.app.settings.public_url.as_str()),
            ),
            Error::BadRequest => (words.error_bad_request(), words.error_bad_request_text()),
            Error::MethodNotAllowed => (words.error_method(), words.error_method_text()),
            Error::Misdirected => (words.error_misdirected(), words.error_misdirected_text()),
            Error::TooLarge => (words.error_too_large(), words.error_too_large_text()),
            Error::TooSlow => (words.error_too_slow(), words.error_too_slow_text()),
            Error::Unavailable => (words.error_unavailable(), words.error_unavailable_text()),
            Error::ClockInDoubt => (words.error_clock(), words.error_clock_text()),
            Error::Busy => (words.error_busy(), words.error_busy_text()),
            Error::Internal => (words.error_internal(), words.error_internal_text()),
        };
        let mut links = vec![Link { href: paths::ORDERS.to_owned(), label: words.error_to_orders() }];
        if let Some(next) = page.next.as_ref().filter(|_| matches!(error, Error::Forbidden)) {
            // Another tab signed in meanwhile.
            links.insert(0, Link { href: next.clone(), label: words.error_go_on() });
        }
        let is_behind_link = page.path.starts_with(paths::ANSWER) && !matches!(error, Error::LinkGone);
        if is_behind_link || page.own_address().is_some_and(|path| path.starts_with(paths::ORDERS)) {
            links.insert(0, Link { href: page.path.clone(), label: words.error_to_form() });
        }
        let shows_service = matches!(error, Error::Internal);
        Self {
            page,
            heading,
            text: RichText(text),
            happened: None,
            links,
            shows_service,
            names_account: matches!(error, Error::NotFound),
            is_fault: error.status_code().is_server_error(),
            words: None,
        }
    }

    fn refused(refused: &Refused, page: &'a Page) -> Self {
        let words = page.words;
        let respond_by = refused.dispute.as_ref().map(|dispute| dispute.respond_by);
        let (heading, text) = match limits::reached(page.reader, refused.refusal, respond_by) {
            Some((heading, text)) => (heading, format!("{text} {}", words.limit_nothing_changed())),
            None => refusal_in_words(words, refused.refusal),
        };
        let order = paths::order(refused.reference);
        let mut links = Vec::new();
        if let Some(dispute) = &refused.dispute {
            let label = if dispute.is_open() { words.error_to_open() } else { words.error_to_dispute() };
            links.push(Link { href: order.dispute(dispute.number).to_string(), label });
        }
        links.push(Link { href: order.to_string(), label: words.error_to_order() });
        let happened = refused.dispute.as_ref().and_then(|dispute| ended(page, dispute, refused));
        let shows_service = matches!(refused.refusal, Refusal::OrderClosed(_));
        Self {
            page,
            heading,
            text: RichText(text),
            happened,
            links,
            shows_service,
            names_account: false,
            is_fault: false,
            words: None,
        }
    }
}

fn ended(page: &Page, dispute: &Dispute, refused: &Refused) -> Option<RichText> {
    Outcomes { reader: page.reader, dispute, viewer: refused.viewer, other: "" }.ended().map(RichText)
}

fn refusal_in_words(words: &Words, refusal: Refusal) -> (String, String) {
    match refusal {
        Refusal::OrderClosed(status) => {
            (words.refused_closed(), words.refused_closed_text(labels::status(words, status)))
        }
        Refusal::AnotherIsOpen(_, Kind::Update) => (words.refused_another(), words.refused_another_update()),
        Refusal::AnotherIsOpen(_, Kind::Cancellation) => {
            (words.refused_another(), words.refused_another_cancellation())
        }
        Refusal::AnotherIsOpen(_, Kind::Change) => (words.refused_another(), words.refused_another_change()),
        Refusal::AlreadySettled(_) => (words.refused_already(), words.refused_already_text()),
        Refusal::TooLate(_) => (words.refused_too_late(), words.refused_too_late_text()),
        Refusal::NotYours => (words.refused(), words.refused_not_yours_text()),
        Refusal::NotAsked => (words.refused(), words.refused_not_asked_text()),
        Refusal::NotNow(status) => (words.refused(), words.refused_not_now_text(labels::status(words, status))),
        Refusal::AtMarketplace => (words.refused_at_marketplace(), words.refused_at_marketplace_text()),
        Refusal::CommentMissing => (words.refused(), words.comment_missing()),
        Refusal::ReasonNotYours => (words.refused(), words.reason_missing()),
        // These have words of their own that tell the moment.
        Refusal::TooManyComments(..)
        | Refusal::DisputeFull(_)
        | Refusal::TooManyQuestions(_)
        | Refusal::RemindedAlready(..)
        | Refusal::DeclinedInARow(..) => (words.refused(), words.limit_nothing_changed()),
    }
}
