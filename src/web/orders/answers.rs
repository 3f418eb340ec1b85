//! The answers to a dispute or request, and what is said beside them. One text goes with every button. They are given on
//! the question's pages, and behind the link of its mail.

use actix_web::HttpResponse;
use chrono::TimeDelta;

use crate::domain::{Action, Kind, Part, Text};
use crate::i18n::time_markup;
use crate::operations::orders::actions;
use crate::operations::orders::timeline::Conversation;
use crate::web::access::DisputeAccess;
use crate::web::error::Error;
use crate::web::form::{Form, PostForm};
use crate::web::kept_words;
use crate::web::orders::card::{TEXT, is_newer};
use crate::web::orders::disputes::DisputePage;
use crate::web::orders::parts::part_of;
use crate::web::orders::progress;
use crate::web::query::QueryParams;
use crate::web::respond::{see_other, unprocessable};

/// An answer in the last minutes before the deadline is never given back for what is newer (our choice).
const MINUTES_BEFORE_DEADLINE: i64 = 60;

/// The button that was pressed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum AnswerKind {
    Accept(Part),
    Decline,
    Update,
    Comment,
}

impl AnswerKind {
    fn action(self) -> Action {
        match self {
            Self::Accept(_) => Action::Accept,
            Self::Decline => Action::Decline,
            Self::Update => Action::GiveUpdate,
            Self::Comment => Action::Comment,
        }
    }
}

/// An answer that can be given, with its text.
pub(super) enum Answer {
    Accept(Part, Option<Text>),
    Decline(Option<Text>),
    Update(Text),
    Comment(Text),
}

/// The form of an answer that comes back, with the page around it.
pub(super) struct GivenBack {
    pub form: Form,
    pub said: Conversation,
    /// The newest event that its writer had seen, when it comes back for what is newer.
    pub seen: Option<i32>,
}

/// Accepts, or goes to the confirmation page with the words that go along.
pub(in crate::web) async fn accept(
    access: DisputeAccess,
    posted: PostForm,
    params: QueryParams,
) -> Result<HttpResponse, Error> {
    let part = part_of(&access, Some(posted.get("part")).filter(|part| !part.is_empty()), &params)?;
    if posted.get("step") != "confirm" {
        return give(&access, AnswerKind::Accept(part), &posted).await;
    }
    match access.read(AnswerKind::Accept(part), &posted).await? {
        Ok(_) => access.go_to_confirm(&posted, part).await,
        Err(back) => show_again(&access, back),
    }
}

/// Declines.
pub(in crate::web) async fn decline(access: DisputeAccess, posted: PostForm) -> Result<HttpResponse, Error> {
    give(&access, AnswerKind::Decline, &posted).await
}

/// Gives the update.
pub(in crate::web) async fn give_update(access: DisputeAccess, posted: PostForm) -> Result<HttpResponse, Error> {
    give(&access, AnswerKind::Update, &posted).await
}

/// Adds a comment.
pub(in crate::web) async fn comment(access: DisputeAccess, posted: PostForm) -> Result<HttpResponse, Error> {
    give(&access, AnswerKind::Comment, &posted).await
}

/// Gives an answer and goes back to the question, or shows its form again.
async fn give(access: &DisputeAccess, kind: AnswerKind, posted: &PostForm) -> Result<HttpResponse, Error> {
    match access.read(kind, posted).await? {
        Ok(answer) => {
            let done = access.carry_out(answer).await?;
            Ok(access.order.page.redirect_with_flash(&access.path().to_string(), &done))
        }
        Err(back) => show_again(access, back),
    }
}

fn show_again(access: &DisputeAccess, GivenBack { form, said, seen }: GivenBack) -> Result<HttpResponse, Error> {
    unprocessable(&DisputePage::new(access, &said, form, seen))
}

