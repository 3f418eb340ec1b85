//! What is over is kept for a while: then the words go, and amounts, dates and outcomes stay.

use chrono::TimeDelta;
use oplossingscentrum::domain::Status;
use oplossingscentrum::operations::orders::retention;

use crate::builders::Order;
use crate::dossier::{checked, downloads, json_of};
use crate::people::Person;
use crate::soon::soon;
use crate::world::World;

const FIVE_YEARS: TimeDelta = TimeDelta::days(5 * 365);

/// A closed order on which everything was said that can be.
fn closed(world: &World) -> (Person, Person, Order) {
    let (customer, freelancer) = world.parties();
    let order = world.order().titled("Geheime opdracht").costs(10_000).active();
    world.sql(&format!("INSERT INTO order_descriptions VALUES ('{order}', 'Geheime omschrijving', NULL)")).unwrap();
    freelancer.requests_change(&order, 3, &[("Geheime extra", "25,00")], "Geheime uitleg.");
    customer.accepts(&order);
    customer.asks_to_cancel(&order, "too_late", "Geheime reden.");
    freelancer.declines(&order, "Geheim antwoord.");
    freelancer.delivers(&order);
    customer.approves(&order);
    world.relays();
    (customer, freelancer, order)
}

#[test]
fn the_words_of_an_order_go_five_years_after_it_was_closed_and_amounts_and_outcomes_stay() {
    let world = World::new();
    let (customer, freelancer, order) = closed(&world);
    let open = world.order().titled("Lopende opdracht").active();
    let before = world.chain(&order);
    assert_eq!(before.hashes.len(), 7, "each event has its hash");
    let round = || retention::round(&world.app.store, FIVE_YEARS, world.now()).unwrap();
    world.days_pass(5 * 365 - 1);
    assert_eq!((round(), world.row(&order).title.as_str()), (0, "Geheime opdracht"), "a day too early");
    world.days_pass(1);
    assert_eq!((round(), round()), (1, 0), "once");
    let row = world.row(&order);
    assert_eq!(
        (row.title.as_str(), row.price.cents, row.status),
        (order.reference.as_str(), 12_500, Status::Completed)
    );
    assert_eq!(world.disputes(&order).len(), 2, "that something was asked stays");
    for person in [&customer, &freelancer] {
        for page in
            [order.path.clone(), order.dispute(1), order.dispute(2), order.at("/print"), "/orders?filter=closed".into()]
        {
            person.sees(&page).shows(order.reference.as_str()).hides("Geheim");
        }
    }
    assert_eq!(world.chain(&order).hashes, before.hashes, "words go, and the chain stays");
    let files = downloads(&world, &customer, &order);
    let folder = tempfile::tempdir().unwrap();
    assert_eq!(checked(folder.path(), &files, &json_of(&files), None), None);
    let all: String = files.iter().map(|(_, content)| content.as_str()).collect();
    assert!(!all.contains("Geheim") && all.contains("Deze tekst is gewist op"));
    assert_eq!(world.row(&open).title, "Lopende opdracht");
    let (went_well, said) = world.runs(&["doctor"], "");
    assert!(went_well, "{said}");
}

#[test]
fn a_later_file_does_not_bring_the_words_back() {
    let world = World::new();
    let (_, _, order) = closed(&world);
    world.days_pass(5 * 365 + 1);
    assert_eq!(retention::purge(&world.app.store, FIVE_YEARS, world.now()).unwrap(), 1);
    let placed = world.row(&order).placed_at.to_rfc3339();
    let file = format!(
        "reference,title,price,placed_at,delivery_date,status,customer_email,customer_name,freelancer_email,freelancer_name\n\
         {order},Geheime opdracht,125.00,{placed},2099-01-01,completed,klant@example.com,Sanne de Vries,freelancer@example.com,Daan Bakker\n"
    );
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("orders.csv");
    std::fs::write(&path, file).unwrap();
    let (went_well, said) = world.runs(&["import", path.to_str().unwrap()], "");
    assert!(went_well && said.contains("same 1"), "{said}");
    assert_eq!(world.row(&order).title, order.reference.as_str());
}

#[test]
fn purge_says_first_what_would_go_in_counts_and_no_words() {
    let world = World::new();
    let (customer, _, order) = closed(&world);
    let long_ago =
        |column: &str, table: &str| world.sql(&format!("UPDATE {table} SET {column} = '2019-05-01 12:00:00'")).unwrap();
    assert_eq!(retention::round(&world.app.store, FIVE_YEARS, world.now()).unwrap(), 0);
    long_ago("closed_at", "orders");
    long_ago("at", "account_events");
    let (went_well, said) = world.runs(&["purge", "--dry-run"], "");
    assert!(went_well && said.contains("1 orders were closed more than 5y ago"), "{said}");
    assert!(said.contains(" events of accounts are older than 90d") && said.contains("Nothing was erased."), "{said}");
    assert!(!said.contains("Geheim") && !said.contains(&order.to_string()), "{said}");
    assert_eq!(world.row(&order).title, "Geheime opdracht");
    let (_, said) = world.runs(&["purge", "--dry-run", "--keep-closed", "20y"], "");
    assert!(said.contains("0 orders were closed more than 20y ago"), "{said}");
    let (went_well, said) = world.runs(&["purge", "--keep-closed", "29d"], "");
    assert!(!went_well && said.contains("30d is the least"), "{said}");
    let (went_well, said) = world.runs(&["purge"], "");
    assert!(went_well && said.contains("Erased the words of 1 orders"), "{said}");
    assert_eq!(world.row(&order).title, order.reference.as_str());
    assert!(world.account_events(&customer).is_empty());
}

#[test]
fn the_worker_does_it_by_itself() {
    let world = World::with_worker();
    let (_, _, order) = closed(&world);
    world.days_pass(5 * 365 + 1);
    world.app.wake.notify_one();
    soon(|| world.row(&order).title == order.reference.as_str());
}
