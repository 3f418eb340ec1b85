//! Access to a question with the link of its mail.

use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpRequest, HttpResponse};

use crate::domain::{Refusal, State};
use crate::mail::answer_link::{self, AnswerLink};
use crate::operations::accounts::answer_links::{self, LinkReader};
use crate::operations::orders::overview;
use crate::operations::{Refused, Who};
use crate::paths;
use crate::web::access::{DisputeAccess, Extracted, OrderAccess};
use crate::web::error::Error;
use crate::web::layout::Page;

/// The sealed proof for the next form; none for an account without a second factor.
pub(super) struct Proven(pub Option<String>);

/// A question behind the link of its mail, for the account that the mail went to. Its page speaks that account's language,
/// whoever is signed in.
pub(in crate::web) struct AnswerAccess {
    pub(super) dispute: DisputeAccess,
    pub(super) reader: LinkReader,
    /// The path of the link.
    pub(super) address: String,
}

impl FromRequest for AnswerAccess {
    type Error = Error;
    type Future = Extracted<Self>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let request = request.clone();
        Box::pin(async move { Self::find(&request).await })
    }
}

impl AnswerAccess {
    async fn find(request: &HttpRequest) -> Result<Self, Error> {
        let token = request.match_info().get("token").unwrap_or_default();
        let mut page = Page::new(request)?;
        let link = answer_link::read(&page.app.settings.secret, token).ok_or(Error::LinkGone)?;
        let reader = Self::reader(&page, &link).await?.ok_or(Error::LinkGone)?;
        let address = paths::answer(token);
        page.is_for(&reader.person, &address, request);
        let (who, now) = (Who { account: link.account, reference: link.reference }, page.now);
        let overview = page.read_inline(move |store| overview::load(store, who, now)).await.map_err(gone)?;
        let overview = overview.naming_erased(|| page.words.erased_account());
        let dispute = DisputeAccess::find(OrderAccess { page, overview, who }, link.number).await.map_err(gone)?;
        if dispute.dispute().respondent() != dispute.order.overview.viewer {
            return Err(Error::LinkGone);
        }
        Ok(Self { dispute, reader, address })
    }

    /// The account of a link, unless something has ended the link.
    async fn reader(page: &Page, link: &AnswerLink) -> Result<Option<LinkReader>, Error> {
        let account = link.account;
        let reader = page.run_blocking(move |store| answer_links::reader(store, account)).await?;
        let secret = &page.app.settings.secret;
        Ok(reader.filter(|reader| link.lasts(secret, &reader.person, reader.generations)))
    }

    /// The page around the question.
    pub(super) fn page(&self) -> &Page {
        &self.dispute.order.page
    }

    /// Whether the deadline is over, with which the link ends, however the question ended.
    pub(super) fn is_expired(&self) -> bool {
        self.dispute.dispute().is_overdue(self.page().now)
    }

    /// The refusal after the deadline. What silence meant stood in the mail, so it is told; how else a question ended is not.
    pub(super) fn too_late(&self) -> Error {
        let (order, dispute) = (&self.dispute.order, self.dispute.dispute());
        let is_known = matches!(dispute.state, State::Lapsed(_)) && !self.reader.has_second_factor;
        Error::Refused(Box::new(Refused {
            refusal: Refusal::TooLate(dispute.number),
            reference: order.who.reference,
            viewer: order.overview.viewer,
            dispute: is_known.then(|| dispute.clone()),
        }))
    }

    /// The name of the link where wrong passwords are counted: the same in every mail about its question.
    pub(super) fn name(&self) -> String {
        let Who { account, reference } = self.dispute.order.who;
        format!("answer.{}.{reference}.{}", account.0, self.dispute.number)
    }

    /// Whether the account of the link is signed in here.
    pub(super) fn is_signed_in(&self) -> bool {
        self.page().user.as_ref().is_some_and(|user| user.person.id == self.reader.person.id)
    }

    /// The name of another account that is signed in here.
    pub(super) fn other_account(&self) -> Option<String> {
        let user = self.page().user.as_ref().filter(|_| !self.is_signed_in())?;
        Some(user.person.name.clone())
    }

    /// Whether its reader signed in here with a link from their mailbox, recently enough to count as proof.
    pub(super) fn is_proven(&self) -> bool {
        self.is_signed_in() && self.page().is_proven()
    }

    /// Goes back to the link, which says what became of the answer.
    pub(super) fn done(&self, flash: &str) -> HttpResponse {
        self.page().redirect_with_flash(&self.address, flash)
    }
}

/// An order or question that is not there any more ends its link.
fn gone(error: Error) -> Error {
    if matches!(error, Error::NotFound) { Error::LinkGone } else { error }
}
