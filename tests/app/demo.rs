//! The parts that only a demo has, and their absence in a real program.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use chrono::TimeDelta;
use oplossingscentrum::domain::Status;
use oplossingscentrum::store::orders::disputes;
use sha2::{Digest, Sha256};

use crate::people::Browser;
use crate::people::Person;
use crate::postman::FAST;
use crate::routes::routes;
use crate::smtp::Smtp;
use crate::soon::soon;
use crate::world::Kind;
use crate::world::World;

fn clicks(world: &World, email: &str) -> Browser {
    let visitor = world.visitor();
    let form = visitor.sees("/sign-in").form("/demo/sign-in").choose("email", email);
    let page = visitor.done(&form);
    assert_eq!(page.path, "/orders");
    visitor
}

#[test]
fn one_click_signs_in_as_each_of_the_four_people() {
    let world = World::demo();
    for (email, name) in [
        ("klant@example.com", "Sanne de Vries"),
        ("freelancer@example.com", "Daan Bakker"),
        ("beide@example.com", "Noor Jansen"),
        ("ander@example.com", "Youssef El Amrani"),
    ] {
        let person = clicks(&world, email);
        person.sees("/account").shows(name).shows(email);
        person.sees("/orders").hides("Je hebt nog geen bestellingen");
    }
    let visitor = world.visitor();
    let form = visitor.sees("/sign-in").form("/demo/sign-in");
    for email in ["buur@example.com", "niemand@example.com", ""] {
        form.clone().forge("email", email).send(&visitor).must(404);
    }
    let form = visitor.sees("/sign-in").form("/sign-in");
    form.fill("email", "klant@example.com").fill("password", "oplossing-demo").send(&visitor).must(303);
    visitor.sees("/account").shows("Sanne de Vries");
}

#[test]
fn moving_the_clock_settles_what_fell_due_before_it_answers() {
    let world = World::demo();
    let customer = clicks(&world, "klant@example.com");
    let order = world.order().titled("Nieuw").active();
    let person =
        Person { id: world.row(&order).customer, name: String::new(), email: String::new(), browser: customer };
    person.asks_for_update(&order, "Hoe staat het?");
    let dispute = world.dispute(&order, 1);
    for (advance, by) in [
        ("1h", TimeDelta::hours(1)),
        ("1d", TimeDelta::days(1)),
        ("2d", TimeDelta::days(2)),
        ("4d", TimeDelta::days(4)),
    ] {
        let before = world.now();
        let form = person.sees(&order.path).form("/demo/clock").choose("advance", advance);
        let answer = form.send(&person).must(303);
        assert_eq!(answer.location(), order.path, "back to the same page");
        let moved = world.now() - before - by;
        assert!((TimeDelta::zero()..TimeDelta::minutes(1)).contains(&moved), "{advance}: {moved}");
        let is_over = world.now() >= dispute.respond_by;
        assert_eq!(world.row(&order).status == Status::Active, is_over, "{advance}: written down before it answered");
        assert_eq!(world.sweep(), 0, "nothing is left to settle");
    }
    assert_eq!(world.dispute(&order, 1).state.closed_at(), Some(dispute.respond_by));
    person.post("/demo/clock", &[("advance", "9y")]).must(400);
    person.post("/demo/clock", &[("advance", "-1d")]).must(400);
}

#[test]
fn the_mail_page_shows_each_mail_in_the_language_of_its_reader() {
    let world = World::demo();
    let customer = clicks(&world, "klant@example.com");
    let freelancer = clicks(&world, "freelancer@example.com");
    freelancer.sees("/help").form("/language").send(&freelancer).must(303);
    let order = world.order().titled("Nieuw").active();
    let asks = |kind: &str| {
        let center = customer.sees(&order.at("/resolution")).form(&order.at("/resolution")).choose("action", kind);
        center.send(&customer).form(&order.at("/disputes"))
    };
    customer.done(&asks("cancellation").choose("reason", "no_longer_needed").fill("comment", "De bakkerij sluit."));
    world.relays();
    let page = customer.sees("/demo/mail");
    assert_eq!(page.h1(), "E-mails uit de demo");
    let mail = page.main();
    let newest = &mail[..mail.find("/answer/").expect("the mail links to the question")];
    for part in [
        "Sanne de Vries wants to cancel: Nieuw",
        "freelancer@example.com",
        "De bakkerij sluit.",
        "If you do nothing, the order is cancelled automatically on",
    ] {
        assert!(newest.contains(part), "{part}: {newest}");
    }
    let decline = freelancer.sees(&order.dispute(1)).form(&order.at("/disputes/1/decline"));
    freelancer.done(&decline.fill("comment", "We zijn er bijna."));
    world.relays();
    let mail = customer.sees("/demo/mail").main();
    let newest = &mail[..mail.find(&order.dispute(1)).unwrap()];
    for part in ["Daan Bakker is niet akkoord gegaan met annuleren.", "klant@example.com", "We zijn er bijna."] {
        assert!(newest.contains(part), "{part}: {newest}");
    }
}

