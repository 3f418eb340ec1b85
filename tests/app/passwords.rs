//! A forgotten password, or a first one: a link by mail that sets it once.

use chrono::TimeDelta;
use oplossingscentrum::center::password_links::works;
use oplossingscentrum::clock::real_now;
use oplossingscentrum::i18n::Language::{En, Nl};
use oplossingscentrum::mail::password;
use oplossingscentrum::mail::write::write;
use oplossingscentrum::store::outbox::{self, About, Queued};
use reqwest::Method;

use crate::page::Page;
use crate::people::{Browser, Person};
use crate::postman::FAST;
use crate::smtp::{Smtp, Taken};
use crate::world::{Kind, PASSWORD, World};

const NEW: &str = "een heel ander wachtwoord";

impl Browser {
    /// Asks for a link through the form.
    fn asks_for_a_link(&self, email: &str) -> Page {
        self.sees("/password/forgotten").form("/password/forgotten").fill("email", email).send(self)
    }

    /// Sets a password through the form behind a link.
    fn sets_password(&self, link: &str, new: &str) -> Page {
        self.sees(link).form(link).fill("new_password", new).send(self)
    }
}

/// The mails with a link to that address, newest first.
fn mails(world: &World, email: &str) -> Vec<Queued> {
    let now = world.now() + TimeDelta::seconds(1);
    let queued = world.app.store.read(|db| outbox::newest(db, now, 999)).unwrap();
    let is_link = |mail: &Queued| mail.to.email == email && matches!(mail.about, About::Password(_));
    queued.into_iter().filter(is_link).collect()
}

fn name(mail: &Queued) -> &str {
    let About::Password(name) = &mail.about else { panic!("{mail:?}") };
    name
}

/// The address of a link as its mail has it, without the host.
fn path(world: &World, mail: &Queued) -> String {
    let written = write(mail, &world.app.settings, world.now()).expect("a mail can be written");
    assert_eq!(written.link, password::address(&world.app.settings, name(mail)));
    written.link[world.origin.len()..].to_owned()
}

