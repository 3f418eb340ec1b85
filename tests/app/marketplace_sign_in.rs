//! Coming in through the marketplace: by a link that its program asked for, and by its own sign-in page.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::TimeDelta;
use oplossingscentrum::clock::real_now;
use oplossingscentrum::domain::accounts::event::AccountEventKind;
use oplossingscentrum::domain::marketplace::key::Scope;
use oplossingscentrum::secret::Secret;
use oplossingscentrum::settings::{Entrance, HandOff, OrderActions};
use oplossingscentrum::store::outbox::SecurityNotice;
use reqwest::Method;
use serde_json::{Value, json};
use url::Url;

use crate::api::Program;
use crate::page::Page;
use crate::passwords::link_for;
use crate::people::{Browser, Person};
use crate::second_factor_lost::notices;
use crate::world::{Kind, World};

const MARKETPLACE: &str = "https://markt.example.com";
const SHARED: &str = "a secret of the marketplace and this program";
const FIREFOX: &str = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:145.0) Gecko/20100101 Firefox/145.0";

impl World {
    /// The path of a new link for that account.
    pub fn sign_in_link(&self, shop: &Program, id: &str, next: &str) -> String {
        let made = shop.post("/sign-in-links", &json!({"account": id, "next": next})).must(201).json();
        made["url"].as_str().unwrap().strip_prefix(&self.origin).expect("it is ours").to_owned()
    }
}

/// A world whose marketplace is known, and signs people in when `signs_in`.
fn world(signs_in: bool) -> World {
    let mut world = World::closed(Kind::default());
    let url = format!("{MARKETPLACE}/sign-in?to=oplossing").parse().unwrap();
    let hand_off = signs_in.then(|| HandOff { url, secret: Secret::new(SHARED.as_bytes()) });
    world.settings().entrance = Entrance { origin: Some(MARKETPLACE.to_owned()), hand_off };
    world.settings().operator.name = Some("Markt".to_owned());
    world.opens();
    world
}

fn who(browser: &Browser) -> Option<String> {
    let page = browser.get("/account");
    (page.status == 200).then(|| page.document().select("main").text().to_string())
}

fn is(browser: &Browser, name: &str) -> bool {
    who(browser).is_some_and(|account| account.contains(name))
}

#[test]
fn a_link_names_its_person_before_it_signs_in_and_does_so_once() {
    let world = world(false);
    let shop = world.shop();
    let order = world.order().active();
    let link = world.sign_in_link(&shop, "k1", &order.path);
    let (scanner, sanne) = (world.visitor(), world.visitor());
    for _ in 0..2 {
        let page = scanner.sees(&link);
        assert_eq!(page.h1(), "Ga verder als Sanne de Vries");
        assert!(page.has("Je komt van Markt"), "{}", page.text());
        assert_eq!(page.header("referrer-policy"), "strict-origin");
        scanner.request(&Method::HEAD, &link, &[], &[]).must(200);
    }
    assert_eq!(who(&scanner), None, "looking signs nobody in");
    let arrived = sanne.sees(&link).form(&link).send(&sanne).must(303);
    assert_eq!(arrived.location(), order.path);
    assert!(is(&sanne, "Sanne de Vries"));
    assert!(sanne.sees("/account").says("Via de marktplaats"));
    let gone = scanner.get(&link).must(404);
    assert_eq!(gone.h1(), "Deze link werkt niet meer");
    scanner.post(&link, &[]).must(404);
    assert_eq!(who(&scanner), None);
}

#[test]
fn a_link_ends_after_a_minute_with_a_newer_one_and_with_the_account() {
    let world = world(false);
    let shop = world.shop();
    let visitor = world.visitor();
    let old = world.sign_in_link(&shop, "k1", "/orders");
    let new = world.sign_in_link(&shop, "k1", "/orders");
    let other = world.sign_in_link(&shop, "f1", "/orders");
    visitor.get(&old).must(404);
    visitor.sees(&new);
    visitor.sees(&other);
    let made = shop.post("/sign-in-links", &json!({"account": "k1"})).must(201).json();
    let ends = chrono::DateTime::parse_from_rfc3339(made["expires_at"].as_str().unwrap()).unwrap();
    let seconds = (ends.to_utc() - real_now()).num_seconds();
    assert!((50..=60).contains(&seconds), "{seconds}");
    world.sql("UPDATE sign_in_links SET expires_at = '2026-01-01 00:00:00'").unwrap();
    visitor.get(&new).must(404);
    visitor.post(&other, &[]).must(404);
    world.sweep();
    let last = world.sign_in_link(&shop, "k1", "/orders");
    let (is_done, said) = world.runs(&["account", "suspend", "klant@example.com"], "");
    assert!(is_done, "{said}");
    visitor.get(&last).must(404);
    let closed = world.sign_in_link(&shop, "k1", "/orders");
    visitor.get(&closed).must(403);
    visitor.post(&closed, &[]).must(403);
    assert_eq!(who(&visitor), None);
}

