//! Every address: its status, its heading in both languages, its methods, and its readers.

use oplossingscentrum::domain::Language::{En, Nl};
use reqwest::Method;

use crate::routes::routes;
use crate::world::World;

#[test]
fn every_page_has_its_heading_in_both_languages() {
    let world = World::new();
    let (customer, freelancer) = world.parties();
    let order = world.order().titled("Een logo").active();
    let asked = world.order().active();
    customer.asks_to_cancel(&asked, "other", "Daarom.");
    let change = world.order().active();
    freelancer.requests_change(&change, 2, &[], "Meer tijd.");
    for (person, address, dutch, english) in [
        (&customer, "/orders".to_owned(), "Bestellingen", "Orders"),
        (&customer, order.path.clone(), "Een logo", "Een logo"),
        (&customer, order.at("/resolution"), "Oplossingscentrum", "Resolution Center"),
        (
            &customer,
            order.at("/resolution?action=update"),
            "Ontvang een update van een bestelling",
            "Get an update on an order",
        ),
        (
            &customer,
            order.at("/resolution?action=cancellation"),
            "Vragen om de bestelling te annuleren",
            "Ask to cancel the order",
        ),
        (
            &freelancer,
            order.at("/resolution?action=cancellation"),
            "Vraag je klant om de bestelling te annuleren",
            "Ask your customer to cancel the order",
        ),
        (&freelancer, order.at("/change"), "Wijziging aanvragen", "Request a change"),
        (
            &freelancer,
            asked.dispute(1),
            "Sanne de Vries wil deze bestelling annuleren",
            "Sanne de Vries wants to cancel this order",
        ),
        (
            &customer,
            asked.dispute(1),
            "Je vroeg Daan Bakker om de bestelling te annuleren",
            "You asked Daan Bakker to cancel the order",
        ),
        (&freelancer, asked.at("/disputes/1/accept"), "Ga je akkoord met annuleren?", "Do you agree to cancel?"),
        (
            &customer,
            asked.at("/disputes/1/withdraw"),
            "Wil je het verzoek om te annuleren intrekken?",
            "Do you want to withdraw the request to cancel?",
        ),
        (
            &customer,
            change.at("/disputes/1/accept"),
            "Ga je akkoord met deze wijziging?",
            "Do you agree to this change?",
        ),
        (&customer, "/disputes".to_owned(), "Openstaande geschillen", "Open disputes"),
        (&customer, "/notifications".to_owned(), "Meldingen", "Notifications"),
        (&customer, "/account".to_owned(), "Account", "Account"),
        (&customer, "/help".to_owned(), "Zo werkt het Oplossingscentrum", "How the Resolution Center works"),
        (&customer, "/help/cancelling".to_owned(), "Annuleringen", "Cancellations"),
        (&customer, "/accessibility".to_owned(), "Toegankelijkheid", "Accessibility"),
    ] {
        let page = person.sees(&address);
        assert_eq!((page.h1().as_str(), page.language().as_str()), (dutch, "nl"), "{address}");
        let page = person.browser.clone().preferring("en").sees(&address);
        assert_eq!((page.h1().as_str(), page.language().as_str()), (english, "en"), "{address}");
        assert_eq!(page.header("content-type"), "text/html; charset=utf-8");
        assert_eq!(page.header("cache-control"), "no-store", "{address}");
    }
    let visitor = world.visitor();
    for (address, dutch, english) in [
        ("/sign-in", "Inloggen", "Sign in"),
        ("/password/forgotten", "Een nieuw wachtwoord kiezen", "Choose a new password"),
        ("/password/sent", "Kijk in je mailbox", "Check your inbox"),
        ("/help", "Zo werkt het Oplossingscentrum", "How the Resolution Center works"),
        ("/help/cancelling", "Annuleringen", "Cancellations"),
        ("/accessibility", "Toegankelijkheid", "Accessibility"),
    ] {
        assert_eq!(visitor.sees(address).h1(), dutch);
        assert_eq!(visitor.clone().preferring("en").sees(address).h1(), english);
    }
    assert_eq!(customer.get("/").must(303).location(), "/orders");
}

