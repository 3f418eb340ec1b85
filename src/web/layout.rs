//! The frame around every page: who reads, when, and in which language.

use std::future::{Ready, ready};
use std::rc::Rc;
use std::time::Duration;

use actix_session::SessionExt;
use actix_web::dev::Payload;
use actix_web::http::header;
use actix_web::http::{Method, StatusCode};
use actix_web::{FromRequest, HttpRequest, HttpResponse, web};
use askama::Template;
use chrono::{DateTime, NaiveDate, Utc};
use tokio::sync::Semaphore;

use crate::clock::real_now;
use crate::config::App;
use crate::domain::Money;
use crate::i18n::format::{Reader, machine};
use crate::i18n::{Language, Words, time_markup};
use crate::operations::Now;
use crate::store::Store;
use crate::web::access::Viewer;
use crate::web::error::Error;
use crate::web::middleware::Visit;
use crate::web::rich_text::Rich;
use crate::web::{assets, session};

/// The room to write a page in, in bytes: what is larger is copied as it grows.
const ROOM: usize = 40 * 1024;
/// How many passwords are hashed at the same time.
const SLOW_AT_ONCE: usize = 4;
/// How long somebody waits for their turn.
const SLOW_PATIENCE: Duration = Duration::from_secs(5);

/// What every page knows.
pub(super) struct Page {
    pub app: App,
    /// The one moment of this request.
    pub now: DateTime<Utc>,
    pub reader: Reader,
    pub words: &'static Words,
    pub viewer: Option<Rc<Viewer>>,
    /// The session's token for forms; an error page may have none, and then shows no forms.
    pub csrf: Option<String>,
    /// The path and query of this page.
    pub path: String,
    pub request_id: String,
    /// What the step before this page came to.
    pub notice: Option<Rich>,
    pub session: Option<actix_session::Session>,
}

impl FromRequest for Page {
    type Error = Error;
    type Future = Ready<Result<Self, Error>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(Self::load(request))
    }
}

impl Page {
    /// The page of this request, for whoever is signed in, if anybody is.
    pub fn load(request: &HttpRequest) -> Result<Self, Error> {
        let visit = Visit::of(request);
        let session = request.get_session();
        let csrf = session::csrf_for(&session)?;
        visit.csrf.replace(Some(csrf));
        let mut page = Self::without_session(&visit);
        if request.method() == Method::GET {
            page.notice = session::take_notice(request, &visit).map(Rich);
        }
        page.session = Some(session);
        Ok(page)
    }

    /// Lets an error page have forms for whoever is there, without making a session for a passer-by.
    pub fn recognise(request: &HttpRequest) {
        Visit::of(request).csrf.replace(session::csrf_of(request));
    }

    /// A page with what is known of the visit so far, for errors: the session may be out of reach.
    pub fn without_session(visit: &Visit) -> Self {
        Self {
            app: visit.app.clone(),
            now: visit.now,
            reader: visit.reader.get(),
            words: visit.reader.get().words(),
            viewer: visit.viewer.borrow().clone(),
            csrf: visit.csrf.borrow().clone(),
            path: visit.path.clone(),
            request_id: visit.request_id.clone(),
            notice: None,
            session: None,
        }
    }

    /// Runs an operation that reads a few rows. In a database that is in this very process that takes
    /// less time than handing it to another thread and back.
    pub async fn look<T, E>(&self, question: impl FnOnce(&Store) -> Result<T, E> + Send + 'static) -> Result<T, Error>
    where
        T: Send + 'static,
        E: Into<Error> + Send + 'static,
    {
        if self.app.store.is_embedded() {
            return question(&self.app.store).map_err(Into::into);
        }
        self.ask(question).await
    }

    /// Runs an operation off the async threads.
    pub async fn ask<T, E>(&self, question: impl FnOnce(&Store) -> Result<T, E> + Send + 'static) -> Result<T, Error>
    where
        T: Send + 'static,
        E: Into<Error> + Send + 'static,
    {
        ask(&self.app, question).await
    }

    /// The same for what takes a core and 19 MiB of memory for a while: only a few at a time, the others wait, and
    /// who would wait too long is asked to come back.
    pub async fn ask_slowly<T, E>(
        &self,
        question: impl FnOnce(&Store) -> Result<T, E> + Send + 'static,
    ) -> Result<T, Error>
    where
        T: Send + 'static,
        E: Into<Error> + Send + 'static,
    {
        static TURNS: Semaphore = Semaphore::const_new(SLOW_AT_ONCE);
        let turn = tokio::time::timeout(SLOW_PATIENCE, TURNS.acquire()).await;
        let _turn = turn.map_err(|_| Error::Unavailable)?.map_err(|error| Error::internal(&error))?;
        self.ask(question).await
    }

    /// The two times it is.
    pub fn both_times(&self) -> Now {
        Now { real: real_now(), shown: self.now }
    }

    /// The day it is where the marketplace is; delivery dates are counted in its days.
    pub fn today(&self) -> NaiveDate {
        self.now.with_timezone(&self.app.settings.time_zone).date_naive()
    }

    // What templates ask.

    pub fn language(&self) -> &'static str {
        self.reader.language.code()
    }

    pub fn other_language(&self) -> Language {
        self.reader.language.other()
    }

    /// The theme somebody chose; without one, the device decides.
    pub fn theme(&self) -> Option<&str> {
        self.viewer.as_ref()?.person.theme.as_deref()
    }

    pub fn waiting(&self) -> i64 {
        self.viewer.as_ref().map_or(0, |viewer| viewer.waiting)
    }

    pub fn is_demo(&self) -> bool {
        self.app.settings.demo
    }

    pub fn demo_clock(&self) -> String {
        self.reader.short_moment(self.now)
    }

    #[expect(clippy::unused_self, reason = "a template asks the page")]
    pub fn asset(&self, name: &str) -> &'static str {
        assets::path(name)
    }