/// Asks for a link for that person, and reads it out of the mail.
fn link_for(world: &World, person: &Person) -> String {
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

/// Makes everything about links and counts so much older, in real time.
fn hours_pass_for_real(world: &World, hours: i64) {
    for (table, column) in
        [("password_links", "created_at"), ("password_links", "expires_at"), ("sign_in_failures", "at")]
    {
        let older = if world.is_postgres() {
            format!("{column} - INTERVAL '{hours} hours'")
        } else {
            format!("strftime('%Y-%m-%d %H:%M:%f', {column}, '-{hours} hours')")
        };
        world.sql(&format!("UPDATE {table} SET {column} = {older}")).unwrap();
    }
}

#[test]
fn a_link_sets_a_password_once_and_ends_every_session() {
    let world = World::new();
    let (here, there) = (world.klant(), world.klant());
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
    assert_eq!(page.h1(), "Inloggen");
    page.shows("Je wachtwoord is opgeslagen. Log ermee in.");
    assert!(!is_signed_in(&visitor), "the link signs nobody in");
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
    let klant = world.klant();
    world.sql("UPDATE accounts SET password_hash = NULL WHERE email = 'klant@example.com'").unwrap();
    klant.elsewhere().signs_in(PASSWORD).must(422);
    let link = link_for(&world, &klant);
    world.visitor().sets_password(&link, NEW).must(303);
    klant.elsewhere().signs_in(NEW).must(303);
}

#[test]
fn a_link_works_for_48_hours_to_the_microsecond_of_real_time() {
    let world = World::new();
    let klant = world.klant();
    let link = link_for(&world, &klant);
    world.days_pass(60);
    world.visitor().sees(&link);
    hours_pass_for_real(&world, 47);
    world.visitor().sees(&link);
    hours_pass_for_real(&world, 1);
    is_gone(&world.visitor(), &link);
    world.visitor().post(&link, &[("new_password", NEW)]).must(404);
    klant.elsewhere().signs_in(PASSWORD).must(303);
    let before = real_now();
    link_for(&world, &klant);
    let after = real_now();
    let newest = &mails(&world, &klant.email)[0];
    let (hours, tick) = (TimeDelta::hours(48), TimeDelta::microseconds(1));
    assert!(works(&world.app.store, name(newest), before + hours - tick).unwrap());
    assert!(!works(&world.app.store, name(newest), after + hours).unwrap());
}

#[test]
fn who_asks_never_learns_whether_anybody_has_that_address() {
    let world = World::new();
    let klant = world.klant();
    let bare = |page: &Page| {
        let mut headers: Vec<_> = page
            .headers
            .iter()
            .filter(|(name, _)| !["date", "x-request-id", "connection"].contains(&name.as_str()))
            .map(|(name, value)| format!("{name}: {value:?}"))
            .collect();
        headers.sort();
        (page.status, headers, page.html.clone())
    };
    let visitor = world.visitor();
    let form = visitor.sees("/password/forgotten").form("/password/forgotten");
    let ask = |email: &str| {
        let answer = form.clone().fill("email", email).send(&visitor);
        (bare(&answer), bare(&visitor.follow(&answer)))
    };
    let known = ask(&klant.email);
    assert_eq!(known.0.0, 303);
    for email in
        ["niemand@example.com", "geen adres", "klant@example.com\u{0}", "' OR 1=1 --", "x@y", &"é".repeat(9_000)]
    {
        assert_eq!(ask(email), known, "{email}");
    }
    for _ in 0..4 {
        assert_eq!(ask(&klant.email), known, "also once too often");
    }
    assert_eq!(mails(&world, &klant.email).len(), 3);
    let page = form.fill("email", "  ").send(&visitor);
    page.refuses(&[("email", "Vul je e-mailadres in")]);
}

#[test]
fn only_the_newest_link_of_an_account_works_and_none_after_the_password_was_changed() {
    let world = World::new();
    let (klant, freelancer) = world.parties();
    let theirs = link_for(&world, &freelancer);
    let first = link_for(&world, &klant);
    let second = link_for(&world, &klant);
    is_gone(&world.visitor(), &first);
    world.visitor().sees(&second);
    let form = klant.sees("/account").form("/account/password");
    klant.done(&form.fill("current_password", PASSWORD).fill("new_password", NEW));
    is_gone(&world.visitor(), &second);
    world.visitor().sees(&theirs);
}

#[test]
fn an_account_gets_three_mails_an_hour_and_the_link_of_the_last_keeps_working() {
    let world = World::new();
    let klant = world.klant();
    let [_, _, last] = [(); 3].map(|()| link_for(&world, &klant));
    for _ in 0..3 {
        assert_eq!(link_for(&world, &klant), last, "nothing new came");
    }
    world.visitor().sees(&last);
    assert_eq!(mails(&world, &klant.email).len(), 3);
    // Signing in wrongly in between forgets none of it.
    klant.elsewhere().signs_in("dit is het niet").must(422);
    link_for(&world, &klant);
    assert_eq!(mails(&world, &klant.email).len(), 3);
    hours_pass_for_real(&world, 1);
    link_for(&world, &klant);
    assert_eq!(mails(&world, &klant.email).len(), 4);
}

#[test]
fn a_network_address_that_asks_too_often_has_to_wait() {
    let world = World::new();
    let visitor = world.visitor();
    let form = visitor.sees("/password/forgotten").form("/password/forgotten");
    for number in 0..20 {
        form.clone().fill("email", &format!("iemand{number}@example.com")).send(&visitor).must(303);
    }
    let page = form.clone().fill("email", "klant@example.com").send(&visitor).must(429);
    let seconds: u64 = page.header("retry-after").parse().unwrap();
    assert!((1..=3600).contains(&seconds), "{seconds}");
    page.shows("Er is hiervandaan te vaak om een link gevraagd.");
    assert_eq!(page.form("/password/forgotten").value("email"), "klant@example.com");
    assert!(mails(&world, "klant@example.com").is_empty());
    world.klant();
    hours_pass_for_real(&world, 1);
    form.fill("email", "klant@example.com").send(&visitor).must(303);
    assert_eq!(mails(&world, "klant@example.com").len(), 1);
}

#[test]
fn who_had_to_wait_after_wrong_guesses_signs_in_at_once_with_the_new_password() {
    let world = World::new();
    let klant = world.klant().elsewhere();
    for _ in 0..10 {
        klant.signs_in("dit is het niet").must(422);
    }
    klant.signs_in(PASSWORD).must(429);
    let link = link_for(&world, &klant);
    world.visitor().sets_password(&link, NEW).must(303);
    klant.signs_in(NEW).must(303);
}

#[test]
fn a_password_that_is_too_short_is_given_back_and_uses_nothing_up() {
    let world = World::new();
    let link = link_for(&world, &world.klant());
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
    let (klant, freelancer) = world.parties();
    let link = link_for(&world, &klant);
    let before = freelancer.cookies();
    freelancer.follow(&freelancer.sets_password(&link, NEW)).shows("Log ermee in.");
    assert!(!is_signed_in(&freelancer), "the next one to sign in here is somebody else");
    assert_ne!(freelancer.cookies(), before);
    let own = link_for(&world, &freelancer);
    let signed_in = world.freelancer();
    signed_in.sets_password(&own, NEW).must(303);
    assert!(!is_signed_in(&signed_in) && !is_signed_in(&klant));
}

#[test]
fn a_link_that_is_not_ours_is_told_like_one_that_was_used() {
    let world = World::new();
    let klant = world.klant();
    let link = link_for(&world, &klant);
    let (id, seal) = link.strip_prefix("/password/").unwrap().split_once('.').unwrap();
    // A row of nobody, as asking for an unknown address leaves one.
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
    let link = link_for(&world, &world.klant());
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
    let klant = world.klant();
    let link = link_for(&world, &klant);
    let passwords = ["het wachtwoord van de een", "het wachtwoord van de ander"];
    let forms = passwords.map(|new| {
        let visitor = world.visitor();
        (visitor.sees(&link).form(&link).fill("new_password", new), visitor)
    });
    let answers = std::thread::scope(|scope| {
        let sent = forms.each_ref().map(|(form, visitor)| scope.spawn(move || form.send(visitor).status));
        sent.map(|thread| thread.join().unwrap())
    });
    let mut sorted = answers;
    sorted.sort_unstable();
    assert_eq!(sorted, [303, 404]);
    let (right, wrong) = if answers[0] == 303 { (0, 1) } else { (1, 0) };
    klant.elsewhere().signs_in(passwords[wrong]).must(422);
    klant.elsewhere().signs_in(passwords[right]).must(303);
}

#[test]
fn the_mail_with_the_link_speaks_its_readers_language_and_cannot_be_switched_off() {
    let (world, smtp) = (World::new(), Smtp::new());
    let (klant, freelancer) = world.parties();
    freelancer.switches_language();
    let visitor = world.visitor().preferring("en");
    let _postman = world.postman(&smtp, FAST);
    visitor.asks_for_a_link(&klant.email).must(303);
    visitor.asks_for_a_link(&freelancer.email).must(303);
    smtp.has_taken(2);
    world.sql("UPDATE accounts SET password_hash = NULL").unwrap();
    visitor.asks_for_a_link(&klant.email).must(303);
    visitor.asks_for_a_link(&freelancer.email).must(303);
    smtp.has_taken(4);
    for (person, subjects, says) in [
        (
            &klant,
            ["Kies een nieuw wachtwoord", "Kies je wachtwoord"],
            ["Hallo Sanne de Vries,", "48 uur", "Geef de link"],
        ),
        (&freelancer, ["Choose a new password", "Choose your password"], ["Daan Bakker", "48 hours", "Give the link"]),
    ] {
        let taken = smtp.taken_for(&person.email);
        assert_eq!(taken.iter().map(Taken::subject).collect::<Vec<_>>(), subjects);
        let links: Vec<_> = mails(&world, &person.email).iter().rev().map(|mail| path(&world, mail)).collect();
        for (mail, link) in taken.iter().zip(links) {
            for part in [mail.text(), mail.html()] {
                assert!(part.contains(&format!("{}{link}", world.origin)), "{part}");
                assert!(says.iter().all(|words| part.contains(words)), "{part}");
            }
            assert_eq!((mail.header("List-Unsubscribe"), mail.read().attachment_count()), (None, 0));
        }
    }
    visitor.sets_password(&path(&world, &mails(&world, &klant.email)[0]), NEW).must(303);
}

#[test]
fn the_demo_shows_the_mail_with_the_link_and_its_clock_changes_nothing_of_it() {
    let world = World::demo();
    let visitor = world.visitor();
    world.days_pass(10);
    visitor.asks_for_a_link("klant@example.com").must(303);
    let page = visitor.sees("/demo/mail");
    let is_link = |link: &String| link.contains("/password/");
    let link = page.links().into_iter().find(is_link).expect("the mail is shown")[world.origin.len()..].to_owned();
    world.days_pass(10);
    visitor.sets_password(&link, NEW).must(303);
}

#[test]
fn where_no_mail_goes_out_nobody_is_promised_one() {
    let mut world = World::closed(Kind::default());
    world.app.settings.sends_mail = false;
    world.opens();
    let visitor = world.visitor();
    assert!(visitor.sees("/sign-in").link_named("Wachtwoord vergeten").is_none());
    visitor.get("/password/forgotten").must(404);
    visitor.get("/password/sent").must(404);
    visitor.post("/password/forgotten", &[("email", "klant@example.com")]).must(404);
    assert!(mails(&world, "klant@example.com").is_empty());
}