#[test]
fn a_mail_of_the_demo_is_shown_exactly_as_it_is_sent_under_a_policy_that_allows_nothing_but_its_style() {
    let world = World::demo();
    let customer = clicks(&world, "klant@example.com");
    let order = world.order().titled("Nieuw").active();
    let person =
        Person { id: world.row(&order).customer, name: String::new(), email: String::new(), browser: customer };
    person.asks_for_update(&order, "Hoe staat het?");
    world.relays();
    let list = person.sees("/demo/mail");
    list.shows("Sanne de Vries vraagt om een update: Nieuw").shows("Staat klaar om te versturen");
    let way = format!("/demo/mail/event.{order}.0002.freelancer");
    assert!(list.links_to(&way), "{:?}", list.links());
    let mail = person.sees(&way);
    assert_eq!(mail.header("content-type"), "text/html; charset=utf-8");
    assert_eq!(mail.header("x-frame-options"), "DENY", "dressed like every answer");
    let document = mail.document();
    assert!(mail.text().contains("Hoe staat het?") && !document.select("nav, script, form, [style]").exists());
    let style = mail.html.split("<style>").nth(1).unwrap().split("</style>").next().unwrap();
    let hash = STANDARD.encode(Sha256::digest(style));
    let policy = mail.header("content-security-policy");
    assert!(policy.contains(&format!("style-src 'sha256-{hash}';")), "{policy}");
    assert!(policy.starts_with("default-src 'none';") && !policy.contains("unsafe"), "{policy}");
    person.get("/demo/mail/event.OC-00000000.0001.customer").must(404);
    let keys = |person: &Browser| person.sees("/demo/mail").links().join(" ");
    let reminder = format!("/demo/mail/reminder.{order}.1.24.freelancer");
    assert!(!keys(&person).contains(&reminder), "not before it is due");
    world.days_pass(1);
    world.sweep();
    assert!(keys(&person).contains(&reminder));
}

#[test]
fn nobody_gets_mail_about_the_made_up_past_of_a_demo() {
    let (world, smtp) = (World::demo(), Smtp::new());
    assert!(world.outbox().len() > 50, "it has a past");
    assert_eq!(world.waiting(), [""; 0]);
    let _postman = world.postman(&smtp, FAST);
    world.it_is(world.app.store.snapshot(disputes::next_reminder).unwrap().expect("something waits for an answer"));
    world.sweep();
    let first = world.outbox().pop().unwrap();
    assert!(first.key.starts_with("reminder."), "{first:?}");
    // Others may fall due meanwhile.
    soon(|| !smtp.taken_for(&first.to.email).is_empty());
}

#[test]
fn the_addresses_of_the_demo_are_not_there_in_a_real_program() {
    let world = World::new();
    let (customer, visitor) = (world.customer(), world.visitor());
    let demo: Vec<_> = routes().into_iter().filter(|route| route.is_demo()).collect();
    assert_eq!(demo.len(), 5, "{demo:?}");
    for route in demo {
        for browser in [&customer.browser, &visitor] {
            browser.get(route.pattern).must(404);
            let before = world.now();
            browser.post(route.pattern, &[("advance", "4d"), ("email", "freelancer@example.com")]).must(404);
            assert!(world.now() - before < TimeDelta::hours(1));
        }
    }
    visitor.get("/account").must(303);
}

#[test]
fn no_page_of_a_real_program_mentions_the_demo() {
    let world = World::new();
    let customer = world.customer();
    let order = world.order().up_to(Status::InDispute);
    let active = world.order().active();
    for address in [
        "/orders",
        "/disputes",
        "/notifications",
        "/account",
        "/help",
        "/nergens",
        &order.path,
        &order.dispute(1),
        &active.at("/resolution"),
        &active.at("/resolution?action=update"),
    ] {
        let html = customer.get(address).html.to_lowercase();
        assert!(!html.contains("demo"), "{address}");
    }
    assert!(!world.visitor().sees("/sign-in").html.to_lowercase().contains("demo"));
}

#[test]
fn the_demo_answers_to_whatever_name_of_this_machine_was_typed() {
    let world = World::closed(Kind { demo: true, ..Kind::default() });
    let mut world = world;
    world.opens();
    let visitor = world.visitor();
    let port = world.origin.rsplit(':').next().unwrap();
    let (host, origin) = (format!("localhost:{port}"), format!("http://localhost:{port}"));
    let form = visitor.sees("/help").form("/language");
    let send = |host: &str| {
        let headers = [("host", host), ("origin", origin.as_str()), ("sec-fetch-site", "same-origin")];
        visitor.request(&reqwest::Method::POST, "/language", &headers, &form.fields).status
    };
    assert_eq!((send(&host), send("evil.example")), (303, 421));
}
