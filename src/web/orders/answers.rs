//! The answers to a dispute or request, and what is said beside them. One text goes with every button.

use actix_web::HttpResponse;
use chrono::TimeDelta;

use crate::domain::{Action, Kind, Part};
use crate::i18n::time_markup;
use crate::operations::orders::actions;
use crate::web::access::DisputeAccess;
use crate::web::error::Error;
use crate::web::form::{Form, PostForm};
use crate::web::kept_words;
use crate::web::orders::disputes::{DisputePage, TEXT, is_newer};
use crate::web::orders::parts::part_of;
use crate::web::orders::progress;
use crate::web::query::QueryParams;
use crate::web::respond::{see_other, unprocessable};

/// An answer in the last minutes before the deadline is never given back for what is newer (our choice).
const MINUTES_BEFORE_DEADLINE: i64 = 60;

/// Accepts, or goes to the confirmation page with the words that go along.
pub(in crate::web) async fn accept(
    access: DisputeAccess,
    posted: PostForm,
    params: QueryParams,
) -> Result<HttpResponse, Error> {
    let (page, who, number, now) = access.parts();
    let part = part_of(&access, Some(posted.get("part")).filter(|part| !part.is_empty()), &params)?;
    let mut form = Form::sent(&posted, TEXT);
    let comment = form.optional_text(page.words, TEXT, posted.get("comment"));
    if let Some(given_back) = access.give_back(Action::Accept, &posted, form).await? {
        return Ok(given_back);
    }
    if posted.get("step") == "confirm" {
        return access.go_to_confirm(&posted, part).await;
    }
    page.run_blocking(move |store| actions::accept_part(store, who, (number, part), comment, now)).await?;
    let other = access.order.overview.other_name();
    let notice = match access.dispute().ask.kind() {
        Kind::Change => page.words.done_accepted_change(other),
        Kind::Update | Kind::Cancellation => page.words.done_accepted_cancellation(other),
    };
    Ok(page.redirect_with_flash(&access.path().to_string(), &notice))
}

/// Declines.
pub(in crate::web) async fn decline(access: DisputeAccess, posted: PostForm) -> Result<HttpResponse, Error> {
    let (page, who, number, now) = access.parts();
    let mut form = Form::sent(&posted, TEXT);
    let comment = form.optional_text(page.words, TEXT, posted.get("comment"));
    if let Some(given_back) = access.give_back(Action::Decline, &posted, form).await? {
        return Ok(given_back);
    }
    page.run_blocking(move |store| actions::decline(store, who, number, comment, now)).await?;
    Ok(page
        .redirect_with_flash(&access.path().to_string(), &page.words.done_declined(access.order.overview.other_name())))
}

/// Gives the update.
pub(in crate::web) async fn give_update(access: DisputeAccess, posted: PostForm) -> Result<HttpResponse, Error> {
    let (page, who, number, now) = access.parts();
    let mut form = Form::sent(&posted, TEXT);
    let whole = progress::text_of(page, &posted, access.order.overview.order.delivery_date);
    let update = form.text(page.words, TEXT, &whole, page.words.comment_missing());
    let given_back = access.give_back(Action::GiveUpdate, &posted, form).await?;
    let Some(update) = update.filter(|_| given_back.is_none()) else {
        return given_back.ok_or_else(|| Error::internal(&"a form without a text was taken"));
    };
    page.run_blocking(move |store| actions::give_update(store, who, number, update, now)).await?;
    Ok(page
        .redirect_with_flash(&access.path().to_string(), &page.words.done_update(access.order.overview.other_name())))
}

/// Adds a comment.
pub(in crate::web) async fn comment(access: DisputeAccess, posted: PostForm) -> Result<HttpResponse, Error> {
    let (page, who, number, now) = access.parts();
    let mut form = Form::sent(&posted, TEXT);
    let typed = posted.get("comment");
    let Some(comment) = form.text(page.words, TEXT, typed, page.words.comment_missing()) else {
        access.must_allow(Action::Comment)?;
        return unprocessable(&DisputePage::new(&access, &access.conversation(None).await?, form, None));
    };
    page.run_blocking(move |store| actions::comment(store, who, number, comment, now)).await?;
    let still_asks = access.dispute().respondent() == access.order.overview.viewer;
    let done = if still_asks { page.words.done_comment_only(access.until()) } else { page.words.done_comment() };
    Ok(page.redirect_with_flash(&access.path().to_string(), &done))
}

impl DisputeAccess {
    /// Gives the form of an answer back: something is wrong in it, or something newer came that its writer has not seen.
    async fn give_back(
        &self,
        action: Action,
        posted: &PostForm,
        mut form: Form,
    ) -> Result<Option<HttpResponse>, Error> {
        let is_fine = form.is_fine();
        let seen = self.seen_before_news(posted).filter(|_| is_fine);
        if is_fine && seen.is_none() {
            return Ok(None);
        }
        self.must_allow(action)?;
        let said = self.conversation(None).await?;
        if let Some(seen) = seen {
            if !said.page.events.iter().any(|event| is_newer(event, seen, &self.order.overview)) {
                return Ok(None);
            }
            form.refuse(TEXT, self.order.page.words.newer_came(self.order.overview.other_name()));
        }
        unprocessable(&DisputePage::new(self, &said, form, seen)).map(Some)
    }

    /// The newest event that the writer of an answer had seen, when there is a newer one, and time to look at it. An answer
    /// comes back once, and never in the last hour: it must not be too late because of us.
    fn seen_before_news(&self, posted: &PostForm) -> Option<i32> {
        let seen: i32 = posted.get("seen").parse().ok()?;
        let is_first = posted.get("returned").is_empty();
        let (order, now) = (&self.order.overview.order, self.order.page.now);
        let has_time = self.dispute().respond_by - now > TimeDelta::minutes(MINUTES_BEFORE_DEADLINE);
        (is_first && has_time && self.dispute().is_open() && seen < order.event_count).then_some(seen)
    }

    /// Goes to the confirmation page. The words are kept on the way: an address must not show them.
    async fn go_to_confirm(&self, posted: &PostForm, part: Part) -> Result<HttpResponse, Error> {
        self.must_allow(Action::Accept)?;
        let mut answer = see_other(&self.path().accept_part(part));
        if posted.get("comment").trim().is_empty() {
            return Ok(answer);
        }
        let (context, page) = (&self.order.page.context, self.path().to_string());
        let kept = kept_words::keep(context, self.order.who.account, page, posted.typed()).await?;
        if let Some(cookie) = kept {
            answer.add_cookie(&cookie).map_err(|error| Error::internal(&error))?;
        }
        Ok(answer)
    }

    /// The deadline, in words.
    fn until(&self) -> String {
        time_markup::moment(self.order.page.reader, self.dispute().respond_by)
    }
}
