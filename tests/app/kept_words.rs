//! What was written is never lost: whatever refuses a form gives its words back, to their writer alone.

use std::sync::mpsc;

use chrono::TimeDelta;
use oplossingscentrum::domain::Language::Nl;
use reqwest::Method;

use crate::builders::Order;
use crate::page::{Form, Page};
use crate::people::Person;
use crate::world::{PASSWORD, World};

const WORDS: &str = "Ik heb hier een uur over gedaan.\nEn er staat een regel onder.";

/// The text that a page gives back to copy.
fn given_back(page: &Page) -> String {
    page.document().select("textarea#kept-words[readonly]").text().trim_start_matches('\n').to_owned()
}

/// Does that while the database is away; on SQLite, which is a file of our own, while its one writer is busy.
fn without_database(world: &World, send: impl FnOnce() -> Page) -> Page {
    if world.is_postgres() {
        world.loses_its_database();
        return send();
    }
    let (busy, is_busy) = mpsc::channel();
    let (done, is_done) = mpsc::channel::<()>();
    let store = world.app.store.clone();
    let writer = std::thread::spawn(move || {
        store.write(|_| {
            busy.send(()).unwrap();
            is_done.recv().unwrap();
            Ok::<_, oplossingscentrum::store::Error>(())
        })
    });
    is_busy.recv().unwrap();
    let page = send();
    done.send(()).unwrap();
    writer.join().unwrap().unwrap();
    page
}

/// The form to ask for an update.
#[track_caller]
fn asks(person: &Person, order: &Order) -> Form {
    person.sees(&order.at("/resolution?action=update")).form(&order.at("/disputes"))
}

/// Ends every session, as a new password or two weeks do.
fn sessions_end(world: &World) {
    world.sql("DELETE FROM sessions").unwrap();
}

/// Signs in on the page that this answer leads to, and goes on.
#[track_caller]
fn signs_in_again(person: &Person, answer: &Page) -> Page {
    let page = person.follow(answer);
    page.shows(&Nl.words().kept_until_sign_in());
    assert!(!page.html.contains("een uur over gedaan"), "the sign-in page tells nobody");
    let form = page.form("/sign-in").fill("email", &person.email).fill("password", PASSWORD);
    person.done(&form)
}

/// Each form with a text: who sends it, and its address.
fn forms<'a>(world: &World, customer: &'a Person, freelancer: &'a Person) -> Vec<(&'a Person, Form, Order)> {
    let order = |ready: &dyn Fn(&Order)| {
        let order = world.order().active();
        ready(&order);
        order
    };
    let asked = || order(&|order| drop(customer.asks_for_update(order, "Hoe staat het?")));
    let cancels = || order(&|order| drop(customer.asks_to_cancel(order, "other", "Daarom.")));
    let (update, cancellation, change, deliver) = (order(&|_| {}), order(&|_| {}), order(&|_| {}), order(&|_| {}));
    let (revision, [comment, answer], [decline, accept]) =
        (world.order().delivered(), [asked(), asked()], [cancels(), cancels()]);
    vec![
        (customer, asks(customer, &update), update),
        (customer, customer.center_form(&cancellation, "cancellation").choose("reason", "too_late"), cancellation),
        (freelancer, freelancer.change_form(&change, 3, &[("Visitekaartje", "75")], ""), change),
        (freelancer, freelancer.deliver_form(&deliver), deliver),
        (customer, customer.sees(&revision.path).form(&revision.at("/revision")), revision),
        (customer, customer.comment_form(&comment), comment),
        (freelancer, freelancer.update_form(&answer), answer),
        (freelancer, freelancer.decline_form(&decline), decline),
        (freelancer, freelancer.sees(&accept.dispute(1)).form(&accept.at("/disputes/1/accept")), accept),
    ]
}

