//! What a person takes along: everything that is known of them, as a file of their own. And what the page about privacy says.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{Cursor, Read};

use chrono::TimeDelta;
use oplossingscentrum::clock::real_now;
use oplossingscentrum::domain::accounts::event::AccountEventKind;
use oplossingscentrum::operations::accounts::kept_words;
use oplossingscentrum::settings::{Operator, Retention, SessionLife};
use oplossingscentrum::store::accounts::sessions;
use oplossingscentrum::store::outbox::SecurityNotice;
use reqwest::Method;
use serde_json::Value;
use zip::ZipArchive;

use crate::page::Page;
use crate::people::Person;
use crate::postman::FAST;
use crate::second_factor_lost::notices;
use crate::smtp::Smtp;
use crate::world::{Kind, PASSWORD, World};

/// The files of a person, as they took them along.
struct Taken {
    json: Value,
    html: String,
}

impl Person {
    /// Proves who they are with that password, and asks for the file.
    fn asks_for_the_file(&self, password: &str) -> Page {
        self.sees("/account").form("/account/data").fill("current_password", password).send(self)
    }

    /// Downloads everything that is known of them.
    fn takes_their_data(&self) -> Taken {
        let way = self.asks_for_the_file(PASSWORD).must(303).location().to_owned();
        self.takes_from(&way)
    }

    fn takes_from(&self, way: &str) -> Taken {
        let answer = self.bare_request(&Method::GET, way).send().unwrap();
        assert_eq!(answer.status(), 200, "{way}");
        let header = |name: &str| answer.headers()[name].to_str().unwrap().to_owned();
        assert_eq!(
            (header("content-type").as_str(), header("cache-control").as_str()),
            ("application/zip", "no-store")
        );
        assert!(header("content-disposition").starts_with("attachment; filename=\"oplossingscentrum-"));
        let mut zip = ZipArchive::new(Cursor::new(answer.bytes().unwrap())).unwrap();
        let names: BTreeSet<String> = zip.file_names().map(|name| name.unwrap().into_owned()).collect();
        let mut texts = BTreeMap::new();
        for name in names {
            let mut text = String::new();
            zip.by_name(&name).unwrap().read_to_string(&mut text).unwrap();
            texts.insert(name, text);
        }
        assert_eq!(texts.keys().collect::<Vec<_>>(), ["data.html", "data.json"]);
        Taken { json: serde_json::from_str(&texts["data.json"]).unwrap(), html: texts["data.html"].clone() }
    }
}

#[test]
fn a_person_downloads_everything_that_is_known_of_them_and_no_words_of_the_other() {
    let world = World::new();
    let (customer, freelancer) = world.parties();
    let order = world.order().titled("Logo & <huisstijl>").costs(12_500).active();
    customer.asks_to_cancel(&order, "too_late", "Mijn eigen woorden <b>hier</b>.");
    freelancer.declines(&order, "Woorden van de ander.");
    customer.makes_a_calendar();
    let (store, secret) = (&world.app.store, &world.app.settings.secret);
    let unsent = vec![("comment".to_owned(), "Niet verstuurd.".to_owned())];
    kept_words::keep(store, secret, (customer.id, "/orders"), &unsent, real_now()).unwrap();
    let Taken { json, html } = customer.takes_their_data();
    assert_eq!((&json["format"], &json["account"]["email"]), (&1.into(), &"klant@example.com".into()));
    assert_eq!(json["account"]["name"], "Sanne de Vries");
    assert_eq!(json["account"]["has_password"], true);
    assert_eq!(json["preferences"]["mail_reminders"], true);
    assert!(json["calendar"].is_object() && json["sessions"].as_array().unwrap().len() == 1);
    assert_eq!(json["unsent"][0]["fields"][0]["value"], "Niet verstuurd.");
    let what = |event: &Value| event["what"].as_str().unwrap().to_owned();
    let kinds: Vec<String> = json["account_events"].as_array().unwrap().iter().map(what).collect();
    assert!(kinds.contains(&"calendar_made".to_owned()) && kinds.contains(&"signed_in".to_owned()), "{kinds:?}");
    let told = &json["orders"][0];
    assert_eq!((&told["reference"], &told["my_role"]), (&order.to_string().into(), &"customer".into()));
    assert_eq!((&told["other_party"], &told["price"]), (&"Daan Bakker".into(), &"125.00".into()));
    assert_eq!(
        (&told["disputes"][0]["reason"], &told["disputes"][0]["state"]),
        (&"too_late".into(), &"declined".into())
    );
    let events = told["events"].as_array().unwrap();
    let said: Vec<&Value> = events.iter().map(|event| &event["text"]).collect();
    assert_eq!(
        said,
        [&Value::Null, &"Mijn eigen woorden <b>hier</b>.".into(), &Value::Null],
        "the other's words are theirs"
    );
    assert_eq!(events.iter().map(what).collect::<Vec<_>>(), ["placed", "opened", "declined"]);
    for shown in [
        "Mijn eigen woorden &#60;b&#62;",
        "Logo &#38; &#60;huisstijl&#62;",
        "Niet verstuurd.",
        "Daan Bakker",
        "€\u{a0}125,00",
    ] {
        assert!(html.contains(shown), "{shown}: {html}");
    }
    for foreign in ["Woorden van de ander", "freelancer@example.com", "<script", "<link", "src=", "href="] {
        assert!(!html.contains(foreign) && !json.to_string().contains(foreign), "{foreign}");
    }
    let both = html + &json.to_string();
    for secret in [PASSWORD, "$argon2", &customer.session_cookie()[8..40]] {
        assert!(!both.contains(secret), "{secret}");
    }
    assert!(world.event_kinds(&customer).contains(&AccountEventKind::DataDownloaded));
    customer.sees("/account").shows("Gedownload wat we van je weten");
}

