//! The layout of every page: its reader, its moment and its language.

use std::cell::OnceCell;
use std::fmt;
use std::future::{Ready, ready};
use std::rc::Rc;

use actix_web::dev::Payload;
use actix_web::http::Method;
use actix_web::{FromRequest, HttpMessage, HttpRequest, HttpResponse};
use chrono::{DateTime, NaiveDate, Utc};

use crate::app::App;
use crate::clock::Times;
use crate::domain::{Account, AccountId, Language, Money, Theme};
use crate::http::context::RequestContext;
use crate::i18n::format::{Reader, machine};
use crate::i18n::payments::Ending;
use crate::i18n::{Words, time_markup};
use crate::operations::accounts::events::By;
use crate::operations::orders::overview::Overview;
use crate::paths;
use crate::store::Store;
use crate::turns::{self, Caller, Turn};
use crate::web::error::Error;
use crate::web::form::Form;
use crate::web::respond::see_other;
use crate::web::rich_text::{CsrfField, Icon, RichText};
use crate::web::session::{CurrentSession, CurrentUser};
use crate::web::{assets, flash, form, kept_words, user_agent};

/// The data that every page has.
pub(super) struct Page {
    pub context: Rc<RequestContext>,
    pub app: App,
    /// The moment of this request, by both clocks.
    pub times: Times,
    /// The same moment by the application's clock, which orders live by.
    pub now: DateTime<Utc>,
    pub reader: Reader,
    pub words: &'static Words,
    pub user: Option<Rc<CurrentUser>>,
    /// The session's token for forms; an error page may have none, and then shows no forms.
    pub csrf: Option<String>,
    /// The path and query of this page, also when it is shown again in answer to a form.
    pub path: String,
    pub request_id: String,
    /// The outcome of the step before this page.
    pub flash: Option<RichText>,
    /// Where a sign-in form would have gone on to, for a reader who is signed in by now.
    pub next: Option<String>,
    session: Option<CurrentSession>,
    /// The account that writes here without being signed in, behind the link of a mail.
    writes_as: Option<AccountId>,
    /// The account that writes, as the page's forms name it, sealed once for all of them.
    writer: OnceCell<String>,
}

/// The language and time zone that a request's pages have, the page of an error too.
struct SpokenTo(Reader);

impl FromRequest for Page {
    type Error = Error;
    type Future = Ready<Result<Self, Error>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(Self::new(request))
    }
}

impl Page {
    /// Refuses to begin a window while the clock is in doubt.
    pub fn must_know_the_time(&self) -> Result<(), Error> {
        if self.app.clock.doubt().is_none() { Ok(()) } else { Err(Error::ClockInDoubt) }
    }

    /// The page of this request, for a visitor or a signed-in account.
    pub fn new(request: &HttpRequest) -> Result<Self, Error> {
        let session =
            CurrentSession::loaded(request).ok_or_else(|| Error::internal(&"a request came past the session"))?;
        session.ensure_csrf_token();
        let mut page = Self::of_error(request);
        if request.method() == Method::GET {
            page.flash = page.take_flash(request, &session).map(RichText);
        }
        Ok(page)
    }

    /// The page around an error, with what is known by then: the session may be unreachable, and a visitor without one
    /// gets none.
    pub fn of_error(request: &HttpRequest) -> Self {
        let mut page = Self::without_session(RequestContext::from_request(request));
        page.path = form::return_path(request);
        if let Some(session) = CurrentSession::loaded(request) {
            page.csrf = session.csrf_token();
            if let Some(user) = session.user() {
                page.speaks_to(page.reader.choosing(&user.person.preferences));
                page.user = Some(user);
                if request.path() == paths::SIGN_IN && kept_words::is_ours(request) {
                    page.next = Some(form::PostForm::unguarded(request).next().to_owned());
                }
            }
            page.session = Some(session);
        }
        if let Some(SpokenTo(reader)) = request.extensions().get() {
            page.speaks_to(*reader);
        }
        page
    }

    /// Makes this the page of that account, whoever is signed in: at that address, in its language or the one that was chosen
    /// in this browser.
    pub fn is_for(&mut self, person: &Account, address: &str, request: &HttpRequest) {
        let mut reader = self.app.settings.reader().choosing(&person.preferences);
        reader.language = self.context.chosen_language.unwrap_or(reader.language);
        request.extensions_mut().insert(SpokenTo(reader));
        self.speaks_to(reader);
        self.writes_as = Some(person.id);
        address.clone_into(&mut self.path);
    }

