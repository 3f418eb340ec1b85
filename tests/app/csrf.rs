//! Forms from other sites are refused.

use oplossingscentrum::domain::Language::Nl;
use oplossingscentrum::domain::Status;
use oplossingscentrum::domain::marketplace::key::Scope;
use reqwest::Method;
use serde_json::json;
use strum::VariantArray;

use crate::answer_links::answer_link;
use crate::builders::Order;
use crate::counts::report;
use crate::passwords::link_for;
use crate::people::Person;
use crate::routes::routes;
use crate::rows::Row;
use crate::world::PASSWORD;
use crate::world::World;

type Fields = Vec<(String, String)>;

/// An action that would succeed if the guard let it through.
struct Step<'a> {
    by: &'a Person,
    path: String,
    fields: Fields,
}

fn step<'a>(by: &'a Person, path: impl Into<String>, fields: &[(&str, &str)]) -> Step<'a> {
    Step { by, path: path.into(), fields: with_token(fields, None) }
}

fn with_token(fields: &[(&str, &str)], token: Option<&str>) -> Fields {
    let fields = fields.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
    and_token(fields.collect(), token)
}

fn and_token(mut all: Fields, token: Option<&str>) -> Fields {
    all.extend(token.map(|token| ("csrf_token".to_owned(), token.to_owned())));
    all
}

/// Checks that no form of the program is missing here.
#[track_caller]
fn tries_every_form(steps: &[Step], orders: &[Order]) {
    // The form that mail providers post from anywhere is tested with the mails: it can only stop mails.
    let anywhere = "/unsubscribe/{token}";
    for route in routes().iter().filter(|route| route.post && !route.is_demo() && route.pattern != anywhere) {
        let is_tried = |step: &Step, order: &Order| {
            let token = step.path.rsplit('/').next().unwrap_or_default();
            route.of(&order.to_string()).replace("{token}", token) == step.path
        };
        let covered = steps.iter().any(|step| orders.iter().any(|order| is_tried(step, order)));
        assert!(covered, "no test tries {}", route.pattern);
    }
}

/// Sends it as other sites would, in several ways; returns how many.
#[track_caller]
fn forged(step: &Step, own: &str, other: &str) -> usize {
    let ours = step.by.own_headers();
    let origin = ours[0];
    let forgeries = [
        ("no token", vec![ours[0], ours[1]], None),
        ("an empty token", vec![ours[0], ours[1]], Some("")),
        ("another session's token", vec![ours[0], ours[1]], Some(other)),
        ("a cross-site form", vec![origin, ("sec-fetch-site", "cross-site")], Some(own)),
        ("a form of a neighbour", vec![origin, ("sec-fetch-site", "same-site")], Some(own)),
        ("a form typed in", vec![("sec-fetch-site", "none")], Some(own)),
        ("a foreign origin", vec![("origin", "https://evil.example")], Some(own)),
        ("an origin that hides", vec![("origin", "null")], Some(own)),
    ];
    for (what, headers, token) in &forgeries {
        let page = step.by.request(&Method::POST, &step.path, headers, &and_token(step.fields.clone(), *token));
        assert_eq!(page.status, 403, "{what}: {}", step.path);
        assert_eq!(page.h1(), Nl.words().error_forbidden(), "{what}: {}", step.path);
    }
    forgeries.len()
}

/// Whether this address also has a page.
fn has_page(path: &str) -> bool {
    ["/sign-in", "/sign-in/code", "/account", "/password/forgotten"].contains(&path)
        || path.starts_with("/password/")
        || path.starts_with("/sign-in/link/")
        || path.starts_with("/answer/")
        || path.ends_with("/accept")
        || path.ends_with("/withdraw")
        || path.ends_with("/deliver")
        || path.ends_with("/approve")
        || path.ends_with("/set-up")
        || path.ends_with("/codes")
}

