//! The lists: which orders and disputes they hold, in which order, a page at a time.

use chrono::TimeDelta;
use oplossingscentrum::domain::Status;

use crate::builders::Order;
use crate::page::Page;
use crate::people::Person;
use crate::rows::Row;
use crate::world::World;

/// The references of the orders in a page's list, in its order.
fn listed(page: &Page) -> Vec<String> {
    let document = page.document();
    of_orders(document.select("main a[href]").iter().map(|link| link.attr_or("href", "").to_string()))
}

/// The orders of these links, each once, in their order.
fn of_orders(links: impl Iterator<Item = String>) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    for link in links {
        let Some(reference) = link.strip_prefix("/orders/").and_then(|rest| rest.split(['/', '?']).next()) else {
            continue;
        };
        if found.last().is_none_or(|last| last != reference) {
            found.push(reference.to_owned());
        }
    }
    found
}

fn next(page: &Page) -> Option<String> {
    let document = page.document();
    let link = document.select("a[rel=next]");
    link.exists().then(|| link.attr_or("href", "").to_string())
}

/// Every page of a list, from its first one on.
fn pages(person: &Person, address: &str) -> Vec<Vec<String>> {
    let mut page = person.sees(address);
    let mut all = vec![listed(&page)];
    while let Some(address) = next(&page) {
        page = person.sees(&address);
        all.push(listed(&page));
        assert!(all.len() < 10, "the list never ends");
    }
    all
}

fn references(orders: &[&Order]) -> Vec<String> {
    orders.iter().map(ToString::to_string).collect()
}

#[test]
fn a_list_says_moments_shortly_with_the_whole_one_behind_them() {
    let world = World::new();
    let (customer, freelancer) = world.parties();
    let order = world.order().active();
    customer.asks_to_cancel(&order, "too_late", "Het duurt te lang.");
    for list in ["/orders", "/disputes", "/orders?filter=waiting"] {
        let page = freelancer.sees(list);
        let document = page.document();
        let time = document.select(".deadline time").first();
        assert!(time.attr_or("title", "").contains("(CE"), "{list}: {}", page.main());
        assert!(!page.main().contains("(CE"), "{list}: {}", page.main());
    }
    freelancer.sees(&order.dispute(1)).shows("(CE");
}

#[test]
fn sixty_orders_come_newest_first_on_pages_of_25_with_none_twice_and_none_missing() {
    let world = World::new();
    let customer = world.customer();
    let (freelancer, now) = (world.freelancer(), world.now());
    // Ten orders in each second, so that pages end between orders of the same moment; every second order has the sides
    // swapped.
    let mut orders: Vec<_> = (0..60)
        .map(|nth| {
            let placed = now - TimeDelta::seconds(nth / 10 * 60);
            let order = world.order().placed(placed);
            let order = if nth % 2 == 0 { order.between(&freelancer, &customer) } else { order };
            (placed, order.active())
        })
        .collect();
    orders.sort_by_key(|(placed, order)| std::cmp::Reverse((*placed, order.to_string())));
    let expected: Vec<String> = orders.iter().map(|(_, order)| order.to_string()).collect();
    let pages = pages(&customer, "/orders");
    assert_eq!(pages.iter().map(Vec::len).collect::<Vec<_>>(), [25, 25, 10]);
    assert_eq!(pages.concat(), expected);
}

#[test]
fn an_order_that_is_placed_meanwhile_moves_nothing_on_the_next_page() {
    let world = World::new();
    let customer = world.customer();
    let now = world.now();
    let orders: Vec<_> = (1..=30).map(|nth| world.order().placed(now - TimeDelta::minutes(nth)).active()).collect();
    let first = customer.sees("/orders");
    world.order().placed(now).active();
    let second = customer.sees(&next(&first).expect("there is a second page"));
    assert_eq!(listed(&second), references(&orders[25..].iter().collect::<Vec<_>>()));
    assert_eq!(second.link_named("Terug naar het begin").as_deref(), Some("/orders"));
    assert_eq!(next(&second), None);
}

#[test]
fn a_place_that_makes_no_sense_is_the_start() {
    let world = World::new();
    let customer = world.customer();
    let order = world.order().active();
    for nonsense in ["x", "1.OC-00000000", "'%20OR%201=1", "99999999999999999999.OC-00000000.1", "%00"] {
        assert_eq!(listed(&customer.sees(&format!("/orders?after={nonsense}"))), [order.to_string()], "{nonsense}");
        customer.sees(&format!("/disputes?after={nonsense}"));
        customer.sees(&format!("/disputes?view=closed&after={nonsense}"));
        customer.sees(&format!("/notifications?after={nonsense}"));
    }
}

