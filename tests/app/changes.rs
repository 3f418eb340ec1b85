//! A change moves the delivery date and the price only when it is accepted, and always from the old date.

use chrono::TimeDelta;
use oplossingscentrum::domain::Status;

use crate::clocks::nothing_is_wrong;
use crate::world::World;

#[test]
fn days_are_added_to_the_old_date_even_when_that_has_passed() {
    let world = World::new();
    let (customer, freelancer) = world.parties();
    let order = world.order().due_in(-5).active();
    let old = world.row(&order).delivery_date;
    freelancer.requests_change(&order, 3, &[], "Ik loop achter.");
    world.days_pass(2);
    customer.accepts(&order);
    let row = world.row(&order);
    assert_eq!(row.delivery_date, old + TimeDelta::days(3), "never counted from now");
    assert_eq!(row.price.cents, 25_000, "only days were asked for");
    assert!(customer.sees(&order.path).says("Te laat"), "two more days have passed: it is late still");
}

#[test]
fn extras_alone_leave_the_date_as_it_is() {
    let world = World::new();
    let (customer, freelancer) = world.parties();
    let order = world.order().costs(100).active();
    let old = world.row(&order).delivery_date;
    let extras = [("Een", "0,01"), ("Twee", "1.040,25"), ("Drie", "€ 7")];
    freelancer.requests_change(&order, 0, &extras, "Meer werk.");
    let page = customer.sees(&order.dispute(1));
    page.shows("Een").shows("€ 0,01").shows("€ 1.040,25").shows("€ 7,00").shows("€ 1.048,26");
    customer.accepts(&order);
    let row = world.row(&order);
    assert_eq!((row.price.cents, row.delivery_date), (100 + 1 + 104_025 + 700, old));
}

#[test]
fn accepted_changes_add_up() {
    let world = World::new();
    let (customer, freelancer) = world.parties();
    let order = world.order().due_in(10).active();
    for (days, price) in [(2, "10"), (30, "5,50")] {
        freelancer.requests_change(&order, days, &[("Extra", price)], "Nog iets.");
        customer.accepts(&order);
    }
    let row = world.row(&order);
    assert_eq!((row.delivery_date, row.price.cents), (world.today() + TimeDelta::days(42), 26_550));
    assert_eq!((row.status, row.dispute_count), (Status::Active, 2));
}

#[test]
fn ten_extras_fit_in_one_request() {
    let world = World::new();
    let (customer, freelancer) = world.parties();
    let order = world.order().active();
    let titles: Vec<String> = (1..=10).map(|number| format!("Onderdeel {number}")).collect();
    let extras: Vec<(&str, &str)> = titles.iter().map(|title| (title.as_str(), "1")).collect();
    freelancer.requests_change(&order, 30, &extras, "Veel meer werk.");
    let page = customer.sees(&order.dispute(1));
    for title in &titles {
        page.shows(title);
    }
    customer.accepts(&order);
    assert_eq!(world.row(&order).price.cents, 26_000);
}

#[test]
fn the_delivery_clock_is_never_paused_and_the_page_shows_both_clocks() {
    let world = World::new();
    let (customer, freelancer) = world.parties();
    let order = world.order().due_in(1).active();
    let due = world.row(&order).delivery_date;
    customer.asks_for_update(&order, "Lukt het?");
    world.hours_pass(40);
    assert_eq!(world.row(&order).delivery_date, due);
    let page = freelancer.sees(&order.dispute(1));
    let respond_by = world.dispute(&order, 1).respond_by.to_rfc3339_opts(chrono::SecondsFormat::Secs, true);
    assert!(page.times().contains(&due.to_string()) && page.times().contains(&respond_by), "{:?}", page.times());
    world.hours_pass(20);
    let page = customer.sees(&order.path);
    assert!(page.says("Actief") && page.says("Te laat"), "{}", page.main());
}

#[test]
fn only_the_freelancer_finds_the_way_to_a_change() {
    let world = World::new();
    let (customer, freelancer) = world.parties();
    let order = world.order().active();
    assert_eq!(freelancer.sees(&order.path).link_named("Wijziging aanvragen"), Some(order.at("/change")));
    assert_eq!(customer.sees(&order.path).link_named("Wijziging aanvragen"), None);
}

#[test]
fn a_change_that_asks_for_both_can_be_accepted_in_part_and_the_event_says_which() {
    for (part, days, cents, says) in [
        ("date", 3, 25_000, "alleen de nieuwe leverdatum"),
        ("extras", 0, 27_500, "alleen de extra’s"),
        ("all", 3, 27_500, "Je bent akkoord gegaan met de wijziging."),
    ] {
        let world = World::new();
        let (customer, freelancer) = world.parties();
        let order = world.order().costs(25_000).active();
        let old = world.row(&order).delivery_date;
        freelancer.requests_change(&order, 3, &[("Extra versie", "25,00")], "Er komt wat bij.");
        let way = format!("{}/accept?part={part}", order.dispute(1));
        let page = customer.sees(&order.dispute(1));
        assert!(page.offers(&way) || part == "all", "{part}: {:?}", page.buttons());
        let page =
            customer.done(&customer.sees(&way).form(&if part == "all" { order.at("/disputes/1/accept") } else { way }));
        assert_eq!(page.path, order.dispute(1), "{part}");
        let row = world.row(&order);
        assert_eq!((row.delivery_date, row.price.cents), (old + TimeDelta::days(days), cents), "{part}");
        assert_eq!((row.status, world.events(&order).len()), (Status::Active, 3), "one outcome: {part}");
        let page = customer.sees(&order.path);
        page.shows(says);
        assert_eq!(page.has("Extra versie"), part != "date", "{part}: only what was agreed is an extra");
        nothing_is_wrong(&world);
    }
}

#[test]
fn what_has_no_parts_is_not_accepted_in_part() {
    let world = World::new();
    let (customer, freelancer) = world.parties();
    let (dated, cancelled) = (world.order().active(), world.order().active());
    freelancer.requests_change(&dated, 3, &[], "Ik loop achter.");
    freelancer.asks_to_cancel(&cancelled, "personal", "Ik ben ziek.");
    for order in [&dated, &cancelled] {
        assert!(!customer.sees(&order.dispute(1)).has("Alleen de datum"));
        customer.get(&format!("{}/accept?part=date", order.dispute(1))).must(409);
        customer.post(&order.at("/disputes/1/accept"), &[("part", "extras")]).must(409);
        customer.post(&order.at("/disputes/1/accept"), &[("part", "half")]).must(404);
        assert!(world.dispute(order, 1).is_open());
    }
}
