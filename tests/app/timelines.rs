//! An order's page costs the same however much was said: its timeline comes in pages, and an answer reads none of it.

use std::collections::BTreeSet;

use chrono::TimeDelta;
use oplossingscentrum::domain::{Party, Text};
use oplossingscentrum::operations::Who;
use oplossingscentrum::operations::orders::{actions, overview};

use crate::builders::Order;
use crate::page::Page;
use crate::people::Person;
use crate::world::World;

/// The numbers of the events on a page, in their order there.
fn events(page: &Page) -> Vec<i32> {
    let document = page.document();
    let entries = document.select("li.entry");
    entries.iter().map(|entry| entry.attr_or("id", "").trim_start_matches("event-").parse().unwrap()).collect()
}

/// How many bytes of people's texts a page shows.
fn said(page: &Page) -> usize {
    page.document().select("main .said").iter().map(|words| words.text().len()).sum()
}

/// A question about a change with this many comments of each party, as fast as the limits allow.
fn talked_about(world: &World, comments: usize, length: usize) -> Order {
    let order = world.order().active();
    let (customer, freelancer) = world.parties();
    freelancer.requests_change(&order, 3, &[], "Ik heb meer tijd nodig.");
    for nth in 0..comments {
        for (person, party) in [(&customer, Party::Customer), (&freelancer, Party::Freelancer)] {
            let mut words = format!("{nth} van {}: ", party.code());
            words.extend(std::iter::repeat_n('x', length.saturating_sub(words.len())));
            world.says(person, &order, &words);
        }
        if nth % 30 == 29 {
            world.app.clock.advance(TimeDelta::hours(1));
        }
    }
    order
}

impl World {
    /// Adds a comment to the newest question without opening its page.
    pub fn says(&self, person: &Person, order: &Order, words: &str) {
        let who = Who { account: person.id, reference: order.reference };
        let number = self.row(order).dispute_count;
        actions::comment(&self.app.store, who, number, Text::parse(words).unwrap(), self.now()).unwrap();
    }
}

#[test]
fn a_timeline_comes_in_pages_of_fifty_that_lead_back_to_the_first_event_and_again_to_the_newest() {
    let world = World::new();
    let order = talked_about(&world, 60, 20);
    let customer = world.customer();
    let (newest, numbers) = (customer.sees(&order.path), 1..=122);
    assert_eq!(events(&newest), (73..=122).collect::<Vec<_>>());
    assert_eq!(newest.link_named("Nieuwste gebeurtenissen"), None);
    let mut seen: BTreeSet<i32> = events(&newest).into_iter().collect();
    let mut page = newest;
    while let Some(earlier) = page.link_named("Eerdere gebeurtenissen") {
        page = customer.sees(earlier.split('#').next().unwrap());
        let shown = events(&page);
        assert!(shown.len() <= 50 && shown.is_sorted(), "{shown:?}");
        assert!(shown.iter().all(|number| seen.insert(*number)), "none is shown twice: {shown:?}");
        assert!(page.link_named("Nieuwste gebeurtenissen").is_some_and(|way| way.starts_with(&order.path)));
    }
    assert_eq!(seen, numbers.collect());
    assert!(page.has("de bestelling geplaatst"));
    let english = world.freelancer();
    english.switches_language();
    assert!(english.sees(&order.path).link_named("Earlier events").is_some());
}

#[test]
fn what_is_printed_is_the_same_for_both_and_calls_nobody_you() {
    let world = World::new();
    let (customer, freelancer) = world.parties();
    let order = world.order().active();
    customer.asks_to_cancel(&order, "too_late", "Het duurt te lang.");
    freelancer.comments(&order, "Vrijdag is het klaar.");
    freelancer.declines(&order, "Nee, het komt echt.");
    customer.asks_for_update(&order, "Hoe staat het?");
    let printed = [&customer, &freelancer].map(|person| {
        let whole = person
            .sees(&person.sees(&order.path).document().select("main a[href$='/print']").attr_or("href", ""))
            .main();
        for word in ["(jij)", "Je ", " je ", " jij ", "jouw", "Wat kun je"] {
            assert!(!whole.contains(word), "{word:?} is in: {whole}");
        }
        whole
    });
    assert_eq!(printed[0], printed[1]);
    let whole = &printed[0];
    for told in [
        "Sanne de Vries heeft gevraagd om de bestelling te annuleren.",
        "Daan Bakker is niet akkoord gegaan met annuleren.",
    ] {
        assert!(whole.contains(told), "{told:?} is not in: {whole}");
    }
}

