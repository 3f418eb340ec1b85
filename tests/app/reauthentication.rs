//! An open browser, with or without a copy of the database, gives an intruder nothing lasting: no secret of a second
//! factor, and no address of a calendar.

use std::time::{Duration, Instant};

use chrono::{DateTime, TimeDelta, Utc};
use oplossingscentrum::clock::real_now;
use oplossingscentrum::operations::accounts::second_factor::{OFFER_MINUTES, Offer};
use oplossingscentrum::store::accounts::{calendars, second_factors};
use oplossingscentrum::store::outbox::SecurityNotice;

use crate::page::{Page, squeezed};
use crate::passwords::NEW;
use crate::people::Person;
use crate::second_factor_lost::notices;
use crate::world::{PASSWORD, World};

const SET_UP: &str = "/account/second-factor/set-up";

impl World {
    /// The secret of a person's app, as a copy of the database has it.
    fn hidden_secret(&self, person: &Person) -> String {
        let found = self.app.store.snapshot(|db| second_factors::find(db, person.id)).unwrap();
        found.expect("it is on").hidden_secret
    }

    /// The stored last reading of a person's calendar.
    fn calendar_read_at(&self, person: &Person) -> Option<DateTime<Utc>> {
        self.app.store.snapshot(|db| calendars::find(db, person.id)).unwrap().expect("there is one").read_at
    }

    /// Marks a person's sessions as begun with a link from their mailbox, this many minutes ago.
    pub fn came_by_link(&self, person: &Person, minutes_ago: i64) {
        let at = (real_now() - TimeDelta::minutes(minutes_ago)).format("%Y-%m-%d %H:%M:%S");
        let link = if self.is_postgres() { "TRUE" } else { "1" };
        let set = format!("by_link = {link}, signed_in_at = '{at}'");
        self.sql(&format!("UPDATE sessions SET {set} WHERE account_id = {}", person.id.0)).unwrap();
    }
}

/// The secret on a page, if it shows one.
fn secret(page: &Page) -> Option<String> {
    let shown = squeezed(&page.document().select("code.secret").text()).replace(' ', "");
    (!shown.is_empty()).then_some(shown)
}

#[test]
fn an_open_browser_and_a_copy_of_the_database_do_not_give_the_secret_of_a_second_factor() {
    let world = World::new();
    let customer = world.customer();
    let (app, _) = customer.switches_second_factor_on();
    let stolen = world.hidden_secret(&customer);
    for password in ["dit is het niet", "", PASSWORD] {
        let fields = [("offer", stolen.as_str()), ("code", "000000"), ("current_password", password)];
        let page = customer.post(SET_UP, &fields);
        assert_eq!((page.status, page.location()), (303, "/account/second-factor"), "it is on: {}", page.text());
    }
    world.sql("DELETE FROM recovery_codes").unwrap();
    world.sql("DELETE FROM second_factors").unwrap();
    for password in ["dit is het niet", "", PASSWORD] {
        let fields = [("offer", stolen.as_str()), ("code", "000000"), ("current_password", password)];
        let page = customer.post(SET_UP, &fields).must(422);
        assert!(!page.html.replace(' ', "").contains(&app.secret), "{password}");
    }
}

#[test]
fn an_open_browser_does_not_make_a_calendar_without_the_password() {
    let world = World::new();
    let customer = world.customer();
    for password in ["", "dit is het niet"] {
        let page = customer.post("/account/calendar", &[("action", "make"), ("current_password", password)]);
        assert_eq!(page.status, 422, "{password}");
        assert!(!page.html.contains("/calendar/"), "{password}");
    }
    assert!(!customer.sees("/account").html.contains("/calendar/"));
}

#[test]
fn a_new_password_ends_the_address_of_a_calendar() {
    let world = World::new();
    let customer = world.customer();
    let address = customer.makes_a_calendar();
    world.visitor().sees(&address);
    let form = customer.sees("/account").form("/account/password");
    customer.done(&form.fill("current_password", PASSWORD).fill("new_password", NEW));
    world.visitor().get(&address).must(404);
}

#[test]
fn an_offered_secret_is_shown_again_only_once_the_password_is_right() {
    let world = World::new();
    let customer = world.customer();
    let page = customer.sees(SET_UP);
    let (form, offered) = (page.form(SET_UP), secret(&page).expect("a new one is shown"));
    let send = |code: &str, password: &str| {
        form.clone().fill("code", code).fill("current_password", password).send(&customer).must(422)
    };
    for password in ["", "dit is het niet"] {
        let again = send("000000", password);
        assert_eq!(secret(&again), None, "{password:?}");
        assert!(!again.html.contains("otpauth:") && !again.html.contains(&offered), "{password:?}");
        assert_eq!(again.form(SET_UP).value("offer"), form.value("offer"), "it can still be confirmed");
        assert_eq!(again.link_named("Opnieuw beginnen").as_deref(), Some(SET_UP));
    }
    assert_eq!(secret(&send("000000", PASSWORD)), Some(offered.clone()));
    assert_ne!(secret(&customer.sees(SET_UP)), Some(offered), "each page offers one of its own");
}