#[test]
fn after_signing_in_again_every_form_stands_as_it_was_left() {
    let world = World::new();
    let (customer, freelancer) = world.parties();
    let forms = forms(&world, &customer, &freelancer);
    sessions_end(&world);
    for (person, form, order) in forms {
        let events = world.events(&order).len();
        let form = form.fill("comment", WORDS);
        let page = signs_in_again(person, &form.send(person));
        let again = page.form(&form.action);
        assert_eq!(again.value("comment"), WORDS, "{}", form.action);
        for kept in ["reason", "extra_days", "extra_title[]", "extra_price[]"] {
            assert_eq!(again.value(kept), form.value(kept), "{}: {kept}", form.action);
        }
        assert_eq!(world.events(&order).len(), events, "{} did nothing", form.action);
        person.done(&again);
        world.sql(&format!("DELETE FROM sessions WHERE account_id = {}", person.id.0)).unwrap();
    }
}

#[test]
fn words_that_were_sent_in_the_end_are_not_offered_again() {
    let world = World::new();
    let customer = world.customer();
    let order = world.order().active();
    customer.asks_for_update(&order, "Hoe staat het?");
    let form = customer.comment_form(&order).fill("comment", WORDS);
    sessions_end(&world);
    let page = signs_in_again(&customer, &form.send(&customer));
    let sent = customer.done(&page.form(&form.action));
    assert_eq!(sent.form(&form.action).value("comment"), "");
    assert_eq!(customer.sees(&order.dispute(1)).form(&form.action).value("comment"), "");
}

#[test]
fn another_account_on_the_same_browser_sees_nothing_of_them() {
    let world = World::new();
    let (customer, freelancer) = world.parties();
    let order = world.order().active();
    customer.asks_for_update(&order, "Hoe staat het?");
    let form = customer.comment_form(&order).fill("comment", WORDS);
    sessions_end(&world);
    form.send(&customer).must(303);
    // The freelancer signs in on the customer's browser: the same order, the same page.
    let other = freelancer.with(customer.browser.clone());
    other.signs_in(PASSWORD).must(303);
    let page = other.sees(&order.dispute(1));
    assert!(!page.html.contains("een uur over gedaan"));
    // And the page that the customer left open in another tab gives them back to the customer alone.
    let refused = form.send(&other).must(403);
    assert!(!refused.html.contains("een uur over gedaan"), "{}", refused.main());
    refused.shows(&Nl.words().kept_for_writer());
    let back = customer.elsewhere();
    back.takes_cookie("kept=1; Path=/");
    back.signs_in(PASSWORD).must(303);
    assert_eq!(back.sees(&order.dispute(1)).form(&form.action).value("comment"), WORDS, "they are theirs still");
}

#[test]
fn what_is_kept_is_unreadable_and_belongs_to_one_page_for_a_day() {
    let world = World::new();
    let customer = world.customer();
    let (order, other) = (world.order().active(), world.order().active());
    let form = asks(&customer, &order).fill("comment", WORDS);
    sessions_end(&world);
    form.send(&customer).must(303);
    customer.signs_in(PASSWORD).must(303);
    let of = |order: &Order| asks(&customer, order);
    assert_eq!((of(&order).value("comment"), of(&other).value("comment")), (WORDS, ""));
    let moved = world.sql(&format!("UPDATE kept_words SET page = '{}'", other.at("/resolution?action=update")));
    moved.unwrap();
    assert_eq!(of(&other).value("comment"), "", "a row in another place is of no use");
    let hidden = |text: &str| world.sql(&format!("DELETE FROM kept_words WHERE hidden LIKE '%{text}%'")).unwrap();
    hidden("gedaan");
    world.sql(&format!("UPDATE kept_words SET page = '{}'", order.at("/resolution?action=update"))).unwrap();
    assert_eq!(of(&order).value("comment"), WORDS);
    world.sql("UPDATE kept_words SET kept_at = '2020-01-01 00:00:00.000000'").unwrap();
    assert_eq!(of(&order).value("comment"), "", "their time is over");
}

#[test]
fn what_a_rule_refuses_is_shown_to_copy() {
    let world = World::new();
    let (customer, freelancer) = world.parties();
    let order = world.order().active();
    customer.asks_to_cancel(&order, "other", "Daarom.");
    let (decline, comment) = (freelancer.decline_form(&order), freelancer.comment_form(&order));
    customer.withdraws(&order);
    for form in [decline, comment] {
        let page = form.fill("comment", WORDS).send(&freelancer).must(409);
        assert_eq!(given_back(&page), WORDS, "{}", page.main());
    }
}