    /// A page without forms or user, for a visitor who has its secret address.
    pub fn without_session(context: Rc<RequestContext>) -> Self {
        let reader = Reader { language: context.language, zone: context.app.settings.time_zone };
        Self {
            app: context.app.clone(),
            times: context.times,
            now: context.times.app,
            reader,
            words: reader.words(),
            user: None,
            csrf: None,
            path: context.path.clone(),
            request_id: context.request_id.clone(),
            flash: None,
            next: None,
            session: None,
            writes_as: None,
            writer: OnceCell::new(),
            context,
        }
    }

    /// Changes the language and the time zone of the page.
    pub fn speaks_to(&mut self, reader: Reader) {
        (self.reader, self.words) = (reader, reader.words());
    }

    fn take_flash(&self, request: &HttpRequest, session: &CurrentSession) -> Option<String> {
        let settings = &self.app.settings;
        let brought = request.cookie(flash::name(settings))?;
        session.answer_with(flash::removal(settings));
        flash::read(settings, self.account(), brought.value(), self.times.wall)
    }

    /// The account that is signed in by now; a handler may have changed it.
    fn account(&self) -> Option<AccountId> {
        Some(self.session.as_ref()?.user()?.person.id)
    }

    /// The actor for an account's events.
    pub fn by(&self) -> By {
        By::Person(user_agent::device(&self.context))
    }

    /// The marketplace by its name, or as "the marketplace".
    pub fn marketplace(&self) -> String {
        self.app.settings.operator.name.clone().unwrap_or_else(|| self.words.the_marketplace())
    }

    /// Whether the user came by a link from the account's mailbox or through the marketplace, recently enough to count as
    /// proof.
    pub fn is_proven(&self) -> bool {
        self.session.as_ref().is_some_and(CurrentSession::is_proven)
    }

    /// Until when this session shows the address of the calendar, if it does.
    pub fn calendar_shown_until(&self) -> Option<DateTime<Utc>> {
        self.session.as_ref()?.calendar_shown_until()
    }

    /// The hash of this session's key, which tells it apart from other sessions of its account.
    pub fn session_key_hash(&self) -> Option<String> {
        self.session.as_ref()?.key_hash()
    }

    /// Redirects to another page, which shows this text once.
    pub fn redirect_with_flash(&self, path: &str, text: &str) -> HttpResponse {
        let mut answer = see_other(path);
        // Without the cookie the next page only says a little less.
        let _ = answer.add_cookie(&flash::cookie(&self.app.settings, self.account(), text, self.times.wall));
        answer
    }

    /// Reads a few rows, on this very thread when the database is embedded.
    pub async fn read_inline<T, E>(
        &self,
        question: impl Fn(&Store) -> Result<T, E> + Send + 'static,
    ) -> Result<T, Error>
    where
        T: Send + 'static,
        E: Into<Error> + Send + 'static,
    {
        self.app.read_inline(question).await?.map_err(Into::into)
    }

    /// Runs an operation off the threads that answer requests.
    pub async fn run_blocking<T, E>(
        &self,
        work: impl FnOnce(&Store) -> Result<T, E> + Send + 'static,
    ) -> Result<T, Error>
    where
        T: Send + 'static,
        E: Into<Error> + Send + 'static,
    {
        self.app.run_blocking(work).await?.map_err(Into::into)
    }

    /// Runs work that takes a core for a while. Only a few run at a time; the others wait, and a request that would
    /// wait too long is told to try again. The turn moves along with the work, and is returned when that ends.
    pub async fn run_cpu_heavy<T, E>(
        &self,
        caller: Caller,
        work: impl FnOnce(&Store, &mut Turn) -> Result<T, E> + Send + 'static,
    ) -> Result<T, Error>
    where
        T: Send + 'static,
        E: Into<Error> + Send + 'static,
    {
        let mut turn = self.app.turns.heavy(caller).await?;
        self.run_blocking(move |store| work(store, &mut turn)).await
    }

    /// Runs a search in that account's orders, a few at a time.
    pub async fn run_search<T, E>(
        &self,
        account: AccountId,
        work: impl FnOnce(&Store) -> Result<T, E> + Send + 'static,
    ) -> Result<T, Error>
    where
        T: Send + 'static,
        E: Into<Error> + Send + 'static,
    {
        let mut turn = self.app.turns.search(turns::Reader::Account(account)).await?;
        self.run_blocking(move |store| turn.run(|| work(store))).await
    }

    /// The form of this page with what its reader wrote there and could not send; mostly there is nothing.
    pub async fn kept_form(&self, text: &'static str) -> Result<Form, Error> {
        self.kept_form_of(&self.path, text).await
    }

