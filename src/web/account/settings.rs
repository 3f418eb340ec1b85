//! The page Account: language, time zone, password, calendar, and signing out everywhere.

use std::str::FromStr;

use actix_web::HttpResponse;
use askama::Template;
use chrono_tz::{TZ_VARIANTS, Tz};
use strum::VariantArray;

use crate::domain::{Account, Language, MailChoices, Preferences, Theme};
use crate::i18n::labels;
use crate::operations::accounts::calendars::{self, Applied, CalendarAction};
use crate::operations::accounts::{second_factor, sign_in};
use crate::paths;
use crate::turns::Caller;
use crate::web::access::SignedIn;
use crate::web::account::calendar::CalendarView;
use crate::web::account::devices::Devices;
use crate::web::account::events::{EventView, Newest};
use crate::web::account::reauthenticate;
use crate::web::error::Error;
use crate::web::form::Choice;
use crate::web::form::{Form, PostForm};
use crate::web::layout::Page;
use crate::web::query::QueryParams;
use crate::web::respond::{html, rejected, see_other, signed_out, unprocessable};
use crate::web::session::CurrentSession;
use crate::web::sign_in::password_reset;

#[derive(Template)]
#[template(path = "account/settings.html")]
pub(in crate::web) struct AccountPage<'a> {
    page: &'a Page,
    form: Form,
    person: &'a Account,
    languages: Vec<Choice>,
    zones: Vec<Choice>,
    themes: Vec<Choice>,
    calendar: Option<CalendarView>,
    asks_password: bool,
    has_second_factor: bool,
    devices: Devices,
    events: Vec<EventView>,
    has_more_events: bool,
    kept: String,
}

impl<'a> AccountPage<'a> {
    pub async fn load(signed_in: &'a SignedIn, form: Form, all_devices: bool) -> Result<Self, Error> {
        let SignedIn { page, person } = signed_in;
        let me = person.id;
        let standing = page.run_blocking(move |store| second_factor::standing(store, me)).await?;
        let language = |language: &Language| Choice {
            value: language.code().to_owned(),
            label: language.words().language_name(),
            chosen: *language == page.reader.language,
        };
        let marketplace = page.words.time_zone_marketplace(page.app.settings.time_zone.name());
        let default =
            Choice { value: String::new(), label: marketplace, chosen: person.preferences.time_zone.is_none() };
        let zone = |zone: &Tz| Choice {
            value: zone.name().to_owned(),
            label: zone.name().replace('_', " "),
            chosen: person.preferences.time_zone == Some(*zone),
        };
        let newest = Newest::load(signed_in).await?;
        Ok(Self {
            calendar: CalendarView::load(signed_in).await?,
            asks_password: !reauthenticate::is_proven(signed_in),
            languages: Language::VARIANTS.iter().map(language).collect(),
            zones: std::iter::once(default)
                .chain(
                    TZ_VARIANTS
                        .iter()
                        .filter(|zone| is_place(**zone) || person.preferences.time_zone == Some(**zone))
                        .map(zone),
                )
                .collect(),
            themes: themes(page, person),
            has_second_factor: standing.is_some(),
            devices: Devices::load(signed_in, all_devices).await?,
            events: newest.events,
            has_more_events: newest.has_more,
            kept: labels::duration(page.words, page.app.settings.retention.account_events),
            person,
            form,
            page,
        })
    }
}

/// The themes to choose from; the first leaves it to the device.
fn themes(page: &Page, person: &Account) -> Vec<Choice> {
    let label = |theme| match theme {
        None => page.words.theme_device(),
        Some(Theme::Light) => page.words.theme_light(),
        Some(Theme::Dark) => page.words.theme_dark(),
    };
    let option = |theme: Option<Theme>| Choice {
        value: theme.map_or("", Theme::code).to_owned(),
        label: label(theme),
        chosen: theme == person.preferences.theme,
    };
    std::iter::once(None).chain(Theme::VARIANTS.iter().copied().map(Some)).map(option).collect()
}

/// Reads the entry of a list that may be left alone: `None` for an empty one, and an error for none of the list.
fn optional<T: FromStr>(entry: &str) -> Result<Option<T>, T::Err> {
    if entry.is_empty() { Ok(None) } else { entry.parse().map(Some) }
}

/// Whether the zone is named after a place. The other names in the list exist for old machines.
fn is_place(zone: Tz) -> bool {
    const CONTINENTS: [&str; 10] = [
        "Africa/",
        "America/",
        "Antarctica/",
        "Arctic/",
        "Asia/",
        "Atlantic/",
        "Australia/",
        "Europe/",
        "Indian/",
        "Pacific/",
    ];
    zone.name() == "UTC" || CONTINENTS.iter().any(|continent| zone.name().starts_with(continent))
}

/// Shows the page.
pub(in crate::web) async fn show(signed_in: SignedIn, params: QueryParams) -> Result<HttpResponse, Error> {
    let all_devices = params.get("devices").is_some_and(|which| which == "all");
    html(&AccountPage::load(&signed_in, Form::default(), all_devices).await?)
}

