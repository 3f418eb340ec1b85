//! The devices of an account: where it is signed in, for how long, and what a visit costs.

use std::time::{Duration, Instant};

use chrono::{DateTime, TimeDelta, Utc};
use diesel::connection::SimpleConnection;
use oplossingscentrum::clock::real_now;
use oplossingscentrum::settings::SessionLife;
use oplossingscentrum::store::accounts::sessions::{self, Session};
use oplossingscentrum::store::{Db, Error};

use crate::page::Page;
use crate::page::squeezed;
use crate::people::Person;
use crate::world::Kind;
use crate::world::PASSWORD;
use crate::world::World;

const FIREFOX: &str = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:145.0) Gecko/20100101 Firefox/145.0";
const SAFARI: &str = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_6 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) \
                      Version/18.6 Mobile/15E148 Safari/604.1";

impl Person {
    /// The same person, signed in on another device.
    fn signed_in_on(&self, agent: &'static str) -> Self {
        let person = self.with(self.elsewhere().browser.clone().calling_itself(agent));
        person.signs_in(PASSWORD).must(303);
        person
    }

    fn is_signed_in(&self) -> bool {
        self.get("/orders").status == 200
    }
}

impl World {
    /// The sessions of an account, newest activity first.
    pub fn sessions_of(&self, person: &Person) -> Vec<Session> {
        self.app.store.snapshot(|db| sessions::of_account(db, person.id)).unwrap()
    }

    fn seen_at(&self, person: &Person) -> DateTime<Utc> {
        self.sessions_of(person)[0].seen_at
    }

    /// A world in which sessions last that long.
    fn with_sessions_of(idle_days: u16, days: u16) -> Self {
        let mut world = Self::closed(Kind::default());
        world.settings().session_life = SessionLife { idle_days, days };
        world.opens();
        world
    }

    /// Counts the stored sessions, after which none is left.
    fn forgets_sessions(&self) -> usize {
        self.app.store.write(|db| sessions::delete_expired(db, real_now() + TimeDelta::days(1_000))).unwrap()
    }
}

/// The cards of the list of devices, each as one line.
fn devices(page: &Page) -> Vec<String> {
    let document = page.document();
    document.select(".device-card").iter().map(|card| squeezed(&card.text())).collect()
}

#[test]
fn the_account_page_lists_where_i_am_signed_in_and_marks_this_device() {
    let world = World::new();
    let customer = world.customer();
    let (pc, _phone) = (customer.signed_in_on(FIREFOX), customer.signed_in_on(SAFARI));
    world.freelancer();
    let listed = devices(&pc.sees("/account"));
    assert_eq!(listed.len(), 3, "{listed:?}");
    for (name, is_here) in [("Safari op iPhone", false), ("Firefox op Windows", true), ("Onbekend apparaat", false)] {
        let card = listed.iter().find(|card| card.starts_with(name)).expect(name);
        assert!(card.contains("Ingelogd op") && card.contains("Laatst gebruikt: vandaag"), "{card}");
        assert_eq!((card.contains("Dit apparaat"), card.contains("Apparaat uitloggen")), (is_here, !is_here), "{card}");
    }
    let english = pc.with(pc.browser.clone());
    english.switches_language();
    assert!(devices(&english.sees("/account")).iter().any(|card| card.starts_with("Firefox on Windows")));
}

#[test]
fn who_still_has_to_give_a_code_is_signed_in_nowhere() {
    let world = World::new();
    let customer = world.customer();
    customer.switches_second_factor_on();
    let before = devices(&customer.sees("/account"));
    let half_in = customer.with(customer.elsewhere().browser.clone().calling_itself(SAFARI));
    half_in.signs_in(PASSWORD).must(303);
    assert_eq!(half_in.get("/orders").status, 303, "the code is still asked");
    let listed = devices(&customer.sees("/account"));
    assert_eq!(listed, before);
    assert!(!listed.iter().any(|card| card.contains("Safari")), "{listed:?}");
}

#[test]
fn ending_one_device_signs_out_there_and_nowhere_else() {
    let world = World::new();
    let customer = world.customer();
    let (pc, phone) = (customer.signed_in_on(FIREFOX), customer.signed_in_on(SAFARI));
    let page = customer.sees("/account");
    let document = page.document();
    let button = document.select("[name=device]");
    let phones = button.iter().find(|button| button.text().contains("Safari op iPhone")).unwrap();
    let value = phones.attr_or("value", "").to_string();
    let page = customer.follow(&customer.post("/account/devices/end", &[("device", &value)]));
    page.shows("Dat apparaat is uitgelogd.");
    assert!(!phone.is_signed_in());
    assert!(customer.is_signed_in() && pc.is_signed_in());
    assert_eq!(devices(&page).len(), 2);
    // It has ended already: nothing is left to do, and nothing fails.
    customer.post("/account/devices/end", &[("device", &value)]).must(303);
}