#[test]
fn every_tab_has_a_title_of_its_own() {
    let world = World::new();
    let (customer, freelancer) = world.parties();
    let (order, asked) = (world.order().titled("Een").active(), world.order().titled("Twee").active());
    customer.asks_for_update(&asked, "Hoe staat het?");
    let other = world.order().titled("Drie").active();
    customer.asks_for_update(&other, "En hier?");
    let tabs = [
        (&customer, "/orders".to_owned()),
        (&customer, "/orders?filter=late".to_owned()),
        (&customer, "/orders?filter=closed".to_owned()),
        (&customer, "/orders?q=logo".to_owned()),
        (&customer, "/disputes".to_owned()),
        (&customer, "/disputes?view=closed".to_owned()),
        (&customer, "/notifications".to_owned()),
        (&customer, order.path.clone()),
        (&customer, order.at("/print")),
        (&customer, order.at("/dossier")),
        (&customer, order.at("/resolution")),
        (&customer, order.at("/resolution?action=update")),
        (&customer, order.at("/resolution?action=cancellation")),
        (&freelancer, order.at("/change")),
        (&freelancer, order.at("/deliver")),
        (&freelancer, asked.dispute(1)),
        (&freelancer, other.dispute(1)),
        (&customer, asked.at("/disputes/1/withdraw")),
        (&customer, "/help".to_owned()),
        (&customer, "/help/cancelling".to_owned()),
    ];
    let titles: Vec<String> = tabs.iter().map(|(person, address)| person.sees(address).title()).collect();
    let different: std::collections::BTreeSet<&String> = titles.iter().collect();
    assert_eq!(different.len(), titles.len(), "{titles:#?}");
}

#[test]
fn the_manifest_names_the_product_in_the_language_of_the_device_and_has_its_icons() {
    let world = World::new();
    let visitor = world.visitor();
    let page = visitor.get("/sign-in");
    let link = page.document().select("link[rel=manifest]").attr_or("href", "").to_string();
    assert!(page.header("content-security-policy").contains("manifest-src 'self'"));
    let manifest = |browser: &crate::people::Browser| -> serde_json::Value {
        let answer = browser.get(&link).must(200);
        assert_eq!(answer.header("content-type"), "application/manifest+json");
        assert_eq!(answer.header("set-cookie"), "", "it makes no session");
        serde_json::from_str(&answer.html).unwrap()
    };
    let dutch = manifest(&visitor);
    assert_eq!((&dutch["name"], &dutch["start_url"]), (&"Oplossingscentrum".into(), &"/orders".into()));
    assert_eq!(manifest(&visitor.clone().preferring("en"))["name"], "Resolution Center");
    let icons = dutch["icons"].as_array().unwrap();
    assert!(icons.iter().any(|icon| icon["sizes"] == "512x512"), "{icons:?}");
    for icon in icons {
        let icon = visitor.get(icon["src"].as_str().unwrap()).must(200);
        assert_eq!(icon.header("content-type"), "image/png");
    }
}

#[test]
fn the_menu_has_its_words_in_both_languages() {
    let world = World::new();
    let customer = world.customer();
    let english = customer.browser.clone().preferring("en");
    for (dutch, in_english, href) in [
        ("Bestellingen", "Orders", "/orders"),
        ("Openstaande geschillen", "Open disputes", "/disputes"),
        ("Meldingen", "Notifications", "/notifications"),
        ("Account", "Account", "/account"),
    ] {
        let menu = |page: &crate::page::Page, name: &str| {
            let document = page.document();
            let found = document.select("nav a[href]").iter().find(|link| link.text().trim().starts_with(name));
            found.map(|link| link.attr_or("href", "").to_string())
        };
        assert_eq!(menu(&customer.sees("/help"), dutch).as_deref(), Some(href));
        assert_eq!(menu(&english.sees("/help"), in_english).as_deref(), Some(href));
    }
    assert!(customer.sees("/help").buttons().contains(&"Uitloggen".to_owned()));
    assert!(english.sees("/help").buttons().contains(&"Sign out".to_owned()));
}