/// The headings of the home page, each with the references of its orders.
fn groups(page: &Page) -> Vec<(String, Vec<String>)> {
    let document = page.document();
    let sections = document.select("main section");
    let of = |section: dom_query::Selection<'_>| {
        let links = section.select("a[href]");
        let orders = of_orders(links.iter().map(|link| link.attr_or("href", "").to_string()));
        (section.select("h2").text().to_string(), orders)
    };
    sections.iter().map(of).collect()
}

#[test]
fn the_home_stands_in_groups_by_what_needs_me_each_order_once() {
    let world = World::new();
    let (customer, freelancer) = world.parties();
    let now = world.now();
    let of = |status, minutes: i64| world.order().placed(now - TimeDelta::minutes(minutes)).up_to(status);
    let late = |days: i64, minutes: i64| world.order().placed(now - TimeDelta::minutes(minutes)).due_in(-days).active();
    let (completed, running) = (of(Status::Completed, 1), of(Status::Active, 2));
    let (asked, delivered) = (of(Status::InDispute, 3), of(Status::Delivered, 4));
    let (waiting, less_late, more_late) = (of(Status::ChangeRequested, 5), late(2, 6), late(9, 7));
    let named = |groups: &[(&str, &[&Order])]| -> Vec<(String, Vec<String>)> {
        groups.iter().map(|(heading, orders)| ((*heading).to_owned(), references(orders))).collect()
    };
    let page = customer.sees("/orders");
    assert_eq!(
        groups(&page),
        named(&[
            ("Wacht op jou", &[&waiting]),
            ("Te laat", &[&more_late, &less_late]),
            ("Bekijk wat geleverd is", &[&delivered]),
            ("Loopt", &[&running, &asked]),
            ("Afgesloten", &[&completed]),
        ])
    );
    page.shows("1 verzoek wacht op jouw antwoord.").shows("Automatisch voltooid op");
    for step in [
        waiting.dispute(1),
        more_late.at("/resolution?action=update"),
        more_late.at("/resolution?action=cancellation"),
        delivered.at("/approve"),
    ] {
        assert!(page.links_to(&step), "{step}: {:?}", page.links());
    }
    let page = freelancer.sees("/orders");
    assert_eq!(
        groups(&page),
        named(&[
            ("Wacht op jou", &[&asked]),
            ("Te laat", &[&more_late, &less_late]),
            ("Loopt", &[&running, &delivered, &waiting]),
            ("Afgesloten", &[&completed]),
        ])
    );
    assert!(page.links_to(&less_late.at("/deliver")) && page.links_to(&less_late.at("/change")));
    assert_eq!(listed(&customer.sees("/orders?filter=late")), references(&[&less_late, &more_late]), "newest first");
}

#[test]
fn the_pages_of_the_home_go_through_its_groups_with_none_twice_and_none_missing() {
    let world = World::new();
    let customer = world.customer();
    let now = world.now();
    let order = |nth: i64| world.order().placed(now - TimeDelta::minutes(nth));
    let waiting: Vec<_> = (0..27).map(|nth| order(nth).up_to(Status::ChangeRequested)).collect();
    let late: Vec<_> = (0..27).map(|nth| order(nth).due_in(nth / 4 - 30).active()).collect();
    let delivered: Vec<_> = (0..5).map(|nth| order(nth).up_to(Status::Delivered)).collect();
    let running: Vec<_> = (0..27).map(|nth| order(nth).active()).collect();
    let closed: Vec<_> = (0..27).map(|nth| order(nth).up_to(Status::Completed)).collect();
    let pages = pages(&customer, "/orders");
    assert_eq!(pages.iter().map(Vec::len).collect::<Vec<_>>(), [25, 25, 25, 25, 13]);
    let found = pages.concat();
    let sorted = |orders: &[String]| {
        let mut orders = orders.to_vec();
        orders.sort();
        orders
    };
    let mut rest = found.as_slice();
    for (group, orders) in [("w", waiting), ("l", late), ("d", delivered), ("r", running), ("c", closed)] {
        let (here, after) = rest.split_at(orders.len());
        assert_eq!(sorted(here), sorted(&references(&orders.iter().collect::<Vec<_>>())), "{group}");
        rest = after;
    }
    let second = customer.sees(&next(&customer.sees("/orders")).unwrap());
    second.shows("Pagina 2");
    let third = customer.sees(&next(&second).unwrap());
    let back = third.link_named("Vorige pagina").expect("there is a way back");
    assert_eq!(listed(&customer.sees(&back)), listed(&second));
}