#[test]
fn nobody_ends_the_device_of_somebody_else() {
    let world = World::new();
    let (customer, freelancer) = world.parties();
    let theirs = world.sessions_of(&customer)[0].key_hash.clone();
    freelancer.post("/account/devices/end", &[("device", &theirs)]).must(303);
    assert!(customer.is_signed_in());
}

#[test]
fn each_button_has_a_name_of_its_own_also_for_devices_that_look_the_same() {
    let world = World::new();
    let customer = world.customer();
    for _ in 0..3 {
        customer.signed_in_on(FIREFOX);
    }
    let mut buttons = customer.sees("/account").buttons();
    buttons.retain(|name| name.starts_with("Apparaat uitloggen"));
    assert!(buttons[0].ends_with("Firefox op Windows"), "{buttons:?}");
    let count = buttons.len();
    buttons.dedup();
    assert_eq!((count, buttons.len()), (3, 3), "{buttons:?}");
}

#[test]
fn ten_devices_are_listed_the_others_on_asking_and_fifty_is_the_most() {
    let world = World::new();
    let customer = world.customer();
    let first = world.sessions_of(&customer).remove(0);
    let copies = |from: i64, to: i64| {
        for number in from..to {
            let seen_at = real_now() + TimeDelta::seconds(number);
            let copy = Session { key_hash: format!("{number:064}"), seen_at, ..first.clone() };
            world.app.store.write(|db| sessions::insert(db, copy)).unwrap();
        }
    };
    copies(1, 12);
    let page = customer.sees("/account");
    assert_eq!(devices(&page).len(), 10);
    let all = page.link_named("Toon ook 2 andere apparaten").expect("there is a way to the others");
    let page = customer.sees(all.trim_end_matches("#devices"));
    assert_eq!(devices(&page).len(), 12);
    copies(12, 60);
    customer.elsewhere().signs_in(PASSWORD).must(303);
    let left = world.sessions_of(&customer);
    assert_eq!(left.len(), 50);
    assert!(!customer.is_signed_in(), "the one that was not in use for the longest has ended");
}

#[test]
fn the_network_address_and_the_version_of_a_browser_are_not_written_down() {
    let world = World::new();
    let customer = world.customer().signed_in_on(FIREFOX);
    let written = format!("{:?}", world.sessions_of(&customer));
    for secret in ["127.0.0.1", "145.0", "NT 10", "Gecko"] {
        assert!(!written.contains(secret), "{secret}: {written}");
    }
}

#[test]
fn somebody_who_does_not_come_by_for_fourteen_days_is_signed_out() {
    let world = World::new();
    let customer = world.customer();
    world.hours_pass_for_real(14 * 24 - 1);
    assert!(customer.is_signed_in());
    let other = world.freelancer();
    world.hours_pass_for_real(14 * 24);
    assert!(!other.is_signed_in());
    assert!(devices(&world.freelancer().sees("/account")).len() == 1, "and it is not listed");
}

#[test]
fn whoever_keeps_coming_by_signs_in_again_after_ninety_days() {
    let world = World::new();
    let customer = world.customer();
    for _ in 0..8 {
        world.hours_pass_for_real(11 * 24);
        let before = world.seen_at(&customer);
        assert!(customer.is_signed_in());
        is_written_down(|| world.seen_at(&customer) > before);
    }
    world.hours_pass_for_real(2 * 24 - 1);
    assert!(customer.is_signed_in());
    world.hours_pass_for_real(1);
    assert!(!customer.is_signed_in());
}

#[test]
fn both_times_are_settings_that_hold_at_once() {
    let world = World::with_sessions_of(2, 3);
    let customer = world.customer();
    let page = customer.elsewhere().signs_in(PASSWORD).must(303);
    let cookies = page.headers.get_all("set-cookie").iter().map(|cookie| cookie.to_str().unwrap());
    let session = cookies.into_iter().find(|cookie| cookie.starts_with("session=")).expect("it is set");
    assert!(session.contains("Max-Age=259200"), "{session}");
    world.hours_pass_for_real(47);
    assert!(customer.is_signed_in());
    is_written_down(|| real_now() - world.seen_at(&customer) < TimeDelta::minutes(5));
    world.hours_pass_for_real(25);
    assert!(!customer.is_signed_in(), "three days at most");
    let freelancer = world.freelancer();
    world.hours_pass_for_real(48);
    assert!(!freelancer.is_signed_in(), "two days without coming by");
}