#[test]
fn a_forged_link_opens_nothing_for_any_visitor() {
    let world = world(false);
    let shop = world.shop();
    let (customer, _) = world.parties();
    let (path, token) = (String::from("/sign-in/link/"), world.sign_in_link(&shop, "f1", "/orders"));
    let token = token.strip_prefix(&path).unwrap();
    let (name, seal) = token.rsplit_once('.').unwrap();
    let password = world.app.settings.secret.name("password", name);
    let forged = [
        format!("{name}.{}", seal.chars().rev().collect::<String>()),
        format!("{}x.{seal}", &name[1..]),
        name.to_owned(),
        password,
    ];
    for browser in [&world.visitor(), &customer.browser] {
        for token in &forged {
            browser.get(&format!("{path}{token}")).must(404);
            browser.post(&format!("{path}{token}"), &[]).must(404);
        }
    }
    assert!(is(&customer.browser, "Sanne de Vries"));
}

#[test]
fn one_who_comes_from_the_marketplaces_own_page_is_in_at_once_and_nobody_else_is() {
    let world = world(false);
    let shop = world.shop();
    let from =
        |browser: &Browser, link: &str, headers: &[(&str, &str)]| browser.request(&Method::GET, link, headers, &[]);
    let link = world.sign_in_link(&shop, "k1", "/orders");
    for headers in [
        &[("referer", "https://evil.example.com/markt.example.com")][..],
        &[("referer", "http://markt.example.com/")],
        &[("referer", "https://markt.example.com:8443/")],
        &[("referer", "https://markt.example.com@evil.example.com/")],
        &[("referer", "https://markt.example.com/order"), ("sec-purpose", "prefetch")],
        &[("referer", "https://markt.example.com/order"), ("sec-fetch-dest", "image")],
    ] {
        let visitor = world.visitor();
        from(&visitor, &link, headers).must(200);
        assert_eq!(who(&visitor), None, "{headers:?}");
    }
    let (noor, other) = (world.somebody("Noor Bos"), world.visitor());
    let page = from(&noor, &link, &[("referer", "https://markt.example.com/order")]).must(200);
    assert!(page.has("Je bent hier nu ingelogd als Noor Bos"), "{}", page.text());
    assert!(is(&noor, "Noor Bos"), "she decides by herself");
    from(&other, &link, &[("referer", "https://markt.example.com/order"), ("sec-fetch-dest", "document")]).must(303);
    assert!(is(&other, "Sanne de Vries"));
    let again = world.sign_in_link(&shop, "k1", "/notifications");
    assert_eq!(from(&other, &again, &[]).must(303).location(), "/notifications", "she is in already");
    let changing = world.sign_in_link(&shop, "k1", "/orders");
    noor.sees(&changing).form(&changing).send(&noor).must(303);
    assert!(is(&noor, "Sanne de Vries"));
}

#[test]
fn without_an_address_of_the_marketplace_every_link_names_its_person() {
    let world = World::new();
    let link = world.sign_in_link(&world.shop(), "k1", "/orders");
    let visitor = world.visitor();
    for referer in ["https://markt.example.com/", "null", ""] {
        visitor.request(&Method::GET, &link, &[("referer", referer)], &[]).must(200);
    }
    assert_eq!(who(&visitor), None);
}