#[test]
fn the_page_of_a_question_shows_its_newest_comments_and_always_what_was_asked() {
    let world = World::new();
    let order = talked_about(&world, 40, 20);
    let customer = world.customer();
    let mut page = customer.sees(&order.dispute(1));
    let mut seen = BTreeSet::new();
    loop {
        let shown = events(&page);
        assert!(shown.len() <= 50 && shown.is_sorted(), "{shown:?}");
        assert!(shown.iter().all(|number| seen.insert(*number)));
        page.shows("Ik heb meer tijd nodig.");
        assert!(page.has_form(&order.at("/disputes/1/decline")), "it can be answered from every page");
        let Some(earlier) = page.link_named("Eerdere gebeurtenissen") else { break };
        assert!(earlier.starts_with(&order.dispute(1)), "{earlier}");
        page = customer.sees(earlier.split('#').next().unwrap());
    }
    assert_eq!(seen, (3..=82).collect(), "every comment, and the question itself stands above them");
}

#[test]
fn whatever_the_other_one_writes_a_page_takes_the_same_statements_and_forty_kilobytes_of_it_at_most() {
    let asked = [(1, 10), (200, Text::MAX_CHARS)].map(|(comments, length)| {
        let world = World::new();
        let order = talked_about(&world, comments, length);
        let customer = world.customer();
        let pages = [order.path.clone(), order.dispute(1), order.at("/disputes/1/accept"), order.at("/resolution")];
        pages.map(|path| {
            customer.sees(&path);
            let mut bytes = 0;
            let statements = world.statements(|| bytes = said(&customer.sees(&path)));
            assert!(bytes <= 40_000, "{path} has {bytes} bytes of what people said");
            (path.replace(&order.to_string(), "{reference}"), statements)
        })
    });
    for ((path, with_few), (_, with_many)) in asked[0].iter().zip(&asked[1]) {
        assert_eq!(with_few.len(), with_many.len(), "{path}: {with_few:#?} {with_many:#?}");
    }
}

/// Whether a statement reads people's texts, event after event.
fn reads_a_timeline(statement: &str) -> bool {
    let words = statement.replace(['`', '"'], "");
    words.starts_with("SELECT") && words.contains("event_texts.text") && words.contains("ORDER BY events.number")
}

#[test]
fn an_answer_loads_no_timeline_and_neither_does_a_page_that_shows_none() {
    let world = World::new();
    let (customer, freelancer) = world.parties();
    let [accepted, declined, updated, withdrawn] = std::array::from_fn(|_| world.order().active());
    for order in [&accepted, &declined] {
        freelancer.requests_change(order, 3, &[], "Ik heb meer tijd nodig.");
    }
    for order in [&updated, &withdrawn] {
        customer.asks_for_update(order, "Hoe staat het?");
    }
    let post = |person: &Person, path: String, words: &str| {
        let token = person.csrf_token();
        let asked = world.statements(|| drop(person.post_with(&token, &path, &[("comment", words)]).must(303)));
        let read: Vec<_> = asked.iter().filter(|statement| reads_a_timeline(statement)).collect();
        assert!(read.is_empty(), "{path}: {read:#?}");
    };
    post(&customer, accepted.at("/disputes/1/comments"), "Waarom?");
    post(&customer, accepted.at("/disputes/1/accept"), "");
    post(&customer, declined.at("/disputes/1/decline"), "");
    post(&freelancer, updated.at("/disputes/1/update"), "Bijna klaar.");
    post(&customer, withdrawn.at("/disputes/1/withdraw"), "");
    post(&freelancer, withdrawn.at("/deliver"), "");
    post(&customer, withdrawn.at("/revision"), "Graag wat groter.");
    freelancer.requests_change(&declined, 3, &[], "Toch nog eens.");
    for (person, path) in [
        (&customer, declined.at("/disputes/2/accept")),
        (&freelancer, declined.at("/disputes/2/withdraw")),
        (&customer, updated.at("/resolution")),
        (&customer, updated.at("/resolution?action=update")),
        (&freelancer, updated.at("/change")),
        (&customer, updated.at("/news")),
    ] {
        let asked = world.statements(|| drop(person.sees(&path)));
        let read: Vec<_> = asked.iter().filter(|statement| reads_a_timeline(statement)).collect();
        assert!(read.is_empty(), "{path}: {read:#?}");
    }
}

