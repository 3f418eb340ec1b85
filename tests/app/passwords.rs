//! Password links: a link by mail sets a forgotten password, or a first one, once.

use std::time::{Duration, Instant};

use chrono::TimeDelta;
use diesel::connection::SimpleConnection;
use oplossingscentrum::clock::real_now;
use oplossingscentrum::domain::Language::{En, Nl};
use oplossingscentrum::mail::password;
use oplossingscentrum::mail::write::write;
use oplossingscentrum::operations::accounts::password_links::owner;
use oplossingscentrum::store::accounts::password_links;
use oplossingscentrum::store::outbox::{self, QueuedMail, Subject};
use reqwest::Method;

use crate::page::Page;
use crate::people::Browser;
use crate::people::Person;
use crate::troubles::{beside, waiting_for_locks};
use crate::world::PASSWORD;
use crate::world::World;

pub const NEW: &str = "een heel ander wachtwoord";

impl Browser {
    /// Asks for a link through the form.
    pub fn asks_for_a_link(&self, email: &str) -> Page {
        self.sees("/password/forgotten").form("/password/forgotten").fill("email", email).send(self)
    }

    /// Sets a password through the form of a link.
    pub fn sets_password(&self, link: &str, new: &str) -> Page {
        self.sees(link).form(link).fill("new_password", new).send(self)
    }
}

/// The mails with a link to that address, newest first.
pub fn mails(world: &World, email: &str) -> Vec<QueuedMail> {
    let now = world.now() + TimeDelta::seconds(1);
    let queued = world.app.store.snapshot(|db| outbox::newest(db, now, 999)).unwrap();
    let is_link = |mail: &QueuedMail| mail.to.email == email && matches!(mail.about, Subject::Password(_));
    queued.into_iter().filter(is_link).collect()
}

fn name(mail: &QueuedMail) -> &str {
    let Subject::Password(name) = &mail.about else { panic!("{mail:?}") };
    name
}

/// The address of a link in its mail, without the host.
pub fn path(world: &World, mail: &QueuedMail) -> String {
    let written = write(mail, &world.app.settings, world.now()).expect("a mail can be written");
    assert_eq!(written.link, password::address(&world.app.settings, name(mail)));
    written.link[world.origin.len()..].to_owned()
}

/// Asks for a link for that person, and reads it from the mail.
pub fn link_for(world: &World, person: &Person) -> String {
    world.visitor().asks_for_a_link(&person.email).must(303);
    path(world, mails(world, &person.email).first().expect("there is a mail"))
}

fn is_signed_in(browser: &Browser) -> bool {
    browser.get("/account").status == 200
}

#[track_caller]
fn is_gone(browser: &Browser, link: &str) {
    let page = browser.get(link).must(404);
    assert_eq!(page.h1(), Nl.words().password_gone());
    assert!(page.links_to("/password/forgotten"), "and offers a new one");
}

#[test]
fn a_link_sets_a_password_once_and_ends_every_session() {
    let world = World::new();
    let (here, there) = (world.customer(), world.customer());
    let other = world.freelancer();
    let visitor = world.visitor();
    let way = visitor.sees("/sign-in").link_named("Wachtwoord vergeten of nog geen wachtwoord?").unwrap();
    assert_eq!(way, "/password/forgotten");
    let answer = visitor.asks_for_a_link(" KLANT@example.com ").must(303);
    visitor.follow(&answer).shows("48 uur");
    let link = path(&world, &mails(&world, "klant@example.com")[0]);
    for _ in 0..2 {
        assert_eq!(visitor.sees(&link).h1(), "Kies je wachtwoord", "looking uses nothing up");
    }
    let page = visitor.follow(&visitor.sets_password(&link, NEW));
    page.shows("Je wachtwoord is opgeslagen. Je bent hier ingelogd en op je andere apparaten uitgelogd.");
    assert!(is_signed_in(&visitor), "the link opens the account");
    assert!(!is_signed_in(&here) && !is_signed_in(&there), "and ends what was open");
    assert!(is_signed_in(&other), "but nobody else's");
    is_gone(&visitor, &link);
    visitor.post(&link, &[("new_password", "nog een ander wachtwoord")]).must(404);
    here.elsewhere().signs_in(PASSWORD).must(422);
    here.elsewhere().signs_in(NEW).must(303);
}

