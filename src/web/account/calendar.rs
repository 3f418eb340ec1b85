//! The calendar on the page Account. Its address is a key that works until it is replaced, so it is shown only to a
//! person who has just proved to be its owner.

use chrono::{DateTime, Utc};

use crate::operations::accounts::calendars::{self, Calendar};
use crate::web::access::SignedIn;
use crate::web::account::calendar_feed;
use crate::web::error::Error;
use crate::web::layout::Page;

/// The calendar of the account.
pub(in crate::web) struct CalendarView {
    /// Its address, while the page shows it.
    pub address: Option<Address>,
    /// When a calendar program last read it, in words.
    pub read: String,
}

/// The addresses of a calendar: one to copy, and one that a calendar program opens by itself.
pub(in crate::web) struct Address {
    pub link: String,
    pub opens: String,
    /// Until when the page shows the address, in words.
    pub until: String,
}

impl Address {
    fn new(public_url: &str, path: &str, until: String) -> Self {
        let place = public_url.split_once("://").map_or(public_url, |(_, place)| place);
        Self { link: format!("{public_url}{path}"), opens: format!("webcal://{place}{path}"), until }
    }
}

impl CalendarView {
    /// Loads the calendar of this account, if it has one.
    pub async fn load(signed_in: &SignedIn) -> Result<Option<Self>, Error> {
        let (page, me) = (&signed_in.page, signed_in.person.id);
        let found = page.run_blocking(move |store| calendars::find(store, me)).await?;
        Ok(found.map(|calendar| Self::new(page, &calendar)))
    }

    fn new(page: &Page, calendar: &Calendar) -> Self {
        let settings = &page.app.settings;
        let path = calendar_feed::path(settings, &calendar.id);
        let address = |until| Address::new(&settings.public_url, &path, page.reader.time(until));
        Self { address: page.calendar_shown_until().map(address), read: read(page, calendar) }
    }
}

/// The day on which a calendar was last read, in its owner's time zone.
fn read(page: &Page, calendar: &Calendar) -> String {
    let day = |at: DateTime<Utc>| at.with_timezone(&page.reader.zone).date_naive();
    calendar.read_at.map_or_else(
        || page.words.calendar_not_read(),
        |at| page.words.calendar_read((day(page.times.wall) - day(at)).num_days().max(0)),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_calendar_program_is_asked_with_webcal_whatever_people_type() {
        for (public_url, place) in
            [("https://oplossing.example.com", "oplossing.example.com"), ("http://localhost:8080", "localhost:8080")]
        {
            let found = Address::new(public_url, "/calendar/x.ics", String::new());
            assert_eq!(found.link, format!("{public_url}/calendar/x.ics"));
            assert_eq!(found.opens, format!("webcal://{place}/calendar/x.ics"));
        }
    }
}
