//! Access to pages, as extractors. A handler that forgets to check access has nothing to work on.

use std::future::{Future, Ready, ready};
use std::pin::Pin;
use std::rc::Rc;
use std::time::Duration;

use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpRequest};
use chrono::{DateTime, Utc};

use crate::domain::{Account, Action, Dispute, Kind, Party, Reference, Refusal};
use crate::operations::accounts::events::By;
use crate::operations::orders::overview::Overview;
use crate::operations::orders::timeline::{Conversation, TimelinePage};
use crate::operations::orders::{actions, overview};
use crate::operations::{Refused, Who};
use crate::paths::{self, DisputePath, OrderPath};
use crate::settings::OrderActions;
use crate::web::error::Error;
use crate::web::form::return_path;
use crate::web::layout::Page;
use crate::web::session::CurrentSession;

/// How long a page waits for its notifications to be marked as read.
const MARKING_PATIENCE: Duration = Duration::from_millis(250);

pub(super) type Extracted<T> = Pin<Box<dyn Future<Output = Result<T, Error>>>>;

/// A signed-in account. A visitor is sent to the sign-in page first, and then back here.
pub(super) struct SignedIn {
    pub page: Page,
    pub person: Account,
}

impl FromRequest for SignedIn {
    type Error = Error;
    type Future = Ready<Result<Self, Error>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(Self::check(request))
    }
}

impl SignedIn {
    fn check(request: &HttpRequest) -> Result<Self, Error> {
        // A visitor who must sign in first needs no session yet.
        let user = CurrentSession::loaded(request).and_then(|session| session.user());
        let Some(user) = user else { return Err(Error::SignInNeeded(return_path(request))) };
        Ok(Self { page: Page::new(request)?, person: user.person.clone() })
    }

    /// The actor for the account's events.
    pub fn by(&self) -> By {
        self.page.by()
    }
}

/// An account whose password was right, and whose second factor is still missing. It is not signed in yet. Other
/// visitors are sent to the sign-in page.
pub(super) struct AwaitingSecondFactor {
    pub page: Page,
    pub person: Rc<Account>,
}

impl FromRequest for AwaitingSecondFactor {
    type Error = Error;
    type Future = Ready<Result<Self, Error>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(Self::check(request))
    }
}

impl AwaitingSecondFactor {
    fn check(request: &HttpRequest) -> Result<Self, Error> {
        let person = CurrentSession::loaded(request).and_then(|session| session.awaiting_second_factor());
        let person = person.ok_or_else(|| Error::SignInNeeded(paths::HOME.to_owned()))?;
        Ok(Self { page: Page::new(request)?, person })
    }
}

/// A party of the order in the address, with the order settled up to now. For other accounts the order does not exist
/// (404).
pub(super) struct OrderAccess {
    pub page: Page,
    pub overview: Overview,
    pub who: Who,
}

impl FromRequest for OrderAccess {
    type Error = Error;
    type Future = Extracted<Self>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let signed_in = SignedIn::check(request);
        let reference = request.match_info().get("reference").and_then(|written| written.parse::<Reference>().ok());
        Box::pin(async move {
            let SignedIn { page, person } = signed_in?;
            let who = Who { account: person.id, reference: reference.ok_or(Error::NotFound)? };
            let now = page.now;
            let overview = page.read_inline(move |store| overview::load(store, who, now)).await?;
            let overview = overview.naming_erased(|| page.words.erased_account());
            Ok(Self { page, overview, who })
        })
    }
}

impl OrderAccess {
    /// A page of the timeline: the newest events, or those before the event with this number.
    pub async fn timeline(&self, before: Option<i32>) -> Result<TimelinePage, Error> {
        let recorded = self.overview.timeline.clone();
        self.page.read_inline(move |store| recorded.page(store, before)).await
    }

    /// Begins the three days of a delivery that its customer was never told of, now that they have it in front of them. An
    /// error does not fail the page: the next view begins them.
    pub async fn begin_review(mut self) -> Self {
        let (page, overview) = (&self.page, &self.overview);
        let is_told = overview.viewer == Party::Customer && page.context.is_looked_at;
        if !(is_told && overview.order.is_unannounced() && page.must_know_the_time().is_ok()) {
            return self;
        }
        let (who, now) = (self.who, page.now);
        let begun = page.run_blocking(move |store| {
            actions::begin_review(store, who, now)?;
            overview::load(store, who, now)
        });
        if let Ok(overview) = begun.await {
            self.overview = overview;
        } else {
            tracing::debug!("the three days of a delivery begin the next time");
        }
        self
    }

    /// Marks the reader's notifications about this order as read, beside the request. The page waits only for a moment,
    /// so that the next page usually shows them as read while a slow database does not delay this one.
    pub async fn mark_read(&self) {
        if self.overview.has_unread {
            let (reference, reader, app) = (self.who.reference, self.overview.viewer, self.page.app.clone());
            let shown = self.overview.timeline.written;
            let read = move |store: &_| overview::mark_read(store, reference, reader, shown);
            let marking = actix_web::rt::spawn(async move { app.run_blocking(read).await });
            drop(tokio::time::timeout(MARKING_PATIENCE, marking).await);
        }
    }
}