#[test]
#[expect(clippy::too_many_lines, reason = "it names every form of the product once")]
fn every_form_is_refused_without_its_token_and_from_elsewhere() {
    let world = World::new();
    let (customer, freelancer) = world.parties();
    let orders: Vec<_> = [
        Status::Active,
        Status::Active,
        Status::Active,
        Status::Delivered,
        Status::Delivered,
        Status::Active,
        Status::Active,
        Status::Active,
        Status::Active,
    ]
    .map(|status| world.order().up_to(status))
    .into();
    let [asks, changes, delivers, approves, revises, update, accept, decline, withdraw] = &orders[..] else { panic!() };
    Row::Update.opens(update, &customer, &freelancer);
    for order in [accept, decline, withdraw] {
        Row::CustomerCancels.opens(order, &customer, &freelancer);
    }
    let link = link_for(&world, &freelancer);
    let answer = answer_link(&world, decline, &freelancer);
    // A person who gave the password and is asked for the code of the second factor.
    let half_in = world.somebody("Kim de Boer");
    let (app, _) = half_in.switches_second_factor_on();
    let half_in = half_in.elsewhere();
    half_in.gives_password();
    let code = app.code(1);
    let shop = world.program(Scope::VARIANTS);
    shop.put("/accounts/h1", &json!({"email": half_in.email, "name": half_in.name, "adopt_email": true})).must(200);
    let came = world.sign_in_link(&shop, "h1", "/orders");
    // The forgeries take longer than a minute.
    world.sql("UPDATE sign_in_links SET expires_at = '2099-01-01 00:00:00'").unwrap();
    let comment = ("comment", "Hallo");
    let known = ("current_password", PASSWORD);
    let (_, form) = freelancer.second_factor_form();
    let offered: Vec<_> = form
        .fields
        .iter()
        .filter(|(name, _)| name != "csrf_token")
        .map(|(name, value)| (name.as_str(), value.as_str()))
        .collect();
    let steps = [
        step(&customer, asks.at("/disputes"), &[("kind", "update"), comment, ("form_token", "abc")]),
        step(&freelancer, changes.at("/changes"), &[("extra_days", "3"), comment, ("form_token", "abc")]),
        step(&freelancer, delivers.at("/deliver"), &[]),
        step(&customer, approves.at("/approve"), &[]),
        step(&customer, revises.at("/revision"), &[comment]),
        step(&customer, update.at("/disputes/1/comments"), &[comment]),
        step(&freelancer, update.at("/disputes/1/update"), &[comment]),
        step(&freelancer, accept.at("/disputes/1/accept"), &[]),
        step(&freelancer, &*answer, &[("action", "comment"), comment]),
        step(&freelancer, decline.at("/disputes/1/decline"), &[comment]),
        step(&freelancer, withdraw.at("/disputes/1/seen"), &[]),
        step(&customer, withdraw.at("/disputes/1/remind"), &[]),
        step(&customer, withdraw.at("/disputes/1/withdraw"), &[]),
        step(&customer, "/notifications/read", &[]),
        step(&customer, "/account", &[("language", "en"), ("time_zone", "UTC")]),
        step(&customer, "/language", &[("language", "nl"), ("next", "/orders")]),
        step(&customer, "/account/data", &[known]),
        step(&customer, "/account/password", &[("current_password", PASSWORD), ("new_password", "een heel ander")]),
        step(&freelancer, "/account/calendar", &[("action", "make"), known]),
        step(&customer, "/password/forgotten", &[("email", "klant@example.com")]),
        step(&customer, "/account/devices/end", &[("device", "x")]),
        step(&freelancer, "/account/second-factor/set-up", &offered),
        step(&freelancer, "/account/second-factor/kept", &[]),
        step(&freelancer, "/account/second-factor/codes", &[known]),
        step(&freelancer, "/account/second-factor/off", &[known]),
        step(&freelancer, "/sign-out", &[]),
        step(&customer, &*link, &[("new_password", "een heel ander")]),
        step(&customer, "/account/sign-out-everywhere", &[]),
        step(&half_in, "/sign-in/code", &[("code", &code)]),
        step(&half_in, &*came, &[]),
        step(&customer, "/sign-in", &[("email", "klant@example.com"), ("password", "een heel ander")]),
    ];
    tries_every_form(&steps, &orders);
    let people = [&customer, &freelancer];
    let [of_klant, of_freelancer, of_half_in] = [&customer, &freelancer, &half_in].map(|person| person.csrf_token());
    let refs: Vec<_> = orders.iter().collect();
    let before = world.everything(&people, &refs);
    let mut forgeries = 0;
    for step in &steps {
        let (own, other) = match step.by.id {
            id if id == customer.id => (&of_klant, &of_freelancer),
            id if id == freelancer.id => (&of_freelancer, &of_half_in),
            _ => (&of_half_in, &of_klant),
        };
        forgeries += forged(step, own, other);
        // A link or an image on another site that leads there: it gets a page that only asks, or none at all.
        let query = serde_html_form::to_string(and_token(step.fields.clone(), Some(own))).unwrap();
        let page = step.by.request(&Method::GET, &format!("{}?{query}", step.path), &[], &[]);
        assert!([200, 303, 409].contains(&page.status), "{}: {}", step.path, page.status);
        assert!(page.status == 303 || has_page(&step.path), "{}: {}", step.path, page.status);
        forgeries += 1;
    }
    report(format_args!("forged forms: {} forms, {forgeries} forgeries", steps.len()));
    assert_eq!(world.everything(&people, &refs), before, "nothing happened");
    for person in people {
        person.sees("/account");
    }
    // With its token each of them succeeds: the refusals above had no other cause.
    for step in &steps {
        let token = step.by.csrf_token();
        let page = step.by.request(
            &Method::POST,
            &step.path,
            &step.by.own_headers(),
            &and_token(step.fields.clone(), Some(&token)),
        );
        assert_eq!(page.status, 303, "{}: {}", step.path, page.main());
    }
    assert_ne!(world.everything(&people, &refs), before);
}

#[test]
fn signing_in_needs_the_token_of_the_page_too() {
    let world = World::new();
    let victim = world.customer().elsewhere();
    let fields = with_token(&[("email", "klant@example.com"), ("password", PASSWORD)], None);
    victim.request(&Method::POST, "/sign-in", &victim.own_headers(), &fields).must(403);
    let attacker = world.visitor().csrf_token();
    let stolen = with_token(&[("email", "klant@example.com"), ("password", PASSWORD)], Some(&attacker));
    victim.request(&Method::POST, "/sign-in", &victim.own_headers(), &stolen).must(403);
    victim.get("/orders").must(303);
}

#[test]
fn a_browser_that_says_nothing_of_where_a_form_comes_from_still_has_its_token() {
    let world = World::new();
    let customer = world.customer();
    let fields = with_token(&[("language", "en"), ("next", "/orders")], Some(&customer.csrf_token()));
    customer.request(&Method::POST, "/language", &[], &fields).must(303);
}

#[test]
fn a_token_of_before_signing_in_is_of_no_use_afterwards() {
    let world = World::new();
    let customer = world.customer().elsewhere();
    let old = customer.csrf_token();
    customer.signs_in(PASSWORD).must(303);
    customer.post_with(&old, "/notifications/read", &[]).must(403);
}

#[test]
fn a_page_of_our_own_with_no_form_in_it_cannot_be_posted_as_json() {
    let world = World::new();
    let customer = world.customer();
    let headers = [customer.own_headers()[0], ("content-type", "text/plain")];
    let fields = with_token(&[], Some(&customer.csrf_token()));
    customer.request(&Method::POST, "/notifications/read", &headers, &fields).must(403);
}