#[test]
fn an_imported_account_gets_its_first_password_this_way() {
    let world = World::new();
    let customer = world.customer();
    world.sql("UPDATE accounts SET password_hash = NULL WHERE email = 'klant@example.com'").unwrap();
    customer.elsewhere().signs_in(PASSWORD).must(422);
    let link = link_for(&world, &customer);
    world.visitor().sets_password(&link, NEW).must(303);
    customer.elsewhere().signs_in(NEW).must(303);
}

#[test]
fn a_link_works_for_48_hours_to_the_microsecond_of_real_time() {
    let world = World::new();
    let customer = world.customer();
    let link = link_for(&world, &customer);
    world.days_pass(60);
    world.visitor().sees(&link);
    world.hours_pass_for_real(47);
    world.visitor().sees(&link);
    world.hours_pass_for_real(1);
    is_gone(&world.visitor(), &link);
    world.visitor().post(&link, &[("new_password", NEW)]).must(404);
    customer.elsewhere().signs_in(PASSWORD).must(303);
    let before = real_now();
    link_for(&world, &customer);
    let after = real_now();
    let newest = &mails(&world, &customer.email)[0];
    let (hours, tick) = (TimeDelta::hours(48), TimeDelta::microseconds(1));
    assert!(owner(&world.app.store, name(newest), before + hours - tick).unwrap().is_some());
    assert!(owner(&world.app.store, name(newest), after + hours).unwrap().is_none());
}

#[test]
fn a_link_is_used_up_once_and_never_after_its_end() {
    let world = World::new();
    let customer = world.customer();
    let ends = |link: &str, now| world.app.store.write(|db| password_links::end(db, link, now)).unwrap();
    link_for(&world, &customer);
    let link = mails(&world, &customer.email)[0].clone();
    let (later, tick) = (real_now() + TimeDelta::hours(48), TimeDelta::microseconds(1));
    assert!(!ends(name(&link), later), "its end has come");
    assert!(ends(name(&link), later - TimeDelta::minutes(1)));
    assert!(!ends(name(&link), later - TimeDelta::minutes(1) - tick), "it was used");
}

#[test]
fn every_link_of_an_account_works_until_the_password_was_changed() {
    let world = World::new();
    let (customer, freelancer) = world.parties();
    let theirs = link_for(&world, &freelancer);
    let first = link_for(&world, &customer);
    let second = link_for(&world, &customer);
    world.visitor().sees(&first);
    world.visitor().sees(&second);
    let form = customer.sees("/account").form("/account/password");
    customer.done(&form.fill("current_password", PASSWORD).fill("new_password", NEW));
    is_gone(&world.visitor(), &first);
    is_gone(&world.visitor(), &second);
    world.visitor().sees(&theirs);
}

#[test]
fn who_had_to_wait_after_wrong_guesses_signs_in_at_once_with_the_new_password() {
    let world = World::new();
    let customer = world.customer().elsewhere();
    for _ in 0..10 {
        customer.signs_in("dit is het niet").must(422);
    }
    customer.signs_in(PASSWORD).must(429);
    let link = link_for(&world, &customer);
    world.visitor().sets_password(&link, NEW).must(303);
    customer.signs_in(NEW).must(303);
}

#[test]
fn a_password_that_is_too_short_is_given_back_and_uses_nothing_up() {
    let world = World::new();
    let link = link_for(&world, &world.customer());
    let visitor = world.visitor();
    let page = visitor.sets_password(&link, "te kort");
    page.refuses(&[("new_password", "Kies minstens 10 tekens")]);
    assert!(!page.html.contains("te kort"), "what was typed is not given back");
    visitor.sets_password(&link, &"x".repeat(129)).refuses(&[("new_password", "Kies hoogstens 128 tekens")]);
    visitor.sets_password(&link, NEW).must(303);
}

#[test]
fn whoever_was_signed_in_with_this_browser_no_longer_is() {
    let world = World::new();
    let (customer, freelancer) = world.parties();
    let link = link_for(&world, &customer);
    let before = freelancer.cookies();
    freelancer.follow(&freelancer.sets_password(&link, NEW)).shows("Je bent hier ingelogd");
    freelancer.sees("/account").shows(&customer.name);
    assert_ne!(freelancer.cookies(), before);
    let own = link_for(&world, &freelancer);
    let signed_in = world.freelancer();
    signed_in.sets_password(&own, NEW).must(303);
    signed_in.sees("/account").shows(&freelancer.name);
    assert!(!is_signed_in(&customer));
}