    /// The form with what its reader wrote on that page.
    pub async fn kept_form_of(&self, page: &str, text: &'static str) -> Result<Form, Error> {
        let Some(user) = self.user.as_ref().filter(|_| self.context.has_kept_words) else { return Ok(Form::default()) };
        let (account, page, wall) = (user.person.id, page.to_owned(), self.times.wall);
        let secret = self.app.settings.secret.clone();
        let find = move |store: &_| kept_words::find(store, &secret, (account, &page), wall);
        let kept = self.read_inline(find).await?;
        Ok(kept.map_or_else(Form::default, |fields| Form::kept(fields, text)))
    }

    /// Today's date at the marketplace; delivery dates are days there.
    pub fn today(&self) -> NaiveDate {
        self.now.with_timezone(&self.app.settings.time_zone).date_naive()
    }

    // For templates.

    pub fn language(&self) -> &'static str {
        self.reader.language.code()
    }

    pub fn other_language(&self) -> Language {
        self.reader.language.other()
    }

    /// The address of this page where it answers a form, from whose own address it cannot be opened again.
    pub fn own_address(&self) -> Option<&str> {
        Some(self.path.as_str()).filter(|path| *path != self.context.path && *path != paths::HOME)
    }

    /// The path of this page, without its query.
    pub fn path_only(&self) -> &str {
        self.path.split('?').next().unwrap_or_default()
    }

    /// The theme that the user chose; without one, the device decides.
    pub fn theme(&self) -> Option<&'static str> {
        self.user.as_ref()?.person.preferences.theme.map(Theme::code)
    }

    pub fn waiting(&self) -> i64 {
        self.user.as_ref().map_or(0, |user| user.waiting)
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

    #[expect(clippy::unused_self, reason = "a template asks the page")]
    pub fn icon(&self, name: &'static str) -> Icon {
        Icon { sprite: assets::path("icons.svg"), name }
    }

    /// The hidden fields of a form on this page.
    pub fn csrf_field(&self) -> CsrfField<'_> {
        CsrfField {
            token: self.csrf.as_deref(),
            return_to: &self.path,
            writer: self
                .writes_as
                .or(self.user.as_ref().map(|user| user.person.id))
                .map(|account| self.writer(account)),
        }
    }

    fn writer(&self, account: AccountId) -> &str {
        self.writer.get_or_init(|| kept_words::writer(&self.app.settings.secret, account))
    }

    /// Whether this page belongs to that part of the menu.
    pub fn is_under(&self, path: &str) -> bool {
        let here = self.path.split('?').next().unwrap_or_default();
        here == path || here.strip_prefix(path).is_some_and(|rest| rest.starts_with('/'))
    }

    pub fn moment(&self, at: &DateTime<Utc>) -> RichText {
        RichText(time_markup::moment(self.reader, *at))
    }

    /// A moment without its year and zone, for a narrow place; `moment` stands near it.
    pub fn short_moment(&self, at: &DateTime<Utc>) -> String {
        self.reader.short_moment(*at)
    }

    /// The same moment in full, as plain text.
    pub fn full_moment(&self, at: &DateTime<Utc>) -> String {
        self.reader.moment(*at)
    }

    /// What happens to the money of an order when it ends; nothing where the operator does not say.
    pub fn money_at(&self, ending: Ending, overview: &Overview) -> Option<String> {
        let money = self.app.settings.operator.money?;
        money.at_the_end(ending, self.reader, overview.order.price, (overview.viewer, overview.other_name()))
    }

    pub fn date(&self, date: &NaiveDate) -> RichText {
        RichText(time_markup::date(self.reader, *date))
    }

    /// A sentence with moments, as a list shows it.
    pub fn listed(&self, sentence: &str) -> RichText {
        RichText(time_markup::shortened(sentence, self.reader, self.now))
    }

    /// A date in a list.
    pub fn listed_date(&self, date: &NaiveDate) -> RichText {
        self.listed(&time_markup::date(self.reader, *date))
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

    /// How much of a window is left, in hundredths, for its picture.
    pub fn left(&self, from: &DateTime<Utc>, until: &DateTime<Utc>) -> i64 {
        let whole = (*until - *from).num_seconds().max(1);
        ((*until - self.now).num_seconds() * 100 / whole).clamp(0, 100)
    }

    /// The full address of a page, for paper.
    pub fn address(&self, path: &impl fmt::Display) -> String {
        format!("{}{path}", self.app.settings.public_url)
    }

    /// When and from where the page was printed.
    pub fn printed(&self) -> String {
        self.words.printed(self.reader.moment(self.now), self.address(&self.path))
    }

    pub fn days_until(&self, date: &NaiveDate) -> String {
        self.reader.days_until(*date, self.today())
    }
}