#[test]
fn the_second_factor_is_asked_and_the_marketplace_counts_as_proof_for_ten_minutes() {
    let world = world(false);
    let shop = world.shop();
    let sanne = world.customer();
    let (app, _) = sanne.switches_second_factor_on();
    world.codes_are_new_again();
    let browser = world.visitor().calling_itself(FIREFOX);
    let link = world.sign_in_link(&shop, "k1", "/account/second-factor");
    let asked = browser.sees(&link).form(&link).send(&browser).must(303);
    assert!(asked.location().starts_with("/sign-in/code?next="), "{}", asked.location());
    assert_eq!(who(&browser), None, "not without the code");
    assert!(world.event_kinds(&sanne).contains(&AccountEventKind::MarketplaceAwaited));
    let code = browser.sees(asked.location()).form("/sign-in/code").fill("code", &app.code(1)).send(&browser).must(303);
    assert_eq!(code.location(), "/account/second-factor");
    assert!(world.event_kinds(&sanne).contains(&AccountEventKind::MarketplaceFirst));
    let form = browser.sees("/account/second-factor").form("/account/second-factor/off");
    assert!(form.values("current_password").is_empty(), "having come in by the marketplace is proof");
    let before = (real_now() - TimeDelta::minutes(11)).format("%Y-%m-%d %H:%M:%S");
    world.sql(&format!("UPDATE sessions SET signed_in_at = '{before}' WHERE by_marketplace")).unwrap();
    let form = browser.sees("/account/second-factor").form("/account/second-factor/off");
    assert!(!form.values("current_password").is_empty(), "for ten minutes");
}

#[test]
fn wrong_codes_by_the_marketplace_leave_the_way_by_the_mailbox_open() {
    let world = world(false);
    let shop = world.shop();
    let sanne = world.customer();
    let (_, codes) = sanne.switches_second_factor_on();
    let thief = world.visitor().calling_itself(FIREFOX);
    let link = world.sign_in_link(&shop, "k1", "/account");
    let asked = thief.sees(&link).form(&link).send(&thief).must(303);
    let form = thief.sees(asked.location()).form("/sign-in/code");
    let tries: Vec<u16> = (0..6).map(|_| form.clone().fill("code", "000000").send(&thief).status).collect();
    assert_eq!(tries, [422, 422, 422, 422, 422, 429]);
    let owner = world.visitor();
    let by_mail = link_for(&world, &sanne);
    let by_mail = by_mail.strip_prefix(&world.origin).unwrap_or(&by_mail);
    let set =
        owner.sees(by_mail).form(by_mail).fill("new_password", "een heel ander wachtwoord 7").send(&owner).must(303);
    let code = owner.sees(set.location()).form("/sign-in/code").fill("code", &codes[0]).send(&owner);
    assert_eq!(code.status, 303, "she gets in");
}

#[test]
fn the_first_time_in_a_browser_is_mailed_and_every_time_stands_in_the_events() {
    let world = world(false);
    let shop = world.shop();
    let sanne = world.customer();
    let comes = |browser: &Browser| {
        let link = world.sign_in_link(&shop, "k1", "/orders");
        browser.sees(&link).form(&link).send(browser).must(303);
    };
    let kinds = || -> Vec<AccountEventKind> {
        let is_way = |kind: &AccountEventKind| {
            matches!(kind, AccountEventKind::Marketplace | AccountEventKind::MarketplaceFirst)
        };
        world.event_kinds(&sanne).into_iter().filter(is_way).collect()
    };
    let mails = || notices(&world, &sanne).iter().filter(|notice| **notice == SecurityNotice::MarketplaceFirst).count();
    let firefox = world.visitor().calling_itself(FIREFOX);
    comes(&firefox);
    assert_eq!((kinds(), mails()), (vec![AccountEventKind::MarketplaceFirst], 1));
    firefox.post("/sign-out", &[]).must(303);
    comes(&firefox);
    assert_eq!((kinds().last(), mails()), (Some(&AccountEventKind::Marketplace), 1), "this browser came before");
    // Another browser of the same name, which the account does not know by its cookie.
    comes(&world.visitor().calling_itself(FIREFOX));
    assert_eq!((kinds().last(), mails()), (Some(&AccountEventKind::MarketplaceFirst), 2));
    let page = sanne.sees("/account/events");
    assert!(
        page.says("Voor het eerst ingelogd via de marktplaats met deze browser")
            && page.says("Ingelogd via de marktplaats")
    );
}