#[test]
fn a_link_that_is_not_ours_is_told_like_one_that_was_used() {
    let world = World::new();
    let customer = world.customer();
    let link = link_for(&world, &customer);
    let (id, seal) = link.strip_prefix("/password/").unwrap().split_once('.').unwrap();
    // A row without an account, as a request for an unknown address leaves it.
    world.visitor().asks_for_a_link("niemand@example.com").must(303);
    let of_nobody = world.app.settings.secret.name("password", "x");
    world
        .sql("INSERT INTO password_links VALUES ('x', NULL, '2026-01-01 00:00:00', '2099-01-01 00:00:00', NULL)")
        .unwrap();
    let calendar = world.app.settings.secret.name("calendar", id);
    for wrong in [
        id,
        &format!("{id}.{}", "0".repeat(32)),
        &format!("{}.{seal}", id.to_lowercase()),
        "x.y",
        &calendar,
        &of_nobody,
    ] {
        let address = format!("/password/{wrong}");
        is_gone(&world.visitor(), &address);
        world.visitor().post(&address, &[("new_password", NEW)]).must(404);
        let english = world.visitor().preferring("en").get(&address).must(404);
        assert_eq!(english.h1(), En.words().password_gone());
    }
    world.visitor().sees(&link);
}

#[test]
fn the_page_behind_a_link_keeps_its_address_to_itself_and_its_form_is_guarded() {
    let world = World::new();
    let link = link_for(&world, &world.customer());
    let visitor = world.visitor();
    let page = visitor.sees(&link);
    // Not "no-referrer": a browser would then send the form with "Origin: null", and the guard refuses that.
    assert_eq!((page.header("referrer-policy"), page.header("cache-control")), ("strict-origin", "no-store"));
    let form = page.form(&link).fill("new_password", NEW);
    form.clone().forge("csrf_token", "x").send(&visitor).must(403);
    let from_elsewhere = [("origin", "https://evil.example"), ("sec-fetch-site", "cross-site")];
    visitor.request(&Method::POST, &link, &from_elsewhere, &form.fields).must(403);
    visitor.sees(&link);
    let english = visitor.done(&page.form("/language"));
    assert_eq!((english.path.as_str(), english.h1().as_str()), (link.as_str(), "Choose your password"));
}

#[test]
fn of_two_who_come_at_once_with_one_link_one_sets_the_password() {
    let world = World::new();
    let customer = world.customer();
    let link = link_for(&world, &customer);
    let passwords = ["het wachtwoord van de een", "het wachtwoord van de ander"];
    // One server does one piece of heavy work for an account at a time, so they come to two.
    let other = world.another_server();
    let forms = passwords.map(|new| {
        let visitor = world.visitor();
        let visitor = if new == passwords[0] { visitor } else { visitor.at(&other.address) };
        (visitor.sees(&link).form(&link).fill("new_password", new), visitor)
    });
    let both = || {
        // On PostgreSQL both find the link working before either uses it up: its row is locked until both wait for it.
        // SQLite admits one at a time, from the first read on.
        let hold = world.is_postgres().then(|| {
            let mut other = beside(&world);
            other.batch_execute("BEGIN; SELECT * FROM password_links FOR UPDATE").unwrap();
            other
        });
        std::thread::scope(|scope| {
            let sent = forms.each_ref().map(|(form, visitor)| scope.spawn(move || form.send(visitor).status));
            if let Some(mut hold) = hold {
                let mut looks = beside(&world);
                let until = Instant::now() + Duration::from_secs(5);
                while waiting_for_locks(&mut looks) < 2 && Instant::now() < until {
                    std::thread::sleep(Duration::from_millis(5));
                }
                hold.batch_execute("COMMIT").unwrap();
            }
            sent.map(|thread| thread.join().unwrap())
        })
    };
    // A request that waits a second for the row is told to try again; the link still works then.
    let answers = (0..20).map(|_| both()).find(|answers| !answers.contains(&503)).expect("both come in time once");
    let mut sorted = answers;
    sorted.sort_unstable();
    assert_eq!(sorted, [303, 404]);
    let (right, wrong) = if answers[0] == 303 { (0, 1) } else { (1, 0) };
    customer.elsewhere().signs_in(passwords[wrong]).must(422);
    customer.elsewhere().signs_in(passwords[right]).must(303);
}