/// The dispute in the address. The viewer is a party of its order.
pub(super) struct DisputeAccess {
    pub order: OrderAccess,
    pub number: i32,
}

impl FromRequest for DisputeAccess {
    type Error = Error;
    type Future = Extracted<Self>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let order = OrderAccess::from_request(request, payload);
        let number = request.match_info().get("number").and_then(|written| written.parse().ok());
        Box::pin(async move { Self::find(order.await?, number.ok_or(Error::NotFound)?).await })
    }
}

impl DisputeAccess {
    /// The dispute with that number of an order.
    pub async fn find(mut order: OrderAccess, number: i32) -> Result<Self, Error> {
        let recorded = order.overview.timeline.clone();
        if order.overview.dispute(number).is_none() && (1..=recorded.older_disputes).contains(&number) {
            let found = order.page.read_inline(move |store| recorded.older_dispute(store, number)).await?;
            order.overview.disputes.extend(found);
        }
        order.overview.dispute(number).ok_or(Error::NotFound)?;
        Ok(Self { order, number })
    }

    /// The dispute.
    pub fn dispute(&self) -> &Dispute {
        self.order.overview.dispute(self.number).expect("it was found when the request came in")
    }

    /// Records that its reader has the question in front of them, and answers when they first did. A page that a browser
    /// fetches ahead, the head of a page, and a page whose script will tell record nothing.
    pub async fn mark_seen(&self) -> Option<DateTime<Utc>> {
        let context = &self.order.page.context;
        if context.is_looked_at && !context.has_script {
            self.mark_opened().await
        } else {
            self.order.overview.seen_at(self.number)
        }
    }

    /// Whether it waits for its reader's answer.
    pub fn is_asked(&self) -> bool {
        self.dispute().waits_for(self.order.overview.viewer)
    }

    /// Records that its reader opened the question, and answers when they first did.
    pub async fn mark_opened(&self) -> Option<DateTime<Utc>> {
        let (page, seen_at) = (&self.order.page, self.order.overview.seen_at(self.number));
        if seen_at.is_some() || !self.is_asked() {
            return seen_at;
        }
        let (reference, number, now, app) = (self.order.who.reference, self.number, page.now, page.app.clone());
        let seen = move |store: &_| overview::mark_seen(store, reference, number, now);
        let marking = actix_web::rt::spawn(async move { app.run_blocking(seen).await });
        drop(tokio::time::timeout(MARKING_PATIENCE, marking).await);
        Some(now)
    }

    /// What was said about the dispute: the newest events, or those before the event with this number.
    pub async fn conversation(&self, before: Option<i32>) -> Result<Conversation, Error> {
        let (recorded, viewer, number) =
            (self.order.overview.timeline.clone(), self.order.overview.viewer, self.number);
        self.order.page.read_inline(move |store| recorded.conversation(store, number, viewer, before)).await
    }

    /// The address of the dispute.
    pub fn path(&self) -> DisputePath {
        self.order.path().dispute(self.number)
    }
}

impl OrderAccess {
    /// The address of the order.
    pub fn path(&self) -> OrderPath {
        paths::order(self.who.reference)
    }

    /// Whether the viewer may do that here and now.
    pub fn may(&self, action: Action) -> bool {
        self.must_be_here().is_ok() && self.overview.may(action)
    }

    /// Refuses an action of the order's normal life where the marketplace's own buttons do it (`--order-actions`).
    pub fn must_be_here(&self) -> Result<(), Error> {
        match self.page.app.settings.order_actions {
            OrderActions::Here => Ok(()),
            OrderActions::Marketplace => Err(self.refused(Refusal::AtMarketplace)),
        }
    }

    /// Refuses with a page when the rules do not allow this action now.
    pub fn must_allow(&self, action: Action) -> Result<(), Error> {
        if matches!(action, Action::Deliver | Action::Approve | Action::RequestRevision) {
            self.must_be_here()?;
        }
        self.overview.order.allows(self.overview.viewer, action).map_err(|refusal| self.refused(refusal))
    }

    /// Refuses with a page when the rules, or the limits of rules 13, do not allow this question now.
    pub fn must_allow_question(&self, kind: Kind) -> Result<(), Error> {
        self.must_allow(Action::Open(kind))?;
        self.overview.limit_on(kind, self.page.now).map_or(Ok(()), |limit| Err(self.refused(limit)))
    }

    /// The refusal with the dispute that it is about, for the page that explains it.
    pub fn refused(&self, refusal: Refusal) -> Error {
        let dispute = refusal.dispute().and_then(|number| self.overview.dispute(number).cloned());
        let (reference, viewer) = (self.who.reference, self.overview.viewer);
        Error::Refused(Box::new(Refused { refusal, reference, viewer, dispute }))
    }
}