#[test]
fn the_filters_show_what_they_say() {
    let world = World::new();
    let (customer, freelancer) = world.parties();
    let of = |status, minutes: i64| world.order().placed(world.now() - TimeDelta::minutes(minutes)).up_to(status);
    let active = of(Status::Active, 1);
    let delivered = of(Status::Delivered, 2);
    let in_dispute = of(Status::InDispute, 3);
    let change = of(Status::ChangeRequested, 4);
    let completed = of(Status::Completed, 5);
    let mutual = of(Status::MutuallyCancelled, 6);
    let cancelled = of(Status::Cancelled, 7);
    let all = [&active, &delivered, &in_dispute, &change, &completed, &mutual, &cancelled];
    for (person, filter, expected) in [
        (&customer, "all&role=customer", &all[..]),
        (&customer, "open", &all[..4]),
        (&customer, "closed", &all[4..]),
        (&customer, "waiting", &[&delivered, &change]),
        (&freelancer, "waiting", &[&in_dispute]),
    ] {
        let page = person.sees(&format!("/orders?filter={filter}"));
        assert_eq!(listed(&page), references(expected), "{} {filter}", person.name);
    }
    let form = customer.sees("/orders?filter=closed&role=customer&q=logo").form("/orders");
    assert_eq!((form.value("filter"), form.value("role"), form.value("q")), ("closed", "customer", "logo"));
    assert_eq!(form.options("filter"), ["all", "open", "waiting", "late", "closed"]);
}

#[test]
fn the_same_account_is_a_customer_here_and_a_freelancer_there() {
    let world = World::new();
    let (customer, freelancer) = world.parties();
    let now = world.now();
    let buys = world.order().placed(now - TimeDelta::minutes(1)).active();
    let sells = world.order().between(&freelancer, &customer).placed(now - TimeDelta::minutes(2)).active();
    for (role, expected) in [("any", &[&buys, &sells][..]), ("customer", &[&buys]), ("freelancer", &[&sells])] {
        assert_eq!(listed(&customer.sees(&format!("/orders?role={role}"))), references(expected), "{role}");
    }
}

#[test]
fn a_search_finds_titles_references_and_people_whatever_characters_are_in_it() {
    let world = World::new();
    let customer = world.customer();
    let other = world.somebody("Marit O'Hara");
    let now = world.now();
    let titles =
        ["100% katoen", "snake_case", "Het \"mooiste\" logo", "C:\\map\\bestand", "Logo 'extra'", "CAFÉ De Zon"];
    let orders: Vec<_> = (0..)
        .zip(titles)
        .map(|(nth, title)| world.order().titled(title).placed(now - TimeDelta::minutes(nth)).active())
        .collect();
    let hers = world.order().titled("Vertaling").between(&customer, &other).placed(now - TimeDelta::hours(1)).active();
    for (search, expected) in [
        ("%", vec![&orders[0]]),
        ("100%", vec![&orders[0]]),
        ("_", vec![&orders[1]]),
        ("\"mooiste\"", vec![&orders[2]]),
        ("\\", vec![&orders[3]]),
        ("'extra'", vec![&orders[4]]),
        ("LOGO", vec![&orders[2], &orders[4]]),
        (" logo ", vec![&orders[2], &orders[4]]),
        ("café", vec![&orders[5]]),
        ("cafÉ DE", vec![&orders[5]]),
        ("o'hara", vec![&hers]),
        ("marit", vec![&hers]),
        ("'; DROP TABLE orders; --", vec![]),
        ("bestaat niet", vec![]),
    ] {
        let query = serde_html_form::to_string([("q", search)]).unwrap();
        let page = customer.sees(&format!("/orders?{query}"));
        assert_eq!(listed(&page), references(&expected), "{search}");
        assert_eq!(page.form("/orders").value("q"), search.trim(), "the search is kept");
    }
    let reference = orders[1].to_string().to_lowercase();
    assert_eq!(listed(&customer.sees(&format!("/orders?q={reference}"))), references(&[&orders[1]]));
    customer.sees("/orders?q=nergens").shows("Geen bestelling past bij wat je zoekt.");
}

#[test]
fn the_next_page_keeps_what_was_asked() {
    let world = World::new();
    let customer = world.customer();
    let now = world.now();
    for nth in 0..30 {
        world.order().titled("Logo & meer").placed(now - TimeDelta::minutes(nth)).active();
        world.order().titled("Website").placed(now - TimeDelta::minutes(nth)).active();
    }
    let pages = pages(&customer, "/orders?filter=open&role=customer&q=logo+%26");
    assert_eq!(pages.iter().map(Vec::len).collect::<Vec<_>>(), [25, 5]);
}

