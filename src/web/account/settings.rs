//! My account: language, time zone, password, calendar, signing out everywhere.

use actix_web::HttpResponse;
use askama::Template;
use chrono_tz::{TZ_VARIANTS, Tz};
use strum::VariantArray;

use crate::i18n::Language;
use crate::operations::accounts::{calendars, second_factor, sign_in};
use crate::paths;
use crate::store::accounts::{Person, Preferences};
use crate::web::access::SignedIn;
use crate::web::account::devices::Devices;
use crate::web::account::{calendar_feed, reauthenticate};
use crate::web::error::Error;
use crate::web::form::Choice;
use crate::web::form::{Form, PostForm};
use crate::web::layout::Page;
use crate::web::query::QueryParams;
use crate::web::respond::{html, rejected, signed_out, unprocessable};
use crate::web::session::CurrentSession;
use crate::web::sign_in::password_reset;

#[derive(Template)]
#[template(path = "account/settings.html")]
struct AccountPage<'a> {
    page: &'a Page,
    form: Form,
    person: &'a Person,
    languages: Vec<Choice>,
    zones: Vec<Choice>,
    themes: Vec<Choice>,
    calendar: Option<Calendar>,
    has_second_factor: bool,
    devices: Devices,
}

/// The addresses of my calendar: one to copy, and one that a calendar program opens by itself.
struct Calendar {
    address: String,
    opens: String,
}

impl Calendar {
    fn new(public_url: &str, path: &str) -> Self {
        let address = format!("{public_url}{path}");
        let place = address.split_once("://").map_or(address.as_str(), |(_, place)| place);
        Self { opens: format!("webcal://{place}"), address }
    }
}

impl<'a> AccountPage<'a> {
    async fn load(signed_in: &'a SignedIn, form: Form, all_devices: bool) -> Result<Self, Error> {
        let SignedIn { page, person } = signed_in;
        let me = person.id;
        let settings = &page.app.settings;
        let calendar = page.run_blocking(move |store| calendars::of(store, me)).await?;
        let standing = page.run_blocking(move |store| second_factor::standing(store, me)).await?;
        let language = |language: &Language| Choice {
            value: language.code().to_owned(),
            label: language.words().language_name(),
            chosen: *language == page.reader.language,
        };
        let marketplace = page.words.time_zone_marketplace(page.app.settings.time_zone.name());
        let default = Choice { value: String::new(), label: marketplace, chosen: person.time_zone.is_none() };
        let zone = |zone: &Tz| Choice {
            value: zone.name().to_owned(),
            label: zone.name().replace('_', " "),
            chosen: person.time_zone.as_deref() == Some(zone.name()),
        };
        Ok(Self {
            calendar: calendar.map(|name| Calendar::new(&settings.public_url, &calendar_feed::path(settings, &name))),
            languages: Language::VARIANTS.iter().map(language).collect(),
            zones: std::iter::once(default)
                .chain(
                    TZ_VARIANTS
                        .iter()
                        .filter(|zone| is_place(**zone) || person.time_zone.as_deref() == Some(zone.name()))
                        .map(zone),
                )
                .collect(),
            themes: themes(page, person),
            has_second_factor: standing.is_some(),
            devices: Devices::load(signed_in, all_devices).await?,
            person,
            form,
            page,
        })
    }
}

/// The looks one can choose; the first leaves it to the device.
const THEMES: [&str; 3] = ["", "light", "dark"];

fn themes(page: &Page, person: &Person) -> Vec<Choice> {
    let labels = [page.words.theme_device(), page.words.theme_light(), page.words.theme_dark()];
    let chosen = person.theme.as_deref().unwrap_or_default();
    let option = |(value, label): (&str, String)| Choice { value: value.to_owned(), label, chosen: value == chosen };
    THEMES.into_iter().zip(labels).map(option).collect()
}

/// Zones people know by a place; the rest of the list is there for old machines.
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

/// Shows my account.
pub(in crate::web) async fn show(signed_in: SignedIn, params: QueryParams) -> Result<HttpResponse, Error> {
    let all_devices = params.get("devices").is_some_and(|which| which == "all");
    html(&AccountPage::load(&signed_in, Form::default(), all_devices).await?)
}

/// Saves the language, the time zone, the look, and which mails somebody wants.
pub(in crate::web) async fn save(signed_in: SignedIn, posted: PostForm) -> Result<HttpResponse, Error> {
    let (page, me) = (&signed_in.page, signed_in.person.id);
    let mut form = Form::sent(&posted, "");
    let language = posted.get("language").parse::<Language>();
    if language.is_err() {
        form.refuse("language", page.words.language_wrong());
    }
    let zone = Some(posted.get("time_zone")).filter(|zone| !zone.is_empty());
    if zone.is_some_and(|zone| zone.parse::<Tz>().is_err()) {
        form.refuse("time_zone", page.words.time_zone_wrong());
    }
    let theme = posted.get("theme");
    if !THEMES.contains(&theme) {
        form.refuse("theme", page.words.theme_wrong());
    }
    let (Ok(language), true) = (language, form.is_fine()) else {
        return unprocessable(&AccountPage::load(&signed_in, form, false).await?);
    };
    let chosen = Preferences {
        language: Some(language.code().to_owned()),
        time_zone: zone.map(ToOwned::to_owned),
        theme: Some(theme.to_owned()).filter(|theme| !theme.is_empty()),
        mail_comments: !posted.get("mail_comments").is_empty(),
        mail_reminders: !posted.get("mail_reminders").is_empty(),
    };
    page.run_blocking(move |store| sign_in::set_preferences(store, me, &chosen)).await?;
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
    password_reset::check(&mut form, page, &new, &signed_in.person).await?;
    if form.is_fine() && new == posted.get("current_password") {
        form.refuse("new_password", page.words.new_password_same());
    }
    let wait = reauthenticate::password(&signed_in, &posted, "current_password", &mut form).await?;
    if !form.is_fine() {
        return rejected(&AccountPage::load(&signed_in, form, false).await?, wait);
    }
    let epoch = page.run_cpu_heavy(move |store| sign_in::set_password(store, me, &new, now)).await?;
    session.renew(epoch).await?;
    page.app.wake.notify_one();
    Ok(page.redirect_with_flash(paths::ACCOUNT, &page.words.done_password()))
}

/// Ends every session, this one too.
pub(in crate::web) async fn sign_out_everywhere(
    signed_in: SignedIn,
    session: CurrentSession,
    _form: PostForm,
) -> Result<HttpResponse, Error> {
    let (page, me) = (&signed_in.page, signed_in.person.id);
    page.run_blocking(move |store| sign_in::sign_out_everywhere(store, me)).await?;
    session.sign_out().await?;
    Ok(signed_out())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_calendar_program_is_asked_with_webcal_whatever_people_type() {
        for (public_url, place) in
            [("https://oplossing.example.com", "oplossing.example.com"), ("http://localhost:8080", "localhost:8080")]
        {
            let calendar = Calendar::new(public_url, "/calendar/x.ics");
            assert_eq!(calendar.address, format!("{public_url}/calendar/x.ics"));
            assert_eq!(calendar.opens, format!("webcal://{place}/calendar/x.ics"));
        }
    }
}
