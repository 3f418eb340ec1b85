//! The devices that are signed in to this account, as the page Account lists them.

use actix_web::HttpResponse;

use crate::i18n::labels;
use crate::operations::accounts::devices::{self, Session};
use crate::paths;
use crate::web::access::SignedIn;
use crate::web::error::Error;
use crate::web::form::PostForm;
use crate::web::layout::Page;
use crate::web::rich_text::RichText;

/// How many devices are listed before the reader asks for all.
const SHOWN: usize = 10;

/// A list of devices, newest activity first.
pub(in crate::web) struct Devices {
    pub shown: Vec<Shown>,
    /// How many devices are not listed.
    pub more: usize,
}

/// One device.
pub(in crate::web) struct Shown {
    /// Its place in the list, from 1: two browsers may have the same name.
    pub number: usize,
    pub name: String,
    pub since: RichText,
    pub seen: String,
    pub is_here: bool,
    /// Whether its person came in through the marketplace.
    pub by_marketplace: bool,
    /// The device's name in a form. It is no key: it opens nothing.
    pub key: String,
}

impl Devices {
    /// Loads the devices that are signed in to this account.
    pub async fn load(signed_in: &SignedIn, all: bool) -> Result<Self, Error> {
        let (page, me) = (&signed_in.page, signed_in.person.id);
        let wall = page.times.wall;
        let found = page.run_blocking(move |store| devices::list(store, me, wall)).await?;
        let most = if all { devices::MOST } else { SHOWN };
        let here = page.session_key_hash();
        let is_here = |session: &Session| here.as_ref() == Some(&session.key_hash);
        let more = found.len().saturating_sub(most);
        let numbered = (1..).zip(found).take(most);
        Ok(Self { shown: numbered.map(|(number, found)| shown(page, number, is_here(&found), found)).collect(), more })
    }
}

fn shown(page: &Page, number: usize, is_here: bool, session: Session) -> Shown {
    let zone = page.reader.zone;
    let day = |at: chrono::DateTime<chrono::Utc>| at.with_timezone(&zone).date_naive();
    let days = (day(page.times.wall) - day(session.seen_at)).num_days().max(0);
    Shown {
        number,
        name: labels::device(page.words, &session.device),
        since: page.moment(&session.signed_in_at),
        seen: page.words.device_seen(days),
        is_here,
        by_marketplace: session.by_marketplace,
        key: session.key_hash,
    }
}

/// Signs this account out on one device. An unknown device, or one of another account, changes nothing.
pub(in crate::web) async fn end(signed_in: SignedIn, posted: PostForm) -> Result<HttpResponse, Error> {
    let (page, me, device) = (&signed_in.page, signed_in.person.id, posted.get("device").to_owned());
    let now = page.times;
    page.run_blocking(move |store| devices::end(store, me, &device, now)).await?;
    Ok(page.redirect_with_flash(paths::ACCOUNT, &page.words.done_device_ended()))
}