#[test]
fn every_address_answers_405_to_what_it_is_not_made_for() {
    let world = World::new();
    let customer = world.customer();
    let order = world.order().up_to(oplossingscentrum::domain::Status::InDispute);
    let mut tried = 0;
    for route in routes().into_iter().filter(|route| !route.is_demo()) {
        let address = route.of(&order.to_string()).replace("{file}", "app.css");
        let mut wrong = vec![Method::PUT, Method::DELETE, Method::PATCH];
        wrong.extend((!route.post).then_some(Method::POST));
        for method in wrong {
            let page = customer.request(&method, &address, &customer.own_headers(), &[]);
            assert_eq!(page.status, 405, "{method} {address}: {}", page.main());
            assert_eq!(page.h1(), Nl.words().error_method(), "{method} {address}");
            tried += 1;
        }
        if !route.post && route.get && !address.starts_with("/static") {
            // WebKit loads the page of a refused form again by sending the form to the address of the form's page.
            let headers = [customer.own_headers().as_slice(), &[("sec-fetch-mode", "navigate")]].concat();
            let page = customer.request(&Method::POST, &format!("{address}?a=b"), &headers, &[]).must(303);
            assert_eq!(page.location().replace("%7B", "{").replace("%7D", "}"), format!("{address}?a=b"));
        }
        if !route.get {
            // Looked at, an address that only takes a form leads to the page of that form.
            let page = customer.get(&address).must(303);
            let there = customer.get(page.location().split('#').next().unwrap()).status;
            assert!([200, 303, 409].contains(&there), "{address} leads to {}: {there}", page.location());
            tried += 1;
        }
    }
    assert!(tried > 100, "{tried}");
}

#[test]
fn an_address_that_is_not_there_is_404_in_the_language_of_the_reader() {
    let world = World::new();
    let (customer, visitor) = (world.customer(), world.visitor());
    let order = world.order().active();
    for address in [
        "/nergens".to_owned(),
        "/orders/OC-00000000".to_owned(),
        "/orders/OC-IIIIIIII".to_owned(),
        "/orders/1".to_owned(),
        "/orders/%00".to_owned(),
        "/static/app.css".to_owned(),
        "/static/..%2fCargo.toml".to_owned(),
        order.dispute(1),
        order.dispute(0),
        order.dispute(-1),
        order.at("/disputes/99999999999"),
        order.at("/disputes/x"),
        order.at("/nergens"),
    ] {
        let page = customer.get(&address);
        assert_eq!((page.status, page.h1().as_str()), (404, &*Nl.words().error_not_found()), "{address}");
        let page = customer.browser.clone().preferring("en").get(&address);
        assert_eq!((page.status, page.h1().as_str()), (404, &*En.words().error_not_found()), "{address}");
    }
    visitor.get("/nergens").must(404);
    customer.sees(&order.path.to_lowercase());
}

#[test]
fn signed_out_every_address_of_people_leads_to_the_sign_in_page_and_back() {
    let world = World::new();
    let order = world.order().up_to(oplossingscentrum::domain::Status::InDispute);
    let (customer, visitor) = (world.customer(), world.visitor());
    let public = [
        "/",
        "/sign-in",
        // Without a password before it, it leads to the sign-in page too; see the tests of second factors.
        "/sign-in/code",
        "/sign-out",
        "/language",
        "/help",
        "/help/cancelling",
        "/manifest.webmanifest",
        "/privacy",
        "/accessibility",
        "/.well-known/oplossingscentrum-keys",
        "/.well-known/security.txt",
        "/static/{file}",
        "/healthz",
        "/readyz",
        "/calendar/{secret}.ics",
        "/password/forgotten",
        "/password/sent",
        "/password/{token}",
        "/sign-in/link/{token}",
        "/sign-in/marketplace",
        "/sign-in/return",
        "/answer/{token}",
        "/unsubscribe/{token}",
    ];
    let token = visitor.csrf_token();
    let mut tried = 0;
    for route in routes().into_iter().filter(|route| !route.is_demo() && !public.contains(&route.pattern)) {
        let address = route.of(&order.to_string());
        if route.get {
            let page = visitor.get(&address).must(303);
            assert_eq!(page.location(), format!("/sign-in?next={}", address.replace('/', "%2F")));
            tried += 1;
        }
        if route.post {
            let page = visitor.post_with(&token, &address, &[("comment", "x")]).must(303);
            let back = page.location().strip_prefix("/sign-in?next=").expect(&address).replace("%2F", "/");
            let there = customer.get(&back).status;
            assert!([200, 303, 409].contains(&there), "{address} leads back to {back}, which answers {there}");
            tried += 1;
        }
    }
    assert!(tried > 22, "{tried}");
    let page = visitor.get(&format!("{}?action=update", order.at("/resolution"))).must(303);
    assert!(page.location().contains("%3Faction%3Dupdate"), "{}", page.location());
    assert_eq!(world.events(&order).len(), 2, "nothing happened");
}

