//! The interface for the marketplace's programs: its keys, what it takes, what it answers and what it refuses.

use std::collections::BTreeSet;

use chrono::TimeDelta;
use oplossingscentrum::clock::real_now;
use oplossingscentrum::domain::Status;
use oplossingscentrum::domain::marketplace::key::Scope;
use oplossingscentrum::operations::marketplace::keys;
use oplossingscentrum::store::maintenance::tables::TABLES;
use reqwest::Method;
use reqwest::blocking::Client;
use serde_json::{Value, json};
use strum::VariantArray;

use crate::log;
use crate::page::Page;
use crate::people::Browser;
use crate::world::{Kind, World};

const DOCUMENT: &str = include_str!("../../src/api/openapi.json");

/// A program of the marketplace with its key.
pub struct Program {
    client: Client,
    address: String,
    key: Option<String>,
}

impl World {
    /// A program with a key that has these scopes.
    pub fn program(&self, scopes: &[Scope]) -> Program {
        let name = format!("shop-{}", rand::random::<u32>());
        let key = keys::create(&self.app.store, &name, scopes, None, real_now()).unwrap();
        self.program_with(Some(key.text()))
    }

    fn program_with(&self, key: Option<String>) -> Program {
        let client = Client::builder().no_proxy().pool_max_idle_per_host(0).build().unwrap();
        Program { client, address: self.visitor().address().to_owned(), key }
    }

    /// A program that may do everything, with the two people of every order.
    pub fn shop(&self) -> Program {
        let shop = self.program(Scope::VARIANTS);
        self.parties();
        for (id, email, name) in
            [("k1", "klant@example.com", "Sanne de Vries"), ("f1", "freelancer@example.com", "Daan Bakker")]
        {
            let body = json!({"email": email, "name": name, "adopt_email": true});
            shop.put(&format!("/accounts/{id}"), &body).must(200);
        }
        shop
    }

    /// A sum over every table but those that a reading request may touch.
    fn sums(&self) -> Vec<(&'static str, String)> {
        let tables = TABLES.iter().filter(|table| !["sessions", "api_keys"].contains(&table.name));
        let sum = |table: &oplossingscentrum::store::maintenance::tables::Table| {
            let sum = self.app.store.snapshot(|db| table.sum(db)).unwrap();
            (table.name, format!("{sum:?}"))
        };
        tables.map(sum).collect()
    }
}

impl Program {
    pub fn sends(&self, method: &Method, path: &str, headers: &[(&str, &str)], body: Option<&str>) -> Page {
        let mut request = self.client.request(method.clone(), format!("{}/api/v1{path}", self.address));
        if let Some(key) = &self.key {
            request = request.header("authorization", format!("Bearer {key}"));
        }
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        if let Some(body) = body {
            request = request.header("content-type", "application/json").body(body.to_owned());
        }
        let answer = request.send().unwrap();
        let (status, headers) = (answer.status().as_u16(), answer.headers().clone());
        let page = Page { path: path.to_owned(), status, headers, html: answer.text().unwrap() };
        conforms(method, &page);
        log::keeps_out(&[], &page);
        page
    }

    pub fn get(&self, path: &str) -> Page {
        self.sends(&Method::GET, path, &[], None)
    }

    pub fn post(&self, path: &str, body: &Value) -> Page {
        self.sends(&Method::POST, path, &[], Some(&body.to_string()))
    }

    pub fn put(&self, path: &str, body: &Value) -> Page {
        self.sends(&Method::PUT, path, &[], Some(&body.to_string()))
    }
}

impl Page {
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.html).unwrap_or_else(|_| panic!("{}: {}", self.path, self.html))
    }

    /// The codes of a problem, each with its place.
    fn codes(&self) -> BTreeSet<(String, String)> {
        let errors = self.json()["errors"].as_array().cloned().unwrap_or_default();
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        errors.iter().map(|error| (text(&error["code"]), text(&error["pointer"]))).collect()
    }
}