/// Saves the language, the time zone, the theme and the mail choices.
pub(in crate::web) async fn save(signed_in: SignedIn, posted: PostForm) -> Result<HttpResponse, Error> {
    let page = &signed_in.page;
    let mut form = Form::sent(&posted, "");
    let language = posted.get("language").parse::<Language>();
    if language.is_err() {
        form.refuse("language", page.words.language_wrong());
    }
    let time_zone = optional::<Tz>(posted.get("time_zone"));
    if time_zone.is_err() {
        form.refuse("time_zone", page.words.time_zone_wrong());
    }
    let theme = optional::<Theme>(posted.get("theme"));
    if theme.is_err() {
        form.refuse("theme", page.words.theme_wrong());
    }
    let (Ok(language), Ok(time_zone), Ok(theme)) = (language, time_zone, theme) else {
        return unprocessable(&AccountPage::load(&signed_in, form, false).await?);
    };
    let ticked = |name: &str| !posted.get(name).is_empty();
    let mail = MailChoices { comments: ticked("mail_comments"), reminders: ticked("mail_reminders") };
    let chosen = Preferences { language: Some(language), time_zone, theme, mail };
    let (person, by, now) = (signed_in.person.clone(), signed_in.by(), page.times);
    page.run_blocking(move |store| sign_in::set_preferences(store, &person, &chosen, &by, now)).await?;
    Ok(page.redirect_with_flash(paths::ACCOUNT, &language.words().done_saved()))
}

/// Changes the password and ends every other session.
pub(in crate::web) async fn change_password(
    signed_in: SignedIn,
    session: CurrentSession,
    posted: PostForm,
) -> Result<HttpResponse, Error> {
    let (page, me, now) = (&signed_in.page, signed_in.person.id, signed_in.page.times);
    let new = posted.get("new_password").to_owned();
    let mut form = Form::sent(&posted, "");
    password_reset::check_length(&mut form, page, &new);
    if form.is_fine() && new == posted.get("current_password") {
        form.refuse("new_password", page.words.new_password_same());
    }
    let wait = reauthenticate::password(&signed_in, &posted, "current_password", &mut form).await?;
    if form.is_fine() {
        password_reset::check(&mut form, page, &new, &signed_in.person).await?;
    }
    if !form.is_fine() {
        return rejected(&AccountPage::load(&signed_in, form, false).await?, wait);
    }
    let by = signed_in.by();
    let set = move |store: &_, turn: &mut _| sign_in::set_password(store, turn, me, &new, &by, now);
    let epoch = page.run_cpu_heavy(Caller::Known(me), set).await?;
    session.renew(epoch).await?;
    page.app.wake.notify_one();
    Ok(page.redirect_with_flash(paths::ACCOUNT, &page.words.done_password()))
}

/// Ends every session, this one included.
pub(in crate::web) async fn sign_out_everywhere(
    signed_in: SignedIn,
    session: CurrentSession,
    _form: PostForm,
) -> Result<HttpResponse, Error> {
    let (page, me, by) = (&signed_in.page, signed_in.person.id, signed_in.by());
    let now = page.times;
    page.run_blocking(move |store| sign_in::sign_out_everywhere(store, me, &by, now)).await?;
    session.sign_out().await?;
    Ok(signed_out(paths::HOME))
}

/// Makes, renews, shows or ends the calendar. For an address the visitor first proves to be the account's owner.
pub(in crate::web) async fn change_calendar(
    signed_in: SignedIn,
    session: CurrentSession,
    posted: PostForm,
) -> Result<HttpResponse, Error> {
    let (page, me, now) = (&signed_in.page, signed_in.person.id, signed_in.page.times);
    let wish: CalendarAction = posted.get("action").parse().map_err(|_| Error::BadRequest)?;
    if wish.shows_address() {
        let mut form = Form::sent(&posted, "");
        let wait = reauthenticate::prove(&signed_in, &posted, "calendar_password", &mut form).await?;
        if !form.is_fine() {
            return rejected(&AccountPage::load(&signed_in, form, false).await?, wait);
        }
        session.show_calendar().await?;
    }
    let (by, secret) = (signed_in.by(), page.app.settings.secret.clone());
    let applied = page.run_blocking(move |store| calendars::apply(store, &secret, (me, wish), &by, now)).await?;
    if let Applied::TooMany(seconds) = applied {
        let mut form = Form::sent(&posted, "");
        form.refuse("calendar_password", page.words.calendar_too_many(seconds.div_ceil(60)));
        return rejected(&AccountPage::load(&signed_in, form, false).await?, Some(seconds));
    }
    page.app.wake.notify_one();
    Ok(match wish {
        CalendarAction::Make => page.redirect_with_flash(paths::CALENDAR, &page.words.done_calendar_made()),
        CalendarAction::Renew => page.redirect_with_flash(paths::CALENDAR, &page.words.done_calendar_renewed()),
        CalendarAction::Stop => page.redirect_with_flash(paths::CALENDAR, &page.words.done_calendar_stopped()),
        CalendarAction::Show => see_other(paths::CALENDAR),
    })
}
