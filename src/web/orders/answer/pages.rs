//! The pages behind the link of a question's mail.

use askama::Template;
use chrono::{DateTime, Utc};

use crate::domain::{Account, Part};
use crate::operations::orders::timeline::Conversation;
use crate::paths;
use crate::web::form::{Form, PostForm};
use crate::web::layout::Page;
use crate::web::orders::answer::access::{AnswerAccess, Proven};
use crate::web::orders::card::{self, Card, Destination};
use crate::web::orders::sidebar::Sidebar;
use crate::web::rich_text::RichText;

/// The page of the link: the title, the asker, and the button that opens the question.
#[derive(Template)]
#[template(path = "orders/answer/link.html")]
pub(super) struct LinkPage<'a> {
    page: &'a Page,
    title: &'a str,
    asker: String,
    address: &'a str,
    /// The page of the question, for a reader who is signed in or has to be.
    question: String,
    is_open: bool,
    is_expired: bool,
    is_signed_in: bool,
    other_account: Option<String>,
}

impl<'a> LinkPage<'a> {
    pub fn new(access: &'a AnswerAccess) -> Self {
        let overview = &access.dispute.order.overview;
        Self {
            page: access.page(),
            title: &overview.order.title,
            asker: overview.other_name().to_owned(),
            address: &access.address,
            question: access.dispute.path().to_string(),
            is_open: access.dispute.dispute().is_open(),
            is_expired: access.is_expired(),
            is_signed_in: access.is_signed_in(),
            other_account: access.other_account(),
        }
    }
}

/// The question with its answers.
#[derive(Template)]
#[template(path = "orders/answer/open.html")]
pub(super) struct OpenPage<'a> {
    page: &'a Page,
    form: Form,
    title: &'a str,
    aside: Sidebar,
    card: Card<'a>,
    other_account: Option<String>,
}

impl<'a> OpenPage<'a> {
    /// `seen`: the newest event that the writer of a form had seen, where the form comes back for what is newer.
    /// `opened`: when its reader first opened the question.
    pub fn new(
        access: &'a AnswerAccess,
        said: &'a Conversation,
        form: Form,
        seen: (Option<i32>, Option<DateTime<Utc>>),
        Proven(proof): Proven,
    ) -> Self {
        let overview = &access.dispute.order.overview;
        let card = Card::new(&access.dispute, said, &form, seen, &Destination::Link(&access.address));
        Self {
            page: access.page(),
            title: &overview.order.title,
            aside: Sidebar::new(access.page(), overview),
            card: Card { proof, ..card },
            other_account: access.other_account(),
            form,
        }
    }
}

/// Asks for the code of the second factor, and carries along what was about to be sent.
#[derive(Template)]
#[template(path = "orders/answer/code.html")]
pub(super) struct CodePage<'a> {
    page: &'a Page,
    form: Form,
    /// The address that was asked for, with the part of a change in it.
    address: &'a str,
    carried: Vec<(String, String)>,
    hint: String,
    other_account: Option<String>,
}

impl<'a> CodePage<'a> {
    pub fn new(access: &'a AnswerAccess, posted: &PostForm, form: Form) -> Self {
        let (page, other) = (access.page(), access.dispute.order.overview.other_name());
        Self {
            page,
            address: &page.context.path,
            carried: posted.carried(),
            hint: page.words.box_goes_along(other),
            other_account: access.other_account(),
            form,
        }
    }
}

/// Shows the outcome of accepting, and asks for the password.
#[derive(Template)]
#[template(path = "orders/answer/accept.html")]
pub(super) struct AcceptPage<'a> {
    page: &'a Page,
    form: Form,
    title: &'a str,
    question: String,
    outcome: RichText,
    address: String,
    person: &'a Account,
    /// The newest event of the order.
    seen: i32,
    /// The hint at the text that goes along, when one does.
    text_hint: Option<String>,
    proof: Option<String>,
    /// Whether the reader proved already who they are.
    is_proven: bool,
    other_account: Option<String>,
}

impl<'a> AcceptPage<'a> {
    pub fn new(access: &'a AnswerAccess, form: Form, part: Part, Proven(proof): Proven) -> Self {
        let (page, overview) = (access.page(), &access.dispute.order.overview);
        let (question, outcome) = card::confirmation(&access.dispute, part);
        let text_hint = (!form.value("comment").is_empty()).then(|| page.words.box_goes_along(overview.other_name()));
        Self {
            page,
            title: &overview.order.title,
            question,
            outcome,
            address: paths::answer_part(&access.address, part),
            person: &access.reader.person,
            seen: overview.order.event_count,
            text_hint,
            proof,
            is_proven: access.is_proven(),
            other_account: access.other_account(),
            form,
        }
    }
}