/// Fails unless the answer is one that the document tells of, with all fields that it names and no others.
fn conforms(method: &Method, page: &Page) {
    let document: Value = serde_json::from_str(DOCUMENT).unwrap();
    let path = page.path.split('?').next().unwrap();
    let is_this = |pattern: &str| {
        let (one, other): (Vec<_>, Vec<_>) = (pattern.split('/').collect(), path.split('/').collect());
        one.len() == other.len() && one.iter().zip(&other).all(|(a, b)| a.starts_with('{') || a == b)
    };
    let paths = document["paths"].as_object().unwrap();
    let Some((_, item)) = paths.iter().find(|(pattern, _)| is_this(pattern)) else { return };
    let operation = &item[method.as_str().to_lowercase()];
    if operation.is_null() {
        return;
    }
    let told = &operation["responses"][page.status.to_string()];
    assert!(
        !told.is_null(),
        "{method} {path} answers {}, which the document does not tell: {}",
        page.status,
        page.html
    );
    for (name, header) in told["headers"].as_object().into_iter().flatten() {
        assert!(header["required"] != json!(true) || !page.header(name).is_empty(), "{path} lacks {name}");
    }
    let Some((content_type, content)) = told["content"].as_object().and_then(|content| content.iter().next()) else {
        return assert_eq!(page.html, "", "{path}");
    };
    assert_eq!(page.header("content-type"), content_type, "{path}");
    fits(&page.json(), &content["schema"], &document, path);
}

fn fits(value: &Value, schema: &Value, document: &Value, at: &str) {
    if let Some(name) = schema["$ref"].as_str() {
        let name = name.rsplit('/').next().unwrap();
        return fits(value, &document["components"]["schemas"][name], document, at);
    }
    let is = match value {
        Value::Null => "null",
        Value::Bool(_) => "boolean",
        Value::Number(_) => "integer",
        Value::String(_) => "string",
        Value::Array(_) => "array",
        Value::Object(_) => "object",
    };
    let types = schema["type"].as_array().cloned().unwrap_or_else(|| vec![schema["type"].clone()]);
    assert!(types.contains(&json!(is)), "{at} is of type {is}: {value}");
    if let Some(values) = schema["enum"].as_array() {
        assert!(values.contains(value), "{at} is {value}");
    }
    for item in value.as_array().into_iter().flatten() {
        fits(item, &schema["items"], document, at);
    }
    let (Some(fields), Some(properties)) = (value.as_object(), schema["properties"].as_object()) else { return };
    for name in schema["required"].as_array().into_iter().flatten() {
        assert!(fields.contains_key(name.as_str().unwrap()), "{at} has no {name}");
    }
    for (name, value) in fields {
        let schema = properties.get(name).unwrap_or_else(|| panic!("{at} has {name}, which nobody told of"));
        fits(value, schema, document, &format!("{at}/{name}"));
    }
}

pub fn order() -> Value {
    json!({
        "title": "Logo voor een bakkerij", "price": "905.95", "currency": "EUR", "placed_at": "2026-11-01T10:00:00Z",
        "delivery_date": "2099-01-01", "status": "active", "customer": "k1", "freelancer": "f1"
    })
}

fn with(mut order: Value, name: &str, value: Value) -> Value {
    order[name] = value;
    order
}

#[test]
fn an_order_is_put_read_and_put_again_without_a_row_that_changes() {
    let world = World::new();
    let shop = world.shop();
    let new = shop.put("/orders/A%2F1", &order()).must(201);
    assert_eq!(new.header("location"), "/api/v1/orders/A%2F1");
    let told = new.json();
    assert_eq!((&told["external_id"], &told["price"], &told["version"]), (&json!("A/1"), &json!("905.95"), &json!(1)));
    assert_eq!((&told["status"], &told["customer"], &told["extras"]), (&json!("active"), &json!("k1"), &json!([])));
    assert_eq!((&told["description"], &told["url"]), (&json!(null), &json!(null)));
    let before = world.sums();
    let again = shop.put("/orders/A%2F1", &order()).must(200);
    let read = shop.get("/orders/A%2F1").must(200);
    assert_eq!((&again.html, &read.html), (&new.html, &new.html));
    assert_eq!((again.header("etag"), read.header("etag")), (new.header("etag"), new.header("etag")));
    assert_eq!(world.sums(), before, "no row is written");
    let known = shop.sends(&Method::GET, "/orders/A%2F1", &[("if-none-match", new.header("etag"))], None).must(304);
    assert_eq!(known.html, "");
    let (customer, _) = world.parties();
    let page = told["page"].as_str().unwrap().strip_prefix(&world.origin).unwrap().to_owned();
    assert!(customer.sees(&page).says("Logo voor een bakkerij"));
    let cheaper = shop.put("/orders/A%2F1", &json!({"price": "800"})).must(200).json();
    assert_eq!((&cheaper["price"], &cheaper["version"]), (&json!("800.00"), &json!(2)));
    assert!(customer.sees(&page).says("€ 800,00"));
    let said = json!({"description": "Een logo in twee kleuren.", "url": "https://markt.example.com/orders/1"});
    let described = shop.put("/orders/A%2F1", &said).must(200).json();
    assert_eq!((&described["description"], &described["url"]), (&said["description"], &said["url"]));
    assert_eq!(shop.get("/orders").must(200).json()["data"][0], described);
    assert!(customer.sees(&page).says("Een logo in twee kleuren."));
    let cleared = shop.put("/orders/A%2F1", &json!({"description": null})).must(200).json();
    assert_eq!(
        (&cleared["description"], &cleared["url"]),
        (&json!(null), &said["url"]),
        "null takes away, absence keeps"
    );
}