#[test]
fn a_limit_on_comments_gives_the_comment_back() {
    let world = World::new();
    let customer = world.customer();
    let order = world.order().active();
    customer.asks_for_update(&order, "Hoe staat het?");
    let form = customer.comment_form(&order).fill("comment", WORDS);
    for number in 0..30 {
        form.clone().fill("comment", &format!("Hallo {number}")).send(&customer).must(303);
    }
    assert_eq!(given_back(&form.send(&customer).must(409)), WORDS);
}

#[test]
fn a_form_that_is_too_old_or_too_large_is_given_back() {
    let world = World::new();
    let customer = world.customer();
    let order = world.order().active();
    let form = asks(&customer, &order).fill("comment", WORDS);
    let old = form.clone().forge("csrf_token", "abc").send(&customer).must(403);
    assert_eq!(given_back(&old), WORDS);
    let page = order.at("/resolution?action=update");
    assert!(old.links_to(&page), "{}", old.main());
    assert_eq!(customer.sees(&page).form(&form.action).value("comment"), WORDS, "and it stands in the form again");
    let long = "x".repeat(70_000);
    assert_eq!(given_back(&form.fill("comment", &long).send(&customer).must(413)), long);
    assert_eq!(world.row(&order).dispute_count, 0);
}

#[test]
fn while_the_database_is_away_the_words_are_shown() {
    let world = World::new();
    let customer = world.customer();
    let order = world.order().active();
    let form = asks(&customer, &order).fill("comment", WORDS);
    let page = without_database(&world, || form.send(&customer)).must(503);
    assert_eq!(given_back(&page), WORDS, "{}", page.main());
}

#[test]
fn words_that_come_from_elsewhere_are_never_shown() {
    let world = World::new();
    let customer = world.customer();
    let order = world.order().active();
    let form = asks(&customer, &order).fill("comment", "Bel 0900 voor hulp").forge("csrf_token", "abc");
    for headers in [
        vec![],
        vec![("origin", "https://evil.example")],
        vec![("sec-fetch-site", "cross-site")],
        vec![("sec-fetch-site", "none")],
    ] {
        let page = customer.request(&Method::POST, &form.action, &headers, &form.fields).must(403);
        assert!(!page.html.contains("0900"), "{headers:?}");
    }
    let forged = form.forge("writer", "1.00000000000000000000000000000000");
    sessions_end(&world);
    let answer = forged.send(&customer).must(303);
    assert!(
        !customer.cookies().contains("kept"),
        "{}: nothing is kept for a writer that somebody made up",
        answer.path
    );
}

#[test]
fn the_words_in_the_box_go_with_the_button_that_is_pressed() {
    let world = World::new();
    let (customer, freelancer) = world.parties();
    let order = world.order().active();
    customer.asks_to_cancel(&order, "other", "Daarom.");
    let page = freelancer.sees(&order.dispute(1));
    assert_eq!(page.document().select("main textarea").length(), 1, "there is one text on the page");
    let way = order.at("/disputes/1/accept");
    let answer = page.form(&way).fill("comment", WORDS).send(&freelancer).must(303);
    assert_eq!(answer.location(), way, "no word stands in an address");
    assert!(world.dispute(&order, 1).is_open(), "it asks once more");
    let sure = freelancer.follow(&answer);
    assert_eq!(sure.form(&way).value("comment"), WORDS);
    freelancer.done(&sure.form(&way));
    let event = world.events(&order).pop().unwrap();
    assert_eq!(event.text.unwrap().as_str(), WORDS);
    customer.sees(&order.path).shows("En er staat een regel onder.");
}

#[test]
fn a_delivery_says_what_it_is_and_where() {
    let world = World::new();
    let (customer, freelancer) = world.parties();
    let order = world.order().active();
    let form = freelancer.deliver_form(&order);
    let page = form.clone().fill("comment", &"x".repeat(2_501)).send(&freelancer);
    page.refuses(&[("comment", "Houd het bij 2500 tekens; je hebt er nu 2501")]);
    freelancer.done(&form.fill("comment", "Het logo staat op https://voorbeeld.example/logo"));
    customer.sees(&order.path).shows("https://voorbeeld.example/logo");
}

