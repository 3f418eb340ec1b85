//! One dispute or request: the question, the outcome of each answer, and the answers.

use actix_web::HttpResponse;
use askama::Template;
use chrono::{DateTime, Utc};

use crate::domain::{Action, Kind};
use crate::operations::orders::timeline::Conversation;
use crate::operations::orders::{actions, remind};
use crate::paths;
use crate::web::access::DisputeAccess;
use crate::web::error::Error;
use crate::web::form::{Form, PostForm};
use crate::web::layout::Page;
use crate::web::orders::card::{self, Card, Destination, TEXT};
use crate::web::orders::confirm::ConfirmPage;
use crate::web::orders::parts::part_of;
use crate::web::orders::sidebar::{Sidebar, outcomes};
use crate::web::orders::timeline::before;
use crate::web::query::QueryParams;
use crate::web::respond::{html, see_other};
use crate::web::rich_text::RichText;

#[derive(Template)]
#[template(path = "orders/disputes/show.html")]
pub(super) struct DisputePage<'a> {
    page: &'a Page,
    form: Form,
    title: &'a str,
    aside: Sidebar,
    card: Card<'a>,
    /// Where the page's script tells that its reader has the question in front of them, until that is known.
    seeing: Option<String>,
}

impl<'a> DisputePage<'a> {
    /// `seen`: the newest event that the writer of a form had seen, where the form comes back for what is newer.
    pub(super) fn new(access: &'a DisputeAccess, said: &'a Conversation, form: Form, seen: Option<i32>) -> Self {
        let opened = access.order.overview.seen_at(access.number);
        Self::opened(access, said, form, (seen, opened))
    }

    /// `opened`: when the party that must answer first opened it.
    fn opened(
        access: &'a DisputeAccess,
        said: &'a Conversation,
        form: Form,
        (seen, opened): (Option<i32>, Option<DateTime<Utc>>),
    ) -> Self {
        let (page, overview) = (&access.order.page, &access.order.overview);
        Self {
            title: &overview.order.title,
            aside: Sidebar { shows_center: !access.dispute().is_open(), ..Sidebar::new(page, overview) },
            card: Card::new(access, said, &form, (seen, opened), &Destination::Pages),
            seeing: (access.is_asked() && opened.is_none()).then(|| access.path().seen()),
            form,
            page,
        }
    }
}

/// Shows one dispute.
pub(in crate::web) async fn show(access: DisputeAccess, params: QueryParams) -> Result<HttpResponse, Error> {
    let said = access.conversation(before(&params)).await?;
    if said.page.is_newest {
        access.order.mark_read().await;
    }
    let form = access.order.page.kept_form(TEXT).await?;
    let opened = access.mark_seen().await;
    html(&DisputePage::opened(&access, &said, form, (None, opened)))
}

/// Asks for confirmation before accepting, which cannot be undone.
pub(in crate::web) async fn confirm_accept(access: DisputeAccess, params: QueryParams) -> Result<HttpResponse, Error> {
    access.must_allow(Action::Accept)?;
    let part = part_of(&access, None, &params)?;
    let page = &access.order.page;
    let form = page.kept_form_of(&access.path().to_string(), TEXT).await?;
    let (question, outcome) = card::confirmation(&access, part);
    html(&ConfirmPage {
        title: &access.order.overview.order.title,
        question,
        outcome,
        action: access.path().accept_part(part),
        back: access.path().to_string(),
        next: access.path().to_string(),
        button: page.words.accept(),
        icon: "check",
        text_hint: (!form.value("comment").is_empty())
            .then(|| page.words.box_goes_along(access.order.overview.other_name())),
        form,
        seen: Some(access.order.overview.order.event_count),
        page,
    })
}

/// Asks for confirmation before withdrawing.
pub(in crate::web) async fn confirm_withdraw(
    access: DisputeAccess,
    params: QueryParams,
) -> Result<HttpResponse, Error> {
    access.must_allow(Action::Withdraw)?;
    let (page, dispute) = (&access.order.page, access.dispute());
    let comes_from_list = params.get("from").is_some_and(|from| from == "disputes");
    let back = if comes_from_list { paths::DISPUTES.to_owned() } else { access.path().to_string() };
    html(&ConfirmPage {
        title: &access.order.overview.order.title,
        question: match dispute.ask.kind() {
            Kind::Update => page.words.confirm_withdraw_update(),
            Kind::Cancellation => page.words.confirm_withdraw_cancellation(),
            Kind::Change => page.words.confirm_withdraw_change(),
        },
        outcome: RichText(outcomes(page, &access.order.overview, dispute).of_withdrawing()),
        action: access.path().withdraw(),
        next: back.clone(),
        back,
        button: page.words.withdraw(),
        icon: "undo",
        form: Form::default(),
        seen: None,
        text_hint: None,
        page,
    })
}

/// Records that the question is in front of its reader: its page's script tells so once it is.
pub(in crate::web) async fn mark_seen(access: DisputeAccess, _form: PostForm) -> Result<HttpResponse, Error> {
    access.mark_opened().await;
    Ok(see_other(&access.path().to_string()))
}

/// Withdraws the question.
pub(in crate::web) async fn withdraw(access: DisputeAccess, posted: PostForm) -> Result<HttpResponse, Error> {
    let (page, who, number, now) = access.parts();
    page.run_blocking(move |store| actions::withdraw(store, who, number, now)).await?;
    let next =
        if posted.get("next") == paths::DISPUTES { paths::DISPUTES.to_owned() } else { access.path().to_string() };
    Ok(page.redirect_with_flash(&next, &page.words.done_withdrawn(access.order.overview.other_name())))
}

/// Reminds the other party of one's own question.
pub(in crate::web) async fn remind(access: DisputeAccess, _form: PostForm) -> Result<HttpResponse, Error> {
    let (page, who, number, now) = access.parts();
    page.run_blocking(move |store| remind::remind(store, who, number, now)).await?;
    let done = page.words.done_reminded(access.order.overview.other_name());
    Ok(page.redirect_with_flash(&access.path().to_string(), &done))
}

impl DisputeAccess {
    pub(super) fn parts(&self) -> (&Page, crate::operations::Who, i32, chrono::DateTime<chrono::Utc>) {
        (&self.order.page, self.order.who, self.number, self.order.page.now)
    }

    /// Refuses with a page when the action is not possible now; a party who comes too late sees what happened instead.
    pub(super) fn must_allow(&self, action: Action) -> Result<(), Error> {
        let dispute = self.dispute();
        if dispute.is_open() {
            self.order.must_allow(action)
        } else {
            Err(self.order.refused(dispute.refusal_once_closed()))
        }
    }
}