#[test]
fn what_two_people_agreed_is_not_undone_by_an_old_value_and_shows_as_facts_only() {
    let world = World::new();
    let shop = world.shop();
    shop.put("/orders/1001", &order()).must(201);
    let (customer, freelancer) = world.parties();
    let here = world.numbered("1001");
    freelancer.requests_change(&here, 3, &[("Extra logo", "40,00")], "Meer werk.");
    let asked = shop.get("/orders/1001").must(200);
    assert_eq!((&asked.json()["status"], &asked.json()["version"]), (&json!("active"), &json!(1)), "nothing shows yet");
    customer.accepts(&here);
    let agreed = shop.put("/orders/1001", &order()).must(200).json();
    assert_eq!((&agreed["price"], &agreed["delivery_date"]), (&json!("945.95"), &json!("2099-01-04")));
    assert_eq!(agreed["extras"], json!([{"title": "Extra logo", "price": "40.00"}]));
    assert_eq!(agreed["version"], json!(2));
    assert_eq!(world.row(&here).status, Status::Active);
}

#[test]
fn all_mistakes_are_told_at_once_and_nothing_is_changed() {
    let world = World::new();
    let shop = world.shop();
    let before = world.sums();
    let body = json!({
        "title": "  ", "price": 905.95, "currency": "USD", "placed_at": "2026-11-01 10:00", "delivery_date": "1-1-2099",
        "status": "in_dispute", "customer": "k1", "freelancer": "k1", "colour": "red"
    });
    let wrong = shop.put("/orders/1", &body).must(422);
    let pairs = |pairs: &[(&str, &str)]| -> BTreeSet<(String, String)> {
        pairs.iter().map(|(code, pointer)| ((*code).to_owned(), (*pointer).to_owned())).collect()
    };
    let fields = ["/title", "/price", "/currency", "/placed_at", "/delivery_date", "/status"];
    let mut expected: Vec<(&str, &str)> = fields.iter().map(|field| ("invalid", *field)).collect();
    expected.extend([("invalid", ""), ("unknown_field", "")]);
    assert_eq!(wrong.codes(), pairs(&expected));
    assert!(wrong.json()["instance"].as_str().unwrap().ends_with(wrong.header("x-request-id")));
    let missing = shop.put("/orders/1", &json!({"title": "Logo"})).must(422);
    assert_eq!(missing.codes().len(), 6, "{}", missing.html);
    assert!(missing.codes().iter().all(|(code, _)| code == "missing"));
    let unknown = shop.put("/orders/1", &with(order(), "customer", json!("k9"))).must(422);
    assert_eq!(unknown.codes(), pairs(&[("unknown_account", "/customer")]));
    let nobody = shop.put("/accounts/n1", &json!({"language": "nl"})).must(422);
    assert_eq!(nobody.codes(), pairs(&[("missing", "/email"), ("missing", "/name")]));
    assert_eq!(world.sums(), before);
}