#[test]
fn an_answer_comes_back_once_when_the_other_said_something_meanwhile() {
    let world = World::new();
    let (customer, freelancer) = world.parties();
    let order = world.order().active();
    customer.asks_for_update(&order, "Hoe staat het?");
    let form = freelancer.update_form(&order).fill("comment", WORDS);
    customer.comments(&order, "En lukt vrijdag nog?");
    let page = form.send(&freelancer);
    page.refuses(&[("comment", &Nl.words().newer_came("Sanne de Vries"))]);
    page.shows("En lukt vrijdag nog?");
    let again = page.form(&form.action);
    assert_eq!(again.value("comment"), WORDS);
    assert!(world.dispute(&order, 1).is_open());
    // Once: whatever comes now, the answer is taken.
    customer.comments(&order, "Hallo?");
    freelancer.done(&again);
    assert!(!world.dispute(&order, 1).is_open());
}

#[test]
fn nobody_is_held_up_by_what_they_said_themselves_nor_in_the_last_hour() {
    let world = World::new();
    let (customer, freelancer) = world.parties();
    let opened = || {
        let order = world.order().active();
        customer.asks_to_cancel(&order, "other", "Daarom.");
        let decline = freelancer.decline_form(&order);
        (order, decline)
    };
    let (order, decline) = opened();
    freelancer.comments(&order, "Even kijken.");
    decline.send(&freelancer).must(303);
    let (order, decline) = opened();
    customer.comments(&order, "Hallo?");
    decline.clone().without("seen").send(&freelancer).must(303);
    let (order, decline) = opened();
    customer.comments(&order, "Hallo?");
    world.it_is(world.dispute(&order, 1).respond_by - TimeDelta::minutes(59));
    decline.send(&freelancer).must(303);
    let (order, _) = opened();
    let withdraw = customer.withdraw_form(&order);
    freelancer.comments(&order, "Hallo?");
    withdraw.send(&customer).must(303);
}

#[test]
fn the_answer_to_a_form_knows_the_address_of_its_page() {
    let world = World::new();
    let customer = world.customer();
    let order = world.order().active();
    let page = asks(&customer, &order).send(&customer).must(422);
    let address = page.document().select("main").attr_or("data-page", "").to_string();
    assert_eq!(address, order.at("/resolution?action=update"));
    customer.sees(&address);
    assert!(!customer.sees(&address).document().select("main[data-page]").exists());
}

#[test]
fn a_comment_is_no_answer_and_the_page_says_so() {
    let world = World::new();
    let (customer, freelancer) = world.parties();
    let order = world.order().active();
    customer.asks_to_cancel(&order, "other", "Daarom.");
    freelancer.comments(&order, "Liever niet.").shows("Je hebt nog niet geantwoord");
    customer.comments(&order, "Toch wel.").hides("Je hebt nog niet geantwoord");
}

#[test]
fn a_second_tab_that_signs_in_is_led_on_to_where_it_wanted() {
    let world = World::new();
    let customer = world.customer().elsewhere();
    let [first, second] = ["/disputes", "/notifications"].map(|page| {
        let form = customer.follow(&customer.get(page).must(303)).form("/sign-in");
        form.fill("email", &customer.email).fill("password", PASSWORD)
    });
    first.send(&customer).must(303);
    assert!(second.send(&customer).must(403).links_to("/notifications"));
}

#[test]
fn a_page_that_is_not_theirs_says_as_whom_they_look_and_leads_back_as_another() {
    let world = World::new();
    let (customer, stranger) = (world.customer(), world.somebody("Kim de Boer"));
    let order = world.order().active();
    let page = stranger.get(&order.path).must(404);
    page.shows("Je bent ingelogd als Kim de Boer");
    let next = page.document().select("main form[action='/sign-out'] [name=next]").attr_or("value", "").to_string();
    assert_eq!(next, order.path);
    let there = stranger.follow(&page.form("/sign-out").forge("next", &next).send(&stranger));
    let form = there.form("/sign-in").fill("email", &customer.email).fill("password", PASSWORD);
    assert_eq!(form.send(&stranger).must(303).location(), order.path);
}
