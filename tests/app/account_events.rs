//! Events of an account: written with the change that they tell, shown to the owner and the operator, and told by mail
//! where the owner has to know.

use chrono::TimeDelta;
use oplossingscentrum::clock::real_now;
use oplossingscentrum::domain::accounts::event::AccountEventKind::{self, *};
use oplossingscentrum::domain::accounts::event::{AccountEvent, KEPT_DAYS};
use oplossingscentrum::operations::accounts::events;
use oplossingscentrum::store::accounts::events as rows;

use crate::page::{Page, squeezed};
use crate::passwords::NEW;
use crate::people::Person;
use crate::second_factor_lost::notices;
use crate::world::{PASSWORD, World};

const FIREFOX: &str = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:145.0) Gecko/20100101 Firefox/145.0";
const SAFARI: &str = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_6 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) \
                      Version/18.6 Mobile/15E148 Safari/604.1";

impl World {
    /// The events of an account, oldest first.
    pub fn account_events(&self, person: &Person) -> Vec<AccountEvent> {
        let mut found = self.app.store.snapshot(|db| rows::list(db, person.id, None, 9_999)).unwrap();
        found.reverse();
        found
    }

    pub fn event_kinds(&self, person: &Person) -> Vec<AccountEventKind> {
        self.account_events(person).iter().map(|event| event.kind).collect()
    }
}

impl Person {
    /// The same person with a browser of that name, not signed in yet.
    fn using(&self, agent: &'static str) -> Self {
        self.with(self.elsewhere().browser.clone().calling_itself(agent))
    }
}

/// The cards of the list of events, each as one line.
fn cards(page: &Page) -> Vec<String> {
    let document = page.document();
    let cards = document.select(".account-event");
    cards.iter().map(|card| squeezed(&card.text())).collect()
}

/// Changes every part of how a person signs in, once.
fn changes_everything(person: &Person) {
    let (_, codes) = person.switches_second_factor_on();
    person.elsewhere().signs_in_with(&codes[0]).must(303);
    person.elsewhere().signs_in_with("000000").must(422);
    let fill = |action: &str| person.sees("/account/second-factor").form(action).fill("current_password", PASSWORD);
    person.done(&fill("/account/second-factor/codes"));
    person.done(&fill("/account/second-factor/off"));
    person.makes_a_calendar();
    let form = person.sees("/account").form("/account/password");
    person.done(&form.fill("current_password", PASSWORD).fill("new_password", NEW));
}

#[test]
fn each_change_of_how_somebody_signs_in_leaves_an_event_with_what_it_tells() {
    let world = World::new();
    let customer = world.customer();
    changes_everything(&customer);
    let expected = [
        SignedIn,
        FactorOn,
        CodeUsed,
        SignedIn,
        CodeWrong,
        CodesRenewed,
        FactorOff,
        CalendarMade,
        PasswordSet,
        CalendarRenewed,
    ];
    assert_eq!(world.event_kinds(&customer), expected);
}

#[test]
fn a_right_password_without_a_code_leaves_an_event_for_each_new_device_once_a_day() {
    let world = World::new();
    let customer = world.customer().using(FIREFOX);
    customer.signs_in(PASSWORD).must(303);
    let (_, codes) = customer.switches_second_factor_on();
    customer.using(FIREFOX).signs_in(PASSWORD).must(303);
    assert!(!world.event_kinds(&customer).contains(&CodeAwaited), "its owner has this browser and system");
    for _ in 0..3 {
        customer.using(SAFARI).signs_in(PASSWORD).must(303);
    }
    let events = world.account_events(&customer);
    let awaited: Vec<_> = events.iter().filter(|event| event.kind == CodeAwaited).collect();
    assert_eq!(awaited.len(), 1, "{events:?}");
    assert_eq!(awaited[0].device.system.as_deref(), Some("iPhone"));
    let cards = cards(&customer.sees("/account"));
    assert!(cards.iter().any(|card| card.starts_with("Je wachtwoord is gebruikt, zonder code")), "{cards:?}");
    world.hours_pass_for_real(24);
    customer.using(SAFARI).signs_in(PASSWORD).must(303);
    assert_eq!(world.event_kinds(&customer).iter().filter(|kind| **kind == CodeAwaited).count(), 2);
    customer.using(SAFARI).signs_in_with(&codes[0]).must(303);
    customer.using(SAFARI).signs_in(PASSWORD).must(303);
    assert_eq!(
        world.event_kinds(&customer).iter().filter(|kind| **kind == CodeAwaited).count(),
        2,
        "it is known by now"
    );
}

