//! The language: Dutch unless the reader chose another one, by their browser, by a cookie, or on their account.

use crate::world::PASSWORD;
use crate::world::World;
use oplossingscentrum::domain::Language::En;

#[test]
fn a_visitor_reads_what_the_browser_prefers_and_else_dutch() {
    let world = World::new();
    for (languages, expected) in [
        ("", "nl"),
        ("en", "en"),
        ("en-GB,en;q=0.9,nl;q=0.8", "en"),
        ("nl-BE,en;q=0.5", "nl"),
        ("de,fr;q=0.9", "nl"),
        ("fr,en;q=0.3", "en"),
        ("EN", "en"),
    ] {
        let page = world.visitor().preferring(languages).sees("/help");
        assert_eq!(page.language(), expected, "{languages:?}");
    }
}

#[test]
fn a_visitor_who_switches_keeps_the_choice_in_a_cookie_whatever_the_browser_prefers() {
    let world = World::new();
    let visitor = world.visitor().preferring("nl");
    let form = visitor.sees("/help").form("/language");
    assert_eq!((form.value("language"), form.value("next")), ("en", "/help"));
    let page = visitor.done(&form);
    assert_eq!((page.language().as_str(), page.path.as_str()), ("en", "/help"));
    assert_eq!(visitor.sees("/sign-in").h1(), "Sign in");
    visitor.done(&page.form("/language"));
    assert_eq!(visitor.sees("/sign-in").h1(), "Inloggen");
}

#[test]
fn whoever_is_signed_in_keeps_the_choice_on_the_account() {
    let world = World::new();
    let customer = world.customer();
    customer.switches_language();
    assert_eq!(world.written(&customer).preferences.language, Some(En));
    let elsewhere = customer.elsewhere();
    assert_eq!(elsewhere.sees("/sign-in").language(), "nl", "another browser does not know yet who it is");
    elsewhere.signs_in(PASSWORD).must(303);
    assert_eq!(elsewhere.sees("/orders").h1(), "Orders");
    assert_eq!(elsewhere.get("/nergens").h1(), En.words().error_not_found(), "error pages too");
    assert_eq!(elsewhere.browser.clone().preferring("nl").sees("/orders").h1(), "Orders");
}

#[test]
fn the_account_page_changes_language_and_time_zone() {
    let world = World::new();
    let customer = world.customer();
    let order = world.order().up_to(oplossingscentrum::domain::Status::InDispute);
    assert!(customer.sees(&order.dispute(1)).main().contains("(CE"), "the marketplace is in Amsterdam");
    let form = customer.sees("/account").form("/account").choose("language", "en").choose("time_zone", "Asia/Tokyo");
    assert_eq!(customer.done(&form).shows("Saved.").h1(), "Account");
    let page = customer.sees(&order.dispute(1));
    assert!(page.main().contains("(JST)") && !page.main().contains("(CE"), "{}", page.main());
    let form = customer.sees("/account").form("/account");
    assert_eq!((form.value("language"), form.value("time_zone")), ("en", "Asia/Tokyo"));
    customer.done(&form.choose("time_zone", ""));
    assert_eq!(world.written(&customer).preferences.time_zone, None);
}

#[test]
fn a_language_we_do_not_speak_is_a_request_we_do_not_understand() {
    let world = World::new();
    let visitor = world.visitor();
    visitor.post("/language", &[("language", "de"), ("next", "/help")]).must(400);
    assert_eq!(visitor.sees("/help").language(), "nl");
}

#[test]
fn each_party_reads_the_same_dispute_in_their_own_language() {
    let world = World::new();
    let (customer, freelancer) = world.parties();
    freelancer.switches_language();
    let order = world.order().active();
    customer.asks_to_cancel(&order, "no_longer_needed", "De bakkerij sluit.");
    let page = freelancer.sees(&order.dispute(1));
    page.shows("Reason: I no longer need this")
        .shows("De bakkerij sluit.")
        .shows("If you do nothing, the order is cancelled automatically on");
    customer.sees(&order.dispute(1)).shows("Reden: Ik heb de opdracht niet meer nodig");
}