#[test]
fn what_does_not_go_with_what_is_here_is_a_conflict() {
    let world = World::new();
    let shop = world.shop();
    shop.put("/accounts/k2", &json!({"email": "noor@example.com", "name": "Noor Bos"})).must(201);
    shop.put("/orders/1", &with(order(), "status", json!("delivered"))).must(201);
    let before = world.sums();
    for (name, value, code) in [
        ("placed_at", json!("2026-11-02T10:00:00Z"), "immutable"),
        ("customer", json!("k2"), "immutable"),
        ("status", json!("active"), "went_on"),
    ] {
        let refused = shop.put("/orders/1", &json!({name: value})).must(409);
        assert_eq!(refused.codes(), BTreeSet::from([(code.to_owned(), format!("/{name}"))]));
    }
    for (id, email) in [("k3", "noor@example.com"), ("k1", "noor@example.com")] {
        let body = json!({"email": email, "name": "Sanne", "adopt_email": true});
        assert!(shop.put(&format!("/accounts/{id}"), &body).must(409).html.contains("\"taken\""));
    }
    assert_eq!(world.sums(), before);
}

#[test]
fn an_account_by_its_address_gets_an_id_only_when_the_marketplace_says_so() {
    let world = World::new();
    let shop = world.program(Scope::VARIANTS);
    let sanne = world.customer();
    let body = json!({"email": sanne.email, "name": "Sanne de Vries"});
    shop.put("/accounts/k1", &body).must(409);
    shop.get("/accounts/k1").must(404);
    let adopted = shop.put("/accounts/k1", &with(body.clone(), "adopt_email", json!(true))).must(200);
    assert_eq!(shop.get("/accounts/k1").must(200).html, adopted.html);
    let moved = shop.put("/accounts/k1", &with(body, "email", json!("sanne@example.net"))).must(200).json();
    assert_eq!(moved["email"], json!("sanne@example.net"));
    assert!(
        world.event_kinds(&sanne).contains(&oplossingscentrum::domain::accounts::event::AccountEventKind::EmailChanged)
    );
}

#[test]
fn a_change_is_made_only_to_what_its_sender_expects() {
    let world = World::new();
    let shop = world.shop();
    let sends =
        |header: (&str, &str), body: &Value| shop.sends(&Method::PUT, "/orders/1", &[header], Some(&body.to_string()));
    sends(("if-match", "*"), &order()).must(412);
    let new = sends(("if-none-match", "*"), &order()).must(201);
    sends(("if-none-match", "*"), &order()).must(412);
    let cheaper = sends(("if-match", new.header("etag")), &json!({"price": "800.00"})).must(200);
    assert_ne!(cheaper.header("etag"), new.header("etag"));
    let refused = sends(("if-match", new.header("etag")), &json!({"price": "1.00"})).must(412);
    assert!(refused.json()["detail"].as_str().unwrap().contains("Nothing was changed"));
    assert_eq!(shop.get("/orders/1").must(200).html, cheaper.html);
    let account = shop.get("/accounts/k1").must(200);
    let body = json!({"name": "Sanne Smit"}).to_string();
    shop.sends(&Method::PUT, "/accounts/k1", &[("if-match", "\"other\"")], Some(&body)).must(412);
    shop.sends(&Method::PUT, "/accounts/k1", &[("if-match", account.header("etag"))], Some(&body)).must(200);
}

#[test]
fn each_scope_opens_its_own_addresses_and_no_others() {
    let world = World::new();
    world.shop().put("/orders/1", &order()).must(201);
    let account = json!({"name": "Sanne de Vries"}).to_string();
    let put = order().to_string();
    let link = json!({"account": "k1"}).to_string();
    let table: [(&Method, &str, Option<&str>, Scope); 8] = [
        (&Method::POST, "/sign-in-links", Some(&link), Scope::SignInCreate),
        (&Method::GET, "/accounts/k1", None, Scope::AccountsRead),
        (&Method::PUT, "/accounts/k1", Some(&account), Scope::AccountsWrite),
        (&Method::DELETE, "/accounts/k1", None, Scope::AccountsErase),
        (&Method::GET, "/orders/1", None, Scope::OrdersRead),
        (&Method::GET, "/orders", None, Scope::OrdersRead),
        (&Method::PUT, "/orders/1", Some(&put), Scope::OrdersWrite),
        (&Method::GET, "/events", None, Scope::EventsRead),
    ];
    for scope in Scope::VARIANTS {
        let program = world.program(&[*scope]);
        assert_eq!(program.get("/ping").must(200).json()["scopes"], json!([scope.as_ref()]), "{}", scope.as_ref());
        for (method, path, body, needed) in table {
            let answer = program.sends(method, path, &[], body);
            if needed == *scope {
                // An order of the account goes on, so that it is not erased.
                let status = match needed {
                    Scope::AccountsErase => 409,
                    Scope::SignInCreate => 201,
                    _ => 200,
                };
                answer.must(status);
            } else {
                let detail = answer.must(403).json()["detail"].clone();
                assert!(detail.as_str().unwrap().contains(needed.as_ref()), "{detail}");
            }
        }
    }
}