#[test]
fn what_was_refused_leaves_no_event() {
    let world = World::new();
    let customer = world.customer();
    let before = world.event_kinds(&customer);
    let wrong =
        [("current_password", "dit is het niet"), ("new_password", NEW), ("action", "make"), ("code", "123456")];
    for address in ["/account/password", "/account/calendar", "/account/second-factor/set-up"] {
        customer.post(address, &wrong).must(422);
    }
    customer.post("/account/devices/end", &[("device", "somebody else's")]).must(303);
    assert_eq!(world.event_kinds(&customer), before);
}

#[test]
fn the_page_account_shows_the_newest_and_leads_to_all_of_it() {
    let world = World::new();
    let customer = world.customer().using(FIREFOX);
    customer.signs_in(PASSWORD).must(303);
    changes_everything(&customer);
    let page = customer.sees("/account");
    page.shows("Wat er met je account gebeurde");
    let newest = cards(&page);
    assert_eq!(newest.len(), 5, "{newest:?}");
    assert!(newest.iter().any(|card| card.starts_with("Wachtwoord veranderd")), "{newest:?}");
    assert!(newest.iter().all(|card| card.contains("Firefox op Windows")), "{newest:?}");
    let all = page.link_named("Bekijk alles wat er gebeurde").expect("there is a way to the rest");
    let page = customer.sees(&all);
    assert_eq!(page.h1(), "Wat er met je account gebeurde");
    assert_eq!(cards(&page).len(), world.account_events(&customer).len());
    let english = customer.with(customer.browser.clone());
    english.switches_language();
    assert!(cards(&english.sees("/account")).iter().any(|card| card.starts_with("Password changed")));
}

#[test]
fn many_events_come_in_pages_and_each_is_on_one_of_them() {
    let world = World::new();
    let customer = world.customer();
    let now = real_now();
    for minute in 0..59 {
        // Three at each moment, so that a page may end between them.
        let at = now - TimeDelta::minutes(minute / 3);
        let event = AccountEvent { id: rand(), at, ..world.account_events(&customer).remove(0) };
        world.app.store.write(|db| rows::insert(db, customer.id, &event)).unwrap();
    }
    let (mut seen, mut address) = (0, "/account/events".to_owned());
    let mut sizes = Vec::new();
    loop {
        let page = customer.sees(&address);
        seen += cards(&page).len();
        sizes.push(cards(&page).len());
        let Some(next) = page.link_named("Volgende pagina") else { break };
        address = next;
    }
    assert_eq!((seen, sizes), (60, vec![25, 25, 10]));
    for odd in ["x", "1.x", "99999999999999999.1", "-99999999999999999.1", "."] {
        assert_eq!(cards(&customer.sees(&format!("/account/events?after={odd}"))).len(), 25, "{odd}");
    }
}

fn rand() -> i64 {
    static NEXT: std::sync::atomic::AtomicI64 = std::sync::atomic::AtomicI64::new(1);
    NEXT.fetch_add(1, std::sync::atomic::Ordering::Relaxed)
}

#[test]
fn somebody_elses_events_are_not_shown() {
    let world = World::new();
    let (customer, freelancer) = world.parties();
    changes_everything(&freelancer);
    assert_eq!(cards(&customer.sees("/account/events")).len(), 1, "their own sign-in");
}

#[test]
fn no_network_address_and_no_more_of_a_browser_than_its_name_and_system_is_written_down() {
    let world = World::new();
    let customer = world.customer().using(FIREFOX);
    customer.signs_in(PASSWORD).must(303);
    changes_everything(&customer);
    let written = format!("{:?}", world.account_events(&customer));
    assert!(written.contains("Firefox"), "{written}");
    for secret in ["127.0.0.1", "::1", "145.0", "NT 10", "Gecko", PASSWORD, NEW, &customer.email] {
        assert!(!written.contains(secret), "{secret}: {written}");
    }
}

#[test]
fn they_are_kept_for_ninety_days_and_forgotten_a_few_at_a_time() {
    let world = World::new();
    let customer = world.customer();
    let first = world.account_events(&customer).remove(0);
    let kept = TimeDelta::days(KEPT_DAYS.into());
    let write = |id: i64, at| {
        let event = AccountEvent { id, at, ..first.clone() };
        world.app.store.write(|db| rows::insert(db, customer.id, &event)).unwrap();
    };
    for id in 0..700 {
        write(id, real_now() - kept - TimeDelta::seconds(700 - id));
    }
    write(-1, real_now() - kept + TimeDelta::hours(1));
    let forget = || world.app.store.write(|db| events::forget_old(db, kept, real_now())).unwrap();
    assert_eq!((forget(), forget(), forget()), (500, 200, 0));
    assert_eq!(world.account_events(&customer).len(), 2);
}