#[test]
fn many_orders_are_taken_along_each_once_and_as_they_truly_stand() {
    let world = World::new();
    let customer = world.customer();
    let mut placed = BTreeSet::new();
    for nth in 0..120 {
        placed.insert(world.order().placed(world.now() - TimeDelta::days(nth % 7)).active().to_string());
    }
    let asked = world.order().placed(world.now()).active();
    customer.asks_to_cancel(&asked, "too_late", "Het duurt te lang.");
    world.writes(&asked, oplossingscentrum::domain::Party::Customer, (0..450).map(|nth| format!("Opmerking {nth}")));
    world.days_pass(3);
    placed.insert(asked.to_string());
    let Taken { json, html } = customer.takes_their_data();
    let told = json["orders"].as_array().unwrap();
    let references: BTreeSet<String> = told.iter().map(|one| one["reference"].as_str().unwrap().to_owned()).collect();
    assert_eq!((told.len(), references), (121, placed), "each once");
    assert_eq!(html.matches("<article>").count(), 121);
    let silent = told.iter().find(|one| one["reference"] == asked.to_string()).unwrap();
    assert_eq!(silent["status"], "mutually_cancelled", "silence has decided, although nobody wrote it down yet");
    let numbers: Vec<i64> =
        silent["events"].as_array().unwrap().iter().map(|event| event["number"].as_i64().unwrap()).collect();
    assert_eq!(numbers, (1..=453).collect::<Vec<_>>());
    assert_eq!(world.app.turns.running().searches.now, 0, "every turn is given back");
}

#[test]
fn an_open_browser_is_not_enough_to_take_it_and_a_proof_is_of_one_session_and_for_ten_minutes() {
    let world = World::new();
    let (customer, freelancer) = world.parties();
    assert_eq!(customer.get("/account/data.zip").must(303).location(), "/account#data");
    let visitor = world.visitor();
    assert_eq!(visitor.get("/account/data.zip").must(303).location(), "/sign-in?next=%2Faccount%2Fdata.zip");
    for (password, why) in
        [("", "Vul je huidige wachtwoord in"), ("dit is het niet", "Dit is niet je huidige wachtwoord")]
    {
        customer.asks_for_the_file(password).refuses(&[("data_password", why)]);
    }
    let way = customer.asks_for_the_file(PASSWORD).must(303).location().to_owned();
    let elsewhere = customer.elsewhere();
    elsewhere.signs_in(PASSWORD).must(303);
    for other in [&elsewhere, &freelancer] {
        assert_eq!(other.get(&way).must(303).location(), "/account#data", "the proof is another session's");
    }
    let key_hash = world.app.store.snapshot(|db| sessions::of_account(db, freelancer.id)).unwrap()[0].key_hash.clone();
    let proof = |minutes: i64| {
        let until = (real_now() + TimeDelta::minutes(minutes)).timestamp().to_string();
        format!("/account/data.zip?proof={}", world.app.settings.secret.name(&format!("data.{key_hash}"), &until))
    };
    assert_eq!(freelancer.get(&proof(-1)).must(303).location(), "/account#data", "its time is over");
    freelancer.takes_from(&proof(1));
    customer.takes_from(&way);
    world.came_by_link(&customer, 0);
    customer.takes_from("/account/data.zip");
    world.came_by_link(&customer, 11);
    assert_eq!(customer.get("/account/data.zip").must(303).location(), "/account#data");
}