#[test]
fn what_waits_for_me_comes_first_and_the_soonest_deadline_on_top() {
    let world = World::new();
    let (customer, freelancer) = world.parties();
    let orders: Vec<_> = (0..5).map(|_| world.order().active()).collect();
    // For the customer: a change with 96 hours, asked first, and a cancellation with 48 hours, asked an hour later.
    Row::Change.opens(&orders[0], &customer, &freelancer);
    world.hours_pass(1);
    Row::FreelancerCancels.opens(&orders[1], &customer, &freelancer);
    Row::Update.opens(&orders[2], &customer, &freelancer);
    world.hours_pass(1);
    Row::FreelancerCancels.opens(&orders[3], &customer, &freelancer);
    Row::CustomerCancels.opens(&orders[4], &customer, &freelancer);
    let page = customer.sees("/disputes");
    let expected = [&orders[1], &orders[3], &orders[0], &orders[2], &orders[4]];
    assert_eq!(listed(&page), references(&expected));
    let main = page.main();
    let at = |text: &str| main.find(text).unwrap_or_else(|| panic!("{text}: {main}"));
    assert!(at("Wacht op jou") < at(&orders[1].to_string()) && at(&orders[0].to_string()) < at("Wacht op de ander"));
    assert!(at("Wacht op de ander") < at(&orders[2].to_string()));
    assert_eq!(customer.badge(), 3);
    let english = customer.browser.clone().preferring("en").sees("/disputes");
    assert!(english.says("Waiting for you") && english.says("Waiting for the other party"));
}

#[test]
fn withdrawing_from_the_list_leads_back_to_the_list() {
    let world = World::new();
    let (customer, freelancer) = world.parties();
    let (own, theirs) = (world.order().active(), world.order().active());
    Row::CustomerCancels.opens(&own, &customer, &freelancer);
    Row::FreelancerCancels.opens(&theirs, &customer, &freelancer);
    let list = customer.sees("/disputes");
    let ways: Vec<_> = list.links().into_iter().filter(|link| link.contains("/withdraw")).collect();
    assert_eq!(ways, [own.at("/disputes/1/withdraw?from=disputes")], "only what I asked myself");
    let confirm = customer.sees(&ways[0]);
    assert!(confirm.links_to("/disputes"), "and the way back is the list: {:?}", confirm.links());
    let page = customer.done(&confirm.form(&own.at("/disputes/1/withdraw")));
    assert_eq!(page.path, "/disputes");
    page.shows("Ingetrokken.");
    assert_eq!(listed(&page), references(&[&theirs]));
    assert_eq!(world.row(&own).status, Status::Active);
}

#[test]
fn what_is_over_is_in_the_closed_view_latest_end_first() {
    let world = World::new();
    let (customer, freelancer) = world.parties();
    let orders: Vec<_> = (0..4).map(|_| world.order().active()).collect();
    for (order, row) in orders.iter().zip([Row::Update, Row::CustomerCancels, Row::FreelancerCancels, Row::Change]) {
        row.opens(order, &customer, &freelancer);
    }
    customer.declines(&orders[2], "Nee.");
    world.hours_pass(1);
    freelancer.gives_update(&orders[0], "Bijna klaar.");
    world.hours_pass(1);
    customer.accepts(&orders[3]);
    world.days_pass(3);
    world.sweep();
    let expected = [&orders[1], &orders[3], &orders[0], &orders[2]];
    for person in [&customer, &freelancer] {
        let page = person.sees("/disputes?view=closed");
        assert_eq!(listed(&page), references(&expected), "{}", person.name);
        for word in ["Verlopen", "Geaccepteerd", "Beantwoord", "Afgewezen"] {
            assert!(page.says(word), "{word}: {}", page.main());
        }
        assert_eq!(listed(&person.sees("/disputes")), [""; 0]);
    }
}

#[test]
fn open_disputes_come_on_pages_of_25_too_mine_before_theirs() {
    let world = World::new();
    let (customer, freelancer) = world.parties();
    let mine: Vec<_> = (0..27)
        .map(|_| {
            world.seconds_pass(1);
            world.order().up_to(Status::ChangeRequested)
        })
        .collect();
    let theirs: Vec<_> = (0..27)
        .map(|_| {
            world.seconds_pass(1);
            world.order().up_to(Status::InDispute)
        })
        .collect();
    let all: Vec<&Order> = mine.iter().chain(&theirs).collect();
    let pages = pages(&customer, "/disputes");
    assert_eq!(pages.iter().map(Vec::len).collect::<Vec<_>>(), [25, 25, 4]);
    assert_eq!(pages.concat(), references(&all));
    assert_eq!((customer.badge(), freelancer.badge()), (27, 27));
}

#[test]
fn empty_lists_say_what_will_appear_there() {
    let world = World::new();
    let customer = world.customer();
    customer.sees("/orders").shows("Je hebt nog geen bestellingen.");
    customer.sees("/disputes").shows("Niemand wacht op jou.").shows("Je wacht op niemand.");
    customer.sees("/disputes?view=closed").shows("Je hebt nog geen afgesloten geschillen.");
    customer.sees("/notifications").shows("Er zijn nog geen meldingen.");
}