#[test]
fn a_sign_in_from_a_new_browser_and_system_is_told_by_mail_once_and_the_very_first_never() {
    use oplossingscentrum::store::outbox::SecurityNotice;
    let world = World::new();
    let customer = world.customer();
    assert_eq!((notices(&world, &customer), world.event_kinds(&customer)), (vec![], vec![SignedIn]), "the very first");
    customer.using(FIREFOX).signs_in(PASSWORD).must(303);
    assert_eq!(notices(&world, &customer), [SecurityNotice::NewDevice]);
    customer.using(FIREFOX).signs_in(PASSWORD).must(303);
    assert_eq!(notices(&world, &customer).len(), 1, "it is known now");
    customer.using(SAFARI).signs_in(PASSWORD).must(303);
    assert_eq!(notices(&world, &customer).len(), 2);
    assert_eq!(world.event_kinds(&customer), [SignedIn, NewDevice, SignedIn, NewDevice]);
    // Signed out everywhere, and months later: no record of that browser is left, but it is not the first sign-in ever.
    world.sql("DELETE FROM account_events").unwrap();
    world.sql("DELETE FROM sessions").unwrap();
    customer.using(FIREFOX).signs_in(PASSWORD).must(303);
    assert_eq!(notices(&world, &customer).len(), 3);
}

#[test]
fn a_password_alone_is_no_sign_in_where_a_code_is_asked() {
    let world = World::new();
    let customer = world.customer();
    let (app, _) = customer.switches_second_factor_on();
    world.codes_are_new_again();
    let stranger = customer.using(SAFARI);
    stranger.gives_password();
    assert_eq!(world.event_kinds(&customer), [SignedIn, FactorOn, CodeAwaited]);
    stranger.signs_in_with(&app.code(0)).must(303);
    assert_eq!(world.event_kinds(&customer), [SignedIn, FactorOn, CodeAwaited, NewDevice]);
}

#[test]
fn three_wrong_codes_after_the_right_password_are_told_by_mail_once_a_day() {
    use oplossingscentrum::store::outbox::SecurityNotice;
    let world = World::new();
    let customer = world.customer();
    customer.switches_second_factor_on();
    let wrong = |times: usize| {
        let form = customer.using(SAFARI);
        let form = (form.gives_password(), form);
        for _ in 0..times {
            form.0.clone().fill("code", "000000").send(&form.1).must(422);
        }
    };
    let told = || notices(&world, &customer).iter().filter(|notice| **notice == SecurityNotice::CodesWrong).count();
    wrong(2);
    assert_eq!(told(), 0);
    wrong(1);
    assert_eq!(told(), 1);
    wrong(2);
    assert_eq!(told(), 1, "once");
    world.hours_pass_for_real(1);
    wrong(3);
    assert_eq!(told(), 1, "once in a day");
    world.hours_pass_for_real(24);
    wrong(2);
    assert_eq!(told(), 1);
    wrong(1);
    assert_eq!(told(), 2, "another day");
}

#[test]
fn the_mail_about_a_new_device_names_it_in_its_readers_language() {
    use crate::postman::FAST;
    use crate::smtp::Smtp;
    let (world, smtp) = (World::new(), Smtp::new());
    let (customer, freelancer) = world.parties();
    freelancer.switches_language();
    for person in [&customer, &freelancer] {
        person.using(FIREFOX).signs_in(PASSWORD).must(303);
    }
    let _postman = world.postman(&smtp, FAST);
    smtp.has_taken(2);
    for (person, subject, device) in [
        (
            &customer,
            "Er is ingelogd met een nieuwe browser of een nieuw apparaat",
            "Browser en apparaat: Firefox op Windows",
        ),
        (
            &freelancer,
            "Somebody signed in with a new browser or a new device",
            "Browser and device: Firefox on Windows",
        ),
    ] {
        let mail = smtp.taken_for(&person.email).remove(0);
        assert_eq!(mail.subject(), subject);
        assert!(mail.text().contains(device), "{}", mail.text());
        assert!(!mail.text().contains("145"), "{}", mail.text());
        assert_eq!(mail.header("List-Unsubscribe"), None, "it cannot be switched off");
    }
}

#[test]
fn one_click_into_a_demo_is_told_to_nobody() {
    let world = World::demo();
    let visit = |agent: &'static str| {
        let visitor = world.visitor().calling_itself(agent);
        visitor.post("/demo/sign-in", &[("email", "klant@example.com")]).must(303);
    };
    visit(FIREFOX);
    visit(SAFARI);
    let mails = world.visitor().sees("/demo/mail").html;
    assert!(!mails.contains("nieuwe browser"), "no mail");
}