#[test]
fn without_a_key_that_works_there_is_nothing_to_see() {
    let world = World::new();
    let now = real_now();
    let create =
        |name: &str, expires| keys::create(&world.app.store, name, Scope::VARIANTS, expires, now).unwrap().text();
    let (ended, revoked, whole) =
        (create("ended", Some(now - TimeDelta::seconds(1))), create("revoked", None), create("whole", None));
    keys::revoke(&world.app.store, "revoked", now).unwrap();
    let changed = format!("{}x", &whole[..whole.len() - 1]);
    for key in [None, Some("ocs_".to_owned()), Some(ended), Some(revoked), Some(changed)] {
        let program = world.program_with(key.clone());
        for path in ["/ping", "/orders", "/orders/1", "/accounts/k1", "/events"] {
            let refused = program.get(path).must(401);
            assert_eq!(refused.header("www-authenticate"), "Bearer", "{key:?}");
        }
    }
    world.program_with(Some(whole)).get("/ping").must(200);
    // A browser that is signed in has no key, and a key signs nobody in.
    let customer: &Browser = &world.customer();
    customer.request(&Method::GET, "/api/v1/orders", &[], &[]).must(401);
    world.program_with(None).get("/openapi.json").must(200);
}

#[test]
fn a_key_is_made_rotated_and_revoked_on_the_command_line_and_shown_once() {
    let world = World::new();
    let runs = |arguments: &[&str]| {
        let (is_done, said) = world.runs(arguments, "");
        (said, is_done)
    };
    let (made, is_made) = runs(&["key", "create", "shop", "--scope", "orders:read", "--expires", "90d"]);
    assert!(is_made && made.starts_with("ocs_"), "{made}");
    let old = world.program_with(Some(made.trim().to_owned()));
    old.get("/orders").must(200);
    let (again, is_made) = runs(&["key", "create", "shop", "--scope", "orders:read"]);
    assert!(!is_made && again.contains("key rotate"), "{again}");
    let (rotated, _) = runs(&["key", "rotate", "shop", "--overlap", "1h"]);
    let new = world.program_with(Some(rotated.trim().to_owned()));
    old.get("/orders").must(200);
    new.get("/orders").must(200);
    new.get("/accounts/k1").must(403);
    let (listed, _) = runs(&["key", "list"]);
    assert_eq!(listed.lines().count(), 2, "{listed}");
    for secret in [&made, &rotated] {
        assert!(!listed.contains(secret.trim()) && listed.contains(&secret[..12]), "the id and not the secret");
    }
    runs(&["key", "revoke", "shop"]);
    old.get("/orders").must(401);
    new.get("/orders").must(401);
    let (said, is_revoked) = runs(&["key", "revoke", "shop"]);
    assert!(!is_revoked && said.contains("no key"), "{said}");
    for wrong in [
        &["key", "create", "Shop", "--scope", "orders:read"][..],
        &["key", "create", "shop", "--scope", "disputes:read"],
    ] {
        assert!(!runs(wrong).1, "{wrong:?}");
    }
}

#[test]
fn a_key_that_is_used_too_often_is_told_when_there_is_room_again() {
    let mut world = World::closed(Kind::default());
    world.settings().api_rate = 1;
    world.opens();
    let program = world.program(&[Scope::OrdersRead]);
    let answers: Vec<u16> = (0..4).map(|_| program.get("/ping").status).collect();
    assert_eq!(answers, [200; 4], "four at once");
    let full = (0..99).map(|_| program.get("/ping")).find(|answer| answer.status == 429).expect("it is too often");
    assert_eq!(full.header("retry-after"), "1");
    world.program(&[Scope::OrdersRead]).get("/ping").must(200);
}