    /// Whether this page is in that part of the site, for the menu.
    pub fn is_under(&self, path: &str) -> bool {
        let here = self.path.split('?').next().unwrap_or_default();
        here == path || here.strip_prefix(path).is_some_and(|rest| rest.starts_with('/'))
    }

    pub fn moment(&self, at: &DateTime<Utc>) -> Rich {
        Rich(time_markup::moment(self.reader, *at))
    }

    pub fn date(&self, date: &NaiveDate) -> Rich {
        Rich(time_markup::date(self.reader, *date))
    }

    #[expect(clippy::unused_self, reason = "a template asks the page")]
    pub fn machine(&self, at: &DateTime<Utc>) -> String {
        machine(*at)
    }

    pub fn money(&self, amount: &Money) -> String {
        self.reader.money(*amount)
    }

    pub fn remaining(&self, until: &DateTime<Utc>) -> String {
        self.reader.remaining(*until - self.now)
    }

    /// How much of a window is left, in hundredths, for a picture of it.
    pub fn left(&self, from: &DateTime<Utc>, until: &DateTime<Utc>) -> i64 {
        let whole = (*until - *from).num_seconds().max(1);
        ((*until - self.now).num_seconds() * 100 / whole).clamp(0, 100)
    }

    /// The whole address of a page here, for paper.
    pub fn address(&self, path: &str) -> String {
        format!("{}{path}", self.app.settings.public_url)
    }

    /// When and from where this was printed.
    pub fn printed(&self) -> String {
        self.words.printed(self.reader.moment(self.now), self.address(&self.path))
    }

    pub fn days_until(&self, date: &NaiveDate) -> String {
        self.reader.days_until(*date, self.today())
    }
}

/// Runs an operation off the async threads; for answers that are no page, and so have no session.
pub(super) async fn ask<T, E>(
    app: &App,
    question: impl FnOnce(&Store) -> Result<T, E> + Send + 'static,
) -> Result<T, Error>
where
    T: Send + 'static,
    E: Into<Error> + Send + 'static,
{
    let store = app.store.clone();
    let answer = web::block(move || question(&store)).await;
    answer.map_err(|error| Error::internal(&error))?.map_err(Into::into)
}

/// Shows a template.
pub(super) fn html(template: &impl Template) -> Result<HttpResponse, Error> {
    answer(StatusCode::OK, template)
}

/// Gives a form back with what is wrong in it.
pub(super) fn give_back(template: &impl Template) -> Result<HttpResponse, Error> {
    answer(StatusCode::UNPROCESSABLE_ENTITY, template)
}

/// Gives a form back to somebody who tried too often, with the seconds to wait.
pub(super) fn come_back(template: &impl Template, seconds: u64) -> Result<HttpResponse, Error> {
    let mut answer = answer(StatusCode::TOO_MANY_REQUESTS, template)?;
    answer.headers_mut().insert(header::RETRY_AFTER, seconds.into());
    Ok(answer)
}

/// Gives a form back with what is wrong in it, to somebody who may have to wait before they try again.
pub(super) fn refuse(template: &impl Template, wait: Option<u64>) -> Result<HttpResponse, Error> {
    wait.map_or_else(|| give_back(template), |seconds| come_back(template, seconds))
}

/// Shows a template with that status.
pub(super) fn answer(status: StatusCode, template: &impl Template) -> Result<HttpResponse, Error> {
    let mut html = String::with_capacity(ROOM);
    template.render_into(&mut html).map_err(|error| Error::internal(&error))?;
    Ok(HttpResponse::build(status)
        .content_type("text/html; charset=utf-8")
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .body(html))
}

/// A redirect to a page that can be reloaded.
pub(super) fn see_other(path: &str) -> HttpResponse {
    HttpResponse::SeeOther().insert_header((header::LOCATION, path)).finish()
}