/// Waits for a write that is made beside a request.
#[track_caller]
fn is_written_down(mut is_so: impl FnMut() -> bool) {
    let begun = Instant::now();
    while !is_so() {
        assert!(begun.elapsed() < Duration::from_secs(10), "it was not written down");
        std::thread::sleep(Duration::from_millis(5));
    }
}

#[test]
fn that_somebody_was_here_is_written_down_once_an_hour() {
    let world = World::new();
    let customer = world.customer();
    let first = world.seen_at(&customer);
    for _ in 0..5 {
        customer.sees("/orders");
    }
    world.hours_pass_for_real(1);
    let an_hour_ago = first - TimeDelta::hours(1);
    assert!((world.seen_at(&customer) - an_hour_ago).abs() < TimeDelta::milliseconds(2), "five pages, and no write");
    customer.sees("/orders");
    is_written_down(|| real_now() - world.seen_at(&customer) < TimeDelta::minutes(5));
}

#[test]
fn pages_can_be_read_while_nothing_can_be_written() {
    let world = World::new();
    let customer = world.customer();
    let order = world.order().active();
    world.hours_pass_for_real(2);
    let visitor = world.visitor();
    let is_postgres = world.is_postgres();
    let shut = |db: &mut Db| {
        // SQLite has one writer, which this is; PostgreSQL is told to wait.
        if is_postgres {
            db.batch_execute("LOCK TABLE sessions, accounts IN EXCLUSIVE MODE")?;
        }
        let begun = Instant::now();
        for page in ["/orders", &order.path, "/disputes", "/notifications", "/account", "/account/second-factor"] {
            customer.sees(page);
        }
        for page in ["/sign-in", "/help", "/password/forgotten"] {
            visitor.sees(page);
        }
        assert!(begun.elapsed() < Duration::from_secs(4), "nobody waited for the writer: {:?}", begun.elapsed());
        Ok::<_, Error>(())
    };
    world.another_store().write(shut).unwrap();
}

#[test]
fn visitors_who_do_not_sign_in_leave_nothing_in_the_database() {
    let world = World::new();
    let visitor = world.visitor();
    for page in ["/", "/help", "/sign-in", "/accessibility", "/password/forgotten", "/orders", "/nergens"] {
        visitor.get(page);
    }
    let form = visitor.sees("/help").form("/language");
    let english = visitor.done(&form);
    assert_eq!(english.language(), "en", "their forms work all the same");
    visitor
        .sees("/sign-in")
        .form("/sign-in")
        .fill("email", "x@example.com")
        .fill("password", "y")
        .send(&visitor)
        .must(422);
    assert_eq!(world.forgets_sessions(), 0);
    world.customer();
    assert_eq!(world.forgets_sessions(), 1, "this test would see one");
}

#[test]
fn nobody_makes_up_the_cookie_of_a_visitor() {
    let world = World::new();
    let visitor = world.visitor();
    let token = visitor.csrf_token();
    let cookie = visitor.cookies();
    let same = world.visitor();
    same.takes_cookie(&cookie);
    same.post_with(&token, "/language", &[("language", "en"), ("next", "/help")]).must(303);
    let forged = world.visitor();
    let middle = cookie.len() - 20;
    let other = if &cookie[middle..=middle] == "A" { "B" } else { "A" };
    forged.takes_cookie(&format!("{}{other}{}", &cookie[..middle], &cookie[middle + 1..]));
    forged.post_with(&token, "/language", &[("language", "en"), ("next", "/help")]).must(403);
}

#[test]
fn a_session_key_has_130_random_bits_and_the_database_only_its_hash() {
    let world = World::new();
    let customer = world.customer();
    let cookie = customer.session_cookie();
    let key = &cookie[cookie.len() - 22..];
    assert!(key.bytes().all(|byte| byte.is_ascii_alphanumeric()), "{cookie}");
    assert!(!format!("{:?}", world.sessions_of(&customer)).contains(key));
    assert_ne!(world.customer().session_cookie(), cookie);
}