#[test]
fn what_a_program_asks_for_is_checked_and_tells_nothing_of_orders() {
    let world = world(false);
    let shop = world.shop();
    let order = world.order().active();
    let (customer, _) = world.parties();
    customer.asks_for_update(&order, "Hoe staat het?");
    let post = |body: &Value| shop.post("/sign-in-links", body);
    let codes = |body: &Value| -> Vec<String> {
        let errors = post(body).must(422).json()["errors"].as_array().unwrap().clone();
        errors
            .iter()
            .map(|error| format!("{} {}", error["code"].as_str().unwrap(), error["pointer"].as_str().unwrap()))
            .collect()
    };
    assert_eq!(codes(&json!({})), ["missing /account"]);
    assert_eq!(codes(&json!({"account": "k9"})), ["unknown_account /account"]);
    assert_eq!(
        codes(&json!({"account": 7, "next": 7, "role": "x"})),
        ["unknown_field ", "invalid /account", "invalid /next"]
    );
    for next in ["//evil.example", "https://evil.example/", "orders", "/\\evil.example", "/a b", "/\r\nx"] {
        assert_eq!(codes(&json!({"account": "k1", "next": next})), ["invalid /next"], "{next}");
    }
    assert_eq!(shop.sends(&Method::POST, "/sign-in-links", &[], Some("[]")).status, 400);
    let shape = |next: &str| {
        let made = post(&json!({"account": "k1", "next": next})).must(201);
        let url = made.json()["url"].as_str().unwrap().to_owned();
        made.html.replace(&url, "URL").replace(made.json()["expires_at"].as_str().unwrap(), "AT")
    };
    let known = shape(&order.dispute(1));
    for next in
        [order.dispute(2), order.path.clone(), "/orders/OC-00000000/disputes/1".to_owned(), "/nothing".to_owned()]
    {
        assert_eq!(shape(&next), known, "{next}");
    }
    world.program(&[Scope::OrdersRead]).post("/sign-in-links", &json!({"account": "k1"})).must(403);
}

/// The question that stands in an address of the marketplace.
fn question(answer: &Page) -> Value {
    let there: Url = answer.location().parse().unwrap();
    assert!(answer.location().starts_with(&format!("{MARKETPLACE}/sign-in?to=oplossing&request=")), "{there}");
    let field = |name: &str| there.query_pairs().find(|(key, _)| key == name).unwrap().1.into_owned();
    let request = field("request");
    assert!(Secret::new(SHARED.as_bytes()).is_mac(&request, &field("signature")));
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(request).unwrap()).unwrap()
}

/// The address of the answer that the marketplace sends a visitor back with.
fn answers(secret: &str, answer: &Value) -> String {
    let response = URL_SAFE_NO_PAD.encode(answer.to_string());
    let signature = Secret::new(secret.as_bytes()).mac(&response);
    format!("/sign-in/return?response={response}&signature={signature}")
}

fn in_a_minute() -> i64 {
    (real_now() + TimeDelta::seconds(60)).timestamp()
}

#[test]
fn a_deep_link_leads_through_the_marketplace_and_back_to_its_page() {
    let world = world(true);
    let shop = world.shop();
    shop.put("/orders/2026-881", &crate::api::order()).must(201);
    let visitor = world.visitor();
    let asked = question(&visitor.get("/orders/by/2026-881").must(303));
    assert_eq!(asked["return"], json!(format!("{}/sign-in/return", world.origin)));
    let back = answers(SHARED, &json!({"nonce": asked["nonce"], "external_id": "k1", "exp": in_a_minute()}));
    let arrived = visitor.get(&back).must(303);
    assert_eq!(arrived.location(), "/orders/by/2026-881");
    let order = visitor.get(arrived.location()).must(303);
    assert!(visitor.sees(order.location()).says("Logo voor een bakkerij"));
    visitor.get(&back).must(403);
    let other = world.visitor();
    other.get(&back).must(403);
    assert_eq!(who(&other), None, "an answer is for the browser that asked");
    let sent = world.somebody("Noor Bos");
    sent.get("/orders/by/2026-881").must(404);
}

#[test]
fn every_false_answer_gets_the_same_page_and_no_session() {
    let world = world(true);
    world.shop();
    let pages = |make: &dyn Fn(&Value) -> String| {
        let visitor = world.visitor();
        let asked = question(&visitor.get("/orders").must(303));
        let page = visitor.get(&make(&asked)).must(403);
        assert_eq!(who_without_hand_off(&visitor), None);
        page.h1()
    };
    let whole = |asked: &Value| json!({"nonce": asked["nonce"], "external_id": "k1", "exp": in_a_minute()});
    let with = |asked: &Value, name: &str, value: Value| {
        let mut whole = whole(asked);
        whole[name] = value;
        whole
    };
    let makers: [&dyn Fn(&Value) -> String; 9] = [
        &|asked| answers("another secret that is as long as it", &whole(asked)),
        &|asked| answers(SHARED, &with(asked, "nonce", json!("of another browser"))),
        &|asked| answers(SHARED, &with(asked, "exp", json!(real_now().timestamp() - 1))),
        &|asked| answers(SHARED, &with(asked, "exp", json!(real_now().timestamp() + 86_400))),
        &|asked| answers(SHARED, &with(asked, "external_id", json!("none"))),
        &|asked| answers(SHARED, &json!({"nonce": asked["nonce"], "exp": in_a_minute()})),
        &|asked| answers(SHARED, &whole(asked)).replace("&signature=", "&signature=0"),
        &|_| "/sign-in/return".to_owned(),
        &|_| "/sign-in/return?response=%00&signature=x".to_owned(),
    ];
    for make in makers {
        assert_eq!(pages(make), "Inloggen is niet gelukt");
    }
    let visitor = world.visitor();
    let asked = question(&visitor.get("/orders").must(303));
    let unknown = visitor.get(&answers(SHARED, &with(&asked, "external_id", json!("k9")))).must(403);
    assert!(unknown.has("Je account bij Markt is hier nog niet bekend"), "{}", unknown.text());
}

