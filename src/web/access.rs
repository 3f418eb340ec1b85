//! Who may come in. A handler that forgets to ask has nothing to work on.

use std::future::{Future, Ready, ready};
use std::pin::Pin;
use std::rc::Rc;
use std::time::Duration;

use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpRequest};

use crate::domain::{Action, Kind, Reference, Refusal};
use crate::operations::accounts::events::By;
use crate::operations::orders::overview;
use crate::operations::orders::overview::Overview;
use crate::operations::orders::timeline::{Conversation, TimelinePage};
use crate::operations::{Failure, Refused, Who};
use crate::paths::{self, DisputePath, OrderPath};
use crate::store::accounts::Person;
use crate::web::error::Error;
use crate::web::form::return_path;
use crate::web::layout::Page;
use crate::web::session::CurrentSession;

/// How long a page waits for its notifications to be marked as read.
const MARKING_PATIENCE: Duration = Duration::from_millis(250);

type Extracted<T> = Pin<Box<dyn Future<Output = Result<T, Error>>>>;

/// An account that is signed in. A visitor is sent to the sign-in page first, and then back here.
pub(super) struct SignedIn {
    pub page: Page,
    pub person: Person,
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
        // A visitor who has to sign in first needs no session yet.
        let user = CurrentSession::loaded(request).and_then(|session| session.user());
        let Some(user) = user else { return Err(Error::SignInNeeded(return_path(request))) };
        Ok(Self { page: Page::new(request)?, person: user.person.clone() })
    }

    /// Who does what they do here, for the account's events.
    pub fn by(&self) -> By {
        self.page.by()
    }
}

/// An account whose password was right, and whose second factor is still asked. It is not signed in yet. Everyone else is
/// sent to the sign-in page.
pub(super) struct AwaitingSecondFactor {
    pub page: Page,
    pub person: Rc<Person>,
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

/// A party of the order in the address, with the order settled up to now. To everyone else the order is not there.
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
            Ok(Self { page, overview, who })
        })
    }
}

impl OrderAccess {
    /// A page of the timeline: the newest, or the one before that event.
    pub async fn timeline(&self, before: Option<i32>) -> Result<TimelinePage, Error> {
        let recorded = self.overview.timeline.clone();
        self.page.read_inline(move |store| recorded.page(store, before)).await
    }

    /// Marks the reader's notifications about this order as read, beside the request. The page waits for a moment only, so
    /// that the next page usually shows them as read, and a slow database does not delay it.
    pub async fn mark_read(&self) {
        if self.overview.has_unread {
            let (who, now, app) = (self.who, self.page.now, self.page.app.clone());
            let read = move |store: &_| overview::mark_read(store, who, now);
            let marking = actix_web::rt::spawn(async move { app.run_blocking(read).await });
            drop(tokio::time::timeout(MARKING_PATIENCE, marking).await);
        }
    }
}

/// The dispute in the address, of an order the viewer is a party of.
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
        Box::pin(async move {
            let order = order.await?;
            let number = number.filter(|number| order.overview.dispute(*number).is_some());
            Ok(Self { number: number.ok_or(Error::from(Failure::NotFound))?, order })
        })
    }
}

impl DisputeAccess {
    /// The dispute.
    pub fn dispute(&self) -> &crate::domain::Dispute {
        self.order.overview.dispute(self.number).expect("it was found when the request came in")
    }

    /// What was said about it: the newest of it, or what came before that event.
    pub async fn conversation(&self, before: Option<i32>) -> Result<Conversation, Error> {
        let (recorded, viewer, number) =
            (self.order.overview.timeline.clone(), self.order.overview.viewer, self.number);
        self.order.page.read_inline(move |store| recorded.conversation(store, (number, viewer), before)).await
    }

    /// Its address.
    pub fn path(&self) -> DisputePath {
        self.order.path().dispute(self.number)
    }
}

impl OrderAccess {
    /// The order's address.
    pub fn path(&self) -> OrderPath {
        paths::order(self.who.reference)
    }

    /// Refuses with a page when this cannot be done now.
    pub fn must_allow(&self, action: Action) -> Result<(), Error> {
        self.overview.order.allows(self.overview.viewer, action).map_err(|refusal| self.refused(refusal))
    }

    /// Refuses with a page when this cannot be asked now, or not yet.
    pub fn must_allow_question(&self, kind: Kind) -> Result<(), Error> {
        self.must_allow(Action::Open(kind))?;
        self.overview.limit_on(kind, self.page.now).map_or(Ok(()), |limit| Err(self.refused(limit)))
    }

    /// The page that says why, with the dispute it is about.
    pub fn refused(&self, refusal: Refusal) -> Error {
        let dispute = refusal.dispute().and_then(|number| self.overview.dispute(number).cloned());
        let (reference, viewer) = (self.who.reference, self.overview.viewer);
        Error::Refused(Box::new(Refused { refusal, reference, viewer, dispute }))
    }
}