#[test]
fn an_offered_secret_can_be_confirmed_for_half_an_hour_and_by_its_account_alone() {
    let world = World::new();
    let (customer, freelancer) = world.parties();
    let secret_key = &world.app.settings.secret;
    let made = |account, minutes_ago| Offer::new(secret_key, account, real_now() - TimeDelta::minutes(minutes_ago));
    let send = |offer: &Offer| {
        let code = oplossingscentrum::operations::accounts::totp::code(&offer.shared, real_now()).unwrap();
        let fields = [("offer", offer.hidden.as_str()), ("code", &code), ("current_password", PASSWORD)];
        customer.post(SET_UP, &fields)
    };
    for wrong in [made(customer.id, OFFER_MINUTES), made(freelancer.id, 0)] {
        let page = send(&wrong);
        assert!(page.summary()[0].1.starts_with("De sleutel was te lang geleden gemaakt."), "{:?}", page.summary());
        assert!(secret(&page).is_some_and(|shown| shown != wrong.shared), "a new one is offered");
        assert_ne!(page.form(SET_UP).value("offer"), wrong.hidden);
    }
    // Writing a later end in front of it breaks its seal.
    let old = made(customer.id, OFFER_MINUTES);
    let (until, hidden) = old.hidden.split_once('.').unwrap();
    let later = format!("{}.{hidden}", until.parse::<i64>().unwrap() + 3_600);
    send(&Offer { hidden: later, ..old }).must(422);
    send(&made(customer.id, OFFER_MINUTES - 1)).must(303);
}

#[test]
fn the_address_of_a_calendar_is_shown_for_ten_minutes_to_who_has_just_given_the_password() {
    let world = World::new();
    let customer = world.customer();
    let address = customer.makes_a_calendar();
    let elsewhere = customer.elsewhere();
    elsewhere.signs_in(PASSWORD).must(303);
    assert!(!elsewhere.sees("/account").html.contains("/calendar/"), "another session does not show it");
    let form = elsewhere.sees("/account").form("/account/calendar").choose("action", "show");
    let wrong = form.clone().fill("current_password", "dit is het niet").send(&elsewhere);
    wrong.refuses(&[("calendar_password", "Dit is niet je huidige wachtwoord")]);
    assert!(!wrong.html.contains("/calendar/"));
    elsewhere.done(&form.fill("current_password", PASSWORD));
    assert_eq!(elsewhere.calendar(), address, "the same one");
    let minutes = "UPDATE sessions SET calendar_shown_until = ";
    let ended = (real_now() - TimeDelta::seconds(1)).format("%Y-%m-%d %H:%M:%S");
    world.sql(&format!("{minutes}'{ended}'")).unwrap();
    assert!(!elsewhere.sees("/account").html.contains("/calendar/"), "its time is over");
}

#[test]
fn every_new_address_of_a_calendar_is_told_by_mail() {
    let world = World::new();
    let customer = world.customer();
    customer.makes_a_calendar();
    assert_eq!(notices(&world, &customer), [SecurityNotice::CalendarMade]);
    customer.wishes("renew");
    assert_eq!(notices(&world, &customer).len(), 2);
    let elsewhere = customer.elsewhere();
    elsewhere.signs_in(PASSWORD).must(303);
    elsewhere.wishes("show");
    assert_eq!(notices(&world, &customer).len(), 2, "looking at it is not told");
    let (went_well, said) = world.runs(&["account", "set-password", &customer.email], NEW);
    assert!(went_well, "{said}");
    let told = notices(&world, &customer);
    assert_eq!(told.iter().filter(|notice| **notice == SecurityNotice::CalendarRenewed).count(), 2, "{told:?}");
}

#[test]
fn the_page_tells_when_a_calendar_was_last_read_and_that_is_written_down_once_an_hour() {
    let world = World::new();
    let customer = world.customer();
    let address = customer.makes_a_calendar();
    customer.sees("/account").shows("Nog niet opgehaald door een agenda-app");
    let is_read = |since: DateTime<Utc>| {
        let begun = Instant::now();
        while world.calendar_read_at(&customer).is_none_or(|at| at < since) {
            assert!(begun.elapsed() < Duration::from_secs(10), "it was not written down");
            std::thread::sleep(Duration::from_millis(5));
        }
    };
    let before = real_now();
    world.visitor().sees(&address);
    is_read(before);
    customer.sees("/account").shows("Laatst opgehaald: vandaag");
    let first = world.calendar_read_at(&customer);
    for _ in 0..3 {
        world.visitor().sees(&address);
    }
    std::thread::sleep(Duration::from_millis(200));
    assert_eq!(world.calendar_read_at(&customer), first, "not again within the hour");
    world.hours_pass_for_real(48);
    customer.sees("/account").shows("Laatst opgehaald: 2 dagen geleden");
    let before = real_now();
    world.visitor().sees(&address);
    is_read(before);
    customer.wishes("renew");
    assert_eq!(world.calendar_read_at(&customer), None, "nobody read the new address yet");
}

#[test]
fn who_came_in_with_a_link_from_their_mailbox_gives_no_password_for_ten_minutes() {
    let world = World::new();
    let customer = world.customer();
    world.came_by_link(&customer, 9);
    let page = customer.sees("/account");
    assert!(!page.document().select("#calendar_password").exists(), "it is not asked");
    customer.done(&page.form("/account/calendar").choose("action", "make")).shows("Je agenda is gemaakt.");
    world.came_by_link(&customer, 11);
    customer.post("/account/calendar", &[("action", "renew")]).must(422);
    world.came_by_link(&customer, 0);
    let page = customer.sees(SET_UP);
    assert!(!page.document().select("#current_password").exists(), "nor here");
}

#[test]
fn a_calendar_gets_five_new_addresses_an_hour_at_most() {
    let world = World::new();
    let customer = world.customer();
    customer.makes_a_calendar();
    for _ in 0..4 {
        customer.wishes("renew");
    }
    let before = notices(&world, &customer).len();
    let form = customer.sees("/account").form("/account/calendar");
    let refused = form.fill("current_password", PASSWORD).choose("action", "renew").send(&customer);
    refused.must(429).shows("Je hebt kort na elkaar vaak een nieuw adres laten maken");
    assert_eq!(notices(&world, &customer).len(), before, "nothing was changed and nothing is mailed");
    customer.follow(&customer.post("/account/calendar", &[("action", "stop")])).must(200);
}