/// Who is signed in, in a browser that is not sent to the marketplace.
fn who_without_hand_off(browser: &Browser) -> Option<String> {
    let page = browser.request(&Method::GET, "/account", &[("sec-fetch-dest", "empty")], &[]);
    (page.status == 200).then(|| page.text())
}

#[test]
fn a_marketplace_that_is_down_keeps_nobody_out() {
    let world = world(true);
    let sanne: Person = world.customer().elsewhere();
    question(&sanne.get("/notifications").must(303));
    let form = sanne.get("/notifications").must(303);
    assert_eq!(form.location(), "/sign-in?next=%2Fnotifications", "sent there once, the own form is next");
    let page = sanne.sees(form.location());
    let button = page.link_named("Inloggen via Markt").expect("both ways are there");
    question(&sanne.get(&button).must(303));
    sanne.signs_in(crate::world::PASSWORD).must(303);
    assert!(is(&sanne, "Sanne de Vries"));
    // What a page's script asks for in between is not sent to another site.
    let script = world.visitor().request(&Method::GET, "/orders", &[("sec-fetch-dest", "empty")], &[]).must(303);
    assert!(script.location().starts_with("/sign-in?next="));
}

#[test]
fn a_secret_that_is_changed_is_taken_beside_the_new_one() {
    let mut world = World::closed(Kind::default());
    let url: Url = format!("{MARKETPLACE}/sign-in?to=oplossing").parse().unwrap();
    let secret = Secret::new(SHARED.as_bytes()).accepting(b"the one before");
    world.settings().entrance = Entrance { origin: None, hand_off: Some(HandOff { url, secret }) };
    world.opens();
    world.shop();
    for secret in [SHARED, "the one before"] {
        let visitor = world.visitor();
        let asked = question(&visitor.get("/orders").must(303));
        let answer = json!({"nonce": asked["nonce"], "external_id": "k1", "exp": in_a_minute()});
        visitor.get(&answers(secret, &answer)).must(303);
        assert!(is(&visitor, "Sanne de Vries"), "{secret}");
    }
}

#[test]
fn where_the_marketplace_has_the_buttons_ours_are_not_there_and_refuse() {
    let mut world = World::closed(Kind::default());
    world.settings().order_actions = OrderActions::Marketplace;
    world.opens();
    let (customer, freelancer) = world.parties();
    let (working, delivered) = (world.order().active(), world.order().delivered());
    let page = freelancer.sees(&working.path);
    assert!(page.says("Opleveren doe je bij de marktplaats.") && page.link_named("Opleveren").is_none());
    assert!(page.link_named("Wijziging aanvragen").is_some(), "what is settled here stays");
    let page = customer.sees(&delivered.path);
    assert!(page.says("Goedkeuren of een revisie vragen doe je bij de marktplaats."));
    assert!(page.link_named("Goedkeuren").is_none() && !page.buttons().contains(&"Revisie vragen".to_owned()));
    assert!(!customer.sees("/orders").text().contains("Goedkeuren"));
    for (person, path) in [
        (&freelancer, working.at("/deliver")),
        (&customer, delivered.at("/approve")),
        (&customer, delivered.at("/revision")),
    ] {
        let refused = person.post(&path, &[("comment", "Hallo")]).must(409);
        assert_eq!(refused.h1(), "Dit doe je bij de marktplaats", "{path}");
    }
    freelancer.get(&working.at("/deliver")).must(409);
    customer.get(&delivered.at("/approve")).must(409);
    let shop = world.shop();
    shop.put("/orders/1", &crate::api::order()).must(201);
    let moved = shop.put("/orders/1", &json!({"status": "delivered"})).must(200).json();
    assert_eq!(moved["status"], json!("delivered"), "its own word is taken");
}