#[test]
fn an_operator_mails_the_person_the_way_to_it_and_sees_nothing_of_it() {
    let (world, smtp) = (World::new(), Smtp::new());
    let customer = world.customer();
    let order = world.order().titled("Geheime opdracht").active();
    customer.asks_for_update(&order, "Niemand mag dit weten.");
    let (went_well, said) = world.runs(&["account", "export", &customer.email], "");
    assert!(went_well && said.contains("klant@example.com gets a mail"), "{said}");
    for secret in ["Geheime", "Niemand", "Sanne", "http"] {
        assert!(!said.contains(secret), "{said}");
    }
    assert_eq!(notices(&world, &customer), [SecurityNotice::DataOffered]);
    let _postman = world.postman(&smtp, FAST);
    smtp.has_taken(2);
    let mail = smtp.taken_for(&customer.email).remove(0);
    let way = format!("{}/account/data.zip", world.origin);
    assert!(mail.text().contains(&way) && !mail.text().contains("Geheime"), "{}", mail.text());
    assert!(world.event_kinds(&customer).contains(&AccountEventKind::DataOffered));
    customer.sees("/account").shows("Je kreeg een e-mail om te downloaden wat we van je weten");
    assert!(world.runs(&["account", "suspend", &customer.email], "").0);
    let (went_well, said) = world.runs(&["account", "export", &customer.email], "");
    assert!(!went_well && said.contains("suspended"), "{said}");
    assert!(!world.runs(&["account", "export", "niemand@example.com"], "").0);
}

#[test]
fn the_page_about_privacy_tells_every_time_from_the_settings_and_is_a_click_away() {
    let mut world = World::closed(Kind::default());
    world.settings().retention = Retention { closed: TimeDelta::days(2 * 365), account_events: TimeDelta::days(45) };
    world.settings().session_life = SessionLife { idle_days: 11, days: 77 };
    world.opens();
    let (customer, visitor) = (world.customer(), world.visitor());
    let page = visitor.sees("/privacy");
    assert_eq!(page.h1(), "Wat we van je bewaren");
    page.shows("tot 2 jaar nadat de bestelling is afgesloten")
        .shows("45 dagen")
        .shows("Hoogstens 77 dagen, of 11 dagen");
    page.shows("De klantenservice leest geen geschil").shows("30 dagen").shows("24 uur").shows("“Verwijderd account”");
    page.hides("privacyverklaring van de marktplaats");
    assert!(page.links_to("/account#data"));
    customer.sees("/account").shows("We bewaren dit 45 dagen.");
    let english = visitor.clone().preferring("en").sees("/privacy");
    assert_eq!(english.h1(), "What we keep about you");
    english
        .shows("until 2 years after the order was closed")
        .shows("45 days")
        .shows("Customer service reads no dispute");
    assert_eq!(visitor.sees("/sign-in").link_named("Wat we bewaren").as_deref(), Some("/privacy"));
    for address in ["/orders", "/help", "/nergens"] {
        assert!(customer.get(address).link_named("Wat we bewaren").is_some_and(|way| way == "/privacy"), "{address}");
    }
}

#[test]
fn the_marketplaces_own_privacy_statement_stands_beside_it() {
    let mut world = World::closed(Kind::default());
    let privacy_url = Some("https://markt.example/privacy".to_owned());
    world.settings().operator = Operator { privacy_url, ..Operator::default() };
    world.opens();
    let page = world.visitor().sees("/privacy");
    assert!(page.links_to("https://markt.example/privacy"));
    assert_eq!(page.link_named("Privacy").as_deref(), Some("https://markt.example/privacy"), "in the footer too");
}

#[test]
fn the_titles_of_extras_are_words_of_whoever_asked() {
    let world = World::new();
    let (customer, freelancer) = world.parties();
    let order = world.order().active();
    freelancer.requests_change(&order, 3, &[("Broodzakken", "25,00")], "Erbij.");
    for (person, is_own) in [(&customer, false), (&freelancer, true)] {
        let taken = person.takes_their_data();
        let extra = &taken.json["orders"][0]["disputes"][0]["extras"][0];
        assert_eq!((extra["title"] == "Broodzakken", extra["price"] == "25.00"), (is_own, true), "{extra}");
        assert!(is_own || !taken.html.contains("Broodzakken"));
    }
}