#[test]
fn a_form_says_which_page_it_stands_on_and_leads_back_there_once_its_sender_signed_in() {
    let world = World::new();
    let order = world.order().up_to(oplossingscentrum::domain::Status::InDispute);
    let freelancer = world.freelancer();
    let pages = [
        // Before the order's own page, which marks its notifications as read.
        ("/notifications".to_owned(), "/notifications/read".to_owned()),
        (order.dispute(1), order.at("/disputes/1/update")),
        (order.dispute(1), order.at("/disputes/1/comments")),
        ("/account".to_owned(), "/account".to_owned()),
        ("/account?devices=all".to_owned(), "/account/password".to_owned()),
        ("/account/second-factor/set-up".to_owned(), "/account/second-factor/set-up".to_owned()),
    ];
    let forms: Vec<_> = pages.iter().map(|(page, action)| (page, freelancer.sees(page).form(action))).collect();
    // The form that comes back still names its page.
    let again = forms[4].1.send(&freelancer).must(422);
    assert_eq!(again.form("/account/password").value("return_to"), "/account?devices=all");
    let visitor = world.visitor();
    let token = visitor.csrf_token();
    for (page, form) in forms {
        let answer = form.forge("csrf_token", &token).send(&visitor).must(303);
        let back = serde_html_form::to_string([("next", page)]).unwrap();
        assert_eq!(answer.location(), format!("/sign-in?{back}"), "{page}");
    }
    for sly in ["//evil.example", "https://evil.example/", "/\\evil.example"] {
        let answer = visitor.post_with(&token, "/notifications/read", &[("return_to", sly)]).must(303);
        assert_eq!(answer.location(), "/sign-in?next=%2F", "{sly}");
    }
}

#[test]
fn every_address_that_pages_link_to_is_in_the_table_of_routes() {
    let source = include_str!("../../src/paths.rs");
    let table = routes();
    let mut tried = 0;
    for constant in source.lines().filter_map(|line| line.strip_prefix("pub const ")?.split_once(": &str = \"")) {
        let path = constant.1.trim_end_matches("\";").split(['?', '#']).next().unwrap();
        // Programs come there.
        if [oplossingscentrum::paths::API, oplossingscentrum::paths::DEMO_RECEIVER].contains(&path) {
            continue;
        }
        let is_there =
            table.iter().any(|route| route.pattern == path || path.ends_with('/') && route.pattern.starts_with(path));
        assert!(is_there, "{}: {path}", constant.0);
        tried += 1;
    }
    let order = oplossingscentrum::paths::order("OC-7K3M9QXA".parse().unwrap());
    let dispute = order.dispute(1);
    let of_orders = [
        order.to_string(),
        order.news(),
        order.deliver(),
        order.revision(),
        order.approve(),
        order.resolution(),
        order.change(),
        order.changes(),
        order.disputes(),
        dispute.to_string(),
        dispute.accept(),
        dispute.seen(),
        dispute.decline(),
        dispute.update(),
        dispute.comments(),
        dispute.withdraw(),
    ];
    for path in of_orders {
        assert!(table.iter().any(|route| route.of("OC-7K3M9QXA") == path), "{path}");
        tried += 1;
    }
    assert!(tried > 40, "{tried}");
}

#[test]
fn whoever_only_wants_to_know_whether_a_page_is_there_may_ask_with_head() {
    let world = World::new();
    let customer = world.customer();
    for address in ["/orders", "/help", "/healthz"] {
        let page = customer.request(&Method::HEAD, address, &[], &[]);
        assert_eq!((page.status, page.html.as_str()), (200, ""), "{address}");
    }
}

#[test]
fn the_help_page_tells_the_numbers_of_the_rules_in_both_languages() {
    let world = World::new();
    let visitor = world.visitor();
    visitor.sees("/help").shows("2 dagen").shows("48 uur").shows("4 dagen").shows("3 dagen").shows("30 extra dagen");
    let english = visitor.preferring("en").sees("/help");
    english.shows("2 days").shows("48 hours").shows("4 days").shows("3 days").shows("Mutually cancelled");
}