impl DisputeAccess {
    /// Reads the form of an answer. It comes back when something is wrong in it, or when something newer came that its writer
    /// has not seen.
    pub(super) async fn read(&self, kind: AnswerKind, posted: &PostForm) -> Result<Result<Answer, GivenBack>, Error> {
        let (words, mut form) = (self.order.page.words, Form::sent(posted, TEXT));
        let answer = match kind {
            AnswerKind::Accept(part) => {
                Some(Answer::Accept(part, form.optional_text(words, TEXT, posted.get("comment"))))
            }
            AnswerKind::Decline => Some(Answer::Decline(form.optional_text(words, TEXT, posted.get("comment")))),
            AnswerKind::Update => {
                let whole = progress::text_of(&self.order.page, posted, self.order.overview.order.delivery_date);
                form.text(words, TEXT, &whole, words.comment_missing()).map(Answer::Update)
            }
            AnswerKind::Comment => {
                form.text(words, TEXT, posted.get("comment"), words.comment_missing()).map(Answer::Comment)
            }
        };
        match (answer.filter(|_| form.is_fine()), self.seen_before_news(kind, posted)) {
            (Some(answer), None) => Ok(Ok(answer)),
            (answer, seen) => self.give_back(kind, answer, form, seen).await,
        }
    }

    /// Gives the form of an answer back, unless what is newer was its writer's own doing.
    async fn give_back(
        &self,
        kind: AnswerKind,
        answer: Option<Answer>,
        mut form: Form,
        seen: Option<i32>,
    ) -> Result<Result<Answer, GivenBack>, Error> {
        self.must_allow(kind.action())?;
        let said = self.conversation(None).await?;
        let Some(answer) = answer else { return Ok(Err(GivenBack { form, said, seen: None })) };
        let overview = &self.order.overview;
        if !said.page.events.iter().any(|event| seen.is_some_and(|seen| is_newer(event, seen, overview))) {
            return Ok(Ok(answer));
        }
        form.refuse(TEXT, self.order.page.words.newer_came(overview.other_name()));
        Ok(Err(GivenBack { form, said, seen }))
    }

    /// The newest event that the writer of an answer had seen, when there is a newer one, and time to look at it. An answer
    /// comes back once, and never in the last hour: it must not be too late because of us. A comment never does.
    fn seen_before_news(&self, kind: AnswerKind, posted: &PostForm) -> Option<i32> {
        let seen: i32 = posted.get("seen").parse().ok()?;
        let is_first = posted.get("returned").is_empty() && kind != AnswerKind::Comment;
        let (order, now) = (&self.order.overview.order, self.order.page.now);
        let has_time = self.dispute().respond_by - now > TimeDelta::minutes(MINUTES_BEFORE_DEADLINE);
        (is_first && has_time && self.dispute().is_open() && seen < order.event_count).then_some(seen)
    }

    /// Gives an answer, and returns the sentence about what became of it.
    pub(super) async fn carry_out(&self, answer: Answer) -> Result<String, Error> {
        let (page, who, number, now) = self.parts();
        let (words, other) = (page.words, self.order.overview.other_name());
        let done = match (&answer, self.dispute().ask.kind()) {
            (Answer::Accept(..), Kind::Change) => words.done_accepted_change(other),
            (Answer::Accept(..), Kind::Update | Kind::Cancellation) => words.done_accepted_cancellation(other),
            (Answer::Decline(_), _) => words.done_declined(other),
            (Answer::Update(_), _) => words.done_update(other),
            (Answer::Comment(_), _) if self.dispute().respondent() == self.order.overview.viewer => {
                words.done_comment_only(time_markup::moment(page.reader, self.dispute().respond_by))
            }
            (Answer::Comment(_), _) => words.done_comment(),
        };
        page.run_blocking(move |store| match answer {
            Answer::Accept(part, comment) => actions::accept_part(store, who, (number, part), comment, now),
            Answer::Decline(comment) => actions::decline(store, who, number, comment, now),
            Answer::Update(update) => actions::give_update(store, who, number, update, now),
            Answer::Comment(comment) => actions::comment(store, who, number, comment, now),
        })
        .await?;
        Ok(done)
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
}