#[test]
fn a_list_goes_on_page_by_page_and_has_every_order_once() {
    let world = World::new();
    let shop = world.shop();
    for number in 0..7 {
        shop.put(&format!("/orders/{number}"), &order()).must(201);
    }
    world.order().active();
    let all = |rest: &str| {
        let (mut found, mut after) = (Vec::new(), String::new());
        loop {
            let page = shop.get(&format!("/orders?limit=3{rest}{after}")).must(200).json();
            let data = page["data"].as_array().unwrap();
            assert!(data.len() <= 3);
            found.extend(data.iter().map(|order| order["external_id"].clone()));
            let Some(next) = page["next"].as_str() else { return found };
            after = format!("&after={next}");
        }
    };
    let found = all("");
    let different: BTreeSet<String> = found.iter().map(ToString::to_string).collect();
    assert_eq!((found.len(), different.len()), (8, 8), "{found:?}");
    world.hours_pass(1);
    let since = (world.now() - TimeDelta::seconds(1)).format("%Y-%m-%dT%H:%M:%SZ").to_string();
    shop.put("/orders/3", &json!({"title": "Huisstijl"})).must(200);
    assert_eq!(all(&format!("&changed_since={since}")), [json!("3")]);
    shop.get("/orders?limit=1&limit=2").must(422);
    for wrong in ["limit=0", "limit=101", "limit=x", "after=x", "changed_since=gisteren"] {
        let (name, _) = wrong.split_once('=').unwrap();
        let refused = shop.get(&format!("/orders?{wrong}")).must(422).json();
        assert_eq!(refused["errors"][0]["parameter"], json!(name));
    }
}

#[test]
fn what_is_no_request_is_told_as_a_problem_too() {
    let world = World::new();
    let shop = world.shop();
    let put = |body: &str| shop.sends(&Method::PUT, "/orders/1", &[], Some(body));
    for body in ["", "[]", "{\"title\": ", "7"] {
        put(body).must(400);
    }
    put(&format!("{{\"title\": \"{}\"}}", "x".repeat(70_000))).must(413);
    shop.sends(&Method::PUT, "/orders/1", &[("content-type", "text/plain")], None).must(415);
    shop.get("/orders/..").must(404);
    for path in ["/orders/none", "/orders/2", "/accounts/nobody", "/disputes", "/orders/1/disputes", "/"] {
        assert_eq!(shop.get(path).must(404).header("content-type"), "application/problem+json", "{path}");
    }
    let refused = shop.sends(&Method::DELETE, "/orders/1", &[], None).must(405);
    assert_eq!(refused.header("allow"), "GET, PUT");
    assert_eq!(shop.sends(&Method::POST, "/ping", &[], None).must(405).header("allow"), "GET");
}

#[test]
fn a_database_that_is_away_is_a_problem_that_passes() {
    let world = World::new();
    if !world.is_postgres() {
        return;
    }
    let shop = world.shop();
    world.loses_its_database();
    for answer in
        [shop.get("/orders/1"), shop.get("/orders"), shop.get("/events?wait=5"), shop.put("/orders/1", &order())]
    {
        assert_eq!(answer.must(503).header("retry-after"), "3");
    }
}

#[test]
fn the_document_names_the_routes_of_the_table_and_no_word_of_a_dispute() {
    let source = include_str!("../../src/api/mod.rs");
    let in_table: BTreeSet<&str> =
        source.split("resource(\"").skip(1).map(|rest| rest.split('"').next().unwrap()).collect();
    let document: Value = serde_json::from_str(DOCUMENT).unwrap();
    let in_document: BTreeSet<&str> = document["paths"].as_object().unwrap().keys().map(String::as_str).collect();
    assert_eq!(in_document, in_table);
    for word in
        ["dispute", "request_changed", "cancellation", "reason", "comment", "lapsed", "declined", "opener", "deadline"]
    {
        assert!(!DOCUMENT.to_lowercase().contains(word), "{word}");
    }
}