#[test]
fn what_is_printed_is_the_whole_history_read_a_page_at_a_time() {
    let world = World::new();
    let order = talked_about(&world, 60, 900);
    let customer = world.customer();
    let way = customer.sees(&order.path).link_named("Alles om af te drukken").expect("there is a page to print");
    let mut printed = None;
    let asked = world.statements(|| printed = Some(customer.sees(&way)));
    let printed = printed.unwrap();
    assert_eq!(events(&printed), (1..=122).collect::<Vec<_>>());
    assert!(said(&printed) > 100_000);
    let parts = asked.iter().filter(|statement| reads_a_timeline(statement)).count();
    assert!((3..=6).contains(&parts), "{parts}: {asked:#?}");
    let document = printed.document();
    let days: Vec<String> = document.select("main .timeline-day h3").iter().map(|day| day.text().to_string()).collect();
    assert_eq!(days.iter().collect::<BTreeSet<_>>().len(), days.len(), "each day is named once: {days:?}");
    assert!(printed.has("Afgedrukt op"));
    world.somebody("Vera").get(&way).must(404);
    let short = world.order().active();
    let way = customer.sees(&short.path).link_named("Alles om af te drukken");
    assert_eq!(way, Some(short.at("/print")), "a page that is whole leads there too: paper is for a third person");
}

#[test]
fn an_older_page_counts_nothing_new_as_read() {
    let world = World::new();
    let order = talked_about(&world, 30, 20);
    let customer = world.customer();
    let earlier = customer.sees(&order.path).link_named("Eerdere gebeurtenissen").unwrap();
    let unread = || customer.sees("/notifications").document().select("main .is-unread").length();
    assert_eq!(unread(), 0, "the newest page is where it is read");
    world.says(&world.freelancer(), &order, "Nog één ding.");
    customer.sees(earlier.split('#').next().unwrap());
    assert_eq!(unread(), 1);
}

#[test]
fn an_address_that_names_no_event_shows_the_newest() {
    let world = World::new();
    let order = talked_about(&world, 2, 20);
    let customer = world.customer();
    for before in ["", "x", "-1", "0", "99999999999999999999", "2147483647"] {
        let page = customer.sees(&order.at(&format!("?before={before}")));
        assert_eq!(events(&page), [1, 2, 3, 4, 5, 6], "{before:?}");
    }
    assert_eq!(events(&customer.sees(&order.at("?before=1"))), [0; 0]);
}

#[test]
fn a_page_reads_the_newest_questions_and_an_older_one_where_it_is_told() {
    let world = World::new();
    let order = world.order().active();
    let customer = world.customer();
    for nth in 0..60 {
        customer.asks_for_update(&order, &format!("Vraag {nth}."));
        customer.withdraws(&order);
        if nth % 10 == 9 {
            world.app.clock.advance(TimeDelta::days(1));
        }
    }
    let who = Who { account: customer.id, reference: order.reference };
    let overview = overview::load(&world.app.store, who, world.now()).unwrap();
    let read: Vec<i32> = overview.disputes.iter().map(|dispute| dispute.number).collect();
    assert_eq!(read, (11..=60).collect::<Vec<_>>(), "as many as the limits and a page's events need");
    let oldest = customer.sees(&order.at("?before=12"));
    assert!(oldest.links_to(&order.dispute(1)) && oldest.links_to(&order.dispute(5)));
    customer.sees(&order.dispute(1)).shows("Vraag 0.");
    customer.get(&order.dispute(61)).must(404);
    customer.get(&order.dispute(0)).must(404);
    let printed = customer.sees(&order.at("/print"));
    for number in [1, 10, 11, 60] {
        assert!(printed.links_to(&order.dispute(number)), "{number}");
    }
}

#[test]
fn what_was_agreed_is_told_however_long_ago() {
    let world = World::new();
    let order = world.order().active();
    let (customer, freelancer) = world.parties();
    freelancer.requests_change(&order, 3, &[("Spoed", "12,50")], "Graag iets extra's.");
    customer.accepts(&order);
    for nth in 0..51 {
        customer.asks_for_update(&order, "Hoe staat het?");
        customer.withdraws(&order);
        if nth % 9 == 8 {
            world.app.clock.advance(TimeDelta::days(1));
        }
    }
    customer.sees(&order.path).shows("Spoed");
}
